//! What stands on a graph beside its lines: thresholds, and events.

use crate::colour::Colour;
use crate::font::Weight;
use crate::paint::{Align, Canvas, Dash, Rect, Stroke, Style};

/// A threshold or a range of values that people marked.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    pub span: MarkerSpan,
    pub state: MarkerState,
    pub stroke: MarkerStroke,
    pub label: String,
}

/// Which values a marker names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MarkerSpan {
    At(f64),
    Above(f64),
    Below(f64),
    Between(f64, f64),
}

/// Decides on the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkerState {
    Error,
    Warning,
    Ok,
    #[default]
    Info,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkerStroke {
    #[default]
    Dashed,
    Solid,
    Bold,
}

/// Something that happened, at a moment of the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventMark {
    /// Unix milliseconds.
    pub time_ms: i64,
    /// That of its alert type; `None` is an ordinary event.
    pub colour: Option<Colour>,
}

impl Marker {
    /// Reads a marker as definitions have it: `y = 80`, `y > 5`, `0 < y < 10`, and the words of its
    /// display type, `error dashed`. `None` for a value that says none of this.
    pub fn parse(value: &str, display_type: &str, label: &str) -> Option<Self> {
        let words = || display_type.split_whitespace();
        let state = words().find_map(|word| match word {
            "error" => Some(MarkerState::Error),
            "warning" => Some(MarkerState::Warning),
            "ok" => Some(MarkerState::Ok),
            _ => None,
        });
        let stroke = words().find_map(|word| match word {
            "solid" => Some(MarkerStroke::Solid),
            "bold" => Some(MarkerStroke::Bold),
            _ => None,
        });
        Some(Self {
            span: span(value)?,
            state: state.unwrap_or_default(),
            stroke: stroke.unwrap_or_default(),
            label: label.trim().to_owned(),
        })
    }
}

fn span(text: &str) -> Option<MarkerSpan> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let text = text.replace(">=", ">").replace("<=", "<").replace("==", "=");
    let (left, right) = text.split_once('y')?;
    let (left, right) = (left.trim(), right.trim());
    let below = |text: &str| text.strip_suffix('<').and_then(number);
    match (below(left), right.strip_prefix('<').and_then(number)) {
        (Some(low), Some(high)) => return Some(MarkerSpan::Between(low, high)),
        (Some(low), None) if right.is_empty() => return Some(MarkerSpan::Above(low)),
        (None, Some(high)) if left.is_empty() => return Some(MarkerSpan::Below(high)),
        _ => {}
    }
    if !left.is_empty() {
        return None;
    }
    match right.chars().next()? {
        '=' => number(&right[1..]).map(MarkerSpan::At),
        '>' => number(&right[1..]).map(MarkerSpan::Above),
        _ => None,
    }
}

/// Draws the marker across the plot; `y` says where a value lies.
pub(crate) fn draw_marker(
    canvas: &mut Canvas,
    plot: Rect,
    marker: &Marker,
    y: impl Fn(f64) -> f32,
) {
    let ink = canvas.ink;
    let colour = match marker.state {
        MarkerState::Error => ink.alert,
        MarkerState::Warning => ink.warn,
        MarkerState::Ok => ink.ok,
        MarkerState::Info => ink.accent,
    };
    let (top, bottom) = match marker.span {
        MarkerSpan::At(value) => (y(value), y(value)),
        MarkerSpan::Above(low) => (plot.top, y(low)),
        MarkerSpan::Below(high) => (y(high), plot.bottom),
        MarkerSpan::Between(low, high) => (y(high), y(low)),
    };
    let (top, bottom) = (top.max(plot.top - 2.0), bottom.min(plot.bottom + 2.0));
    if top > bottom {
        return;
    }
    if bottom - top > 0.5 {
        canvas.rect(Rect { top, bottom, ..plot }, colour.fade(0.10));
    }
    let edges: &[f32] = match marker.span {
        MarkerSpan::At(_) | MarkerSpan::Below(_) => &[top],
        MarkerSpan::Above(_) => &[bottom],
        MarkerSpan::Between(..) => &[top, bottom],
    };
    for edge in edges {
        let (width, dash) = match marker.stroke {
            MarkerStroke::Dashed => (1.0, Dash::Dashed),
            MarkerStroke::Solid => (1.0, Dash::Solid),
            MarkerStroke::Bold => (2.5, Dash::Solid),
        };
        let ends = [(plot.left, *edge), (plot.right, *edge)];
        canvas.line(&ends, Stroke { colour, width, dash });
    }
    let style = Style { size: 10.0, weight: Weight::SemiBold, colour, align: Align::Right };
    let label = style.fit(&marker.label, plot.width() * 0.6);
    // Above its line, unless that would be outside.
    let base = if edges[0] - 14.0 < plot.top { edges[0] + 12.0 } else { edges[0] - 4.0 };
    canvas.text(&label, (plot.right - 4.0, base), style);
}

/// Draws the events' moments: a thin line with a flag at the top.
pub(crate) fn draw_events(
    canvas: &mut Canvas,
    plot: Rect,
    events: &[EventMark],
    x: impl Fn(i64) -> f32,
) {
    let mut last = f32::NEG_INFINITY;
    for event in events {
        let at = x(event.time_ms);
        // Of several within one pixel the first stands for all.
        if !(plot.left..=plot.right).contains(&at) || (at - last).abs() < 1.0 {
            continue;
        }
        last = at;
        let colour = event.colour.unwrap_or(canvas.ink.event);
        let ends = [(at, plot.top), (at, plot.bottom)];
        canvas.line(&ends, Stroke { colour: colour.fade(0.55), width: 1.0, dash: Dash::Solid });
        let flag = [(at - 4.0, plot.top), (at + 4.0, plot.top), (at, plot.top + 6.0)];
        canvas.polygon(&flag, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_as_definitions_have_them() {
        let check = |text: &str, expect: Option<MarkerSpan>| {
            let parsed = Marker::parse(text, "error dashed", "x").map(|marker| marker.span);
            assert_eq!(parsed, expect, "{text:?}");
        };
        check("y = 80", Some(MarkerSpan::At(80.0)));
        check("y=-0.5", Some(MarkerSpan::At(-0.5)));
        check("y > 5", Some(MarkerSpan::Above(5.0)));
        check("y >= 5", Some(MarkerSpan::Above(5.0)));
        check("5 < y", Some(MarkerSpan::Above(5.0)));
        check("y < 1e3", Some(MarkerSpan::Below(1000.0)));
        check("0 < y < 10", Some(MarkerSpan::Between(0.0, 10.0)));
        for bad in ["", "y", "80", "y = high", "x = 3", "y = inf", "3 = y > 2", "é y"] {
            check(bad, None);
        }
        let marker = Marker::parse("y = 1", "warning bold", " slow ").unwrap();
        assert_eq!((marker.state, marker.stroke), (MarkerState::Warning, MarkerStroke::Bold));
        assert_eq!(marker.label, "slow");
    }
}
