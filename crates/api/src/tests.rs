//! Calls through the real router, over a real control database and store in a temporary folder.

mod dashboards;
mod door;
mod events;
mod hosts;
mod keys;
mod metrics;
mod org;
mod share;
mod slos;
mod snapshots;
mod users;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use base::{Clock, LocalDisk};
use control::{Bootstrap, Control, Options};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use model::{Event, MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch};
use serde_json::Value;
use storage::catalog::MemoryCatalog;
use storage::{Parts, Rows, Settings, Storage, Workers};
use tower::ServiceExt;

use crate::State;

/// 2026-01-02 03:04:00 UTC, a whole minute.
pub(crate) const NOW_MS: i64 = 1_767_323_040_000;
pub(crate) const NOW: i64 = NOW_MS / 1000;

pub(crate) struct Api {
    pub(crate) router: Router,
    pub(crate) control: Control,
    pub(crate) storage: Storage,
    pub(crate) clock: Clock,
    pub(crate) first: Bootstrap,
    folder: PathBuf,
}

impl Drop for Api {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) async fn new() -> Self {
        Self::with(|state| state).await
    }

    pub(crate) async fn with(change: impl FnOnce(State) -> State) -> Self {
        let unique = u64::from_le_bytes(base::secure_bytes());
        let folder = std::env::temp_dir().join(format!("procyon-api-{unique:016x}"));
        let clock = Clock::manual(NOW_MS);
        let options = Options { clock: clock.clone(), ..Options::new(folder.join("control")) };
        let control = Control::open(options).await.unwrap();
        let first = control.bootstrap().await.unwrap().unwrap();
        let parts = Parts {
            clock: clock.clone(),
            disk: Arc::new(LocalDisk::open(folder.join("data")).unwrap()),
            store: Arc::new(object_store::memory::InMemory::new()),
            catalog: Arc::new(MemoryCatalog::default()),
            workers: Workers::Pool,
        };
        let storage = Storage::open(Settings::default(), parts).await.unwrap();
        let limits = query::Limits::default();
        let engine = query::Engine::new(storage.clone(), clock.clone(), limits);
        let state = State::new(control.clone(), storage.clone(), engine, clock.clone());
        let router = crate::finish(crate::router(change(state)).fallback(crate::not_found));
        Self { router, control, storage, clock, first, folder }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = match bytes.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes).into_owned())),
        };
        Reply { status, headers, body }
    }

    /// A request with the first keys.
    pub(crate) fn request(&self, method: &str, uri: &str, body: &Value) -> Request<Body> {
        self.request_as(method, uri, body, &self.first.application_key)
    }

    pub(crate) fn request_as(
        &self,
        method: &str,
        uri: &str,
        body: &Value,
        app_key: &str,
    ) -> Request<Body> {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(uri)
            .header("DD-API-KEY", &self.first.api_key)
            .header("DD-APPLICATION-KEY", app_key)
            .header("Content-Type", "application/json")
            .body(body)
            .unwrap()
    }

    pub(crate) async fn call(&self, method: &str, uri: &str, body: Value) -> Reply {
        self.send(self.request(method, uri, &body)).await
    }

    pub(crate) async fn get(&self, uri: &str) -> Value {
        let reply = self.call("GET", uri, Value::Null).await;
        assert_eq!(reply.status, 200, "GET {uri}: {}", reply.body);
        reply.body
    }

    /// Calls and expects this status; answers the body.
    pub(crate) async fn expect(&self, status: u16, method: &str, uri: &str, body: Value) -> Value {
        let reply = self.call(method, uri, body.clone()).await;
        assert_eq!(reply.status.as_u16(), status, "{method} {uri} {body}: {}", reply.body);
        reply.body
    }

    /// Calls and expects a refusal whose first error holds these words.
    pub(crate) async fn refused(
        &self,
        status: u16,
        method: &str,
        uri: &str,
        body: Value,
        words: &str,
    ) {
        let answer = self.expect(status, method, uri, body.clone()).await;
        let errors = answer["errors"].to_string();
        assert!(errors.contains(words), "{method} {uri} {body}: {errors} lacks {words:?}");
    }

    /// Points of one series, one a minute, the last one now.
    pub(crate) async fn points(&self, key: (&str, &str, &str), kind: MetricKind, values: &[f64]) {
        let (metric, host, tags) = key;
        let key = SeriesRef { metric, host, device: "", tags };
        let mut batch = PointsBatch::new(OrgId::FIRST);
        batch.push_series(key, kind, 60);
        for (at, value) in values.iter().rev().enumerate() {
            batch.push_point(NOW_MS - 60_000 * at as i64, *value);
        }
        self.storage.append(vec![Rows::Points(batch)]).await.unwrap();
    }

    pub(crate) async fn sketch(&self, metric: &str, tags: &str, values: &[f64]) {
        let key = SeriesRef { metric, host: "", device: "", tags };
        let mut batch = SketchesBatch::new(OrgId::FIRST);
        batch.push_series(key, 10);
        batch.push_sketch(NOW_MS - 10_000, Sketch::from_values(values.iter().copied()));
        self.storage.append(vec![Rows::Sketches(batch)]).await.unwrap();
    }

    pub(crate) async fn events(&self, events: &[Event]) {
        let batch = storage::tables::events::to_batch(events);
        let rows = Rows::Table { org: OrgId::FIRST, dataset: model::Dataset::Events, batch };
        self.storage.append(vec![rows]).await.unwrap();
    }
}
