//! The payloads as the server reads them, with its own decoders.

use std::path::Path;

use model::OrgId;

use super::*;

const NOW_MS: i64 = 1_700_000_000_000;

fn config(text: &str) -> Config {
    let text = format!("api_key: 00000000000000000000000000000000\n{text}");
    Config::parse(None, Path::new("datadog.yaml"), &text, &Default::default()).unwrap()
}

fn agent() -> AgentFacts {
    let hostname = Hostname { name: "web-1".into(), provider: "os", unused: Vec::new() };
    AgentFacts { hostname, uuid: "u".repeat(32), started_ms: NOW_MS }
}

fn facts() -> Facts {
    let mut facts = Facts { memory_total_kib: 16_000, ..Facts::default() };
    facts.cpu.cores = 4;
    facts.cpu.logical_processors = 8;
    facts.cpu.model_name = "Xeon".into();
    facts.platform.hostname = "web-1".into();
    facts.platform.os_id = "debian".into();
    facts.interfaces.push(Interface {
        name: "eth0".into(),
        ipv4: vec!["10.0.0.1".into()],
        ipv6: Vec::new(),
        mac_address: "02:00:00:00:00:01".into(),
    });
    facts
}

fn context() -> wire::Context {
    wire::Context { org: OrgId(1), now_ms: NOW_MS }
}

#[test]
fn host_metadata_and_tags_reach_the_server() {
    let config = config("tags: [team:core, a]\nextra_tags: [b:2]\nenv: prod\nhost_aliases: [w]\n");
    let payload = host(&config, &agent(), &facts());
    assert_eq!(payload.route, MetadataRoute::Intake);
    let intake = wire::host::decode_intake(payload.body.to_string().as_bytes(), context()).unwrap();
    assert_eq!(intake.host, "web-1");
    let tags = &intake.host_tags[0];
    assert_eq!((tags.source.as_str(), tags.tags.as_str()), ("datadog", "a,b:2,env:prod,team:core"));
    assert_eq!(intake.documents.len(), 1);
    let document: Value = serde_json::from_str(&intake.documents[0].document).unwrap();
    assert_eq!(intake.documents[0].kind, "host");
    assert_eq!(document["systemStats"]["cpuCores"], 4);
    assert_eq!(document["systemStats"]["platform"], "linux");
    assert_eq!(document["agentVersion"], VERSION);
    assert_eq!(document["meta"]["host_aliases"], json!(["w"]));
    assert_eq!(document["gohai"]["memory"]["total"], "16000kB");
    assert_eq!(document["gohai"]["network"]["ipaddress"], "10.0.0.1");
    assert_eq!(document["gohai"]["cpu"]["cpu_logical_processors"], "8");
    assert_eq!(document.get("apiKey"), None);
}

#[test]
fn gohai_can_be_switched_off() {
    let payload = host(&config("enable_gohai: false\n"), &agent(), &facts());
    assert_eq!(payload.body.get("gohai"), None);
}

#[test]
fn checks_that_ran_are_listed_with_how_they_fare() {
    let stats = |id: &str, error: Option<&str>, warning: Option<&str>| InstanceStats {
        id: id.into(),
        name: id.split(':').next().unwrap().into(),
        total_runs: 1,
        last_error: error.map(str::to_owned),
        last_warnings: warning.map(str::to_owned).into_iter().collect(),
        ..InstanceStats::default()
    };
    let checks = [
        stats("cpu", None, None),
        stats("disk:1", None, Some("slow")),
        stats("ntp:2", Some("no way"), None),
        InstanceStats { total_runs: 0, ..stats("io", None, None) },
    ];
    let payload = agent_checks(&config(""), &agent(), &facts(), &checks);
    let expected = json!([
        ["cpu", "cpu", "cpu", "OK", "", ""],
        ["disk", "disk", "disk:1", "WARNING", "slow", ""],
        ["ntp", "ntp", "ntp:2", "ERROR", "no way", ""],
    ]);
    assert_eq!(payload.body["agent_checks"], expected);
    let intake = wire::host::decode_intake(payload.body.to_string().as_bytes(), context()).unwrap();
    let kinds: Vec<&str> = intake.documents.iter().map(|d| d.kind.as_str()).collect();
    assert_eq!((intake.host.as_str(), &kinds[..]), ("web-1", &["agent_checks"][..]));
}

#[test]
fn inventories_reach_the_server() {
    let checks = [CheckFacts {
        id: "cpu".into(),
        name: "cpu".into(),
        provider: "file",
        source: "file:/x".into(),
        ..CheckFacts::default()
    }];
    let config = config("proxy:\n  https: http://me:secret@proxy:3128\n");
    for (payload, kinds) in [
        (inventory_agent(&config, &agent(), NOW_MS), &["agent_metadata"][..]),
        (inventory_host(&agent(), &facts(), NOW_MS), &["host_metadata"]),
        (inventory_checks(&agent(), &checks, NOW_MS, NOW_MS), &["check_metadata", "logs_metadata"]),
    ] {
        assert_eq!(payload.route, MetadataRoute::Inventory);
        let text = payload.body.to_string();
        assert!(!text.contains("secret@") && !text.contains(&config.api_key), "{text}");
        let documents = wire::host::decode_inventory(text.as_bytes(), context()).unwrap();
        let got: Vec<&str> = documents.iter().map(|d| d.kind.as_str()).collect();
        assert_eq!(got, kinds);
        assert!(documents.iter().all(|d| d.host == "web-1" && d.time == NOW_MS));
    }
}
