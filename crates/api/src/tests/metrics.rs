use serde_json::json;

use super::*;

/// Two hosts, two metrics and a distribution.
async fn filled() -> Api {
    let api = Api::new().await;
    let gauge = MetricKind::Gauge;
    api.points(("system.cpu.idle", "web-1", "env:ci,role:a"), gauge, &[10.0, 20.0, 30.0]).await;
    api.points(("system.cpu.idle", "web-2", "env:prod,role:a"), gauge, &[40.0, 40.0, 40.0]).await;
    api.points(("requests", "web-1", "env:ci"), MetricKind::Count, &[6.0, 12.0]).await;
    api.sketch("latency", "env:ci", &[1.0, 2.0, 3.0]).await;
    api
}

fn v1(query: &str) -> String {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/api/v1/query?from={}&to={}&query={query}", NOW - 3600, NOW + 60)
}

#[tokio::test]
async fn a_query_answers_each_line() {
    let api = filled().await;
    let text = "avg:system.cpu.idle{env:ci} by {host}.rollup(avg, 60)";
    let answer = api.get(&v1(text)).await;
    assert_eq!(answer["status"], "ok");
    assert_eq!(answer["query"], text);
    assert_eq!(answer["group_by"], json!(["host"]));
    assert_eq!(answer["from_date"], NOW_MS - 3_600_000);
    let line = &answer["series"][0];
    assert_eq!(answer["series"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(line["metric"], "system.cpu.idle");
    assert_eq!(line["display_name"], "system.cpu.idle");
    assert_eq!(line["tag_set"], json!(["host:web-1"]));
    assert_eq!(line["aggr"], "avg");
    assert_eq!(line["interval"], 60);
    let at = |minutes: i64| (NOW_MS - 60_000 * minutes) as f64;
    let points = json!([[at(2), 10.0], [at(1), 20.0], [at(0), 30.0]]);
    assert_eq!(line["pointlist"], points);
    assert_eq!(line["length"], 3);
    assert_eq!((&line["start"], &line["end"]), (&json!(NOW_MS - 120_000), &json!(NOW_MS + 59_999)));
    assert_eq!(line["unit"][0]["name"], "percent");
    assert_eq!(line["unit"][1], Value::Null);
    let empty = api.get(&v1("avg:no.such{*}")).await;
    assert_eq!((&empty["status"], &empty["series"]), (&json!("ok"), &json!([])));
}

#[tokio::test]
async fn mistakes_in_queries_name_the_place() {
    let api = filled().await;
    api.refused(400, "GET", &v1("avg:system.cpu.idle{"), Value::Null, "at character").await;
    api.refused(400, "GET", &v1("sum:"), Value::Null, "Error parsing query").await;
    let wrong = api.expect(400, "GET", &v1("nosuchfunction(avg:a{*})"), Value::Null).await;
    assert_eq!(wrong["status"], "error", "{wrong}");
    let missing = [
        ("/api/v1/query?to=2&query=a", "from"),
        ("/api/v1/query?from=1&query=a", "to"),
        ("/api/v1/query?from=1&to=2", "query"),
        ("/api/v1/query?from=2&to=1&query=avg:a{*}", "must be before"),
        ("/api/v1/query?from=x&to=1&query=avg:a{*}", "whole number"),
    ];
    for (uri, words) in missing {
        let uri = uri.replace('{', "%7B").replace('}', "%7D");
        api.refused(400, "GET", &uri, Value::Null, words).await;
    }
}

fn v2(kind: &str, attributes: Value) -> Value {
    let mut attributes = attributes;
    attributes["from"] = json!(NOW_MS - 3_600_000);
    attributes["to"] = json!(NOW_MS + 60_000);
    json!({"data": {"type": kind, "attributes": attributes}})
}

#[tokio::test]
async fn timeseries_share_their_times() {
    let api = filled().await;
    let path = "/api/v2/query/timeseries";
    let body = v2(
        "timeseries_request",
        json!({
        "interval": 60_000,
        "queries": [
            {"data_source": "metrics", "name": "a", "query": "avg:system.cpu.idle{*} by {host}"},
            {"data_source": "metrics", "name": "b", "query": "sum:requests{*}.as_count()"}],
        "formulas": [{"formula": "a", "limit": {"count": 10, "order": "desc"}}, {"formula": "b"}]}),
    );
    let answer = api.expect(200, "POST", path, body).await;
    let attributes = &answer["data"]["attributes"];
    assert_eq!(answer["data"]["type"], "timeseries_response");
    let times: Vec<_> = (0..3).rev().map(|m| json!(NOW_MS - 60_000 * m)).collect();
    assert_eq!(attributes["times"], json!(times));
    let series = attributes["series"].as_array().unwrap();
    let groups: Vec<_> = series.iter().map(|s| (&s["group_tags"], &s["query_index"])).collect();
    assert_eq!(groups.len(), 3, "{groups:?}");
    assert_eq!(groups[2], (&json!([]), &json!(1)));
    assert_eq!(attributes["values"][2], json!([null, 6.0, 12.0]));
    assert_eq!(series[0]["unit"][0]["short_name"], "%");
}

#[tokio::test]
async fn scalars_are_columns() {
    let api = filled().await;
    let path = "/api/v2/query/scalar";
    let body = v2(
        "scalar_request",
        json!({
        "queries": [{"data_source": "metrics", "name": "a", "aggregator": "max",
            "query": "avg:system.cpu.idle{*} by {host}"}],
        "formulas": [{"formula": "a", "limit": {"count": 1, "order": "desc"}}]}),
    );
    let answer = api.expect(200, "POST", path, body).await;
    let columns = &answer["data"]["attributes"]["columns"];
    assert_eq!(columns[0], json!({"name": "host", "type": "group", "values": [["web-2"]]}));
    assert_eq!((&columns[1]["name"], &columns[1]["type"]), (&json!("a"), &json!("number")));
    assert_eq!(columns[1]["values"], json!([40.0]));
    assert_eq!(columns[1]["meta"]["unit"][0]["name"], "percent");
    let none = v2(
        "scalar_request",
        json!({"queries": [
        {"data_source": "metrics", "name": "a", "query": "avg:no.such{*}"}]}),
    );
    let answer = api.expect(200, "POST", path, none).await;
    assert_eq!(answer["data"]["attributes"]["columns"][0]["values"], json!([]));
}

#[tokio::test]
async fn mistakes_in_v2_queries() {
    let api = filled().await;
    let path = "/api/v2/query/timeseries";
    let one = |query: Value| v2("timeseries_request", json!({"queries": [query]}));
    let check = async |body: Value, words: &str| api.refused(400, "POST", path, body, words).await;
    let logs = json!({"data_source": "logs", "name": "a", "compute": {"aggregation": "count"}});
    check(one(logs), "the data source \\\"logs\\\" is not available").await;
    check(one(json!({"data_source": "metrics", "name": "a"})), "query is required").await;
    check(one(json!({"data_source": "metrics", "query": "avg:a{"})), "at character").await;
    check(v2("scalar_request", json!({"queries": []})), "data.type").await;
    check(v2("timeseries_request", json!({"queries": []})), "1 to 50 queries").await;
    check(v2("timeseries_request", json!({})), "data.attributes.queries is required").await;
    let good = json!({"data_source": "metrics", "name": "a", "query": "avg:requests{*}"});
    let formula = |formula: Value| {
        v2("timeseries_request", json!({"queries": [good], "formulas": [formula]}))
    };
    check(formula(json!({"formula": "a +"})), "expected").await;
    check(formula(json!({"formula": "zzz"})), "zzz").await;
    check(formula(json!({"formula": "a", "limit": {"count": 1, "order": "up"}})), "asc or desc")
        .await;
    check(formula(json!({"formula": "a", "limit": {"count": -1}})), "0 or more").await;
}

#[tokio::test]
async fn listings_of_metrics() {
    let api = filled().await;
    let from = NOW - 600;
    let check = async |uri: &str, expect: Value| {
        let answer = api.get(uri).await;
        assert_eq!(answer["metrics"], expect, "{uri}");
    };
    check(
        &format!("/api/v1/metrics?from={from}"),
        json!(["latency", "requests", "system.cpu.idle"]),
    )
    .await;
    check(&format!("/api/v1/metrics?from={from}&host=web-2"), json!(["system.cpu.idle"])).await;
    let filter = format!("/api/v1/metrics?from={from}&tag_filter=env:ci%20AND%20role:a");
    check(&filter, json!(["system.cpu.idle"])).await;
    check(&format!("/api/v1/metrics?from={}", NOW + 3600), json!([])).await;
    api.refused(400, "GET", "/api/v1/metrics", Value::Null, "from").await;
    let bad = format!("/api/v1/metrics?from={from}&tag_filter=env:ci%20AND");
    api.refused(400, "GET", &bad, Value::Null, "Error parsing").await;

    let results =
        async |q: &str| api.get(&format!("/api/v1/search?q={q}")).await["results"].clone();
    assert_eq!(results("metrics:CPU").await, json!({"metrics": ["system.cpu.idle"]}));
    assert_eq!(results("hosts:web").await, json!({"hosts": ["web-1", "web-2"]}));
    assert_eq!(results("quest").await, json!({"metrics": ["requests"], "hosts": []}));
    api.refused(400, "GET", "/api/v1/search?q=dashboards:x", Value::Null, "metrics:").await;
}

#[tokio::test]
async fn metrics_of_v2_by_pages_and_filters() {
    let api = filled().await;
    let ids = async |parameters: &str| {
        let answer = api.get(&format!("/api/v2/metrics?{parameters}")).await;
        let data = answer["data"].as_array().unwrap().iter();
        data.map(|m| m["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, ["latency", "requests", "system.cpu.idle"]);
    assert_eq!(ids("filter[tags]=env:prod").await, ["system.cpu.idle"]);
    assert_eq!(ids("filter[tags]=env:nothing").await, Vec::<String>::new());
    assert_eq!(ids("filter[metric_type]=distribution").await, ["latency"]);
    assert_eq!(ids("filter[metric_type]=non_distribution").await.len(), 2);
    assert_eq!(ids("filter[configured]=true").await, Vec::<String>::new());
    assert_eq!(ids("filter[queried]=true").await, Vec::<String>::new());
    api.clock.advance(std::time::Duration::from_secs(7200));
    assert_eq!(ids("").await, Vec::<String>::new());
    assert_eq!(ids("window[seconds]=86400").await.len(), 3);
    let first = api.get("/api/v2/metrics?page[size]=2&window[seconds]=86400").await;
    let cursor = first["meta"]["pagination"]["next_cursor"].as_str().unwrap();
    let next = first["links"]["next"].as_str().unwrap();
    assert!(next.contains(cursor), "{next}");
    let second = api.get(next).await;
    assert_eq!(second["data"], json!([{"type": "metrics", "id": "system.cpu.idle"}]));
    assert_eq!(second["meta"]["pagination"]["next_cursor"], Value::Null);
    for bad in
        ["page[size]=0", "window[seconds]=x", "filter[queried]=maybe", "filter[metric_type]=gauge"]
    {
        api.refused(400, "GET", &format!("/api/v2/metrics?{bad}"), Value::Null, "must be").await;
    }
    let bad = "/api/v2/metrics?page[cursor]=zz";
    api.refused(400, "GET", bad, Value::Null, "is not one that this API gave").await;
}

#[tokio::test]
async fn metadata_is_set_and_shown() {
    let api = filled().await;
    let path = "/api/v1/metrics/requests";
    let before = api.get(path).await;
    assert_eq!((&before["type"], &before["unit"]), (&json!("count"), &Value::Null));
    let given = json!({"description": "d", "short_name": "s", "type": "rate", "unit": "request",
        "per_unit": "second", "statsd_interval": 10});
    let set = api.expect(200, "PUT", path, given).await;
    let expect = json!({"description": "d", "short_name": "s", "integration": null,
        "statsd_interval": 10, "per_unit": "second", "type": "rate", "unit": "request"});
    assert_eq!(set, expect);
    api.expect(200, "PUT", path, json!({"description": ""})).await;
    let shown = api.get(path).await;
    assert_eq!((&shown["description"], &shown["unit"]), (&Value::Null, &json!("request")));
    let unit = api.get(&v1("sum:requests{*}")).await["series"][0]["unit"].clone();
    assert_eq!((&unit[0]["name"], &unit[1]["name"]), (&json!("request"), &json!("second")));
    api.refused(404, "GET", "/api/v1/metrics/no.such", Value::Null, "not found").await;
    for (body, words) in [
        (json!({"unit": "parsec"}), "not a known unit"),
        (json!({"type": "meter"}), "type must be"),
        (json!({"description": 5}), "description must be a string"),
        (json!({"statsd_interval": -1}), "statsd_interval"),
    ] {
        api.refused(400, "PUT", path, body, words).await;
    }
    api.refused(400, "PUT", "/api/v1/metrics/1x", json!({"unit": "byte"}), "not a metric name")
        .await;
}

fn configuration(id: &str, attributes: Value) -> Value {
    json!({"data": {"type": "manage_tags", "id": id, "attributes": attributes}})
}

#[tokio::test]
async fn tag_configurations() {
    let api = filled().await;
    let path = "/api/v2/metrics/system.cpu.idle/tags";
    let id = "system.cpu.idle";
    let good = json!({"metric_type": "gauge", "tags": ["env"]});
    api.refused(404, "GET", path, Value::Null, "system.cpu.idle not found").await;
    let made = api.expect(201, "POST", path, configuration(id, good.clone())).await;
    let attributes = &made["data"]["attributes"];
    assert_eq!(attributes["aggregations"], json!([{"time": "avg", "space": "avg"}]));
    assert_eq!(attributes["exclude_tags_mode"], false);
    assert!(attributes["created_at"].is_string());
    api.refused(409, "POST", path, configuration(id, good), "already has").await;
    let change = configuration(id, json!({"tags": ["role", "env"]}));
    let changed = api.expect(200, "PATCH", path, change).await;
    assert_eq!(changed["data"]["attributes"]["tags"], json!(["role", "env"]));
    assert_eq!(changed["data"]["attributes"]["metric_type"], "gauge");
    let list = api.get("/api/v2/metrics?filter[configured]=true").await;
    assert_eq!(list["data"][0]["type"], "manage_tags");
    let tags = api.get("/api/v2/metrics/system.cpu.idle/all-tags").await;
    let tags = &tags["data"]["attributes"];
    assert_eq!(tags["tags"], json!(["env:ci", "env:prod", "role:a"]));
    assert_eq!(tags["ingested_tags"].as_array().unwrap().len(), 5);
    let volumes = api.get("/api/v2/metrics/system.cpu.idle/volumes").await;
    assert_eq!(volumes["data"]["attributes"], json!({"indexed_volume": 2, "ingested_volume": 2}));
    api.expect(204, "DELETE", path, Value::Null).await;
    api.refused(404, "DELETE", path, Value::Null, "not found").await;
    api.refused(404, "PATCH", path, configuration(id, json!({})), "not found").await;
    for (attributes, words) in [
        (json!({"tags": ["env"]}), "metric_type is required"),
        (json!({"metric_type": "gauge"}), "tags is required"),
        (json!({"metric_type": "meter", "tags": []}), "metric_type must be"),
        (json!({"metric_type": "gauge", "tags": ["1"]}), "is not a tag key"),
        (json!({"metric_type": "gauge", "tags": [], "include_percentiles": true}), "distribution"),
        (json!({"metric_type": "distribution", "tags": [], "aggregations": []}), "aggregations"),
        (
            json!({"metric_type": "gauge", "tags": [], "aggregations": [{"time": "x"}]}),
            "time one of",
        ),
    ] {
        api.refused(400, "POST", path, configuration(id, attributes), words).await;
    }
    let other = configuration("other", json!({"metric_type": "gauge", "tags": []}));
    api.refused(400, "POST", path, other, "data.id").await;
}

#[tokio::test]
async fn configurations_in_bulk_and_historical_ones() {
    let api = filled().await;
    let bulk = "/api/v2/metrics/config/bulk-tags";
    let body = json!({"data": {"type": "metric_bulk_configure_tags", "id": "system.", "attributes": {
        "emails": ["a@example.com"], "tags": ["env"]}}});
    let answer = api.expect(202, "POST", bulk, body.clone()).await;
    assert_eq!(answer["data"]["attributes"]["status"], "Accepted");
    assert_eq!(answer["data"]["attributes"]["emails"], json!(["a@example.com"]));
    let path = "/api/v2/metrics/system.cpu.idle/tags";
    assert_eq!(api.get(path).await["data"]["attributes"]["tags"], json!(["env"]));
    api.expect(404, "GET", "/api/v2/metrics/requests/tags", Value::Null).await;
    api.expect(202, "DELETE", bulk, body).await;
    api.expect(404, "GET", path, Value::Null).await;
    let historical = "/api/v2/metrics/historical-metrics-configurations";
    let body = json!({"data": {"type": "historical_metrics_configurations", "id": "dd.test"}});
    assert_eq!(api.expect(200, "POST", historical, body).await["data"]["id"], "dd.test");
    let one = format!("{historical}/dd.test");
    assert!(api.get(&one).await["data"]["attributes"]["created_at"].is_string());
    api.expect(204, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;
}

#[tokio::test]
async fn what_is_known_of_a_metric() {
    let api = filled().await;
    let all = api.get("/api/v2/metrics/system.cpu.idle/all-tags?filter[tags]=env:ci").await;
    let tags = json!(["env:ci", "host:web-1", "role:a"]);
    assert_eq!(all["data"]["attributes"], json!({"tags": tags}));
    let keys = "/api/v2/metrics/system.cpu.idle/all-tags?filter[include_tag_values]=false";
    assert_eq!(api.get(keys).await["data"]["attributes"]["tags"], json!(["env", "host", "role"]));
    let part = "/api/v2/metrics/system.cpu.idle/all-tags?filter[match]=ENV&page[limit]=1";
    assert_eq!(api.get(part).await["data"]["attributes"]["tags"], json!(["env:ci"]));
    let none = api.get("/api/v2/metrics/no.such/all-tags").await;
    assert_eq!(none["data"]["attributes"]["tags"], json!([]));

    let estimate = api.get("/api/v2/metrics/system.cpu.idle/estimate?filter[groups]=role").await;
    assert_eq!(estimate["data"]["attributes"]["estimated_output_series"], 1);
    let latency = api.get("/api/v2/metrics/latency/estimate?filter[pct]=true").await;
    assert_eq!(latency["data"]["attributes"]["estimate_type"], "percentile");
    assert_eq!(latency["data"]["attributes"]["estimated_output_series"], 10);

    let assets = api.get("/api/v2/metrics/requests/assets").await;
    assert_eq!(assets["data"]["relationships"]["monitors"]["data"], json!([]));
    api.refused(404, "GET", "/api/v2/metrics/no.such/assets", Value::Null, "not found").await;

    let keys = api.get("/api/v2/metrics/requests/tag-cardinalities").await;
    assert_eq!(keys["meta"]["metric_name"], "requests");
    assert_eq!(keys["data"][0]["attributes"]["cardinality_delta"], 1);
    let missing = "/api/v2/metrics/no.such/tag-cardinalities";
    let missing = api.expect(404, "GET", missing, Value::Null).await;
    assert_eq!(
        missing["errors"][0],
        json!({"title": "Not Found", "detail": "no.such not found",
        "status": "404"})
    );
    let active = api.get("/api/v2/metrics/requests/active-configurations").await;
    assert_eq!(active["data"]["type"], "actively_queried_configurations");
}

fn rule(attributes: Value) -> Value {
    json!({"data": {"type": "tag_indexing_rules", "attributes": attributes}})
}

#[tokio::test]
async fn tag_indexing_rules_have_an_order() {
    let api = Api::new().await;
    let path = "/api/v2/metrics/tag-indexing-rules";
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let body =
            rule(json!({"name": name, "metric_name_matches": ["dd.test.*"], "tags": ["env"]}));
        let made = api.expect(201, "POST", path, body).await;
        let attributes = &made["data"]["attributes"];
        assert_eq!(attributes["rule_order"], ids.len() + 1);
        assert_eq!(attributes["created_by_handle"], api.first.email);
        assert_eq!(attributes["options"], json!({"version": 1, "data": {}}));
        ids.push(made["data"]["id"].as_str().unwrap().to_owned());
    }
    let names = async |uri: &str| {
        let answer = api.get(uri).await;
        let data = answer["data"].as_array().unwrap().iter();
        data.map(|r| r["attributes"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let order = |ids: &[&str]| rule(json!({"rule_ids": ids}));
    let reorder = format!("{path}/order");
    api.expect(204, "POST", &reorder, order(&[&ids[2], &ids[0]])).await;
    assert_eq!(names(path).await, ["three", "one", "two"]);
    assert_eq!(names(&format!("{path}?search=T&page[offset]=1")).await, ["two"]);
    let unknown = "00000000-0000-0000-0000-000000000001";
    api.refused(400, "POST", &reorder, order(&[]), "at least one").await;
    api.refused(400, "POST", &reorder, order(&[&ids[0], &ids[0]]), "repeats").await;
    api.refused(404, "POST", &reorder, order(&[unknown]), "not found").await;

    let one = format!("{path}/{}", ids[1]);
    let change = rule(json!({"name": "second", "rule_order": 1, "ignored_metric_name_matches":
        ["dd.test.b*"]}));
    let changed = api.expect(200, "PUT", &one, change).await;
    assert_eq!(changed["data"]["attributes"]["rule_order"], 1);
    assert_eq!(changed["data"]["attributes"]["metric_name_matches"], json!(["dd.test.*"]));
    assert_eq!(names(path).await, ["second", "three", "one"]);
    assert_eq!(names("/api/v2/metrics/dd.test.a/tag-indexing-rules").await.len(), 3);
    assert_eq!(names("/api/v2/metrics/dd.test.b/tag-indexing-rules").await, ["three", "one"]);
    assert_eq!(names("/api/v2/metrics/other/tag-indexing-rules").await, Vec::<String>::new());

    let exemption = "/api/v2/metrics/dd.test.a/tag-indexing-rule-exemptions";
    api.expect(404, "GET", exemption, Value::Null).await;
    let body = json!({"data": {"type": "tag_indexing_rule_exemptions",
        "attributes": {"reason": "needed"}}});
    api.expect(201, "POST", exemption, body).await;
    assert_eq!(api.get(exemption).await["data"]["attributes"]["reason"], "needed");
    assert_eq!(names("/api/v2/metrics/dd.test.a/tag-indexing-rules").await, Vec::<String>::new());
    api.expect(204, "DELETE", exemption, Value::Null).await;

    api.expect(204, "DELETE", &one, Value::Null).await;
    assert_eq!(names(path).await, ["three", "one"]);
    let missing = format!("{path}/{unknown}");
    api.expect(404, "GET", &missing, Value::Null).await;
    api.expect(404, "PUT", &missing, rule(json!({"name": "x"}))).await;
    api.refused(400, "DELETE", &format!("{path}/not-a-uuid"), Value::Null, "invalid rule id").await;
}

#[tokio::test]
async fn mistakes_in_tag_indexing_rules() {
    let api = Api::new().await;
    let check = async |change: Value, words: &str| {
        let mut attributes = json!({"name": "n", "metric_name_matches": ["a.*"], "tags": []});
        for (name, value) in change.as_object().unwrap() {
            attributes[name.as_str()] = value.clone();
        }
        let path = "/api/v2/metrics/tag-indexing-rules";
        match words {
            "" => drop(api.expect(201, "POST", path, rule(attributes)).await),
            words => api.refused(400, "POST", path, rule(attributes), words).await,
        }
    };
    let dynamic = |exclude: bool, tags: Value| json!({"exclude_tags_mode": exclude, "options": {"version": 1, "data": {"dynamic_tags": tags}}});
    check(json!({"name": ""}), "name").await;
    check(json!({"metric_name_matches": []}), "1 to 100").await;
    check(json!({"metric_name_matches": [" "]}), "non-empty patterns").await;
    check(json!({"tags": [1]}), "tags must be a list of strings").await;
    check(json!({"exclude_tags_mode": "yes"}), "exclude_tags_mode must be true or false").await;
    check(json!({"options": {"version": 9}}), "options.version").await;
    check(dynamic(false, json!({"exclude_not_used_in_assets": true})), "exclude_tags_mode").await;
    let window = json!({"exclude_not_queried_window_seconds": 3600});
    check(dynamic(false, window.clone()), "exclude_tags_mode").await;
    check(dynamic(true, json!({"related_asset_tags": true})), "exclude_tags_mode").await;
    check(dynamic(true, json!({"queried_tags_window_seconds": 60})), "exclude_tags_mode").await;
    check(dynamic(true, window), "").await;
    check(
        dynamic(false, json!({"queried_tags_window_seconds": 60, "related_asset_tags": false})),
        "",
    )
    .await;
    check(dynamic(false, json!({"queried_tags_window_seconds": -1})), "seconds").await;
}

#[tokio::test]
async fn sql_reads_the_tables() {
    let api = filled().await;
    let path = "/api/procyon/sql";
    let text = "SELECT host, max(value) AS top FROM points WHERE metric = 'system.cpu.idle' \
                GROUP BY host ORDER BY host";
    let answer = api.expect(200, "POST", path, json!({"query": text})).await;
    assert_eq!(answer["rows"], json!([["web-1", 30.0], ["web-2", 40.0]]), "{answer}");
    assert_eq!(answer["columns"][1]["name"], "top");
    let csv = api.expect(200, "POST", path, json!({"query": text, "format": "csv"})).await;
    assert_eq!(csv, "host,top\r\nweb-1,30.0\r\nweb-2,40.0\r\n");
    for (body, words) in [
        (json!({"query": "SELEKT 1"}), ""),
        (json!({"query": "DROP TABLE points"}), ""),
        (json!({"query": ""}), "query must be"),
        (json!({"query": "SELECT 1", "format": "xml"}), "json or csv"),
    ] {
        api.refused(400, "POST", path, body, words).await;
    }
}

#[tokio::test]
async fn an_editor_is_told_what_may_stand_at_the_caret_and_what_is_wrong() {
    let api = filled().await;
    let complete = async |query: &str, at: usize| {
        let body = json!({"query": query, "at": at});
        let answer = api.expect(200, "POST", "/api/procyon/metrics/complete", body).await;
        let items = answer["items"].as_array().unwrap();
        let labels: Vec<&str> = items.iter().map(|item| item["label"].as_str().unwrap()).collect();
        format!("{}..{} {}", answer["from"], answer["to"], labels.join(" "))
    };
    assert_eq!(complete("avg:sys", 7).await, "4..7 system.cpu.idle");
    assert_eq!(complete("avg:system.cpu.idle{", 20).await, "20..20 env host role");
    assert_eq!(complete("avg:system.cpu.idle{env:p}", 25).await, "24..25 prod");
    assert_eq!(complete("avg:system.cpu.idle{*} by {h", 28).await, "27..28 host");
    assert_eq!(complete("avg:system.cpu.idle{*}.as", 25).await, "23..25 as_count as_rate");
    let check = async |query: &str| {
        let body = json!({"query": query});
        api.expect(200, "POST", "/api/procyon/metrics/check", body).await
    };
    assert_eq!(check("avg:m{*} + 1").await, json!({"diagnostics": []}));
    let wrong = check("avg:m{*} +").await;
    assert_eq!(wrong["diagnostics"][0]["severity"], "error", "{wrong}");
    assert_eq!(wrong["diagnostics"][0]["from"], 10, "{wrong}");
    let path = "/api/procyon/metrics/check";
    api.refused(400, "POST", path, json!({"query": 1}), "query").await;
}

#[tokio::test]
async fn the_page_lists_what_each_metric_is() {
    let api = filled().await;
    let answer = api.get("/api/procyon/metrics?window%5Bseconds%5D=600").await;
    let rows: Vec<String> = answer["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| format!("{} {} {} {}", m["metric"], m["type"], m["series"], m["hosts"]))
        .collect();
    let expect = [
        r#""latency" "distribution" 1 0"#,
        r#""requests" "count" 1 1"#,
        r#""system.cpu.idle" "gauge" 2 2"#,
    ];
    assert_eq!(rows, expect);
    assert_eq!(answer["metrics"][2]["last"], NOW);
}

#[tokio::test]
async fn anomalies_and_forecasts_carry_their_bands() {
    let api = Api::new().await;
    let uptime: Vec<f64> = (0..40).map(f64::from).collect();
    api.points(("mongodb.uptime", "db", ""), MetricKind::Gauge, &uptime).await;
    api.points(("my_metric", "db", ""), MetricKind::Gauge, &[1.0, 2.0]).await;
    // Beside another query, as a dashboard's older JSON has it.
    let text =
        "avg:my_metric{*}.rollup(60), anomalies(avg:mongodb.uptime{*}.rollup(60), 'basic', 2)";
    let answer = api.get(&v1(text)).await;
    let series = answer["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "{answer}");
    assert!(series[0].get("procyon").is_none());
    let band = &series[1]["procyon"]["band"];
    let (lower, upper) = (band["lower"].as_array().unwrap(), band["upper"].as_array().unwrap());
    assert_eq!((lower.len(), upper.len()), (40, 40));
    // What rises steadily is no anomaly.
    assert!(lower[39].as_f64().unwrap() < 39.0 && upper[39].as_f64().unwrap() > 39.0, "{band}");
    let path = "/api/v2/query/timeseries";
    let query = json!({"data_source": "metrics", "name": "a", "query": "avg:mongodb.uptime{*}"});
    let body = |kind: &str, formula: &str| {
        let formulas = json!([{"formula": formula}]);
        let attributes = json!({"interval": 60_000, "queries": [query], "formulas": formulas});
        v2(kind, attributes)
    };
    let forecast = body("timeseries_request", "forecast(a, 'linear', 1, model='simple')");
    let answer = api.expect(200, "POST", path, forecast).await;
    let attributes = &answer["data"]["attributes"];
    let marks = &attributes["series"][0]["procyon"];
    assert_eq!(marks["forecast_from"], NOW_MS + 60_000);
    let times = attributes["times"].as_array().unwrap();
    let values = attributes["values"][0].as_array().unwrap();
    assert_eq!(marks["band"]["upper"].as_array().unwrap().len(), times.len());
    // As far ahead as the window is long, in a line.
    assert_eq!(times[times.len() - 1], NOW_MS + 61 * 60_000);
    assert!((values[40].as_f64().unwrap() - 40.0).abs() < 1e-6, "{values:?}");
    let robust = body("timeseries_request", "anomalies(a, 'robust', 2)");
    let answer = api.expect(200, "POST", path, robust).await;
    let note = &answer["data"]["attributes"]["series"][0]["procyon"]["note"];
    assert!(note.as_str().unwrap().contains("weekly seasonality wants 3 weeks"), "{note}");
    // Of numbers there is nothing to learn.
    let scalar = body("scalar_request", "anomalies(a, 'basic', 2)");
    let answer = api.expect(200, "POST", "/api/v2/query/scalar", scalar).await;
    assert_eq!(answer["data"]["attributes"]["columns"][0]["values"], json!([19.5]));
}

#[tokio::test]
async fn histograms_count_the_values_of_a_distribution() {
    let api = filled().await;
    let path = "/api/procyon/query/histogram";
    let asked = |query: &str, more: Value| {
        let mut attributes = json!({
            "from": NOW_MS - 60_000, "to": NOW_MS, "interval": 20_000,
            "queries": [{"data_source": "metrics", "query": query}],
        });
        let more = more.as_object().cloned().unwrap_or_default();
        attributes.as_object_mut().unwrap().extend(more);
        json!({"data": {"type": "histogram_request", "attributes": attributes}})
    };
    let axis = json!({"axis": {"buckets": 2, "min": 1, "max": 2.5}});
    let answer =
        api.expect(200, "POST", path, asked("histogram:latency{env:ci} by {host}", axis)).await;
    let got = &answer["data"]["attributes"];
    assert_eq!(got["edges"], json!([1.0, 1.75, 2.5]));
    assert_eq!((&got["times"], &got["interval"]), (&json!([NOW_MS - 20_000]), &json!(20_000)));
    assert_eq!(got["counts"], json!([[1, 1]]));
    assert_eq!((&got["below"], &got["above"]), (&json!([0]), &json!([1])));
    assert_eq!(got["total"], json!({"counts": [1, 1], "below": 0, "above": 1}));
    assert_eq!((&got["count"], &got["min"], &got["max"]), (&json!(3), &json!(1.0), &json!(3.0)));
    assert!((got["percentiles"]["p50"].as_f64().unwrap() - 2.0).abs() < 0.02, "{got}");
    assert_eq!(got["unit"], Value::Null);

    let whole = json!({"over_time": false, "axis": {"scale": "log", "buckets": 1}});
    let answer = api.expect(200, "POST", path, asked("avg:system.cpu.idle{*}", whole)).await;
    let got = &answer["data"]["attributes"];
    assert_eq!((&got["count"], &got.get("counts")), (&json!(2), &None), "{got}");
    assert_eq!(got["unit"][0]["name"], "percent");

    let none = api.expect(200, "POST", path, asked("no.such{*}", Value::Null)).await;
    let got = &none["data"]["attributes"];
    assert_eq!((&got["edges"], &got["times"], &got["count"]), (&json!([]), &json!([]), &json!(0)));

    for (query, more, words) in [
        ("histogram:latency{", Value::Null, "Error parsing query"),
        ("abs(latency{*})", Value::Null, "one metric query"),
        ("latency{*}", json!({"queries": []}), "exactly one query"),
        ("latency{*}", json!({"axis": {"scale": "sqrt"}}), "linear or log"),
        ("latency{*}", json!({"axis": {"buckets": -1}}), "1 or more"),
        ("latency{*}", json!({"axis": {"buckets": 501}}), "1 to 500"),
        ("latency{*}", json!({"axis": {"min": "low"}}), "a number"),
        ("latency{*}", json!({"axis": {"min": 2, "max": 1}}), "before it begins"),
        ("latency{*}", json!({"to": 0}), "must be before"),
    ] {
        api.refused(400, "POST", path, asked(query, more), words).await;
    }
}
