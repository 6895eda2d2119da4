//! Calls with their arguments, and `count(v: v<=10):metric{*}`.

use super::{Names, Parser, is_name_start};
use crate::Span;
use crate::metrics::ast::*;
use crate::metrics::functions::{self, Function, Param, ParamKind};

impl Parser<'_> {
    /// From the `(` on; `name` has been taken.
    pub(super) fn call(&mut self, start: usize, name: &str) -> Expr {
        self.c.bump();
        let mut args = Vec::new();
        self.c.skip_space();
        if !self.c.eat(')') {
            loop {
                args.push(self.arg());
                self.c.skip_space();
                if !self.c.eat(',') {
                    break;
                }
            }
            if !self.c.expect(')', "`,` or `)`") {
                self.skip_to_close();
            }
        }
        let mut call = Call { name: name.to_owned(), args };
        let name_span = Span::new(start, start + name.len());
        self.check_call(&mut call, name_span);
        Expr::new(ExprKind::Call(call), self.span_from(start))
    }

    fn arg(&mut self) -> Arg {
        self.c.skip_space();
        let start = self.c.pos();
        let name = self.arg_name();
        let value = self.arg_value();
        Arg { name, value, span: self.span_from(start) }
    }

    /// `direction=` before a value.
    fn arg_name(&mut self) -> Option<String> {
        let start = self.c.pos();
        let word = self.c.peek_word();
        if !word.starts_with(is_name_start) {
            return None;
        }
        self.c.seek(start + word.len());
        self.c.skip_space();
        if self.c.eat('=') {
            self.c.skip_space();
            return Some(word.to_owned());
        }
        self.c.seek(start);
        None
    }

    fn arg_value(&mut self) -> ArgValue {
        let start = self.c.pos();
        if let Some(text) = self.c.quoted() {
            return ArgValue::Str(text);
        }
        // A word alone: a reference in a formula, or a word that needs no quotes. Which of them is
        // known once the function's signature has been seen.
        let word = self.c.peek_word();
        if word.starts_with(is_name_start) {
            self.c.seek(start + word.len());
            let end = self.c.pos();
            self.c.skip_space();
            if matches!(self.c.peek(), Some(',' | ')')) {
                let expr = Expr::new(ExprKind::Ref(word.to_owned()), Span::new(start, end));
                return ArgValue::Expr(expr);
            }
            self.c.seek(start);
        }
        ArgValue::Expr(self.expr())
    }

    fn check_call(&mut self, call: &mut Call, name_span: Span) {
        let Some(function) = functions::lookup(&call.name) else {
            let hint = functions::nearest(&call.name)
                .map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
            self.c.error(name_span, format!("unknown function `{}`{hint}", call.name));
            return;
        };
        let mut position = 0;
        for arg in &mut call.args {
            let param = match &arg.name {
                Some(name) => function.param(name),
                None => {
                    position += 1;
                    function.params.get(position - 1)
                }
            };
            match param {
                Some(param) => self.check_arg(arg, param),
                None => self.unexpected_arg(arg, function),
            }
        }
        self.check_missing(call, function, position, name_span);
    }

    fn unexpected_arg(&mut self, arg: &mut Arg, function: &Function) {
        let Some(name) = &arg.name else {
            let n = function.params.len();
            let message = format!("`{}` takes at most {n} argument{}", function.name, plural(n));
            self.c.error(arg.span, message);
            return;
        };
        if function.takes_options {
            word_from_ref(&mut arg.value);
        } else {
            let message = format!("`{}` takes no argument called `{name}`", function.name);
            self.c.error(arg.span, message);
        }
    }

    fn check_missing(&mut self, call: &Call, function: &Function, position: usize, span: Span) {
        let missing = function.params.iter().enumerate().find(|(i, param)| {
            !param.is_optional && *i >= position && call.named(param.name).is_none()
        });
        if let Some((_, param)) = missing {
            let message = format!(
                "`{}` lacks its argument {}, as in `{}`",
                function.name,
                param.name,
                function.signature()
            );
            self.c.error(span, message);
        }
    }

    fn check_arg(&mut self, arg: &mut Arg, param: &Param) {
        match param.kind {
            ParamKind::Series => self.check_series(arg),
            ParamKind::Number => {
                if arg.value.as_number().is_none() && !is_missing(&arg.value) {
                    self.c.error(arg.span, format!("expected a number for {}", param.name));
                }
            }
            ParamKind::Word(words) => {
                word_from_ref(&mut arg.value);
                let is_known = arg
                    .value
                    .as_str()
                    .is_some_and(|s| words.iter().any(|w| w.eq_ignore_ascii_case(s)));
                if !is_known && !is_missing(&arg.value) {
                    let words = words.join(", ");
                    let message = format!("expected one of {words} for {}", param.name);
                    self.c.error(arg.span, message);
                }
            }
            ParamKind::Text => {
                word_from_ref(&mut arg.value);
                if arg.value.as_str().is_none() && !is_missing(&arg.value) {
                    self.c.error(arg.span, format!("expected a quoted text for {}", param.name));
                }
            }
        }
    }

    fn check_series(&mut self, arg: &Arg) {
        let message = match &arg.value {
            ArgValue::Str(_) => "expected a query, found a text".to_owned(),
            ArgValue::Expr(expr) => match &expr.kind {
                ExprKind::Number(_) => "expected a query, found a number".to_owned(),
                ExprKind::Ref(name) if self.names == Names::Metrics => {
                    format!("expected `{{` and a scope after the metric `{name}`")
                }
                _ => return,
            },
        };
        self.c.error(arg.span, message);
    }

    /// `count(v: v<=10)` before a colon; takes nothing when something else stands here.
    pub(super) fn count_if(&mut self) -> Option<SpaceAgg> {
        let start = self.c.pos();
        let is_count_if = self.c.eat_keyword("count") && {
            self.c.skip_space();
            self.c.eat('(') && {
                self.c.skip_space();
                self.c.eat_keyword("v") && {
                    self.c.skip_space();
                    self.c.eat(':')
                }
            }
        };
        if !is_count_if {
            self.c.seek(start);
            return None;
        }
        let conditions = self.value_conditions();
        if !self.c.expect(')', "AND or `)` after the condition") {
            self.skip_to_close();
        }
        self.c.expect(':', "`:` and a metric name");
        self.c.skip_space();
        Some(SpaceAgg::CountIf(conditions))
    }

    /// `v<=10`, `v>5 AND v<=10`.
    fn value_conditions(&mut self) -> Vec<ValueCondition> {
        let mut conditions = Vec::new();
        loop {
            self.c.skip_space();
            if !self.c.eat_keyword("v") {
                self.c.expected("`v`, as in v<=10");
                return conditions;
            }
            self.c.skip_space();
            let text = self.c.take_while(|c| matches!(c, '<' | '>' | '=' | '!'));
            let Some(op) = Comparison::from_symbol(text) else {
                self.c.expected("<, <=, > or >=");
                return conditions;
            };
            self.c.skip_space();
            let is_negative = self.c.eat('-');
            let Some(value) = self.c.number() else {
                self.c.expected("a number");
                return conditions;
            };
            conditions.push(ValueCondition { op, value: if is_negative { -value } else { value } });
            self.c.skip_space();
            if !self.c.eat_keyword("and") && !self.c.eat(',') {
                return conditions;
            }
        }
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn is_missing(value: &ArgValue) -> bool {
    matches!(value, ArgValue::Expr(Expr { kind: ExprKind::Missing, .. }))
}

/// A bare word where a word is wanted.
fn word_from_ref(value: &mut ArgValue) {
    if let ArgValue::Expr(Expr { kind: ExprKind::Ref(name), .. }) = value {
        *value = ArgValue::Str(std::mem::take(name));
    }
}
