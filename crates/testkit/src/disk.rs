//! A disk in memory that does to data what real ones may.
//!
//! What is appended and not synced is lost at a crash: all of it, none, or any part, with garbage in
//! between, sector by sector. Calls fail by chance, before or after they took effect, take a random
//! number of turns, and the disk can be full.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use base::{Disk, DiskFile, Rng};
use bytes::Bytes;
use futures::future::BoxFuture;
use parking_lot::Mutex;

/// Unit in which unsynced bytes are lost.
const SECTOR_BYTES: usize = 64;

/// Chances of what goes wrong, per call.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFaults {
    /// A write, sync or removal fails and has had no effect.
    pub fail_before: f64,
    /// It fails and has taken effect all the same.
    pub fail_after: f64,
    /// A read fails.
    pub fail_read: f64,
    /// There is no room: each write fails.
    pub is_full: bool,
    /// `sync` says that it is done and is not: a bug to plant, which a simulation has to find.
    pub lie_on_sync: bool,
    /// Most turns that a call gives to others before it does its work.
    pub turns_max: u64,
}

/// The disk. Clones share it, as processes before and after a crash do.
#[derive(Clone, Debug)]
pub struct SimDisk {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    files: BTreeMap<String, SimFile>,
    rng: Rng,
    faults: DiskFaults,
    /// Grows by one a crash: files opened before are dead.
    epoch: u64,
}

#[derive(Clone, Debug, Default)]
struct SimFile {
    synced: Vec<u8>,
    unsynced: Vec<u8>,
}

#[derive(Debug)]
struct SimHandle {
    disk: SimDisk,
    path: String,
    epoch: u64,
}

fn injected(what: &str) -> io::Error {
    io::Error::other(format!("injected: {what}"))
}

fn missing(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{path} is not there"))
}

impl SimDisk {
    pub fn new(seed: u64) -> Self {
        let rng = Rng::seeded(seed);
        let faults = DiskFaults::default();
        let shared = Shared { files: BTreeMap::new(), rng, faults, epoch: 0 };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    pub fn set_faults(&self, faults: DiskFaults) {
        self.shared.lock().faults = faults;
    }

    /// The power goes: of what was not synced any part stays.
    pub fn crash(&self) {
        let mut guard = self.shared.lock();
        let shared = &mut *guard;
        shared.epoch += 1;
        for file in shared.files.values_mut() {
            let unsynced = std::mem::take(&mut file.unsynced);
            let n_kept = shared.rng.below(unsynced.len() as u64 + 1) as usize;
            for sector in unsynced[..n_kept].chunks(SECTOR_BYTES) {
                if shared.rng.chance(0.1) {
                    let garbage = (0..sector.len()).map(|_| shared.rng.next_u64() as u8);
                    file.synced.extend(garbage);
                } else {
                    file.synced.extend_from_slice(sector);
                }
            }
        }
    }

    /// Flips one bit of a file's synced bytes.
    pub fn flip_bit(&self, path: &str, byte: usize) {
        if let Some(file) = self.shared.lock().files.get_mut(path)
            && let Some(at) = file.synced.get_mut(byte)
        {
            *at ^= 1;
        }
    }

    /// Names and sizes of all files.
    pub fn files(&self) -> Vec<(String, usize)> {
        let shared = self.shared.lock();
        shared
            .files
            .iter()
            .map(|(path, f)| (path.clone(), f.synced.len() + f.unsynced.len()))
            .collect()
    }

    async fn turns(&self) {
        let n = {
            let mut shared = self.shared.lock();
            let max = shared.faults.turns_max;
            shared.rng.below(max + 1)
        };
        for _ in 0..n {
            tokio::task::yield_now().await;
        }
    }

    /// One call that changes something: fails before, after, or not at all.
    async fn change(
        &self,
        what: &str,
        needs_room: bool,
        effect: impl FnOnce(&mut Shared) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        self.turns().await;
        let mut guard = self.shared.lock();
        let shared = &mut *guard;
        let faults = shared.faults;
        if needs_room && faults.is_full {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        if shared.rng.chance(faults.fail_before) {
            return Err(injected(what));
        }
        effect(shared)?;
        if shared.rng.chance(faults.fail_after) {
            return Err(injected(&format!("{what}, after it was done")));
        }
        Ok(())
    }

    async fn look<T>(
        &self,
        path: &str,
        read: impl FnOnce(&SimFile) -> io::Result<T> + Send,
    ) -> io::Result<T> {
        self.turns().await;
        let mut guard = self.shared.lock();
        let shared = &mut *guard;
        if shared.rng.chance(shared.faults.fail_read) {
            return Err(injected("read"));
        }
        read(shared.files.get(path).ok_or_else(|| missing(path))?)
    }
}

impl SimFile {
    fn bytes(&self) -> Vec<u8> {
        [self.synced.as_slice(), self.unsynced.as_slice()].concat()
    }
}

impl Disk for SimDisk {
    fn create<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Box<dyn DiskFile>>> {
        Box::pin(async move {
            self.change("create", true, |shared| {
                if shared.files.contains_key(path) {
                    return Err(io::Error::new(io::ErrorKind::AlreadyExists, path.to_owned()));
                }
                shared.files.insert(path.to_owned(), SimFile::default());
                Ok(())
            })
            .await?;
            let epoch = self.shared.lock().epoch;
            let handle = SimHandle { disk: self.clone(), path: path.to_owned(), epoch };
            Ok(Box::new(handle) as Box<dyn DiskFile>)
        })
    }

    fn write<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.change("write", true, move |shared| {
            let file = SimFile { synced: bytes.to_vec(), unsynced: Vec::new() };
            shared.files.insert(path.to_owned(), file);
            Ok(())
        }))
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Bytes>> {
        Box::pin(self.look(path, |file| Ok(file.bytes().into())))
    }

    fn read_range<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> BoxFuture<'a, io::Result<Bytes>> {
        Box::pin(self.look(path, move |file| {
            let bytes = file.bytes();
            let range = bytes.get(offset as usize..offset as usize + len);
            range
                .map(Bytes::copy_from_slice)
                .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter"))
        }))
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<u64>> {
        Box::pin(self.look(path, |file| Ok(file.bytes().len() as u64)))
    }

    fn truncate<'a>(&'a self, path: &'a str, len: u64) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.change("truncate", false, move |shared| {
            let file = shared.files.get_mut(path).ok_or_else(|| missing(path))?;
            let mut bytes = file.bytes();
            bytes.truncate(len as usize);
            *file = SimFile { synced: bytes, unsynced: Vec::new() };
            Ok(())
        }))
    }

    fn remove<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(self.change("remove", false, move |shared| {
            shared.files.remove(path);
            Ok(())
        }))
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, io::Result<Vec<(String, u64)>>> {
        Box::pin(async move {
            self.turns().await;
            let shared = self.shared.lock();
            let prefix = prefix.trim_end_matches('/');
            let is_below = |path: &str| {
                prefix.is_empty()
                    || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
            };
            let files = shared.files.iter().filter(|(path, _)| is_below(path));
            Ok(files.map(|(path, f)| (path.clone(), f.bytes().len() as u64)).collect())
        })
    }
}

impl DiskFile for SimHandle {
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, io::Result<()>> {
        let (path, epoch) = (self.path.clone(), self.epoch);
        Box::pin(self.disk.change("append", true, move |shared| {
            if shared.epoch != epoch {
                return Err(injected("the process is dead"));
            }
            // A failing append may leave any part behind.
            let torn = shared.rng.chance(shared.faults.fail_before);
            let n =
                if torn { shared.rng.below(bytes.len() as u64 + 1) as usize } else { bytes.len() };
            let file = shared.files.get_mut(&path).ok_or_else(|| missing(&path))?;
            file.unsynced.extend_from_slice(&bytes[..n]);
            if torn { Err(injected("append, in part")) } else { Ok(()) }
        }))
    }

    fn sync(&mut self) -> BoxFuture<'_, io::Result<()>> {
        let (path, epoch) = (self.path.clone(), self.epoch);
        Box::pin(self.disk.change("sync", false, move |shared| {
            if shared.epoch != epoch {
                return Err(injected("the process is dead"));
            }
            if shared.faults.lie_on_sync {
                return Ok(());
            }
            let file = shared.files.get_mut(&path).ok_or_else(|| missing(&path))?;
            let unsynced = std::mem::take(&mut file.unsynced);
            file.synced.extend(unsynced);
            Ok(())
        }))
    }
}
