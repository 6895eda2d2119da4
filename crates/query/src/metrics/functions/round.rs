use super::{Args, Step};
use crate::error::Result;

/// The nearest whole number, or so many digits after the point.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let digits = args.number_or(1, "digits", 0.0)?;
    if !(-15.0..=15.0).contains(&digits) {
        return Err(args.error("expected -15 to 15 digits"));
    }
    let factor = 10f64.powi(digits as i32);
    Ok(Step::map(move |v| (v * factor).round() / factor))
}
