use base::Clock;
use lang::metrics::ast::{MetricQuery, RollupMethod, Scope, SpaceAgg};
use model::{MINUTE_MS, MetricKind};
use storage::Rollups;

use super::*;
use crate::metrics::grid::Width;

fn recipe(agg: SpaceAgg) -> Recipe {
    let query = MetricQuery {
        agg: Some(agg),
        metric: "m".into(),
        scope: Scope::All,
        by: Vec::new(),
        modifiers: Vec::new(),
    };
    Recipe::new(&query).unwrap()
}

fn grid(minutes: i64, width_ms: i64) -> Grid {
    let window = TimeRange::new(0, minutes * MINUTE_MS);
    Grid::new(window, Width::Fixed { ms: width_ms }, (0, 0)).unwrap()
}

fn whole(groups: Vec<u32>) -> Vec<Membership> {
    vec![Membership { range: TimeRange::ALL, groups }]
}

/// Each method gives the same from points and from rollups of those points.
#[test]
fn rollups_answer_as_points() {
    let times: Vec<i64> = (0..240).map(|i| i * 15_000).collect();
    let values: Vec<f64> = (0..240).map(|i| f64::from(i * 7 % 31)).collect();
    let mut rollups = Rollups { width_ms: 300_000, ..Rollups::default() };
    for (run, start) in values.chunks(20).zip(times.iter().step_by(20)) {
        rollups.times.push(*start);
        rollups.counts.push(run.len() as u64);
        rollups.sums.push(run.iter().sum());
        rollups.mins.push(run.iter().copied().fold(f64::INFINITY, f64::min));
        rollups.maxs.push(run.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        rollups.lasts.push(run[run.len() - 1]);
    }
    let parts = [SeriesPart::Points { times, values }, SeriesPart::Rollups(rollups)];
    let grid = grid(60, 600_000);
    for method in [
        RollupMethod::Avg,
        RollupMethod::Sum,
        RollupMethod::Min,
        RollupMethod::Max,
        RollupMethod::Count,
        RollupMethod::Last,
    ] {
        let recipe = Recipe { method: Some(method), ..recipe(SpaceAgg::Sum) };
        let rule = recipe.rule(MetricKind::Gauge, 15);
        let line = |part: &SeriesPart| {
            let mut partial = Partial::new(&recipe, &grid, 1, usize::MAX);
            let part = std::slice::from_ref(part);
            partial.add((&recipe, &grid, 1), rule, part, &whole(vec![0])).unwrap();
            partial.line(&recipe, &grid, 0)
        };
        assert_eq!(line(&parts[0]), line(&parts[1]), "{method:?}");
        assert!(line(&parts[0]).iter().all(|v| !v.is_nan()));
    }
}

/// Partial sums of some series each give what one pass over all gives.
#[test]
fn partials_merge() {
    for agg in [SpaceAgg::Avg, SpaceAgg::Sum, SpaceAgg::Min, SpaceAgg::Max, SpaceAgg::Count] {
        let recipe = recipe(agg.clone());
        let grid = grid(5, 60_000);
        let rule = recipe.rule(MetricKind::Gauge, 60);
        let series = |n: i64| {
            let times: Vec<i64> = (0..5).filter(|i| i % n == 0).map(|i| i * MINUTE_MS).collect();
            let values = times.iter().map(|t| (t * n % 97_000) as f64).collect();
            vec![SeriesPart::Points { times, values }]
        };
        let fold = |numbers: &[i64]| {
            let mut partial = Partial::new(&recipe, &grid, 2, usize::MAX);
            for &n in numbers {
                let groups = whole(vec![(n % 2) as u32]);
                partial.add((&recipe, &grid, 2), rule, &series(n), &groups).unwrap();
            }
            partial
        };
        let all = fold(&[1, 2, 3, 4]);
        let mut merged = fold(&[]);
        merged.merge(fold(&[1, 4])).unwrap();
        merged.merge(fold(&[2, 3])).unwrap();
        for group in 0..2 {
            let (want, got) = (all.line(&recipe, &grid, group), merged.line(&recipe, &grid, group));
            assert_eq!(format!("{want:?}"), format!("{got:?}"), "{agg:?}");
        }
    }
}

/// The time of the operator alone for 1000 hosts of a day at 15 s, by 5 minutes:
/// `cargo test --release -p query operator_speed -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn operator_speed() {
    let parts: Vec<Vec<SeriesPart>> = (0..1000)
        .map(|host| {
            let times = (0..5760).map(|i| i * 15_000).collect();
            let values = (0..5760).map(|i| f64::from((i * 31 + host) % 1009)).collect();
            vec![SeriesPart::Points { times, values }]
        })
        .collect();
    let clock = Clock::system();
    let recipe = recipe(SpaceAgg::Avg);
    let grid = grid(24 * 60, 300_000);
    let rule = recipe.rule(MetricKind::Gauge, 15);
    for n_groups in [1, 1000] {
        for _ in 0..3 {
            let start = clock.monotonic();
            let mut partial = Partial::new(&recipe, &grid, n_groups, usize::MAX);
            for (host, parts) in parts.iter().enumerate() {
                let groups = whole(vec![(host % n_groups) as u32]);
                partial.add((&recipe, &grid, n_groups), rule, parts, &groups).unwrap();
            }
            let line = partial.line(&recipe, &grid, 0);
            println!("{n_groups} groups: {:?}, {}", clock.monotonic() - start, line[0]);
        }
    }
}
