//! Typed access to a part of a check's configuration: an `init_config` or an instance.
//!
//! An error names the key, the line, what is expected and what is there; the loader adds the file.

use regex_lite::{Regex, RegexBuilder};

use crate::config::yaml::{Entry, Node, Value, bool_of};

/// Longest value that a message repeats, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{key}`: {problem}")]
pub struct SettingError {
    /// 1-based.
    pub line: usize,
    pub key: String,
    pub problem: String,
}

/// One map of a check's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings(Node);

impl Default for Settings {
    fn default() -> Self {
        Self(Node { line: 0, value: Value::Map(Vec::new()) })
    }
}

impl Settings {
    /// Nothing at all (`init_config:`, `- {}`) is an empty map. `what` names the part in errors.
    pub fn new(node: &Node, what: &str) -> Result<Self, SettingError> {
        match &node.value {
            Value::Map(_) => Ok(Self(node.clone())),
            _ if node.is_null() => {
                Ok(Self(Node { line: node.line, value: Value::Map(Vec::new()) }))
            }
            _ => Err(SettingError {
                line: node.line,
                key: what.to_owned(),
                problem: format!("expected a map, found {}", node.describe()),
            }),
        }
    }

    pub fn node(&self) -> &Node {
        &self.0
    }

    /// The entry of a key that has a value; the last one when it is named twice.
    fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.entry(key).filter(|entry| !entry.node.is_null())
    }

    pub fn bool(&self, key: &str, default: bool) -> Result<bool, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(default) };
        let flag = entry.node.text().and_then(bool_of);
        flag.ok_or_else(|| wrong(entry, "true or false"))
    }

    /// A number of at least 0.
    pub fn number(&self, key: &str) -> Result<Option<f64>, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        let number = entry.node.text().and_then(|text| text.parse::<f64>().ok());
        match number.filter(|n| n.is_finite() && *n >= 0.0) {
            Some(number) => Ok(Some(number)),
            None => Err(wrong(entry, "a number of at least 0")),
        }
    }

    /// A text; a number or a boolean is taken as it is written.
    pub fn text(&self, key: &str) -> Result<Option<String>, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        match entry.node.text() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(wrong(entry, "a text")),
        }
    }

    /// A list of texts; a lone text is a list of one.
    pub fn texts(&self, key: &str) -> Result<Vec<String>, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(Vec::new()) };
        if let Some(text) = entry.node.text() {
            return Ok(vec![text.to_owned()]);
        }
        let Value::List(items) = &entry.node.value else {
            return Err(wrong(entry, "a list of texts"));
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let Some(text) = item.text() else {
                let at = Entry { key: entry.key.clone(), line: item.line, node: item.clone() };
                return Err(wrong(&at, "a list of texts"));
            };
            texts.push(text.to_owned());
        }
        Ok(texts)
    }

    /// A map from text to text, in its order.
    pub fn text_map(&self, key: &str) -> Result<Vec<(String, String)>, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(Vec::new()) };
        let Value::Map(entries) = &entry.node.value else {
            return Err(wrong(entry, "a map of texts"));
        };
        let pair = |e: &Entry| match e.node.text() {
            Some(text) => Ok((e.key.clone(), text.to_owned())),
            None => Err(wrong(e, "a text")),
        };
        entries.iter().map(pair).collect()
    }

    /// A map below a key; `None` when it is not there.
    pub fn map(&self, key: &str) -> Result<Option<Self>, SettingError> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        Self::new(&entry.node, key).map(Some)
    }

    /// A regular expression that may match anywhere.
    pub fn regex(&self, key: &str) -> Result<Option<Regex>, SettingError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        self.compile(key, &text, false).map(Some)
    }

    /// Regular expressions that may match anywhere.
    pub fn regexes(&self, key: &str) -> Result<Vec<Regex>, SettingError> {
        self.texts(key)?.iter().map(|text| self.compile(key, text, false)).collect()
    }

    /// Compiles an expression that a key holds; an error says which.
    pub fn compile(&self, key: &str, text: &str, ignore_case: bool) -> Result<Regex, SettingError> {
        let built = RegexBuilder::new(text).case_insensitive(ignore_case).build();
        built.map_err(|e| SettingError {
            line: self.0.entry(key).map_or(self.0.line, |entry| entry.line),
            key: key.to_owned(),
            problem: format!("{:?} is no regular expression: {e}", shown(text)),
        })
    }
}

fn wrong(entry: &Entry, expected: &str) -> SettingError {
    SettingError {
        line: entry.line,
        key: entry.key.clone(),
        problem: format!("expected {expected}, found {}", entry.node.describe()),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::yaml;

    fn settings(text: &str) -> Settings {
        Settings::new(&yaml::parse(text).unwrap(), "instance").unwrap()
    }

    #[test]
    fn values_of_the_right_type() {
        let s =
            settings("on: yes\nn: 2.5\nt: 5\nl: [a, 1]\none: x\nm:\n  k: v\nnull_: ~\nre: ^a.*\n");
        assert_eq!((s.bool("on", false), s.bool("off", true)), (Ok(true), Ok(true)));
        assert_eq!(s.number("n"), Ok(Some(2.5)));
        assert_eq!(s.number("null_"), Ok(None));
        assert_eq!(s.text("t"), Ok(Some("5".to_owned())));
        assert_eq!(s.texts("l"), Ok(vec!["a".to_owned(), "1".to_owned()]));
        assert_eq!(s.texts("one"), Ok(vec!["x".to_owned()]));
        assert_eq!(s.text_map("m"), Ok(vec![("k".to_owned(), "v".to_owned())]));
        assert!(s.regex("re").unwrap().unwrap().is_match("abc"));
    }

    #[test]
    fn values_of_a_wrong_type_are_named() {
        let s = settings("a: 1\nb: maybe\nc: -1\nd: [1]\ne:\n- x\n- [y]\nf: x\ng: (\n");
        let errors = [
            s.bool("b", false).unwrap_err(),
            s.number("c").unwrap_err(),
            s.text("d").unwrap_err(),
            s.texts("e").unwrap_err(),
            s.text_map("f").unwrap_err(),
            s.map("f").unwrap_err(),
        ];
        let texts = errors.map(|e| e.to_string());
        assert_eq!(
            texts,
            [
                "line 2: `b`: expected true or false, found \"maybe\"",
                "line 3: `c`: expected a number of at least 0, found \"-1\"",
                "line 4: `d`: expected a text, found a list",
                "line 7: `e`: expected a list of texts, found a list",
                "line 8: `f`: expected a map of texts, found \"x\"",
                "line 8: `f`: expected a map, found \"x\"",
            ]
        );
        let bad = s.regex("g").unwrap_err().to_string();
        assert!(bad.starts_with("line 9: `g`: \"(\" is no regular expression"), "{bad}");
    }
}
