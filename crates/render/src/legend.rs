//! The rows below a graph that say which line is which, with what a mail's reader wants to know of
//! each: average, least, most and last.

use crate::font::Weight;
use crate::paint::{Align, Canvas, Rect, Style};
use crate::timeseries::{Line, Timeseries};
use crate::unit;

const ROW: f32 = 18.0;
/// The legend takes at most this share of the height.
const SHARE_MAX: f32 = 0.36;
/// Below this height a graph has no room for any.
const HEIGHT_MIN: f32 = 130.0;
const HEADS: [&str; 4] = ["avg", "min", "max", "last"];
/// Pixels that the label has at least; columns of numbers go before it gets less.
const LABEL_MIN: f32 = 150.0;

/// Draws the legend at the bottom of the room; how much of it that took.
pub(crate) fn draw(canvas: &mut Canvas, room: Rect, graph: &Timeseries) -> f32 {
    let lines: Vec<(&Line, [String; 4])> =
        graph.lines.iter().map(|line| (line, summary(line, graph))).collect();
    let n_max = (room.height() * SHARE_MAX / ROW) as usize;
    if room.height() < HEIGHT_MIN || n_max < 2 || lines.is_empty() {
        return 0.0;
    }
    // The first row has the heads of the columns.
    let n_shown = match lines.len() {
        n if n < n_max => n,
        _ => n_max.saturating_sub(2).max(1),
    };
    let hidden = lines.len() - n_shown;
    let height = ROW * (1 + n_shown + usize::from(hidden > 0)) as f32 + 4.0;
    let number = Style::new(11.0, canvas.ink.text).align(Align::Right);
    let head = Style::new(10.0, canvas.ink.faint).align(Align::Right);
    let widths: Vec<f32> = (0..HEADS.len())
        .map(|at| {
            let texts = lines[..n_shown].iter().map(|(_, numbers)| number.width(&numbers[at]));
            texts.fold(head.width(HEADS[at]), f32::max) + 14.0
        })
        .collect();
    let mut edges: Vec<(usize, f32)> = Vec::new();
    let mut right = room.right;
    for (at, width) in widths.iter().enumerate().rev() {
        if right - width - room.left < LABEL_MIN {
            break;
        }
        edges.push((at, right));
        right -= width;
    }
    let mut base = room.bottom - height + ROW;
    for (at, edge) in &edges {
        canvas.text(HEADS[*at], (*edge, base - 2.0), head);
    }
    for (line, numbers) in &lines[..n_shown] {
        base += ROW;
        let mut colour = line.colour;
        if line.is_outlier {
            colour = canvas.ink.alert;
        }
        let swatch =
            Rect { left: room.left, right: room.left + 10.0, top: base - 7.5, bottom: base - 4.5 };
        canvas.rect(swatch, colour);
        let label = Style { weight: Weight::Regular, ..Style::new(11.0, canvas.ink.muted) };
        let text = label.fit(&line.label, right - room.left - 24.0);
        canvas.text(&text, (room.left + 16.0, base), label);
        for (at, edge) in &edges {
            canvas.text(&numbers[*at], (*edge, base), number);
        }
    }
    if hidden > 0 {
        let text = format!("and {hidden} more");
        canvas.text(&text, (room.left + 16.0, base + ROW), Style::new(11.0, canvas.ink.faint));
    }
    height
}

fn summary(line: &Line, graph: &Timeseries) -> [String; 4] {
    let shown = line.points();
    let shown = shown.iter().filter(|(time, _)| (graph.from_ms..=graph.to_ms).contains(time));
    let (mut n, mut sum, mut last) = (0.0, 0.0, f64::NAN);
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, value) in shown {
        (n, sum, last) = (n + 1.0, sum + value, *value);
        (min, max) = (min.min(*value), max.max(*value));
    }
    if n == 0.0 {
        return [const { String::new() }; 4];
    }
    [sum / n, min, max, last].map(|value| unit::with_unit(value, graph.unit.as_ref()))
}
