//! The store when the disk is full or damaged, the buffers are full, or the clock jumps.

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, SharedDisk};
use model::{DAY_MS, Dataset, HOUR_MS, MetricKind, OrgId, PointsBatch, SeriesRef, TimeRange};
use storage::catalog::MemoryCatalog;
use storage::{DiskStore, Error, Parts, Rows, ScanRequest, SeriesPart, Settings, Storage, Workers};
use testkit::{DiskFaults, SimDisk};

const NOW: i64 = 20_717 * DAY_MS + 12 * HOUR_MS;

struct World {
    disk: SimDisk,
    clock: Clock,
    catalog: MemoryCatalog,
}

impl World {
    fn new() -> Self {
        Self { disk: SimDisk::new(1), clock: Clock::manual(NOW), catalog: MemoryCatalog::new() }
    }

    async fn open(&self, settings: Settings) -> Storage {
        let disk: SharedDisk = Arc::new(self.disk.clone());
        let store = Arc::new(DiskStore::new(SharedDisk::clone(&disk), ""));
        let (clock, catalog) = (self.clock.clone(), Arc::new(self.catalog.clone()));
        let parts = Parts { clock, disk, store, catalog, workers: Workers::Inline };
        Storage::open(settings, parts).await.expect("the store opens")
    }

    fn full(&self, is_full: bool) {
        self.disk.set_faults(DiskFaults { is_full, ..DiskFaults::default() });
    }

    fn path(&self, part: &str) -> String {
        let files = self.disk.files();
        files
            .iter()
            .rfind(|(path, _)| path.contains(part))
            .map(|(path, _)| path.clone())
            .expect("there is such a file")
    }
}

fn points(host: &str, time: i64, n: usize) -> Vec<Rows> {
    let mut batch = PointsBatch::new(OrgId::FIRST);
    for i in 0..n {
        let tags = format!("i:{i}");
        let key = SeriesRef { metric: "m", host, device: "", tags: &tags };
        batch.push_series(key, MetricKind::Gauge, 10);
        batch.push_point(time, i as f64);
    }
    vec![Rows::Points(batch)]
}

async fn count(storage: &Storage, range: TimeRange) -> storage::Result<usize> {
    let (org, dataset) = (OrgId::FIRST, Dataset::Points);
    let request = ScanRequest { org, dataset, metric: None, range, bucket_ms: None };
    let scan = storage.scan(request, &|_| true).await?;
    let data = scan.read(0..scan.series().len()).await?;
    let rows = data.iter().flat_map(|d| &d.parts).map(|part| match part {
        SeriesPart::Points { times, .. } => times.len(),
        other => panic!("{other:?}"),
    });
    Ok(rows.sum())
}

#[tokio::test]
async fn a_full_disk_refuses_and_recovers() {
    let world = World::new();
    let storage = world.open(Settings::default()).await;
    storage.append(points("a", NOW, 3)).await.unwrap();
    world.full(true);
    let refused = storage.append(points("b", NOW, 1)).await.unwrap_err();
    assert!(base::report(&refused).contains("full"), "{}", base::report(&refused));
    assert!(matches!(storage.flush().await, Err(Error::Unavailable { .. })));
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 3, "what is buffered stays");
    world.full(false);
    storage.append(points("c", NOW, 1)).await.unwrap();
    storage.flush().await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 4);
    drop(storage);
    let storage = world.open(Settings::default()).await;
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 4);
}

#[tokio::test]
async fn full_buffers_push_back_until_a_flush_succeeds() {
    let world = World::new();
    let settings = Settings { buffer_bytes_max: 20_000, ..Settings::default() };
    let storage = world.open(settings).await;
    let mut n_accepted = 0;
    let refused = loop {
        match storage.append(points(&format!("h{n_accepted}"), NOW, 10)).await {
            Ok(()) => n_accepted += 1,
            Err(error) => break error,
        }
        assert!(n_accepted < 1000, "nothing bounds the buffers");
    };
    assert!(matches!(refused, Error::Busy { retry_after_secs: 1.., .. }), "{refused}");
    storage.flush().await.unwrap();
    storage.append(points("late", NOW, 10)).await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), (n_accepted + 1) * 10);
}

#[tokio::test]
async fn a_damaged_record_costs_only_itself() {
    let world = World::new();
    let storage = world.open(Settings::default()).await;
    let mut ends = Vec::new();
    for i in 0..5 {
        storage.append(points("a", NOW + i, 1)).await.unwrap();
        ends.push(world.disk.files().iter().find(|f| f.0.ends_with(".log")).unwrap().1);
    }
    drop(storage);
    world.disk.crash();
    world.disk.flip_bit(&world.path(".log"), ends[1] + 40);
    let storage = world.open(Settings::default()).await;
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 4);
}

#[tokio::test]
async fn a_damaged_file_is_named_and_set_aside() {
    let world = World::new();
    let settings = || Settings { merge_files: 2, ..Settings::default() };
    let storage = world.open(settings()).await;
    for host in ["a", "b"] {
        storage.append(points(host, NOW, 2000)).await.unwrap();
        storage.flush().await.unwrap();
    }
    storage.append(points("old", NOW - 3 * DAY_MS, 5)).await.unwrap();
    storage.flush().await.unwrap();
    let damaged = world.path("2026-09-21/");
    world.disk.flip_bit(&damaged, 2000);
    storage.maintain().await.unwrap();
    let stats = storage.stats();
    assert_eq!(stats.damaged.len(), 1, "{stats:?}");
    assert!(stats.damaged.values().all(|what| what.contains("checksum")), "{stats:?}");
    assert_eq!(storage.files(OrgId::FIRST, Dataset::Points).len(), 3, "nothing is merged into it");
    let yesterday = TimeRange::new(0, NOW - DAY_MS);
    assert_eq!(count(&storage, yesterday).await.unwrap(), 5, "other days are not affected");
    storage.append(points("c", NOW, 1)).await.unwrap();
    storage.flush().await.unwrap();
}

#[tokio::test]
async fn retention_drops_days_and_mistrusts_a_clock_that_jumps() {
    let world = World::new();
    let settings = Settings { retention_days: |_| 7, ..Settings::default() };
    let storage = world.open(settings).await;
    for days in [1, 6, 7, 8, 20] {
        storage.append(points("a", NOW - days * DAY_MS, 1)).await.unwrap();
    }
    storage.append(points("a", NOW, 1)).await.unwrap();
    storage.flush().await.unwrap();
    storage.maintain().await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 4);
    let n_files = world.disk.files().iter().filter(|f| f.0.ends_with(".parquet")).count();
    let n_named = world.catalog.state().files.len();
    assert_eq!(n_files, n_named, "expired files are deleted");

    world.clock.jump(NOW + 3650 * DAY_MS);
    storage.maintain().await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 4, "ten years in no time");
    world.clock.jump(NOW);
    world.clock.advance(Duration::from_secs(86_400 * 6));
    storage.append(points("a", world.clock.now_ms(), 1)).await.unwrap();
    storage.flush().await.unwrap();
    storage.maintain().await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 3, "six days that passed");
}

#[tokio::test]
async fn the_log_shrinks_when_its_rows_are_in_files() {
    let world = World::new();
    let storage = world.open(Settings { log_file_bytes: 1000, ..Settings::default() }).await;
    let n_logs = || world.disk.files().iter().filter(|f| f.0.ends_with(".log")).count();
    for i in 0..40 {
        storage.append(points("a", NOW + i, 10)).await.unwrap();
    }
    assert!(n_logs() > 5);
    storage.flush().await.unwrap();
    assert!(n_logs() <= 1);
    drop(storage);
    let storage = world.open(Settings::default()).await;
    storage.append(points("b", NOW, 1)).await.unwrap();
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 401);
}

#[tokio::test]
async fn the_name_of_a_torn_log_file_is_used_again() {
    let world = World::new();
    let torn = bytes::Bytes::from_static(b"PROCYL");
    let path = "log/local/00000000000000000002.log";
    base::Disk::write(&world.disk, path, torn).await.unwrap();
    let settings = || Settings { log_file_bytes: 1, ..Settings::default() };
    let storage = world.open(settings()).await;
    storage.append(points("a", NOW, 1)).await.unwrap();
    // The second append comes after the flush has begun, so that only the log has it.
    let (flushed, appended) = tokio::join!(storage.flush(), storage.append(points("b", NOW, 1)));
    flushed.and(appended).unwrap();
    world.disk.crash();
    drop(storage);
    let storage = world.open(settings()).await;
    assert_eq!(count(&storage, TimeRange::ALL).await.unwrap(), 2);
}
