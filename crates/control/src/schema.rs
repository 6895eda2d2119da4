//! The schema and its versions.
//!
//! A step is a list of statements; the table `migrations` records which steps a database has. All
//! missing steps run in one transaction, so a crash leaves the old version or the new one. A
//! database with a step that this program does not know belongs to a newer one and is refused.
//! Steps are never edited once released: a change of the schema is a new step.
//!
//! `BYTES` stands for the column type of the engine (`BLOB`, `BYTEA`); text sorts by its bytes.

use crate::db::{Db, Tx, args};
use crate::{Error, Result};

/// A version of the schema: its name and its statements.
type Step = (&'static str, &'static [&'static str]);

const STEPS: &[Step] = &[("first", FIRST), ("marks", MARKS)];

const FIRST: &[&str] = &[
    "CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
    "INSERT INTO counters (name, value) VALUES ('change', 0), ('auth', 0)",
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE orgs (
        id BIGINT PRIMARY KEY, public_id TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL, settings TEXT NOT NULL,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL)",
    "CREATE TABLE users (
        org BIGINT NOT NULL REFERENCES orgs (id), id TEXT PRIMARY KEY,
        handle TEXT NOT NULL, email TEXT NOT NULL, name TEXT, title TEXT, password TEXT,
        status TEXT NOT NULL, service_account BIGINT NOT NULL, verified BIGINT NOT NULL,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL, last_login_ms BIGINT,
        UNIQUE (org, handle))",
    "CREATE INDEX users_handle ON users (handle)",
    "CREATE TABLE roles (
        org BIGINT NOT NULL REFERENCES orgs (id), id TEXT PRIMARY KEY,
        name TEXT NOT NULL, managed TEXT, permissions TEXT NOT NULL,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL)",
    "CREATE INDEX roles_org ON roles (org, name)",
    "CREATE TABLE user_roles (
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
        PRIMARY KEY (user_id, role_id))",
    "CREATE INDEX user_roles_role ON user_roles (role_id)",
    "CREATE TABLE teams (
        org BIGINT NOT NULL REFERENCES orgs (id), id TEXT PRIMARY KEY,
        handle TEXT NOT NULL, name TEXT NOT NULL, attributes TEXT NOT NULL,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL, UNIQUE (org, handle))",
    "CREATE TABLE team_members (
        team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        role TEXT, PRIMARY KEY (team_id, user_id))",
    "CREATE INDEX team_members_user ON team_members (user_id)",
    "CREATE TABLE credentials (
        org BIGINT NOT NULL REFERENCES orgs (id), id TEXT PRIMARY KEY,
        kind TEXT NOT NULL, name TEXT NOT NULL, hash BYTES NOT NULL UNIQUE, sealed BYTES,
        public_portion TEXT NOT NULL, last4 TEXT NOT NULL, scopes TEXT, category TEXT,
        remote_config BIGINT NOT NULL, owner TEXT REFERENCES users (id) ON DELETE CASCADE,
        created_by TEXT, modified_by TEXT,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL,
        expires_ms BIGINT, last_used_ms BIGINT)",
    "CREATE INDEX credentials_org ON credentials (org, kind, created_ms)",
    "CREATE INDEX credentials_owner ON credentials (owner)",
    "CREATE TABLE sessions (
        hash BYTES PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL)",
    "CREATE INDEX sessions_user ON sessions (user_id)",
    "CREATE INDEX sessions_expiry ON sessions (expires_ms)",
    "CREATE TABLE documents (
        org BIGINT NOT NULL REFERENCES orgs (id), kind TEXT NOT NULL, id TEXT NOT NULL,
        name TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL, author TEXT,
        created_ms BIGINT NOT NULL, modified_ms BIGINT NOT NULL, deleted_ms BIGINT,
        PRIMARY KEY (org, kind, id))",
    "CREATE INDEX documents_name ON documents (org, kind, name)",
    "CREATE TABLE sequences (
        org BIGINT NOT NULL REFERENCES orgs (id), kind TEXT NOT NULL, next BIGINT NOT NULL,
        PRIMARY KEY (org, kind))",
    "CREATE TABLE audit_outbox (
        id BIGINT PRIMARY KEY, time_ms BIGINT NOT NULL, org BIGINT NOT NULL,
        actor TEXT, actor_name TEXT NOT NULL, via TEXT NOT NULL, action TEXT NOT NULL,
        kind TEXT NOT NULL, object TEXT NOT NULL, name TEXT NOT NULL, before TEXT, after TEXT)",
];

const MARKS: &[&str] = &[
    "CREATE TABLE stars (
        org BIGINT NOT NULL REFERENCES orgs (id),
        user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (org, user_id, kind, id))",
    "CREATE TABLE views (
        org BIGINT NOT NULL REFERENCES orgs (id), kind TEXT NOT NULL, id TEXT NOT NULL,
        views BIGINT NOT NULL, last_ms BIGINT NOT NULL, last_by TEXT,
        PRIMARY KEY (org, kind, id))",
];

/// The newest version that this program knows.
#[cfg(test)]
pub(crate) const VERSION: usize = STEPS.len();

/// Serialises the starts of several nodes on one PostgreSQL: any number that only we take.
const START_LOCK: i64 = 0x5072_6f63_796f_6e01;

/// Begins a transaction that no other node's start overlaps.
pub(crate) async fn begin_alone(db: &Db) -> Result<Tx> {
    let mut tx = db.begin().await?;
    if let Tx::Postgres(_) = tx {
        tx.all("SELECT pg_advisory_xact_lock($1)", args![START_LOCK]).await?;
    }
    Ok(tx)
}

/// Brings the database to this program's version. On PostgreSQL `schema` is made when missing.
pub(crate) async fn migrate(db: &Db, schema: Option<&str>) -> Result<()> {
    let mut tx = begin_alone(db).await?;
    if let Some(schema) = schema {
        tx.run(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"), args![]).await?;
    }
    tx.run(
        "CREATE TABLE IF NOT EXISTS migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL)",
        args![],
    )
    .await?;
    let rows = tx.all("SELECT version, name FROM migrations ORDER BY version", args![]).await?;
    for (at, row) in rows.iter().enumerate() {
        let (version, name) = (row.int(0)?, row.text(1)?);
        let known = STEPS.get(at).is_some_and(|(step, _)| *step == name);
        if !known || version != at as i64 + 1 {
            return Err(Error::Corrupt(format!(
                "the database has schema step {version} ({name:?}), this version of Procyon knows \
                 {}: use the version that wrote it, or a newer one",
                STEPS.len()
            )));
        }
    }
    for (at, (name, statements)) in STEPS.iter().enumerate().skip(rows.len()) {
        for statement in *statements {
            tx.run(&for_engine(statement, &tx), args![]).await?;
        }
        let version = at as i64 + 1;
        tx.run("INSERT INTO migrations (version, name) VALUES ($1, $2)", args![version, *name])
            .await?;
    }
    tx.commit().await
}

fn for_engine(statement: &str, tx: &Tx) -> String {
    match tx {
        Tx::Sqlite(_) => statement.replace(" BYTES", " BLOB"),
        // By bytes, as SQLite sorts, and not by the rules of the server's country.
        Tx::Postgres(_) => {
            statement.replace(" BYTES", " BYTEA").replace(" TEXT", " TEXT COLLATE \"C\"")
        }
    }
}
