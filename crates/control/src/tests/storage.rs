use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use model::OrgId;
use serde_json::json;

use super::{Setup, assert_error, on_each, set};
use crate::{
    Control, CredentialKind, CredentialPatch, Database, DocumentId, Error, Login, MasterKey,
    NewCredential, NewUser, Options, OrgPatch, RolePatch, TeamFields, TeamMember, UserPatch,
};

#[tokio::test]
async fn bootstrap_happens_once() {
    on_each("bootstrap", async |setup| {
        let path = setup.dir.path().join("bootstrap.json");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        let again = setup.open_again().await;
        assert_eq!(again.bootstrap().await.unwrap().as_ref(), Some(&setup.first));
        assert!(again.api_key(&setup.first.api_key).await.unwrap().is_some());
        let login = again.login(&setup.first.email, &setup.first.password, "x").await.unwrap();
        assert!(matches!(login, Login::Session(_)));
        assert_eq!(again.orgs().await.unwrap().len(), 1);
        std::fs::write(&path, "{").unwrap();
        assert_error!(again.bootstrap().await, Error::Corrupt(_));
        std::fs::remove_file(&path).unwrap();
        assert_eq!(again.bootstrap().await.unwrap(), None);
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn upkeep_removes_what_ended_and_writes_what_is_pending() {
    on_each("upkeep", async |setup| {
        let control = &setup.control;
        let id = DocumentId::Given("d".to_owned());
        control.create_document(&setup.admin, "doc", id, "", json!({})).await.unwrap();
        control.delete_document(&setup.admin, "doc", "d").await.unwrap();
        control.login(&setup.first.email, &setup.first.password, "x").await.unwrap();
        let rows = async |table: &str| {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let row = control.inner.db.one(&sql, vec![]).await.unwrap().unwrap();
            row.int(0).unwrap()
        };
        let days = |days: u64| Duration::from_secs(days * 86_400);
        for (turn, wait, sessions, documents) in
            [(19, days(8), 1, 1), (20, days(0), 0, 1), (1200, days(22), 0, 1)]
        {
            setup.clock.advance(wait);
            control.upkeep(turn).await.unwrap();
            let got = (rows("sessions").await, rows("documents").await);
            assert_eq!(got, (sessions, documents), "turn {turn}");
        }
        setup.clock.advance(Duration::from_millis(1));
        control.upkeep(1200).await.unwrap();
        assert_eq!(rows("documents").await, 0);

        assert!(control.api_key(&setup.first.api_key).await.unwrap().is_some());
        let (trigger, shutdown) = base::Shutdown::new();
        trigger.stop();
        control.run(shutdown).await;
        let again = setup.open_again().await;
        let keys = again.credentials(OrgId::FIRST, CredentialKind::ApiKey, None).await.unwrap();
        assert_eq!(keys[0].last_used_ms, Some(setup.clock.now_ms()));
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    on_each("newer", async |setup| {
        let next = crate::schema::VERSION + 1;
        let sql =
            format!("INSERT INTO migrations (version, name) VALUES ({next}, 'of the future')");
        setup.sql(&sql).await;
        let error = Control::open(setup.options.clone()).await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Corrupt(_)), "{text}");
        assert!(text.contains("of the future") && text.contains("newer"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn another_master_key_is_refused() {
    on_each("master", async |setup| {
        let master_key = Some(MasterKey::new([1; 32]));
        let options = Options { master_key, ..setup.options.clone() };
        assert_error!(Control::open(options).await, Error::Corrupt(_));
        std::fs::remove_file(setup.dir.path().join("control.key")).unwrap();
        let error = Control::open(setup.options.clone()).await.unwrap_err();
        assert!(error.to_string().contains("control.key is missing"), "{error}");
        assert!(!setup.dir.path().join("control.key").exists(), "none is made over the loss");
    })
    .await;
}

#[tokio::test]
async fn sqlite_is_durable_and_private() {
    let setup = Setup::new("pragmas", Database::Sqlite).await;
    let control = &setup.control;
    for (pragma, expect) in [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)] {
        let mut tx = control.inner.db.begin().await.unwrap();
        let row = tx.one(&format!("PRAGMA {pragma}"), vec![]).await.unwrap().unwrap();
        assert_eq!(row.int(0).unwrap(), expect, "{pragma}");
    }
    let row = control.inner.db.one("PRAGMA journal_mode", vec![]).await.unwrap().unwrap();
    assert_eq!(row.text(0).unwrap(), "wal");
    let mut files = 0;
    for entry in std::fs::read_dir(setup.dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
        files += 1;
    }
    assert!(files >= 3, "control.db, control.key, bootstrap.json");
}

/// Does each kind of change once, and says which audit rows that has to write.
async fn change_everything(setup: &Setup) -> Vec<(&'static str, Vec<String>)> {
    let (control, admin) = (&setup.control, &setup.admin);
    let mut seen = Vec::new();
    macro_rules! audited {
        ($expect:literal, $change:expr) => {{
            let done = $change.await.unwrap();
            seen.push(($expect, setup.audited().await));
            done
        }};
    }
    setup.clear_audit().await;
    let new = NewUser { email: "a@example.com".to_owned(), ..NewUser::default() };
    let user = audited!("created user", control.create_user(admin, new)).id;
    let patch = UserPatch { title: Some("t".to_owned()), ..UserPatch::default() };
    audited!("modified user", control.update_user(admin, user, patch));
    audited!("modified user", control.set_password(admin, user, "long enough"));
    audited!("login user", control.login("a@example.com", "long enough", "x"));
    let role = audited!("created role", control.create_role(admin, "r", set(&[]))).id;
    let patch = RolePatch { name: Some("r2".to_owned()), permissions: None };
    audited!("modified role", control.update_role(admin, role, patch));
    audited!("modified user", control.add_user_role(admin, user, role));
    audited!("modified user", control.remove_user_role(admin, user, role));
    audited!("deleted role", control.delete_role(admin, role));
    let team =
        || TeamFields { handle: "t".to_owned(), name: "t".to_owned(), ..TeamFields::default() };
    let id = audited!("created team", control.create_team(admin, team())).id;
    audited!("modified team", control.update_team(admin, id, team()));
    let member = TeamMember { team: id, user, role: None };
    audited!("modified team", control.put_team_member(admin, &member));
    audited!("modified team", control.remove_team_member(admin, id, user));
    audited!("deleted team", control.delete_team(admin, id));
    audited!("modified org", control.update_org(admin, OrgPatch::default()));
    let (kind, patch) = (CredentialKind::ApiKey, CredentialPatch::default());
    let new = NewCredential::new(kind, "k", None);
    let key = audited!("created api_key", control.create_credential(admin, new)).credential.id;
    audited!("modified api_key", control.update_credential(admin, kind, key, patch));
    audited!("deleted api_key", control.revoke_credential(admin, kind, key));
    let id = DocumentId::Given("d".to_owned());
    audited!("created doc", control.create_document(admin, "doc", id, "", json!({})));
    let put = crate::PutDocument {
        kind: "doc",
        id: "d",
        name: "",
        body: json!({}),
        expect: crate::Expect::Any,
    };
    audited!("modified doc", control.put_document(admin, put));
    audited!("deleted doc", control.delete_document(admin, "doc", "d"));
    audited!("restored doc", control.restore_document(admin, "doc", "d"));
    seen
}

#[tokio::test]
async fn each_change_is_audited() {
    on_each("audit", async |setup| {
        for (expect, got) in change_everything(setup).await {
            assert_eq!(got, [expect]);
        }
        // A new organisation brings its roles with it.
        setup.other_org().await;
        let expect = ["created org", "created role", "created role", "created role"];
        assert_eq!(setup.audited().await, expect);
    })
    .await;
}

#[tokio::test]
async fn the_outbox_is_read_in_order_and_keeps_no_secret() {
    on_each("outbox", async |setup| {
        let control = &setup.control;
        let new = NewCredential::new(CredentialKind::ApplicationKey, "k", Some(setup.admin_id));
        let key = control.create_credential(&setup.admin, new).await.unwrap();
        let big = json!({"text": "x".repeat(20_000)});
        let id = DocumentId::Uuid;
        control.create_document(&setup.admin, "doc", id, "big", big).await.unwrap();
        let all = control.audit_take(1000).await.unwrap();
        let text = serde_json::to_string(&all).unwrap();
        let first = &setup.first;
        for secret in [&first.password, &first.api_key, &first.application_key, &key.value] {
            assert!(!text.contains(secret.as_str()));
        }
        let last = all.last().unwrap();
        assert_eq!(last.actor, Some(setup.admin_id));
        assert_eq!((&*last.actor_name, &*last.via), (&*first.email, "session"));
        assert_eq!(last.after.as_ref().unwrap()["bytes"], json!(20_011));
        assert!(all.is_sorted_by(|a, b| a.id < b.id));

        let two = control.audit_take(2).await.unwrap();
        assert_eq!(two, all[..2]);
        control.audit_done(two[1].id).await.unwrap();
        assert_eq!(control.audit_take(1000).await.unwrap(), all[2..]);
        control.audit_done(i64::MAX).await.unwrap();
        let org = OrgPatch::default();
        control.update_org(&setup.admin, org).await.unwrap();
        let next = control.audit_take(1).await.unwrap();
        assert!(next[0].id > last.id, "ids are never used again");
    })
    .await;
}

#[tokio::test]
async fn a_failed_change_leaves_nothing() {
    on_each("rollback", async |setup| {
        let control = &setup.control;
        setup.clear_audit().await;
        let changes = control.changes();
        let new = NewUser {
            email: "a@example.com".to_owned(),
            roles: vec![uuid::Uuid::nil()],
            ..NewUser::default()
        };
        assert_error!(control.create_user(&setup.admin, new).await, Error::NotFound { .. });
        assert_eq!(control.users(OrgId::FIRST).await.unwrap().len(), 1);
        assert_eq!(setup.audited().await, Vec::<String>::new());
        assert!(!changes.has_changed().unwrap());
        let patch = OrgPatch::default();
        control.update_org(&setup.admin, patch).await.unwrap();
        assert!(changes.has_changed().unwrap(), "those who keep copies are woken");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_share_one_bootstrap() {
    on_each("race", async |setup| {
        // An empty database of the same engine: another folder, another schema.
        let folder = setup.dir.path().join("cluster");
        let mut options = Options { data_dir: folder, ..setup.options.clone() };
        let fresh = format!("control_{}", uuid::Uuid::new_v4().simple());
        if let Database::Postgres { schema, .. } = &mut options.database {
            *schema = Some(fresh.clone());
        }
        let node = async |options: Options| {
            let node = Control::open(options).await.unwrap();
            let first = node.bootstrap().await.unwrap().unwrap();
            let orgs = node.orgs().await.unwrap();
            node.close().await;
            (first.api_key, orgs.len(), orgs[0].uuid)
        };
        let all = tokio::join!(
            node(options.clone()),
            node(options.clone()),
            node(options.clone()),
            node(options.clone()),
        );
        let all = HashSet::from([all.0, all.1, all.2, all.3]);
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!(all.into_iter().next().unwrap().1, 1);
        if matches!(options.database, Database::Postgres { .. }) {
            setup.sql(&format!("DROP SCHEMA {fresh} CASCADE")).await;
        }
    })
    .await;
}
