use super::{Args, Step, merged};
use crate::error::Result;

/// How many groups have a value, at each time; none where no group has one.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::frames(|frames| {
        let n_times = frames.first().map_or(0, |frame| frame.values.len());
        let mut counts = vec![f64::NAN; n_times];
        for frame in &frames {
            for (count, _) in counts.iter_mut().zip(&frame.values).filter(|(_, v)| !v.is_nan()) {
                *count = count.max(0.0) + 1.0;
            }
        }
        merged(&frames, counts)
    }))
}
