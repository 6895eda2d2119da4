//! Rows of the SQL catalogs: what both databases have in common.
//!
//! Both store unsigned 64-bit numbers in their signed type, bit by bit: every number comes back as it
//! was, and numbers that occur look as they are. They are therefore compared here, never in SQL.
//! Lists are JSON text.

use model::{Dataset, OrgId, TimeRange};
use sqlx::query_builder::{QueryBuilder, Separated};
use sqlx::{ColumnIndex, Database, Decode, Encode, Row, Type};

use super::{CatalogState, Change, Error, FORMAT, FileId, FileMeta, Result, Tombstone};

/// Rows of one `INSERT`: times 19 columns this stays below SQLite's 32 766 parameters.
pub(super) const ROWS_PER_INSERT: usize = 1000;

pub(super) const FILE_COLUMNS: &str = "id, org, dataset, class, day, level, path, n_rows, n_bytes, \
     time_min, time_max, seq_min, seq_max, checksum, sort_key, inputs, window_from, window_to, format";

pub(super) const TOMBSTONE_COLUMNS: &str =
    "id, org, dataset, time_from, time_to, equals, seq, created_ms";

/// The rows of the table `meta`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) last_file_id: u64,
    pub(super) last_tombstone_id: u64,
    pub(super) last_seq: u64,
}

impl Meta {
    /// Reads the rows, and refuses what this program cannot read.
    pub(super) fn from_rows(rows: &[(String, i64)]) -> Result<Self> {
        let value = |key: &str| {
            let row = rows.iter().find(|row| row.0 == key);
            row.map(|row| row.1).ok_or_else(|| Error::Corrupt(format!("meta has no {key}")))
        };
        match value("format")? {
            FORMAT => {}
            found if found > FORMAT => return Err(Error::TooNew { found, known: FORMAT }),
            found => return Err(Error::Corrupt(format!("meta says format {found}"))),
        }
        Ok(Self {
            last_file_id: value("last_file_id")?.cast_unsigned(),
            last_tombstone_id: value("last_tombstone_id")?.cast_unsigned(),
            last_seq: value("last_seq")?.cast_unsigned(),
        })
    }

    pub(super) fn of(state: &CatalogState) -> Self {
        Self {
            last_file_id: state.last_file_id,
            last_tombstone_id: state.last_tombstone_id,
            last_seq: state.last_seq,
        }
    }

    /// Key and value of the rows but `format`.
    pub(super) fn rows(self) -> [(&'static str, i64); 3] {
        [
            ("last_file_id", self.last_file_id.cast_signed()),
            ("last_tombstone_id", self.last_tombstone_id.cast_signed()),
            ("last_seq", self.last_seq.cast_signed()),
        ]
    }
}

/// What a database returned, put together.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) meta: Meta,
    pub(super) files: Vec<FileMeta>,
    pub(super) positions: Vec<(String, String, i64)>,
    pub(super) tombstones: Vec<Tombstone>,
}

impl Loaded {
    pub(super) fn into_state(self) -> Result<CatalogState> {
        let Self { meta, mut files, positions, mut tombstones } = self;
        files.sort_by_key(|f| f.id);
        tombstones.sort_by_key(|t| t.id);
        let positions = positions.into_iter().map(|(writer, dataset, position)| {
            Ok(((writer, dataset_of(&dataset)?), position.cast_unsigned()))
        });
        Ok(CatalogState {
            files,
            positions: positions.collect::<Result<_>>()?,
            tombstones,
            last_file_id: meta.last_file_id,
            last_tombstone_id: meta.last_tombstone_id,
            last_seq: meta.last_seq,
        })
    }
}

/// Ids and paths of the files that decide whether a change applies.
pub(super) fn touched(change: &Change) -> (Vec<i64>, Vec<String>) {
    let added = change.add.iter().map(|f| f.id);
    let changed = change.replace_inputs.iter().map(|r| r.0);
    let ids = added.chain(changed).chain(change.remove.iter().copied());
    let paths = change.add.iter().map(|f| f.path.clone());
    (ids.map(u64::cast_signed).collect(), paths.collect())
}

pub(super) fn json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("BUG: lists of numbers and texts always have a JSON form")
}

fn dataset_of(name: &str) -> Result<Dataset> {
    Dataset::from_name(name).ok_or_else(|| Error::Corrupt(format!("unknown dataset {name:?}")))
}

fn narrow<T: TryFrom<i64>>(what: &str, id: i64, value: i64) -> Result<T> {
    let id = id.cast_unsigned();
    T::try_from(value)
        .ok()
        .ok_or_else(|| Error::Corrupt(format!("{what} of file or tombstone {id} is {value}")))
}

fn list<T: serde::de::DeserializeOwned>(what: &str, id: i64, text: &str) -> Result<T> {
    let id = id.cast_unsigned();
    serde_json::from_str(text)
        .map_err(|e| Error::Corrupt(format!("{what} of file or tombstone {id} are no list: {e}")))
}

/// A row of [`FILE_COLUMNS`].
pub(super) fn file_of<'r, R: Row>(row: &'r R) -> Result<FileMeta>
where
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    &'r str: Decode<'r, R::Database> + Type<R::Database>,
{
    let int = |i: usize| row.try_get::<i64, _>(i).map_err(error_of);
    let text = |i: usize| row.try_get::<&str, _>(i).map_err(error_of);
    let id = int(0)?;
    let window = (
        row.try_get::<Option<i64>, _>(16).map_err(error_of)?,
        row.try_get::<Option<i64>, _>(17).map_err(error_of)?,
    );
    Ok(FileMeta {
        id: id.cast_unsigned(),
        org: OrgId(narrow("org", id, int(1)?)?),
        dataset: dataset_of(text(2)?)?,
        class: text(3)?.to_owned(),
        day: narrow("day", id, int(4)?)?,
        level: narrow("level", id, int(5)?)?,
        path: text(6)?.to_owned(),
        rows: int(7)?.cast_unsigned(),
        bytes: int(8)?.cast_unsigned(),
        time_min: int(9)?,
        time_max: int(10)?,
        seq_min: int(11)?.cast_unsigned(),
        seq_max: int(12)?.cast_unsigned(),
        checksum: narrow("checksum", id, int(13)?)?,
        sort_key: text(14)?.to_owned(),
        inputs: match text(15)? {
            "[]" => Vec::new(),
            text => list::<Vec<FileId>>("inputs", id, text)?,
        },
        window: window.0.zip(window.1),
        format: narrow("format", id, int(18)?)?,
    })
}

/// A row of [`TOMBSTONE_COLUMNS`].
pub(super) fn tombstone_of<'r, R: Row>(row: &'r R) -> Result<Tombstone>
where
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    &'r str: Decode<'r, R::Database> + Type<R::Database>,
{
    let int = |i: usize| row.try_get::<i64, _>(i).map_err(error_of);
    let text = |i: usize| row.try_get::<&str, _>(i).map_err(error_of);
    let id = int(0)?;
    Ok(Tombstone {
        id: id.cast_unsigned(),
        org: OrgId(narrow("org", id, int(1)?)?),
        dataset: dataset_of(text(2)?)?,
        range: TimeRange::new(int(3)?, int(4)?),
        equals: list("equals", id, text(5)?)?,
        seq: int(6)?.cast_unsigned(),
        created_ms: int(7)?,
    })
}

/// `INSERT` of files into the table `into`, at most [`ROWS_PER_INSERT`] of them.
pub(super) fn insert_files<DB: Database>(
    into: &str,
    files: &[FileMeta],
) -> QueryBuilder<'static, DB>
where
    i64: Encode<'static, DB> + Type<DB>,
    Option<i64>: Encode<'static, DB> + Type<DB>,
    String: Encode<'static, DB> + Type<DB>,
    &'static str: Encode<'static, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new(format!("INSERT INTO {into} ({FILE_COLUMNS}) "));
    query.push_values(files, |mut row: Separated<'_, 'static, DB, &str>, f| {
        row.push_bind(f.id.cast_signed());
        row.push_bind(i64::from(f.org.0));
        row.push_bind(f.dataset.name());
        row.push_bind(f.class.clone());
        row.push_bind(i64::from(f.day));
        row.push_bind(i64::from(f.level));
        row.push_bind(f.path.clone());
        row.push_bind(f.rows.cast_signed());
        row.push_bind(f.bytes.cast_signed());
        row.push_bind(f.time_min);
        row.push_bind(f.time_max);
        row.push_bind(f.seq_min.cast_signed());
        row.push_bind(f.seq_max.cast_signed());
        row.push_bind(i64::from(f.checksum));
        row.push_bind(f.sort_key.clone());
        row.push_bind(json(&f.inputs));
        row.push_bind(f.window.map(|w| w.0));
        row.push_bind(f.window.map(|w| w.1));
        row.push_bind(i64::from(f.format));
    });
    query
}

/// `INSERT` of tombstones into the table `into`, at most [`ROWS_PER_INSERT`] of them.
pub(super) fn insert_tombstones<DB: Database>(
    into: &str,
    tombstones: &[Tombstone],
) -> QueryBuilder<'static, DB>
where
    i64: Encode<'static, DB> + Type<DB>,
    String: Encode<'static, DB> + Type<DB>,
    &'static str: Encode<'static, DB> + Type<DB>,
{
    let mut query = QueryBuilder::new(format!("INSERT INTO {into} ({TOMBSTONE_COLUMNS}) "));
    query.push_values(tombstones, |mut row: Separated<'_, 'static, DB, &str>, t| {
        row.push_bind(t.id.cast_signed());
        row.push_bind(i64::from(t.org.0));
        row.push_bind(t.dataset.name());
        row.push_bind(t.range.from);
        row.push_bind(t.range.to);
        row.push_bind(json(&t.equals));
        row.push_bind(t.seq.cast_signed());
        row.push_bind(t.created_ms);
    });
    query
}

/// What a database's error means to the caller.
pub(super) fn error_of(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::TypeNotFound { .. } => Error::Corrupt(error.to_string()),
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            if database.is_unique_violation() || matches!(&*code, "40001" | "40P01") {
                // The checks before make this rare: PostgreSQL's serialization failure and deadlock
                // end a transaction without a trace, too.
                return Error::Conflict(database.message().to_owned());
            }
            if is_corruption(&code) {
                return Error::Corrupt(database.message().to_owned());
            }
            Error::Unavailable { source: Box::new(error) }
        }
        _ => Error::Unavailable { source: Box::new(error) },
    }
}

/// SQLite: CORRUPT (11) and NOTADB (26), the low byte of an extended code. PostgreSQL: XX001
/// (data corrupted), XX002 (index corrupted), undefined table or column.
fn is_corruption(code: &str) -> bool {
    if matches!(code, "XX001" | "XX002" | "42P01" | "42703") {
        return true;
    }
    // A PostgreSQL code has five characters; an extended one of SQLite at most four digits.
    code.len() < 5 && code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 11 | 26))
}
