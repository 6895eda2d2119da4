//! Service level objectives: made, found, changed, deleted.

use serde_json::{Value, json};

use super::Api;

fn metric(name: &str) -> Value {
    json!({"type": "metric", "name": name, "tags": ["team:shop"],
        "thresholds": [{"timeframe": "7d", "target": 95.0, "warning": 98.0}],
        "query": {"numerator": "sum:hits{code:2xx}.as_count()", "denominator": "sum:hits{*}.as_count()"}})
}

#[tokio::test]
async fn objectives_live() {
    let api = Api::new().await;
    let made = api.expect(200, "POST", "/api/v1/slo", metric("Checkout")).await;
    let made = &made["data"][0];
    let id = made["id"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(made["thresholds"][0]["target_display"], "95.");
    assert_eq!((&made["target_threshold"], &made["timeframe"]), (&json!(95.0), &json!("7d")));
    let one = format!("/api/v1/slo/{id}");
    assert_eq!(api.get(&one).await["data"], *made);
    api.expect(200, "POST", "/api/v1/slo", metric("Search")).await;
    for (query, expect) in [
        ("", 2),
        ("?query=check", 1),
        ("?tags_query=team:shop", 2),
        ("?tags_query=team:none", 0),
        ("?metrics_query=sum:hits", 2),
        ("?limit=1&offset=1", 1),
        (&format!("?ids={id}"), 1),
    ] {
        let found = api.get(&format!("/api/v1/slo{query}")).await;
        assert_eq!(found["data"].as_array().unwrap().len(), expect, "{query}");
    }
    let changed = api.expect(200, "PUT", &one, metric("Till")).await;
    assert_eq!(changed["data"][0]["name"], "Till");
    let board = json!({"title": "t", "layout_type": "ordered", "widgets": [{"definition": {"type": "slo",
        "view_type": "detail", "view_mode": "overall", "time_windows": ["7d"], "slo_id": id}}]});
    let board = api.expect(200, "POST", "/api/v1/dashboard", board).await;
    api.expect(409, "DELETE", &one, Value::Null).await;
    let uri = format!("/api/v1/slo/can_delete?ids={id}");
    let used = api.expect(409, "GET", &uri, Value::Null).await;
    assert_eq!(used["data"]["ok"], json!([]));
    assert!(used["errors"][id].as_str().unwrap().contains(board["id"].as_str().unwrap()));
    let gone = api.expect(200, "DELETE", &format!("{one}?force=true"), Value::Null).await;
    assert_eq!(gone["data"], json!([id]));
    api.expect(404, "GET", &one, Value::Null).await;
}

#[tokio::test]
async fn mistakes_are_named() {
    let api = Api::new().await;
    let with = |path: &str, value: Value| {
        let mut body = metric("x");
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    for (body, expect) in [
        (with("/name", json!("")), "name must be"),
        (with("/type", json!("other")), "type must be one of"),
        (with("/type", json!("monitor")), "monitor_ids"),
        (with("/type", json!("time_slice")), "sli_specification"),
        (with("/thresholds", json!([])), "thresholds must be"),
        (with("/thresholds/0/target", json!(100)), "thresholds[0].target"),
        (with("/thresholds/0/warning", json!(90)), "thresholds[0].warning"),
        (with("/thresholds/0/timeframe", json!("1d")), "thresholds[0].timeframe"),
        (with("/query/numerator", json!("sum:")), "Error parsing query"),
    ] {
        let said = api.expect(400, "POST", "/api/v1/slo", body).await.to_string();
        assert!(said.contains(expect), "{said} names {expect}");
    }
}
