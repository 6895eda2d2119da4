//! The simulation of the store: writer, flush, maintenance and readers from one seed.
//!
//! A run is a sequence of rounds. In each, several tasks work at once on one thread: appends of keys
//! that no other task of the round touches, flushes, maintenance, and readers that compare what they
//! see with a model of what was acknowledged. Between rounds the clock moves or jumps, faults begin and
//! end, rows are deleted, and the process crashes and starts again on what the disk has left.
//! The same seed gives the same run.

mod check;
mod model;
mod plant;

use std::sync::Arc;
use std::time::Duration;

use ::model::{DAY_MS, Dataset, HOUR_MS, MINUTE_MS, OrgId, TimeRange};
use base::{Clock, Rng, SharedDisk};
use storage::catalog::{Fault, MemoryCatalog};
use storage::{Delete, DiskStore, Error, Parts, Settings, Storage, Workers};

use crate::{DiskFaults, SimDisk};
use check::{check_quiet, check_view};
use model::{Model, Write};
pub use plant::Plant;

/// 2026-09-21 00:00 UTC, so that runs cross midnight.
const START_MS: i64 = 20_717 * DAY_MS - 3 * HOUR_MS;
const RETENTION_DAYS: i32 = 2;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub n_acknowledged: u64,
    pub n_refused: u64,
    pub n_crashes: u64,
    pub n_reads: u64,
    pub n_merges: u64,
}

/// Runs one seed.
///
/// # Errors
/// What was lost, doubled or invisible, and in which round.
pub fn run(seed: u64, plant: Plant) -> Result<Report, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|e| format!("cannot start a runtime: {e}"))?;
    runtime.block_on(World::new(seed, plant).run())
}

struct World {
    rng: Rng,
    clock: Clock,
    disk: SimDisk,
    catalog: MemoryCatalog,
    plant: Plant,
    model: Model,
    report: Report,
    /// Highest time that the clock has shown: what may have expired by now.
    latest_ms: i64,
}

impl World {
    fn new(seed: u64, plant: Plant) -> Self {
        let mut rng = Rng::seeded(seed);
        let disk = SimDisk::new(rng.next_u64());
        let clock = Clock::manual(START_MS);
        let catalog = MemoryCatalog::new();
        let (model, report) = (Model::default(), Report::default());
        Self { rng, clock, disk, catalog, plant, model, report, latest_ms: START_MS }
    }

    async fn run(mut self) -> Result<Report, String> {
        let n_lives = 2 + self.rng.below(3);
        for life in 0..n_lives {
            self.set_faults(false);
            let storage = self.open().await?;
            self.check(&storage, &format!("start of life {life}")).await?;
            let n_rounds = 4 + self.rng.below(8);
            for round in 0..n_rounds {
                let place = format!("life {life}, round {round}");
                self.round(&storage, &place).await?;
            }
            self.report.n_merges += storage.stats().merges;
            if life + 1 == n_lives {
                self.set_faults(false);
                storage.flush().await.map_err(|e| format!("last flush: {}", base::report(&e)))?;
                storage.maintain().await.map_err(|e| format!("end: {}", base::report(&e)))?;
                self.check(&storage, "at the end").await?;
            } else {
                self.crash(storage).await;
            }
        }
        Ok(self.report)
    }

    async fn open(&mut self) -> Result<Storage, String> {
        let disk: SharedDisk = Arc::new(self.disk.clone());
        let store = Arc::new(DiskStore::new(SharedDisk::clone(&disk), ""));
        let catalog = self.plant.catalog(self.catalog.clone());
        let (clock, workers) = (self.clock.clone(), Workers::Inline);
        let parts = Parts { clock, disk, store, catalog, workers };
        let settings = Settings {
            merge_files: 2 + self.rng.below(3) as usize,
            log_file_bytes: 512,
            commit_bytes_max: 1024,
            cache_bytes: [4096, 1 << 20][self.rng.below(2) as usize],
            retention_days: |_| RETENTION_DAYS,
            rollup_interval: Duration::ZERO,
            fine_rollups_after: Duration::ZERO,
            ..Settings::default()
        };
        let opened = Storage::open(settings, parts).await;
        opened.map_err(|e| format!("cannot open: {}", base::report(&e)))
    }

    async fn crash(&mut self, storage: Storage) {
        self.report.n_crashes += 1;
        // An append, a flush and a merge are under way when the power goes.
        let writes = self.make_writes();
        let going = storage.clone();
        let rows = Write::rows(&writes);
        let append = tokio::spawn(async move { going.append(rows).await });
        let (flushing, merging) = (storage.clone(), storage.clone());
        let flush = tokio::spawn(async move { flushing.flush().await });
        let merge = tokio::spawn(async move { merging.maintain().await });
        for _ in 0..self.rng.below(60) {
            tokio::task::yield_now().await;
        }
        self.disk.crash();
        for task in [append, flush, merge] {
            task.abort();
            let _unheard = task.await;
        }
        // Whether it was acknowledged nobody has heard: the process is gone.
        self.model.note(vec![(writes, false)]);
        drop(storage);
        // The commit task ends when it sees that all handles are gone; its disk is dead already.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    fn set_faults(&mut self, allowed: bool) {
        let is_on = allowed && self.rng.chance(0.4);
        let faults = DiskFaults {
            fail_before: if is_on { 0.05 } else { 0.0 },
            fail_after: if is_on { 0.05 } else { 0.0 },
            fail_read: if is_on { 0.02 } else { 0.0 },
            is_full: is_on && self.rng.chance(0.2),
            lie_on_sync: self.plant == Plant::SkipSync,
            turns_max: 3,
        };
        self.disk.set_faults(faults);
        self.catalog.clear_faults();
        if is_on {
            let rng = parking_lot::Mutex::new(Rng::seeded(self.rng.next_u64()));
            self.catalog.set_hook(move |_change| match rng.lock().below(12) {
                0 => Some(Fault::Fail),
                1 => Some(Fault::LoseAnswer),
                _ => None,
            });
        }
    }

    async fn round(&mut self, storage: &Storage, place: &str) -> Result<(), String> {
        self.set_faults(true);
        self.move_clock();
        let mut appends = Vec::new();
        let mut in_flight = Vec::new();
        for _ in 0..1 + self.rng.below(4) {
            let writes = self.make_writes();
            in_flight.extend(writes.iter().cloned());
            let (storage, rows) = (storage.clone(), Write::rows(&writes));
            let task = tokio::spawn(async move { storage.append(rows).await });
            appends.push((writes, task));
        }
        let mut upkeep = Vec::new();
        for _ in 0..self.rng.below(3) {
            let (storage, is_flush) = (storage.clone(), self.rng.chance(0.6));
            upkeep.push(tokio::spawn(async move {
                // Failures are injected; what counts is what readers see.
                let _done = if is_flush { storage.flush().await } else { storage.maintain().await };
            }));
        }
        for _ in 0..2 {
            let range = self.range();
            let seen = check_view(storage, &self.model, &in_flight, range).await;
            self.report.n_reads += u64::from(seen.map_err(|e| format!("{place}: {e}"))?);
        }
        let mut answered = Vec::new();
        for (writes, task) in appends {
            let answer = task.await.map_err(|e| format!("{place}: an append panicked: {e}"))?;
            let n_writes = writes.len() as u64;
            match &answer {
                Ok(()) => self.report.n_acknowledged += n_writes,
                Err(Error::Busy { .. } | Error::Unavailable { .. }) => {
                    self.report.n_refused += n_writes;
                }
                Err(other) => return Err(format!("{place}: {}", base::report(other))),
            }
            answered.push((writes, answer.is_ok()));
        }
        self.model.note(answered);
        for task in upkeep {
            task.await.map_err(|e| format!("{place}: upkeep panicked: {e}"))?;
        }
        self.set_faults(false);
        if self.rng.chance(0.15) {
            self.delete(storage).await.map_err(|e| format!("{place}: delete: {e}"))?;
        }
        self.check(storage, place).await
    }

    /// Everything that is certain, while nothing else goes on.
    async fn check(&mut self, storage: &Storage, place: &str) -> Result<(), String> {
        let range = self.range();
        let seen = check_view(storage, &self.model, &[], range).await;
        let is_read = seen.map_err(|e| format!("{place}: {e}"))?;
        if !is_read {
            return Err(format!("{place}: a read failed without a fault"));
        }
        if self.rng.chance(0.6) {
            return Ok(());
        }
        check_quiet(storage, range).await.map_err(|e| format!("{place}: {e}"))
    }

    async fn delete(&mut self, storage: &Storage) -> Result<(), String> {
        let host = format!("h{}", self.rng.below(3));
        let now = self.clock.now_ms();
        let range = TimeRange::new(now - 3 * HOUR_MS, now - HOUR_MS);
        let equals = vec![("host".to_owned(), host.clone())];
        let delete = Delete { org: OrgId::FIRST, dataset: Dataset::Points, range, equals };
        storage.delete(delete).await.map_err(|e| base::report(&e))?;
        self.model.delete(&host, range);
        Ok(())
    }

    fn move_clock(&mut self) {
        let minutes = [0, 1, 5, 30, 90][self.rng.below(5) as usize];
        self.clock.advance(Duration::from_secs(minutes * 60));
        if self.rng.chance(0.05) {
            let jump = [-2 * HOUR_MS, 10 * DAY_MS][self.rng.below(2) as usize];
            self.clock.jump(self.clock.now_ms() + jump);
            // A jump ahead must not expire anything: it is taken back before rows come.
            if jump > 0 {
                self.clock.jump(self.clock.now_ms() - jump);
            }
        }
        self.latest_ms = self.latest_ms.max(self.clock.now_ms());
    }

    /// Times that no retention may have touched.
    fn range(&self) -> TimeRange {
        let oldest_day = i64::from(::model::day_of(self.latest_ms)) - i64::from(RETENTION_DAYS);
        TimeRange::new(oldest_day * DAY_MS, self.latest_ms + HOUR_MS)
    }

    fn make_writes(&mut self) -> Vec<Write> {
        let n = 1 + self.rng.below(12);
        let now = self.clock.now_ms();
        (0..n)
            .map(|_| {
                let back = [0, 1, 10, 70, 200, 1500][self.rng.below(6) as usize] * MINUTE_MS;
                let time = (now - back) / MINUTE_MS * MINUTE_MS + self.rng.below(6) as i64 * 10_000;
                let time = time.max(self.range().from);
                self.model.write(&mut self.rng, time)
            })
            .collect()
    }
}
