//! SQL over a store with rows in files, in buffers, sent again and deleted.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use base::{Clock, LocalDisk};
use model::{
    AlertType, Dataset, Event, MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch,
    TagSet, TimeRange,
};
use query::{Engine, ErrorKind, Limits};
use storage::catalog::MemoryCatalog;
use storage::{Delete, Parts, Rows, Settings, Storage, Workers};

/// 2024-01-01 00:00 UTC.
const START_MS: i64 = 1_704_067_200_000;

struct Fixture {
    engine: Engine,
    folder: std::path::PathBuf,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn points(metric: &str, host: &str, values: &[(i64, f64)]) -> Rows {
    let mut batch = PointsBatch::new(OrgId::FIRST);
    let key = SeriesRef { metric, host, device: "", tags: "env:prod" };
    batch.push_series(key, MetricKind::Gauge, 10);
    for (secs, value) in values {
        batch.push_point(START_MS + secs * 1000, *value);
    }
    Rows::Points(batch)
}

fn event(id: i64, title: &str) -> Event {
    Event {
        id,
        time: START_MS + id * 1000,
        title: title.into(),
        tags: TagSet::new(["env:prod", "team:x"]),
        alert_type: AlertType::Error,
        ..Event::default()
    }
}

fn events(rows: &[Event]) -> Rows {
    let batch = storage::tables::events::to_batch(rows);
    Rows::Table { org: OrgId::FIRST, dataset: Dataset::Events, batch }
}

async fn fixture(limits: Limits) -> Fixture {
    let name = format!("procyon-sql-{}", u64::from_le_bytes(base::secure_bytes()));
    let folder = std::env::temp_dir().join(name);
    let clock = Clock::manual(START_MS + model::DAY_MS);
    let parts = Parts {
        clock,
        disk: Arc::new(LocalDisk::open(&folder).unwrap()),
        store: Arc::new(object_store::memory::InMemory::new()),
        catalog: Arc::new(MemoryCatalog::default()),
        workers: Workers::Pool,
    };
    let storage = Storage::open(Settings::default(), parts).await.unwrap();
    let rows = vec![
        points("cpu", "a", &[(0, 1.0), (10, 2.0), (20, 3.0)]),
        points("cpu", "b", &[(0, 10.0), (10, 20.0)]),
        points("mem", "a", &[(0, 100.5)]),
        points("gone", "a", &[(0, 1.0)]),
        events(&[event(1, "one"), event(2, "two")]),
    ];
    storage.append(rows).await.unwrap();
    storage.flush().await.unwrap();
    // A point and an event sent again, new ones, and another org's.
    let mut other = PointsBatch::new(OrgId(2));
    let key = SeriesRef { metric: "cpu", host: "z", device: "", tags: "" };
    other.push_series(key, MetricKind::Gauge, 10);
    other.push_point(START_MS, 7.0);
    let mut sketches = SketchesBatch::new(OrgId::FIRST);
    let key = SeriesRef { metric: "latency", host: "a", device: "", tags: "" };
    sketches.push_series(key, 10);
    sketches.push_sketch(START_MS, Sketch::from_values([1.0, 3.0]));
    let rows = vec![
        points("cpu", "a", &[(20, 4.0), (30, 5.0)]),
        events(&[event(2, "two again"), event(3, "three")]),
        Rows::Points(other),
        Rows::Sketches(sketches),
    ];
    storage.append(rows).await.unwrap();
    let gone = Delete {
        org: OrgId::FIRST,
        dataset: Dataset::Points,
        range: TimeRange::ALL,
        equals: vec![("metric".into(), "gone".into())],
    };
    storage.delete(gone).await.unwrap();
    Fixture { engine: Engine::new(storage, Clock::system(), limits), folder }
}

async fn ask(fixture: &Fixture, text: &str) -> String {
    match fixture.engine.sql(OrgId::FIRST, text).await {
        Ok(answer) => {
            let rows = answer.rows().unwrap();
            let row = |row: &Vec<serde_json::Value>| serde_json::to_string(row).unwrap();
            rows.iter().map(row).collect::<Vec<_>>().join(" ")
        }
        Err(error) => format!("{:?}", error.kind),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements() {
    let fixture = fixture(Limits::default()).await;
    let cases = [
        ("SELECT count(*) FROM points", "[7]"),
        ("SELECT metric, count(*) FROM points GROUP BY 1 ORDER BY 1", r#"["cpu",6] ["mem",1]"#),
        (
            "SELECT host, sum(value) FROM points WHERE metric = 'cpu' GROUP BY host ORDER BY host",
            r#"["a",12.0] ["b",30.0]"#,
        ),
        (
            "SELECT value FROM points WHERE metric = 'cpu' AND host = 'a' AND \
             time >= '2024-01-01T00:00:10Z' AND time < '2024-01-01T00:00:30Z' ORDER BY time",
            "[2.0] [4.0]",
        ),
        ("SELECT value FROM points WHERE metric IN ('mem', 'gone')", "[100.5]"),
        (
            "SELECT tags, kind, \"interval\", device, time FROM points WHERE metric = 'mem'",
            r#"["env:prod","gauge",10,"","2024-01-01T00:00:00Z"]"#,
        ),
        ("SELECT count, sum, min, max, bin_counts FROM sketches", "[2,4.0,1.0,3.0,[1,1]]"),
        ("SELECT id, title FROM events ORDER BY id", r#"[1,"one"] [2,"two again"] [3,"three"]"#),
        ("SELECT title FROM events WHERE time > '2024-01-01T00:00:02Z'", r#"["three"]"#),
        ("SELECT count(*) FROM events WHERE array_has(tags, 'team:x')", "[3]"),
        ("SELECT count(*) FROM host_tags", "[0]"),
        ("SELECT NULL AS a, 1 AS b", "[null,1]"),
        ("SELECT 1 WHERE false", ""),
        (
            "SELECT table_name FROM information_schema.tables WHERE table_name = 'points'",
            r#"["points"]"#,
        ),
        ("SELECT * FROM points_5m", "Invalid"),
        ("SELECT nothing FROM points", "Invalid"),
        ("SELEC 1", "Invalid"),
        ("", "Invalid"),
        ("CREATE TABLE t AS SELECT 1", "Invalid"),
        ("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'", "Invalid"),
        ("INSERT INTO points SELECT * FROM points", "Invalid"),
        ("COPY (SELECT 1) TO '/tmp/x.csv'", "Invalid"),
        ("SET datafusion.execution.batch_size = 1", "Invalid"),
        ("SELECT * FROM '/etc/passwd'", "Invalid"),
        ("SELECT 1 / 0", "Invalid"),
        ("DROP TABLE points", "Invalid"),
    ];
    let mut wrong = Vec::new();
    for (text, expect) in cases {
        let got = ask(&fixture, text).await;
        if got != expect {
            wrong.push(format!("{text}\n  want {expect}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bounds() {
    let limits = Limits { rows_max: 3, memory_bytes: 1 << 20, ..Limits::default() };
    let fixture = fixture(limits).await;
    let answer = fixture.engine.sql(OrgId::FIRST, "SELECT * FROM points").await.unwrap();
    assert_eq!(answer.rows().unwrap().len(), 3);
    assert!(answer.partial.unwrap().contains("first 3 rows"));
    let many = "SELECT x.v, count(*) FROM (SELECT unnest(range(1000000)) AS v) x GROUP BY 1";
    let error = fixture.engine.sql(OrgId::FIRST, many).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limited, "{error}");
    let long = format!("SELECT '{}'", "x".repeat(70_000));
    let error = fixture.engine.sql(OrgId::FIRST, &long).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limited, "{error}");
}
