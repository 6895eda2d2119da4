//! A position in a text that a hand-written parser moves along.

use crate::{Diagnostic, Span};

/// Texts over this many bytes are refused whole. The longest query seen in real dashboards is under
/// 10 KiB; a generated `IN (…)` of thousands of values still fits.
pub(crate) const TEXT_BYTES_MAX: usize = 256 * 1024;

/// Remarks kept of one text; more help nobody.
const DIAGNOSTICS_MAX: usize = 50;

/// How deeply a text may nest, in any of the languages. Deep enough for any query that people
/// write; low enough for the small stack of a worker thread.
pub(crate) const DEPTH_MAX: usize = 64;

#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    pos: usize,
    depth: usize,
    diagnostics: Vec<Diagnostic>,
    /// Where the last syntax error was reported: one error per place.
    error_at: Option<usize>,
}

impl<'a> Cursor<'a> {
    /// A text over [`TEXT_BYTES_MAX`] is read as empty, with an error.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut cursor = Self { text, pos: 0, depth: 0, diagnostics: Vec::new(), error_at: None };
        if text.len() > TEXT_BYTES_MAX {
            cursor.text = "";
            let message = format!("the query has {} bytes, over {TEXT_BYTES_MAX}", text.len());
            cursor.diagnostics.push(Diagnostic::error("", Span::default(), message));
        }
        cursor
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.text.is_empty() && !self.diagnostics.is_empty()
    }

    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// To a position that an earlier `pos()` gave, or that lies after ASCII.
    pub(crate) fn seek(&mut self, pos: usize) {
        debug_assert!(self.text.is_char_boundary(pos));
        self.pos = pos;
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or("")
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }

    pub(crate) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    pub(crate) fn skip_space(&mut self) {
        let rest = self.rest();
        self.pos += rest.len() - rest.trim_start().len();
    }

    /// Takes `c` when it is the next character.
    pub(crate) fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.pos += c.len_utf8();
        }
        found
    }

    /// Takes the characters for which `f` holds.
    pub(crate) fn take_while(&mut self, f: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !f(c)).unwrap_or(rest.len());
        self.pos += len;
        &rest[..len]
    }

    /// The word of letters, digits and `_` that begins here, without taking it.
    pub(crate) fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..len.unwrap_or(rest.len())]
    }

    /// Takes the word `keyword`, in any case, when it stands here alone.
    pub(crate) fn eat_keyword(&mut self, keyword: &str) -> bool {
        let found = self.peek_word().eq_ignore_ascii_case(keyword);
        if found {
            self.pos += keyword.len();
        }
        found
    }

    /// A quoted text that begins here, with `\` before a quote or a `\` taken away.
    ///
    /// Ends at the end of the text, with an error, when the closing quote is missing.
    pub(crate) fn quoted(&mut self) -> Option<String> {
        let quote = self.peek().filter(|c| matches!(c, '"' | '\''))?;
        let start = self.pos;
        self.bump();
        let mut out = String::new();
        while let Some(c) = self.bump() {
            if c == quote {
                return Some(out);
            }
            match self.peek() {
                Some(next) if c == '\\' && matches!(next, '"' | '\'' | '\\') => {
                    out.push(next);
                    self.bump();
                }
                _ => out.push(c),
            }
        }
        let span = Span::new(start, self.pos);
        self.error(span, format!("expected the closing quote {quote} before the end"));
        Some(out)
    }

    /// An unsigned decimal number that begins here: `12`, `0.5`, `.5`, `1e-3`.
    ///
    /// Yields 0, with an error, for a number over what a double holds.
    pub(crate) fn number(&mut self) -> Option<f64> {
        let start = self.pos;
        let bytes = self.rest().as_bytes();
        let digits = |mut i: usize| {
            while bytes.get(i).is_some_and(u8::is_ascii_digit) {
                i += 1;
            }
            i
        };
        let mut len = digits(0);
        if bytes.get(len) == Some(&b'.') && bytes.get(len + 1).is_some_and(u8::is_ascii_digit) {
            len = digits(len + 1);
        }
        if len == 0 {
            return None;
        }
        if matches!(bytes.get(len), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
            let end = digits(len + 1 + sign);
            if end > len + 1 + sign {
                len = end;
            }
        }
        self.pos += len;
        let value: f64 = self.text[start..self.pos].parse().ok()?;
        if value.is_finite() {
            return Some(value);
        }
        self.error(Span::new(start, self.pos), "this number is too large".to_owned());
        Some(0.0)
    }

    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::error(self.text, span, message));
    }

    pub(crate) fn warning(&mut self, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::warning(self.text, span, message));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Says that something else was expected here; once per place.
    pub(crate) fn expected(&mut self, what: &str) {
        if self.error_at == Some(self.pos) {
            return;
        }
        self.error_at = Some(self.pos);
        let (found, len) = match self.peek() {
            None => ("the end of the query".to_owned(), 0),
            Some(_) if !self.peek_word().is_empty() => {
                let word = self.peek_word();
                (format!("`{}`", shorten(word)), word.len())
            }
            Some(c) => (format!("`{}`", c.escape_debug()), c.len_utf8()),
        };
        self.error(Span::new(self.pos, self.pos + len), format!("expected {what}, found {found}"));
    }

    /// Takes `c`, or says that `what` was expected.
    pub(crate) fn expect(&mut self, c: char, what: &str) -> bool {
        self.skip_space();
        let found = self.eat(c);
        if !found {
            self.expected(what);
        }
        found
    }

    /// One level deeper; `false`, with an error, at [`DEPTH_MAX`]. Pair with [`Self::leave`].
    pub(crate) fn enter(&mut self) -> bool {
        if self.depth >= DEPTH_MAX {
            if self.error_at != Some(self.pos) {
                self.error_at = Some(self.pos);
                let message = format!("the query nests deeper than {DEPTH_MAX} levels");
                self.error(Span::new(self.pos, self.pos), message);
            }
            return false;
        }
        self.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
}

fn shorten(word: &str) -> &str {
    word.char_indices().nth(40).map_or(word, |(i, _)| &word[..i])
}
