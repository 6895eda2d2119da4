use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

/// What a handler answers when the call succeeded.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Body,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug)]
enum Body {
    Empty,
    Json(Value),
    Text { content_type: &'static str, text: String },
    Bytes { content_type: &'static str, bytes: Bytes },
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::json(StatusCode::CREATED, body)
    }

    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, body: Body::Json(body), headers: Vec::new() }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: Body::Empty, headers: Vec::new() }
    }

    pub(crate) fn text(content_type: &'static str, text: String) -> Self {
        let body = Body::Text { content_type, text };
        Self { status: StatusCode::OK, body, headers: Vec::new() }
    }

    pub(crate) fn bytes(content_type: &'static str, bytes: Bytes) -> Self {
        let body = Body::Bytes { content_type, bytes };
        Self { status: StatusCode::OK, body, headers: Vec::new() }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Body::Empty => self.status.into_response(),
            Body::Json(value) => (self.status, axum::Json(value)).into_response(),
            Body::Text { content_type, text } => {
                (self.status, [(header::CONTENT_TYPE, content_type)], text).into_response()
            }
            Body::Bytes { content_type, bytes } => {
                (self.status, [(header::CONTENT_TYPE, content_type)], bytes).into_response()
            }
        };
        response.headers_mut().extend(self.headers);
        response
    }
}
