//! The web page: files made by Vite, embedded in the binary.
//!
//! A path that names a file gets it; any other path that a browser opens gets `index.html`, because
//! the page keeps its state in the URL; everything else is the API's 404. Files whose names hold a
//! hash of their content are kept by browsers for ever. Where the build has made a compressed
//! copy (`app.js.br`, `app.js.gz`), a browser that can read it gets that.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Page;

const INDEX: &str = "index.html";
/// Stands in `index.html` where the nonce of the answer goes.
const NONCE_MARK: &str = "__CSP_NONCE__";
/// Paths that belong to the API and the intake: a browser gets their 404, not the page.
const NOT_PAGE: [&str; 7] = ["api", "intake", "v1", "v0.1", "v0.2", "v0.3", "v0.4"];

/// Answers what no route of the API and the intake does.
pub(crate) async fn serve(request: Request) -> axum::response::Response {
    let path = request.uri().path().trim_start_matches('/');
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let first = path.split('/').next().unwrap_or_default();
    if !is_read || NOT_PAGE.contains(&first) {
        return api::not_found().await;
    }
    if path != INDEX
        && let Some(file) = Page::get(path)
    {
        return asset(path, &file, request.headers());
    }
    if !accepts(request.headers(), header::ACCEPT, "text/html") && !path.is_empty() {
        return api::not_found().await;
    }
    match Page::get(INDEX) {
        Some(file) => index(&String::from_utf8_lossy(&file.data), "'none'"),
        None => missing(),
    }
}

/// The page in a frame of another site: a dashboard that is shared with it, and nothing else. A
/// browser shows it only in frames of the share's sites.
pub(crate) async fn embedded(
    State(embeds): State<api::Embeds>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> axum::response::Response {
    let sites = match embeds.sites(&token).await {
        Ok(sites) => sites,
        Err(error) => {
            tracing::warn!(error = base::report(&error), "cannot look for a shared dashboard");
            return (StatusCode::SERVICE_UNAVAILABLE, "Try again later.\n").into_response();
        }
    };
    let Some(sites) = sites else {
        return (StatusCode::NOT_FOUND, "This dashboard is not shared.\n").into_response();
    };
    let place = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok());
    if place.is_some_and(|place| place != "iframe" && place != "frame") {
        let text = "This dashboard is shared with other sites, for their pages to show.\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let framed_by = if sites.is_empty() { "'none'".to_owned() } else { sites.join(" ") };
    match Page::get(INDEX) {
        Some(file) => index(&String::from_utf8_lossy(&file.data), &framed_by),
        None => missing(),
    }
}

/// Whatever says nothing of frames is shown in none.
pub(crate) async fn unframed(mut response: axum::response::Response) -> axum::response::Response {
    let none = HeaderValue::from_static("frame-ancestors 'none'");
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(none);
    response
}

fn accepts(headers: &HeaderMap, name: header::HeaderName, what: &str) -> bool {
    headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|value| value.contains(what))
}

fn asset(path: &str, file: &EmbeddedFile, wanted: &HeaderMap) -> axum::response::Response {
    let tag = hex(&file.metadata.sha256_hash()[..12]);
    let tag = format!("\"{tag}\"");
    let is_hashed = path.starts_with("assets/");
    let keep = if is_hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let response = Response::builder()
        .header(header::CONTENT_TYPE, content_type(path))
        .header(header::CACHE_CONTROL, keep)
        .header(header::ETAG, &tag)
        .header(header::VARY, "accept-encoding")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if accepts(wanted, header::IF_NONE_MATCH, &tag) {
        return whole(response.status(StatusCode::NOT_MODIFIED), Vec::new());
    }
    for (coding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(wanted, header::ACCEPT_ENCODING, coding)
            && let Some(packed) = Page::get(&format!("{path}.{ending}"))
        {
            let response = response.header(header::CONTENT_ENCODING, coding);
            return whole(response, packed.data.into_owned());
        }
    }
    whole(response, file.data.to_vec())
}

/// No script or style runs that did not come with the page. Editors put style sheets into the
/// document; they prove with the nonce that they belong to it. Dashboards show pictures and frames
/// of other places, as their people wrote them: pictures by `https:` only, frames in a sandbox.
///
/// `framed_by` names the sites that may show it in a frame.
fn index(html: &str, framed_by: &str) -> axum::response::Response {
    let nonce = hex(&base::secure_bytes::<16>());
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob: https:; frame-src https: http:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; frame-ancestors {framed_by}; base-uri 'none'"
    );
    let response = Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer");
    whole(response, html.replace(NONCE_MARK, &nonce).into_bytes())
}

/// A binary that was built without the page still serves the API.
fn missing() -> axum::response::Response {
    let text = "Procyon is running, but this binary was built without its web page.\n\
                Build the page first: `make ui`, then build the binary again. `make run` does both.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

fn whole(response: axum::http::response::Builder, body: Vec<u8>) -> axum::response::Response {
    response.body(Body::from(body)).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot answer with a file of the page");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

fn content_type(path: &str) -> HeaderValue {
    let ending = path.rsplit('.').next().unwrap_or_default();
    HeaderValue::from_static(match ending {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
