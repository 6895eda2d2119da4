//! From text to tree.
//!
//! `or` → `and` (AND, or nothing) → `unary` (`-`, `!`, NOT) → `primary`: a group, a phrase, a
//! variable, `CIDR(…)`, `field:value` or a word. Behind `field:(` the same grammar runs with the
//! field set, and then a colon belongs to the value (`tag:(team:core OR team:web)`).
//!
//! Operators are upper case only: `and` is a word. A backslash takes the meaning from the next
//! character. Always ends; nests at most `DEPTH_MAX` levels; has at most [`TERMS_MAX`] leaves.

use super::ast::*;
use crate::cursor::Cursor;
use crate::metrics::ast::Comparison;
use crate::{Diagnostic, Span};

/// Leaves of one search. A spread group repeats its field's name in each, so this and
/// [`FIELD_BYTES_MAX`] bound what a printed search can grow to.
const TERMS_MAX: usize = 5_000;

/// Bytes of a field's name; the longest attribute path seen is under 200.
const FIELD_BYTES_MAX: usize = 1_024;

/// Parses a search; the empty text is [`Search::All`].
pub fn parse(text: &str) -> (Search, Vec<Diagnostic>) {
    let mut p = Parser { c: Cursor::new(text), n_terms: 0 };
    p.c.skip_space();
    if p.c.at_end() {
        return (Search::All, p.c.finish());
    }
    let search = p.or(None);
    if !p.c.at_end() {
        p.c.expected("a term or the end (this `)` has no `(`)");
    }
    (search, p.c.finish())
}

/// The test that a value typed without quotes would be; blanks need no escape here.
pub(super) fn test_of_value(value: &str) -> Test {
    let mut pieces = Pieces::default();
    for c in value.chars() {
        match c {
            '*' => pieces.wildcard(Piece::Any),
            '?' => pieces.wildcard(Piece::One),
            _ => pieces.push(c),
        }
    }
    pieces.test()
}

struct Parser<'a> {
    c: Cursor<'a>,
    n_terms: usize,
}

/// A word that is being read.
#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece>,
    text: String,
    /// Whether its first character was escaped, so that it is no operator.
    is_escaped: bool,
}

impl Pieces {
    fn push(&mut self, c: char) {
        self.text.push(c);
    }

    fn wildcard(&mut self, piece: Piece) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text)));
        }
        // `**` says no more than `*`.
        if piece == Piece::One || self.pieces.last() != Some(&Piece::Any) {
            self.pieces.push(piece);
        }
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.text.is_empty() && !self.is_escaped
    }

    fn is_star(&self) -> bool {
        self.text.is_empty() && self.pieces == [Piece::Any]
    }

    fn term(mut self) -> Term {
        if self.pieces.is_empty() {
            return Term::Word(self.text);
        }
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(self.text));
        }
        Term::Pattern(self.pieces)
    }

    fn test(self) -> Test {
        if self.is_star() { Test::Exists } else { Test::Term(self.term()) }
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '"')
}

impl Parser<'_> {
    fn or(&mut self, field: Option<&Field>) -> Search {
        if !self.c.enter() {
            return Search::All;
        }
        let mut parts = vec![self.and(field)];
        while self.operator("OR", "||") {
            parts.push(self.and(field));
        }
        self.c.leave();
        one_or(parts, Search::Or)
    }

    fn and(&mut self, field: Option<&Field>) -> Search {
        let mut parts = vec![self.unary(field)];
        loop {
            self.c.skip_space();
            let before = self.c.pos();
            if self.operator("AND", "&&") {
                parts.push(self.unary(field));
                continue;
            }
            if self.c.at_end() || self.c.peek() == Some(')') || self.operator("OR", "||") {
                self.c.seek(before);
                break;
            }
            parts.push(self.unary(field));
            if self.c.pos() == before {
                break;
            }
        }
        one_or(parts, Search::And)
    }

    /// Takes the operator when it stands here as a word of its own.
    fn operator(&mut self, word: &str, symbol: &str) -> bool {
        self.c.skip_space();
        let rest = self.c.rest();
        let len = match (rest.strip_prefix(word), rest.strip_prefix(symbol)) {
            (Some(after), _) if after.chars().next().is_none_or(ends_word) => word.len(),
            (_, Some(_)) => symbol.len(),
            _ => return false,
        };
        self.c.seek(self.c.pos() + len);
        true
    }

    fn unary(&mut self, field: Option<&Field>) -> Search {
        self.c.skip_space();
        let start = self.c.pos();
        let is_not = match self.c.peek() {
            Some('-' | '!') => self.c.bump().is_some(),
            _ => {
                let after = self.c.rest().strip_prefix("NOT");
                let found = after.is_some_and(|a| a.chars().next().is_none_or(ends_word));
                if found {
                    self.c.seek(start + 3);
                }
                found
            }
        };
        if !is_not {
            return self.primary(field);
        }
        if !self.c.enter() {
            return Search::All;
        }
        let inner = self.unary(field);
        self.c.leave();
        Search::Not(Box::new(inner))
    }

    fn primary(&mut self, field: Option<&Field>) -> Search {
        self.n_terms += 1;
        if self.n_terms > TERMS_MAX {
            if self.n_terms == TERMS_MAX + 1 {
                let here = Span::new(self.c.pos(), self.c.pos());
                self.c.error(here, format!("the search has over {TERMS_MAX} terms"));
            }
            self.c.seek(self.c.text().len());
            return Search::All;
        }
        if self.c.eat('(') {
            return self.group(field);
        }
        match field {
            Some(field) => Search::Field { field: field.clone(), test: self.test("a value") },
            None => self.free(),
        }
    }

    /// After `(`.
    fn group(&mut self, field: Option<&Field>) -> Search {
        self.c.skip_space();
        if self.c.eat(')') {
            let here = Span::new(self.c.pos() - 1, self.c.pos());
            self.c.error(here, "expected a term before `)`");
            return Search::All;
        }
        let inner = self.or(field);
        self.c.expect(')', "a term or `)`");
        inner
    }

    /// A leaf with no field set.
    fn free(&mut self) -> Search {
        match self.c.peek() {
            Some('"') => return Search::Text(Term::Phrase(self.phrase())),
            Some('$') => {
                if let Some(var) = self.variable() {
                    return var;
                }
            }
            _ => {}
        }
        let start = self.c.pos();
        if let Some(cidr) = self.cidr() {
            return cidr;
        }
        let word = self.word(true);
        if self.c.eat(':') {
            return self.after_colon(start, word);
        }
        if word.is_empty() {
            self.c.expected("a term");
            return Search::All;
        }
        if !word.is_escaped && matches!(word.text.as_str(), "AND" | "OR") && word.pieces.is_empty()
        {
            self.c.seek(start);
            self.c.expected("a term before the operator");
            self.c.seek(start + word.text.len());
            return Search::All;
        }
        if word.is_star() { Search::All } else { Search::Text(word.term()) }
    }

    /// `$name`, unless a colon follows: then it is a field.
    fn variable(&mut self) -> Option<Search> {
        let start = self.c.pos();
        self.c.bump();
        let name = self.c.take_while(|c| !ends_word(c) && c != ':' && c != '\\');
        if name.is_empty() || self.c.peek() == Some(':') {
            self.c.seek(start);
            return None;
        }
        Some(Search::Var(crate::metrics::template_var(name)))
    }

    fn after_colon(&mut self, start: usize, word: Pieces) -> Search {
        let end = self.c.pos() - 1;
        let span = Span::new(start, end);
        if word.is_empty() {
            self.c.error(span, "expected a field before the colon");
        }
        if end - start > FIELD_BYTES_MAX {
            self.c.error(span, format!("the field's name is over {FIELD_BYTES_MAX} bytes"));
            return Search::All;
        }
        // Escapes are taken away; wildcards in a field's name mean nothing but `*` alone.
        let is_any = word.is_star();
        let is_exists = !word.is_escaped && word.text == "_exists_";
        let name = plain_text(&word);
        let field = match (is_any, word.is_escaped) {
            (true, _) => Field { kind: FieldKind::Any, name: "".into() },
            (_, true) => Field { kind: FieldKind::Plain, name: name.into() },
            _ => Field::from_text(&name),
        };
        if is_exists {
            let word = self.word(false);
            if word.is_star() {
                // Some field or other is in every event.
                return Search::All;
            }
            let named = plain_text(&word);
            if named.is_empty() {
                self.c.expected("a field");
            }
            return Search::Field { field: Field::from_text(&named), test: Test::Exists };
        }
        if self.c.eat('(') {
            return self.group(Some(&field));
        }
        let test = self.test("a value after the colon");
        match (field.kind, &test) {
            (FieldKind::Any, Test::Exists) => Search::All,
            _ => Search::Field { field, test },
        }
    }

    /// A value: a phrase, a comparison, a range, a word or pattern.
    fn test(&mut self, what: &str) -> Test {
        match self.c.peek() {
            Some('"') => return Test::Term(Term::Phrase(self.phrase())),
            Some('[' | '{') => {
                if let Some(range) = self.range() {
                    return range;
                }
            }
            Some('<' | '>') => return self.compare(),
            _ => {}
        }
        let word = self.word(false);
        if word.is_empty() {
            self.c.expected(what);
        }
        word.test()
    }

    fn compare(&mut self) -> Test {
        let symbol = self.c.take_while(|c| matches!(c, '<' | '>'));
        let has_equal = self.c.eat('=');
        let op = match (symbol, has_equal) {
            (">", false) => Comparison::Gt,
            (">", true) => Comparison::Ge,
            ("<", true) => Comparison::Le,
            _ => Comparison::Lt,
        };
        self.c.skip_space();
        let bound = match self.c.peek() {
            Some('"') => self.phrase(),
            _ => plain_text(&self.word(false)),
        };
        if bound.is_empty() {
            self.c.expected("a number to compare with");
        }
        Test::Compare { op, bound: bound_of(bound) }
    }

    /// `[low TO high]`; takes nothing when the text is none, such as `[x]`.
    fn range(&mut self) -> Option<Test> {
        let start = self.c.pos();
        let is_low_inclusive = self.c.bump() == Some('[');
        let low = self.bound();
        self.c.skip_space();
        if !self.operator("TO", "TO ") {
            self.c.seek(start);
            return None;
        }
        let high = self.bound();
        self.c.skip_space();
        let is_high_inclusive = self.c.peek() == Some(']');
        if !self.c.eat(']') && !self.c.eat('}') {
            self.c.expected("`]` or `}` after the range");
        }
        Some(Test::Range {
            low: RangeEnd { bound: low, is_inclusive: is_low_inclusive },
            high: RangeEnd { bound: high, is_inclusive: is_high_inclusive },
        })
    }

    fn bound(&mut self) -> Option<Bound> {
        self.c.skip_space();
        if self.c.peek() == Some('"') {
            return Some(bound_of(self.phrase()));
        }
        let text = self.c.take_while(|c| !ends_word(c) && c != ']' && c != '}');
        match text {
            "*" => None,
            "" => {
                self.c.expected("a bound of the range, or `*`");
                None
            }
            _ => Some(bound_of(text.to_owned())),
        }
    }

    /// A quoted text; the caller has seen the `"`.
    fn phrase(&mut self) -> String {
        self.c.quoted().unwrap_or_default()
    }

    /// A word with escapes and wildcards; ends at a colon too when it may be a field.
    fn word(&mut self, may_be_field: bool) -> Pieces {
        let mut pieces = Pieces::default();
        let start = self.c.pos();
        while let Some(c) = self.c.peek() {
            if ends_word(c) || (c == ':' && may_be_field) {
                break;
            }
            let is_first = self.c.pos() == start;
            self.c.bump();
            match c {
                '\\' => match self.c.bump() {
                    Some(escaped) => {
                        pieces.is_escaped |= is_first;
                        pieces.push(escaped);
                    }
                    None => {
                        let span = Span::new(self.c.pos() - 1, self.c.pos());
                        self.c.error(span, "expected a character after the backslash");
                    }
                },
                '*' => pieces.wildcard(Piece::Any),
                '?' => pieces.wildcard(Piece::One),
                _ => pieces.push(c),
            }
        }
        pieces
    }

    /// `CIDR(@field, block, …)`.
    fn cidr(&mut self) -> Option<Search> {
        let start = self.c.pos();
        if !self.c.rest().starts_with("CIDR(") {
            return None;
        }
        self.c.seek(start + "CIDR(".len());
        self.c.skip_space();
        let name = self.c.take_while(|c| !ends_word(c) && c != ',');
        if name.is_empty() {
            self.c.expected("a field, as in CIDR(@network.client.ip, 10.0.0.0/8)");
        }
        let mut blocks = Vec::new();
        loop {
            self.c.skip_space();
            if !self.c.eat(',') {
                break;
            }
            self.c.skip_space();
            let at = self.c.pos();
            let text = self.c.take_while(|c| !ends_word(c) && c != ',');
            match CidrBlock::from_text(text) {
                Some(block) => blocks.push(block),
                None => {
                    let span = Span::new(at, self.c.pos());
                    self.c.error(span, format!("`{text}` is no address block such as 10.0.0.0/8"));
                }
            }
        }
        if blocks.is_empty() {
            self.c.expected("`,` and an address block");
        }
        self.c.expect(')', "`,` or `)` after an address block");
        let field = match name.starts_with('\\') {
            true => Field { kind: FieldKind::Plain, name: unescaped(name).into() },
            false => Field::from_text(&unescaped(name)),
        };
        Some(Search::Field { field, test: Test::Cidr(blocks) })
    }
}

/// Without the backslashes that make the next character an ordinary one.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

/// What was typed, with wildcards as themselves.
fn plain_text(word: &Pieces) -> String {
    let mut text = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Text(t) => text.push_str(t),
            Piece::Any => text.push('*'),
            Piece::One => text.push('?'),
        }
    }
    text.push_str(&word.text);
    text
}

fn bound_of(text: String) -> Bound {
    match text.parse::<f64>() {
        Ok(n) if n.is_finite() => Bound::Number(n),
        _ => Bound::Text(text),
    }
}

fn one_or(mut parts: Vec<Search>, many: fn(Vec<Search>) -> Search) -> Search {
    match parts.len() {
        1 => parts.remove(0),
        _ => many(parts),
    }
}

#[cfg(test)]
mod tests;
