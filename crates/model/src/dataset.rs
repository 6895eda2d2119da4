use std::fmt;

use serde::{Deserialize, Serialize};

/// A table of the store. The same word names its folder, its SQL table and its metrics.
///
/// Two shapes: *series* datasets (points, sketches and their rollups) are sorted runs of one series
/// each; all others are *tables* of rows with a `time` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dataset {
    Points,
    #[serde(rename = "points_5m")]
    Points5m,
    #[serde(rename = "points_1h")]
    Points1h,
    Sketches,
    #[serde(rename = "sketches_5m")]
    Sketches5m,
    #[serde(rename = "sketches_1h")]
    Sketches1h,
    /// Tags of a host by source, each row valid from its time on: key (host, source).
    HostTags,
    /// What is known of a host, by kind of document (metadata v5, inventories): key (host, kind).
    HostMetadata,
    Events,
    ServiceChecks,
    Audit,
    Usage,
}

impl Dataset {
    pub const ALL: [Self; 12] = [
        Self::Points,
        Self::Points5m,
        Self::Points1h,
        Self::Sketches,
        Self::Sketches5m,
        Self::Sketches1h,
        Self::HostTags,
        Self::HostMetadata,
        Self::Events,
        Self::ServiceChecks,
        Self::Audit,
        Self::Usage,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Points5m => "points_5m",
            Self::Points1h => "points_1h",
            Self::Sketches => "sketches",
            Self::Sketches5m => "sketches_5m",
            Self::Sketches1h => "sketches_1h",
            Self::HostTags => "host_tags",
            Self::HostMetadata => "host_metadata",
            Self::Events => "events",
            Self::ServiceChecks => "service_checks",
            Self::Audit => "audit",
            Self::Usage => "usage",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.name() == name)
    }

    /// Whether rows are runs of a series (metric, host, device, tags) rather than free-standing.
    pub fn is_series(self) -> bool {
        matches!(
            self,
            Self::Points
                | Self::Points5m
                | Self::Points1h
                | Self::Sketches
                | Self::Sketches5m
                | Self::Sketches1h
        )
    }

    /// The rollup tiers of a raw series dataset with their bucket width in milliseconds.
    pub fn rollups(self) -> &'static [(Self, i64)] {
        match self {
            Self::Points => &[(Self::Points5m, 300_000), (Self::Points1h, 3_600_000)],
            Self::Sketches => &[(Self::Sketches5m, 300_000), (Self::Sketches1h, 3_600_000)],
            _ => &[],
        }
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
