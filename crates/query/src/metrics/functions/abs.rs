use super::{Args, Step};
use crate::error::Result;

/// The absolute value.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::map(f64::abs))
}
