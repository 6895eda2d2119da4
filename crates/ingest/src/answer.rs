//! Answers in the words of Datadog's intake.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Messages that an answer names; the ledger has the rest.
const ERRORS_MAX: usize = 10;
/// What a client is told to wait when the store does not answer, in seconds.
pub(crate) const RETRY_AFTER_SECS: u64 = 5;

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// A request that ends without a 2xx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) error: String,
    pub(crate) retry_after_secs: Option<u64>,
    /// Errors as objects, as the routes of Event Management answer.
    pub(crate) is_json_api: bool,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), retry_after_secs: None, is_json_api: false }
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden")
    }

    pub(crate) fn retry_after(mut self, secs: u64) -> Self {
        self.retry_after_secs = Some(secs.max(1));
        self
    }

    pub(crate) fn json_api(mut self) -> Self {
        self.is_json_api = true;
        self
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let errors = if self.is_json_api {
            let title = self.status.canonical_reason().unwrap_or("Error");
            let status = self.status.as_str();
            json!([{"title": title, "detail": self.error, "status": status}])
        } else {
            json!([self.error])
        };
        let mut response = with_json(self.status, &json!({"errors": errors}));
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

pub(crate) fn with_json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn shown(errors: &[String]) -> &[String] {
    &errors[..errors.len().min(ERRORS_MAX)]
}

/// 202 of the v1 routes. What was refused in part is named beside; clients look at the status.
pub(crate) fn status_ok(errors: &[String]) -> Response {
    let body = match shown(errors) {
        [] => json!({"status": "ok"}),
        errors => json!({"status": "ok", "errors": errors}),
    };
    with_json(StatusCode::ACCEPTED, &body)
}

/// 202 of the v2 routes.
pub(crate) fn no_errors(errors: &[String]) -> Response {
    with_json(StatusCode::ACCEPTED, &json!({"errors": shown(errors)}))
}

/// 202 without a body.
pub(crate) fn empty() -> Response {
    StatusCode::ACCEPTED.into_response()
}
