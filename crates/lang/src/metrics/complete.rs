//! What may stand at the caret.
//!
//! The text before the caret is scanned once with a stack of open brackets; what lies after the
//! caret only lengthens the word to be replaced. Broken text is the normal case here, so this does
//! not use the parser.

use serde::Serialize;

use super::parse::scope::ends_word;
use crate::Span;

/// What an editor should offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Completion {
    pub kind: CompletionKind,
    /// The word as far as it stands before the caret; offers should begin with it or contain it.
    pub partial: String,
    /// The word around the caret in bytes; what is chosen takes its place.
    pub replace: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A function, an aggregator or a metric.
    Expression,
    /// A metric, after `agg:`.
    Metric,
    /// A tag key (or a bare tag, a variable) in the scope of the metric.
    ScopeKey { metric: String },
    /// A value of the key.
    ScopeValue { metric: String, key: String },
    /// A tag key after `by`.
    GroupKey { metric: String },
    /// A modifier's name, after `.`.
    Modifier,
    /// An argument of a modifier, counted from 0.
    ModifierArg { modifier: String, index: usize },
    /// An argument of a function other than its first, counted from 0.
    FunctionArg { function: String, index: usize },
    /// Nothing to offer: inside a number, after a finished query.
    Nothing,
}

#[derive(Debug)]
enum Open {
    /// `(` of a call, with the function's name and the commas so far.
    Call(String, usize),
    /// `(` of a modifier.
    Modifier(String, usize),
    /// `(` of a sum.
    Group,
    /// `{` of a scope.
    Scope,
    /// `{` of `by`.
    By,
    /// `(` in a scope; with the key when `IN` stands before it.
    ScopeGroup(Option<String>),
}

/// `caret` is in bytes; past the end it means the end.
pub fn complete(text: &str, caret: usize) -> Completion {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let mut scan = Scan { text: &text[..caret], ..Scan::default() };
    scan.run();
    let kind = scan.kind();
    let in_scope = matches!(
        kind,
        CompletionKind::ScopeKey { .. }
            | CompletionKind::ScopeValue { .. }
            | CompletionKind::GroupKey { .. }
    );
    let is_key = matches!(kind, CompletionKind::ScopeKey { .. });
    let in_word = |c: char| match in_scope {
        true => !(ends_word(c) || is_key && c == ':'),
        false => c.is_ascii_alphanumeric() || c == '_' || c == '.',
    };
    let len = text[caret..].find(|c| !in_word(c)).unwrap_or(text.len() - caret);
    Completion {
        kind,
        partial: text[scan.word..caret].to_owned(),
        replace: Span::new(scan.word, caret + len),
    }
}

#[derive(Debug, Default)]
struct Scan<'a> {
    text: &'a str,
    open: Vec<Open>,
    /// Where the word under the caret begins.
    word: usize,
    /// The last finished word, and where it began.
    last: &'a str,
    metric: &'a str,
    /// In a scope: the key whose value is being written.
    key: Option<&'a str>,
    after_agg: bool,
    after_dot: bool,
    /// A query or number has ended and only an operator may follow.
    is_done: bool,
}

impl<'a> Scan<'a> {
    fn run(&mut self) {
        let text = self.text;
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            if matches!(c, '"' | '\'') {
                // A quoted text is one word; the caret may be inside it.
                self.word = at + 1;
                let mut escaped = false;
                let end = chars.by_ref().find(|(_, inner)| {
                    let is_end = *inner == c && !escaped;
                    escaped = *inner == '\\' && !escaped;
                    is_end
                });
                if let Some((end, _)) = end {
                    self.last = &text[at + 1..end];
                    self.word = end + 1;
                }
                continue;
            }
            match self.open.last() {
                Some(Open::Scope | Open::ScopeGroup(_) | Open::By) => self.scope_char(at, c),
                Some(Open::Modifier(..)) => self.modifier_char(at, c),
                _ => self.expr_char(at, c),
            }
        }
    }

    fn current(&self, at: usize) -> &'a str {
        self.text.get(self.word..at).unwrap_or("")
    }

    /// Ends the word before `at` and begins the next after the character there.
    fn end_word(&mut self, at: usize, c: char) {
        let word = self.current(at);
        if !word.is_empty() {
            self.last = word;
        }
        self.word = at + c.len_utf8();
    }

    fn expr_char(&mut self, at: usize, c: char) {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => return,
            '.' if !self.current(at).is_empty() && !self.after_dot => return,
            _ => {}
        }
        let word = self.current(at);
        self.end_word(at, c);
        match c {
            '.' => {
                self.after_dot = true;
                self.is_done = false;
            }
            ':' => self.after_agg = true,
            '{' => self.open_brace(word),
            '(' => self.open_paren(word),
            ')' => {
                self.open.pop();
                self.is_done = true;
            }
            ',' => {
                if let Some(Open::Call(_, index)) = self.open.last_mut() {
                    *index += 1;
                }
                self.fresh();
            }
            '+' | '-' | '*' | '/' => self.fresh(),
            _ if c.is_whitespace() => self.is_done |= !word.is_empty() && !self.after_agg,
            _ => {}
        }
    }

    /// An operator or comma: anything may follow.
    fn fresh(&mut self) {
        self.after_agg = false;
        self.after_dot = false;
        self.is_done = false;
    }

    fn open_brace(&mut self, word: &'a str) {
        let name = if word.is_empty() { self.last } else { word };
        if name.eq_ignore_ascii_case("by") && self.is_done {
            self.open.push(Open::By);
        } else {
            self.metric = name;
            self.open.push(Open::Scope);
        }
        self.fresh();
        self.key = None;
    }

    fn open_paren(&mut self, word: &'a str) {
        let name = word.to_owned();
        let (after_dot, stem) = (self.after_dot, word.rsplit_once('.'));
        self.fresh();
        self.open.push(match (after_dot, stem) {
            (true, _) => Open::Modifier(name, 0),
            (false, Some((_, modifier))) => Open::Modifier(modifier.to_owned(), 0),
            (false, None) if word.is_empty() => Open::Group,
            (false, None) => Open::Call(name, 0),
        });
    }

    fn modifier_char(&mut self, at: usize, c: char) {
        match c {
            ')' => {
                self.open.pop();
                self.end_word(at, c);
                self.is_done = true;
                self.after_dot = false;
            }
            ',' => {
                if let Some(Open::Modifier(_, index)) = self.open.last_mut() {
                    *index += 1;
                }
                self.end_word(at, c);
            }
            _ if c.is_whitespace() => self.end_word(at, c),
            _ => {}
        }
    }

    fn scope_char(&mut self, at: usize, c: char) {
        let word = self.current(at);
        match c {
            ':' if self.key.is_none()
                && !matches!(self.open.last(), Some(Open::ScopeGroup(Some(_)))) =>
            {
                self.key = Some(word);
                self.word = at + 1;
            }
            '!' if word.is_empty() => self.word = at + 1,
            '}' => {
                while !matches!(self.open.pop(), Some(Open::Scope | Open::By) | None) {}
                self.end_word(at, c);
                self.key = None;
                self.is_done = true;
            }
            '(' => {
                let before = self.text[..at].trim_end();
                let key = in_key(before);
                self.open.push(Open::ScopeGroup(key.map(str::to_owned)));
                self.end_word(at, c);
                self.key = None;
            }
            ')' => {
                if matches!(self.open.last(), Some(Open::ScopeGroup(_))) {
                    self.open.pop();
                }
                self.end_word(at, c);
                self.key = None;
            }
            _ if ends_word(c) => {
                self.end_word(at, c);
                self.key = None;
            }
            _ => {}
        }
    }

    fn kind(&self) -> CompletionKind {
        let metric = || self.metric.to_owned();
        match (self.open.last(), self.key) {
            (Some(Open::Scope | Open::ScopeGroup(_)), Some(key)) => {
                CompletionKind::ScopeValue { metric: metric(), key: key.to_owned() }
            }
            (Some(Open::ScopeGroup(Some(key))), None) => {
                CompletionKind::ScopeValue { metric: metric(), key: key.clone() }
            }
            (Some(Open::Scope | Open::ScopeGroup(None)), None) => {
                CompletionKind::ScopeKey { metric: metric() }
            }
            (Some(Open::By), _) => CompletionKind::GroupKey { metric: metric() },
            (Some(Open::Modifier(name, index)), _) => {
                CompletionKind::ModifierArg { modifier: name.clone(), index: *index }
            }
            _ if self.after_dot => CompletionKind::Modifier,
            _ if self.after_agg => CompletionKind::Metric,
            _ if self.is_done => CompletionKind::Nothing,
            _ if self.current(self.text.len()).starts_with(|c: char| c.is_ascii_digit()) => {
                CompletionKind::Nothing
            }
            (Some(Open::Call(function, index)), _) if *index > 0 => {
                CompletionKind::FunctionArg { function: function.clone(), index: *index }
            }
            _ => CompletionKind::Expression,
        }
    }
}

/// The key in `… key IN` or `… key NOT IN` at the end of the text.
fn in_key(before: &str) -> Option<&str> {
    let mut words = before.rsplit(|c: char| ends_word(c)).filter(|w| !w.is_empty());
    if !words.next()?.eq_ignore_ascii_case("in") {
        return None;
    }
    words.find(|w| !w.eq_ignore_ascii_case("not"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use CompletionKind as K;

    /// `|` in the text is the caret; `replaced` is the word around it.
    #[track_caller]
    fn check(text: &str, kind: CompletionKind, partial: &str, replaced: &str) {
        let caret = text.find('|').expect("BUG: the test text has a caret");
        let text = text.replace('|', "");
        let found = complete(&text, caret);
        assert_eq!((&found.kind, found.partial.as_str()), (&kind, partial), "{text}");
        assert_eq!(found.replace.of(&text), replaced, "{text}");
    }

    fn m() -> String {
        "m.x".to_owned()
    }

    #[test]
    fn expressions() {
        check("|", K::Expression, "", "");
        check("av|", K::Expression, "av", "av");
        check("system.lo|ad", K::Expression, "system.lo", "system.load");
        check("avg:|", K::Metric, "", "");
        check("avg:system.|cpu{*}", K::Metric, "system.", "system.cpu");
        check("sum:a{*} / |", K::Expression, "", "");
        check("sum:a{*} / p95:b|", K::Metric, "b", "b");
        check("abs(|", K::Expression, "", "");
        check("top(avg:m.x{*}, 1|", K::Nothing, "1", "1");
        let arg = K::FunctionArg { function: "top".to_owned(), index: 2 };
        check("top(avg:m.x{*}, 10, 'me|'", arg.clone(), "me", "me");
        check("top(avg:m.x{*}, 10, |", arg, "", "");
        check("avg:m.x{*} |", K::Nothing, "", "");
        check("1|", K::Nothing, "1", "1");
        check("avg:a{*}, |", K::Expression, "", "");
    }

    #[test]
    fn scopes() {
        let key = || K::ScopeKey { metric: m() };
        let value = |key: &str| K::ScopeValue { metric: m(), key: key.to_owned() };
        check("avg:m.x{|", key(), "", "");
        check("avg:m.x{en|v:prod}", key(), "en", "env");
        check("avg:m.x{!en|}", key(), "en", "en");
        check("avg:m.x{env:|}", value("env"), "", "");
        check("avg:m.x{env:pr|od,x:y}", value("env"), "pr", "prod");
        check("avg:m.x{url:http://|a}", value("url"), "http://", "http://a");
        check("avg:m.x{env:prod,|", key(), "", "");
        check("avg:m.x{env:prod AND (a|", key(), "a", "a");
        check("avg:m.x{env IN (a,b|", value("env"), "b", "b");
        check("avg:m.x{a:b AND env NOT IN (|", value("env"), "", "");
        check("avg:m.x{env IN (a) AND h|", key(), "h", "h");
        check("avg:m.x{env:\"a b|\"}", value("env"), "a b", "a b");
        check("avg:m.x{*} by {|", K::GroupKey { metric: m() }, "", "");
        check("avg:m.x{*} by {host,a|z}", K::GroupKey { metric: m() }, "a", "az");
        check("avg:a{*} + avg:m.x{$|", key(), "$", "$");
    }

    #[test]
    fn modifiers() {
        let arg = |index| K::ModifierArg { modifier: "rollup".to_owned(), index };
        check("avg:m.x{*}.|", K::Modifier, "", "");
        check("avg:m.x{*}.ro|", K::Modifier, "ro", "ro");
        check("avg:m.x{*} by {a}.as_count().f|", K::Modifier, "f", "f");
        check("avg:m.x{*}.rollup(|", arg(0), "", "");
        check("avg:m.x{*}.rollup(su|", arg(0), "su", "su");
        check("avg:m.x{*}.rollup(sum, |60)", arg(1), "", "60");
        check("avg:m.x{*}.rollup(sum, 60)|", K::Nothing, "", "");
    }
}
