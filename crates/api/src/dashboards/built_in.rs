//! Dashboards that come with Procyon: JSON files in `crates/api/dashboards/`, readable in each
//! organisation and never written.

use std::sync::LazyLock;

use model::OrgId;
use serde_json::Value;

use crate::docs::Doc;
use crate::error::Error;

/// The files, by the dashboard's id. A test checks that none is missing.
const FILES: &[(&str, &str)] = &[
    ("docker", include_str!("../../dashboards/docker.json")),
    ("dogstatsd", include_str!("../../dashboards/dogstatsd.json")),
    ("mongodb", include_str!("../../dashboards/mongodb.json")),
    ("mysql", include_str!("../../dashboards/mysql.json")),
    ("postgresql", include_str!("../../dashboards/postgresql.json")),
    ("procyon", include_str!("../../dashboards/procyon.json")),
    ("rabbitmq", include_str!("../../dashboards/rabbitmq.json")),
    ("redis", include_str!("../../dashboards/redis.json")),
    ("system", include_str!("../../dashboards/system.json")),
];

/// When they were last changed, for answers that have to say it: 2026-01-01T00:00:00Z.
const WRITTEN_MS: i64 = 1_767_225_600_000;

static BOARDS: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    let read = |(id, text): &(&'static str, &str)| BuiltIn {
        id,
        body: serde_json::from_str(text).expect("BUG: a test reads all files"),
    };
    FILES.iter().map(read).collect()
});

/// A dashboard that comes with Procyon.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub(crate) id: &'static str,
    body: Value,
}

impl BuiltIn {
    /// Who answers name as its author.
    pub(crate) const AUTHOR: &str = "Procyon";

    pub(crate) fn all() -> &'static [Self] {
        &BOARDS
    }

    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        Self::all().iter().find(|board| board.id == id)
    }

    pub(crate) fn title(&self) -> &str {
        self.body["title"].as_str().unwrap_or(self.id)
    }

    /// As if it were stored in this organisation.
    pub(crate) fn document(&self, org: OrgId) -> Doc {
        let mut body = self.body.clone();
        body["is_read_only"] = Value::Bool(true);
        Doc {
            org,
            kind: "dashboard".to_owned(),
            id: self.id.to_owned(),
            name: self.title().to_owned(),
            version: 1,
            body,
            author: None,
            created_ms: WRITTEN_MS,
            modified_ms: WRITTEN_MS,
            deleted_ms: None,
        }
    }

    /// Why a change of it is refused.
    pub(crate) fn refusal() -> Error {
        Error::denied("this dashboard comes with Procyon and cannot be changed: clone it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::body;

    #[test]
    fn each_file_is_listed_and_good() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboards");
        let files =
            std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut names: Vec<String> = files
            .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let mut listed: Vec<String> = BuiltIn::all().iter().map(|b| b.id.to_owned()).collect();
        listed.sort();
        assert_eq!(names, listed);
        for board in BuiltIn::all() {
            let Value::Object(body) = board.body.clone() else { panic!("{}: no object", board.id) };
            let kept =
                body::prepare(body).unwrap_or_else(|error| panic!("{}: {error:?}", board.id));
            assert_eq!(
                kept["widgets"], board.body["widgets"],
                "{}: each widget has an id",
                board.id
            );
        }
    }
}
