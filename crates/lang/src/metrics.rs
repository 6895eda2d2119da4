//! The metric query language: `sum:requests{env:prod} by {service}.as_count() / 60`.
//!
//! [`parse`] and [`parse_formula`] give the tree of [`ast`]; [`ScopeMatcher`] decides which series
//! a scope means; `Query::substitute` puts the values of template variables in; [`functions`] is
//! the list of what may be called; [`complete`] tells an editor what may stand at the caret. The
//! trees' `Display` is the printer.

pub mod ast;
mod complete;
pub mod functions;
mod matcher;
mod parse;
mod print;
mod vars;

pub use complete::{Completion, CompletionKind, complete};
pub use matcher::{ScopeMatcher, TagLists, TagLookup};
pub use parse::{MODIFIERS, parse, parse_formula};
pub(crate) use parse::{parse_within, scope::template_var};
pub use vars::TemplateValue;
