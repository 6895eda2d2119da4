//! The fence around each request.

use std::future::Future;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Outcome, OutcomeKind, Reason};

use crate::State;
use crate::answer::{Failure, Result};
use crate::call::Call;

/// Runs a request in a task of its own: a panic costs that one and is counted, and a client that
/// goes away does not stop it between storing and counting.
pub(crate) async fn serve<F, Fut>(
    state: Arc<State>,
    route: &'static str,
    request: http::Request<Body>,
    process: F,
) -> Response
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    let call = Call::new(Arc::clone(&state), route, request);
    match tokio::spawn(process(call)).await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => failure.into_response(),
        Err(fault) => {
            tracing::error!(route, %fault, "a request ended in a fault");
            let reason = Reason::new("fault", "a fault of the server; its log says more");
            let outcome = Outcome::refused(OutcomeKind::Dropped, 1, reason);
            state.ledger.count_panic();
            state.ledger.record(None, route, state.clock.now_ms(), [outcome], "");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Failure::new(status, "Internal Server Error").into_response()
        }
    }
}
