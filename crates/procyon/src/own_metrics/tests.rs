//! The loop on a store in a folder, with a clock that is moved by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base::LocalDisk;
use control::{Control, Options};
use model::{Dataset, Event, TimeRange};
use storage::catalog::MemoryCatalog;
use storage::{Parts, ScanRequest, SeriesPart, Settings, Workers};

use super::*;

/// A multiple of the interval.
const NOW_MS: i64 = 1_767_323_040_000;

/// A server without a listener.
struct World {
    sources: Sources,
    api_key: String,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

async fn world(clock: &Clock) -> World {
    let name = format!("procyon-own-metrics-{:032x}", u128::from_be_bytes(base::secure_bytes()));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let disk: base::SharedDisk = Arc::new(LocalDisk::open(folder.join("store")).unwrap());
    let parts = Parts {
        clock: clock.clone(),
        store: Arc::new(storage::DiskStore::new(Arc::clone(&disk), "")),
        disk,
        catalog: Arc::new(MemoryCatalog::default()),
        workers: Workers::Inline,
    };
    let storage = Storage::open(Settings::default(), parts).await.unwrap();
    let options = Options { clock: clock.clone(), ..Options::new(folder.join("control")) };
    let control = Control::open(options).await.unwrap();
    let api_key = control.bootstrap().await.unwrap().unwrap().api_key;
    let settings = ingest::Settings::default();
    let sources = Sources {
        query: query::Engine::new(storage.clone(), clock.clone(), query::Limits::default()),
        intake: ingest::State::new(control.clone(), storage.clone(), clock.clone(), &settings),
        outbox: alert::deliver::Outbox::new(control, storage.clone(), clock.clone(), None),
        traffic: Arc::new(Traffic::new(clock.clone())),
        storage,
    };
    World { sources, api_key, folder }
}

/// Values by metric and tags, oldest first; a sketch's is its number of values.
async fn stored(storage: &Storage) -> BTreeMap<(String, String), Vec<f64>> {
    let mut found: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for dataset in [Dataset::Points, Dataset::Sketches] {
        let range = TimeRange::ALL;
        let request =
            ScanRequest { org: OrgId::FIRST, dataset, metric: None, range, bucket_ms: None };
        let scan = storage.scan(request, &|_| true).await.unwrap();
        for data in scan.read(0..scan.series().len()).await.unwrap() {
            let key = &scan.series()[data.index].key;
            assert_eq!(&*key.host, "", "{} has a host", key.metric);
            let values = found.entry((key.metric.to_string(), key.tags.to_string())).or_default();
            for part in data.parts {
                match part {
                    SeriesPart::Points { values: more, .. } => values.extend(more),
                    SeriesPart::Sketches { sketches, .. } => {
                        values.extend(sketches.iter().map(|sketch| sketch.count as f64));
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    found
}

/// Posts a request to the intake through the doors that are counted.
async fn post(sources: &Sources, api_key: &str, body: &'static str) {
    use tower::ServiceExt;
    let intake = ingest::router(Arc::clone(&sources.intake));
    let router = sources.traffic.counted(intake, Door::Intake);
    let request = axum::http::Request::post("/api/v2/series");
    let request = request.header("content-length", body.len()).header("dd-api-key", api_key);
    let request = request.body(axum::body::Body::from(body)).unwrap();
    router.oneshot(request).await.unwrap();
}

/// Waits until the round after this moment is stored.
async fn next_round(sources: &Sources, clock: &Clock) {
    let before = sources.storage.stats().records;
    clock.advance(Duration::from_secs(u64::from(INTERVAL_SECS)));
    while sources.storage.stats().records == before {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rounds_are_stored_until_the_end_and_counts_are_of_their_interval() {
    let clock = Clock::manual(NOW_MS);
    let world = world(&clock).await;
    let sources = &world.sources;
    let (trigger, shutdown) = Shutdown::new();
    let running = tokio::spawn(run(sources.clone(), clock.clone(), shutdown));
    tokio::task::yield_now().await;
    post(sources, "", "{}").await;
    next_round(sources, &clock).await;
    next_round(sources, &clock).await;
    post(sources, "", "[]").await;
    post(sources, "", "[]").await;
    clock.advance(Duration::from_secs(3));
    trigger.stop();
    running.await.unwrap();
    let stored = stored(&sources.storage).await;
    let of = |metric: &str, tags: &str| stored[&(metric.to_owned(), tags.to_owned())].clone();
    let route = "route:/api/v2/series";
    assert_eq!(of("procyon.intake.requests", &format!("{route},status:4xx")), [1.0, 0.0, 2.0]);
    assert_eq!(of("procyon.intake.bytes", route), [2.0, 0.0, 4.0]);
    assert_eq!(of("procyon.intake.duration", route), [1.0, 2.0]);
    let refused = format!("outcome:invalid,reason:missing_api_key,{route}");
    assert_eq!(of("procyon.intake.rejected", &refused), [1.0, 0.0, 2.0]);
    assert_eq!(of("procyon.process.uptime", ""), [20.0, 40.0, 43.0]);
    assert_eq!(of("procyon.storage.appends", ""), [0.0, 1.0, 1.0]);
}

#[tokio::test]
async fn every_metric_of_the_list_is_sent_and_no_other() {
    let clock = Clock::manual(NOW_MS);
    let world = world(&clock).await;
    let sources = &world.sources;
    let event = Event { title: "x".to_owned(), ..Event::default() };
    alert::stream::post(&sources.storage, &clock, OrgId::FIRST, event).await.unwrap();
    sources.storage.flush().await.unwrap();
    let query = axum::Router::new().route("/api/v1/query", axum::routing::get(async || "x"));
    let query = sources.traffic.counted(query, Door::Api);
    let request = axum::http::Request::get("/api/v1/query").body(axum::body::Body::empty());
    tower::ServiceExt::oneshot(query, request.unwrap()).await.unwrap();
    post(sources, "", "{}").await;
    let series =
        r#"{"series": [{"metric": "a", "points": [{"timestamp": 1767323040, "value": 1}]}]}"#;
    post(sources, &world.api_key, series).await;
    let mut batch = Batch::new(OrgId::FIRST);
    let mut estimates = Estimates::new(Duration::ZERO);
    for _round in 0..2 {
        clock.advance(Duration::from_secs(60));
        gather(sources, &clock, &mut batch).await;
        estimates.add(&sources.storage, &clock, &mut batch).await;
    }
    let mut sent: BTreeMap<String, MetricKind> = BTreeMap::new();
    for texts in [&batch.points.keys, &batch.sketches.keys] {
        for entry in &texts.series {
            sent.insert(texts.key(entry).metric.to_owned(), entry.kind);
        }
    }
    let listed: BTreeMap<String, MetricKind> =
        api::own_metrics().map(|own| (own.name.to_owned(), own.kind)).collect();
    assert_eq!(sent, listed);
}

#[test]
fn intervals_end_at_multiples() {
    let check = |now_ms: i64, wait_ms: u64| {
        assert_eq!(until_next(now_ms), Duration::from_millis(wait_ms), "{now_ms}");
    };
    check(NOW_MS, 20_000);
    check(NOW_MS + 1, 19_999);
    check(NOW_MS + 19_999, 1);
    check(-1, 1);
}
