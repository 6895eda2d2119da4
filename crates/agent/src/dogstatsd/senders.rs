//! From the process at the other end of a Unix socket to its container.
//!
//! The kernel names the process (`SCM_CREDENTIALS` of a datagram, `SO_PEERCRED` of a connection), and
//! the process's cgroup names the container. Each reader remembers that for a few seconds: a
//! process does not change its container, and the number of one that has ended is not given away
//! again so soon.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::tagger::Tagger;

/// How long an answer holds.
const HOLDS_FOR: Duration = Duration::from_secs(5);
/// Processes that are remembered; past this all are asked for anew.
const PROCESSES_MAX: usize = 4096;

/// What one reader knows of those who send to it.
#[derive(Debug, Default)]
pub(crate) struct Senders {
    tagger: Option<Arc<Tagger>>,
    known: HashMap<i32, (Arc<str>, Duration)>,
}

impl Senders {
    /// `None` never looks at anybody.
    pub(crate) fn new(tagger: Option<Arc<Tagger>>) -> Self {
        Self { tagger, known: HashMap::new() }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.tagger.is_some()
    }

    /// The id of the container that a process runs in at a time; empty when it runs in none.
    ///
    /// # Errors
    /// When the process cannot be looked at and was not known before.
    pub(crate) fn container(&mut self, pid: i32, now: Duration) -> io::Result<Arc<str>> {
        let Some(tagger) = &self.tagger else { return Ok("".into()) };
        if pid <= 0 {
            return Err(io::Error::other("it runs in another process namespace"));
        }
        let known = self.known.get(&pid);
        if let Some((container, until)) = known
            && now < *until
        {
            return Ok(Arc::clone(container));
        }
        let container = match (tagger.of_process(pid), known) {
            (Ok(container), _) => container,
            // It has sent and ended.
            (Err(_), Some((container, _))) => return Ok(Arc::clone(container)),
            (Err(error), None) => return Err(error),
        };
        if self.known.len() >= PROCESSES_MAX {
            self.known.clear();
        }
        self.known.insert(pid, (Arc::clone(&container), now + HOLDS_FOR));
        Ok(container)
    }
}
