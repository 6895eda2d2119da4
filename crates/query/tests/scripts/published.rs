//! Asks every metric request of the dashboards that Datadog publishes with its integrations, where
//! a folder of them is at hand: see `crates/lang/tests/dashboards.rs`. There is no data; what is
//! tested is that nothing is refused.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use model::OrgId;
use query::metrics::Window;
use query::metrics::formula::{Aggregator, Formula, NamedQuery, Request};
use query::{Engine, Limits};
use serde_json::Value;

use crate::format::START_MS;
use crate::stores;

/// Requests that are refused, and why that is right.
const KNOWN: [(&str, &str); 0] = [];

fn folder() -> Option<PathBuf> {
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/integrations/dashboards");
    let folder = std::env::var_os("PROCYON_DASHBOARDS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let said = writeln!(std::io::stderr(), "skipped: there is no folder {}", folder.display());
    said.ok().and(None)
}

/// Each object that has queries of metrics, and no others.
fn collect<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) => {
            let queries = fields.get("queries").and_then(Value::as_array);
            let is_metric = |query: &Value| query["data_source"] == "metrics";
            if queries.is_some_and(|queries| !queries.is_empty() && queries.iter().all(is_metric)) {
                found.push(value);
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn request(value: &Value) -> Request {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let list = |key: &str| value[key].as_array().cloned().unwrap_or_default();
    let query = |query: &Value| NamedQuery {
        name: text(query, "name"),
        data_source: "metrics".into(),
        text: text(query, "query"),
        aggregator: query["aggregator"].as_str().and_then(Aggregator::from_name),
    };
    let formula = |formula: &Value| Formula { text: text(formula, "formula"), limit: None };
    Request {
        queries: list("queries").iter().map(query).collect(),
        formulas: list("formulas").iter().map(formula).collect(),
        window: Window::new(START_MS, START_MS + 3_600_000),
    }
}

async fn complaint(engine: &Engine, value: &Value) -> Option<String> {
    let request = request(value);
    let lines = engine.timeseries(OrgId::FIRST, &request).await.err();
    let error = lines.or(engine.scalars(OrgId::FIRST, &request).await.err())?;
    let message = error.to_string();
    let is_known = KNOWN.iter().any(|(known, _)| message.contains(known));
    (!is_known).then(|| format!("{message}\n    {:?} {:?}", request.queries, request.formulas))
}

#[tokio::test]
async fn published_dashboards_are_answered() {
    let Some(folder) = folder() else {
        return;
    };
    let engine = stores::in_memory(&stores::Data::default(), Limits::default());
    let (mut n_requests, mut complaints) = (0, Vec::new());
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(dashboard) = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()) else {
            continue;
        };
        let mut found = Vec::new();
        collect(&dashboard, &mut found);
        n_requests += found.len();
        for value in found {
            let what = complaint(&engine, value).await;
            complaints.extend(what.map(|what| format!("{}: {what}", path.display())));
        }
    }
    assert!(n_requests > 0, "no request in {}", folder.display());
    assert!(complaints.is_empty(), "{} complaints\n{}", complaints.len(), complaints.join("\n"));
}
