use http::header;
use model::PointsBatch;
use serde_json::json;
use wire::metrics;

use super::*;

const SERIES: &str = r#"{"series":[{"metric":"a.b","points":[[1700000000,1.5]],"type":"gauge",
    "host":"h","tags":["x:1"]}]}"#;

fn batch() -> PointsBatch {
    let mut batch = PointsBatch::new(OrgId::FIRST);
    let key = SeriesRef { metric: "a.b", host: "h", device: "", tags: "x:1" };
    batch.push_series(key, model::MetricKind::Gauge, 0);
    batch.push_point(NOW, 1.5);
    batch
}

#[tokio::test]
async fn each_form_of_points_lands() {
    let protobuf = metrics::v2_protobuf::encode(&batch());
    let json = metrics::v2_json::encode(&batch());
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, SERIES.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let deflate = {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, &protobuf).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = zstd::encode_all(&protobuf[..], 1).unwrap();
    let (pb, js) = ("application/x-protobuf", "application/json");
    let (ok, none) = (r#"{"status":"ok"}"#, r#"{"errors":[]}"#);
    for (path, content_type, encoding, body, expect) in [
        ("/api/v1/series", js, "", SERIES.as_bytes().to_vec(), ok),
        ("/api/v1/series", "text/json", "gzip", gzip, ok),
        ("/api/v2/series", js, "", json.into_bytes(), none),
        ("/api/v2/series", pb, "", protobuf, none),
        ("/api/v2/series", pb, "deflate", deflate, none),
        ("/api/v2/series", pb, "zstd", zstd.clone(), none),
        ("/api/v2/series", pb, "zstd1", zstd, none),
    ] {
        let intake = Intake::new().await;
        let reply = intake.post_as(path, content_type, encoding, body).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (202, expect), "{path} {encoding}");
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(intake.stored(Dataset::Points).await, ["a.b h x:1 = 1.5"], "{path} {encoding}");
        intake.check_count(OutcomeKind::Accepted, 1);
    }
}

#[tokio::test]
async fn sketches_and_distributions_land() {
    let mut batch = model::SketchesBatch::new(OrgId::FIRST);
    let key = SeriesRef { metric: "d", host: "h", device: "", tags: "" };
    batch.push_series(key, 10);
    batch.push_sketch(NOW, model::Sketch::from_values([1.0, 2.0]));
    let intake = Intake::new().await;
    let body = metrics::sketches::encode(&batch);
    let reply = intake.post_as("/api/beta/sketches", "application/x-protobuf", "", body).await;
    assert_eq!(reply.status, 202);
    let body = r#"{"series":[{"metric":"e","points":[[1700000000,[1,2,3]]]}]}"#;
    let reply = intake.post("/api/v1/distribution_points", body).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (202, r#"{"status":"ok"}"#));
    assert_eq!(intake.stored(Dataset::Sketches).await, ["d h  = n=2", "e   = n=3"]);
    intake.check_count(OutcomeKind::Accepted, 2);
}

#[tokio::test]
async fn columnar_series_land() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../wire/testdata/v3/agent.bin");
    let body = zstd::encode_all(&std::fs::read(path).unwrap()[..], 1).unwrap();
    for route in ["/api/intake/metrics/v3/series", "/api/v3beta/series"] {
        let intake = Intake::new().await;
        let reply = intake.post_as(route, "application/x-protobuf", "zstd", body.clone()).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (202, ""));
        intake.check_count(OutcomeKind::Accepted, 6);
        assert_eq!(intake.stored(Dataset::Points).await.len(), 5);
        assert_eq!(intake.stored(Dataset::Sketches).await, ["app.time web-1 all:1 = n=3"]);
    }
}

#[tokio::test]
async fn checks_land() {
    let intake = Intake::new().await;
    let body = r#"[{"check":"app.ok","host_name":"h","timestamp":1700000000,"status":0},
        {"check":"app.ok","status":9}]"#;
    let reply = intake.post("/api/v1/check_run", body).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.json()["status"], "ok");
    assert_eq!(reply.json()["errors"][0], r#"checks[1].status: "9" is none of 0, 1, 2, 3"#);
    let batch = intake.table(Dataset::ServiceChecks).await.read().await.unwrap();
    assert_eq!(storage::tables::service_checks::from_batch(&batch).unwrap().len(), 1);
    intake.check_count(OutcomeKind::Accepted, 1);
    intake.check_count(OutcomeKind::Invalid, 1);
}

#[tokio::test]
async fn events_land() {
    let intake = Intake::new().await;
    let reply = intake.post("/api/v1/events", r#"{"title":"T","text":"x","tags":["B"]}"#).await;
    assert_eq!(reply.status, 202);
    let event = &reply.json()["event"];
    assert_eq!((&reply.json()["status"], &event["title"]), (&json!("ok"), &json!("T")));
    assert_eq!((&event["tags"], &event["date_happened"]), (&json!(["b"]), &json!(NOW / 1000)));
    assert_eq!(event["id_str"], event["id"].to_string());

    let body = json!({"data": {"type": "event", "attributes": {
        "category": "change", "title": "C", "message": "m",
        "attributes": {"changed_resource": {"name": "f", "type": "feature_flag"}},
    }}});
    let second = intake.post("/api/v2/events", body.to_string()).await;
    assert_eq!(second.status, 202);
    assert_eq!(second.json()["data"]["type"], "event");
    let uid = second.json()["data"]["attributes"]["attributes"]["evt"]["uid"].clone();

    let sent = [model::Event { title: "P".into(), time: NOW, ..model::Event::default() }];
    let body = wire::events::encode_protobuf(&sent);
    let third = intake.post_as("/api/v2/events", "application/x-protobuf", "", body).await;
    assert_eq!((third.status.as_u16(), &*third.body), (202, r#"{"errors":[]}"#));

    let mut stored = intake.events().await;
    stored.sort_by_key(|event| event.id);
    let titles: Vec<_> = stored.iter().map(|event| event.title.as_str()).collect();
    assert_eq!(titles, ["T", "C", "P"]);
    assert_eq!((json!(stored[0].id), json!(stored[1].id.to_string())), (event["id"].clone(), uid));
    intake.check_count(OutcomeKind::Accepted, 3);
}

#[tokio::test]
async fn hosts_say_what_they_are() {
    let intake = Intake::new().await;
    let body = json!({
        "apiKey": "secret", "internalHostname": "web-1", "systemStats": {"cpuCores": 4},
        "host-tags": {"system": ["env:prod"]},
        "external_host_tags": [["vm", {"vSphere": ["a:1"]}]],
        "events": {"api": [{"msg_title": "T", "msg_text": "x", "timestamp": NOW / 1000}]},
        "metrics": [["old", 1, 2, {}]],
    });
    for path in ["/intake/", "/intake"] {
        let reply = intake.post(path, body.to_string()).await;
        assert_eq!(reply.status, 202, "{path}");
        assert_eq!(reply.json()["status"], "ok");
    }
    let batch = intake.table(Dataset::HostTags).await.read().await.unwrap();
    let tags = storage::tables::host_tags::from_batch(&batch).unwrap();
    let tags: Vec<_> = tags.iter().map(|t| (&*t.host, &*t.source, t.tags.as_str())).collect();
    assert_eq!(tags, [("vm", "vsphere", "a:1"), ("web-1", "datadog", "env:prod")]);
    assert_eq!(intake.events().await.len(), 2);
    intake.check_count(OutcomeKind::Accepted, 8);
    intake.check_count(OutcomeKind::Discarded, 2);

    let body = json!({"hostname": "web-1", "timestamp": NOW * 1_000_000,
        "agent_metadata": {"agent_version": "7"}, "check_metadata": {}});
    for path in ["/api/v1/metadata", "/api/v2/host_metadata"] {
        let reply = intake.post(path, body.to_string()).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (202, r#"{"status":"ok"}"#));
    }
    let batch = intake.table(Dataset::HostMetadata).await.read().await.unwrap();
    let documents = storage::tables::host_metadata::from_batch(&batch).unwrap();
    let kinds: Vec<_> = documents.iter().map(|d| d.kind.as_str()).collect();
    assert_eq!(kinds, ["agent_metadata", "check_metadata", "host"]);
    assert!(!documents.iter().any(|d| d.document.contains("secret")));
}

#[tokio::test]
async fn keys_are_validated_in_every_form() {
    let intake = Intake::new().await;
    let key = &intake.key;
    let request = |method: &str, uri: String, header: Option<(&'static str, String)>| {
        let mut request = Request::builder().method(method).uri(uri);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        request.body(Body::empty()).unwrap()
    };
    let (v1, v2) = ("/api/v1/validate".to_string(), "/api/v2/validate".to_string());
    for good in [
        request("GET", v1.clone(), Some(("DD-API-KEY", key.clone()))),
        request("GET", v1.clone(), Some(("Dd-Api-Key", key.clone()))),
        request("POST", v1.clone(), Some(("dd-api-key", key.clone()))),
        request("GET", format!("{v1}?api_key={key}"), None),
        request("GET", format!("{v1}?x=1&dd-api-key={key}"), None),
    ] {
        let reply = intake.send(good).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, r#"{"valid":true}"#));
    }
    let reply = intake.send(request("GET", v2.clone(), Some(("DD-API-KEY", key.clone())))).await;
    assert_eq!((reply.status.as_u16(), reply.json()["data"]["id"].is_string()), (200, true));
    let wrong = "0123456789abcdef0123456789abcdef".to_string();
    for bad in [
        request("GET", v1.clone(), None),
        request("GET", v1.clone(), Some(("DD-API-KEY", wrong.clone()))),
        request("GET", v2, Some(("DD-API-KEY", wrong.clone()))),
        request("GET", format!("{v1}?api_key="), None),
    ] {
        let reply = intake.send(bad).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (403, r#"{"errors":["Forbidden"]}"#));
    }
    intake.check_count(OutcomeKind::Invalid, 4);
}

#[tokio::test]
async fn known_routes_are_discarded_and_counted() {
    let intake = Intake::new().await;
    for path in ["/api/v2/logs", "/api/v0.2/traces", "/api/v2/databasequery", "/api/v2/profile"] {
        let reply = intake.post(path, "x").await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (202, "{}"), "{path}");
    }
    let reply = intake.post("/api/v1/collector", "x").await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (202, 20));
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/x-protobuf");
    let path = format!("/v1/input/{}", intake.key);
    let reply = intake.send(Request::post(path).body(Body::from("x")).unwrap()).await;
    assert_eq!(reply.status, 202);
    intake.check_count(OutcomeKind::Discarded, 6);
    assert_eq!(intake.post("/api/v2/no_such_track", "x").await.status, 404);
    let no_key = Request::post("/api/v2/logs").body(Body::from("x")).unwrap();
    assert_eq!(intake.send(no_key).await.status, 403);
}
