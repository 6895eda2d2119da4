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
        (json!({"widgets": [], "layout_type": "ordered"}), "title: is required"),
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

#[tokio::test]
async fn wrong_definitions_are_named() {
    let api = Api::new().await;
    let mut wrong = board("x");
    wrong["widgets"][1]["definition"] = json!({"type": "timeseries",
        "requests": [{"q": "avg:a{*}", "display_type": "lines"}]});
    let words = "widgets[1].definition.requests[0].display_type: expected one of area, bars";
    api.refused(400, "POST", ALL, wrong, words).await;
    let mut tag = board("x");
    tag["tags"] = json!(["tm:x"]);
    api.refused(400, "POST", ALL, tag, "tags[0]").await;
}

#[tokio::test]
async fn who_may_change_one() {
    let api = Api::new().await;
    let org = control::Actor::system(OrgId::FIRST);
    let roles = api.control.roles(OrgId::FIRST).await.unwrap();
    let standard = roles.iter().find(|role| role.name.contains("Standard")).unwrap().id;
    let person = control::NewUser {
        email: "ann@example.com".to_owned(),
        password: Some("a long password".to_owned()),
        roles: vec![standard],
        ..control::NewUser::default()
    };
    let ann = api.control.create_user(&org, person).await.unwrap();
    let kind = control::CredentialKind::ApplicationKey;
    let key = control::NewCredential::new(kind, "ann", Some(ann.id));
    let key = api.control.create_credential(&org, key).await.unwrap().value;
    let restricted = |roles: Value, read_only: bool| {
        let mut body = board("mine");
        body["restricted_roles"] = roles;
        body["is_read_only"] = json!(read_only);
        body
    };
    for (body, status) in [
        (restricted(json!([]), false), 200),
        (restricted(json!([]), true), 403),
        (restricted(json!([standard]), false), 200),
        (restricted(json!(["00000000-0000-0000-0000-000000000001"]), false), 403),
    ] {
        let shown = made(&api, body.clone()).await;
        let uri = format!("{ALL}/{}", id(&shown));
        for method in ["PUT", "DELETE"] {
            let reply = api.send(api.request_as(method, &uri, &board("hers"), &key)).await;
            assert_eq!(reply.status, status, "{method} {body}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn the_page_lists_stars_and_views() {
    let api = Api::new().await;
    let one = made(&api, board("Web servers")).await;
    made(&api, board("Databases")).await;
    let mine = format!("/api/procyon/dashboards/{}", id(&one));
    api.expect(204, "PUT", &format!("{mine}/star"), Value::Null).await;
    for _ in 0..3 {
        api.expect(204, "POST", &format!("{mine}/view"), Value::Null).await;
    }
    let list = async |parameters: &str| {
        let answer = api.get(&format!("/api/procyon/dashboards?{parameters}")).await;
        answer["dashboards"].as_array().unwrap().clone()
    };
    let rows = list("q=web%20servers").await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (&row["starred"], &row["views"], &row["popularity"]),
        (&json!(true), &json!(3), &json!(5))
    );
    assert_eq!((&row["widgets"], &row["is_built_in"]), (&json!(2), &json!(false)));
    assert!(row["last_viewed_at"].is_string(), "{row}");
    assert_eq!(list("q=databases").await[0]["last_viewed_at"], Value::Null);
    assert_eq!(row["is_restricted"], false);
    assert_eq!(row["author"]["handle"], api.first.email.as_str());
    assert_eq!(list("deleted=true").await.len(), 0);
    api.expect(204, "DELETE", &format!("{mine}/star"), Value::Null).await;
    assert_eq!(list("q=web%20servers").await[0]["starred"], false);
    let nobody = "/api/procyon/dashboards/abc-def-ghi";
    api.refused(404, "PUT", &format!("{nobody}/star"), Value::Null, "not found").await;
    api.refused(404, "POST", &format!("{nobody}/view"), Value::Null, "not found").await;

    let usage = api.get(&format!("/api/v2/dashboards/{}/usage", id(&one))).await;
    let attributes = &usage["data"]["attributes"];
    assert_eq!((&attributes["total_views"], &attributes["widget_count"]), (&json!(3), &json!(2)));
    assert_eq!(attributes["widget_count_by_type"], json!({"note": 2}));
    let first = api.get("/api/v2/dashboards/usage?page[limit]=1").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&first["meta"]["page"]["total"], &first["meta"]["page"]["next_offset"]),
        (&json!(2), &json!(1))
    );
    let next = api.get(first["links"]["next"].as_str().unwrap()).await;
    assert_ne!(next["data"][0]["id"], first["data"][0]["id"]);
    assert_eq!(next["links"]["next"], Value::Null);
}

#[tokio::test]
async fn old_and_torn_forms_are_imported() {
    let api = Api::new().await;
    let import = "/api/procyon/dashboards/import";
    let graph = json!({"viz": "timeseries", "requests": [{"q": "avg:a{*}", "type": "line"}]});
    let shown = api.expect(200, "POST", import, graph.clone()).await;
    assert_eq!(shown["dashboard"]["widgets"][0]["definition"]["type"], "timeseries");
    assert_eq!(shown["notes"][0], "graph 1: timeseries converted");
    assert_eq!(api.get(ALL).await["dashboards"], json!([]), "only shown");
    let saved = api.expect(200, "POST", &format!("{import}?save=true"), graph.clone()).await;
    let there = api.get(&format!("{ALL}/{}", id(&saved["dashboard"]))).await;
    assert_eq!(there, saved["dashboard"]);
    assert_eq!(made(&api, graph).await["title"], "Imported dashboard");

    let torn = "\"widgets\":[\n  {\n \"definition\":{\"title\":\"T\",\"type\":\"timeseries\",\
        \"requests\":[{\"q\":\"avg:a{*}\"}]},\n \"layout\":{\"x\":0,\"y\":0,\"width\":4,\"height\":2}";
    for text in [torn.to_owned(), Value::from(torn).to_string()] {
        let mut request = api.request("POST", import, &Value::Null);
        *request.body_mut() = Body::from(text);
        let reply = api.send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["dashboard"]["title"], "T");
        assert_eq!(reply.body["notes"].as_array().unwrap().len(), 3, "{}", reply.body);
    }
    api.refused(400, "POST", import, json!(5), "is expected").await;
    let mut request = api.request("POST", import, &Value::Null);
    *request.body_mut() = Body::from("{\"title\": \"a\",\n oops}");
    let reply = api.send(request).await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.body["errors"][0].as_str().unwrap().contains("line 2, column 2"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn lists_hold_dashboards() {
    let api = Api::new().await;
    let board = made(&api, board("one")).await;
    let item = json!({"id": id(&board), "type": "custom_timeboard"});
    let body = json!({"dashboards": [item]});
    let lists = "/api/v1/dashboard/lists/manual";
    let made = api.expect(200, "POST", lists, json!({"name": "L"})).await;
    assert_eq!(
        (&made["dashboard_count"], &made["type"]),
        (&json!(0), &json!("manual_dashboard_list"))
    );
    let one = format!("{lists}/{}", made["id"]);
    let items = format!("/api/v2/dashboard/lists/manual/{}/dashboards", made["id"]);
    let added = api.expect(200, "POST", &items, body.clone()).await;
    assert_eq!(added["added_dashboards_to_list"][0]["id"], id(&board));
    let again = api.expect(200, "POST", &items, body.clone()).await;
    assert_eq!(again["added_dashboards_to_list"], json!([]));
    let shown = api.get(&items).await;
    assert_eq!((&shown["total"], &shown["dashboards"][0]["title"]), (&json!(1), &json!("one")));
    assert_eq!(api.get(&one).await["dashboard_count"], 1);
    assert_eq!(api.expect(200, "PUT", &one, json!({"name": "M"})).await["name"], "M");
    assert_eq!(api.get(lists).await["dashboard_lists"][0]["name"], "M");
    let removed = api.expect(200, "DELETE", &items, body).await;
    assert_eq!(removed["deleted_dashboards_from_list"].as_array().unwrap().len(), 1);
    api.expect(200, "PUT", &items, json!({"dashboards": []})).await;
    let unknown = json!({"dashboards": [{"id": "abc-def-ghi", "type": "custom_timeboard"}]});
    api.refused(404, "POST", &items, unknown, "not found").await;
    let wrong = json!({"dashboards": [{"id": "abc-def-ghi", "type": "x"}]});
    api.refused(400, "POST", &items, wrong, "dashboards[0]").await;
    let gone = api.expect(200, "DELETE", &one, Value::Null).await;
    assert_eq!(gone["deleted_dashboard_list_id"], made["id"]);
    api.refused(404, "GET", &one, Value::Null, "Manual Dashboard List with id").await;
}

#[tokio::test]
async fn shared_with_visitors() {
    let api = Api::new().await;
    let mut body = board("shared");
    body["template_variables"] = json!([{"name": "env", "prefix": "env", "default": "prod"}]);
    body["notify_list"] = json!(["ann@example.com"]);
    body["widgets"][0]["definition"] =
        json!({"type": "timeseries", "requests": [{"q": "avg:a{$env}"}]});
    let shown = made(&api, body).await;
    let share = json!({"dashboard_id": id(&shown), "dashboard_type": "custom_timeboard",
        "selectable_template_vars": [{"name": "env", "visible_tags": ["qa"]}]});
    let made = api.expect(200, "POST", &format!("{ALL}/public"), share).await;
    let token = made["token"].as_str().unwrap();
    let settings = format!("{ALL}/public/{token}");
    assert_eq!((&made["share_type"], &made["title"]), (&json!("open"), &json!("shared")));
    assert_eq!(api.get(&settings).await, made);
    let shares = format!("/api/procyon/dashboards/{}/shares", id(&shown));
    let mut listed = made.clone();
    listed["views"] = json!(0);
    assert_eq!(api.get(&shares).await, json!({"shares": [listed]}));
    api.refused(404, "GET", "/api/procyon/dashboards/abc-def-ghi/shares", Value::Null, "not found")
        .await;

    let visit = async |method: &str, uri: &str, body: Value| {
        let request = Request::builder().method(method).uri(uri).body(Body::from(body.to_string()));
        api.send(request.unwrap()).await
    };
    let public = format!("/api/procyon/public/{token}");
    let seen = visit("GET", &public, Value::Null).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.body["dashboard"]["widgets"], shown["widgets"]);
    assert!(seen.body["dashboard"].get("notify_list").is_none());
    assert_eq!(visit("GET", "/api/procyon/public/1-ffff", Value::Null).await.status, 404);

    let ask = |query: &str, env: Value, from: i64| {
        json!({"variables": {"env": env}, "data": {"type": "timeseries_request", "attributes": {
            "from": from, "to": NOW_MS, "formulas": [{"formula": "a"}],
            "queries": [{"data_source": "metrics", "name": "a", "query": query}]}}})
    };
    let hour = NOW_MS - 3_600_000;
    for (asked, status) in [
        (ask("avg:a{env:prod}", json!(["prod"]), hour), 200),
        (ask("avg:a{env:qa}", json!(["qa"]), hour), 200),
        (ask("avg:a{env:ci}", json!(["ci"]), hour), 403),
        (ask("avg:b{env:prod}", json!(["prod"]), hour), 403),
        (ask("avg:a{*}", json!(["prod"]), hour), 403),
        (ask("avg:a{env:prod}", json!(["prod"]), hour - 86_400_000), 403),
        (ask("avg:a{env:prod}", json!("prod"), hour), 400),
    ] {
        let reply = visit("POST", &format!("{public}/query/timeseries"), asked.clone()).await;
        assert_eq!(reply.status, status, "{asked}: {}", reply.body);
    }

    let mut spread = ask("avg:a{env:prod}", json!(["prod"]), hour);
    spread["data"]["type"] = json!("histogram_request");
    for (query, status) in [("avg:a{env:prod}", 200), ("avg:b{env:prod}", 403)] {
        spread["data"]["attributes"]["queries"][0]["query"] = json!(query);
        let reply = visit("POST", &format!("{public}/query/histogram"), spread.clone()).await;
        assert_eq!(reply.status, status, "{query}: {}", reply.body);
    }

    let invite = json!({"share_type": "invite", "share_list": ["bob@example.com"]});
    let after = api.expect(200, "PUT", &settings, invite).await;
    assert_eq!(after["share_list"], json!([api.first.email, "bob@example.com"]));
    assert_eq!(visit("GET", &public, Value::Null).await.status, 401);
    let invitation = |email: &str| {
        json!({"data": {"type": "public_dashboard_invitation",
        "attributes": {"email": email}}})
    };
    let path = format!("{settings}/invitation");
    api.refused(400, "POST", &path, invitation("eve@example.com"), "not in the share_list").await;
    let sent = api.expect(201, "POST", &path, invitation("bob@example.com")).await;
    let link = sent["data"]["attributes"]["link"].as_str().unwrap();
    let secret = link.split_once("?invite=").unwrap().1;
    let invited = format!("{public}?invite={secret}");
    assert_eq!(visit("GET", &invited, Value::Null).await.status, 200);
    assert_eq!(visit("GET", &format!("{public}?invite=x"), Value::Null).await.status, 401);
    assert_eq!(api.get(&path).await["meta"]["page"]["total_count"], 1);
    api.expect(204, "DELETE", &path, invitation("bob@example.com")).await;
    assert_eq!(visit("GET", &invited, Value::Null).await.status, 401);

    let end = json!({"share_type": "open", "expiration": "2026-01-03T00:00:00Z"});
    api.expect(200, "PUT", &settings, end).await;
    assert_eq!(visit("GET", &public, Value::Null).await.status, 200);
    api.clock.advance(std::time::Duration::from_secs(86_400));
    assert_eq!(visit("GET", &public, Value::Null).await.status, 410);
    let gone = api.expect(200, "DELETE", &settings, Value::Null).await;
    assert_eq!(gone["deleted_public_dashboard_token"], token);
    assert_eq!(api.get(&shares).await, json!({"shares": []}));
    assert_eq!(visit("GET", &public, Value::Null).await.status, 404);
    let nothing = json!({"dashboard_id": "abc-def-ghi", "dashboard_type": "custom_timeboard"});
    api.refused(404, "POST", &format!("{ALL}/public"), nothing, "not found").await;
}

#[tokio::test]
async fn shared_with_other_sites_and_counted() {
    let api = Api::new().await;
    let shown = made(&api, board("framed")).await;
    made(&api, board("private")).await;
    let all = format!("{ALL}/public");
    let share = |sites: Value| {
        json!({"dashboard_id": id(&shown), "dashboard_type": "custom_timeboard",
            "share_type": "embed", "embeddable_domains": sites})
    };
    for bad in [json!(["a b"]), json!(["example.com; script-src *"]), json!(["https://a/b"])] {
        api.refused(400, "POST", &all, share(bad), "embeddable_domains").await;
    }
    assert_eq!(api.get(&format!("{ALL}?filter[shared]=true")).await["dashboards"], json!([]));
    let sites = json!(["example.com", "https://*.example.org:8443"]);
    let made = api.expect(200, "POST", &all, share(sites)).await;
    let token = made["token"].as_str().unwrap();
    assert!(made["public_url"].as_str().unwrap().ends_with(&format!("/embed/{token}")));
    let found = api.get(&format!("{ALL}?filter[shared]=true")).await;
    assert_eq!(found["dashboards"].as_array().unwrap().len(), 1);
    assert_eq!(found["dashboards"][0]["id"], shown["id"]);
    let rows = api.get("/api/procyon/dashboards").await;
    let rows = rows["dashboards"].as_array().unwrap();
    let shared: Vec<_> = rows.iter().filter(|row| row["is_shared"] == true).collect();
    assert_eq!(shared.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&shown["id"]]);

    let visit = async |query: &str| {
        let uri = format!("/api/procyon/public/{token}{query}");
        api.send(Request::get(uri).body(Body::empty()).unwrap()).await.status.as_u16()
    };
    assert!(made["last_accessed"].is_null());
    let seen = [visit("").await, visit("?embed=1").await, visit("?embed=1").await];
    assert_eq!(seen, [403, 200, 200]);
    assert!(api.get(&format!("{all}/{token}")).await["last_accessed"].is_string());
    let shares = format!("/api/procyon/dashboards/{}/shares", id(&shown));
    assert_eq!(api.get(&shares).await["shares"][0]["views"], 2);
    let usage = api.get(&format!("/api/v2/dashboards/{}/usage", id(&shown))).await;
    let usage = &usage["data"]["attributes"];
    assert_eq!((&usage["total_views"], &usage["viewer"]), (&json!(2), &Value::Null));
    assert!(usage["viewed_at"].is_string());

    let embeds = crate::Embeds::new(api.control.clone());
    let sites = embeds.sites(token).await.unwrap();
    assert_eq!(sites.unwrap(), ["example.com", "https://*.example.org:8443"]);
    api.expect(200, "PUT", &format!("{all}/{token}"), json!({"share_type": "open"})).await;
    for other in [token, "1-ffff", ""] {
        assert_eq!(embeds.sites(other).await.unwrap(), None, "{other:?}");
    }
}

#[tokio::test]
async fn notebooks_are_kept() {
    let api = Api::new().await;
    let all = "/api/v1/notebooks";
    let book = |name: &str, text: Value| {
        json!({"data": {"type": "notebooks", "attributes": {"name": name,
            "time": {"live_span": "1h"}, "cells": [{"type": "notebook_cells",
                "attributes": {"definition": {"type": "markdown", "text": text}}}]}}})
    };
    let made = api.expect(200, "POST", all, book("one", json!("# a"))).await;
    let attributes = &made["data"]["attributes"];
    assert_eq!((&attributes["status"], &attributes["tags"]), (&json!("published"), &Value::Null));
    assert_eq!(attributes["author"]["handle"], api.first.email.as_str());
    assert!(attributes["cells"][0]["id"].as_str().is_some_and(|id| id.len() == 8));
    let uri = format!("{all}/{}", made["data"]["id"]);
    assert_eq!(api.get(&uri).await, made);
    api.clock.advance(std::time::Duration::from_secs(1));
    api.expect(200, "POST", all, book("two", json!("b"))).await;
    let names = async |parameters: &str| {
        let answer = api.get(&format!("{all}?{parameters}")).await;
        let data = answer["data"].as_array().unwrap().iter();
        data.map(|n| n["attributes"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["two", "one"]);
    assert_eq!(names("sort_field=name&sort_dir=asc&count=1").await, ["one"]);
    assert_eq!(names("start=1").await, ["one"]);
    assert_eq!(names("query=ONE").await, ["one"]);
    assert_eq!(names("exclude_author_handle=nobody").await.len(), 2);
    assert_eq!(names("author_handle=nobody").await.len(), 0);
    assert_eq!(names("is_template=true").await.len(), 0);
    let bare = api.get(&format!("{all}?include_cells=false")).await;
    assert!(bare["data"][0]["attributes"].get("cells").is_none());
    let mut changed = made.clone();
    changed["data"]["attributes"]["name"] = json!("uno");
    let after = api.expect(200, "PUT", &uri, changed).await;
    assert_eq!(after["data"]["attributes"]["name"], "uno");
    assert_eq!(after["data"]["attributes"]["cells"], attributes["cells"]);
    api.refused(400, "POST", all, book("x", json!(5)), "definition.text: expected a string").await;
    api.refused(400, "GET", &format!("{all}?sort_field=x"), Value::Null, "sort_field").await;
    api.expect(204, "DELETE", &uri, Value::Null).await;
    api.refused(404, "GET", &uri, Value::Null, "Notebook with ID").await;
}

#[tokio::test]
async fn powerpacks_are_kept() {
    let api = Api::new().await;
    let all = "/api/v2/powerpacks";
    let pack = |name: &str, kind: &str| {
        json!({"data": {"type": "powerpack", "attributes": {"name": name, "tags": ["tag:a"],
            "group_widget": {"definition": {"type": kind, "layout_type": "ordered",
                "widgets": [note("x")]}}, "template_variables": [{"name": "v", "defaults": ["*"]}]}}})
    };
    let made = api.expect(200, "POST", all, pack("one", "group")).await;
    let group = &made["data"]["attributes"]["group_widget"];
    assert_eq!(group["layout"]["width"], 12);
    assert!(group["definition"]["widgets"][0]["id"].is_u64());
    assert_eq!(made["included"][0]["attributes"]["email"], api.first.email.as_str());
    let uri = format!("{all}/{}", made["data"]["id"].as_str().unwrap());
    assert_eq!(api.get(&uri).await, made);
    let after = api.expect(200, "PATCH", &uri, pack("uno", "group")).await;
    assert_eq!(after["data"]["attributes"]["name"], "uno");
    let listed = api.get(&format!("{all}?page[limit]=1")).await;
    assert_eq!(
        (&listed["data"][0]["id"], &listed["meta"]["pagination"]["total"]),
        (&made["data"]["id"], &json!(1))
    );
    api.refused(400, "POST", all, pack("x", "group1"), "definition.type: expected group").await;
    api.expect(204, "DELETE", &uri, Value::Null).await;
    api.refused(404, "DELETE", &uri, Value::Null, "Powerpack with ID").await;
}
