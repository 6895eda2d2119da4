//! Rows that are durable in the log and not yet in Parquet.
//!
//! Series are kept one by one, each with its rows in order of commit; tables as the batches that came.
//! Two generations exist at a time: the active one takes rows, the frozen one is being flushed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use model::{Dataset, HOUR_MS, OrgId, SeriesEntry, SeriesId, SeriesRef, TimeRange};

use crate::changes::Hours;
use crate::log::Positions;
use crate::samples::{Run, SampleKind, Samples, merge_pieces};
use crate::scan::SeriesKey;
use crate::storage::Rows;

/// What a new series costs besides its texts and rows: map slots, vectors, reference counts.
const SERIES_BYTES: usize = 320;
/// A point with its time; vectors that grow by doubling are a quarter empty on average.
const POINT_BYTES: usize = 22;

#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) series: BTreeMap<(OrgId, Dataset), SeriesBuffer>,
    pub(crate) tables: BTreeMap<(OrgId, Dataset), TableBuffer>,
    /// Bytes in memory, about.
    pub(crate) n_bytes: usize,
    /// Highest position by dataset; what a flush of these buffers covers.
    pub(crate) positions: Positions,
    pub(crate) seq_min: u64,
    pub(crate) seq_max: u64,
}

#[derive(Debug, Default)]
pub(crate) struct TableBuffer {
    pub(crate) batches: Vec<RecordBatch>,
}

#[derive(Debug)]
pub(crate) struct SeriesBuffer {
    kind: SampleKind,
    slots: HashMap<SeriesId, u32, IdHash>,
    runs: Vec<Run>,
    by_metric: HashMap<Arc<str>, Vec<u32>>,
    texts: HashSet<Arc<str>>,
    /// Hours (since 1970) in which rows lie: rollups of these do not hold all.
    pub(crate) hours: Hours,
}

/// Series ids are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdHash;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IdHasher(u64);

impl std::hash::BuildHasher for IdHash {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher(0)
    }
}

impl std::hash::Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u128(&mut self, n: u128) {
        self.0 ^= n as u64;
    }
}

impl Buffers {
    pub(crate) fn is_empty(&self) -> bool {
        self.series.is_empty() && self.tables.is_empty()
    }

    /// Adds the rows of one record. Rows of a position at or below `covered` of their dataset are
    /// in files already and are left out (only a replay gives such).
    pub(crate) fn apply(&mut self, seq: u64, rows: Vec<Rows>, covered: &Positions) {
        let is_covered = |dataset| covered.get(&dataset).is_some_and(|&c| seq <= c);
        for rows in rows {
            let dataset = rows.dataset();
            if is_covered(dataset) {
                continue;
            }
            if self.seq_min == 0 {
                self.seq_min = seq;
            }
            self.seq_max = seq;
            self.positions.insert(dataset, seq);
            self.n_bytes += self.add(dataset, rows, seq);
        }
    }

    fn add(&mut self, dataset: Dataset, rows: Rows, seq: u64) -> usize {
        match rows {
            Rows::Points(batch) => {
                let buffer = self.series_buffer(batch.org, dataset);
                let mut added = 0;
                for (entry, key, times, values) in batch.iter() {
                    let (run, new_bytes) = buffer.run(entry, key);
                    run.times.extend_from_slice(times);
                    if let Samples::Points(to) = &mut run.samples {
                        to.extend_from_slice(values);
                    }
                    buffer.note_hours(times, seq);
                    added += new_bytes + times.len() * POINT_BYTES;
                }
                added
            }
            Rows::Sketches(batch) => {
                let buffer = self.series_buffer(batch.org, dataset);
                let mut added = 0;
                for (entry, key, times, sketches) in batch.iter() {
                    let (run, new_bytes) = buffer.run(entry, key);
                    run.times.extend_from_slice(times);
                    if let Samples::Sketches(to) = &mut run.samples {
                        to.extend_from_slice(sketches);
                    }
                    added += new_bytes + times.len() * 8;
                    added += sketches.iter().map(|s| 64 + s.bins.len() * 16).sum::<usize>();
                    buffer.note_hours(times, seq);
                }
                added
            }
            Rows::Table { org, dataset, batch } => {
                let added = batch.get_array_memory_size();
                self.tables.entry((org, dataset)).or_default().batches.push(batch);
                added
            }
        }
    }

    fn series_buffer(&mut self, org: OrgId, dataset: Dataset) -> &mut SeriesBuffer {
        self.series.entry((org, dataset)).or_insert_with(|| SeriesBuffer {
            kind: SampleKind::of(dataset),
            slots: HashMap::default(),
            runs: Vec::new(),
            by_metric: HashMap::new(),
            texts: HashSet::new(),
            hours: Hours::new(),
        })
    }
}

impl SeriesBuffer {
    fn run(&mut self, entry: &SeriesEntry, key: SeriesRef<'_>) -> (&mut Run, usize) {
        if let Some(&slot) = self.slots.get(&entry.id) {
            let run = &mut self.runs[slot as usize];
            run.kind = entry.kind;
            run.interval_secs = entry.interval_secs;
            return (run, 0);
        }
        let slot = self.runs.len() as u32;
        let before = self.texts.len();
        let key = SeriesKey {
            metric: self.text(key.metric),
            host: self.text(key.host),
            device: self.text(key.device),
            tags: self.text(key.tags),
        };
        let new_texts = self.texts.len() - before;
        let n_bytes = SERIES_BYTES + if new_texts > 0 { key.tags.len() + 64 } else { 0 };
        self.slots.insert(entry.id, slot);
        self.by_metric.entry(Arc::clone(&key.metric)).or_default().push(slot);
        self.runs.push(Run {
            id: entry.id,
            key,
            kind: entry.kind,
            interval_secs: entry.interval_secs,
            times: Vec::new(),
            samples: Samples::new(self.kind, 0),
        });
        (&mut self.runs[slot as usize], n_bytes)
    }

    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(have) = self.texts.get(text) {
            return Arc::clone(have);
        }
        let text: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&text));
        text
    }

    fn note_hours(&mut self, times: &[i64], seq: u64) {
        let mut last = None;
        for time in times {
            let hour = time.div_euclid(HOUR_MS);
            if last != Some(hour) {
                self.hours.insert(hour, seq);
                last = Some(hour);
            }
        }
    }

    /// The runs of one metric, or of all. Rows are as they came: see [`tidy`].
    pub(crate) fn runs(&self, metric: Option<&str>) -> Box<dyn Iterator<Item = &Run> + '_> {
        match metric {
            None => Box::new(self.runs.iter()),
            Some(metric) => {
                let slots = self.by_metric.get(metric).map_or(&[][..], Vec::as_slice);
                Box::new(slots.iter().map(|&slot| &self.runs[slot as usize]))
            }
        }
    }
}

/// A copy of the rows of a run that lie in a time range, sorted, each time once.
pub(crate) fn tidy(run: &Run, range: TimeRange) -> Option<Run> {
    let is_sorted = run.times.windows(2).all(|w| w[0] < w[1]);
    let (times, samples) = if is_sorted {
        let from = run.times.partition_point(|&t| t < range.from);
        let to = run.times.partition_point(|&t| t < range.to);
        let mut samples = run.samples.select(&[]);
        samples.extend(&run.samples, from..to);
        (run.times[from..to].to_vec(), samples)
    } else {
        let rows: Vec<usize> =
            (0..run.times.len()).filter(|&i| range.contains(run.times[i])).collect();
        let times = rows.iter().map(|&i| run.times[i]).collect();
        merge_pieces(vec![(times, run.samples.select(&rows))], false)?
    };
    (!times.is_empty()).then(|| Run {
        id: run.id,
        key: run.key.clone(),
        kind: run.kind,
        interval_secs: run.interval_secs,
        times,
        samples,
    })
}

impl Rows {
    pub(crate) fn dataset(&self) -> Dataset {
        match self {
            Self::Points(_) => Dataset::Points,
            Self::Sketches(_) => Dataset::Sketches,
            Self::Table { dataset, .. } => *dataset,
        }
    }

    pub(crate) fn n_rows(&self) -> usize {
        match self {
            Self::Points(batch) => batch.times.len(),
            Self::Sketches(batch) => batch.times.len(),
            Self::Table { batch, .. } => batch.num_rows(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Points(batch) => batch.is_empty(),
            Self::Sketches(batch) => batch.is_empty(),
            Self::Table { batch, .. } => batch.num_rows() == 0,
        }
    }
}
