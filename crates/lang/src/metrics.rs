//! The metric query language: `sum:requests{env:prod} by {service}.as_count() / 60`.

pub mod ast;
