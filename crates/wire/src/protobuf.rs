//! A walker over protobuf bytes: fields borrowed, nothing allocated.
//!
//! Source of the format: protobuf.dev "Encoding". Positions in errors count from the start of the
//! whole body. Unknown fields are stepped over by their wire type; groups, which proto3 does not
//! have, are an error.

use crate::Error;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(Reader<'a>),
    Fixed32(u32),
}

impl<'a> Value<'a> {
    /// The bytes of a length-delimited field, `None` for another wire type.
    pub(crate) fn bytes(self) -> Option<Reader<'a>> {
        match self {
            Self::Bytes(reader) => Some(reader),
            _ => None,
        }
    }
}

/// The rest of a message, or of a length-delimited field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// Offset of `bytes` in the whole body.
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self { bytes: body, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::Protobuf { at: self.at, message: message.into() }
    }

    /// The next field, `None` at the end.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, Error> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let field = key >> 3;
        if field == 0 || field > (1 << 29) - 1 {
            return Err(self.error(format!("field number {field}")));
        }
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let len = self.varint()?;
                Value::Bytes(self.take(len)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            wire_type => return Err(self.error(format!("wire type {wire_type}"))),
        };
        Ok(Some((field as u32, value)))
    }

    /// Up to ten bytes of seven bits each, the lowest first.
    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Error> {
        if let [byte @ ..0x80, rest @ ..] = self.bytes {
            self.bytes = rest;
            self.at += 1;
            return Ok(u64::from(*byte));
        }
        let mut value = 0;
        for (i, &byte) in self.bytes.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.skip(i + 1);
                return Ok(value);
            }
        }
        let message =
            if self.bytes.len() < 10 { "ends within a number" } else { "a number too long" };
        Err(self.error(message))
    }

    /// A varint of type sint32 or sint64.
    #[inline]
    pub(crate) fn zigzag(&mut self) -> Result<i64, Error> {
        self.varint().map(unzigzag)
    }

    /// The next `len` bytes as a reader of their own.
    #[inline]
    pub(crate) fn take(&mut self, len: u64) -> Result<Self, Error> {
        if len > self.bytes.len() as u64 {
            let n_left = self.bytes.len();
            return Err(self.error(format!("a field of {len} bytes where {n_left} are left")));
        }
        let part = Self { bytes: &self.bytes[..len as usize], at: self.at };
        self.skip(len as usize);
        Ok(part)
    }

    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        match self.bytes.first_chunk::<N>() {
            Some(&chunk) => {
                self.skip(N);
                Ok(chunk)
            }
            None => Err(self.error("ends within a field")),
        }
    }

    fn skip(&mut self, len: usize) {
        self.bytes = &self.bytes[len..];
        self.at += len;
    }
}

pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Writing: what the encoders of test payloads and benchmarks need.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_varint(out, u64::from(field << 3 | 2));
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn put_int(out: &mut Vec<u8>, field: u32, value: i64) {
    if value != 0 {
        put_varint(out, u64::from(field << 3));
        put_varint(out, value as u64);
    }
}

pub(crate) fn put_double(out: &mut Vec<u8>, field: u32, value: f64) {
    put_varint(out, u64::from(field << 3 | 1));
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

pub(crate) fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_varint(&mut out, value);
            assert_eq!(Reader::new(&out).varint(), Ok(value));
        }
        for value in [0, -1, 1, i64::MIN, i64::MAX] {
            assert_eq!(unzigzag(zigzag(value)), value);
        }
    }

    #[test]
    fn errors_name_the_byte() {
        let check = |bytes: &[u8], expect: &str| {
            let mut reader = Reader::new(bytes);
            let error = loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("no error"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.to_string(), expect);
        };
        check(&[0x0a, 5, 1], "invalid protobuf at byte 2: a field of 5 bytes where 1 are left");
        check(&[0x08, 1, 0x08, 0x80], "invalid protobuf at byte 3: ends within a number");
        check(
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            "invalid protobuf at byte 1: a number too long",
        );
        check(&[0x0b], "invalid protobuf at byte 1: wire type 3");
        check(&[0x00, 1], "invalid protobuf at byte 1: field number 0");
        check(&[0x09, 1], "invalid protobuf at byte 1: ends within a field");
    }
}
