//! From text to tree.
//!
//! The shape shows at the first characters: a quote begins a service check; digits, `!` or `(`
//! without a colon or a call begin a composite; `name(window…):` begins a metric alert; any other
//! `name(` begins a chain. The query inside a metric alert is read by the metric parser in place,
//! so its remarks keep their columns.

use super::*;
use crate::cursor::Cursor;
use crate::{Span, metrics};

/// Parses a monitor's query.
pub fn parse(text: &str) -> (MonitorQuery, Vec<Diagnostic>) {
    let mut p = Parser { c: Cursor::new(text), inner: Vec::new() };
    p.c.skip_space();
    let query = match p.c.peek() {
        _ if p.c.is_refused() => MonitorQuery::Missing,
        Some('"' | '\'') => p.check(),
        _ if is_composite(p.c.text()) => p.whole_composite(),
        _ => p.named(),
    };
    let mut diagnostics = p.c.finish();
    diagnostics.extend(p.inner);
    diagnostics.sort_by_key(|d| d.span.start);
    (query, diagnostics)
}

/// Only ids and operators.
fn is_composite(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| {
            c.is_ascii_digit() || c.is_whitespace() || matches!(c, '&' | '|' | '!' | '(' | ')')
        })
}

struct Parser<'a> {
    c: Cursor<'a>,
    /// Remarks of the parsers of inner languages.
    inner: Vec<Diagnostic>,
}

impl Parser<'_> {
    fn check(&mut self) -> MonitorQuery {
        let name = self.c.quoted().unwrap_or_default();
        self.chain(Head::Check(name))
    }

    fn named(&mut self) -> MonitorQuery {
        let start = self.c.pos();
        let name = self.c.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if name.is_empty() {
            self.c.expected("avg(last_5m):…, \"check\".over(…), logs(\"…\") or monitor ids");
            return MonitorQuery::Missing;
        }
        if !self.c.expect('(', "`(` after the name") {
            return MonitorQuery::Missing;
        }
        self.c.skip_space();
        let is_change = matches!(name, "change" | "pct_change");
        if is_change || !matches!(self.c.peek(), Some('"' | '\'' | ')')) {
            return self.metric_alert(start, name);
        }
        let args = self.args().into_iter().map(|arg| match arg {
            StepArg::Text(text) => text,
            StepArg::Number(n) => n.to_string(),
        });
        let head = Head::Source { name: name.to_owned(), args: args.collect() };
        self.check_source(&head, Span::new(start, self.c.pos()));
        self.chain(head)
    }

    /// The remarks on a text inside a text have no exact column; they point at the source.
    fn check_source(&mut self, head: &Head, span: Span) {
        let Head::Source { name, args } = head else {
            return;
        };
        let found = match args.first() {
            Some(text) if name == "formula" => metrics::parse_formula(text).1,
            Some(text) if SEARCH_SOURCES.contains(&name.as_str()) => search::parse(text).1,
            _ => return,
        };
        if let Some(first) = found.iter().find(|d| d.is_error()) {
            let column = first.column();
            self.c.error(span, format!("{} (character {column} inside `{name}`)", first.message));
        }
    }

    fn metric_alert(&mut self, start: usize, name: &str) -> MonitorQuery {
        let (time_agg, window, change) = if matches!(name, "change" | "pct_change") {
            let agg_at = self.c.pos();
            let agg = self.c.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
            self.c.expect('(', "`(` and a window such as last_5m");
            let window = self.window();
            self.c.expect(')', "`)` after the window");
            self.c.expect(',', "`,` and how long before, such as last_1h");
            let shift = self.window();
            let change = Change { is_percent: name == "pct_change", shift };
            (self.time_agg(agg, agg_at), window, Some(change))
        } else {
            (self.time_agg(name, start), self.window(), None)
        };
        self.c.expect(')', "`)` after the window");
        self.c.expect(':', "`:` and a metric query");
        let expr = self.expr();
        let Some(condition) = self.condition() else {
            // Behind a broken query the comparison may well stand, only out of sight.
            if self.inner.is_empty() {
                self.c.expected("a comparison such as > 3");
            }
            let condition = Condition { op: Comparison::Gt, threshold: 0.0 };
            return MonitorQuery::Metric(MetricAlert { time_agg, window, change, expr, condition });
        };
        self.end();
        MonitorQuery::Metric(MetricAlert { time_agg, window, change, expr, condition })
    }

    fn time_agg(&mut self, name: &str, at: usize) -> TimeAgg {
        TimeAgg::from_name(name).unwrap_or_else(|| {
            let span = Span::new(at, at + name.len());
            let known = TimeAgg::ALL.map(TimeAgg::name).join(", ");
            self.c
                .error(span, format!("unknown time aggregator `{name}`, expected one of {known}"));
            TimeAgg::Avg
        })
    }

    fn window(&mut self) -> Window {
        self.c.skip_space();
        let word = self.c.peek_word();
        let Some(window) = Window::from_text(word) else {
            self.c.expected("a window such as last_5m, current_1mo or next_12h");
            self.c.seek(self.c.pos() + word.len());
            let span = Duration { count: 5, unit: Unit::Minute };
            return Window { kind: WindowKind::Last, span };
        };
        self.c.seek(self.c.pos() + word.len());
        window
    }

    /// The metric expression up to the comparison.
    fn expr(&mut self) -> Expr {
        let start = self.c.pos();
        let end = start + comparison_at(self.c.rest());
        let (mut query, remarks) = metrics::parse_within(self.c.text(), start, end);
        self.inner.extend(remarks);
        self.c.seek(end);
        if query.exprs.len() > 1 {
            let second = query.exprs[1].span;
            self.c.error(second, "a monitor watches one query; join several by arithmetic");
        }
        query.exprs.swap_remove(0)
    }

    /// `> 3`, when it stands here.
    fn condition(&mut self) -> Option<Condition> {
        self.c.skip_space();
        let before = self.c.pos();
        let symbol = self.c.take_while(|c| matches!(c, '<' | '>' | '=' | '!'));
        let Some(op) = Comparison::from_symbol(symbol) else {
            self.c.seek(before);
            return None;
        };
        self.c.skip_space();
        let is_negative = self.c.eat('-');
        let threshold = self.c.number().unwrap_or_else(|| {
            self.c.expected("a number to compare with");
            0.0
        });
        Some(Condition { op, threshold: if is_negative { -threshold } else { threshold } })
    }

    fn end(&mut self) {
        self.c.skip_space();
        if !self.c.at_end() {
            self.c.expected("the end of the query");
        }
    }

    /// `.step(…)`s and the condition after the head.
    fn chain(&mut self, head: Head) -> MonitorQuery {
        let mut steps = Vec::new();
        loop {
            self.c.skip_space();
            if !self.c.eat('.') {
                break;
            }
            self.c.skip_space();
            let name = self.c.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
            if name.is_empty() {
                self.c.expected("a call such as over, by or last");
                break;
            }
            if !self.c.expect('(', "`(` after the name") {
                break;
            }
            steps.push(Step { name: name.to_owned(), args: self.args() });
        }
        let condition = self.condition();
        let is_check = matches!(head, Head::Check(_));
        if condition.is_none() && !is_check {
            self.c.expected("`.` and a call, or a comparison such as > 3");
        }
        if is_check && steps.is_empty() {
            self.c.expected(".over(…) after the check's name");
        }
        self.end();
        MonitorQuery::Chain(Chain { head, steps, condition })
    }

    /// Up to and with the `)`.
    fn args(&mut self) -> Vec<StepArg> {
        let mut args = Vec::new();
        loop {
            self.c.skip_space();
            if self.c.eat(')') {
                return args;
            }
            let Some(arg) = self.step_arg() else {
                self.c.expected("a quoted text, a number or `)`");
                return args;
            };
            args.push(arg);
            self.c.skip_space();
            if !self.c.eat(',') {
                self.c.expect(')', "`,` or `)`");
                return args;
            }
        }
    }

    fn step_arg(&mut self) -> Option<StepArg> {
        if let Some(text) = self.c.quoted() {
            return Some(StepArg::Text(text));
        }
        let start = self.c.pos();
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '@' | '*');
        if let Some(number) = self.c.number() {
            if !self.c.peek().is_some_and(is_word) {
                return Some(StepArg::Number(number));
            }
            self.c.seek(start);
        }
        let word = self.c.take_while(|c| is_word(c) || c == '.');
        (!word.is_empty()).then(|| StepArg::Text(word.to_owned()))
    }

    fn whole_composite(&mut self) -> MonitorQuery {
        let tree = self.composite_or();
        self.end();
        tree.map_or(MonitorQuery::Missing, MonitorQuery::Composite)
    }

    fn composite_or(&mut self) -> Option<Composite> {
        let mut parts = vec![self.composite_and()?];
        while self.symbol("||") {
            parts.push(self.composite_and()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Composite::Or(parts) })
    }

    fn composite_and(&mut self) -> Option<Composite> {
        let mut parts = vec![self.composite_not()?];
        while self.symbol("&&") {
            parts.push(self.composite_not()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Composite::And(parts) })
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        self.c.skip_space();
        let found = self.c.rest().starts_with(symbol);
        if found {
            self.c.seek(self.c.pos() + symbol.len());
        }
        found
    }

    fn composite_not(&mut self) -> Option<Composite> {
        self.c.skip_space();
        if !self.c.enter() {
            return None;
        }
        let found = if self.c.eat('!') {
            self.composite_not().map(|inner| Composite::Not(Box::new(inner)))
        } else if self.c.eat('(') {
            let inner = self.composite_or();
            self.c.expect(')', "`&&`, `||` or `)`");
            inner
        } else {
            let digits = self.c.peek_word();
            match digits.parse() {
                Ok(id) => {
                    self.c.seek(self.c.pos() + digits.len());
                    Some(Composite::Monitor(id))
                }
                Err(_) => {
                    self.c.expected("the id of a monitor");
                    None
                }
            }
        };
        self.c.leave();
        found
    }
}

/// Where the comparison begins: the last `<`, `>`, `=` or `!` outside brackets and quotes; the end
/// when there is none.
fn comparison_at(text: &str) -> usize {
    let mut depth = 0usize;
    let mut quote = None;
    let mut found = text.len();
    let mut last_was_symbol = false;
    for (at, c) in text.char_indices() {
        let is_symbol = quote.is_none() && depth == 0 && matches!(c, '<' | '>' | '=' | '!');
        if is_symbol && !last_was_symbol {
            found = at;
        }
        last_was_symbol = is_symbol;
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests;
