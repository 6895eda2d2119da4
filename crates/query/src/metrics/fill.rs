//! Filling the gaps of one line.

use lang::metrics::ast::FillKind;

use super::recipe::FillRule;

/// Fills the gaps between real values; `times` are the bucket starts, NaN is "no value".
///
/// Linear needs a real value on both sides, unless it holds the last one. All kinds reach `limit_ms` past a real value and fill
/// nothing before the first one, except that zero and constants also fill up to the first one.
pub(crate) fn fill(times: &[i64], values: &mut [f64], rule: FillRule) {
    match rule.kind {
        FillKind::Null => {}
        FillKind::Linear => fill_linear(times, values, rule),
        FillKind::Last => fill_after(times, values, rule.limit_ms, |last| last),
        FillKind::Zero => fill_constant(times, values, rule.limit_ms, 0.0),
        FillKind::Value(value) => fill_constant(times, values, rule.limit_ms, value),
    }
}

fn fill_linear(times: &[i64], values: &mut [f64], rule: FillRule) {
    let mut last: Option<usize> = None;
    for i in 0..values.len() {
        if values[i].is_nan() {
            continue;
        }
        if let Some(start) = last.filter(|&start| start + 1 < i) {
            let (t0, v0) = (times[start], values[start]);
            let slope = (values[i] - v0) / (times[i] - t0) as f64;
            for gap in start + 1..i {
                if times[gap] - t0 > rule.limit_ms {
                    break;
                }
                values[gap] = v0 + slope * (times[gap] - t0) as f64;
            }
        }
        last = Some(i);
    }
    if let Some(last) = last.filter(|_| rule.holds) {
        fill_after(&times[last..], &mut values[last..], rule.limit_ms, |value| value);
    }
}

fn fill_after(times: &[i64], values: &mut [f64], limit_ms: i64, with: impl Fn(f64) -> f64) {
    let mut last: Option<(i64, f64)> = None;
    for (&time, value) in times.iter().zip(values) {
        if !value.is_nan() {
            last = Some((time, *value));
        } else if let Some((_, v)) = last.filter(|(t, _)| time - t <= limit_ms) {
            *value = with(v);
        }
    }
}

fn fill_constant(times: &[i64], values: &mut [f64], limit_ms: i64, constant: f64) {
    fill_after(times, values, limit_ms, |_| constant);
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: f64 = f64::NAN;

    fn check(kind: FillKind, limit_ms: i64, input: &[f64], expect: &[f64]) {
        let times: Vec<i64> = (0..input.len() as i64).map(|i| i * 10).collect();
        let mut values = input.to_vec();
        fill(&times, &mut values, FillRule { kind, limit_ms, holds: false });
        assert_eq!(format!("{values:?}"), format!("{expect:?}"), "{kind:?} {limit_ms}");
    }

    #[test]
    fn gaps() {
        let input = [NONE, 2.0, NONE, NONE, 8.0, NONE];
        check(FillKind::Linear, 100, &input, &[NONE, 2.0, 4.0, 6.0, 8.0, NONE]);
        check(FillKind::Linear, 10, &input, &[NONE, 2.0, 4.0, NONE, 8.0, NONE]);
        check(FillKind::Last, 100, &input, &[NONE, 2.0, 2.0, 2.0, 8.0, 8.0]);
        check(FillKind::Last, 10, &input, &[NONE, 2.0, 2.0, NONE, 8.0, 8.0]);
        check(FillKind::Zero, 100, &input, &[NONE, 2.0, 0.0, 0.0, 8.0, 0.0]);
        check(FillKind::Value(7.0), 10, &input, &[NONE, 2.0, 7.0, NONE, 8.0, 7.0]);
        check(FillKind::Null, 100, &input, &input);
        check(FillKind::Linear, 100, &[NONE; 6], &[NONE; 6]);
    }
}
