pub(crate) mod query;
pub(crate) mod sql;
