use serde_json::json;

use super::*;

async fn filled() -> Api {
    let api = Api::new().await;
    let gauge = MetricKind::Gauge;
    api.points(("system.load.1", "web-1", "env:ci"), gauge, &[1.0]).await;
    api.points(("nginx.hits", "web-1", "env:ci"), gauge, &[1.0]).await;
    api.points(("system.load.1", "db-1", "env:ci"), gauge, &[2.0]).await;
    api
}

fn names(answer: &Value) -> Vec<&str> {
    let list = answer["host_list"].as_array().unwrap();
    list.iter().map(|host| host["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn hosts_that_report() {
    let api = filled().await;
    let answer = api.get("/api/v1/hosts").await;
    assert_eq!(names(&answer), ["db-1", "web-1"]);
    assert_eq!((&answer["total_matching"], &answer["total_returned"]), (&json!(2), &json!(2)));
    let web = &answer["host_list"][1];
    assert_eq!(web["apps"], json!(["nginx", "system"]));
    assert_eq!(web["up"], true);
    assert_eq!(web["host_name"], "web-1");
    assert_eq!(web["tags_by_source"], json!({"Datadog": ["host:web-1"]}));
    assert_eq!((&web["is_muted"], &web["mute_timeout"]), (&json!(false), &Value::Null));
    assert_eq!(web["last_reported_time"], NOW);
    let check = async |parameters: &str, expect: &[&str]| {
        let answer = api.get(&format!("/api/v1/hosts?{parameters}")).await;
        assert_eq!(names(&answer), expect, "{parameters}");
    };
    check("filter=web", &["web-1"]).await;
    check("filter=host:db*", &["db-1"]).await;
    check("filter=nginx", &["web-1"]).await;
    check("filter=env:none", &[]).await;
    check("sort_field=apps&sort_dir=desc", &["web-1", "db-1"]).await;
    check("sort_dir=desc", &["web-1", "db-1"]).await;
    check("count=1", &["db-1"]).await;
    check("start=1", &["web-1"]).await;
    check("count=0", &[]).await;
    for bad in ["sort_field=color", "sort_dir=up", "count=1001", "start=-1", "from=x"] {
        let uri = format!("/api/v1/hosts?{bad}");
        api.expect(400, "GET", &uri, Value::Null).await;
    }
    let totals = api.get("/api/v1/hosts/totals").await;
    assert_eq!(totals, json!({"total_active": 2, "total_up": 2}));
}

#[tokio::test]
async fn what_agents_say_of_their_hosts() {
    let api = Api::new().await;
    let document = |kind: &str, document: Value| model::HostMetadata {
        host: "db-1".into(),
        kind: kind.into(),
        time: NOW_MS,
        document: document.to_string(),
    };
    let host = json!({"agentVersion": "7.64.0", "gohai": {"cpu": {"cpu_cores": "4"}},
        "systemStats": {"cpuCores": 4, "platform": "linux"},
        "meta": {"socket-hostname": "db-1.local", "host_aliases": ["i-123"]}});
    let checks = json!([["cpu", "cpu", "cpu", "OK", "", ""]]);
    let rows = [document("host", host), document("agent_checks", checks.clone())];
    let batch = storage::tables::host_metadata::to_batch(&rows);
    let dataset = model::Dataset::HostMetadata;
    let rows = Rows::Table { org: OrgId::FIRST, dataset, batch };
    api.storage.append(vec![rows]).await.unwrap();
    let answer = api.get("/api/v1/hosts").await;
    let host = &answer["host_list"][0];
    assert_eq!((&host["name"], &host["up"]), (&json!("db-1"), &json!(true)));
    assert_eq!(host["aliases"], json!(["db-1", "i-123"]));
    assert_eq!(host["sources"], json!(["agent"]));
    let meta = json!({"agent_version": "7.64.0", "agent_checks": checks,
        "gohai": "{\"cpu\":{\"cpu_cores\":\"4\"}}", "cpuCores": 4, "platform": "linux",
        "socket-hostname": "db-1.local"});
    assert_eq!(host["meta"], meta);
    let bare = api.get("/api/v1/hosts?include_hosts_metadata=false").await;
    assert_eq!(bare["host_list"][0]["meta"], json!({}));
}

#[tokio::test]
async fn the_newest_results_of_a_check() {
    let api = filled().await;
    api.expect(201, "POST", "/api/v1/tags/hosts/web-1", json!({"tags": ["team:core"]})).await;
    let result = |host: &str, port: &str, ago: i64, status| model::ServiceCheck {
        check: "nginx.can_connect".into(),
        host: host.into(),
        time: NOW_MS - ago,
        status,
        message: format!("{port} {ago}"),
        tags: model::TagSet::new([&*format!("port:{port}")]),
    };
    let (ok, bad) = (model::CheckStatus::Ok, model::CheckStatus::Critical);
    let other = model::ServiceCheck { check: "it's".into(), ..result("web-1", "1", 0, ok) };
    let rows = [
        result("web-1", "80", 60_000, bad),
        result("web-1", "80", 30_000, ok),
        result("web-1", "81", 60_000, bad),
        result("db-1", "80", 4 * 3_600_000, bad),
        other,
    ];
    let batch = storage::tables::service_checks::to_batch(&rows);
    let dataset = model::Dataset::ServiceChecks;
    let rows = Rows::Table { org: OrgId::FIRST, dataset, batch };
    api.storage.append(vec![rows]).await.unwrap();
    let answer = api.get("/api/procyon/checks?check=nginx.can_connect").await;
    let row = |port: &str, status: &str, ago: i64| {
        json!({"host": "web-1", "status": status, "message": format!("{port} {ago}"),
            "tags": [format!("port:{port}"), "team:core"], "time": NOW - ago / 1000})
    };
    assert_eq!(answer["checks"], json!([row("80", "ok", 30_000), row("81", "critical", 60_000)]));
    let quoted = api.get("/api/procyon/checks?check=it%27s").await;
    assert_eq!(quoted["checks"].as_array().unwrap().len(), 1);
    assert_eq!(api.get("/api/procyon/checks?check=none").await["checks"], json!([]));
    api.refused(400, "GET", "/api/procyon/checks", Value::Null, "check").await;
}

#[tokio::test]
async fn hosts_that_fell_silent() {
    let api = filled().await;
    let after = async |secs: u64, active: u64, up: u64| {
        api.clock.advance(std::time::Duration::from_secs(secs));
        let totals = api.get("/api/v1/hosts/totals").await;
        assert_eq!(totals, json!({"total_active": active, "total_up": up}));
    };
    after(90 * 60, 0, 2).await;
    after(60 * 60, 0, 0).await;
    let answer = api.get("/api/v1/hosts").await;
    assert_eq!(answer["host_list"][0]["up"], false);
    api.clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(names(&api.get("/api/v1/hosts").await), Vec::<&str>::new());
    let from = NOW - 60;
    assert_eq!(names(&api.get(&format!("/api/v1/hosts?from={from}")).await), ["db-1", "web-1"]);
}

#[tokio::test]
async fn mutes_end_or_are_overridden() {
    let api = filled().await;
    let (mute, unmute) = ("/api/v1/host/web-1/mute", "/api/v1/host/web-1/unmute");
    api.refused(400, "POST", unmute, Value::Null, "is not muted").await;
    let end = NOW + 600;
    let muted = api.expect(200, "POST", mute, json!({"end": end, "message": "m"})).await;
    let expect = json!({"action": "Muted", "hostname": "web-1", "end": end, "message": "m"});
    assert_eq!(muted, expect);
    api.refused(400, "POST", mute, json!({"end": end + 1}), "already muted").await;
    api.expect(200, "POST", mute, json!({"end": end + 1, "override": true})).await;
    let host = &api.get("/api/v1/hosts?filter=web-1").await["host_list"][0];
    assert_eq!((&host["is_muted"], &host["mute_timeout"]), (&json!(true), &json!(end + 1)));
    let plain = api.get("/api/v1/hosts?filter=web-1&include_muted_hosts_data=false").await;
    assert_eq!(plain["host_list"][0].get("mute_timeout"), None);
    let unmuted = api.expect(200, "POST", unmute, Value::Null).await;
    assert_eq!(unmuted, json!({"action": "Unmuted", "hostname": "web-1"}));
    api.expect(200, "POST", mute, json!({"end": end})).await;
    api.clock.advance(std::time::Duration::from_secs(601));
    api.refused(400, "POST", unmute, Value::Null, "is not muted").await;
    api.refused(400, "POST", mute, json!({"end": 5}), "future").await;
    api.expect(200, "POST", mute, Value::Null).await;
    api.expect(200, "POST", unmute, Value::Null).await;
}

#[tokio::test]
async fn tags_that_people_set_take_effect_in_queries() {
    let api = filled().await;
    let path = "/api/v1/tags/hosts/web-1";
    let tags = async |uri: &str| api.get(uri).await["tags"].clone();
    assert_eq!(tags(path).await, json!([]));
    api.refused(404, "GET", "/api/v1/tags/hosts/no-such", Value::Null, "not found").await;
    let made = api.expect(201, "POST", path, json!({"tags": ["Team:Core", "x"]})).await;
    assert_eq!(made, json!({"host": "web-1", "tags": ["team:core", "x"]}));
    api.expect(201, "POST", path, json!({"tags": ["y:1"]})).await;
    assert_eq!(tags(path).await, json!(["team:core", "x", "y:1"]));
    api.expect(201, "POST", &format!("{path}?source=chef"), json!({"tags": ["c:1"]})).await;
    assert_eq!(tags(&format!("{path}?source=users")).await, json!(["team:core", "x", "y:1"]));
    assert_eq!(tags(&format!("{path}?source=chef")).await, json!(["c:1"]));
    assert_eq!(tags("/api/v1/tags/hosts").await["c:1"], json!(["web-1"]));

    let query = format!(
        "/api/v1/query?from={}&to={}&query=avg:system.load.1%7Bteam:core%7D%20by%20%7Bc%7D",
        NOW - 3600,
        NOW + 60
    );
    let series = api.get(&query).await["series"].clone();
    assert_eq!(series[0]["tag_set"], json!(["c:1"]), "{series}");
    assert_eq!(series[0]["pointlist"][0][1], 1.0);
    let host = &api.get("/api/v1/hosts?filter=team:core").await["host_list"][0];
    let by_source = json!({"Datadog": ["host:web-1"], "Users": ["team:core", "x", "y:1"],
        "chef": ["c:1"]});
    assert_eq!(host["tags_by_source"], by_source);

    api.clock.advance(std::time::Duration::from_secs(1));
    api.expect(201, "PUT", path, json!({"tags": ["only:this"]})).await;
    assert_eq!(tags(path).await, json!(["c:1", "only:this"]));
    api.clock.advance(std::time::Duration::from_secs(1));
    api.expect(204, "DELETE", path, Value::Null).await;
    assert_eq!(tags(path).await, json!(["c:1"]));
    api.refused(400, "POST", path, json!({"tags": "x"}), "a list of strings").await;
    api.refused(400, "POST", path, json!({}), "tags is required").await;
    api.expect(404, "DELETE", "/api/v1/tags/hosts/no-such", Value::Null).await;
}
