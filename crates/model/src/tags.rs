use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A sorted set of normalised tags, kept as its canonical text: `env:prod,team:core`.
///
/// Normalised tags hold no comma, so the text is unambiguous, sorts, compares and hashes as it is.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TagSet(Arc<str>);

impl TagSet {
    /// From tags that are already normalised, in any order, with or without repeats.
    pub fn new<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tags: Vec<&str> = tags.into_iter().filter(|t| !t.is_empty()).collect();
        tags.sort_unstable();
        tags.dedup();
        Self(tags.join(",").into())
    }

    /// From text that is known to be canonical, such as a stored column.
    pub fn from_canonical(text: &str) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(',').filter(|t| !t.is_empty())
    }
}

impl Default for TagSet {
    fn default() -> Self {
        Self("".into())
    }
}

impl fmt::Debug for TagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.0)
    }
}

impl fmt::Display for TagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits `key:value` at the first colon; a bare tag has an empty value.
pub fn split_tag(tag: &str) -> (&str, &str) {
    tag.split_once(':').unwrap_or((tag, ""))
}
