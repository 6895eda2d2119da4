use serde_json::json;

use super::*;

fn user(email: &str) -> Value {
    json!({"data": {"type": "users", "attributes": {"email": email, "title": "user title"}}})
}

#[tokio::test]
async fn users_are_made_changed_and_disabled() {
    let api = Api::new().await;
    let path = "/api/v2/users";
    let made = api.expect(201, "POST", path, user("Ann@Example.com")).await;
    let attributes = &made["data"]["attributes"];
    assert_eq!(attributes["handle"], "ann@example.com");
    assert_eq!(
        (&attributes["status"], &attributes["disabled"]),
        (&json!("Pending"), &json!(false))
    );
    let id = made["data"]["id"].as_str().unwrap();
    api.expect(409, "POST", path, user("ann@example.com")).await;
    api.refused(400, "POST", path, user(""), "email").await;
    let one = format!("{path}/{id}");
    let change = json!({"data": {"type": "users", "id": id, "attributes": {"name": "Ann"}}});
    let changed = api.expect(200, "PATCH", &one, change).await;
    assert_eq!(changed["data"]["attributes"]["name"], "Ann");
    assert_eq!(changed["data"]["attributes"]["title"], "user title");
    let list = api.get(&format!("{path}?filter=ANN")).await;
    assert_eq!(list["data"][0]["id"], id);
    assert_eq!(
        list["meta"]["page"],
        json!({"total_count": 2, "total_filtered_count": 1,
        "max_page_size": 5000})
    );
    api.expect(204, "DELETE", &one, Value::Null).await;
    assert_eq!(api.get(&one).await["data"]["attributes"]["status"], "Disabled");
    let active = api.get(&format!("{path}?filter[status]=Active,Pending")).await;
    assert_eq!(active["data"].as_array().unwrap().len(), 1);
    api.refused(404, "GET", &format!("{path}/nonsense"), Value::Null, "user not found").await;
    let me = api.get("/api/v2/current_user").await;
    assert_eq!(me["data"]["attributes"]["email"], api.first.email);
    assert_eq!(me["included"][0]["attributes"]["name"], "Datadog Admin Role");
    let permissions = format!("{path}/{}/permissions", me["data"]["id"].as_str().unwrap());
    assert!(api.get(&permissions).await["data"].as_array().unwrap().len() > 100);
}

#[tokio::test]
async fn users_are_invited_and_join() {
    let api = Api::new().await;
    let path = "/api/v2/user_invitations";
    let made = api.expect(201, "POST", "/api/v2/users", user("ann@example.com")).await;
    let id = &made["data"]["id"];
    let invitation = |id: &Value| {
        json!({"data": [{"type": "user_invitations",
            "relationships": {"user": {"data": {"type": "users", "id": id}}}}]})
    };
    for (bad, words) in [
        (json!({"data": []}), "1 to 1000 users"),
        (json!({"data": [{"type": "users"}]}), "data[0].type"),
        (invitation(&json!("x")), "data[0].relationships.user.data"),
    ] {
        api.refused(400, "POST", path, bad, words).await;
    }
    let nobody = invitation(&json!("00000000-0000-4000-8000-000000000000"));
    api.expect(404, "POST", path, nobody).await;
    let sent = api.expect(201, "POST", path, invitation(id)).await["data"][0].clone();
    assert_eq!(sent["relationships"]["user"]["data"]["id"], *id);
    assert_eq!(sent["attributes"]["invite_type"], "basic_invite");
    let expires = sent["attributes"]["expires_at"].as_str().unwrap();
    assert!(expires.starts_with("2026-01-04T03:04:00"), "{expires}");
    let mut shown = api.get(&format!("{path}/{}", sent["id"].as_str().unwrap())).await;
    shown["data"]["attributes"]["link"] = sent["attributes"]["link"].clone();
    assert_eq!(shown["data"], sent);
    let again = api.expect(201, "POST", path, invitation(id)).await["data"][0].clone();
    assert_eq!(again["attributes"]["invite_type"], "basic_reminder");

    let door = |sent: &Value| {
        let link = sent["attributes"]["link"].as_str().unwrap().to_owned();
        format!("/api/procyon/invitations/{}", link.split_once("/join/").unwrap().1)
    };
    let visit = async |method: &str, uri: &str, body: Value| {
        let request = Request::builder().method(method).uri(uri);
        let request = request.header("content-type", "application/json");
        api.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let (first, second) = (door(&sent), door(&again));
    assert_eq!(visit("GET", &first, Value::Null).await.body["email"], "ann@example.com");
    for wrong in [format!("{first}0"), first.replace("/1-", "/2-"), first.replace("/1-", "/")] {
        assert_eq!(visit("GET", &wrong, Value::Null).await.status, 410, "{wrong}");
    }
    let short = visit("POST", &first, json!({"password": "short"})).await;
    assert_eq!(short.status, 400, "{}", short.body);
    let joined = visit("POST", &first, json!({"password": "long enough", "name": "Ann"})).await;
    assert_eq!(joined.status, 204, "{}", joined.body);
    assert_eq!(visit("POST", &first, json!({"password": "long enough"})).await.status, 410);
    assert_eq!(visit("POST", &second, json!({"password": "long enough"})).await.status, 409);
    let shown = api.get(&format!("/api/v2/users/{}", id.as_str().unwrap())).await;
    let attributes = &shown["data"]["attributes"];
    assert_eq!((&attributes["status"], &attributes["name"]), (&json!("Active"), &json!("Ann")));
    let login = json!({"email": "ann@example.com", "password": "long enough"});
    assert_eq!(visit("POST", "/api/procyon/login", login).await.status, 200);

    let made = api.expect(201, "POST", "/api/v2/users", user("bob@example.com")).await;
    let late = api.expect(201, "POST", path, invitation(&made["data"]["id"])).await;
    api.clock.advance(std::time::Duration::from_secs(2 * 86_400));
    assert_eq!(visit("GET", &door(&late["data"][0]), Value::Null).await.status, 410);
}

#[tokio::test]
async fn roles_have_permissions_and_users() {
    let api = Api::new().await;
    let body = json!({"data": {"type": "roles", "attributes": {"name": "r"}}});
    let made = api.expect(200, "POST", "/api/v2/roles", body).await;
    let role = format!("/api/v2/roles/{}", made["data"]["id"].as_str().unwrap());
    let all = api.get("/api/v2/permissions").await;
    let wanted = all["data"].as_array().unwrap().iter();
    let mut wanted = wanted.filter(|p| p["attributes"]["name"] == "org_management");
    let permission = json!({"data": {"type": "permissions", "id": wanted.next().unwrap()["id"]}});
    let has = |answer: &Value| {
        let data = answer["data"].as_array().unwrap();
        data.iter().any(|p| p["attributes"]["name"] == "org_management")
    };
    let permissions = format!("{role}/permissions");
    assert!(!has(&api.get(&permissions).await));
    assert!(has(&api.expect(200, "POST", &permissions, permission.clone()).await));
    assert!(!has(&api.expect(200, "DELETE", &permissions, permission).await));
    let nonsense = json!({"data": {"type": "permissions", "id": "nonsense"}});
    api.refused(400, "POST", &permissions, nonsense, "not the id of a permission").await;

    let made = api.expect(201, "POST", "/api/v2/users", user("bob@example.com")).await;
    let member = json!({"data": {"type": "users", "id": made["data"]["id"]}});
    let users = format!("{role}/users");
    let answer = api.expect(200, "POST", &users, member.clone()).await;
    assert_eq!(answer["meta"]["page"]["total_count"], 1);
    assert_eq!(
        api.get("/api/v2/roles?filter=r&sort=-user_count").await["data"].as_array().unwrap().len(),
        4
    );
    assert_eq!(api.expect(200, "DELETE", &users, member).await["data"], json!([]));
    let clone = json!({"data": {"type": "roles", "attributes": {"name": "r2"}}});
    api.expect(200, "POST", &format!("{role}/clone"), clone).await;
    api.expect(204, "DELETE", &role, Value::Null).await;
    api.expect(404, "GET", &role, Value::Null).await;
}

#[tokio::test]
async fn teams() {
    let api = Api::new().await;
    let team = |handle: &str, name: &str| {
        json!({"data": {"type": "team", "attributes": {"handle": handle, "name": name,
            "description": "what it does"}}})
    };
    let made = api.expect(201, "POST", "/api/v2/team", team("core", "Core")).await;
    assert_eq!(made["data"]["attributes"]["summary"], "what it does");
    let one = format!("/api/v2/team/{}", made["data"]["id"].as_str().unwrap());
    api.expect(409, "POST", "/api/v2/team", team("core", "Other")).await;
    api.refused(400, "POST", "/api/v2/team", team("a b", "x"), "handle").await;
    let changed = api.expect(200, "PATCH", &one, team("core-2", "Core 2")).await;
    assert_eq!(changed["data"]["attributes"]["handle"], "core-2");
    let list = api.get("/api/v2/team?filter[keyword]=CORE").await;
    assert_eq!(list["meta"]["pagination"]["total"], 1);
    assert_eq!(api.get("/api/v2/team?filter[me]=true").await["data"], json!([]));
    api.expect(204, "DELETE", &one, Value::Null).await;
    api.expect(404, "GET", &one, Value::Null).await;
}
