use std::sync::Arc;

use model::{MetricKind, SECOND_MS};

/// The answer to a metric query.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    /// One for each line, by query, then as functions ranked them or by tags.
    pub frames: Vec<Frame>,
    /// Why this is not all, as a sentence; `None` when it is.
    pub partial: Option<String>,
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The metric, or the expression with only the metrics' names: `(a + b)`. Empty for a constant.
    pub metric: String,
    /// The query of this line, with the group's tags in its scope.
    pub expression: String,
    /// The scope with the group's tags: `env:prod,host:a`; `*` for all.
    pub scope: String,
    /// `key:value` of each group tag, in the order of the query; `N/A` where a tag is missing.
    pub tag_set: Vec<String>,
    /// Unix milliseconds: starts of the buckets.
    pub times: Arc<[i64]>,
    /// Beside `times`; NaN where there is no value.
    pub values: Vec<f64>,
    /// Seconds between two buckets.
    pub interval_secs: i64,
    /// The space aggregator, `avg` and so on, if the line is a plain query.
    pub aggr: Option<String>,
    pub kind: Option<MetricKind>,
    /// Which of the queries that were separated by commas, from 0.
    pub query_index: usize,
    /// What a function found out about this line; gone once its values are changed again.
    pub marks: Option<Box<Marks>>,
    /// A missing value beside one that is there counts as 0.
    pub(crate) aligns_with_zero: bool,
}

/// What a function says about a line, besides its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Of `outliers`: whether the line behaves unlike the others.
    pub is_outlier: Option<bool>,
    /// Of `anomalies` and `forecast`: where values are expected.
    pub band: Option<Band>,
    /// Unix milliseconds of the first point that is predicted and not measured.
    pub forecast_from: Option<i64>,
    /// What readers should know, as a sentence: that there is little history, say.
    pub note: Option<String>,
}

/// Beside [`Frame::times`]; NaN where nothing is expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl Frame {
    /// A line that stands for no query; `times` in Unix milliseconds, beside `values`.
    pub fn line(times: Vec<i64>, values: Vec<f64>) -> Self {
        let step = times.windows(2).map(|pair| pair[1] - pair[0]).min();
        Self {
            metric: String::new(),
            expression: String::new(),
            scope: "*".into(),
            tag_set: Vec::new(),
            times: times.into(),
            values,
            interval_secs: step.map_or(1, |ms| (ms / SECOND_MS).max(1)),
            aggr: None,
            kind: None,
            query_index: 0,
            marks: None,
            aligns_with_zero: false,
        }
    }

    /// Each bucket with its value, if it has one.
    pub fn points(&self) -> impl Iterator<Item = (i64, Option<f64>)> {
        let pairs = self.times.iter().zip(&self.values);
        pairs.map(|(&time, &value)| (time, (!value.is_nan()).then_some(value)))
    }

    pub(crate) fn has_values(&self) -> bool {
        self.values.iter().any(|value| !value.is_nan())
    }
}
