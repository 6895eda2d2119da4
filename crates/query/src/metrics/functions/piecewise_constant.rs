use super::{Args, Step, median, on_present};
use crate::error::Result;

/// The median of |difference of two normal deviates|.
const NORMAL_DIFFERENCE_MEDIAN: f64 = 0.953_872_552_408_939_8;

/// Steps of constant value: each segment shows the mean of its points. Gaps stay gaps and take no
/// part. Source: docs.datadoghq.com "Regression", *Piecewise constant*, which leaves open how the
/// segments are found.
///
/// Ours minimise `squared error + n_segments * 2 * variance * ln(n)`, Schwarz' criterion for steps
/// in normal noise, over all partitions; the variance is estimated by the median size of the
/// differences between neighbours, which steps hardly touch. Found by the search of Killick,
/// Fearnhead and Eckley, "Optimal detection of changepoints with a linear computational cost".
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    Ok(Step::values(|_, values| on_present(values, steps)))
}

fn steps(given: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(given.len());
    let mut start = 0;
    for end in ends(given, penalty(given)) {
        let segment = &given[start..end];
        let mean = segment.iter().sum::<f64>() / segment.len() as f64;
        out.extend(std::iter::repeat_n(mean, segment.len()));
        start = end;
    }
    out
}

fn penalty(given: &[f64]) -> f64 {
    if given.len() < 2 {
        return 0.0;
    }
    let mut sizes: Vec<f64> = given.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let deviation = median(&mut sizes) / NORMAL_DIFFERENCE_MEDIAN;
    2.0 * deviation * deviation * (given.len() as f64).ln()
}

/// Where the segments of the best partition end, in order; the last is the length.
fn ends(given: &[f64], penalty: f64) -> Vec<usize> {
    let n = given.len();
    let mean = given.iter().sum::<f64>() / n.max(1) as f64;
    // Sums of the values and their squares up to each point; around the mean, lest digits are lost.
    let mut sums = vec![(0.0, 0.0); n + 1];
    for (i, value) in given.iter().enumerate() {
        let v = value - mean;
        sums[i + 1] = (sums[i].0 + v, sums[i].1 + v * v);
    }
    let error = |start: usize, end: usize| {
        let sum: f64 = sums[end].0 - sums[start].0;
        sums[end].1 - sums[start].1 - sum * sum / (end - start) as f64
    };
    // The least cost up to each end, and where its last segment starts.
    let mut best = vec![(-penalty, 0); n + 1];
    let mut starts = vec![0];
    for end in 1..=n {
        let cost = |start: &usize| (best[*start].0 + error(*start, end), *start);
        let costs: Vec<(f64, usize)> = starts.iter().map(cost).collect();
        let least = costs.iter().copied().reduce(|a, b| if b.0 < a.0 { b } else { a });
        let (least, start) = least.unwrap_or((0.0, 0));
        best[end] = (least + penalty, start);
        // A start that costs more even without a further segment will never be the best again.
        starts = costs.into_iter().filter(|(c, _)| *c <= best[end].0).map(|(_, s)| s).collect();
        starts.push(end);
    }
    let mut ends = Vec::new();
    let mut end = n;
    while end > 0 {
        ends.push(end);
        end = best[end].1;
    }
    ends.reverse();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_steps_in_a_ramp_and_exact_ones_in_a_staircase() {
        let ramp: Vec<f64> = (0..100).map(f64::from).collect();
        let mut drawn = steps(&ramp);
        drawn.dedup();
        assert!((5..40).contains(&drawn.len()), "{}", drawn.len());
        let stairs = [[1.0; 10], [7.0; 10], [3.0; 10]].concat();
        assert_eq!(steps(&stairs), stairs);
        assert_eq!(steps(&[]), [0.0; 0]);
        assert_eq!(steps(&[5.0]), [5.0]);
    }
}
