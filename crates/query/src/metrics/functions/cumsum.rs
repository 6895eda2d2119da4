use super::{Args, Step};
use crate::error::Result;

/// The running sum over the window; gaps stay gaps.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::values(|_, values| {
        let mut sum = 0.0;
        for value in values.iter_mut().filter(|value| !value.is_nan()) {
            sum += *value;
            *value = sum;
        }
    }))
}
