//! Halves of a body that the server finds too large.

use bytes::Bytes;
use serde_json::value::RawValue;

use super::Payload;
use crate::aggregate::payloads::compress;

/// Largest body that is unpacked to be halved; the agent makes none as large.
const BODY_MAX: usize = 64 << 20;

/// Two payloads with the items of one; `None` when it has one item, or none that can be told apart.
pub(super) fn halves(payload: &Payload) -> Option<[Payload; 2]> {
    let body = match payload.is_compressed {
        true => zstd::bulk::decompress(&payload.body, BODY_MAX).ok()?,
        false => payload.body.to_vec(),
    };
    let [left, right] = match payload.endpoint.is_protobuf() {
        true => halve_protobuf(&body)?,
        false => halve_json(&body)?,
    };
    let half = payload.n_items / 2;
    let make = |(body, n_items): (Vec<u8>, u64)| Payload {
        endpoint: payload.endpoint,
        body: Bytes::from(compress(&body)),
        is_compressed: true,
        n_items,
    };
    Some([(left, half), (right, payload.n_items - half)].map(make))
}

/// Cuts between two fields of the outer message, as near the middle of the items as it gets.
fn halve_protobuf(body: &[u8]) -> Option<[Vec<u8>; 2]> {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < body.len() {
        // Field 1, length-delimited, is all that these messages have.
        let (key, after_key) = varint(body, at)?;
        let (len, after_len) = varint(body, after_key)?;
        if key & 7 != 2 {
            return None;
        }
        at = after_len.checked_add(usize::try_from(len).ok()?)?;
        ends.push(at);
    }
    if at != body.len() || ends.len() < 2 {
        return None;
    }
    let (left, right) = body.split_at(ends[ends.len() / 2 - 1]);
    Some([left.to_vec(), right.to_vec()])
}

fn varint(body: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (i, &byte) in body.get(at..)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Some((value, at + i + 1));
        }
    }
    None
}

/// An array is cut in the middle; so is the longest list of `events`. Anything else is one item.
fn halve_json(body: &[u8]) -> Option<[Vec<u8>; 2]> {
    if let Ok(items) = serde_json::from_slice::<Vec<&RawValue>>(body) {
        if items.len() < 2 {
            return None;
        }
        let (left, right) = items.split_at(items.len() / 2);
        return Some([serde_json::to_vec(left).ok()?, serde_json::to_vec(right).ok()?]);
    }
    let mut left: serde_json::Value = serde_json::from_slice(body).ok()?;
    let sources = left.get_mut("events")?.as_object_mut()?;
    let n_sources = sources.len();
    let (source, events) = sources
        .iter_mut()
        .filter_map(|(source, events)| Some((source.clone(), events.as_array_mut()?)))
        .max_by_key(|(_, events)| events.len())?;
    let moved = match events.len() {
        0 => return None,
        1 if n_sources < 2 => return None,
        1 => {
            let moved = sources.remove(&source)?;
            moved.as_array()?.clone()
        }
        n => events.split_off(n / 2),
    };
    let mut right = left.clone();
    *right.get_mut("events")? = serde_json::json!({ source: moved });
    Some([left.to_string().into_bytes(), right.to_string().into_bytes()])
}

#[cfg(test)]
mod tests {
    use super::super::Endpoint;
    use super::*;

    fn texts(endpoint: Endpoint, body: &[u8], n_items: u64) -> Option<Vec<(String, u64)>> {
        let body = Bytes::from(compress(body));
        let halves = halves(&Payload { endpoint, body, is_compressed: true, n_items })?;
        let text = |p: &Payload| {
            let body = zstd::bulk::decompress(&p.body, 1 << 20).unwrap();
            (String::from_utf8(body).unwrap(), p.n_items)
        };
        Some(halves.iter().map(text).collect())
    }

    #[test]
    fn bodies_are_halved() {
        let pair = |a: &str, b: &str, n: u64, m: u64| Some(vec![(a.into(), n), (b.into(), m)]);
        let checks = Endpoint::CheckRuns;
        assert_eq!(texts(checks, b"[1,{\"a\": 2},3]", 3), pair("[1]", "[{\"a\": 2},3]", 1, 2));
        assert_eq!(texts(checks, b"[1]", 1), None);
        assert_eq!(texts(checks, b"[1", 1), None);
        let events = br#"{"events":{"api":[1,2,3],"b":[4]},"internalHostname":"h"}"#;
        assert_eq!(
            texts(Endpoint::Intake, events, 4),
            pair(
                r#"{"events":{"api":[1],"b":[4]},"internalHostname":"h"}"#,
                r#"{"events":{"api":[2,3]},"internalHostname":"h"}"#,
                2,
                2
            )
        );
        assert_eq!(texts(Endpoint::Intake, br#"{"gohai":"x"}"#, 1), None);
        let series = Endpoint::Series;
        assert_eq!(
            texts(series, b"\n\x01a\n\x02bc\n\x01d", 3),
            pair("\n\x01a", "\n\x02bc\n\x01d", 1, 2)
        );
        assert_eq!(texts(series, b"\n\x01a", 1), None);
        assert_eq!(texts(series, b"\n\x09a\n\x01b", 2), None);
    }
}
