//! Powerpacks: groups of widgets that many dashboards share.

use std::collections::{BTreeSet, HashSet};

use control::{DocumentFilter, DocumentId, Permission};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::dashboards::{Authors, check, number_widgets};
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;

/// Source: openapi core-v2 `ListPowerpacks`.
const LIMIT_DEFAULT: i64 = 25;
const LIMIT_MAX: i64 = 1000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    let write = Need::Permission(Permission::DASHBOARDS_WRITE);
    let one = "/api/v2/powerpacks/{powerpack_id}";
    routes
        .get("/api/v2/powerpacks", read, list)
        .post("/api/v2/powerpacks", write, create)
        .get(one, read, get)
        .patch(one, write, update)
        .delete(one, write, delete)
}

fn show(doc: &Doc) -> Value {
    let mut attributes = Map::new();
    attributes.insert("name".to_owned(), json!(doc.name));
    for (name, value) in doc.body.as_object().into_iter().flatten() {
        attributes.insert(name.clone(), value.clone());
    }
    let author = doc.author.map(|id| json!({"type": "users", "id": id}));
    json!({"type": "powerpack", "id": doc.id, "attributes": attributes,
        "relationships": {"author": {"data": author}}})
}

/// The people who made these powerpacks, each once.
fn included<'a>(docs: impl IntoIterator<Item = &'a Doc>, authors: &Authors) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let users = docs.into_iter().filter_map(|doc| authors.user(doc));
    users
        .filter(|user| seen.insert(user.id))
        .map(|user| {
            json!({"type": "users", "id": user.id,
                "attributes": {"name": user.name, "email": user.email}})
        })
        .collect()
}

async fn shown(call: &Call, doc: &Doc) -> Result<Answer> {
    let authors = Authors::of(call, [doc]).await?;
    let included = included([doc], &authors);
    Ok(Answer::ok(json!({"data": show(doc), "included": included})))
}

async fn find(call: &Call) -> Result<Doc> {
    docs::of_path(call, Kind::Powerpack, "powerpack_id", "Powerpack with ID").await
}

/// The checked attributes of a body, on top of the old ones, widgets numbered.
fn sent(call: &Call, old: Option<&Doc>) -> Result<(String, Value)> {
    let body = call.json()?;
    let fields = Fields::attributes(&body, &["powerpack"])?;
    let name = match (fields.str_or_none("name")?, old) {
        (Some(_), _) | (None, None) => fields.text("name")?.to_owned(),
        (None, Some(old)) => old.name.clone(),
    };
    fields.str_or_none("description")?;
    fields.strs_or_none("tags")?;
    if fields.get("template_variables").is_some_and(|variables| !variables.is_array()) {
        return Err(fields.wrong("template_variables", "a list"));
    }
    let mut attributes = old.and_then(|doc| doc.body.as_object().cloned()).unwrap_or_default();
    for (key, value) in fields.value().as_object().into_iter().flatten() {
        attributes.insert(key.clone(), value.clone());
    }
    attributes.shift_remove("name");
    let mut group = attributes.get("group_widget").cloned().unwrap_or(Value::Null);
    check_group(&group)?;
    let definition = &mut group["definition"];
    if let Some(widgets) = definition.get_mut("widgets").and_then(Value::as_array_mut) {
        number_widgets(widgets, &mut HashSet::new());
    }
    if group["layout"].is_null() {
        group["layout"] = json!({"width": 12, "height": 1, "x": 0, "y": 0});
    }
    attributes.insert("group_widget".to_owned(), group);
    Ok((name, Value::Object(attributes)))
}

fn check_group(group: &Value) -> Result<()> {
    let at = "data.attributes.group_widget";
    if group.is_null() {
        return Err(Error::bad_request(format!("{at} is required")));
    }
    let kind = &group["definition"]["type"];
    if kind != "group" {
        let message = format!("{at}.definition.type: expected group; got {kind}");
        return Err(Error::bad_request(message));
    }
    check::check("Widget", at, group)
}

async fn create(call: Call) -> Result<Answer> {
    let (name, body) = sent(&call, None)?;
    let doc = docs::create(&call, Kind::Powerpack, DocumentId::Uuid, &name, body).await?;
    shown(&call, &doc).await
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    shown(&call, &doc).await
}

async fn update(call: Call) -> Result<Answer> {
    let old = find(&call).await?;
    let (name, body) = sent(&call, Some(&old))?;
    let doc = docs::replace(&call, &old, &name, body).await?;
    shown(&call, &doc).await
}

async fn delete(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    docs::remove(&call, Kind::Powerpack, &doc.id).await?;
    Ok(Answer::no_content())
}

async fn list(call: Call) -> Result<Answer> {
    let limit = call.query.int_in("page[limit]", 1..=LIMIT_MAX, LIMIT_DEFAULT)?;
    let offset = call.query.int_in("page[offset]", 0..=i64::from(u32::MAX), 0)?;
    let filter = DocumentFilter {
        offset: offset as usize,
        limit: limit as usize,
        ..DocumentFilter::default()
    };
    let page = docs::page(&call.state, call.org(), Kind::Powerpack, &filter).await?;
    let authors = Authors::of(&call, &page.documents).await?;
    let data: Vec<_> = page.documents.iter().map(show).collect();
    let included = included(&page.documents, &authors);
    let link =
        |offset: i64| format!("{}?page[offset]={offset}&page[limit]={limit}", call.uri.path());
    let before = (offset - limit).max(0);
    Ok(Answer::ok(json!({
        "data": data,
        "included": included,
        "links": {
            "self": link(offset),
            "first": link(0),
            "prev": (offset > 0).then(|| link(before)),
            "next": link(offset + limit),
            "last": null,
        },
        "meta": {"pagination": {
            "type": "offset_limit",
            "offset": offset,
            "limit": limit,
            "total": page.total,
            "first_offset": 0,
            "prev_offset": before,
            "next_offset": offset + limit,
            "last_offset": null,
        }},
    })))
}
