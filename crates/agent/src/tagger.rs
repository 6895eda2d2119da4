//! Which tags a container or pod brings to what its processes send.
//!
//! Words: an *entity* is what a message can name (a container's id, the inode of its cgroup, a
//! pod); its tags are kept by *cardinality*, and a message gets those of its own and of all lower.
//!
//! 1. [`Tagger::lookup`] answers from memory and never waits. An entity that is not known is noted
//!    as wanted, and [`Tagger::of_process`] says in which container a process runs.
//! 2. [`run`] works on a thread for blocking calls: it resolves what is wanted from the cgroups'
//!    tree ([`cgroup`]) and the Docker socket ([`docker`]), as tags of [`facts`], and looks at
//!    everything once a minute.
//! 3. When an answer changes for somebody who has asked, [`Tagger::generation`] grows, after the
//!    answer is in place. Who caches answers drops them then.
//!
//! Other sources have one way in, [`Tagger::learn`]; what only a kubelet knows (labels, owners and
//! phase of a pod) would come through it and is not there yet.
//!
//! Everything is bounded: entities, files, bytes of an answer, and work in one go.

pub(crate) mod cgroup;
pub(crate) mod docker;
mod facts;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Clock, Shutdown};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::Telemetry;
use crate::config::TaggerConfig;
use cgroup::Tree;
use docker::Docker;

/// Entities that are remembered; what is asked for past that has no tags and is counted.
const ENTITIES_MAX: usize = 16_384;
/// Entities that one round takes up.
const ROUND_MAX: usize = 512;
/// Containers that one round looks at.
const CONTAINERS_MAX: usize = 4096;
/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(250);
/// Between two looks at everything that runs.
const SURVEY_INTERVAL: Duration = Duration::from_secs(60);
/// An entity that nobody has asked for or seen for so long is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);
/// How long to wait before an entity that could not be found is looked for again, doubled each time.
const RETRY_FIRST: Duration = Duration::from_secs(1);
/// After so many times only the look at everything finds it.
const TRIES_MAX: u32 = 5;

/// How many different values a tag may have, and so whether a message gets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cardinality {
    None,
    /// Of the service: image, environment, version.
    #[default]
    Low,
    /// Of a pod or task.
    Orchestrator,
    /// Of a container.
    High,
}

impl Cardinality {
    /// Reads a name as the official Agent does; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "low" => Some(Self::Low),
            "orchestrator" | "orch" => Some(Self::Orchestrator),
            "high" => Some(Self::High),
            _ => None,
        }
    }
}

/// What a message can name as its sender.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entity {
    /// By the container's id.
    Container(String),
    /// By the inode of the container's cgroup, as seen from the host.
    Cgroup(u64),
    /// By the pod's unique id.
    Pod(String),
    /// A container by the id of its pod and its name in there.
    PodContainer(String, String),
}

/// Tags of an entity, each with its cardinality.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntityTags(Vec<(Cardinality, String)>);

impl EntityTags {
    /// Adds `name:value` unless the value is empty or the tag is there.
    pub(crate) fn add(&mut self, cardinality: Cardinality, name: &str, value: &str) {
        if !value.is_empty() && !name.is_empty() {
            self.add_whole(cardinality, format!("{name}:{value}"));
        }
    }

    pub(crate) fn add_whole(&mut self, cardinality: Cardinality, tag: String) {
        if !tag.is_empty() && !self.0.iter().any(|(_, known)| *known == tag) {
            self.0.push((cardinality, tag));
        }
    }

    fn add_all(&mut self, other: &Self) {
        for (cardinality, tag) in &other.0 {
            self.add_whole(*cardinality, tag.clone());
        }
    }

    /// Whether there is a tag of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        let has_name = |tag: &str| tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        self.0.iter().any(|(_, tag)| has_name(tag))
    }

    /// The tags of this cardinality and of all lower ones.
    pub(crate) fn up_to(&self, cardinality: Cardinality) -> impl Iterator<Item = &str> {
        let is_in = move |tag: &&(Cardinality, String)| tag.0 <= cardinality;
        self.0.iter().filter(is_in).map(|(_, tag)| tag.as_str())
    }
}

#[derive(Debug)]
struct Known {
    /// `None` while nothing is known of it.
    tags: Option<Arc<EntityTags>>,
    /// Whether somebody got an answer; only then a new one matters to anybody.
    is_asked: bool,
    /// Whether a source has said all it knows.
    is_final: bool,
    tries: u32,
    /// What else the same source has said; it lives as long as this does.
    others: Vec<Entity>,
    /// Monotonic times.
    next_try: Duration,
    used: Duration,
}

/// All entities with their tags.
#[derive(Debug)]
pub(crate) struct Tagger {
    config: TaggerConfig,
    docker: Docker,
    clock: Clock,
    telemetry: Arc<Telemetry>,
    known: Mutex<HashMap<Entity, Known>>,
    generation: AtomicU64,
    wanted: Notify,
    surveyed: Mutex<Option<Duration>>,
}

impl Tagger {
    pub(crate) fn new(config: &TaggerConfig, telemetry: Arc<Telemetry>, clock: Clock) -> Self {
        Self {
            docker: Docker::new(config.docker_socket.clone(), config.docker_timeout),
            config: config.clone(),
            clock,
            telemetry,
            known: Mutex::new(HashMap::new()),
            generation: AtomicU64::new(0),
            wanted: Notify::new(),
            surveyed: Mutex::new(None),
        }
    }

    /// Grows when an answer that somebody has got is not right any more.
    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The tags of an entity as far as they are known now.
    pub(crate) fn lookup(&self, entity: &Entity) -> Option<Arc<EntityTags>> {
        let now = self.clock.monotonic();
        let mut known = self.known.lock();
        if let Some(entry) = known.get_mut(entity) {
            (entry.used, entry.is_asked) = (now, true);
            return entry.tags.clone();
        }
        if known.len() >= ENTITIES_MAX {
            self.telemetry.tagger.over_limit.add(1);
            return None;
        }
        known.insert(entity.clone(), Known { is_asked: true, ..Known::new(now, None) });
        drop(known);
        self.wanted.notify_one();
        None
    }

    /// The id of the container that a process runs in; empty when it runs in none.
    ///
    /// # Errors
    /// When the process cannot be looked at, such as one that has ended.
    pub(crate) fn of_process(&self, pid: i32) -> std::io::Result<Arc<str>> {
        let found = cgroup::of_process(&self.config.proc_root, pid)?;
        let Some(found) = found else { return Ok("".into()) };
        let entity = Entity::Container(found.container.clone());
        let now = self.clock.monotonic();
        let mut known = self.known.lock();
        if !known.contains_key(&entity) && known.len() < ENTITIES_MAX {
            // The kernel says so: no need to wait for anybody else's word.
            let tags = Some(Arc::new(facts::of_id(&found.container)));
            known.insert(entity, Known::new(now, tags));
            drop(known);
            self.wanted.notify_one();
        }
        Ok(found.container.as_str().into())
    }

    /// Sets the tags of an entity, for good or until somebody knows better.
    pub(crate) fn learn(&self, entity: Entity, tags: EntityTags, is_final: bool) {
        let now = self.clock.monotonic();
        let mut known = self.known.lock();
        if known.len() >= ENTITIES_MAX && !known.contains_key(&entity) {
            self.telemetry.tagger.over_limit.add(1);
            return;
        }
        let entry = known
            .entry(entity)
            .or_insert_with(|| Known { tries: TRIES_MAX, ..Known::new(now, None) });
        entry.used = now;
        if entry.is_final && !is_final {
            return;
        }
        entry.is_final = is_final;
        if entry.tags.as_deref() == Some(&tags) {
            return;
        }
        entry.tags = Some(Arc::new(tags));
        let is_asked = entry.is_asked;
        drop(known);
        if is_asked {
            self.generation.fetch_add(1, Ordering::Release);
        }
    }

    /// One round of work: a look at everything when it is due, and what is wanted. Blocks.
    pub(crate) fn refresh(&self) {
        let now = self.clock.monotonic();
        let is_due = {
            let mut surveyed = self.surveyed.lock();
            let is_due = surveyed.is_none_or(|last| now.saturating_sub(last) >= SURVEY_INTERVAL);
            if is_due {
                *surveyed = Some(now);
            }
            is_due
        };
        let wanted = self.wanted_now(now);
        if !is_due && wanted.is_empty() {
            return;
        }
        let mut round = Round { tree: cgroup::walk(&self.config.cgroup_root), docker_fails: false };
        // What somebody waits for goes first.
        let mut containers: Vec<String> = Vec::new();
        let mut needs_list = is_due;
        for entity in &wanted {
            match entity {
                Entity::Container(id) => containers.push(id.clone()),
                Entity::Cgroup(inode) => containers.extend(round.tree.by_inode.get(inode).cloned()),
                Entity::Pod(_) | Entity::PodContainer(..) => needs_list = true,
            }
        }
        if is_due {
            containers.extend(round.tree.containers.keys().cloned());
        }
        if needs_list {
            containers.extend(self.listed(&mut round));
        }
        let mut seen = HashSet::new();
        for id in containers.iter().filter(|id| seen.insert(id.as_str())).take(CONTAINERS_MAX) {
            self.resolve(id, &mut round);
        }
        if is_due {
            self.forget(now);
        }
        self.telemetry.tagger.entities.set(self.known.lock().len() as u64);
    }

    /// What was asked for and is due to be looked for; its next time is set.
    fn wanted_now(&self, now: Duration) -> Vec<Entity> {
        let mut known = self.known.lock();
        let is_wanted =
            |entry: &Known| !entry.is_final && entry.tries < TRIES_MAX && entry.next_try <= now;
        let due = known.iter_mut().filter(|(_, entry)| is_wanted(entry)).take(ROUND_MAX);
        due.map(|(entity, entry)| {
            entry.next_try = now + RETRY_FIRST * 2_u32.pow(entry.tries);
            entry.tries += 1;
            entity.clone()
        })
        .collect()
    }

    fn listed(&self, round: &mut Round) -> Vec<String> {
        match self.docker.list() {
            Ok(ids) => ids,
            Err(error) => {
                self.docker_failed(&error, round);
                Vec::new()
            }
        }
    }

    /// What Docker says of a container; nothing when it does not know it, is not there or fails.
    fn inspected(&self, id: &str, round: &mut Round) -> Option<docker::Container> {
        if round.docker_fails {
            return None;
        }
        match self.docker.inspect(id) {
            Ok(container) => container,
            Err(error) => {
                self.docker_failed(&error, round);
                None
            }
        }
    }

    fn docker_failed(&self, error: &docker::DockerError, round: &mut Round) {
        // Else a daemon that hangs costs a time-out for each container.
        round.docker_fails = error.is_of_socket();
        if !error.is_absence() {
            self.telemetry.tagger.docker_errors.add(1);
            self.telemetry.tagger.set_error(error.to_string());
        }
    }

    /// Finds out about a container and learns it under every name that it has.
    fn resolve(&self, id: &str, round: &mut Round) {
        let entity = Entity::Container(id.to_owned());
        let found = self.known_finally(&entity);
        let is_known = found.is_some();
        let mut names = Vec::new();
        let mut is_final = true;
        let tags = match (found, if is_known { None } else { self.inspected(id, round) }) {
            (Some(tags), _) => tags,
            (None, Some(container)) => {
                let tags;
                (tags, names) = facts::of_docker(&container, &self.config);
                tags
            }
            (None, None) => {
                // The kernel's word is enough for the id, and for the pod's tags if those are known.
                let Some(place) = round.tree.containers.get(id) else { return };
                is_final = false;
                let mut tags = facts::of_id(id);
                let pod = place.pod.as_ref().map(|uid| Entity::Pod(uid.clone()));
                let known = self.known.lock();
                if let Some(pod) = pod.and_then(|pod| known.get(&pod)?.tags.clone()) {
                    tags.add_all(&pod);
                }
                tags
            }
        };
        let inodes = round.tree.containers.get(id).map(|place| place.inodes.as_slice());
        for inode in inodes.unwrap_or_default() {
            self.learn(Entity::Cgroup(*inode), tags.clone(), is_final);
        }
        let others: Vec<Entity> = names.iter().map(|(entity, _)| entity.clone()).collect();
        for (entity, tags) in names {
            self.learn(entity, tags, is_final);
        }
        self.learn(entity.clone(), tags, is_final);
        if !others.is_empty()
            && let Some(entry) = self.known.lock().get_mut(&entity)
        {
            entry.others = others;
        }
    }

    /// The tags of an entity of which all is known; it is seen to be in use.
    fn known_finally(&self, entity: &Entity) -> Option<EntityTags> {
        let now = self.clock.monotonic();
        let mut known = self.known.lock();
        let entry = known.get_mut(entity)?;
        entry.used = now;
        let tags = entry.tags.as_ref().filter(|_| entry.is_final)?;
        let (tags, others) = (EntityTags::clone(tags), entry.others.clone());
        for other in &others {
            if let Some(entry) = known.get_mut(other) {
                entry.used = now;
            }
        }
        Some(tags)
    }

    /// Drops what nobody has used for long.
    fn forget(&self, now: Duration) {
        let mut known = self.known.lock();
        known.retain(|_, entry| now.saturating_sub(entry.used) < FORGET_AFTER);
    }
}

impl Known {
    fn new(now: Duration, tags: Option<Arc<EntityTags>>) -> Self {
        Self {
            tags,
            is_asked: false,
            is_final: false,
            tries: 0,
            others: Vec::new(),
            next_try: now,
            used: now,
        }
    }
}

/// What one round has found so far.
#[derive(Debug)]
struct Round {
    tree: Tree,
    /// Whether Docker is not to be asked any more.
    docker_fails: bool,
}

/// Resolves what is wanted until `shutdown`. `ready` is notified after the first round, which comes
/// at once, or `lazily`, when somebody asks for the first time.
pub(crate) async fn run(
    tagger: Arc<Tagger>,
    (ready, lazily): (Arc<Notify>, bool),
    shutdown: Shutdown,
) {
    if lazily {
        ready.notify_one();
        tokio::select! {
            () = shutdown.wait() => return,
            () = tagger.wanted.notified() => {}
        }
    }
    loop {
        let worker = Arc::clone(&tagger);
        if tokio::task::spawn_blocking(move || worker.refresh()).await.is_err() {
            tracing::error!("the tagger had panicked");
        }
        ready.notify_one();
        tokio::select! {
            () = shutdown.wait() => return,
            () = tagger.clock.sleep(PAUSE) => {}
        }
        tokio::select! {
            () = shutdown.wait() => return,
            () = tagger.wanted.notified() => {}
            () = tagger.clock.sleep(RETRY_FIRST) => {}
        }
    }
}

/// Where the official Agent looks for Docker when `DOCKER_HOST` says nothing.
///
/// # Errors
/// The variable's text when it does not name a Unix socket.
pub(crate) fn docker_socket(docker_host: Option<&str>) -> Result<PathBuf, String> {
    match docker_host {
        None => {
            let mounted = PathBuf::from("/host/var/run/docker.sock");
            let own = PathBuf::from("/var/run/docker.sock");
            Ok(if mounted.exists() { mounted } else { own })
        }
        Some(host) => match host.strip_prefix("unix://") {
            Some(path) if path.starts_with('/') => Ok(path.into()),
            _ => Err(host.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests;
