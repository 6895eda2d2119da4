//! YAML with the line of every key and value, for messages that name the place.
//!
//! Scalars stay as they are written: a setting decides by its own type how to read `8125`, `yes` or
//! `"8125"`, as the Agent's configuration library does. Anchors and `<<` are resolved; depth and
//! number of nodes are bounded, so that no file unfolds without end.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value as Json;

/// Nesting that a file may have; the Agent's own goes to six.
const DEPTH_MAX: usize = 64;
/// Nodes of one document, aliases unfolded.
const NODES_MAX: usize = 200_000;

/// A value and the 1-based line on which it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub line: usize,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `plain` says that it is written without quotes, so it may be a number, a boolean or null.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    /// 1-based.
    pub line: usize,
    pub node: Node,
}

/// What is wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct YamlError {
    pub line: usize,
    pub message: String,
}

impl Node {
    pub fn scalar(text: &str, plain: bool) -> Self {
        Self { line: 0, value: Value::Scalar { text: text.to_owned(), plain } }
    }

    /// The value below a key of a map.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar, however it is written; `None` for null, lists and maps.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What a person would call it, for messages: `a list`, `"abc"`.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
            Value::Scalar { .. } if self.is_null() => "nothing".to_owned(),
            Value::Scalar { text, .. } => {
                format!("{:?}", text.chars().take(60).collect::<String>())
            }
        }
    }

    /// The value as JSON: plain numbers and booleans get their type, everything else is text.
    pub fn to_json(&self) -> Json {
        match &self.value {
            Value::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|e| (e.key.clone(), e.node.to_json())).collect())
            }
            Value::Scalar { .. } if self.is_null() => Json::Null,
            Value::Scalar { text, plain: true } => plain_json(text),
            Value::Scalar { text, .. } => Json::String(text.clone()),
        }
    }
}

fn plain_json(text: &str) -> Json {
    if let Some(flag) = bool_of(text) {
        return Json::Bool(flag);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Json::from(number);
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
    match text.parse::<f64>() {
        Ok(number) if is_number && number.is_finite() => Json::from(number),
        _ => Json::String(text.to_owned()),
    }
}

/// The booleans of YAML 1.1, which the Agent's library follows.
pub fn bool_of(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Reads the first document of `text`. An empty one is an empty map.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let mut builder = Builder::default();
    let mut last_line = 1;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(e) => return Err(explain(text, e.marker().line(), e.info())),
        };
        last_line = span.start.line().max(1);
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        builder
            .event(event, last_line)
            .map_err(|message| YamlError { line: last_line, message })?;
    }
    match builder.root {
        Some(root) if !root.is_null() => Ok(root),
        _ => Ok(Node { line: last_line, value: Value::Map(Vec::new()) }),
    }
}

/// A tab is the mistake that people make most and that parsers explain worst.
fn explain(text: &str, line: usize, info: &str) -> YamlError {
    let tab = text.lines().enumerate().map(|(i, text)| (i + 1, text)).find(|(number, text)| {
        let indent = &text[..text.len() - text.trim_start().len()];
        indent.contains('\t') && number.abs_diff(line) <= 1
    });
    match tab {
        Some((line, _)) => YamlError {
            line,
            message: "a tab in the indentation: YAML allows only spaces there".to_owned(),
        },
        None => YamlError { line, message: info.to_owned() },
    }
}

#[derive(Debug, Default)]
struct Builder {
    root: Option<Node>,
    stack: Vec<Open>,
    anchors: HashMap<usize, Node>,
    n_nodes: usize,
}

/// A list or map whose end has not come yet.
#[derive(Debug)]
struct Open {
    node: Node,
    /// The key that waits for its value, in a map.
    key: Option<(String, usize)>,
    anchor: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = Value::Scalar { text: text.into_owned(), plain };
                self.place(Node { line, value }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(line, Value::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.open(line, Value::Map(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(open) => self.place(open.node, open.anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err("an alias (*) without its anchor (&)".to_owned());
                };
                self.n_nodes += count(node);
                if self.n_nodes > NODES_MAX {
                    return Err(format!("more than {NODES_MAX} values"));
                }
                let node = node.clone();
                self.place(node, 0)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, line: usize, value: Value, anchor: usize) -> Result<(), String> {
        if self.stack.len() == DEPTH_MAX {
            return Err(format!("nested deeper than {DEPTH_MAX}"));
        }
        self.stack.push(Open { node: Node { line, value }, key: None, anchor });
        Ok(())
    }

    fn place(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.n_nodes += 1;
        if self.n_nodes > NODES_MAX {
            return Err(format!("more than {NODES_MAX} values"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some((key, line))) => add(entries, Entry { key, line, node }),
            (Value::Map(_), None) => match node.value {
                Value::Scalar { text, .. } => open.key = Some((text, node.line)),
                _ => return Err("a key that is a list or a map".to_owned()),
            },
            (Value::Scalar { .. }, _) => {}
        }
        Ok(())
    }
}

/// The last of two equal keys counts; `<<` gives what is not there.
fn add(entries: &mut Vec<Entry>, entry: Entry) {
    if entry.key == "<<" {
        for merged in entry.node.entries() {
            if !entries.iter().any(|e| e.key == merged.key) {
                entries.push(merged.clone());
            }
        }
        return;
    }
    match entries.iter_mut().find(|e| e.key == entry.key) {
        Some(before) => *before = entry,
        None => entries.push(entry),
    }
}

/// All nodes below one; its depth is that of the file, so the recursion is bounded.
fn count(node: &Node) -> usize {
    1 + node.items().iter().map(count).sum::<usize>()
        + node.entries().iter().map(|e| count(&e.node)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match parse(text) {
            Ok(node) => node.to_json().to_string(),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn documents() {
        for (text, expect) in [
            ("", "{}"),
            ("# nothing\n", "{}"),
            (
                "a: 1\nb: yes\nc: '1'\nd:\ne: x y\n",
                r#"{"a":1,"b":true,"c":"1","d":null,"e":"x y"}"#,
            ),
            ("a: [1, 2.5, -3]\nb:\n  - x: 1\n", r#"{"a":[1,2.5,-3],"b":[{"x":1}]}"#),
            (
                "a: &x {p: 1}\nb: *x\nc:\n  <<: *x\n  q: 2\n",
                r#"{"a":{"p":1},"b":{"p":1},"c":{"p":1,"q":2}}"#,
            ),
            ("a: 1\na: 2\n", r#"{"a":2}"#),
            ("a: 0123abc\nb: inf\nc: .5\n", r#"{"a":"0123abc","b":"inf","c":0.5}"#),
            ("a:\n\tb: 1\n", "line 2: a tab in the indentation: YAML allows only spaces there"),
            ("a: 1\n  b: 2\n", "line 2: mapping values are not allowed in this context"),
            ("a: 1\n---\nb: 2\n", r#"{"a":1}"#),
        ] {
            assert_eq!(json(text), expect, "{text:?}");
        }
    }

    #[test]
    fn lines_are_known() {
        let root = parse("# head\na: 1\nb:\n  c:\n    - 1\n    - 2\n").unwrap();
        assert_eq!(root.entry("b").unwrap().line, 3);
        let list = root.get("b").unwrap().get("c").unwrap();
        assert_eq!(list.items()[1].line, 6);
    }

    #[test]
    fn files_are_bounded() {
        let deep = "[".repeat(100);
        assert!(parse(&deep).is_err());
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..9 {
            let before = format!("*a{}", i - 1);
            bomb += &format!("a{i}: &a{i} [{}]\n", [before.as_str(); 10].join(","));
        }
        assert!(json(&bomb).contains("more than"), "{}", &json(&bomb)[..80]);
    }
}
