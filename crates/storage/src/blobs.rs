//! Blobs: whole byte strings, kept under a name made from their content.
//!
//! A blob is written once and never changed; writing it again is harmless, reading it proves that it
//! is what was written. Each organisation has its own, so that nobody can find out what others keep
//! and deleting one's own deletes nobody else's. The same content put twice is one blob: who lets
//! several rows name it must not delete it before the last of them is gone.
//!
//! Layout in the object store: `blobs/{org}/{kind}/{2 hex}/{SHA-256 as hex}-{length}`. SHA-256 rather
//! than a faster hash because content comes from clients: a made-up collision would give one
//! recording in place of another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use model::OrgId;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Largest blob in bytes, unless the caller sets less. Blobs are handled in memory as a whole; a
/// replay segment or a profile has at most 50 MB in its own protocol.
pub const BLOB_BYTES_MAX: usize = 64 << 20;
/// Longest name of a kind, in bytes.
const KIND_BYTES_MAX: usize = 64;

/// Names a blob within its organisation. Its text is `{kind}/{SHA-256 as hex}-{length}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId {
    kind: String,
    hash: String,
    len: usize,
}

/// A text that names no blob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no blob")]
pub struct ParseBlobIdError(String);

/// The blobs of an object store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    bytes_max: usize,
}

fn is_kind(kind: &str) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !kind.is_empty() && kind.len() <= KIND_BYTES_MAX && kind.bytes().all(ok)
}

impl BlobId {
    fn of(kind: &str, bytes: &[u8]) -> Self {
        let hash = hex::encode(Sha256::digest(bytes));
        Self { kind: kind.to_owned(), hash, len: bytes.len() }
    }

    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Size in bytes.
    pub fn n_bytes(&self) -> usize {
        self.len
    }

    fn path(&self, org: OrgId) -> Path {
        let Self { kind, hash, len } = self;
        Path::from(format!("blobs/{org}/{kind}/{}/{hash}-{len}", &hash[..2]))
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}-{}", self.kind, self.hash, self.len)
    }
}

impl FromStr for BlobId {
    type Err = ParseBlobIdError;

    fn from_str(text: &str) -> Result<Self, ParseBlobIdError> {
        let parse = || {
            let (kind, name) = text.split_once('/')?;
            let (hash, len) = name.split_once('-')?;
            let is_hash =
                hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            let id = Self { kind: kind.into(), hash: hash.into(), len: len.parse().ok()? };
            // The text is the identity, so another spelling of the length is another, unknown name.
            (is_kind(kind) && is_hash && id.to_string() == text).then_some(id)
        };
        parse().ok_or_else(|| ParseBlobIdError(text.chars().take(200).collect()))
    }
}

impl Blobs {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, bytes_max: BLOB_BYTES_MAX }
    }

    /// Refuses blobs over `bytes_max` instead of over [`BLOB_BYTES_MAX`].
    #[must_use]
    pub fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// Keeps a blob. It is there when this returns, as durable as the object store makes it.
    ///
    /// `kind` tells what it is (`replay`, `profile`): lower-case letters, digits and `_`.
    ///
    /// # Errors
    /// [`Error::Invalid`]: too large, or no such kind is possible. [`Error::Unavailable`].
    pub async fn put(&self, org: OrgId, kind: &str, bytes: Bytes) -> Result<BlobId> {
        let invalid =
            |what: String| Error::Invalid { place: format!("blobs of kind {kind:?}"), what };
        if !is_kind(kind) {
            return Err(invalid("a kind has lower-case letters, digits and _ only".into()));
        }
        if bytes.len() > self.bytes_max {
            let what = format!("{} bytes, and {} are the limit", bytes.len(), self.bytes_max);
            return Err(invalid(what));
        }
        let id = BlobId::of(kind, &bytes);
        // Written even if it is there already: what is there may be damaged.
        match self.store.put(&id.path(org), PutPayload::from_bytes(bytes)).await {
            Ok(_) => Ok(id),
            Err(source) => Err(Error::unavailable(format!("write blob {id}"), source)),
        }
    }

    /// The blob; `None` when there is none of that name.
    ///
    /// # Errors
    /// [`Error::Corrupt`]: the content is not what the name says. [`Error::Unavailable`].
    pub async fn get(&self, org: OrgId, id: &BlobId) -> Result<Option<Bytes>> {
        let unavailable = |source| Error::unavailable(format!("read blob {id}"), source);
        let found = match self.store.get(&id.path(org)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(unavailable)?,
        };
        // Before reading, so that a damaged store cannot make us take in more than a blob may have.
        if found.meta.size != id.len as u64 {
            let what = format!("{} bytes long instead of {}", found.meta.size, id.len);
            return Err(Error::corrupt(format!("blob {id}"), what));
        }
        let bytes = found.bytes().await.map_err(unavailable)?;
        if BlobId::of(&id.kind, &bytes) != *id {
            return Err(Error::corrupt(format!("blob {id}"), "the content has another hash"));
        }
        Ok(Some(bytes))
    }

    /// Deletes a blob; one that is not there is no error.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn delete(&self, org: OrgId, id: &BlobId) -> Result<()> {
        match self.store.delete(&id.path(org)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(Error::unavailable(format!("delete blob {id}"), source)),
        }
    }

    /// Names of up to `limit` blobs of a kind, sorted, from the first after `after` on. Objects that
    /// are no blobs are passed over.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list(
        &self,
        org: OrgId,
        kind: &str,
        after: Option<&BlobId>,
        limit: usize,
    ) -> Result<Vec<BlobId>> {
        if !is_kind(kind) {
            return Ok(Vec::new());
        }
        let prefix = Path::from(format!("blobs/{org}/{kind}"));
        let mut objects = self.store.list(Some(&prefix));
        // The largest of the `limit` smallest falls out, as stores list in any order.
        let mut names = std::collections::BTreeSet::new();
        loop {
            let object = objects
                .try_next()
                .await
                .map_err(|e| Error::unavailable(format!("list blobs of kind {kind}"), e))?;
            let Some(object) = object else { break };
            let Some(name) = object.location.filename() else { continue };
            let Ok(id) = format!("{kind}/{name}").parse::<BlobId>() else { continue };
            if after.is_none_or(|after| id > *after) {
                names.insert(id);
            }
            if names.len() > limit {
                names.pop_last();
            }
        }
        Ok(names.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;

    const ORG: OrgId = OrgId(1);

    fn blobs() -> (Arc<InMemory>, Blobs) {
        let store = Arc::new(InMemory::new());
        (Arc::clone(&store), Blobs::new(store))
    }

    #[tokio::test]
    async fn what_is_put_is_got() {
        let (_, blobs) = blobs();
        for bytes in [&b""[..], b"a", &[7; 100_000]] {
            let bytes = Bytes::copy_from_slice(bytes);
            let id = blobs.put(ORG, "replay", bytes.clone()).await.unwrap();
            assert_eq!(id, blobs.put(ORG, "replay", bytes.clone()).await.unwrap());
            assert_eq!(id.to_string().parse::<BlobId>().unwrap(), id);
            assert_eq!(id.n_bytes(), bytes.len());
            assert_eq!(blobs.get(ORG, &id).await.unwrap(), Some(bytes));
            assert_eq!(blobs.get(OrgId(2), &id).await.unwrap(), None, "another org's");
            blobs.delete(OrgId(2), &id).await.unwrap();
            assert!(blobs.get(ORG, &id).await.unwrap().is_some());
            blobs.delete(ORG, &id).await.unwrap();
            blobs.delete(ORG, &id).await.unwrap();
            assert_eq!(blobs.get(ORG, &id).await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn damage_is_found() {
        let (store, blobs) = blobs();
        let id = blobs.put(ORG, "replay", Bytes::from_static(b"what was written")).await.unwrap();
        for damaged in [&b"what was writtex"[..], b"what", b"", b"what was written and more"] {
            store.put(&id.path(ORG), Bytes::from_static(damaged).into()).await.unwrap();
            let error = blobs.get(ORG, &id).await.unwrap_err();
            assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        }
        blobs.put(ORG, "replay", Bytes::from_static(b"what was written")).await.unwrap();
        assert!(blobs.get(ORG, &id).await.unwrap().is_some(), "put again heals");
    }

    #[tokio::test]
    async fn limits() {
        let (_, blobs) = blobs();
        let blobs = blobs.with_bytes_max(4);
        blobs.put(ORG, "k", Bytes::from_static(b"1234")).await.unwrap();
        let long = "k".repeat(65);
        for (kind, bytes) in
            [("k", "12345"), ("", ""), ("../x", ""), ("a/b", ""), ("K", ""), (long.as_str(), "")]
        {
            let error = blobs.put(ORG, kind, Bytes::from(bytes)).await.unwrap_err();
            assert!(matches!(error, Error::Invalid { .. }), "{kind} {bytes}: {error}");
        }
    }

    #[tokio::test]
    async fn listing_pages() {
        let (store, blobs) = blobs();
        let mut want = Vec::new();
        for i in 0..25 {
            want.push(blobs.put(ORG, "k", Bytes::from(format!("{i}"))).await.unwrap());
            blobs.put(ORG, "k2", Bytes::from(format!("{i}"))).await.unwrap();
            blobs.put(OrgId(11), "k", Bytes::from(format!("{i}"))).await.unwrap();
        }
        store.put(&Path::from("blobs/1/k/stray"), Bytes::new().into()).await.unwrap();
        want.sort();
        let mut have: Vec<BlobId> = Vec::new();
        loop {
            let page = blobs.list(ORG, "k", have.last(), 10).await.unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= 10);
            have.extend(page);
        }
        assert_eq!(have, want);
        assert!(blobs.list(ORG, "../k", None, 10).await.unwrap().is_empty());
    }

    #[test]
    fn names_are_checked() {
        let hash = "0".repeat(64);
        assert!(format!("k/{hash}-1").parse::<BlobId>().is_ok());
        for name in [
            String::new(),
            "k".into(),
            "k/".into(),
            format!("k/{hash}"),
            format!("k/{hash}-"),
            format!("k/{hash}-01"),
            format!("k/{hash}-+1"),
            format!("k/{hash}-99999999999999999999999"),
            format!("../{hash}-1"),
            format!("k/{}-1", "g".repeat(64)),
            format!("k/{}-1", "A".repeat(64)),
            format!("k/é{}-1", "0".repeat(62)),
            format!("k/x/{hash}-1"),
        ] {
            assert!(name.parse::<BlobId>().is_err(), "{name}");
        }
    }
}
