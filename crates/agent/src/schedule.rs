//! Runs the instances of checks, each at its interval and never twice at the same time.
//!
//! One task owns the plan. An instance that is due goes to a thread of its own, at most
//! `check_runners` at once, and comes back with what it yielded; only then it is planned anew, for
//! the next multiple of its interval. Threads, not the runtime's pool: one that hangs in the kernel
//! must not keep the process from ending. A panic or an error costs one run. Results go out through
//! a bounded channel; while the aggregator is behind, nothing new is started.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown, report};
use model::CheckStatus;
use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::check::{CheckRun, CheckServiceCheck, RunTime, Sender};
use crate::checks::Instance;

/// Execution times of which the status page shows the average.
const TIMES_KEPT: usize = 32;

/// What is known of one instance's runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceStats {
    pub id: String,
    pub name: String,
    pub source: String,
    pub interval: Duration,
    pub total_runs: u64,
    pub total_errors: u64,
    pub total_warnings: u64,
    pub samples: u64,
    pub total_samples: u64,
    pub events: u64,
    pub total_events: u64,
    pub service_checks: u64,
    pub total_service_checks: u64,
    /// Milliseconds, the last first.
    pub execution_times: VecDeque<u64>,
    /// Unix milliseconds.
    pub last_run: Option<i64>,
    /// Unix milliseconds.
    pub last_success: Option<i64>,
    pub last_error: Option<String>,
    pub last_warnings: Vec<String>,
    /// Unix milliseconds; `None` while it does not run.
    pub running_since: Option<i64>,
}

impl InstanceStats {
    /// Milliseconds.
    pub fn average_execution_time(&self) -> u64 {
        let n = self.execution_times.len().max(1) as u64;
        self.execution_times.iter().sum::<u64>() / n
    }

    /// `OK`, `WARNING` or `ERROR`.
    pub fn status(&self) -> &'static str {
        match (&self.last_error, self.last_warnings.is_empty()) {
            (Some(_), _) => "ERROR",
            (None, false) => "WARNING",
            (None, true) => "OK",
        }
    }

    /// Counts a run.
    pub(crate) fn record(&mut self, outcome: &Outcome) {
        self.running_since = None;
        self.total_runs += 1;
        self.samples = outcome.run.samples;
        self.total_samples += outcome.run.samples;
        self.events = outcome.run.events.len() as u64;
        self.total_events += self.events;
        // The one that the scheduler adds is not the check's.
        self.service_checks = outcome.run.service_checks.len().saturating_sub(1) as u64;
        self.total_service_checks += self.service_checks;
        self.execution_times.push_front(outcome.took.as_millis() as u64);
        self.execution_times.truncate(TIMES_KEPT);
        self.last_run = Some(outcome.at_ms);
        self.last_warnings.clone_from(&outcome.run.warnings);
        self.total_warnings += outcome.run.warnings.len() as u64;
        self.last_error.clone_from(&outcome.error);
        match outcome.error {
            Some(_) => self.total_errors += 1,
            None => self.last_success = Some(outcome.at_ms),
        }
    }
}

/// The statistics of all instances, by their ids. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct CheckStats(Arc<Mutex<BTreeMap<String, InstanceStats>>>);

impl CheckStats {
    pub fn all(&self) -> Vec<InstanceStats> {
        self.0.lock().values().cloned().collect()
    }

    pub fn of(&self, id: &str) -> Option<InstanceStats> {
        self.0.lock().get(id).cloned()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut InstanceStats)) {
        if let Some(stats) = self.0.lock().get_mut(id) {
            change(stats);
        }
    }

    fn add(&self, instance: &Instance) {
        let stats = InstanceStats {
            id: instance.id.clone(),
            name: instance.name.clone(),
            source: instance.source.clone(),
            interval: instance.interval,
            ..InstanceStats::default()
        };
        self.0.lock().insert(instance.id.clone(), stats);
    }
}

/// One run, done.
#[derive(Debug)]
pub struct Outcome {
    pub run: CheckRun,
    pub error: Option<String>,
    pub took: Duration,
    /// Unix milliseconds of the start.
    pub at_ms: i64,
}

/// Runs an instance once, on this thread.
pub fn run_once(instance: &mut Instance, clock: &Clock) -> Outcome {
    let (at_ms, started) = (clock.now_ms(), clock.monotonic());
    let at = RunTime { wall_secs: at_ms.div_euclid(1000), monotonic: started };
    let Instance { id, state, options, check, name, .. } = instance;
    let mut sender = Sender::new(id, state, options, at);
    let result = catch_unwind(AssertUnwindSafe(|| check.run(&mut sender)));
    let mut run = sender.finish();
    let error = match result {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(report(&e)),
        Err(panic) => Some(format!("panicked: {}", panic_message(&*panic))),
    };
    let status = match (&error, run.warnings.is_empty()) {
        (Some(_), _) => CheckStatus::Critical,
        (None, false) => CheckStatus::Warning,
        (None, true) => CheckStatus::Ok,
    };
    run.service_checks.push(CheckServiceCheck {
        check: "datadog.agent.check_status".to_owned(),
        host: Arc::clone(&options.host),
        time_secs: at.wall_secs,
        status,
        message: String::new(),
        tags: vec![format!("check:{name}")],
    });
    Outcome { run, error, took: clock.monotonic().saturating_sub(started), at_ms }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Owns the plan; see the file's head.
#[derive(Debug)]
pub struct Scheduler {
    clock: Clock,
    stats: CheckStats,
    out: mpsc::Sender<CheckRun>,
    runners: usize,
    /// Instances that do not run now, by their number.
    waiting: BTreeMap<usize, Instance>,
    /// When each waiting instance is due, on the monotonic clock.
    plan: BTreeSet<(Duration, usize)>,
    running: BTreeMap<usize, Duration>,
}

/// What comes back from a thread.
type Back = (usize, Instance, Outcome);

impl Scheduler {
    /// All instances are due at once; `runners` of them run at the same time.
    pub fn new(
        instances: Vec<Instance>,
        runners: usize,
        clock: &Clock,
        out: mpsc::Sender<CheckRun>,
    ) -> Self {
        let stats = CheckStats::default();
        let now = clock.monotonic();
        let mut plan = BTreeSet::new();
        let mut waiting = BTreeMap::new();
        for (number, instance) in instances.into_iter().enumerate() {
            stats.add(&instance);
            plan.insert((now, number));
            waiting.insert(number, instance);
        }
        let running = BTreeMap::new();
        Self { clock: clock.clone(), stats, out, runners: runners.max(1), waiting, plan, running }
    }

    pub fn stats(&self) -> CheckStats {
        self.stats.clone()
    }

    /// Runs the checks until `shutdown`, or until nobody takes the results any more. Runs that are
    /// under way then are left to themselves.
    pub async fn run(mut self, shutdown: Shutdown) {
        let (back, mut returned) = mpsc::channel::<Back>(self.runners);
        loop {
            self.start_due(&back);
            let pause = self.pause();
            tokio::select! {
                () = shutdown.wait() => return,
                Some((number, instance, outcome)) = returned.recv() => {
                    if !self.take_back(number, instance, outcome, &shutdown).await {
                        return;
                    }
                }
                () = self.clock.sleep(pause) => {}
            }
        }
    }

    /// How long nothing has to be started. With all runners busy, only a return changes that.
    fn pause(&self) -> Duration {
        const LONGEST: Duration = Duration::from_secs(3600);
        match self.plan.first() {
            Some((due, _)) if self.running.len() < self.runners => {
                due.saturating_sub(self.clock.monotonic()).min(LONGEST)
            }
            _ => LONGEST,
        }
    }

    fn start_due(&mut self, back: &mpsc::Sender<Back>) {
        let now = self.clock.monotonic();
        while self.running.len() < self.runners
            && let Some(&(due, number)) = self.plan.first()
            && due <= now
        {
            self.plan.pop_first();
            let Some(instance) = self.waiting.remove(&number) else { continue };
            let now_ms = self.clock.now_ms();
            self.stats.change(&instance.id, |stats| stats.running_since = Some(now_ms));
            self.running.insert(number, due);
            self.start(number, instance, back.clone());
        }
    }

    fn start(&mut self, number: usize, mut instance: Instance, back: mpsc::Sender<Back>) {
        let (clock, id) = (self.clock.clone(), instance.id.clone());
        let run = move || {
            let outcome = run_once(&mut instance, &clock);
            // Nobody listens when the agent stops; then the result is of no use.
            let _gone = back.blocking_send((number, instance, outcome));
        };
        let name: String = format!("check {id}").chars().take(15).collect();
        if let Err(e) = std::thread::Builder::new().name(name).spawn(run) {
            tracing::error!(check = id, error = %e, "cannot start a thread; the check ends");
            self.running.remove(&number);
            self.stats.change(&id, |stats| {
                stats.running_since = None;
                stats.last_error = Some(format!("cannot start a thread: {e}"));
            });
        }
    }

    /// Whether to go on.
    async fn take_back(
        &mut self,
        number: usize,
        instance: Instance,
        outcome: Outcome,
        shutdown: &Shutdown,
    ) -> bool {
        self.stats.change(&instance.id, |stats| stats.record(&outcome));
        log(&instance, &outcome);
        let now = self.clock.monotonic();
        let due = self.running.remove(&number).unwrap_or(now) + instance.interval;
        self.plan.insert((due.max(now), number));
        self.waiting.insert(number, instance);
        tokio::select! {
            () = shutdown.wait() => false,
            sent = self.out.send(outcome.run) => sent.is_ok(),
        }
    }
}

fn log(instance: &Instance, outcome: &Outcome) {
    let (check, took_ms) = (&instance.id, outcome.took.as_millis() as u64);
    if let Some(error) = &outcome.error {
        tracing::error!(check, took_ms, error, "check failed");
    }
    for warning in &outcome.run.warnings {
        tracing::warn!(check, warning, "check warns");
    }
    tracing::debug!(check, took_ms, series = outcome.run.series.len(), "check ran");
}

#[cfg(test)]
mod tests;
