//! Values of one bucket that are more than a number.

use hashbrown::HashSet;
use model::Sketch;
use xxhash_rust::xxh3::xxh3_64;

use super::histogram::Histogram;

/// Distinct values that a set counts in one bucket; past this the count stands still. Only hashes
/// are kept: at this size the chance that two values share one is below one in a million.
const SET_MAX: usize = 1 << 20;

/// A bucket of a set, a histogram or a distribution.
#[derive(Debug)]
pub(super) enum Open {
    Set(HashSet<u64>),
    Histogram(Histogram),
    Sketch(Sketch),
}

impl Open {
    pub(super) fn add_member(&mut self, member: &[u8]) {
        if let Self::Set(members) = self
            && members.len() < SET_MAX
        {
            members.insert(xxh3_64(member));
        }
    }

    pub(super) fn add_number(&mut self, value: f64, weight: u64) {
        match self {
            Self::Histogram(histogram) => histogram.add(value, weight),
            Self::Sketch(sketch) => sketch.insert(value, weight),
            Self::Set(_) => {}
        }
    }

    /// Takes another bucket of the same kind in.
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Set(members), Self::Set(more)) => members.extend(more),
            (Self::Histogram(histogram), Self::Histogram(more)) => histogram.merge(more),
            (Self::Sketch(sketch), Self::Sketch(more)) => sketch.merge(&more),
            _ => {}
        }
    }
}

/// A closed value.
#[derive(Debug)]
pub(super) enum Value {
    Number(f64),
    Open(Box<Open>),
}
