//! Asks file systems how full they are, without waiting for one that does not answer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use std::{fmt, thread};

/// Most threads that may hang in dead mounts at once. Mounts beyond that wait for one to answer.
const HUNG_MAX: usize = 8;

/// What a file system says of itself. In bytes, and in numbers of inodes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    pub total: f64,
    pub used: f64,
    /// What a user other than root may still fill.
    pub free: f64,
    pub inodes: f64,
    pub inodes_free: f64,
}

impl Usage {
    /// As df(1): of what a user other than root can have. 0 to 1.
    pub fn share_used(&self) -> f64 {
        let usable = self.used + self.free;
        if usable > 0.0 { self.used / usable } else { 0.0 }
    }
}

/// How a mount point is asked.
pub type AskUsage = fn(&Path) -> io::Result<Usage>;

/// Asks the kernel.
pub fn statvfs(path: &Path) -> io::Result<Usage> {
    let stat = nix::sys::statvfs::statvfs(path).map_err(io::Error::from)?;
    let block = stat.fragment_size() as f64;
    Ok(Usage {
        total: stat.blocks() as f64 * block,
        used: stat.blocks().saturating_sub(stat.blocks_free()) as f64 * block,
        free: stat.blocks_available() as f64 * block,
        inodes: stat.files() as f64,
        inodes_free: stat.files_free() as f64,
    })
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Problem {
    /// Nothing is there, or not for this user: no fault of the disk.
    NotThere,
    Failed(io::Error),
    TimedOut(Duration),
    /// It did not answer before and has not since.
    Hangs,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere => write!(f, "is not there"),
            Self::Failed(e) => write!(f, "{e}"),
            Self::TimedOut(after) => write!(f, "no answer within {} s", after.as_secs_f64()),
            Self::Hangs => write!(f, "still no answer"),
        }
    }
}

/// A thread that asks, and the mount that it asks about while it hangs.
#[derive(Debug)]
struct Worker {
    questions: SyncSender<PathBuf>,
    answers: Receiver<io::Result<Usage>>,
}

#[derive(Debug)]
pub(super) struct Asker {
    ask: AskUsage,
    idle: Option<Worker>,
    hung: Vec<(PathBuf, Worker)>,
}

impl Asker {
    pub(super) fn new(ask: AskUsage) -> Self {
        Self { ask, idle: None, hung: Vec::new() }
    }

    pub(super) fn ask(&mut self, path: &Path, timeout: Duration) -> Result<Usage, Problem> {
        self.free_those_that_answered();
        if self.hung.len() >= HUNG_MAX || self.hung.iter().any(|(p, _)| p == path) {
            return Err(Problem::Hangs);
        }
        let worker = match self.idle.take() {
            Some(worker) => worker,
            None => Worker::start(self.ask).map_err(Problem::Failed)?,
        };
        if worker.questions.send(path.to_owned()).is_err() {
            return Err(Problem::Failed(io::Error::other("the helper thread is gone")));
        }
        match worker.answers.recv_timeout(timeout) {
            Ok(answer) => {
                self.idle = Some(worker);
                answer.map_err(|e| match e.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Problem::NotThere,
                    _ => Problem::Failed(e),
                })
            }
            Err(RecvTimeoutError::Timeout) => {
                self.hung.push((path.to_owned(), worker));
                Err(Problem::TimedOut(timeout))
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(Problem::Failed(io::Error::other("the helper thread is gone")))
            }
        }
    }

    fn free_those_that_answered(&mut self) {
        self.hung.retain(|(_, worker)| {
            matches!(worker.answers.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty))
        });
    }
}

impl Worker {
    fn start(ask: AskUsage) -> io::Result<Self> {
        let (questions, asked) = sync_channel::<PathBuf>(1);
        let (answer, answers) = sync_channel(1);
        thread::Builder::new().name("disk-usage".to_owned()).spawn(move || {
            while let Ok(path) = asked.recv() {
                if answer.send(ask(&path)).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { questions, answers })
    }
}
