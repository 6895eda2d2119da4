//! Robust statistics: of numbers of which some are wild.

/// Within one standard deviation of a normal distribution's mean: the share of its values.
const WITHIN_ONE_SIGMA: f64 = 0.682_689_492_137_085_9;
/// The mean absolute deviation of a normal distribution is this much smaller than its standard one.
const SIGMA_OF_MEAN_DEVIATION: f64 = 1.253_314_137_315_500_3;
/// Pairs of six points, rounded up.
const PAIRS_FEW: usize = 16;
/// Up to so many numbers are put in order as a whole.
const SORTED: usize = 24;
/// How much a spread estimated of few numbers is widened: by this divided by their number.
const FEW: f64 = 5.0;

/// NaN of none.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// With linear interpolation between the two nearest, as numpy does it; NaN of none. Changes the
/// order.
pub(crate) fn quantile(values: &mut [f64], q: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = q * last as f64;
    let i = (at.floor() as usize).min(last);
    if values.len() <= SORTED {
        values.sort_unstable_by(f64::total_cmp);
        let (low, part) = (values[i], at - i as f64);
        return if part > 0.0 { low + (values[i + 1] - low) * part } else { low };
    }
    let (_, low, above) = values.select_nth_unstable_by(i, f64::total_cmp);
    let low = *low;
    let part = at - i as f64;
    if part <= 0.0 || above.is_empty() {
        return low;
    }
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    low + (high - low) * part
}

/// The standard deviation of errors around 0, as two thirds of them tell it: a third may be wild.
/// Where two thirds are exactly 0 (rare events), as the mean error tells it. NaN of none.
pub(super) fn spread(errors: &mut [f64]) -> f64 {
    errors.iter_mut().for_each(|error| *error = error.abs());
    let sigma = quantile(errors, WITHIN_ONE_SIGMA);
    if sigma > 0.0 || errors.is_empty() {
        return sigma;
    }
    errors.iter().sum::<f64>() / errors.len() as f64 * SIGMA_OF_MEAN_DEVIATION
}

/// What a spread of so many numbers is multiplied by: few of them tell it badly.
pub(super) fn for_few(n: usize) -> f64 {
    1.0 + FEW / n.max(1) as f64
}

/// `y = intercept + slope * x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Straight {
    pub slope: f64,
    pub intercept: f64,
}

impl Straight {
    pub(super) fn at(self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// Theil and Sen's line: the median of the slopes between all pairs, through the median of what is
/// left. More than a quarter of the points may be wild. `None` of less than two points.
///
/// Compares all pairs: give it some hundreds of points at most.
pub(super) fn theil_sen(points: &[(f64, f64)]) -> Option<Straight> {
    let n_pairs = points.len() * points.len().saturating_sub(1) / 2;
    // Of a handful, as for each bucket of a band, without the heap.
    let mut few = [0.0; PAIRS_FEW];
    let mut many = Vec::new();
    let buffer = if n_pairs <= PAIRS_FEW {
        &mut few[..]
    } else {
        many.resize(n_pairs, 0.0);
        &mut many[..]
    };
    let mut n = 0;
    for (i, &(x, y)) in points.iter().enumerate() {
        for &(x2, y2) in points[i + 1..].iter().filter(|(x2, _)| *x2 != x) {
            buffer[n] = (y2 - y) / (x2 - x);
            n += 1;
        }
    }
    if n == 0 {
        return None;
    }
    let slope = median(&mut buffer[..n]);
    // There are at least as many pairs as points, but for two points.
    let mut two = [0.0; 2];
    let rests = if points.len() == 2 { &mut two[..] } else { &mut buffer[..points.len()] };
    rests.iter_mut().zip(points).for_each(|(rest, (x, y))| *rest = y - slope * x);
    Some(Straight { slope, intercept: median(rests) })
}
