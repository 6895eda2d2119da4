//! When an endpoint that fails may be asked again.
//!
//! Closed: everything goes. After an error it is open until a moment that moves away with every
//! further error; then it is half-open: one payload tries, and what comes of it decides. Source:
//! `comp/forwarder/defaultforwarder/blocked_endpoints.go` and `pkg/util/backoff`.

use std::time::Duration;

use base::Rng;

use crate::config::ForwarderConfig;

/// Longest that a server may ask us to wait, so that a slip of its clock does not end the agent.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Closed,
    /// Until that moment of the monotonic clock.
    Open(Duration),
    /// One payload is under way.
    HalfOpen,
}

/// How errors move the moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    base_secs: f64,
    factor: f64,
    max_secs: f64,
    recovery: u32,
    recovery_reset: bool,
}

impl Backoff {
    pub(super) fn new(config: &ForwarderConfig) -> Self {
        Self {
            base_secs: config.backoff_base,
            factor: config.backoff_factor,
            max_secs: config.backoff_max,
            recovery: config.recovery_interval,
            recovery_reset: config.recovery_reset,
        }
    }

    /// A random time between `base·2^n / factor` and `base·2^n`, at most the maximum.
    fn after(&self, n_errors: u32, rng: &mut Rng) -> Duration {
        let longest = self.base_secs * 2_f64.powi(n_errors.min(30) as i32);
        let secs = if longest >= self.max_secs {
            self.max_secs
        } else {
            let shortest = longest / self.factor;
            shortest + rng.unit() * (longest - shortest)
        };
        Duration::from_secs_f64(secs)
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Breaker {
    state: State,
    n_errors: u32,
}

impl Breaker {
    /// Whether a payload may go now; taking leave of a half-open one makes others wait.
    pub(super) fn admit(&mut self, now: Duration) -> bool {
        match self.state {
            State::Closed => true,
            State::Open(until) if now >= until => {
                self.state = State::HalfOpen;
                true
            }
            State::Open(_) | State::HalfOpen => false,
        }
    }

    /// Whether [`Self::admit`] would say yes.
    pub(super) fn admits(&self, now: Duration) -> bool {
        match self.state {
            State::Closed => true,
            State::Open(until) => now >= until,
            State::HalfOpen => false,
        }
    }

    /// When it may be tried again; `None` when that is not a matter of time.
    pub(super) fn opens_at(&self) -> Option<Duration> {
        match self.state {
            State::Open(until) => Some(until),
            State::Closed | State::HalfOpen => None,
        }
    }

    pub(super) fn succeeded(&mut self, backoff: &Backoff) {
        self.state = State::Closed;
        self.n_errors = match backoff.recovery_reset {
            true => 0,
            false => self.n_errors.saturating_sub(backoff.recovery),
        };
    }

    pub(super) fn failed(&mut self, backoff: &Backoff, now: Duration, rng: &mut Rng) {
        // Payloads that were under way together fail together: one error.
        if let State::Open(until) = self.state
            && until > now
        {
            return;
        }
        // Beyond the longest wait more errors change nothing but the way back.
        if backoff.base_secs * 2_f64.powi(self.n_errors.min(30) as i32) < backoff.max_secs {
            self.n_errors += 1;
        }
        self.state = State::Open(now + backoff.after(self.n_errors, rng));
    }

    /// The server said how long to wait.
    pub(super) fn wait(&mut self, now: Duration, time: Duration) {
        self.state = State::Open(now + time.min(RETRY_AFTER_MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_shrink() {
        let backoff = Backoff {
            base_secs: 2.0,
            factor: 2.0,
            max_secs: 64.0,
            recovery: 2,
            recovery_reset: false,
        };
        let mut rng = Rng::seeded(7);
        let mut breaker = Breaker::default();
        let mut now = Duration::ZERO;
        for (low, high) in [(2, 4), (4, 8), (8, 16), (16, 32), (64, 64), (64, 64)] {
            assert!(breaker.admit(now));
            breaker.failed(&backoff, now, &mut rng);
            breaker.failed(&backoff, now, &mut rng);
            let wait = breaker.opens_at().unwrap() - now;
            let (low, high) = (Duration::from_secs(low), Duration::from_secs(high));
            assert!(low <= wait && wait <= high, "{wait:?} is not in {low:?}..={high:?}");
            assert!(!breaker.admit(now + wait / 2));
            now += wait;
            assert!(breaker.admits(now));
        }
        assert!(breaker.admit(now));
        assert!(!breaker.admit(now), "only one may try");
        breaker.succeeded(&backoff);
        assert!(breaker.admit(now));
        breaker.failed(&backoff, now, &mut rng);
        let wait = breaker.opens_at().unwrap() - now;
        assert!(wait <= Duration::from_secs(32) && wait >= Duration::from_secs(8), "{wait:?}");
        breaker.wait(now, Duration::from_secs(7));
        assert_eq!(breaker.opens_at(), Some(now + Duration::from_secs(7)));
    }
}
