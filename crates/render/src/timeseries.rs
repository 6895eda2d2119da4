//! Lines, areas and bars over time.
//!
//! Order of drawing: grid, bands, areas and bars, lines, marks, events, and last the labels. What
//! lies outside the shown values ends at the edge of the plot.

use crate::Frame;
use crate::axis::{ValueAxis, time_ticks};
use crate::colour::Colour;
use crate::legend;
use crate::marks::{self, EventMark, Marker, MarkerSpan};
use crate::paint::{Align, Canvas, Dash, Rect, Stroke, Style};
use crate::stack::Stack;
use crate::unit::Unit;

/// A line is broken where two of its points are further apart than this many of its own steps.
const GAP_STEPS: i64 = 3;
/// Lines drawn; more would be one blot.
const LINES_MAX: usize = 500;
/// How much of the graph's own height a band may add at the top and at the bottom.
const BAND_ROOM: f64 = 1.0;

#[derive(Clone, Debug, Default)]
pub struct Timeseries {
    pub lines: Vec<Line>,
    /// Unix milliseconds of the left and of the right edge.
    pub from_ms: i64,
    pub to_ms: i64,
    pub unit: Option<Unit>,
    pub y: YAxis,
    pub markers: Vec<Marker>,
    /// In the order of their time.
    pub events: Vec<EventMark>,
    /// A remark below the graph: why it is not all.
    pub note: String,
    pub hides_legend: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Line {
    pub label: String,
    pub colour: Colour,
    pub kind: Kind,
    /// Unix milliseconds, ascending.
    pub times: Vec<i64>,
    /// Beside `times`; NaN where there is none.
    pub values: Vec<f64>,
    /// Where the values were expected: drawn grey, values outside red.
    pub band: Option<Band>,
    /// From here on the values are foretold, and drawn dashed.
    pub foretold_from_ms: Option<i64>,
    /// Drawn red, for it is not like the others.
    pub is_outlier: bool,
    pub dash: Dash,
    /// Pixels; 0 stands for the usual.
    pub stroke_width: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Line,
    /// Areas of a graph stand on each other.
    Area,
    /// Bars of a graph stand on each other.
    Bars,
}

/// Beside the times of its line; NaN where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct YAxis {
    /// `None` fits the values.
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub scale: Scale,
    /// `None` shows zero when it is near.
    pub include_zero: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    #[default]
    Linear,
    Log,
    Sqrt,
    Pow,
}

impl Line {
    /// The finite points, with times that ascend.
    pub(crate) fn points(&self) -> Vec<(i64, f64)> {
        let mut last = None;
        let all = self.times.iter().copied().zip(self.values.iter().copied());
        all.filter(|(_, value)| value.is_finite())
            .filter(|(time, _)| last.replace(*time).is_none_or(|last| last < *time))
            .collect()
    }
}

/// How far apart two points may be to be joined: some of the line's own steps.
pub(crate) fn gap_ms(points: &[(i64, f64)]) -> i64 {
    let mut steps: Vec<i64> = points.windows(2).map(|w| w[1].0.saturating_sub(w[0].0)).collect();
    if steps.is_empty() {
        return 0;
    }
    let middle = steps.len() / 2;
    let (_, median, _) = steps.select_nth_unstable(middle);
    median.saturating_mul(GAP_STEPS)
}

/// Runs of points that are joined.
fn runs(points: &[(i64, f64)]) -> impl Iterator<Item = &[(i64, f64)]> {
    let gap = gap_ms(points);
    points.chunk_by(move |a, b| b.0.saturating_sub(a.0) <= gap)
}

/// Where times and values lie on the picture.
struct Place<'a> {
    plot: Rect,
    from_ms: i64,
    to_ms: i64,
    axis: &'a ValueAxis,
}

impl Place<'_> {
    fn x(&self, time_ms: i64) -> f32 {
        let span = self.to_ms.saturating_sub(self.from_ms).max(1) as f64;
        let share = time_ms.saturating_sub(self.from_ms) as f64 / span;
        self.plot.left + share.clamp(-10.0, 11.0) as f32 * self.plot.width()
    }

    fn y(&self, value: f64) -> f32 {
        self.plot.bottom - self.axis.share(value) * self.plot.height()
    }

    fn point(&self, (time_ms, value): (i64, f64)) -> (f32, f32) {
        (self.x(time_ms), self.y(value))
    }
}

pub(crate) fn draw(canvas: &mut Canvas, room: Rect, frame: &Frame, graph: &Timeseries) {
    let lines = &graph.lines[..graph.lines.len().min(LINES_MAX)];
    let drawn: Vec<&Line> = lines.iter().filter(|line| !line.points().is_empty()).collect();
    let mut room = room;
    if !graph.note.is_empty() && room.height() > 90.0 {
        let style = Style::new(11.0, canvas.ink.warn);
        let note = style.fit(&graph.note, room.width());
        canvas.text(&note, (room.left, room.bottom - 2.0), style);
        room.bottom -= 18.0;
    }
    if drawn.is_empty() {
        canvas.sentence(room, "No data in this time");
        return;
    }
    if !graph.hides_legend {
        room.bottom -= legend::draw(canvas, room, graph);
    }
    let (areas, bars) = (stack(&drawn, Kind::Area), stack(&drawn, Kind::Bars));
    let labels_height = if room.height() > 60.0 { 20.0 } else { 0.0 };
    let mut plot = Rect { bottom: room.bottom - labels_height, ..room };
    let extremes = extremes(&drawn, &[&areas, &bars], graph);
    let axis = ValueAxis::new(extremes, &graph.y, graph.unit.as_ref(), plot.height());
    let label = Style::new(11.0, canvas.ink.faint).align(Align::Right);
    let margin = axis.ticks.iter().map(|(_, text)| label.width(text)).fold(0.0, f32::max);
    if room.width() > 120.0 && labels_height > 0.0 {
        plot.left += margin + 8.0;
        // Half of the topmost label would stick out.
        plot.top += 6.0;
        plot.right -= 2.0;
    }
    let place = Place { plot, from_ms: graph.from_ms, to_ms: graph.to_ms, axis: &axis };
    let has_labels = plot.left > room.left;
    let ticks = time_ticks((graph.from_ms, graph.to_ms), plot.width(), frame.utc_offset_secs);
    grid(canvas, &place, &ticks, has_labels);
    canvas.clipped(Rect { top: plot.top - 1.0, bottom: plot.bottom + 1.0, ..plot }, |canvas| {
        bands(canvas, &place, &drawn);
        draw_areas(canvas, &place, &areas);
        draw_bars(canvas, &place, &bars);
        for line in drawn.iter().filter(|line| line.kind == Kind::Line) {
            draw_line(canvas, &place, line);
        }
        for marker in &graph.markers {
            marks::draw_marker(canvas, plot, marker, |value| place.y(value));
        }
        marks::draw_events(canvas, plot, &graph.events, |time| place.x(time));
    });
    let base = Stroke { colour: canvas.ink.line, width: 1.0, dash: Dash::Solid };
    canvas.line(&[(plot.left, plot.bottom + 0.5), (plot.right, plot.bottom + 0.5)], base);
}

/// The lines of a kind, with their pile.
type Piled<'a> = (Vec<&'a Line>, Stack);

fn stack<'a>(lines: &[&'a Line], kind: Kind) -> Piled<'a> {
    let lines: Vec<&Line> = lines.iter().copied().filter(|line| line.kind == kind).collect();
    let stack = Stack::of(&lines);
    (lines, stack)
}

fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

/// The lowest and the highest of what has to be seen.
fn extremes(lines: &[&Line], stacks: &[&Piled<'_>], graph: &Timeseries) -> (f64, f64) {
    const NONE: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);
    let of = |values: &mut dyn Iterator<Item = f64>| {
        values.filter(|v| v.is_finite()).fold(NONE, |all, v| join(all, (v, v)))
    };
    let shown = |time: i64| (graph.from_ms..=graph.to_ms).contains(&time);
    let mut all = NONE;
    for line in lines.iter().filter(|line| line.kind == Kind::Line) {
        let points = line.points();
        let inside = of(&mut points.iter().filter(|(t, _)| shown(*t)).map(|(_, v)| *v));
        all = join(all, inside);
    }
    for (_, stack) in stacks {
        all = join(all, stack.extremes());
    }
    let room = (all.1 - all.0).max(all.1.abs() * 0.1) * BAND_ROOM;
    let wide = (all.0 - room, all.1 + room);
    for band in lines.iter().filter_map(|line| line.band.as_ref()) {
        let (low, high) = of(&mut band.lower.iter().chain(&band.upper).copied());
        if low <= high && wide.0 <= wide.1 {
            all = join(all, (low.max(wide.0), high.min(wide.1)));
        }
    }
    for marker in &graph.markers {
        // A threshold far away would squeeze the lines flat; a near one is shown.
        if let MarkerSpan::At(value) = marker.span
            && value >= wide.0
            && value <= wide.1
        {
            all = join(all, (value, value));
        }
    }
    all
}

fn grid(canvas: &mut Canvas, place: &Place<'_>, ticks: &[(i64, String)], has_labels: bool) {
    let (plot, ink) = (place.plot, canvas.ink);
    let thin = Stroke { colour: ink.grid, width: 1.0, dash: Dash::Solid };
    let label = Style::new(11.0, ink.faint);
    for (value, text) in &place.axis.ticks {
        // Half a pixel: the line falls on one row.
        let y = place.y(*value).round() + 0.5;
        if !(plot.top - 1.0..=plot.bottom + 1.0).contains(&y) {
            continue;
        }
        canvas.line(&[(plot.left, y), (plot.right, y)], thin);
        if has_labels {
            canvas.text(text, (plot.left - 8.0, y + 4.0), label.align(Align::Right));
        }
    }
    let base = plot.bottom + 15.0;
    for (time, text) in ticks.iter().filter(|_| has_labels) {
        let x = place.x(*time);
        let half = label.width(text) / 2.0;
        // Labels at the edges move in rather than being cut.
        let at = x.clamp(plot.left - 8.0 + half, (plot.right + 2.0 - half).max(plot.left + half));
        if (at - x).abs() > 14.0 {
            continue;
        }
        canvas.text(text, (at, base), label.align(Align::Middle));
        canvas.line(
            &[(x, plot.bottom + 1.0), (x, plot.bottom + 4.0)],
            Stroke { colour: ink.line, ..thin },
        );
    }
}

fn bands(canvas: &mut Canvas, place: &Place<'_>, lines: &[&Line]) {
    for (line, band) in lines.iter().filter_map(|line| Some((line, line.band.as_ref()?))) {
        let edges = line.times.iter().zip(band.lower.iter().zip(&band.upper));
        let edges: Vec<(i64, (f64, f64))> = edges.map(|(t, (l, u))| (*t, (*l, *u))).collect();
        for run in edges.split(|(_, (lower, upper))| !(lower.is_finite() && upper.is_finite())) {
            let lower = run.iter().map(|(time, (lower, _))| place.point((*time, *lower)));
            let upper = run.iter().rev().map(|(time, (_, upper))| place.point((*time, *upper)));
            let outline: Vec<(f32, f32)> = lower.chain(upper).collect();
            canvas.polygon(&outline, canvas.ink.band.fade(0.22));
        }
    }
}

fn draw_areas(canvas: &mut Canvas, place: &Place<'_>, (lines, stack): &Piled<'_>) {
    for (line, layer) in lines.iter().zip(&stack.layers) {
        let rows: Vec<(i64, f64)> = stack.times.iter().map(|time| (*time, 0.0)).collect();
        let mut from = 0;
        for run in runs(&rows) {
            let times = &stack.times[from..from + run.len()];
            let layer = &layer[from..from + run.len()];
            from += run.len();
            let at = |edge: fn(&(f64, f64)) -> f64| -> Vec<(f32, f32)> {
                let edges = times.iter().zip(layer);
                edges.map(|(time, both)| place.point((*time, edge(both)))).collect()
            };
            let (base, top) = (at(|both| both.0), at(|both| both.1));
            let outline: Vec<_> = top.iter().chain(base.iter().rev()).copied().collect();
            canvas.polygon(&outline, line.colour.fade(0.45));
            let stroke = Stroke { colour: line.colour, width: 1.25, dash: Dash::Solid };
            canvas.line(&top, stroke);
        }
    }
}

fn draw_bars(canvas: &mut Canvas, place: &Place<'_>, (lines, stack): &Piled<'_>) {
    let rows: Vec<(i64, f64)> = stack.times.iter().map(|time| (*time, 0.0)).collect();
    let step = match gap_ms(&rows) / GAP_STEPS {
        0 => place.to_ms.saturating_sub(place.from_ms) / 20,
        step => step,
    };
    for (line, layer) in lines.iter().zip(&stack.layers) {
        for (time, (base, top)) in stack.times.iter().zip(layer).filter(|(_, (b, t))| b != t) {
            let (left, right) = (place.x(*time), place.x(time.saturating_add(step)));
            let space = ((right - left) * 0.15).clamp(0.0, 3.0);
            let (y0, y1) = (place.y(*base), place.y(*top));
            let (right, top, bottom) = ((right - space).max(left + 0.5), y0.min(y1), y0.max(y1));
            // What is there is seen, be it ever so small.
            let bar = Rect { left, right, top: top.min(bottom - 0.5), bottom };
            canvas.rect(bar, line.colour.fade(0.9));
        }
    }
}

fn draw_line(canvas: &mut Canvas, place: &Place<'_>, line: &Line) {
    let points = line.points();
    let width = if line.stroke_width > 0.0 { line.stroke_width } else { 1.5 };
    let alert = canvas.ink.alert;
    let colour = if line.is_outlier { alert } else { line.colour };
    let foretold = line.foretold_from_ms.unwrap_or(i64::MAX);
    for run in runs(&points) {
        if let [only] = run {
            canvas.dot(place.point(*only), width.max(1.5) + 0.5, colour);
            continue;
        }
        let split = run.partition_point(|(time, _)| *time <= foretold);
        let (real, rest) = (&run[..split], &run[split.saturating_sub(1)..]);
        for (part, dash) in [(real, line.dash), (rest, Dash::Dashed)] {
            // A single point beside the other part is drawn with that.
            if part.len() > 1 {
                let points: Vec<_> = part.iter().map(|point| place.point(*point)).collect();
                canvas.line(&points, Stroke { colour, width, dash });
            }
        }
    }
    if let Some(band) = &line.band {
        outside(canvas, place, (line, band), width + 0.5);
    }
}

/// Draws red what lies outside the band, from the point before to the point after it.
fn outside(canvas: &mut Canvas, place: &Place<'_>, (line, band): (&Line, &Band), width: f32) {
    let alert = canvas.ink.alert;
    let is_out = |at: usize| {
        let (value, time) = (line.values[at], line.times[at]);
        let low = band.lower.get(at).copied().unwrap_or(f64::NAN);
        let high = band.upper.get(at).copied().unwrap_or(f64::NAN);
        let is_real = line.foretold_from_ms.is_none_or(|from| time <= from);
        is_real && (value < low || value > high)
    };
    let n = line.times.len().min(line.values.len());
    let is_there = |at: usize| line.values[at].is_finite();
    let mut at = 0;
    while at < n {
        if !(is_there(at) && is_out(at)) {
            at += 1;
            continue;
        }
        let first = at;
        while at < n && is_there(at) && is_out(at) {
            at += 1;
        }
        let (from, to) = (first.saturating_sub(1), (at + 1).min(n));
        let run = (from..to).filter(|at| is_there(*at));
        let points: Vec<_> = run.map(|at| place.point((line.times[at], line.values[at]))).collect();
        match points[..] {
            [only] => canvas.dot(only, width + 0.5, alert),
            _ => canvas.line(&points, Stroke { colour: alert, width, dash: Dash::Solid }),
        }
    }
}
