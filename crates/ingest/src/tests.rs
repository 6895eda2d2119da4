//! Each route through the real router, on a real store in a temporary folder.

mod bad_input;
mod routes;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use model::{Dataset, OrgId, OutcomeKind, SeriesRef, TimeRange};
use serde_json::Value;
use storage::{ScanRequest, SeriesPart};
use tower::ServiceExt;

use super::*;

pub(crate) const NOW: i64 = 1_700_000_000_000;

/// The intake with an organisation, on a clock that stands still.
pub(crate) struct Intake {
    pub(crate) state: Arc<State>,
    pub(crate) router: Router,
    pub(crate) key: String,
    folder: PathBuf,
}

impl Drop for Intake {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

impl Intake {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default(), storage::Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings, store: storage::Settings) -> Self {
        let unique = u64::from_le_bytes(base::secure_bytes());
        let folder = std::env::temp_dir().join(format!("procyon-ingest-{unique:016x}"));
        let clock = Clock::manual(NOW);
        let mut options = control::Options::new(folder.join("control"));
        options.clock = clock.clone();
        let control = Control::open(options).await.unwrap();
        let key = control.bootstrap().await.unwrap().unwrap().api_key;
        let parts = storage::Parts::local(&folder.join("store"), clock.clone()).await.unwrap();
        let storage = Storage::open(store, parts).await.unwrap();
        let state = State::new(control, storage, clock, &settings);
        Self { router: router(Arc::clone(&state)), state, key, folder }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// Posts with the key in the header.
    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.post_as(path, "application/json", "", body).await
    }

    pub(crate) async fn post_as(
        &self,
        path: &str,
        content_type: &str,
        encoding: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::post(path)
            .header("DD-API-KEY", &self.key)
            .header("Content-Type", content_type);
        if !encoding.is_empty() {
            request = request.header("Content-Encoding", encoding);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Each point as `metric host tags = value`, or each sketch with its count.
    pub(crate) async fn stored(&self, dataset: Dataset) -> Vec<String> {
        let request = ScanRequest {
            org: OrgId::FIRST,
            dataset,
            metric: None,
            range: TimeRange::ALL,
            bucket_ms: None,
        };
        let all = |_: SeriesRef<'_>| true;
        let scan = self.state.storage.scan(request, &all).await.unwrap();
        let mut found = Vec::new();
        for chunk in scan.chunks() {
            for data in scan.read(chunk).await.unwrap() {
                let key = &scan.series()[data.index].key;
                for value in data.parts.iter().flat_map(values) {
                    found.push(format!("{} {} {} = {value}", key.metric, key.host, key.tags));
                }
            }
        }
        found
    }

    pub(crate) async fn events(&self) -> Vec<model::Event> {
        let batch = self.table(Dataset::Events).await;
        storage::tables::events::from_batch(&batch.read().await.unwrap()).unwrap()
    }

    pub(crate) async fn table(&self, dataset: Dataset) -> storage::TableSnapshot {
        self.state.storage.table(OrgId::FIRST, dataset, TimeRange::ALL).await.unwrap()
    }

    /// Units that ended so.
    #[track_caller]
    pub(crate) fn check_count(&self, kind: OutcomeKind, count: u64) {
        assert_eq!(self.state.ledger.count(kind), count, "{kind:?}: {:#?}", self.state.ledger);
    }
}

fn values(part: &SeriesPart) -> Vec<String> {
    match part {
        SeriesPart::Points { values, .. } => values.iter().map(f64::to_string).collect(),
        SeriesPart::Sketches { sketches, .. } => {
            sketches.iter().map(|sketch| format!("n={}", sketch.count)).collect()
        }
        _ => panic!("no rollups were asked for"),
    }
}
