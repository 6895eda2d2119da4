//! The directory of a series file: which runs it has and where.
//!
//! Texts stand once, in a table; runs refer to them by number. Encoded with varints and packed with
//! zstd: about 10 bytes a run besides its texts.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use model::{MetricKind, OrgId, SeriesId};

use crate::error::{Error, Result};
use crate::log::codec::{Input, put_bytes, put_int, put_uint};
use crate::scan::SeriesKey;

/// A directory that unpacks to more than this is taken for damaged.
const DIRECTORY_BYTES_MAX: usize = 1 << 30;

/// First byte of an encoded directory.
const PLAIN: u8 = 0;
const PACKED: u8 = 1;
/// Smaller ones are not packed.
const PACKED_BYTES_MIN: usize = 1024;

/// One run of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunEntry {
    pub(crate) id: SeriesId,
    pub(crate) key: SeriesKey,
    pub(crate) kind: MetricKind,
    pub(crate) interval_secs: u32,
    /// First row of the run in the file, and their number.
    pub(crate) row_start: u64,
    pub(crate) n_rows: u64,
    pub(crate) time_min: i64,
    pub(crate) time_max: i64,
}

/// The runs of a file, sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Directory {
    pub(crate) runs: Vec<RunEntry>,
}

impl Directory {
    /// The runs of one metric, or all.
    pub(crate) fn of_metric(&self, metric: Option<&str>) -> Range<usize> {
        let Some(metric) = metric else { return 0..self.runs.len() };
        let from = self.runs.partition_point(|r| *r.key.metric < *metric);
        let to = self.runs.partition_point(|r| *r.key.metric <= *metric);
        from..to
    }

    /// Bytes in memory, about.
    pub(crate) fn n_bytes(&self) -> usize {
        self.runs.len() * (size_of::<RunEntry>() + 48)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut texts: Vec<&Arc<str>> = Vec::new();
        let mut numbers: HashMap<&Arc<str>, u64> = HashMap::new();
        let mut runs = Vec::new();
        let mut last_time = 0;
        for run in &self.runs {
            let key = &run.key;
            for text in [&key.metric, &key.host, &key.device, &key.tags] {
                let next = numbers.len() as u64;
                let number = *numbers.entry(text).or_insert_with(|| {
                    texts.push(text);
                    next
                });
                put_uint(&mut runs, number);
            }
            runs.push(run.kind as u8);
            put_uint(&mut runs, u64::from(run.interval_secs));
            put_uint(&mut runs, run.n_rows);
            put_int(&mut runs, run.time_min - last_time);
            put_uint(&mut runs, (run.time_max - run.time_min) as u64);
            last_time = run.time_min;
        }
        let mut plain = Vec::with_capacity(runs.len() + 64);
        put_uint(&mut plain, texts.len() as u64);
        texts.iter().for_each(|text| put_bytes(&mut plain, text.as_bytes()));
        put_uint(&mut plain, self.runs.len() as u64);
        plain.extend(runs);
        if plain.len() < PACKED_BYTES_MIN {
            plain.insert(0, PLAIN);
            return plain;
        }
        let mut packed =
            zstd::bulk::compress(&plain, 3).expect("BUG: packing into memory cannot fail");
        packed.insert(0, PACKED);
        packed
    }

    /// # Errors
    /// [`Error::Corrupt`] without a place; the caller names the file.
    pub(crate) fn decode(org: OrgId, packed: &[u8]) -> Result<Self> {
        let corrupt = |what: &dyn ToString| Error::corrupt("a directory", what.to_string());
        let plain = match packed.split_first() {
            Some((&PLAIN, plain)) => Cow::Borrowed(plain),
            Some((&PACKED, packed)) => Cow::Owned(unpack(packed)?),
            _ => return Err(corrupt(&"unknown packing")),
        };
        let mut input = Input(&plain);
        let n_texts = input.count()?;
        let texts = (0..n_texts)
            .map(|_| Ok(Arc::from(input.text()?)))
            .collect::<Result<Vec<Arc<str>>>>()?;
        let n_runs = input.count()?;
        let text = |input: &mut Input<'_>| {
            let text = texts.get(input.uint()? as usize);
            text.map(Arc::clone).ok_or_else(|| corrupt(&"a text is missing"))
        };
        let mut runs = Vec::with_capacity(n_runs);
        let (mut row_start, mut last_time) = (0, 0);
        for _ in 0..n_runs {
            let key = SeriesKey {
                metric: text(&mut input)?,
                host: text(&mut input)?,
                device: text(&mut input)?,
                tags: text(&mut input)?,
            };
            let kind =
                MetricKind::from_u8(input.byte()?).ok_or_else(|| corrupt(&"unknown kind"))?;
            let interval_secs = input.uint()? as u32;
            let n_rows = input.uint()?;
            let time_min = last_time + input.int()?;
            let time_max = time_min.saturating_add_unsigned(input.uint()?);
            let id = key.as_ref().id(org);
            runs.push(RunEntry {
                id,
                key,
                kind,
                interval_secs,
                row_start,
                n_rows,
                time_min,
                time_max,
            });
            row_start += n_rows;
            last_time = time_min;
        }
        Ok(Self { runs })
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    let corrupt = |what: String| Error::corrupt("a directory", what);
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten();
    match size {
        Some(size) if size as usize <= DIRECTORY_BYTES_MAX => {
            zstd::bulk::decompress(packed, size as usize).map_err(|e| corrupt(e.to_string()))
        }
        Some(_) => Err(corrupt("it is too large".into())),
        None => Err(corrupt("it does not say its size".into())),
    }
}
