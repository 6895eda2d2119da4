//! The one door: every call of the API passes here before its handler runs.
//!
//! 1. Who asks: an API key with an application key, an access token, or a browser's session.
//! 2. Whether the organisation's IP allowlist lets that address in.
//! 3. Whether the caller's roles and scopes grant what the route needs.
//! 4. Whether the organisation is within its rate limit.
//! 5. The body is read, up to a bound, and the handler runs behind a fence: a panic costs this one
//!    call, is counted, and answers 500.
//!
//! A credential that could not be checked because the database is away is not a wrong credential:
//! that answers 503, so that clients try again instead of giving up.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use control::{Permission, Principal, PrincipalKind};
use futures::FutureExt;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};

use crate::State;
use crate::allowlists;
use crate::answer::Answer;
use crate::call::{Call, Params};
use crate::error::{Error, Result};
use crate::limit::Standing;

/// Largest body of a call: dashboards of a thousand widgets stay under it. Telemetry goes through
/// the intake, which has bounds of its own.
const BODY_BYTES_MAX: usize = 8 << 20;

/// Name of the cookie that holds a browser's session.
pub(crate) const SESSION_COOKIE: &str = "procyon_session";

/// Header by which a page proves that it, and not another site, sends the session's cookie.
const CSRF_HEADER: &str = "x-csrf-token";

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// Anybody may call: sign-in and health.
    Nothing,
    /// Any caller who is known.
    Caller,
    Permission(Permission),
}

/// A route as the door sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) need: Need,
    /// Names the rate limit.
    pub(crate) name: &'static str,
}

/// Lets a request in, or not, and runs its handler.
pub(crate) async fn pass<F, Fut>(
    state: Arc<State>,
    route: Route,
    request: Request,
    handler: F,
) -> Response
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Result<Answer>> + Send,
{
    let mut standing = None;
    let mut response = match enter(state, route, request, &mut standing).await {
        Ok(call) => fenced(call, handler).await,
        Err(error) => error.into_response(),
    };
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    response
}

/// Runs the handler; a panic in it stays here.
async fn fenced<F, Fut>(call: Call, handler: F) -> Response
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Result<Answer>> + Send,
{
    let state = Arc::clone(&call.state);
    let path = call.uri.path().to_owned();
    let run = AssertUnwindSafe(async { handler(call).await });
    match Box::pin(run.catch_unwind()).await {
        Ok(Ok(answer)) => answer.into_response(),
        Ok(Err(error)) => error.into_response(),
        Err(_panic) => {
            state.counters.panics.fetch_add(1, Ordering::Relaxed);
            tracing::error!(path, "a handler panicked");
            Error::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
        }
    }
}

async fn enter(
    state: Arc<State>,
    route: Route,
    request: Request,
    standing: &mut Option<Standing>,
) -> Result<Call> {
    state.counters.calls.fetch_add(1, Ordering::Relaxed);
    let (mut parts, body) = request.into_parts();
    let query = Params::parse(parts.uri.query().unwrap_or_default());
    let address = address_of(&parts);
    let caller = identify(&state, route.need, &parts, &query).await?;
    if let Some(caller) = &caller {
        let limit = state.limit.take(caller.org, route.name, state.clock.now_secs());
        *standing = Some(limit);
        if limit.exceeded {
            let error = Error::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
            return Err(error.retry_after(limit.reset_secs()));
        }
        allowlists::check_address(&state, caller.org, address).await?;
        if let Need::Permission(permission) = route.need {
            caller.require(permission).map_err(|denied| Error::denied(&denied.to_string()))?;
        }
    }
    let path = path_params(&mut parts).await?;
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let message = "compressed bodies are accepted by the intake routes only";
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_too_large_or_gone| {
        let message = format!("the body is over {BODY_BYTES_MAX} bytes, or was cut off");
        Error::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    })?;
    Ok(Call { state, caller, path, query, headers: parts.headers, uri: parts.uri, body, address })
}

async fn path_params(parts: &mut Parts) -> Result<Vec<(String, String)>> {
    let params = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|error| Error::bad_request(format!("the path is not valid: {error}")))?;
    Ok(params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
}

/// The address of the client's end of the connection. Forwarding headers are not believed: anyone
/// can send them.
fn address_of(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip().to_canonical())
}

async fn identify(
    state: &State,
    need: Need,
    parts: &Parts,
    query: &Params,
) -> Result<Option<Arc<Principal>>> {
    match need {
        Need::Nothing => Ok(None),
        Need::Caller | Need::Permission(_) => {
            let caller = authenticate(state, parts, query).await?;
            let is_change = !matches!(parts.method, Method::GET | Method::HEAD);
            if caller.kind == PrincipalKind::Session && is_change {
                check_csrf(state, &parts.headers)?;
            }
            Ok(Some(caller))
        }
    }
}

/// Who asks. Keys before the session: a script's keys say more than a cookie that came along.
async fn authenticate(state: &State, parts: &Parts, query: &Params) -> Result<Arc<Principal>> {
    let headers = &parts.headers;
    if let Some(token) = bearer(headers) {
        let found = state.control.principal_of_token(token).await?;
        return found.ok_or_else(Error::unauthorized);
    }
    let api_key = api_key(headers, query);
    let app_key = text(headers, "dd-application-key").or_else(|| query.get("application_key"));
    match (api_key, app_key) {
        (Some(api_key), Some(app_key)) => {
            let found = state.control.principal_of_keys(api_key, app_key).await?;
            found.ok_or_else(Error::forbidden)
        }
        // An access token may stand in the place of the application key, without an API key.
        (None, Some(token)) => {
            let found = state.control.principal_of_token(token).await?;
            found.ok_or_else(Error::unauthorized)
        }
        (Some(api_key), None) => match state.control.api_key(api_key).await? {
            Some(_key) => Err(Error::unauthorized()),
            None => Err(Error::forbidden()),
        },
        (None, None) => {
            let session = session_cookie(headers).ok_or_else(Error::unauthorized)?;
            let found = state.control.principal_of_session(session).await?;
            found.ok_or_else(Error::unauthorized)
        }
    }
}

/// Refuses a change that only the session's cookie asks for.
pub(crate) fn check_csrf(state: &State, headers: &HeaderMap) -> Result<()> {
    let session = session_cookie(headers).ok_or_else(Error::unauthorized)?;
    let expected = state.control.csrf_token(session);
    let sent = text(headers, CSRF_HEADER).unwrap_or_default();
    match same(expected.as_bytes(), sent.as_bytes()) {
        true => Ok(()),
        false => Err(Error::denied("the header X-CSRF-Token is missing or wrong")),
    }
}

/// Compares in a time that does not tell how much was right.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn api_key<'a>(headers: &'a HeaderMap, query: &'a Params) -> Option<&'a str> {
    text(headers, "dd-api-key").or_else(|| query.get("api_key"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = text(headers, header::AUTHORIZATION.as_str())?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A header's text, unless it is empty.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|value| !value.is_empty())
}

pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, value)| *name == SESSION_COOKIE && !value.is_empty())
        .map(|(_, value)| value)
}
