//! Reading the series of a planned scan.

use std::ops::Range;

use super::{Rollups, SeriesData, SeriesPart, SeriesScan, Source};
use crate::error::Result;
use crate::samples::{SampleKind, Samples, merge_pieces};
use crate::windows::Windows;

/// Rows of a series for which room is made at most before they are there.
const ROWS_AHEAD: u64 = 8 * 1024;

/// Rows of one series from one source.
type Piece = (Vec<i64>, Samples);

impl SeriesScan {
    /// Reads the series of a chunk, in order. May be called for several chunks at once.
    pub async fn read(&self, chunk: Range<usize>) -> Result<Vec<SeriesData>> {
        // By series of the chunk: pieces of rollups (with their source), and raw pieces by age.
        let mut rolled: Vec<Vec<(usize, Piece)>> = vec![Vec::new(); chunk.len()];
        let mut raw: Vec<Vec<Piece>> = vec![Vec::new(); chunk.len()];
        for (source_idx, source) in self.sources.iter().enumerate() {
            let pieces = self.read_source(source_idx, source, &chunk).await?;
            for (series, piece) in pieces {
                match source.rollup_ms {
                    Some(_) => rolled[series].push((source_idx, piece)),
                    None => raw[series].push(piece),
                }
            }
        }
        let read =
            chunk.clone().zip(rolled.into_iter().zip(raw)).map(|(index, (rolled, mut raw))| {
                let buffered = &self.places[index].in_buffers;
                raw.extend(buffered.iter().map(|run| (run.times.clone(), run.samples.clone())));
                let raw = merge_pieces(raw, buffered.is_empty());
                SeriesData { index, parts: self.parts(rolled, raw) }
            });
        Ok(read.collect())
    }

    /// The rows that one source has of the series of a chunk.
    async fn read_source(
        &self,
        source_idx: usize,
        source: &Source,
        chunk: &Range<usize>,
    ) -> Result<Vec<(usize, Piece)>> {
        let mut wanted: Vec<(usize, Range<u64>)> = Vec::new();
        for (i, places) in self.places[chunk.clone()].iter().enumerate() {
            let at =
                places.in_files.binary_search_by_key(&(source_idx as u32), |(source, _)| *source);
            if let Ok(at) = at {
                let run = &source.file.directory.runs[places.in_files[at].1 as usize];
                wanted.push((i, run.row_start..run.row_start + run.n_rows));
            }
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let kind = if source.rollup_ms.is_some() && self.kind == SampleKind::Points {
            SampleKind::Rollups
        } else {
            self.kind
        };
        let mut pieces: Vec<(usize, Piece, Option<Windows>)> = wanted
            .iter()
            .map(|(i, rows)| {
                let (series, places) = (chunk.start + i, &self.places[chunk.start + i]);
                // What comes from later files is put behind what the first one has.
                let is_first = places.in_files[0].0 == source_idx as u32;
                let n = if is_first { self.series[series].n_rows } else { rows.end - rows.start };
                let n = n.min(ROWS_AHEAD) as usize;
                let piece = (Vec::with_capacity(n), Samples::new(kind, n));
                (*i, piece, source.cut(self.series[series].key.as_ref()))
            })
            .collect();
        let ranges: Vec<Range<u64>> = wanted.into_iter().map(|(_, rows)| rows).collect();
        let each = |place: usize, times: &[i64], samples: &Samples, rows: Range<usize>| {
            let (_, piece, cut) = &mut pieces[place];
            for slice in cut.as_ref().unwrap_or(&source.windows).slices(times) {
                piece.0.extend_from_slice(&times[slice.clone()]);
                piece.1.extend(samples, rows.start + slice.start..rows.start + slice.end);
            }
        };
        source.file.read(&self.store, &ranges, each).await?;
        Ok(pieces.into_iter().map(|(i, piece, _)| (i, piece)).collect())
    }

    /// Raw rows and rollups of one series as parts in order of time.
    fn parts(&self, rolled: Vec<(usize, Piece)>, raw: Option<Piece>) -> Vec<SeriesPart> {
        if rolled.is_empty() {
            return raw.map(|(times, samples)| part(times, samples, None)).into_iter().collect();
        }
        let mut covered = Windows::default();
        let mut parts = Vec::new();
        for (source_idx, (times, samples)) in rolled {
            let source = &self.sources[source_idx];
            covered = covered.unite(&source.windows);
            for slice in source.windows.slices(&times) {
                parts.push((
                    times[slice.start],
                    cut_part(&times, &samples, slice, source.rollup_ms),
                ));
            }
        }
        if let Some((times, samples)) = raw {
            let gaps = Windows::of(model::TimeRange::ALL).subtract(&covered);
            for slice in gaps.slices(&times) {
                parts.push((times[slice.start], cut_part(&times, &samples, slice, None)));
            }
        }
        parts.sort_by_key(|(start, _)| *start);
        parts.into_iter().map(|(_, part)| part).collect()
    }
}

fn cut_part(
    times: &[i64],
    samples: &Samples,
    slice: Range<usize>,
    rollup_ms: Option<i64>,
) -> SeriesPart {
    let mut cut = samples.select(&[]);
    cut.extend(samples, slice.clone());
    part(times[slice].to_vec(), cut, rollup_ms)
}

fn part(times: Vec<i64>, samples: Samples, rollup_ms: Option<i64>) -> SeriesPart {
    let width_ms = rollup_ms.unwrap_or_default();
    match samples {
        Samples::Points(values) => SeriesPart::Points { times, values },
        Samples::Sketches(sketches) if rollup_ms.is_some() => {
            SeriesPart::SketchRollups { width_ms, times, sketches }
        }
        Samples::Sketches(sketches) => SeriesPart::Sketches { times, sketches },
        Samples::Rollups(r) => SeriesPart::Rollups(Rollups {
            width_ms,
            times,
            counts: r.counts,
            sums: r.sums,
            mins: r.mins,
            maxs: r.maxs,
            lasts: r.lasts,
        }),
    }
}
