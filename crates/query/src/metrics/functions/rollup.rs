use hashbrown::HashMap;
use lang::metrics::ast::{Rollup, RollupMethod};
use model::TimeRange;

use super::FramesOp;
use crate::error::{Error, Result};
use crate::metrics::frame::Frame;
use crate::metrics::grid::{Grid, Width};

/// `.rollup()` on lines: folds the values of each into wider buckets; narrower ones leave it as it
/// is. On a plain query it says how the points are folded instead.
pub(crate) fn of_lines(rollup: &Rollup) -> Result<FramesOp> {
    let method = rollup.method.unwrap_or(RollupMethod::Avg);
    let Some(width) = Width::of_rollup(rollup)? else {
        // Each bucket of a finished line has one value: there is nothing to fold.
        return Ok(FramesOp::new(|frames| frames));
    };
    Ok(FramesOp::new(move |mut frames| {
        let mut grids: HashMap<(i64, i64), Grid> = HashMap::new();
        for frame in &mut frames {
            if width.approx_ms() / 1000 > frame.interval_secs {
                fold(frame, width, method, &mut grids);
            }
        }
        frames
    }))
}

fn fold(
    frame: &mut Frame,
    width: Width,
    method: RollupMethod,
    grids: &mut HashMap<(i64, i64), Grid>,
) {
    let (Some(&first), Some(&last)) = (frame.times.first(), frame.times.last()) else {
        return;
    };
    let made = || Grid::new(TimeRange::new(first, last + 1), width, (0, 0));
    let grid = match grids.get(&(first, last)) {
        Some(grid) => grid.clone(),
        // The times come from a grid, so they are in the calendar's range.
        None => match made() {
            Ok(grid) => grid,
            Err(Error { .. }) => return,
        },
    };
    let mut folded: Vec<Vec<f64>> = vec![Vec::new(); grid.len()];
    for (&time, &value) in frame.times.iter().zip(&frame.values) {
        if !value.is_nan() {
            folded[grid.bucket(time)].push(value);
        }
    }
    frame.values = folded.iter().map(|values| fold_values(method, values)).collect();
    frame.times = grid.starts().into();
    frame.marks = None;
    frame.interval_secs = grid.interval_secs;
    grids.insert((first, last), grid);
}

/// NaN of none.
pub(super) fn fold_values(method: RollupMethod, values: &[f64]) -> f64 {
    let Some(&last) = values.last() else {
        return f64::NAN;
    };
    match method {
        RollupMethod::Avg => values.iter().sum::<f64>() / values.len() as f64,
        RollupMethod::Sum => values.iter().sum(),
        RollupMethod::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        RollupMethod::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        RollupMethod::Count => values.len() as f64,
        RollupMethod::Last => last,
    }
}
