//! What is encoded decodes to the same batch, for any names, tags, times and values.

use model::{MetricKind, OrgId, PointsBatch, SeriesRef, Sketch, SketchesBatch, TagSet};
use proptest::prelude::*;
use wire::{Context, Decoded, metrics};

const NOW: i64 = 1_700_000_000_000;
const CONTEXT: Context = Context { org: OrgId(1), now_ms: NOW };

#[derive(Clone, Debug)]
struct Series {
    metric: String,
    host: String,
    device: String,
    tags: Vec<String>,
    kind: MetricKind,
    interval_secs: u32,
    points: Vec<(i64, f64)>,
}

fn series() -> impl Strategy<Value = Series> {
    let tag = prop_oneof!["[a-c]", "t[a-z]{0,3}:[a-z0-9]{1,4}", "ünï:[äöü]{1,3}"];
    let kind =
        prop_oneof![Just(MetricKind::Gauge), Just(MetricKind::Count), Just(MetricKind::Rate)];
    let point = (NOW / 1000 - 3600..NOW / 1000 + 600, -1e18..1e18);
    (
        "[a-z][a-z0-9]{0,5}(\\.[a-z]{1,3}){0,2}",
        prop_oneof![Just(String::new()), "[A-Za-z][A-Za-z0-9\"\\\\-]{0,8}"],
        prop_oneof![Just(String::new()), "[a-z/0-9]{1,6}"],
        prop::collection::vec(tag, 0..6),
        kind,
        0_u32..100,
        prop::collection::vec(point, 1..5),
    )
        .prop_map(|(metric, host, device, tags, kind, interval_secs, points)| Series {
            metric,
            host: host.trim().to_string(),
            device,
            tags,
            kind,
            interval_secs,
            points,
        })
}

fn points_batch(series: &[Series]) -> PointsBatch {
    let mut batch = PointsBatch::new(OrgId(1));
    for s in series {
        let tags = TagSet::new(s.tags.iter().map(String::as_str));
        let key =
            SeriesRef { metric: &s.metric, host: &s.host, device: &s.device, tags: tags.as_str() };
        batch.push_series(key, s.kind, s.interval_secs);
        for (secs, value) in &s.points {
            batch.push_point(secs * 1000, *value);
        }
    }
    batch
}

fn whole<T>(batch: T, count: usize) -> Decoded<T> {
    Decoded { batch, accepted: count as u64, refused: Default::default() }
}

proptest! {
    #[test]
    fn points(series in prop::collection::vec(series(), 1..8)) {
        let batch = points_batch(&series);
        let expect = whole(batch.clone(), batch.n_points());
        let body = metrics::v2_protobuf::encode(&batch);
        prop_assert_eq!(&metrics::v2_protobuf::decode(&body, CONTEXT).unwrap(), &expect);
        let body = metrics::v2_json::encode(&batch);
        prop_assert_eq!(&metrics::v2_json::decode(body.as_bytes(), CONTEXT).unwrap(), &expect);
        let body = metrics::v1_series::encode(&batch);
        prop_assert_eq!(&metrics::v1_series::decode(body.as_bytes(), CONTEXT).unwrap(), &expect);
    }

    #[test]
    fn sketches(
        series in prop::collection::vec(series(), 1..4),
        values in prop::collection::vec(-1e6..1e6, 1..50),
        n_same in 1_u64..200_000,
    ) {
        let mut batch = SketchesBatch::new(OrgId(1));
        let mut sketch = Sketch::from_values(values);
        sketch.insert(1.0, n_same);
        for s in &series {
            let tags = TagSet::new(s.tags.iter().map(String::as_str));
            let (metric, host) = (s.metric.as_str(), s.host.as_str());
            batch.push_series(SeriesRef { metric, host, device: "", tags: tags.as_str() }, 10);
            batch.push_sketch(s.points[0].0 * 1000, sketch.clone());
        }
        let body = metrics::sketches::encode(&batch);
        let expect = whole(batch.clone(), batch.times.len());
        prop_assert_eq!(metrics::sketches::decode(&body, CONTEXT).unwrap(), expect);
    }
}
