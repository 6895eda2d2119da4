//! Formulas over named queries, as a dashboard asks them: lines over time, or one number a group.

use hashbrown::HashMap;
use lang::metrics::ast::{Expr, Query};
use lang::metrics::{parse, parse_formula};
use model::OrgId;

use super::compile::{Ref, Refs};
use super::frame::{Frame, Frames};
use super::functions::rank_lines;
use super::{Window, frame};
use crate::Engine;
use crate::error::{Error, Result};

/// Named queries, and what is computed of them.
#[derive(Clone, Debug)]
pub struct Request {
    pub queries: Vec<NamedQuery>,
    /// Without any, each query is shown as it is.
    pub formulas: Vec<Formula>,
    pub window: Window,
}

#[derive(Clone, Debug)]
pub struct NamedQuery {
    /// What formulas call it.
    pub name: String,
    /// `metrics`; others are refused by name.
    pub data_source: String,
    pub text: String,
    /// How its lines become numbers; `None` is the average.
    pub aggregator: Option<Aggregator>,
}

#[derive(Clone, Debug)]
pub struct Formula {
    pub text: String,
    pub limit: Option<Limit>,
}

/// The first so many lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub count: usize,
    pub is_ascending: bool,
}

/// How a line becomes a number. Source: openapi core-v2 `MetricsAggregator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregator {
    Avg,
    Min,
    Max,
    Sum,
    Last,
    /// Of the whole window, by merged sketches; the average for what is no percentile.
    Percentile,
    L2Norm,
    Area,
}

/// Numbers by group: one row a group, one column a formula.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scalars {
    /// Tag keys of the groups, in the order of the first query that has any.
    pub keys: Vec<String>,
    pub rows: Vec<ScalarRow>,
    pub partial: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScalarRow {
    /// Beside [`Scalars::keys`]; empty where a formula has no such key.
    pub tags: Vec<String>,
    /// One for each formula.
    pub values: Vec<Option<f64>>,
}

impl Aggregator {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "avg" | "mean" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            "sum" => Self::Sum,
            "last" => Self::Last,
            "percentile" => Self::Percentile,
            "l2norm" => Self::L2Norm,
            "area" => Self::Area,
            _ => return None,
        })
    }

    /// NaN of a line without values.
    pub fn reduce(self, frame: &Frame) -> f64 {
        let mut values = frame.values.iter().copied().filter(|value| !value.is_nan());
        if !frame.has_values() {
            return f64::NAN;
        }
        match self {
            Self::Avg | Self::Percentile => {
                let (n, sum) = values.fold((0.0, 0.0), |(n, sum), v| (n + 1.0, sum + v));
                sum / n
            }
            Self::Min => values.fold(f64::INFINITY, f64::min),
            Self::Max => values.fold(f64::NEG_INFINITY, f64::max),
            Self::Sum => values.sum(),
            Self::Last => values.next_back().unwrap_or(f64::NAN),
            Self::L2Norm => values.map(|v| v * v).sum::<f64>().sqrt(),
            Self::Area => values.sum::<f64>() * frame.interval_secs as f64,
        }
    }

    /// Each line as a line of one number.
    pub(crate) fn reduce_all(self, mut frames: Vec<Frame>) -> Vec<Frame> {
        for frame in &mut frames {
            frame.values = vec![self.reduce(frame)];
            // All numbers stand at one time, whatever the interval of the line was.
            frame.times = [0].into();
            frame.marks = None;
        }
        frames
    }
}

impl Engine {
    /// Lines over time; [`Frame::query_index`] is the formula's.
    ///
    /// # Errors
    /// Those of [`Engine::metrics`]; the message names the query or formula.
    pub async fn timeseries(&self, org: OrgId, request: &Request) -> Result<Frames> {
        self.formulas(org, request, false).await
    }

    /// One number a group and formula.
    ///
    /// # Errors
    /// As [`Self::timeseries`].
    pub async fn scalars(&self, org: OrgId, request: &Request) -> Result<Scalars> {
        let frames = self.formulas(org, request, true).await?;
        let n_formulas = if request.formulas.is_empty() {
            request.queries.len()
        } else {
            request.formulas.len()
        };
        Ok(scalars(frames, n_formulas))
    }

    async fn formulas(&self, org: OrgId, request: &Request, is_scalar: bool) -> Result<Frames> {
        let queries = request.queries.iter().map(parse_query).collect::<Result<Vec<_>>>()?;
        let formulas: Vec<Expr> = match request.formulas.is_empty() {
            true => request.queries.iter().map(|q| reference(&q.name)).collect(),
            false => request
                .formulas
                .iter()
                .map(|f| parse_formula_text(&f.text))
                .collect::<Result<_>>()?,
        };
        let mut refs: Refs<'_> = HashMap::new();
        for (named, expr) in request.queries.iter().zip(&queries) {
            let aggregator = named.aggregator.unwrap_or(Aggregator::Avg);
            let reduce = is_scalar.then_some(aggregator);
            if refs.insert(&named.name, Ref { expr, reduce }).is_some() {
                return Err(Error::invalid(format!("two queries are named {:?}", named.name)));
            }
        }
        let exprs: Vec<&Expr> = formulas.iter().collect();
        let mut found = self.run_exprs(org, &exprs, &refs, request.window).await?;
        limit(&mut found, request);
        Ok(found)
    }
}

fn limit(found: &mut Frames, request: &Request) {
    for (i, formula) in request.formulas.iter().enumerate() {
        let Some(limit) = formula.limit else {
            continue;
        };
        let frames = std::mem::take(&mut found.frames);
        let (of_formula, others) = frames.into_iter().partition(|frame| frame.query_index == i);
        found.frames = others;
        found.frames.extend(rank_lines(of_formula, limit.is_ascending, limit.count));
    }
    found.frames.sort_by_key(|frame| frame.query_index);
}

fn parse_query(named: &NamedQuery) -> Result<Expr> {
    if named.data_source != "metrics" {
        return Err(Error::invalid(format!(
            "query {:?}: data source {} is not served yet",
            named.name, named.data_source
        )));
    }
    only_expr(parse(&named.text))
        .map_err(|e| Error::invalid(format!("query {:?}: {e}", named.name)))
}

fn reference(name: &str) -> Expr {
    Expr::new(lang::metrics::ast::ExprKind::Ref(name.to_owned()), lang::Span::default())
}

fn parse_formula_text(text: &str) -> Result<Expr> {
    only_expr(parse_formula(text)).map_err(|e| Error::invalid(format!("formula {text:?}: {e}")))
}

fn only_expr((mut query, diagnostics): (Query, Vec<lang::Diagnostic>)) -> Result<Expr, String> {
    if let Some(errors) = lang::errors(&diagnostics) {
        return Err(errors);
    }
    match query.exprs.len() {
        1 => Ok(query.exprs.remove(0)),
        n => Err(format!("expected one expression, found {n}")),
    }
}

/// Puts the numbers of each group into one row.
fn scalars(found: Frames, n_formulas: usize) -> Scalars {
    let mut keys: Vec<String> = Vec::new();
    for tag in found.frames.iter().flat_map(|frame| &frame.tag_set) {
        let key = model::split_tag(tag).0;
        if !keys.iter().any(|k| k == key) {
            keys.push(key.to_owned());
        }
    }
    let mut rows: Vec<ScalarRow> = Vec::new();
    let mut index: HashMap<Vec<String>, usize> = HashMap::new();
    for frame in found.frames {
        let value_of = |key: &String| {
            let mut tags = frame.tag_set.iter().map(|tag| model::split_tag(tag));
            tags.find(|(k, _)| k == key).map_or(String::new(), |(_, v)| v.to_owned())
        };
        let tags: Vec<String> = keys.iter().map(value_of).collect();
        let row = *index.entry(tags).or_insert_with_key(|tags| {
            rows.push(ScalarRow { tags: tags.clone(), values: vec![None; n_formulas] });
            rows.len() - 1
        });
        let value = Aggregator::Last.reduce(&frame);
        rows[row].values[frame.query_index] = (!value.is_nan()).then_some(value);
    }
    Scalars { keys, rows, partial: found.partial }
}

/// All times of some lines with the value of each line there: the shape of v2 answers.
pub fn on_common_times(frames: &[frame::Frame]) -> (Vec<i64>, Vec<Vec<Option<f64>>>) {
    let mut times: Vec<i64> = frames.iter().flat_map(|frame| frame.times.iter().copied()).collect();
    times.sort_unstable();
    times.dedup();
    let line = |frame: &Frame| {
        let mut line = vec![None; times.len()];
        for (time, value) in frame.points() {
            if let Ok(i) = times.binary_search(&time) {
                line[i] = value;
            }
        }
        line
    };
    let values = frames.iter().map(line).collect();
    (times, values)
}
