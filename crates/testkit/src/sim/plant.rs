//! Bugs to plant, so that the simulation proves that it would find them.

use std::sync::Arc;

use async_trait::async_trait;
use storage::catalog::{Catalog, CatalogState, Change, MemoryCatalog, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    Nothing,
    /// The log is not synced before rows are acknowledged.
    SkipSync,
    /// A flush does not note the log positions that its files cover.
    DropPosition,
    /// A merge leaves the files that it has merged.
    DoubleFile,
}

/// A catalog with a bug.
#[derive(Debug)]
struct Planted {
    plant: Plant,
    inner: MemoryCatalog,
}

impl Plant {
    /// By its name on a command line.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "skip-sync" => Some(Self::SkipSync),
            "drop-position" => Some(Self::DropPosition),
            "double-file" => Some(Self::DoubleFile),
            _ => None,
        }
    }

    pub(super) fn catalog(self, inner: MemoryCatalog) -> Arc<dyn Catalog> {
        Arc::new(Planted { plant: self, inner })
    }
}

#[async_trait]
impl Catalog for Planted {
    async fn load(&self) -> Result<CatalogState> {
        self.inner.load().await
    }

    async fn commit(&self, change: &Change) -> Result<()> {
        let mut change = change.clone();
        match self.plant {
            Plant::DropPosition => change.positions.clear(),
            Plant::DoubleFile => change.remove.clear(),
            Plant::Nothing | Plant::SkipSync => {}
        }
        self.inner.commit(&change).await
    }
}
