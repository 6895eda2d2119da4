//! Histograms and timings of DogStatsD: samples with weights, and what is made of them.
//!
//! Rules: `pkg/metrics/histogram.go` of the Agent. The median is the first sample, in order, whose
//! cumulated weight is above `(count - 1) / 2`; percentile p the first above `(p·count - 1) / 100`,
//! both in integers.

use model::MetricKind;

use crate::config::HistogramConfig;

/// Samples of one context in one bucket. Past this, equal neighbours and then every second sample
/// are folded together: 16 bytes each, so a context takes at most 1 MiB.
const SAMPLES_MAX: usize = 65_536;

/// Samples of one bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram {
    samples: Vec<(f64, u64)>,
    sum: f64,
}

/// One series that a histogram becomes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Aggregate {
    pub(crate) suffix: String,
    pub(crate) kind: MetricKind,
    pub(crate) value: f64,
}

impl Histogram {
    pub(crate) fn add(&mut self, value: f64, weight: u64) {
        if self.samples.len() == SAMPLES_MAX {
            self.fold();
        }
        self.samples.push((value, weight));
        self.sum += value * weight as f64;
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (value, weight) in other.samples {
            self.add(value, weight);
        }
    }

    /// Halves the samples at least: pairs of neighbours in order become one, the lower by turns
    /// with the higher, so that no percentile drifts one way.
    fn fold(&mut self) {
        self.samples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let folded = self.samples.chunks(2).enumerate().map(|(i, pair)| {
            let kept = if i % 2 == 0 { pair[0] } else { pair[pair.len() - 1] };
            (kept.0, pair.iter().map(|(_, weight)| weight).sum())
        });
        self.samples = folded.collect();
    }

    /// What the settings ask for, each with its suffix. `interval_secs` is the bucket's length.
    pub(crate) fn aggregates(
        &mut self,
        config: &HistogramConfig,
        interval_secs: u32,
    ) -> Vec<Aggregate> {
        self.samples.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let count: u64 = self.samples.iter().map(|(_, weight)| weight).sum();
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else {
            return Vec::new();
        };
        let mut out = Vec::with_capacity(config.aggregates.len() + config.percentiles.len());
        for name in &config.aggregates {
            let (kind, value) = match name.as_str() {
                "max" => (MetricKind::Gauge, last.0),
                "min" => (MetricKind::Gauge, first.0),
                "median" => (MetricKind::Gauge, self.above((count - 1) / 2)),
                "avg" => (MetricKind::Gauge, self.sum / count as f64),
                "sum" => (MetricKind::Gauge, self.sum),
                "count" => (MetricKind::Rate, count as f64 / f64::from(interval_secs)),
                _ => continue,
            };
            out.push(Aggregate { suffix: format!(".{name}"), kind, value });
        }
        for &percent in &config.percentiles {
            let rank = (u64::from(percent) * count).saturating_sub(1) / 100;
            out.push(Aggregate {
                suffix: format!(".{percent}percentile"),
                kind: MetricKind::Gauge,
                value: self.above(rank),
            });
        }
        out
    }

    /// The first sample, in order, at which the cumulated weight is above `rank`.
    fn above(&self, rank: u64) -> f64 {
        let mut cumulated = 0;
        let found = self.samples.iter().find(|(_, weight)| {
            cumulated += weight;
            cumulated > rank
        });
        found.or(self.samples.last()).map_or(0.0, |(value, _)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(aggregates: &[&str], percentiles: &[u8]) -> HistogramConfig {
        HistogramConfig {
            aggregates: aggregates.iter().map(|&a| a.to_owned()).collect(),
            percentiles: percentiles.to_vec(),
            copy_to_distribution: false,
            copy_to_distribution_prefix: String::new(),
        }
    }

    fn shown(samples: &[(f64, u64)]) -> String {
        let mut histogram = Histogram::default();
        for &(value, weight) in samples {
            histogram.add(value, weight);
        }
        let all = config(&["max", "min", "median", "avg", "sum", "count"], &[95, 50]);
        let list = histogram.aggregates(&all, 10);
        list.iter().map(|a| format!("{}={} ", &a.suffix[1..], a.value)).collect::<String>()
    }

    #[test]
    fn aggregates() {
        assert_eq!(shown(&[]), "");
        assert_eq!(
            shown(&[(1.0, 1)]),
            "max=1 min=1 median=1 avg=1 sum=1 count=0.1 95percentile=1 50percentile=1 "
        );
        let ten: Vec<_> = (1..=10).rev().map(|i| (f64::from(i), 1)).collect();
        assert_eq!(
            shown(&ten),
            "max=10 min=1 median=5 avg=5.5 sum=55 count=1 95percentile=10 50percentile=5 "
        );
        // 20 samples: rank of p95 is (95·20 − 1) / 100 = 18, so the 19th.
        let twenty: Vec<_> = (1..=20).map(|i| (f64::from(i), 1)).collect();
        assert!(shown(&twenty).contains("95percentile=19 "), "{}", shown(&twenty));
        assert_eq!(
            shown(&[(10.0, 1), (2.0, 9)]),
            "max=10 min=2 median=2 avg=2.8 sum=28 count=1 95percentile=10 50percentile=2 "
        );
    }

    #[test]
    fn many_samples_stay_bounded_and_close() {
        let mut histogram = Histogram::default();
        for i in 0..500_000_u32 {
            histogram.add(f64::from(i.wrapping_mul(2_654_435_761) % 1000), 1);
        }
        assert!(histogram.samples.len() <= SAMPLES_MAX);
        let list = histogram.aggregates(&config(&["count", "median"], &[95]), 10);
        assert_eq!(list[0].value, 50_000.0);
        assert!((list[1].value - 500.0).abs() < 10.0, "{list:?}");
        assert!((list[2].value - 950.0).abs() < 10.0, "{list:?}");
    }
}
