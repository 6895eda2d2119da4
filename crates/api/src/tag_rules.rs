//! Tag-indexing rules: tag configurations by patterns of metric names, in an order.
//!
//! A rule's place is kept as `rule_order` in its document, from 1 and without gaps; each change of
//! the order rewrites the documents whose place changed. Exemptions keep a metric out of all rules.

use control::Permission;
use lang::Wildcard;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// Patterns in one rule, and rules in one organisation: a listing of a metric tries them all.
const PATTERNS_MAX: usize = 100;
const RULES_MAX: usize = 1000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::METRICS_READ);
    let write = Need::Permission(Permission::METRIC_TAGS_WRITE);
    let rules = "/api/v2/metrics/tag-indexing-rules";
    let rule = "/api/v2/metrics/tag-indexing-rules/{id}";
    let exemption = "/api/v2/metrics/{metric_name}/tag-indexing-rule-exemptions";
    routes
        .get(rules, read, list)
        .post(rules, write, create)
        .post("/api/v2/metrics/tag-indexing-rules/order", write, reorder)
        .get(rule, read, get)
        .put(rule, write, update)
        .delete(rule, write, delete)
        .get("/api/v2/metrics/{metric_name}/tag-indexing-rules", read, list_for_metric)
        .get(exemption, read, exemption_get)
        .post(exemption, write, exemption_create)
        .delete(exemption, write, exemption_delete)
}

fn show(rule: &Doc) -> Value {
    let mut attributes = rule.body.as_object().cloned().unwrap_or_default();
    attributes.insert("created_at".into(), json!(times::iso(rule.created_ms)));
    attributes.insert("modified_at".into(), json!(times::iso(rule.modified_ms)));
    json!({"type": "tag_indexing_rules", "id": rule.id, "attributes": attributes})
}

fn order_of(rule: &Doc) -> i64 {
    rule.body["rule_order"].as_i64().unwrap_or(i64::MAX)
}

/// All rules in their order.
async fn ordered(call: &Call) -> Result<Vec<Doc>> {
    let mut rules = docs::list(&call.state, call.org(), Kind::TagIndexingRule).await?;
    rules.sort_by_key(|rule| (order_of(rule), rule.created_ms));
    Ok(rules)
}

/// Stores the order that the list is in.
async fn renumber(call: &Call, rules: Vec<Doc>) -> Result<()> {
    for (at, rule) in rules.into_iter().enumerate() {
        let order = at as i64 + 1;
        if order_of(&rule) != order {
            let mut body = rule.body;
            body["rule_order"] = json!(order);
            docs::put(call, Kind::TagIndexingRule, &rule.id, &rule.name, body).await?;
        }
    }
    Ok(())
}

/// The rule's id in the path; what is no UUID is a mistake in the call, as Datadog answers it.
fn rule_id(call: &Call) -> Result<String> {
    let text = call.segment("id");
    let id: Uuid = text
        .parse()
        .map_err(|_not_a_uuid| Error::bad_request(format!("invalid rule id {text:?}")))?;
    Ok(id.to_string())
}

async fn find(call: &Call, id: &str) -> Result<Doc> {
    let rule = docs::find(&call.state, call.org(), Kind::TagIndexingRule, id).await?;
    rule.ok_or_else(|| Error::not_found(format!("tag indexing rule {id} not found")))
}

async fn list(call: Call) -> Result<Answer> {
    let limit = call.query.int_in("page[limit]", 1..=RULES_MAX as i64, 100)?;
    let offset = call.query.int_in("page[offset]", 0..=i64::MAX, 0)?;
    let search = call.query.get("search").unwrap_or_default().to_lowercase();
    let mut rules = ordered(&call).await?;
    rules.retain(|rule| rule.name.to_lowercase().contains(&search));
    let total = rules.len();
    let page = rules.iter().skip(offset as usize).take(limit as usize).map(show);
    Ok(Answer::ok(listing(&call, page.collect(), total)))
}

fn listing(call: &Call, data: Vec<Value>, total: usize) -> Value {
    let this = call.uri.to_string();
    json!({"data": data, "meta": {"total": total},
        "links": {"self": this, "first": this, "last": null, "next": null, "prev": null}})
}

async fn list_for_metric(call: Call) -> Result<Answer> {
    let metric = call.segment("metric_name");
    let exempt =
        docs::find(&call.state, call.org(), Kind::TagIndexingExemption, metric).await?.is_some();
    let mut rules = ordered(&call).await?;
    rules.retain(|rule| !exempt && applies(&rule.body, metric));
    let total = rules.len();
    Ok(Answer::ok(listing(&call, rules.iter().map(show).collect(), total)))
}

/// Whether a rule is about a metric.
fn applies(rule: &Value, metric: &str) -> bool {
    let any = |name: &str| {
        let patterns = rule[name].as_array().map_or(&[][..], Vec::as_slice);
        let mut patterns = patterns.iter().filter_map(Value::as_str);
        patterns.any(|pattern| Wildcard::new(pattern).matches(metric))
    };
    any("metric_name_matches") && !any("ignored_metric_name_matches")
}

async fn get(call: Call) -> Result<Answer> {
    let rule = find(&call, &rule_id(&call)?).await?;
    Ok(Answer::ok(json!({"data": show(&rule)})))
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["tag_indexing_rules"])?;
    let mut rule = attributes_of(&attributes, &Value::Null)?;
    let rules = ordered(&call).await?;
    if rules.len() >= RULES_MAX {
        return Err(Error::bad_request(format!("there are already {RULES_MAX} rules")));
    }
    let handle = call.principal().handle.clone();
    rule["created_by_handle"] = json!(handle);
    rule["modified_by_handle"] = json!(handle);
    rule["rule_order"] = json!(rules.last().map_or(0, order_of).saturating_add(1));
    let name = attributes.str("name")?;
    let id = Uuid::new_v4().to_string();
    let doc = docs::put(&call, Kind::TagIndexingRule, &id, name, rule).await?;
    Ok(Answer::created(json!({"data": show(&doc)})))
}

async fn update(call: Call) -> Result<Answer> {
    let id = rule_id(&call)?;
    let body = call.json()?;
    let data = Fields::data(&body, &["tag_indexing_rules"])?;
    let empty = json!({});
    let attributes = data.object_or_none("attributes")?.map_or(&empty, |a| a.value());
    let attributes = Fields::of(attributes)?;
    let old = find(&call, &id).await?;
    let mut rule = attributes_of(&attributes, &old.body)?;
    let order = attributes.int_or_none("rule_order")?;
    if order.is_some_and(|order| order < 1) {
        return Err(attributes.wrong("rule_order", "1 or more"));
    }
    rule["created_by_handle"] = old.body["created_by_handle"].clone();
    rule["modified_by_handle"] = json!(call.principal().handle);
    rule["rule_order"] = old.body["rule_order"].clone();
    let name = attributes.str_or_none("name")?.unwrap_or(&old.name);
    docs::put(&call, Kind::TagIndexingRule, &id, name, rule).await?;
    if let Some(order) = order {
        let mut rules = ordered(&call).await?;
        if let Some(at) = rules.iter().position(|rule| rule.id == id) {
            let rule = rules.remove(at);
            let to = usize::try_from(order - 1).unwrap_or(usize::MAX).min(rules.len());
            rules.insert(to, rule);
            renumber(&call, rules).await?;
        }
    }
    let rule = find(&call, &id).await?;
    Ok(Answer::ok(json!({"data": show(&rule)})))
}

/// The rule's own attributes: those given, else the old ones, else the defaults.
fn attributes_of(attributes: &Fields<'_>, old: &Value) -> Result<Value> {
    let creating = old.is_null();
    if creating || attributes.has("name") {
        attributes.text("name")?;
    }
    if creating || attributes.has("metric_name_matches") {
        let patterns = attributes.strs("metric_name_matches")?;
        let blank = patterns.iter().any(|pattern| pattern.trim().is_empty());
        if patterns.is_empty() || patterns.len() > PATTERNS_MAX || blank {
            let message = format!("1 to {PATTERNS_MAX} non-empty patterns of metric names");
            return Err(attributes.wrong("metric_name_matches", &message));
        }
    }
    for name in ["ignored_metric_name_matches", "tags"] {
        if attributes.strs_or_none(name)?.is_some_and(|list| list.len() > PATTERNS_MAX) {
            return Err(attributes.wrong(name, &format!("at most {PATTERNS_MAX} strings")));
        }
    }
    attributes.bool_or_none("exclude_tags_mode")?;
    let defaults = json!({
        "name": "",
        "metric_name_matches": [],
        "ignored_metric_name_matches": [],
        "tags": [],
        "exclude_tags_mode": false,
        "options": {"version": 1, "data": {}},
    });
    let mut rule = json!({});
    for (name, default) in defaults.as_object().into_iter().flatten() {
        let given = attributes.get(name).or_else(|| old.get(name));
        rule[name.as_str()] = given.unwrap_or(default).clone();
    }
    check_options(&rule)?;
    Ok(rule)
}

/// Options of one mode make no sense in the other.
fn check_options(rule: &Value) -> Result<()> {
    let wrong = |message: &str| Err(Error::bad_request(message));
    let excludes = rule["exclude_tags_mode"] == true;
    let options = Fields::of(&rule["options"])?;
    let version = options.int_or_none("version")?.unwrap_or(1);
    if version != 1 {
        return wrong("options.version must be 1");
    }
    let Some(data) = options.object_or_none("data")? else { return Ok(()) };
    for name in ["manage_preexisting_metrics", "override_previous_rules"] {
        data.bool_or_none(name)?;
    }
    if let Some(matching) = data.object_or_none("metric_match")? {
        for name in ["is_queried", "not_queried", "not_used_in_assets", "used_in_assets"] {
            matching.bool_or_none(name)?;
        }
        window(&matching, "queried_window_seconds")?;
    }
    let Some(dynamic) = data.object_or_none("dynamic_tags")? else { return Ok(()) };
    let unused = dynamic.bool_or_none("exclude_not_used_in_assets")?.unwrap_or(false);
    let unqueried = window(&dynamic, "exclude_not_queried_window_seconds")?;
    let used = dynamic.bool_or_none("related_asset_tags")?.unwrap_or(false);
    let queried = window(&dynamic, "queried_tags_window_seconds")?;
    if (unused || unqueried) && !excludes {
        return wrong(
            "exclude_not_used_in_assets and exclude_not_queried_window_seconds need \
                      exclude_tags_mode to be true",
        );
    }
    if (used || queried) && excludes {
        return wrong(
            "related_asset_tags and queried_tags_window_seconds need \
                      exclude_tags_mode to be false",
        );
    }
    Ok(())
}

/// Whether a window is set.
fn window(fields: &Fields<'_>, name: &str) -> Result<bool> {
    match fields.int_or_none(name)? {
        None | Some(0) => Ok(false),
        Some(secs) if secs > 0 => Ok(true),
        Some(_) => Err(fields.wrong(name, "a number of seconds from 1")),
    }
}

async fn delete(call: Call) -> Result<Answer> {
    docs::remove(&call, Kind::TagIndexingRule, &rule_id(&call)?).await?;
    let rules = ordered(&call).await?;
    renumber(&call, rules).await?;
    Ok(Answer::no_content())
}

/// Puts the named rules first, in this order; the others follow as they were.
async fn reorder(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["tag_indexing_rules"])?;
    let ids = attributes.strs("rule_ids")?;
    if ids.is_empty() {
        return Err(attributes.wrong("rule_ids", "a list of at least one rule id"));
    }
    let mut rules = ordered(&call).await?;
    let mut first = Vec::with_capacity(ids.len());
    for id in ids {
        let Ok(uuid) = id.parse::<Uuid>() else {
            return Err(attributes.wrong("rule_ids", "a list of rule ids"));
        };
        let uuid = uuid.to_string();
        if first.iter().any(|rule: &Doc| rule.id == uuid) {
            return Err(attributes.wrong("rule_ids", "a list without repeats"));
        }
        let at = rules.iter().position(|rule| rule.id == uuid);
        let at = at.ok_or_else(|| Error::not_found(format!("tag indexing rule {id} not found")))?;
        first.push(rules.remove(at));
    }
    first.append(&mut rules);
    renumber(&call, first).await?;
    Ok(Answer::no_content())
}

fn show_exemption(doc: &Doc) -> Value {
    let mut attributes = doc.body.clone();
    attributes["created_at"] = json!(times::iso(doc.created_ms));
    json!({"type": "tag_indexing_rule_exemptions", "id": doc.id, "attributes": attributes})
}

async fn exemption_get(call: Call) -> Result<Answer> {
    let metric = call.segment("metric_name");
    let doc = docs::find(&call.state, call.org(), Kind::TagIndexingExemption, metric).await?;
    let doc = doc.ok_or_else(|| Error::not_found(format!("{metric} has no exemption")))?;
    Ok(Answer::ok(json!({"data": show_exemption(&doc)})))
}

async fn exemption_create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["tag_indexing_rule_exemptions"])?;
    let reason = attributes.text("reason")?;
    let metric = call.segment("metric_name");
    let handle = &call.principal().handle;
    let body = json!({"reason": reason, "kind": "exempted", "created_by_handle": handle});
    let doc = docs::put(&call, Kind::TagIndexingExemption, metric, metric, body).await?;
    Ok(Answer::created(json!({"data": show_exemption(&doc)})))
}

async fn exemption_delete(call: Call) -> Result<Answer> {
    docs::remove(&call, Kind::TagIndexingExemption, call.segment("metric_name")).await?;
    Ok(Answer::no_content())
}
