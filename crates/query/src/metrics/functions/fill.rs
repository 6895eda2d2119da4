use lang::metrics::ast::Fill;

use super::FramesOp;
use crate::error::Result;
use crate::metrics;
use crate::metrics::recipe::fill_rule;

/// `.fill()` on lines; on a plain query it fills each series instead, see `metrics::fill`.
pub(crate) fn of_lines(fill: &Fill) -> Result<FramesOp> {
    let rule = fill_rule(fill)?;
    Ok(FramesOp::new(move |mut frames| {
        for frame in &mut frames {
            metrics::fill::fill(&frame.times, &mut frame.values, rule);
        }
        frames
    }))
}
