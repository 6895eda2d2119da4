//! Lines over time, drawn with braille dots for a terminal.
//!
//! A cell holds 2 × 4 dots. Points of a line are joined; a null or a gap breaks it. With colours
//! each line has its own; without, several lines are told apart by symbols instead of dots.

mod canvas;
mod scale;

use std::fmt::Write;

use canvas::Canvas;
pub(crate) use scale::number;
use scale::{ValueScale, time_ticks};

/// Rows of cells above the time axis.
const ROWS: usize = 16;
/// Lines drawn and named; more would not be told apart.
const LINES_MAX: usize = 12;
const COLOURS: [u8; 6] = [36, 33, 32, 35, 34, 31];
const SYMBOLS: [char; 6] = ['●', '▲', '■', '+', '×', '○'];

/// What to draw.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    pub(crate) lines: &'a [Line],
    /// Unix milliseconds of the left and of the right edge.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Columns of the terminal.
    pub(crate) width: usize,
    pub(crate) colours: bool,
    /// Seconds by which the person's clock is ahead of UTC.
    pub(crate) utc_offset: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) label: String,
    /// Unix milliseconds, ascending; `None` is a gap.
    pub(crate) points: Vec<(i64, Option<f64>)>,
    /// Points further apart than this many milliseconds are not joined.
    pub(crate) gap: i64,
}

/// The chart with axes and legend, a line break after each row.
pub(crate) fn draw(chart: &Chart<'_>) -> String {
    let shown = &chart.lines[..chart.lines.len().min(LINES_MAX)];
    let values = shown.iter().flat_map(|l| &l.points).filter_map(|(_, v)| *v);
    let Some(scale) = ValueScale::of(values, ROWS) else {
        return "no points in this time\n".to_owned();
    };
    let margin = scale.ticks.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(0);
    let columns = chart.width.saturating_sub(margin + 3).max(20);
    let mut canvas = Canvas::new(columns, ROWS);
    for (index, line) in shown.iter().enumerate() {
        plot(&mut canvas, chart, &scale, (index, line));
    }
    let mut text = String::new();
    for row in 0..ROWS {
        let tick = scale.ticks.iter().find(|(at, _)| *at == row);
        let (label, edge) = tick.map_or(("", '│'), |(_, label)| (label.as_str(), '┤'));
        let cells = canvas.row(row, |dots, line| cell(chart, shown.len(), dots, line));
        push(&mut text, format_args!("{label:>margin$} {edge}{}", cells.trim_end()));
    }
    axis(&mut text, chart, margin, columns);
    legend(&mut text, chart, shown);
    text
}

fn plot(canvas: &mut Canvas, chart: &Chart<'_>, scale: &ValueScale, line: (usize, &Line)) {
    let (index, line) = line;
    let (width, height) = canvas.dots();
    let span = (chart.to - chart.from).max(1) as f64;
    let x = |time: i64| ((time - chart.from) as f64 / span * (width - 1) as f64).round() as i64;
    let y = |value: f64| ((1.0 - scale.share(value)) * (height - 1) as f64).round() as i64;
    let mut last: Option<(i64, f64)> = None;
    for (time, value) in &line.points {
        let Some(value) = value.filter(|v| v.is_finite()) else {
            last = None;
            continue;
        };
        let here = (x(*time), y(value));
        match last {
            Some((before, old)) if time - before <= line.gap => {
                canvas.line((x(before), y(old)), here, index);
            }
            _ => canvas.dot(here, index),
        }
        last = Some((*time, value));
    }
}

fn cell(chart: &Chart<'_>, n_lines: usize, dots: char, line: usize) -> String {
    if chart.colours {
        format!("\x1b[{}m{dots}\x1b[0m", COLOURS[line % COLOURS.len()])
    } else if n_lines > 1 {
        SYMBOLS[line % SYMBOLS.len()].to_string()
    } else {
        dots.to_string()
    }
}

fn axis(text: &mut String, chart: &Chart<'_>, margin: usize, columns: usize) {
    let mut rule = vec!['─'; columns];
    let mut labels = vec![' '; columns + margin + 2];
    for (column, label) in time_ticks(chart.from, chart.to, columns, chart.utc_offset) {
        rule[column] = '┴';
        let start = (column + margin + 2).saturating_sub(label.len() / 2);
        let room = labels.len().saturating_sub(start);
        // A label at the right edge that would be cut is left out.
        if label.len() <= room {
            labels.splice(start..start + label.len(), label.chars());
        }
    }
    push(text, format_args!("{:>margin$} └{}", "", rule.iter().collect::<String>()));
    push(text, format_args!("{}", labels.iter().collect::<String>().trim_end()));
}

fn legend(text: &mut String, chart: &Chart<'_>, shown: &[Line]) {
    for (index, line) in shown.iter().enumerate() {
        let values: Vec<f64> =
            line.points.iter().filter_map(|(_, v)| *v).filter(|v| v.is_finite()).collect();
        let mark = cell(chart, shown.len(), '⣿', index);
        let Some(last) = values.last() else {
            push(text, format_args!("  {mark} {}  no points", line.label));
            continue;
        };
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let [last, mean, min, max] = [*last, mean, min, max].map(number);
        push(
            text,
            format_args!("  {mark} {}  last {last}  avg {mean}  min {min}  max {max}", line.label),
        );
    }
    let hidden = chart.lines.len() - shown.len();
    if hidden > 0 {
        push(text, format_args!("  … and {hidden} more lines; narrow the query, or use --json"));
    }
}

fn push(text: &mut String, row: std::fmt::Arguments<'_>) {
    writeln!(text, "{row}").expect("BUG: writing to a string cannot fail");
}

#[cfg(test)]
mod tests;
