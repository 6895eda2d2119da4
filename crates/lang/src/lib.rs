//! The query languages of Procyon: metric queries, formulas, searches and monitor queries.
//!
//! Pure: no IO, no clock, no state. A parser here never fails and never panics; it yields the best
//! tree it can and a list of [`Diagnostic`]s, so that an editor underlines and the API answers 400
//! from the same list. Every tree prints to a canonical text that parses to the same tree.

mod cursor;
mod diagnostic;
pub mod metrics;
pub mod monitor;
pub mod search;
mod wildcard;

pub use diagnostic::{Diagnostic, Severity, Span, errors};
pub use wildcard::Wildcard;
