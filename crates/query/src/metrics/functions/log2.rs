use super::{Args, Step};
use crate::error::Result;

/// The logarithm to base 2; none of zero and less.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::map(|v| if v > 0.0 { v.log2() } else { f64::NAN }))
}
