use serde_json::json;

use super::*;

const ALL: &str = "/api/v1/dashboard";

fn note(text: &str) -> Value {
    json!({"definition": {"type": "note", "content": text}})
}

fn board(title: &str) -> Value {
    json!({"title": title, "layout_type": "ordered", "widgets": [note("a"), note("b")],
        "zzz": {"b": 1, "a": null}})
}

async fn made(api: &Api, body: Value) -> Value {
    api.expect(200, "POST", ALL, body).await
}

fn id(shown: &Value) -> &str {
    shown["id"].as_str().unwrap()
}

#[tokio::test]
async fn made_read_changed_deleted_restored() {
    let api = Api::new().await;
    let shown = made(&api, board("My Board")).await;
    let uri = format!("{ALL}/{}", id(&shown));
    assert_eq!(api.get(&uri).await, shown);
    assert_eq!(shown["url"], format!("/dashboard/{}/my-board", id(&shown)));
    assert_eq!((&shown["description"], &shown["notify_list"]), (&Value::Null, &Value::Null));
    assert_eq!(shown["author_handle"], api.first.email.as_str());
    assert_eq!(shown["created_at"], "2026-01-02T03:04:00.000000+00:00");
    assert_eq!(shown["zzz"].to_string(), r#"{"b":1,"a":null}"#);
    assert!(shown["widgets"][0]["id"].as_u64().is_some_and(|id| id > 0));

    api.clock.advance(std::time::Duration::from_secs(60));
    let mut changed = shown.clone();
    changed["title"] = json!("New");
    changed["widgets"][1]["definition"]["content"] = json!("c");
    let after = api.expect(200, "PUT", &uri, changed.clone()).await;
    assert_eq!(after["widgets"], changed["widgets"]);
    assert_eq!(after["created_at"], shown["created_at"]);
    assert_ne!(after["modified_at"], shown["modified_at"]);

    let gone = api.expect(200, "DELETE", &uri, Value::Null).await;
    assert_eq!(gone, json!({"deleted_dashboard_id": id(&shown)}));
    for method in ["GET", "DELETE"] {
        api.refused(404, method, &uri, Value::Null, "not found").await;
    }
    assert_eq!(api.get(ALL).await["dashboards"], json!([]));
    let deleted = api.get(&format!("{ALL}?filter[deleted]=true")).await;
    assert_eq!(deleted["dashboards"][0]["id"], id(&shown));
    assert!(deleted["dashboards"][0]["deleted_at"].is_string());
    let these = json!({"data": [{"id": id(&shown), "type": "dashboard"}]});
    api.expect(204, "PATCH", ALL, these.clone()).await;
    assert_eq!(api.get(&uri).await["widgets"], after["widgets"]);
    api.refused(404, "PATCH", ALL, these.clone(), "not found").await;
    api.expect(204, "DELETE", ALL, these.clone()).await;
    api.refused(404, "DELETE", ALL, these, "not found").await;
}

#[tokio::test]
async fn lists_in_pages() {
    let api = Api::new().await;
    for name in ["a", "b", "c"] {
        made(&api, board(name)).await;
        api.clock.advance(std::time::Duration::from_secs(1));
    }
    let titles = async |parameters: &str| {
        let answer = api.get(&format!("{ALL}?{parameters}")).await;
        let shown = answer["dashboards"].as_array().unwrap().iter();
        shown.map(|d| d["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["a", "b", "c"]);
    assert_eq!(titles("count=2").await, ["a", "b"]);
    assert_eq!(titles("count=2&start=2").await, ["c"]);
    assert_eq!(titles("count=0").await, Vec::<String>::new());
}

#[tokio::test]
async fn refused_bodies() {
    let api = Api::new().await;
    for (body, words) in [
        (json!([]), "must be a JSON object"),
        (json!({"widgets": [], "layout_type": "ordered"}), "title is required"),
    ] {
        api.refused(400, "POST", ALL, body, words).await;
    }
    let mut large = board("large");
    large["description"] = json!("x".repeat(control::DOCUMENT_BYTES_MAX));
    api.refused(413, "POST", ALL, large, "at most").await;
    for (body, words) in [
        (json!({}), "data is required"),
        (json!({"data": []}), "data must name 1"),
        (json!({"data": [{"type": "dashboard"}]}), "data[0].id"),
        (json!({"data": [{"id": "abc-def-ghi", "type": "monitor"}]}), "data[0].type"),
    ] {
        api.refused(400, "DELETE", ALL, body, words).await;
    }
    let nobody = format!("{ALL}/abc-def-ghi");
    api.refused(404, "PUT", &nobody, board("x"), "Dashboard with ID abc-def-ghi not found").await;
}
