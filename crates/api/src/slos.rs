//! Service level objectives: their definitions, checked and kept. What share of the target is left is
//! computed by nothing yet.

use control::{DocumentId, Permission};
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::dashboards::Authors;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::timeseries;

/// Source: openapi core-v1 `ListSLOs`.
const LIMIT_DEFAULT: i64 = 1000;
const LIMIT_MAX: i64 = 1000;
/// Source: openapi core-v1 `SLOTimeframe`.
const TIMEFRAMES: [&str; 4] = ["7d", "30d", "90d", "custom"];
/// Their places are `type_id`. Source: openapi core-v1 `SLOType`.
const TYPES: [&str; 3] = ["monitor", "metric", "time_slice"];
/// Source: openapi core-v1 `ServiceLevelObjectiveRequest`.
const KEYS: [&str; 7] =
    ["description", "groups", "monitor_ids", "query", "sli_specification", "tags", "thresholds"];

pub(crate) fn routes(routes: Routes) -> Routes {
    let need = |name| Permission::named(name).map_or(Need::Caller, Need::Permission);
    let (read, write) = (need("slos_read"), need("slos_write"));
    let one = "/api/v1/slo/{slo_id}";
    routes
        .get("/api/v1/slo", read, list)
        .post("/api/v1/slo", write, create)
        .get("/api/v1/slo/can_delete", read, can_delete)
        .get(one, read, get)
        .put(one, write, update)
        .delete(one, write, delete)
}

/// As Datadog writes it: without hyphens.
fn id_of(doc: &Doc) -> String {
    doc.id.replace('-', "")
}

fn show(doc: &Doc, authors: &Authors) -> Value {
    let body = &doc.body;
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    let user = authors.user(doc);
    put("id", json!(id_of(doc)));
    put("name", json!(doc.name));
    put("description", body["description"].clone());
    put("tags", body.get("tags").cloned().unwrap_or_else(|| json!([])));
    put("monitor_tags", json!([]));
    put("type", body["type"].clone());
    put("type_id", json!(TYPES.iter().position(|name| body["type"] == *name)));
    let thresholds = body["thresholds"].as_array().into_iter().flatten();
    put("thresholds", thresholds.map(threshold).collect());
    let shown_one = chosen(body);
    put("timeframe", shown_one["timeframe"].clone());
    put("target_threshold", shown_one["target"].clone());
    if let Some(warning) = shown_one.get("warning") {
        put("warning_threshold", warning.clone());
    }
    for key in ["groups", "monitor_ids", "sli_specification"] {
        if let Some(value) = body.get(key) {
            put(key, value.clone());
        }
    }
    if let Some(query) = body.get("query").cloned().or_else(|| counted(&body["sli_specification"]))
    {
        put("query", query);
    }
    put(
        "creator",
        json!({"name": authors.name(doc), "handle": authors.handle(doc),
        "email": user.map(|user| user.email.as_str())}),
    );
    put("created_at", json!(doc.created_ms / 1000));
    put("modified_at", json!(doc.modified_ms / 1000));
    Value::Object(shown)
}

/// The threshold that stands for the objective: that of its time frame, else the first.
fn chosen(body: &Value) -> Value {
    let thresholds = || body["thresholds"].as_array().into_iter().flatten();
    let named = thresholds().find(|one| one["timeframe"] == body["timeframe"]);
    named.or_else(|| thresholds().next()).cloned().unwrap_or(Value::Null)
}

/// With the numbers also as texts: `99.` and `99.5`.
fn threshold(one: &Value) -> Value {
    let mut shown = one.clone();
    for key in ["target", "warning"] {
        if let Some(number) = one[key].as_f64() {
            let text = number.to_string();
            let text = if text.contains('.') { text } else { format!("{text}.") };
            shown[key] = json!(number);
            shown[format!("{key}_display")] = json!(text);
        }
    }
    shown
}

/// The two queries of a count specification, as objectives of the older form have them.
fn counted(specification: &Value) -> Option<Value> {
    let count = specification.get("count")?;
    let formula =
        |name: &str| Some(written_out(count[name]["formula"].as_str()?, &count["queries"]));
    let good = formula("good_events_formula")?;
    let total = match formula("bad_events_formula") {
        Some(bad) => format!("({good}) + ({bad})"),
        None => formula("total_events_formula")?,
    };
    Some(json!({"numerator": good, "denominator": total}))
}

/// A formula with the queries in place of their names.
fn written_out(formula: &str, queries: &Value) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let query = |name: &str| {
        let one = queries.as_array()?.iter().find(|query| query["name"] == name)?;
        one["query"].as_str()
    };
    let mut text = String::new();
    let mut rest = formula;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_word(c) != is_word(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        text.push_str(query(word).unwrap_or(word));
        rest = after;
    }
    text
}

/// The checked name and definition of a body.
fn sent(call: &Call) -> Result<(String, Value)> {
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let name = fields.text("name")?.to_owned();
    let kind = fields.str("type")?;
    if !TYPES.contains(&kind) {
        return Err(fields.wrong("type", "one of metric, monitor, time_slice"));
    }
    check_thresholds(&fields)?;
    fields.str_or_none("description")?;
    fields.strs_or_none("tags")?;
    fields.strs_or_none("groups")?;
    match kind {
        "monitor" => {
            let ids = fields.array("monitor_ids")?;
            if ids.is_empty() || !ids.iter().all(Value::is_i64) {
                return Err(fields.wrong("monitor_ids", "a list of the ids of monitors"));
            }
        }
        "metric" if fields.has("sli_specification") => check_count(&fields)?,
        "metric" => {
            let query = fields.object("query")?;
            timeseries::parse(query.text("numerator")?)?;
            timeseries::parse(query.text("denominator")?)?;
        }
        _ => check_time_slice(&fields)?,
    }
    let mut kept = Map::new();
    kept.insert("type".into(), json!(kind));
    for key in KEYS {
        if let Some(value) = fields.get(key) {
            kept.insert(key.into(), value.clone());
        }
    }
    let first = body["thresholds"][0]["timeframe"].clone();
    kept.insert("timeframe".into(), fields.get("timeframe").cloned().unwrap_or(first));
    Ok((name, Value::Object(kept)))
}

fn check_thresholds(fields: &Fields<'_>) -> Result<()> {
    let thresholds = fields.array("thresholds")?;
    if thresholds.is_empty() {
        return Err(fields.wrong("thresholds", "a list of at least one threshold"));
    }
    let mut seen = Vec::new();
    for (i, one) in thresholds.iter().enumerate() {
        let wrong =
            |name: &str, expected: &str| fields.wrong(&format!("thresholds[{i}].{name}"), expected);
        let timeframe = one["timeframe"].as_str().filter(|name| TIMEFRAMES.contains(name));
        let timeframe =
            timeframe.ok_or_else(|| wrong("timeframe", "one of 7d, 30d, 90d, custom"))?;
        if seen.contains(&timeframe) {
            return Err(wrong("timeframe", "another than those before"));
        }
        seen.push(timeframe);
        let percent = |value: &Value| value.as_f64().filter(|n| *n > 0.0 && *n < 100.0);
        let target = percent(&one["target"])
            .ok_or_else(|| wrong("target", "a number above 0 and below 100"))?;
        let warning = &one["warning"];
        if !warning.is_null() && percent(warning).is_none_or(|n| n <= target) {
            return Err(wrong("warning", "a number above the target and below 100"));
        }
    }
    match fields.str_or_none("timeframe")? {
        Some(timeframe) if !seen.contains(&timeframe) => {
            Err(fields.wrong("timeframe", "that of one of the thresholds"))
        }
        _ => Ok(()),
    }
}

/// Named queries of metrics, all of which parse.
fn check_queries(holder: &Fields<'_>) -> Result<()> {
    let queries = holder.array("queries")?;
    if queries.is_empty() {
        return Err(holder.wrong("queries", "a list of at least one query"));
    }
    for query in queries {
        let query = Fields::of(query)?;
        query.text("name")?;
        if query.str("data_source")? != "metrics" {
            return Err(holder.wrong("queries[].data_source", "metrics"));
        }
        timeseries::parse(query.text("query")?)?;
    }
    Ok(())
}

fn check_count(fields: &Fields<'_>) -> Result<()> {
    let count = fields.object("sli_specification")?.object("count")?;
    check_queries(&count)?;
    let total = match count.has("bad_events_formula") {
        true => "bad_events_formula",
        false => "total_events_formula",
    };
    for name in ["good_events_formula", total] {
        count.object(name)?.text("formula")?;
    }
    Ok(())
}

fn check_time_slice(fields: &Fields<'_>) -> Result<()> {
    let slice = fields.object("sli_specification")?.object("time_slice")?;
    if !["<", "<=", ">", ">="].contains(&slice.str("comparator")?) {
        return Err(slice.wrong("comparator", "one of <, <=, >, >="));
    }
    if !slice.value()["threshold"].is_number() {
        return Err(slice.wrong("threshold", "a number"));
    }
    if !matches!(slice.int_or_none("query_interval_seconds")?, None | Some(60 | 300)) {
        return Err(slice.wrong("query_interval_seconds", "60 or 300"));
    }
    let query = slice.object("query")?;
    check_queries(&query)?;
    match query.array("formulas")?.len() {
        1 => Ok(()),
        _ => Err(query.wrong("formulas", "a list of one formula")),
    }
}

async fn find(call: &Call) -> Result<Doc> {
    let id = call.segment("slo_id");
    let found = match Uuid::parse_str(id) {
        Ok(id) => docs::find(&call.state, call.org(), Kind::Slo, &id.to_string()).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| Error::not_found(format!("SLO {id} not found")))
}

async fn shown(call: &Call, doc: &Doc) -> Result<Value> {
    let authors = Authors::of(call, [doc]).await?;
    Ok(show(doc, &authors))
}

async fn create(call: Call) -> Result<Answer> {
    let (name, body) = sent(&call)?;
    let doc = docs::create(&call, Kind::Slo, DocumentId::Uuid, &name, body).await?;
    Ok(Answer::ok(json!({"data": [shown(&call, &doc).await?], "error": null})))
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    Ok(Answer::ok(json!({"data": shown(&call, &doc).await?, "error": null})))
}

async fn update(call: Call) -> Result<Answer> {
    let old = find(&call).await?;
    let (name, body) = sent(&call)?;
    if old.body["type"] != body["type"] {
        return Err(Error::bad_request("type cannot be changed"));
    }
    let doc = docs::replace(&call, &old, &name, body).await?;
    Ok(Answer::ok(json!({"data": [shown(&call, &doc).await?], "error": null})))
}

async fn list(call: Call) -> Result<Answer> {
    let limit = call.query.int_in("limit", 1..=LIMIT_MAX, LIMIT_DEFAULT)? as usize;
    let offset = call.query.int_in("offset", 0..=i64::from(u32::MAX), 0)? as usize;
    let all = docs::list(&call.state, call.org(), Kind::Slo).await?;
    let ids: Option<Vec<&str>> =
        call.query.get("ids").map(|ids| ids.split(',').map(str::trim).collect());
    let name = call.query.get("query").map(str::to_lowercase);
    let tag = call.query.get("tags_query");
    let metric = call.query.get("metrics_query");
    let is_wanted = |doc: &Doc| {
        let has_tag = |tag: &str| {
            doc.body["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag))
        };
        ids.as_ref().is_none_or(|ids| ids.contains(&id_of(doc).as_str()))
            && name.as_ref().is_none_or(|name| doc.name.to_lowercase().contains(name))
            && tag.is_none_or(has_tag)
            && metric.is_none_or(|metric| {
                let texts = [&doc.body["query"], &doc.body["sli_specification"]];
                texts.iter().any(|text| text.to_string().contains(metric))
            })
    };
    let total = all.len();
    let found: Vec<Doc> = all.into_iter().filter(is_wanted).collect();
    let page = &found[offset.min(found.len())..(offset + limit).min(found.len())];
    let authors = Authors::of(&call, page).await?;
    let data: Vec<Value> = page.iter().map(|doc| show(doc, &authors)).collect();
    Ok(Answer::ok(json!({"data": data, "error": null, "metadata": {"page": {
        "total_count": total, "total_filtered_count": found.len()}}})))
}

/// The dashboards that show an objective.
async fn used_by(call: &Call, id: &str) -> Result<Vec<String>> {
    let all = docs::list(&call.state, call.org(), Kind::Dashboard).await?;
    let named = json!(id).to_string();
    let uses = all.iter().filter(|doc| doc.body.to_string().contains(&named));
    Ok(uses.map(|doc| format!("SLO {id} is used in dashboard {}", doc.id)).collect())
}

async fn can_delete(call: Call) -> Result<Answer> {
    let (mut ok, mut errors) = (Vec::new(), Map::new());
    for id in call.query.required("ids")?.split(',').map(str::trim) {
        match used_by(&call, id).await?.into_iter().next() {
            None => ok.push(id),
            Some(why) => drop(errors.insert(id.to_owned(), json!(why))),
        }
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let errors = if errors.is_empty() { Value::Null } else { Value::Object(errors) };
    Ok(Answer::json(status, json!({"data": {"ok": ok}, "errors": errors})))
}

async fn delete(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    let id = id_of(&doc);
    if !call.query.flag("force")?.unwrap_or(false)
        && let Some(why) = used_by(&call, &id).await?.into_iter().next()
    {
        return Err(Error::conflict(format!("{why}; force deletes it all the same")));
    }
    docs::remove(&call, Kind::Slo, &doc.id).await?;
    Ok(Answer::ok(json!({"data": [id], "error": null})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_out() {
        let queries =
            json!([{"name": "a", "query": "sum:x{*}"}, {"name": "a1", "query": "sum:y{*}"}]);
        assert_eq!(written_out("a - a1 * 2", &queries), "sum:x{*} - sum:y{*} * 2");
        let specification = json!({"count": {"queries": queries,
            "good_events_formula": {"formula": "a"}, "bad_events_formula": {"formula": "a1"}}});
        let query = json!({"numerator": "sum:x{*}", "denominator": "(sum:x{*}) + (sum:y{*})"});
        assert_eq!(counted(&specification), Some(query));
    }

    #[test]
    fn thresholds_are_shown_as_texts() {
        let shown = threshold(&json!({"timeframe": "7d", "target": 99, "warning": 99.5}));
        assert_eq!(
            shown,
            json!({"timeframe": "7d", "target": 99.0, "target_display": "99.",
            "warning": 99.5, "warning_display": "99.5"})
        );
    }
}
