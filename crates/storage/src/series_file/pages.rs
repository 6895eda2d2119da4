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
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};

use crate::log::codec::Input;
use crate::samples::Samples;

/// A page that claims more rows than this is taken for damaged: the writer makes them of 8 Ki.
const PAGE_ROWS_MAX: usize = 1 << 20;

/// Places of the two columns in a file of points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PointColumns {
    time: usize,
    value: usize,
}

impl PointColumns {
    /// `None` unless all pages are packed in a way that is read here.
    pub(crate) fn of(footer: &ParquetMetaData) -> Option<Self> {
        let schema = footer.file_metadata().schema_descr();
        let place = |name: &str| schema.columns().iter().position(|c| c.path().string() == name);
        let columns = Self { time: place("time")?, value: place("value")? };
        footer.offset_index()?;
        let is_read = |group: &RowGroupMetaData, column: usize, wanted: &[Encoding]| {
            let chunk = group.column(column);
            let levels = |e: &Encoding| matches!(e, Encoding::RLE);
            let values = chunk.encodings().filter(|e| !levels(e));
            let mut values = values.map(|e| wanted.contains(&e));
            chunk.dictionary_page_offset().is_none() && values.all(|known| known)
        };
        let delta = Encoding::DELTA_BINARY_PACKED;
        let all = footer.row_groups().iter().all(|group| {
            is_read(group, columns.time, &[delta])
                && is_read(group, columns.value, &[delta, Encoding::BYTE_STREAM_SPLIT])
        });
        all.then_some(columns)
    }

    /// Reads the rows in `ranges` (ascending, apart) and hands them over as they come: for each
    /// stretch its place in `ranges`, its times and its values.
    ///
    /// # Errors
    /// Whatever the store says, and damaged pages.
    pub(crate) async fn read(
        self,
        (store, path): (&Arc<dyn ObjectStore>, &Path),
        footer: &ParquetMetaData,
        ranges: &[Range<u64>],
        mut each: impl FnMut(usize, &[i64], &Samples, Range<usize>),
    ) -> Result<(), ParquetError> {
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
                    let time = times.seek(at)?;
                    let value = values.seek(at)?;
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
        self,
        (store, path): (&Arc<dyn ObjectStore>, &Path),
        (footer, group): (&ParquetMetaData, usize),
        wanted: &[(usize, Range<usize>)],
    ) -> Result<(Column<Vec<i64>>, Column<Samples>), ParquetError> {
        let index = footer.offset_index().map(|index| &index[group]);
        let index = index.ok_or_else(|| damaged("it has no index of its pages"))?;
        let n_rows = footer.row_group(group).num_rows() as usize;
        let columns = [self.time, self.value].map(|column| {
            let locations = index[column].page_locations();
            let pages = wanted_pages(locations, n_rows, wanted);
            (column, locations, pages)
        });
        let bytes_of = |page: &PageLocation| {
            let start = page.offset as u64;
            start..start + page.compressed_page_size as u64
        };
        let places: Vec<Range<u64>> = columns
            .iter()
            .flat_map(|(_, locations, pages)| pages.iter().map(|page| bytes_of(&locations[page.0])))
            .collect();
        let parts = store.get_ranges(path, &places).await;
        let parts = parts.map_err(|e| ParquetError::External(e.into()))?;
        let parts = places.iter().map(|place| place.start).zip(parts).collect();
        let fetched = Arc::new(Fetched { parts });
        let [times, values] = columns.map(|(column, locations, pages)| {
            let chunk = footer.row_group(group).column(column);
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
    fn seek(&mut self, row: usize) -> Result<Range<usize>, ParquetError> {
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
            let unpacked = self.page.unpack(encoding, &buf, rows.len());
            unpacked.ok_or_else(|| damaged("the values of a page do not unpack"))?;
            self.rows = rows;
        }
        Ok(row - self.rows.start..self.rows.len())
    }
}

impl Unpack for Vec<i64> {
    fn unpack(&mut self, encoding: Encoding, bytes: &[u8], n: usize) -> Option<()> {
        self.clear();
        match encoding {
            Encoding::DELTA_BINARY_PACKED => delta(bytes, n, |times| self.extend_from_slice(times)),
            _ => None,
        }
    }
}

impl Unpack for Samples {
    fn unpack(&mut self, encoding: Encoding, bytes: &[u8], n: usize) -> Option<()> {
        let Self::Points(values) = self else { return None };
        values.clear();
        match encoding {
            Encoding::DELTA_BINARY_PACKED => {
                delta(bytes, n, |whole| values.extend(whole.iter().map(|&v| v as f64)))
            }
            Encoding::BYTE_STREAM_SPLIT => split_floats(bytes, n, values),
            _ => None,
        }
    }
}

/// Eight streams, of the first bytes of all floats, of the second, and so on.
fn split_floats(bytes: &[u8], n: usize, values: &mut Vec<f64>) -> Option<()> {
    if bytes.len() != n.checked_mul(8)? {
        return None;
    }
    let streams: [&[u8]; 8] = std::array::from_fn(|k| &bytes[k * n..(k + 1) * n]);
    values.extend((0..n).map(|i| f64::from_le_bytes(streams.map(|stream| stream[i]))));
    Some(())
}

/// Values of a miniblock at most: the format has multiples of 32, the writer makes 32 or 64.
const MINIBLOCK_MAX: usize = 1024;

/// Unpacks `n` whole numbers and hands them over some at a time. `None` if the bytes do not hold
/// just that.
///
/// Shape: block size, miniblocks a block, number of values, first value; then blocks of the least
/// delta, a bit width for each miniblock, and the deltas above the least.
fn delta(bytes: &[u8], n: usize, mut put: impl FnMut(&[i64])) -> Option<()> {
    let mut input = Input(bytes);
    let mut size = || input.uint().ok().and_then(|n| usize::try_from(n).ok());
    let (block, n_minis, total) = (size()?, size()?, size()?);
    let mut last = input.int().ok()?;
    if total != n || n_minis == 0 || block % n_minis != 0 {
        return None;
    }
    let mini = block / n_minis;
    if mini == 0 || mini % 32 != 0 || mini > MINIBLOCK_MAX {
        return None;
    }
    if n == 0 {
        return Some(());
    }
    put(&[last]);
    let mut left = n - 1;
    let mut values = [0; MINIBLOCK_MAX];
    while left > 0 {
        let least = input.int().ok()?;
        let (widths, rest) = input.0.split_at_checked(n_minis)?;
        input.0 = rest;
        for &width in widths {
            if left == 0 {
                break;
            }
            let values = &mut values[..mini];
            // The last one may be cut short.
            let packed = input.0.get(..mini / 8 * width as usize).unwrap_or(input.0);
            input.0 = &input.0[packed.len()..];
            let values = &mut values[..left.min(mini)];
            if width == 0 {
                // As in regular times: no value waits for the one before.
                for (step, value) in (1..).zip(values.iter_mut()) {
                    *value = last.wrapping_add(least.wrapping_mul(step));
                }
                last = values[values.len() - 1];
            } else {
                unpack_bits(packed, u32::from(width), values)?;
                for value in values.iter_mut() {
                    last = last.wrapping_add(least).wrapping_add(*value);
                    *value = last;
                }
            }
            put(values);
            left -= values.len();
        }
    }
    Some(())
}

/// Unpacks numbers of `width` bits each (1 to 64), lowest bits first.
fn unpack_bits(packed: &[u8], width: u32, values: &mut [i64]) -> Option<()> {
    if width > 64 || packed.len() * 8 < values.len() * width as usize {
        return None;
    }
    let mask = u64::MAX >> (64 - width);
    // Eight bytes can be read at once up to here, and hold a number of up to 57 bits.
    let n_quick = match packed.len().checked_sub(8) {
        Some(last) if width <= 57 => (last * 8 / width as usize + 1).min(values.len()),
        _ => 0,
    };
    let (quick, slow) = values.split_at_mut(n_quick);
    let mut bit = 0;
    for value in quick {
        let eight = packed[bit / 8..].first_chunk::<8>()?;
        *value = (u64::from_le_bytes(*eight) >> (bit % 8) & mask) as i64;
        bit += width as usize;
    }
    for value in slow {
        let mut wide = [0; 16];
        let from = &packed[bit / 8..];
        let n_bytes = from.len().min(9);
        wide[..n_bytes].copy_from_slice(&from[..n_bytes]);
        *value = (u128::from_le_bytes(wide) >> (bit % 8)) as u64 as i64 & mask as i64;
        bit += width as usize;
    }
    Some(())
}

fn damaged(what: impl Into<String>) -> ParquetError {
    ParquetError::General(what.into())
}

#[cfg(test)]
mod tests;
