use super::{Args, Step};
use crate::error::Result;

/// The next whole number upwards.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::map(f64::ceil))
}
