//! One function for each decoder that takes any bytes: what fuzzing and its smoke test call.
//! Each checks, besides that nothing panics, what must hold of any result.

use model::OrgId;

use crate::{Context, Decoded, check_run, compression, events, host, metrics};

const CONTEXT: Context = Context { org: OrgId(1), now_ms: 1_700_000_000_000 };

pub fn compression(data: &[u8]) {
    const MAX: usize = 1 << 20;
    let Some((which, body)) = data.split_first() else { return };
    let encoding = ["identity", "gzip", "deflate", "zstd"][usize::from(which % 4)];
    if let Ok(out) = compression::decode(encoding, body, MAX) {
        assert!(out.len() <= MAX);
    }
}

pub fn v1_series(data: &[u8]) {
    check_points(metrics::v1_series::decode(data, CONTEXT).ok());
}

pub fn v2_json(data: &[u8]) {
    check_points(metrics::v2_json::decode(data, CONTEXT).ok());
}

pub fn v2_protobuf(data: &[u8]) {
    check_points(metrics::v2_protobuf::decode(data, CONTEXT).ok());
}

pub fn v3(data: &[u8]) {
    if let Ok(decoded) = metrics::v3::decode(data, CONTEXT) {
        check_points(Some(decoded.points));
        check_sketches(Some(decoded.sketches));
    }
}

pub fn sketches(data: &[u8]) {
    check_sketches(metrics::sketches::decode(data, CONTEXT).ok());
}

pub fn distribution_points(data: &[u8]) {
    check_sketches(metrics::distribution_points::decode(data, CONTEXT).ok());
}

pub fn check_run(data: &[u8]) {
    if let Ok(decoded) = check_run::decode(data, CONTEXT) {
        assert_eq!(decoded.batch.len() as u64, decoded.accepted);
    }
}

pub fn events(data: &[u8]) {
    let _ = events::decode_api(data, CONTEXT);
    let _ = events::decode_management(data, CONTEXT);
    let _ = events::decode_protobuf(data, CONTEXT);
}

pub fn host(data: &[u8]) {
    let _ = host::decode_intake(data, CONTEXT);
    let _ = host::decode_inventory(data, CONTEXT);
}

fn check_points(decoded: Option<Decoded<model::PointsBatch>>) {
    let Some(decoded) = decoded else { return };
    assert_eq!(decoded.batch.n_points() as u64, decoded.accepted);
    for (entry, key, times, values) in decoded.batch.iter() {
        assert!(!times.is_empty(), "a series without points");
        assert!(values.iter().all(|v| v.is_finite()));
        check_key(key, entry.id);
    }
}

fn check_sketches(decoded: Option<Decoded<model::SketchesBatch>>) {
    let Some(decoded) = decoded else { return };
    assert_eq!(decoded.batch.times.len() as u64, decoded.accepted);
    for (entry, key, _, sketches) in decoded.batch.iter() {
        for sketch in sketches {
            assert!(sketch.count > 0 && sketch.sum.is_finite() && sketch.min <= sketch.max);
            assert!(sketch.bins.is_sorted_by(|a, b| a.key < b.key), "bins out of order");
        }
        check_key(key, entry.id);
    }
}

fn check_key(key: model::SeriesRef<'_>, id: model::SeriesId) {
    let tags: Vec<&str> = key.tags.split(',').collect();
    assert!(tags.is_sorted_by(|a, b| a < b), "tags out of order: {:?}", key.tags);
    for tag in tags.into_iter().filter(|t| !t.is_empty()) {
        assert_eq!(model::normalize_tag(tag).as_deref(), Some(tag), "a tag not in normal form");
    }
    assert_eq!(model::normalize_metric(key.metric).as_deref(), Some(key.metric));
    assert_eq!(key.id(CONTEXT.org), id);
}
