//! The two databases behind one door.
//!
//! All SQL of this crate is written once, in the part of the language that SQLite and PostgreSQL
//! share: `$1` parameters, `TEXT`, `BIGINT` and byte columns, `ON CONFLICT`, `RETURNING`. Times are
//! unix milliseconds, UUIDs and JSON are text, booleans 0 and 1.
//!
//! Writers are serialised: a transaction that changes something begins with the write lock (SQLite's
//! `BEGIN IMMEDIATE`; on PostgreSQL the row that [`crate::change`] counts up). People make the
//! changes, so there are few of them, and read-then-write needs no further care.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{Postgres, Row as _, Sqlite, Transaction};

use crate::{Error, Result};

/// How long a call waits for a connection, and a SQLite connection for the write lock, before it
/// answers that the database is not available. Longer than the slowest fsync, shorter than the
/// patience of a client.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Connections that read at a time. Reads are short and most of them are answered from memory.
const READERS: u32 = 4;

/// An open database.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One connection that writes and a few that only read: a reader never waits for a writer (WAL).
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A parameter of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($from:ty => |$value:ident| $arg:expr),+ $(,)?) => {
        $(impl From<$from> for Arg { fn from($value: $from) -> Self { $arg } })+
    };
}

arg_from! {
    i64 => |value| Self::Int(Some(value)),
    Option<i64> => |value| Self::Int(value),
    bool => |value| Self::Int(Some(i64::from(value))),
    model::OrgId => |value| Self::Int(Some(i64::from(value.0))),
    &str => |value| Self::Text(Some(value.to_owned())),
    String => |value| Self::Text(Some(value)),
    &String => |value| Self::Text(Some(value.clone())),
    Option<String> => |value| Self::Text(value),
    uuid::Uuid => |value| Self::Text(Some(value.to_string())),
    Option<uuid::Uuid> => |value| Self::Text(value.map(|id| id.to_string())),
    &serde_json::Value => |value| Self::Text(Some(value.to_string())),
    &[u8] => |value| Self::Bytes(Some(value.to_vec())),
    Vec<u8> => |value| Self::Bytes(Some(value)),
    Option<Vec<u8>> => |value| Self::Bytes(value),
}

/// `args![id, name]`: the parameters of a statement in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}
pub(crate) use args;

/// A row of an answer; columns are asked for by position.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! column {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: usize) -> Result<$type> {
            let value = match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            };
            value.map_err(|error| Error::Corrupt(format!("column {column}: {error}")))
        }
    };
}

impl Row {
    column!(int, i64);
    column!(opt_int, Option<i64>);
    column!(text, String);
    column!(opt_text, Option<String>);
    column!(opt_bytes, Option<Vec<u8>>);

    pub(crate) fn flag(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn org(&self, column: usize) -> Result<model::OrgId> {
        let org = u32::try_from(self.int(column)?);
        org.map(model::OrgId).map_err(|error| Error::Corrupt(format!("org id: {error}")))
    }

    pub(crate) fn uuid(&self, column: usize) -> Result<uuid::Uuid> {
        let text = self.text(column)?;
        text.parse().map_err(|error| Error::Corrupt(format!("uuid {text:?}: {error}")))
    }

    pub(crate) fn opt_uuid(&self, column: usize) -> Result<Option<uuid::Uuid>> {
        match self.opt_text(column)? {
            Some(_) => self.uuid(column).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T> {
        let text = self.text(column)?;
        serde_json::from_str(&text)
            .map_err(|error| Error::Corrupt(format!("json in column {column}: {error}")))
    }

    pub(crate) fn opt_json<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
    ) -> Result<Option<T>> {
        match self.opt_text(column)? {
            Some(_) => self.json(column).map(Some),
            None => Ok(None),
        }
    }
}

/// A transaction; rolled back when it is dropped.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// PostgreSQL's text cannot hold a zero byte and SQLite's `LIKE` stops at one. What is stored was
/// checked for it; what is looked for is not found with the replacement either.
fn without_zero(text: String) -> String {
    match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}"),
        false => text,
    }
}

fn sqlite_query<'q>(sql: &'q str, args: Vec<Arg>) -> Query<'q, Sqlite, SqliteArguments<'q>> {
    args.into_iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::Text(value) => query.bind(value.map(without_zero)),
        Arg::Bytes(value) => query.bind(value),
    })
}

fn postgres_query(sql: &str, args: Vec<Arg>) -> Query<'_, Postgres, PgArguments> {
    args.into_iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Int(value) => query.bind(value),
        Arg::Text(value) => query.bind(value.map(without_zero)),
        Arg::Bytes(value) => query.bind(value),
    })
}

fn read_error(error: sqlx::Error) -> Error {
    Error::unavailable("reading", error)
}

/// A broken uniqueness is the caller's conflict; anything else is the database's trouble.
fn write_error(error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(db) if db.is_unique_violation() => {
            Error::Conflict("an object of this name or id exists already".to_owned())
        }
        _ => Error::unavailable("writing", error),
    }
}

impl Db {
    /// Opens or makes a SQLite file (mode 0600: it holds password hashes).
    pub(crate) async fn open_sqlite(path: &Path) -> Result<Self> {
        make_private(path).map_err(|error| Error::unavailable("making control.db", error))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT_MAX);
        let pool = |connections| {
            SqlitePoolOptions::new().max_connections(connections).acquire_timeout(WAIT_MAX)
        };
        let writer = pool(1)
            .connect_with(options.clone())
            .await
            .map_err(|error| Error::unavailable("opening control.db", error))?;
        // The readers connect when they are first needed, which keeps the start short.
        let readers = pool(READERS).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self::Sqlite { writer, readers })
    }

    /// Connects to a PostgreSQL database (14 or newer).
    pub(crate) async fn open_postgres(url: &str, schema: Option<&str>) -> Result<Self> {
        let mut options = PgConnectOptions::from_str(url)
            .map_err(|error| Error::unavailable("reading the PostgreSQL URL", error))?;
        if let Some(schema) = schema {
            // It becomes part of a statement, so it has to be a plain name.
            let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_');
            if schema.is_empty() || !schema.chars().all(plain) {
                return Err(Error::invalid("schema", format!("{schema:?} is no plain name")));
            }
            options = options.options([("search_path", schema)]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(READERS + 1)
            .acquire_timeout(WAIT_MAX)
            .connect_with(options)
            .await
            .map_err(|error| Error::unavailable("connecting to PostgreSQL", error))?;
        Ok(Self::Postgres(pool))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) async fn begin(&self) -> Result<Tx> {
        let begun = match self {
            Self::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Self::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        };
        begun.map_err(|error| Error::unavailable("beginning a change", error))
    }

    pub(crate) async fn all(&self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite { readers, .. } => {
                let rows = sqlite_query(sql, args).fetch_all(readers).await;
                Ok(rows.map_err(read_error)?.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(pool) => {
                let rows = postgres_query(sql, args).fetch_all(pool).await;
                Ok(rows.map_err(read_error)?.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn one(&self, sql: &str, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }
}

impl Tx {
    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        match self {
            Self::Sqlite(tx) => {
                let done = sqlite_query(sql, args).execute(&mut **tx).await;
                Ok(done.map_err(write_error)?.rows_affected())
            }
            Self::Postgres(tx) => {
                let done = postgres_query(sql, args).execute(&mut **tx).await;
                Ok(done.map_err(write_error)?.rows_affected())
            }
        }
    }

    pub(crate) async fn all(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(tx) => {
                let rows = sqlite_query(sql, args).fetch_all(&mut **tx).await;
                Ok(rows.map_err(write_error)?.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(tx) => {
                let rows = postgres_query(sql, args).fetch_all(&mut **tx).await;
                Ok(rows.map_err(write_error)?.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn one(&mut self, sql: &str, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        let done = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        };
        done.map_err(|error| Error::unavailable("committing a change", error))
    }
}

/// Makes the file with mode 0600 when it is not there; SQLite gives its log files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop)
}
