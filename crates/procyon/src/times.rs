//! Times as people type them: `15m`, `2026-01-31T08:00:00Z`, `1769846400`.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate};

/// A length of time in whole seconds, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) i64);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no span; write a number and s, m, h, d or w, as in 15m");
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: i64 = digits.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            _ => return Err(wrong()),
        };
        number.checked_mul(unit).map(Self).ok_or_else(wrong)
    }
}

/// Reads a moment as unix seconds. A date alone is its midnight, UTC.
pub(crate) fn moment(text: &str, now: i64) -> Result<i64, String> {
    let text = text.trim();
    if text == "now" {
        return Ok(now);
    }
    if let Ok(seconds) = text.parse::<i64>()
        && seconds >= 0
    {
        // Thirteen digits are milliseconds: what a browser's URL holds.
        return Ok(if seconds >= 100_000_000_000 { seconds / 1000 } else { seconds });
    }
    if let Ok(span) = text.trim_start_matches("now").trim_start_matches('-').parse::<Span>() {
        return Ok(now - span.0);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.timestamp());
    }
    if let Ok(date) = text.parse::<NaiveDate>()
        && let Some(midnight) = date.and_hms_opt(0, 0, 0)
    {
        return Ok(midnight.and_utc().timestamp());
    }
    Err(format!(
        "{text:?} is no time; write unix seconds, 2026-01-31T08:00:00Z, 2026-01-31, now, or a span \
         back from now as in 4h"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let check = |text: &str, expect: Option<i64>| {
            assert_eq!(text.parse::<Span>().ok().map(|s| s.0), expect, "{text}");
        };
        check("30s", Some(30));
        check("15m", Some(900));
        check("4h", Some(14_400));
        check("2d", Some(172_800));
        check("1w", Some(604_800));
        check("0m", None);
        check("-4h", None);
        check("4", None);
        check("h", None);
        check("", None);
        check("4 h", None);
        check("9223372036854775807w", None);
    }

    #[test]
    fn moments() {
        let check = |text: &str, expect: Option<i64>| {
            assert_eq!(moment(text, 1_000_000).ok(), expect, "{text}");
        };
        check("now", Some(1_000_000));
        check("now-1h", Some(996_400));
        check("-1h", Some(996_400));
        check("1h", Some(996_400));
        check("1700000000", Some(1_700_000_000));
        check("1700000000123", Some(1_700_000_000));
        check("2023-11-14T22:13:20Z", Some(1_700_000_000));
        check("2023-11-14T23:13:20+01:00", Some(1_700_000_000));
        check("1970-01-02", Some(86_400));
        check("-5", None);
        check("yesterday", None);
    }
}
