//! Dashboards as answers show them.

use std::collections::HashMap;

use control::User;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::call::Call;
use crate::docs::Doc;
use crate::error::Result;
use crate::times;

/// Longest title in an address, in characters.
const SLUG_CHARS_MAX: usize = 80;

/// The people who made some objects.
#[derive(Debug, Default)]
pub(crate) struct Authors(HashMap<Uuid, User>);

impl Authors {
    pub(crate) async fn of<'a>(
        call: &Call,
        docs: impl IntoIterator<Item = &'a Doc>,
    ) -> Result<Self> {
        let mut known = HashMap::new();
        for id in docs.into_iter().filter_map(|doc| doc.author) {
            if known.contains_key(&id) {
                continue;
            }
            match call.state.control.user(call.org(), id).await {
                Ok(user) => drop(known.insert(id, user)),
                Err(control::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self(known))
    }

    pub(crate) fn user(&self, doc: &Doc) -> Option<&User> {
        self.0.get(&doc.author?)
    }

    pub(crate) fn handle(&self, doc: &Doc) -> Option<&str> {
        self.user(doc).map(|user| user.handle.as_str())
    }

    pub(crate) fn name(&self, doc: &Doc) -> Option<&str> {
        self.user(doc).and_then(|user| user.name.as_deref())
    }

    /// `{"name", "handle"}`.
    pub(crate) fn creator(&self, doc: &Doc) -> Value {
        json!({"name": self.name(doc), "handle": self.handle(doc)})
    }
}

/// `/dashboard/abc-def-ghi/its-title`.
pub(crate) fn url(id: &str, title: &str) -> String {
    format!("/dashboard/{id}/{}", slug(title))
}

/// The title's letters and digits in lower case, words joined by hyphens, whole words only.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    let words = title.split(|c: char| c.is_whitespace() || c == '-');
    for word in words {
        let word: String =
            word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if word.is_empty() {
            continue;
        }
        let room =
            SLUG_CHARS_MAX.saturating_sub(slug.chars().count() + usize::from(!slug.is_empty()));
        if word.chars().count() > room {
            if slug.is_empty() {
                slug.extend(word.chars().take(room));
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    slug
}

/// A whole dashboard: what the server knows, then everything as it was sent.
pub(crate) fn full(doc: &Doc, authors: &Authors) -> Value {
    let empty = Map::new();
    let body = doc.body.as_object().unwrap_or(&empty);
    let sent = |name: &str, default: Value| body.get(name).cloned().unwrap_or(default);
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("id", json!(doc.id));
    put("title", json!(doc.name));
    put("description", sent("description", Value::Null));
    put("author_handle", json!(authors.handle(doc).unwrap_or_default()));
    put("author_name", json!(authors.name(doc)));
    put("layout_type", sent("layout_type", json!("ordered")));
    put("url", json!(url(&doc.id, &doc.name)));
    put("is_read_only", sent("is_read_only", json!(false)));
    put("template_variables", sent("template_variables", Value::Null));
    put("widgets", sent("widgets", json!([])));
    put("notify_list", sent("notify_list", Value::Null));
    put("created_at", json!(times::iso(doc.created_ms)));
    put("modified_at", json!(times::iso(doc.modified_ms)));
    for (name, value) in body {
        if !shown.contains_key(name) {
            shown.insert(name.clone(), value.clone());
        }
    }
    shown.entry("restricted_roles").or_insert_with(|| json!([]));
    Value::Object(shown)
}

/// A dashboard in a list.
pub(crate) fn summary(doc: &Doc, authors: &Authors) -> Value {
    json!({
        "id": doc.id,
        "title": doc.name,
        "description": doc.body["description"],
        "layout_type": doc.body.get("layout_type").unwrap_or(&json!("ordered")),
        "url": url(&doc.id, &doc.name),
        "is_read_only": doc.body.get("is_read_only").unwrap_or(&json!(false)),
        "created_at": times::iso(doc.created_ms),
        "modified_at": times::iso(doc.modified_ms),
        "author_handle": authors.handle(doc).unwrap_or_default(),
        "deleted_at": doc.deleted_ms.map(times::iso),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_in_addresses() {
        for (title, expect) in [
            ("My Graph_of CPU", "my-graphof-cpu"),
            ("Overview [Default - Version]", "overview-default-version"),
            ("  ", ""),
            ("Größe 1.5", "größe-15"),
        ] {
            assert_eq!(slug(title), expect);
        }
        let long = slug(&"word ".repeat(40));
        assert_eq!(long.len(), 79);
        assert!(long.ends_with("-word"));
        assert_eq!(slug(&"x".repeat(100)).len(), SLUG_CHARS_MAX);
    }
}
