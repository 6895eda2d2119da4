//! What a parser has to say about a text, and where.

use std::fmt;

use serde::Serialize;

/// A half-open range of bytes in the parsed text; both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same range counted in characters (Unicode scalar values), for editors and messages.
    ///
    /// Offsets past the end of `text` count as its end.
    pub fn in_chars(self, text: &str) -> Self {
        let count = |byte: usize| text.char_indices().take_while(|(i, _)| *i < byte).count();
        Self { start: count(self.start), end: count(self.end) }
    }

    /// The text under the span; empty when the span does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The query means something, perhaps not what its author wanted.
    Warning,
    /// The query must not run.
    Error,
}

/// One remark of a parser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    /// In bytes.
    pub span: Span,
    /// The same in characters, from 0.
    pub chars: Span,
    /// A sentence without a full stop: what is wrong, and what was expected.
    pub message: String,
}

impl Diagnostic {
    pub fn error(text: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, text, span, message.into())
    }

    pub fn warning(text: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, text, span, message.into())
    }

    fn new(severity: Severity, text: &str, span: Span, message: String) -> Self {
        Self { severity, span, chars: span.in_chars(text), message }
    }

    /// The first character concerned, counted from 1.
    pub fn column(&self) -> usize {
        self.chars.start + 1
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.message, self.column())
    }
}

/// All errors in one line, for an API answer; `None` when the query may run.
pub fn errors(diagnostics: &[Diagnostic]) -> Option<String> {
    let texts: Vec<String> =
        diagnostics.iter().filter(|d| d.is_error()).map(Diagnostic::to_string).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}
