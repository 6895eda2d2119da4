//! What the bands and forecasts do: false alarms on noise, equality with the references in Python,
//! shifts, absence, little history, changed clocks.

use std::path::Path;

use base::Rng;
use model::{DAY_MS, HOUR_MS, MINUTE_MS, TimeRange};
use serde_json::Value;

use super::Expected;
use super::bands::{Bands, Method};
use super::basic;
use super::line::Line;
use super::linear::{self, LinearModel};
use super::project::Projection;
use super::season::{Cycle, Season};
use crate::metrics::grid::time_zone;

/// 2024-01-01 00:00 UTC, a Monday.
const START: i64 = 1_704_067_200_000;
const WEEK: i64 = 7 * DAY_MS;

/// By Box and Muller.
fn gaussian(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.unit()).cos()
}

/// By Knuth, in parts small enough for `exp`.
fn poisson(rng: &mut Rng, mean: f64) -> f64 {
    let mut rest = mean;
    let mut n = 0.0;
    while rest > 0.0 {
        let part = rest.min(20.0);
        let limit = (-part).exp();
        let mut product = rng.unit();
        while product > limit {
            product *= rng.unit();
            n += 1.0;
        }
        rest -= part;
    }
    n
}

#[derive(Clone, Copy, Debug)]
enum Noise {
    Gaussian,
    Poisson,
}

/// A line of 100 with a daily wave of `height`, and noise.
#[derive(Clone, Copy)]
struct Made {
    noise: Noise,
    height: f64,
    width_ms: i64,
    days: i64,
}

impl Made {
    fn make(self, seed: u64) -> (Vec<i64>, Vec<f64>) {
        let mut rng = Rng::seeded(seed);
        let n = self.days * DAY_MS / self.width_ms;
        let times: Vec<i64> = (0..n).map(|i| START + i * self.width_ms).collect();
        let value = |&time: &i64| {
            let phase = (time - START) as f64 / DAY_MS as f64 * std::f64::consts::TAU;
            let mean = 100.0 + self.height * phase.sin();
            match self.noise {
                Noise::Gaussian => mean + 5.0 * gaussian(&mut rng),
                Noise::Poisson => poisson(&mut rng, mean),
            }
        };
        let values = times.iter().map(value).collect();
        (times, values)
    }
}

fn bands(
    line: Line<'_>,
    way: Option<(Method, Cycle)>,
    times: &[i64],
    bounds: f64,
) -> Vec<Expected> {
    match way {
        None => basic::expect_all(&line, times, bounds),
        Some((method, cycle)) => {
            Bands::new(line, Season { cycle, zone: None }, method).expect(times, bounds)
        }
    }
}

/// The share of points outside.
fn alarms(line: &Line<'_>, times: &[i64], expected: &[Expected]) -> f64 {
    let outside = times.iter().zip(expected).filter(|(time, e)| {
        let value = line.at(**time);
        value < e.lower || value > e.upper
    });
    outside.count() as f64 / times.len() as f64
}

/// The share of points outside in the last seven of thirteen seasons, over some seeds.
fn false_alarms(made: Made, way: Option<(Method, Cycle)>, bounds: f64) -> f64 {
    const SEEDS: u64 = 4;
    let share = |seed| {
        let (times, values) = made.make(seed);
        let line = Line { times: &times, values: &values, width_ms: made.width_ms };
        let shown = &times[times.len() / 13 * 6..];
        alarms(&line, shown, &bands(line, way, shown, bounds))
    };
    (0..SEEDS).map(share).sum::<f64>() / SEEDS as f64
}

/// `docs/algorithms.md` names these numbers; of normal noise 4.6 % lie 2 deviations off, 0.27 % lie 3
/// off. Too few would be as wrong as too many: the band would be too wide to see anything.
#[test]
fn false_alarms_are_as_rare_as_the_bounds_say() {
    let five = 5 * MINUTE_MS;
    let daily = |method| Some((method, Cycle::Daily));
    let weekly = |method| Some((method, Cycle::Weekly));
    let cases = [
        (None, five, 0.0),
        (None, HOUR_MS, 0.0),
        (daily(Method::Agile), five, 40.0),
        (daily(Method::Agile), HOUR_MS, 40.0),
        (weekly(Method::Agile), HOUR_MS, 40.0),
        (daily(Method::Robust), five, 40.0),
        (daily(Method::Robust), HOUR_MS, 40.0),
        (weekly(Method::Robust), HOUR_MS, 40.0),
    ];
    for (way, width_ms, height) in cases {
        for noise in [Noise::Gaussian, Noise::Poisson] {
            let days = 13 * way.map_or(DAY_MS, |(_, cycle)| cycle.ms()) / DAY_MS;
            let made = Made { noise, height, width_ms, days };
            let two = false_alarms(made, way, 2.0);
            let three = false_alarms(made, way, 3.0);
            let said = format!("{way:?} {width_ms} ms {noise:?}: {two:.4} {three:.4}");
            assert!((0.02..0.07).contains(&two) && three < 0.01, "{said}");
        }
    }
}

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Numbers, NaN for null.
fn numbers(value: &Value) -> Vec<f64> {
    let number = |v: &Value| v.as_f64().unwrap_or(f64::NAN);
    value.as_array().unwrap().iter().map(number).collect()
}

/// The fixed series, an hour a point.
fn fixed(name: &str) -> (Vec<i64>, Vec<f64>) {
    let values = numbers(&read("series.json")["series"][name]);
    ((0..values.len() as i64).map(|i| START + i * HOUR_MS).collect(), values)
}

const SERIES: [&str; 5] = ["season", "step", "spike", "gap", "short"];

fn assert_close(what: &str, got: &[f64], expect: &[f64]) {
    assert_eq!(got.len(), expect.len(), "{what}");
    for (i, (g, e)) in got.iter().zip(expect).enumerate() {
        let is_equal = g.is_nan() && e.is_nan() || (g - e).abs() <= 1e-6;
        assert!(is_equal, "{what}: {i}: got {g}, expected {e}");
    }
}

fn edge(expected: &[Expected], name: &str) -> Vec<f64> {
    let edge = |e: &Expected| match name {
        "lower" => e.lower,
        "upper" => e.upper,
        _ => e.center,
    };
    expected.iter().map(edge).collect()
}

#[test]
fn bands_equal_their_reference() {
    let reference = read("anomalies.json");
    let stride = reference["stride"].as_u64().unwrap() as usize;
    let bounds = reference["bounds"].as_f64().unwrap();
    let ways = [
        ("basic/none", None),
        ("agile/daily", Some((Method::Agile, Cycle::Daily))),
        ("agile/weekly", Some((Method::Agile, Cycle::Weekly))),
        ("robust/daily", Some((Method::Robust, Cycle::Daily))),
        ("robust/weekly", Some((Method::Robust, Cycle::Weekly))),
    ];
    for name in SERIES {
        let (times, values) = fixed(name);
        let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
        let first = times.len().saturating_sub(168);
        for (word, way) in ways {
            let found = bands(line, way, &times[first..], bounds);
            let found: Vec<Expected> = found.into_iter().step_by(stride).collect();
            for side in ["lower", "upper"] {
                let key = format!("{word}/{name}/{side}");
                assert_close(&key, &edge(&found, side), &numbers(&reference[&key]));
            }
        }
    }
}

/// In the gap of 30 hours and after it.
#[test]
fn bands_of_what_stays_away_equal_their_reference() {
    let reference = read("anomalies.json");
    let (times, values) = fixed("gap");
    let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
    let found = bands(line, None, &times[495..600], 2.5);
    let found: Vec<Expected> = found.into_iter().step_by(7).collect();
    for side in ["lower", "upper"] {
        let key = format!("basic/none/gap within/{side}");
        assert_close(&key, &edge(&found, side), &numbers(&reference[&key]));
    }
}

/// Past the last value the band goes on, up to twice as wide, with less than one season before it
/// too; and what a window shows does not depend on where it begins.
#[test]
fn bands_stay_usable_past_the_last_value() {
    let made = Made { noise: Noise::Gaussian, height: 0.0, width_ms: HOUR_MS, days: 8 };
    let (times, mut values) = made.make(7);
    let n = values.len() - 70;
    values[n..].fill(f64::NAN);
    for way in [None, Some((Method::Robust, Cycle::Weekly)), Some((Method::Agile, Cycle::Weekly))] {
        let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
        let found = bands(line, way, &times[n - 1..], 3.0);
        let width = |e: &Expected| e.upper - e.lower;
        let first = width(&found[1]);
        assert!(first < 1.1 * width(&found[0]), "{way:?}: {found:?}");
        let held = &found[1..=60];
        assert!(held.windows(2).all(|pair| width(&pair[1]) >= width(&pair[0])), "{way:?}");
        assert!(held.iter().all(|e| width(e) < 2.0 * first), "{way:?}: {held:?}");
        assert!(held.iter().all(|e| (e.center - held[0].center).abs() < 1e-9), "{way:?}");
        assert!(found[61..].iter().all(|e| e.center.is_nan()), "{way:?}");
        let later = n + 30 - basic::REACH as usize;
        let cut = Line { times: &times[later..], values: &values[later..], width_ms: HOUR_MS };
        let found_later = bands(cut, way, &times[n + 30..], 3.0);
        assert_eq!(edge(&found_later, "lower")[..30], edge(&found, "lower")[31..61], "{way:?}");
    }
}

/// A seasonal-trend decomposition by loess, another way to the same end, expects about the same:
/// nearer than the noise of the series, which is 2.
#[test]
fn robust_is_near_a_decomposition_of_statsmodels() {
    let reference = read("anomalies.json");
    let (times, values) = fixed("season");
    let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
    let shown = &times[times.len() - 168..];
    let found = bands(line, Some((Method::Robust, Cycle::Weekly)), shown, 2.0);
    let found: Vec<f64> = edge(&found, "center").into_iter().step_by(7).collect();
    let second = numbers(&reference["stl"]);
    assert_eq!(found.len(), second.len());
    let off = found.iter().zip(&second).map(|(a, b)| (a - b).abs()).sum::<f64>();
    let off = off / found.len() as f64;
    assert!(off < 1.5, "{off}");
}

#[test]
fn forecasts_equal_their_reference() {
    let reference = read("forecast.json");
    let stride = reference["stride"].as_u64().unwrap() as usize;
    let deviations = reference["deviations"].as_f64().unwrap();
    for name in SERIES {
        let (times, values) = fixed(name);
        let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
        let last = times[times.len() - 1];
        let ahead: Vec<i64> = (1..=168).map(|i| last + i * HOUR_MS).collect();
        let straight = |model, deviations| {
            let recent = times.len().saturating_sub(4 * 168)..times.len();
            let x = |time: i64| (time - last) as f64 / HOUR_MS as f64;
            let points: Vec<(f64, f64)> =
                recent.filter(|&i| !values[i].is_nan()).map(|i| (x(times[i]), values[i])).collect();
            let trend = linear::fit(&points, model).unwrap();
            ahead.iter().map(|&time| trend.expect(x(time), deviations)).collect::<Vec<_>>()
        };
        let seasonal = |cycle| {
            let season = Season { cycle, zone: None };
            let since = times[times.len().saturating_sub(168)];
            let projection = Projection::new(line, season, since, last);
            let found = projection.map(|p| p.expect(&ahead, deviations)).unwrap_or_default();
            if found.iter().any(|e| !e.center.is_nan()) {
                found
            } else {
                straight(LinearModel::Simple, 2.0 * deviations)
            }
        };
        let ways = [
            ("linear/default", straight(LinearModel::Default, deviations)),
            ("linear/simple", straight(LinearModel::Simple, deviations)),
            ("linear/reactive", straight(LinearModel::Reactive, deviations)),
            ("seasonal/daily", seasonal(Cycle::Daily)),
            ("seasonal/weekly", seasonal(Cycle::Weekly)),
        ];
        for (way, found) in ways {
            let found: Vec<Expected> = found.into_iter().step_by(stride).collect();
            for side in ["center", "lower", "upper"] {
                let key = format!("{way}/{name}/{side}");
                assert_close(&key, &edge(&found, side), &numbers(&reference[&key]));
            }
        }
    }
}

#[test]
fn the_seasonal_forecast_is_near_holt_and_winters_of_statsmodels() {
    let (times, values) = fixed("season");
    let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
    let last = times[times.len() - 1];
    let ahead: Vec<i64> = (1..=168).map(|i| last + i * HOUR_MS).collect();
    let season = Season { cycle: Cycle::Weekly, zone: None };
    let projection = Projection::new(line, season, last - WEEK + HOUR_MS, last).unwrap();
    let found = edge(&projection.expect(&ahead, 1.0), "center");
    let second = numbers(&read("forecast.json")["holt_winters"]);
    let pairs: Vec<_> = found.iter().step_by(7).zip(&second).collect();
    assert_eq!(pairs.len(), second.len());
    let off = pairs.iter().map(|(a, b)| (*a - *b).abs()).sum::<f64>() / pairs.len() as f64;
    assert!(off < 1.0, "{off}");
}

/// Ten days of five-minute points, of which the last six hours are changed.
fn changed(change: impl Fn(f64) -> f64) -> (Vec<i64>, Vec<f64>) {
    let made = Made { noise: Noise::Gaussian, height: 30.0, width_ms: 5 * MINUTE_MS, days: 10 };
    let (times, mut values) = made.make(7);
    let n = values.len();
    values[n - 72..].iter_mut().for_each(|v| *v = change(*v));
    (times, values)
}

#[test]
fn agile_follows_a_shift_and_robust_does_not() {
    let (times, values) = changed(|v| v + 40.0);
    let line = Line { times: &times, values: &values, width_ms: 5 * MINUTE_MS };
    let n = times.len();
    let (at_first, later) = (&times[n - 72..n - 60], &times[n - 30..]);
    let share = |method, times: &[i64]| {
        alarms(&line, times, &bands(line, Some((method, Cycle::Daily)), times, 3.0))
    };
    assert!(share(Method::Agile, at_first) > 0.9);
    assert!(share(Method::Agile, later) < 0.1);
    assert!(share(Method::Robust, at_first) > 0.9);
    assert!(share(Method::Robust, later) > 0.9);
    // What was before the shift is unaffected by it.
    assert!(share(Method::Robust, &times[n - 400..n - 72]) < 0.02);
}

#[test]
fn absence_of_traffic_lies_outside() {
    let (times, values) = changed(|_| 0.0);
    let line = Line { times: &times, values: &values, width_ms: 5 * MINUTE_MS };
    let gone = &times[times.len() - 72..];
    let robust = bands(line, Some((Method::Robust, Cycle::Daily)), gone, 3.0);
    assert_eq!(alarms(&line, gone, &robust), 1.0);
    // A day later the day of absence does not count: five other days say otherwise.
    let mut times_on = times.clone();
    let mut values_on = values.clone();
    times_on.extend((1..=288).map(|i| times[times.len() - 1] + i * 5 * MINUTE_MS));
    values_on.extend(values[values.len() - 288 * 3..values.len() - 288 * 2].to_vec());
    let line = Line { times: &times_on, values: &values_on, width_ms: 5 * MINUTE_MS };
    let day = &times_on[times.len()..];
    let robust = bands(line, Some((Method::Robust, Cycle::Daily)), day, 3.0);
    assert!(alarms(&line, day, &robust) < 0.02);
}

#[test]
fn the_band_depends_on_nothing_that_comes_later() {
    let made = Made { noise: Noise::Gaussian, height: 30.0, width_ms: HOUR_MS, days: 40 };
    let (times, values) = made.make(3);
    let n = 30 * 24;
    for method in [Method::Agile, Method::Robust] {
        for cycle in [Cycle::Daily, Cycle::Weekly] {
            let way = Some((method, cycle));
            let shown = &times[n - 24..n];
            let whole = Line { times: &times, values: &values, width_ms: HOUR_MS };
            let then = Line { times: &times[..n], values: &values[..n], width_ms: HOUR_MS };
            let (a, b) = (bands(whole, way, shown, 2.0), bands(then, way, shown, 2.0));
            assert_eq!(a, b, "{way:?}");
            let alone = bands(then, way, &times[n - 1..n], 2.0);
            assert_eq!(alone[0], b[23], "{way:?}");
        }
    }
}

#[test]
fn with_little_history_the_band_is_wide() {
    let made = Made { noise: Noise::Gaussian, height: 0.0, width_ms: HOUR_MS, days: 8 };
    let (times, values) = made.make(11);
    for method in [Method::Agile, Method::Robust] {
        let width = |days: usize| {
            let from = times.len() - 24 * days - 24;
            let line = Line { times: &times[from..], values: &values[from..], width_ms: HOUR_MS };
            let shown = &times[times.len() - 24..];
            let found = bands(line, Some((method, Cycle::Daily)), shown, 2.0);
            assert!(found.iter().all(|e| e.is_sure == (days >= 3)), "{days} {method:?}");
            found.iter().map(|e| e.upper - e.lower).sum::<f64>() / 24.0
        };
        let full = width(6);
        for days in [1, 2] {
            assert!(width(days) > 1.4 * full, "{days} days, {method:?}: {} {full}", width(days));
        }
    }
    // Basic, by the number of points before.
    let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
    let found = bands(line, None, &times[..100], 2.0);
    assert!(found[..2].iter().all(|e| e.lower.is_nan() && !e.is_sure));
    let reach = |i: usize| found[i].upper - found[i].lower;
    assert!(reach(3) > reach(10) && reach(5) > 2.0 * reach(70));
    assert!(!found[19].is_sure && found[20].is_sure);
}

#[test]
fn a_zone_keeps_the_time_of_day_when_clocks_change() {
    let zone = time_zone("Europe/Paris").unwrap();
    // Traffic at nine o'clock in Paris: 8:00 UTC in winter, 7:00 from 2024-03-31 on.
    let start = START + 60 * DAY_MS;
    let changed = START + 90 * DAY_MS + HOUR_MS;
    let times: Vec<i64> = (0..40 * 24).map(|i| start + i * HOUR_MS).collect();
    let is_nine = |time: i64| {
        let hour = (time - START) / HOUR_MS % 24;
        hour == if time < changed { 8 } else { 7 }
    };
    let values: Vec<f64> = times.iter().map(|&t| if is_nine(t) { 50.0 } else { 5.0 }).collect();
    let line = Line { times: &times, values: &values, width_ms: HOUR_MS };
    let day = times.iter().position(|&t| t == START + 91 * DAY_MS).unwrap();
    let day = &times[day..day + 24];
    let centers = |zone| {
        let season = Season { cycle: Cycle::Daily, zone };
        edge(&Bands::new(line, season, Method::Robust).expect(day, 2.0), "center")
    };
    let nine = |centers: Vec<f64>| centers.iter().position(|&c| c > 40.0).unwrap();
    assert_eq!(nine(centers(Some(zone))), 7);
    assert_eq!(nine(centers(None)), 8);
}

#[test]
fn history_is_some_thousand_buckets_whatever_the_window() {
    let now = START + 100 * DAY_MS;
    let cases = [
        (Cycle::Weekly, HOUR_MS, 20_000),
        (Cycle::Weekly, 4 * HOUR_MS, MINUTE_MS),
        (Cycle::Weekly, DAY_MS, 5 * MINUTE_MS),
        (Cycle::Weekly, WEEK, HOUR_MS),
        (Cycle::Weekly, WEEK, 10 * MINUTE_MS),
        (Cycle::Daily, HOUR_MS, 20_000),
        (Cycle::Daily, WEEK, HOUR_MS),
        (Cycle::Hourly, HOUR_MS, 20_000),
        (Cycle::Hourly, DAY_MS, 5 * MINUTE_MS),
    ];
    for (cycle, length, width_ms) in cases {
        let season = Season { cycle, zone: None };
        let window = TimeRange::new(now - length, now);
        let end = now + length;
        let wanted = season.history_of_bands(window, width_ms);
        let n: i64 = wanted.iter().map(|r| (r.to - r.from) / width_ms).sum();
        assert!(n <= 12_000, "{cycle:?} {length} {width_ms}: {n} buckets");
        assert!(wanted.iter().all(|r| r.to <= now), "nothing of the future");
        assert!(wanted.iter().any(|r| r.from <= now - 6 * cycle.ms()), "{cycle:?} {length}");
        let forecast = season.history_of_forecast(window, end, width_ms);
        assert!(forecast.iter().all(|r| r.to <= now), "{cycle:?} {length}");
    }
    assert!(!Season { cycle: Cycle::Hourly, zone: None }.fits(HOUR_MS));
    assert!(Season { cycle: Cycle::Weekly, zone: None }.fits(DAY_MS));
}

#[test]
fn strange_lines_do_no_harm() {
    let nan = f64::NAN;
    let lines: [(&[i64], &[f64]); 6] = [
        (&[], &[]),
        (&[START], &[1.0]),
        (&[START, START + HOUR_MS], &[nan, nan]),
        (&[0], &[5.0]),
        (&[i64::MIN / 4, i64::MAX / 4], &[1.0, 2.0]),
        (&[START, START + HOUR_MS, START + 2 * HOUR_MS], &[1e308, -1e308, 1e308]),
    ];
    for (times, values) in lines {
        let line = Line { times, values, width_ms: HOUR_MS };
        for cycle in [Cycle::Hourly, Cycle::Daily, Cycle::Weekly] {
            let season = Season { cycle, zone: Some(time_zone("America/New_York").unwrap()) };
            for method in [Method::Agile, Method::Robust] {
                assert_eq!(Bands::new(line, season, method).expect(times, 2.0).len(), times.len());
            }
            let last = times.last().copied().unwrap_or(0);
            if let Some(projection) = Projection::new(line, season, last, last) {
                assert_eq!(projection.expect(&[last + HOUR_MS], 1.0).len(), 1);
            }
        }
        assert_eq!(basic::expect_all(&line, times, 2.0).len(), times.len());
        let points: Vec<(f64, f64)> =
            times.iter().map(|t| *t as f64).zip(values.to_vec()).collect();
        for model in [LinearModel::Default, LinearModel::Simple, LinearModel::Reactive] {
            let _ = linear::fit(&points, model);
        }
    }
}
