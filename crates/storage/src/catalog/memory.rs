//! The catalog in memory, for simulations and tests.
//!
//! A commit is [`CatalogState::apply`] under a lock. Clones share the state, so that it outlives a
//! simulated crash. Each call gives way to other tasks where a database would be waited for, and can
//! be made to fail before it applies or to lose its answer after.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::{Catalog, CatalogState, Change, Error, Result};

/// What goes wrong with a commit or a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fails, and nothing is applied.
    Fail,
    /// Applies the change and then reports a failure: the answer was lost. A load just fails.
    LoseAnswer,
}

/// Decides what goes wrong: asked once a call; the change is `None` for a load.
type Hook = Arc<dyn Fn(Option<&Change>) -> Option<Fault> + Send + Sync>;

/// A catalog in memory, for simulations and tests. Clones share the state, so that it outlives the
/// store that used it, as a database outlives a crash of the process.
#[derive(Clone, Default)]
pub struct MemoryCatalog {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    state: CatalogState,
    n_commits: u64,
    /// Faults of the next commits, in order; `None` lets one pass.
    script: VecDeque<Option<Fault>>,
    hook: Option<Hook>,
}

impl MemoryCatalog {
    pub fn new() -> Self {
        Self::default()
    }

    /// A catalog that begins with the given content.
    pub fn with_state(state: CatalogState) -> Self {
        let catalog = Self::new();
        catalog.shared.lock().state = state;
        catalog
    }

    /// Makes the next commit that has no fault scripted yet end in `fault`, or pass with `None`.
    pub fn script(&self, fault: Option<Fault>) {
        self.shared.lock().script.push_back(fault);
    }

    /// Asks `hook` on each call that the script says nothing about. It must not call the catalog.
    pub fn set_hook(
        &self,
        hook: impl Fn(Option<&Change>) -> Option<Fault> + Send + Sync + 'static,
    ) {
        self.shared.lock().hook = Some(Arc::new(hook));
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        let mut shared = self.shared.lock();
        shared.script.clear();
        shared.hook = None;
    }

    /// The content, past all faults.
    pub fn state(&self) -> CatalogState {
        self.shared.lock().state.clone()
    }

    /// How many commits were applied, with those whose answer was lost.
    pub fn n_commits(&self) -> u64 {
        self.shared.lock().n_commits
    }
}

impl fmt::Debug for MemoryCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.shared.lock();
        f.debug_struct("MemoryCatalog")
            .field("n_files", &shared.state.files.len())
            .field("n_commits", &shared.n_commits)
            .finish_non_exhaustive()
    }
}

fn injected(what: &'static str) -> Error {
    Error::Unavailable { source: Box::new(io::Error::other(what)) }
}

#[async_trait]
impl Catalog for MemoryCatalog {
    async fn load(&self) -> Result<CatalogState> {
        // Others get their turn, as they would during real IO.
        tokio::task::yield_now().await;
        let hook = self.shared.lock().hook.clone();
        if hook.and_then(|hook| hook(None)).is_some() {
            return Err(injected("injected: load failed"));
        }
        Ok(self.state())
    }

    async fn commit(&self, change: &Change) -> Result<()> {
        tokio::task::yield_now().await;
        let (scripted, hook) = {
            let mut shared = self.shared.lock();
            (shared.script.pop_front(), shared.hook.clone())
        };
        let fault = scripted.unwrap_or_else(|| hook.and_then(|hook| hook(Some(change))));
        if fault == Some(Fault::Fail) {
            return Err(injected("injected: commit failed"));
        }
        {
            let mut shared = self.shared.lock();
            shared.state.apply(change)?;
            shared.n_commits += 1;
        }
        // A crash here leaves the change applied and its maker without an answer.
        tokio::task::yield_now().await;
        match fault {
            Some(_) => Err(injected("injected: answer of a commit lost")),
            None => Ok(()),
        }
    }
}
