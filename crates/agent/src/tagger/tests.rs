use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use super::*;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
const POD: &str = "2d3da189-6407-48e3-9ab6-78188d75e609";

/// A Docker daemon that knows containers by id, and answers everything else with 404.
pub(crate) fn fake_docker(path: &Path, containers: &[(&str, &str)]) {
    let listener = UnixListener::bind(path).unwrap();
    let containers: Vec<(String, String)> =
        containers.iter().map(|(id, body)| ((*id).to_owned(), (*body).to_owned())).collect();
    let serve = move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).unwrap();
            let asked = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let list: Vec<String> =
                containers.iter().map(|(id, _)| format!("{{\"Id\":\"{id}\"}}")).collect();
            let found = containers.iter().find(|(id, _)| asked == format!("/containers/{id}/json"));
            let body = match (asked.as_str(), found) {
                ("/containers/json", _) => Some(format!("[{}]", list.join(","))),
                (_, Some((_, body))) => Some(body.clone()),
                _ => None,
            };
            let head = if body.is_some() { "200 OK" } else { "404 Not Found" };
            let body = body.unwrap_or_default();
            // Who asks may be gone already.
            let _gone = write!(stream, "HTTP/1.0 {head}\r\nX: y\r\n\r\n{body}");
        }
    };
    std::thread::Builder::new().name("docker".to_owned()).spawn(serve).unwrap();
}

struct World {
    folder: tempfile::TempDir,
    clock: Clock,
    telemetry: Arc<Telemetry>,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("cgroup")).unwrap();
        Self { folder, clock: Clock::manual(1_700_000_000_000), telemetry: Arc::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Gives the inode of a new cgroup.
    fn cgroup(&self, name: &str) -> u64 {
        let path = self.path("cgroup").join(name);
        std::fs::create_dir_all(&path).unwrap();
        path.metadata().unwrap().ino()
    }

    fn process(&self, pid: i32, text: &str) {
        let folder = self.path(&format!("proc/{pid}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("cgroup"), text).unwrap();
    }

    fn tagger(&self) -> Tagger {
        let config = TaggerConfig {
            proc_root: self.path("proc"),
            cgroup_root: self.path("cgroup"),
            docker_socket: Some(self.path("docker.sock")),
            docker_timeout: Duration::from_secs(20),
            docker_refused: None,
            labels_as_tags: [("team".to_owned(), "squad".to_owned())].into(),
            env_as_tags: [("shard".to_owned(), "+shard_id".to_owned())].into(),
        };
        Tagger::new(&config, Arc::clone(&self.telemetry), self.clock.clone())
    }
}

fn shown(tagger: &Tagger, entity: &Entity, cardinality: Cardinality) -> String {
    match tagger.lookup(entity) {
        None => "unknown".to_owned(),
        Some(tags) => tags.up_to(cardinality).collect::<Vec<_>>().join(" "),
    }
}

fn container(id: &str) -> Entity {
    Entity::Container(id.to_owned())
}

#[test]
fn cgroups_name_their_container() {
    let task = "0123456789abcdef0123456789abcdef-1234567";
    for (path, expect) in [
        ("/".to_owned(), ""),
        ("/init.scope".to_owned(), ""),
        ("/user.slice/user-0.slice/session-1.scope".to_owned(), ""),
        (format!("/docker/{A}"), A),
        (format!("/docker/{A}/init.scope"), A),
        (format!("/docker/{A}/docker/{B}"), B),
        (format!("/system.slice/docker-{A}.scope"), A),
        (format!("/../docker-{A}.scope"), A),
        (format!("/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{A}"), A),
        (format!("/machine.slice/libpod-{A}.scope/container"), A),
        (format!("/machine.slice/libpod-conmon-{A}.scope"), ""),
        (format!("/crio-conmon-{A}.scope"), ""),
        (format!("/ecs/0123456789abcdef0123456789abcdef/{task}"), task),
        ("/garden/6f265890-5165-7fab-6b52-18d1".to_owned(), "6f265890-5165-7fab-6b52-18d1"),
        (format!("/docker/{}", &A[1..]), ""),
        (format!("/docker/{}", A.to_uppercase()), ""),
        (format!("/docker/{A}a"), ""),
        (format!("/é{A}"), ""),
    ] {
        let found = cgroup::of_path(&path).map(|place| place.container);
        assert_eq!(found.unwrap_or_default(), expect, "{path}");
    }
    let slice = POD.replace('-', "_");
    let hash = "0123456789abcdef0123456789abcdef";
    for (path, pod) in [
        (format!("/kubepods/burstable/pod{POD}/{A}"), Some(POD)),
        (
            format!("/kubepods.slice/kubepods-burstable-pod{slice}.slice/cri-containerd-{A}.scope"),
            Some(POD),
        ),
        (format!("/kubepods/besteffort/pod{hash}/{A}"), Some(hash)),
        (format!("/docker/{A}"), None),
    ] {
        let place = cgroup::of_path(&path).unwrap();
        assert_eq!((place.container.as_str(), place.pod.as_deref()), (A, pod), "{path}");
    }
}

#[test]
fn processes_are_in_their_container() {
    let world = World::new();
    let tagger = world.tagger();
    for (text, expect) in [
        (format!("0::/system.slice/docker-{A}.scope\n"), A),
        (format!("12:pids:/docker/{A}\n4:memory,x:/docker/{A}\n0::/\n"), A),
        (format!("3:name=a:b:/docker/{A}\n"), A),
        ("0::/user.slice\n".to_owned(), ""),
        (String::new(), ""),
        ("no colon\n:\n::\n".to_owned(), ""),
    ] {
        world.process(7, &text);
        assert_eq!(&*tagger.of_process(7).unwrap(), expect, "{text}");
    }
    assert!(tagger.of_process(8).is_err());
    // The kernel's word counts before any other is heard.
    let id = format!("container_id:{A}");
    assert_eq!(shown(&tagger, &container(A), Cardinality::High), id);
    assert_eq!(shown(&tagger, &container(A), Cardinality::Orchestrator), "");
}

#[test]
fn docker_says_more() {
    let world = World::new();
    let body = serde_json::json!({
        "Id": A, "Name": "/shop_web_1", "Image": "sha256:123",
        "Config": {
            "Image": "registry.local:5000/shop/web:v2@sha256:9",
            "Env": ["DD_ENV=prod", "DD_SERVICE=web", "PATH=/bin", "broken", "SHARD=7",
                    "OTEL_SERVICE_NAME=other", "OTEL_RESOURCE_ATTRIBUTES=service.version=9,x=y"],
            "Labels": {
                "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
                "com.datadoghq.ad.tags": "[\"tier:front\", 7]", "Team": "red", "other": "x",
            },
        },
    });
    let pod = serde_json::json!({
        "Id": B, "Name": "/k8s_app", "Image": "sha256:456",
        "Config": {"Image": "redis", "Env": null, "Labels": {
            "io.kubernetes.pod.uid": POD, "io.kubernetes.pod.name": "app-1",
            "io.kubernetes.pod.namespace": "prod", "io.kubernetes.container.name": "app",
            "com.datadoghq.tags.service": "cache",
        }},
    });
    fake_docker(
        &world.path("docker.sock"),
        &[(A, &body.to_string()), (B, &pod.to_string()), (C, "no JSON")],
    );
    let inode = world.cgroup(&format!("system.slice/docker-{A}.scope"));
    let inner = world.cgroup(&format!("system.slice/docker-{A}.scope/init"));
    let tagger = world.tagger();
    tagger.refresh();
    let low = "image_id:sha256:123 image_name:registry.local:5000/shop/web short_image:web \
               image_tag:v2 docker_image:registry.local:5000/shop/web:v2 compose_project:shop \
               compose_service:web tier:front env:prod service:web version:9 squad:red";
    let of_pod = "kube_container_name:app pod_name:app-1 kube_namespace:prod";
    for (entity, cardinality, expect) in [
        (container(A), Cardinality::Low, low.to_owned()),
        (Entity::Cgroup(inode), Cardinality::Low, low.to_owned()),
        (Entity::Cgroup(inner), Cardinality::Low, low.to_owned()),
        (container(A), Cardinality::None, String::new()),
        (
            container(A),
            Cardinality::High,
            format!("container_id:{A} container_name:shop_web_1 {low} shard_id:7"),
        ),
        (
            container(B),
            Cardinality::Orchestrator,
            format!(
                "image_id:sha256:456 image_name:redis short_image:redis image_tag:latest \
                 docker_image:redis:latest service:cache {of_pod}"
            ),
        ),
        (
            Entity::Pod(POD.to_owned()),
            Cardinality::High,
            "kube_namespace:prod pod_name:app-1".to_owned(),
        ),
        (container(C), Cardinality::High, "unknown".to_owned()),
        (Entity::Cgroup(1), Cardinality::High, "unknown".to_owned()),
    ] {
        assert_eq!(shown(&tagger, &entity, cardinality), expect, "{entity:?} {cardinality:?}");
    }
    let named = Entity::PodContainer(POD.to_owned(), "app".to_owned());
    let end = format!("{of_pod} display_container_name:app_app-1");
    let tags = shown(&tagger, &named, Cardinality::High);
    assert!(tags.ends_with(&end), "{tags}");
    assert_eq!(world.telemetry.tagger.docker_errors.get(), 1);
    let error = world.telemetry.tagger.error().unwrap();
    let start = format!("Docker's answer to /containers/{C}/json cannot be read: ");
    assert!(error.starts_with(&start), "{error}");
    // Nobody has asked for it in all this time, but its container runs.
    for _ in 0..20 {
        world.clock.advance(SURVEY_INTERVAL);
        tagger.refresh();
    }
    let tags = shown(&tagger, &named, Cardinality::High);
    assert!(tags.ends_with(&end), "{tags}");
}

#[test]
fn what_starts_later_is_found() {
    let world = World::new();
    let tagger = world.tagger();
    tagger.refresh();
    assert_eq!(shown(&tagger, &container(A), Cardinality::High), "unknown");
    tagger.refresh();
    assert_eq!(tagger.generation(), 0, "there is nothing new");
    let inode = world.cgroup(&format!("docker/{A}"));
    let later = Entity::Cgroup(inode);
    assert_eq!(shown(&tagger, &later, Cardinality::High), "unknown");
    tagger.refresh();
    let generation = tagger.generation();
    assert!(generation > 0);
    let id = format!("container_id:{A}");
    assert_eq!(shown(&tagger, &later, Cardinality::High), id);
    assert_eq!(shown(&tagger, &container(A), Cardinality::High), id);
    // Docker comes up: what the kernel said is not the last word.
    let body = serde_json::json!({"Id": A, "Name": "/web"}).to_string();
    fake_docker(&world.path("docker.sock"), &[(A, &body)]);
    world.clock.advance(SURVEY_INTERVAL);
    tagger.refresh();
    assert!(tagger.generation() > generation);
    let all = format!("{id} container_name:web");
    assert_eq!(shown(&tagger, &container(A), Cardinality::High), all);
    assert_eq!(shown(&tagger, &later, Cardinality::High), all);
    let generation = tagger.generation();
    world.clock.advance(SURVEY_INTERVAL);
    tagger.refresh();
    assert_eq!(tagger.generation(), generation, "the same again is nothing new");
}

#[test]
fn a_pod_that_is_learned_reaches_its_containers() {
    let world = World::new();
    let tagger = world.tagger();
    world.cgroup(&format!("kubepods/pod{POD}/{A}"));
    let mut tags = EntityTags::default();
    tags.add(Cardinality::Orchestrator, "pod_name", "app-1");
    tagger.learn(Entity::Pod(POD.to_owned()), tags, true);
    tagger.refresh();
    assert_eq!(shown(&tagger, &container(A), Cardinality::Orchestrator), "pod_name:app-1");
}

#[test]
fn entities_are_bounded_and_forgotten() {
    let world = World::new();
    let tagger = world.tagger();
    for i in 0..=ENTITIES_MAX as u64 {
        assert!(tagger.lookup(&Entity::Cgroup(i)).is_none());
    }
    assert_eq!(world.telemetry.tagger.over_limit.get(), 1);
    world.clock.advance(FORGET_AFTER);
    tagger.refresh();
    assert_eq!(world.telemetry.tagger.entities.get(), 0);
}

#[test]
fn a_docker_that_fails_costs_one_question() {
    let world = World::new();
    for id in [A, B, C] {
        world.cgroup(&format!("docker/{id}"));
    }
    // Nobody listens any more.
    drop(UnixListener::bind(world.path("docker.sock")).unwrap());
    let tagger = world.tagger();
    tagger.refresh();
    assert_eq!(world.telemetry.tagger.docker_errors.get(), 1);
    assert_eq!(shown(&tagger, &container(B), Cardinality::High), format!("container_id:{B}"));
}

#[test]
fn docker_hosts() {
    for (host, expect) in [
        ("unix:///a/b.sock", Ok(PathBuf::from("/a/b.sock"))),
        ("unix://relative", Err("unix://relative".to_owned())),
        ("tcp://h:2375", Err("tcp://h:2375".to_owned())),
    ] {
        assert_eq!(docker_socket(Some(host)), expect, "{host}");
    }
    assert!(docker_socket(None).is_ok_and(|path| path.ends_with("var/run/docker.sock")));
}
