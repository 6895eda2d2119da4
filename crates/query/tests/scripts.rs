//! Runs the scripts of `tests/scripts`: points in, queries, the lines that come out.
//!
//! ```text
//! load 10s                                     each series below has a point every 10 s from 0 on
//!   gauge my.metric{host:a,env:prod} 1 2 _ 4x3 5+1x3      no point; 4 4 4; 5 6 7
//!   dist latency{host:a} [1,2,3] _ [4]
//! now 2h                                       queries are asked at that time
//! host a 30 agent env:prod,team:core           tags of a host from second 30 on, by source
//! eval 0..60 avg:my.metric{*} by {host}        window in seconds; `eval 0..60/20` sets an interval
//!   host:a 0/10: 1 2 _ 4 4 4                   tags, first bucket / interval: values
//! ```
//!
//! `histogram linear,4 0..60 latency{*}` counts values on an axis (`log,4,1,1000`: with its ends).
//! `marks` in place of `eval` shows what functions say about lines.
//! Second 0 is 2024-01-01 00:00 UTC, a Monday. `names` in place of `eval` shows the names of lines,
//! `scalar AGGREGATOR` one number. `ACCEPT=1` writes what came out into the scripts.
//! Each script runs over series in memory and over the store: buffered, flushed, rolled up, and asked
//! again after more has come.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "scripts/format.rs"]
mod format;
#[path = "scripts/formulas.rs"]
mod formulas;
#[path = "scripts/published.rs"]
mod published;
#[path = "scripts/reference.rs"]
mod reference;
#[path = "scripts/stores.rs"]
mod stores;

use std::fs;
use std::path::{Path, PathBuf};

use format::{Command, Script};
use stores::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_in_memory() {
    run_all(Place::Memory).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_over_buffers() {
    run_all(Place::Buffers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_over_files() {
    run_all(Place::Files).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_over_rollups() {
    run_all(Place::Rollups).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_over_kept_answers() {
    run_all(Place::Growing).await;
}

async fn run_all(place: Place) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts/metrics");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "test"));
    paths.sort();
    assert!(paths.len() > 10, "the scripts are missing");
    let accepts = std::env::var_os("ACCEPT").is_some() && place == Place::Memory;
    let mut failures = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let got = run_script(&Script::parse(&text), place).await;
        if accepts && got != text {
            fs::write(&path, &got).unwrap();
        } else if got != text {
            failures.push(format!("{}:\n{}", path.display(), first_difference(&text, &got)));
        }
    }
    assert!(failures.is_empty(), "{place:?}\n{}", failures.join("\n"));
}

/// The script as it would be if all that came out were expected.
async fn run_script(script: &Script, place: Place) -> String {
    let mut out = String::new();
    let mut data = stores::Data::default();
    let mut engine = None;
    for command in &script.commands {
        out.push_str(&command.text);
        out.push('\n');
        match &command.what {
            Command::Text => {}
            Command::Series(series) => {
                data.series.push(series.clone());
                engine = None;
            }
            Command::Host(row) => {
                data.hosts.push(row.clone());
                engine = None;
            }
            Command::Now(now_ms) => {
                data.now_ms = Some(*now_ms);
                engine = None;
            }
            Command::Clear => {
                data = stores::Data::default();
                engine = None;
            }
            Command::Eval(eval) => {
                if engine.is_none() {
                    engine = Some(stores::open(&data, place).await);
                }
                let (now, folder) = engine.as_ref().unwrap();
                if place == Place::Growing {
                    let _of_half = eval.run(now).await;
                    folder.as_ref().unwrap().grow(&data).await;
                    let first = eval.run(now).await;
                    assert_eq!(eval.run(now).await, first, "asked again: {}", command.text);
                }
                for line in eval.run(now).await {
                    out.push_str(&format!("  {line}\n"));
                }
                if place == Place::Growing {
                    engine = None;
                }
            }
        }
    }
    out
}

fn first_difference(want: &str, got: &str) -> String {
    let mut context = Vec::new();
    for (i, (w, g)) in want.lines().zip(got.lines().chain(std::iter::repeat(""))).enumerate() {
        if w != g {
            return format!("line {}\n{}\nwant {w}\ngot  {g}", i + 1, context.join("\n"));
        }
        if !w.starts_with(' ') {
            context = vec![w];
        }
    }
    format!("longer than expected: {}", got.lines().nth(want.lines().count()).unwrap_or(""))
}

/// What functions read of the time before the window is kept like the window itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_kept() {
    let text = "load 1h\n  gauge m{host:a} 1 2 3 4 5 6 7 8 9 9x90 3\n\
        eval 80h..100h/1h anomalies(avg:m{*}, 'robust', 2, seasonality='daily')\n\
        eval 80h..100h/1h forecast(avg:m{*}, 'linear', 2)\n\
        eval 80h..100h/1h ewma_5(avg:m{*})\n";
    let script = Script::parse(text);
    let mut data = stores::Data::default();
    for line in &script.commands {
        match &line.what {
            Command::Series(series) => data.series.push(series.clone()),
            Command::Eval(eval) => {
                let (engine, _folder) = stores::open(&data, Place::Buffers).await;
                let first = eval.run(&engine).await;
                let kept = engine.cache_bytes();
                assert!(kept > 0, "{}", line.text);
                assert_eq!(eval.run(&engine).await, first, "{}", line.text);
                assert_eq!(engine.cache_bytes(), kept, "{}", line.text);
            }
            _ => {}
        }
    }
}
