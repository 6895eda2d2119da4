//! Data directories that older versions wrote, one for each version of the schema, never edited.
//!
//! A new version needs one more: `cargo test -p control write_golden -- --ignored` writes it.

use std::path::PathBuf;

use model::OrgId;
use serde_json::json;

use super::{Setup, set};
use crate::db::Db;
use crate::schema::VERSION;
use crate::testing::TempDir;
use crate::{Control, CredentialKind, Database, DocumentId, Login, Options, TeamFields};

const FILES: [&str; 3] = ["control.db", "control.key", "bootstrap.json"];

fn folder(version: usize) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/v{version}"))
}

#[tokio::test]
async fn each_older_version_is_still_read() {
    for version in 1..=VERSION {
        let dir = TempDir::new("golden");
        for file in FILES {
            let from = folder(version).join(file);
            std::fs::copy(&from, dir.path().join(file))
                .unwrap_or_else(|error| panic!("version {version} has no golden {file}: {error}"));
        }
        let control = Control::open(Options::new(dir.path())).await.unwrap();
        let first = control.bootstrap().await.unwrap().unwrap();
        let login = control.login(&first.email, &first.password, "x").await.unwrap();
        assert!(matches!(login, Login::Session(_)), "{login:?}");
        let keys = control.principal_of_keys(&first.api_key, &first.application_key);
        assert!(keys.await.unwrap().is_some());
        let (org, kind) = (OrgId::FIRST, CredentialKind::ApiKey);
        let key = control.credential_by_value(org, kind, &first.api_key).await.unwrap();
        let shown = control.credential_value(org, kind, key.id).await.unwrap();
        assert_eq!(shown, Some(first.api_key));
        let document = control.document(org, "dashboard", "golden").await.unwrap();
        assert_eq!(document.body, json!({"title": "Golden", "widgets": []}));
        let roles = control.roles(org).await.unwrap();
        let role = roles.iter().find(|role| role.name == "golden").unwrap();
        assert_eq!(
            role.permissions.intersection(set(&["monitors_write"])),
            set(&["monitors_write"])
        );
        assert_eq!(control.teams(org).await.unwrap()[0].handle, "golden");
        assert!(!control.audit_take(10).await.unwrap().is_empty());
        control.close().await;
    }
}

#[tokio::test]
#[ignore = "writes the golden data directory of the current version"]
async fn write_golden() {
    let setup = Setup::new("write-golden", Database::Sqlite).await;
    let (control, admin) = (&setup.control, &setup.admin);
    let id = DocumentId::Given("golden".to_owned());
    let body = json!({"title": "Golden", "widgets": []});
    control.create_document(admin, "dashboard", id, "Golden", body).await.unwrap();
    control.create_role(admin, "golden", set(&["monitors_write"])).await.unwrap();
    let team = TeamFields {
        handle: "golden".to_owned(),
        name: "Golden".to_owned(),
        ..TeamFields::default()
    };
    control.create_team(admin, team).await.unwrap();

    let to = folder(VERSION);
    assert!(!to.exists(), "{} is there already and stays as it is", to.display());
    std::fs::create_dir_all(&to).unwrap();
    for file in &FILES[1..] {
        std::fs::copy(setup.dir.path().join(file), to.join(file)).unwrap();
    }
    let Db::Sqlite { writer, .. } = &control.inner.db else { unreachable!() };
    let mut connection = writer.acquire().await.unwrap();
    let into = format!("VACUUM INTO '{}'", to.join(FILES[0]).display());
    for sql in ["PRAGMA page_size = 512", &into] {
        sqlx::query(sql).execute(&mut *connection).await.unwrap();
    }
}
