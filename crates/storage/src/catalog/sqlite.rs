//! The catalog in a SQLite file of its own, for a store on one machine.
//!
//! One connection, used by one call at a time: a commit that was abandoned half-way (its future
//! dropped) is rolled back or finished before the next call sees anything. A commit takes the write
//! lock first, reads what the change touches, lets [`CatalogState::apply`] judge, and writes. WAL
//! with `synchronous=FULL` makes it durable with one fsync; a crash leaves the whole change or
//! nothing. Tables: docs/formats/catalog.md.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, Sqlite};
use tokio::sync::Mutex;

use super::rows::{self, FILE_COLUMNS, Loaded, Meta, ROWS_PER_INSERT, TOMBSTONE_COLUMNS, error_of};
use super::{Catalog, CatalogState, Change, Error, FORMAT, Result};

/// How long to wait for another process that holds the file's lock (a backup, a person's `sqlite3`).
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE files (
  id INTEGER PRIMARY KEY, org INTEGER NOT NULL, dataset TEXT NOT NULL, class TEXT NOT NULL,
  day INTEGER NOT NULL, level INTEGER NOT NULL, path TEXT NOT NULL UNIQUE,
  n_rows INTEGER NOT NULL, n_bytes INTEGER NOT NULL,
  time_min INTEGER NOT NULL, time_max INTEGER NOT NULL,
  seq_min INTEGER NOT NULL, seq_max INTEGER NOT NULL, checksum INTEGER NOT NULL,
  sort_key TEXT NOT NULL, inputs TEXT NOT NULL, window_from INTEGER, window_to INTEGER,
  format INTEGER NOT NULL) STRICT;
CREATE INDEX files_by_partition ON files (org, dataset, day);
CREATE TABLE positions (
  writer TEXT NOT NULL, dataset TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (writer, dataset)) STRICT, WITHOUT ROWID;
CREATE TABLE tombstones (
  id INTEGER PRIMARY KEY, org INTEGER NOT NULL, dataset TEXT NOT NULL,
  time_from INTEGER NOT NULL, time_to INTEGER NOT NULL, equals TEXT NOT NULL,
  seq INTEGER NOT NULL, created_ms INTEGER NOT NULL) STRICT;
";

/// A catalog in one SQLite file.
#[derive(Debug)]
pub struct SqliteCatalog {
    path: PathBuf,
    connection: Mutex<SqliteConnection>,
}

impl SqliteCatalog {
    /// Opens the file, making an empty catalog when there is none.
    ///
    /// # Errors
    /// [`Error::TooNew`]; [`Error::Corrupt`]: no database, a damaged one, or not a catalog;
    /// [`Error::Unavailable`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(error_of)?;
        prepare(&mut connection).await?;
        Ok(Self { path, connection: Mutex::new(connection) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the tables, or checks that those there can be used.
async fn prepare(connection: &mut SqliteConnection) -> Result<()> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(error_of)?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .fetch_all(&mut *tx)
            .await
            .map_err(error_of)?;
    if tables.is_empty() {
        tx.execute(TABLES).await.map_err(error_of)?;
        let rows = Meta::default().rows();
        for (key, value) in rows.into_iter().chain([("format", FORMAT)]) {
            sqlx::query("INSERT INTO meta (key, value) VALUES (?1, ?2)")
                .bind(key)
                .bind(value)
                .execute(&mut *tx)
                .await
                .map_err(error_of)?;
        }
    } else if tables.iter().any(|t| t == "meta") {
        meta(&mut tx).await?;
        // Damage that a query happens not to meet would otherwise surface as a missing file.
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *tx)
            .await
            .map_err(error_of)?;
        if verdict != "ok" {
            return Err(Error::Corrupt(verdict));
        }
    } else {
        return Err(Error::Corrupt(format!("a database with the table {}, no catalog", tables[0])));
    }
    tx.commit().await.map_err(error_of)
}

async fn meta(connection: &mut SqliteConnection) -> Result<Meta> {
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT key, value FROM meta")
        .fetch_all(connection)
        .await
        .map_err(error_of)?;
    Meta::from_rows(&rows)
}

/// Reads the catalog, but of the files only those with one of the ids or paths if any are given.
async fn read(
    connection: &mut SqliteConnection,
    only: Option<(Vec<i64>, Vec<String>)>,
) -> Result<CatalogState> {
    let meta = meta(connection).await?;
    let files = match only {
        None => {
            sqlx::query(&format!("SELECT {FILE_COLUMNS} FROM files"))
                .try_map(|row| Ok(rows::file_of(&row)))
                .fetch_all(&mut *connection)
                .await
        }
        Some((ids, paths)) => {
            let text = format!(
                "SELECT {FILE_COLUMNS} FROM files WHERE id IN (SELECT value FROM json_each(?1)) \
                 UNION SELECT {FILE_COLUMNS} FROM files \
                 WHERE path IN (SELECT value FROM json_each(?2))"
            );
            sqlx::query(&text)
                .bind(rows::json(&ids))
                .bind(rows::json(&paths))
                .try_map(|row| Ok(rows::file_of(&row)))
                .fetch_all(&mut *connection)
                .await
        }
    };
    let files = files.map_err(error_of)?.into_iter().collect::<Result<_>>()?;
    let positions = sqlx::query_as("SELECT writer, dataset, position FROM positions")
        .fetch_all(&mut *connection)
        .await
        .map_err(error_of)?;
    let tombstones = sqlx::query(&format!("SELECT {TOMBSTONE_COLUMNS} FROM tombstones"))
        .try_map(|row| Ok(rows::tombstone_of(&row)))
        .fetch_all(&mut *connection)
        .await
        .map_err(error_of)?;
    let tombstones = tombstones.into_iter().collect::<Result<_>>()?;
    Loaded { meta, files, positions, tombstones }.into_state()
}

/// Writes a change that is known to apply. `meta` is what it leads to.
async fn write(connection: &mut SqliteConnection, change: &Change, meta: Meta) -> sqlx::Result<()> {
    let delete =
        |table: &str| format!("DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?1))");
    if !change.remove.is_empty() {
        let ids: Vec<i64> = change.remove.iter().map(|id| id.cast_signed()).collect();
        sqlx::query(&delete("files")).bind(rows::json(&ids)).execute(&mut *connection).await?;
    }
    for files in change.add.chunks(ROWS_PER_INSERT) {
        let mut insert = rows::insert_files::<Sqlite>("files", files);
        insert.build().persistent(false).execute(&mut *connection).await?;
    }
    for (id, inputs) in &change.replace_inputs {
        sqlx::query("UPDATE files SET inputs = ?2 WHERE id = ?1")
            .bind(id.cast_signed())
            .bind(rows::json(inputs))
            .execute(&mut *connection)
            .await?;
    }
    for (writer, dataset, position) in &change.positions {
        sqlx::query(
            "INSERT INTO positions (writer, dataset, position) VALUES (?1, ?2, ?3) \
             ON CONFLICT (writer, dataset) DO UPDATE SET position = excluded.position",
        )
        .bind(writer)
        .bind(dataset.name())
        .bind(position.cast_signed())
        .execute(&mut *connection)
        .await?;
    }
    if !change.remove_tombstones.is_empty() {
        let ids: Vec<i64> = change.remove_tombstones.iter().map(|id| id.cast_signed()).collect();
        sqlx::query(&delete("tombstones")).bind(rows::json(&ids)).execute(&mut *connection).await?;
    }
    for tombstones in change.add_tombstones.chunks(ROWS_PER_INSERT) {
        let mut insert = rows::insert_tombstones::<Sqlite>("tombstones", tombstones);
        insert.build().persistent(false).execute(&mut *connection).await?;
    }
    for (key, value) in meta.rows() {
        sqlx::query("UPDATE meta SET value = ?2 WHERE key = ?1 AND value <> ?2")
            .bind(key)
            .bind(value)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[async_trait]
impl Catalog for SqliteCatalog {
    async fn load(&self) -> Result<CatalogState> {
        let mut connection = self.connection.lock().await;
        begin(&mut connection, "BEGIN").await?;
        let state = read(&mut connection, None).await;
        end(&mut connection, state).await
    }

    async fn commit(&self, change: &Change) -> Result<()> {
        change.validate()?;
        if change.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection.lock().await;
        begin(&mut connection, "BEGIN IMMEDIATE").await?;
        let applied = apply(&mut connection, change).await;
        end(&mut connection, applied).await
    }
}

async fn apply(connection: &mut SqliteConnection, change: &Change) -> Result<()> {
    let mut state = read(connection, Some(rows::touched(change))).await?;
    state.apply(change)?;
    write(connection, change, Meta::of(&state)).await.map_err(error_of)
}

/// Begins a transaction. The one before may have been abandoned half-way, its caller gone: it is
/// rolled back first. Plain statements, because the library's own count of open transactions is
/// wrong after such an end, and it then refuses to begin another.
async fn begin(connection: &mut SqliteConnection, how: &'static str) -> Result<()> {
    // An error says that there is none, which is the usual case.
    let _none = connection.execute("ROLLBACK").await;
    connection.execute(how).await.map_err(error_of)?;
    Ok(())
}

/// Commits what went well, rolls back what did not.
async fn end<T>(connection: &mut SqliteConnection, done: Result<T>) -> Result<T> {
    match done {
        Ok(value) => {
            connection.execute("COMMIT").await.map_err(error_of)?;
            Ok(value)
        }
        Err(error) => {
            let _rolled_back = connection.execute("ROLLBACK").await;
            Err(error)
        }
    }
}
