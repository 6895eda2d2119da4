//! `disk`: how full file systems are (`system.disk.*`, in KiB; `system.fs.inodes.*`), and how long
//! devices read and wrote.
//!
//! The mounts are those of `/proc/self/mounts`; each is asked with `statvfs` by a helper thread, so
//! that a dead network mount costs one run the `timeout`, is named in a warning, and is then left
//! alone until it answers.
//!
//! Settings are the official ones (`integrations-core/disk`), old names included. Expressions match
//! from the beginning, as their documentation says. Labels are those below `/dev/disk/by-label`
//! (what udev took from the same place that `blkid` and `lsblk` ask), or in `blkid_cache_file`.

mod filter;
mod labels;
mod usage;

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::CheckStatus;
use regex_lite::Regex;

use crate::check::{Check, CheckError, Sender};
use crate::checks::io::read_diskstats;
use crate::checks::roots::{Roots, read};
use crate::checks::settings::{SettingError, Settings};

use filter::Filters;
pub use usage::{AskUsage, Usage, statvfs};
use usage::{Asker, Problem};

/// One line of `/proc/self/mounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    pub device: String,
    pub mount_point: String,
    pub file_system: String,
    pub options: String,
}

impl Mount {
    /// Of `device mount_point file_system options …`, where blanks are written `\040`.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let mut word = || words.next().filter(|w| !w.is_empty()).map(unescape);
        Some(Self { device: word()?, mount_point: word()?, file_system: word()?, options: word()? })
    }

    /// All mounts of this process's view of the file systems.
    pub fn all(roots: &Roots) -> Result<Vec<Self>, CheckError> {
        Ok(roots.proc("self/mounts")?.lines().filter_map(Self::parse).collect())
    }
}

/// Undoes the `\ooo` by which the kernel writes blanks and backslashes.
fn unescape(word: &str) -> String {
    let mut bytes = Vec::with_capacity(word.len());
    let mut rest = word.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..3).filter(|_| first == b'\\');
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// File systems that some driver stores on a device: those of `/proc/filesystems` without `nodev`.
fn physical_file_systems(roots: &Roots) -> Vec<String> {
    let text = roots.proc("filesystems").unwrap_or_default();
    let names = text.lines().filter(|line| !line.starts_with("nodev")).map(str::trim);
    // ZFS says `nodev`, for it knows its devices itself.
    names.filter(|name| !name.is_empty()).map(str::to_owned).chain(["zfs".to_owned()]).collect()
}

/// The settings of one instance.
#[derive(Debug)]
struct Options {
    use_mount: bool,
    all_partitions: bool,
    include_all_devices: bool,
    service_check_rw: bool,
    tag_by_filesystem: bool,
    tag_by_label: bool,
    lowercase_device_tag: bool,
    /// In bytes.
    min_disk_size: f64,
    blkid_cache_file: Option<PathBuf>,
    device_tags: Vec<(Regex, Vec<String>)>,
    mounts_path: Option<PathBuf>,
}

impl Options {
    fn new(s: &Settings) -> Result<Self, SettingError> {
        let mut device_tags = Vec::new();
        for (pattern, tags) in s.text_map("device_tag_re")? {
            let regex = filter::compile(s, "device_tag_re", &pattern, false)?;
            device_tags.push((regex, tags.split(',').map(|t| t.trim().to_owned()).collect()));
        }
        Ok(Self {
            use_mount: s.bool("use_mount", false)?,
            all_partitions: s.bool("all_partitions", false)?,
            include_all_devices: s.bool("include_all_devices", true)?,
            service_check_rw: s.bool("service_check_rw", false)?,
            tag_by_filesystem: s.bool("tag_by_filesystem", false)?,
            tag_by_label: s.bool("tag_by_label", true)?,
            lowercase_device_tag: s.bool("lowercase_device_tag", false)?,
            min_disk_size: s.number("min_disk_size")?.unwrap_or(0.0) * 1024.0 * 1024.0,
            blkid_cache_file: s.text("blkid_cache_file")?.map(PathBuf::from),
            device_tags,
            mounts_path: s.text("proc_mountinfo_path")?.map(PathBuf::from),
        })
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Disk {
    roots: Roots,
    options: Options,
    filters: Filters,
    timeout: Duration,
    asker: Asker,
    /// Labels by device path, read anew with each run.
    labels: Vec<(String, String)>,
}

impl Disk {
    /// `ask` is [`statvfs`], or what a test says instead.
    pub fn new(
        roots: &Roots,
        init_config: &Settings,
        instance: &Settings,
        ask: AskUsage,
    ) -> Result<Self, SettingError> {
        const TIMEOUT_SECS: f64 = 5.0;
        let timeout = instance.number("timeout")?.unwrap_or(TIMEOUT_SECS);
        Ok(Self {
            roots: roots.clone(),
            options: Options::new(instance)?,
            filters: Filters::new(init_config, instance)?,
            timeout: Duration::from_secs_f64(timeout.clamp(0.1, 300.0)),
            asker: Asker::new(ask),
            labels: Vec::new(),
        })
    }

    fn send_mounts(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let mounts = match &self.options.mounts_path {
            Some(path) => read(path)?.lines().filter_map(Mount::parse).collect(),
            None => Mount::all(&self.roots)?,
        };
        let physical =
            (!self.options.include_all_devices).then(|| physical_file_systems(&self.roots));
        for mount in &mounts {
            let is_of_device = mount.device != "none";
            if physical.as_ref().is_some_and(|p| !p.contains(&mount.file_system))
                || (!is_of_device && !self.options.all_partitions)
                || !self.filters.keeps(mount)
            {
                continue;
            }
            match self.asker.ask(Path::new(&mount.mount_point), self.timeout) {
                Ok(usage) if usage.total > 0.0 && usage.total >= self.options.min_disk_size => {
                    self.send_mount(mount, &usage, sender);
                }
                Ok(_too_small) => {}
                Err(Problem::NotThere) => {}
                Err(problem) => sender.warning(format!(
                    "cannot get metrics of {}: {problem}; `mount_point_exclude` leaves it out",
                    mount.mount_point
                )),
            }
        }
        Ok(())
    }

    fn send_mount(&self, mount: &Mount, usage: &Usage, sender: &mut Sender<'_>) {
        const BYTES_PER_KIB: f64 = 1024.0;
        let tags = self.mount_tags(mount);
        let share = usage.share_used();
        let values = [
            ("total", usage.total / BYTES_PER_KIB),
            ("used", usage.used / BYTES_PER_KIB),
            ("free", usage.free / BYTES_PER_KIB),
            ("utilized", share * 100.0),
            ("in_use", share),
        ];
        for (name, value) in values {
            sender.gauge(&format!("system.disk.{name}"), value, &tags);
        }
        // File systems without a table of inodes, such as btrfs, say 0.
        if usage.inodes > 0.0 {
            let used = (usage.inodes - usage.inodes_free).max(0.0);
            let values = [
                ("total", usage.inodes),
                ("used", used),
                ("free", usage.inodes_free),
                ("utilized", used / usage.inodes * 100.0),
                ("in_use", used / usage.inodes),
            ];
            for (name, value) in values {
                sender.gauge(&format!("system.fs.inodes.{name}"), value, &tags);
            }
        }
        if self.options.service_check_rw {
            let mut options = mount.options.split(',');
            let status = match options.find(|option| matches!(*option, "rw" | "ro")) {
                Some("rw") => CheckStatus::Ok,
                Some(_) => CheckStatus::Critical,
                None => CheckStatus::Unknown,
            };
            sender.service_check("disk.read_write", status, &tags, "");
        }
    }

    fn mount_tags(&self, mount: &Mount) -> Vec<String> {
        let mut tags = Vec::new();
        if self.options.tag_by_filesystem {
            tags.push(mount.file_system.clone());
            tags.push(format!("filesystem:{}", mount.file_system));
        }
        let named = if self.options.use_mount { &mount.mount_point } else { &mount.device };
        self.add_device_tags(&mut tags, named, &mount.device);
        tags
    }

    fn add_device_tags(&self, tags: &mut Vec<String>, named: &str, device: &str) {
        let shown =
            if self.options.lowercase_device_tag { named.to_lowercase() } else { named.to_owned() };
        tags.push(format!("device:{shown}"));
        let base = device.rsplit('/').next().filter(|base| !base.is_empty()).unwrap_or(device);
        tags.push(format!("device_name:{base}"));
        for (regex, more) in &self.options.device_tags {
            if regex.is_match(named) {
                tags.extend(more.iter().cloned());
            }
        }
        if let Some((_, label)) = self.labels.iter().find(|(path, _)| path == device) {
            tags.push(format!("label:{label}"));
            tags.push(format!("device_label:{label}"));
        }
    }

    /// Times of whole devices and partitions, by the names of `/proc/diskstats`.
    fn send_times(&self, sender: &mut Sender<'_>) {
        // Sandboxes may hide `diskstats`; how full disks are is worth sending without it.
        let Ok(devices) = read_diskstats(&self.roots) else { return };
        for (device, stats) in devices {
            let mut tags = Vec::new();
            self.add_device_tags(&mut tags, &device, &device);
            for (name, ms) in [("read_time", stats.read_ms), ("write_time", stats.write_ms)] {
                let metric = format!("system.disk.{name}");
                sender.monotonic_count(&metric, ms as f64, &tags);
                sender.rate(&format!("{metric}_pct"), ms as f64 * 100.0 / 1000.0, &tags);
            }
        }
    }
}

impl Check for Disk {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        if self.options.tag_by_label {
            self.labels = match &self.options.blkid_cache_file {
                Some(path) => labels::of_blkid_cache(&read(path)?),
                None => labels::of_udev(&self.roots),
            };
        }
        self.send_mounts(sender)?;
        self.send_times(sender);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
