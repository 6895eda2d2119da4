use super::{Args, Step};
use crate::error::Result;

/// Values of a day ago.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::Shift(model::DAY_MS))
}
