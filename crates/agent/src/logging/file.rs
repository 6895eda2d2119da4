//! A log file that is renamed when it is full: `agent.log` → `agent.log.1` → … → `agent.log.N`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Bytes at which the file is renamed.
    pub(super) bytes_max: u64,
    /// Older files that are kept.
    pub(super) rolls_max: usize,
}

/// See the file's head. Cloning shares the file.
#[derive(Clone, Debug)]
pub struct RollingFile(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    limits: Limits,
    file: File,
    len: u64,
}

impl RollingFile {
    pub(super) fn open(path: &Path, limits: Limits) -> io::Result<Self> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        let (file, len) = append(path)?;
        Ok(Self(Arc::new(Mutex::new(Inner { path: path.to_owned(), limits, file, len }))))
    }
}

fn append(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    let len = file.metadata()?.len();
    Ok((file, len))
}

impl Inner {
    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.len > 0 && self.len + line.len() as u64 > self.limits.bytes_max {
            self.roll()?;
        }
        self.file.write_all(line)?;
        self.len += line.len() as u64;
        Ok(())
    }

    fn roll(&mut self) -> io::Result<()> {
        let name = |number: usize| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        if self.limits.rolls_max == 0 {
            self.file.set_len(0)?;
            self.len = 0;
            return Ok(());
        }
        for number in (1..self.limits.rolls_max).rev() {
            // A number that is not there yet is no fault.
            let _missing = std::fs::rename(name(number), name(number + 1));
        }
        std::fs::rename(&self.path, name(1))?;
        (self.file, self.len) = append(&self.path)?;
        Ok(())
    }
}

impl Write for RollingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().write_line(line)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for RollingFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
