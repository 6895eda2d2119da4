//! `outliers`: marks the lines that behave unlike the others; values stay as they are.
//!
//! Sources: docs.datadoghq.com "Outlier Monitor"; Datadog's "Outlier detection: a look at the
//! algorithms". At least [`LINES_MIN`] lines are compared; of fewer none is an outlier.
//!
//! **DBSCAN**: a line is a point in as many dimensions as there are times. Lines nearer to each
//! other than a distance belong together, and so do all that hang together by such pairs; what is
//! not in the largest cluster is an outlier. The distance is `tolerance * √2 * the median of the
//! lines' distances to the median line` (at each time the median of the lines). Datadog leaves the
//! constant open: with √2 a tolerance of 1 is how far two usual lines of independent noise stand
//! apart.
//!
//! **MAD**: a value is an outlier if it is further than `tolerance * 1.4826 * the median absolute
//! deviation` from the median of all values of all lines; a line is one if more than `percentage`
//! percent of its values are.
//!
//! **scaledDBSCAN**, **scaledMAD**: the same, but deviations that are small by the size of the
//! values do not count, which Datadog says without a definition. Ours: the median distance, or the
//! deviation, is taken to be at least 1 % of the size of the median line, or of the median.
//!
//! Our choices besides: a value that is missing is as far off as the line's others are; of equally
//! large clusters the one nearer to the median line is the usual one; tolerance 3, 20 percent by
//! default; no more than [`LINES_MAX`] lines are compared, by their order, as the time grows with
//! their square.

use super::{Args, Step, median};
use crate::error::Result;
use crate::metrics::frame::Frame;

const LINES_MIN: usize = 3;
/// Two million distances of three hundred values are a second.
const LINES_MAX: usize = 1000;
const TOLERANCE_DEFAULT: f64 = 3.0;
const PERCENTAGE_DEFAULT: f64 = 20.0;
/// Makes the median absolute deviation of normal noise its standard deviation.
const NORMAL_SCALE: f64 = 1.4826;
/// Of the values' size: the least deviation of the scaled algorithms.
const SCALED_SHARE: f64 = 0.01;

#[derive(Clone, Copy, Debug)]
struct Rule {
    algorithm: Algorithm,
    is_scaled: bool,
    tolerance: f64,
    /// Over 0 to 1.
    share: f64,
}

#[derive(Clone, Copy, Debug)]
enum Algorithm {
    Dbscan,
    Mad,
}

pub(super) fn plan(args: &Args<'_>) -> Result<Step> {
    let name = args.word(1, "algorithm")?.unwrap_or_else(|| "dbscan".into());
    let (algorithm, is_scaled) = match name.as_str() {
        "dbscan" => (Algorithm::Dbscan, false),
        "scaleddbscan" => (Algorithm::Dbscan, true),
        "mad" => (Algorithm::Mad, false),
        "scaledmad" => (Algorithm::Mad, true),
        _ => return Err(args.error("expected DBSCAN, MAD, scaledDBSCAN or scaledMAD")),
    };
    let tolerance = args.number_or(2, "tolerance", TOLERANCE_DEFAULT)?;
    if tolerance <= 0.0 {
        return Err(args.error("expected a tolerance over 0"));
    }
    let percentage = args.number_or(3, "percentage", PERCENTAGE_DEFAULT)?;
    if !(0.0..=100.0).contains(&percentage) {
        return Err(args.error("expected a percentage of 0 to 100"));
    }
    let rule = Rule { algorithm, is_scaled, tolerance, share: percentage / 100.0 };
    Ok(Step::frames(move |mut frames| {
        let given: Vec<&Frame> = frames.iter().filter(|f| f.has_values()).take(LINES_MAX).collect();
        let lines: Vec<&[f64]> = given.iter().map(|frame| frame.values.as_slice()).collect();
        let mut found = rule.outliers(&lines).into_iter();
        for frame in &mut frames {
            let is_outlier = frame.has_values() && found.next().unwrap_or(false);
            frame.marks.get_or_insert_default().is_outlier = Some(is_outlier);
        }
        frames
    }))
}

impl Rule {
    /// Whether each line is an outlier. Lines are beside each other, NaN where there is no value;
    /// each has one somewhere.
    fn outliers(&self, lines: &[&[f64]]) -> Vec<bool> {
        if lines.len() < LINES_MIN {
            return vec![false; lines.len()];
        }
        match self.algorithm {
            Algorithm::Dbscan => self.apart(lines),
            Algorithm::Mad => self.far_off(lines),
        }
    }

    fn apart(&self, lines: &[&[f64]]) -> Vec<bool> {
        let middle = median_line(lines);
        let from_middle: Vec<f64> = lines.iter().map(|line| distance(line, &middle)).collect();
        let mut usual = median(&mut from_middle.clone());
        let size = distance(&middle, &vec![0.0; middle.len()]);
        // Lines that are equal but for rounding are equal.
        usual = usual.max(size * if self.is_scaled { SCALED_SHARE } else { 1e-12 });
        let reach = self.tolerance * std::f64::consts::SQRT_2 * usual;
        let cluster_of = clusters(lines, reach);
        let n_clusters = cluster_of.iter().max().map_or(0, |last| last + 1);
        let mut sizes = vec![(0usize, f64::INFINITY); n_clusters];
        for (cluster, far) in cluster_of.iter().zip(&from_middle) {
            sizes[*cluster].0 += 1;
            sizes[*cluster].1 = sizes[*cluster].1.min(*far);
        }
        let larger = |a: &usize, b: &usize| {
            sizes[*a].0.cmp(&sizes[*b].0).then(sizes[*b].1.total_cmp(&sizes[*a].1))
        };
        let usual = (0..n_clusters).rev().max_by(larger);
        cluster_of.iter().map(|cluster| Some(*cluster) != usual).collect()
    }

    fn far_off(&self, lines: &[&[f64]]) -> Vec<bool> {
        let given =
            |line: &&[f64]| line.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<_>>();
        let mut all: Vec<f64> = lines.iter().flat_map(given).collect();
        let middle = median(&mut all);
        all.iter_mut().for_each(|value| *value = (*value - middle).abs());
        let mut deviation = NORMAL_SCALE * median(&mut all);
        if self.is_scaled {
            deviation = deviation.max(middle.abs() * SCALED_SHARE);
        }
        let is_off = |value: &&f64| (**value - middle).abs() > self.tolerance * deviation;
        let is_outlier = |line: &&[f64]| {
            let values = given(line);
            let n_off = values.iter().filter(is_off).count();
            n_off as f64 > self.share * values.len() as f64
        };
        lines.iter().map(is_outlier).collect()
    }
}

/// At each time the median of the lines; NaN where none has a value.
fn median_line(lines: &[&[f64]]) -> Vec<f64> {
    let n_times = lines.iter().map(|line| line.len()).min().unwrap_or(0);
    let at = |i: usize| lines.iter().map(move |line| line[i]).filter(|v| !v.is_nan());
    (0..n_times).map(|i| median(&mut at(i).collect::<Vec<f64>>())).collect()
}

/// Euclid's, over the times that both have, made as long as if they had all; infinite if they have
/// none.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).filter(|square| !square.is_nan());
    let (n_both, sum) = squares.fold((0usize, 0.0), |(n, sum), square| (n + 1, sum + square));
    if n_both == 0 { f64::INFINITY } else { (sum * n as f64 / n_both as f64).sqrt() }
}

/// The cluster of each line, counted from 0: lines within reach of each other share one, and so do
/// those that hang together by others.
fn clusters(lines: &[&[f64]], reach: f64) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let mut cluster_of = vec![NONE; lines.len()];
    let mut n_clusters = 0;
    for first in 0..lines.len() {
        if cluster_of[first] != NONE {
            continue;
        }
        cluster_of[first] = n_clusters;
        let mut open = vec![first];
        while let Some(line) = open.pop() {
            for other in 0..lines.len() {
                if cluster_of[other] == NONE && distance(lines[line], lines[other]) <= reach {
                    cluster_of[other] = n_clusters;
                    open.push(other);
                }
            }
        }
        n_clusters += 1;
    }
    cluster_of
}

#[cfg(test)]
mod tests;
