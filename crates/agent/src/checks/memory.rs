//! `memory`: memory and swap from `/proc/meminfo` and `/proc/vmstat`, in MiB as the Agent has them.
//!
//! `system_swap` sends the two counters of pages swapped, in bytes a second, under its own names.

use std::collections::HashMap;

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::roots::{Roots, numbers_by_name};
use crate::checks::settings::{SettingError, Settings};

const KIB_PER_MIB: f64 = 1024.0;
/// Bytes of a page, by which `/proc/vmstat` counts swapped memory.
const PAGE_BYTES: f64 = 4096.0;

/// `/proc/meminfo`, in KiB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemInfo(HashMap<String, u64>);

impl MemInfo {
    pub fn read(roots: &Roots) -> Result<Self, CheckError> {
        let text = roots.proc("meminfo")?;
        let info = Self(numbers_by_name(&text).map(|(n, v)| (n.to_owned(), v)).collect());
        if info.kib("MemTotal").unwrap_or(0) == 0 {
            let path = roots.proc.join("meminfo");
            let problem = "does not say `MemTotal`".to_owned();
            return Err(CheckError::Content { path, problem });
        }
        Ok(info)
    }

    pub fn kib(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// What programs can have without swapping. Kernels before 3.14 do not say; then what is free,
    /// buffered and cached.
    pub fn available_kib(&self) -> u64 {
        let parts = ["MemFree", "Buffers", "Cached"].iter().filter_map(|n| self.kib(n));
        let guess = parts.fold(0, u64::saturating_add);
        self.kib("MemAvailable").unwrap_or(guess)
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Memory {
    roots: Roots,
    collect_memory_pressure: bool,
}

impl Memory {
    pub fn new(roots: &Roots, instance: &Settings) -> Result<Self, SettingError> {
        let collect_memory_pressure = instance.bool("collect_memory_pressure", false)?;
        Ok(Self { roots: roots.clone(), collect_memory_pressure })
    }

    fn send_memory(info: &MemInfo, sender: &mut Sender<'_>) {
        let total = info.kib("MemTotal").unwrap_or(0);
        let free = info.kib("MemFree").unwrap_or(0);
        let usable = info.available_kib();
        let of_all = [
            ("total", total),
            ("free", free),
            ("used", total.saturating_sub(free)),
            ("usable", usable),
        ];
        for (name, kib) in of_all {
            sender.gauge(&format!("system.mem.{name}"), kib as f64 / KIB_PER_MIB, NO_TAGS);
        }
        sender.gauge("system.mem.pct_usable", usable as f64 / total.max(1) as f64, NO_TAGS);
        // As free(1) and the Agent's library count it: the page cache with what slab gives back.
        let reclaimable = info.kib("SReclaimable").unwrap_or(0);
        let cached = info.kib("Cached").map(|kib| kib.saturating_add(reclaimable));
        let linux = [
            ("mem.cached", cached),
            ("mem.buffered", info.kib("Buffers")),
            ("mem.shared", info.kib("Shmem")),
            ("mem.slab", info.kib("Slab")),
            ("mem.slab_reclaimable", info.kib("SReclaimable")),
            ("mem.page_tables", info.kib("PageTables")),
            ("mem.commit_limit", info.kib("CommitLimit")),
            ("mem.committed_as", info.kib("Committed_AS")),
            ("swap.cached", info.kib("SwapCached")),
        ];
        for (name, kib) in linux {
            if let Some(kib) = kib {
                sender.gauge(&format!("system.{name}"), kib as f64 / KIB_PER_MIB, NO_TAGS);
            }
        }
    }

    fn send_swap(info: &MemInfo, vmstat: &str, sender: &mut Sender<'_>) {
        let total = info.kib("SwapTotal").unwrap_or(0);
        let free = info.kib("SwapFree").unwrap_or(0);
        let sizes = [("total", total), ("free", free), ("used", total.saturating_sub(free))];
        for (name, kib) in sizes {
            sender.gauge(&format!("system.swap.{name}"), kib as f64 / KIB_PER_MIB, NO_TAGS);
        }
        // A host without swap has all of none free: 1, so that no monitor on low swap wakes anyone.
        let pct_free = if total == 0 { 1.0 } else { free as f64 / total as f64 };
        sender.gauge("system.swap.pct_free", pct_free, NO_TAGS);
        for (name, pages) in numbers_by_name(vmstat) {
            let mib = pages as f64 * PAGE_BYTES / f64::from(1 << 20);
            match name {
                "pswpin" => sender.rate("system.swap.swap_in", mib, NO_TAGS),
                "pswpout" => sender.rate("system.swap.swap_out", mib, NO_TAGS),
                _ => {}
            }
        }
    }

    /// How hard the kernel looks for memory to free: counters of `/proc/vmstat`.
    fn send_pressure(vmstat: &str, sender: &mut Sender<'_>) {
        for (name, value) in numbers_by_name(vmstat) {
            let value = value as f64;
            match name {
                "pgscan_direct" | "pgsteal_direct" | "pgscan_kswapd" | "pgsteal_kswapd" => {
                    sender.monotonic_count(&format!("system.mem.{name}"), value, NO_TAGS);
                }
                _ => {
                    if let Some(zone) = name.strip_prefix("allocstall_") {
                        let tags = [format!("zone:{zone}")];
                        sender.monotonic_count("system.mem.allocstall", value, &tags);
                    }
                }
            }
        }
    }
}

impl Check for Memory {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let info = MemInfo::read(&self.roots)?;
        Self::send_memory(&info, sender);
        // Some sandboxes hide `vmstat`; memory is worth sending without it.
        let vmstat = self.roots.proc("vmstat").unwrap_or_default();
        Self::send_swap(&info, &vmstat, sender);
        if self.collect_memory_pressure {
            Self::send_pressure(&vmstat, sender);
        }
        Ok(())
    }
}

/// `system_swap`: see the file's head.
#[derive(Debug)]
pub struct SystemSwap {
    roots: Roots,
}

impl SystemSwap {
    pub fn new(roots: &Roots) -> Self {
        Self { roots: roots.clone() }
    }
}

impl Check for SystemSwap {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        for (name, pages) in numbers_by_name(&self.roots.proc("vmstat")?) {
            let bytes = pages as f64 * PAGE_BYTES;
            match name {
                "pswpin" => sender.rate("system.swap.swapped_in", bytes, NO_TAGS),
                "pswpout" => sender.rate("system.swap.swapped_out", bytes, NO_TAGS),
                _ => {}
            }
        }
        Ok(())
    }
}
