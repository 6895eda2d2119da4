use std::sync::atomic::{AtomicUsize, Ordering};

use crate::check::{Check, CheckError, NO_TAGS, SenderOptions, SenderState};
use crate::checks::settings::Settings;

use super::*;

/// A check that does what it is told, and counts how many of it run at once.
struct Told {
    runs: usize,
    now: Arc<AtomicUsize>,
    what: fn(usize) -> Result<(), CheckError>,
}

impl Check for Told {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        assert_eq!(self.now.fetch_add(1, Ordering::SeqCst), 0, "runs twice at the same time");
        self.runs += 1;
        sender.gauge("told.runs", self.runs as f64, NO_TAGS);
        if self.runs == 2 {
            sender.warning("the second");
        }
        self.now.store(0, Ordering::SeqCst);
        (self.what)(self.runs)
    }
}

fn instance(id: &str, secs: u64, what: fn(usize) -> Result<(), CheckError>) -> Instance {
    Instance {
        id: id.to_owned(),
        name: id.to_owned(),
        source: "file:x".to_owned(),
        provider: "file",
        interval: Duration::from_secs(secs),
        init_config: Settings::default(),
        config: Settings::default(),
        options: SenderOptions { host: "h".into(), ..SenderOptions::default() },
        state: SenderState::default(),
        check: Box::new(Told { runs: 0, now: Arc::default(), what }),
    }
}

struct Running {
    clock: Clock,
    stats: CheckStats,
    runs: mpsc::Receiver<CheckRun>,
    trigger: base::ShutdownTrigger,
    task: tokio::task::JoinHandle<()>,
}

fn start(instances: Vec<Instance>) -> Running {
    let clock = Clock::manual(1_700_000_000_000);
    let (out, runs) = mpsc::channel(4);
    let scheduler = Scheduler::new(instances, 2, &clock, out);
    let stats = scheduler.stats();
    let (trigger, shutdown) = Shutdown::new();
    let task = tokio::spawn(scheduler.run(shutdown));
    Running { clock, stats, runs, trigger, task }
}

impl Running {
    async fn ids(&mut self, n: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..n {
            ids.push(self.runs.recv().await.unwrap().check_id);
        }
        ids.sort();
        ids
    }
}

#[tokio::test]
async fn each_at_its_interval() {
    let mut running = start(vec![
        instance("a", 15, |_| Ok(())),
        instance("b", 15, |_| Ok(())),
        instance("slow", 60, |_| Ok(())),
    ]);
    assert_eq!(running.ids(3).await, ["a", "b", "slow"]);
    for round in 1..=8 {
        running.clock.advance(Duration::from_secs(15));
        let expected: &[&str] = if round % 4 == 0 { &["a", "b", "slow"] } else { &["a", "b"] };
        assert_eq!(running.ids(expected.len()).await, expected, "round {round}");
    }
    running.clock.advance(Duration::from_secs(14));
    tokio::task::yield_now().await;
    assert!(running.runs.try_recv().is_err(), "nothing is due after 14 s");
    running.trigger.stop();
    running.task.await.unwrap();
}

#[tokio::test]
async fn errors_panics_and_warnings_cost_one_run() {
    let mut running = start(vec![instance("x", 15, |run| match run {
        1 => Err(CheckError::Failed("no luck".to_owned())),
        3 => panic!("out of cheese"),
        _ => Ok(()),
    })]);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let run = running.runs.recv().await.unwrap();
        let stats = running.stats.of("x").unwrap();
        statuses.push((stats.status(), stats.last_error, run.service_checks[0].status as u8));
        running.clock.advance(Duration::from_secs(15));
    }
    let error = |text: &str| Some(text.to_owned());
    assert_eq!(
        statuses,
        [
            ("ERROR", error("no luck"), 2),
            ("WARNING", None, 1),
            ("ERROR", error("panicked: out of cheese"), 2),
            ("OK", None, 0),
        ]
    );
    let stats = running.stats.of("x").unwrap();
    assert!(stats.total_runs >= 4);
    assert_eq!((stats.samples, stats.total_errors, stats.total_warnings), (1, 2, 1));
    assert_eq!(stats.last_success, Some(1_700_000_045_000));
}

#[tokio::test]
async fn ends_when_nobody_listens() {
    let mut running = start(vec![instance("x", 15, |_| Ok(()))]);
    running.runs.recv().await.unwrap();
    drop(running.runs);
    running.clock.advance(Duration::from_secs(15));
    running.task.await.unwrap();
}

#[test]
fn statistics_keep_an_average() {
    let mut stats = InstanceStats::default();
    for took in 0..40 {
        stats.record(&Outcome {
            run: CheckRun::default(),
            error: None,
            took: Duration::from_millis(took),
            at_ms: 5,
        });
    }
    assert_eq!(stats.execution_times.len(), TIMES_KEPT);
    // The last 32: 8 to 39 ms.
    assert_eq!(stats.average_execution_time(), 23);
}
