//! Reads every metric query and formula of the dashboards and monitors that Datadog publishes with
//! its integrations, where a folder of them is at hand.
//!
//! `PROCYON_DASHBOARDS` names the folder of dashboards' JSON files, that of the monitors lies beside
//! it as `monitors`. Without the variable `../shared/integrations/dashboards` is tried; where there
//! is none, the tests say so and pass.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use lang::Diagnostic;
use lang::metrics::ast::Query;
use lang::metrics::{parse, parse_formula};
use serde_json::Value;

/// Texts that are no queries of ours: what they are, and why they stay unread.
const KNOWN: [(&str, &str); 0] = [];

/// Queries found in a file.
#[derive(Debug, Default)]
struct Found {
    queries: Vec<String>,
    formulas: Vec<String>,
}

fn folder(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let given = std::env::var_os("PROCYON_DASHBOARDS").map(PathBuf::from);
    let dashboards = given.unwrap_or_else(|| root.join("../shared/integrations/dashboards"));
    let folder = if name == "dashboards" { dashboards } else { dashboards.parent()?.join(name) };
    if folder.is_dir() {
        return Some(folder);
    }
    let said = writeln!(std::io::stderr(), "skipped: there is no folder {}", folder.display());
    said.ok().and(None)
}

fn files(folder: &Path) -> BTreeMap<String, Value> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        Some((path.file_name()?.to_string_lossy().into_owned(), serde_json::from_str(&text).ok()?))
    };
    entries.filter_map(|entry| read(entry.path())).collect()
}

/// Takes `q`, `query` of the data source `metrics`, and `formula`, wherever they stand.
fn collect(value: &Value, found: &mut Found) {
    match value {
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
            found.queries.extend(text("q"));
            if text("data_source").as_deref() == Some("metrics") {
                found.queries.extend(text("query"));
            }
            found.formulas.extend(text("formula"));
            // Events laid over a graph have a `q` too, of words.
            let parts = fields.iter().filter(|(key, _)| *key != "events");
            parts.for_each(|(_, value)| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The query between the window and the comparison: `avg(last_5m):QUERY > 3`.
fn monitor_query(text: &str) -> Option<&str> {
    let (window, rest) = text.split_once("):")?;
    let is_window = ["(last_", "(current_", "(next_"].iter().any(|w| window.contains(w));
    let at = rest.rfind(['>', '<', '='])?;
    is_window.then(|| rest[..at].trim_end_matches(['>', '<', '=', '!']).trim())
}

/// What is wrong, if anything is, also with the text that the tree is written as.
fn complaint(text: &str, read: fn(&str) -> (Query, Vec<Diagnostic>)) -> Option<String> {
    if KNOWN.iter().any(|(known, _)| *known == text) {
        return None;
    }
    let (query, diagnostics) = read(text);
    if let Some(errors) = lang::errors(&diagnostics) {
        return Some(format!("{text}\n    {errors}"));
    }
    let printed = query.to_string();
    let (again, _) = read(&printed);
    (again != query).then(|| format!("{text}\n    is written as {printed}"))
}

#[test]
fn dashboards_are_read() {
    let Some(folder) = folder("dashboards") else {
        return;
    };
    let (mut n_queries, mut complaints) = (0, Vec::new());
    for (name, dashboard) in files(&folder) {
        let mut found = Found::default();
        collect(&dashboard, &mut found);
        n_queries += found.queries.len() + found.formulas.len();
        let queries = found.queries.iter().filter_map(|text| complaint(text, parse));
        let formulas = found.formulas.iter().filter_map(|text| complaint(text, parse_formula));
        complaints.extend(queries.chain(formulas).map(|what| format!("{name}: {what}")));
    }
    eprintln!("{n_queries} queries and formulas of dashboards");
    assert!(n_queries > 0, "no query in {}", folder.display());
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn monitors_are_read() {
    let Some(folder) = folder("monitors") else {
        return;
    };
    let (mut n_queries, mut complaints) = (0, Vec::new());
    for (name, monitor) in files(&folder) {
        let kind = monitor["definition"]["type"].as_str().unwrap_or_default();
        if !matches!(kind, "query alert" | "metric alert") {
            continue;
        }
        let text = monitor["definition"]["query"].as_str().unwrap_or_default();
        n_queries += 1;
        let what = match monitor_query(text) {
            Some(query) => complaint(query, parse),
            None => Some(format!("{text}\n    has no window")),
        };
        complaints.extend(what.map(|what| format!("{name}: {what}")));
    }
    eprintln!("{n_queries} queries of monitors");
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}
