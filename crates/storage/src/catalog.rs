//! The catalog: which files exist, which log positions they cover, what has been erased.
//!
//! It is the only truth about files. A file in the object store that the catalog does not name does
//! not exist; a log entry above the recorded position is not yet in any file. Everything that has to
//! change together (new files, the files they replace, the positions they cover) is one [`Change`],
//! and [`Catalog::commit`] applies it as a whole or not at all.
//!
//! Invariants, held by every implementation and checked by one suite (`catalog/tests.rs`):
//! - of two changes that remove the same file only one succeeds;
//! - ids and paths of files are unique; a position never goes back;
//! - `last_file_id`, `last_tombstone_id` and `last_seq` never go back, whatever is removed;
//! - what [`Catalog::commit`] has reported as done is there after a crash.

mod memory;
mod postgres;
mod rows;
mod sqlite;
#[cfg(test)]
mod tests;
mod types;

use std::fmt::Debug;

use async_trait::async_trait;

pub use memory::{Fault, MemoryCatalog};
pub use postgres::PostgresCatalog;
pub use sqlite::SqliteCatalog;
pub use types::{CatalogState, Change, FileId, FileMeta, Tombstone};

/// Version of the stored form; docs/formats/catalog.md says what each has.
pub const FORMAT: i64 = 1;

/// Why the catalog did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The change does not fit what is stored: someone else was faster. Nothing was applied; load
    /// anew and decide again.
    #[error("catalog conflict: {0}")]
    Conflict(String),
    /// The change contradicts itself and never fits: a bug of the caller. Nothing was applied.
    #[error("catalog change is invalid: {0}")]
    Invalid(String),
    /// What is stored cannot be understood.
    #[error("catalog is corrupt: {0}")]
    Corrupt(String),
    /// The stored form was written by a newer program.
    #[error(
        "catalog has format {found}, this program knows formats up to {known}: \
         start the newer program that wrote it"
    )]
    TooNew { found: i64, known: i64 },
    /// The store did not answer, or refused for reasons of its own (disk full, connection lost).
    /// A commit may have been applied nevertheless: load and ask [`CatalogState::reflects`].
    #[error("catalog is unavailable")]
    Unavailable {
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A store of [`CatalogState`]. Shared as `Arc<dyn Catalog>`.
#[async_trait]
pub trait Catalog: Debug + Send + Sync {
    /// Everything, as of one moment; files sorted by id, tombstones too.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Unavailable`].
    async fn load(&self) -> Result<CatalogState>;

    /// Applies a change in one transaction, durably.
    ///
    /// # Errors
    /// [`Error::Conflict`] and [`Error::Invalid`] (see [`CatalogState::apply`] for the rules): nothing
    /// was applied. [`Error::Unavailable`]: it may have been.
    async fn commit(&self, change: &Change) -> Result<()>;
}
