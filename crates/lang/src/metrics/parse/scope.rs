//! `{env:prod AND (az:a OR az:b), !host:db-*}` and `by {host, az}`.

use super::Parser;
use crate::Span;
use crate::metrics::ast::{Scope, TemplateVar, VarPart};

/// Characters that end an unquoted key or value.
pub(crate) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '(' | ')' | '{' | '}' | '"' | '\'')
}

/// Words that cannot be a bare tag without quotes.
pub(crate) fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in"].iter().any(|k| word.eq_ignore_ascii_case(k))
}

impl Parser<'_> {
    /// From `{` to `}`; the caller has seen the `{`.
    pub(super) fn scope(&mut self) -> Scope {
        self.c.bump();
        self.c.skip_space();
        if self.c.eat('}') {
            return Scope::All;
        }
        let scope = self.scope_or();
        self.close_brace("`,`, AND, OR or `}`");
        scope
    }

    /// Takes the `}`; after an error, everything up to it.
    fn close_brace(&mut self, what: &str) {
        if self.c.expect('}', what) {
            return;
        }
        let rest = self.c.rest();
        if let Some(len) = rest.find('}')
            && !rest[..len].contains('{')
        {
            self.c.seek(self.c.pos() + len + 1);
        }
    }

    fn scope_or(&mut self) -> Scope {
        if !self.c.enter() {
            return Scope::All;
        }
        let mut parts = vec![self.scope_and()];
        loop {
            self.c.skip_space();
            if !self.c.eat_keyword("or") {
                break;
            }
            parts.push(self.scope_and());
        }
        self.c.leave();
        one_or(parts, Scope::Or)
    }

    fn scope_and(&mut self) -> Scope {
        let mut parts = vec![self.scope_not()];
        loop {
            self.c.skip_space();
            if !self.c.eat(',') && !self.c.eat_keyword("and") {
                break;
            }
            parts.push(self.scope_not());
        }
        one_or(parts, Scope::And)
    }

    fn scope_not(&mut self) -> Scope {
        self.c.skip_space();
        if !self.c.eat('!') && !self.eat_not() {
            return self.scope_leaf();
        }
        if !self.c.enter() {
            return Scope::All;
        }
        let inner = self.scope_not();
        self.c.leave();
        Scope::Not(Box::new(inner))
    }

    /// `NOT` before something else, rather than a key that is called so.
    fn eat_not(&mut self) -> bool {
        let start = self.c.pos();
        if !self.c.eat_keyword("not") {
            return false;
        }
        let is_keyword = self.c.peek().is_none_or(|c| ends_word(c) || c == '!');
        if !is_keyword {
            self.c.seek(start);
        }
        is_keyword
    }

    fn scope_leaf(&mut self) -> Scope {
        let start = self.c.pos();
        if self.c.eat('(') {
            let inner = self.scope_or();
            self.c.expect(')', "`,`, AND, OR or `)`");
            return inner;
        }
        if let Some(key) = self.c.quoted() {
            return self.after_quoted(key);
        }
        let key = self.c.take_while(|c| !ends_word(c) && c != ':' && c != '!');
        if key.is_empty() || (is_keyword(key) && self.c.peek() != Some(':')) {
            self.c.seek(start);
            self.c.expected("a tag such as env:prod, `*`, `!` or `(`");
            return Scope::All;
        }
        if key == "*" && self.c.peek() != Some(':') {
            return Scope::All;
        }
        self.after_key(key.to_owned())
    }

    /// After a quoted text: the key of a tag when a colon or `IN` follows, else a whole tag.
    fn after_quoted(&mut self, text: String) -> Scope {
        let end = self.c.pos();
        if self.c.peek() == Some(':') || self.peek_in() {
            return self.after_key(text);
        }
        self.c.seek(end);
        match text.split_once(':') {
            Some((key, value)) => Scope::Tag { key: key.to_owned(), value: Some(value.to_owned()) },
            None => Scope::Tag { key: text, value: None },
        }
    }

    fn after_key(&mut self, key: String) -> Scope {
        if self.c.eat(':') {
            self.c.skip_space();
            let value = self.value("a value after the colon");
            return Scope::Tag { key, value: Some(value) };
        }
        let end = self.c.pos();
        self.c.skip_space();
        let is_negated = self.c.eat_keyword("not");
        if is_negated {
            self.c.skip_space();
        }
        if self.c.eat_keyword("in") {
            return Scope::In { key, values: self.values(), negated: is_negated };
        }
        if is_negated {
            self.c.expected("IN after NOT");
        } else {
            self.c.seek(end);
        }
        match key.strip_prefix('$') {
            Some(name) if !name.is_empty() => Scope::Var(template_var(name)),
            _ => Scope::Tag { key, value: None },
        }
    }

    fn peek_in(&mut self) -> bool {
        let start = self.c.pos();
        self.c.skip_space();
        let negated = self.c.eat_keyword("not");
        self.c.skip_space();
        let found = self.c.eat_keyword("in") || negated;
        self.c.seek(start);
        found
    }

    /// One value, quoted or not; empty with an error when none stands here.
    fn value(&mut self, what: &str) -> String {
        if let Some(text) = self.c.quoted() {
            return text;
        }
        let value = self.c.take_while(|c| !ends_word(c));
        if value.is_empty() {
            self.c.expected(what);
        }
        value.to_owned()
    }

    /// `(a, b)`.
    fn values(&mut self) -> Vec<String> {
        let mut values = Vec::new();
        if !self.c.expect('(', "`(` after IN") {
            return values;
        }
        loop {
            self.c.skip_space();
            let start = self.c.pos();
            values.push(self.value("a value"));
            self.c.skip_space();
            if !self.c.eat(',') || self.c.pos() == start {
                break;
            }
        }
        self.c.expect(')', "`,` or `)` after a value");
        values
    }

    /// `by {…}` when it stands here.
    pub(super) fn by(&mut self) -> Vec<String> {
        let before = self.c.pos();
        self.c.skip_space();
        if self.c.eat_keyword("by") {
            return self.group_keys();
        }
        self.c.seek(before);
        Vec::new()
    }

    /// `{host, az}` after `by`.
    pub(super) fn group_keys(&mut self) -> Vec<String> {
        let mut keys = Vec::new();
        if !self.c.expect('{', "`{` after by") {
            return keys;
        }
        self.c.skip_space();
        if self.c.eat('}') {
            return keys;
        }
        loop {
            self.c.skip_space();
            let start = self.c.pos();
            let key = self.value("a tag key");
            if !key.is_empty() && keys.contains(&key) {
                let span = Span::new(start, self.c.pos());
                self.c.warning(span, format!("`{key}` is named twice"));
            } else if !key.is_empty() {
                keys.push(key);
            }
            self.c.skip_space();
            if !self.c.eat(',') {
                break;
            }
        }
        self.close_brace("`,` or `}` after a tag key");
        keys
    }
}

fn one_or(mut parts: Vec<Scope>, many: fn(Vec<Scope>) -> Scope) -> Scope {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

/// From the text after the `$`.
pub(crate) fn template_var(text: &str) -> TemplateVar {
    let (name, part) = match text.rsplit_once('.') {
        Some((name, "value")) if !name.is_empty() => (name, VarPart::Value),
        Some((name, "key")) if !name.is_empty() => (name, VarPart::Key),
        _ => (text, VarPart::Tag),
    };
    TemplateVar { name: name.to_owned(), part }
}
