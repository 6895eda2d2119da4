//! What the query editor of the page asks: what may stand at the caret, and what is wrong.
//!
//! Offsets in requests and answers are UTF-16 code units, as in a browser's strings.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use control::Permission;
use lang::metrics::functions::{self, ParamKind};
use lang::metrics::{CompletionKind, MODIFIERS, complete as complete_at};
use model::OrgId;
use parking_lot::Mutex;
use serde_json::{Value, json};
use storage::MetricInfo;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::Result;
use crate::routes::Routes;
use crate::{metrics, telemetry};

/// Offers in one answer; more letters narrow them.
const ITEMS_MAX: usize = 100;
/// A metric is offered when it reported within a day.
const RECENT_SECS: i64 = 86_400;
/// How old a list of metrics may be.
const KEPT: Duration = Duration::from_secs(5);
const AGGREGATORS: [&str; 11] =
    ["avg", "sum", "min", "max", "count", "p50", "p75", "p90", "p95", "p99", "median"];
const ROLLUPS: [&str; 5] = ["avg", "sum", "min", "max", "count"];
const FILLS: [&str; 4] = ["null", "zero", "last", "linear"];

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::METRICS_READ);
    routes.post("/api/procyon/metrics/complete", read, complete).post(
        "/api/procyon/metrics/check",
        Need::Caller,
        check,
    )
}

/// One offer. `insert` takes the place of the word under the caret.
#[derive(Debug)]
struct Item {
    label: String,
    kind: &'static str,
    detail: String,
    insert: String,
}

impl Item {
    fn new(label: impl Into<String>, kind: &'static str, detail: impl Into<String>) -> Self {
        let label = label.into();
        Self { insert: label.clone(), label, kind, detail: detail.into() }
    }

    fn inserting(mut self, text: &str) -> Self {
        self.insert = format!("{}{text}", self.label);
        self
    }
}

async fn complete(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let text = fields.str("query")?;
    let at = fields.int_or_none("at")?.unwrap_or(i64::MAX);
    let found = complete_at(text, byte_at(text, usize::try_from(at).unwrap_or(0)));
    let items = rank(items(&call, &found.kind).await?, &found.partial);
    let replace = utf16(text, found.replace.start..found.replace.end);
    let items = items.into_iter().map(|item| {
        json!({"label": item.label, "kind": item.kind, "detail": item.detail, "insert": item.insert})
    });
    Ok(Answer::ok(json!({
        "from": replace.start, "to": replace.end, "items": items.collect::<Vec<Value>>(),
    })))
}

async fn check(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let text = fields.str("query")?;
    let (_, diagnostics) = match fields.str_or_none("language")? {
        None | Some("metrics") => lang::metrics::parse(text),
        Some("formula") => lang::metrics::parse_formula(text),
        Some(_) => return Err(fields.wrong("language", "metrics or formula")),
    };
    let diagnostics = diagnostics.iter().map(|diagnostic| {
        let place = utf16(text, diagnostic.span.start..diagnostic.span.end);
        json!({
            "from": place.start,
            "to": place.end,
            "severity": diagnostic.severity,
            "message": diagnostic.message,
        })
    });
    Ok(Answer::ok(json!({"diagnostics": diagnostics.collect::<Vec<Value>>()})))
}

async fn items(call: &Call, kind: &CompletionKind) -> Result<Vec<Item>> {
    Ok(match kind {
        CompletionKind::Expression => {
            let mut items: Vec<Item> = AGGREGATORS
                .iter()
                .map(|name| Item::new(*name, "aggregator", "over series").inserting(":"))
                .collect();
            items.extend(metric_items(call).await?);
            items.extend(functions::all().iter().map(|function| {
                let detail = format!("{} — {}", function.signature(), function.doc);
                Item::new(function.name.as_str(), "function", detail).inserting("(")
            }));
            items
        }
        CompletionKind::Metric => metric_items(call).await?,
        CompletionKind::ScopeKey { metric } => key_items(call, metric, ":").await?,
        CompletionKind::GroupKey { metric } => key_items(call, metric, "").await?,
        CompletionKind::ScopeValue { metric, key } => value_items(call, metric, key).await?,
        CompletionKind::Modifier => MODIFIERS
            .iter()
            .map(|name| Item::new(*name, "keyword", "").inserting(parens(name)))
            .collect(),
        CompletionKind::ModifierArg { modifier, index: 0 } => {
            let words: &[&str] = if modifier == "rollup" { &ROLLUPS } else { &FILLS };
            words.iter().map(|word| Item::new(*word, "keyword", "")).collect()
        }
        CompletionKind::FunctionArg { function, index } => argument_items(function, *index),
        CompletionKind::ModifierArg { .. } | CompletionKind::Nothing => Vec::new(),
    })
}

fn parens(modifier: &str) -> &'static str {
    match modifier {
        "rollup" | "fill" => "(",
        _ => "()",
    }
}

fn argument_items(function: &str, index: usize) -> Vec<Item> {
    let param = functions::lookup(function).and_then(|function| function.params.get(index));
    match param.map(|param| param.kind) {
        Some(ParamKind::Word(words)) => {
            words.iter().map(|word| Item::new(format!("'{word}'"), "keyword", "")).collect()
        }
        _ => Vec::new(),
    }
}

/// The metrics of an organisation, as they were moments ago: a list for every key stroke would cost
/// more than it says.
#[derive(Debug, Default)]
pub(crate) struct KnownMetrics(Mutex<HashMap<OrgId, Known>>);

#[derive(Debug)]
struct Known {
    /// By the monotonic clock.
    made: Duration,
    metrics: Arc<Vec<MetricInfo>>,
}

impl KnownMetrics {
    async fn of(&self, call: &Call) -> Result<Arc<Vec<MetricInfo>>> {
        let now = call.state.clock.monotonic();
        if let Some(known) = self.0.lock().get(&call.org())
            && now.saturating_sub(known.made) < KEPT
        {
            return Ok(Arc::clone(&known.metrics));
        }
        let metrics = telemetry::metrics(call, telemetry::last(call, RECENT_SECS)).await?;
        let metrics = Arc::new(metrics);
        self.0.lock().insert(call.org(), Known { made: now, metrics: Arc::clone(&metrics) });
        Ok(metrics)
    }
}

async fn metric_items(call: &Call) -> Result<Vec<Item>> {
    let known = call.state.known_metrics.of(call).await?;
    let detail = |n: u64| if n == 1 { "1 series".to_owned() } else { format!("{n} series") };
    Ok(known
        .iter()
        .map(|metric| Item::new(&*metric.name, "metric", detail(metric.n_series)))
        .collect())
}

/// Tag keys of a metric, those that most series have first.
async fn key_items(call: &Call, metric: &str, after: &str) -> Result<Vec<Item>> {
    let mut keys: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (tag, n_series) in metrics::tag_counts(call, metric).await? {
        let (key, _) = model::split_tag(&tag);
        let (n_values, total) = keys.entry(key.to_owned()).or_default();
        *n_values += 1;
        *total += n_series;
    }
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_by_key(|(_, (_, total))| std::cmp::Reverse(*total));
    let detail = |n: usize| if n == 1 { "1 value".to_owned() } else { format!("{n} values") };
    Ok(keys
        .into_iter()
        .map(|(key, (n_values, _))| Item::new(key, "tag", detail(n_values)).inserting(after))
        .collect())
}

async fn value_items(call: &Call, metric: &str, key: &str) -> Result<Vec<Item>> {
    let counts = metrics::tag_counts(call, metric).await?;
    let mut values: Vec<_> = counts
        .iter()
        .map(|(tag, n)| (model::split_tag(tag), *n))
        .filter(|((tag_key, value), _)| *tag_key == key && !value.is_empty())
        .collect();
    values.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let detail = |n: usize| if n == 1 { "1 series".to_owned() } else { format!("{n} series") };
    Ok(values.into_iter().map(|((_, value), n)| Item::new(value, "tag_value", detail(n))).collect())
}

/// Those that begin with the word, then those that hold it, each in the order in which they came.
fn rank(items: Vec<Item>, partial: &str) -> Vec<Item> {
    let word = partial.trim().trim_start_matches(['"', '\'']).to_lowercase();
    let rank_of = |label: &str| {
        let label = label.trim_start_matches('\'').to_lowercase();
        match (label.starts_with(&word), label.contains(&word)) {
            (true, _) => 0,
            (_, true) => 1,
            _ => 2,
        }
    };
    let mut ranked: Vec<(u8, Item)> =
        items.into_iter().map(|item| (rank_of(&item.label), item)).collect();
    ranked.retain(|(rank, _)| *rank < 2);
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(ITEMS_MAX).map(|(_, item)| item).collect()
}

/// The byte at which a UTF-16 offset lies; the end when it lies past it.
fn byte_at(text: &str, offset: usize) -> usize {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= offset {
            return byte;
        }
        units += c.len_utf16();
    }
    text.len()
}

fn utf16(text: &str, bytes: Range<usize>) -> Range<usize> {
    let units = |byte: usize| text.get(..byte).unwrap_or(text).encode_utf16().count();
    units(bytes.start)..units(bytes.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_a_browser() {
        let text = "é𝕏a";
        let check =
            |offset: usize, byte: usize| assert_eq!(byte_at(text, offset), byte, "{offset}");
        check(0, 0);
        check(1, 2);
        check(3, 6);
        check(4, 7);
        check(99, 7);
        assert_eq!(utf16(text, 2..7), 1..4);
    }

    #[test]
    fn what_begins_with_the_word_comes_first() {
        let labels = |partial: &str| {
            let items: Vec<Item> = ["system.cpu.user", "cpu", "disk", "'mean'"]
                .map(|label| Item::new(label, "metric", ""))
                .into();
            let ranked = rank(items, partial);
            ranked.into_iter().map(|item| item.label).collect::<Vec<_>>()
        };
        assert_eq!(labels("CPU"), ["cpu", "system.cpu.user"]);
        assert_eq!(labels("'me"), ["'mean'"]);
        assert_eq!(labels("").len(), 4);
        assert!(labels("zzz").is_empty());
    }
}
