//! Values as people read them: `1.24 GiB/s`, `35.2 ms`, `12.3k requests`, `87%`.
//!
//! A scale is chosen by the largest value, so that all labels of an axis share divisor and suffix.
//! The same rules as the page's.

/// What is counted, and per what. Source of families and scales: Datadog's "Metric units".
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub what: UnitPart,
    pub per: Option<UnitPart>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UnitPart {
    pub family: UnitFamily,
    pub name: String,
    pub plural: String,
    /// `B`, `ms`; empty when there is none.
    pub short: String,
    /// How many of the family's base one of these is.
    pub scale: f64,
}

/// Families whose units are scaled in their own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitFamily {
    Bytes,
    Time,
    Percentage,
    Other,
}

impl UnitFamily {
    /// By Datadog's name of the family.
    pub fn from_name(name: &str) -> Self {
        match name {
            "bytes" => Self::Bytes,
            "time" => Self::Time,
            "percentage" => Self::Percentage,
            _ => Self::Other,
        }
    }
}

/// Values are divided by `divisor` and written before `suffix`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) divisor: f64,
    pub(crate) suffix: String,
}

/// From this value on: divisor and suffix.
type Steps<'a> = &'a [(f64, f64, &'a str)];

const PLAIN: Steps<'_> = &[(1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")];
const BITS: Steps<'_> =
    &[(1e12, 1e12, " Tb"), (1e9, 1e9, " Gb"), (1e6, 1e6, " Mb"), (1e3, 1e3, " kb")];
const KIB: f64 = 1024.0;
const BYTES: Steps<'_> = &[
    (KIB * KIB * KIB * KIB * KIB, KIB * KIB * KIB * KIB * KIB, " PiB"),
    (KIB * KIB * KIB * KIB, KIB * KIB * KIB * KIB, " TiB"),
    (KIB * KIB * KIB, KIB * KIB * KIB, " GiB"),
    (KIB * KIB, KIB * KIB, " MiB"),
    (KIB, KIB, " KiB"),
];
const SECONDS: Steps<'_> = &[
    (172_800.0, 86_400.0, " d"),
    (7200.0, 3600.0, " h"),
    (120.0, 60.0, " min"),
    (1.0, 1.0, " s"),
    (1e-3, 1e-3, " ms"),
    (1e-6, 1e-6, " µs"),
];

fn pick(steps: Steps<'_>, size: f64, rest: (f64, &str)) -> Scale {
    let step = steps.iter().find(|(from, ..)| size >= *from);
    let (divisor, suffix) = step.map_or(rest, |(_, divisor, suffix)| (*divisor, *suffix));
    Scale { divisor, suffix: suffix.to_owned() }
}

/// How values up to `max` are written.
pub(crate) fn scale_of(max: f64, unit: Option<&Unit>) -> Scale {
    let size = if max.is_finite() { max.abs() } else { 0.0 };
    let Some(unit) = unit else { return pick(PLAIN, size, (1.0, "")) };
    let mut scale = scale_of_part(size, &unit.what);
    if let Some(per) = &unit.per {
        let name = if per.short.is_empty() { &per.name } else { &per.short };
        scale.suffix.push('/');
        scale.suffix.push_str(if per.name == "second" { "s" } else { name });
    }
    scale
}

fn scale_of_part(size: f64, what: &UnitPart) -> Scale {
    let factor = if what.scale.is_finite() && what.scale > 0.0 { what.scale } else { 1.0 };
    let within = |scale: Scale| Scale { divisor: scale.divisor / factor, ..scale };
    match (what.family, what.name.as_str()) {
        (UnitFamily::Bytes, "bit") => pick(BITS, size, (1.0, " b")),
        (UnitFamily::Bytes, _) => within(pick(BYTES, size * factor, (1.0, " B"))),
        (UnitFamily::Time, _) if size == 0.0 => Scale { divisor: 1.0, suffix: " s".to_owned() },
        (UnitFamily::Time, _) => within(pick(SECONDS, size * factor, (1e-9, " ns"))),
        (UnitFamily::Percentage, "percent") => Scale { divisor: 1.0, suffix: "%".to_owned() },
        (UnitFamily::Percentage, "fraction") => Scale { divisor: 0.01, suffix: "%".to_owned() },
        _ => pick(PLAIN, size, (1.0, "")),
    }
}

/// A number with the digits that matter, without a unit.
pub(crate) fn digits(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-6..1e15).contains(&size) {
        return minus(format!("{value:.2e}"));
    }
    let decimals = match size {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => (2 - size.log10().floor() as i32).clamp(0, 8) as usize,
    };
    let text = format!("{value:.decimals$}");
    // Zeros go only when nothing was rounded away.
    let is_exact = text.parse::<f64>().is_ok_and(|written| (written - value).abs() <= size * 1e-9);
    let text = match is_exact && text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    };
    minus(text)
}

fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// A value with its unit, as a legend shows it.
pub(crate) fn with_unit(value: f64, unit: Option<&Unit>) -> String {
    if !value.is_finite() {
        return digits(value);
    }
    let Scale { divisor, suffix } = scale_of(value, unit);
    let name = match unit {
        Some(Unit { what, per: None }) if what.family == UnitFamily::Other => {
            format!(" {}", if value.abs() == 1.0 { &what.name } else { &what.plural })
        }
        _ => String::new(),
    };
    format!("{}{suffix}{name}", digits(value / divisor))
}

/// Labels of ticks, all in one scale and with as many decimals as the step needs.
pub(crate) fn labels(ticks: &[f64], scale: &Scale) -> Vec<String> {
    let step = match ticks {
        [first, second, ..] => ((second - first) / scale.divisor).abs(),
        _ => {
            return ticks.iter().map(|tick| digits(tick / scale.divisor) + &scale.suffix).collect();
        }
    };
    let decimals = (0..=8usize).find(|decimals| {
        let shown = format!("{step:.decimals$}").parse::<f64>().unwrap_or(step);
        (shown - step).abs() < 1e-6 * step.max(1e-9)
    });
    let decimals = decimals.unwrap_or(8);
    let label = |tick: &f64| {
        let value = tick / scale.divisor;
        match value.abs() < step / 1e6 {
            true => if scale.suffix == "%" { "0%" } else { "0" }.to_owned(),
            false if value.abs() >= 1e15 || step < 1e-8 => digits(value) + &scale.suffix,
            false => minus(format!("{value:.decimals$}")) + &scale.suffix,
        }
    };
    ticks.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(family: UnitFamily, name: &str, scale: f64, per: Option<&str>) -> Unit {
        let part = |family, name: &str, scale| UnitPart {
            family,
            name: name.to_owned(),
            plural: format!("{name}s"),
            short: String::new(),
            scale,
        };
        Unit {
            what: part(family, name, scale),
            per: per.map(|per| part(UnitFamily::Time, per, 1.0)),
        }
    }

    #[test]
    fn values_for_people() {
        let check = |value: f64, unit: Option<&Unit>, expect: &str| {
            assert_eq!(with_unit(value, unit), expect, "{value} {unit:?}");
        };
        check(0.0, None, "0");
        check(12_345.0, None, "12.3k");
        check(-0.25, None, "−0.25");
        check(f64::NAN, None, "–");
        check(f64::INFINITY, None, "∞");
        check(1e-9, None, "1.00e-9");
        let bytes = unit(UnitFamily::Bytes, "byte", 1.0, None);
        check(1_331_439_862.0, Some(&bytes), "1.24 GiB");
        check(0.5, Some(&bytes), "0.5 B");
        let rate = unit(UnitFamily::Bytes, "byte", 1.0, Some("second"));
        check(2048.0, Some(&rate), "2 KiB/s");
        let ms = unit(UnitFamily::Time, "millisecond", 1e-3, None);
        check(35.2, Some(&ms), "35.2 ms");
        check(90_000.0, Some(&ms), "90 s");
        let requests = unit(UnitFamily::Other, "request", 1.0, None);
        check(12_345.0, Some(&requests), "12.3k requests");
        check(1.0, Some(&requests), "1 request");
        check(0.87, Some(&unit(UnitFamily::Percentage, "fraction", 100.0, None)), "87%");
        check(8.12, Some(&unit(UnitFamily::Percentage, "percent", 1.0, None)), "8.12%");
    }

    #[test]
    fn ticks_share_scale_and_decimals() {
        let check = |ticks: &[f64], expect: &[&str]| {
            let scale = scale_of(ticks.iter().fold(0.0, |max, tick| tick.abs().max(max)), None);
            assert_eq!(labels(ticks, &scale), expect);
        };
        check(&[0.0, 0.25, 0.5], &["0", "0.25", "0.50"]);
        check(&[0.0, 20_000.0, 40_000.0], &["0", "20k", "40k"]);
        check(&[-5.0, 0.0, 5.0], &["−5", "0", "5"]);
        check(&[7.0], &["7"]);
        check(&[], &[]);
    }
}
