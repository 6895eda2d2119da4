use std::fmt;

use serde::{Deserialize, Serialize};

/// An organisation: the outermost partition of everything that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrgId(pub u32);

impl OrgId {
    /// The organisation that `procyon up` makes on an empty data directory.
    pub const FIRST: Self = Self(1);
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Identity of a metric series: a 128-bit hash of (org, metric, host, device, own tags sorted).
///
/// Host tags are not part of it: they are joined at query time, so that a changed host tag does
/// not split the series (docs/adr/002).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesId(pub u128);

impl SeriesId {
    /// Hashes the parts; `tags` is the canonical text of a [`crate::TagSet`] (sorted, comma-joined).
    /// The parts are length-prefixed, so no two different keys have the same pre-image.
    pub fn of(org: OrgId, metric: &str, host: &str, device: &str, tags: &str) -> Self {
        let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
        hasher.update(&org.0.to_le_bytes());
        for part in [metric, host, device, tags] {
            hasher.update(&(part.len() as u32).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.digest128())
    }
}

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
