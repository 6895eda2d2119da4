//! Whether one event in flight is what a search looks for.
//!
//! [`SearchMatcher::new`] compiles a [`Search`] once; `matches` runs per event. Absent fields fail
//! every test, so their negation holds.

use std::borrow::Cow;
use std::net::IpAddr;

use super::ast::*;
use crate::metrics::ast::Comparison;

/// One value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Text(&'a str),
    Number(f64),
    Bool(bool),
}

/// An event that can be searched. Each method calls `f` with what it finds until `f` answers
/// `true`, and says whether it did.
pub trait Fields {
    /// The texts that free words are looked for in.
    fn any_text(&self, f: &mut dyn FnMut(&str) -> bool) -> bool;

    /// Whole tags: `key:value` or bare.
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool;

    /// Values of a reserved attribute: `host`, `service`, `status`, … (as typed, any case).
    fn any_reserved(&self, name: &str, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool;

    /// Values at a path of attributes; the members of an array each.
    fn any_attribute(&self, path: &str, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool;

    /// Every value of every attribute.
    fn every_attribute(&self, f: &mut dyn FnMut(Value<'_>) -> bool) -> bool;
}

/// A compiled [`Search`].
#[derive(Clone, Debug)]
pub struct SearchMatcher {
    node: Node,
}

#[derive(Clone, Debug)]
enum Node {
    All,
    Text(TextTest),
    Field { field: Field, test: ValueTest },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

#[derive(Clone, Debug)]
enum TextTest {
    /// These words one after another, in lower case.
    Words(Vec<String>),
    /// A pattern for one word.
    Word(Glob),
    /// A pattern or text with characters that no word has: somewhere in the text.
    Anywhere(Glob),
}

#[derive(Clone, Debug)]
enum ValueTest {
    Exists,
    Equal { text: String, number: Option<f64>, folds: bool },
    Like(Glob),
    Compare(Comparison, Bound),
    Range(RangeEnd, RangeEnd),
    Cidr(Vec<CidrBlock>),
}

/// A pattern over characters.
#[derive(Clone, Debug)]
struct Glob {
    tokens: Vec<Token>,
    folds: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Any,
    One,
    Char(char),
}

impl SearchMatcher {
    pub fn new(search: &Search) -> Self {
        Self { node: compile(search) }
    }

    pub fn is_all(&self) -> bool {
        matches!(self.node, Node::All)
    }

    pub fn matches(&self, event: &dyn Fields) -> bool {
        self.node.matches(event)
    }
}

impl Search {
    /// Convenience for one use; compile a [`SearchMatcher`] to ask for many events.
    pub fn matches(&self, event: &dyn Fields) -> bool {
        SearchMatcher::new(self).matches(event)
    }
}

fn compile(search: &Search) -> Node {
    match search {
        Search::All | Search::Var(_) => Node::All,
        Search::Text(term) => Node::Text(compile_text(term)),
        Search::Field { field, test } => {
            let folds = field.kind != FieldKind::Attribute;
            Node::Field { field: field.clone(), test: compile_test(test, folds) }
        }
        Search::Not(inner) => Node::Not(Box::new(compile(inner))),
        Search::And(parts) => {
            let mut nodes: Vec<Node> =
                parts.iter().map(compile).filter(|n| !matches!(n, Node::All)).collect();
            match nodes.len() {
                0 => Node::All,
                1 => nodes.remove(0),
                _ => Node::And(nodes),
            }
        }
        Search::Or(parts) => Node::Or(parts.iter().map(compile).collect()),
    }
}

fn compile_text(term: &Term) -> TextTest {
    match term {
        Term::Word(text) | Term::Phrase(text) => {
            let found: Vec<String> = words(text).map(str::to_lowercase).collect();
            if found.is_empty() {
                let piece = Piece::Text(text.clone());
                return TextTest::Anywhere(Glob::new(&[Piece::Any, piece, Piece::Any], true));
            }
            TextTest::Words(found)
        }
        Term::Pattern(pieces) => {
            let is_word = pieces.iter().all(|piece| match piece {
                Piece::Text(text) => text.chars().all(is_word_char),
                Piece::Any | Piece::One => true,
            });
            if is_word {
                return TextTest::Word(Glob::new(pieces, true));
            }
            let mut open = pieces.clone();
            open.insert(0, Piece::Any);
            open.push(Piece::Any);
            TextTest::Anywhere(Glob::new(&open, true))
        }
    }
}

fn compile_test(test: &Test, folds: bool) -> ValueTest {
    match test {
        Test::Exists => ValueTest::Exists,
        Test::Term(Term::Word(text)) => {
            let number = text.parse().ok().filter(|n: &f64| n.is_finite());
            ValueTest::Equal { text: text.clone(), number, folds }
        }
        Test::Term(Term::Phrase(text)) => {
            let number = text.parse().ok().filter(|n: &f64| n.is_finite());
            ValueTest::Equal { text: text.clone(), number, folds }
        }
        Test::Term(Term::Pattern(pieces)) => ValueTest::Like(Glob::new(pieces, folds)),
        Test::Compare { op, bound } => ValueTest::Compare(*op, bound.clone()),
        Test::Range { low, high } => ValueTest::Range(low.clone(), high.clone()),
        Test::Cidr(blocks) => ValueTest::Cidr(blocks.clone()),
    }
}

impl Node {
    fn matches(&self, event: &dyn Fields) -> bool {
        match self {
            Self::All => true,
            Self::Text(test) => event.any_text(&mut |text| test.matches(text)),
            Self::Field { field, test } => field_matches(field, test, event),
            Self::Not(inner) => !inner.matches(event),
            Self::And(nodes) => nodes.iter().all(|n| n.matches(event)),
            Self::Or(nodes) => nodes.iter().any(|n| n.matches(event)),
        }
    }
}

fn field_matches(field: &Field, test: &ValueTest, event: &dyn Fields) -> bool {
    let mut on_value = |value: Value<'_>| test.matches(value);
    match field.kind {
        _ if field.is_tags() => event.any_tag(&mut |tag| on_value(Value::Text(tag))),
        FieldKind::Plain => {
            event.any_reserved(&field.name, &mut on_value)
                || event.any_tag(&mut |tag| match tag.split_once(':') {
                    Some((key, value)) => {
                        key.eq_ignore_ascii_case(&field.name) && test.matches(Value::Text(value))
                    }
                    None => false,
                })
        }
        FieldKind::Attribute | FieldKind::Calculated => {
            event.any_attribute(&field.name, &mut on_value)
        }
        FieldKind::Any => {
            event.every_attribute(&mut on_value)
                || event.any_tag(&mut |tag| {
                    let (_, value) = model::split_tag(tag);
                    test.matches(Value::Text(tag)) || test.matches(Value::Text(value))
                })
                || event.any_text(&mut |text| words(text).any(|w| test.matches(Value::Text(w))))
        }
    }
}

impl TextTest {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Words(wanted) => match wanted.as_slice() {
                [one] => words(text).any(|w| same_word(w, one)),
                many => {
                    let found: Vec<&str> = words(text).collect();
                    found
                        .windows(many.len())
                        .any(|run| run.iter().zip(many).all(|(w, one)| same_word(w, one)))
                }
            },
            Self::Word(glob) => words(text).any(|w| glob.matches(w)),
            Self::Anywhere(glob) => glob.matches(text),
        }
    }
}

impl ValueTest {
    fn matches(&self, value: Value<'_>) -> bool {
        match self {
            Self::Exists => true,
            Self::Equal { text, number, folds } => match value {
                Value::Text(v) => *text == v || (*folds && text.eq_ignore_ascii_case(v)),
                Value::Number(v) => *number == Some(v),
                Value::Bool(v) => text.eq_ignore_ascii_case(if v { "true" } else { "false" }),
            },
            Self::Like(glob) => glob.matches(&value.text()),
            Self::Compare(op, bound) => compare(value, bound).is_some_and(|o| op_holds(*op, o)),
            Self::Range(low, high) => {
                let above = |inclusive| if inclusive { Comparison::Ge } else { Comparison::Gt };
                let below = |inclusive| if inclusive { Comparison::Le } else { Comparison::Lt };
                in_bound(value, low, above(low.is_inclusive))
                    && in_bound(value, high, below(high.is_inclusive))
            }
            Self::Cidr(blocks) => match value {
                Value::Text(text) => text
                    .parse::<IpAddr>()
                    .is_ok_and(|address| blocks.iter().any(|b| b.contains(address))),
                Value::Number(_) | Value::Bool(_) => false,
            },
        }
    }
}

impl<'a> Value<'a> {
    fn text(self) -> Cow<'a, str> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Number(n) => Cow::Owned(n.to_string()),
            Value::Bool(b) => Cow::Borrowed(if b { "true" } else { "false" }),
        }
    }
}

fn in_bound(value: Value<'_>, end: &RangeEnd, op: Comparison) -> bool {
    match &end.bound {
        None => true,
        Some(bound) => compare(value, bound).is_some_and(|o| op_holds(op, o)),
    }
}

/// Numbers by value, texts by their characters; a text that is no number has no order against one.
fn compare(value: Value<'_>, bound: &Bound) -> Option<std::cmp::Ordering> {
    match (value, bound) {
        (Value::Number(v), Bound::Number(b)) => v.partial_cmp(b),
        (Value::Text(v), Bound::Number(b)) => v.trim().parse::<f64>().ok()?.partial_cmp(b),
        (Value::Text(v), Bound::Text(b)) => Some(v.cmp(b.as_str())),
        _ => None,
    }
}

fn op_holds(op: Comparison, order: std::cmp::Ordering) -> bool {
    match op {
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What free text is cut into.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word_char(c)).filter(|w| !w.is_empty())
}

/// `lower` is in lower case already.
fn same_word(word: &str, lower: &str) -> bool {
    if word.is_ascii() {
        return word.eq_ignore_ascii_case(lower);
    }
    word.chars().flat_map(char::to_lowercase).eq(lower.chars())
}

impl Glob {
    fn new(pieces: &[Piece], folds: bool) -> Self {
        let mut tokens = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Any if tokens.last() == Some(&Token::Any) => {}
                Piece::Any => tokens.push(Token::Any),
                Piece::One => tokens.push(Token::One),
                Piece::Text(text) if folds => {
                    tokens.extend(text.chars().flat_map(char::to_lowercase).map(Token::Char));
                }
                Piece::Text(text) => tokens.extend(text.chars().map(Token::Char)),
            }
        }
        Self { tokens, folds }
    }

    /// The usual walk with one point of return, the last `*`: pattern × text steps at most.
    fn matches(&self, text: &str) -> bool {
        let mut at = 0;
        let mut rest = text.chars();
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let before = rest.clone();
            let next = rest.next();
            match (self.tokens.get(at), next) {
                (Some(Token::Any), _) => {
                    at += 1;
                    retry = Some((at, before.clone()));
                    rest = before;
                }
                (Some(Token::One), Some(_)) => at += 1,
                (Some(Token::Char(a)), Some(b)) if self.same(*a, b) => at += 1,
                (None, None) => return true,
                _ => {
                    let Some((after_star, from)) = &mut retry else {
                        return false;
                    };
                    if from.next().is_none() {
                        return false;
                    }
                    at = *after_star;
                    rest = from.clone();
                }
            }
        }
    }

    fn same(&self, a: char, b: char) -> bool {
        a == b || (self.folds && b.to_lowercase().eq([a]))
    }
}
