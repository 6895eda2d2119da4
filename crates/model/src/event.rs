use serde::{Deserialize, Serialize};

use crate::TagSet;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventPriority {
    #[default]
    Normal,
    Low,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertType {
    #[default]
    Info,
    Success,
    Warning,
    Error,
    UserUpdate,
    Recommendation,
    Snapshot,
}

impl EventPriority {
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Normal, Self::Low].into_iter().find(|p| p.name() == name)
    }
}

impl AlertType {
    pub const ALL: [Self; 7] = [
        Self::Info,
        Self::Success,
        Self::Warning,
        Self::Error,
        Self::UserUpdate,
        Self::Recommendation,
        Self::Snapshot,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::UserUpdate => "user_update",
            Self::Recommendation => "recommendation",
            Self::Snapshot => "snapshot",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// Something that happened: posted by a person, an Agent, a check or a monitor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Positive; what the API shows as `id`. Set by `ingest`; 0 before that.
    pub id: i64,
    /// Unix milliseconds.
    pub time: i64,
    pub title: String,
    pub text: String,
    pub host: String,
    pub tags: TagSet,
    pub priority: EventPriority,
    pub alert_type: AlertType,
    pub aggregation_key: String,
    /// `source_type_name`: `api`, `datadog`, `my apps`, …; what `source:` and `sources:` match.
    pub source: String,
    pub event_type: String,
    pub device: String,
    /// 0 when the event is no comment on another.
    pub related_event_id: i64,
    /// Event Management (v2): `change` or `alert`; empty for v1 events.
    pub category: String,
    /// Event Management (v2): the caller's `attributes.attributes` as JSON text; empty for v1.
    pub attributes: String,
}
