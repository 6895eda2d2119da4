//! The one list of functions: names, parameters, a line of help.
//!
//! The parser checks calls against it, the editor completes from it. Source of names and
//! parameters: docs.datadoghq.com, "Dashboards: Functions" and its pages.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// A function that may be called in a query or formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub params: &'static [Param],
    /// Takes any further `name=value` arguments, as `anomalies` does.
    pub takes_options: bool,
    pub family: Family,
    /// One sentence.
    pub doc: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    pub name: &'static str,
    pub kind: ParamKind,
    pub is_optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// A query, or an expression over queries.
    Series,
    Number,
    /// One of these words, quoted or bare.
    Word(&'static [&'static str]),
    /// Any quoted text.
    Text,
}

/// How the documentation groups functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Algorithms,
    Arithmetic,
    Count,
    Exclusion,
    Interpolation,
    Rank,
    Rate,
    Regression,
    Rollup,
    Smoothing,
    Timeshift,
}

const QUERY: Param = Param { name: "query", kind: ParamKind::Series, is_optional: false };

const fn number(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Number, is_optional: false }
}

const fn words(name: &'static str, words: &'static [&'static str]) -> Param {
    Param { name, kind: ParamKind::Word(words), is_optional: false }
}

const fn text(name: &'static str) -> Param {
    Param { name, kind: ParamKind::Text, is_optional: false }
}

const fn optional(param: Param) -> Param {
    Param { is_optional: true, ..param }
}

const ONE: &[Param] = &[QUERY];
const THRESHOLD: &[Param] = &[QUERY, number("threshold")];

/// What `top` ranks by.
pub const RANK_BY: &[&str] =
    &["mean", "min", "max", "sum", "last", "area", "l2norm", "norm", "avg"];
const DIRECTIONS: &[&str] = &["asc", "desc"];
const METHODS: &[&str] = &["avg", "sum", "min", "max", "count"];
const TOP: &[Param] = &[
    QUERY,
    number("limit"),
    optional(words("by", RANK_BY)),
    optional(words("direction", DIRECTIONS)),
];

const TOP_OFFSET: &[Param] = &[
    QUERY,
    number("limit"),
    optional(words("by", RANK_BY)),
    optional(words("direction", DIRECTIONS)),
    optional(number("offset")),
];

/// Every name but the generated ones: name, parameters, family, help.
const FUNCTIONS: &[(&str, &[Param], Family, &str)] = &[
    ("abs", ONE, Family::Arithmetic, "The absolute value."),
    ("ceil", ONE, Family::Arithmetic, "The next whole number upwards."),
    ("cumsum", ONE, Family::Arithmetic, "The running sum over the window."),
    ("floor", ONE, Family::Arithmetic, "The next whole number downwards."),
    ("integral", ONE, Family::Arithmetic, "The running sum of value times seconds."),
    ("log10", ONE, Family::Arithmetic, "The logarithm to base 10."),
    ("log2", ONE, Family::Arithmetic, "The logarithm to base 2."),
    (
        "round",
        &[QUERY, optional(number("digits"))],
        Family::Arithmetic,
        "The nearest whole number, or so many digits after the point.",
    ),
    ("sqrt", ONE, Family::Arithmetic, "The square root."),
    ("count_nonzero", ONE, Family::Count, "How many groups have a value other than zero."),
    ("count_nonzero_finite", ONE, Family::Count, "The same as count_nonzero."),
    ("count_not_null", ONE, Family::Count, "How many groups have a value."),
    ("exclude_null", ONE, Family::Exclusion, "Without groups that lack one of the group tags."),
    ("clamp_min", THRESHOLD, Family::Exclusion, "Lower values become the threshold."),
    ("clamp_max", THRESHOLD, Family::Exclusion, "Higher values become the threshold."),
    ("cutoff_min", THRESHOLD, Family::Exclusion, "Without values under the threshold."),
    ("cutoff_max", THRESHOLD, Family::Exclusion, "Without values over the threshold."),
    ("default_zero", ONE, Family::Interpolation, "Zero wherever there is no value."),
    (
        "default",
        &[QUERY, number("default")],
        Family::Interpolation,
        "This number wherever there is no value.",
    ),
    ("top", TOP, Family::Rank, "The first so many series by rank."),
    ("bottom", TOP, Family::Rank, "The last so many series by rank."),
    ("top_offset", TOP_OFFSET, Family::Rank, "The first so many series after some, by rank."),
    ("bottom_offset", TOP_OFFSET, Family::Rank, "The last so many series before some, by rank."),
    ("per_second", ONE, Family::Rate, "The rise per second; a fall gives no value."),
    ("per_minute", ONE, Family::Rate, "The rise per minute; a fall gives no value."),
    ("per_hour", ONE, Family::Rate, "The rise per hour; a fall gives no value."),
    ("rate", ONE, Family::Rate, "The change per second."),
    ("dt", ONE, Family::Rate, "Seconds between points."),
    ("diff", ONE, Family::Rate, "The change from point to point."),
    ("monotonic_diff", ONE, Family::Rate, "The rise from point to point; a fall gives no value."),
    ("derivative", ONE, Family::Rate, "The change per second, falls included."),
    ("throughput", ONE, Family::Rate, "Each value divided by the seconds of its interval."),
    ("robust_trend", ONE, Family::Regression, "A trend line that outliers hardly move."),
    ("trend_line", ONE, Family::Regression, "A least-squares line."),
    ("piecewise_constant", ONE, Family::Regression, "Steps of constant value."),
    (
        "moving_rollup",
        &[QUERY, number("interval"), optional(words("method", METHODS))],
        Family::Rollup,
        "At each point, the points of the seconds before folded into one.",
    ),
    ("autosmooth", ONE, Family::Smoothing, "A moving average whose span is chosen by itself."),
    ("timeshift", &[QUERY, number("seconds")], Family::Timeshift, "Values of so many seconds ago."),
    (
        "calendar_shift",
        &[QUERY, text("shift"), optional(text("timezone"))],
        Family::Timeshift,
        "Values of some days, weeks or months ago: '-1d', '-2w', '-1mo'.",
    ),
    ("hour_before", ONE, Family::Timeshift, "Values of an hour ago."),
    ("day_before", ONE, Family::Timeshift, "Values of a day ago."),
    ("week_before", ONE, Family::Timeshift, "Values of a week ago."),
    ("month_before", ONE, Family::Timeshift, "Values of four weeks ago."),
];

/// Those that take options by name.
const ALGORITHMS: &[(&str, &[Param], &str)] = &[
    (
        "anomalies",
        &[
            QUERY,
            words("algorithm", &["basic", "agile", "robust", "adaptive"]),
            optional(number("bounds")),
        ],
        "The band in which values are expected, and what lies outside.",
    ),
    (
        "outliers",
        &[
            QUERY,
            words("algorithm", &["DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD"]),
            optional(number("tolerance")),
            optional(number("percentage")),
        ],
        "Series that behave unlike the others.",
    ),
    (
        "forecast",
        &[QUERY, words("algorithm", &["linear", "seasonal"]), optional(number("deviations"))],
        "Where the values are heading.",
    ),
];

static ALL: LazyLock<Vec<Function>> = LazyLock::new(build);

fn build() -> Vec<Function> {
    let mut all = Vec::new();
    let mut add = |name: String, params, takes_options, family, doc| {
        all.push(Function { name, params, takes_options, family, doc });
    };
    for (name, params, family, doc) in FUNCTIONS {
        add((*name).to_owned(), *params, false, *family, *doc);
    }
    for (name, params, doc) in ALGORITHMS {
        add((*name).to_owned(), *params, true, Family::Algorithms, *doc);
    }
    for span in [1, 3, 5, 7, 10, 20] {
        let doc = "The exponentially weighted average over so many points.";
        add(format!("ewma_{span}"), ONE, false, Family::Smoothing, doc);
    }
    for span in [3, 5, 7, 9] {
        let doc = "The median of so many points.";
        add(format!("median_{span}"), ONE, false, Family::Smoothing, doc);
    }
    for span in [5, 13, 21, 29] {
        let doc = "The average of so many points.";
        add(format!("rollingavg_{span}"), ONE, false, Family::Smoothing, doc);
    }
    for end in ["top", "bottom"] {
        for limit in [5, 10, 15, 20] {
            let doc = "The highest or lowest so many series, by rank.";
            add(format!("{end}{limit}"), ONE, false, Family::Rank, doc);
            for by in ["mean", "min", "max", "last", "area", "l2norm"] {
                add(format!("{end}{limit}_{by}"), ONE, false, Family::Rank, doc);
            }
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// All functions, by name.
pub fn all() -> &'static [Function] {
    &ALL
}

/// Names are matched without case.
pub fn lookup(name: &str) -> Option<&'static Function> {
    let name = name.to_ascii_lowercase();
    let i = ALL.binary_search_by(|f| f.name.as_str().cmp(&name)).ok()?;
    ALL.get(i)
}

/// The known name that was probably meant: at most a third of the letters differ.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    /// Longer names than any function; comparing more would only cost time.
    const NAME_CHARS_MAX: usize = 40;
    let name: Vec<char> = name.to_ascii_lowercase().chars().take(NAME_CHARS_MAX).collect();
    let limit = (name.len() / 3).clamp(1, 3);
    ALL.iter()
        .map(|f| (distance(&name, &f.name), f))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, f)| f.name.as_str())
}

/// Levenshtein's distance: letters to add, drop or change.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, cb) in b.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, ca) in a.iter().enumerate() {
            let change = diagonal + usize::from(*ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[a.len()]
}

impl Function {
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|p| p.name == name)
    }

    /// `top(query, limit, 'by', 'direction')`.
    pub fn signature(&self) -> String {
        let mut out = format!("{}(", self.name);
        for (i, param) in self.params.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            let mark = match param.kind {
                ParamKind::Series | ParamKind::Number => "",
                ParamKind::Word(_) | ParamKind::Text => "'",
            };
            // Writing to a String does not fail.
            let _ = write!(out, "{comma}{mark}{}{mark}", param.name);
        }
        out.push(')');
        out
    }
}
