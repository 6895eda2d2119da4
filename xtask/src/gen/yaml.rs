//! The part of YAML that the OpenAPI files use: nested block mappings and lists, plain and quoted
//! scalars on one line or continued on deeper ones, `{}` and `[]`.

/// A node of the document; keys keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Yaml {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Yaml {
    /// The value of a key, when this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }
}

/// A line without its indentation.
#[derive(Clone, Debug)]
struct Line {
    number: usize,
    indent: usize,
    text: String,
}

/// Reads a document whose root is a mapping or a list.
pub(crate) fn parse(text: &str) -> Result<Yaml, String> {
    let lines = text.lines().enumerate().filter_map(|(at, line)| {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        let counts = !text.is_empty() && !text.starts_with('#') && text != "---";
        counts.then(|| Line { number: at + 1, indent, text: text.to_owned() })
    });
    let mut reader = Reader { lines: lines.collect(), at: 0 };
    let root = reader.block(0)?;
    match reader.lines.get(reader.at) {
        None => Ok(root),
        Some(line) => Err(format!("line {}: unexpected {:?}", line.number, line.text)),
    }
}

struct Reader {
    lines: Vec<Line>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Line> {
        self.lines.get(self.at)
    }

    /// The block that begins at this line, whose lines are at least this far in.
    fn block(&mut self, indent_min: usize) -> Result<Yaml, String> {
        let Some(line) = self.peek().filter(|line| line.indent >= indent_min) else {
            return Ok(Yaml::Text(String::new()));
        };
        let indent = line.indent;
        match is_item(&line.text) {
            true => self.list(indent),
            false => self.map(indent),
        }
    }

    fn list(&mut self, indent: usize) -> Result<Yaml, String> {
        let mut items = Vec::new();
        while let Some(line) = self.peek() {
            if line.indent != indent || !is_item(&line.text) {
                break;
            }
            let rest = line.text[1..].trim_start().to_owned();
            let offset = indent + line.text.len() - rest.len();
            if rest.is_empty() {
                self.at += 1;
                items.push(self.block(indent + 1)?);
            } else if split_key(&rest).is_some() {
                // A mapping whose first key stands behind the dash.
                let at = self.at;
                self.lines[at].indent = offset;
                self.lines[at].text = rest;
                items.push(self.map(offset)?);
            } else {
                self.at += 1;
                items.push(self.scalar(rest, indent)?);
            }
        }
        Ok(Yaml::List(items))
    }

    fn map(&mut self, indent: usize) -> Result<Yaml, String> {
        let mut entries = Vec::new();
        while let Some(line) = self.peek() {
            if line.indent != indent || is_item(&line.text) {
                break;
            }
            let number = line.number;
            let Some((key, rest)) = split_key(&line.text) else {
                return Err(format!("line {number}: expected a key, got {:?}", line.text));
            };
            let (key, rest) = (unquote(key), rest.to_owned());
            self.at += 1;
            let value = match rest.as_str() {
                "" => self.value_below(indent)?,
                _ => self.scalar(rest, indent)?,
            };
            entries.push((key, value));
        }
        Ok(Yaml::Map(entries))
    }

    /// The value of a key that has nothing behind it: a deeper block, or a list just below the key.
    fn value_below(&mut self, indent: usize) -> Result<Yaml, String> {
        match self.peek() {
            Some(line) if line.indent == indent && is_item(&line.text) => self.list(indent),
            _ => self.block(indent + 1),
        }
    }

    /// A scalar, with the deeper lines that continue it.
    fn scalar(&mut self, mut text: String, indent: usize) -> Result<Yaml, String> {
        while let Some(line) = self.peek().filter(|line| line.indent > indent) {
            text.push(' ');
            text.push_str(&line.text);
            self.at += 1;
        }
        Ok(match text.as_str() {
            "{}" => Yaml::Map(Vec::new()),
            "[]" => Yaml::List(Vec::new()),
            text => Yaml::Text(unquote(text)),
        })
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// `key: value` and `key:`; a quoted text is no key unless a colon follows its end.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let after = match text.chars().next()? {
        quote @ ('\'' | '"') => text[1..].find(quote)? + 2,
        _ => 0,
    };
    let colon = text[after..]
        .match_indices(':')
        .map(|(at, _)| after + at)
        .find(|at| text[at + 1..].is_empty() || text[at + 1..].starts_with(' '))?;
    (after == 0 || colon == after).then(|| (&text[..colon], text[colon + 1..].trim()))
}

fn unquote(text: &str) -> String {
    let inside = |quote: char| text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
    match (inside('\''), inside('"')) {
        (Some(text), _) => text.replace("''", "'"),
        (None, Some(text)) => text.replace("\\\"", "\""),
        (None, None) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }

    #[test]
    fn maps_lists_and_scalars() {
        let source = "a:\n  b: 'it''s'\n  c:\n  - x: 1\n    y: two\n      words\n  - '*'\n  - z\n\
                      d: {}\ne: []\n'200':\n  $ref: '#/a: b'\n";
        let root = parse(source).unwrap();
        let a = root.get("a").unwrap();
        assert_eq!(a.get("b"), Some(&text("it's")));
        let items = a.get("c").unwrap().items();
        assert_eq!(items[0].get("y"), Some(&text("two words")));
        assert_eq!(&items[1..], [text("*"), text("z")]);
        assert_eq!(root.get("d"), Some(&Yaml::Map(vec![])));
        assert_eq!(root.get("e"), Some(&Yaml::List(vec![])));
        assert_eq!(root.get("200").unwrap().get("$ref"), Some(&text("#/a: b")));
    }

    #[test]
    fn what_is_no_mapping_is_an_error() {
        assert!(parse("a: 1\nnonsense\n").unwrap_err().contains("line 2"));
    }
}
