//! Numbers, durations and dates as the Agent's status page writes them.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// `12,345`; numbers with a fraction keep it.
pub fn humanize(value: &Value) -> String {
    if let Some(n) = value.as_i64() {
        return with_commas(n);
    }
    match value.as_f64() {
        Some(n) if n.fract() == 0.0 && n.abs() < 1e15 => with_commas(n as i64),
        Some(n) => n.to_string(),
        None => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}

/// `-1,234,567`
pub fn with_commas(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if n < 0 {
        text.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// As Go writes a duration: `0s`, `3ms`, `1.5s`, `2m3s`, `26h0m1.5s`. Of seconds.
pub fn duration(secs: f64) -> String {
    let nanos = (secs.abs() * 1e9).round().min(9.2e18) as u64;
    let sign = if secs < 0.0 { "-" } else { "" };
    let part = |unit: u64| decimals(nanos as f64 / unit as f64);
    let text = match nanos {
        0 => return "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", part(1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", part(1_000_000)),
        _ => {
            let whole = nanos / 1_000_000_000;
            let (hours, minutes) = (whole / 3600, whole / 60 % 60);
            let rest = nanos - (hours * 3600 + minutes * 60) * 1_000_000_000;
            let secs = decimals(rest as f64 / 1e9);
            match (hours, minutes) {
                (0, 0) => format!("{secs}s"),
                (0, _) => format!("{minutes}m{secs}s"),
                _ => format!("{hours}h{minutes}m{secs}s"),
            }
        }
    };
    format!("{sign}{text}")
}

/// At most three decimals, without zeros at the end.
fn decimals(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `2026-01-02 03:04:05.678 UTC (1767323045678)`
pub fn date(unix_ms: i64) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(unix_ms).unwrap_or_default();
    let millis = format!("{:03}", time.timestamp_subsec_millis());
    let millis = match millis.trim_end_matches('0') {
        "" => String::new(),
        digits => format!(".{digits}"),
    };
    format!("{}{millis} UTC ({unix_ms})", time.format("%Y-%m-%d %H:%M:%S"))
}

/// `name`, then a line of dashes as long.
pub fn underlined(name: &str, with: char) -> String {
    format!("{name}\n{}", with.to_string().repeat(name.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers() {
        for (value, text) in [
            (json!(0), "0"),
            (json!(999), "999"),
            (json!(1000), "1,000"),
            (json!(-1234567), "-1,234,567"),
            (json!(12345.0), "12,345"),
            (json!(1.5), "1.5"),
            (json!("x"), "x"),
        ] {
            assert_eq!(humanize(&value), text);
        }
    }

    #[test]
    fn durations_are_go_s() {
        for (secs, text) in [
            (0.0, "0s"),
            (0.003, "3ms"),
            (0.0015, "1.5ms"),
            (1.5, "1.5s"),
            (123.0, "2m3s"),
            (3600.0, "1h0m0s"),
            (93601.5, "26h0m1.5s"),
            (-0.25, "-250ms"),
            (0.000_000_5, "500ns"),
            (0.000_025, "25µs"),
        ] {
            assert_eq!(duration(secs), text, "{secs}");
        }
    }

    #[test]
    fn dates() {
        assert_eq!(date(1_767_323_045_678), "2026-01-02 03:04:05.678 UTC (1767323045678)");
        assert_eq!(date(1_767_323_045_600), "2026-01-02 03:04:05.6 UTC (1767323045600)");
        assert_eq!(date(1_767_323_045_000), "2026-01-02 03:04:05 UTC (1767323045000)");
        assert_eq!(underlined("cpu", '-'), "cpu\n---");
    }
}
