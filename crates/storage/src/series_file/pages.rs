//! The points of a series file, straight from its pages.
//!
//! A dashboard reads millions of points a query, so this path makes no Arrow arrays: each page is
//! unpacked once into a buffer that the next one uses again, and the caller gets slices of it. Files
//! whose pages are packed otherwise than by [`super::writer`] go through Arrow's reader.
//!
//! Encodings: parquet.apache.org "Encodings" (`DELTA_BINARY_PACKED`, `BYTE_STREAM_SPLIT`).

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use bytes::buf::Reader;
use object_store::ObjectStore;
use object_store::path::Path;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};

use crate::log::codec::Input;
use crate::samples::Samples;

/// A page that claims more rows than this is taken for damaged: the writer makes them of 8 Ki.
const PAGE_ROWS_MAX: usize = 1 << 20;

/// The two columns in a file of points.
#[derive(Debug)]
pub(crate) struct PointColumns {
    time: usize,
    value: usize,
    /// By row group, times and values: where their pages are, called unpacked, so that the page reader
    /// hands out pages as they lie in the file. It would set up a packer and an unpacker each time.
    chunks: Vec<[ColumnChunkMetaData; 2]>,
    is_packed: bool,
}

impl PointColumns {
    /// `None` unless all pages are packed in a way that is read here.
    pub(crate) fn of(footer: &ParquetMetaData) -> Option<Self> {
        let schema = footer.file_metadata().schema_descr();
        let place = |name: &str| schema.columns().iter().position(|c| c.path().string() == name);
        let (time, value) = (place("time")?, place("value")?);
        footer.offset_index()?;
        let is_packed =
            footer.row_groups().first()?.column(time).compression() != Compression::UNCOMPRESSED;
        let is_read = |group: &RowGroupMetaData, column: usize, wanted: &[Encoding]| {
            let chunk = group.column(column);
            let levels = |e: &Encoding| matches!(e, Encoding::RLE);
            let values = chunk.encodings().filter(|e| !levels(e));
            let mut values = values.map(|e| wanted.contains(&e));
            let is_unpacked = match chunk.compression() {
                Compression::UNCOMPRESSED => !is_packed,
                Compression::ZSTD(_) => is_packed,
                _ => false,
            };
            is_unpacked && chunk.dictionary_page_offset().is_none() && values.all(|known| known)
        };
        let delta = Encoding::DELTA_BINARY_PACKED;
        let all = footer.row_groups().iter().all(|group| {
            is_read(group, time, &[delta])
                && is_read(group, value, &[delta, Encoding::BYTE_STREAM_SPLIT])
        });
        let chunk = |group: &RowGroupMetaData, column| {
            let chunk = group.column(column).clone().into_builder();
            chunk.set_compression(Compression::UNCOMPRESSED).build().ok()
        };
        let chunks = footer.row_groups().iter();
        let chunks = chunks.map(|group| Some([chunk(group, time)?, chunk(group, value)?]));
        let chunks = chunks.collect::<Option<_>>()?;
        all.then_some(Self { time, value, chunks, is_packed })
    }

    /// Bytes in memory, about.
    pub(crate) fn n_bytes(&self) -> usize {
        self.chunks.len() * size_of::<[ColumnChunkMetaData; 2]>()
    }

    /// Reads the rows in `ranges` (ascending, apart) and hands them over as they come: for each
    /// stretch its place in `ranges`, its times and its values.
    ///
    /// # Errors
    /// Whatever the store says, and damaged pages.
    pub(crate) async fn read(
        &self,
        (store, path): (&Arc<dyn ObjectStore>, &Path),
        footer: &ParquetMetaData,
        ranges: &[Range<u64>],
        mut each: impl FnMut(usize, &[i64], &Samples, Range<usize>),
    ) -> Result<(), ParquetError> {
        let mut unpacker = Unpacker::new(self.is_packed)?;
        let mut first_row = 0;
        let mut place = 0;
        for (index, group) in footer.row_groups().iter().enumerate() {
            let rows = first_row..first_row + group.num_rows() as u64;
            first_row = rows.end;
            while ranges.get(place).is_some_and(|range| range.end <= rows.start) {
                place += 1;
            }
            let inside = ranges[place..].iter().take_while(|range| range.start < rows.end);
            let wanted: Vec<(usize, Range<usize>)> = inside
                .enumerate()
                .map(|(i, range)| {
                    let from = range.start.max(rows.start) - rows.start;
                    (place + i, from as usize..(range.end.min(rows.end) - rows.start) as usize)
                })
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let (mut times, mut values) =
                self.fetch((store, path), (footer, index), &wanted).await?;
            for (place, rows) in wanted {
                let mut at = rows.start;
                while at < rows.end {
                    let time = times.seek(at, &mut unpacker)?;
                    let value = values.seek(at, &mut unpacker)?;
                    let n = time.len().min(value.len()).min(rows.end - at);
                    each(
                        place,
                        &times.page[time.start..time.start + n],
                        &values.page,
                        value.start..value.start + n,
                    );
                    at += n;
                }
            }
        }
        Ok(())
    }

    /// Fetches the pages of both columns of a row group that have some of these rows.
    async fn fetch(
        &self,
        (store, path): (&Arc<dyn ObjectStore>, &Path),
        (footer, group): (&ParquetMetaData, usize),
        wanted: &[(usize, Range<usize>)],
    ) -> Result<(Column<Vec<i64>>, Column<Samples>), ParquetError> {
        let index = footer.offset_index().map(|index| &index[group]);
        let index = index.ok_or_else(|| damaged("it has no index of its pages"))?;
        let n_rows = footer.row_group(group).num_rows() as usize;
        let [time, value] = &self.chunks[group];
        let columns = [(self.time, time), (self.value, value)].map(|(column, chunk)| {
            let locations = index[column].page_locations();
            let pages = wanted_pages(locations, n_rows, wanted);
            (chunk, locations, pages)
        });
        let bytes_of = |page: &PageLocation| {
            let start = u64::try_from(page.offset).ok()?;
            let end = start.checked_add(u64::try_from(page.compressed_page_size).ok()?)?;
            Some(start..end)
        };
        let places = columns
            .iter()
            .flat_map(|(_, locations, pages)| pages.iter().map(|page| bytes_of(&locations[page.0])))
            .collect::<Option<Vec<Range<u64>>>>();
        let places = places.ok_or_else(|| damaged("a page lies nowhere in the file"))?;
        let parts = store.get_ranges(path, &places).await;
        let parts = parts.map_err(|e| ParquetError::External(e.into()))?;
        let parts = places.iter().map(|place| place.start).zip(parts).collect();
        let fetched = Arc::new(Fetched { parts });
        let [times, values] = columns.map(|(chunk, locations, pages)| {
            let locations = Some(locations.clone());
            let reader = SerializedPageReader::new(Arc::clone(&fetched), chunk, n_rows, locations)?;
            Ok::<_, ParquetError>((reader, pages))
        });
        let (times, values) = (times?, values?);
        Ok((
            Column::new(times.0, times.1, Vec::new()),
            Column::new(values.0, values.1, Samples::Points(Vec::new())),
        ))
    }
}

/// The pages that have some of these rows (ascending), each with its rows.
fn wanted_pages(
    locations: &[PageLocation],
    n_rows: usize,
    wanted: &[(usize, Range<usize>)],
) -> Vec<(usize, Range<usize>)> {
    let mut pages: Vec<(usize, Range<usize>)> = Vec::new();
    let start_of = |page: usize| locations.get(page).map_or(n_rows, |p| p.first_row_index as usize);
    for (_, rows) in wanted {
        let first = locations.partition_point(|p| p.first_row_index as usize <= rows.start);
        let mut page = first.saturating_sub(1);
        if let Some((last, _)) = pages.last() {
            page = page.max(last + 1);
        }
        while page < locations.len() && start_of(page) < rows.end {
            pages.push((page, start_of(page)..start_of(page + 1)));
            page += 1;
        }
    }
    pages
}

/// The bytes of some pages, by where they stand in the file.
struct Fetched {
    parts: Vec<(u64, Bytes)>,
}

impl Length for Fetched {
    fn len(&self) -> u64 {
        self.parts.last().map_or(0, |(start, bytes)| start + bytes.len() as u64)
    }
}

impl ChunkReader for Fetched {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Err(damaged(format!("a page at {start} is not in the index")))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let at = self.parts.binary_search_by_key(&start, |(start, _)| *start);
        let bytes = at.ok().map(|at| &self.parts[at].1).filter(|bytes| bytes.len() == length);
        bytes.cloned().ok_or_else(|| damaged(format!("the page at {start} was not fetched")))
    }
}

/// One column of a row group, page by page.
struct Column<P> {
    reader: SerializedPageReader<Fetched>,
    /// Pages to come, the next one last.
    pages: Vec<(usize, Range<usize>)>,
    /// Pages that the reader has passed.
    passed: usize,
    /// The rows of the page at hand, unpacked, and where in the row group they stand.
    page: P,
    rows: Range<usize>,
}

/// Undoes the packing of pages, one after the other.
struct Unpacker {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
    plain: Vec<u8>,
}

impl Unpacker {
    fn new(is_packed: bool) -> Result<Self, ParquetError> {
        let zstd = is_packed.then(zstd::bulk::Decompressor::new).transpose();
        Ok(Self { zstd: zstd.map_err(|e| damaged(e.to_string()))?, plain: Vec::new() })
    }

    /// The encoded values of a page of `n` rows.
    fn plain<'a>(&'a mut self, page: &'a [u8], n: usize) -> Result<&'a [u8], ParquetError> {
        let Some(zstd) = &mut self.zstd else { return Ok(page) };
        // No encoding takes more than nine bytes a value, and some for the first block.
        self.plain.clear();
        self.plain.reserve(n * 9 + 4096);
        let unpacked = zstd.decompress_to_buffer(page, &mut self.plain);
        unpacked.map_err(|e| damaged(format!("a page does not unpack: {e}")))?;
        Ok(&self.plain)
    }
}

/// Something that a page is unpacked into.
trait Unpack {
    /// Takes the place of what was there. `None` for a damaged page.
    fn unpack(&mut self, encoding: Encoding, bytes: &[u8], n: usize) -> Option<()>;
}

impl<P: Unpack> Column<P> {
    fn new(
        reader: SerializedPageReader<Fetched>,
        mut pages: Vec<(usize, Range<usize>)>,
        page: P,
    ) -> Self {
        pages.reverse();
        Self { reader, pages, passed: 0, page, rows: 0..0 }
    }

    /// Where in the page at hand a row and those after it stand, once that page is there.
    fn seek(&mut self, row: usize, unpacker: &mut Unpacker) -> Result<Range<usize>, ParquetError> {
        while !self.rows.contains(&row) {
            let (index, rows) =
                self.pages.pop().ok_or_else(|| damaged("it has fewer rows than its index"))?;
            while self.passed < index {
                self.reader.skip_next_page()?;
                self.passed += 1;
            }
            self.passed += 1;
            let Some(Page::DataPage { buf, num_values, encoding, .. }) =
                self.reader.get_next_page()?
            else {
                return Err(damaged("a page is not of the expected kind"));
            };
            if num_values as usize != rows.len() || rows.len() > PAGE_ROWS_MAX {
                return Err(damaged("a page has not the rows that the index says"));
            }
            let plain = unpacker.plain(&buf, rows.len())?;
            let unpacked = self.page.unpack(encoding, plain, rows.len());
            unpacked.ok_or_else(|| damaged("the values of a page do not unpack"))?;
            self.rows = rows;
        }
        Ok(row - self.rows.start..self.rows.len())
    }
}

impl Unpack for Vec<i64> {
    fn unpack(&mut self, encoding: Encoding, bytes: &[u8], n: usize) -> Option<()> {
        self.resize(n, 0);
        match encoding {
            Encoding::DELTA_BINARY_PACKED => delta(bytes, self, |time| time),
            _ => None,
        }
    }
}

impl Unpack for Samples {
    fn unpack(&mut self, encoding: Encoding, bytes: &[u8], n: usize) -> Option<()> {
        let Self::Points(values) = self else { return None };
        values.resize(n, 0.0);
        match encoding {
            Encoding::DELTA_BINARY_PACKED => delta(bytes, values, |whole| whole as f64),
            Encoding::BYTE_STREAM_SPLIT => split_floats(bytes, values),
            _ => None,
        }
    }
}

/// Eight streams, of the first bytes of all floats, of the second, and so on.
fn split_floats(bytes: &[u8], values: &mut [f64]) -> Option<()> {
    let n = values.len();
    if bytes.len() != n.checked_mul(8)? {
        return None;
    }
    let streams: [&[u8]; 8] = std::array::from_fn(|k| &bytes[k * n..(k + 1) * n]);
    for (i, value) in values.iter_mut().enumerate() {
        *value = f64::from_le_bytes(streams.map(|stream| stream[i]));
    }
    Some(())
}

/// Values of a miniblock at most: the format has multiples of 32, the writer makes 32 or 64.
const MINIBLOCK_MAX: usize = 1024;

/// Unpacks whole numbers into all of `out`. `None` if the bytes do not hold just so many.
///
/// Shape: block size, miniblocks a block, number of values, first value; then blocks of the least
/// delta, a bit width for each miniblock, and the deltas above the least.
fn delta<T>(bytes: &[u8], mut out: &mut [T], from: impl Fn(i64) -> T) -> Option<()> {
    let mut input = Input(bytes);
    let mut size = || input.uint().ok().and_then(|n| usize::try_from(n).ok());
    let (block, n_minis, total) = (size()?, size()?, size()?);
    let mut last = input.int().ok()?;
    if total != out.len() || n_minis == 0 || block % n_minis != 0 {
        return None;
    }
    let mini = block / n_minis;
    if mini == 0 || mini % 32 != 0 || mini > MINIBLOCK_MAX {
        return None;
    }
    if let Some(first) = out.split_off_first_mut() {
        *first = from(last);
    }
    let mut deltas = [0; MINIBLOCK_MAX];
    while !out.is_empty() {
        let least = input.int().ok()?;
        let (widths, rest) = input.0.split_at_checked(n_minis)?;
        input.0 = rest;
        for &width in widths {
            let n = out.len().min(mini);
            let values = out.split_off_mut(..n)?;
            // The last one may be cut short.
            let packed = input.0.get(..mini / 8 * width as usize).unwrap_or(input.0);
            input.0 = &input.0[packed.len()..];
            if width == 0 {
                // As in regular times: no value waits for the one before.
                for (step, value) in (1..).zip(values) {
                    *value = from(last.wrapping_add(least.wrapping_mul(step)));
                }
                last = last.wrapping_add(least.wrapping_mul(n as i64));
                continue;
            }
            unpack_bits(packed, u32::from(width), &mut deltas[..n])?;
            for (value, delta) in values.iter_mut().zip(&deltas) {
                last = last.wrapping_add(least).wrapping_add(*delta);
                *value = from(last);
            }
        }
    }
    Some(())
}

/// Unpacks numbers of `width` bits each (1 to 64), lowest bits first.
fn unpack_bits(packed: &[u8], width: u32, values: &mut [i64]) -> Option<()> {
    if width > 64 || packed.len() * 8 < values.len() * width as usize {
        return None;
    }
    let n_done = match width {
        1 => unpack_eights::<1>(packed, values),
        2 => unpack_eights::<2>(packed, values),
        3 => unpack_eights::<3>(packed, values),
        4 => unpack_eights::<4>(packed, values),
        5 => unpack_eights::<5>(packed, values),
        6 => unpack_eights::<6>(packed, values),
        7 => unpack_eights::<7>(packed, values),
        8 => unpack_eights::<8>(packed, values),
        _ => 0,
    };
    let mask = u64::MAX >> (64 - width);
    // Eight bytes can be read at once up to here, and hold a number of up to 57 bits.
    let n_wide = match packed.len().checked_sub(8) {
        Some(last) if width <= 57 => (last * 8 / width as usize + 1).min(values.len()),
        _ => 0,
    };
    for (i, value) in values.iter_mut().enumerate().skip(n_done) {
        let bit = i * width as usize;
        let from = &packed[bit / 8..];
        if i < n_wide {
            let eight = u64::from_le_bytes(*from.first_chunk()?);
            *value = (eight >> (bit % 8) & mask) as i64;
        } else {
            let mut wide = [0; 16];
            let n_bytes = from.len().min(9);
            wide[..n_bytes].copy_from_slice(&from[..n_bytes]);
            *value = (u128::from_le_bytes(wide) >> (bit % 8)) as u64 as i64 & mask as i64;
        }
    }
    Some(())
}

/// Unpacks numbers of few bits, eight at a time, which is as many bytes as one has bits: most changes
/// of metrics are small. Returns how many it has done: all but the last ones.
fn unpack_eights<const WIDTH: usize>(packed: &[u8], values: &mut [i64]) -> usize {
    let mask = u64::MAX >> (64 - WIDTH);
    let (eights, _) = values.as_chunks_mut::<8>();
    let (bytes, _) = packed.as_chunks::<WIDTH>();
    for (values, bytes) in eights.iter_mut().zip(bytes) {
        let mut word = [0; 8];
        word[..WIDTH].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        for (k, value) in values.iter_mut().enumerate() {
            *value = (word >> (k * WIDTH) & mask) as i64;
        }
    }
    eights.len().min(bytes.len()) * 8
}

fn damaged(what: impl Into<String>) -> ParquetError {
    ParquetError::General(what.into())
}

#[cfg(test)]
mod tests;
