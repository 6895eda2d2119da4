use serde_json::json;

use super::*;

#[tokio::test]
async fn the_organisation_is_shown_and_changed() {
    let api = Api::new().await;
    let list = api.get("/api/v1/org").await;
    let org = &list["orgs"][0];
    assert_eq!(org["created"], "2026-01-02 03:04:00");
    let path = format!("/api/v1/org/{}", org["public_id"].as_str().unwrap());
    let change = json!({"name": "new name", "description": "d", "settings": {
        "private_widget_share": true,
        "saml_autocreate_users_domains": {"enabled": true, "domains": ["example.com"]}}});
    let changed = api.expect(200, "PUT", &path, change).await["org"].clone();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("new name"), &json!("d")));
    assert_eq!(changed["settings"]["private_widget_share"], true);
    assert_eq!(changed["settings"]["saml"]["enabled"], false);
    assert_eq!(api.get(&path).await["org"], changed);
    api.refused(404, "GET", "/api/v1/org/zzzzzzzzz", Value::Null, "not found").await;
    for (body, words) in [
        (json!({"name": "x".repeat(33)}), "at most 32 characters"),
        (json!({"name": ""}), "non-empty"),
        (json!({"settings": {"private_widget_share": "yes"}}), "settings.private_widget_share"),
        (json!({"settings": {"saml": {"enabled": 1}}}), "settings.saml.enabled"),
        (json!({"settings": {"saml_autocreate_access_role": "king"}}), "access_role"),
    ] {
        api.refused(400, "PUT", &path, body, words).await;
    }
    let v2 = api.get("/api/v2/org").await;
    assert_eq!(v2["included"][0]["attributes"]["name"], "new name");
}

#[tokio::test]
async fn configuration_values() {
    let api = Api::new().await;
    let list = api.get("/api/v2/org_configs").await;
    assert_eq!(list["data"][0]["attributes"]["value"], true);
    assert_eq!(list["data"][0]["attributes"]["modified_at"], Value::Null);
    let body =
        |value: Value| json!({"data": {"type": "org_configs", "attributes": {"value": value}}});
    let path = "/api/v2/org_configs/monitor_timezone";
    let set = api.expect(200, "PATCH", path, body(json!("Europe/Paris"))).await;
    assert!(set["data"]["attributes"]["modified_at"].is_string());
    assert_eq!(api.get(path).await, set);
    let custom = "/api/v2/org_configs/custom_roles";
    api.refused(400, "PATCH", custom, body(json!("not-a-boolean")), "true or false").await;
    api.refused(400, "PATCH", custom, body(Value::Null), "value is required").await;
    api.refused(404, "GET", "/api/v2/org_configs/none", Value::Null, "not found").await;
    let session = json!({"data": {"type": "max_session_duration",
        "attributes": {"max_session_duration": 604_800}}});
    let path = "/api/v2/login/org_configs/max_session_duration";
    api.expect(204, "PUT", path, session).await;
    let shown = api.get("/api/v2/org_configs/max_session_duration").await;
    assert_eq!(shown["data"]["attributes"]["value"], 604_800);
    assert_eq!(api.get("/api/v2/saml_configurations").await, json!({"data": []}));
}

#[tokio::test]
async fn allowlists_come_back_as_set() {
    let api = Api::new().await;
    let path = "/api/v2/ip_allowlist";
    let empty = api.get(path).await;
    assert_eq!(empty["data"]["attributes"], json!({"enabled": false, "entries": []}));
    let entry = |block: &str| {
        json!({"data": {"type": "ip_allowlist_entry",
            "attributes": {"cidr_block": block, "note": format!("note {block}")}}})
    };
    let body = |entries: Vec<Value>| {
        json!({"data": {"type": "ip_allowlist",
            "attributes": {"enabled": false, "entries": entries}}})
    };
    let set = api.expect(200, "PATCH", path, body(vec![entry("127.0.0.1"), entry("::/0")])).await;
    let entries = &set["data"]["attributes"]["entries"];
    assert_eq!(entries[0]["data"]["attributes"]["cidr_block"], "127.0.0.1/32");
    assert_eq!(entries[0]["data"]["attributes"]["note"], "note 127.0.0.1");
    assert_eq!(api.get(path).await, set);
    // An entry that is sent back keeps its id and its creation.
    api.clock.advance(std::time::Duration::from_secs(60));
    let again = api.expect(200, "PATCH", path, body(vec![entries[0].clone()])).await;
    let kept = &again["data"]["attributes"]["entries"][0]["data"];
    assert_eq!(kept["id"], entries[0]["data"]["id"]);
    assert_eq!(kept["attributes"]["created_at"], entries[0]["data"]["attributes"]["created_at"]);
    let twice = body(vec![entry("10.0.0.0/8"), entry("10.0.0.1/8")]);
    api.refused(400, "PATCH", path, twice, "listed twice").await;
    api.refused(400, "PATCH", path, body(vec![entry("10.0.0.0/99")]), "CIDR block").await;
    api.refused(400, "PATCH", path, body(vec![json!(5)]), "must be a JSON object").await;

    let path = "/api/v2/domain_allowlist";
    let set = json!({"data": {"type": "domain_allowlist",
        "attributes": {"domains": ["@static-test-domain.test"], "enabled": false}}});
    let answer = api.expect(200, "PATCH", path, set).await;
    assert_eq!(answer["data"]["attributes"]["domains"], json!(["@static-test-domain.test"]));
    assert_eq!(api.get(path).await, answer);
    let bad =
        json!({"data": {"type": "domain_allowlist", "attributes": {"domains": ["nonsense"]}}});
    api.refused(400, "PATCH", path, bad, "is not a mail domain").await;
}
