//! A bound on the bytes of all bodies that are in work at a time.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A permit stands for this many bytes.
const UNIT: usize = 4096;
/// How long a request waits for others to end before it is sent away.
const WAIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct InFlight {
    units: Arc<Semaphore>,
    max: usize,
}

/// The share of one request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    units: Arc<Semaphore>,
    permit: OwnedSemaphorePermit,
    max: usize,
}

/// The bound is reached: the client should come again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

fn units(bytes: usize, max: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT).clamp(1, max)).unwrap_or(u32::MAX)
}

impl InFlight {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let max = bytes_max.div_ceil(UNIT).clamp(1, Semaphore::MAX_PERMITS);
        Self { units: Arc::new(Semaphore::new(max)), max }
    }

    /// A share for a body that is expected to take so many bytes; waits for a short while.
    pub(crate) async fn take(&self, bytes: usize, clock: &Clock) -> Result<Share, Full> {
        let n = units(bytes, self.max);
        let permit = tokio::select! {
            permit = Arc::clone(&self.units).acquire_many_owned(n) => permit.map_err(|_closed| Full)?,
            () = clock.sleep(WAIT) => return Err(Full),
        };
        Ok(Share { units: Arc::clone(&self.units), permit, max: self.max })
    }
}

impl Share {
    /// The body has turned out to take so many bytes. Does not wait: two that wait for each other
    /// would stand for ever.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let missing = (units(bytes, self.max) as usize).saturating_sub(self.permit.num_permits());
        if missing == 0 {
            return Ok(());
        }
        let more = Arc::clone(&self.units).try_acquire_many_owned(missing as u32);
        self.permit.merge(more.map_err(|_busy| Full)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shares_are_bounded_and_given_back() {
        let clock = Clock::manual(0);
        let in_flight = InFlight::new(10 * UNIT);
        let mut first = in_flight.take(4 * UNIT, &clock).await.unwrap();
        let second = in_flight.take(4 * UNIT, &clock).await.unwrap();
        assert_eq!(first.grow(7 * UNIT), Err(Full));
        assert_eq!(first.grow(6 * UNIT), Ok(()));
        let mut third = Box::pin(in_flight.take(1, &clock));
        assert!(futures::poll!(&mut third).is_pending());
        clock.advance(WAIT);
        assert_eq!(third.await.map(|_| ()), Err(Full));
        drop(second);
        assert!(in_flight.take(4 * UNIT, &clock).await.is_ok());
        drop(first);
        assert!(in_flight.take(1000 * UNIT, &clock).await.is_ok(), "one over all is let in alone");
    }
}
