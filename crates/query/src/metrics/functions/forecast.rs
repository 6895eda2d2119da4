//! `forecast(query, 'algorithm', deviations)`: where values are heading.
//!
//! The line has its real points up to the last one, and from there predicted ones, with the band as a
//! mark. A window that ends in the future is filled to its end; one that ends now, or did once, is
//! followed by as much time as it is long. What the algorithms compute stands in `seasonal::linear`
//! and `seasonal::project`. Options by name: `interval` (seconds), `model` (`default`, `simple`,
//! `reactive`) and `history` (`'1w'`, `'3d'`) of `linear`, `seasonality` and `timezone` of `seasonal`.
//! Source: docs.datadoghq.com "Forecasts Monitor", "Functions: Algorithms".
//!
//! What we chose where the documentation is silent: `history` is four times the window unless given,
//! `seasonality` is weekly; with less than two seasons the forecast is linear, its band twice as
//! wide, and a note says so; a line without a value in the window has no forecast.

use std::sync::Arc;

use model::{MINUTE_MS, SECOND_MS, TimeRange};

use super::options::{Options, duration_text};
use super::seasonal::Expected;
use super::seasonal::line::Line;
use super::seasonal::linear::{self, LinearModel};
use super::seasonal::project::{Projection, SEASONS_NEEDED};
use super::seasonal::season::{Cycle, Season};
use super::{Args, Step};
use crate::error::Result;
use crate::metrics::frame::{Band, Frame, Marks};
use crate::metrics::history::{BUCKETS_MAX, Learning, Model, Moment};

/// Deviations to either side, unless given.
const DEVIATIONS: f64 = 1.0;
const DEVIATIONS_MAX: f64 = 1000.0;
/// Windows of history, unless given.
const WINDOWS: i64 = 4;
/// Points that are predicted at most.
const POINTS_MAX: i64 = 1500;
/// How much further than now a window has to end to be about the future: a part of its length.
const FUTURE_PART: i64 = 20;
/// Without the seasons that it needs a forecast is less certain by this.
const WIDER_WITHOUT: f64 = 2.0;
/// How long values may be on their way, see `anomalies`.
const SETTLED_MS: i64 = MINUTE_MS / 2;

pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let options = Options::of(args);
    let algorithm = args.word(1, "algorithm")?.unwrap_or_else(|| "linear".into());
    let history_ms = options.period("history")?;
    let model = options.one_of("model", &["default", "simple", "reactive"])?;
    let model = model.as_deref().and_then(LinearModel::from_name).unwrap_or(LinearModel::Default);
    let season = Season { cycle: options.cycle()?.unwrap_or(Cycle::Weekly), zone: options.zone()? };
    let way = match algorithm.as_str() {
        "linear" => Way::Linear(model),
        "seasonal" => Way::Seasonal(season),
        _ => return Err(args.error("expected linear or seasonal as its algorithm")),
    };
    let deviations = args.number_or(2, "deviations", DEVIATIONS)?;
    if !(deviations > 0.0 && deviations <= DEVIATIONS_MAX) {
        return Err(args.error("expected deviations over 0, like 1 or 2"));
    }
    options.only(&["interval", "history", "model", "seasonality", "timezone"])?;
    Ok(Step::Learn(Learning {
        model: Arc::new(Forecast { way, deviations, history_ms }),
        interval_ms: options.interval_ms()?,
        interpolates: false,
    }))
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Linear(LinearModel),
    Seasonal(Season),
}

#[derive(Debug)]
struct Forecast {
    way: Way,
    deviations: f64,
    history_ms: Option<i64>,
}

impl Model for Forecast {
    fn name(&self) -> &'static str {
        "forecast"
    }

    fn ranges(&self, moment: Moment, width_ms: i64) -> Vec<TimeRange> {
        match self.way {
            Way::Seasonal(season) if season.fits(width_ms) => {
                season.history_of_forecast(moment.window, end(moment), width_ms)
            }
            _ => {
                let window = moment.window;
                let from = window.to.saturating_sub(self.history_of(moment, width_ms));
                vec![TimeRange::new(from.min(window.from), window.to)]
            }
        }
    }

    fn apply(&self, moment: Moment, mut frames: Vec<Frame>) -> Vec<Frame> {
        frames.iter_mut().for_each(|frame| self.extend(moment, frame));
        frames
    }
}

/// Where the forecast ends.
fn end(moment: Moment) -> i64 {
    let TimeRange { from, to } = moment.window;
    let length = to - from;
    let is_future = to - moment.now > length / FUTURE_PART;
    if is_future { to } else { to.saturating_add(length) }
}

impl Forecast {
    fn history_of(&self, moment: Moment, width_ms: i64) -> i64 {
        let length = moment.window.to - moment.window.from;
        let wanted = self.history_ms.unwrap_or_else(|| length.saturating_mul(WINDOWS));
        let most = width_ms.saturating_mul(BUCKETS_MAX as i64 / 2);
        wanted.clamp(width_ms, most)
    }

    /// Cuts a line to the window and continues it.
    fn extend(&self, moment: Moment, frame: &mut Frame) {
        let width_ms = frame.interval_secs * SECOND_MS;
        let line = Line { times: &frame.times, values: &frame.values, width_ms };
        let shown = line.shown(moment.window);
        let mut times: Vec<i64> = shown.iter().map(|&i| line.times[i]).collect();
        let mut values: Vec<f64> = shown.iter().map(|&i| line.values[i]).collect();
        let Some(last_shown) = values.iter().rposition(|value| !value.is_nan()) else {
            (frame.times, frame.values) = (times.into(), values);
            return;
        };
        let end = end(moment);
        while let Some(&time) = times.last()
            && time + width_ms < end
            && (times.len() - last_shown) as i64 <= POINTS_MAX
        {
            times.push(time + width_ms);
            values.push(f64::NAN);
        }
        // What is not over yet is too low, if it is counted.
        let known_to = moment.now.saturating_sub(SETTLED_MS + width_ms);
        let is_known =
            |i: &usize| !values[*i].is_nan() && (!frame.aligns_with_zero || times[*i] <= known_to);
        let last = (0..=last_shown).rev().find(is_known).map_or(times[0] - width_ms, |i| times[i]);
        let ahead = &times[last_shown + 1..];
        let (expected, note) = self.expect(moment, &line, (last, ahead));
        let mut band =
            Band { lower: vec![f64::NAN; times.len()], upper: vec![f64::NAN; times.len()] };
        for (i, expected) in (last_shown + 1..).zip(&expected) {
            values[i] = expected.center;
            band.lower[i] = expected.lower;
            band.upper[i] = expected.upper;
        }
        let forecast_from = ahead.first().copied();
        let (band, is_outlier) = (Some(band), None);
        frame.marks = Some(Box::new(Marks { is_outlier, band, forecast_from, note }));
        (frame.times, frame.values) = (times.into(), values);
    }

    /// What is expected at each of the times after the last known one, and what should be said.
    fn expect(
        &self,
        moment: Moment,
        line: &Line<'_>,
        (last, ahead): (i64, &[i64]),
    ) -> (Vec<Expected>, Option<String>) {
        let (model, season) = match self.way {
            Way::Linear(model) => (model, None),
            Way::Seasonal(season) => (LinearModel::Simple, Some(season)),
        };
        let width_ms = line.width_ms;
        let Some(season) = season else {
            return self.straight(moment, line, (last, ahead), (model, 1.0));
        };
        if season.fits(width_ms) {
            let projection = Projection::new(*line, season, moment.window.from, last);
            let found = projection.map(|p| p.expect(ahead, self.deviations)).unwrap_or_default();
            if found.iter().any(|e| !e.center.is_nan()) || ahead.is_empty() {
                return (found, None);
            }
        }
        let (found, _) = self.straight(moment, line, (last, ahead), (model, WIDER_WITHOUT));
        let said = if season.fits(width_ms) {
            let past = last + width_ms - line.first_value().unwrap_or(last);
            let needed = duration_text(SEASONS_NEEDED as i64 * season.cycle.ms());
            format!("{} of history where a forecast needs {needed}", duration_text(past))
        } else {
            format!("points of {} show no {} season", duration_text(width_ms), season.cycle.name())
        };
        (found, Some(format!("{said}: it is a straight line, with a wide band")))
    }

    fn straight(
        &self,
        moment: Moment,
        line: &Line<'_>,
        (last, ahead): (i64, &[i64]),
        (model, wider): (LinearModel, f64),
    ) -> (Vec<Expected>, Option<String>) {
        let wanted = self.history_of(moment, line.width_ms);
        let x = |time: i64| (time - last) as f64 / line.width_ms as f64;
        let points: Vec<(f64, f64)> = line
            .times
            .iter()
            .zip(line.values)
            .filter(|(time, value)| **time > last - wanted && **time <= last && !value.is_nan())
            .map(|(time, value)| (x(*time), *value))
            .collect();
        let Some(trend) = linear::fit(&points, model) else {
            return (Vec::new(), Some("a forecast needs two points at least".into()));
        };
        let deviations = self.deviations * wider;
        let expected: Vec<_> = ahead.iter().map(|&t| trend.expect(x(t), deviations)).collect();
        let is_unsure = expected.iter().any(|e| !e.is_sure);
        let note = is_unsure.then(|| {
            let past = duration_text(last + line.width_ms - line.first_value().unwrap_or(last));
            format!("{} points, {past} of history: the forecast is a guess", points.len())
        });
        (expected, note)
    }
}
