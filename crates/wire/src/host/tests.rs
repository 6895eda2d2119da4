use model::{OrgId, TagSet};
use serde_json::json;

use super::*;

const NOW: i64 = 1_700_000_000_000;

fn intake(body: &Value) -> Intake {
    let context = Context { org: OrgId(1), now_ms: NOW };
    decode_intake(body.to_string().as_bytes(), context).unwrap()
}

fn kinds(intake: &Intake) -> Vec<&str> {
    intake.documents.iter().map(|d| d.kind.as_str()).collect()
}

#[test]
fn metadata_of_a_host() {
    let got = intake(&json!({
        "apiKey": "secret", "internalHostname": "web-1", "agentVersion": "7.60.0",
        "systemStats": {"cpuCores": 4}, "meta": {"hostname": "other"},
        "host-tags": {"system": ["Env:Prod", "team:a"], "google cloud platform": ["zone:x"]},
        "gohai": "{\"cpu\":{\"cpu_cores\":\"4\"}}",
        "resources": {"processes": {"snaps": []}, "meta": {"host": "web-1"}},
    }));
    let tags: Vec<_> = got.host_tags.iter().map(|t| (&*t.source, t.tags.as_str())).collect();
    assert_eq!(tags, [("datadog", "env:prod,team:a"), ("google cloud platform", "zone:x")]);
    assert_eq!((&*got.host, kinds(&got)), ("web-1", vec!["resources", "host"]));
    let json: Value = serde_json::from_str(&got.documents[1].document).unwrap();
    assert_eq!(json["gohai"]["cpu"]["cpu_cores"], "4");
    assert_eq!((json.get("apiKey"), json.get("resources")), (None, None));
    assert!(got.refused.is_empty());
}

#[test]
fn agent_checks_and_external_tags() {
    let got = intake(&json!({
        "internalHostname": "web-1", "meta": {"hostname": "web-1"},
        "agent_checks": [["cpu", "cpu", "cpu", "OK", "", ""]],
        "external_host_tags": [["vm-1", {"vsphere": ["a:1"]}], ["", {}], 5],
    }));
    assert_eq!(kinds(&got), ["agent_checks"]);
    let tags = HostTags {
        host: "vm-1".into(),
        source: "vsphere".into(),
        tags: TagSet::new(["a:1"]),
        time: NOW,
    };
    assert_eq!((got.external_host_tags, got.refused.count()), (vec![tags], 2));
}

#[test]
fn events_and_old_metrics() {
    let got = intake(&json!({
        "apiKey": "", "internalHostname": "h",
        "events": {"api": [{"msg_title": "T", "msg_text": "x", "timestamp": 1_700_000_000}]},
        "metrics": [["a", 1, 2, {}]],
    }));
    assert_eq!((got.events.accepted, got.n_legacy_metrics), (1, 1));
    assert_eq!(got.events.batch[0].host, "h");
    assert!(got.documents.is_empty());
}

#[test]
fn without_a_host() {
    let got = intake(&json!({"systemStats": {}, "host-tags": {"system": ["a"]}}));
    assert_eq!((got.refused.count(), got.host_tags.len(), got.documents.len()), (2, 0, 0));
    intake(&json!({}));
    let context = Context { org: OrgId(1), now_ms: NOW };
    for body in ["", "[]", "{\"events\":5}", "{\"a\""] {
        assert!(decode_intake(body.as_bytes(), context).is_err(), "{body}");
    }
}

#[test]
fn inventories() {
    let context = Context { org: OrgId(1), now_ms: NOW };
    let decode = |body: &Value| decode_inventory(body.to_string().as_bytes(), context);
    let got = decode(&json!({
        "hostname": "h", "uuid": "u", "timestamp": 1_700_000_000_500_000_000_i64,
        "check_metadata": {"cpu": []}, "logs_metadata": {},
    }))
    .unwrap();
    let got: Vec<_> = got.iter().map(|d| (&*d.kind, &*d.host, d.time, &*d.document)).collect();
    let time = 1_700_000_000_500;
    let expect =
        [("check_metadata", "h", time, "{\"cpu\":[]}"), ("logs_metadata", "h", time, "{}")];
    assert_eq!(got, expect);
    let cluster = json!({"clustername": "c", "datadog_cluster_agent_metadata": {"a": 1}});
    let cluster = decode(&cluster).unwrap();
    assert_eq!((&*cluster[0].host, cluster[0].time), ("c", NOW));
    assert!(decode(&json!({"hostname": "h"})).is_err());
    assert!(decode(&json!({"agent_metadata": {}})).is_err());
}
