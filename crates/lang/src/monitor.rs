//! Monitor queries: what is watched, over which window, and the threshold.
//!
//! Three shapes: a metric alert (`avg(last_5m):avg:load{*} by {host} > 3`), a chain of calls
//! (`"ntp.in_sync".over("*").last(3).count_by_status()`, `logs("…").rollup("count").last("5m") > 9`)
//! and a composite (`12 && !34`). [`parse`] never fails; `Display` prints what parses to the same.
//!
//! Source of the shapes: the description of `POST /api/v1/monitor` in Datadog's API reference.

mod parse;
mod print;

pub use parse::parse;

use crate::metrics::ast::{Comparison, Expr};
use crate::{Diagnostic, search};

#[derive(Clone, Debug, PartialEq)]
pub enum MonitorQuery {
    Metric(MetricAlert),
    Chain(Chain),
    Composite(Composite),
    /// Nothing could be read; always comes with an error.
    Missing,
}

/// `avg(last_5m):…  > 3`, `pct_change(avg(last_5m),last_1h):… > 10`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAlert {
    pub time_agg: TimeAgg,
    pub window: Window,
    pub change: Option<Change>,
    pub expr: Expr,
    pub condition: Condition,
}

/// How the points of the window become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeAgg {
    Avg,
    Sum,
    Min,
    Max,
    Count,
    Last,
    /// The percentile that the query's space aggregator names.
    Percentile,
}

/// Compares the window with the same window some time before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// In percent of the earlier value rather than as a difference.
    pub is_percent: bool,
    /// How long before.
    pub shift: Window,
}

/// `last_5m`, `current_1mo`, `next_12h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub kind: WindowKind,
    pub span: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// Sliding, up to now.
    Last,
    /// From the start of the calendar unit.
    Current,
    /// From now on, for forecasts.
    Next,
}

/// `5m`, `1mo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// At least 1.
    pub count: u32,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    /// 30 days where a length is needed.
    Month,
}

/// `> 3`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    pub op: Comparison,
    pub threshold: f64,
}

/// A source and calls upon it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub head: Head,
    pub steps: Vec<Step>,
    /// Service checks have none.
    pub condition: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// A service check's name: `"ntp.in_sync"`.
    Check(String),
    /// `logs("…")`, `formula("a / b")`, `error_budget("…")`, `processes('…')`.
    Source { name: String, args: Vec<String> },
}

/// `.rollup("cardinality", "@user")`, `.last(3)`; a number stands as its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub name: String,
    pub args: Vec<StepArg>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StepArg {
    Text(String),
    Number(f64),
}

/// A boolean tree over the ids of other monitors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composite {
    Monitor(u64),
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

/// Sources whose first argument is a search.
const SEARCH_SOURCES: [&str; 14] = [
    "audit",
    "ci-pipelines",
    "ci-tests",
    "cost",
    "database-monitoring",
    "error-tracking",
    "error-tracking-logs",
    "error-tracking-rum",
    "error-tracking-traces",
    "events",
    "llm-observability",
    "logs",
    "rum",
    "trace-analytics",
];

impl Chain {
    /// The arguments of the first step of that name.
    pub fn step(&self, name: &str) -> Option<&[StepArg]> {
        self.steps.iter().find(|s| s.name == name).map(|s| s.args.as_slice())
    }

    /// The keys of `.by("a,b")` and `.by("a","b")`.
    pub fn by(&self) -> Vec<&str> {
        let texts = self.step("by").unwrap_or_default().iter().filter_map(StepArg::as_text);
        texts.flat_map(|t| t.split(',')).map(str::trim).filter(|k| !k.is_empty()).collect()
    }

    /// `.last("5m")`; for service checks `.last(3)` counts results and this is `None`.
    pub fn last(&self) -> Option<Duration> {
        self.step("last")?.first()?.as_text().and_then(Duration::from_text)
    }

    /// `.last(3)`.
    pub fn last_count(&self) -> Option<f64> {
        match self.step("last")?.first()? {
            StepArg::Number(n) => Some(*n),
            StepArg::Text(_) => None,
        }
    }

    /// The search inside `logs("…")` and its kin.
    pub fn search(&self) -> Option<(search::ast::Search, Vec<Diagnostic>)> {
        match &self.head {
            Head::Source { name, args } if SEARCH_SOURCES.contains(&name.as_str()) => {
                args.first().map(|text| search::parse(text))
            }
            _ => None,
        }
    }
}

impl StepArg {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }
}

impl TimeAgg {
    pub const ALL: [Self; 7] =
        [Self::Avg, Self::Sum, Self::Min, Self::Max, Self::Count, Self::Last, Self::Percentile];

    pub fn name(self) -> &'static str {
        match self {
            Self::Avg => "avg",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Last => "last",
            Self::Percentile => "percentile",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name().eq_ignore_ascii_case(name))
    }
}

impl Unit {
    const ALL: [Self; 6] =
        [Self::Second, Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month];

    pub fn suffix(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "m",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Week => "w",
            Self::Month => "mo",
        }
    }

    fn secs(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
        }
    }
}

impl Duration {
    /// `5m`; `None` for anything else, and for zero.
    pub fn from_text(text: &str) -> Option<Self> {
        let at = text.find(|c: char| !c.is_ascii_digit())?;
        let (digits, suffix) = text.split_at(at);
        let count = digits.parse().ok().filter(|n| *n > 0)?;
        let unit = Unit::ALL.into_iter().find(|u| u.suffix() == suffix)?;
        Some(Self { count, unit })
    }

    /// Seconds; a month counts 30 days.
    pub fn secs(self) -> u64 {
        u64::from(self.count) * self.unit.secs()
    }
}

impl WindowKind {
    const ALL: [Self; 3] = [Self::Last, Self::Current, Self::Next];

    pub fn name(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Current => "current",
            Self::Next => "next",
        }
    }
}

impl Window {
    /// `last_5m`, `current_1mo`, `next_12h`.
    pub fn from_text(text: &str) -> Option<Self> {
        let (kind, span) = text.split_once('_')?;
        let kind = WindowKind::ALL.into_iter().find(|k| k.name() == kind)?;
        Some(Self { kind, span: Duration::from_text(span)? })
    }
}
