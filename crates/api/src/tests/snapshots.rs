//! Snapshots: taken with keys, seen by everyone who has the address.

use model::{Event, MetricKind};
use serde_json::{Value, json};

use super::{Api, NOW, NOW_MS};

fn uri(parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("start", &(NOW - 3600).to_string()).append_pair("end", &NOW.to_string());
    query.extend_pairs(parameters);
    format!("/api/v1/graph/snapshot?{}", query.finish())
}

/// Path of a snapshot's picture.
async fn taken(api: &Api, parameters: &[(&str, &str)]) -> String {
    let answer = api.get(&uri(parameters)).await;
    let url = answer["snapshot_url"].as_str().unwrap();
    url.strip_prefix("http://localhost:8127").unwrap().to_owned()
}

/// The picture, asked for without keys.
async fn picture(api: &Api, path: &str) -> (u16, Vec<u8>, String) {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let response = api.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let cache = response.headers().get("cache-control");
    let cache = cache.map(|cache| cache.to_str().unwrap().to_owned()).unwrap_or_default();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, bytes.to_vec(), cache)
}

fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (word(16), word(20))
}

#[tokio::test]
async fn a_picture_is_taken_and_seen_without_a_session() {
    let api = Api::new().await;
    let values: Vec<f64> = (0..50).map(f64::from).collect();
    api.points(("system.load.1", "web-1", ""), MetricKind::Gauge, &values).await;
    api.events(&[Event {
        id: 1,
        time: NOW_MS - 60_000,
        title: "deploy".into(),
        ..Event::default()
    }])
    .await;
    let query = [("metric_query", "avg:system.load.1{*}"), ("title", "Load")];
    let answer = api.get(&uri(&query)).await;
    assert_eq!(answer["metric_query"], "avg:system.load.1{*}");
    let plain = taken(&api, &query).await;
    let sized = [("width", "600"), ("height", "200"), ("event_query", "deploy"), ("theme", "dark")];
    let sized = taken(&api, &[&query[..], &sized].concat()).await;
    let (status, png, cache) = picture(&api, &plain).await;
    assert_eq!((status, size(&png)), (200, (800, 400)));
    assert!(cache.starts_with("public, max-age=5184000"), "{cache}");
    assert!(png.len() > 5000, "a graph and not an empty sheet: {} bytes", png.len());
    let (status, other, _) = picture(&api, &sized).await;
    assert_eq!((status, size(&other)), (200, (600, 200)));
}

#[tokio::test]
async fn graph_definitions_of_both_forms() {
    let api = Api::new().await;
    api.points(("a", "h", ""), MetricKind::Gauge, &[1.0, 2.0, 3.0]).await;
    for definition in [
        json!({"viz": "timeseries", "requests": [{"q": "avg:a{*}", "type": "area"}]}),
        json!({"type": "toplist", "requests": [{"q": "top(avg:a{*} by {host}, 5, 'mean', 'desc')"}]}),
        json!({"definition": {"type": "query_value", "requests": [{"queries": [
            {"name": "q", "data_source": "metrics", "query": "avg:a{*}"}]}]}}),
    ] {
        let text = definition.to_string();
        let answer = api.get(&uri(&[("graph_def", &text)])).await;
        assert_eq!(answer["graph_def"], text.as_str());
        let path = taken(&api, &[("graph_def", &text)]).await;
        assert_eq!(picture(&api, &path).await.0, 200, "{definition}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let api = Api::new().await;
    for (parameters, words) in [
        (&[][..], "one of the parameters"),
        (&[("metric_query", "avg:a{*}"), ("graph_def", "{}")], "one of the parameters"),
        (&[("metric_query", "avg:a{")], "metric_query: Error parsing query"),
        (&[("metric_query", "nonsense(avg:a{*})")], "nonsense"),
        (&[("graph_def", "{")], "graph_def is not valid JSON"),
        (&[("graph_def", "{\"requests\": [{\"q\": \"avg:\"}]}")], "graph_def.requests[0].q"),
        (&[("metric_query", "avg:a{*}"), ("width", "100000")], "width must be between"),
        (&[("metric_query", "avg:a{*}"), ("theme", "pink")], "theme must be"),
        (&[("metric_query", "avg:a{*}"), ("event_query", "a:(")], "Error parsing query"),
        (&[("metric_query", "avg:a{*}"), ("end", "5")], "must be before end"),
        (&[("metric_query", "avg:a{*}"), ("start", "x")], "start must be a whole number"),
    ] {
        api.refused(400, "GET", &uri(parameters), Value::Null, words).await;
    }
}

#[tokio::test]
async fn pictures_go_after_their_time() {
    let api = Api::new().await;
    let query = [("metric_query", "avg:a{*}")];
    let old = taken(&api, &query).await;
    api.clock.advance(std::time::Duration::from_secs(60 * 86_400 - 10));
    assert_eq!(picture(&api, &old).await.0, 200);
    api.clock.advance(std::time::Duration::from_secs(20));
    assert_eq!(picture(&api, &old).await.0, 404);
    let new = taken(&api, &query).await;
    assert_eq!(picture(&api, &new).await.0, 200);
    let blobs = api.storage.blobs();
    let left = blobs.list(model::OrgId::FIRST, "graph_snapshot", None, 10).await.unwrap();
    assert_eq!(left.len(), 1, "the old one's bytes are gone");
    let name = new.rsplit('/').next().unwrap();
    for bad in [
        format!("/snapshot/view/2/{name}"),
        format!("/snapshot/view/x/{name}"),
        format!("/snapshot/view/1/{}", name.trim_end_matches(".png")),
        "/snapshot/view/1/..%2F..%2Fcontrol.png".to_owned(),
        format!("/snapshot/view/1/{}.png", "0".repeat(32)),
    ] {
        assert_eq!(picture(&api, &bad).await.0, 404, "{bad}");
    }
}
