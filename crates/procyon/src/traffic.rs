//! What passes through the doors of the server: requests by route, how they ended, how long they
//! took. Routes are those of the tables, not the paths that clients send, so it is bounded.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use base::Clock;
use http_body_util::BodyExt;
use model::Sketch;
use parking_lot::Mutex;

/// Which table of routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Door {
    Api,
    Intake,
}

/// Of all routes, since the start.
#[derive(Debug)]
pub(crate) struct Traffic {
    clock: Clock,
    routes: Mutex<HashMap<(Door, MatchedRoute), Passed>>,
}

type MatchedRoute = Arc<str>;

/// What passed through one route.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Passed {
    /// By the hundreds of their status: `[2]` those of 2xx.
    pub(crate) requests: [u64; 6],
    /// Of their bodies, as they came.
    pub(crate) bytes: u64,
    /// From headers to answer, of those since it was last taken.
    pub(crate) seconds: Sketch,
}

/// A table of routes that is counted.
#[derive(Clone, Debug)]
struct Counted {
    traffic: Arc<Traffic>,
    door: Door,
}

impl Traffic {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, routes: Mutex::default() }
    }

    /// Counts what these routes answer.
    pub(crate) fn counted(self: &Arc<Self>, router: Router, door: Door) -> Router {
        let counted = Counted { traffic: Arc::clone(self), door };
        router.layer(from_fn_with_state(counted, count))
    }

    /// What has passed; the times begin anew.
    pub(crate) fn take(&self) -> Vec<(Door, MatchedRoute, Passed)> {
        let mut routes = self.routes.lock();
        let taken = routes.iter_mut().map(|((door, route), passed)| {
            let seconds = mem::take(&mut passed.seconds);
            (*door, Arc::clone(route), Passed { seconds, ..passed.clone() })
        });
        taken.collect()
    }

    fn add(&self, door: Door, route: MatchedRoute, status: StatusCode, bytes: u64, took: Duration) {
        let mut routes = self.routes.lock();
        let passed = routes.entry((door, route)).or_default();
        if let Some(requests) = passed.requests.get_mut(usize::from(status.as_u16() / 100)) {
            *requests += 1;
        }
        passed.bytes += bytes;
        passed.seconds.insert(took.as_secs_f64(), 1);
    }
}

async fn count(State(counted): State<Counted>, request: Request, next: Next) -> Response {
    let Counted { traffic, door } = counted;
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().into());
    let begun = traffic.clock.monotonic();
    let (request, bytes) = weighed(request);
    let response = next.run(request).await;
    if let Some(route) = route {
        let took = traffic.clock.monotonic().saturating_sub(begun);
        traffic.add(door, route, response.status(), bytes.get(), took);
    }
    response
}

/// Bytes of a body: said beforehand, or counted as they come.
enum Weight {
    Said(u64),
    Counted(Arc<AtomicU64>),
}

impl Weight {
    fn get(&self) -> u64 {
        match self {
            Self::Said(bytes) => *bytes,
            Self::Counted(bytes) => bytes.load(Ordering::Relaxed),
        }
    }
}

fn weighed(request: Request) -> (Request, Weight) {
    let headers = request.headers();
    let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if let Some(bytes) = said.and_then(|text| text.parse().ok()) {
        return (request, Weight::Said(bytes));
    }
    if !headers.contains_key(header::TRANSFER_ENCODING) {
        return (request, Weight::Said(0));
    }
    let bytes = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&bytes);
    let counted = request.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let len = frame.data_ref().map_or(0, |data| data.len());
            counter.fetch_add(len as u64, Ordering::Relaxed);
            frame
        }))
    });
    (counted, Weight::Counted(bytes))
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn requests_are_counted_by_their_route() {
        let traffic = Arc::new(Traffic::new(Clock::manual(0)));
        let length = async |body: String| body.len().to_string();
        let api = Router::new().route("/a/{id}", get(async || StatusCode::NOT_FOUND));
        let intake = Router::new().route("/b", post(length)).route("/a/{id}", post(length));
        let router = traffic
            .counted(api, Door::Api)
            .merge(traffic.counted(intake, Door::Intake))
            .fallback(async || "page");
        let send = |method: &str, path: &str, body: &'static str| {
            let stream = http_body_util::Full::from(body);
            let request = Request::builder().method(method).uri(path);
            let request = match body {
                "chunks" => request.header(header::TRANSFER_ENCODING, "chunked"),
                _ => request.header(header::CONTENT_LENGTH, body.len()),
            };
            router.clone().oneshot(request.body(Body::new(stream)).unwrap())
        };
        for (method, path, body) in [
            ("GET", "/a/1", ""),
            ("GET", "/a/2", ""),
            ("POST", "/a/2", "four"),
            ("POST", "/b", "chunks"),
            ("GET", "/b", ""),
            ("GET", "/elsewhere", ""),
        ] {
            send(method, path, body).await.unwrap();
        }
        let mut taken = traffic.take();
        taken.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let counts: Vec<_> = taken
            .iter()
            .map(|(door, route, passed)| (*door, &**route, passed.requests, passed.bytes))
            .collect();
        let expect = [
            (Door::Api, "/a/{id}", [0, 0, 0, 0, 2, 0], 0),
            (Door::Intake, "/a/{id}", [0, 0, 1, 0, 0, 0], 4),
            (Door::Intake, "/b", [0, 0, 1, 0, 1, 0], 6),
        ];
        assert_eq!(counts, expect);
        assert_eq!(taken.iter().map(|(_, _, passed)| passed.seconds.count).sum::<u64>(), 5);
        assert!(traffic.take().iter().all(|(_, _, passed)| passed.seconds.count == 0));
    }
}
