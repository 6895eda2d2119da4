use serde::{Deserialize, Serialize};

use crate::TagSet;

/// Source: `POST /api/v1/check_run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum CheckStatus {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

impl CheckStatus {
    pub fn from_u8(status: u8) -> Option<Self> {
        [Self::Ok, Self::Warning, Self::Critical, Self::Unknown].get(status as usize).copied()
    }

    pub fn name(self) -> &'static str {
        ["ok", "warning", "critical", "unknown"][self as usize]
    }
}

/// One run of a check: `datadog.agent.up` and its like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceCheck {
    pub check: String,
    pub host: String,
    /// Unix milliseconds.
    pub time: i64,
    pub status: CheckStatus,
    pub message: String,
    pub tags: TagSet,
}
