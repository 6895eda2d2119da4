//! Graph snapshots: `GET /api/v1/graph/snapshot` draws a graph and keeps the picture; everybody who
//! has its address can look at it, for a while.
//!
//! The picture is a blob of the store, known by a document of control whose id is 128 random bits:
//! the address is the key to it. Pictures go after [`KEPT_MS`], and before that when an organisation
//! has more than [`SNAPSHOTS_MAX`]; each new one clears away some that are due.

use bytes::Bytes;
use control::{Actor, DocumentFilter, Permission};
use http::{HeaderName, HeaderValue, header};
use model::{OrgId, TimeRange};
use render::Theme;
use serde_json::{Value, json};
use storage::blobs::BlobId;

use crate::answer::Answer;
use crate::call::{Call, Params};
use crate::docs::{self, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::graphs::{self, Definition, Look, Variables};
use crate::page;
use crate::routes::Routes;

/// How long a picture is kept: mails are read late, but not for ever.
const KEPT_MS: i64 = 60 * model::DAY_MS;
/// Pictures of one organisation; at 40 KB each they are some 400 MB.
const SNAPSHOTS_MAX: usize = 10_000;
/// Old ones cleared away by each new one: more than one, so that a backlog shrinks.
const CLEARED_AT_ONCE: usize = 4;
const BLOB_KIND: &str = "graph_snapshot";
/// Size of a picture when the caller names none.
const WIDTH: i64 = 800;
const HEIGHT: i64 = 400;

pub(crate) fn routes(routes: Routes) -> Routes {
    let need = Need::Permission(Permission::TIMESERIES_QUERY);
    // The address is the key: those who get it by mail have no session.
    routes.get("/api/v1/graph/snapshot", need, take).get(
        "/snapshot/view/{org}/{name}",
        Need::Nothing,
        view,
    )
}

async fn take(call: Call) -> Result<Answer> {
    let query = &call.query;
    let (metric_query, graph_def) = (query.get("metric_query"), query.get("graph_def"));
    let mut definition = match (metric_query, graph_def) {
        (Some(_), Some(_)) | (None, None) => {
            let message = "one of the parameters metric_query and graph_def is required";
            return Err(Error::bad_request(message));
        }
        (Some(text), None) => Definition::of_query(text).map_err(|e| e.at("metric_query"))?,
        (None, Some(text)) => {
            let given: Value = serde_json::from_str(text).map_err(|error| {
                Error::bad_request(format!("graph_def is not valid JSON: {error}"))
            })?;
            Definition::read(&given, "graph_def", &Variables::default())?
        }
    };
    definition.events.extend(query.get("event_query").map(str::to_owned));
    let window = window(query)?;
    let name = name();
    let look = Look {
        title: query.get("title").map(str::to_owned),
        width: side(query, "width", WIDTH, graphs::WIDTH_MAX)?,
        height: side(query, "height", HEIGHT, graphs::HEIGHT_MAX)?,
        scale: 1.0,
        theme: theme(query.get("theme"))?,
        comment: name.clone(),
    };
    let title = look.title.clone().unwrap_or_else(|| definition.title.clone());
    let png = graphs::draw(&call, &definition, window, look).await?;
    keep(&call, &name, &title, png).await?;
    let mut answer = json!({"snapshot_url": url(&call, &name)});
    match (metric_query, graph_def) {
        (Some(text), _) => answer["metric_query"] = json!(text),
        (None, text) => answer["graph_def"] = json!(text),
    }
    Ok(Answer::ok(answer))
}

fn window(query: &Params) -> Result<TimeRange> {
    query.required("start").and_then(|_| query.required("end"))?;
    let start = query.int("start")?.unwrap_or_default();
    let end = query.int("end")?.unwrap_or_default();
    if start >= end {
        return Err(Error::bad_request(format!("start ({start}) must be before end ({end})")));
    }
    Ok(TimeRange::new(start.saturating_mul(1000), end.saturating_mul(1000)))
}

fn side(query: &Params, name: &str, default: i64, max: i64) -> Result<u32> {
    let pixels = query.int_in(name, graphs::SIDE_MIN..=max, default)?;
    Ok(u32::try_from(pixels).unwrap_or_default())
}

pub(crate) fn theme(name: Option<&str>) -> Result<Theme> {
    match name {
        None | Some("light") => Ok(Theme::Light),
        Some("dark") => Ok(Theme::Dark),
        Some(other) => {
            Err(Error::bad_request(format!("theme must be light or dark, not {other:?}")))
        }
    }
}

/// A new name that nobody can guess.
pub(crate) fn name() -> String {
    let random: [u8; 16] = base::secure_bytes();
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where everybody who knows it can look at the picture.
pub(crate) fn url(call: &Call, name: &str) -> String {
    format!("{}/snapshot/view/{}/{name}.png", page::base_url(call), call.org())
}

/// Keeps a picture under its name, and clears away what is too old or too much.
pub(crate) async fn keep(call: &Call, name: &str, title: &str, png: Bytes) -> Result<BlobId> {
    let blob = call.state.storage.blobs().put(call.org(), BLOB_KIND, png).await?;
    let shown: String = title.chars().take(200).collect();
    let body = json!({"blob": blob.to_string(), "title": shown});
    docs::put(call, Kind::GraphSnapshot, name, &shown, body).await?;
    clear(call).await?;
    Ok(blob)
}

async fn clear(call: &Call) -> Result<()> {
    let filter = DocumentFilter { limit: CLEARED_AT_ONCE, ..DocumentFilter::default() };
    let oldest = docs::page(&call.state, call.org(), Kind::GraphSnapshot, &filter).await?;
    let too_many = oldest.total.saturating_sub(SNAPSHOTS_MAX);
    let actor = Actor::system(call.org());
    for (at, document) in oldest.documents.into_iter().enumerate() {
        let is_old = document.created_ms.saturating_add(KEPT_MS) < call.now_ms();
        if !is_old && at >= too_many {
            break;
        }
        // The picture first: a document without one is found again, a picture without one never.
        if let Some(blob) = blob_of(&document.body) {
            call.state.storage.blobs().delete(call.org(), &blob).await?;
        }
        let control = &call.state.control;
        match control.delete_document(&actor, &document.kind, &document.id).await {
            Ok(_) | Err(control::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn blob_of(body: &Value) -> Option<BlobId> {
    body["blob"].as_str()?.parse().ok()
}

/// The picture, to anyone who knows its address.
async fn view(call: Call) -> Result<Answer> {
    let gone = || Error::not_found("there is no such picture, or it is too old");
    let org = call.segment("org").parse().map(OrgId).map_err(|_no_number| gone())?;
    let name = call.segment("name").strip_suffix(".png").ok_or_else(gone)?;
    if name.len() != 32 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(gone());
    }
    let found = docs::find(&call.state, org, Kind::GraphSnapshot, name).await?;
    let found = found.ok_or_else(gone)?;
    let left_ms = found.created_ms.saturating_add(KEPT_MS).saturating_sub(call.now_ms());
    let blob = blob_of(&found.body).filter(|_| left_ms > 0).ok_or_else(gone)?;
    let png = call.state.storage.blobs().get(org, &blob).await?.ok_or_else(gone)?;
    let kept = format!("public, max-age={}, immutable", left_ms / 1000);
    let kept = HeaderValue::from_str(&kept).map_err(|error| Error::internal(&error))?;
    let fixed = |name: &'static str, value: &'static str| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let answer = Answer::bytes("image/png", png).header(header::CACHE_CONTROL, kept);
    let headers = [
        fixed("x-content-type-options", "nosniff"),
        fixed("content-security-policy", "default-src 'none'"),
        // Mail programs on the web show it from another site.
        fixed("cross-origin-resource-policy", "cross-origin"),
        fixed("x-robots-tag", "noindex"),
    ];
    Ok(headers.into_iter().fold(answer, |answer, (name, value)| answer.header(name, value)))
}
