//! `POST /api/intake/metrics/v3/series` and `…/v3/sketches`: all series of a body as columns.
//!
//! Message `Payload` of agent-payload `proto/metrics/intake_v3.proto`. Texts stand in dictionaries
//! (length and bytes after each other); columns name them by 1-based index, 0 is none. Index columns
//! and timestamps hold the difference to the entry before. One metric takes one entry of each
//! metric column, `numPoints` entries of `timestamps`, and its values from the column that its
//! type names. A sketch takes sum, minimum and maximum from there, its count from the whole
//! numbers, and its bins from three columns of their own.
//!
//! Invariants: a column that ends early breaks the whole body, because nothing after that can be
//! told apart; a metric that is refused still takes its entries.

mod dictionary;

use model::{MetricKind, PointsBatch, Sketch, SketchesBatch};

use crate::decoded::Problem;
use crate::metrics::builder::{Builder, Head, Point};
use crate::metrics::sketches::{self, Bounds};
use crate::protobuf::{Reader, Value, put_varint};
use crate::{
    BINS_PER_SKETCH_MAX, Context, Decoded, Error, POINTS_PER_BODY_MAX, Refusals, TEXT_BYTES_MAX,
};
use dictionary::{Dictionary, ResourceSets, Tagsets};

/// Series and sketches of one body; either part may be empty on either route.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesAndSketches {
    pub points: Decoded<PointsBatch>,
    pub sketches: Decoded<SketchesBatch>,
}

pub fn decode(body: &[u8], context: Context) -> Result<SeriesAndSketches, Error> {
    if body.is_empty() {
        return Err(Error::Empty);
    }
    let mut metadata = Metadata::default();
    let mut columns = Columns::default();
    let mut reader = Reader::new(body);
    while let Some((field, value)) = reader.next()? {
        match (field, value) {
            (2, Value::Bytes(part)) => metadata.read(part)?,
            (3, Value::Bytes(part)) => columns.read(part)?,
            _ => {}
        }
    }
    let mut decoder = Decoder::new(context, &columns, &metadata)?;
    let mut types = columns.column(TYPES);
    let mut idx = 0;
    while !types.is_empty() {
        decoder.metric(idx, types.varint()?)?;
        idx += 1;
    }
    Ok(SeriesAndSketches { points: decoder.points.finish(), sketches: decoder.sketches.finish() })
}

/// What holds for all metrics of the body.
#[derive(Default)]
struct Metadata<'a> {
    tags: Vec<&'a str>,
    /// Type and name, alternating.
    resources: Vec<&'a str>,
}

impl<'a> Metadata<'a> {
    fn read(&mut self, mut reader: Reader<'a>) -> Result<(), Error> {
        while let Some((field, value)) = reader.next()? {
            let (1 | 2, Value::Bytes(part)) = (field, value) else { continue };
            let Ok(text) = str::from_utf8(part.rest()) else {
                return Err(part.error("a text of the metadata is not valid UTF-8"));
            };
            let list = if field == 1 { &mut self.tags } else { &mut self.resources };
            if list.len() < 2 * model::TAGS_PER_SERIES_MAX {
                list.push(text);
            }
        }
        Ok(())
    }
}

const DICT_NAMES: usize = 1;
const DICT_TAGS: usize = 2;
const DICT_TAGSETS: usize = 3;
const DICT_RESOURCES: usize = 4;
const DICT_RESOURCE_LENS: usize = 5;
const DICT_RESOURCE_TYPES: usize = 6;
const DICT_RESOURCE_NAMES: usize = 7;
const TYPES: usize = 10;
const NAME_REFS: usize = 11;
const TAGSET_REFS: usize = 12;
const RESOURCES_REFS: usize = 13;
const INTERVALS: usize = 14;
const NUM_POINTS: usize = 15;
const TIMESTAMPS: usize = 16;
const VALS_SINT64: usize = 17;
const VALS_FLOAT32: usize = 18;
const VALS_FLOAT64: usize = 19;
const SKETCH_NUM_BINS: usize = 20;
const SKETCH_BIN_KEYS: usize = 21;
const SKETCH_BIN_COUNTS: usize = 22;
const N_FIELDS: usize = 27;

/// The fields of `MetricData` as they were sent: packed numbers, or a dictionary's bytes.
struct Columns<'a> {
    fields: [Column<'a>; N_FIELDS],
}

/// A packed column. What comes in several parts or unpacked is put together.
#[derive(Clone, Default)]
enum Column<'a> {
    #[default]
    Absent,
    Sent(Reader<'a>),
    Joined(Vec<u8>),
}

impl Default for Columns<'_> {
    fn default() -> Self {
        Self { fields: std::array::from_fn(|_| Column::Absent) }
    }
}

impl<'a> Columns<'a> {
    fn read(&mut self, mut reader: Reader<'a>) -> Result<(), Error> {
        while let Some((field, value)) = reader.next()? {
            let Some(column) = self.fields.get_mut(field as usize) else { continue };
            match (&mut *column, value) {
                (Column::Absent, Value::Bytes(part)) => *column = Column::Sent(part),
                (_, value) => {
                    let joined = column.joined();
                    match value {
                        Value::Bytes(part) => joined.extend_from_slice(part.rest()),
                        Value::Varint(number) => put_varint(joined, number),
                        Value::Fixed64(bits) => joined.extend_from_slice(&bits.to_le_bytes()),
                        Value::Fixed32(bits) => joined.extend_from_slice(&bits.to_le_bytes()),
                    }
                }
            }
        }
        Ok(())
    }

    fn column(&self, field: usize) -> Reader<'_> {
        match &self.fields[field] {
            Column::Absent => Reader::new(&[]),
            Column::Sent(reader) => *reader,
            Column::Joined(bytes) => Reader::new(bytes),
        }
    }
}

impl Column<'_> {
    fn joined(&mut self) -> &mut Vec<u8> {
        if let Self::Sent(part) = self {
            *self = Self::Joined(part.rest().to_vec());
        } else if let Self::Absent = self {
            *self = Self::Joined(Vec::new());
        }
        match self {
            Self::Joined(bytes) => bytes,
            _ => unreachable!("BUG: made joined above"),
        }
    }
}

struct Decoder<'a> {
    points: Builder<PointsBatch>,
    sketches: Builder<SketchesBatch>,
    bounds: Bounds,
    n_points: usize,
    names: Dictionary<'a>,
    tagsets: Tagsets,
    resources: ResourceSets<'a>,
    metadata: &'a Metadata<'a>,
    name_ref: Delta<'a>,
    tagset_ref: Delta<'a>,
    resources_ref: Delta<'a>,
    intervals: Reader<'a>,
    num_points: Reader<'a>,
    timestamp: Delta<'a>,
    values: Values<'a>,
    bins: Bins<'a>,
}

/// A column of differences.
struct Delta<'a> {
    column: Reader<'a>,
    last: i64,
}

impl Delta<'_> {
    #[inline]
    fn next(&mut self) -> Result<i64, Error> {
        self.last = self.last.wrapping_add(self.column.zigzag()?);
        Ok(self.last)
    }

    fn next_index(&mut self) -> Result<usize, Error> {
        let index = self.next()?;
        usize::try_from(index).map_err(|_negative| self.column.error(format!("reference {index}")))
    }
}

struct Values<'a> {
    sint64: Reader<'a>,
    float32: Reader<'a>,
    float64: Reader<'a>,
}

impl Values<'_> {
    #[inline]
    fn next(&mut self, value_type: u64) -> Result<f64, Error> {
        Ok(match value_type {
            0x00 => 0.0,
            0x10 => self.sint64.zigzag()? as f64,
            0x20 => f64::from(f32::from_le_bytes(self.float32.array()?)),
            0x30 => f64::from_le_bytes(self.float64.array()?),
            _ => return Err(self.sint64.error(format!("value type {value_type:#x}"))),
        })
    }
}

struct Bins<'a> {
    num_bins: Reader<'a>,
    keys: Reader<'a>,
    counts: Reader<'a>,
    scratch: Vec<(i64, u64)>,
}

impl<'a> Decoder<'a> {
    fn new(
        context: Context,
        columns: &'a Columns<'a>,
        metadata: &'a Metadata<'a>,
    ) -> Result<Self, Error> {
        let tags = Dictionary::read(columns.column(DICT_TAGS))?;
        let delta = |field| Delta { column: columns.column(field), last: 0 };
        Ok(Self {
            points: Builder::new(context, "metrics"),
            sketches: Builder::new(context, "metrics"),
            bounds: Bounds::default(),
            n_points: 0,
            names: Dictionary::read(columns.column(DICT_NAMES))?,
            tagsets: Tagsets::read(columns.column(DICT_TAGSETS), &tags, &metadata.tags)?,
            resources: ResourceSets::read(
                Dictionary::read(columns.column(DICT_RESOURCES))?,
                columns.column(DICT_RESOURCE_LENS),
                columns.column(DICT_RESOURCE_TYPES),
                columns.column(DICT_RESOURCE_NAMES),
            )?,
            metadata,
            name_ref: delta(NAME_REFS),
            tagset_ref: delta(TAGSET_REFS),
            resources_ref: delta(RESOURCES_REFS),
            intervals: columns.column(INTERVALS),
            num_points: columns.column(NUM_POINTS),
            timestamp: delta(TIMESTAMPS),
            values: Values {
                sint64: columns.column(VALS_SINT64),
                float32: columns.column(VALS_FLOAT32),
                float64: columns.column(VALS_FLOAT64),
            },
            bins: Bins {
                num_bins: columns.column(SKETCH_NUM_BINS),
                keys: columns.column(SKETCH_BIN_KEYS),
                counts: columns.column(SKETCH_BIN_COUNTS),
                scratch: Vec::new(),
            },
        })
    }

    fn metric(&mut self, idx: usize, type_bits: u64) -> Result<(), Error> {
        let name_ref = self.name_ref.next_index()?;
        let tagset_ref = self.tagset_ref.next_index()?;
        let resources_ref = self.resources_ref.next_index()?;
        let interval_secs = self.intervals.varint()? as i64;
        let n_points = usize::try_from(self.num_points.varint()?).unwrap_or(usize::MAX);
        self.n_points = self.n_points.saturating_add(n_points);
        if self.n_points > POINTS_PER_BODY_MAX {
            return Err(Error::TooLarge { what: "points", max: POINTS_PER_BODY_MAX });
        }
        let kind = match type_bits & 0xf {
            1 => Ok(MetricKind::Count),
            2 => Ok(MetricKind::Rate),
            3 => Ok(MetricKind::Gauge),
            4 => Ok(MetricKind::Distribution),
            other => Err(other.to_string()),
        };
        let is_sketch = kind == Ok(MetricKind::Distribution);
        let tags = if is_sketch { &mut self.sketches.tags } else { &mut self.points.tags };
        tags.clear();
        let set = self.tagsets.get(tagset_ref);
        let resources = self.resources.get(resources_ref);
        if let Some(set) = set {
            tags.push_all(set.tags, set.host, set.device);
        }
        let (mut host, mut device) = ("", "");
        let of_body = self.metadata.resources.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        for (kind, name) in resources.clone().into_iter().flatten().chain(of_body) {
            match kind {
                "host" if host.is_empty() => host = name,
                "device" if device.is_empty() => device = name,
                "host" | "device" => {}
                _ if name.is_empty() => {}
                kind => tags.push_resource(kind, name),
            }
        }
        let metric = self.names.get(name_ref).unwrap_or("");
        let head = Head { metric, host, device, kind, interval_secs };
        let problem = match (self.names.get(name_ref), set, resources) {
            (None, ..) => Some(format!(".name: no valid text {name_ref} in the dictionary")),
            (_, None, _) => Some(format!(".tags: no valid tag set {tagset_ref}")),
            (.., None) => Some(format!(".resources: no valid set {resources_ref}")),
            _ => None,
        };
        let value_type = type_bits & 0xf0;
        let problem = problem.map(|message| Problem::new("bad_reference", message));
        if is_sketch {
            self.take_sketches(idx, &head, (n_points, value_type), problem)
        } else {
            self.take_points(idx, &head, (n_points, value_type), problem)
        }
    }

    fn take_points(
        &mut self,
        idx: usize,
        head: &Head<'_>,
        (n_points, value_type): (usize, u64),
        problem: Option<Problem>,
    ) -> Result<(), Error> {
        let mut points: Vec<Point<f64>> = Vec::with_capacity(n_points.min(1024));
        for _ in 0..n_points {
            let secs = self.timestamp.next()?;
            points.push(Ok((secs, self.values.next(value_type)?)));
        }
        match problem {
            Some(problem) => self.points.refuse(idx, n_points.max(1) as u64, problem),
            None => self.points.add(idx, head, points.into_iter()).map_err(|_full| text_full())?,
        }
        Ok(())
    }

    fn take_sketches(
        &mut self,
        idx: usize,
        head: &Head<'_>,
        (n_points, value_type): (usize, u64),
        problem: Option<Problem>,
    ) -> Result<(), Error> {
        let mut points: Vec<Point<Sketch>> = Vec::new();
        for _ in 0..n_points {
            let secs = self.timestamp.next()?;
            let sum = self.values.next(value_type)?;
            let min = self.values.next(value_type)?;
            let max = self.values.next(value_type)?;
            let count = self.values.sint64.zigzag()?;
            self.bins.take()?;
            let bins = self.bins.scratch.iter().copied();
            let sketch = sketches::sketch((count, sum, min, max), bins);
            if let Ok(sketch) = &sketch {
                self.bounds.count(sketch)?;
            }
            points.push(sketch.map(|sketch| (secs, sketch)));
        }
        match problem {
            Some(problem) => self.sketches.refuse(idx, n_points.max(1) as u64, problem),
            None => {
                self.sketches.add(idx, head, points.into_iter()).map_err(|_full| text_full())?
            }
        }
        Ok(())
    }
}

fn text_full() -> Error {
    Error::TooLarge { what: "bytes of names and tags", max: TEXT_BYTES_MAX }
}

impl Bins<'_> {
    /// The bins of the next sketch, to `scratch`.
    fn take(&mut self) -> Result<(), Error> {
        let n_bins = self.num_bins.varint()?;
        if n_bins > BINS_PER_SKETCH_MAX as u64 {
            return Err(Error::TooLarge { what: "bins in a sketch", max: BINS_PER_SKETCH_MAX });
        }
        self.scratch.clear();
        let mut key = 0_i64;
        for _ in 0..n_bins {
            key = key.wrapping_add(self.keys.zigzag()?);
            self.scratch.push((key, self.counts.varint()?));
        }
        Ok(())
    }
}

impl SeriesAndSketches {
    /// Points and sketches that land.
    pub fn accepted(&self) -> u64 {
        self.points.accepted + self.sketches.accepted
    }

    /// What was refused, of either kind.
    pub fn refused(&self) -> impl Iterator<Item = &Refusals> {
        [&self.points.refused, &self.sketches.refused].into_iter()
    }
}
