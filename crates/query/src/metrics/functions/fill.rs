use lang::metrics::ast::{Fill, FillKind};

use super::{Args, FramesOp, Step};
use crate::error::Result;
use crate::metrics;
use crate::metrics::recipe::fill_rule;

/// `fill(query, 'linear', 300)` on lines; `.fill()` on a plain query fills its series instead.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let kind = match args.word(1, "method")?.as_deref() {
        None | Some("linear") => FillKind::Linear,
        Some("last") => FillKind::Last,
        Some("zero") => FillKind::Zero,
        Some("null") => FillKind::Null,
        Some(_) => return Err(args.error("expected linear, last, zero or null as its method")),
    };
    let limit = match args.call.arg(2, "limit") {
        Some(_) => Some(args.number(2, "limit")?),
        None => None,
    };
    of_lines(&Fill { kind, limit }).map(Step::Frames)
}

/// Fills the gaps of each line.
pub(crate) fn of_lines(fill: &Fill) -> Result<FramesOp> {
    let rule = fill_rule(fill)?;
    Ok(FramesOp::new(move |mut frames| {
        for frame in &mut frames {
            metrics::fill::fill(&frame.times, &mut frame.values, rule);
        }
        frames
    }))
}
