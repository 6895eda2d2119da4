//! A request on its way through the pipeline, in two states: [`Call`], of an unknown sender, and
//! [`Sender`], whose key is good. What is refused on the way goes to the ledger here, so that the
//! signals need not think of it.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use control::ApiKeyAuth;
use http::request::Parts;
use http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::{BODY_BYTES_MAX, BODY_COMPRESSED_BYTES_MAX, OrgId, Outcome, OutcomeKind, Reason};
use parking_lot::Mutex;
use storage::Rows;
use wire::{Context, Refusals};

use crate::State;
use crate::answer::{Failure, RETRY_AFTER_SECS, Result};
use crate::in_flight::{Full, Share};
use crate::ledger;

/// Bodies over this size are decoded on the worker pool: some 500 µs of work.
const INLINE_BYTES_MAX: usize = 256 << 10;
/// How much larger than on the wire a compressed body is expected to be.
const EXPANSION: usize = 8;
/// Expected size of a body that does not say its length.
const UNKNOWN_LENGTH: usize = 1 << 20;
/// A body has to arrive within this time. The Agent gives up after 20 s.
const BODY_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) state: Arc<State>,
    /// The path as the ledger names it.
    pub(crate) route: &'static str,
    pub(crate) parts: Parts,
    body: Body,
}

/// A request whose API key is good.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) state: Arc<State>,
    pub(crate) route: &'static str,
    pub(crate) parts: Parts,
    pub(crate) key: ApiKeyAuth,
    /// The lock is never waited for: it makes a body, which is only `Send`, fit to be borrowed.
    body: Mutex<Option<Body>>,
    /// The beginning of the decompressed body, for the ledger.
    head: Vec<u8>,
    share: Option<Share>,
}

/// What becomes of the units of one body, before they are stored.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Units that are to be stored.
    pub(crate) accepted: u64,
    others: Vec<Outcome>,
}

impl Tally {
    pub(crate) fn of(accepted: u64, refused: &Refusals) -> Self {
        let mut tally = Self { accepted, others: Vec::new() };
        tally.add(refused);
        tally
    }

    pub(crate) fn add(&mut self, refused: &Refusals) {
        let invalid =
            |r: &wire::Refusal| Outcome::refused(OutcomeKind::Invalid, r.count, r.reason.clone());
        self.others.extend(refused.iter().map(invalid));
    }

    pub(crate) fn refuse(&mut self, kind: OutcomeKind, count: u64, reason: Reason) {
        self.others.push(Outcome::refused(kind, count, reason));
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.others.extend(other.others);
    }

    fn messages(&self) -> Vec<String> {
        self.others.iter().filter_map(|o| o.reason.as_ref()).map(|r| r.message.clone()).collect()
    }
}

impl Call {
    pub(crate) fn new(
        state: Arc<State>,
        route: &'static str,
        request: http::Request<Body>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        Self { state, route, parts, body }
    }

    /// Whose key it is. The key stands in a header or in the query; browsers and some of Datadog's
    /// own libraries spell the latter differently.
    pub(crate) async fn authenticate(self) -> Result<Sender> {
        let key = self.api_key();
        self.authenticate_by(key).await
    }

    /// As [`Self::authenticate`], but a client token (`pub…`), as browsers have one, does as well.
    pub(crate) async fn authenticate_any(self) -> Result<Sender> {
        let key = self.api_key();
        if let Some(token) = &key
            && let Ok(Some(key)) = self.state.control.client_token(token).await
        {
            return Ok(self.known(key));
        }
        self.authenticate_by(key).await
    }

    fn known(self, key: ApiKeyAuth) -> Sender {
        let Self { state, route, parts, body } = self;
        let body = Mutex::new(Some(body));
        Sender { state, route, parts, key, body, head: Vec::new(), share: None }
    }

    /// The same with a key that stands elsewhere.
    pub(crate) async fn authenticate_by(self, key: Option<String>) -> Result<Sender> {
        let found = match &key {
            Some(key) => self.state.control.api_key(key).await,
            None => Ok(None),
        };
        let (failure, kind, reason) = match found {
            Ok(Some(key)) => return Ok(self.known(key)),
            Ok(None) => {
                let reason = match key {
                    Some(_) => Reason::new("unknown_api_key", "the API key is not valid"),
                    None => Reason::new("missing_api_key", "the request has no API key"),
                };
                (Failure::forbidden(), OutcomeKind::Invalid, reason)
            }
            Err(error) => {
                tracing::warn!(error = base::report(&error), "cannot check an API key");
                let failure = Failure::new(StatusCode::SERVICE_UNAVAILABLE, "cannot check the key");
                let reason = Reason::new("key_check_failed", error.to_string());
                (failure.retry_after(RETRY_AFTER_SECS), OutcomeKind::RateLimited, reason)
            }
        };
        let outcome = Outcome::refused(kind, 1, reason);
        let now_ms = self.state.clock.now_ms();
        self.state.ledger.record(None, self.route, now_ms, [outcome], "");
        // An answer before the end of the body would reach some clients as a broken connection.
        let state = Arc::clone(&self.state);
        drain(self.body, &state).await;
        Err(failure)
    }

    fn api_key(&self) -> Option<String> {
        let header = self.parts.headers.get("dd-api-key").and_then(|value| value.to_str().ok());
        if let Some(key) = header.map(str::trim).filter(|key| !key.is_empty()) {
            return Some(key.to_string());
        }
        let query = self.parts.uri.query()?;
        query.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let is_key =
                name.eq_ignore_ascii_case("api_key") || name.eq_ignore_ascii_case("dd-api-key");
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            (is_key && !value.is_empty()).then(|| value.into_owned())
        })
    }
}

/// Reads what is left of a body and forgets it.
async fn drain(body: Body, state: &State) {
    let mut body = Limited::new(body, BODY_BYTES_MAX);
    let all = async { while let Some(Ok(_)) = body.frame().await {} };
    tokio::select! {
        () = all => {}
        () = state.clock.sleep(BODY_WITHIN) => {}
    }
}

/// Why a body gives nothing.
enum Broken {
    Wire(wire::Error),
    Full,
}

impl Sender {
    pub(crate) fn org(&self) -> OrgId {
        self.key.org
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.state.clock.now_ms()
    }

    /// A header as text, empty where there is none.
    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Reads the body, decompresses it and decodes it. What fails is counted as one payload.
    pub(crate) async fn decode<T: Send + 'static>(
        &mut self,
        decoder: impl FnOnce(&[u8], Context) -> std::result::Result<T, wire::Error> + Send + 'static,
    ) -> Result<T> {
        let encoding = self.header(header::CONTENT_ENCODING).to_string();
        let length = self.header(header::CONTENT_LENGTH).parse().unwrap_or(UNKNOWN_LENGTH);
        let expansion = if is_compressed(&encoding) { EXPANSION } else { 1 };
        let expected = length.saturating_mul(expansion).min(BODY_BYTES_MAX);
        let share = self.state.in_flight.take(expected, &self.state.clock).await;
        let mut share = share.map_err(|_full| self.busy())?;
        let body = self.read().await?;
        let context = Context { org: self.org(), now_ms: self.now_ms() };
        let is_small = body.len().saturating_mul(expansion) <= INLINE_BYTES_MAX;
        let work = move || {
            let (head, result) =
                unpack(&encoding, &body, &mut share, |body| decoder(body, context));
            (head, result, share)
        };
        let (head, result, share) = if is_small {
            work()
        } else {
            // A panic goes on to the fence around the request.
            tokio::task::spawn_blocking(work)
                .await
                .unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))
        };
        self.head = head;
        self.share = Some(share);
        result.map_err(|broken| match broken {
            Broken::Wire(error) => self.invalid(&error),
            Broken::Full => self.busy(),
        })
    }

    /// The body as it was sent.
    async fn read(&mut self) -> Result<Bytes> {
        let body = self.body.get_mut().take().unwrap_or_default();
        let max = if is_compressed(self.header(header::CONTENT_ENCODING)) {
            BODY_COMPRESSED_BYTES_MAX
        } else {
            BODY_BYTES_MAX
        };
        let read = tokio::select! {
            read = Limited::new(body, max).collect() => read,
            () = self.state.clock.sleep(BODY_WITHIN) => {
                let reason = Reason::new("body_too_slow", "the body did not arrive within 60 s");
                return Err(self.refused(StatusCode::REQUEST_TIMEOUT, OutcomeKind::Invalid, reason));
            }
        };
        let error = match read {
            Ok(collected) => return Ok(collected.to_bytes()),
            Err(error) => error,
        };
        if error.downcast_ref::<LengthLimitError>().is_some() {
            return Err(self.invalid(&wire::Error::TooLarge { what: "bytes", max }));
        }
        let reason = Reason::new("body_broken_off", "the body did not arrive whole");
        Err(self.refused(StatusCode::BAD_REQUEST, OutcomeKind::Invalid, reason))
    }

    /// Reads the body and forgets it.
    pub(crate) async fn discard_body(&mut self) {
        drain(self.body.get_mut().take().unwrap_or_default(), &self.state).await;
    }

    fn busy(&self) -> Failure {
        let message = "too many requests are being worked on";
        let reason = Reason::new("intake_busy", message);
        let status = StatusCode::TOO_MANY_REQUESTS;
        self.refused(status, OutcomeKind::RateLimited, reason).retry_after(RETRY_AFTER_SECS)
    }

    fn invalid(&self, error: &wire::Error) -> Failure {
        let status = match error {
            wire::Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        self.refused(status, OutcomeKind::Invalid, error.reason())
    }

    /// The whole payload ends so; counted as one.
    fn refused(&self, status: StatusCode, kind: OutcomeKind, reason: Reason) -> Failure {
        let failure = Failure::new(status, reason.message.clone());
        self.record([Outcome::refused(kind, 1, reason)]);
        failure
    }

    fn record(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        let mut outcomes = outcomes.into_iter().peekable();
        let head = match outcomes.peek() {
            Some(_) => ledger::head(&self.head),
            None => return,
        };
        self.state.ledger.record(Some(self.org()), self.route, self.now_ms(), outcomes, &head);
    }

    /// Makes the rows durable and closes the account: what is in `tally` has ended when this
    /// returns. Gives the messages of what was not accepted.
    pub(crate) async fn store(&self, rows: Vec<Rows>, tally: Tally) -> Result<Vec<String>> {
        let stored = match rows.is_empty() {
            true => Ok(()),
            false => self.state.storage.append(rows).await,
        };
        let messages = tally.messages();
        let (end, failure) = match stored {
            Ok(()) => (Outcome::accepted(tally.accepted), None),
            Err(error) => {
                let (kind, code, failure) = failure_of(&error);
                tracing::warn!(error = base::report(&error), route = self.route, "cannot store");
                let reason = Reason::new(code, error.to_string());
                (Outcome::refused(kind, tally.accepted, reason), Some(failure))
            }
        };
        if tally.others.is_empty() && failure.is_none() {
            // The hot path: no sample is needed.
            let (org, now_ms) = (Some(self.org()), self.now_ms());
            self.state.ledger.record(org, self.route, now_ms, [end], "");
        } else {
            self.record(tally.others.into_iter().chain([end]));
        }
        match failure {
            None => Ok(messages),
            Some(failure) => Err(failure),
        }
    }
}

/// What a client is told when the store refuses. Agents try again on any of these.
fn failure_of(error: &storage::Error) -> (OutcomeKind, &'static str, Failure) {
    match error {
        storage::Error::Busy { retry_after_secs, .. } => {
            let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "the store is busy");
            let failure = failure.retry_after(*retry_after_secs);
            (OutcomeKind::RateLimited, "storage_busy", failure)
        }
        storage::Error::Unavailable { .. } | storage::Error::Closed => {
            let failure = Failure::new(StatusCode::SERVICE_UNAVAILABLE, "the store cannot write");
            let failure = failure.retry_after(RETRY_AFTER_SECS);
            (OutcomeKind::Dropped, "storage_unavailable", failure)
        }
        _ => {
            let failure = Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
            (OutcomeKind::Dropped, "storage_fault", failure)
        }
    }
}

fn is_compressed(encoding: &str) -> bool {
    !matches!(encoding.trim(), "" | "identity")
}

/// Decompresses and decodes; also gives the beginning of what was decoded.
fn unpack<T>(
    encoding: &str,
    body: &[u8],
    share: &mut Share,
    decoder: impl FnOnce(&[u8]) -> std::result::Result<T, wire::Error>,
) -> (Vec<u8>, std::result::Result<T, Broken>) {
    let plain = match wire::compression::decode(encoding, body, BODY_BYTES_MAX) {
        Ok(plain) => plain,
        Err(error) => return (head_of(body), Err(Broken::Wire(error))),
    };
    if let Err(Full) = share.grow(body.len() + plain.len()) {
        return (head_of(&plain), Err(Broken::Full));
    }
    (head_of(&plain), decoder(&plain).map_err(Broken::Wire))
}

fn head_of(body: &[u8]) -> Vec<u8> {
    body[..body.len().min(ledger::PAYLOAD_BYTES_MAX)].to_vec()
}
