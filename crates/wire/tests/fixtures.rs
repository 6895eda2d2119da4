//! Payloads as clients send them, in `testdata/<protocol>/`, against what must come of them.
//! `UPDATE_EXPECT=1 cargo test -p wire` rewrites the expectations; read the diff.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::Path;

use expect_test::expect_file;
use model::{OrgId, PointsBatch, SketchesBatch};
use wire::{Context, Decoded, Error, Refusals, metrics};

const CONTEXT: Context = Context { org: OrgId(1), now_ms: 1_700_000_000_000 };

fn show_refused(out: &mut String, refused: &Refusals) {
    for refusal in refused.iter() {
        let (count, reason) = (refusal.count, &refusal.reason);
        writeln!(out, "refused {count} {}: {}", reason.code, reason.message).unwrap();
    }
}

fn show_points(decoded: &Decoded<PointsBatch>) -> String {
    let mut out = String::new();
    for (entry, key, times, values) in decoded.batch.iter() {
        let (kind, interval) = (entry.kind.name(), entry.interval_secs);
        writeln!(
            out,
            "{} {kind}/{interval}s host={:?} device={:?} tags={}",
            key.metric, key.host, key.device, key.tags
        )
        .unwrap();
        for (time, value) in times.iter().zip(values) {
            writeln!(out, "    {time} {value}").unwrap();
        }
    }
    writeln!(out, "accepted {}", decoded.accepted).unwrap();
    show_refused(&mut out, &decoded.refused);
    out
}

fn show_sketches(decoded: &Decoded<SketchesBatch>) -> String {
    let mut out = String::new();
    for (entry, key, times, sketches) in decoded.batch.iter() {
        let interval = entry.interval_secs;
        writeln!(out, "{} /{interval}s host={:?} tags={}", key.metric, key.host, key.tags).unwrap();
        for (time, sketch) in times.iter().zip(sketches) {
            let bins: Vec<_> =
                sketch.bins.iter().map(|b| format!("{}×{}", b.key, b.count)).collect();
            writeln!(
                out,
                "    {time} n={} sum={} min={} max={} bins {}",
                sketch.count,
                sketch.sum,
                sketch.min,
                sketch.max,
                bins.join(" ")
            )
            .unwrap();
        }
    }
    writeln!(out, "accepted {}", decoded.accepted).unwrap();
    show_refused(&mut out, &decoded.refused);
    out
}

/// Decodes each fixture of the protocol; then each of its prefixes, which must not panic.
fn check(protocol: &str, decode: impl Fn(&[u8]) -> Result<String, Error>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(protocol);
    let mut n_fixtures = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "expected") {
            continue;
        }
        n_fixtures += 1;
        let body = std::fs::read(&path).unwrap();
        let got = decode(&body).unwrap_or_else(|error| format!("error: {error}\n"));
        expect_file![path.with_extension("expected")].assert_eq(&got);
        for end in 0..body.len() {
            if decode(&body[..end]).is_ok() {
                // Protobuf may be cut between two fields; JSON never.
                assert!(path.extension().is_some_and(|e| e == "bin"), "{path:?} cut at {end}");
            }
        }
    }
    assert!(n_fixtures > 0, "no fixtures in {folder:?}");
}

#[test]
fn v1_series() {
    check("v1_series", |b| metrics::v1_series::decode(b, CONTEXT).map(|d| show_points(&d)));
}

#[test]
fn v2_json() {
    check("v2_json", |b| metrics::v2_json::decode(b, CONTEXT).map(|d| show_points(&d)));
}

#[test]
fn v2_protobuf() {
    check("v2_protobuf", |b| metrics::v2_protobuf::decode(b, CONTEXT).map(|d| show_points(&d)));
}

#[test]
fn distribution_points() {
    check("distribution_points", |b| {
        metrics::distribution_points::decode(b, CONTEXT).map(|d| show_sketches(&d))
    });
}

#[test]
fn sketches() {
    check("sketches", |b| metrics::sketches::decode(b, CONTEXT).map(|d| show_sketches(&d)));
}

#[test]
fn v3() {
    check("v3", |b| {
        let decoded = metrics::v3::decode(b, CONTEXT)?;
        Ok(show_points(&decoded.points) + &show_sketches(&decoded.sketches))
    });
}
