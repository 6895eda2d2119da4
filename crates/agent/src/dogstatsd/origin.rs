//! Who sent a message, and which tags that brings: the official Agent's rules.
//!
//! A message may name its sender in up to four ways: the process at the other end of a Unix socket,
//! the field `c:`, the field `e:`, and the tag `dd.internal.entity_id`. Which of them counts follows
//! `EnrichTags` of the Agent's `comp/core/tagger/impl/tagger.go`:
//!
//! - As it is by default, the socket's container *and* what the client says add their tags; the tag
//!   `dd.internal.entity_id` goes before `c:`, its value `none` switches `c:` off, and with
//!   `dogstatsd_entity_id_precedence` it switches the socket off as well.
//! - With `origin_detection_unified` the first that is known adds its tags: socket, `c:`, the
//!   container of `e:`, the tag, the pod of `e:`.
//!
//! `e:` counts without `origin_detection_unified` too, where a message has neither tag nor a known
//! `c:`; the official Agent leaves such a message without tags.

use std::sync::Arc;

use super::parse::Origin;
use crate::config::OriginConfig;
use crate::tagger::{Cardinality, Entity, EntityTags, Tagger};

const ENTITY_ID: &str = "dd.internal.entity_id:";
/// Bytes of a container's id that are worth looking for.
const ID_BYTES_MAX: usize = 128;
const CARDINALITY: &str = "dd.internal.card:";

/// The rules with what they ask.
#[derive(Debug)]
pub(crate) struct Origins {
    config: OriginConfig,
    tagger: Option<Arc<Tagger>>,
    /// The last generation whose answers are remembered somewhere.
    generation: u64,
}

/// What a message's own tags say of its sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Internal {
    entity_id: String,
    cardinality: String,
}

impl Internal {
    /// Takes a tag that steers the agent; false for any other.
    pub(crate) fn read(&mut self, tag: &str) -> bool {
        if let Some(id) = tag.strip_prefix(ENTITY_ID) {
            self.entity_id = id.to_owned();
        } else if let Some(cardinality) = tag.strip_prefix(CARDINALITY) {
            self.cardinality = cardinality.to_owned();
        } else {
            return tag.starts_with("dd.internal.jmx_check_name:");
        }
        true
    }

    fn is_empty(&self) -> bool {
        self.entity_id.is_empty()
    }
}

/// `c:` taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Local {
    container: String,
    inode: u64,
}

/// `e:` taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct External {
    pod: String,
    container: String,
}

impl Origins {
    pub(crate) fn new(config: &OriginConfig) -> Self {
        Self { config: config.clone(), tagger: None, generation: 0 }
    }

    pub(crate) fn set_tagger(&mut self, tagger: Arc<Tagger>) {
        self.generation = tagger.generation();
        self.tagger = Some(tagger);
    }

    /// The fields that count of those that a message has.
    #[inline]
    pub(crate) fn admitted<'a>(&self, origin: &Origin<'a>) -> Origin<'a> {
        match self.config.client {
            true => *origin,
            false => Origin { sender: origin.sender, ..Origin::default() },
        }
    }

    /// Whether answers that were given since the last call are wrong now.
    #[inline]
    pub(crate) fn has_changed(&mut self) -> bool {
        let Some(tagger) = &self.tagger else { return false };
        let generation = tagger.generation();
        std::mem::replace(&mut self.generation, generation) != generation
    }

    /// Whether a message's tags depend on its sender.
    pub(crate) fn matters(&self, origin: &Origin<'_>, internal: &Internal) -> bool {
        !origin.is_empty() || !internal.is_empty()
    }

    /// Adds the tags that a message gets for its sender.
    pub(crate) fn add_tags(
        &self,
        origin: &Origin<'_>,
        internal: &Internal,
        tags: &mut Vec<String>,
    ) {
        let Some(tagger) = &self.tagger else { return };
        if !self.matters(origin, internal) {
            return;
        }
        let text = String::from_utf8_lossy(origin.cardinality);
        let asked = if text.is_empty() { internal.cardinality.as_str() } else { &text };
        let asked = Cardinality::from_name(asked);
        if asked == Some(Cardinality::None) && (self.config.opt_out || self.config.unified) {
            return;
        }
        let cardinality = asked.unwrap_or(self.config.cardinality);
        let found = match self.config.unified {
            true => self.unified(tagger, origin, internal),
            false => self.legacy(tagger, origin, internal),
        };
        for entity in found {
            tags.extend(entity.up_to(cardinality).map(str::to_owned));
        }
    }

    fn legacy(
        &self,
        tagger: &Tagger,
        origin: &Origin<'_>,
        internal: &Internal,
    ) -> Vec<Arc<EntityTags>> {
        let mut found = Vec::new();
        let counts = internal.entity_id.is_empty() || !self.config.entity_id_precedence;
        if counts && let Some(entity) = sender(origin) {
            found.extend(tagger.lookup(&entity));
        }
        match internal.entity_id.as_str() {
            "" => {
                let local = Local::read(origin.local).entity();
                let external = External::read(origin.external);
                let client = local.and_then(|entity| tagger.lookup(&entity));
                found.extend(client.or_else(|| external.lookup(tagger)));
            }
            "none" => {}
            uid => found.extend(tagger.lookup(&Entity::Pod(uid.to_owned()))),
        }
        found
    }

    fn unified(
        &self,
        tagger: &Tagger,
        origin: &Origin<'_>,
        internal: &Internal,
    ) -> Vec<Arc<EntityTags>> {
        let external = External::read(origin.external);
        let pod =
            |uid: &str| (!uid.is_empty() && uid != "none").then(|| Entity::Pod(uid.to_owned()));
        let ladder = [
            sender(origin),
            Local::read(origin.local).entity(),
            external.entity(),
            pod(&internal.entity_id),
            pod(&external.pod),
        ];
        ladder.iter().flatten().find_map(|entity| tagger.lookup(entity)).into_iter().collect()
    }
}

fn sender(origin: &Origin<'_>) -> Option<Entity> {
    (!origin.sender.is_empty()).then(|| Entity::Container(origin.sender.to_owned()))
}

impl Local {
    /// `ci-ID`, `in-INODE`, both with a comma between, or as old clients write it `ID` or `cid-ID`.
    fn read(bytes: &[u8]) -> Self {
        let mut local = Self::default();
        let text = String::from_utf8_lossy(bytes);
        for part in text.split(',').filter(|part| !part.is_empty()) {
            match part.strip_prefix("in-") {
                Some(inode) => local.inode = inode.parse().unwrap_or(0),
                None => {
                    let id = part.strip_prefix("ci-").or_else(|| part.strip_prefix("cid-"));
                    local.container = id.unwrap_or(part).to_owned();
                }
            }
        }
        local
    }

    /// What it names; nothing when that cannot be a container.
    fn entity(self) -> Option<Entity> {
        if (1..=ID_BYTES_MAX).contains(&self.container.len()) {
            return Some(Entity::Container(self.container));
        }
        (self.inode != 0).then_some(Entity::Cgroup(self.inode))
    }
}

impl External {
    /// `it-BOOL,cn-CONTAINER,pu-POD` in any order.
    fn read(bytes: &[u8]) -> Self {
        let mut external = Self::default();
        let text = String::from_utf8_lossy(bytes);
        for part in text.split(',') {
            if let Some(container) = part.strip_prefix("cn-") {
                external.container = container.to_owned();
            } else if let Some(pod) = part.strip_prefix("pu-") {
                external.pod = pod.to_owned();
            }
        }
        external
    }

    fn entity(&self) -> Option<Entity> {
        let is_whole = !self.pod.is_empty() && !self.container.is_empty();
        is_whole.then(|| Entity::PodContainer(self.pod.clone(), self.container.clone()))
    }

    /// The container's tags, else the pod's.
    fn lookup(&self, tagger: &Tagger) -> Option<Arc<EntityTags>> {
        let pod = (!self.pod.is_empty()).then(|| Entity::Pod(self.pod.clone()));
        [self.entity(), pod].iter().flatten().find_map(|entity| tagger.lookup(entity))
    }
}

#[cfg(test)]
mod tests;
