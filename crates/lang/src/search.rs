//! The search language of logs, events, spans and their kin:
//! `service:(web OR api) @http.status_code:[400 TO 499] -"health check" timeout*`.
//!
//! [`parse`] gives the tree of [`ast`]; its `Display` is the printer; [`SearchMatcher`] decides
//! about one event that implements [`Fields`]. The same tree is planned against stored tables
//! elsewhere, so the meaning of each leaf is written down at its type.
//!
//! Source of the syntax: docs.datadoghq.com, "Log Search Syntax".

pub mod ast;
mod event;
mod json;
mod matcher;
mod parse;
mod print;

pub use json::JsonFields;
pub use matcher::{Fields, SearchMatcher, Value};
pub use parse::parse;
