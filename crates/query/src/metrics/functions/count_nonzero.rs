use super::{Args, Step, merged};
use crate::error::Result;

/// How many groups have a value other than zero, at each time; none where no group has a value.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::frames(|frames| {
        let n_times = frames.first().map_or(0, |frame| frame.values.len());
        let mut counts = vec![f64::NAN; n_times];
        for frame in &frames {
            for (count, value) in counts.iter_mut().zip(&frame.values) {
                if !value.is_nan() {
                    *count = count.max(0.0) + f64::from(u8::from(*value != 0.0));
                }
            }
        }
        merged(&frames, counts)
    }))
}
