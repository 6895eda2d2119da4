//! The store: one way in ([`Storage::append`]), one way out ([`Storage::scan`], [`Storage::table`]).
//!
//! A row's life: it is encoded into a record of the append-only [log](mod@log), synced with others in
//! one group commit, put into the buffers where queries see it, and acknowledged. A flush writes the
//! buffers to sorted Parquet files and notes in one catalog transaction the files and the log
//! positions that they cover. Compaction merges files, rollups summarise them, retention drops whole
//! partitions.
//!
//! Invariants:
//! - What `append` acknowledged survives a crash and is seen by every later scan, once.
//! - A reader sees the buffers and the catalog's files at one moment: no gap, no row twice.
//! - Of two rows of one key the one committed later wins, in buffers, files and merges alike.
//! - This crate knows no HTTP and no query language.

pub mod blobs;
mod buffer;
pub mod catalog;
mod change;
mod changes;
mod disk_store;
mod error;
mod flush;
mod log;
mod maintain;
mod samples;
mod scan;
mod series_file;
mod settings;
mod storage;
mod table_file;
pub mod tables;
mod windows;

pub use changes::Changes;
pub use disk_store::DiskStore;
pub use error::{Error, Result};
pub use scan::{Rollups, ScanRequest, ScanSeries, SeriesData, SeriesKey, SeriesPart, SeriesScan};
pub use settings::Settings;
pub use storage::{
    DatasetSize, Delete, MetricInfo, Parts, Rows, Stats, Storage, TableSnapshot, Workers,
};
