//! From text to tree: a recursive-descent parser without a separate lexer, because the characters
//! of a word differ between an expression (`a-b` subtracts) and a scope (`a-b` is a value).
//!
//! Flow: [`Parser::query`] → `sum` → `product` → `unary` → `postfix` (modifiers) → `primary`
//! (numbers, parentheses, calls, metric queries). Scopes are in `scope.rs`, modifiers in
//! `modifier.rs`, calls in `call.rs`.
//!
//! Invariants: always ends (each loop takes at least a character or stops); nests at most
//! `DEPTH_MAX` levels and has at most [`OPERATORS_MAX`] operators, so that trees can be walked and
//! dropped by recursion; a broken text always comes with an error.

mod call;
mod modifier;
pub(crate) mod scope;

pub use modifier::MODIFIERS;

use crate::cursor::Cursor;
use crate::metrics::ast::*;
use crate::{Diagnostic, Span};

/// Parses a metric query; top-level commas separate several.
pub fn parse(text: &str) -> (Query, Vec<Diagnostic>) {
    Parser::new(text, Names::Metrics).query()
}

/// Parses a formula over named queries, such as `top(a / b * 100, 10, 'mean', 'desc')`.
///
/// A bare name is an [`ExprKind::Ref`]; a metric query with its scope may stand there as well.
pub fn parse_formula(text: &str) -> (Query, Vec<Diagnostic>) {
    Parser::new(text, Names::Refs).query()
}

/// Parses the metric query at `text[start..end]`; spans and columns count from the text's start.
pub(crate) fn parse_within(text: &str, start: usize, end: usize) -> (Query, Vec<Diagnostic>) {
    let mut parser = Parser::new(text.get(..end).unwrap_or(""), Names::Metrics);
    parser.c.seek(start.min(parser.c.text().len()));
    parser.query()
}

/// What a bare name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Metrics,
    Refs,
}

pub(super) struct Parser<'a> {
    c: Cursor<'a>,
    names: Names,
    n_operators: usize,
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, names: Names) -> Self {
        Self { c: Cursor::new(text), names, n_operators: 0 }
    }

    /// Always yields at least one expression.
    fn query(mut self) -> (Query, Vec<Diagnostic>) {
        let mut query = Query::default();
        if self.c.is_refused() {
            let nothing = Expr::new(ExprKind::Missing, Span::default());
            return (Query { exprs: vec![nothing] }, self.c.finish());
        }
        loop {
            query.exprs.push(self.expr());
            self.c.skip_space();
            if !self.c.eat(',') {
                break;
            }
        }
        if !self.c.at_end() {
            let message = match self.c.peek() {
                Some(')') => "an operator or the end (this `)` has no `(`)",
                _ => "an operator, `,` or the end",
            };
            self.c.expected(message);
        }
        (query, self.c.finish())
    }

    fn span_from(&self, start: usize) -> Span {
        let end = start + self.c.text()[start..self.c.pos()].trim_end().len();
        Span::new(start, end)
    }

    /// Sums and what binds closer.
    fn expr(&mut self) -> Expr {
        self.c.skip_space();
        if !self.c.enter() {
            return Expr::new(ExprKind::Missing, Span::new(self.c.pos(), self.c.pos()));
        }
        let mut left = self.product();
        loop {
            let op = match self.operator() {
                Some('+') => BinaryOp::Add,
                Some('-') => BinaryOp::Sub,
                _ => break,
            };
            if !self.take_operator() {
                break;
            }
            let right = self.product();
            left = binary(op, left, right);
        }
        self.c.leave();
        left
    }

    fn product(&mut self) -> Expr {
        let mut left = self.unary();
        loop {
            let op = match self.operator() {
                Some('*') => BinaryOp::Mul,
                Some('/') => BinaryOp::Div,
                _ => break,
            };
            if !self.take_operator() {
                break;
            }
            let right = self.unary();
            left = binary(op, left, right);
        }
        left
    }

    fn operator(&mut self) -> Option<char> {
        self.c.skip_space();
        self.c.peek()
    }

    fn take_operator(&mut self) -> bool {
        self.n_operators += 1;
        if self.n_operators == OPERATORS_MAX {
            let here = Span::new(self.c.pos(), self.c.pos() + 1);
            self.c.error(here, format!("the query has over {OPERATORS_MAX} operators"));
        }
        let ok = self.n_operators < OPERATORS_MAX;
        if ok {
            self.c.bump();
            self.c.skip_space();
        }
        ok
    }

    fn unary(&mut self) -> Expr {
        self.c.skip_space();
        let start = self.c.pos();
        if !self.c.eat('-') {
            return self.postfix();
        }
        if self.c.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.c.seek(start);
            return self.postfix();
        }
        if !self.c.enter() {
            return Expr::new(ExprKind::Missing, self.span_from(start));
        }
        let inner = self.unary();
        self.c.leave();
        let span = Span::new(start, inner.span.end.max(start + 1));
        Expr::new(ExprKind::Neg(Box::new(inner)), span)
    }

    /// A primary and the modifiers after it.
    fn postfix(&mut self) -> Expr {
        let start = self.c.pos();
        let mut expr = self.primary();
        let modifiers = self.modifiers();
        let by_late = self.late_by();
        if let ExprKind::Metric(metric) = &mut expr.kind {
            metric.modifiers.extend(modifiers);
            if metric.by.is_empty() {
                metric.by = by_late;
            }
            expr.span = self.span_from(start);
            return expr;
        }
        if modifiers.is_empty() {
            return expr;
        }
        let kind = ExprKind::Modified { expr: Box::new(expr), modifiers };
        Expr::new(kind, self.span_from(start))
    }

    /// `by {…}` after the modifiers, which is an error that is easily made and easily understood.
    fn late_by(&mut self) -> Vec<String> {
        let before = self.c.pos();
        self.c.skip_space();
        let start = self.c.pos();
        if !self.c.eat_keyword("by") {
            self.c.seek(before);
            return Vec::new();
        }
        let by = self.group_keys();
        let span = self.span_from(start);
        self.c.error(span, "`by {…}` must follow the scope, before the modifiers");
        by
    }

    fn primary(&mut self) -> Expr {
        let start = self.c.pos();
        match self.c.peek() {
            Some('(') => self.parenthesised(),
            Some(c) if c.is_ascii_digit() || c == '.' || c == '-' => self.literal(),
            Some(c) if is_name_start(c) => self.named(),
            _ => {
                let what = match self.names {
                    Names::Metrics => "a metric query, a function, a number or `(`",
                    Names::Refs => "the name of a query, a function, a number or `(`",
                };
                self.c.expected(what);
                Expr::new(ExprKind::Missing, Span::new(start, start))
            }
        }
    }

    fn parenthesised(&mut self) -> Expr {
        let start = self.c.pos();
        self.c.bump();
        let inner = self.expr();
        self.c.expect(')', "an operator or `)`");
        Expr::new(inner.kind, self.span_from(start))
    }

    fn literal(&mut self) -> Expr {
        let start = self.c.pos();
        let is_negative = self.c.eat('-');
        let Some(value) = self.c.number() else {
            self.c.expected("a number");
            self.c.bump();
            return Expr::new(ExprKind::Missing, self.span_from(start));
        };
        if self.c.peek().is_some_and(is_name_start) {
            self.c.expected("an operator after the number");
            self.c.take_while(is_name_char);
        }
        let value = if is_negative { -value } else { value };
        Expr::new(ExprKind::Number(value), self.span_from(start))
    }

    /// Everything that begins with a name: a call, a metric query, a reference.
    fn named(&mut self) -> Expr {
        let start = self.c.pos();
        if let Some(agg) = self.count_if() {
            return self.metric(start, Some(agg));
        }
        let name = self.c.take_while(is_name_char);
        let end = self.c.pos();
        self.c.skip_space();
        match self.c.peek() {
            Some(':') => {
                let agg = self.space_agg(start, name);
                self.c.bump();
                self.c.skip_space();
                self.metric(start, Some(agg))
            }
            Some('{') => {
                self.c.seek(start);
                self.metric(start, None)
            }
            Some('(') if !name.contains('.') => self.call(start, name),
            _ => {
                self.c.seek(end);
                self.bare_name(start, name)
            }
        }
    }

    /// A name that no scope follows.
    fn bare_name(&mut self, start: usize, name: &str) -> Expr {
        if self.names == Names::Refs {
            let stem = name.split('.').next().unwrap_or(name);
            self.c.seek(start + stem.len());
            return Expr::new(ExprKind::Ref(stem.to_owned()), self.span_from(start));
        }
        self.c.seek(start);
        self.metric(start, None)
    }

    /// `system.load.1.rollup` with `(` after it is the name `system.load.1` and a modifier.
    fn without_modifier<'t>(&self, name: &'t str) -> &'t str {
        let is_called = self.c.rest().trim_start().starts_with('(');
        match name.rsplit_once('.') {
            Some((stem, _)) if is_called && !stem.is_empty() => stem,
            _ => name,
        }
    }

    /// The aggregator before a colon.
    fn space_agg(&mut self, start: usize, name: &str) -> SpaceAgg {
        if let Some(agg) = SpaceAgg::from_name(name) {
            return agg;
        }
        let message = format!(
            "unknown aggregator `{name}`, expected avg, sum, min, max, count or a percentile such as p95"
        );
        self.c.error(Span::new(start, start + name.len()), message);
        SpaceAgg::Avg
    }

    /// A metric name, its scope and its grouping; modifiers are taken by the caller.
    fn metric(&mut self, start: usize, agg: Option<SpaceAgg>) -> Expr {
        let mut name = "";
        if self.c.peek().is_some_and(is_name_start) {
            let at = self.c.pos();
            let full = self.c.take_while(is_name_char);
            name = self.without_modifier(full);
            self.c.seek(at + name.len());
        } else {
            self.c.expected("a metric name");
        }
        let end = self.c.pos();
        self.c.skip_space();
        let mut query = MetricQuery {
            agg,
            metric: name.to_owned(),
            scope: Scope::All,
            by: Vec::new(),
            modifiers: Vec::new(),
        };
        if self.c.peek() == Some('{') {
            query.scope = self.scope();
        } else if !name.is_empty() {
            self.c.expected(&format!("`{{` and a scope after the metric `{name}`"));
            self.c.seek(end);
        }
        query.by = self.by();
        Expr::new(ExprKind::Metric(query), self.span_from(start))
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr::new(ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span)
}

#[cfg(test)]
mod tests;
