//! Folding distributions: their sketches merge over time and series alike, in any order.

use model::{Sketch, key_of_value};

use super::recipe::{PlainSpace, Space};
use crate::error::{Error, Result};
use lang::metrics::ast::{Comparison, ValueCondition};

/// A merged sketch for each group and bucket that has points.
#[derive(Debug)]
pub(crate) struct SketchCells {
    space: Space,
    n_groups: usize,
    n_buckets: usize,
    /// By group, then bucket; empty until the first sketch comes.
    cells: Vec<Sketch>,
    n_bins: usize,
    bytes_max: usize,
}

impl SketchCells {
    pub(crate) fn new(space: Space, n_groups: usize, n_buckets: usize, bytes_max: usize) -> Self {
        Self { space, n_groups, n_buckets, cells: Vec::new(), n_bins: 0, bytes_max }
    }

    pub(crate) fn add(&mut self, groups: &[u32], bucket: usize, sketch: &Sketch) -> Result<()> {
        if self.cells.is_empty() {
            self.cells = vec![Sketch::default(); self.n_groups * self.n_buckets];
        }
        for &group in groups {
            self.merge_cell(group as usize * self.n_buckets + bucket, sketch);
        }
        self.check_size()
    }

    /// Whether plain values are wanted too, each for itself.
    pub(crate) fn takes_values(&self) -> bool {
        self.space == Space::Spread
    }

    /// Adds plain values of one bucket.
    pub(crate) fn add_values(
        &mut self,
        groups: &[u32],
        bucket: usize,
        values: &[f64],
    ) -> Result<()> {
        self.add(groups, bucket, &Sketch::from_values(values.iter().copied()))
    }

    /// The sketches of a group, a bucket each; empty where no distribution was found.
    pub(crate) fn of_group(&self, group: usize) -> &[Sketch] {
        let cells = group * self.n_buckets..(group + 1) * self.n_buckets;
        self.cells.get(cells).unwrap_or_default()
    }

    fn merge_cell(&mut self, at: usize, sketch: &Sketch) {
        let cell = &mut self.cells[at];
        let before = cell.bins.len();
        match &self.space {
            // Averages and the like need no bins; most of the work is in merging those.
            Space::Plain(_) => {
                if cell.count == 0 {
                    (cell.min, cell.max) = (sketch.min, sketch.max);
                }
                cell.count += sketch.count;
                cell.sum += sketch.sum;
                cell.min = cell.min.min(sketch.min);
                cell.max = cell.max.max(sketch.max);
            }
            Space::CountIf(conditions) => {
                cell.count += count_if(sketch, conditions);
                // Tells a bucket with points of which none is counted from one without.
                cell.max = 1.0;
            }
            Space::Quantile(_) | Space::Spread => cell.merge(sketch),
        }
        self.n_bins += cell.bins.len() - before.min(cell.bins.len());
    }

    pub(crate) fn merge(&mut self, other: Self) -> Result<()> {
        if self.cells.is_empty() {
            (self.cells, self.n_bins) = (other.cells, other.n_bins);
            return Ok(());
        }
        for (at, cell) in other.cells.iter().enumerate() {
            if let Space::CountIf(_) = self.space {
                self.cells[at].count += cell.count;
                self.cells[at].max = self.cells[at].max.max(cell.max);
            } else if cell.count > 0 {
                self.merge_cell(at, cell);
            }
        }
        self.check_size()
    }

    fn check_size(&self) -> Result<()> {
        let bytes = self.cells.len() * size_of::<Sketch>() + self.n_bins * size_of::<model::Bin>();
        if bytes > self.bytes_max {
            return Err(Error::limited(format!(
                "the query needs more than {} bytes for its distributions: narrow it, group by \
                 fewer tags or use a longer interval",
                self.bytes_max
            )));
        }
        Ok(())
    }

    /// The line of a group; NaN where it has no value.
    pub(crate) fn line(&self, group: usize, n_buckets: usize) -> Vec<f64> {
        if self.cells.is_empty() {
            return vec![f64::NAN; n_buckets];
        }
        let cells = &self.cells[group * n_buckets..(group + 1) * n_buckets];
        cells.iter().map(|cell| self.value(cell)).collect()
    }

    fn value(&self, cell: &Sketch) -> f64 {
        match &self.space {
            Space::CountIf(_) if cell.max == 1.0 => cell.count as f64,
            _ if cell.count == 0 => f64::NAN,
            Space::Plain(PlainSpace::Avg) => cell.avg(),
            Space::Plain(PlainSpace::Sum) => cell.sum,
            Space::Plain(PlainSpace::Min) => cell.min,
            Space::Plain(PlainSpace::Max) => cell.max,
            Space::Plain(PlainSpace::Count) | Space::CountIf(_) | Space::Spread => {
                cell.count as f64
            }
            Space::Quantile(q) => cell.quantile(*q),
        }
    }
}

/// Points for which all the conditions hold, by whole bins.
fn count_if(sketch: &Sketch, conditions: &[ValueCondition]) -> u64 {
    let holds = |key: i32| {
        conditions.iter().all(|condition| {
            let limit = key_of_value(condition.value);
            match condition.op {
                Comparison::Lt => key < limit,
                Comparison::Le => key <= limit,
                Comparison::Gt => key > limit,
                Comparison::Ge => key >= limit,
                Comparison::Eq => key == limit,
                Comparison::Ne => key != limit,
            }
        })
    };
    sketch.bins.iter().filter(|bin| holds(bin.key)).map(|bin| bin.count).sum()
}
