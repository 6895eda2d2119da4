//! How many series a metric may have in an hour.
//!
//! A tag that holds a request id makes a series of every point; this keeps such a metric from
//! filling memory and disk, and leaves its known series and all other metrics alone.
//!
//! The series of the running hour are remembered by 64 bits of their id. When all metrics together
//! reach the bound on what is remembered, a metric that has many series is held as if at its limit,
//! and one that has few goes on unremembered.

use hashbrown::{HashMap, HashSet};
use model::{HOUR_MS, OrgId, SeriesId};
use parking_lot::Mutex;

/// A metric with fewer series than this is not held when the memory is full.
const FEW: usize = 1000;
/// What a metric's name takes, in remembered series.
const METRIC_COST: usize = 8;

#[derive(Debug)]
pub struct SeriesLimit {
    per_metric_max: usize,
    remembered_max: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    hour: i64,
    n_remembered: usize,
    metrics: HashMap<OrgId, HashMap<Box<str>, HashSet<u64>>>,
}

impl SeriesLimit {
    pub(crate) fn new(per_metric_max: usize, remembered_max: usize) -> Self {
        Self { per_metric_max, remembered_max, seen: Mutex::default() }
    }

    /// The most series that a metric may have in an hour.
    pub(crate) fn per_metric_max(&self) -> usize {
        self.per_metric_max
    }

    /// For each series whether it is within the limit; `None` when all are, as nearly always.
    pub(crate) fn check<'a>(
        &self,
        org: OrgId,
        now_ms: i64,
        series: impl ExactSizeIterator<Item = (&'a str, SeriesId)>,
    ) -> Option<Vec<bool>> {
        let hour = now_ms.div_euclid(HOUR_MS);
        let n_series = series.len();
        let mut seen = self.seen.lock();
        let seen = &mut *seen;
        if seen.hour != hour {
            *seen = Seen { hour, ..Seen::default() };
        }
        let metrics = seen.metrics.entry(org).or_default();
        let mut within: Option<Vec<bool>> = None;
        for (i, (metric, id)) in series.enumerate() {
            let is_full = seen.n_remembered >= self.remembered_max;
            let known = match metrics.get_mut(metric) {
                Some(known) => known,
                None if is_full => continue,
                None => {
                    seen.n_remembered += METRIC_COST;
                    metrics.entry(metric.into()).or_default()
                }
            };
            let id = id.0 as u64;
            if known.contains(&id) {
                continue;
            }
            if known.len() >= self.per_metric_max || (is_full && known.len() >= FEW) {
                within.get_or_insert_with(|| vec![true; n_series])[i] = false;
            } else if !is_full {
                known.insert(id);
                seen.n_remembered += 1;
            }
        }
        within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    #[track_caller]
    fn check(
        limit: &SeriesLimit,
        now_ms: i64,
        metric: &str,
        ids: std::ops::Range<u128>,
        n_in: usize,
    ) {
        let series: Vec<_> = ids.map(|id| (metric, SeriesId(id))).collect();
        let within = limit.check(OrgId(1), now_ms, series.iter().copied());
        let got = within.map_or(series.len(), |w| w.into_iter().filter(|w| *w).count());
        assert_eq!(got, n_in, "{metric}");
    }

    #[test]
    fn new_series_are_held_known_ones_are_not() {
        let limit = SeriesLimit::new(100, 1_000_000);
        check(&limit, NOW, "a", 0..80, 80);
        check(&limit, NOW, "a", 0..1000, 100);
        check(&limit, NOW, "a", 0..100, 100);
        check(&limit, NOW, "a", 100..200, 0);
        check(&limit, NOW, "b", 0..50, 50);
        check(&limit, NOW + HOUR_MS, "a", 500..600, 100);
    }

    #[test]
    fn memory_is_bounded() {
        let limit = SeriesLimit::new(200_000, 5000);
        check(&limit, NOW, "greedy", 0..10_000, 5000 - METRIC_COST);
        check(&limit, NOW, "small", 0..10, 10);
        check(&limit, NOW, "greedy", 0..4000, 4000);
        assert_eq!(limit.seen.lock().n_remembered, 5000);
    }
}
