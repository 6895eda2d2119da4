//! Sets of time: sorted half-open stretches that do not touch.

use model::TimeRange;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Windows(Vec<(i64, i64)>);

impl Windows {
    pub(crate) fn of(range: TimeRange) -> Self {
        Self::from_unsorted([(range.from, range.to)])
    }

    pub(crate) fn from_unsorted(stretches: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut stretches: Vec<_> = stretches.into_iter().filter(|s| s.0 < s.1).collect();
        stretches.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::with_capacity(stretches.len());
        for (from, to) in stretches {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().copied()
    }

    pub(crate) fn overlaps(&self, min: i64, max: i64) -> bool {
        let i = self.0.partition_point(|w| w.1 <= min);
        self.0.get(i).is_some_and(|w| w.0 <= max)
    }

    pub(crate) fn intersect(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            let (from, to) = (a.0.max(b.0), a.1.min(b.1));
            if from < to {
                found.push((from, to));
            }
            if a.1 <= b.1 { i += 1 } else { j += 1 }
        }
        Self(found)
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut j = 0;
        for &(mut from, to) in &self.0 {
            while other.0.get(j).is_some_and(|w| w.1 <= from) {
                j += 1;
            }
            for &(cut_from, cut_to) in &other.0[j..] {
                if cut_from >= to {
                    break;
                }
                if from < cut_from {
                    left.push((from, cut_from));
                }
                from = from.max(cut_to);
            }
            if from < to {
                left.push((from, to));
            }
        }
        Self(left)
    }

    /// Adds the stretches of another set.
    pub(crate) fn unite(&self, other: &Self) -> Self {
        Self::from_unsorted(self.iter().chain(other.iter()))
    }

    /// For ascending times: the places of those inside, stretch by stretch.
    pub(crate) fn slices<'a>(
        &'a self,
        times: &'a [i64],
    ) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
        self.0.iter().filter_map(move |&(from, to)| {
            let start = times.partition_point(|&t| t < from);
            let end = times.partition_point(|&t| t < to);
            (start < end).then_some(start..end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(stretches: &[(i64, i64)]) -> Windows {
        Windows::from_unsorted(stretches.iter().copied())
    }

    #[test]
    fn sets() {
        let a = set(&[(0, 10), (20, 30)]);
        assert_eq!(a.intersect(&set(&[(5, 25)])), set(&[(5, 10), (20, 25)]));
        assert_eq!(a.subtract(&set(&[(5, 25)])), set(&[(0, 5), (25, 30)]));
        assert_eq!(
            a.subtract(&set(&[(2, 3), (4, 5), (29, 40)])),
            set(&[(0, 2), (3, 4), (5, 10), (20, 29)])
        );
        assert_eq!(a.subtract(&set(&[(-5, 50)])), set(&[]));
        assert_eq!(a.unite(&set(&[(10, 20)])), set(&[(0, 30)]));
        assert!(a.overlaps(9, 9) && !a.overlaps(10, 19) && a.overlaps(10, 20));
        let slices: Vec<_> = a.slices(&[-1, 0, 9, 10, 20, 31]).collect();
        assert_eq!(slices, [1..3, 4..5]);
    }
}
