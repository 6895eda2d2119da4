//! What a cache of answers asks: has anything been written to these hours since?
//!
//! Each append has a position; for each hour the last position that wrote into it is known, since
//! the store was opened. What removes rows (deletions, retention) counts as a change of everything.

use std::collections::BTreeMap;

use model::{Dataset, HOUR_MS, OrgId, TimeRange};

use crate::buffer::Buffers;
use crate::storage::{State, Storage};

/// Last position by hour since 1970.
pub(crate) type Hours = BTreeMap<i64, u64>;

/// Hours that are remembered for each dataset: 22 years. More make all of them count as changed.
const HOURS_MAX: usize = 200_000;

/// The changes to some hours until a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Raised by each removal of rows.
    pub epoch: u64,
    /// Of the newest append that a scan started now sees.
    pub seq: u64,
    hours: Hours,
}

impl Changes {
    /// The position of the last append that wrote into a time range, which lies in the one asked for;
    /// 0 when none has since the store was opened.
    pub fn last_in(&self, range: TimeRange) -> u64 {
        let hours = range.from.div_euclid(HOUR_MS)..=(range.to - 1).div_euclid(HOUR_MS);
        self.hours.range(hours).map(|(_, seq)| *seq).max().unwrap_or(0)
    }

    fn add(&mut self, hours: &Hours, range: TimeRange) {
        let within = range.from.div_euclid(HOUR_MS)..=(range.to - 1).div_euclid(HOUR_MS);
        for (hour, seq) in hours.range(within) {
            let last = self.hours.entry(*hour).or_default();
            *last = (*last).max(*seq);
        }
    }
}

impl Storage {
    /// The appends to a dataset of series in a time range. Ask before the scan whose answer is kept:
    /// what comes between the two is then seen twice, never missed.
    pub fn changes(&self, org: OrgId, dataset: Dataset, range: TimeRange) -> Changes {
        let state = self.inner.state.read();
        let mut changes = Changes { epoch: state.epoch, seq: state.seq(), hours: Hours::new() };
        if range.from >= range.to {
            return changes;
        }
        if let Some(hours) = state.flushed_hours.get(&(org, dataset)) {
            changes.add(hours, range);
        }
        for buffers in state.frozen.as_deref().into_iter().chain([&state.active]) {
            if let Some(buffer) = buffers.series.get(&(org, dataset)) {
                changes.add(&buffer.hours, range);
            }
        }
        changes
    }
}

impl State {
    /// Of the newest append that readers see.
    fn seq(&self) -> u64 {
        let frozen = self.frozen.as_ref().map_or(0, |buffers| buffers.seq_max);
        self.flushed_seq.max(frozen).max(self.active.seq_max)
    }

    /// Remembers the hours of buffers that are going.
    pub(crate) fn keep_hours(&mut self, flushed: &Buffers) {
        self.flushed_seq = self.flushed_seq.max(flushed.seq_max);
        for (place, buffer) in &flushed.series {
            let hours = self.flushed_hours.entry(*place).or_default();
            hours.extend(&buffer.hours);
            if hours.len() > HOURS_MAX {
                hours.clear();
                self.epoch += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_append_of_an_hour_counts() {
        let range = TimeRange::new(0, 10 * HOUR_MS);
        let mut changes = Changes::default();
        changes.add(&Hours::from([(1, 5), (3, 9), (11, 20)]), range);
        changes.add(&Hours::from([(1, 7), (3, 2)]), range);
        for (from, to, last) in [(0, 1, 0), (1, 2, 7), (1, 4, 9), (2, 3, 0), (9, 10, 0)] {
            let within = TimeRange::new(from * HOUR_MS, to * HOUR_MS);
            assert_eq!(changes.last_in(within), last, "hours {from} to {to}");
        }
    }
}
