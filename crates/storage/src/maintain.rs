//! Upkeep: merges, rollups, deletions, retention, removal of unused files.
//!
//! One runs at a time. Each reads files that never change, writes new ones, and swaps them in one
//! catalog transaction; a crash in between leaves orphans, which the next start deletes. A file that
//! turns out damaged is set aside: it is left as it is, and the others go on.

mod merge;
mod rollup;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{DAY_MS, Dataset, OrgId, day_of};

use crate::catalog::{Change, FileMeta, Tombstone};
use crate::error::{Error, Result};
use crate::storage::{Delete, Inner, Origin, Storage, Workers};

/// A wall clock that runs this much ahead of the time that has passed is not trusted to expire data.
const CLOCK_AHEAD_MS_MAX: i64 = DAY_MS;
/// A day is closed, and its files merged into one, this long after its end.
const CLOSED_AFTER_MS: i64 = model::HOUR_MS;

/// Files of one org, dataset, class and day, sorted by (`seq_max`, id).
#[derive(Debug)]
struct Partition {
    org: OrgId,
    dataset: Dataset,
    day: i32,
    files: Vec<Arc<FileMeta>>,
}

impl Storage {
    /// Merges, rollups, retention and removal of unused files, until nothing is left to do.
    ///
    /// # Errors
    /// The first failure; what was done before stays done.
    pub async fn maintain(&self) -> Result<()> {
        let inner = Arc::clone(&self.inner);
        let begun = inner.parts.clock.monotonic();
        let maintained = match inner.parts.workers {
            Workers::Inline => inner.maintain().await,
            // Merging is long work between short waits, and would hold up a runtime's thread.
            Workers::Pool => {
                let runtime = tokio::runtime::Handle::current();
                tokio::task::spawn_blocking(move || runtime.block_on(inner.maintain()))
                    .await
                    .map_err(|e| Error::unavailable("finish maintenance", e))?
            }
        };
        let took = self.inner.parts.clock.monotonic().saturating_sub(begun).as_millis() as u64;
        self.inner.counters.maintenance_ms.fetch_add(took, Ordering::Relaxed);
        if maintained.is_err() {
            self.inner.counters.maintenance_failures.fetch_add(1, Ordering::Relaxed);
        }
        maintained
    }

    /// Deletes rows committed so far. They are gone from every scan that starts after this
    /// returns, and from the files after the next maintenance.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a column that the dataset does not have; [`Error::Unavailable`].
    pub async fn delete(&self, delete: Delete) -> Result<()> {
        check_delete(&delete)?;
        let _one_at_a_time = self.inner.maintaining.lock().await;
        // What is buffered goes to files first, so that deletions concern files only.
        self.flush().await?;
        let (id, seq) = {
            let mut state = self.inner.state.write();
            let files = state.files.get(&(delete.org, delete.dataset));
            let seq = files.and_then(|files| files.iter().map(|f| f.seq_max).max());
            (state.take_id(), seq)
        };
        let Some(seq) = seq else { return Ok(()) };
        let Delete { org, dataset, range, equals } = delete;
        let created_ms = self.inner.parts.clock.now_ms();
        let tombstone = Tombstone { id, org, dataset, range, equals, seq, created_ms };
        let change = Change { add_tombstones: vec![tombstone], ..Change::default() };
        self.inner.commit(change, Origin::Maintenance).await
    }
}

fn check_delete(delete: &Delete) -> Result<()> {
    let columns: Vec<String> = match crate::tables::definition(delete.dataset) {
        Some(table) => (table.schema)().fields().iter().map(|f| f.name().clone()).collect(),
        None => ["metric", "host", "device", "tags", "tag"].map(String::from).into(),
    };
    match delete.equals.iter().find(|(column, _)| !columns.contains(column)) {
        None => Ok(()),
        Some((column, _)) => Err(Error::Invalid {
            place: delete.dataset.to_string(),
            what: format!("it has no column {column} to delete by"),
        }),
    }
}

impl Inner {
    async fn maintain(&self) -> Result<()> {
        let _one_at_a_time = self.maintaining.lock().await;
        self.settle_uncertain().await?;
        self.expire().await?;
        self.erase().await?;
        self.merge_all().await?;
        self.roll_up_all().await?;
        self.sweep().await
    }

    fn partitions(&self) -> Vec<Partition> {
        let state = self.state.read();
        let mut partitions: BTreeMap<(OrgId, Dataset, &str, i32), Vec<Arc<FileMeta>>> =
            BTreeMap::new();
        for file in state.files.values().flatten() {
            let place = (file.org, file.dataset, file.class.as_str(), file.day);
            partitions.entry(place).or_default().push(Arc::clone(file));
        }
        partitions
            .into_iter()
            .map(|((org, dataset, _, day), files)| Partition { org, dataset, day, files })
            .collect()
    }

    fn is_closed(&self, day: i32) -> bool {
        let end = (i64::from(day) + 1) * DAY_MS;
        self.parts.clock.now_ms() >= end + CLOSED_AFTER_MS
    }

    /// Drops partitions past their retention, in one change.
    async fn expire(&self) -> Result<()> {
        let Some(now) = self.trusted_now() else { return Ok(()) };
        let today = day_of(now);
        let is_over = |file: &FileMeta| {
            i64::from(file.day)
                < i64::from(today) - i64::from((self.settings.retention_days)(file.dataset))
        };
        let remove: Vec<u64> = {
            let state = self.state.read();
            state.files.values().flatten().filter(|f| is_over(f)).map(|f| f.id).collect()
        };
        if remove.is_empty() {
            return Ok(());
        }
        self.commit(Change { remove, ..Change::default() }, Origin::Maintenance).await
    }

    /// The time by which data may be expired: `None` when the wall clock has jumped ahead of the time
    /// that passed since the start, and never later than a day after the newest row.
    fn trusted_now(&self) -> Option<i64> {
        let clock = &self.parts.clock;
        let passed = clock.monotonic().as_millis() as i64;
        let expected = self.opened_ms + (passed - self.opened_monotonic_ms);
        let now = clock.now_ms();
        if now > expected + CLOCK_AHEAD_MS_MAX {
            tracing::warn!(now, expected, "the clock has jumped ahead: nothing is expired");
            return None;
        }
        let state = self.state.read();
        let newest = state.files.values().flatten().map(|f| f.time_max).max()?;
        Some(now.min(newest.saturating_add(DAY_MS)))
    }

    /// Rewrites the files that deletions concern, and drops deletions that concern none any more.
    async fn erase(&self) -> Result<()> {
        let tombstones: Vec<Arc<Tombstone>> = self.state.read().tombstones.clone();
        for tombstone in tombstones {
            let concerned: Vec<Arc<FileMeta>> = {
                let state = self.state.read();
                let files = state.files.get(&(tombstone.org, tombstone.dataset));
                let files = files.into_iter().flatten().filter(|f| {
                    f.id < tombstone.id && tombstone.range.overlaps(f.time_min, f.time_max)
                });
                files.map(Arc::clone).collect()
            };
            let mut is_done = true;
            for file in concerned {
                let level = file.level;
                is_done &= self.merge_or_set_aside(vec![file], level).await?;
            }
            if is_done {
                let change = Change { remove_tombstones: vec![tombstone.id], ..Change::default() };
                self.commit(change, Origin::Maintenance).await?;
            }
        }
        Ok(())
    }
}
