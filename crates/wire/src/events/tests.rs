use model::{OrgId, TagSet};

use super::*;

const NOW: i64 = 1_700_000_000_000;

fn context() -> Context {
    Context { org: OrgId(1), now_ms: NOW }
}

#[track_caller]
fn check_api(body: &str, expect: Result<&str, &str>) {
    let got = decode_api(body.as_bytes(), context());
    let got = got.map(|e| e.title).map_err(|e| e.to_string());
    assert_eq!(got.as_deref().map_err(String::as_str), expect, "{body}");
}

#[test]
fn api_events() {
    let body = r#"{"title":"T","text":"x","date_happened":1699999990,"priority":"low","host":"h",
        "tags":["B","a:1"],"alert_type":"error","aggregation_key":"k","source_type_name":"my apps",
        "related_event_id":7,"device_name":"d"}"#;
    let expect = Event {
        time: 1_699_999_990_000,
        title: "T".into(),
        text: "x".into(),
        host: "h".into(),
        tags: TagSet::new(["a:1", "b"]),
        priority: EventPriority::Low,
        alert_type: AlertType::Error,
        aggregation_key: "k".into(),
        source: "my apps".into(),
        device: "d".into(),
        related_event_id: 7,
        ..Event::default()
    };
    assert_eq!(decode_api(body.as_bytes(), context()), Ok(expect));
    check_api(r#"{"title":"T","text":"","priority":null,"tags":null}"#, Ok("T"));
}

#[test]
fn api_events_that_are_wrong() {
    check_api(r#"{"text":"x"}"#, Err("`title` is required, a string"));
    check_api(r#"{"title":"x"}"#, Err("`text` is required, a string"));
    check_api("[]", Err("the body is not an object"));
    check_api("", Err("the body is empty"));
    check_api(
        r#"{"title":"T","text":"x","date_happened":1}"#,
        Err("date_happened: timestamp 1 is more than 456 days in the past"),
    );
    check_api(
        r#"{"title":"T","text":"x","date_happened":1699930000}"#,
        Err("`date_happened` is more than 18 hours in the past"),
    );
    check_api(
        r#"{"title":"T","text":"x","priority":"high"}"#,
        Err("`priority`: \"high\" is none of normal, low"),
    );
    let long = format!(r#"{{"title":"{}","text":"x"}}"#, "x".repeat(501));
    check_api(&long, Err("`title` has 501 characters, the limit is 500"));
    let long = format!(r#"{{"title":"T","text":"{}"}}"#, "x".repeat(4001));
    check_api(&long, Err("`text` has 4001 characters, the limit is 4000"));
}

#[test]
fn intake_events() {
    let sources = serde_json::json!({
        "api": [
            {"msg_title": "T", "msg_text": "x".repeat(5000), "timestamp": 1_699_990_000,
             "alert_type": "odd", "event_type": "t"},
            {"timestamp": 1},
            5,
            {"msg_title": "old", "timestamp": 1},
        ],
        "docker": [{"msg_title": "D", "host": "other", "source_type_name": "containerd"}],
        "odd": {},
    });
    let got = from_intake(&sources, "agent-host", context()).unwrap();
    let messages: Vec<_> = got.refused.iter().map(|r| r.reason.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "events[\"api\"][1].timestamp: timestamp 1 is more than 456 days in the past",
            "events[\"api\"][2]: is no object",
            "events[\"api\"][3].timestamp: timestamp 1 is more than 456 days in the past",
            "events[\"odd\"]: is no array",
        ]
    );
    assert_eq!(got.accepted, 2);
    let [first, second] = &got.batch[..] else { panic!("{got:?}") };
    assert_eq!((first.text.len(), &*first.source, &*first.host), (4000, "api", "agent-host"));
    assert_eq!((&*second.source, &*second.host), ("containerd", "other"));
}

#[test]
fn protobuf_events() {
    let event = Event {
        time: NOW,
        title: "T".into(),
        text: "x".into(),
        host: "h".into(),
        tags: TagSet::new(["a:1", "b"]),
        priority: EventPriority::Low,
        alert_type: AlertType::Warning,
        aggregation_key: "k".into(),
        source: "s".into(),
        ..Event::default()
    };
    let old = Event { time: 1000, ..event.clone() };
    let body = encode_protobuf(&[event.clone(), old]);
    let got = decode_protobuf(&body, context()).unwrap();
    assert_eq!((got.batch, got.accepted, got.refused.count()), (vec![event], 1, 1));
    for end in 1..body.len() {
        let _ = decode_protobuf(&body[..end], context());
    }
}

fn management(change: impl Fn(&mut serde_json::Value)) -> Result<Event, Error> {
    let mut body = serde_json::json!({"data": {"type": "event", "attributes": {
        "category": "change", "title": "T", "message": "m", "tags": ["env:x"], "host": "h",
        "aggregation_key": "k", "integration_id": "custom-events",
        "attributes": {
            "author": {"name": "a@b.c", "type": "user"},
            "changed_resource": {"name": "flag", "type": "feature_flag"},
            "impacted_resources": [{"name": "api", "type": "service"}],
            "new_value": {"enabled": true},
        },
    }}});
    change(&mut body);
    decode_management(body.to_string().as_bytes(), context())
}

#[track_caller]
fn check_management(path: &str, value: serde_json::Value, expect: Result<(), &str>) {
    let got = management(|body| match body.pointer_mut(path) {
        Some(place) => *place = value.clone(),
        None => {
            let (parent, key) = path.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[key] = value.clone();
        }
    });
    let got = got.map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(got.as_ref().map(|_| ()).map_err(String::as_str), expect, "{path} {value}");
}

#[test]
fn management_events() {
    let event = management(|_| {}).unwrap();
    assert_eq!((&*event.category, &*event.title, &*event.text), ("change", "T", "m"));
    assert!(event.attributes.contains("changed_resource"));

    let base = "/data/attributes";
    let check = |path: &str, value, expect| {
        check_management(&format!("{base}{path}"), value, expect);
    };
    check("/timestamp", "2023-11-14T22:00:00Z".into(), Ok(()));
    check(
        "/timestamp",
        "yesterday".into(),
        Err("`data.attributes.timestamp`: \"yesterday\" is not in ISO 8601"),
    );
    check(
        "/timestamp",
        "2023-11-13T22:00:00+00:00".into(),
        Err("`data.attributes.timestamp` is more than 18 hours in the past"),
    );
    check(
        "/category",
        "invalid".into(),
        Err("`data.attributes.category`: \"invalid\" is none of change, alert"),
    );
    check("/title", "".into(), Err("`data.attributes.title` is required, a string"));
    check(
        "/attributes",
        serde_json::json!({}),
        Err("`data.attributes.attributes.changed_resource` is required, an object"),
    );
    check(
        "/attributes/author/type",
        "cat".into(),
        Err(
            "`data.attributes.attributes.author.type`: \"cat\" is none of user, system, api, automation",
        ),
    );
    check(
        "/category",
        "alert".into(),
        Err("`data.attributes.attributes.status`: \"\" is none of warn, error, ok"),
    );
    check(
        "/tags",
        serde_json::json!([5]),
        Err("`data.attributes.tags` holds something that is no string"),
    );
    check_management("/data/type", "x".into(), Err("`data.type`: \"x\" is none of event"));
}

#[test]
fn management_alerts() {
    let event = management(|body| {
        body["data"]["attributes"]["category"] = "alert".into();
        body["data"]["attributes"]["attributes"] = serde_json::json!({
            "status": "warn", "priority": "3",
            "links": [{"url": "http://x", "category": "runbook", "title": "t"}],
        });
    });
    assert_eq!(event.unwrap().alert_type, AlertType::Warning);
}

#[test]
fn what_the_agent_writes_is_read() {
    let event = |source: &str, host: &str| Event {
        time: NOW,
        title: "T \"q\"".into(),
        text: "two\nlines".into(),
        host: host.into(),
        tags: TagSet::new(["a:1", "b"]),
        priority: EventPriority::Low,
        alert_type: AlertType::Warning,
        aggregation_key: "k".into(),
        source: source.into(),
        ..Event::default()
    };
    let events = vec![event("api", "x"), event("api", "y"), event("jenkins", "x")];
    let body = encode_intake(&events, "me");
    let read = crate::host::decode_intake(body.as_bytes(), context()).unwrap();
    assert_eq!(read.events.batch, events);
    assert_eq!(read.host, "me");
}
