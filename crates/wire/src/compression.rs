//! Bodies by `Content-Encoding`, with a bound on what they unfold to.
//!
//! Several members (gzip), streams (zlib) or frames (zstd) after each other are one body, as the
//! respective formats say. Output over the bound stops the work at once: a bomb costs no more
//! than the bound.

use std::borrow::Cow;
use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status};

use crate::Error;

/// Encodings that may be applied on top of each other in one header.
const LAYERS_MAX: usize = 3;
/// Largest zstd window that is accepted: 128 MiB, what `zstd --long` needs at most by default.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Undoes the encodings of the header (comma-separated, the last one applied last).
///
/// `max` bounds the output and each layer between, in bytes. Names are case-insensitive; `zstd1`
/// is how Datadog's API clients call zstd.
pub fn decode<'a>(encoding: &str, body: &'a [u8], max: usize) -> Result<Cow<'a, [u8]>, Error> {
    let mut body = Cow::Borrowed(body);
    for (i, layer) in encoding.rsplit(',').enumerate() {
        if i == LAYERS_MAX {
            return Err(Error::UnknownEncoding(encoding.to_string()));
        }
        let layer = layer.trim();
        let is = |names: &[&str]| names.iter().any(|n| layer.eq_ignore_ascii_case(n));
        body = if is(&["", "identity"]) {
            body
        } else if is(&["gzip", "x-gzip"]) {
            Cow::Owned(gzip(&body, max)?)
        } else if is(&["deflate", "zlib"]) {
            Cow::Owned(deflate(&body, max)?)
        } else if is(&["zstd", "zstd1"]) {
            Cow::Owned(zstd(&body, max)?)
        } else {
            return Err(Error::UnknownEncoding(layer.chars().take(60).collect()));
        };
    }
    if body.len() > max {
        return Err(too_large(max));
    }
    Ok(body)
}

fn too_large(max: usize) -> Error {
    Error::TooLarge { what: "bytes", max }
}

fn gzip(body: &[u8], max: usize) -> Result<Vec<u8>, Error> {
    read_all("gzip", flate2::read::MultiGzDecoder::new(body), body.len(), max)
}

fn zstd(body: &[u8], max: usize) -> Result<Vec<u8>, Error> {
    let failed =
        |e: std::io::Error| Error::Compression { encoding: "zstd", message: e.to_string() };
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(failed)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(failed)?;
    read_all("zstd", decoder, body.len(), max)
}

fn read_all(
    encoding: &'static str,
    reader: impl Read,
    body_len: usize,
    max: usize,
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(body_len.saturating_mul(4).min(max));
    let read = reader.take(max as u64 + 1).read_to_end(&mut out);
    read.map_err(|e| Error::Compression { encoding, message: e.to_string() })?;
    if out.len() > max { Err(too_large(max)) } else { Ok(out) }
}

/// `deflate` is zlib by the standard, but some clients send it without the zlib header.
fn deflate(body: &[u8], max: usize) -> Result<Vec<u8>, Error> {
    let failed = |message: String| Error::Compression { encoding: "deflate", message };
    let mut out = Vec::with_capacity(body.len().saturating_mul(4).min(max).max(64));
    let mut rest = body;
    while !rest.is_empty() {
        let mut stream = Decompress::new(has_zlib_header(rest));
        loop {
            if out.len() > max {
                return Err(too_large(max));
            }
            if out.len() == out.capacity() {
                out.reserve(out.len().clamp(4096, 1 << 20));
            }
            let (n_in, n_out) = (stream.total_in(), stream.total_out());
            let status = stream
                .decompress_vec(rest, &mut out, FlushDecompress::None)
                .map_err(|e| failed(e.to_string()))?;
            rest = &rest[(stream.total_in() - n_in) as usize..];
            if status == Status::StreamEnd {
                break;
            }
            let stuck = stream.total_in() == n_in && stream.total_out() == n_out;
            if rest.is_empty() && stuck {
                return Err(failed("the stream ends early".to_string()));
            }
            if stuck && out.len() < out.capacity() {
                return Err(failed("the stream cannot go on".to_string()));
            }
        }
    }
    if out.len() > max { Err(too_large(max)) } else { Ok(out) }
}

/// RFC 1950: method 8, and the first two bytes a multiple of 31.
fn has_zlib_header(bytes: &[u8]) -> bool {
    let &[first, second, ..] = bytes else { return true };
    first & 0x0f == 8 && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
}

#[cfg(test)]
mod tests;
