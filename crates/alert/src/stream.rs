//! Events that the server itself writes into an organisation's stream.

use base::Clock;
use model::{Dataset, Event, OrgId};
use storage::{Rows, Storage, tables};

/// Bits below the millisecond, chosen at random, so that two events of one moment have two ids.
const RANDOM_BITS: u32 = 20;

/// Stores the event, now, and answers its id. It is on disk when this returns.
///
/// # Errors
/// Those of [`Storage::append`].
pub async fn post(
    storage: &Storage,
    clock: &Clock,
    org: OrgId,
    event: Event,
) -> Result<i64, storage::Error> {
    let now_ms = clock.now_ms();
    let event = Event { id: new_id(now_ms), time: now_ms, ..event };
    let batch = tables::events::to_batch(std::slice::from_ref(&event));
    storage.append(vec![Rows::Table { org, dataset: Dataset::Events, batch }]).await?;
    Ok(event.id)
}

fn new_id(now_ms: i64) -> i64 {
    let random = u32::from_le_bytes(base::secure_bytes()) >> (32 - RANDOM_BITS);
    now_ms.clamp(1, i64::MAX >> RANDOM_BITS) << RANDOM_BITS | i64::from(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_positive_and_in_the_order_of_time() {
        let ids = [i64::MIN, 0, 1_700_000_000_000, i64::MAX].map(new_id);
        assert!(ids[0] > 0 && ids[1] < ids[2] && ids[2] < ids[3], "{ids:?}");
    }
}
