pub(crate) mod dashboards;
pub(crate) mod query;
pub(crate) mod sql;
