//! The arguments by name of `anomalies` and `forecast`.

use arrow::array::timezone::Tz;
use lang::metrics::ast::{ArgValue, ExprKind};
use model::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

use super::Args;
use super::seasonal::season::Cycle;
use crate::error::Result;
use crate::metrics::grid;

/// Widest interval that may be asked for, in seconds: ten years.
const INTERVAL_SECS_MAX: f64 = 3.2e8;
/// Longest period, in milliseconds: ten years.
const PERIOD_MS_MAX: i64 = 3650 * DAY_MS;

pub(super) struct Options<'a>(&'a Args<'a>);

impl<'a> Options<'a> {
    pub(super) fn of(args: &'a Args<'a>) -> Self {
        Self(args)
    }

    /// The word given for a name, in lower case; quoted, bare, or a number.
    fn text(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = self.0.call.named(name) else {
            return Ok(None);
        };
        let text = match value {
            ArgValue::Str(text) => Some(text.clone()),
            ArgValue::Expr(expr) => match &expr.kind {
                ExprKind::Ref(word) => Some(word.clone()),
                ExprKind::Number(number) => Some(number.to_string()),
                _ => None,
            },
        };
        text.map(Some).ok_or_else(|| self.0.error(&format!("expected a word as its {name}")))
    }

    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<String>> {
        let Some(word) = self.text(name)?.map(|text| text.to_ascii_lowercase()) else {
            return Ok(None);
        };
        if words.contains(&word.as_str()) {
            return Ok(Some(word));
        }
        Err(self.0.error(&format!("expected {} as its {name}", words.join(", "))))
    }

    pub(super) fn cycle(&self) -> Result<Option<Cycle>> {
        let word = self.one_of("seasonality", &["hourly", "daily", "weekly"])?;
        Ok(word.as_deref().and_then(Cycle::from_name))
    }

    /// `None` is UTC, which no clock change disturbs.
    pub(super) fn zone(&self) -> Result<Option<Tz>> {
        let Some(name) = self.text("timezone")? else {
            return Ok(None);
        };
        let zone = grid::time_zone(&name).map_err(|error| error.at(self.0.span))?;
        Ok((!name.eq_ignore_ascii_case("utc")).then_some(zone))
    }

    /// The bucket width.
    pub(super) fn interval_ms(&self) -> Result<Option<i64>> {
        let Some(value) = self.0.call.named("interval") else {
            return Ok(None);
        };
        let secs = value.as_number().filter(|secs| (1.0..=INTERVAL_SECS_MAX).contains(secs));
        let secs =
            secs.ok_or_else(|| self.0.error("expected seconds, 1 or more, as its interval"))?;
        Ok(Some((secs * SECOND_MS as f64) as i64))
    }

    /// A length of time: `3d`, `last_15m`.
    pub(super) fn period(&self, name: &str) -> Result<Option<i64>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let period = period_ms(text.strip_prefix("last_").unwrap_or(&text));
        let period = period.ok_or_else(|| {
            self.0.error(&format!("expected a time like 15m, 4h, 3d or 1w as its {name}"))
        })?;
        Ok(Some(period))
    }

    /// Refuses names that mean nothing here.
    pub(super) fn only(&self, names: &[&str]) -> Result<()> {
        let positional = ["query", "algorithm", "bounds", "deviations"];
        let mut given = self.0.call.args.iter().filter_map(|arg| arg.name.as_deref());
        match given.find(|name| !names.contains(name) && !positional.contains(name)) {
            None => Ok(()),
            Some(name) => Err(self
                .0
                .error(&format!("there is no option {name}: expected {}", names.join(", ")))),
        }
    }
}

fn period_ms(text: &str) -> Option<i64> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(at);
    let unit_ms = match unit {
        "s" => SECOND_MS,
        "m" => MINUTE_MS,
        "h" => HOUR_MS,
        "d" => DAY_MS,
        "w" => 7 * DAY_MS,
        "mo" => 30 * DAY_MS,
        _ => return None,
    };
    let ms = number.parse::<i64>().ok()?.checked_mul(unit_ms)?;
    (1..=PERIOD_MS_MAX).contains(&ms).then_some(ms)
}

/// For sentences: `5 days`, `90 minutes`; in the largest unit of which there are two, or one exactly.
pub(super) fn duration_text(ms: i64) -> String {
    let units = [
        (7 * DAY_MS, "week"),
        (DAY_MS, "day"),
        (HOUR_MS, "hour"),
        (MINUTE_MS, "minute"),
        (SECOND_MS, "second"),
    ];
    let fits = |(unit, _): &&(i64, &str)| ms >= 2 * unit || ms == *unit;
    let (unit, name) = units.iter().find(fits).unwrap_or(&(SECOND_MS, "second"));
    let n = ms / unit;
    if n == 1 { format!("1 {name}") } else { format!("{n} {name}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        let cases = [
            ("15m", Some(15 * MINUTE_MS)),
            ("1w", Some(7 * DAY_MS)),
            ("2mo", Some(60 * DAY_MS)),
            ("0m", None),
            ("15", None),
            ("m", None),
            ("99999999999w", None),
            ("15 m", None),
        ];
        for (text, expect) in cases {
            assert_eq!(period_ms(text), expect, "{text}");
        }
    }

    #[test]
    fn durations() {
        let cases = [
            (7 * DAY_MS, "1 week"),
            (13 * DAY_MS, "13 days"),
            (21 * DAY_MS, "3 weeks"),
            (DAY_MS, "1 day"),
            (90 * MINUTE_MS, "90 minutes"),
            (SECOND_MS, "1 second"),
            (0, "0 seconds"),
        ];
        for (ms, expect) in cases {
            assert_eq!(duration_text(ms), expect);
        }
    }
}
