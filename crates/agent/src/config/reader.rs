//! Looks settings up by name and type: environment first, then the file, then the default.
//!
//! Each lookup leaves a row in [`Reader::finish`]'s table, so the list of known keys is the code
//! that reads them. A value of a wrong type is noted and the default taken: one start shows every
//! mistake at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::yaml::{self, Node, Value, bool_of};
use super::{Problem, Setting, Source};

/// Environment variables by name.
pub(crate) type Env = BTreeMap<String, String>;

#[derive(Debug)]
pub(crate) struct Reader<'a> {
    path: &'a Path,
    root: &'a Node,
    env: &'a Env,
    table: BTreeMap<String, Setting>,
    seen: BTreeSet<String>,
    problems: Vec<Problem>,
}

/// What [`Reader::finish`] gives: the table of all settings, and what is wrong.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) table: BTreeMap<String, Setting>,
    pub(crate) seen: BTreeSet<String>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(path: &'a Path, root: &'a Node, env: &'a Env) -> Self {
        Self {
            path,
            root,
            env,
            table: BTreeMap::new(),
            seen: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    pub(crate) fn finish(self) -> Read {
        Read { table: self.table, seen: self.seen, problems: self.problems }
    }

    /// The name by which the environment may set a key.
    pub(crate) fn env_name(key: &str) -> String {
        format!("DD_{}", key.to_ascii_uppercase().replace('.', "_"))
    }

    pub(crate) fn problem(&mut self, key: &str, source: &Source, expected: &str, found: &str) {
        self.problems.push(Problem {
            place: source.place(self.path),
            key: key.to_owned(),
            message: format!("expected {expected}, found {found}"),
        });
    }

    /// The value of a key and where it is from; `None` when nobody sets it.
    fn raw(&mut self, key: &str) -> Option<(Source, Node)> {
        self.seen.insert(key.to_owned());
        let name = Self::env_name(key);
        if let Some(text) = self.env.get(&name).filter(|text| !text.is_empty()) {
            return Some((Source::Env(name), Node::scalar(text, true)));
        }
        let mut node = self.root;
        let mut line = 0;
        for part in key.split('.') {
            let entry = node.entry(part)?;
            (node, line) = (&entry.node, entry.line);
        }
        (!node.is_null()).then(|| (Source::File(line), node.clone()))
    }

    /// Where a key that was read is from.
    pub(crate) fn source(&self, key: &str) -> Source {
        self.table.get(key).map_or(Source::Default, |setting| setting.source.clone())
    }

    /// `FILE:LINE` or the variable, for messages.
    pub(crate) fn place(&self, source: &Source) -> String {
        source.place(self.path)
    }

    fn note(&mut self, key: &str, source: Source, value: Json) {
        self.table.insert(key.to_owned(), Setting { value, source });
    }

    /// A value that `read` understands, or `default`; `expected` names what it should be.
    fn typed<T: Clone>(
        &mut self,
        key: &str,
        default: T,
        expected: &str,
        read: impl Fn(&Node) -> Option<T>,
    ) -> T
    where
        Json: From<T>,
    {
        let (source, value) = match self.raw(key) {
            None => (Source::Default, default),
            Some((source, node)) => match read(&node) {
                Some(value) => (source, value),
                None => {
                    self.problem(key, &source, expected, &node.describe());
                    (Source::Default, default)
                }
            },
        };
        self.note(key, source, Json::from(value.clone()));
        value
    }

    pub(crate) fn string(&mut self, key: &str, default: &str) -> String {
        self.typed(key, default.to_owned(), "a text", |node| node.text().map(str::to_owned))
    }

    pub(crate) fn path(&mut self, key: &str, default: &Path) -> PathBuf {
        self.string(key, &default.to_string_lossy()).into()
    }

    pub(crate) fn flag(&mut self, key: &str, default: bool) -> bool {
        self.typed(key, default, "true or false", |node| match node.text()? {
            "1" => Some(true),
            "0" => Some(false),
            text => bool_of(text),
        })
    }

    /// A whole number within a range.
    pub(crate) fn integer(&mut self, key: &str, default: i64, range: RangeInclusive<i64>) -> i64 {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.typed(key, default, &expected, |node| {
            node.text()?.trim().parse().ok().filter(|n| range.contains(n))
        })
    }

    pub(crate) fn float(&mut self, key: &str, default: f64) -> f64 {
        self.typed(key, default, "a number", |node| {
            node.text()?.trim().parse().ok().filter(|n: &f64| n.is_finite())
        })
    }

    /// A number of bytes: `10485760`, `10MB`, `512 KiB`.
    pub(crate) fn bytes(&mut self, key: &str, default: u64) -> u64 {
        self.typed(key, default, "a number of bytes such as 10MB", |node| bytes_of(node.text()?))
    }

    /// Texts: a YAML list, or one text with spaces or commas between, or JSON.
    pub(crate) fn list(&mut self, key: &str, default: &[&str]) -> Vec<String> {
        let default: Vec<String> = default.iter().map(|&text| text.to_owned()).collect();
        self.typed(key, default, "a list of texts", list_of)
    }

    /// Lists by name: a YAML map, or JSON in the environment.
    pub(crate) fn map_of_lists(&mut self, key: &str) -> BTreeMap<String, Vec<String>> {
        let mut map = BTreeMap::new();
        let Some((source, node)) = self.tree(key, "a map of lists") else { return map };
        for entry in node.entries() {
            match list_of(&entry.node) {
                Some(list) => {
                    map.insert(entry.key.clone(), list);
                }
                None => {
                    let key = format!("{key}.{}", entry.key);
                    self.problem(&key, &source.at(entry.line), "a list", &entry.node.describe());
                }
            }
        }
        map
    }

    /// A map or list of any shape, with its lines; JSON in the environment.
    pub(crate) fn tree(&mut self, key: &str, expected: &str) -> Option<(Source, Node)> {
        let (source, node) = match self.raw(key) {
            Some(found) => found,
            None => {
                self.note(key, Source::Default, Json::Null);
                return None;
            }
        };
        let is_text = matches!(node.value, Value::Scalar { .. });
        let parsed = if is_text { yaml::parse(node.text().unwrap_or_default()).ok() } else { None };
        let node = match parsed {
            Some(parsed) => parsed,
            None if is_text => {
                self.problem(key, &source, expected, &node.describe());
                return None;
            }
            None => node,
        };
        self.note(key, source.clone(), node.to_json());
        Some((source, node))
    }

    /// Says that a setting has another value than was read, such as an old name for it.
    pub(crate) fn override_with(&mut self, key: &str, source: Source, value: Json) {
        self.note(key, source, value);
    }

    /// A variable of the environment that has no key of its own form.
    pub(crate) fn variable(&self, name: &str) -> Option<&'a str> {
        self.env.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }
}

fn list_of(node: &Node) -> Option<Vec<String>> {
    match &node.value {
        Value::List(items) => items
            .iter()
            .filter(|item| !item.is_null())
            .map(|item| item.text().map(str::to_owned))
            .collect(),
        Value::Map(_) => None,
        Value::Scalar { text, .. } if text.trim_start().starts_with('[') => {
            let parsed = yaml::parse(text).ok()?;
            matches!(parsed.value, Value::List(_)).then(|| list_of(&parsed))?
        }
        Value::Scalar { text, .. } => Some(
            text.split(|c: char| c.is_whitespace() || c == ',')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
    }
}

fn bytes_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1_u64,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    let number: f64 = number.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0)?;
    Some((number * factor as f64) as u64)
}
