use std::sync::Arc;

use model::MetricKind;

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
    /// A missing value beside one that is there counts as 0.
    pub(crate) aligns_with_zero: bool,
}

impl Frame {
    /// Each bucket with its value, if it has one.
    pub fn points(&self) -> impl Iterator<Item = (i64, Option<f64>)> {
        let pairs = self.times.iter().zip(&self.values);
        pairs.map(|(&time, &value)| (time, (!value.is_nan()).then_some(value)))
    }

    pub(crate) fn has_values(&self) -> bool {
        self.values.iter().any(|value| !value.is_nan())
    }
}
