//! `cpu`: shares of the time of all cores since the last run, in percent, from `/proc/stat`.
//!
//! `user + system + iowait + idle + stolen` is 100: `system` has the interrupts in it (which
//! `interrupt` names again), `user` the niced and the guests' time.
//! With `report_total_percpu` also each core's seconds since boot, tagged `core:`.

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::roots::Roots;
use crate::checks::settings::{SettingError, Settings};

/// Ticks a second of the times in `/proc/stat`: `USER_HZ`, 100 on all that Linux runs on today.
const TICKS_PER_SEC: f64 = 100.0;

/// Times of one core or of all, in ticks, in the order of `/proc/stat`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CpuTimes {
    pub user: u64,
    pub nice: u64,
    pub system: u64,
    pub idle: u64,
    pub iowait: u64,
    pub irq: u64,
    pub softirq: u64,
    pub steal: u64,
    pub guest: u64,
    pub guest_nice: u64,
}

/// What a broken line claims may be beyond what a number holds.
fn sum(ticks: &[u64]) -> u64 {
    ticks.iter().fold(0, |sum: u64, ticks| sum.saturating_add(*ticks))
}

/// What `/proc/stat` says of the processors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stat {
    pub all: CpuTimes,
    /// By the number of the core.
    pub cores: Vec<(u32, CpuTimes)>,
    pub context_switches: Option<u64>,
    /// Unix seconds.
    pub boot_time: Option<u64>,
}

impl CpuTimes {
    /// All but guests' time, which is in `user` and `nice` already.
    fn total(&self) -> u64 {
        let Self { user, nice, system, idle, iowait, irq, softirq, steal, .. } = *self;
        sum(&[user, nice, system, idle, iowait, irq, softirq, steal])
    }

    /// `None` when the line has fewer than the four numbers that each kernel writes.
    fn parse(words: &mut dyn Iterator<Item = &str>) -> Option<Self> {
        let ticks: Vec<u64> = words.map_while(|w| w.parse().ok()).take(10).collect();
        let tick = |i: usize| ticks.get(i).copied().unwrap_or(0);
        (ticks.len() >= 4).then(|| Self {
            user: tick(0),
            nice: tick(1),
            system: tick(2),
            idle: tick(3),
            iowait: tick(4),
            irq: tick(5),
            softirq: tick(6),
            steal: tick(7),
            guest: tick(8),
            guest_nice: tick(9),
        })
    }

    /// Each time in ticks with its name; the checks differ in that of the niced guests.
    fn named(&self, guest_nice: &'static str) -> [(&'static str, u64); 10] {
        [
            ("user", self.user),
            ("nice", self.nice),
            ("system", self.system),
            ("idle", self.idle),
            ("iowait", self.iowait),
            ("irq", self.irq),
            ("softirq", self.softirq),
            ("steal", self.steal),
            ("guest", self.guest),
            (guest_nice, self.guest_nice),
        ]
    }
}

impl Stat {
    pub fn read(roots: &Roots) -> Result<Self, CheckError> {
        let text = roots.proc("stat")?;
        Self::parse(&text).ok_or_else(|| CheckError::Content {
            path: roots.proc.join("stat"),
            problem: "has no line `cpu` with times".to_owned(),
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (mut stat, mut all) = (Self::default(), None);
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("cpu") => all = CpuTimes::parse(&mut words),
                Some("ctxt") => stat.context_switches = words.next().and_then(|w| w.parse().ok()),
                Some("btime") => stat.boot_time = words.next().and_then(|w| w.parse().ok()),
                Some(name) => {
                    let number = name.strip_prefix("cpu").and_then(|n| n.parse().ok());
                    if let Some(number) = number
                        && let Some(times) = CpuTimes::parse(&mut words)
                    {
                        stat.cores.push((number, times));
                    }
                }
                None => {}
            }
        }
        stat.all = all?;
        Some(stat)
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Cpu {
    roots: Roots,
    report_total_percpu: bool,
    last: Option<CpuTimes>,
}

impl Cpu {
    pub fn new(roots: &Roots, instance: &Settings) -> Result<Self, SettingError> {
        let report_total_percpu = instance.bool("report_total_percpu", false)?;
        Ok(Self { roots: roots.clone(), report_total_percpu, last: None })
    }

    fn send_shares(now: &CpuTimes, before: &CpuTimes, sender: &mut Sender<'_>) {
        // `iowait` and, on hosts that move between machines, other times may step back a little.
        let since = |now: u64, before: u64| now.saturating_sub(before) as f64;
        let total = since(now.total(), before.total());
        if total <= 0.0 {
            return;
        }
        let interrupt = since(sum(&[now.irq, now.softirq]), sum(&[before.irq, before.softirq]));
        let shares = [
            ("user", since(sum(&[now.user, now.nice]), sum(&[before.user, before.nice]))),
            ("system", since(now.system, before.system) + interrupt),
            ("interrupt", interrupt),
            ("iowait", since(now.iowait, before.iowait)),
            ("idle", since(now.idle, before.idle)),
            ("stolen", since(now.steal, before.steal)),
            ("guest", since(now.guest, before.guest)),
        ];
        for (name, ticks) in shares {
            sender.gauge(&format!("system.cpu.{name}"), 100.0 * ticks / total, NO_TAGS);
        }
    }

    fn send_totals(number: u32, times: &CpuTimes, sender: &mut Sender<'_>) {
        let tags = [format!("core:cpu{number}")];
        for (name, ticks) in times.named("guestnice") {
            let secs = ticks as f64 / TICKS_PER_SEC;
            sender.gauge(&format!("system.cpu.{name}.total"), secs, &tags);
        }
    }
}

impl Check for Cpu {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let stat = Stat::read(&self.roots)?;
        if let Some(switches) = stat.context_switches {
            sender.monotonic_count("system.cpu.context_switches", switches as f64, NO_TAGS);
        }
        sender.gauge("system.cpu.num_cores", stat.cores.len().max(1) as f64, NO_TAGS);
        if let Some(last) = self.last.replace(stat.all) {
            Self::send_shares(&stat.all, &last, sender);
        }
        if self.report_total_percpu {
            for (number, times) in &stat.cores {
                Self::send_totals(*number, times, sender);
            }
        }
        Ok(())
    }
}

/// `system_core`: shares of each core's time (`core:`) and of all (`.total`), in percent.
#[derive(Debug)]
pub struct SystemCore {
    roots: Roots,
}

impl SystemCore {
    pub fn new(roots: &Roots) -> Self {
        Self { roots: roots.clone() }
    }

    /// As fields of psutil's `cpu_times`, on which the metrics' names stand: `user` and `nice`
    /// with the guests' time in them.
    fn parts(times: &CpuTimes) -> [(&'static str, u64); 10] {
        times.named("guest_nice")
    }
}

impl Check for SystemCore {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let stat = Stat::read(&self.roots)?;
        let percent = |ticks: u64| 100.0 * ticks as f64 / TICKS_PER_SEC;
        sender.gauge("system.core.count", stat.cores.len() as f64, NO_TAGS);
        for (number, times) in &stat.cores {
            let tags = [format!("core:{number}")];
            for (name, ticks) in Self::parts(times) {
                sender.rate(&format!("system.core.{name}"), percent(ticks), &tags);
            }
        }
        let n_cores = stat.cores.len().max(1) as f64;
        for (name, ticks) in Self::parts(&stat.all) {
            let metric = format!("system.core.{name}.total");
            sender.rate(&metric, percent(ticks) / n_cores, NO_TAGS);
        }
        Ok(())
    }
}
