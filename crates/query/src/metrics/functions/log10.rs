use super::{Args, Step};
use crate::error::Result;

/// The logarithm to base 10; none of zero and less.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::map(|v| if v > 0.0 { v.log10() } else { f64::NAN }))
}
