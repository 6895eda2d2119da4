//! The same rows from wherever they lie: buffers, fresh files, merged files, rollups, a reopened store.

use std::path::PathBuf;
use std::time::Duration;

use base::Clock;
use model::{
    Dataset, HOUR_MS, MINUTE_MS, MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch,
    TimeRange,
};
use storage::{Delete, Parts, Rows, ScanRequest, SeriesPart, Settings, Storage};

const NOW: i64 = 1_790_000_000_000 / HOUR_MS * HOUR_MS + 30 * MINUTE_MS;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("procyon-{name}-{}", std::process::id()));
        let _none = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    async fn open(&self, clock: &Clock) -> Storage {
        let parts = Parts::local(&self.0, clock.clone()).await.expect("the store answers");
        let settings =
            Settings { merge_files: 2, fine_rollups_after: Duration::ZERO, ..Settings::default() };
        Storage::open(settings, parts).await.expect("the store answers")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn key<'a>(metric: &'a str, host: &'a str) -> SeriesRef<'a> {
    SeriesRef { metric, host, device: "", tags: "env:prod" }
}

fn points(host: &str, rows: &[(i64, f64)]) -> Rows {
    let mut batch = PointsBatch::new(OrgId::FIRST);
    batch.push_series(key("a", host), MetricKind::Gauge, 10);
    rows.iter().for_each(|(time, value)| batch.push_point(*time, *value));
    Rows::Points(batch)
}

fn request(dataset: Dataset, bucket_ms: Option<i64>) -> ScanRequest {
    let range = TimeRange::new(NOW - 6 * HOUR_MS, NOW + HOUR_MS);
    ScanRequest { org: OrgId::FIRST, dataset, metric: Some("a".into()), range, bucket_ms }
}

/// Host and rows of each series.
async fn read(storage: &Storage) -> Vec<(String, Vec<(i64, f64)>)> {
    let scan =
        storage.scan(request(Dataset::Points, None), &|_| true).await.expect("the store answers");
    let mut found = Vec::new();
    for data in scan.read(0..scan.series().len()).await.expect("the store answers") {
        let rows = data.parts.into_iter().flat_map(|part| match part {
            SeriesPart::Points { times, values } => times.into_iter().zip(values),
            other => panic!("{other:?}"),
        });
        found.push((scan.series()[data.index].key.host.to_string(), rows.collect()));
    }
    found
}

/// Count and sum of each hour, and how many parts were rollups.
async fn hours(storage: &Storage) -> (Vec<(i64, u64, f64)>, usize) {
    let scan = storage
        .scan(request(Dataset::Points, Some(HOUR_MS)), &|_| true)
        .await
        .expect("the store answers");
    let mut sums = std::collections::BTreeMap::new();
    let mut n_rollups = 0;
    for data in scan.read(0..scan.series().len()).await.expect("the store answers") {
        for part in data.parts {
            let rows: Vec<(i64, u64, f64)> = match part {
                SeriesPart::Points { times, values } => {
                    times.into_iter().zip(values).map(|(t, v)| (t, 1, v)).collect()
                }
                SeriesPart::Rollups(r) => {
                    n_rollups += 1;
                    (0..r.times.len()).map(|i| (r.times[i], r.counts[i], r.sums[i])).collect()
                }
                other => panic!("{other:?}"),
            };
            for (time, count, sum) in rows {
                let hour = sums.entry(time.div_euclid(HOUR_MS)).or_insert((0, 0.0));
                *hour = (hour.0 + count, hour.1 + sum);
            }
        }
    }
    (sums.into_iter().map(|(hour, (count, sum))| (hour, count, sum)).collect(), n_rollups)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rows_from_everywhere() {
    let folder = Folder::new("same-answer");
    let clock = Clock::manual(NOW);
    let storage = folder.open(&clock).await;
    let start = NOW - 5 * HOUR_MS;
    let a: Vec<_> = (0..600).map(|i| (start + i * 30_000, i as f64)).collect();
    let b: Vec<_> = (0..600).map(|i| (start + i * 30_000, i as f64 + 0.5)).collect();
    let expect = vec![("a".to_owned(), a.clone()), ("b".to_owned(), b.clone())];
    storage.append(vec![points("b", &b[..300])]).await.unwrap();
    storage.append(vec![points("a", &a[..300])]).await.unwrap();
    storage.flush().await.unwrap();
    // The second half comes late, out of order, with rows that replace some of the first.
    storage.append(vec![points("a", &[(a[10].0, 99.0)])]).await.unwrap();
    let mut late = a[250..].to_vec();
    late.reverse();
    storage.append(vec![points("a", &late), points("b", &b[300..])]).await.unwrap();
    storage.append(vec![points("a", &[a[10]])]).await.unwrap();
    assert_eq!(read(&storage).await, expect, "half in buffers");
    let (in_buffers, _) = hours(&storage).await;
    storage.flush().await.unwrap();
    assert_eq!(storage.files(OrgId::FIRST, Dataset::Points).len(), 2);
    assert_eq!(read(&storage).await, expect, "in fresh files");
    storage.maintain().await.unwrap();
    assert_eq!(storage.files(OrgId::FIRST, Dataset::Points).len(), 1);
    assert_eq!(read(&storage).await, expect, "in one merged file");
    let (rolled_up, n_rollups) = hours(&storage).await;
    assert_eq!(rolled_up, in_buffers, "from rollups");
    assert!(n_rollups > 0, "no rollup took part");
    drop(storage);
    let storage = folder.open(&clock).await;
    assert_eq!(read(&storage).await, expect, "after a restart");

    // A late point makes the rollup of its hour unusable, and only that.
    storage.append(vec![points("a", &[(a[10].0, 1000.0)])]).await.unwrap();
    let (with_late, n_now) = hours(&storage).await;
    assert_eq!(with_late[0].2 - in_buffers[0].2, 990.0);
    assert!(n_now > 0 && with_late[1..] == in_buffers[1..]);
    storage.flush().await.unwrap();
    assert_eq!(hours(&storage).await.0, with_late);
    clock.advance(Duration::from_secs(600));
    storage.maintain().await.unwrap();
    assert_eq!(hours(&storage).await.0, with_late);
}

#[tokio::test(flavor = "multi_thread")]
async fn unflushed_rows_survive_a_restart_and_deleted_ones_do_not() {
    let folder = Folder::new("restart");
    let clock = Clock::manual(NOW);
    let storage = folder.open(&clock).await;
    storage.append(vec![points("a", &[(NOW, 1.0)])]).await.unwrap();
    storage.append(vec![points("b", &[(NOW, 2.0)])]).await.unwrap();
    drop(storage);
    let storage = folder.open(&clock).await;
    assert_eq!(read(&storage).await.len(), 2);
    let delete = Delete {
        org: OrgId::FIRST,
        dataset: Dataset::Points,
        range: TimeRange::ALL,
        equals: vec![("host".into(), "a".into())],
    };
    storage.delete(delete).await.unwrap();
    assert_eq!(read(&storage).await, [("b".to_owned(), vec![(NOW, 2.0)])]);
    storage.append(vec![points("a", &[(NOW, 3.0)])]).await.unwrap();
    assert_eq!(read(&storage).await.len(), 2, "what comes later is not deleted");
    storage.maintain().await.unwrap();
    storage.flush().await.unwrap();
    drop(storage);
    let storage = folder.open(&clock).await;
    let expect = [("a".to_owned(), vec![(NOW, 3.0)]), ("b".to_owned(), vec![(NOW, 2.0)])];
    assert_eq!(read(&storage).await, expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn sketches_and_tables_come_back() {
    let folder = Folder::new("tables");
    let clock = Clock::manual(NOW);
    let storage = folder.open(&clock).await;
    let mut batch = SketchesBatch::new(OrgId::FIRST);
    batch.push_series(key("a", "h"), 10);
    let sketches: Vec<_> = (0..50).map(|i| Sketch::from_values([f64::from(i), 7.0])).collect();
    for (i, sketch) in sketches.iter().enumerate() {
        batch.push_sketch(NOW - 3 * HOUR_MS + i as i64 * 10_000, sketch.clone());
    }
    let event = model::Event { id: 7, time: NOW, title: "deploy".into(), ..Default::default() };
    let rows = storage::tables::events::to_batch(std::slice::from_ref(&event));
    let table = Rows::Table { org: OrgId::FIRST, dataset: Dataset::Events, batch: rows };
    storage.append(vec![Rows::Sketches(batch), table.clone()]).await.unwrap();
    for step in ["buffers", "files", "again", "merged"] {
        let scan = storage.scan(request(Dataset::Sketches, None), &|_| true).await.unwrap();
        let data = scan.read(0..1).await.unwrap();
        match &data[0].parts[..] {
            [SeriesPart::Sketches { sketches: found, .. }] => {
                assert_eq!(*found, sketches, "{step}")
            }
            other => panic!("{other:?}"),
        }
        let snapshot = storage.table(OrgId::FIRST, Dataset::Events, TimeRange::ALL).await.unwrap();
        let events = storage::tables::events::from_batch(&snapshot.read().await.unwrap()).unwrap();
        assert_eq!(events, std::slice::from_ref(&event), "{step}");
        match step {
            "again" => storage.append(vec![table.clone()]).await.unwrap(),
            "merged" => {}
            _ => storage.flush().await.unwrap(),
        }
        storage.flush().await.unwrap();
        storage.maintain().await.unwrap();
    }
}
