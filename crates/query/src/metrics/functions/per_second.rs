use super::{Args, Step, rise_per};
use crate::error::Result;

/// The rise per second between points of each series; a fall has no value.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(rise_per(1.0))
}
