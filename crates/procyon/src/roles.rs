//! What a process can be. Each role starts small: open its parts, keep them in a list, stop them in
//! reverse order.

pub(crate) mod agent;
mod audit;
pub(crate) mod server;

use std::fmt;
use std::str::FromStr;

/// A part of the backend that can run in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Intake,
    Query,
    Compact,
    Web,
}

impl Role {
    pub(crate) const ALL: [Self; 4] = [Self::Intake, Self::Query, Self::Compact, Self::Web];

    fn name(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Query => "query",
            Self::Compact => "compact",
            Self::Web => "web",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("no role {text:?}; there are intake, query, compact and web"))
    }
}
