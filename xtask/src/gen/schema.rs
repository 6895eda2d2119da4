//! The facts of an OpenAPI file's schemas, as small JSON.
//!
//! A node is one of: `"s" "i" "n" "b"` (string, whole number, number, boolean), `"*"` (anything),
//! `"o"` (any object), `"#Name"` (a named node), `{"e":[…]}` (one of these strings), `{"l":n}` (a
//! string of at least n characters), `{"a":node,"min":n}` (a list), `{"p":{key:node},"r":[key]}` (an
//! object; other keys are free), `{"d":key,"m":{value:[node]}}` (an object of a shape that the value
//! of one key decides; with `"open":true` other values pass unchecked), `{"w":[node]}` (one of several shapes).
//!
//! Invariant: what real dashboards and recorded calls do is accepted, also where it breaks the
//! source: see [`LENIENT`] and [`OPEN_KEYS`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::yaml::Yaml;

/// What is checked from outside; all that these name goes in.
const ROOTS: [&str; 5] = [
    "Dashboard",
    "NotebookCreateRequest",
    "NotebookUpdateRequest",
    "SharedDashboard",
    "SharedDashboardUpdateRequest",
];

/// A rule of the source that Datadog itself does not hold to.
enum Lenient {
    /// The list may be empty.
    Empty,
    /// The key may be absent.
    Optional(&'static str),
    /// Any value goes under the key: it is checked elsewhere.
    Any(&'static str),
}

const LENIENT: [(&str, Lenient); 3] = [
    // Exported tables carry an empty list for each column without a format.
    ("TableWidgetTextFormat", Lenient::Empty),
    // Recorded requests sort by a formula without saying which; the first is meant.
    ("WidgetFormulaSort", Lenient::Optional("index")),
    // Tabs may name widgets by their place, `@1`.
    ("DashboardTab", Lenient::Any("widget_ids")),
];

/// Keys whose list of values grows faster than the source: new values pass.
const OPEN_KEYS: [&str; 1] = ["data_source"];

/// The schema as minified JSON: `{"Name":node,…}`.
pub(crate) fn compact(document: &Yaml) -> Result<String, String> {
    let schemas = document.get("components").and_then(|c| c.get("schemas"));
    let schemas = schemas.ok_or("the file has no components.schemas")?;
    let source = Source { schemas: schemas.entries().iter().map(|(k, v)| (&**k, v)).collect() };
    let mut done: BTreeMap<&str, String> = BTreeMap::new();
    let mut open: Vec<&str> = ROOTS.to_vec();
    while let Some(name) = open.pop() {
        if done.contains_key(name) {
            continue;
        }
        let schema = source.named(name)?;
        let mut refs = BTreeSet::new();
        let node = source.node(name, schema, &mut refs)?;
        done.insert(name, node);
        open.extend(refs);
    }
    let mut out = String::from("{");
    for (at, (name, node)) in done.iter().enumerate() {
        let comma = if at > 0 { ",\n" } else { "" };
        let _infallible = write!(out, "{comma}{}:{node}", quoted(name));
    }
    out.push_str("}\n");
    Ok(out)
}

struct Source<'a> {
    schemas: BTreeMap<&'a str, &'a Yaml>,
}

impl<'a> Source<'a> {
    fn named(&self, name: &str) -> Result<&'a Yaml, String> {
        self.schemas.get(name).copied().ok_or_else(|| format!("no schema is named {name}"))
    }

    /// The node of a schema; `owner` is the named schema that it belongs to.
    fn node(
        &self,
        owner: &str,
        schema: &'a Yaml,
        refs: &mut BTreeSet<&'a str>,
    ) -> Result<String, String> {
        if let Some(name) = reference(schema) {
            refs.insert(name);
            return Ok(quoted(&format!("#{name}")));
        }
        if let Some(options) = schema.get("oneOf") {
            return self.choice(options.items(), refs);
        }
        if let Some(values) = schema.get("enum") {
            let values: Vec<_> = values.items().iter().filter_map(Yaml::text).map(quoted).collect();
            return Ok(format!("{{\"e\":[{}]}}", values.join(",")));
        }
        let kind = schema.get("type").and_then(Yaml::text);
        Ok(match kind {
            Some("string") => match bound(schema, "minLength") {
                Some(least) => format!("{{\"l\":{least}}}"),
                None => quoted("s"),
            },
            Some("integer") => quoted("i"),
            Some("number") => quoted("n"),
            Some("boolean") => quoted("b"),
            Some("array") => {
                let items = match schema.get("items") {
                    Some(items) => self.node(owner, items, refs)?,
                    None => quoted("*"),
                };
                let may_be_empty = LENIENT
                    .iter()
                    .any(|(name, rule)| *name == owner && matches!(rule, Lenient::Empty));
                match bound(schema, "minItems").filter(|_| !may_be_empty) {
                    Some(least) => format!("{{\"a\":{items},\"min\":{least}}}"),
                    None => format!("{{\"a\":{items}}}"),
                }
            }
            _ if schema.get("properties").is_some() => self.object(owner, schema, refs)?,
            Some("object") => quoted("o"),
            _ => quoted("*"),
        })
    }

    fn object(
        &self,
        owner: &str,
        schema: &'a Yaml,
        refs: &mut BTreeSet<&'a str>,
    ) -> Result<String, String> {
        let rules = || LENIENT.iter().filter(|(name, _)| *name == owner).map(|(_, rule)| rule);
        let properties = schema.get("properties").map(Yaml::entries).unwrap_or_default();
        let mut parts = Vec::new();
        for (key, property) in properties {
            let any = rules().any(|rule| matches!(rule, Lenient::Any(name) if name == key));
            let node = match (any, OPEN_KEYS.contains(&&**key)) {
                (true, _) => quoted("*"),
                (false, true) => quoted("s"),
                (false, false) => self.node(owner, property, refs)?,
            };
            parts.push(format!("{}:{node}", quoted(key)));
        }
        let nullable = |key: &str| {
            let property = properties.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            let target =
                property.map(|p| reference(p).and_then(|r| self.named(r).ok()).unwrap_or(p));
            target.and_then(|t| t.get("nullable")).is_some_and(|n| n.text() == Some("true"))
        };
        let optional =
            |key: &str| rules().any(|rule| matches!(rule, Lenient::Optional(name) if *name == key));
        let required: Vec<String> = schema
            .get("required")
            .map(Yaml::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Yaml::text)
            .filter(|key| !nullable(key) && !optional(key))
            .map(quoted)
            .collect();
        let required = match required.is_empty() {
            true => String::new(),
            false => format!(",\"r\":[{}]", required.join(",")),
        };
        Ok(format!("{{\"p\":{{{}}}{required}}}", parts.join(",")))
    }

    /// One of several shapes, by the value of a key that all have, if there is such a key.
    fn choice(&self, options: &'a [Yaml], refs: &mut BTreeSet<&'a str>) -> Result<String, String> {
        let mut flat = Vec::new();
        self.flatten(options, &mut flat)?;
        let mut nodes = Vec::new();
        for (option, _) in &flat {
            nodes.push(self.node("", option, refs)?);
        }
        let Some((key, values)) = self.discriminator(&flat) else {
            return Ok(format!("{{\"w\":[{}]}}", nodes.join(",")));
        };
        let mut by_value: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (values, node) in values.iter().zip(&nodes) {
            for value in values {
                by_value.entry(value).or_default().push(node);
            }
        }
        let cases: Vec<String> = by_value
            .iter()
            .map(|(value, nodes)| format!("{}:[{}]", quoted(value), nodes.join(",")))
            .collect();
        let open = if OPEN_KEYS.contains(&key) { ",\"open\":true" } else { "" };
        Ok(format!("{{\"d\":{},\"m\":{{{}}}{open}}}", quoted(key), cases.join(",")))
    }

    /// The options with choices inside them opened: as they stand, and what they name.
    fn flatten(
        &self,
        options: &'a [Yaml],
        flat: &mut Vec<(&'a Yaml, &'a Yaml)>,
    ) -> Result<(), String> {
        for option in options {
            let target = self.target(option)?;
            match target.get("oneOf") {
                Some(inner) => self.flatten(inner.items(), flat)?,
                None => flat.push((option, target)),
            }
        }
        Ok(())
    }

    fn target(&self, schema: &'a Yaml) -> Result<&'a Yaml, String> {
        reference(schema).map_or(Ok(schema), |name| self.named(name))
    }

    /// The key whose value tells the options apart: `type` first, then the others in their order.
    fn discriminator(&self, flat: &[(&'a Yaml, &'a Yaml)]) -> Option<(&'a str, Vec<Vec<&'a str>>)> {
        let first = flat.first()?.1.get("properties")?.entries();
        let keys = first.iter().map(|(key, _)| &**key).filter(|key| *key != "type");
        std::iter::once("type").chain(keys).find_map(|key| {
            let values = flat.iter().map(|(_, target)| {
                let property = target.get("properties")?.get(key)?;
                let values = self.target(property).ok()?.get("enum")?.items();
                Some(values.iter().filter_map(Yaml::text).collect::<Vec<_>>())
            });
            Some((key, values.collect::<Option<Vec<_>>>()?))
        })
    }
}

fn reference(schema: &Yaml) -> Option<&str> {
    schema.get("$ref")?.text()?.rsplit('/').next()
}

fn bound(schema: &Yaml, key: &str) -> Option<u32> {
    schema.get(key)?.text()?.parse().ok().filter(|least| *least > 0)
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    #[test]
    fn facts_of_each_kind() {
        let mut source = String::from("components:\n  schemas:\n");
        for root in &ROOTS[1..] {
            source.push_str(&format!("    {root}:\n      type: object\n"));
        }
        source.push_str(
            "    Dashboard:\n      type: object\n      required:\n      - kind\n      - gone\n\
             \x20     properties:\n        kind:\n          enum:\n          - a\n          - b\n\
             \x20       gone:\n          nullable: true\n          type: string\n\
             \x20       list:\n          type: array\n          minItems: 1\n          items:\n\
             \x20           $ref: '#/components/schemas/Either'\n\
             \x20   Either:\n      oneOf:\n      - $ref: '#/components/schemas/One'\n\
             \x20     - $ref: '#/components/schemas/Two'\n\
             \x20   One:\n      properties:\n        type:\n          enum:\n          - one\n\
             \x20   Two:\n      properties:\n        type:\n          enum:\n          - two\n\
             \x20       data_source:\n          enum:\n          - x\n",
        );
        let schema = compact(&yaml::parse(&source).unwrap()).unwrap();
        for expected in [
            r#""kind":{"e":["a","b"]}"#,
            r##""list":{"a":"#Either","min":1}},"r":["kind"]}"##,
            r##""Either":{"d":"type","m":{"one":["#One"],"two":["#Two"]}}"##,
            r#""data_source":"s""#,
        ] {
            assert!(schema.contains(expected), "{schema} lacks {expected}");
        }
    }

    #[test]
    fn a_missing_schema_is_named() {
        let source = yaml::parse("components:\n  schemas:\n    X: {}\n").unwrap();
        assert!(compact(&source).unwrap_err().contains("no schema is named"));
    }
}
