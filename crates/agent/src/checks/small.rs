//! The checks that read one line: `load`, `uptime`, `file_handle`.

use std::path::Path;

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::cpu::Stat;
use crate::checks::roots::Roots;

/// The first `N` numbers of a file's first line.
fn numbers<const N: usize>(path: &Path, text: &str) -> Result<[f64; N], CheckError> {
    let words = text.split_ascii_whitespace().take(N);
    let numbers: Vec<f64> = words.map_while(|word| word.parse().ok()).collect();
    numbers.try_into().map_err(|_found: Vec<f64>| CheckError::Content {
        path: path.to_owned(),
        problem: format!("does not begin with {N} numbers"),
    })
}

/// `load`: the load averages, and the same for each core (`norm`).
#[derive(Debug)]
pub struct Load {
    roots: Roots,
}

impl Load {
    pub fn new(roots: &Roots) -> Self {
        Self { roots: roots.clone() }
    }
}

impl Check for Load {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let path = self.roots.proc.join("loadavg");
        let loads: [f64; 3] = numbers(&path, &self.roots.proc("loadavg")?)?;
        let n_cores = Stat::read(&self.roots).map_or(0, |stat| stat.cores.len());
        for (load, minutes) in loads.into_iter().zip(["1", "5", "15"]) {
            sender.gauge(&format!("system.load.{minutes}"), load, NO_TAGS);
            if n_cores > 0 {
                let norm = load / n_cores as f64;
                sender.gauge(&format!("system.load.norm.{minutes}"), norm, NO_TAGS);
            }
        }
        Ok(())
    }
}

/// `uptime`: seconds since the host started.
#[derive(Debug)]
pub struct Uptime {
    roots: Roots,
}

impl Uptime {
    pub fn new(roots: &Roots) -> Self {
        Self { roots: roots.clone() }
    }
}

impl Check for Uptime {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let path = self.roots.proc.join("uptime");
        let [secs] = numbers(&path, &self.roots.proc("uptime")?)?;
        sender.gauge("system.uptime", secs.trunc(), NO_TAGS);
        Ok(())
    }
}

/// `file_handle`: the kernel's file handles.
#[derive(Debug)]
pub struct FileHandle {
    roots: Roots,
}

impl FileHandle {
    pub fn new(roots: &Roots) -> Self {
        Self { roots: roots.clone() }
    }
}

impl Check for FileHandle {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        let path = self.roots.proc.join("sys/fs/file-nr");
        let [allocated, unused, max] = numbers(&path, &self.roots.proc("sys/fs/file-nr")?)?;
        let used = allocated - unused;
        let values = [
            ("allocated", allocated),
            ("allocated_unused", unused),
            ("used", used),
            ("max", max),
            ("in_use", used / max.max(1.0)),
        ];
        for (name, value) in values {
            sender.gauge(&format!("system.fs.file_handles.{name}"), value, NO_TAGS);
        }
        Ok(())
    }
}
