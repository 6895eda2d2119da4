//! The tree of a metric query or formula.
//!
//! `avg:system.cpu.user{env:prod} by {host}.rollup(max, 60)` is one [`MetricQuery`]; arithmetic,
//! functions and numbers around it are [`Expr`]s; `a{*}, b{*}` at the top is a [`Query`] of two.
//!
//! Equality of [`Expr`], [`Arg`] and [`Modifier`] looks at the meaning, not at the spans, so that
//! `parse(print(tree)) == tree` holds. Names keep the case in which they were written; keywords do
//! not. A parsed tree is at most `DEPTH_MAX + OPERATORS_MAX` levels deep (64 of nesting, and the
//! left spine of a long sum), so recursion over it is safe.

use crate::Span;

/// Binary operators in one text. A long sum is a deep tree, since `a+b+c` is `(a+b)+c`; this many
/// levels are still safe to walk on a 2 MiB stack, and no query of people comes near.
pub const OPERATORS_MAX: usize = 500;

/// Queries separated by commas at the top level, as `/api/v1/query` takes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub exprs: Vec<Expr>,
}

/// An expression and where it stands in the text.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A finite number; `-3` is a number, not the negation of one.
    Number(f64),
    Metric(MetricQuery),
    /// The name of another query in a formula: `a`, `query1`.
    Ref(String),
    Neg(Box<Expr>),
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Call(Call),
    /// Modifiers on something other than a metric query: `(a{*} / b{*}).rollup(avg, 60)`.
    Modified {
        expr: Box<Expr>,
        modifiers: Vec<Modifier>,
    },
    /// What stands where the text is broken; always comes with an error.
    Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// `top(q, 10, 'mean', 'desc')`: the name as written, whether known or not; see
/// `metrics::functions` for the known ones. Names are matched without case.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub name: String,
    pub args: Vec<Arg>,
}

/// An argument of a call: by position, or by name as in `direction='above'`.
#[derive(Clone, Debug)]
pub struct Arg {
    pub name: Option<String>,
    pub value: ArgValue,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ArgValue {
    /// A series expression or a plain number ([`ExprKind::Number`]).
    Expr(Expr),
    /// Quoted text, or a bare word where the function takes a word: `'mean'`, `mean`.
    Str(String),
}

/// The metric, what to take of it and how to fold it across series and time.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricQuery {
    /// `None` when the text names none, as in `system.load.1{*}`; see [`MetricQuery::space_agg`].
    pub agg: Option<SpaceAgg>,
    /// As written; empty only with an error.
    pub metric: String,
    pub scope: Scope,
    /// Tag keys (or `$variables`) in the order of the text; empty when there is no `by`.
    pub by: Vec<String>,
    /// In the order of the text.
    pub modifiers: Vec<Modifier>,
}

/// How series are folded into one, at each time.
#[derive(Clone, Debug, PartialEq)]
pub enum SpaceAgg {
    Avg,
    Sum,
    Min,
    Max,
    /// Number of series (of points, for a distribution).
    Count,
    /// In percent, over 0 to 100: `p99.9` is 99.9. Distributions only. `median` is 50.
    Percentile(f64),
    /// `count(v: v<=10):m{*}`: points of a distribution for which all the conditions hold.
    CountIf(Vec<ValueCondition>),
    /// `histogram:m{*}`: the whole distribution, for heat maps.
    Histogram,
}

/// `v <= 10`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueCondition {
    pub op: Comparison,
    pub value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
}

/// Which series: a boolean tree over tags. Host and device are tags like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `*`, and the empty scope.
    #[default]
    All,
    /// `env:prod`, `host:web-*`, `kube_node:*` (the key is present), `env:$env.value`; or without
    /// `value` a bare tag such as `production`.
    Tag { key: String, value: Option<String> },
    /// `env IN (prod, staging)` and `env NOT IN (…)`; values may hold wildcards and variables.
    In { key: String, values: Vec<String>, negated: bool },
    /// `$env`, to be replaced by `env:prod` before the query runs; unreplaced it matches all.
    Var(TemplateVar),
    /// `!x`, `NOT x`. Holds for a series that lacks the key.
    Not(Box<Self>),
    /// `a,b`, `a AND b`; at least two.
    And(Vec<Self>),
    /// `a OR b`; at least two.
    Or(Vec<Self>),
}

/// `$name`, `$name.value`, `$name.key`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TemplateVar {
    pub name: String,
    pub part: VarPart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VarPart {
    /// The whole tag.
    Tag,
    /// What stands after the tag's colon.
    Value,
    /// What stands before it.
    Key,
}

#[derive(Clone, Debug)]
pub struct Modifier {
    pub kind: ModifierKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ModifierKind {
    Rollup(Rollup),
    Fill(Fill),
    AsCount,
    AsRate,
    Weighted,
    /// A modifier that is not known; always comes with an error.
    Unknown {
        name: String,
        args: Vec<RollupArg>,
    },
}

/// `.rollup(method)`, `.rollup(60)`, `.rollup(method, 60)`, `.rollup(sum, daily, 'Asia/Tokyo')`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rollup {
    pub method: Option<RollupMethod>,
    pub interval: Option<RollupInterval>,
    /// What follows the interval: a time zone and, for calendar intervals, where they start.
    pub extra: Vec<RollupArg>,
}

/// How the points of one series are folded into an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RollupMethod {
    Avg,
    Sum,
    Min,
    Max,
    Count,
    /// The last point of the interval.
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RollupInterval {
    /// Over 0.
    Seconds(f64),
    /// Calendar intervals, in the rollup's time zone (UTC without one).
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Where calendar intervals begin; the rest of the day, week or month follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollupStart {
    /// Of the local day, 0 to 23: `9am`.
    pub hour: u32,
    /// Of weekly intervals, days after Monday: `sunday` is 6.
    pub weekday: u32,
    /// Of monthly intervals, 1 to 28: `15th`.
    pub day: u32,
}

impl Default for RollupStart {
    /// Midnight, Mondays, the first.
    fn default() -> Self {
        Self { hour: 0, weekday: 0, day: 1 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum RollupArg {
    Number(f64),
    /// Quoted or bare.
    Word(String),
}

/// `.fill(linear)`, `.fill(last, 300)`, `.fill(0)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    pub kind: FillKind,
    /// Seconds over which a gap is filled; `None` leaves the default of 300.
    pub limit: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FillKind {
    /// No interpolation: gaps stay gaps.
    Null,
    Zero,
    Linear,
    Last,
    Value(f64),
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Arg {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl PartialEq for Modifier {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self.kind {
            ExprKind::Number(n) => Some(n),
            _ => None,
        }
    }

    /// Calls `f` on this expression and all below it, outer first, left to right.
    pub fn walk<'a>(&'a self, f: &mut dyn FnMut(&'a Self)) {
        f(self);
        match &self.kind {
            ExprKind::Number(_) | ExprKind::Metric(_) | ExprKind::Ref(_) | ExprKind::Missing => {}
            ExprKind::Neg(e) | ExprKind::Modified { expr: e, .. } => e.walk(f),
            ExprKind::Binary { left, right, .. } => {
                left.walk(f);
                right.walk(f);
            }
            ExprKind::Call(call) => call.args.iter().for_each(|arg| {
                if let ArgValue::Expr(e) = &arg.value {
                    e.walk(f);
                }
            }),
        }
    }
}

impl Query {
    /// Every metric query in the text, in its order.
    pub fn metric_queries(&self) -> Vec<&MetricQuery> {
        let mut found = Vec::new();
        for expr in &self.exprs {
            expr.walk(&mut |e| {
                if let ExprKind::Metric(m) = &e.kind {
                    found.push(m);
                }
            });
        }
        found
    }
}

impl Call {
    /// The argument given as `name=…`.
    pub fn named(&self, name: &str) -> Option<&ArgValue> {
        self.args.iter().find(|a| a.name.as_deref() == Some(name)).map(|a| &a.value)
    }

    /// The `i`th (from 0) of the arguments given by position.
    pub fn positional(&self, i: usize) -> Option<&ArgValue> {
        self.args.iter().filter(|a| a.name.is_none()).nth(i).map(|a| &a.value)
    }

    /// By position `i`, else by name.
    pub fn arg(&self, i: usize, name: &str) -> Option<&ArgValue> {
        self.positional(i).or_else(|| self.named(name))
    }
}

impl ArgValue {
    pub fn as_expr(&self) -> Option<&Expr> {
        match self {
            Self::Expr(e) => Some(e),
            Self::Str(_) => None,
        }
    }

    /// A plain number, also in quotes.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Expr(e) => e.as_number(),
            Self::Str(s) => s.parse().ok().filter(|n: &f64| n.is_finite()),
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            Self::Expr(_) => None,
        }
    }
}

impl MetricQuery {
    /// The aggregator, or Datadog's default of `avg`.
    pub fn space_agg(&self) -> SpaceAgg {
        self.agg.clone().unwrap_or(SpaceAgg::Avg)
    }

    /// The last `.rollup(…)`; a later one wins.
    pub fn rollup(&self) -> Option<&Rollup> {
        self.modifiers.iter().rev().find_map(|m| match &m.kind {
            ModifierKind::Rollup(r) => Some(r),
            _ => None,
        })
    }

    /// The last `.fill(…)`.
    pub fn fill(&self) -> Option<&Fill> {
        self.modifiers.iter().rev().find_map(|m| match &m.kind {
            ModifierKind::Fill(f) => Some(f),
            _ => None,
        })
    }
}

impl BinaryOp {
    pub fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Sub => '-',
            Self::Mul => '*',
            Self::Div => '/',
        }
    }
}

impl SpaceAgg {
    /// `avg`, `p99.9`, `median`, …; `None` for a name that is no aggregator.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "avg" => Self::Avg,
            "sum" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "count" => Self::Count,
            "median" => Self::Percentile(50.0),
            "histogram" => Self::Histogram,
            other => {
                let digits = other.strip_prefix('p')?;
                let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                let percent: f64 = digits.parse().ok().filter(|_| is_plain)?;
                return (0.0..=100.0).contains(&percent).then_some(Self::Percentile(percent));
            }
        })
    }
}

impl Comparison {
    /// `==` and `=` mean the same.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Some(match symbol {
            "<" => Self::Lt,
            "<=" => Self::Le,
            ">" => Self::Gt,
            ">=" => Self::Ge,
            "=" | "==" => Self::Eq,
            "!=" => Self::Ne,
            _ => return None,
        })
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Eq => "==",
            Self::Ne => "!=",
        }
    }

    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
            Self::Eq => left == right,
            Self::Ne => left != right,
        }
    }
}

impl RollupMethod {
    pub fn name(self) -> &'static str {
        match self {
            Self::Avg => "avg",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::Last => "last",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Avg, Self::Sum, Self::Min, Self::Max, Self::Count, Self::Last]
            .into_iter()
            .find(|m| m.name().eq_ignore_ascii_case(name))
    }
}

impl Rollup {
    /// The IANA time zone among the extra arguments: the first word with a `/`, or `UTC`.
    pub fn timezone(&self) -> Option<&str> {
        self.extra.iter().find_map(|arg| match arg {
            RollupArg::Word(w) if is_timezone(w) => Some(&**w),
            _ => None,
        })
    }

    /// Where calendar intervals begin, by the extra arguments.
    pub fn start(&self) -> RollupStart {
        let parts = self.extra.iter().filter_map(RollupArg::start);
        parts.fold(RollupStart::default(), |start, part| match part {
            StartPart::Hour(hour) => RollupStart { hour, ..start },
            StartPart::Weekday(weekday) => RollupStart { weekday, ..start },
            StartPart::Day(day) => RollupStart { day, ..start },
        })
    }
}

/// What one argument says about where calendar intervals begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartPart {
    Hour(u32),
    Weekday(u32),
    Day(u32),
}

pub(crate) fn is_timezone(word: &str) -> bool {
    word.contains('/') || word.eq_ignore_ascii_case("utc")
}

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl RollupArg {
    /// `9am`, `12am`, `17:00`, `sunday`, `15th`, `15`; `None` for anything else.
    pub(crate) fn start(&self) -> Option<StartPart> {
        let day = |day: u32| (1..=28).contains(&day).then_some(StartPart::Day(day));
        let word = match self {
            Self::Number(n) if n.fract() == 0.0 && (1.0..=28.0).contains(n) => {
                return day(*n as u32);
            }
            Self::Number(_) => return None,
            Self::Word(word) => word.to_ascii_lowercase(),
        };
        if let Some(weekday) = WEEKDAYS.iter().position(|name| *name == word) {
            return Some(StartPart::Weekday(weekday as u32));
        }
        let unit_at = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let (number, unit) = word.split_at(unit_at);
        let number: u32 = number.parse().ok()?;
        match (unit, number) {
            ("am", 12) => Some(StartPart::Hour(0)),
            ("pm", 12) => Some(StartPart::Hour(12)),
            ("am", 0..12) => Some(StartPart::Hour(number)),
            ("pm", 1..12) => Some(StartPart::Hour(number + 12)),
            (":00", 0..24) => Some(StartPart::Hour(number)),
            ("st" | "nd" | "rd" | "th" | "", _) => day(number),
            _ => None,
        }
    }
}
