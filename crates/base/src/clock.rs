//! The door by which time enters: wall time, time that passed, and waiting.
//!
//! The wall clock may jump either way; [`Clock::monotonic`] never goes back. Nothing else in the
//! workspace asks the system for the time, so a manual clock decides all of it.
#![expect(clippy::disallowed_methods, reason = "this is the one door by which time enters")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

/// What time it is, and how to wait. Cloning shares the clock.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System { start: Instant },
    Manual(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    /// Unix milliseconds; may jump back.
    now_ms: AtomicI64,
    /// Milliseconds that passed; never goes back.
    passed_ms: AtomicI64,
    changed: Notify,
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System { start: Instant::now() })
    }

    /// A clock that stands still until [`Self::advance`] or [`Self::jump`] moves it.
    pub fn manual(now_ms: i64) -> Self {
        Self(Source::Manual(Arc::new(Manual {
            now_ms: AtomicI64::new(now_ms),
            passed_ms: AtomicI64::new(0),
            changed: Notify::new(),
        })))
    }

    /// Unix milliseconds, UTC. May jump in either direction.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System { .. } => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(since) => since.as_millis() as i64,
                Err(before) => -(before.duration().as_millis() as i64),
            },
            Source::Manual(clock) => clock.now_ms.load(Ordering::SeqCst),
        }
    }

    pub fn now_secs(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Time since this clock was made; never goes back.
    pub fn monotonic(&self) -> Duration {
        match &self.0 {
            Source::System { start } => start.elapsed(),
            Source::Manual(clock) => {
                Duration::from_millis(clock.passed_ms.load(Ordering::SeqCst) as u64)
            }
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        match &self.0 {
            Source::System { .. } => tokio::time::sleep(duration).await,
            Source::Manual(clock) => {
                let until = self.monotonic() + duration;
                loop {
                    let changed = clock.changed.notified();
                    if self.monotonic() >= until {
                        return;
                    }
                    changed.await;
                }
            }
        }
    }

    /// Moves a manual clock on. A bug on the system's.
    pub fn advance(&self, duration: Duration) {
        let clock = self.as_manual();
        clock.now_ms.fetch_add(duration.as_millis() as i64, Ordering::SeqCst);
        clock.passed_ms.fetch_add(duration.as_millis() as i64, Ordering::SeqCst);
        clock.changed.notify_waiters();
    }

    /// Sets a manual clock's wall time, as an operator or NTP would; no time passes.
    pub fn jump(&self, now_ms: i64) {
        self.as_manual().now_ms.store(now_ms, Ordering::SeqCst);
    }

    fn as_manual(&self) -> &Manual {
        match &self.0 {
            Source::Manual(clock) => clock,
            Source::System { .. } => panic!("BUG: only a manual clock can be moved"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_its_sleepers() {
        let clock = Clock::manual(1000);
        let sleeper = clock.clone();
        let task = tokio::spawn(async move { sleeper.sleep(Duration::from_secs(5)).await });
        tokio::task::yield_now().await;
        clock.jump(0);
        assert!(!task.is_finished());
        clock.advance(Duration::from_secs(5));
        task.await.unwrap();
        assert_eq!(clock.now_ms(), 5000);
    }
}
