//! Searching events: `source:github env:prod -status:error "disk full"`.
//!
//! Words and phrases look into title and text; `key:value` into the event's own fields and its tags;
//! `@path:value` into its attributes. Conditions side by side must all hold; `AND`, `OR`, `NOT`, `-`
//! and parentheses combine them; `*` and `?` stand for any characters.
//! Source: docs.datadoghq.com "Events explorer search syntax".

use lang::Wildcard;
use model::Event;
use serde_json::Value;

use crate::error::{Error, Result};

/// How deep parentheses may nest.
const DEPTH_MAX: usize = 32;

/// A parsed search.
#[derive(Debug)]
pub(crate) enum Search {
    All,
    /// Lower-cased text in title or message.
    Text(String),
    Field {
        key: String,
        value: Wildcard,
    },
    Attribute {
        path: Vec<String>,
        value: Wildcard,
    },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Minus,
    /// A word or `key:value`; the flag says that the value was quoted.
    Word(String, bool),
}

impl Search {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let search = parser.any()?;
        match parser.at == tokens.len() {
            true => Ok(search),
            false => Err(Error::bad_request("the query has a closing parenthesis too many")),
        }
    }

    pub(crate) fn matches(&self, event: &Event) -> bool {
        match self {
            Self::All => true,
            Self::Text(text) => {
                let holds = |field: &str| field.to_lowercase().contains(text);
                holds(&event.title) || holds(&event.text) || event.tags.iter().any(holds)
            }
            Self::Field { key, value } => field(event, key, value),
            Self::Attribute { path, value } => attribute(event, path, value),
            Self::Not(inner) => !inner.matches(event),
            Self::And(all) => all.iter().all(|inner| inner.matches(event)),
            Self::Or(any) => any.iter().any(|inner| inner.matches(event)),
        }
    }
}

fn field(event: &Event, key: &str, value: &Wildcard) -> bool {
    let own = match key {
        "host" => Some(&*event.host),
        "source" | "sources" => Some(&*event.source),
        "priority" => Some(event.priority.name()),
        "status" | "alert_type" => Some(event.alert_type.name()),
        "title" => Some(&*event.title),
        "message" | "text" => Some(&*event.text),
        "aggregation_key" => Some(&*event.aggregation_key),
        "category" => Some(&*event.category),
        _ => None,
    };
    own.is_some_and(|own| value.matches(own))
        || event.tags.iter().any(|tag| {
            let (tag_key, tag_value) = model::split_tag(tag);
            match key {
                // `tags:env:prod` and `tags:production` mean the tag itself.
                "tags" => value.matches(tag),
                _ => tag_key == key && value.matches(tag_value),
            }
        })
}

fn attribute(event: &Event, path: &[String], value: &Wildcard) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path[..] {
        ["title"] => return value.matches(&event.title),
        ["aggregation_key"] => return value.matches(&event.aggregation_key),
        ["hostname"] => return value.matches(&event.host),
        ["status"] => return value.matches(event.alert_type.name()),
        ["priority"] => return value.matches(event.priority.name()),
        ["evt", "id"] => return value.matches(&event.id.to_string()),
        ["evt", "type"] => return value.matches(&event.event_type),
        ["evt", "category"] => return value.matches(&event.category),
        _ => {}
    }
    let attributes: Value = serde_json::from_str(&event.attributes).unwrap_or_default();
    let mut at = &attributes;
    for name in path {
        at = &at[name];
    }
    match at {
        Value::Null => false,
        Value::String(text) => value.matches(text),
        Value::Array(items) => items.iter().any(|item| match item {
            Value::String(text) => value.matches(text),
            other => value.matches(&other.to_string()),
        }),
        other => value.matches(&other.to_string()),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        match c {
            c if c.is_whitespace() => {
                chars.next();
            }
            '(' => {
                chars.next();
                tokens.push(Token::Open);
            }
            ')' => {
                chars.next();
                tokens.push(Token::Close);
            }
            '-' | '!' => {
                chars.next();
                tokens.push(Token::Minus);
            }
            _ => tokens.push(word(&mut chars)?),
        }
    }
    Ok(tokens)
}

fn word(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Token> {
    let (mut text, mut quoted) = (String::new(), false);
    while let Some(&c) = chars.peek() {
        match c {
            c if c.is_whitespace() || c == '(' || c == ')' => break,
            '"' => {
                chars.next();
                quoted = true;
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => text.extend(chars.next()),
                        Some(c) => text.push(c),
                        None => {
                            return Err(Error::bad_request("the query has a quote without an end"));
                        }
                    }
                }
            }
            '\\' => {
                chars.next();
                text.extend(chars.next());
            }
            c => {
                chars.next();
                text.push(c);
            }
        }
    }
    Ok(Token::Word(text, quoted))
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn next_is(&self, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(word, false)) if word == keyword)
    }

    fn any(&mut self) -> Result<Search> {
        let mut parts = vec![self.all()?];
        while self.next_is("OR") {
            self.at += 1;
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Search::Or(parts) })
    }

    fn all(&mut self) -> Result<Search> {
        let mut parts = Vec::new();
        loop {
            if self.next_is("AND") {
                self.at += 1;
            }
            match self.tokens.get(self.at) {
                None | Some(Token::Close) => break,
                Some(_) if self.next_is("OR") => break,
                Some(_) => parts.push(self.one()?),
            }
        }
        Ok(match parts.len() {
            0 => Search::All,
            1 => parts.remove(0),
            _ => Search::And(parts),
        })
    }

    fn one(&mut self) -> Result<Search> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Error::bad_request(format!("the query nests deeper than {DEPTH_MAX}")));
        }
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        let search = match token {
            Some(Token::Open) => {
                let inner = self.any()?;
                if self.tokens.get(self.at) != Some(&Token::Close) {
                    let message = "the query lacks a closing parenthesis";
                    return Err(Error::bad_request(message));
                }
                self.at += 1;
                inner
            }
            Some(Token::Minus) => Search::Not(Box::new(self.one()?)),
            Some(Token::Word(word, false)) if word == "NOT" => Search::Not(Box::new(self.one()?)),
            Some(Token::Word(word, quoted)) => condition(&word, quoted),
            Some(Token::Close) | None => {
                return Err(Error::bad_request("the query ends where a condition is expected"));
            }
        };
        self.depth -= 1;
        Ok(search)
    }
}

fn condition(word: &str, quoted: bool) -> Search {
    if word == "*" && !quoted {
        return Search::All;
    }
    match word.split_once(':') {
        Some((key, value)) if !key.is_empty() && !key.contains(' ') => {
            let value = Wildcard::new(value);
            match key.strip_prefix('@') {
                Some(path) => {
                    let path = path.split('.').map(str::to_owned).collect();
                    Search::Attribute { path, value }
                }
                None => Search::Field { key: key.to_lowercase(), value },
            }
        }
        _ => {
            let text = word.to_lowercase();
            Search::Text(if quoted { text } else { text.trim_matches('*').to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AlertType, TagSet};

    fn check(query: &str, expect: bool) {
        let event = Event {
            id: 7,
            title: "Deploy of web".into(),
            text: "Disk full on node-3".into(),
            host: "node-3".into(),
            tags: TagSet::new(["env:prod", "team:core", "canary"]),
            alert_type: AlertType::Error,
            source: "github".into(),
            attributes: r#"{"author":{"name":"ann"},"n":3,"list":["x","y"]}"#.into(),
            ..Event::default()
        };
        let search = Search::parse(query).unwrap();
        assert_eq!(search.matches(&event), expect, "{query}: {search:?}");
    }

    #[test]
    fn conditions() {
        for query in [
            "",
            "*",
            "deploy",
            "\"disk full\"",
            "env:prod",
            "env:p*",
            "team:core host:node-?",
            "source:github",
            "status:error",
            "tags:canary",
            "tags:env:prod",
            "canary",
            "@author.name:ann",
            "@n:3",
            "@list:y",
            "@evt.id:7",
            "@title:Deploy*",
            "-env:dev",
            "NOT env:dev",
            "env:dev OR env:prod",
            "env:dev OR (deploy AND -foo)",
            "(env:prod)",
            "env:prod AND status:error",
            "!(env:dev)",
            "host:\"node-3\"",
        ] {
            check(query, true);
        }
        for query in [
            "rollback",
            "\"full disk\"",
            "env:dev",
            "-deploy",
            "source:github status:info",
            "@author.name:bob",
            "@gone:*",
            "env:dev OR env:test",
            "NOT (env:prod OR env:dev)",
        ] {
            check(query, false);
        }
    }

    #[test]
    fn what_does_not_parse_is_refused() {
        for query in ["(", "(a", "a)", "\"a", "NOT", "-", &"(".repeat(1000)] {
            assert!(Search::parse(query).is_err(), "{query}");
        }
    }
}
