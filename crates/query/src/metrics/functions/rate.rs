use super::{Args, Step, derivative};
use crate::error::Result;

/// The change per second: another name of `derivative`.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    derivative::plan(args)
}
