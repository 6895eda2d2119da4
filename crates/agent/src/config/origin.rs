//! Settings of origin detection and of the tagger.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::tagger::docker_socket;

pub(super) fn origin(r: &mut Reader<'_>) -> OriginConfig {
    let key = "dogstatsd_tag_cardinality";
    let name = r.string(key, "low");
    let cardinality = Cardinality::from_name(&name);
    if cardinality.is_none() {
        let source = r.source(key);
        r.problem(key, &source, "none, low, orchestrator or high", &format!("{name:?}"));
    }
    OriginConfig {
        detection: r.flag("dogstatsd_origin_detection", false),
        client: r.flag("dogstatsd_origin_detection_client", false),
        cardinality: cardinality.unwrap_or_default(),
        opt_out: r.flag("dogstatsd_origin_optout_enabled", true),
        entity_id_precedence: r.flag("dogstatsd_entity_id_precedence", false),
        unified: r.flag("origin_detection_unified", false),
    }
}

pub(super) fn tagger(r: &mut Reader<'_>, proc: &Path) -> TaggerConfig {
    // The image of the agent sets it; host's folders are mounted below `/host` then.
    let in_image = r.variable("DOCKER_DD_AGENT").is_some();
    let mounted = |path: &str, own: &Path| {
        let path = PathBuf::from(path);
        if in_image && path.is_dir() { path } else { own.to_owned() }
    };
    let (docker_socket, docker_refused) = match docker_socket(r.variable("DOCKER_HOST")) {
        Ok(socket) => (Some(socket), None),
        Err(host) => (None, Some(host)),
    };
    let timeout = r.integer("docker_query_timeout", 5, 1..=600);
    TaggerConfig {
        proc_root: r.path("container_proc_root", &mounted("/host/proc", proc)),
        cgroup_root: r.path(
            "container_cgroup_root",
            &mounted("/host/sys/fs/cgroup", Path::new("/sys/fs/cgroup")),
        ),
        docker_socket,
        docker_refused,
        docker_timeout: Duration::from_secs(timeout as u64),
        labels_as_tags: as_tags(r, ["docker_labels_as_tags", "container_labels_as_tags"]),
        env_as_tags: as_tags(r, ["docker_env_as_tags", "container_env_as_tags"]),
    }
}

/// Maps of a label or variable to the name of a tag; the later key goes before the earlier.
fn as_tags(r: &mut Reader<'_>, keys: [&str; 2]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for key in keys {
        let Some((source, node)) = r.tree(key, "a map of tag names") else { continue };
        for entry in node.entries() {
            match entry.node.text() {
                Some(name) => {
                    all.insert(entry.key.to_ascii_lowercase(), name.to_owned());
                }
                None => {
                    let key = format!("{key}.{}", entry.key);
                    let found = entry.node.describe();
                    r.problem(&key, &source.at(entry.line), "the name of a tag", &found);
                }
            }
        }
    }
    all
}
