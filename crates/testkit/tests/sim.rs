//! Some hundreds of seeds; `make sim` runs ten thousand.

use testkit::sim::{Plant, run};

#[test]
fn seeds_pass() {
    let mut total = testkit::sim::Report::default();
    for seed in 0..200 {
        match run(seed, Plant::Nothing) {
            Ok(report) => {
                total.n_crashes += report.n_crashes;
                total.n_merges += report.n_merges;
                total.n_refused += report.n_refused;
                total.n_acknowledged += report.n_acknowledged;
                total.n_reads += report.n_reads;
            }
            Err(what) => panic!("seed {seed}: {what}"),
        }
    }
    // A simulation in which nothing happens proves nothing.
    assert!(total.n_crashes > 200 && total.n_merges > 200, "{total:?}");
    assert!(total.n_refused > 500 && total.n_acknowledged > 5_000, "{total:?}");
    assert!(total.n_reads > 2000, "{total:?}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    assert_eq!(run(7, Plant::Nothing), run(7, Plant::Nothing));
}

#[test]
fn planted_bugs_are_found() {
    for plant in [Plant::SkipSync, Plant::DropPosition, Plant::DoubleFile] {
        let found = (0..50).find_map(|seed| run(seed, plant).err().map(|what| (seed, what)));
        let (seed, what) = found.unwrap_or_else(|| panic!("{plant:?} was not found"));
        eprintln!("{plant:?} is found by seed {seed}: {what}");
    }
}
