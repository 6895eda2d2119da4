use std::sync::atomic::{AtomicI64, Ordering};

/// Bits below the millisecond: chosen at random, so that two nodes do not give the same id.
const RANDOM_BITS: u32 = 20;

/// Ids for events: positive, without repeats, in the order in which they are given.
#[derive(Debug, Default)]
pub(crate) struct EventIds {
    last: AtomicI64,
}

impl EventIds {
    pub(crate) fn next(&self, now_ms: i64) -> i64 {
        let random = u32::from_le_bytes(base::secure_bytes()) >> (32 - RANDOM_BITS);
        let wanted = now_ms.clamp(1, i64::MAX >> RANDOM_BITS) << RANDOM_BITS | i64::from(random);
        let next = |last: i64| Some(wanted.max(last.saturating_add(1)));
        match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(last) | Err(last) => wanted.max(last.saturating_add(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_jumps_back() {
        let ids = EventIds::default();
        let mut last = 0;
        for now_ms in [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000, -5, i64::MAX] {
            for _ in 0..100 {
                let id = ids.next(now_ms);
                assert!(id > last, "{id} after {last}");
                last = id;
            }
        }
    }
}
