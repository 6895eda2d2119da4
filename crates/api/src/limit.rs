//! How many calls an organisation may make: a counter per organisation and route over fixed windows.
//!
//! Clients read the `X-RateLimit-*` headers and pace themselves by them, so each answer of the API
//! carries them. The bound is far above what people and dashboards ask for: it is there so that one
//! script in a loop cannot take the server from everyone else.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use model::OrgId;
use parking_lot::Mutex;

/// Length of a window, in seconds. Short, so that a client that ran into the limit goes on soon.
const PERIOD_SECS: i64 = 10;

/// Calls of one organisation to one route within a window.
pub(crate) const CALLS_MAX_DEFAULT: u32 = 3000;

#[derive(Debug)]
pub(crate) struct RateLimit {
    calls_max: u32,
    /// Only the current window's counters: bounded by organisations times routes.
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    number: i64,
    calls: HashMap<(OrgId, &'static str), u32>,
}

/// Where a caller stands after the current call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    name: &'static str,
    limit: u32,
    remaining: u32,
    reset_secs: i64,
    pub(crate) exceeded: bool,
}

impl RateLimit {
    pub(crate) fn new(calls_max: u32) -> Self {
        Self { calls_max, window: Mutex::default() }
    }

    /// Counts a call.
    pub(crate) fn take(&self, org: OrgId, name: &'static str, now_secs: i64) -> Standing {
        let number = now_secs.div_euclid(PERIOD_SECS);
        let mut window = self.window.lock();
        if window.number != number {
            *window = Window { number, calls: HashMap::new() };
        }
        let calls = window.calls.entry((org, name)).or_default();
        *calls = calls.saturating_add(1);
        Standing {
            name,
            limit: self.calls_max,
            remaining: self.calls_max.saturating_sub(*calls),
            reset_secs: PERIOD_SECS - now_secs.rem_euclid(PERIOD_SECS),
            exceeded: *calls > self.calls_max,
        }
    }
}

impl Standing {
    pub(crate) fn reset_secs(&self) -> u64 {
        self.reset_secs.unsigned_abs()
    }

    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let numbers = [
            ("x-ratelimit-limit", i64::from(self.limit)),
            ("x-ratelimit-period", PERIOD_SECS),
            ("x-ratelimit-remaining", i64::from(self.remaining)),
            ("x-ratelimit-reset", self.reset_secs),
        ];
        for (name, value) in numbers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
        let name = HeaderValue::from_static(self.name);
        headers.insert(HeaderName::from_static("x-ratelimit-name"), name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_an_end() {
        let limit = RateLimit::new(2);
        let check = |org, name, now, exceeded: bool, remaining| {
            let standing = limit.take(OrgId(org), name, now);
            assert_eq!((standing.exceeded, standing.remaining), (exceeded, remaining), "{now}");
        };
        check(1, "a", 100, false, 1);
        check(1, "a", 101, false, 0);
        check(1, "a", 109, true, 0);
        check(1, "b", 109, false, 1);
        check(2, "a", 109, false, 1);
        check(1, "a", 110, false, 1);
    }
}
