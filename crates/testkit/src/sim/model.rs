//! What the store must hold, and may hold.

use std::collections::{BTreeMap, BTreeSet};

use base::Rng;
use model::{
    CheckStatus, MetricKind, OrgId, PointsBatch, SeriesRef, ServiceCheck, TagSet, TimeRange,
};
use storage::{Rows, tables};

/// Metric, host, time.
pub(super) type Key = (&'static str, String, i64);

/// One row on its way to the store. Each value and each message is written once in a run.
#[derive(Clone, Debug)]
pub(super) enum Write {
    Point {
        key: Key,
        value: f64,
    },
    /// A row of a table without a key: it must come back once.
    Check {
        message: String,
        time: i64,
    },
}

/// Rows by what is known of them.
#[derive(Debug, Default)]
pub(super) struct Model {
    points: BTreeMap<Key, Versions>,
    /// Message to time and whether it was acknowledged.
    checks: BTreeMap<String, (i64, bool)>,
    n_written: u64,
}

/// What the row of one key may be.
#[derive(Debug, Default)]
struct Versions {
    acknowledged: Option<f64>,
    /// Written after the acknowledged one, with an error: they may be there or not.
    possible: Vec<f64>,
}

impl Write {
    pub(super) fn rows(writes: &[Self]) -> Vec<Rows> {
        let mut batch = PointsBatch::new(OrgId::FIRST);
        let mut checks = Vec::new();
        for write in writes {
            match write {
                Self::Point { key: (metric, host, time), value } => {
                    let key = SeriesRef { metric, host, device: "", tags: "env:sim" };
                    batch.push_series(key, MetricKind::Gauge, 10);
                    batch.push_point(*time, *value);
                }
                Self::Check { message, time } => checks.push(ServiceCheck {
                    check: "sim.check".into(),
                    host: "h0".into(),
                    time: *time,
                    status: CheckStatus::Ok,
                    message: message.clone(),
                    tags: TagSet::default(),
                }),
            }
        }
        let mut rows = Vec::new();
        if !batch.is_empty() {
            rows.push(Rows::Points(batch));
        }
        if !checks.is_empty() {
            let batch = tables::service_checks::to_batch(&checks);
            let dataset = model::Dataset::ServiceChecks;
            rows.push(Rows::Table { org: OrgId::FIRST, dataset, batch });
        }
        rows
    }
}

impl Model {
    pub(super) fn write(&mut self, rng: &mut Rng, time: i64) -> Write {
        self.n_written += 1;
        let n = self.n_written;
        if rng.chance(0.2) {
            return Write::Check { message: format!("check {n}"), time };
        }
        let metric = ["sim.a", "sim.b"][rng.below(2) as usize];
        let host = format!("h{}", rng.below(3));
        let value = if rng.chance(0.5) { n as f64 } else { n as f64 + 0.5 };
        Write::Point { key: (metric, host, time), value }
    }

    /// Notes the appends of one round, and which of them were acknowledged. Of two of them with one
    /// key the order is unknown. What earlier rounds left possible loses to what is acknowledged now.
    pub(super) fn note(&mut self, appends: Vec<(Vec<Write>, bool)>) {
        let mut round: BTreeMap<Key, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for (writes, is_acknowledged) in appends {
            for write in writes {
                match write {
                    Write::Check { message, time } => {
                        self.checks.insert(message, (time, is_acknowledged));
                    }
                    Write::Point { key, value } => {
                        let (sure, unsure) = round.entry(key).or_default();
                        if is_acknowledged { sure.push(value) } else { unsure.push(value) }
                    }
                }
            }
        }
        for (key, (sure, unsure)) in round {
            let versions = self.points.entry(key).or_default();
            if let Some(last) = sure.last() {
                versions.acknowledged = Some(*last);
                versions.possible.clear();
            }
            versions.possible.extend(sure);
            versions.possible.extend(unsure);
        }
    }

    pub(super) fn delete(&mut self, host: &str, range: TimeRange) {
        let is_hit = |key: &Key| key.1 == host && range.contains(key.2);
        for (_, versions) in self.points.iter_mut().filter(|(key, _)| is_hit(key)) {
            // Rows that were refused may lie in the log and come back, so they stay possible.
            versions.acknowledged = None;
        }
    }

    /// # Errors
    /// Names the first row that is missing, wrong, or was never written.
    pub(super) fn compare(
        &self,
        points: &BTreeMap<Key, f64>,
        checks: &BTreeMap<String, u64>,
        in_flight: &[Write],
        range: TimeRange,
    ) -> Result<(), String> {
        let mut flying: BTreeMap<&Key, Vec<f64>> = BTreeMap::new();
        let mut flying_checks = BTreeSet::new();
        for write in in_flight {
            match write {
                Write::Point { key, value } => flying.entry(key).or_default().push(*value),
                Write::Check { message, .. } => {
                    flying_checks.insert(message.as_str());
                }
            }
        }
        for (key, versions) in self.points.iter().filter(|(key, _)| range.contains(key.2)) {
            if versions.acknowledged.is_some() && !points.contains_key(key) {
                return Err(format!("{key:?} = {:?} is missing", versions.acknowledged));
            }
        }
        for (key, value) in points {
            let known = self.points.get(key);
            let is_possible = known
                .is_some_and(|v| v.acknowledged == Some(*value) || v.possible.contains(value))
                || flying.get(key).is_some_and(|values| values.contains(value));
            if !is_possible {
                return Err(format!("{key:?} is {value}, expected {known:?}"));
            }
        }
        for (message, (time, is_acknowledged)) in &self.checks {
            if *is_acknowledged && range.contains(*time) && !checks.contains_key(message) {
                return Err(format!("{message} is missing"));
            }
        }
        for (message, n) in checks {
            if *n > 1 {
                return Err(format!("{message} is there {n} times"));
            }
            if !self.checks.contains_key(message) && !flying_checks.contains(message.as_str()) {
                return Err(format!("{message} was never written"));
            }
        }
        Ok(())
    }
}
