//! From what a runtime says of a container to tags.
//!
//! Names and cardinalities: the Agent's `comp/core/tagger/collectors/workloadmeta_extract.go` and
//! docs.datadoghq.com "Docker tag extraction". `compose_project` and `compose_service` are ours: the
//! Agent makes them only when `docker_labels_as_tags` asks for them.

use std::collections::BTreeMap;

use super::Cardinality::{High, Low, Orchestrator};
use super::docker::Container;
use super::{Entity, EntityTags};
use crate::config::TaggerConfig;

/// Labels whose value is a tag.
const LABELS: &[(&str, &str, super::Cardinality)] = &[
    ("com.datadoghq.tags.env", "env", Low),
    ("com.datadoghq.tags.service", "service", Low),
    ("com.datadoghq.tags.version", "version", Low),
    ("com.docker.compose.project", "compose_project", Low),
    ("com.docker.compose.service", "compose_service", Low),
    ("com.docker.stack.namespace", "swarm_namespace", Low),
    ("com.docker.swarm.service.name", "swarm_service", Low),
    ("io.kubernetes.container.name", "kube_container_name", Low),
    ("io.kubernetes.pod.name", "pod_name", Orchestrator),
    ("io.kubernetes.pod.namespace", "kube_namespace", Low),
    ("io.rancher.container.name", "rancher_container", High),
    ("io.rancher.stack.name", "rancher_stack", Low),
    ("io.rancher.stack_service.name", "rancher_service", Low),
    ("org.opencontainers.image.revision", "git.commit.sha", Low),
    ("org.opencontainers.image.source", "git.repository_url", Low),
];
/// Variables whose value is a tag.
const VARIABLES: &[(&str, &str, super::Cardinality)] = &[
    ("DD_ENV", "env", Low),
    ("DD_SERVICE", "service", Low),
    ("DD_VERSION", "version", Low),
    ("DD_GIT_COMMIT_SHA", "git.commit.sha", Low),
    ("DD_GIT_REPOSITORY_URL", "git.repository_url", Low),
    ("MARATHON_APP_ID", "marathon_app", Low),
    ("CHRONOS_JOB_NAME", "chronos_job", Low),
    ("CHRONOS_JOB_OWNER", "chronos_job_owner", Low),
    ("NOMAD_TASK_NAME", "nomad_task", Low),
    ("NOMAD_JOB_NAME", "nomad_job", Low),
    ("NOMAD_GROUP_NAME", "nomad_group", Low),
    ("NOMAD_NAMESPACE", "nomad_namespace", Low),
    ("NOMAD_DC", "nomad_dc", Low),
    ("MESOS_TASK_ID", "mesos_task", Orchestrator),
];
/// Attributes of `OTEL_RESOURCE_ATTRIBUTES`.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("service.name", "service"),
    ("service.version", "version"),
    ("deployment.environment", "env"),
    ("deployment.environment.name", "env"),
];
/// A JSON list of tags, or a map of them.
const TAGS_LABEL: &str = "com.datadoghq.ad.tags";

/// What is certain of a container of which nobody but the kernel knows.
pub(super) fn of_id(id: &str) -> EntityTags {
    let mut tags = EntityTags::default();
    tags.add(High, "container_id", id);
    tags
}

/// The tags of a container, and what they say of its pod.
pub(super) fn of_docker(
    container: &Container,
    config: &TaggerConfig,
) -> (EntityTags, Vec<(Entity, EntityTags)>) {
    let mut tags = of_id(&container.id);
    let name = container.name.trim_start_matches('/');
    tags.add(High, "container_name", name);
    add_image(&mut tags, &container.config.image, &container.image);
    let no_labels = BTreeMap::new();
    let labels = container.config.labels.as_ref().unwrap_or(&no_labels);
    let variables: BTreeMap<String, String> =
        container.config.env.iter().flatten().filter_map(|text| pair(text, '=')).collect();
    for (key, name, cardinality) in LABELS {
        tags.add(*cardinality, name, labels.get(*key).map_or("", String::as_str));
    }
    add_listed(&mut tags, labels.get(TAGS_LABEL).map_or("", String::as_str));
    for (key, name, cardinality) in VARIABLES {
        tags.add(*cardinality, name, variables.get(*key).map_or("", String::as_str));
    }
    add_opentelemetry(&mut tags, &variables);
    add_asked_for(&mut tags, labels, &config.labels_as_tags);
    add_asked_for(&mut tags, &variables, &config.env_as_tags);
    let names = of_pod(&mut tags, labels);
    (tags, names)
}

fn pair(text: &str, separator: char) -> Option<(String, String)> {
    let (name, value) = text.split_once(separator)?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

/// Names a container's image: `registry:5000/team/redis:7@sha256:…`.
fn add_image(tags: &mut EntityTags, image: &str, id: &str) {
    tags.add(Low, "image_id", id);
    if image.is_empty() || image.starts_with("sha256:") {
        return;
    }
    let image = image.split('@').next().unwrap_or_default();
    let (folder, last) = image.rsplit_once('/').map_or(("", image), |(f, last)| (f, last));
    let (short, tag) = last.split_once(':').unwrap_or((last, ""));
    let name = if folder.is_empty() { short.to_owned() } else { format!("{folder}/{short}") };
    tags.add(Low, "image_name", &name);
    tags.add(Low, "short_image", short);
    // Docker itself takes this one when none is named.
    let tag = if tag.is_empty() { "latest" } else { tag };
    tags.add(Low, "image_tag", tag);
    tags.add(Low, "docker_image", &format!("{name}:{tag}"));
}

/// `["a:b"]` or `{"a": "b"}`; anything else adds nothing.
fn add_listed(tags: &mut EntityTags, text: &str) {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(list)) => {
            for tag in list.iter().filter_map(|tag| tag.as_str()) {
                tags.add_whole(Low, tag.to_owned());
            }
        }
        Ok(serde_json::Value::Object(map)) => {
            for (name, value) in &map {
                tags.add(Low, name, value.as_str().unwrap_or_default());
            }
        }
        _ => {}
    }
}

/// What OpenTelemetry's variables say, where Datadog's say nothing.
fn add_opentelemetry(tags: &mut EntityTags, variables: &BTreeMap<String, String>) {
    let text = |name: &str| variables.get(name).map_or("", String::as_str);
    if !tags.has("service") {
        tags.add(Low, "service", text("OTEL_SERVICE_NAME"));
    }
    for (key, value) in text("OTEL_RESOURCE_ATTRIBUTES").split(',').filter_map(|t| pair(t, '=')) {
        if let Some((_, name)) = ATTRIBUTES.iter().find(|(attribute, _)| *attribute == key)
            && !tags.has(name)
        {
            tags.add(Low, name, &value);
        }
    }
}

/// Labels or variables that the settings make tags of; a `+` before the tag's name says that it has
/// many values.
fn add_asked_for(
    tags: &mut EntityTags,
    from: &BTreeMap<String, String>,
    wanted: &BTreeMap<String, String>,
) {
    for (key, value) in from {
        if let Some(name) = wanted.get(&key.to_ascii_lowercase()) {
            match name.strip_prefix('+') {
                Some(name) => tags.add(High, name, value),
                None => tags.add(Low, name, value),
            }
        }
    }
}

/// Other names of a container that Kubernetes has started through Docker.
fn of_pod(tags: &mut EntityTags, labels: &BTreeMap<String, String>) -> Vec<(Entity, EntityTags)> {
    let text = |name: &str| labels.get(name).map_or("", String::as_str);
    let (uid, pod) = (text("io.kubernetes.pod.uid"), text("io.kubernetes.pod.name"));
    let container = text("io.kubernetes.container.name");
    if uid.is_empty() {
        return Vec::new();
    }
    tags.add(High, "display_container_name", &format!("{container}_{pod}"));
    let mut of_pod = EntityTags::default();
    of_pod.add(Low, "kube_namespace", text("io.kubernetes.pod.namespace"));
    of_pod.add(Orchestrator, "pod_name", pod);
    vec![
        (Entity::Pod(uid.to_owned()), of_pod),
        (Entity::PodContainer(uid.to_owned(), container.to_owned()), tags.clone()),
    ]
}
