//! Tags of hosts over time, and the table of them that queries share.
//!
//! Each row says which tags a source (`agent`, `users`, a cloud) gives a host from a time on. A
//! host's tags at a time are those of all sources together, each by its newest row until then; the
//! first row of a source also holds for the time before, because a host's points often arrive before
//! its metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use hashbrown::HashMap;
use model::{OrgId, TimeRange};
use parking_lot::Mutex;

/// Which tags each host of an org has had, and when.
#[derive(Clone, Debug, Default)]
pub struct HostTags {
    hosts: HashMap<Arc<str>, Timeline>,
    /// When the tags of some host changed, sorted.
    changes: Vec<i64>,
    /// Equal for equal content.
    version: u64,
}

/// What a source says of a host from a time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostTagRow {
    pub host: Arc<str>,
    pub source: Arc<str>,
    /// Canonical text: sorted, comma-joined. Empty when the source has taken its tags back.
    pub tags: Arc<str>,
    /// Unix milliseconds.
    pub time: i64,
}

#[derive(Clone, Debug, Default)]
struct Timeline {
    /// From when on, and the united tags as canonical text. The first begins at `i64::MIN`.
    spans: Vec<(i64, Arc<str>)>,
    /// Newest row of each source.
    by_source: BTreeMap<Arc<str>, Arc<str>>,
}

impl HostTags {
    pub fn from_rows(rows: impl IntoIterator<Item = HostTagRow>) -> Self {
        let mut hosts: HashMap<Arc<str>, Vec<HostTagRow>> = HashMap::new();
        for row in rows {
            hosts.entry(Arc::clone(&row.host)).or_default().push(row);
        }
        let hosts: HashMap<_, _> =
            hosts.into_iter().map(|(host, rows)| (host, Timeline::new(rows))).collect();
        let spans = hosts.values().flat_map(|timeline| timeline.spans.iter().skip(1));
        let mut changes: Vec<i64> = spans.map(|(from, _)| *from).collect();
        changes.sort_unstable();
        let version = hosts.iter().fold(0, |sum: u64, (host, timeline)| {
            let mut hash = DefaultHasher::new();
            (host, &timeline.spans).hash(&mut hash);
            sum.wrapping_add(hash.finish())
        });
        Self { hosts, changes, version }
    }

    /// The same number whenever all tags at all times are the same.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The united tags of a host at the end of time, as canonical text.
    pub fn newest(&self, host: &str) -> &str {
        let spans = self.hosts.get(host).map_or(&[][..], |timeline| &timeline.spans);
        spans.last().map_or("", |(_, tags)| tags)
    }

    /// The newest tags of a host by source, as canonical texts.
    pub fn by_source(&self, host: &str) -> impl Iterator<Item = (&str, &str)> {
        let timeline = self.hosts.get(host).into_iter();
        timeline.flat_map(|t| t.by_source.iter().map(|(source, tags)| (&**source, &**tags)))
    }

    /// All hosts that have ever had tags, in no order.
    pub fn hosts(&self) -> impl Iterator<Item = &Arc<str>> {
        self.hosts.keys()
    }

    /// Whether the tags of any host change within a range.
    pub(crate) fn changes_within(&self, range: TimeRange) -> bool {
        let next = self.changes.partition_point(|&time| time <= range.from);
        self.changes.get(next).is_some_and(|&time| time < range.to)
    }

    /// The spans of equal tags that touch a range, clipped to it; at least one.
    pub(crate) fn spans<'a>(&'a self, host: &str, range: TimeRange) -> Vec<(TimeRange, &'a str)> {
        let Some(timeline) = self.hosts.get(host) else {
            return vec![(range, "")];
        };
        let spans = &timeline.spans;
        let first = spans.partition_point(|(from, _)| *from <= range.from).saturating_sub(1);
        let mut found = Vec::with_capacity(1);
        for (i, (from, tags)) in spans.iter().enumerate().skip(first) {
            let to = spans.get(i + 1).map_or(range.to, |(next, _)| (*next).min(range.to));
            let span = TimeRange::new((*from).max(range.from), to);
            if *from >= range.to && i > first {
                break;
            }
            found.push((span, &**tags));
        }
        found
    }
}

impl Timeline {
    fn new(mut rows: Vec<HostTagRow>) -> Self {
        // Stable: of two rows of one time the later one wins.
        rows.sort_by_key(|row| row.time);
        let mut sources: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        for row in &rows {
            sources.entry(Arc::clone(&row.source)).or_insert_with(|| Arc::clone(&row.tags));
        }
        let mut spans = vec![(i64::MIN, unite(sources.values()))];
        for row in rows {
            sources.insert(row.source, row.tags);
            let tags = unite(sources.values());
            match spans.last_mut() {
                Some((_, last)) if *last == tags => {}
                Some((from, last)) if *from == row.time => *last = tags,
                _ => spans.push((row.time, tags)),
            }
        }
        Self { spans, by_source: sources }
    }
}

fn unite<'a>(texts: impl Iterator<Item = &'a Arc<str>>) -> Arc<str> {
    let tags: BTreeSet<&str> =
        texts.flat_map(|text| text.split(',')).filter(|tag| !tag.is_empty()).collect();
    tags.into_iter().collect::<Vec<_>>().join(",").into()
}

/// What a cached table was made of: if the store still has the same, the table is up to date.
pub(crate) type Fingerprint = (Vec<u64>, usize, usize);

/// The newest table of each org, with the fingerprint of what it was made of.
#[derive(Debug, Default)]
pub(crate) struct HostTagsCache(Mutex<HashMap<OrgId, (Fingerprint, Arc<HostTags>)>>);

impl HostTagsCache {
    pub(crate) fn get(&self, org: OrgId, fingerprint: &Fingerprint) -> Option<Arc<HostTags>> {
        let cache = self.0.lock();
        let (known, table) = cache.get(&org)?;
        (known == fingerprint).then(|| Arc::clone(table))
    }

    pub(crate) fn put(&self, org: OrgId, fingerprint: Fingerprint, table: &Arc<HostTags>) {
        self.0.lock().insert(org, (fingerprint, Arc::clone(table)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: &str, tags: &str, time: i64) -> HostTagRow {
        HostTagRow { host: "a".into(), source: source.into(), tags: tags.into(), time }
    }

    fn check(rows: &[HostTagRow], range: (i64, i64), expect: &[(i64, i64, &str)]) {
        let table = HostTags::from_rows(rows.iter().cloned());
        let spans = table.spans("a", TimeRange::new(range.0, range.1));
        let got: Vec<_> = spans.iter().map(|(r, tags)| (r.from, r.to, *tags)).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn sources_are_united_over_time() {
        let rows = [
            row("agent", "env:dev", 100),
            row("users", "team:x", 150),
            row("agent", "env:prod", 200),
            row("agent", "env:prod", 300),
            row("users", "", 400),
        ];
        check(&rows, (0, 50), &[(0, 50, "env:dev,team:x")]);
        check(&rows, (120, 180), &[(120, 180, "env:dev,team:x")]);
        check(&rows, (199, 201), &[(199, 200, "env:dev,team:x"), (200, 201, "env:prod,team:x")]);
        check(&rows, (200, 300), &[(200, 300, "env:prod,team:x")]);
        check(&rows, (350, 450), &[(350, 400, "env:prod,team:x"), (400, 450, "env:prod")]);
        check(&rows, (500, 600), &[(500, 600, "env:prod")]);
        check(&[], (5, 6), &[(5, 6, "")]);
        let table = HostTags::from_rows(rows);
        assert_eq!(table.newest("a"), "env:prod");
        assert_eq!(table.newest("b"), "");
    }
}
