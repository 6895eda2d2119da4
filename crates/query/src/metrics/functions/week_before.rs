use super::{Args, Step};
use crate::error::Result;

/// Values of a week ago.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::Shift(7 * model::DAY_MS))
}
