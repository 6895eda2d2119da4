//! `check NAME`: runs a check in this process and shows what it collects.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::check::CheckRun;
use crate::checks::{Catalog, CheckContext, Instance};
use crate::host::hostname::{Place, resolve};
use crate::schedule::{InstanceStats, Outcome, run_once};
use crate::status::{self, text};

use super::{CliError, Context, Result, json_text, say};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The check's name, such as cpu
    name: String,
    /// Run it twice, one second apart, so that rates are seen
    #[arg(short = 'r', long)]
    check_rate: bool,
    /// Run it so many times
    #[arg(short = 't', long, default_value_t = 1)]
    check_times: u32,
    /// Milliseconds between runs
    #[arg(long, default_value_t = 1000)]
    pause: u64,
    /// Milliseconds before the first run
    #[arg(short, long, default_value_t = 0)]
    delay: u64,
    /// Taken for the official Agent's sake: what a check says of itself is in its block
    #[arg(short, long, hide = true)]
    log_level: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<ExitCode> {
    let config = context.config()?;
    let check_context = {
        let made = CheckContext::new(&config, &context.clock, Arc::from(""));
        let hostname = resolve(&config.host, &made.roots, Place::from_env())?;
        CheckContext { host: Arc::from(&*hostname.name), ..made }
    };
    let mut catalog = Catalog::load(&config.confd_path, &check_context);
    let problems = catalog.problems.all();
    let problems: Vec<&str> =
        problems.filter(|p| p.check == args.name).map(|p| p.message.as_str()).collect();
    if !problems.is_empty() {
        return Err(CliError::Failed(problems.join("\n")));
    }
    catalog.instances.retain(|instance| instance.name == args.name);
    if catalog.instances.is_empty() {
        let file = config.confd_path.join(format!("{}.d/conf.yaml", args.name));
        return Err(CliError::Failed(format!(
            "no valid check found: there is no check {:?} that runs by itself or by {}",
            args.name,
            file.display()
        )));
    }
    let times = if args.check_rate { args.check_times.max(2) } else { args.check_times.max(1) };
    std::thread::sleep(Duration::from_millis(args.delay));
    let runs: Vec<Ran> =
        catalog.instances.into_iter().map(|i| repeat(i, times, args.pause, context)).collect();
    say(&if args.json { json_text(&all_json(&runs), true) } else { all_text(&args.name, &runs) })?;
    if times == 1 && !args.json {
        say("Check has run only once, if some metrics are missing you can try again with \
             --check-rate to see any other metric if available.\n")?;
    }
    let failed = runs.iter().any(|ran| ran.stats.last_error.is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// An instance after its runs: the last run, and the statistics of all.
struct Ran {
    last: CheckRun,
    stats: InstanceStats,
}

fn repeat(mut instance: Instance, times: u32, pause_ms: u64, context: &Context) -> Ran {
    let mut stats = InstanceStats {
        id: instance.id.clone(),
        name: instance.name.clone(),
        source: instance.source.clone(),
        interval: instance.interval,
        ..InstanceStats::default()
    };
    let mut last = CheckRun::default();
    for i in 0..times {
        if i > 0 {
            std::thread::sleep(Duration::from_millis(pause_ms));
        }
        let outcome: Outcome = run_once(&mut instance, &context.clock);
        stats.record(&outcome);
        last = outcome.run;
    }
    // Where the check's own are looked at, the scheduler's is none of it.
    last.service_checks.retain(|check| check.check != "datadog.agent.check_status");
    Ran { last, stats }
}

fn series(run: &CheckRun) -> Vec<Value> {
    let one = |s: &crate::check::CheckSeries| {
        json!({
            "metric": s.metric,
            "points": [[s.time_secs, s.value]],
            "tags": s.tags,
            "host": &*s.host,
            "type": s.kind.name(),
            "interval": s.interval_secs,
            "source_type_name": "System",
        })
    };
    run.series.iter().map(one).collect()
}

fn service_checks(run: &CheckRun) -> Vec<Value> {
    let one = |c: &crate::check::CheckServiceCheck| {
        json!({
            "check": c.check,
            "host_name": &*c.host,
            "timestamp": c.time_secs,
            "status": c.status as u8,
            "message": c.message,
            "tags": c.tags,
        })
    };
    run.service_checks.iter().map(one).collect()
}

fn events(run: &CheckRun) -> Vec<Value> {
    let one = |e: &crate::check::CheckEvent| {
        json!({
            "msg_title": e.msg_title,
            "msg_text": e.msg_text,
            "timestamp": e.time_secs,
            "host": &*e.host,
            "tags": e.tags,
            "alert_type": e.alert_type,
            "priority": e.priority,
            "aggregation_key": e.aggregation_key,
            "source_type_name": e.source_type_name,
        })
    };
    run.events.iter().map(one).collect()
}

fn all_json(runs: &[Ran]) -> Value {
    let one = |ran: &Ran| {
        json!({
            "check": ran.stats.id,
            "aggregator": {
                "metrics": series(&ran.last),
                "service_checks": service_checks(&ran.last),
                "events": events(&ran.last),
            },
            "runner": status::instance_json(&ran.stats),
            "inventories": {},
        })
    };
    Value::Array(runs.iter().map(one).collect())
}

fn all_text(name: &str, runs: &[Ran]) -> String {
    let mut page = String::new();
    for ran in runs {
        for (title, items) in [
            ("Series", series(&ran.last)),
            ("Service Checks", service_checks(&ran.last)),
            ("Events", events(&ran.last)),
        ] {
            if !items.is_empty() {
                page += &format!("=== {title} ===\n{:#}\n", Value::Array(items));
            }
        }
    }
    let instances = runs.iter().map(|r| (r.stats.id.clone(), status::instance_json(&r.stats)));
    page + &text::check_block(name, &Value::Object(instances.collect()))
}
