//! From the tree of a query to what is read (leaves) and what is done with it (nodes).
//!
//! Functions that reach below the groups are resolved here: a time shift moves the window of the
//! leaves below it, and differences between points are handed to the leaf so that they are taken
//! series by series. All else stays a node and works on finished lines.

use std::sync::Arc;

use hashbrown::HashMap;
use lang::Span;
use lang::metrics::ast::{
    ArgValue, BinaryOp, Call, Expr, ExprKind, MetricQuery, Modifier, ModifierKind,
};
use model::TimeRange;

use super::formula::Aggregator;
use super::functions::{self, Args, FramesOp, SmoothOp, Step};
use super::grid::Width;
use super::history::{Lead, Learning, Model};
use super::recipe::{Recipe, SeriesOp};
use crate::error::{Error, Result};

/// Metric queries of one request. A dashboard's busiest formulas have some ten.
const LEAVES_MAX: usize = 100;

/// One metric query to read.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub query: MetricQuery,
    pub recipe: Recipe,
    /// As written; `None` leaves the default.
    pub width: Option<Width>,
    /// How long ago the data is that is shown, in milliseconds.
    pub shift_ms: i64,
    /// What wants to know more than the window.
    pub model: Option<Arc<dyn Model>>,
    /// What is read before the window, without a model.
    pub lead: Lead,
}

/// What is done with lines.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Number(f64),
    Leaf(usize),
    Neg(Box<Self>),
    Binary { op: BinaryOp, left: Box<Self>, right: Box<Self> },
    Apply { label: Label, what: Apply, input: Box<Self> },
}

#[derive(Clone, Debug)]
pub(crate) enum Apply {
    /// Only the name changes: the work is done below.
    Below,
    Values(SeriesOp),
    Frames(FramesOp),
    Learn(Arc<dyn Model>),
    /// Lines that begin before the window are cut to it.
    Smooth {
        op: SmoothOp,
        cuts: bool,
    },
}

/// How a call is written around its input, for the names of lines.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    before: String,
    after: String,
}

impl Label {
    pub(crate) fn wrap(&self, text: &str) -> String {
        format!("{}{text}{}", self.before, self.after)
    }
}

/// What the expressions of one request come to.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub leaves: Vec<Leaf>,
    /// One for each expression, with the range of its leaves.
    pub roots: Vec<(Node, std::ops::Range<usize>)>,
}

/// A named query that a formula refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ref<'a> {
    pub expr: &'a Expr,
    /// Its lines become numbers before the formula is applied.
    pub reduce: Option<Aggregator>,
}

pub(crate) type Refs<'a> = HashMap<&'a str, Ref<'a>>;

pub(crate) fn compile(exprs: &[&Expr], refs: &Refs<'_>, window: TimeRange) -> Result<Compiled> {
    let mut compiler = Compiler {
        leaves: Vec::new(),
        refs,
        window,
        shift_ms: 0,
        learning: None,
        keeps_lines: false,
        put_off: None,
        resolving: Vec::new(),
        is_of_window: false,
    };
    let mut roots = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let first = compiler.leaves.len();
        let node = compiler.expr(expr)?;
        roots.push((node, first..compiler.leaves.len()));
    }
    Ok(Compiled { leaves: compiler.leaves, roots })
}

struct Compiler<'a> {
    leaves: Vec<Leaf>,
    refs: &'a Refs<'a>,
    window: TimeRange,
    shift_ms: i64,
    /// The call around that learns from history.
    learning: Option<Learning>,
    /// A function around looks along lines, which must not become numbers before.
    keeps_lines: bool,
    /// How they become numbers after it.
    put_off: Option<Aggregator>,
    /// Names being resolved, against queries that refer to themselves.
    resolving: Vec<String>,
    /// What was compiled last depends on where the window begins.
    is_of_window: bool,
}

impl Compiler<'_> {
    fn expr(&mut self, expr: &Expr) -> Result<Node> {
        match &expr.kind {
            ExprKind::Number(n) => Ok(Node::Number(*n)),
            ExprKind::Metric(query) => self.metric(query, expr.span),
            ExprKind::Ref(name) => self.reference(name, expr.span),
            ExprKind::Neg(inner) => Ok(Node::Neg(Box::new(self.expr(inner)?))),
            ExprKind::Binary { op, left, right } => Ok(Node::Binary {
                op: *op,
                left: Box::new(self.expr(left)?),
                right: Box::new(self.expr(right)?),
            }),
            ExprKind::Call(call) => self.call(call, expr.span),
            ExprKind::Modified { expr, modifiers } => self.modified(expr, modifiers),
            ExprKind::Missing => Err(Error::invalid("a query is missing").at(expr.span)),
        }
    }

    fn metric(&mut self, query: &MetricQuery, span: Span) -> Result<Node> {
        if self.leaves.len() == LEAVES_MAX {
            return Err(Error::limited(format!("more than {LEAVES_MAX} queries in one request")));
        }
        let mut recipe = Recipe::new(query).map_err(|e| e.at(span))?;
        let rollup = query.rollup();
        let mut width = rollup.map(Width::of_rollup).transpose().map_err(|e| e.at(span))?.flatten();
        if let Some(learning) = &self.learning {
            width = width.or(learning.interval_ms.map(|ms| Width::Fixed { ms }));
            if learning.interpolates {
                recipe.interpolate_counts();
            }
        }
        let model = self.learning.as_ref().map(|learning| Arc::clone(&learning.model));
        let (shift_ms, lead) = (self.shift_ms, Lead::default());
        self.leaves.push(Leaf { query: query.clone(), recipe, width, shift_ms, model, lead });
        Ok(Node::Leaf(self.leaves.len() - 1))
    }

    fn reference(&mut self, name: &str, span: Span) -> Result<Node> {
        let Some(&Ref { expr, reduce }) = self.refs.get(name) else {
            return Err(Error::invalid(format!("there is no query named {name:?}")).at(span));
        };
        if self.resolving.iter().any(|n| n == name) {
            return Err(Error::invalid(format!("query {name:?} refers to itself")).at(span));
        }
        self.resolving.push(name.to_owned());
        let node = self.expr(expr)?;
        self.resolving.pop();
        let Some(aggregator) = reduce else {
            return Ok(node);
        };
        if self.keeps_lines {
            self.put_off.get_or_insert(aggregator);
            return Ok(node);
        }
        if let (Aggregator::Percentile, Node::Leaf(leaf)) = (aggregator, &node) {
            self.leaves[*leaf].width = Some(Width::Whole);
        }
        Ok(reduced(node, aggregator))
    }

    /// What is within looks along lines: these become numbers after it, by the aggregator of the
    /// first query in it.
    fn along_lines(&mut self, within: impl FnOnce(&mut Self) -> Result<Node>) -> Result<Node> {
        if self.keeps_lines {
            return within(self);
        }
        self.keeps_lines = true;
        let node = within(self);
        self.keeps_lines = false;
        match self.put_off.take() {
            Some(aggregator) => Ok(reduced(node?, aggregator)),
            None => node,
        }
    }

    fn call(&mut self, call: &Call, span: Span) -> Result<Node> {
        if functions::looks_along(&call.name) {
            return self.along_lines(|compiler| compiler.apply(call, span));
        }
        self.apply(call, span)
    }

    fn apply(&mut self, call: &Call, span: Span) -> Result<Node> {
        let args = Args { call, span, window: self.window };
        if let Some(learning) = &self.learning {
            functions::check_within(&args, learning.model.name())?;
        }
        let step = functions::plan(&args)?;
        let input = args.series()?;
        let (shift_ms, learning) = (self.shift_ms, self.learning.clone());
        let (first_leaf, is_of_window) = (self.leaves.len(), self.is_of_window);
        self.is_of_window = false;
        match &step {
            Step::Shift(ms) => self.shift_ms = shift_ms.saturating_add(*ms),
            // Where lines have become numbers there is nothing to learn of.
            Step::Learn(_) if self.works_on_numbers() => {}
            Step::Learn(inner) => self.learning = Some(inner.clone()),
            _ => {}
        }
        let node = self.expr(input);
        (self.shift_ms, self.learning) = (shift_ms, learning);
        let mut node = node?;
        let may_lead = !self.is_of_window && self.learning.is_none();
        self.is_of_window |= is_of_window || functions::is_of_window(&call.name);
        let what = match step {
            Step::Smooth(op, lead) => {
                if may_lead {
                    node.keep_lead();
                    let leaves = &mut self.leaves[first_leaf..];
                    leaves.iter_mut().for_each(|leaf| leaf.lead = leaf.lead.and(lead));
                }
                Apply::Smooth { op, cuts: may_lead }
            }
            Step::Shift(_) => Apply::Below,
            Step::Learn(_) if self.works_on_numbers() => Apply::Below,
            Step::Learn(learning) => Apply::Learn(learning.model),
            Step::Values(op) => Apply::Values(op),
            Step::Frames(op) => Apply::Frames(op),
            Step::Series(op) => match only_leaf(&node) {
                Some(leaf) => {
                    self.leaves[leaf].recipe.ops.push(op);
                    Apply::Below
                }
                None => Apply::Values(op),
            },
            Step::Zeros(op) => {
                if let Some(leaf) = only_leaf(&node) {
                    self.leaves[leaf].recipe.keeps_all_fills = true;
                    self.leaves[leaf].recipe.holds_last = true;
                }
                Apply::Values(op)
            }
        };
        Ok(Node::Apply { label: label(call), what, input: Box::new(node) })
    }

    /// Whether this is a formula over named queries that are numbers already.
    fn works_on_numbers(&self) -> bool {
        self.resolving.is_empty() && self.refs.values().any(|named| named.reduce.is_some())
    }

    fn modified(&mut self, expr: &Expr, modifiers: &[Modifier]) -> Result<Node> {
        let mut inner = expr.clone();
        for modifier in modifiers {
            if matches!(modifier.kind, ModifierKind::AsCount | ModifierKind::AsRate) {
                push_down(&mut inner, modifier);
            }
        }
        let folds =
            |m: &Modifier| matches!(m.kind, ModifierKind::Rollup(_) | ModifierKind::Fill(_));
        if modifiers.iter().any(folds) {
            return self.along_lines(|compiler| compiler.folded(&inner, modifiers));
        }
        self.folded(&inner, modifiers)
    }

    fn folded(&mut self, inner: &Expr, modifiers: &[Modifier]) -> Result<Node> {
        let mut node = self.expr(inner)?;
        for modifier in modifiers {
            let op = match &modifier.kind {
                ModifierKind::Rollup(rollup) => functions::rollup::of_lines(rollup),
                ModifierKind::Fill(fill) => functions::fill::of_lines(fill),
                ModifierKind::Unknown { name, .. } => {
                    Err(Error::invalid(format!("unknown modifier .{name}()")))
                }
                ModifierKind::AsCount | ModifierKind::AsRate | ModifierKind::Weighted => continue,
            };
            let what = Apply::Frames(op.map_err(|e| e.at(modifier.span))?);
            self.is_of_window = true;
            let label = Label { before: String::new(), after: modifier.to_string() };
            node = Node::Apply { label, what, input: Box::new(node) };
        }
        Ok(node)
    }
}

impl Node {
    /// Something above looks back, too, and cuts the lines itself.
    fn keep_lead(&mut self) {
        match self {
            Self::Number(_) | Self::Leaf(_) => {}
            Self::Neg(inner) => inner.keep_lead(),
            Self::Binary { left, right, .. } => {
                left.keep_lead();
                right.keep_lead();
            }
            Self::Apply { what, input, .. } => {
                if let Apply::Smooth { cuts, .. } = what {
                    *cuts = false;
                }
                input.keep_lead();
            }
        }
    }

    /// Whether something learns from history, which takes a while.
    pub(crate) fn learns(&self) -> bool {
        match self {
            Self::Number(_) | Self::Leaf(_) => false,
            Self::Neg(inner) => inner.learns(),
            Self::Binary { left, right, .. } => left.learns() || right.learns(),
            Self::Apply { what, input, .. } => matches!(what, Apply::Learn(_)) || input.learns(),
        }
    }
}

/// Lines as numbers.
fn reduced(node: Node, aggregator: Aggregator) -> Node {
    let label = Label { before: String::new(), after: String::new() };
    let what = Apply::Frames(FramesOp::new(move |frames| aggregator.reduce_all(frames)));
    Node::Apply { label, what, input: Box::new(node) }
}

/// The leaf, when nothing that works on lines stands between.
fn only_leaf(node: &Node) -> Option<usize> {
    match node {
        Node::Leaf(leaf) => Some(*leaf),
        Node::Apply { what: Apply::Below, input, .. } => only_leaf(input),
        _ => None,
    }
}

/// `.as_count()` on an expression means each query in it.
fn push_down(expr: &mut Expr, modifier: &Modifier) {
    match &mut expr.kind {
        ExprKind::Metric(query) => query.modifiers.push(modifier.clone()),
        ExprKind::Neg(e) | ExprKind::Modified { expr: e, .. } => push_down(e, modifier),
        ExprKind::Binary { left, right, .. } => {
            push_down(left, modifier);
            push_down(right, modifier);
        }
        ExprKind::Call(call) => {
            for arg in &mut call.args {
                if let ArgValue::Expr(e) = &mut arg.value {
                    push_down(e, modifier);
                }
            }
        }
        ExprKind::Number(_) | ExprKind::Ref(_) | ExprKind::Missing => {}
    }
}

fn label(call: &Call) -> Label {
    let rest: String = call.args.iter().skip(1).map(|arg| format!(", {arg}")).collect();
    Label { before: format!("{}(", call.name), after: format!("{rest})") }
}
