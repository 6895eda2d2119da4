use std::path::Path;
use std::sync::atomic::AtomicBool;

use base::{Disk, DiskFile, LocalDisk};
use futures::future::BoxFuture;

use super::*;
use crate::Config;

const URL: &str = "http://server:8127";

fn stored(n: u8) -> Stored {
    Stored {
        endpoint: Endpoint::ALL[usize::from(n) % Endpoint::ALL.len()],
        is_compressed: n.is_multiple_of(2),
        key: u16::from(n),
        attempts: u32::from(n) * 3,
        created_ms: 1_700_000_000_000 + i64::from(n),
        n_items: u64::from(n) * 7,
        body: Bytes::from(vec![n; 100 + usize::from(n)]),
    }
}

fn config() -> ForwarderConfig {
    let text = "api_key: k\nforwarder_storage_max_disk_ratio: 1.0\n";
    Config::parse(None, Path::new("x"), text, &Default::default()).unwrap().forwarder
}

async fn open(disk: &SharedDisk, max: u64) -> Queue {
    let clock = Clock::manual(1_700_000_000_000);
    let place = (Arc::clone(disk), PathBuf::from("/"));
    Queue::open(place, URL, Arc::new(Usage::new(max)), &config(), &clock).await.unwrap()
}

fn folder() -> (tempfile::TempDir, SharedDisk) {
    let folder = tempfile::tempdir().unwrap();
    let disk: SharedDisk = Arc::new(LocalDisk::open(folder.path()).unwrap());
    (folder, disk)
}

#[tokio::test]
async fn what_is_written_is_read_after_a_restart() {
    let (_folder, disk) = folder();
    let mut queue = open(&disk, 1 << 20).await;
    queue.write(&[stored(1), stored(2)], 1_700_000_000_000).await.unwrap();
    queue.write(&[stored(3)], 1_700_000_000_500).await.unwrap();
    drop(queue);
    let mut queue = open(&disk, 1 << 20).await;
    assert_eq!(queue.n_files(), 2);
    let newest = queue.take_newest().await.unwrap().unwrap();
    assert_eq!(newest.payloads, [stored(3)]);
    let older = queue.take_newest().await.unwrap().unwrap();
    assert_eq!(older.payloads, [stored(1), stored(2)]);
    assert!(queue.take_newest().await.unwrap().is_none());
    queue.ended(&newest.name).await;
    queue.ended(&older.name).await;
    assert_eq!(queue.n_files(), 1, "one payload of the older file has not ended");
    drop(queue);
    let mut queue = open(&disk, 1 << 20).await;
    let again = queue.take_newest().await.unwrap().unwrap();
    assert_eq!(again.payloads.len(), 2, "twice is better than never");
    queue.ended(&again.name).await;
    queue.ended(&again.name).await;
    assert!(disk.list("").await.unwrap().is_empty());
    assert_eq!(queue.usage.bytes.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn room_is_made_by_the_oldest() {
    let (_folder, disk) = folder();
    let mut queue = open(&disk, 700).await;
    for n in 1..=4 {
        let removed = queue.write(&[stored(n), stored(n)], i64::from(n)).await.unwrap();
        assert_eq!(removed, u64::from(n > 2), "{n}");
    }
    assert_eq!(queue.n_files(), 2);
    assert!(queue.bytes() <= 700);
    let newest = queue.take_newest().await.unwrap().unwrap();
    assert_eq!(newest.payloads[0], stored(4));
    let many: Vec<_> = (0..9).map(stored).collect();
    assert!(matches!(queue.write(&many, 9).await, Err(QueueError::TooLarge)));
}

/// Any one byte may be wrong: what comes back was written, and the file is set aside.
#[tokio::test]
async fn damage_is_found() {
    let (_folder, disk) = folder();
    let whole = encode(URL, &[stored(1), stored(2), stored(3)]);
    let name = "001700000000000-00000000.retry";
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        let path = format!("{:016x}/{name}", xxhash_rust::xxh3::xxh3_64(URL.as_bytes()));
        disk.write(&path, damaged.into()).await.unwrap();
        let mut queue = open(&disk, 1 << 20).await;
        let taken = queue.take_newest().await.unwrap().unwrap();
        let expect = [stored(1), stored(2), stored(3)];
        assert!(taken.payloads.len() < 3, "byte {at}");
        assert_eq!(taken.payloads[..], expect[..taken.payloads.len()], "byte {at}");
        assert_eq!(queue.n_damaged, 1);
        for _ in &taken.payloads {
            queue.ended(&taken.name).await;
        }
        assert_eq!(queue.n_files(), 0);
    }
    assert!(disk.list("damaged").await.unwrap().len() <= DAMAGED_MAX);
    for cut in 0..whole.len() {
        let (payloads, _) = decode(URL, &Bytes::copy_from_slice(&whole[..cut]));
        assert!(payloads.len() < 3);
    }
    assert_eq!(decode(URL, &whole.into()).0.len(), 3);
    assert!(!decode("http://other", &encode(URL, &[stored(1)]).into()).1);
}

#[tokio::test]
async fn old_and_half_files_go() {
    let (_folder, disk) = folder();
    let folder = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(URL.as_bytes()));
    let body = Bytes::from(encode(URL, &[stored(1)]));
    for name in [
        "000000000000001-00000001.retry",
        "001700000000000-00000002.retry",
        "001700000000000-00000003.retry.partial",
    ] {
        disk.write(&format!("{folder}/{name}"), body.clone()).await.unwrap();
    }
    let queue = open(&disk, 1 << 20).await;
    assert_eq!((queue.n_files(), queue.next_number), (1, 3));
    assert_eq!(disk.list("").await.unwrap().len(), 1);
}

/// The format of version 1 is a promise: these bytes stay readable.
#[test]
fn version_1_stays_readable() {
    let golden = include_bytes!("../../../testdata/retry-queue/v1.retry");
    let (payloads, is_whole) = decode(URL, &Bytes::from_static(golden));
    assert!(is_whole);
    assert_eq!(payloads, [stored(1), stored(2)]);
}

/// A disk that may be full.
#[derive(Debug)]
pub(in super::super) struct FullDisk {
    pub(in super::super) inner: LocalDisk,
    pub(in super::super) is_full: AtomicBool,
}

impl Disk for FullDisk {
    fn create<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Box<dyn DiskFile>>> {
        self.inner.create(path)
    }

    fn write<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, io::Result<()>> {
        if self.is_full.load(Ordering::Relaxed) {
            let error = io::Error::from(io::ErrorKind::StorageFull);
            return Box::pin(std::future::ready(Err(error)));
        }
        self.inner.write(path, bytes)
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Bytes>> {
        self.inner.read(path)
    }

    fn read_range<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> BoxFuture<'a, io::Result<Bytes>> {
        self.inner.read_range(path, offset, len)
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<u64>> {
        self.inner.size(path)
    }

    fn truncate<'a>(&'a self, path: &'a str, len: u64) -> BoxFuture<'a, io::Result<()>> {
        self.inner.truncate(path, len)
    }

    fn remove<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<()>> {
        self.inner.remove(path)
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, io::Result<Vec<(String, u64)>>> {
        self.inner.list(prefix)
    }
}
