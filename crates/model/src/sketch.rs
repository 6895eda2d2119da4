//! The Agent's quantile sketch: exponential bins of ratio 1 + 1/64, relative error about 1/128.
//!
//! Formulas and constants: `pkg/quantile/{config,sparse,store,key}.go` of the Agent (2025-01).

use serde::{Deserialize, Serialize};

/// ln(1 + 2/128): the natural logarithm of the ratio of two neighbouring bins.
const GAMMA_LN: f64 = 0.015_504_186_535_965_254;
/// Added to the bin index so that the smallest value that has a bin of its own gets key 1.
const BIAS: i32 = 1338;
/// Magnitudes below this go to the zero bin: γ^-1337.
const VALUE_MIN: f64 = 9.941_854_089_121_45e-10;
/// The key of ±infinity.
const KEY_INF: i32 = 32_767;
/// Bins a sketch may have; past that the lowest are folded into one.
pub(crate) const BINS_MAX: usize = 4096;

/// Count of values whose key is `key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bin {
    pub key: i32,
    pub count: u64,
}

/// Summary of a distribution in one interval. Bins are sorted by key, without repeats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sketch {
    pub count: u64,
    pub sum: f64,
    pub min: f64,
    pub max: f64,
    pub bins: Vec<Bin>,
}

/// The bin of a value; NaN has none and is treated as 0 by callers that have not refused it.
pub fn key_of_value(value: f64) -> i32 {
    if value < 0.0 {
        return -key_of_value(-value);
    }
    if value < VALUE_MIN || value.is_nan() {
        return 0;
    }
    if value.is_infinite() {
        return KEY_INF;
    }
    let index = (value.ln() / GAMMA_LN).round_ties_even() as i32 + BIAS;
    index.clamp(1, KEY_INF)
}

/// The lower edge of a bin (its upper edge for negative keys).
pub fn value_of_key(key: i32) -> f64 {
    match key {
        0 => 0.0,
        KEY_INF => f64::INFINITY,
        k if k == -KEY_INF => f64::NEG_INFINITY,
        k if k < 0 => -value_of_key(-k),
        k => (f64::from(k - BIAS) * GAMMA_LN).exp(),
    }
}

/// The smallest and the largest value that have this key. Keys are rounded, so the edges lie half a
/// bin to either side of [`value_of_key`].
pub fn edges_of_key(key: i32) -> (f64, f64) {
    match key {
        0 => (0.0, 0.0),
        k if k.abs() == KEY_INF => (value_of_key(k), value_of_key(k)),
        k if k < 0 => {
            let (low, high) = edges_of_key(-k);
            (-high, -low)
        }
        k => {
            let half = (GAMMA_LN / 2.0).exp();
            (value_of_key(k) / half, value_of_key(k) * half)
        }
    }
}

impl Sketch {
    /// Sketch of plain values; NaN is skipped.
    pub fn from_values(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sketch = Self::default();
        for value in values {
            sketch.insert(value, 1);
        }
        sketch
    }

    /// From keys and counts in any order, with repeats (the wire splits counts over 65535).
    pub fn from_parts((count, sum, min, max): (u64, f64, f64, f64), mut bins: Vec<Bin>) -> Self {
        bins.sort_unstable_by_key(|b| b.key);
        bins.dedup_by(|next, kept| {
            let same = next.key == kept.key;
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        let mut sketch = Self { count, sum, min, max, bins };
        sketch.fold_lowest();
        sketch
    }

    pub fn insert(&mut self, value: f64, count: u64) {
        if value.is_nan() || count == 0 {
            return;
        }
        let key = key_of_value(value);
        match self.bins.binary_search_by_key(&key, |b| b.key) {
            Ok(i) => self.bins[i].count = self.bins[i].count.saturating_add(count),
            Err(i) => self.bins.insert(i, Bin { key, count }),
        }
        self.grow(count, value * count as f64, value, value);
        self.fold_lowest();
    }

    /// Adds another sketch to this one.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 && other.bins.is_empty() {
            return;
        }
        let mut merged = Vec::with_capacity(self.bins.len() + other.bins.len());
        let (mut a, mut b) = (self.bins.iter().peekable(), other.bins.iter().peekable());
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.key.cmp(&y.key) {
                std::cmp::Ordering::Less => merged.extend(a.next()),
                std::cmp::Ordering::Greater => merged.extend(b.next()),
                std::cmp::Ordering::Equal => {
                    merged.push(Bin { key: x.key, count: x.count.saturating_add(y.count) });
                    a.next();
                    b.next();
                }
            }
        }
        merged.extend(a);
        merged.extend(b);
        self.bins = merged;
        self.grow(other.count, other.sum, other.min, other.max);
        self.fold_lowest();
    }

    fn grow(&mut self, count: u64, sum: f64, min: f64, max: f64) {
        if self.count == 0 {
            (self.min, self.max) = (min, max);
        } else {
            self.min = self.min.min(min);
            self.max = self.max.max(max);
        }
        self.count = self.count.saturating_add(count);
        self.sum += sum;
    }

    fn fold_lowest(&mut self) {
        if self.bins.len() <= BINS_MAX {
            return;
        }
        let n_folded = self.bins.len() - BINS_MAX;
        let folded: u64 = self.bins.drain(..n_folded).map(|b| b.count).sum();
        self.bins[0].count = self.bins[0].count.saturating_add(folded);
    }

    pub fn avg(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The value at quantile `q` (0..=1), interpolated within its bin as the Agent does.
    pub fn quantile(&self, q: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        if q <= 0.0 {
            return self.min;
        }
        if q >= 1.0 || self.bins.is_empty() {
            return self.max;
        }
        let rank = (q * (self.count - 1) as f64).round_ties_even();
        let mut cumulated = 0.0;
        for (i, bin) in self.bins.iter().enumerate() {
            cumulated += bin.count as f64;
            if cumulated <= rank {
                continue;
            }
            let weight = (cumulated - rank) / bin.count as f64;
            let mut low = value_of_key(bin.key);
            let mut high = low * GAMMA_LN.exp();
            if i == 0 {
                low = self.min;
            }
            if i + 1 == self.bins.len() {
                high = self.max;
            }
            // Not clamp(), which panics where a client sent a least value above the largest.
            return (low * weight + high * (1.0 - weight)).max(self.min).min(self.max);
        }
        self.max
    }

    /// How many values are at most `threshold`, by whole bins.
    pub fn count_at_most(&self, threshold: f64) -> u64 {
        let key = key_of_value(threshold);
        self.bins.iter().take_while(|b| b.key <= key).map(|b| b.count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_agents() {
        let vectors = [
            (1e-9, 1),
            (0.001, 892),
            (1.0, 1338),
            (2.0, 1383),
            (10.0, 1487),
            (100.0, 1635),
            (500.0, 1739),
            (1e6, 2229),
            (0.0, 0),
            (-10.0, -1487),
        ];
        for (value, key) in vectors {
            assert_eq!(key_of_value(value), key, "key({value})");
        }
        assert_eq!(key_of_value(f64::INFINITY), 32_767);
    }

    #[test]
    fn values_lie_between_the_edges_of_their_keys() {
        for value in [1e-8, 0.37, 1.0, 99.2, 100.0, 101.7, 4.2e9, 0.0, -5.5, f64::INFINITY] {
            let (low, high) = edges_of_key(key_of_value(value));
            assert!(low <= value && value <= high, "{value} between {low} and {high}");
            let is_narrow = high.is_infinite() || high - low <= value.abs() * 0.0157;
            assert!(is_narrow, "{value}: {low} to {high}");
        }
        let next = edges_of_key(1000).1 / edges_of_key(1001).0;
        assert!((next - 1.0).abs() < 1e-12, "no gap between bins: {next}");
    }

    #[test]
    fn quantiles_are_close() {
        let sketch = Sketch::from_values((1..=1000).map(f64::from));
        for (q, want) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0)] {
            let got = sketch.quantile(q);
            assert!((got - want).abs() / want < 1.0 / 64.0, "p{q}: {got}");
        }
        assert_eq!(sketch.quantile(0.0), 1.0);
        assert_eq!(sketch.quantile(1.0), 1000.0);
        assert_eq!(sketch.sum, 500_500.0);
    }

    #[test]
    fn merge_equals_one_sketch() {
        let mut a = Sketch::from_values((0..500).map(f64::from));
        a.merge(&Sketch::from_values((500..1000).map(f64::from)));
        assert_eq!(a, Sketch::from_values((0..1000).map(f64::from)));
    }

    #[test]
    fn bins_are_bounded() {
        let bins = (0..6000).map(|key| Bin { key, count: 1 }).collect();
        let sketch = Sketch::from_parts((6000, 1.0, 0.0, 1.0), bins);
        assert_eq!(sketch.bins.len(), BINS_MAX);
        assert_eq!(sketch.bins.iter().map(|b| b.count).sum::<u64>(), 6000);
    }
}
