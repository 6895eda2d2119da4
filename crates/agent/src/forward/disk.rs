//! The retry queue on disk: payloads that wait for a server that is away, past restarts.
//!
//! One folder for each domain, one file for each time that memory gave payloads away; format in
//! `docs/formats/retry-queue.md`. Files are written as a whole, read newest first, and removed when
//! each of their payloads has ended, so a crash repeats payloads rather than losing them.
//! API keys are never written: a payload says the how-manieth key of its domain it is for.
//!
//! What cannot be read is moved to `damaged/`; the records before the damage are sent. A disk that
//! is full, or fuller than the settings allow, is an error: the payloads stay in memory.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base::{Clock, SharedDisk};
use bytes::Bytes;

use super::Endpoint;
use crate::config::ForwarderConfig;

const MAGIC: &[u8; 8] = b"PRCNRTRY";
const VERSION: u8 = 1;
/// Bytes of a record before its body.
const RECORD_HEAD: usize = 24;
/// Damaged files that are kept, for somebody to look at.
const DAMAGED_MAX: usize = 4;
const DAY_MS: i64 = 86_400_000;

/// A payload that waits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub(super) endpoint: Endpoint,
    pub(super) is_compressed: bool,
    /// Index of the key among those of the domain.
    pub(super) key: u16,
    pub(super) attempts: u32,
    /// Unix milliseconds.
    pub(super) created_ms: i64,
    pub(super) n_items: u64,
    pub(super) body: Bytes,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum QueueError {
    #[error("cannot write to the retry queue")]
    Write { source: io::Error },
    #[error("cannot read the retry queue")]
    Read { source: io::Error },
    #[error("the disk is fuller than forwarder_storage_max_disk_ratio allows")]
    DiskFull,
    #[error("larger than forwarder_storage_max_size_in_bytes")]
    TooLarge,
}

/// Bytes on disk of all domains together.
#[derive(Debug)]
pub(super) struct Usage {
    bytes: AtomicU64,
    max: u64,
}

impl Usage {
    pub(super) fn new(max: u64) -> Self {
        Self { bytes: AtomicU64::new(0), max }
    }

    fn fits(&self, more: u64) -> bool {
        self.bytes.load(Ordering::Relaxed).saturating_add(more) <= self.max
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    disk: SharedDisk,
    /// Where the disk's files lie on this machine, to ask how full it is.
    root: PathBuf,
    url: String,
    folder: String,
    usage: Arc<Usage>,
    max_disk_ratio: f64,
    /// By name; names sort by age.
    files: BTreeMap<String, File>,
    next_number: u64,
    pub(super) n_damaged: u64,
}

#[derive(Clone, Copy, Debug)]
struct File {
    bytes: u64,
    /// Payloads of it that are in memory and have not ended; `None` when it was not read.
    open: Option<usize>,
}

/// What reading a file gave.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) name: String,
    pub(super) payloads: Vec<Stored>,
}

impl Queue {
    /// Finds the files of a domain. Those older than the settings allow are removed.
    pub(super) async fn open(
        (disk, root): (SharedDisk, PathBuf),
        url: &str,
        usage: Arc<Usage>,
        config: &ForwarderConfig,
        clock: &Clock,
    ) -> Result<Self, QueueError> {
        let folder = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(url.as_bytes()));
        let mut queue = Self {
            disk,
            root,
            url: url.to_owned(),
            folder,
            usage,
            max_disk_ratio: config.storage_max_disk_ratio,
            files: BTreeMap::new(),
            next_number: 0,
            n_damaged: 0,
        };
        let found = queue.disk.list(&queue.folder).await;
        let oldest = clock.now_ms() - config.outdated_file_days * DAY_MS;
        for (path, bytes) in found.map_err(|source| QueueError::Read { source })? {
            let Some(name) = path.rsplit('/').next() else { continue };
            let Some((created_ms, number)) = parts_of(name) else {
                // Half a file, whose writing a crash ended.
                queue.remove_path(&path).await;
                continue;
            };
            if created_ms < oldest {
                tracing::warn!(file = name, "payloads that waited too long are given up");
                queue.remove_path(&path).await;
                continue;
            }
            queue.next_number = queue.next_number.max(number + 1);
            queue.usage.bytes.fetch_add(bytes, Ordering::Relaxed);
            queue.files.insert(name.to_owned(), File { bytes, open: None });
        }
        Ok(queue)
    }

    pub(super) fn n_files(&self) -> usize {
        self.files.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    /// Whether a file waits that was not read.
    pub(super) fn has_unread(&self) -> bool {
        self.files.values().any(|file| file.open.is_none())
    }

    /// Writes payloads into one file. Gives how many older files had to go to make room.
    pub(super) async fn write(
        &mut self,
        payloads: &[Stored],
        now_ms: i64,
    ) -> Result<u64, QueueError> {
        if payloads.is_empty() {
            return Ok(0);
        }
        let bytes = encode(&self.url, payloads);
        let len = bytes.len() as u64;
        if len > self.usage.max {
            return Err(QueueError::TooLarge);
        }
        if is_fuller(&self.root, self.max_disk_ratio) {
            return Err(QueueError::DiskFull);
        }
        let mut n_removed = 0;
        while !self.usage.fits(len) {
            let oldest = self.files.iter().find(|(_, file)| file.open.is_none());
            let Some((name, _)) = oldest else { return Err(QueueError::TooLarge) };
            let name = name.clone();
            self.remove(&name).await;
            n_removed += 1;
        }
        let name = format!("{:015}-{:08}.retry", now_ms.max(0), self.next_number);
        self.next_number += 1;
        let path = format!("{}/{name}", self.folder);
        if let Err(source) = self.disk.write(&path, bytes.into()).await {
            // A disk that was full leaves half a file behind.
            let _best_effort = self.disk.remove(&format!("{path}.partial")).await;
            return Err(QueueError::Write { source });
        }
        self.usage.bytes.fetch_add(len, Ordering::Relaxed);
        self.files.insert(name, File { bytes: len, open: None });
        Ok(n_removed)
    }

    /// Reads the newest file that was not read before. It stays until [`Self::ended`] has been
    /// said of each of its payloads.
    pub(super) async fn take_newest(&mut self) -> Result<Option<Taken>, QueueError> {
        let newest = self.files.iter().rev().find(|(_, file)| file.open.is_none());
        let Some((name, _)) = newest else { return Ok(None) };
        let name = name.clone();
        let path = format!("{}/{name}", self.folder);
        let bytes = match self.disk.read(&path).await {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                self.forget(&name);
                return Ok(Some(Taken { name, payloads: Vec::new() }));
            }
            Err(source) => return Err(QueueError::Read { source }),
        };
        let (payloads, is_whole) = decode(&self.url, &bytes);
        if !is_whole {
            self.set_aside(&name, bytes).await;
        }
        if payloads.is_empty() {
            self.remove(&name).await;
        } else if let Some(file) = self.files.get_mut(&name) {
            file.open = Some(payloads.len());
        }
        Ok(Some(Taken { name, payloads }))
    }

    /// A payload of a file was sent, given up, or written to another file.
    pub(super) async fn ended(&mut self, name: &str) {
        let Some(file) = self.files.get_mut(name) else { return };
        let left = file.open.map_or(0, |open| open.saturating_sub(1));
        file.open = Some(left);
        if left == 0 {
            self.remove(name).await;
        }
    }

    async fn set_aside(&mut self, name: &str, bytes: Bytes) {
        tracing::warn!(file = name, "a file of the retry queue is damaged and set aside");
        self.n_damaged += 1;
        let kept = self.disk.list("damaged").await.unwrap_or_default();
        for (path, _) in kept.iter().take((kept.len() + 1).saturating_sub(DAMAGED_MAX)) {
            self.remove_path(path).await;
        }
        let path = format!("damaged/{}-{name}", self.folder);
        if let Err(error) = self.disk.write(&path, bytes).await {
            tracing::warn!(%error, "a damaged file cannot be kept");
        }
    }

    async fn remove(&mut self, name: &str) {
        let path = format!("{}/{name}", self.folder);
        self.remove_path(&path).await;
        self.forget(name);
    }

    fn forget(&mut self, name: &str) {
        if let Some(file) = self.files.remove(name) {
            self.usage.bytes.fetch_sub(file.bytes, Ordering::Relaxed);
        }
    }

    async fn remove_path(&self, path: &str) {
        if let Err(error) = self.disk.remove(path).await {
            tracing::warn!(%error, path, "a file of the retry queue cannot be removed");
        }
    }
}

/// Time and number in a file's name.
fn parts_of(name: &str) -> Option<(i64, u64)> {
    let (created, number) = name.strip_suffix(".retry")?.split_once('-')?;
    Some((created.parse().ok()?, number.parse().ok()?))
}

/// Whether more of a disk is taken than `ratio` (0 to 1). A disk that does not say is not full.
fn is_fuller(root: &std::path::Path, ratio: f64) -> bool {
    match nix::sys::statvfs::statvfs(root) {
        Ok(stat) if stat.blocks() > 0 => {
            // As df(1): of what this user can have, which may be far less than the disk.
            let used = stat.blocks().saturating_sub(stat.blocks_free()) as f64;
            used / (used + stat.blocks_available() as f64) > ratio
        }
        _ => false,
    }
}

fn encode(url: &str, payloads: &[Stored]) -> Vec<u8> {
    let url = &url.as_bytes()[..url.len().min(usize::from(u16::MAX))];
    let len: usize = payloads.iter().map(|p| p.body.len() + RECORD_HEAD + 8).sum();
    let mut out = Vec::with_capacity(len + url.len() + 11);
    out.extend_from_slice(MAGIC);
    out.push(VERSION);
    out.extend_from_slice(&(url.len() as u16).to_le_bytes());
    out.extend_from_slice(url);
    for payload in payloads {
        let mut record = Vec::with_capacity(RECORD_HEAD + payload.body.len());
        record.push(payload.endpoint as u8);
        record.push(u8::from(payload.is_compressed));
        record.extend_from_slice(&payload.key.to_le_bytes());
        record.extend_from_slice(&payload.attempts.to_le_bytes());
        record.extend_from_slice(&payload.created_ms.to_le_bytes());
        record.extend_from_slice(&payload.n_items.to_le_bytes());
        record.extend_from_slice(&payload.body);
        out.extend_from_slice(&(record.len() as u32).to_le_bytes());
        out.extend_from_slice(&crc32fast::hash(&record).to_le_bytes());
        out.extend_from_slice(&record);
    }
    out
}

/// The payloads of a file up to the first that is damaged, and whether none is.
fn decode(url: &str, file: &Bytes) -> (Vec<Stored>, bool) {
    let mut payloads = Vec::new();
    let Some(mut at) = decode_head(url, file) else { return (payloads, false) };
    while at < file.len() {
        let Some((record, end)) = decode_record(file, at) else { return (payloads, false) };
        payloads.push(record);
        at = end;
    }
    (payloads, true)
}

fn decode_head(url: &str, file: &[u8]) -> Option<usize> {
    let rest = file.strip_prefix(MAGIC)?;
    let (&[version, a, b], rest) = rest.split_first_chunk::<3>()?;
    let len = usize::from(u16::from_le_bytes([a, b]));
    let is_ours = version == VERSION && rest.get(..len)? == url.as_bytes();
    is_ours.then_some(MAGIC.len() + 3 + len)
}

fn decode_record(file: &Bytes, at: usize) -> Option<(Stored, usize)> {
    let number = |from: usize| {
        let bytes = file.get(from..from.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let (len, checksum) = (number(at)? as usize, number(at + 4)?);
    let (start, end) = (at + 8, (at + 8).checked_add(len)?);
    let record = file.get(start..end)?;
    if crc32fast::hash(record) != checksum {
        return None;
    }
    let (head, _) = record.split_first_chunk::<RECORD_HEAD>()?;
    let long = |from: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&head[from..from + 8]);
        u64::from_le_bytes(bytes)
    };
    let stored = Stored {
        endpoint: Endpoint::from_number(head[0])?,
        is_compressed: head[1] & 1 == 1,
        key: u16::from_le_bytes([head[2], head[3]]),
        attempts: u32::from_le_bytes([head[4], head[5], head[6], head[7]]),
        created_ms: long(8) as i64,
        n_items: long(16),
        body: file.slice(start + RECORD_HEAD..end),
    };
    Some((stored, end))
}

#[cfg(test)]
pub(super) mod tests;
