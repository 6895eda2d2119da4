//! The one entry: what a question needs, wherever it is about.
//!
//! An [`Engine`] holds the store, the clock of deadlines, the limits, and the cache of host tags; each
//! kind of question adds its own methods (`metrics`, `metrics::formula`, `sql`). The cached table of
//! host tags is only used while the store still has the files and buffered rows it was made of.

use std::future::Future;
use std::sync::Arc;

use base::Clock;
use model::{Dataset, OrgId, TimeRange};
use storage::Storage;

use crate::error::{Error, ErrorKind, Result};
use crate::host_tags::{Fingerprint, HostTagRow, HostTags, HostTagsCache};
use crate::limits::Limits;
use crate::metrics::cache::LineCache;
use crate::metrics::{MemorySeries, Source};

/// Answers questions about a store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    clock: Clock,
    limits: Limits,
    cache: HostTagsCache,
    /// Of a store.
    lines: Option<Arc<LineCache>>,
    /// Of a memory source.
    host_tags: Option<Arc<HostTags>>,
}

impl Engine {
    pub fn new(storage: Storage, clock: Clock, limits: Limits) -> Self {
        let source = Source::Store(storage);
        let cache = HostTagsCache::default();
        let lines = Some(Arc::new(LineCache::new(limits.cache_bytes)));
        Self(Arc::new(Inner { source, clock, limits, cache, lines, host_tags: None }))
    }

    /// An engine over series in memory, to test the language without a disk.
    pub fn in_memory(
        series: Vec<MemorySeries>,
        host_tags: HostTags,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        let source = Source::Memory(Arc::new(series));
        let (host_tags, cache) = (Some(Arc::new(host_tags)), HostTagsCache::default());
        Self(Arc::new(Inner { source, clock, limits, cache, lines: None, host_tags }))
    }

    pub(crate) fn source(&self) -> &Source {
        &self.0.source
    }

    pub(crate) fn line_cache(&self) -> Option<Arc<LineCache>> {
        self.0.lines.clone()
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Bytes of the finished query intervals that are kept now.
    pub fn cache_bytes(&self) -> usize {
        self.0.lines.as_ref().map_or(0, |lines| lines.bytes())
    }

    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The store, or an error where there is none.
    pub(crate) fn storage(&self) -> Result<&Storage> {
        match &self.0.source {
            Source::Store(storage) => Ok(storage),
            Source::Memory(_) => Err(Error::bug("an engine in memory has only series")),
        }
    }

    /// The host tags of an org, from the cache when they are still what the store has.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn host_tags(&self, org: OrgId) -> Result<Arc<HostTags>> {
        if let Some(table) = &self.0.host_tags {
            return Ok(Arc::clone(table));
        }
        let snapshot = self.storage()?.table(org, Dataset::HostTags, TimeRange::ALL).await?;
        let fingerprint: Fingerprint = (
            snapshot.files.iter().map(|file| file.id).collect(),
            snapshot.batches.iter().map(|batch| batch.num_rows()).sum(),
            snapshot.tombstones.len(),
        );
        if let Some(table) = self.0.cache.get(org, &fingerprint) {
            return Ok(table);
        }
        let batch = snapshot.read().await?;
        let rows = storage::tables::host_tags::from_batch(&batch)?;
        let table = Arc::new(HostTags::from_rows(rows.into_iter().map(|row| HostTagRow {
            host: row.host.into(),
            source: row.source.into(),
            tags: row.tags.as_str().into(),
            time: row.time,
        })));
        self.0.cache.put(org, fingerprint, &table);
        Ok(table)
    }

    /// Gives work as long as the limits allow.
    pub(crate) async fn within_deadline<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let deadline = self.0.limits.deadline;
        tokio::select! {
            done = work => done,
            () = self.0.clock.sleep(deadline) => Err(Error::new(
                ErrorKind::Timeout,
                format!("the query took longer than {} s", deadline.as_secs()),
            )),
        }
    }
}
