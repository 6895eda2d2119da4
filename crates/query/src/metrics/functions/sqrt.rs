use super::{Args, Step};
use crate::error::Result;

/// The square root; none of a negative number.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::map(f64::sqrt))
}
