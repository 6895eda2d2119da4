use std::io::Write;

use super::*;

fn gz(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zst(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 1).unwrap()
}

fn text() -> Vec<u8> {
    (0..2000).flat_map(|i| format!("line {i}\n").into_bytes()).collect()
}

#[track_caller]
fn check(encoding: &str, body: &[u8], expect: &[u8]) {
    assert_eq!(decode(encoding, body, 1 << 20).as_deref(), Ok(expect), "{encoding}");
}

#[test]
fn each_encoding() {
    let text = text();
    check("", &text, &text);
    check("identity", &text, &text);
    check("gzip", &gz(&text), &text);
    check("GZIP", &gz(&text), &text);
    check("deflate", &zlib(&text), &text);
    check("deflate", &raw_deflate(&text), &text);
    check("zstd", &zst(&text), &text);
    check("zstd1", &zst(&text), &text);
    check("gzip, zstd", &zst(&gz(&text)), &text);
    check("gzip", &gz(b""), b"");
    check("deflate", b"", b"");
}

#[test]
fn several_members() {
    let (text, twice) = (text(), [text(), text()].concat());
    check("gzip", &[gz(&text), gz(&text)].concat(), &twice);
    check("deflate", &[zlib(&text), zlib(&text)].concat(), &twice);
    check("zstd", &[zst(&text), zst(&text)].concat(), &twice);
}

#[test]
fn truncated_at_each_byte_is_an_error() {
    let text = b"some text that is worth more than a few bytes of it".repeat(3);
    for (encoding, body) in [("gzip", gz(&text)), ("deflate", zlib(&text)), ("zstd", zst(&text))] {
        for end in 1..body.len() {
            let result = decode(encoding, &body[..end], 1 << 20);
            assert!(matches!(result, Err(Error::Compression { .. })), "{encoding} at {end}");
        }
    }
}

#[test]
fn bombs_stop_at_the_bound() {
    let zeros = vec![0; 8 << 20];
    for (encoding, body) in [("gzip", gz(&zeros)), ("deflate", zlib(&zeros)), ("zstd", zst(&zeros))]
    {
        let result = decode(encoding, &body, 1 << 20);
        assert_eq!(result, Err(too_large(1 << 20)), "{encoding}");
        assert_eq!(decode(encoding, &body, 8 << 20).map(|b| b.len()), Ok(8 << 20));
    }
    assert_eq!(decode("", &zeros, 100), Err(too_large(100)));
}

#[test]
fn wrong_bytes() {
    for encoding in ["gzip", "deflate", "zstd"] {
        let result = decode(encoding, b"{\"series\":[]}", 1 << 20);
        assert!(matches!(result, Err(Error::Compression { .. })), "{encoding}: {result:?}");
    }
    assert_eq!(decode("br", b"x", 10), Err(Error::UnknownEncoding("br".into())));
    assert!(decode("gzip,gzip,gzip,gzip", b"x", 10).is_err());
}
