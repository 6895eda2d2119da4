//! A data directory that an earlier version wrote still opens and says the same.
//!
//! `testdata/store/v1` is never edited. Write the next one with
//! `cargo test -p storage --test golden -- --ignored`, under a new number.

use std::fs;
use std::path::{Path, PathBuf};

use base::Clock;
use model::{DAY_MS, Dataset, HOUR_MS, MetricKind, OrgId, PointsBatch, SeriesRef, TimeRange};
use storage::{Parts, Rows, ScanRequest, SeriesPart, Settings, Storage};

const NOW: i64 = 20_717 * DAY_MS + 12 * HOUR_MS;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/store/v1")
}

async fn open(folder: &Path) -> Storage {
    let parts = Parts::local(folder, Clock::manual(NOW)).await.expect("the store answers");
    Storage::open(Settings { merge_files: 2, ..Settings::default() }, parts)
        .await
        .expect("the store answers")
}

/// Batch `n` of the golden: three series of whole and other values, each batch replacing one point of
/// the one before.
fn batch(n: i64) -> Rows {
    let mut batch = PointsBatch::new(OrgId::FIRST);
    for (host, step) in [("a", 1.0), ("b", 0.5), ("c", 3.0)] {
        let key =
            SeriesRef { metric: "golden.metric", host, device: "", tags: "env:prod,team:core" };
        batch.push_series(key, MetricKind::Count, 10);
        for i in 0..100 {
            let at = n * 99 + i;
            batch.push_point(NOW - 2 * HOUR_MS + at * 10_000, at as f64 * step + n as f64);
        }
    }
    Rows::Points(batch)
}

/// Each series' host, number of points and sum.
async fn sums(storage: &Storage) -> Vec<(String, usize, f64)> {
    let (org, dataset, metric) = (OrgId::FIRST, Dataset::Points, Some("golden.metric".into()));
    let request = ScanRequest { org, dataset, metric, range: TimeRange::ALL, bucket_ms: None };
    let scan = storage.scan(request, &|_| true).await.expect("the store answers");
    let data = scan.read(0..scan.series().len()).await.expect("the store answers");
    let sum = |parts: &[SeriesPart]| match parts {
        [SeriesPart::Points { values, .. }] => (values.len(), values.iter().sum::<f64>()),
        other => panic!("{other:?}"),
    };
    data.iter()
        .map(|d| (scan.series()[d.index].key.host.to_string(), sum(&d.parts).0, sum(&d.parts).1))
        .collect()
}

fn expected() -> Vec<(String, usize, f64)> {
    let mut points = std::collections::BTreeMap::new();
    for n in 0..4i64 {
        for (host, step) in [("a", 1.0), ("b", 0.5), ("c", 3.0)] {
            for i in 0..100 {
                let at = n * 99 + i;
                points.insert((host, at), at as f64 * step + n as f64);
            }
        }
    }
    ["a", "b", "c"]
        .map(|host| {
            let values: Vec<f64> =
                points.iter().filter(|(key, _)| key.0 == host).map(|(_, v)| *v).collect();
            (host.to_owned(), values.len(), values.iter().sum())
        })
        .to_vec()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the golden folder can be copied");
    for entry in fs::read_dir(from).expect("the golden folder can be copied") {
        let entry = entry.expect("the golden folder can be copied");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("the golden folder can be copied").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("the golden folder can be copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes the golden; run by hand for a new version"]
async fn write_the_golden() {
    assert!(!golden().exists(), "goldens are never edited: take a new number");
    let storage = open(&golden()).await;
    for n in 0..4 {
        storage.append(vec![batch(n)]).await.unwrap();
        match n {
            0 => storage.flush().await.unwrap(),
            1 => {
                storage.flush().await.unwrap();
                storage.maintain().await.unwrap();
            }
            2 => storage.flush().await.unwrap(),
            // The last stays in the log.
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn version_1_opens() {
    let folder = std::env::temp_dir().join(format!("procyon-golden-{}", std::process::id()));
    let _none = fs::remove_dir_all(&folder);
    copy(&golden(), &folder);
    let storage = open(&folder).await;
    assert_eq!(sums(&storage).await, expected());
    storage.flush().await.unwrap();
    storage.maintain().await.unwrap();
    assert_eq!(sums(&storage).await, expected(), "after its files were merged with new ones");
    drop(storage);
    fs::remove_dir_all(&folder).unwrap();
}
