use model::PointsBatch;
use serde_json::json;
use wire::metrics::v2_protobuf;

use super::*;

#[track_caller]
fn check_reply(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
    let found = reply.json()["errors"][0].clone();
    let found = found.as_str().or_else(|| found["detail"].as_str()).unwrap_or_default();
    assert!(found.contains(error), "{found}");
}

fn code_of(intake: &Intake, route: &str) -> Vec<(String, u64)> {
    let report = intake.state.ledger.report(OrgId::FIRST);
    let route = report.routes.into_iter().find(|r| r.route == route).unwrap();
    let refused = route.outcomes.into_iter().filter(|o| !o.reason.is_empty());
    refused.map(|o| (o.reason, o.count)).collect()
}

#[tokio::test]
async fn one_bad_point_costs_itself() {
    let intake = Intake::new().await;
    let body = r#"{"unknown":1,"series":[
        {"metric":"ok","points":[[1700000000,1],[1700000000,NaN],[1,2],[1800000000,3]],"new":[{}]},
        {"metric":"inf","points":[[1700000000,Infinity],[1700000000,1e999]]},
        {"metric":"","points":[[1700000000,1]]},
        {"metric":"Bad Name!","tags":["Ünï:X y","b\ud800c"],"points":[[1700000000,4]]}]}"#;
    let reply = intake.post("/api/v1/series", body).await;
    check_reply(&reply, 202, "series[0].points[1]: value (NaN, infinite or too large) is not a");
    let stored = intake.stored(Dataset::Points).await;
    assert_eq!(stored, ["Bad_Name  b_c,ünï:x_y = 4", "ok   = 1"]);
    intake.check_count(OutcomeKind::Accepted, 2);
    intake.check_count(OutcomeKind::Invalid, 6);
    let expect = [
        ("bad_metric_name".to_string(), 1),
        ("timestamp_in_future".to_string(), 1),
        ("timestamp_too_old".to_string(), 1),
        ("value_not_finite".to_string(), 3),
    ];
    assert_eq!(code_of(&intake, "/api/v1/series"), expect);
}

#[tokio::test]
async fn broken_bodies_are_named_and_counted() {
    let protobuf = {
        let mut batch = PointsBatch::new(OrgId::FIRST);
        let key = SeriesRef { metric: "a", host: "h", device: "", tags: "" };
        batch.push_series(key, model::MetricKind::Gauge, 0);
        batch.push_point(NOW, 1.0);
        v2_protobuf::encode(&batch)
    };
    let truncated = protobuf[..protobuf.len() - 3].to_vec();
    let (pb, js) = ("application/x-protobuf", "application/json");
    for (path, content_type, encoding, body, status, error) in [
        ("/api/v1/series", js, "", b"".to_vec(), 400, "the body is empty"),
        ("/api/v2/series", pb, "", b"".to_vec(), 400, "the body is empty"),
        ("/api/v1/series", js, "", b"{\"series\":[".to_vec(), 400, "invalid JSON at byte 11"),
        ("/api/v1/series", js, "", b"{\"serie\":[]}".to_vec(), 400, "no `series`"),
        ("/api/v2/series", pb, "", truncated, 400, "invalid protobuf at byte 2"),
        ("/api/v2/series", pb, "gzip", protobuf.clone(), 400, "cannot decompress the body as gzip"),
        ("/api/v2/series", pb, "zstd", protobuf.clone(), 400, "cannot decompress the body as zstd"),
        ("/api/v2/series", pb, "br", protobuf, 400, "unsupported Content-Encoding \"br\""),
        ("/api/v1/check_run", js, "", b"5".to_vec(), 400, "neither array nor object"),
        ("/intake/", js, "", b"[]".to_vec(), 400, "not an object"),
        ("/api/v1/metadata", js, "", b"{}".to_vec(), 400, "`hostname` is required"),
        ("/api/v1/events", js, "", b"{\"text\":\"x\"}".to_vec(), 400, "`title` is required"),
        ("/api/v2/events", js, "", b"{\"data\":{}}".to_vec(), 400, "`data.type`"),
        ("/api/beta/sketches", pb, "", b"\x0a".to_vec(), 400, "invalid protobuf at byte 1"),
        ("/api/intake/metrics/v3/series", pb, "", b"\x1a\x05".to_vec(), 400, "at byte 2"),
        ("/api/v1/distribution_points", js, "", b"x".to_vec(), 400, "invalid JSON at byte 0"),
    ] {
        let intake = Intake::new().await;
        let reply = intake.post_as(path, content_type, encoding, body).await;
        check_reply(&reply, status, error);
        intake.check_count(OutcomeKind::Invalid, 1);
        intake.check_count(OutcomeKind::Accepted, 0);
    }
}

#[tokio::test]
async fn events_too_old_or_too_long() {
    let intake = Intake::new().await;
    let old = r#"{"title":"T","text":"x","date_happened":1}"#;
    check_reply(&intake.post("/api/v1/events", old).await, 400, "in the past");
    let long = json!({"title": "T", "text": "x".repeat(4001)}).to_string();
    check_reply(&intake.post("/api/v1/events", long).await, 400, "4001 characters");
    let title = json!({"title": "t".repeat(180), "text": "x"}).to_string();
    assert_eq!(intake.post("/api/v1/events", title).await.status, 202);
    let invalid = json!({"data": {"type": "event", "attributes": {"category": "invalid"}}});
    let reply = intake.post("/api/v2/events", invalid.to_string()).await;
    check_reply(&reply, 400, "category");
    assert_eq!(reply.json()["errors"][0]["status"], "400");
}

#[tokio::test]
async fn bombs_and_giants_are_413() {
    let intake = Intake::new().await;
    let zeros = vec![b' '; model::BODY_BYTES_MAX + 1];
    let zstd = zstd::encode_all(&zeros[..], 1).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &zeros).unwrap();
    let gzip = encoder.finish().unwrap();
    let js = "application/json";
    check_reply(&intake.post_as("/api/v1/series", js, "zstd", zstd).await, 413, "more than");
    check_reply(&intake.post_as("/api/v1/series", js, "gzip", gzip).await, 413, "more than");
    check_reply(&intake.post_as("/api/v1/series", js, "", zeros).await, 413, "more than");
    let random: Vec<u8> = vec![7; model::BODY_COMPRESSED_BYTES_MAX + 1];
    check_reply(&intake.post_as("/api/v1/series", js, "gzip", random).await, 413, "more than");
    assert_eq!(code_of(&intake, "/api/v1/series"), [("body_too_large".to_string(), 4)]);
}

#[tokio::test]
async fn a_wrong_key_is_403_and_counted_without_its_payload() {
    let intake = Intake::new().await;
    let request = Request::post("/api/v1/series")
        .header("DD-API-KEY", "00000000000000000000000000000000")
        .body(Body::from(r#"{"series":[]}"#))
        .unwrap();
    let reply = intake.send(request).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (403, r#"{"errors":["Forbidden"]}"#));
    let report = intake.state.report(OrgId::FIRST);
    let outcome = &report["routes"][0]["outcomes"][0];
    assert_eq!((&outcome["reason"], &outcome["count"]), (&json!("unknown_api_key"), &json!(1)));
    assert_eq!(outcome["sample"]["payload"], "");
}

#[tokio::test]
async fn a_flood_of_series_is_held_and_the_rest_is_unharmed() {
    let settings = Settings { series_per_metric_max: 1000, ..Settings::default() };
    let intake = Intake::with(settings, storage::Settings::default()).await;
    let mut batch = PointsBatch::new(OrgId::FIRST);
    for i in 0..5000 {
        let tags = format!("id:x{i}");
        let key = SeriesRef { metric: "flood", host: "", device: "", tags: &tags };
        batch.push_series(key, model::MetricKind::Gauge, 0);
        batch.push_point(NOW, 1.0);
    }
    let key = SeriesRef { metric: "calm", host: "", device: "", tags: "" };
    batch.push_series(key, model::MetricKind::Gauge, 0);
    batch.push_point(NOW, 1.0);
    for _ in 0..2 {
        let body = v2_protobuf::encode(&batch);
        let reply = intake.post_as("/api/v2/series", "application/x-protobuf", "", body).await;
        check_reply(&reply, 202, "flood: over 1000 series in this hour");
    }
    intake.check_count(OutcomeKind::Accepted, 2 * 1001);
    intake.check_count(OutcomeKind::RateLimited, 2 * 4000);
    let stored = intake.stored(Dataset::Points).await;
    assert_eq!(stored.len(), 1001);
    assert!(stored.contains(&"calm   = 1".to_string()));
}

#[tokio::test]
async fn a_full_store_says_when_to_come_back() {
    let store = storage::Settings { buffer_bytes_max: 1, ..storage::Settings::default() };
    let intake = Intake::with(Settings::default(), store).await;
    let body = r#"{"series":[{"metric":"a","points":[[1700000000,1],[1700000001,2]]}]}"#;
    let mut reply = intake.post("/api/v1/series", body).await;
    // The first may still be let in.
    if reply.status == 202 {
        reply = intake.post("/api/v1/series", body).await;
    }
    check_reply(&reply, 429, "busy");
    assert!(reply.headers.contains_key("retry-after"));
    intake.check_count(OutcomeKind::RateLimited, 2);
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let intake = Intake::new().await;
    let request = Request::post("/x").body(Body::empty()).unwrap();
    let state = Arc::clone(&intake.state);
    let response = serve::serve(state, "/x", request, |_call| async { panic!("planted") }).await;
    assert_eq!(response.status(), 500);
    intake.check_count(OutcomeKind::Dropped, 1);
    assert_eq!(intake.state.report(OrgId::FIRST)["panics"], 1);
    let reply = intake.post("/api/v1/series", r#"{"series":[]}"#).await;
    assert_eq!(reply.status, 202);
}
