//! Where the kernel's files are, and how they are read: with a bound, and with the path in errors.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::check::CheckError;

/// Most bytes read of one file. The largest that a check reads, `/proc/net/tcp` of a host with
/// 100 000 connections, has 15 MiB.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The trees that checks read. In a container they are mounts of the host's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots {
    /// `procfs_path` of `datadog.yaml`, else `HOST_PROC`, else `/proc`.
    pub proc: PathBuf,
    /// `HOST_SYS`, else `/sys`.
    pub sys: PathBuf,
    /// `HOST_DEV`, else `/dev`.
    pub dev: PathBuf,
    /// `HOST_ETC`, else `/etc`.
    pub etc: PathBuf,
}

impl Roots {
    /// `procfs_path` is the setting of that name; empty when it is not set.
    pub fn from_env(procfs_path: &str) -> Self {
        let root = |name: &str, default: &str| {
            let set = std::env::var(name).ok().filter(|v| !v.is_empty());
            PathBuf::from(set.unwrap_or_else(|| default.to_owned()))
        };
        let proc = match procfs_path.trim_end_matches('/') {
            "" => root("HOST_PROC", "/proc"),
            path => PathBuf::from(path),
        };
        let (sys, dev) = (root("HOST_SYS", "/sys"), root("HOST_DEV", "/dev"));
        Self { proc, sys, dev, etc: root("HOST_ETC", "/etc") }
    }

    /// All trees below one directory: `DIR/proc`, `DIR/sys`, `DIR/dev`, `DIR/etc`.
    pub fn below(dir: &Path) -> Self {
        Self {
            proc: dir.join("proc"),
            sys: dir.join("sys"),
            dev: dir.join("dev"),
            etc: dir.join("etc"),
        }
    }

    /// Reads a file below `/proc`.
    pub fn proc(&self, name: &str) -> Result<String, CheckError> {
        read(&self.proc.join(name))
    }

    /// A file below `/proc/net`: the host's own network when `/proc` is a mount of the host's,
    /// where `/proc/net` leads to the network of the container.
    pub fn net(&self, name: &str) -> Result<String, CheckError> {
        read(&self.net_path(name))
    }

    pub fn net_path(&self, name: &str) -> PathBuf {
        let of_init = self.proc.join("1/net").join(name);
        if self.proc != Path::new("/proc") && of_init.exists() {
            return of_init;
        }
        self.proc.join("net").join(name)
    }
}

/// The text of a file. Bytes that are not UTF-8 are replaced.
pub fn read(path: &Path) -> Result<String, CheckError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|source| CheckError::Read { path: path.to_owned(), source })?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
    })
}

/// A file that holds one whole number, such as those below `/sys/class/net`.
pub fn read_number(path: &Path) -> Option<i64> {
    read(path).ok()?.trim().parse().ok()
}

/// The names in a directory, sorted; none when it cannot be read.
pub fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// Lines `name value …` or `name: value …` as pairs; lines without a number are left out.
pub fn numbers_by_name(text: &str) -> impl Iterator<Item = (&str, u64)> {
    text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let name = words.next()?.trim_end_matches(':');
        Some((name, words.next()?.parse().ok()?))
    })
}
