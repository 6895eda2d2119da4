//! Sharing: picture, event and mail of one call; everything checked before anything is written.

use alert::deliver::{Mailer, Outbox, SmtpSettings};
use control::{DocumentFilter, NewUser};
use model::{MetricKind, OrgId};
use serde_json::{Value, json};

use super::{Api, NOW_MS};

/// A server whose mails go to a port where nobody listens: they wait.
async fn with_mail() -> Api {
    let api = Api::with(|state| {
        let settings = SmtpSettings::parse("smtp://127.0.0.1:1", Some("ops@example.com")).unwrap();
        let mailer = Some(Mailer::new(settings).unwrap());
        let (control, storage) = (state.control.clone(), state.storage.clone());
        let outbox = Outbox::new(control, storage, state.clock.clone(), mailer);
        state.with_outbox(outbox).with_public_url(Some("https://procyon.example/".into()))
    })
    .await;
    api.points(("a", "h", ""), MetricKind::Gauge, &[1.0, 2.0, 3.0]).await;
    let actor = control::Actor::system(OrgId::FIRST);
    for email in ["ada@example.com", "bob@example.com", "bob@elsewhere.com"] {
        let new = NewUser { email: email.to_owned(), ..NewUser::default() };
        api.control.create_user(&actor, new).await.unwrap();
    }
    api
}

fn body(more: Value) -> Value {
    let mut body = json!({
        "definition": {"type": "timeseries", "title": "Load", "requests": [{"q": "avg:a{$env}"}]},
        "from": NOW_MS - 3_600_000, "to": NOW_MS, "variables": {"env": "*"},
        "url": "/dashboard/abc-def-ghi?live=true",
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn letters(api: &Api) -> Vec<Value> {
    let filter = DocumentFilter::default();
    let found = api.control.documents(OrgId::FIRST, "outgoing_mail", &filter).await.unwrap();
    found.documents.into_iter().map(|document| document.body).collect()
}

#[tokio::test]
async fn a_graph_is_kept_told_and_mailed() {
    let api = with_mail().await;
    assert_eq!(api.get("/api/procyon/delivery").await["email"]["from"], "ops@example.com");
    let more = json!({"recipients": ["@ada@example.com", "guest@other.org", "@ada"],
        "note": "look, @bob@example.com! and @nobody"});
    let answer = api.expect(201, "POST", "/api/procyon/share", body(more)).await;
    let to = json!(["ada@example.com", "bob@example.com", "guest@other.org"]);
    assert_eq!(answer["sent_to"], to);
    let url = answer["snapshot_url"].as_str().unwrap();
    assert!(url.starts_with("https://procyon.example/snapshot/view/1/"), "{url}");

    let event = api.get(&format!("/api/v1/events/{}", answer["event_id"])).await["event"].clone();
    assert_eq!(event["alert_type"], "snapshot");
    let text = event["text"].as_str().unwrap();
    for part in ["look, ", url, "/dashboard/abc-def-ghi?live=true", "@guest@other.org"] {
        assert!(text.contains(part), "{text} lacks {part}");
    }
    let letters = letters(&api).await;
    assert_eq!(letters.len(), 3);
    for letter in &letters {
        assert!(letter["subject"].as_str().unwrap().ends_with("shared: Load"), "{letter}");
        assert!(letter["picture"].as_str().unwrap().starts_with("graph_snapshot/"), "{letter}");
        assert!(letter["html"].as_str().unwrap().contains("cid:graph"), "{letter}");
    }
}

#[tokio::test]
async fn teams_are_their_members() {
    let api = with_mail().await;
    let actor = control::Actor::system(OrgId::FIRST);
    let fields =
        control::TeamFields { handle: "db".into(), name: "DB".into(), ..Default::default() };
    let team = api.control.create_team(&actor, fields).await.unwrap();
    let ada = api.control.user_by_handle(OrgId::FIRST, "ada@example.com").await.unwrap();
    let member = control::TeamMember { team: team.id, user: ada.id, role: None };
    api.control.put_team_member(&actor, &member).await.unwrap();
    let more = json!({"to": ["@team-db"], "until": NOW_MS});
    let answer = api.expect(201, "POST", "/api/procyon/share", body(more)).await;
    assert_eq!(answer["sent_to"], json!(["ada@example.com"]));
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_written() {
    let api = with_mail().await;
    let domains = json!({"data": {"type": "domain_allowlist", "attributes": {
        "enabled": true, "domains": ["@example.com", "elsewhere.com"]}}});
    api.expect(200, "PATCH", "/api/v2/domain_allowlist", domains).await;
    for (more, words) in [
        (json!({"definition": null}), "one of definition and graph"),
        (json!({"graph": {}}), "one of definition and graph"),
        (json!({"definition": {"requests": [{"q": "avg:"}]}}), "definition.requests[0].q"),
        (json!({"from": 1_700_000_000}), "from must be a time in unix milliseconds"),
        (json!({"to": 1_600_000_000_000_i64}), "must be before to"),
        (json!({"recipients": ["@nobody"]}), "recipients[0]: \\\"nobody\\\" is neither"),
        (json!({"recipients": ["@bob"]}), "may mean several people"),
        (json!({"recipients": ["@team-x"]}), "there is no team"),
        (json!({"recipients": ["guest@other.org"]}), "domain allowlist"),
        (json!({"recipients": [7]}), "recipients"),
        (json!({"note": "x".repeat(4001)}), "note must be at most"),
        (json!({"url": "https://evil.example/"}), "url must be a path"),
        (json!({"url": "//evil.example/"}), "url must be a path"),
        (json!({"theme": "pink"}), "theme must be"),
        (json!({"variables": {"env": 5}}), "variables.env"),
    ] {
        api.refused(400, "POST", "/api/procyon/share", body(more), words).await;
    }
    assert!(letters(&api).await.is_empty());
    let blobs = api.storage.blobs().list(OrgId::FIRST, "graph_snapshot", None, 9).await.unwrap();
    assert!(blobs.is_empty());
}

#[tokio::test]
async fn without_a_mail_server_the_setting_is_named() {
    let api = Api::new().await;
    let more = json!({"recipients": ["guest@other.org"]});
    let words = "start it with --smtp-url";
    api.refused(400, "POST", "/api/procyon/share", body(more), words).await;
    let answer = api.expect(201, "POST", "/api/procyon/share", body(json!({}))).await;
    assert_eq!(answer["sent_to"], json!([]), "the stream needs no mail server");
    assert_eq!(api.get("/api/procyon/delivery").await["email"]["is_set"], false);
}
