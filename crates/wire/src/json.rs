//! JSON as clients really send it, read in one pass without building a tree.
//!
//! [`decode`] runs a reader over the body. Only when that fails it looks for what Python and
//! others write although JSON has no word for it (`NaN`, `Infinity`, numbers beyond a double, half
//! surrogates, bytes that are no UTF-8, a byte order mark), replaces each by a string of the same
//! length that no field takes for a number, and reads again: so one bad value costs itself and not
//! the whole body.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Error;

/// Texts that a reader gives to `serde::de::Error::custom` when a bound of this crate is reached.
pub(crate) const TOO_MANY: &str = "too many ";

/// What a value that JSON cannot write is filled with, between quotes.
const FILLER: u8 = b'?';

/// Reads the body; `read` may be called twice, and starts afresh each time.
pub(crate) fn decode<T>(
    body: &[u8],
    mut read: impl for<'b> FnMut(&'b [u8]) -> Result<T, serde_json::Error>,
) -> Result<T, Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty);
    }
    let first = match read(body) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    match repair(body) {
        Some(repaired) => read(&repaired).map_err(|error| explain(&error, &repaired)),
        None => Err(explain(&first, body)),
    }
}

fn explain(error: &serde_json::Error, body: &[u8]) -> Error {
    let text = error.to_string();
    // The position is given as a byte offset below.
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if let Some(bound) = message.strip_prefix(TOO_MANY) {
        for (what, max) in [
            ("points", crate::POINTS_PER_BODY_MAX),
            ("sketches", crate::SKETCHES_PER_BODY_MAX),
            ("items", crate::ITEMS_PER_BODY_MAX),
            ("bytes of names and tags", crate::TEXT_BYTES_MAX),
        ] {
            if bound == what {
                return Error::TooLarge { what, max };
            }
        }
    }
    let at = match error.is_eof() {
        true => body.len(),
        false => byte_of(body, error.line(), error.column()),
    };
    Error::Json { at, message: message.to_string() }
}

fn byte_of(body: &[u8], line: usize, column: usize) -> usize {
    let lines = body.split_inclusive(|&b| b == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    (before + column.saturating_sub(1)).min(body.len())
}

/// `None` when there is nothing that can be repaired.
fn repair(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = match std::str::from_utf8(body) {
        Ok(_) => body.to_vec(),
        Err(_) => String::from_utf8_lossy(body).into_owned().into_bytes(),
    };
    let mut changed = out != body;
    let mut at = 0;
    while at < out.len() {
        at = match out[at] {
            b'"' => repair_string(&mut out, at, &mut changed),
            b'N' | b'I' | b'-' | b'0'..=b'9' => repair_number(&mut out, at, &mut changed),
            _ => at + 1,
        };
    }
    changed.then_some(out)
}

/// Replaces halves of surrogate pairs by U+FFFD; gives the offset after the string.
fn repair_string(out: &mut [u8], start: usize, changed: &mut bool) -> usize {
    let mut at = start + 1;
    while at < out.len() && out[at] != b'"' {
        let Some(unit) = escaped_unit(out, at) else {
            at += if out[at] == b'\\' { 2 } else { 1 };
            continue;
        };
        let is_pair = (0xd800..0xdc00).contains(&unit)
            && escaped_unit(out, at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if !is_pair && (0xd800..0xe000).contains(&unit) {
            out[at..at + 6].copy_from_slice(b"\\uFFFD");
            *changed = true;
        }
        at += if is_pair { 12 } else { 6 };
    }
    at + 1
}

/// The UTF-16 unit of `\uXXXX` at `at`.
fn escaped_unit(text: &[u8], at: usize) -> Option<u16> {
    let escape = text.get(at..at + 6)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

/// Puts quotes over the ends of a bare word or number that JSON has not; the offset after it.
fn repair_number(out: &mut [u8], start: usize, changed: &mut bool) -> usize {
    let len = out[start..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
        .count();
    let end = start + len.max(1);
    let token = std::str::from_utf8(&out[start..end]).unwrap_or_default();
    let is_bad = match token.trim_start_matches('-') {
        "NaN" | "Infinity" => true,
        // Short numbers without an exponent cannot be beyond a double: do not parse them.
        digits if digits.len() > 300 || digits.contains(['e', 'E']) => {
            token.parse::<f64>().is_ok_and(f64::is_infinite)
        }
        _ => false,
    };
    if is_bad {
        out[start] = b'"';
        out[end - 1] = b'"';
        for byte in &mut out[start + 1..end - 1] {
            *byte = FILLER;
        }
        *changed = true;
    }
    end
}

/// A value of a field that should be a string or a number, whatever it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Scalar<'a> {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Cow<'a, str>),
    /// An array or an object; its content is skipped.
    Compound,
}

impl<'a> Scalar<'a> {
    /// As text; `null` is the empty text, as clients mean it.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Null => Cow::Borrowed(""),
            Self::Bool(value) => Cow::Owned(value.to_string()),
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Uint(value) => Cow::Owned(value.to_string()),
            Self::Float(value) => Cow::Owned(value.to_string()),
            Self::Text(text) => text,
            Self::Compound => return None,
        })
    }

    /// A number, or a string that holds one.
    #[inline]
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Int(value) => Some(*value as f64),
            Self::Uint(value) => Some(*value as f64),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bool(_) | Self::Compound => None,
        }
    }

    /// Whether this stood for a NaN, an infinity or a number beyond a double; see `repair`.
    pub(crate) fn is_unwritable(&self) -> bool {
        matches!(self, Self::Text(text) if !text.is_empty() && text.bytes().all(|b| b == FILLER))
    }

    /// A whole number, fractions cut off (seconds of a float timestamp).
    #[inline]
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Uint(value) => Some(i64::try_from(*value).unwrap_or(i64::MAX)),
            _ => self.number().filter(|n| n.is_finite()).map(|n| n.floor() as i64),
        }
    }
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Uint(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(_) if self.is_unwritable() => f.write_str("(NaN, infinite or too large)"),
            Self::Text(text) => f.write_str(&crate::decoded::quoted(text)),
            Self::Compound => f.write_str("an array or object"),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Scalar::Uint(value), Scalar::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Compound)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Compound)
    }
}

/// Takes a value apart as it streams by. What is not overridden is skipped.
pub(crate) trait Sink<'de> {
    /// The value is neither array nor object.
    fn scalar(&mut self, value: Scalar<'de>);

    /// An element of the value, an array. Must consume it.
    fn element<D: Deserializer<'de>>(&mut self, idx: usize, element: D) -> Result<(), D::Error> {
        let _ = idx;
        skip(element)
    }

    /// A field of the value, an object. Must consume it.
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let _ = key;
        map.next_value::<IgnoredAny>().map(|_| ())
    }

    /// The value was an array or object and has ended.
    fn end(&mut self, is_object: bool) {
        let _ = is_object;
    }
}

/// Steps over a value.
pub(crate) fn skip<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| ())
}

/// Drives a [`Sink`] with one value; give it to `next_value_seed` or `next_element_seed`.
pub(crate) struct Into<'x, S>(pub(crate) &'x mut S);

impl<'de, S: Sink<'de>> DeserializeSeed<'de> for Into<'_, S> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink<'de>> Visitor<'de> for Into<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.scalar(Scalar::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.scalar(Scalar::Int(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.scalar(i64::try_from(value).map_or(Scalar::Uint(value), Scalar::Int));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.scalar(Scalar::Float(value));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<(), E> {
        self.0.scalar(Scalar::Text(Cow::Borrowed(value)));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.scalar(Scalar::Text(Cow::Owned(value.to_string())));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.scalar(Scalar::Null);
        Ok(())
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut idx = 0;
        while seq.next_element_seed(Element { sink: self.0, idx })?.is_some() {
            idx += 1;
        }
        self.0.end(false);
        Ok(())
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            self.0.field(&key, &mut map)?;
        }
        self.0.end(true);
        Ok(())
    }
}

struct Element<'x, S> {
    sink: &'x mut S,
    idx: usize,
}

impl<'de, S: Sink<'de>> DeserializeSeed<'de> for Element<'_, S> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.sink.element(self.idx, deserializer)
    }
}

/// A key of an object, borrowed when it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            #[inline]
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_string())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// Reads the whole of `bytes` into a sink.
pub(crate) fn read<'de>(
    bytes: &'de [u8],
    sink: &mut impl Sink<'de>,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Into(sink).deserialize(&mut deserializer)?;
    deserializer.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &[u8]) -> Result<serde_json::Value, Error> {
        decode(body, |bytes| serde_json::from_slice(bytes))
    }

    #[track_caller]
    fn check(body: &[u8], expect: &str) {
        let got = match parse(body) {
            Ok(value) => value.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expect);
    }

    #[test]
    fn what_json_has_no_word_for_becomes_a_string() {
        check(b"[1, NaN, 2]", r#"[1,"?",2]"#);
        check(b"[-Infinity, Infinity]", r#"["???????","??????"]"#);
        check(b"[1e999, 1e9]", r#"["???",1000000000.0]"#);
        check(br#"["NaN", NaN, "a\"NaN"]"#, r#"["NaN","?","a\"NaN"]"#);
        check(br#"["a\ud800b"]"#, "[\"a\u{fffd}b\"]");
        check(br#"["\ud83d\ude00", "\ude00"]"#, "[\"😀\",\"\u{fffd}\"]");
        check(b"[\"a\xffb\"]", "[\"a\u{fffd}b\"]");
        check(b"\xef\xbb\xbf[1]", "[1]");
    }

    #[test]
    fn errors_name_the_byte() {
        check(b"", "the body is empty");
        check(b" \n", "the body is empty");
        check(b"{\"a\":}", "invalid JSON at byte 5: expected value");
        check(b"[1,\n\n2,x]", "invalid JSON at byte 7: expected value");
        check(b"[1", "invalid JSON at byte 2: EOF while parsing a list");
        check(b"[NaN,", "invalid JSON at byte 5: EOF while parsing a value");
    }

    #[test]
    fn truncation_never_panics() {
        let body = br#"{"a":[NaN,-Infinity,1e999,"\ud800"],"b":"\"\\"}"#;
        for end in 0..body.len() {
            assert!(parse(&body[..end]).is_err(), "{end}");
        }
    }
}
