//! `sim --seeds N` runs the seeds 0..N on all cores, `sim --seed N` replays one; `--plant BUG` plants
//! one of `skip-sync`, `drop-position`, `double-file`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use testkit::sim::{Plant, run};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut from, mut to, mut plant) = (0, 10_000, Plant::Nothing);
    while let (Some(name), Some(value)) = (args.next(), args.next()) {
        let number = || value.parse::<u64>();
        match (name.as_str(), number()) {
            ("--seeds", Ok(n)) => (from, to) = (0, n),
            ("--seed", Ok(n)) => (from, to) = (n, n + 1),
            ("--plant", _) => match Plant::from_name(&value) {
                Some(known) => plant = known,
                None => return usage(&format!("unknown bug {value}")),
            },
            _ => return usage(&format!("cannot use {name} {value}")),
        }
    }
    run_all(from, to, plant)
}

fn usage(what: &str) -> ExitCode {
    eprintln!("{what}\nusage: sim [--seeds N | --seed N] [--plant BUG]");
    ExitCode::from(2)
}

fn run_all(from: u64, to: u64, plant: Plant) -> ExitCode {
    let (next, n_failed) = (AtomicU64::new(from), AtomicU64::new(0));
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= to {
                        return;
                    }
                    if let Err(what) = run(seed, plant) {
                        n_failed.fetch_add(1, Ordering::Relaxed);
                        println!("seed {seed}: {what}");
                    }
                    if (seed - from + 1).is_multiple_of(1000) {
                        println!("{} seeds", seed - from + 1);
                    }
                }
            });
        }
    });
    let n_failed = n_failed.into_inner();
    println!("{} seeds: {} passed, {n_failed} failed", to - from, to - from - n_failed);
    if n_failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
