//! `autosmooth`: a moving average whose span is chosen by itself.
//!
//! After Rong and Bailis, "ASAP: Prioritizing Attention via Time Series Smoothing": the span is the
//! one of the smoothest average (the least roughness: standard deviation of the differences between
//! neighbours) among those that keep what stands out (a kurtosis no less than that of the points).
//! We try each span up to a tenth of the points, rather than search. Datadog says that all lines of
//! a query share one span and leaves open how: ours minimises the sum of the lines' roughnesses,
//! each by its own before, and keeps the sum of their kurtoses.
//!
//! Where each average stands is left open too: ours is centred (of an even span the further point
//! is before), so that peaks stay where they are; at the line's edges it takes the points there
//! are, and the line goes back before the window by half of the widest span. Gaps stay gaps and take no part. Sources: docs.datadoghq.com "Smoothing"; the paper.

use std::sync::Arc;

use model::TimeRange;

use super::{Args, SmoothOp, Step, on_present};
use crate::error::Result;
use crate::metrics::frame::Frame;
use crate::metrics::history::Lead;

/// Widest spans that fit into the window.
const SPANS: usize = 10;
/// Lines that are looked at for the span: every so manieth of more.
const LINES_MAX: usize = 50;

pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let TimeRange { from, to } = args.window;
    // Half of the widest span.
    let lead = Lead { buckets: 0, ms: to.saturating_sub(from) / (2 * SPANS as i64) };
    let op = |mut frames: Vec<Frame>, from| {
        let span = choose(&frames, from);
        for frame in &mut frames {
            on_present(&mut frame.values, |given| smooth(given, span));
            frame.marks = None;
        }
        frames
    };
    Ok(Step::Smooth(SmoothOp(Arc::new(op)), lead))
}

/// The span by what is shown: that of the window, not of what is read before it.
fn choose(frames: &[Frame], from: i64) -> usize {
    // Of the bucket that the window begins in, too.
    let shown = |frame: &Frame| {
        let first = frame.times.partition_point(|time| *time <= from).saturating_sub(1);
        frame.values[first..].iter().copied().filter(|value| !value.is_nan()).collect()
    };
    let lines: Vec<Vec<f64>> = frames
        .iter()
        .step_by(frames.len().div_ceil(LINES_MAX).max(1))
        .map(shown)
        .filter(|line: &Vec<f64>| roughness(line) > 0.0)
        .collect();
    let span_max = lines.iter().map(|line| line.len() / SPANS).max().unwrap_or(0);
    let before: Vec<(f64, f64)> = lines.iter().map(|l| (roughness(l), kurtosis(l))).collect();
    let kurtosis_before: f64 = before.iter().map(|(_, kurtosis)| kurtosis).sum();
    let (mut best, mut least) = (1, lines.len() as f64);
    for span in 2..=span_max {
        let (mut rough, mut kurtoses) = (0.0, 0.0);
        for (line, (rough_before, kurtosis_before)) in lines.iter().zip(&before) {
            // A line too short for the span stays out of the choice, as it was.
            let averages =
                if line.len() / SPANS < span { Vec::new() } else { averages(line, span) };
            let is_in = !averages.is_empty();
            rough += if is_in { roughness(&averages) / rough_before } else { 1.0 };
            kurtoses += if is_in { kurtosis(&averages) } else { *kurtosis_before };
        }
        if rough < least && kurtoses >= kurtosis_before {
            (best, least) = (span, rough);
        }
    }
    best
}

/// The averages of all runs of so many points, by a sum that goes along.
fn averages(line: &[f64], span: usize) -> Vec<f64> {
    let mut sum: f64 = line[..span].iter().sum();
    let mut averages = vec![sum / span as f64];
    for i in span..line.len() {
        sum += line[i] - line[i - span];
        averages.push(sum / span as f64);
    }
    averages
}

fn smooth(given: &[f64], span: usize) -> Vec<f64> {
    let average = |i: usize| {
        let run = &given[i.saturating_sub(span / 2)..(i + span.div_ceil(2)).min(given.len())];
        run.iter().sum::<f64>() / run.len() as f64
    };
    (0..given.len()).map(average).collect()
}

/// The standard deviation of the differences between neighbours.
fn roughness(line: &[f64]) -> f64 {
    let steps: Vec<f64> = line.windows(2).map(|pair| pair[1] - pair[0]).collect();
    moment(&steps, 2).sqrt()
}

/// The fourth moment by the square of the second: 3 for normal noise.
fn kurtosis(line: &[f64]) -> f64 {
    let variance = moment(line, 2);
    if variance > 0.0 { moment(line, 4) / (variance * variance) } else { 0.0 }
}

fn moment(line: &[f64], power: i32) -> f64 {
    let n = line.len().max(1) as f64;
    let mean = line.iter().sum::<f64>() / n;
    line.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n
}
