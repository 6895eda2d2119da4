use super::{Args, Step};
use crate::error::Result;

/// Furthest that a query may be shifted, in seconds: a century.
const SECS_MAX: f64 = 100.0 * 366.0 * 86_400.0;

/// Values of so many seconds before (the number is then negative) or after.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let secs = args.number(1, "seconds")?;
    if secs.abs() > SECS_MAX {
        return Err(args.error("expected a shift of less than a century"));
    }
    Ok(Step::Shift((-secs * 1000.0) as i64))
}
