//! What became of everything that was posted: counts by organisation, route, outcome and reason.
//!
//! Each entry keeps when it was last added to, and of what was refused the last message and the
//! head of its payload, so that "why is nothing arriving?" has an answer. Codes and routes are few
//! and fixed, so the ledger is bounded by the number of organisations.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use model::{OrgId, Outcome, OutcomeKind};
use parking_lot::Mutex;
use serde::Serialize;

/// Bytes of a refused payload that are kept.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 512;
/// Characters of a message that are kept.
const MESSAGE_CHARS_MAX: usize = 300;
/// A run of hex digits this long may be a key, and is masked.
const KEY_DIGITS_MIN: usize = 32;

/// Counts since the process started.
#[derive(Debug)]
pub struct Ledger {
    since_ms: i64,
    entries: Mutex<BTreeMap<Key, Entry>>,
    panics: AtomicU64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// `None`: the sender had no valid key.
    org: Option<OrgId>,
    route: &'static str,
    kind: OutcomeKind,
    code: Cow<'static, str>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    count: u64,
    last_ms: i64,
    sample: Option<Sample>,
}

/// The last refusal of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    pub message: String,
    /// The payload's first bytes, decompressed where that was possible; keys are masked.
    pub payload: String,
}

/// What one organisation sees: its own entries, and those of senders without a valid key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerReport {
    /// Unix milliseconds from which on was counted.
    pub since: i64,
    /// Requests that ended in a fault of ours.
    pub panics: u64,
    pub routes: Vec<RouteReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RouteReport {
    pub route: &'static str,
    pub outcomes: Vec<OutcomeReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeReport {
    /// `accepted`, `rate_limited`, `invalid`, …
    pub outcome: &'static str,
    /// Empty for accepted.
    pub reason: String,
    /// Points, sketches, events, checks or documents; a payload that was refused as a whole, or not
    /// read, counts one.
    pub count: u64,
    /// Unix milliseconds.
    pub last_seen: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
}

/// A count since the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub route: &'static str,
    pub kind: OutcomeKind,
    /// Empty for accepted.
    pub reason: String,
    pub count: u64,
}

impl Ledger {
    pub(crate) fn new(now_ms: i64) -> Self {
        Self { since_ms: now_ms, entries: Mutex::default(), panics: AtomicU64::new(0) }
    }

    /// Adds outcomes of one request. `payload` is its body's head; see [`head`].
    pub(crate) fn record(
        &self,
        org: Option<OrgId>,
        route: &'static str,
        now_ms: i64,
        outcomes: impl IntoIterator<Item = Outcome>,
        payload: &str,
    ) {
        let mut entries = self.entries.lock();
        for outcome in outcomes.into_iter().filter(|o| o.count > 0) {
            let (code, message) = match outcome.reason {
                Some(reason) => (reason.code, Some(reason.message)),
                None => (Cow::Borrowed(""), None),
            };
            let entry = entries.entry(Key { org, route, kind: outcome.kind, code }).or_default();
            entry.count += outcome.count;
            entry.last_ms = now_ms;
            if let Some(message) = message {
                let message = message.chars().take(MESSAGE_CHARS_MAX).collect();
                entry.sample = Some(Sample { message, payload: payload.to_string() });
            }
        }
    }

    pub(crate) fn count_panic(&self) {
        self.panics.fetch_add(1, Ordering::Relaxed);
    }

    /// How many units ended so, of all organisations and routes.
    pub fn count(&self, kind: OutcomeKind) -> u64 {
        self.entries.lock().iter().filter(|(key, _)| key.kind == kind).map(|(_, e)| e.count).sum()
    }

    /// The counts by route, outcome and reason's code, of all organisations together.
    pub fn totals(&self) -> Vec<Total> {
        let mut totals: BTreeMap<(&'static str, OutcomeKind, String), u64> = BTreeMap::new();
        for (key, entry) in self.entries.lock().iter() {
            *totals.entry((key.route, key.kind, key.code.to_string())).or_default() += entry.count;
        }
        let total = |((route, kind, reason), count)| Total { route, kind, reason, count };
        totals.into_iter().map(total).collect()
    }

    pub fn report(&self, org: OrgId) -> LedgerReport {
        let entries = self.entries.lock();
        let mut routes: BTreeMap<&'static str, Vec<OutcomeReport>> = BTreeMap::new();
        for (key, entry) in entries.iter().filter(|(key, _)| key.org.is_none_or(|o| o == org)) {
            routes.entry(key.route).or_default().push(OutcomeReport {
                outcome: key.kind.name(),
                reason: key.code.to_string(),
                count: entry.count,
                last_seen: entry.last_ms,
                sample: entry.sample.clone(),
            });
        }
        let routes = routes.into_iter().map(|(route, outcomes)| RouteReport { route, outcomes });
        LedgerReport {
            since: self.since_ms,
            panics: self.panics.load(Ordering::Relaxed),
            routes: routes.collect(),
        }
    }
}

/// The head of a payload as text that can be shown: what is no text becomes dots, what may be a key
/// is masked.
pub(crate) fn head(payload: &[u8]) -> String {
    let cut = &payload[..payload.len().min(PAYLOAD_BYTES_MAX)];
    let mut out = String::with_capacity(cut.len());
    let mut n_digits = 0;
    for c in String::from_utf8_lossy(cut).chars() {
        n_digits = if c.is_ascii_hexdigit() { n_digits + 1 } else { 0 };
        out.push(if c.is_control() || c == '\u{fffd}' { '.' } else { c });
        if n_digits == KEY_DIGITS_MIN {
            out.truncate(out.len() - KEY_DIGITS_MIN);
            out.push_str("****");
        } else if n_digits > KEY_DIGITS_MIN {
            out.pop();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use model::Reason;

    use super::*;

    #[test]
    fn counts_and_samples() {
        let ledger = Ledger::new(5);
        let bad = |count, message: &str| {
            Outcome::refused(OutcomeKind::Invalid, count, Reason::new("bad_json", message))
        };
        ledger.record(Some(OrgId(1)), "/a", 10, [Outcome::accepted(3), bad(1, "x")], "{");
        ledger.record(Some(OrgId(1)), "/a", 20, [Outcome::accepted(4), bad(1, "y")], "[");
        ledger.record(Some(OrgId(2)), "/a", 30, [Outcome::accepted(100)], "");
        ledger.record(None, "/b", 30, [bad(1, "no key")], "");
        let report = ledger.report(OrgId(1));
        let shown: Vec<_> = report
            .routes
            .iter()
            .flat_map(|r| r.outcomes.iter().map(|o| (r.route, o.outcome, o.count, o.last_seen)))
            .collect();
        let expect =
            [("/a", "accepted", 7, 20), ("/a", "invalid", 2, 20), ("/b", "invalid", 1, 30)];
        assert_eq!(shown, expect);
        let sample = Sample { message: "y".into(), payload: "[".into() };
        assert_eq!(report.routes[0].outcomes[1].sample, Some(sample));
        assert_eq!(ledger.count(OutcomeKind::Accepted), 107);
        let totals: Vec<_> =
            ledger.totals().into_iter().map(|t| (t.route, t.kind.name(), t.count)).collect();
        assert_eq!(totals, [("/a", "accepted", 107), ("/a", "invalid", 2), ("/b", "invalid", 1)]);
    }

    #[test]
    fn heads_show_no_keys_and_are_short() {
        let key = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(head(format!("{{\"apiKey\":\"{key}\"}}").as_bytes()), "{\"apiKey\":\"****\"}");
        assert_eq!(head(b"\x0a\x05ab\xffc"), "..ab.c");
        assert_eq!(head(&[b'x'; 10_000]).len(), PAYLOAD_BYTES_MAX);
    }
}
