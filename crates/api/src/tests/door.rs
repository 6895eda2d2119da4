use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use serde_json::json;

use super::*;
use crate::door::Need;
use crate::routes::Routes;

const PATH: &str = "/api/v2/current_user";

fn bare(uri: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn who_may_enter() {
    let api = Api::new().await;
    let (key, app) = (api.first.api_key.as_str(), api.first.application_key.as_str());
    let wrong = "0".repeat(32);
    let in_url = format!("{PATH}?api_key={key}&application_key={app}");
    let cases: Vec<(Request<Body>, u16)> = vec![
        (bare(PATH, &[]), 401),
        (bare(PATH, &[("DD-API-KEY", key)]), 401),
        (bare(PATH, &[("DD-API-KEY", &wrong)]), 403),
        (bare(PATH, &[("DD-API-KEY", key), ("DD-APPLICATION-KEY", &wrong)]), 403),
        (bare(PATH, &[("DD-API-KEY", &wrong), ("DD-APPLICATION-KEY", app)]), 403),
        (bare(PATH, &[("dd-api-key", key), ("dd-application-key", app)]), 200),
        (bare(&in_url, &[]), 200),
        (bare(PATH, &[("Authorization", "Bearer ddpat_nonsense")]), 401),
        (bare(PATH, &[("Authorization", "Basic eDp5")]), 401),
        (bare(PATH, &[("Cookie", "procyon_session=nonsense")]), 401),
        (bare("/api/procyon/health", &[]), 200),
        (bare("/api/procyon/status", &[]), 401),
    ];
    for (request, status) in cases {
        let shown = format!("{request:?}");
        let reply = api.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "{shown}: {}", reply.body);
        if status != 200 {
            let expect = if status == 401 { "Unauthorized" } else { "Forbidden" };
            assert_eq!(reply.body, json!({"errors": [expect]}), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_token_acts_alone_until_it_is_revoked() {
    let api = Api::new().await;
    let token = json!({"data": {"type": "personal_access_tokens", "attributes": {
        "name": "t", "scopes": ["metrics_read"], "expires_at": "2026-06-01T00:00:00Z"}}});
    let made = api.expect(201, "POST", "/api/v2/personal_access_tokens", token).await;
    let value = made["data"]["attributes"]["key"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {value}");
    let check = async |uri: &str, headers: &[(&str, &str)], status: u16| {
        let reply = api.send(bare(uri, headers)).await;
        assert_eq!(reply.status.as_u16(), status, "{uri}: {}", reply.body);
    };
    let metrics = format!("/api/v1/metrics?from={}", NOW - 60);
    check(&metrics, &[("Authorization", &bearer)], 200).await;
    check(&metrics, &[("DD-APPLICATION-KEY", &value)], 200).await;
    // Its scopes narrow it.
    check("/api/v2/api_keys", &[("Authorization", &bearer)], 403).await;
    let one = format!("/api/v2/personal_access_tokens/{}", made["data"]["id"].as_str().unwrap());
    api.expect(204, "DELETE", &one, Value::Null).await;
    check(&metrics, &[("Authorization", &bearer)], 401).await;
}

#[tokio::test]
async fn sign_in_by_cookie_needs_a_token_for_changes() {
    let api = Api::new().await;
    let login = |password: &str, kind: &str| {
        Request::post("/api/procyon/login")
            .header("Content-Type", kind)
            .body(Body::from(json!({"email": api.first.email, "password": password}).to_string()))
            .unwrap()
    };
    let json_type = "application/json";
    assert_eq!(api.send(login("wrong", json_type)).await.status, 401);
    let form = api.send(login(&api.first.password, "text/plain")).await;
    assert_eq!(form.status, 415);
    let reply = api.send(login(&api.first.password, json_type)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let set = reply.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["procyon_session=", "HttpOnly", "SameSite=Strict"] {
        assert!(set.contains(part), "{set} lacks {part}");
    }
    let cookie = set.split(';').next().unwrap().to_owned();
    let csrf = reply.body["csrf_token"].as_str().unwrap().to_owned();
    let post = |csrf: Option<&str>| {
        let mut request = Request::post("/api/v1/api_key").header("Cookie", &cookie);
        if let Some(csrf) = csrf {
            request = request.header("X-CSRF-Token", csrf);
        }
        request.body(Body::from(r#"{"name":"by cookie"}"#)).unwrap()
    };
    assert_eq!(api.send(bare(PATH, &[("Cookie", &cookie)])).await.status, 200);
    assert_eq!(api.send(post(None)).await.status, 403);
    assert_eq!(api.send(post(Some("guess"))).await.status, 403);
    assert_eq!(api.send(post(Some(&csrf))).await.status, 200);
    let out = Request::post("/api/procyon/logout")
        .header("Cookie", &cookie)
        .header("X-CSRF-Token", &csrf)
        .body(Body::empty())
        .unwrap();
    assert_eq!(api.send(out).await.status, 204);
    assert_eq!(api.send(bare(PATH, &[("Cookie", &cookie)])).await.status, 401);
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_json() {
    let api = Api::new().await;
    let reply = api.call("GET", "/api/v1/no_such", Value::Null).await;
    assert_eq!((reply.status.as_u16(), reply.body), (404, json!({"errors": ["Not found"]})));
    let reply = api.call("DELETE", "/api/v1/query", Value::Null).await;
    assert_eq!(reply.status, 405);
    assert_eq!(reply.body, json!({"errors": ["Method not allowed"]}));
    assert!(reply.headers["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn bodies_are_bounded_and_checked() {
    let api = Api::new().await;
    let path = "/api/v2/api_keys";
    let send = async |body: Vec<u8>, header: Option<(&str, &str)>, status: u16, words: &str| {
        let mut request = api.request("POST", path, &Value::Null);
        *request.body_mut() = Body::from(body);
        if let Some((name, value)) = header {
            let name: http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let reply = api.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.body);
        let error = reply.body["errors"][0].as_str().unwrap();
        assert!(error.contains(words), "{error} lacks {words}");
    };
    send(vec![b' '; 9 << 20], None, 413, "over 8388608 bytes").await;
    send(b"{".to_vec(), None, 400, "not valid JSON").await;
    send(Vec::new(), None, 400, "no body").await;
    send(vec![0xff, 0xfe], None, 400, "not valid JSON").await;
    send(b"[]".to_vec(), None, 400, "must be a JSON object").await;
    send(b"{}".to_vec(), None, 400, "data is required").await;
    send(b"{}".to_vec(), Some(("content-encoding", "gzip")), 415, "intake routes only").await;
}

#[tokio::test]
async fn answers_say_where_the_rate_limit_stands() {
    let api = Api::with(|state| state.with_calls_max(2)).await;
    let header = |reply: &Reply, name: &str| reply.headers[name].to_str().unwrap().to_owned();
    let first = api.call("GET", PATH, Value::Null).await;
    assert_eq!(header(&first, "content-type"), "application/json");
    assert_eq!(header(&first, "x-ratelimit-limit"), "2");
    assert_eq!(header(&first, "x-ratelimit-remaining"), "1");
    assert_eq!(header(&first, "x-ratelimit-period"), "10");
    assert_eq!(header(&first, "x-ratelimit-reset"), "10");
    assert_eq!(header(&first, "x-ratelimit-name"), PATH);
    api.call("GET", PATH, Value::Null).await;
    let third = api.call("GET", PATH, Value::Null).await;
    assert_eq!(third.status, 429);
    assert_eq!(third.body, json!({"errors": ["Too many requests"]}));
    assert_eq!(header(&third, "retry-after"), "10");
    api.clock.advance(std::time::Duration::from_secs(10));
    assert_eq!(api.call("GET", PATH, Value::Null).await.status, 200);
}

#[tokio::test]
async fn a_panic_costs_one_call_and_is_counted() {
    let api = Api::new().await;
    let engine =
        query::Engine::new(api.storage.clone(), api.clock.clone(), query::Limits::default());
    let parts = (api.control.clone(), api.storage.clone(), api.clock.clone());
    let state = Arc::new(State::new(parts.0, parts.1, engine, parts.2));
    let routes = Routes::default()
        .get("/boom", Need::Nothing, |_call| async { panic!("on purpose") })
        .into_router()
        .with_state(Arc::clone(&state));
    let response = routes.oneshot(bare("/boom", &[])).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(state.counters.panics.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_enabled_ip_allowlist_guards_the_api() {
    let api = Api::new().await;
    let list = |enabled: bool, block: &str| {
        json!({"data": {"type": "ip_allowlist", "attributes": {"enabled": enabled, "entries": [
            {"data": {"type": "ip_allowlist_entry", "attributes": {"cidr_block": block}}}]}}})
    };
    let path = "/api/v2/ip_allowlist";
    let from = async |address: &str, method: &str, uri: &str, body: Value, status: u16| {
        let mut request = api.request(method, uri, &body);
        let address: SocketAddr = address.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        let reply = api.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "{address} {method}: {}", reply.body);
    };
    from("10.0.0.9:5", "PATCH", path, list(false, "10.0.0.0/8"), 200).await;
    from("11.0.0.9:5", "GET", PATH, Value::Null, 200).await;
    // Nobody locks themselves out.
    from("11.0.0.9:5", "PATCH", path, list(true, "10.0.0.0/8"), 400).await;
    from("10.0.0.9:5", "PATCH", path, list(true, "10.0.0.0/8"), 200).await;
    from("10.2.3.4:5", "GET", PATH, Value::Null, 200).await;
    from("[::ffff:10.2.3.4]:5", "GET", PATH, Value::Null, 200).await;
    from("11.0.0.9:5", "GET", PATH, Value::Null, 403).await;
    assert_eq!(api.call("GET", PATH, Value::Null).await.status, 403, "an unknown address");
    from("10.2.3.4:5", "PATCH", path, list(false, "10.0.0.0/8"), 200).await;
    from("11.0.0.9:5", "GET", PATH, Value::Null, 200).await;
}

#[tokio::test]
async fn each_operation_asks_for_its_permission() {
    let api = Api::new().await;
    let account = json!({"data": {"type": "users", "attributes": {
        "email": "robot@example.com", "name": "robot", "service_account": true},
        "relationships": {"roles": {"data": []}}}});
    let account = api.expect(201, "POST", "/api/v2/service_accounts", account).await;
    let id = account["data"]["id"].as_str().unwrap();
    let key = json!({"data": {"type": "application_keys", "attributes": {"name": "k"}}});
    let keys = format!("/api/v2/service_accounts/{id}/application_keys");
    let made = api.expect(201, "POST", &keys, key).await;
    let app = made["data"]["attributes"]["key"].as_str().unwrap();
    let refused = [
        ("GET", "/api/v2/api_keys", "api_keys_read"),
        ("POST", "/api/v2/api_keys", "api_keys_write"),
        ("DELETE", "/api/v2/api_keys/x", "api_keys_delete"),
        ("GET", "/api/v2/application_keys", "org_app_keys_read"),
        ("POST", "/api/v2/current_user/application_keys", "user_app_keys"),
        ("POST", "/api/v2/service_accounts", "service_account_write"),
        ("POST", "/api/v2/personal_access_tokens", "user_app_keys"),
        ("PUT", "/api/v1/metrics/m", "metrics_metadata_write"),
        ("POST", "/api/v2/metrics/m/tags", "metric_tags_write"),
        ("POST", "/api/v2/metrics/tag-indexing-rules", "metric_tags_write"),
        ("POST", "/api/v1/tags/hosts/h", "host_tags_write"),
        ("POST", "/api/v1/host/h/mute", "monitors_downtime"),
        ("PUT", "/api/v1/org/x", "org_management"),
        ("PATCH", "/api/v2/org_configs/custom_roles", "org_management"),
        ("GET", "/api/v2/ip_allowlist", "org_management"),
        ("PATCH", "/api/v2/domain_allowlist", "org_management"),
        ("POST", "/api/v2/users", "user_access_invite"),
        ("DELETE", "/api/v2/users/x", "user_access_manage"),
        ("POST", "/api/v2/roles", "user_access_manage"),
        ("POST", "/api/v2/team", "teams_manage"),
    ];
    for (method, uri, permission) in refused {
        let reply = api.send(api.request_as(method, uri, &json!({}), app)).await;
        assert_eq!(reply.status, 403, "{method} {uri}: {}", reply.body);
        let why = format!("the permission {permission} is required");
        assert_eq!(reply.body, json!({"errors": ["Forbidden", why]}), "{method} {uri}");
    }
    for uri in ["/api/v1/org", "/api/v2/users", "/api/v2/roles", "/api/v2/validate_keys"] {
        let reply = api.send(api.request_as("GET", uri, &Value::Null, app)).await;
        assert_eq!(reply.status, 200, "{uri}: {}", reply.body);
    }
}

#[tokio::test]
async fn our_own_calls() {
    let api =
        Api::with(|state| state.with_intake(Arc::new(|org| json!({"org": org.0, "routes": []}))))
            .await;
    assert_eq!(api.get("/api/procyon/intake").await, json!({"org": 1, "routes": []}));
    api.clock.advance(std::time::Duration::from_secs(5));
    let status = api.get("/api/procyon/status").await;
    assert_eq!(status["uptime_secs"], 5);
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    let page = api.get("/api/procyon/page").await;
    assert_eq!(page["user"]["email"], api.first.email.as_str());
    assert_eq!(page["csrf_token"], Value::Null, "keys need none");
    assert_eq!(api.send(bare("/api/procyon/page", &[])).await.status, 401);
}
