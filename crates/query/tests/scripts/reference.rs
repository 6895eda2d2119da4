//! Functions beside their references in Python: see `tests/reference/`.

use std::path::Path;

use model::{MetricKind, OrgId};
use query::metrics::{Frame, Frames, Window};
use query::{Engine, Limits};
use serde_json::Value;

use crate::format::Series;
use crate::stores;

pub(crate) fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Numbers, NaN for null.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let number = |v: &Value| v.as_f64().unwrap_or(f64::NAN);
    value.as_array().unwrap().iter().map(number).collect()
}

/// Lines of a gauge with a point at each step where the value is a number.
pub(crate) struct Lines {
    pub start_ms: i64,
    pub step_ms: i64,
    data: stores::Data,
    n_points: usize,
}

impl Lines {
    pub(crate) fn new(start_ms: i64, step_ms: i64) -> Self {
        Self { start_ms, step_ms, data: stores::Data::default(), n_points: 0 }
    }

    /// The five fixed series, each as a metric of its name.
    pub(crate) fn fixed() -> Self {
        let held = read("series.json");
        let int = |key: &str| held[key].as_i64().unwrap();
        let mut lines = Self::new(int("start_ms"), int("step_ms"));
        for (name, values) in held["series"].as_object().unwrap() {
            lines.add(name, "", &numbers(values));
        }
        assert_eq!(lines.data.series.len(), 5);
        lines
    }

    pub(crate) fn add(&mut self, metric: &str, host: &str, values: &[f64]) {
        let given = values.iter().enumerate().filter(|(_, value)| !value.is_nan());
        let time = |i: usize| self.start_ms + i as i64 * self.step_ms;
        self.data.series.push(Series {
            kind: MetricKind::Gauge,
            metric: metric.to_owned(),
            host: host.to_owned(),
            device: String::new(),
            tags: String::new(),
            interval_secs: self.step_ms / 1000,
            points: given.map(|(i, value)| (time(i), *value)).collect(),
            sketches: Vec::new(),
        });
        self.n_points = self.n_points.max(values.len());
    }

    pub(crate) fn engine(&self) -> Engine {
        stores::in_memory(&self.data, Limits::default())
    }

    /// All times, a point a bucket.
    pub(crate) fn window(&self) -> Window {
        let end = self.start_ms + self.n_points as i64 * self.step_ms;
        let mut window = Window::new(self.start_ms, end);
        window.interval_ms = Some(self.step_ms);
        window
    }
}

pub(crate) async fn ask(engine: &Engine, window: Window, text: &str) -> Frames {
    let (query, diagnostics) = lang::metrics::parse(text);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    engine.metrics(OrgId::FIRST, &query, window).await.unwrap()
}

/// Equal within a part of the largest of the expected values.
pub(crate) fn assert_close(what: &str, got: &[f64], expect: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expect.len(), "{what}");
    let size = expect.iter().copied().filter(|v| !v.is_nan()).map(f64::abs).fold(0.0, f64::max);
    for (i, (g, e)) in got.iter().zip(expect).enumerate() {
        let is_equal = g.is_nan() && e.is_nan() || (g - e).abs() <= size * tolerance;
        assert!(is_equal, "{what}: {i}: got {g}, expected {e}");
    }
}

#[tokio::test]
async fn trends_and_averages_equal_their_references() {
    let lines = Lines::fixed();
    let (engine, window) = (lines.engine(), lines.window());
    let expect = read("functions.json");
    let stride = expect["stride"].as_u64().unwrap() as usize;
    let mut n_checked = 0;
    for (key, values) in expect.as_object().unwrap() {
        let Some((function, series)) = key.split_once('/') else {
            continue;
        };
        let answer = ask(&engine, window, &format!("{function}(avg:{series}{{*}})")).await;
        let expect = numbers(values);
        let got = answer.frames[0].values.iter().step_by(stride).copied();
        let got: Vec<f64> = got.take(expect.len()).collect();
        // The re-weighting of statsmodels and ours stop at different rounds.
        let tolerance = if function == "robust_trend" { 1e-5 } else { 1e-7 };
        assert_close(key, &got, &expect, tolerance);
        n_checked += 1;
    }
    assert_eq!(n_checked, 50);
}

#[tokio::test]
async fn outliers_equal_their_references() {
    let expect = read("outliers.json");
    let mut n_checked = 0;
    for (key, group) in expect.as_object().unwrap() {
        let Some(name) = key.strip_prefix("lines/") else {
            continue;
        };
        let mut lines = Lines::new(crate::format::START_MS, 10_000);
        for (i, values) in group.as_array().unwrap().iter().enumerate() {
            lines.add("m", &i.to_string(), &numbers(values));
        }
        let engine = lines.engine();
        for (key, flags) in expect.as_object().unwrap() {
            let [algorithm, tolerance, group] = key.split('/').collect::<Vec<_>>()[..] else {
                continue;
            };
            if group != name {
                continue;
            }
            let text = format!("outliers(avg:m{{*}} by {{host}}, '{algorithm}', {tolerance}, 20)");
            let answer = ask(&engine, lines.window(), &text).await;
            let is_marked = |frame: &Frame| frame.marks.as_ref().unwrap().is_outlier.unwrap();
            let marked = (0..answer.frames.len()).filter(|i| is_marked(&answer.frames[*i]));
            assert_eq!(numbers(flags), marked.map(|i| i as f64).collect::<Vec<_>>(), "{key}");
            n_checked += 1;
        }
    }
    assert_eq!(n_checked, 7 * 4 * 5);
}
