//! Notebooks: text and graphs one below the other, kept as they were sent.

use control::{DocumentId, Permission, User};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::dashboards::{Authors, check};
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// Notebooks of one answer when the caller does not say. Source: openapi core-v1 `ListNotebooks`.
const COUNT_DEFAULT: i64 = 100;
const COUNT_MAX: i64 = 1000;
/// Source: openapi core-v1 `NotebookCreateDataAttributes`.
const NAME_CHARS_MAX: usize = 80;
const CELL_ID_CHARS: usize = 8;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::NOTEBOOKS_READ);
    let write = Need::Permission(Permission::NOTEBOOKS_WRITE);
    let one = "/api/v1/notebooks/{notebook_id}";
    routes
        .get("/api/v1/notebooks", read, list)
        .post("/api/v1/notebooks", write, create)
        .get(one, read, get)
        .put(one, write, update)
        .delete(one, write, delete)
}

fn author(user: Option<&User>) -> Value {
    let Some(user) = user else {
        return json!({"name": null, "handle": "", "email": "", "icon": "", "title": null,
            "verified": false, "disabled": true, "status": "Disabled"});
    };
    json!({
        "created_at": times::iso(user.created_ms),
        "disabled": user.disabled(),
        "email": user.email,
        "handle": user.handle,
        // Pictures by e-mail address would tell a third party who is seen.
        "icon": "",
        "name": user.name,
        "status": user.status.name(),
        "title": user.title,
        "verified": user.verified,
    })
}

/// A notebook as answers show it; without cells and time if so wished.
fn show(doc: &Doc, authors: &Authors, with_cells: bool) -> Value {
    let empty = Map::new();
    let body = doc.body.as_object().unwrap_or(&empty);
    let mut shown = Map::new();
    shown.insert("name".to_owned(), json!(doc.name));
    for (name, value) in body {
        if with_cells || !matches!(name.as_str(), "cells" | "time") {
            shown.insert(name.clone(), value.clone());
        }
    }
    let mut metadata = json!({"take_snapshots": false, "is_template": false, "is_favorite": false,
        "type": null});
    for (name, value) in body.get("metadata").and_then(Value::as_object).into_iter().flatten() {
        metadata[name] = value.clone();
    }
    shown.insert("metadata".to_owned(), metadata);
    let variables = shown.entry("template_variables").or_insert(Value::Null);
    if variables.is_null() {
        *variables = json!([]);
    }
    shown.entry("status").or_insert_with(|| json!("published"));
    shown.entry("tags").or_insert(Value::Null);
    shown.insert("created".to_owned(), json!(times::iso(doc.created_ms)));
    shown.insert("modified".to_owned(), json!(times::iso(doc.modified_ms)));
    shown.insert("deleted".to_owned(), json!(doc.deleted_ms.map(times::iso)));
    shown.insert("author".to_owned(), author(authors.user(doc)));
    let id: i64 = doc.id.parse().unwrap_or_default();
    json!({"type": "notebooks", "id": id, "attributes": shown})
}

async fn shown(call: &Call, doc: &Doc) -> Result<Answer> {
    let authors = Authors::of(call, [doc]).await?;
    Ok(Answer::ok(json!({"data": show(doc, &authors, true)})))
}

async fn find(call: &Call) -> Result<Doc> {
    docs::of_path(call, Kind::Notebook, "notebook_id", "Notebook with ID").await
}

/// The checked attributes of a body, each cell with an id.
fn sent(call: &Call, root: &str) -> Result<(String, Value)> {
    let body = call.json()?;
    check::check(root, "", &body)?;
    let attributes = Fields::attributes(&body, &["notebooks"])?;
    let name = attributes.str("name")?.to_owned();
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(attributes.wrong("name", "at most 80 characters"));
    }
    let mut attributes = attributes.value().as_object().cloned().unwrap_or_default();
    attributes.shift_remove("name");
    for cell in attributes.get_mut("cells").and_then(Value::as_array_mut).into_iter().flatten() {
        let has_id = cell["id"].as_str().is_some_and(|id| !id.is_empty());
        if let Some(cell) = cell.as_object_mut().filter(|_| !has_id) {
            cell.insert("id".to_owned(), json!(cell_id()));
        }
    }
    Ok((name, Value::Object(attributes)))
}

/// Eight lower-case letters and digits.
fn cell_id() -> String {
    const DIGITS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let random: [u8; CELL_ID_CHARS] = base::secure_bytes();
    random.iter().map(|byte| char::from(DIGITS[usize::from(byte & 31)])).collect()
}

async fn create(call: Call) -> Result<Answer> {
    let (name, body) = sent(&call, "NotebookCreateRequest")?;
    let doc = docs::create(&call, Kind::Notebook, DocumentId::Sequence, &name, body).await?;
    shown(&call, &doc).await
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    shown(&call, &doc).await
}

async fn update(call: Call) -> Result<Answer> {
    let (name, body) = sent(&call, "NotebookUpdateRequest")?;
    let old = find(&call).await?;
    let doc = docs::replace(&call, &old, &name, body).await?;
    shown(&call, &doc).await
}

async fn delete(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    docs::remove(&call, Kind::Notebook, &doc.id).await?;
    Ok(Answer::no_content())
}

async fn list(call: Call) -> Result<Answer> {
    let query = &call.query;
    let count = query.int_in("count", 0..=COUNT_MAX, COUNT_DEFAULT)? as usize;
    let start = query.int_in("start", 0..=i64::from(u32::MAX), 0)? as usize;
    let with_cells = query.flag("include_cells")?.unwrap_or(true);
    let templates = query.flag("is_template")?.unwrap_or(false);
    let part = query.get("query").unwrap_or_default().to_lowercase();
    let mut found = docs::list(&call.state, call.org(), Kind::Notebook).await?;
    let authors = Authors::of(&call, &found).await?;
    found.retain(|doc| {
        let metadata = &doc.body["metadata"];
        let handle = authors.handle(doc).unwrap_or_default();
        let has = |text: &str| text.to_lowercase().contains(&part);
        (metadata["is_template"] == true) == templates
            && query.get("type").is_none_or(|kind| metadata["type"] == kind)
            && query.get("author_handle").is_none_or(|wanted| wanted == handle)
            && query.get("exclude_author_handle").is_none_or(|unwanted| unwanted != handle)
            && (part.is_empty() || has(&doc.name) || has(handle))
    });
    match query.get("sort_field").unwrap_or("modified") {
        "modified" => found.sort_by_key(|doc| doc.modified_ms),
        "created" => found.sort_by_key(|doc| doc.created_ms),
        "name" => found.sort_by_key(|doc| doc.name.to_lowercase()),
        other => {
            let message = format!("sort_field must be modified, name or created, not {other:?}");
            return Err(Error::bad_request(message));
        }
    }
    match query.get("sort_dir").unwrap_or("desc") {
        "asc" => {}
        "desc" => found.reverse(),
        other => {
            let message = format!("sort_dir must be asc or desc, not {other:?}");
            return Err(Error::bad_request(message));
        }
    }
    let total = found.len();
    let page = found.iter().skip(start).take(count);
    let shown: Vec<_> = page.map(|doc| show(doc, &authors, with_cells)).collect();
    let page = json!({"total_count": total, "total_filtered_count": shown.len()});
    Ok(Answer::ok(json!({"data": shown, "meta": {"page": page}})))
}
