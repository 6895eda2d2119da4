use std::sync::Arc;

use super::{Args, Step, between_points, merged};
use crate::error::Result;

/// Seconds between the points of all groups together, as one line.
/// Source: docs.datadoghq.com "Rate", *Time difference*.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::frames(|frames| {
        let Some(times) = frames.first().map(|frame| Arc::clone(&frame.times)) else {
            return frames;
        };
        let is_there = |i: usize| frames.iter().any(|frame| !frame.values[i].is_nan());
        let mut values: Vec<f64> =
            (0..times.len()).map(|i| if is_there(i) { 0.0 } else { f64::NAN }).collect();
        between_points(&times, &mut values, |ms, _| ms as f64 / 1000.0);
        merged(&frames, values)
    }))
}
