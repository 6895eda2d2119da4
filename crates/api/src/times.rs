//! Times as clients write them, and as Datadog's answers show them.
//!
//! Clients send unix seconds, unix milliseconds, ISO 8601, or a time relative to now (`now-15m`).

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

/// Unix seconds above this are taken for milliseconds: the year 5138 in the one reading, 1973 in
/// the other.
const SECONDS_MAX: i64 = 100_000_000_000;

/// `2026-01-16T21:19:03.538000+00:00`, the form of most v2 answers.
pub(crate) fn iso(time_ms: i64) -> String {
    date(time_ms).format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// `2026-01-16T21:19:03.538Z`.
pub(crate) fn iso_z(time_ms: i64) -> String {
    date(time_ms).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-01-16 21:19:03`, the form of v1 answers about keys and organisations.
pub(crate) fn plain(time_ms: i64) -> String {
    date(time_ms).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn date(time_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time_ms).unwrap_or_default()
}

/// Unix milliseconds of a time in any of the forms; `None` when it is none.
pub(crate) fn parse(text: &str, now_ms: i64) -> Option<i64> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("now") {
        return relative(rest.trim(), now_ms);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(if number.unsigned_abs() < SECONDS_MAX.unsigned_abs() {
            number * 1000
        } else {
            number
        });
    }
    // A `+` of a zone that was not escaped in a URL arrives as a space.
    let zoned = text.replace(' ', "+");
    if let Ok(time) = DateTime::parse_from_rfc3339(&zoned) {
        return Some(time.timestamp_millis());
    }
    if let Ok(time) = DateTime::parse_from_str(&zoned, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(time.timestamp_millis());
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(time.and_utc().timestamp_millis());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

/// `-15m`, `+1d`, and nothing.
fn relative(rest: &str, now_ms: i64) -> Option<i64> {
    if rest.is_empty() {
        return Some(now_ms);
    }
    let sign = match rest.as_bytes()[0] {
        b'-' => -1,
        b'+' | b' ' => 1,
        _ => return None,
    };
    let rest = rest[1..].trim();
    let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = rest[..n_digits].parse().ok()?;
    let unit_ms = match &rest[n_digits..] {
        "s" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 7 * 86_400_000,
        "mo" => return months(now_ms, sign * number),
        "y" => return months(now_ms, sign * number.checked_mul(12)?),
        _ => return None,
    };
    now_ms.checked_add(sign * number.checked_mul(unit_ms)?)
}

fn months(now_ms: i64, number: i64) -> Option<i64> {
    let now = date(now_ms);
    let months = Months::new(u32::try_from(number.unsigned_abs()).ok()?);
    let then =
        if number < 0 { now.checked_sub_months(months) } else { now.checked_add_months(months) };
    then.filter(|t| t.year() > 0).map(|t| t.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_time() {
        let now = 1_700_000_000_000;
        let check =
            |text: &str, expect: Option<i64>| assert_eq!(parse(text, now), expect, "{text}");
        check("now", Some(now));
        check("now-15m", Some(now - 900_000));
        check("now - 1h", Some(now - 3_600_000));
        check("now+2d", Some(now + 172_800_000));
        check("now-1mo", Some(now - 31 * 86_400_000));
        check("now-1y", Some(now - 365 * 86_400_000));
        check("1700000000", Some(now));
        check("1700000000000", Some(now));
        check("2023-11-14T22:13:20Z", Some(now));
        check("2023-11-14T23:13:20+01:00", Some(now));
        check("2023-11-14T23:13:20 01:00", Some(now));
        check("2023-11-14T22:13:20", Some(now));
        check("2023-11-14", Some(1_699_920_000_000));
        for bad in ["", "nowish", "now-", "now-5", "now-5x", "yesterday", "now-99999999999999999s"]
        {
            check(bad, None);
        }
    }

    #[test]
    fn answers_show_times_in_datadogs_forms() {
        let time = 1_700_000_000_123;
        assert_eq!(iso(time), "2023-11-14T22:13:20.123000+00:00");
        assert_eq!(iso_z(time), "2023-11-14T22:13:20.123Z");
        assert_eq!(plain(time), "2023-11-14 22:13:20");
        assert_eq!(iso(i64::MAX), "1970-01-01T00:00:00.000000+00:00");
    }
}
