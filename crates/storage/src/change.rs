//! Changing the catalog and what readers see, as one.
//!
//! A commit that ends without an answer may or may not have happened. Until that is known no other
//! change is made: the catalog is loaded and asked.

use std::collections::HashSet;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::catalog::{self, Change, FileMeta};
use crate::error::{Error, Result};
use crate::storage::{Inner, Origin, State, Workers};

/// Folder of the data files in the object store.
pub(crate) const DATA_FOLDER: &str = "data";

impl Inner {
    /// Applies a change to the catalog, then to what readers see.
    pub(crate) async fn commit(&self, change: Change, origin: Origin) -> Result<()> {
        let mut uncertain = self.uncertain.lock().await;
        self.settle(&mut uncertain).await?;
        match self.parts.catalog.commit(&change).await {
            Ok(()) => {
                self.adopt(&change, origin);
                Ok(())
            }
            Err(error @ catalog::Error::Unavailable { .. }) => {
                *uncertain = Some((change, origin));
                match self.settle(&mut uncertain).await {
                    Ok(true) => Ok(()),
                    _ => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Finds out whether a commit without an answer has happened.
    pub(crate) async fn settle_uncertain(&self) -> Result<()> {
        let mut uncertain = self.uncertain.lock().await;
        self.settle(&mut uncertain).await.map(|_applied| ())
    }

    async fn settle(&self, uncertain: &mut Option<(Change, Origin)>) -> Result<bool> {
        let Some((change, origin)) = uncertain.as_ref() else { return Ok(false) };
        let stored = self.parts.catalog.load().await?;
        let is_applied = stored.reflects(change);
        if is_applied {
            self.adopt(change, *origin);
        }
        *uncertain = None;
        Ok(is_applied)
    }

    fn adopt(&self, change: &Change, origin: Origin) {
        let removed: HashSet<u64> = change.remove.iter().copied().collect();
        let mut guard = self.state.write();
        let state = &mut *guard;
        if !removed.is_empty() {
            for list in state.files.values_mut() {
                let gone = list.extract_if(.., |f| removed.contains(&f.id));
                state.unused.extend(gone);
            }
        }
        for (id, inputs) in &change.replace_inputs {
            for file in state.files.values_mut().flatten().filter(|f| f.id == *id) {
                Arc::make_mut(file).inputs.clone_from(inputs);
            }
        }
        state.add_files(&change.add);
        state.tombstones.retain(|t| !change.remove_tombstones.contains(&t.id));
        state.tombstones.extend(change.add_tombstones.iter().cloned().map(Arc::new));
        if origin == Origin::Flush
            && let Some(flushed) = state.frozen.take()
        {
            state.keep_hours(&flushed);
        }
        let drops_rows = !removed.is_empty() && change.add.is_empty();
        if drops_rows || !change.add_tombstones.is_empty() {
            state.epoch += 1;
        }
        drop(guard);
        removed.iter().for_each(|id| self.files.forget(*id));
    }

    /// Puts a file that the catalog is to name.
    pub(crate) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let payload = PutPayload::from(bytes);
        let put = self.parts.store.put(&Path::from(path), payload).await;
        put.map(|_result| ()).map_err(|e| Error::unavailable(format!("write {path}"), e))
    }

    /// Deletes files that the catalog has dropped and no reader holds.
    pub(crate) async fn sweep(&self) -> Result<()> {
        let ready: Vec<Arc<FileMeta>> = {
            let mut state = self.state.write();
            // One count is the list's own; an open file in the cache was forgotten before.
            state.unused.extract_if(.., |f| Arc::strong_count(f) == 1).collect()
        };
        let mut failed = None;
        for file in ready {
            match self.parts.store.delete(&Path::from(file.path.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => {
                    failed = Some(Error::unavailable(format!("delete {}", file.path), error));
                    self.state.write().unused.push(file);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Deletes what a crash left over: files that were put and never named, or dropped and not yet
    /// deleted. Only at the start, while nobody else writes.
    pub(crate) async fn remove_orphans(&self) -> Result<()> {
        let folder = Path::from(DATA_FOLDER);
        let listed = self.parts.store.list(Some(&folder)).try_collect::<Vec<_>>().await;
        let listed = listed.map_err(|e| Error::unavailable("list the data files", e))?;
        let named: HashSet<String> = {
            let state = self.state.read();
            state.files.values().flatten().map(|f| f.path.clone()).collect()
        };
        for object in listed {
            if !named.contains(object.location.as_ref()) {
                let deleted = self.parts.store.delete(&object.location).await;
                if let Err(error) = deleted {
                    tracing::warn!(path = %object.location, %error, "cannot delete an orphan");
                }
            }
        }
        Ok(())
    }

    /// Runs work that takes long where the parts say.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.parts.workers {
            Workers::Inline => work(),
            Workers::Pool => tokio::task::spawn_blocking(work)
                .await
                .map_err(|e| Error::unavailable("finish work on a worker", e))?,
        }
    }
}

impl State {
    pub(crate) fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}
