//! The contexts: each is one series of DogStatsD, by metric, host, device and sorted tags.
//!
//! Finding a context is the hot path. A message's raw name and tags are hashed to 128 bits, and a
//! table leads from there to the context's slot; what is said of the sender goes into the hash too.
//! Only bytes that were never seen go through the [`Resolver`], which splits, sorts and joins them, and through a second table by the text of the
//! result. The hash is seeded at start, so nobody can aim at a collision.
//!
//! Slots are reused. A slot is freed when its context expires, and then every raw form that led to
//! it goes too, before the slot is given away again.

use hashbrown::HashTable;
use model::SeriesRef;
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::dogstatsd::parse::{Metric, MetricType, Origin};
use crate::dogstatsd::resolve::{Host, Resolver};

use super::values::Open;

/// Contexts that may be known at once; what goes past is dropped and counted. 1 Mi contexts take
/// about 200 MB.
const CONTEXTS_MAX: usize = 1 << 20;
/// Raw forms that are remembered; past this all are forgotten and found out anew.
const RAW_FORMS_MAX: usize = 2 * CONTEXTS_MAX;
/// The slot of metrics that are not to be sent.
const BLOCKED: u32 = u32::MAX;
/// No bucket.
pub(super) const NEVER: u32 = u32::MAX;

/// One series and its open bucket.
#[derive(Debug)]
pub(super) struct Context {
    /// Metric, host, device and tags after each other; empty when the slot is free.
    text: Box<str>,
    metric_len: u16,
    host_len: u16,
    device_len: u16,
    has_own_host: bool,
    pub(super) kind: MetricType,
    /// Number of the bucket that `value` or `open` belongs to; [`NEVER`] when there is none.
    pub(super) bucket: u32,
    /// The last bucket of which a value was sent, zeros aside; [`NEVER`] before the first.
    pub(super) last_sent: u32,
    /// Bucket in which anything was last heard, samples with a time of their own included.
    pub(super) touched: u32,
    /// Of counts and gauges.
    pub(super) value: f64,
    /// Of the other kinds.
    pub(super) open: Option<Box<Open>>,
    /// The distribution that a histogram is copied to.
    pub(super) copy: u32,
    pub(super) n_samples: u64,
}

impl Context {
    pub(super) fn is_free(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn own_host(&self) -> Host {
        match self.has_own_host {
            true => Host::Named(self.key("").host.to_owned()),
            false => Host::Agent,
        }
    }

    /// Its texts; `agent_host` is the host of those without one of their own.
    pub(super) fn key<'a>(&'a self, agent_host: &'a str) -> SeriesRef<'a> {
        let (metric, rest) = self.text.split_at(usize::from(self.metric_len));
        let (host, rest) = rest.split_at(usize::from(self.host_len));
        let (device, tags) = rest.split_at(usize::from(self.device_len));
        let host = if self.has_own_host { host } else { agent_host };
        SeriesRef { metric, host, device, tags }
    }
}

#[derive(Clone, Copy, Debug)]
struct RawForm {
    low: u64,
    high: u64,
    slot: u32,
    /// Whether it leads elsewhere once more is known of the sender.
    has_origin: bool,
}

/// Where a sample belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Slot(u32),
    Blocked,
    /// There are too many contexts.
    Full,
}

#[derive(Debug)]
pub(super) struct Contexts {
    pub(super) all: Vec<Context>,
    free: Vec<u32>,
    raw: HashTable<RawForm>,
    by_text: HashTable<u32>,
    seed: u64,
    n_max: usize,
}

impl Contexts {
    pub(super) fn new() -> Self {
        Self {
            all: Vec::new(),
            free: Vec::new(),
            raw: HashTable::new(),
            by_text: HashTable::new(),
            seed: u64::from_le_bytes(base::secure_bytes()),
            n_max: CONTEXTS_MAX,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len() - self.free.len()
    }

    /// The context of a message.
    #[inline]
    pub(super) fn find(&mut self, raw: &Metric<'_>, resolver: &mut Resolver) -> Found {
        let Metric { name, tags, kind, .. } = *raw;
        let mut seed = xxh3_64_with_seed(name, self.seed ^ kind as u64);
        if !raw.origin.is_empty() {
            seed = with_origin(&resolver.origins.admitted(&raw.origin), seed);
        }
        let hash = xxh3_128_with_seed(tags, seed);
        let (low, high) = (hash as u64, (hash >> 64) as u64);
        // The hash of no tags depends on the seed alone, as it should: `seed` is mixed in.
        match self.raw.find(low, |form| form.high == high && form.low == low) {
            Some(&RawForm { slot: BLOCKED, .. }) => Found::Blocked,
            Some(form) => Found::Slot(form.slot),
            None => self.resolve(raw, resolver, (low, high)),
        }
    }

    #[cold]
    fn resolve(
        &mut self,
        raw: &Metric<'_>,
        resolver: &mut Resolver,
        (low, high): (u64, u64),
    ) -> Found {
        let kind = raw.kind;
        let mut has_origin = false;
        let origin = resolver.origins.admitted(&raw.origin);
        let slot = match resolver.metric(raw.name, raw.tags, &origin) {
            None => BLOCKED,
            Some((name, mut tags)) => {
                has_origin = tags.has_origin;
                if kind == MetricType::Distribution && !tags.device.is_empty() {
                    // The sketches' format has no place for a device.
                    tags.tags.push(format!("device:{}", tags.device));
                    tags.tags.sort_unstable();
                    tags.device.clear();
                }
                let tags_text = tags.tags.join(",");
                match self.intern(&name, &tags.host, (&tags.device, &tags_text), kind) {
                    Some(slot) => slot,
                    None => return Found::Full,
                }
            }
        };
        if self.raw.len() >= RAW_FORMS_MAX {
            self.raw.clear();
        }
        self.raw.insert_unique(low, RawForm { low, high, slot, has_origin }, |form| form.low);
        if slot == BLOCKED { Found::Blocked } else { Found::Slot(slot) }
    }

    /// The context of texts in normal form; `None` when there is no place, or a text is too long
    /// to be meant.
    pub(super) fn intern(
        &mut self,
        metric: &str,
        host: &Host,
        (device, tags): (&str, &str),
        kind: MetricType,
    ) -> Option<u32> {
        let (has_own_host, host) = match host {
            Host::Agent => (false, ""),
            Host::Named(host) => (true, host.as_str()),
        };
        let lens = [metric, host, device].map(|text| u16::try_from(text.len()).ok());
        let [Some(metric_len), Some(host_len), Some(device_len)] = lens else { return None };
        let text = [metric, host, device, tags].concat();
        let hash = hash_of(&text, kind, self.seed);
        let (all, seed) = (&self.all, self.seed);
        let same = |&slot: &u32| {
            let context = &all[slot as usize];
            *context.text == *text
                && context.kind == kind
                && (context.metric_len, context.host_len, context.device_len)
                    == (metric_len, host_len, device_len)
                && context.has_own_host == has_own_host
        };
        if let Some(&slot) = self.by_text.find(hash, same) {
            return Some(slot);
        }
        if self.len() >= self.n_max {
            return None;
        }
        let context = Context {
            text: text.into_boxed_str(),
            metric_len,
            host_len,
            device_len,
            has_own_host,
            kind,
            bucket: NEVER,
            last_sent: NEVER,
            touched: 0,
            value: 0.0,
            open: None,
            copy: NEVER,
            n_samples: 0,
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.all[slot as usize] = context;
                slot
            }
            None => {
                self.all.push(context);
                (self.all.len() - 1) as u32
            }
        };
        let all = &self.all;
        self.by_text.insert_unique(hash, slot, |&slot| {
            let context = &all[slot as usize];
            hash_of(&context.text, context.kind, seed)
        });
        Some(slot)
    }

    /// Forgets where messages lead whose tags depend on their sender: its tags have changed.
    pub(super) fn forget_origins(&mut self) {
        self.raw.retain(|form| !form.has_origin);
    }

    /// Forgets the contexts of these slots and everything that leads to them.
    pub(super) fn remove(&mut self, slots: &[u32]) {
        if slots.is_empty() {
            return;
        }
        for &slot in slots {
            let context = &mut self.all[slot as usize];
            context.text = Box::default();
            context.open = None;
        }
        let all = &self.all;
        let is_live = |slot: u32| all.get(slot as usize).is_some_and(|context| !context.is_free());
        self.raw.retain(|form| form.slot == BLOCKED || is_live(form.slot));
        self.by_text.retain(|&mut slot| is_live(slot));
        for context in &mut self.all {
            let copy = context.copy;
            if copy != NEVER && slots.binary_search(&copy).is_ok() {
                context.copy = NEVER;
            }
        }
        self.free.extend_from_slice(slots);
        self.shrink();
    }

    /// Gives memory back when most slots are free.
    fn shrink(&mut self) {
        if self.free.len() == self.all.len() {
            self.all = Vec::new();
            self.free = Vec::new();
            self.raw = HashTable::new();
            self.by_text = HashTable::new();
        }
    }
}

/// Mixes who has sent a message into the seed of its hash.
#[inline(never)]
fn with_origin(origin: &Origin<'_>, mut seed: u64) -> u64 {
    let sender = origin.sender.as_bytes();
    for (i, part) in [origin.local, origin.external, origin.cardinality, sender].iter().enumerate()
    {
        // An empty part and a missing one are the same; the same part elsewhere is not.
        if !part.is_empty() {
            seed = xxh3_64_with_seed(part, seed.rotate_left(i as u32 + 1));
        }
    }
    seed
}

fn hash_of(text: &str, kind: MetricType, seed: u64) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed ^ kind as u64)
}

#[cfg(test)]
impl Contexts {
    pub(super) fn limit(&mut self, n_max: usize) {
        self.n_max = n_max;
    }
}
