//! The catalog in PostgreSQL, for several machines on one store.
//!
//! It has a schema of its own in any database. A commit locks the rows of `meta` first, so commits
//! come one after the other and see each other's effects; it then reads what the change touches,
//! lets [`CatalogState::apply`] judge, and writes. A load takes the same lock shared: it waits for a
//! commit whose client is gone but whose last message may still be under way, so that what it returns
//! settles the fate of every commit that ended before. Tables: docs/formats/catalog.md.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, Postgres};

use super::rows::{self, FILE_COLUMNS, Loaded, Meta, ROWS_PER_INSERT, TOMBSTONE_COLUMNS, error_of};
use super::{Catalog, CatalogState, Change, Error, FORMAT, Result};

/// Commits come one after the other anyway; a few more connections serve loads.
const CONNECTIONS_MAX: u32 = 4;
/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest call, over a network that may swallow everything. Above the server's own limits below, so
/// that these give the better message first.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Limits on the server's side, in case the client is gone; and durability even where the server's
/// default is to lose the last moments in a crash.
const SESSION: &str = "
SET statement_timeout = '30s';
SET lock_timeout = '15s';
SET idle_in_transaction_session_timeout = '30s';
SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off';
";

/// `{s}` stands for the schema.
const TABLES: &str = "
CREATE TABLE {s}.meta (key TEXT PRIMARY KEY, value BIGINT NOT NULL);
CREATE TABLE {s}.files (
  id BIGINT PRIMARY KEY, org BIGINT NOT NULL, dataset TEXT NOT NULL, class TEXT NOT NULL,
  day BIGINT NOT NULL, level BIGINT NOT NULL, path TEXT NOT NULL UNIQUE,
  n_rows BIGINT NOT NULL, n_bytes BIGINT NOT NULL,
  time_min BIGINT NOT NULL, time_max BIGINT NOT NULL,
  seq_min BIGINT NOT NULL, seq_max BIGINT NOT NULL, checksum BIGINT NOT NULL,
  sort_key TEXT NOT NULL, inputs TEXT NOT NULL, window_from BIGINT, window_to BIGINT,
  format BIGINT NOT NULL);
CREATE INDEX files_by_partition ON {s}.files (org, dataset, day);
CREATE TABLE {s}.positions (
  writer TEXT NOT NULL, dataset TEXT NOT NULL, position BIGINT NOT NULL,
  PRIMARY KEY (writer, dataset));
CREATE TABLE {s}.tombstones (
  id BIGINT PRIMARY KEY, org BIGINT NOT NULL, dataset TEXT NOT NULL,
  time_from BIGINT NOT NULL, time_to BIGINT NOT NULL, equals TEXT NOT NULL,
  seq BIGINT NOT NULL, created_ms BIGINT NOT NULL);
";

/// A catalog in one schema of a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresCatalog {
    schema: String,
    pool: PgPool,
}

/// Schema names go into SQL text, so they are kept to what needs no quotes.
fn is_schema(name: &str) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=63).contains(&name.len())
        && name.bytes().all(ok)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with("pg_")
}

/// Ends a call that takes too long. Its fate is then unknown.
async fn limited<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(CALL_TIMEOUT, call).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::Unavailable { source: Box::new(elapsed) }),
    }
}

impl PostgresCatalog {
    /// Connects to the database `url` names and opens the catalog in `schema`, making an empty one
    /// when there is none.
    ///
    /// # Errors
    /// [`Error::Invalid`]: not a URL, or a schema name other than lower-case letters, digits and `_`.
    /// [`Error::TooNew`]; [`Error::Corrupt`]; [`Error::Unavailable`].
    pub async fn open(url: &str, schema: &str) -> Result<Self> {
        if !is_schema(schema) {
            return Err(Error::Invalid(format!("no name for a schema: {schema:?}")));
        }
        // The URL holds a password, so no message has it.
        let options: PgConnectOptions =
            url.parse().map_err(|e| Error::Invalid(format!("no PostgreSQL URL: {e}")))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(CONNECT_TIMEOUT)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SESSION).await.map(|_| ()) })
            })
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(error_of)?;
        let catalog = Self { schema: schema.to_owned(), pool };
        limited(catalog.prepare()).await?;
        Ok(catalog)
    }

    /// Makes the tables, or checks that those there can be used.
    async fn prepare(&self) -> Result<()> {
        let schema = &self.schema;
        let mut tx = self.pool.begin().await.map_err(error_of)?;
        // Of several that open an empty schema at once one makes the tables.
        let lock = xxhash_rust::xxh3::xxh3_64(format!("procyon catalog {schema}").as_bytes());
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(lock.cast_signed())
            .execute(&mut *tx)
            .await
            .map_err(error_of)?;
        let has_schema: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
                .bind(schema)
                .fetch_one(&mut *tx)
                .await
                .map_err(error_of)?;
        if !has_schema {
            tx.execute(&*format!("CREATE SCHEMA {schema}")).await.map_err(error_of)?;
        }
        let has_tables: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(format!("{schema}.meta"))
            .fetch_one(&mut *tx)
            .await
            .map_err(error_of)?;
        if has_tables {
            self.meta(&mut tx, "").await?;
        } else {
            tx.execute(&*TABLES.replace("{s}", schema)).await.map_err(error_of)?;
            let rows = Meta::default().rows();
            for (key, value) in rows.into_iter().chain([("format", FORMAT)]) {
                sqlx::query(&format!("INSERT INTO {schema}.meta (key, value) VALUES ($1, $2)"))
                    .bind(key)
                    .bind(value)
                    .execute(&mut *tx)
                    .await
                    .map_err(error_of)?;
            }
        }
        tx.commit().await.map_err(error_of)
    }

    /// Begins a transaction whose statements each see what was committed before them, whatever the
    /// server's default: after the lock on `meta` that is all there is to see.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, Postgres>> {
        self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(error_of)
    }

    async fn meta(&self, connection: &mut PgConnection, lock: &str) -> Result<Meta> {
        let text = format!("SELECT key, value FROM {}.meta ORDER BY key {lock}", self.schema);
        let rows: Vec<(String, i64)> =
            sqlx::query_as(&text).fetch_all(connection).await.map_err(error_of)?;
        Meta::from_rows(&rows)
    }

    /// Reads the catalog, but of the files only those with one of the ids or paths if any are
    /// given. `lock` is taken on `meta`, until the transaction ends.
    async fn read(
        &self,
        connection: &mut PgConnection,
        lock: &str,
        only: Option<(Vec<i64>, Vec<String>)>,
    ) -> Result<CatalogState> {
        let schema = &self.schema;
        let meta = self.meta(connection, lock).await?;
        let files = match only {
            None => {
                sqlx::query(&format!("SELECT {FILE_COLUMNS} FROM {schema}.files"))
                    .try_map(|row| Ok(rows::file_of(&row)))
                    .fetch_all(&mut *connection)
                    .await
            }
            Some((ids, paths)) => {
                let text = format!(
                    "SELECT {FILE_COLUMNS} FROM {schema}.files WHERE id = ANY($1) \
                     UNION SELECT {FILE_COLUMNS} FROM {schema}.files WHERE path = ANY($2)"
                );
                sqlx::query(&text)
                    .bind(ids)
                    .bind(paths)
                    .try_map(|row| Ok(rows::file_of(&row)))
                    .fetch_all(&mut *connection)
                    .await
            }
        };
        let files = files.map_err(error_of)?.into_iter().collect::<Result<_>>()?;
        let positions = format!("SELECT writer, dataset, position FROM {schema}.positions");
        let positions =
            sqlx::query_as(&positions).fetch_all(&mut *connection).await.map_err(error_of)?;
        let tombstones =
            sqlx::query(&format!("SELECT {TOMBSTONE_COLUMNS} FROM {schema}.tombstones"))
                .try_map(|row| Ok(rows::tombstone_of(&row)))
                .fetch_all(&mut *connection)
                .await
                .map_err(error_of)?;
        let tombstones = tombstones.into_iter().collect::<Result<_>>()?;
        Loaded { meta, files, positions, tombstones }.into_state()
    }

    /// Writes a change that is known to apply. `meta` is what it leads to.
    async fn write(&self, tx: &mut PgConnection, change: &Change, meta: Meta) -> sqlx::Result<()> {
        let schema = &self.schema;
        for (table, ids) in [("files", &change.remove), ("tombstones", &change.remove_tombstones)] {
            if ids.is_empty() {
                continue;
            }
            let ids: Vec<i64> = ids.iter().map(|id| id.cast_signed()).collect();
            sqlx::query(&format!("DELETE FROM {schema}.{table} WHERE id = ANY($1)"))
                .bind(ids)
                .execute(&mut *tx)
                .await?;
        }
        for files in change.add.chunks(ROWS_PER_INSERT) {
            let mut insert = rows::insert_files::<Postgres>(&format!("{schema}.files"), files);
            insert.build().persistent(false).execute(&mut *tx).await?;
        }
        for (id, inputs) in &change.replace_inputs {
            sqlx::query(&format!("UPDATE {schema}.files SET inputs = $2 WHERE id = $1"))
                .bind(id.cast_signed())
                .bind(rows::json(inputs))
                .execute(&mut *tx)
                .await?;
        }
        for (writer, dataset, position) in &change.positions {
            let text = format!(
                "INSERT INTO {schema}.positions (writer, dataset, position) VALUES ($1, $2, $3) \
                 ON CONFLICT (writer, dataset) DO UPDATE SET position = excluded.position"
            );
            sqlx::query(&text)
                .bind(writer)
                .bind(dataset.name())
                .bind(position.cast_signed())
                .execute(&mut *tx)
                .await?;
        }
        for tombstones in change.add_tombstones.chunks(ROWS_PER_INSERT) {
            let table = format!("{schema}.tombstones");
            let mut insert = rows::insert_tombstones::<Postgres>(&table, tombstones);
            insert.build().persistent(false).execute(&mut *tx).await?;
        }
        for (key, value) in meta.rows() {
            let text =
                format!("UPDATE {schema}.meta SET value = $2 WHERE key = $1 AND value <> $2");
            sqlx::query(&text).bind(key).bind(value).execute(&mut *tx).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Catalog for PostgresCatalog {
    async fn load(&self) -> Result<CatalogState> {
        limited(async {
            let mut tx = self.begin().await?;
            let state = self.read(&mut tx, "FOR SHARE", None).await?;
            tx.commit().await.map_err(error_of)?;
            Ok(state)
        })
        .await
    }

    async fn commit(&self, change: &Change) -> Result<()> {
        change.validate()?;
        if change.is_empty() {
            return Ok(());
        }
        limited(async {
            let mut tx = self.begin().await?;
            let mut state = self.read(&mut tx, "FOR UPDATE", Some(rows::touched(change))).await?;
            state.apply(change)?;
            self.write(&mut tx, change, Meta::of(&state)).await.map_err(error_of)?;
            tx.commit().await.map_err(error_of)
        })
        .await
    }
}
