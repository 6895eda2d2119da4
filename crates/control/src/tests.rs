//! The contract suite: each test runs on SQLite and, when `PROCYON_TEST_POSTGRES` holds a URL, on
//! PostgreSQL, in a schema of its own.

mod auth;
mod documents;
mod golden;
mod marks;
mod people;
mod storage;

use base::Clock;
use model::OrgId;
use uuid::Uuid;

use crate::db::Db;
use crate::testing::TempDir;
use crate::{Actor, Bootstrap, Control, Database, Options, PermissionSet};

/// When the manual clocks start: 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;

/// A fresh database with what bootstrap made.
struct Setup {
    dir: TempDir,
    options: Options,
    clock: Clock,
    control: Control,
    first: Bootstrap,
    admin: Actor,
    admin_id: Uuid,
}

impl Setup {
    async fn new(name: &str, database: Database) -> Self {
        let dir = TempDir::new(name);
        let clock = Clock::manual(START_MS);
        let options = Options { database, clock: clock.clone(), ..Options::new(dir.path()) };
        let control = Control::open(options.clone()).await.unwrap();
        let first = control.bootstrap().await.unwrap().unwrap();
        let user = control.user_by_handle(OrgId::FIRST, &first.email).await.unwrap();
        let admin = Actor {
            org: OrgId::FIRST,
            user: Some(user.id),
            name: user.handle.clone(),
            via: "session",
        };
        Self { dir, options, clock, control, first, admin, admin_id: user.id }
    }

    /// Another node on the same database.
    async fn open_again(&self) -> Control {
        Control::open(self.options.clone()).await.unwrap()
    }

    /// An actor of a second organisation.
    async fn other_org(&self) -> Actor {
        let org = self.control.create_org(&self.admin, "Other").await.unwrap();
        Actor::system(org.id)
    }

    /// Removes the records of what happened so far.
    async fn clear_audit(&self) {
        self.control.audit_done(i64::MAX).await.unwrap();
    }

    /// `action kind` of each audit record since the last time, in order.
    async fn audited(&self) -> Vec<String> {
        let records = self.control.audit_take(1000).await.unwrap();
        self.clear_audit().await;
        records.iter().map(|record| format!("{} {}", record.action, record.kind)).collect()
    }

    /// Runs SQL behind the back of the program.
    async fn sql(&self, sql: &str) {
        let mut tx = self.control.inner.db.begin().await.unwrap();
        tx.run(sql, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Runs a test on each engine that is there.
async fn on_each(name: &str, test: impl AsyncFn(&Setup)) {
    let setup = Setup::new(name, Database::Sqlite).await;
    test(&setup).await;
    setup.control.close().await;
    let Ok(url) = std::env::var("PROCYON_TEST_POSTGRES") else {
        eprintln!("{name}: not run on PostgreSQL, PROCYON_TEST_POSTGRES has no URL");
        return;
    };
    let schema = format!("control_{}", Uuid::new_v4().simple());
    let database = Database::Postgres { url: url.clone(), schema: Some(schema.clone()) };
    let setup = Setup::new(name, database).await;
    test(&setup).await;
    setup.control.close().await;
    let db = Db::open_postgres(&url, None).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.run(&format!("DROP SCHEMA {schema} CASCADE"), vec![]).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

fn set(names: &[&str]) -> PermissionSet {
    PermissionSet::of(names.iter().copied())
}

macro_rules! assert_error {
    ($result:expr, $pattern:pat) => {
        let result = $result;
        assert!(matches!(result, Err($pattern)), "{:?}", result);
    };
}
use assert_error;
