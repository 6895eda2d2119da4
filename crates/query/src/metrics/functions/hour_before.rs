use super::{Args, Step};
use crate::error::Result;

/// Values of an hour ago.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::Shift(model::HOUR_MS))
}
