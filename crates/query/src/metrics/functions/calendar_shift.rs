use super::{Args, Step};
use crate::error::Result;
use crate::metrics::grid;

/// Values of some days (`-1d`), weeks (`-2w`) or months (`-1mo`) ago by the calendar of a time zone:
/// the window's start moves by that much, which is an hour more or less where clocks were changed.
pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let expected = "expected a shift like '-1d', '-2w' or '-1mo'";
    let shift = args.word(1, "shift")?.ok_or_else(|| args.error(expected))?;
    let unit_at = shift.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(shift.len());
    let (number, unit) = shift.split_at(unit_at);
    let number: i64 = number
        .parse()
        .ok()
        .filter(|n: &i64| (-5000..0).contains(n))
        .ok_or_else(|| args.error(expected))?;
    let (days, months) = match unit {
        "d" => (number, 0),
        "w" => (number * 7, 0),
        "mo" => (0, number),
        _ => return Err(args.error(expected)),
    };
    let zone = args.call.arg(2, "timezone").and_then(|zone| zone.as_str()).unwrap_or("UTC");
    let zone = grid::time_zone(zone).map_err(|e| e.at(args.span))?;
    let then = grid::calendar_shift(args.window.from, days, months, zone)?;
    Ok(Step::Shift(args.window.from - then))
}
