//! The tree of a search.
//!
//! A group after a field is spread over its members, so `service:(web OR api)` is the tree of
//! `service:web OR service:api`.

use std::net::IpAddr;
use std::sync::Arc;

use crate::metrics::TemplateValue;
use crate::metrics::ast::{Comparison, TemplateVar, VarPart};

/// A search, or a part of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Search {
    /// `*`, and the empty search.
    #[default]
    All,
    /// Free text, in the event's message (for events: title and text), without case.
    Text(Term),
    Field {
        field: Field,
        test: Test,
    },
    /// `$env`, to be replaced before the search runs; unreplaced it matches all.
    Var(TemplateVar),
    Not(Box<Self>),
    /// At least two.
    And(Vec<Self>),
    /// At least two.
    Or(Vec<Self>),
}

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    pub kind: FieldKind,
    /// Without the `@` or `#`; empty for [`FieldKind::Any`].
    pub name: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// `service`, `env`: a reserved attribute or a tag key; values are compared without ASCII case.
    /// `tags` and `tag` mean whole tags.
    Plain,
    /// `@http.status_code`: a path into the event's attributes; compared with case.
    Attribute,
    /// `#duration`: a calculated field.
    Calculated,
    /// `*:word`: any field and the message, without case.
    Any,
}

/// What must hold of one of the field's values.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// `key:*`: there is a value.
    Exists,
    Term(Term),
    /// `:>=5`; numbers by value, other bounds as texts.
    Compare {
        op: Comparison,
        bound: Bound,
    },
    /// `:[400 TO 499]`, `:{0 TO *}`.
    Range {
        low: RangeEnd,
        high: RangeEnd,
    },
    /// `CIDR(@ip, 10.0.0.0/8, …)`: the value is an address in one of the blocks.
    Cidr(Vec<CidrBlock>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Without quotes and without wildcards.
    Word(String),
    /// In double quotes: in free text its words in this order; elsewhere the exact value.
    Phrase(String),
    /// With at least one wildcard.
    Pattern(Vec<Piece>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// `*`
    Any,
    /// `?`
    One,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    Number(f64),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct RangeEnd {
    /// `None` is `*`: no bound.
    pub bound: Option<Bound>,
    pub is_inclusive: bool,
}

/// `10.0.0.0/8`; an address alone is a block of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CidrBlock {
    pub address: IpAddr,
    /// At most 32 for IPv4, 128 for IPv6.
    pub prefix_bits: u8,
}

impl Field {
    /// From the text before the colon, with its `@` or `#`.
    pub fn from_text(text: &str) -> Self {
        let (kind, name) = match text.as_bytes().first() {
            Some(b'@') => (FieldKind::Attribute, &text[1..]),
            Some(b'#') => (FieldKind::Calculated, &text[1..]),
            Some(b'*') if text == "*" => (FieldKind::Any, ""),
            _ => (FieldKind::Plain, text),
        };
        Self { kind, name: name.into() }
    }

    /// `tags` or `tag`: the test is about whole tags.
    pub fn is_tags(&self) -> bool {
        self.kind == FieldKind::Plain && matches!(&*self.name, "tags" | "tag")
    }
}

impl CidrBlock {
    pub fn from_text(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.trim().parse().ok().filter(|b| *b <= bits_max)?,
            None => bits_max,
        };
        Some(Self { address, prefix_bits })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, bits_max) = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (u128::from(a.to_bits()), u128::from(b.to_bits()), 32)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
            _ => return false,
        };
        let differ = own ^ other;
        let host_bits: u32 = bits_max - u32::from(self.prefix_bits).min(bits_max);
        differ.checked_shr(host_bits).unwrap_or(0) == 0
    }
}

impl Search {
    /// Puts the values of template variables in place. Returns the names that `lookup` did not
    /// know, each once; those are left, and match everything.
    pub fn substitute(&mut self, lookup: &dyn Fn(&str) -> Option<TemplateValue>) -> Vec<String> {
        let mut unknown = Vec::new();
        self.substitute_in(lookup, &mut unknown);
        unknown
    }

    fn substitute_in(
        &mut self,
        lookup: &dyn Fn(&str) -> Option<TemplateValue>,
        unknown: &mut Vec<String>,
    ) {
        let mut find = |name: &str| {
            let found = lookup(name);
            if found.is_none() && !unknown.iter().any(|n| n == name) {
                unknown.push(name.to_owned());
            }
            found
        };
        match self {
            Self::Var(var) => {
                if let Some(value) = find(&var.name) {
                    *self = from_value(&value, var.part);
                }
            }
            Self::Field { field, test: Test::Term(Term::Word(word)) } => {
                let Some(var) = word.strip_prefix('$').filter(|v| !v.is_empty()) else {
                    return;
                };
                let var = crate::metrics::template_var(var);
                if let Some(value) = find(&var.name) {
                    *self = any_of(field, &value.values);
                }
            }
            Self::All | Self::Text(_) | Self::Field { .. } => {}
            Self::Not(inner) => inner.substitute_in(lookup, unknown),
            Self::And(parts) | Self::Or(parts) => {
                parts.iter_mut().for_each(|p| p.substitute_in(lookup, unknown));
            }
        }
    }
}

fn from_value(value: &TemplateValue, part: VarPart) -> Search {
    let is_open = value.values.is_empty() || value.values.iter().any(|v| v == "*");
    match (&value.key, part) {
        _ if is_open => Search::All,
        (Some(key), VarPart::Tag) => any_of(&Field::from_text(key), &value.values),
        (Some(key), VarPart::Key) => {
            Search::Field { field: Field::from_text(key), test: Test::Exists }
        }
        _ => or(value.values.iter().map(|v| match v.split_once(':') {
            Some((key, v)) => field_is(&Field::from_text(key), v),
            None => Search::Text(Term::Word(v.clone())),
        })),
    }
}

fn any_of(field: &Field, values: &[String]) -> Search {
    if values.is_empty() {
        return Search::Field { field: field.clone(), test: Test::Exists };
    }
    or(values.iter().map(|value| field_is(field, value)))
}

/// `*` and `?` in a chosen value are wildcards, as in a typed one.
fn field_is(field: &Field, value: &str) -> Search {
    let test = super::parse::test_of_value(value);
    Search::Field { field: field.clone(), test }
}

fn or(parts: impl Iterator<Item = Search>) -> Search {
    let mut parts: Vec<Search> = parts.collect();
    match parts.len() {
        1 => parts.remove(0),
        _ => Search::Or(parts),
    }
}
