use std::path::Path;

use base::Clock;

use super::*;
use crate::{Config, Telemetry};

/// A tagger that knows some entities, each with one tag of its name at each cardinality.
fn tagger(config: &Config) -> Arc<Tagger> {
    let telemetry = Arc::new(Telemetry::default());
    let tagger = Tagger::new(&config.tagger, telemetry, Clock::manual(0));
    for (name, entity) in [
        ("socket", Entity::Container("s1".to_owned())),
        ("local", Entity::Container("c1".to_owned())),
        ("inode", Entity::Cgroup(44)),
        ("pod", Entity::Pod("p1".to_owned())),
        ("inpod", Entity::PodContainer("p1".to_owned(), "app".to_owned())),
    ] {
        let mut tags = EntityTags::default();
        tags.add(Cardinality::Low, name, "low");
        tags.add(Cardinality::Orchestrator, name, "orch");
        tags.add(Cardinality::High, name, "high");
        tagger.learn(entity, tags, true);
    }
    Arc::new(tagger)
}

/// The tags of a message `SENDER MESSAGE-FIELDS`, where fields are as DogStatsD has them.
fn tags(settings: &str, message: &str) -> String {
    let text = format!("api_key: k\n{settings}");
    let config = Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap();
    let mut origins = Origins::new(&config.dogstatsd.origin);
    origins.set_tagger(tagger(&config));
    let (sender, fields) = message.split_once(' ').unwrap();
    let line = format!("a:1|c|{fields}");
    let metric = crate::dogstatsd::parse::metric(line.as_bytes()).unwrap();
    let origin = Origin { sender, ..metric.origin };
    let mut internal = Internal::default();
    for tag in String::from_utf8_lossy(metric.tags).split(',') {
        internal.read(tag);
    }
    let mut tags = Vec::new();
    origins.add_tags(&origins.admitted(&origin), &internal, &mut tags);
    tags.join(" ")
}

#[test]
fn the_rules() {
    let client = "dogstatsd_origin_detection_client: true\n";
    let unified = "dogstatsd_origin_detection_client: true\norigin_detection_unified: true\n";
    let precedence = "dogstatsd_entity_id_precedence: true\n";
    let high = "dogstatsd_tag_cardinality: High\n";
    let no_opt_out = "dogstatsd_origin_optout_enabled: false\n";
    for (settings, message, expect) in [
        ("", " #x", ""),
        ("", " c:ci-c1|e:cn-app,pu-p1", ""),
        ("", "s1 c:ci-c1", "socket:low"),
        ("", "gone c:ci-c1", ""),
        (high, "s1 #x", "socket:low socket:orch socket:high"),
        // The tag counts whatever the settings are; the field only when clients are believed.
        ("", "s1 #dd.internal.card:orchestrator", "socket:low socket:orch"),
        ("", "s1 card:high", "socket:low"),
        (client, "s1 card:high|#dd.internal.card:low", "socket:low socket:orch socket:high"),
        (client, "s1 card:nonsense", "socket:low"),
        (high, "s1 #dd.internal.card:none", ""),
        (no_opt_out, "s1 #dd.internal.card:none", ""),
        // Both ways add up.
        (client, "s1 c:ci-c1", "socket:low local:low"),
        (client, " c:c1", "local:low"),
        (client, " c:cid-c1", "local:low"),
        (client, " c:in-44", "inode:low"),
        (client, " c:ci-c1,in-44", "local:low"),
        (client, " c:in-x", ""),
        (client, " c:", ""),
        (client, " c:in-45|e:it-false,cn-app,pu-p1", "inpod:low"),
        (client, " e:pu-p1,cn-other", "pod:low"),
        // The tag goes before the client's fields, and before the socket only when told so.
        (client, "s1 #dd.internal.entity_id:p1|c:ci-c1", "socket:low pod:low"),
        ("", "s1 #dd.internal.entity_id:p1", "socket:low pod:low"),
        (precedence, "s1 #dd.internal.entity_id:p1", "pod:low"),
        (precedence, "s1 #x", "socket:low"),
        (client, "s1 #dd.internal.entity_id:none|c:ci-c1", "socket:low"),
        (precedence, "s1 #dd.internal.entity_id:none", ""),
        // The first that is known, alone.
        (unified, "s1 #dd.internal.entity_id:p1|c:ci-c1", "socket:low"),
        (unified, "gone #dd.internal.entity_id:p1|c:ci-c1", "local:low"),
        (unified, " #dd.internal.entity_id:p1|e:cn-app,pu-p1", "inpod:low"),
        (unified, " #dd.internal.entity_id:p1|e:cn-app,pu-p2", "pod:low"),
        (unified, " #dd.internal.entity_id:none|e:pu-p1", "pod:low"),
        (unified, "s1 card:none", ""),
    ] {
        assert_eq!(tags(settings, message), expect, "{settings}{message}");
    }
}

#[test]
fn a_wrong_cardinality_is_named() {
    let text = "api_key: k\ndogstatsd_tag_cardinality: many\n";
    let error = Config::parse(None, Path::new("x"), text, &Default::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "x:2: dogstatsd_tag_cardinality: expected none, low, orchestrator or high, found \"many\""
    );
}
