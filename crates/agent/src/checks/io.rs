//! `io`: what block devices did since the last run, as iostat(1) shows it, from `/proc/diskstats`.
//!
//! Settings, in `init_config`: `device_exclude_re` (older name `device_blacklist_re`).
//! Source of the metrics' meaning: the Agent's `corechecks/system/disk/io` and sysstat's `iostat`.

use std::collections::HashMap;
use std::time::Duration;

use regex_lite::Regex;

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::roots::{Roots, numbers_by_name};
use crate::checks::settings::{SettingError, Settings};

/// Bytes of a sector in `/proc/diskstats`, whatever the device's own are.
const SECTOR_BYTES: f64 = 512.0;
/// The Agent's library takes the KiB of `pgpgin` and `pgpgout` for pages; dashboards know the
/// result, so it is kept.
const BLOCK_BYTES: f64 = 4096.0;

/// A line of `/proc/diskstats`. Times in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DiskStats {
    pub reads: u64,
    pub reads_merged: u64,
    pub sectors_read: u64,
    pub read_ms: u64,
    pub writes: u64,
    pub writes_merged: u64,
    pub sectors_written: u64,
    pub write_ms: u64,
    /// Time in which at least one request was under way.
    pub io_ms: u64,
    /// Time under way, summed over requests.
    pub weighted_ms: u64,
}

/// Each device of `/proc/diskstats` with its counters, in the file's order.
pub fn read_diskstats(roots: &Roots) -> Result<Vec<(String, DiskStats)>, CheckError> {
    Ok(roots.proc("diskstats")?.lines().filter_map(parse_line).collect())
}

fn parse_line(line: &str) -> Option<(String, DiskStats)> {
    let mut words = line.split_ascii_whitespace().skip(2);
    let name = words.next()?.to_owned();
    let n: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
    let [reads, reads_merged, sectors_read, read_ms, rest @ ..] = &n[..] else { return None };
    let [writes, writes_merged, sectors_written, write_ms, _under_way, io_ms, weighted_ms, ..] =
        rest
    else {
        return None;
    };
    let stats = DiskStats {
        reads: *reads,
        reads_merged: *reads_merged,
        sectors_read: *sectors_read,
        read_ms: *read_ms,
        writes: *writes,
        writes_merged: *writes_merged,
        sectors_written: *sectors_written,
        write_ms: *write_ms,
        io_ms: *io_ms,
        weighted_ms: *weighted_ms,
    };
    Some((name, stats))
}

/// Growth of a counter that may wrap: some wrap at 32 bits even where others have 64.
fn growth(now: u64, before: u64) -> f64 {
    if now >= before {
        return (now - before) as f64;
    }
    match u32::try_from(before) {
        Ok(before) => (now + u64::from(u32::MAX - before) + 1) as f64,
        Err(_wide) => now.wrapping_sub(before) as f64,
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Io {
    roots: Roots,
    exclude: Option<Regex>,
    last: Option<(Duration, HashMap<String, DiskStats>)>,
}

impl Io {
    pub fn new(roots: &Roots, init_config: &Settings) -> Result<Self, SettingError> {
        let exclude = match init_config.regex("device_exclude_re")? {
            Some(regex) => Some(regex),
            None => init_config.regex("device_blacklist_re")?,
        };
        Ok(Self { roots: roots.clone(), exclude, last: None })
    }

    fn send_rates(stats: &DiskStats, tags: &[String], sender: &mut Sender<'_>) {
        sender.rate("system.io.r_s", stats.reads as f64, tags);
        sender.rate("system.io.w_s", stats.writes as f64, tags);
        sender.rate("system.io.rrqm_s", stats.reads_merged as f64, tags);
        sender.rate("system.io.wrqm_s", stats.writes_merged as f64, tags);
    }

    fn send_shares(
        (now, last): (&DiskStats, &DiskStats),
        secs: f64,
        tags: &[String],
        sender: &mut Sender<'_>,
    ) {
        let reads = growth(now.reads, last.reads);
        let writes = growth(now.writes, last.writes);
        let requests = reads + writes;
        let read_ms = growth(now.read_ms, last.read_ms);
        let write_ms = growth(now.write_ms, last.write_ms);
        let sectors_read = growth(now.sectors_read, last.sectors_read);
        let sectors_written = growth(now.sectors_written, last.sectors_written);
        let busy_ms = growth(now.io_ms, last.io_ms);
        let each = |sum: f64, n: f64| if n > 0.0 { sum / n } else { 0.0 };
        let values = [
            ("rkb_s", sectors_read * SECTOR_BYTES / 1024.0 / secs),
            ("wkb_s", sectors_written * SECTOR_BYTES / 1024.0 / secs),
            ("avg_rq_sz", each(sectors_read + sectors_written, requests)),
            ("await", each(read_ms + write_ms, requests)),
            ("r_await", each(read_ms, reads)),
            ("w_await", each(write_ms, writes)),
            // The Agent divides milliseconds by 1024 here; by 1000 they are seconds.
            ("avg_q_sz", growth(now.weighted_ms, last.weighted_ms) / 1000.0 / secs),
            ("svctm", each(busy_ms, requests)),
            ("util", busy_ms / 10.0 / secs),
        ];
        for (name, value) in values {
            let rounded = (value * 100.0).round() / 100.0;
            sender.gauge(&format!("system.io.{name}"), rounded, tags);
        }
    }
}

impl Check for Io {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let at = sender.time().monotonic;
        let now = read_diskstats(&self.roots)?;
        let (last_at, last) = self.last.take().unwrap_or((at, HashMap::new()));
        let secs = at.saturating_sub(last_at).as_secs_f64();
        for (device, stats) in &now {
            if self.exclude.as_ref().is_some_and(|re| re.is_match(device)) {
                continue;
            }
            let tags = [format!("device:{device}"), format!("device_name:{device}")];
            Self::send_rates(stats, &tags, sender);
            if let Some(before) = last.get(device)
                && secs > 0.0
            {
                Self::send_shares((stats, before), secs, &tags, sender);
            }
        }
        for (name, blocks) in numbers_by_name(&self.roots.proc("vmstat").unwrap_or_default()) {
            let bytes = blocks as f64 * BLOCK_BYTES;
            match name {
                "pgpgin" => sender.rate("system.io.block_in", bytes, NO_TAGS),
                "pgpgout" => sender.rate("system.io.block_out", bytes, NO_TAGS),
                _ => {}
            }
        }
        self.last = Some((at, now.into_iter().collect()));
        Ok(())
    }
}
