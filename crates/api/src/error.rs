//! What a call can answer instead of success, and how it looks on the wire.
//!
//! Most of Datadog's API answers `{"errors":["…"]}`; a few newer v2 resources answer JSON:API error
//! objects. This is the only place that turns kinds of errors into HTTP.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// A refused call: the status, and what the person is told.
#[derive(Debug)]
pub(crate) struct Error {
    status: StatusCode,
    body: Value,
    retry_after_secs: Option<u64>,
}

impl Error {
    /// `{"errors":[message]}`, Datadog's usual form.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self { status, body: json!({ "errors": [message] }), retry_after_secs: None }
    }

    /// A whole body of the resource's own form.
    pub(crate) fn with_body(status: StatusCode, body: Value) -> Self {
        Self { status, body, retry_after_secs: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// A key that is not valid, or that may not do this.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden")
    }

    pub(crate) fn denied(why: &str) -> Self {
        Self::with_body(StatusCode::FORBIDDEN, json!({ "errors": ["Forbidden", why] }))
    }

    /// Something of ours is broken. The cause is logged here, once, and not shown.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = base::report(error), "call failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }

    /// The same call may succeed later.
    pub(crate) fn unavailable(error: &(dyn std::error::Error + 'static), retry_secs: u64) -> Self {
        tracing::warn!(error = base::report(error), "call answered with try again");
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
        error.retry_after(retry_secs)
    }

    pub(crate) fn retry_after(mut self, secs: u64) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    /// The same error, at a place of a body that holds what was wrong: `requests[1].q: …`.
    pub(crate) fn at(mut self, path: &str) -> Self {
        if let Some(errors) = self.body.get_mut("errors").and_then(Value::as_array_mut) {
            for error in errors {
                if let Value::String(detail) = error {
                    *detail = format!("{path}: {detail}");
                }
            }
        }
        self
    }

    /// The same error as JSON:API error objects: `{"errors":[{"title","detail","status"}]}`.
    pub(crate) fn into_json_api(mut self) -> Self {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let status = self.status.as_u16().to_string();
        if let Some(errors) = self.body.get_mut("errors").and_then(Value::as_array_mut) {
            for error in errors {
                if let Value::String(detail) = error {
                    let detail = std::mem::take(detail);
                    *error = json!({ "title": title, "detail": detail, "status": status });
                }
            }
        }
        self
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(self.body)).into_response();
        if let Some(secs) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<control::Error> for Error {
    fn from(error: control::Error) -> Self {
        match &error {
            control::Error::NotFound { .. } => Self::not_found(error.to_string()),
            control::Error::Conflict(_) => Self::conflict(error.to_string()),
            control::Error::Invalid { .. } => Self::bad_request(error.to_string()),
            control::Error::Denied(why) => Self::denied(why),
            control::Error::Unavailable { .. } => Self::unavailable(&error, 1),
            control::Error::Corrupt(_) => Self::internal(&error),
        }
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        match &error {
            storage::Error::Busy { retry_after_secs, .. } => {
                let secs = *retry_after_secs;
                Self::unavailable(&error, secs)
            }
            storage::Error::Unavailable { .. } | storage::Error::Closed => {
                Self::unavailable(&error, 1)
            }
            _ => Self::internal(&error),
        }
    }
}

impl From<query::Error> for Error {
    fn from(error: query::Error) -> Self {
        use query::ErrorKind as Kind;
        match error.kind {
            Kind::Invalid | Kind::Limited => Self::bad_request(error.to_string()),
            Kind::NotFound => Self::not_found(error.to_string()),
            Kind::Denied => Self::denied(&error.to_string()),
            Kind::Timeout => Self::new(StatusCode::GATEWAY_TIMEOUT, error.to_string()),
            Kind::Unavailable => Self::unavailable(&error, 1),
            Kind::Corrupt | Kind::Bug => Self::internal(&error),
        }
    }
}
