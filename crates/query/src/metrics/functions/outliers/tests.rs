use super::*;

/// Uniform in 0 to 1, the same on every run (Marsaglia's xorshift).
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Twelve uniform numbers: normal enough up to three deviations.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

fn rule(name: &str, tolerance: f64) -> Rule {
    let is_mad = name.ends_with("MAD");
    Rule {
        algorithm: if is_mad { Algorithm::Mad } else { Algorithm::Dbscan },
        is_scaled: name.starts_with("scaled"),
        tolerance,
        share: 0.2,
    }
}

fn check(name: &str, lines: &[&[f64]], expect: &[usize]) {
    let found = rule(name, 3.0).outliers(lines);
    let found: Vec<usize> = (0..lines.len()).filter(|i| found[*i]).collect();
    assert_eq!(found, expect, "{name} {lines:?}");
}

#[test]
fn lines_that_differ() {
    const NONE: f64 = f64::NAN;
    let apart: &[&[f64]] = &[&[1.0, 2.0], &[1.1, 2.0], &[1.0, 2.1], &[9.0, 9.0]];
    for name in ["DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD"] {
        check(name, apart, &[3]);
        check(name, &apart[..2], &[]);
        check(name, &[], &[]);
        check(name, &[&[5.0], &[5.0], &[5.0]], &[]);
    }
    // Close by their size: only what is not scaled tells them apart.
    let close: &[&[f64]] = &[&[1000.0], &[1000.0], &[1000.0], &[1001.0]];
    check("DBSCAN", close, &[3]);
    check("scaledDBSCAN", close, &[]);
    check("MAD", close, &[3]);
    check("scaledMAD", close, &[]);
    // Out of step: far for DBSCAN, while each value is a usual one.
    let waves: &[&[f64]] = &[
        &[0.0, 9.0, 0.1, 9.1, 0.0, 9.0],
        &[0.1, 9.0, 0.0, 9.0, 0.1, 9.0],
        &[0.0, 9.1, 0.0, 9.0, 0.0, 9.1],
        &[9.0, 0.0, 9.0, 0.0, 9.1, 0.0],
    ];
    check("DBSCAN", waves, &[3]);
    check("MAD", waves, &[]);
    // A gap is no difference.
    check("DBSCAN", &[&[1.0, 2.0], &[1.1, NONE], &[1.0, 2.1], &[9.0, NONE]], &[3]);
}

/// Share of lines that are marked in noise in which none should be. Stated in `docs/functions.md`.
#[test]
fn false_alarms_are_few() {
    let mut noise = Noise(42);
    let (n_groups, n_lines, n_times) = (200, 20, 60);
    let mut bounds = vec![
        // Independent noise at each time; lines that each stay at a level of their own.
        ("DBSCAN", 0.0, 0.001),
        ("MAD", 0.0, 0.001),
        ("DBSCAN", 1.0, 0.01),
        ("MAD", 1.0, 0.02),
    ];
    let mut measured = Vec::new();
    for (name, own_level, most) in &mut bounds {
        let mut n_marked = 0;
        for _ in 0..n_groups {
            let line = |noise: &mut Noise| {
                let level = 100.0 + 10.0 * *own_level * noise.normal();
                (0..n_times).map(|_| level + noise.normal()).collect::<Vec<f64>>()
            };
            let lines: Vec<Vec<f64>> = (0..n_lines).map(|_| line(&mut noise)).collect();
            let lines: Vec<&[f64]> = lines.iter().map(Vec::as_slice).collect();
            let found = rule(name, 3.0).outliers(&lines);
            n_marked += found.iter().filter(|is_outlier| **is_outlier).count();
        }
        let rate = f64::from(n_marked as u32) / f64::from(n_groups * n_lines);
        measured.push((*name, *own_level, rate, *most));
    }
    assert!(measured.iter().all(|(_, _, rate, most)| rate <= most), "{measured:?}");
}
