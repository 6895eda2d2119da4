//! The data folder: one process at a time, and what others may read there about the one that runs.
//!
//! `lock` is held for as long as the process lives; the system lets go of it however the process
//! ends. Its text says who holds it and where it listens, so that `procyon query` finds the server.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Result, While};

/// Says what is in the lock file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub(crate) pid: u32,
    /// None while the process starts.
    pub(crate) url: Option<String>,
}

/// A data folder that is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    lock: File,
}

impl DataDir {
    /// Makes the folder (mode 0700) when it is not there, and takes it.
    ///
    /// # Errors
    /// When another process holds it, or when it cannot be made or written.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .or_fault(|| format!("--data: cannot make the folder {}", path.display()))?;
        let lock = lock_path(path);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock)
            .or_fault(|| format!("--data: cannot open {}", lock.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(path)),
            Err(TryLockError::Error(e)) => {
                return Err(e).or_fault(|| format!("--data: cannot lock {}", lock.display()));
            }
        }
        let mut dir = Self { path: path.to_path_buf(), lock: file };
        dir.say(None)?;
        Ok(dir)
    }

    /// Tells others where this process listens.
    pub(crate) fn say(&mut self, url: Option<&str>) -> Result<()> {
        let holder = Holder { pid: std::process::id(), url: url.map(str::to_owned) };
        let text = serde_json::to_vec(&holder).expect("BUG: two plain fields are always JSON");
        (|| {
            self.lock.set_len(0)?;
            self.lock.rewind()?;
            self.lock.write_all(&text)
        })()
        .or_fault(|| format!("--data: cannot write {}", lock_path(&self.path).display()))
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // The text is a hint only; who reads it asks the lock first.
        let _hint = self.lock.set_len(0);
    }
}

/// Who runs on a data folder now, if anyone does.
pub(crate) fn holder(path: &Path) -> Option<Holder> {
    let mut file = File::open(lock_path(path)).ok()?;
    if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return None;
    }
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn taken(path: &Path) -> Fault {
    let by = match holder(path) {
        Some(Holder { pid, url: Some(url) }) => format!("process {pid} at {url}"),
        Some(Holder { pid, url: None }) => format!("process {pid}, which is starting or stopping"),
        None => "another process".to_owned(),
    };
    Fault::new(format!(
        "the data folder {} is in use by {by}; stop it first, or name another folder with --data",
        path.display()
    ))
}

fn lock_path(path: &Path) -> PathBuf {
    path.join("lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time() {
        let path = std::env::temp_dir().join(format!("procyon-lock-{}", std::process::id()));
        let mut first = DataDir::take(&path).unwrap();
        first.say(Some("http://127.0.0.1:1")).unwrap();
        assert_eq!(holder(&path).unwrap().url.as_deref(), Some("http://127.0.0.1:1"));
        let refused = DataDir::take(&path).unwrap_err().to_string();
        let pid = std::process::id();
        assert!(refused.contains(&format!("process {pid} at http://127.0.0.1:1")), "{refused}");
        assert!(refused.contains("--data"), "{refused}");
        drop(first);
        assert!(holder(&path).is_none());
        drop(DataDir::take(&path).unwrap());
        fs::remove_dir_all(&path).unwrap();
    }
}
