//! What is ours, beside Datadog's API: sign-in, the state of the server and of the intake, SQL.

use std::sync::atomic::Ordering;

use control::{Login, Permission};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::{self, Need, SESSION_COOKIE};
use crate::error::{Error, Result};
use crate::own_metrics::own_metric;
use crate::routes::Routes;
use crate::times;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/api/procyon/login", Need::Nothing, login)
        .post("/api/procyon/logout", Need::Nothing, logout)
        .get("/api/procyon/health", Need::Nothing, health)
        .get("/api/procyon/status", Need::Caller, status)
        .get("/api/procyon/intake", Need::Permission(Permission::METRICS_READ), intake)
        .get("/api/v2/validate_keys", Need::Caller, validate_keys)
}

/// Signs a person in: the cookie is the session, the answer holds the token for changes.
async fn login(call: Call) -> Result<Answer> {
    check_origin(&call)?;
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let (email, password) = (fields.str("email")?, fields.str("password")?);
    let source = call.address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    match call.state.control.login(email, password, &source).await? {
        Login::Session(session) => {
            let csrf = call.state.control.csrf_token(&session.token);
            let life = (session.expires_ms - call.now_ms()).max(0) / 1000;
            let answer = json!({
                "csrf_token": csrf, "user": session.user, "expires_at": times::iso_z(session.expires_ms),
            });
            Ok(Answer::ok(answer).header(header::SET_COOKIE, cookie(&session.token, life)?))
        }
        Login::Wrong => {
            Err(Error::new(StatusCode::UNAUTHORIZED, "the e-mail or the password is wrong"))
        }
        Login::Throttled { retry_after_secs } => {
            let message = "too many failed sign-ins, try again later";
            let error = Error::new(StatusCode::TOO_MANY_REQUESTS, message);
            Err(error.retry_after(retry_after_secs.unsigned_abs()))
        }
    }
}

/// Signing someone in from another site's form is refused: the victim would then work, unknowing,
/// in the attacker's account. JSON bodies cannot be sent by a form.
pub(crate) fn check_origin(call: &Call) -> Result<()> {
    let kind = door::text(&call.headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    match kind.starts_with("application/json") {
        true => Ok(()),
        false => {
            let message = "the Content-Type must be application/json";
            Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
        }
    }
}

/// Not `Secure`: a server on a laptop speaks plain HTTP; with TLS in front the browser keeps it there.
fn cookie(token: &str, life_secs: i64) -> Result<HeaderValue> {
    let text =
        format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={life_secs}");
    HeaderValue::from_str(&text).map_err(|error| Error::internal(&error))
}

/// Ends the session of the cookie. Without one there is nothing to do.
async fn logout(call: Call) -> Result<Answer> {
    if let Some(session) = door::session_cookie(&call.headers) {
        door::check_csrf(&call.state, &call.headers)?;
        call.state.control.logout(session).await?;
    }
    Ok(Answer::no_content().header(header::SET_COOKIE, cookie("", 0)?))
}

/// For load balancers: says only that the process answers.
async fn health(_call: Call) -> Result<Answer> {
    Ok(Answer::ok(json!({"status": "ok"})))
}

async fn status(call: Call) -> Result<Answer> {
    let state = &call.state;
    let day = crate::telemetry::last(&call, 86_400);
    // What the server says of itself has not arrived from anywhere.
    let mut metrics = crate::telemetry::metrics(&call, day).await?;
    metrics.retain(|metric| own_metric(&metric.name).is_none());
    let n_series: u64 = metrics.iter().map(|metric| metric.n_series).sum();
    let stats = serde_json::to_value(state.storage.stats());
    let mut storage = stats.map_err(|error| Error::internal(&error))?;
    storage["metrics_last_day"] = metrics.len().into();
    storage["series_last_day"] = n_series.into();
    Ok(Answer::ok(json!({
        "version": state.version,
        "uptime_secs": state.clock.monotonic().saturating_sub(state.started).as_secs(),
        "time": times::iso_z(call.now_ms()),
        "calls": state.counters.calls.load(Ordering::Relaxed),
        "panics": state.counters.panics.load(Ordering::Relaxed),
        "storage": storage,
    })))
}

/// What the intake took and refused, and why.
async fn intake(call: Call) -> Result<Answer> {
    Ok(Answer::ok((call.state.intake)(call.org())))
}

/// Both keys are good, or the door had not let the call in.
async fn validate_keys(_call: Call) -> Result<Answer> {
    Ok(Answer::ok(json!({"status": "ok"})))
}
