//! What the page asks for besides Datadog's calls: the list with stars, views and authors, and the
//! marks that people set.

use std::collections::{HashMap, HashSet};

use control::{Permission, Views};
use serde_json::{Value, json};

use super::built_in::BuiltIn;
use super::{Authors, public, show};
use crate::answer::Answer;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::Result;
use crate::routes::Routes;
use crate::times;

pub(super) const KIND: &str = "dashboard";
/// The most popular dashboard of an organisation has this many.
const POPULARITY_MAX: f64 = 5.0;

pub(super) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    let star = "/api/procyon/dashboards/{dashboard_id}/star";
    routes
        .get("/api/procyon/dashboards", read, list)
        .put(star, read, star_set)
        .delete(star, read, star_remove)
        .post("/api/procyon/dashboards/{dashboard_id}/view", read, view)
}

/// The stars of the caller and the views of everybody.
#[derive(Debug)]
pub(crate) struct Marks {
    stars: HashSet<String>,
    views: HashMap<String, Views>,
    views_max: i64,
}

impl Marks {
    pub(crate) async fn of(call: &Call) -> Result<Self> {
        let control = &call.state.control;
        let stars = control.stars((call.org(), call.principal().user), KIND).await?;
        let views = control.views(call.org(), KIND).await?;
        Ok(Self {
            stars: stars.into_iter().collect(),
            views_max: views.iter().map(|views| views.count).max().unwrap_or(0),
            views: views.into_iter().map(|views| (views.id.clone(), views)).collect(),
        })
    }

    pub(crate) fn is_starred(&self, id: &str) -> bool {
        self.stars.contains(id)
    }

    pub(crate) fn views(&self, id: &str) -> Option<&Views> {
        self.views.get(id)
    }

    fn count(&self, id: &str) -> i64 {
        self.views(id).map_or(0, |views| views.count)
    }

    /// 0 to 5, on a scale on which each step is a multiple of views.
    pub(crate) fn popularity(&self, id: &str) -> i64 {
        let weight = |count: i64| (count as f64).ln_1p();
        match self.count(id) {
            0 => 0,
            count => (POPULARITY_MAX * weight(count) / weight(self.views_max)).ceil() as i64,
        }
    }
}

/// Whether a dashboard of this title, description and tags is looked for: each word is somewhere.
fn matches(doc: &Doc, words: &[String]) -> bool {
    let mut text = doc.name.to_lowercase();
    let description = doc.body["description"].as_str().unwrap_or_default();
    let tags = doc.body["tags"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for part in std::iter::once(description).chain(tags) {
        text.push('\n');
        text.push_str(&part.to_lowercase());
    }
    words.iter().all(|word| text.contains(word))
}

pub(super) fn widget_count(doc: &Doc) -> usize {
    let widgets = doc.body["widgets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let inner = |widget: &Value| widget["definition"]["widgets"].as_array().map_or(0, Vec::len);
    widgets.len() + widgets.iter().map(inner).sum::<usize>()
}

async fn list(call: Call) -> Result<Answer> {
    let deleted = call.query.flag("deleted")?.unwrap_or(false);
    let words: Vec<String> =
        call.query.get("q").unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
    let mut found = match deleted {
        true => docs::list_deleted(&call.state, call.org(), Kind::Dashboard).await?,
        false => docs::list(&call.state, call.org(), Kind::Dashboard).await?,
    };
    if !deleted {
        found.extend(BuiltIn::all().iter().map(|board| board.document(call.org())));
    }
    found.retain(|doc| matches(doc, &words));
    let authors = Authors::of(&call, &found).await?;
    let marks = Marks::of(&call).await?;
    let shared = public::shared(&call).await?;
    let row = |doc: &Doc| {
        let mut row = show_row(doc, &authors, &marks);
        row["is_shared"] = json!(shared.contains(&doc.id));
        row
    };
    let shown: Vec<Value> = found.iter().map(row).collect();
    Ok(Answer::ok(json!({"dashboards": shown})))
}

fn show_row(doc: &Doc, authors: &Authors, marks: &Marks) -> Value {
    let is_built_in = BuiltIn::find(&doc.id).is_some();
    let author = match is_built_in {
        true => json!({"handle": BuiltIn::AUTHOR, "name": BuiltIn::AUTHOR}),
        false => json!({"handle": authors.handle(doc).unwrap_or_default(),
            "name": authors.name(doc)}),
    };
    json!({
        "id": doc.id,
        "title": doc.name,
        "description": doc.body["description"],
        "layout_type": doc.body.get("layout_type").unwrap_or(&json!("ordered")),
        "author": author,
        "created_at": times::iso(doc.created_ms),
        "modified_at": times::iso(doc.modified_ms),
        "is_read_only": doc.body["is_read_only"] == true,
        "tags": doc.body["tags"].as_array().map(Vec::as_slice).unwrap_or_default(),
        "starred": marks.is_starred(&doc.id),
        "popularity": marks.popularity(&doc.id),
        "views": marks.count(&doc.id),
        "widgets": widget_count(doc),
        "is_built_in": is_built_in,
        "url": show::url(&doc.id, &doc.name),
        "deleted_at": doc.deleted_ms.map(times::iso),
        "is_restricted": doc.body["restricted_roles"].as_array().is_some_and(|r| !r.is_empty()),
        "last_viewed_at": marks.views(&doc.id).map(|views| times::iso(views.last_ms)),
    })
}

/// The id of the path, of a dashboard that is there.
async fn known(call: &Call) -> Result<String> {
    let id = call.segment("dashboard_id");
    if BuiltIn::find(id).is_none() {
        super::find(call, id).await?;
    }
    Ok(id.to_owned())
}

async fn star_set(call: Call) -> Result<Answer> {
    let id = known(&call).await?;
    let me = (call.org(), call.principal().user);
    call.state.control.set_star(me, KIND, &id, true).await?;
    Ok(Answer::no_content())
}

async fn star_remove(call: Call) -> Result<Answer> {
    let me = (call.org(), call.principal().user);
    call.state.control.set_star(me, KIND, call.segment("dashboard_id"), false).await?;
    Ok(Answer::no_content())
}

async fn view(call: Call) -> Result<Answer> {
    let id = known(&call).await?;
    let me = (call.org(), Some(call.principal().user));
    call.state.control.count_view(me, KIND, &id).await?;
    Ok(Answer::no_content())
}
