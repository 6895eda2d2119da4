//! The table of intake routes.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodFilter, on};

use crate::answer::Result;
use crate::call::Call;
use crate::{State, checks, discarded, events, hosts, metrics, serve, validate};

pub(crate) struct Routes {
    state: Arc<State>,
    router: Router,
}

impl Routes {
    pub(crate) fn post<F, Fut>(self, path: &'static str, process: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response>> + Send + 'static,
    {
        self.route(MethodFilter::POST, path, process)
    }

    pub(crate) fn get<F, Fut>(self, path: &'static str, process: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response>> + Send + 'static,
    {
        self.route(MethodFilter::GET, path, process)
    }

    fn route<F, Fut>(mut self, method: MethodFilter, path: &'static str, process: F) -> Self
    where
        F: FnOnce(Call) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let handler = move |request: Request| serve::serve(state, path, request, process);
        self.router = self.router.route(path, on(method, handler));
        self
    }
}

pub(crate) fn routes(state: Arc<State>) -> Router {
    let routes = Routes { state, router: Router::new() }
        .get("/api/v1/validate", validate::v1)
        .post("/api/v1/validate", validate::v1)
        .get("/api/v2/validate", validate::v2)
        .post("/api/v1/series", metrics::v1_series)
        .post("/api/v2/series", metrics::v2_series)
        .post("/api/intake/metrics/v3/series", metrics::v3)
        .post("/api/intake/metrics/v3/sketches", metrics::v3)
        .post("/api/intake/metrics/v3beta/series", metrics::v3)
        .post("/api/intake/metrics/v3beta/sketches", metrics::v3)
        .post("/api/v3beta/series", metrics::v3)
        .post("/api/beta/sketches", metrics::sketches)
        .post("/api/v1/distribution_points", metrics::distribution_points)
        .post("/api/v1/check_run", checks::process)
        .post("/intake/", hosts::intake)
        .post("/intake", hosts::intake)
        .post("/api/v1/events", events::v1)
        .post("/api/v2/events", events::v2)
        .post("/api/v1/metadata", hosts::inventory)
        .post("/api/v2/host_metadata", hosts::inventory);
    discarded::add(routes).router
}
