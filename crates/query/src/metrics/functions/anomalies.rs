//! `anomalies(query, 'algorithm', bounds)`: the band in which values are expected.
//!
//! The values stay as they are; the line gets the band as a mark, each group its own. What the
//! algorithms compute stands in `seasonal::basic` and `seasonal::bands`; `adaptive`, which the
//! documentation no longer describes, is `agile`. Options by name: `seasonality` (`weekly` unless
//! given), `timezone`, `interval` (seconds; the bucket width where the query has no `.rollup()`),
//! `count_default_zero` (`'true'` unless given: a count that did not arrive is 0; else it is interpolated
//! as a gauge is), and, checked here and used by monitors, `direction` and `alert_window`.
//! Source: docs.datadoghq.com "Anomaly Monitor", "Functions: Algorithms", "Anomaly Monitors" (FAQ).
//!
//! What we chose where the documentation is silent: a bucket of counts that is not over yet is not
//! judged; with less than three seasons of history the band is wider and a note says so.

use std::sync::Arc;

use model::{MINUTE_MS, SECOND_MS, TimeRange};

use super::options::{Options, duration_text};
use super::seasonal::bands::{Bands, Method};
use super::seasonal::line::Line;
use super::seasonal::season::{Cycle, SEASONS_MAX, SEASONS_WANTED, Season};
use super::seasonal::{Expected, basic};
use super::{Args, Step};
use crate::error::Result;
use crate::metrics::frame::{Band, Frame, Marks};
use crate::metrics::history::{Learning, Model, Moment};

/// Deviations to either side, unless given.
const BOUNDS: f64 = 2.0;
/// Widest bounds: whatever is wider says nothing.
const BOUNDS_MAX: f64 = 1000.0;
/// How long values may be on their way: agents gather them for 10 s and send them every 15 s.
const SETTLED_MS: i64 = MINUTE_MS / 2;

pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let options = Options::of(args);
    let algorithm = args.word(1, "algorithm")?.unwrap_or_else(|| "basic".into());
    let cycle = options.cycle()?.unwrap_or(Cycle::Weekly);
    let season = Season { cycle, zone: options.zone()? };
    let way = match algorithm.as_str() {
        "basic" => None,
        "agile" | "adaptive" => Some((Method::Agile, season)),
        "robust" => Some((Method::Robust, season)),
        _ => return Err(args.error("expected basic, agile or robust as its algorithm")),
    };
    let bounds = args.number_or(2, "bounds", BOUNDS)?;
    if !(bounds > 0.0 && bounds <= BOUNDS_MAX) {
        return Err(args.error("expected bounds over 0, like 2 or 3"));
    }
    options.one_of("direction", &["above", "below", "both"])?;
    options.period("alert_window")?;
    let zeros = options.one_of("count_default_zero", &["true", "false"])?;
    let fills_zeros = zeros.as_deref() != Some("false");
    options.only(&[
        "direction",
        "alert_window",
        "interval",
        "count_default_zero",
        "seasonality",
        "timezone",
    ])?;
    Ok(Step::Learn(Learning {
        model: Arc::new(Anomalies { way, bounds, fills_zeros }),
        interval_ms: options.interval_ms()?,
        interpolates: !fills_zeros,
    }))
}

#[derive(Debug)]
struct Anomalies {
    /// `None` is the basic algorithm.
    way: Option<(Method, Season)>,
    bounds: f64,
    fills_zeros: bool,
}

impl Anomalies {
    /// The season, where buckets are narrow enough to show one.
    fn season(&self, width_ms: i64) -> Option<(Method, Season)> {
        self.way.filter(|(_, season)| season.fits(width_ms))
    }
}

impl Model for Anomalies {
    fn name(&self) -> &'static str {
        "anomalies"
    }

    fn ranges(&self, moment: Moment, width_ms: i64) -> Vec<TimeRange> {
        match self.season(width_ms) {
            Some((_, season)) => season.history_of_bands(moment.window, width_ms),
            None => vec![basic::history(moment.window, width_ms)],
        }
    }

    fn apply(&self, moment: Moment, mut frames: Vec<Frame>) -> Vec<Frame> {
        for frame in &mut frames {
            let width_ms = frame.interval_secs * SECOND_MS;
            // Of counts all of a bucket has to be there before it can be too low.
            let known_to = moment.now.saturating_sub(SETTLED_MS + width_ms);
            let is_counted = frame.aligns_with_zero;
            if is_counted && self.fills_zeros {
                fill_zeros(frame, known_to);
            }
            self.mark(moment, frame, if is_counted { known_to } else { i64::MAX });
        }
        frames
    }
}

/// No count is a count of zero, from the first value on.
fn fill_zeros(frame: &mut Frame, to: i64) {
    let Some(first) = frame.values.iter().position(|value| !value.is_nan()) else {
        return;
    };
    let held = frame.times.iter().zip(&mut frame.values).skip(first);
    let over = held.filter(|(time, value)| value.is_nan() && **time <= to);
    over.for_each(|(_, value)| *value = 0.0);
}

impl Anomalies {
    /// Gives a line its band up to a time, and cuts it to the window.
    fn mark(&self, moment: Moment, frame: &mut Frame, known_to: i64) {
        let width_ms = frame.interval_secs * SECOND_MS;
        let line = Line { times: &frame.times, values: &frame.values, width_ms };
        let shown = line.shown(moment.window);
        let times: Vec<i64> = shown.iter().map(|&i| line.times[i]).collect();
        let mut expected = match self.season(width_ms) {
            Some((method, season)) => Bands::new(line, season, method).expect(&times, self.bounds),
            None => basic::expect_all(&line, &times, self.bounds),
        };
        for (expected, time) in expected.iter_mut().zip(&times) {
            if *time > known_to {
                *expected = Expected { is_sure: expected.is_sure, ..Expected::NONE };
            }
        }
        let note = self.note(&line, &times, &expected);
        let values = shown.iter().map(|&i| line.values[i]).collect();
        let band = Band {
            lower: expected.iter().map(|e| e.lower).collect(),
            upper: expected.iter().map(|e| e.upper).collect(),
        };
        frame.marks = Some(Box::new(Marks { band: Some(band), note, ..Marks::default() }));
        frame.values = values;
        if *frame.times != *times {
            frame.times = times.into();
        }
    }

    /// What a reader of the band should know.
    fn note(&self, line: &Line<'_>, times: &[i64], expected: &[Expected]) -> Option<String> {
        let width = duration_text(line.width_ms);
        if let (Some((_, season)), None) = (self.way, self.season(line.width_ms)) {
            return Some(format!(
                "points of {width} show no {} season: the band is that of the basic algorithm",
                season.cycle.name()
            ));
        }
        let values =
            times.iter().map(|time| line.index(*time).map_or(f64::NAN, |i| line.values[i]));
        let mut unsure = values.zip(expected).filter(|(value, e)| !value.is_nan() && !e.is_sure);
        unsure.next()?;
        let (past, is_exact) = self.past(line, times)?;
        let Some((_, Season { cycle, .. })) = self.season(line.width_ms) else {
            let wanted = duration_text(basic::SURE as i64 * line.width_ms);
            return Some(format!("little history: {wanted} of it are wanted; the band is wide"));
        };
        if past > SEASONS_WANTED as i64 * cycle.ms() {
            return Some(format!(
                "the history has gaps: {} seasonality wants {SEASONS_WANTED} earlier seasons; where \
                 there are less the band is wide",
                cycle.name()
            ));
        }
        let about = if is_exact { "" } else { "less than " };
        let past = if is_exact { past } else { (past / cycle.ms() + 1) * cycle.ms() };
        Some(format!(
            "{about}{} of history: {} seasonality wants {} before a point ({} are better); where there is \
             less the band is wide",
            duration_text(past),
            cycle.name(),
            duration_text(SEASONS_WANTED as i64 * cycle.ms()),
            duration_text(SEASONS_MAX as i64 * cycle.ms()),
        ))
    }

    /// How long before the end of these times the first value is; whether there may be earlier ones,
    /// in a hole of what was read.
    fn past(&self, line: &Line<'_>, times: &[i64]) -> Option<(i64, bool)> {
        let first = line.values.iter().position(|value| !value.is_nan())?;
        let before = line.times[..first].last();
        let is_exact = before.is_some_and(|time| line.times[first] - time <= line.width_ms);
        Some((times.last()? + line.width_ms - line.times[first], is_exact))
    }
}
