//! Lists of dashboards that people put together: the lists in v1, what stands in them in v2.

use control::{DocumentId, Permission};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::dashboards::{self, Authors, BuiltIn};
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// Dashboards in one list.
const ITEMS_MAX: usize = 2000;
/// Source: openapi core-v2 `DashboardType`.
const TYPES: [&str; 5] = [
    "custom_timeboard",
    "custom_screenboard",
    "integration_screenboard",
    "integration_timeboard",
    "host_timeboard",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    let write = Need::Permission(Permission::DASHBOARDS_WRITE);
    let all = "/api/v1/dashboard/lists/manual";
    let one = "/api/v1/dashboard/lists/manual/{list_id}";
    let items = "/api/v2/dashboard/lists/manual/{list_id}/dashboards";
    routes
        .get(all, read, list)
        .post(all, write, create)
        .get(one, read, get)
        .put(one, write, update)
        .delete(one, write, delete)
        .get(items, read, items_get)
        .post(items, write, items_add)
        .put(items, write, items_set)
        .delete(items, write, items_remove)
}

fn items(doc: &Doc) -> &[Value] {
    doc.body["dashboards"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn number(doc: &Doc) -> i64 {
    doc.id.parse().unwrap_or_default()
}

fn show(doc: &Doc, authors: &Authors) -> Value {
    json!({
        "author": authors.creator(doc),
        "created": times::iso(doc.created_ms),
        "dashboards": null,
        "dashboard_count": items(doc).len(),
        "id": number(doc),
        "is_favorite": false,
        "modified": times::iso(doc.modified_ms),
        "name": doc.name,
        "type": "manual_dashboard_list",
    })
}

async fn shown(call: &Call, doc: &Doc) -> Result<Answer> {
    let authors = Authors::of(call, [doc]).await?;
    Ok(Answer::ok(show(doc, &authors)))
}

async fn find(call: &Call) -> Result<Doc> {
    docs::of_path(call, Kind::DashboardList, "list_id", "Manual Dashboard List with id").await
}

async fn list(call: Call) -> Result<Answer> {
    let found = docs::list(&call.state, call.org(), Kind::DashboardList).await?;
    let authors = Authors::of(&call, &found).await?;
    let shown: Vec<_> = found.iter().map(|doc| show(doc, &authors)).collect();
    Ok(Answer::ok(json!({"dashboard_lists": shown})))
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    let body = json!({"dashboards": []});
    let doc = docs::create(&call, Kind::DashboardList, DocumentId::Sequence, name, body).await?;
    shown(&call, &doc).await
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    shown(&call, &doc).await
}

async fn update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    let old = find(&call).await?;
    let doc = docs::replace(&call, &old, name, old.body.clone()).await?;
    shown(&call, &doc).await
}

async fn delete(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    docs::remove(&call, Kind::DashboardList, &doc.id).await?;
    Ok(Answer::ok(json!({"deleted_dashboard_list_id": number(&doc)})))
}

/// What a call names: `{"id", "type"}` each, of dashboards that are there.
async fn named(call: &Call, must_exist: bool) -> Result<Vec<Value>> {
    let body = call.json()?;
    let listed = Fields::of(&body)?.array("dashboards")?;
    if listed.len() > ITEMS_MAX {
        return Err(Error::bad_request(format!("dashboards: at most {ITEMS_MAX} in a list")));
    }
    let mut named = Vec::with_capacity(listed.len());
    for (at, item) in listed.iter().enumerate() {
        let (id, kind) = (item["id"].as_str(), item["type"].as_str());
        let (Some(id), Some(kind)) = (id, kind.filter(|kind| TYPES.contains(kind))) else {
            let types = TYPES.join(", ");
            let message = format!("dashboards[{at}]: needs an id and a type, one of {types}");
            return Err(Error::bad_request(message));
        };
        if must_exist && kind.starts_with("custom_") {
            dashboards::find(call, id).await?;
        }
        let item = json!({"type": kind, "id": id});
        if !named.contains(&item) {
            named.push(item);
        }
    }
    Ok(named)
}

async fn store(call: &Call, old: &Doc, items: Vec<Value>) -> Result<()> {
    if items.len() > ITEMS_MAX {
        return Err(Error::bad_request(format!("dashboards: at most {ITEMS_MAX} in a list")));
    }
    docs::replace(call, old, &old.name, json!({"dashboards": items})).await?;
    Ok(())
}

fn same(one: &Value, other: &Value) -> bool {
    one["id"] == other["id"]
}

async fn items_get(call: Call) -> Result<Answer> {
    let list = find(&call).await?;
    let (mut types, mut found) = (Vec::new(), Vec::new());
    let mut built_in = Vec::new();
    for item in items(&list) {
        let id = item["id"].as_str().unwrap_or_default();
        match docs::find(&call.state, call.org(), Kind::Dashboard, id).await? {
            Some(doc) => {
                types.push(item["type"].clone());
                found.push(doc);
            }
            None => built_in.extend(BuiltIn::find(id).map(|board| (item["type"].clone(), board))),
        }
    }
    let authors = Authors::of(&call, &found).await?;
    let marks = dashboards::Marks::of(&call).await?;
    let shared = dashboards::shared(&call).await?;
    let mut shown: Vec<Value> = Vec::new();
    for (kind, doc) in types.iter().zip(&found) {
        shown.push(json!({
            "author": authors.creator(doc),
            "created": times::iso(doc.created_ms),
            "is_favorite": marks.is_starred(&doc.id),
            "is_shared": shared.contains(&doc.id),
            "modified": times::iso(doc.modified_ms),
            "title": doc.name,
            "type": kind,
            "id": doc.id,
            "url": dashboards::url(&doc.id, &doc.name),
            "is_read_only": doc.body.get("is_read_only").unwrap_or(&json!(false)),
            "tags": doc.body.get("tags").filter(|tags| tags.is_array()).unwrap_or(&json!([])),
            "icon": null,
            "integration_id": null,
            "popularity": marks.popularity(&doc.id),
        }));
    }
    for (kind, board) in &built_in {
        shown.push(json!({
            "author": {"name": BuiltIn::AUTHOR, "handle": BuiltIn::AUTHOR},
            "is_favorite": marks.is_starred(board.id),
            "is_shared": false,
            "title": board.title(),
            "type": kind,
            "id": board.id,
            "url": dashboards::url(board.id, board.title()),
            "is_read_only": true,
            "tags": [],
            "icon": null,
            "integration_id": board.id,
            "popularity": marks.popularity(board.id),
        }));
    }
    let total = shown.len();
    Ok(Answer::ok(json!({"dashboards": shown, "total": total})))
}

async fn items_add(call: Call) -> Result<Answer> {
    let list = find(&call).await?;
    let mut added = named(&call, true).await?;
    added.retain(|item| !items(&list).iter().any(|there| same(there, item)));
    let all = items(&list).iter().chain(&added).cloned().collect();
    store(&call, &list, all).await?;
    Ok(Answer::ok(json!({"added_dashboards_to_list": added})))
}

async fn items_set(call: Call) -> Result<Answer> {
    let list = find(&call).await?;
    let named = named(&call, true).await?;
    store(&call, &list, named.clone()).await?;
    Ok(Answer::ok(json!({"dashboards": named})))
}

async fn items_remove(call: Call) -> Result<Answer> {
    let list = find(&call).await?;
    let mut removed = named(&call, false).await?;
    removed.retain(|item| items(&list).iter().any(|there| same(there, item)));
    let kept = items(&list).iter().filter(|item| !removed.iter().any(|gone| same(gone, item)));
    store(&call, &list, kept.cloned().collect()).await?;
    Ok(Answer::ok(json!({"deleted_dashboards_from_list": removed})))
}
