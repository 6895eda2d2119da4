//! How a unit of work ended. Nothing is lost silently: each point, event, check or payload that
//! arrives ends in exactly one [`Outcome`], and the outcomes are counted by route and reason.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Durable.
    Accepted,
    /// Left out because a person's setting says so.
    Filtered,
    /// Over a limit; the sender may try again, or a cardinality bound was reached.
    RateLimited,
    /// Refused for what it says; the reason names what is wrong.
    Invalid,
    /// Arrived at a route that is known and not served yet.
    Discarded,
    /// Lost by a fault of ours.
    Dropped,
}

impl OutcomeKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Filtered => "filtered",
            Self::RateLimited => "rate_limited",
            Self::Invalid => "invalid",
            Self::Discarded => "discarded",
            Self::Dropped => "dropped",
        }
    }
}

/// Why: a short fixed code (a metric tag), and words for the person with what and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// `point_too_old`, `metric_name_too_long`, `bad_json`, …: few and stable.
    pub code: Cow<'static, str>,
    /// `series[3].points[0]: timestamp 1 is older than 456 days`.
    pub message: String,
}

impl Reason {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), message: message.into() }
    }
}

/// The end of `count` units of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub kind: OutcomeKind,
    pub count: u64,
    /// `None` only for accepted.
    pub reason: Option<Reason>,
}

impl Outcome {
    pub fn accepted(count: u64) -> Self {
        Self { kind: OutcomeKind::Accepted, count, reason: None }
    }

    pub fn refused(kind: OutcomeKind, count: u64, reason: Reason) -> Self {
        Self { kind, count, reason: Some(reason) }
    }
}
