//! Template variables in queries, put in as the page does it: `$env` becomes `env:prod`,
//! `$env.value` becomes `prod`, `$env.key` becomes `env`. Several values become `env IN (a,b)`; `*`
//! is everything.

use std::collections::BTreeMap;

use serde_json::Value;

/// The variables that a dashboard declares.
#[derive(Debug)]
pub(super) struct Variables<'a>(Vec<Variable<'a>>);

#[derive(Debug)]
struct Variable<'a> {
    name: &'a str,
    prefix: &'a str,
    defaults: Vec<String>,
}

impl<'a> Variables<'a> {
    /// Of `template_variables`.
    pub(super) fn new(declared: &'a Value) -> Self {
        let read = |value: &'a Value| {
            let listed = value["defaults"].as_array().into_iter().flatten();
            let mut defaults: Vec<String> =
                listed.filter_map(Value::as_str).map(str::to_owned).collect();
            if defaults.is_empty() {
                let only = value["default"].as_str().filter(|text| !text.is_empty());
                defaults.push(only.unwrap_or("*").to_owned());
            }
            let prefix = value["prefix"].as_str().unwrap_or_default();
            Some(Variable { name: value["name"].as_str()?, prefix, defaults })
        };
        Self(declared.as_array().into_iter().flatten().filter_map(read).collect())
    }

    /// The values of a variable before anybody chose.
    pub(super) fn defaults(&self, name: &str) -> Option<&[String]> {
        self.0.iter().find(|v| v.name == name).map(|v| v.defaults.as_slice())
    }

    /// The text with chosen values, or defaults, in the place of names.
    pub(super) fn substitute(&self, text: &str, chosen: &BTreeMap<String, Vec<String>>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let path = path_at(&rest[at + 1..]);
            out.push_str(&self.replacement(path, chosen).unwrap_or_else(|| format!("${path}")));
            rest = &rest[at + 1 + path.len()..];
        }
        out.push_str(rest);
        out
    }

    /// The longest declared name at the path's start decides: `app.name.value` may be of `app.name`.
    fn replacement(&self, path: &str, chosen: &BTreeMap<String, Vec<String>>) -> Option<String> {
        let parts: Vec<&str> = path.split('.').collect();
        for length in (1..=parts.len()).rev() {
            let name = parts[..length].join(".");
            let Some(variable) = self.0.iter().find(|v| v.name == name) else { continue };
            let values = chosen.get(&name).filter(|values| !values.is_empty());
            let values = values.unwrap_or(&variable.defaults);
            let rest = &parts[length..];
            let (text, rest) = match rest.first() {
                Some(&"value") => (plain(values), &rest[1..]),
                Some(&"key") => (variable.prefix.to_owned(), &rest[1..]),
                _ => (scope(variable.prefix, values), rest),
            };
            let all = std::iter::once(text.as_str()).chain(rest.iter().copied());
            return Some(all.collect::<Vec<_>>().join("."));
        }
        None
    }
}

/// `name.and.more` at the beginning of a text, empty when there is none.
fn path_at(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts {
        return "";
    }
    let mut end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    while let Some(more) = text[end..].strip_prefix('.') {
        let length = more.find(|c| !is_part(c)).unwrap_or(more.len());
        if length == 0 {
            break;
        }
        end += 1 + length;
    }
    &text[..end]
}

fn plain(values: &[String]) -> String {
    match values {
        [only] => only.clone(),
        _ => format!("({})", values.join(" OR ")),
    }
}

fn scope(prefix: &str, values: &[String]) -> String {
    if values.iter().any(|value| value == "*") {
        return "*".to_owned();
    }
    match values {
        _ if prefix.is_empty() => plain(values),
        [only] => format!("{prefix}:{only}"),
        _ => format!("{prefix} IN ({})", values.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_values() {
        let declared = json!([
            {"name": "env", "prefix": "environment", "defaults": ["prod"]},
            {"name": "app.name", "prefix": "app", "default": "*"},
            {"name": "text", "default": "x"},
        ]);
        let variables = Variables::new(&declared);
        let chosen = |env: &[&str]| {
            let values = env.iter().map(|v| (*v).to_owned()).collect();
            BTreeMap::from([("env".to_owned(), values)])
        };
        for (text, env, expect) in [
            ("avg:a{$env}", &[][..], "avg:a{environment:prod}"),
            ("avg:a{$env,host:b}", &["ci"], "avg:a{environment:ci,host:b}"),
            ("a{$env}", &["ci", "qa"], "a{environment IN (ci,qa)}"),
            ("a{$env}", &["*", "qa"], "a{*}"),
            ("$env.value/$env.key", &["ci"], "ci/environment"),
            ("$env.value", &["ci", "qa"], "(ci OR qa)"),
            ("a{$app.name} b{$app.name.value}", &[], "a{*} b{*}"),
            ("$env.value.more $text", &["ci"], "ci.more x"),
            ("$unknown costs 5$, $", &[], "$unknown costs 5$, $"),
        ] {
            assert_eq!(variables.substitute(text, &chosen(env)), expect, "{text} {env:?}");
        }
    }
}
