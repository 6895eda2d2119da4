//! The log: where rows are durable first.
//!
//! A log is a folder of files that only grow. A file begins with a header that names the format and
//! the last position acknowledged before it; then follow records, each with a marker, its length, its
//! position (a number that grows by one a record) and two checksums, so that it describes itself
//! (docs/formats/log.md). Many records are written and synced in one go: a group commit.
//!
//! What a crash leaves behind: of the commit under way any part, torn anywhere. Nobody has been told
//! that these records are durable; whole ones are kept, the rest is cut off. A record that fails its
//! checksum and has whole records after it, or is missing though the next file's header says that it
//! was acknowledged, is corruption: it is counted and reported, and the others are used.
//!
//! After an error of the disk a file is not written to again, because what it holds is unknown; the
//! next commit begins a new one.

pub(crate) mod codec;

use std::collections::BTreeMap;

use base::{DiskFile, SharedDisk};
use bytes::{BufMut, Bytes, BytesMut};
use model::Dataset;

use crate::error::{Error, Result};

const FILE_MAGIC: &[u8; 8] = b"PROCYLOG";
const FORMAT: u32 = 1;
/// Magic, format, last position acknowledged before this file, checksum of these.
const FILE_HEADER_BYTES: usize = 8 + 4 + 8 + 4;
const RECORD_MARKER: u32 = 0x5c3f_a7e1;
/// Marker, length of the body, checksum of the body, position, checksum of the fields before.
const RECORD_HEADER_BYTES: usize = 4 + 4 + 4 + 8 + 4;
/// A body larger than this is taken for garbage. Appends are cut well below.
const RECORD_BYTES_MAX: usize = 256 << 20;

/// A covered file that is still written to is closed and removed above this size; below, a new file
/// a flush would cost more than it frees.
const KEPT_BYTES: usize = 1 << 20;

/// An encoded append, ready to be committed.
#[derive(Debug)]
pub(crate) struct Record {
    body: Vec<u8>,
    body_crc: u32,
    datasets: Vec<Dataset>,
}

impl Record {
    pub(crate) fn new(body: Vec<u8>, datasets: Vec<Dataset>) -> Self {
        let body_crc = crc32fast::hash(&body);
        Self { body, body_crc, datasets }
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.body.len() + RECORD_HEADER_BYTES
    }
}

/// Highest position by dataset.
pub(crate) type Positions = BTreeMap<Dataset, u64>;

#[derive(Debug)]
struct LogFile {
    path: String,
    positions: Positions,
    n_bytes: usize,
}

#[derive(Debug)]
struct OpenFile {
    file: Box<dyn DiskFile>,
    info: LogFile,
}

#[derive(Debug)]
pub(crate) struct Log {
    disk: SharedDisk,
    folder: String,
    file_bytes_max: usize,
    closed: Vec<LogFile>,
    open: Option<OpenFile>,
    /// Highest position that was acknowledged.
    acknowledged: u64,
}

/// What opening a log found besides the records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReplayReport {
    pub(crate) n_records: u64,
    /// Bytes of an unfinished commit that were cut off. Normal after a crash.
    pub(crate) torn_bytes: u64,
    /// Damaged places: bytes that had been acknowledged and cannot be read.
    pub(crate) corrupt: Vec<String>,
}

impl Log {
    /// Opens a log and hands each record (position and body) to `replay`, in order.
    pub(crate) async fn open(
        disk: SharedDisk,
        folder: String,
        file_bytes_max: usize,
        mut replay: impl FnMut(u64, &[u8]) -> Result<Vec<Dataset>>,
    ) -> Result<(Self, ReplayReport)> {
        let mut report = ReplayReport::default();
        let mut closed = Vec::new();
        let mut last = 0;
        let list = disk.list(&folder).await.map_err(|e| Error::unavailable("list the log", e))?;
        for (path, _) in list.into_iter().filter(|(path, _)| path.ends_with(".log")) {
            let bytes = disk
                .read(&path)
                .await
                .map_err(|e| Error::unavailable(format!("read {path}"), e))?;
            let mut positions = Positions::new();
            let end = read_file(&path, &bytes, &mut last, &mut report, |position, body| {
                for dataset in replay(position, body)? {
                    positions.insert(dataset, position);
                }
                Ok(())
            })?;
            report.torn_bytes += (bytes.len() - end) as u64;
            if positions.is_empty() {
                // Its name may be needed again: a note of it here would take the new file along.
                let removed = disk.remove(&path).await;
                removed.map_err(|e| Error::unavailable(format!("remove the empty {path}"), e))?;
                continue;
            }
            if end < bytes.len() {
                let cut = disk.truncate(&path, end as u64).await;
                cut.map_err(|e| Error::unavailable(format!("cut the torn end off {path}"), e))?;
            }
            closed.push(LogFile { path, positions, n_bytes: end });
        }
        let log = Self { disk, folder, file_bytes_max, closed, open: None, acknowledged: last };
        Ok((log, report))
    }

    /// Highest position in the log, 0 when there is none.
    pub(crate) fn last_position(&self) -> u64 {
        self.acknowledged
    }

    /// Bytes of all its files.
    pub(crate) fn n_bytes(&self) -> usize {
        let open = self.open.as_ref().map(|open| &open.info);
        self.closed.iter().chain(open).map(|file| file.n_bytes).sum()
    }

    /// Writes and syncs records at consecutive positions from `first` on.
    pub(crate) async fn commit(&mut self, first: u64, records: &[Record]) -> Result<()> {
        let mut open = match self.open.take() {
            Some(open) if open.info.n_bytes < self.file_bytes_max => open,
            full => {
                self.closed.extend(full.map(|f| f.info));
                self.create(first).await?
            }
        };
        let mut bytes = BytesMut::with_capacity(records.iter().map(Record::n_bytes).sum());
        for (position, record) in (first..).zip(records) {
            put_record(&mut bytes, position, record);
            for dataset in &record.datasets {
                open.info.positions.insert(*dataset, position);
            }
        }
        open.info.n_bytes += bytes.len();
        let written = match open.file.append(bytes.freeze()).await {
            Ok(()) => open.file.sync().await,
            failed => failed,
        };
        if let Err(error) = written {
            self.closed.push(open.info);
            return Err(Error::unavailable("write the log", error));
        }
        self.acknowledged = first + records.len() as u64 - 1;
        self.open = Some(open);
        Ok(())
    }

    async fn create(&mut self, first: u64) -> Result<OpenFile> {
        let path = format!("{}/{first:020}.log", self.folder);
        let mut header = BytesMut::with_capacity(FILE_HEADER_BYTES);
        header.put_slice(FILE_MAGIC);
        header.put_u32_le(FORMAT);
        header.put_u64_le(self.acknowledged);
        header.put_u32_le(crc32fast::hash(&header));
        let n_bytes = header.len();
        let info = LogFile { path, positions: Positions::new(), n_bytes };
        let made = async {
            let mut file = self.disk.create(&info.path).await?;
            file.append(header.freeze()).await?;
            // So that a damaged header is never the work of a crash.
            file.sync().await?;
            Ok(file)
        };
        match made.await {
            Ok(file) => Ok(OpenFile { file, info }),
            Err(error) => {
                // The file may be there, empty or torn. Its name would be in the way next time.
                let error: std::io::Error = error;
                let action = format!("create {}", info.path);
                self.closed.push(info);
                Err(Error::unavailable(action, error))
            }
        }
    }

    /// Removes the files all of whose records are covered: their rows lie in Parquet, and the catalog
    /// knows the highest position of these.
    pub(crate) async fn release(&mut self, covered: &Positions) -> Result<()> {
        let is_covered = |positions: &Positions| {
            positions.iter().all(|(dataset, last)| covered.get(dataset).is_some_and(|c| c >= last))
        };
        let is_worth_it =
            |open: &OpenFile| open.info.n_bytes >= self.file_bytes_max.min(KEPT_BYTES);
        if let Some(open) =
            self.open.take_if(|open| is_worth_it(open) && is_covered(&open.info.positions))
        {
            self.closed.push(open.info);
        }
        let mut kept = Vec::new();
        for file in std::mem::take(&mut self.closed) {
            if is_covered(&file.positions) {
                if let Err(error) = self.disk.remove(&file.path).await {
                    tracing::warn!(path = file.path, %error, "cannot remove a log file yet");
                    kept.push(file);
                }
            } else {
                kept.push(file);
            }
        }
        self.closed = kept;
        Ok(())
    }
}

fn put_record(out: &mut BytesMut, position: u64, record: &Record) {
    let start = out.len();
    out.put_u32_le(RECORD_MARKER);
    out.put_u32_le(record.body.len() as u32);
    out.put_u32_le(record.body_crc);
    out.put_u64_le(position);
    let crc = crc32fast::hash(&out[start..]);
    out.put_u32_le(crc);
    out.put_slice(&record.body);
}

/// Reads the records of one file. Returns where the last whole one ends (0: not even the header).
fn read_file(
    path: &str,
    bytes: &Bytes,
    last: &mut u64,
    report: &mut ReplayReport,
    mut each: impl FnMut(u64, &[u8]) -> Result<()>,
) -> Result<usize> {
    let mut end = match read_file_header(bytes) {
        Some(acknowledged_before) => {
            if acknowledged_before > *last && *last != 0 {
                report.corrupt.push(format!(
                    "before {path}: records {} to {acknowledged_before} are missing",
                    *last + 1
                ));
            }
            *last = (*last).max(acknowledged_before);
            FILE_HEADER_BYTES
        }
        None => 0,
    };
    while let Some(found) = next_record(bytes, end) {
        if found.start > end {
            report.corrupt.push(format!("{path}: {} bytes at {end}", found.start - end));
        }
        each(found.position, &bytes[found.body.clone()])?;
        report.n_records += 1;
        *last = (*last).max(found.position);
        end = found.body.end;
    }
    Ok(end)
}

fn read_file_header(bytes: &[u8]) -> Option<u64> {
    let header = bytes.get(..FILE_HEADER_BYTES)?;
    let (fields, crc) = header.split_at(FILE_HEADER_BYTES - 4);
    let is_ours = &fields[..8] == FILE_MAGIC
        && fields[8..12] == FORMAT.to_le_bytes()
        && crc == crc32fast::hash(fields).to_le_bytes();
    is_ours.then(|| u64::from_le_bytes(take(fields, 12)))
}

struct Found {
    start: usize,
    position: u64,
    body: std::ops::Range<usize>,
}

/// The first whole record at or after `from`.
fn next_record(bytes: &[u8], from: usize) -> Option<Found> {
    let mut start = from;
    loop {
        if let Some(found) = record_at(bytes, start) {
            return Some(found);
        }
        let marker = RECORD_MARKER.to_le_bytes();
        let rest = bytes.get(start + 1..)?;
        start += 1 + rest.windows(marker.len()).position(|w| w == marker)?;
    }
}

fn record_at(bytes: &[u8], start: usize) -> Option<Found> {
    let header = bytes.get(start..start + RECORD_HEADER_BYTES)?;
    let (fields, crc) = header.split_at(RECORD_HEADER_BYTES - 4);
    if fields[..4] != RECORD_MARKER.to_le_bytes() || crc != crc32fast::hash(fields).to_le_bytes() {
        return None;
    }
    let len = u32::from_le_bytes(take(fields, 4)) as usize;
    let body = start + RECORD_HEADER_BYTES..start + RECORD_HEADER_BYTES + len;
    let is_whole = len <= RECORD_BYTES_MAX
        && crc32fast::hash(bytes.get(body.clone())?) == u32::from_le_bytes(take(fields, 8));
    is_whole.then(|| Found { start, position: u64::from_le_bytes(take(fields, 12)), body })
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[at + i])
}
