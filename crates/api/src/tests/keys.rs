use serde_json::json;

use super::*;

fn api_key(name: &str) -> Value {
    json!({"data": {"type": "api_keys", "attributes": {"name": name}}})
}

fn app_key(attributes: Value) -> Value {
    json!({"data": {"type": "application_keys", "attributes": attributes}})
}

#[tokio::test]
async fn api_keys_by_id() {
    let api = Api::new().await;
    let path = "/api/v2/api_keys";
    let made = api.expect(201, "POST", path, api_key("one")).await;
    let id = made["data"]["id"].as_str().unwrap();
    let value = made["data"]["attributes"]["key"].as_str().unwrap();
    assert_eq!((value.len(), made["data"]["type"].as_str()), (32, Some("api_keys")));
    assert_eq!(made["data"]["attributes"]["last4"], value[28..]);
    assert!(made["data"]["relationships"]["created_by"]["data"]["id"].is_string());
    let one = format!("{path}/{id}");
    let shown = api.get(&format!("{one}?include=created_by")).await;
    assert_eq!(shown["data"]["attributes"]["key"], value, "an API key can be shown again");
    assert_eq!(shown["included"][0]["attributes"]["email"], api.first.email);
    let mut change = api_key("two");
    change["data"]["id"] = json!(id);
    let changed = api.expect(200, "PATCH", &one, change).await;
    assert_eq!(changed["data"]["attributes"]["name"], "two");
    let list = api.get(&format!("{path}?filter=TWO&sort=-created_at&page[size]=1")).await;
    assert_eq!(list["data"][0]["id"], id);
    assert_eq!(list["data"][0]["attributes"].get("key"), None, "lists do not hold values");
    assert_eq!(list["meta"]["page"]["total_filtered_count"], 1);
    api.expect(204, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;
    api.expect(404, "DELETE", &one, Value::Null).await;
}

#[tokio::test]
async fn mistakes_in_keys() {
    let api = Api::new().await;
    let v2 = "/api/v2/api_keys";
    let own = "/api/v2/current_user/application_keys";
    let wrong_type = json!({"data": {"type": "keys", "attributes": {"name": "x"}}});
    api.refused(400, "POST", v2, wrong_type, "data.type must be api_keys").await;
    api.refused(400, "POST", v2, api_key(" "), "data.attributes.name").await;
    api.refused(404, "GET", &format!("{own}/incorrectId"), Value::Null, "incorrectId").await;
    api.refused(400, "GET", &format!("{v2}?sort=color"), Value::Null, "cannot sort").await;
    api.refused(400, "GET", &format!("{v2}?page[size]=0"), Value::Null, "page[size]").await;
    let at = format!("{v2}?filter[created_at][start]=soon");
    api.refused(400, "GET", &at, Value::Null, "is not a time").await;
    let scopes = app_key(json!({"name": "x", "scopes": ["no_such_scope"]}));
    api.refused(400, "POST", own, scopes, "scope").await;
    api.refused(400, "POST", "/api/v1/api_key", json!({}), "name is required").await;
    api.refused(404, "GET", "/api/v1/api_key/abc", Value::Null, "not found").await;
}

#[tokio::test]
async fn application_keys_of_the_caller() {
    let api = Api::new().await;
    let own = "/api/v2/current_user/application_keys";
    let scopes = json!(["dashboards_read", "dashboards_write"]);
    let made = app_key(json!({"name": "mine", "scopes": scopes}));
    let made = api.expect(201, "POST", own, made).await;
    assert_eq!(made["data"]["attributes"]["scopes"], scopes);
    assert_eq!(made["data"]["attributes"]["key"].as_str().unwrap().len(), 40);
    let id = made["data"]["id"].as_str().unwrap();
    let shown = api.get(&format!("/api/v2/application_keys/{id}")).await;
    assert_eq!(shown["data"]["attributes"].get("key"), None, "shown once, when it is made");
    assert!(shown["data"]["attributes"].get("last_used_at").is_some());
    let list = api.get(&format!("{own}?filter=mine")).await;
    assert_eq!(list["data"][0]["id"], id);
    let mut change = app_key(json!({"name": "mine-updated", "scopes": null}));
    change["data"]["id"] = json!(id);
    let changed = api.expect(200, "PATCH", &format!("{own}/{id}"), change).await;
    assert_eq!(changed["data"]["attributes"]["name"], "mine-updated");
    assert_eq!(changed["data"]["attributes"]["scopes"], Value::Null);
    api.expect(204, "DELETE", &format!("/api/v2/application_keys/{id}"), Value::Null).await;
    api.expect(404, "DELETE", &format!("{own}/{id}"), Value::Null).await;
}

#[tokio::test]
async fn a_narrowed_key_makes_no_wider_one() {
    let api = Api::new().await;
    let own = "/api/v2/current_user/application_keys";
    let made = app_key(json!({"name": "narrow", "scopes": ["user_app_keys"]}));
    let made = api.expect(201, "POST", own, made).await;
    let narrow = made["data"]["attributes"]["key"].as_str().unwrap();
    let check = async |attributes: Value, status: u16| {
        let reply = api.send(api.request_as("POST", own, &app_key(attributes), narrow)).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
    };
    check(json!({"name": "all"}), 403).await;
    check(json!({"name": "other", "scopes": ["api_keys_write"]}), 403).await;
    check(json!({"name": "same", "scopes": ["user_app_keys"]}), 201).await;
}

#[tokio::test]
async fn keys_of_v1_are_named_by_value() {
    let api = Api::new().await;
    let made = api.expect(200, "POST", "/api/v1/api_key", json!({"name": "v1"})).await;
    let key = made["api_key"]["key"].as_str().unwrap();
    assert_eq!(made["api_key"]["created"], "2026-01-02 03:04:00");
    assert_eq!(made["api_key"]["created_by"], api.first.email);
    let one = format!("/api/v1/api_key/{key}");
    assert_eq!(api.get(&one).await["api_key"]["name"], "v1");
    api.expect(200, "PUT", &one, json!({"name": "v1b"})).await;
    let list = api.get("/api/v1/api_key").await;
    let names: Vec<_> = list["api_keys"].as_array().unwrap().iter().map(|k| &k["name"]).collect();
    assert!(names.contains(&&json!("v1b")), "{names:?}");
    api.expect(200, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;

    let path = "/api/v1/application_key";
    let made = api.expect(200, "POST", path, json!({"name": "app"})).await;
    let hash = made["application_key"]["hash"].as_str().unwrap();
    assert_eq!((hash.len(), &made["application_key"]["owner"]), (40, &json!(api.first.email)));
    api.expect(409, "POST", path, json!({"name": "app"})).await;
    let one = format!("{path}/{hash}");
    let shown = api.get(&one).await["application_key"]["hash"].clone();
    assert!(shown.as_str().unwrap().starts_with("****"), "{shown}");
    api.expect(200, "PUT", &one, json!({"name": "app2"})).await;
    api.expect(200, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;
}

#[tokio::test]
async fn access_tokens() {
    let api = Api::new().await;
    let path = "/api/v2/personal_access_tokens";
    let token = |attributes: Value| json!({"data": {"type": "personal_access_tokens", "attributes": attributes}});
    let good = json!({"name": "t", "scopes": ["dashboards_read"],
        "expires_at": "2027-01-02T03:04:00Z"});
    let without = |name: &str| {
        let mut attributes = good.clone();
        attributes.as_object_mut().unwrap().remove(name);
        token(attributes)
    };
    for name in ["name", "scopes", "expires_at"] {
        api.refused(400, "POST", path, without(name), name).await;
    }
    for bad in ["soon", "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z"] {
        let mut attributes = good.clone();
        attributes["expires_at"] = json!(bad);
        api.refused(400, "POST", path, token(attributes), "expires_at").await;
    }
    let made = api.expect(201, "POST", path, token(good)).await;
    let id = made["data"]["id"].as_str().unwrap();
    assert!(made["data"]["attributes"]["key"].as_str().unwrap().starts_with("ddpat_"));
    let one = format!("{path}/{id}");
    let shown = api.get(&one).await;
    assert_eq!(shown["data"]["attributes"].get("key"), None);
    assert_eq!(shown["data"]["attributes"]["expires_at"], "2027-01-02T03:04:00.000000+00:00");
    let mut change = token(json!({"name": "t2"}));
    change["data"]["id"] = json!(id);
    assert_eq!(api.expect(200, "PATCH", &one, change).await["data"]["attributes"]["name"], "t2");
    let list = api.get(&format!("{path}?filter=t2")).await;
    assert_eq!(list["meta"]["page"]["total_filtered_count"], 1);
    api.expect(204, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;
}

#[tokio::test]
async fn keys_and_tokens_of_a_service_account() {
    let api = Api::new().await;
    let account = json!({"data": {"type": "users", "attributes": {
        "email": "bot@example.com", "service_account": true}}});
    let account = api.expect(201, "POST", "/api/v2/service_accounts", account).await;
    assert_eq!(account["data"]["attributes"]["service_account"], true);
    let id = account["data"]["id"].as_str().unwrap();
    let tokens = format!("/api/v2/service_accounts/{id}/access_tokens");
    let token = json!({"data": {"type": "service_access_tokens", "attributes": {
        "name": "s", "scopes": ["dashboards_read"]}}});
    let made = api.expect(201, "POST", &tokens, token).await;
    assert_eq!(
        made["data"]["relationships"]["owned_by"]["data"],
        json!({"type": "service_account", "id": id})
    );
    let one = format!("{tokens}/{}", made["data"]["id"].as_str().unwrap());
    assert_eq!(api.get(&one).await["data"]["type"], "service_access_tokens");
    assert_eq!(api.get(&tokens).await["data"].as_array().unwrap().len(), 1);
    api.expect(204, "DELETE", &one, Value::Null).await;
    let me = api.get("/api/v2/current_user").await["data"]["id"].as_str().unwrap().to_owned();
    let not_an_account = format!("/api/v2/service_accounts/{me}/access_tokens");
    api.refused(404, "GET", &not_an_account, Value::Null, "not found").await;
    let keys = format!("/api/v2/service_accounts/{id}/application_keys");
    let made = api.expect(201, "POST", &keys, app_key(json!({"name": "k"}))).await;
    let one = format!("{keys}/{}", made["data"]["id"].as_str().unwrap());
    api.get(&one).await;
    // The caller's own keys do not include it.
    let own = one.replace(&keys, "/api/v2/current_user/application_keys");
    api.expect(404, "GET", &own, Value::Null).await;
    api.expect(204, "DELETE", &one, Value::Null).await;
}

#[tokio::test]
async fn registrations_of_application_keys() {
    let api = Api::new().await;
    let one = "/api/v2/actions/app_key_registrations/22222222-2222-2222-2222-222222222222";
    let shown = json!({"data": {"id": "22222222-2222-2222-2222-222222222222",
        "type": "app_key_registration"}});
    let missing = json!({"errors": [{"detail": "app key not found"}]});
    assert_eq!(api.expect(404, "GET", one, Value::Null).await, missing);
    assert_eq!(api.expect(201, "PUT", one, Value::Null).await, shown);
    assert_eq!(api.get(one).await, shown);
    assert_eq!(api.get("/api/v2/actions/app_key_registrations").await["meta"]["total"], 1);
    api.expect(204, "DELETE", one, Value::Null).await;
    api.expect(404, "DELETE", one, Value::Null).await;
    let bad = "/api/v2/actions/app_key_registrations/nonsense";
    api.refused(400, "PUT", bad, Value::Null, "must be a UUID").await;
}
