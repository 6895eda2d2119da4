use model::{AlertType, EventPriority, TagSet};
use serde_json::json;

use super::*;

fn event(id: i64, ago_secs: i64, title: &str, tags: &[&str]) -> Event {
    Event {
        id,
        time: NOW_MS - 1000 * ago_secs,
        title: title.into(),
        text: format!("text of {title}"),
        tags: TagSet::new(tags.iter().copied()),
        source: "api".into(),
        ..Event::default()
    }
}

async fn filled() -> Api {
    let api = Api::new().await;
    let low = Event {
        priority: EventPriority::Low,
        alert_type: AlertType::Error,
        source: "github".into(),
        host: "web-1".into(),
        aggregation_key: "k".into(),
        ..event(2, 60, "deploy", &["env:prod"])
    };
    let change = Event {
        category: "change".into(),
        attributes: r#"{"author":{"name":"ann","type":"user"}}"#.into(),
        ..event(3, 120, "flag", &["env:ci"])
    };
    api.events(&[event(1, 30, "restart", &["env:prod", "team:x"]), low, change]).await;
    api.events(&[event(4, 90_000, "old", &["env:prod"])]).await;
    api
}

#[tokio::test]
async fn v1_lists_and_shows() {
    let api = filled().await;
    let ids = async |parameters: &str| {
        let uri = format!("/api/v1/events?start={}&end={NOW}&{parameters}", NOW - 3600);
        let answer = api.get(&uri).await;
        let events = answer["events"].as_array().unwrap().iter();
        events.map(|e| e["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [1, 2, 3]);
    assert_eq!(ids("priority=low").await, [2]);
    assert_eq!(ids("sources=GitHub,jenkins").await, [2]);
    assert_eq!(ids("tags=env:prod").await, [1, 2]);
    assert_eq!(ids("tags=env:prod,team:x&unaggregated=true").await, [1]);
    assert_eq!(ids("tags=host:web-1").await, [2]);
    assert_eq!(ids("page=1").await, Vec::<i64>::new());
    let shown = api.get("/api/v1/events/2").await;
    let event = &shown["event"];
    assert_eq!(event["id_str"], "2");
    assert_eq!(event["date_happened"], NOW - 60);
    assert_eq!((&event["alert_type"], &event["priority"]), (&json!("error"), &json!("low")));
    assert_eq!((&event["host"], &event["source_type_name"]), (&json!("web-1"), &json!("github")));
    assert_eq!(api.get("/api/v1/events/4").await["event"]["title"], "old");
    for (uri, status, words) in [
        ("/api/v1/events/999", 404, "No event exists"),
        ("/api/v1/events/x", 404, "No event exists"),
        ("/api/v1/events?end=5", 400, "start is required"),
        ("/api/v1/events?start=5", 400, "end is required"),
        ("/api/v1/events?start=5&end=4", 400, "must not be after"),
        ("/api/v1/events?start=1&end=4&priority=high", 400, "priority must be"),
        ("/api/v1/events?start=1&end=4&unaggregated=maybe", 400, "true or false"),
    ] {
        api.refused(status, "GET", uri, Value::Null, words).await;
    }
}

fn ids(answer: &Value) -> Vec<&str> {
    let data = answer["data"].as_array().unwrap();
    data.iter().map(|event| event["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn v2_searches_with_relative_times() {
    let api = filled().await;
    let path = "/api/v2/events/search";
    let check = async |query: &str, expect: &[&str]| {
        let body = json!({"filter": {"query": query, "from": "now-15m", "to": "now"},
            "sort": "timestamp", "options": {"timezone": "GMT"}});
        let answer = api.expect(200, "POST", path, body).await;
        assert_eq!(ids(&answer), expect, "{query}");
    };
    check("*", &["3", "2", "1"]).await;
    check("restart", &["1"]).await;
    check("source:github", &["2"]).await;
    check("env:prod -team:x", &["2"]).await;
    check("@author.name:ann", &["3"]).await;
    check("priority:low OR team:x", &["2", "1"]).await;
    assert_eq!(ids(&api.get("/api/v2/events").await), ["1", "2", "3"]);
    let old = "/api/v2/events?filter[query]=old&filter[from]=2026-01-01T00:00:00%2B01:00";
    assert_eq!(ids(&api.get(old).await), ["4"]);
    let empty = "/api/v2/events?filter[from]=2020-09-17T11:48:36%2B01:00&filter[to]=1600344516";
    assert_eq!(ids(&api.get(empty).await), Vec::<&str>::new());
    assert_eq!(ids(&api.expect(200, "POST", path, Value::Null).await).len(), 3);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let api = filled().await;
    let mut body = json!({"filter": {"from": "now-2d", "to": "now"}, "page": {"limit": 2},
        "sort": "timestamp"});
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = api.expect(200, "POST", "/api/v2/events/search", body.clone()).await;
        seen.extend(ids(&answer).into_iter().map(str::to_owned));
        // An event of between the pages does not disturb them.
        api.events(&[event(100 + seen.len() as i64, -5, "late", &[])]).await;
        api.clock.advance(std::time::Duration::from_secs(10));
        match answer["meta"]["page"].get("after") {
            Some(after) => body["page"]["cursor"] = after.clone(),
            None => break,
        }
    }
    assert_eq!(seen, ["4", "3", "2", "1"]);
    let first = api.get("/api/v2/events?page[limit]=1&filter[from]=now-1h").await;
    let next = first["links"]["next"].as_str().unwrap();
    assert_ne!(ids(&api.get(next).await), ids(&first));
}

#[tokio::test]
async fn v2_shows_one_event() {
    let api = filled().await;
    let shown = api.get("/api/v2/events/2").await;
    let attributes = &shown["data"]["attributes"];
    assert_eq!(shown["data"]["type"], "event");
    assert_eq!(attributes["timestamp"], "2026-01-02T03:03:00.000Z");
    assert_eq!(attributes["message"], "text of deploy");
    let inner = &attributes["attributes"];
    assert_eq!((&inner["status"], &inner["hostname"]), (&json!("error"), &json!("web-1")));
    assert_eq!((&inner["aggregation_key"], &inner["evt"]["id"]), (&json!("k"), &json!("2")));
    let change = api.get("/api/v2/events/3").await;
    let inner = &change["data"]["attributes"]["attributes"];
    assert_eq!(inner["author"]["name"], "ann");
    assert_eq!(inner["evt"]["category"], "change");
    let missing = api.expect(404, "GET", "/api/v2/events/77", Value::Null).await;
    assert_eq!(missing["errors"][0]["status"], "404");
}

#[tokio::test]
async fn mistakes_in_searches() {
    let api = filled().await;
    for (parameters, words) in [
        ("filter[query]=(a", "Error parsing query"),
        ("filter[from]=soon", "filter.from"),
        ("filter[to]=soon", "filter.to"),
        ("sort=title", "sort must be"),
        ("page[limit]=1001", "page.limit"),
        ("page[limit]=0", "page.limit"),
        ("page[limit]=x", "whole number"),
        ("page[cursor]=x", "page.cursor"),
    ] {
        api.refused(400, "GET", &format!("/api/v2/events?{parameters}"), Value::Null, words).await;
    }
    for (body, words) in [
        (json!({"filter": 5}), "filter must be an object"),
        (json!({"page": {"limit": "x"}}), "limit must be a whole number"),
        (json!([]), "must be a JSON object"),
    ] {
        api.refused(400, "POST", "/api/v2/events/search", body, words).await;
    }
}
