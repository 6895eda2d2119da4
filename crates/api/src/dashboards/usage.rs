//! How dashboards are used: views, edits, widgets.

use std::collections::BTreeMap;

use control::{Permission, User};
use serde_json::{Value, json};

use super::{Authors, Marks, find};
use crate::answer::Answer;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

const LIMIT_DEFAULT: i64 = 250;
const LIMIT_MAX: i64 = 1000;

pub(super) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    routes.get("/api/v2/dashboards/usage", read, list).get(
        "/api/v2/dashboards/{dashboard_id}/usage",
        read,
        get,
    )
}

fn person(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name.as_deref().unwrap_or(&user.handle),
        "handle": user.handle,
        "is_disabled": user.disabled(),
    })
}

fn count_types(widgets: &Value, counts: &mut BTreeMap<String, i64>) {
    for widget in widgets.as_array().into_iter().flatten() {
        let definition = &widget["definition"];
        if let Some(kind) = definition["type"].as_str() {
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
        count_types(&definition["widgets"], counts);
    }
}

fn show(doc: &Doc, authors: &Authors, marks: &Marks, viewer: Option<&User>) -> Value {
    let mut counts = BTreeMap::new();
    count_types(&doc.body["widgets"], &mut counts);
    let tags = doc.body["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let teams: Vec<&str> = tags.filter_map(|tag| tag.strip_prefix("team:")).collect();
    let views = marks.views(&doc.id);
    json!({"id": doc.id, "type": "dashboards-usages", "attributes": {
        "org_id": doc.org.0,
        "title": doc.name,
        "teams": teams,
        "created_at": times::iso_z(doc.created_ms),
        "author": authors.user(doc).map(person),
        "total_views": views.map_or(0, |views| views.count),
        "viewed_at": views.map(|views| times::iso_z(views.last_ms)),
        "viewer": viewer.map(person),
        "total_views_by_type": null,
        "edited_at": times::iso_z(doc.modified_ms),
        "widget_count": counts.values().sum::<i64>(),
        "widget_count_by_type": counts,
        "dashboard_quality_score": null,
    }})
}

async fn shown(call: &Call, doc: &Doc, authors: &Authors, marks: &Marks) -> Result<Value> {
    let viewer = match marks.views(&doc.id).and_then(|views| views.last_by) {
        Some(id) => call.state.control.user(call.org(), id).await.ok(),
        None => None,
    };
    Ok(show(doc, authors, marks, viewer.as_ref()))
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call, call.segment("dashboard_id")).await?;
    let authors = Authors::of(&call, [&doc]).await?;
    let marks = Marks::of(&call).await?;
    Ok(Answer::ok(json!({"data": shown(&call, &doc, &authors, &marks).await?})))
}

fn time(call: &Call, name: &str) -> Result<Option<i64>> {
    let Some(text) = call.query.get(name) else { return Ok(None) };
    let time = times::parse(text, call.now_ms());
    time.map(Some).ok_or_else(|| Error::bad_request(format!("{name}: {text:?} is not a time")))
}

async fn list(call: Call) -> Result<Answer> {
    let limit = call.query.int_in("page[limit]", 1..=LIMIT_MAX, LIMIT_DEFAULT)?;
    let offset = call.query.int_in("page[offset]", 0..=i64::from(u32::MAX), 0)?;
    let edited_before = time(&call, "filter[edited_before]")?;
    let viewed_before = time(&call, "filter[viewed_before]")?;
    let marks = Marks::of(&call).await?;
    let mut found = docs::list(&call.state, call.org(), Kind::Dashboard).await?;
    found.retain(|doc| {
        let viewed_ms = marks.views(&doc.id).map_or(i64::MIN, |views| views.last_ms);
        edited_before.is_none_or(|before| doc.modified_ms < before)
            && viewed_before.is_none_or(|before| viewed_ms < before)
    });
    found.sort_by(|a, b| a.id.cmp(&b.id));
    let total = found.len() as i64;
    let page: Vec<Doc> = found.into_iter().skip(offset as usize).take(limit as usize).collect();
    let authors = Authors::of(&call, &page).await?;
    let mut data = Vec::with_capacity(page.len());
    for doc in &page {
        data.push(shown(&call, doc, &authors, &marks).await?);
    }
    let last = (total - 1).max(0) / limit * limit;
    let next = (offset + limit < total).then_some(offset + limit);
    let before = (offset > 0).then(|| (offset - limit).max(0));
    let link = |offset: i64| link(&call, offset, limit);
    Ok(Answer::ok(json!({
        "data": data,
        "meta": {"page": {
            "type": "offset_limit", "offset": offset, "first_offset": 0, "limit": limit,
            "prev_offset": before, "next_offset": next, "last_offset": last, "total": total,
        }},
        "links": {
            "self": link(offset), "first": link(0), "last": link(last),
            "next": next.map(link), "prev": before.map(link),
        },
    })))
}

/// The same call for another page.
fn link(call: &Call, offset: i64, limit: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for name in ["filter[edited_before]", "filter[viewed_before]"] {
        if let Some(value) = call.query.get(name) {
            query.append_pair(name, value);
        }
    }
    query.append_pair("page[offset]", &offset.to_string());
    query.append_pair("page[limit]", &limit.to_string());
    format!("{}?{}", call.uri.path(), query.finish())
}
