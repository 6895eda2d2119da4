use super::{Args, Step};
use crate::error::Result;

/// Each value divided by the seconds of its interval.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::frames(|mut frames| {
        for frame in &mut frames {
            let secs = frame.interval_secs.max(1) as f64;
            frame.marks = None;
            frame.values.iter_mut().for_each(|v| *v /= secs);
        }
        frames
    }))
}
