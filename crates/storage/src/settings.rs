use std::time::Duration;

use base::units::MIB;
use model::Dataset;

/// What an operator may set of the store. The defaults are for one machine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of this writer: its folder in the log, its rows in the catalog.
    pub writer: String,
    /// Buffered rows are written to Parquet after this long. Shorter gives more and smaller files,
    /// longer a longer replay after a crash.
    pub flush_interval: Duration,
    /// … or when the buffers hold this many bytes.
    pub flush_bytes: usize,
    /// Past this many buffered bytes appends are refused as [`crate::Error::Busy`].
    pub buffer_bytes_max: usize,
    /// Largest group commit: bounds the time of one write and sync.
    pub commit_bytes_max: usize,
    /// A log file is closed at this size, so that covered ones can be removed.
    pub log_file_bytes: usize,
    /// As many files of one level and partition are merged into one of the next.
    pub merge_files: usize,
    /// Files above this size are not merged any more.
    pub merge_bytes_max: u64,
    /// How often compaction, rollups and retention look for work.
    pub maintenance_interval: Duration,
    /// Late points make rollups unusable for their hours; these are built anew this often.
    pub rollup_interval: Duration,
    /// A day's 5-minute rollups are built this long after its end: they take half as much room as
    /// the points, and windows of a day or less are answered as fast from these (docs/adr/007).
    pub fine_rollups_after: Duration,
    /// Days that a dataset is kept.
    pub retention_days: fn(Dataset) -> i32,
    /// Bytes of file directories and footers that are kept in memory.
    pub cache_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            writer: "local".into(),
            flush_interval: Duration::from_secs(30),
            flush_bytes: 24 * MIB,
            buffer_bytes_max: 96 * MIB,
            commit_bytes_max: 8 * MIB,
            log_file_bytes: 64 * MIB,
            merge_files: 8,
            merge_bytes_max: 64 << 20,
            maintenance_interval: Duration::from_secs(10),
            rollup_interval: Duration::from_secs(300),
            fine_rollups_after: Duration::from_secs(2 * 86_400),
            retention_days,
            cache_bytes: 64 * MIB,
        }
    }
}

/// 15 months for metrics and events, as Datadog; hosts' tags and documents as long as their metrics.
fn retention_days(dataset: Dataset) -> i32 {
    match dataset {
        Dataset::Points | Dataset::Sketches => 456,
        Dataset::Audit => 456 * 2,
        _ => 457,
    }
}
