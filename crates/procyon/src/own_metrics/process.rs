use std::fs;

use base::Clock;

use super::Batch;

/// Ticks of a second in `/proc`, the same on every Linux. Source: `man 5 proc`, `man 3 sysconf`.
const TICKS_PER_SEC: u64 = 100;

/// What the system says of this process. Files that are not there, as on other systems, say nothing.
pub(super) fn gather(clock: &Clock, batch: &mut Batch) {
    // The clock was made when the process started.
    let uptime = clock.monotonic().as_secs_f64();
    batch.gauge("procyon.process.uptime", &[], uptime.floor());
    let stat = fs::read_to_string("/proc/self/stat").ok();
    if let Some(Stat { ticks, threads }) = stat.as_deref().and_then(read_stat) {
        batch.cpu(uptime, ticks);
        batch.gauge("procyon.process.threads", &[], threads as f64);
    }
    let status = fs::read_to_string("/proc/self/status").ok();
    if let Some(bytes) = status.as_deref().and_then(rss_bytes) {
        batch.gauge("procyon.process.memory.rss", &[], bytes as f64);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        // The folder itself is open while it is counted.
        batch.gauge("procyon.process.open_files", &[], files.count().saturating_sub(1) as f64);
    }
}

impl Batch {
    /// Percent of a core since the last round; the first has no last.
    fn cpu(&mut self, uptime: f64, ticks: u64) {
        if let Some((last_uptime, last_ticks)) = self.cpu.replace((uptime, ticks))
            && uptime > last_uptime
        {
            let secs = ticks.saturating_sub(last_ticks) as f64 / TICKS_PER_SEC as f64;
            self.gauge("procyon.process.cpu", &[], 100.0 * secs / (uptime - last_uptime));
        }
    }
}

#[derive(Debug, PartialEq)]
struct Stat {
    /// Spent in user code and in the kernel.
    ticks: u64,
    threads: u64,
}

/// Fields are counted from the end of the name, which may hold anything. Source: `man 5 proc`.
fn read_stat(text: &str) -> Option<Stat> {
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat { ticks: number(11)? + number(12)?, threads: number(17)? })
}

fn rss_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_kernel() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 9 8 7 6 1234 66 5 4 20 0 17 0 100 9 9";
        assert_eq!(read_stat(stat), Some(Stat { ticks: 1300, threads: 17 }));
        assert_eq!(read_stat("7 (a) S 1"), None);
        assert_eq!(rss_bytes("VmPeak:\t 9 kB\nVmRSS:\t   2048 kB\nThreads: 1"), Some(2 << 20));
        assert_eq!(rss_bytes("VmPeak:\t 9 kB"), None);
    }
}
