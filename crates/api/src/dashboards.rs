//! Dashboards: made, read, changed, deleted, restored.
//!
//! A dashboard is kept as it came, key for key; the server adds what only it knows: the id, the
//! widgets' numbers, the author, the times ([`body`] on the way in, [`show`] on the way out). A body
//! is checked against the schema of every widget before it is stored, and an old form is converted.
//!
//! Who may change one: whoever may write dashboards; a read-only or role-restricted one only its
//! author, the holders of these roles, and those who manage access ([`may_edit`]).

mod body;
mod built_in;
pub(crate) mod check;
mod graph;
mod import;
mod mend;
mod old;
mod page;
mod public;
mod show;
mod usage;
mod variables;
mod visit;

use control::{DocumentFilter, DocumentId, Permission};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;

pub(crate) use body::number as number_widgets;
pub(crate) use built_in::BuiltIn;
pub(crate) use page::Marks;
pub use public::Embeds;
pub(crate) use public::shared;
pub(crate) use show::{Authors, url};

/// Largest dashboard, as JSON text.
const BYTES_MAX: usize = control::DOCUMENT_BYTES_MAX;
/// Dashboards of one answer when the caller does not say. Source: openapi core-v1 `ListDashboards`.
const COUNT_DEFAULT: i64 = 100;
/// Dashboards that one bulk call may name.
const BULK_MAX: usize = 1000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    let write = Need::Permission(Permission::DASHBOARDS_WRITE);
    let all = "/api/v1/dashboard";
    let one = "/api/v1/dashboard/{dashboard_id}";
    let tables = [import::routes, page::routes, public::routes, usage::routes, visit::routes];
    let routes = tables.into_iter().fold(routes, |routes, add| add(routes));
    routes
        .post(all, write, create)
        .get(all, read, list)
        .delete(all, write, delete_many)
        .patch(all, write, restore_many)
        .get(one, read, get)
        .put(one, write, update)
        .delete(one, write, delete)
}

fn not_found(id: &str) -> Error {
    Error::not_found(format!("Dashboard with ID {id} not found"))
}

/// A stored dashboard of the caller's organisation.
pub(crate) async fn find(call: &Call, id: &str) -> Result<Doc> {
    let found = docs::find(&call.state, call.org(), Kind::Dashboard, id).await?;
    found.ok_or_else(|| not_found(id))
}

fn check_size(call: &Call) -> Result<()> {
    if call.body.len() <= BYTES_MAX {
        return Ok(());
    }
    let message = format!("a dashboard may have at most {BYTES_MAX} bytes of JSON");
    Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, message))
}

/// The body of a call that makes or changes a dashboard; an old form is converted.
fn sent(call: &Call) -> Result<Map<String, Value>> {
    check_size(call)?;
    match call.json()? {
        Value::Object(body) if old::is_old(&body) => Ok(old::convert(body)?.body),
        Value::Object(body) => Ok(body),
        _ => Err(Error::bad_request("a dashboard must be a JSON object")),
    }
}

fn title(body: &Map<String, Value>) -> &str {
    body.get("title").and_then(Value::as_str).unwrap_or_default()
}

/// The dashboard as answers show it.
async fn shown(call: &Call, doc: &Doc) -> Result<Value> {
    let authors = Authors::of(call, [doc]).await?;
    Ok(show::full(doc, &authors))
}

async fn create(call: Call) -> Result<Answer> {
    let doc = store(&call, sent(&call)?).await?;
    Ok(Answer::ok(shown(&call, &doc).await?))
}

/// Makes a dashboard of a checked body.
pub(crate) async fn store(call: &Call, body: Map<String, Value>) -> Result<Doc> {
    let body = body::prepare(body)?;
    let name = title(&body).to_owned();
    docs::create(call, Kind::Dashboard, DocumentId::Grouped, &name, Value::Object(body)).await
}

/// A stored dashboard that is to be changed.
async fn find_own(call: &Call, id: &str) -> Result<Doc> {
    match find(call, id).await {
        Err(_) if BuiltIn::find(id).is_some() => Err(BuiltIn::refusal()),
        found => found,
    }
}

async fn get(call: Call) -> Result<Answer> {
    let id = call.segment("dashboard_id");
    if let Some(board) = BuiltIn::find(id) {
        let mut shown = show::full(&board.document(call.org()), &Authors::default());
        shown["author_handle"] = json!(BuiltIn::AUTHOR);
        shown["author_name"] = json!(BuiltIn::AUTHOR);
        return Ok(Answer::ok(shown));
    }
    let doc = find(&call, id).await?;
    Ok(Answer::ok(shown(&call, &doc).await?))
}

async fn update(call: Call) -> Result<Answer> {
    let old = find_own(&call, call.segment("dashboard_id")).await?;
    may_edit(&call, &old).await?;
    let body = body::prepare(sent(&call)?)?;
    let name = title(&body).to_owned();
    let doc = docs::replace(&call, &old, &name, Value::Object(body)).await?;
    Ok(Answer::ok(shown(&call, &doc).await?))
}

async fn delete(call: Call) -> Result<Answer> {
    let id = call.segment("dashboard_id");
    may_edit(&call, &find_own(&call, id).await?).await?;
    match docs::remove(&call, Kind::Dashboard, id).await? {
        true => Ok(Answer::ok(json!({"deleted_dashboard_id": id}))),
        false => Err(not_found(id)),
    }
}

/// Refuses a caller who may write dashboards but not this one.
pub(crate) async fn may_edit(call: &Call, doc: &Doc) -> Result<()> {
    let principal = call.principal();
    if doc.author == Some(principal.user)
        || principal.permissions.contains(Permission::USER_ACCESS_MANAGE)
    {
        return Ok(());
    }
    if doc.body["is_read_only"] == true {
        return Err(Error::denied("this dashboard is read-only"));
    }
    let roles: Vec<&str> = doc.body["restricted_roles"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if roles.is_empty() {
        return Ok(());
    }
    let user = call.state.control.user(call.org(), principal.user).await?;
    match user.roles.iter().any(|role| roles.contains(&role.to_string().as_str())) {
        true => Ok(()),
        false => Err(Error::denied(
            "only some roles may change this dashboard, and you hold none of them",
        )),
    }
}

async fn list(call: Call) -> Result<Answer> {
    let query = &call.query;
    let count = query.int_in("count", 0..=i64::from(u32::MAX), COUNT_DEFAULT)?;
    let start = query.int_in("start", 0..=i64::from(u32::MAX), 0)?;
    let deleted = query.flag("filter[deleted]")?.unwrap_or(false);
    let only_shared = query.flag("filter[shared]")?.unwrap_or(false);
    let limit = (count as usize).min(control::DOCUMENTS_PAGE_MAX);
    let found = match limit {
        // A limit of 0 would stand for no limit.
        0 => Vec::new(),
        _ if only_shared => {
            let shared = public::shared(&call).await?;
            let mut found = match deleted {
                true => docs::list_deleted(&call.state, call.org(), Kind::Dashboard).await?,
                false => docs::list(&call.state, call.org(), Kind::Dashboard).await?,
            };
            found.retain(|doc| shared.contains(&doc.id));
            found.into_iter().skip(start as usize).take(limit).collect()
        }
        _ => {
            let filter = DocumentFilter {
                deleted,
                offset: start as usize,
                limit,
                ..DocumentFilter::default()
            };
            docs::page(&call.state, call.org(), Kind::Dashboard, &filter).await?.documents
        }
    };
    let authors = Authors::of(&call, &found).await?;
    let shown: Vec<Value> = found.iter().map(|doc| show::summary(doc, &authors)).collect();
    Ok(Answer::ok(json!({"dashboards": shown})))
}

/// The ids that a bulk call names.
fn named(call: &Call) -> Result<Vec<String>> {
    let body = call.json()?;
    let items = Fields::of(&body)?.array("data")?.clone();
    if items.is_empty() || items.len() > BULK_MAX {
        return Err(Error::bad_request(format!("data must name 1 to {BULK_MAX} dashboards")));
    }
    let mut ids = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let wrong = |what: &str| Error::bad_request(format!("data[{at}]{what}"));
        let id = item["id"].as_str().ok_or_else(|| wrong(".id must be a dashboard's id"))?;
        if item["type"] != "dashboard" {
            return Err(wrong(".type must be dashboard"));
        }
        ids.push(id.to_owned());
    }
    Ok(ids)
}

async fn delete_many(call: Call) -> Result<Answer> {
    let ids = named(&call)?;
    for id in &ids {
        may_edit(&call, &find_own(&call, id).await?).await?;
    }
    for id in &ids {
        docs::remove(&call, Kind::Dashboard, id).await?;
    }
    Ok(Answer::no_content())
}

async fn restore_many(call: Call) -> Result<Answer> {
    let ids = named(&call)?;
    let deleted = docs::list_deleted(&call.state, call.org(), Kind::Dashboard).await?;
    for id in &ids {
        let doc = deleted.iter().find(|doc| doc.id == *id).ok_or_else(|| not_found(id))?;
        may_edit(&call, doc).await?;
    }
    for id in &ids {
        docs::restore(&call, Kind::Dashboard, id).await?;
    }
    Ok(Answer::no_content())
}
