//! Which groups a series belongs to, and when.
//!
//! Host tags change over time, so a series may move from one group to another: its points are split
//! in time, the series is not.

use std::sync::Arc;

use hashbrown::HashMap;
use lang::metrics::ScopeMatcher;
use model::{SeriesRef, TimeRange};

use super::series_tags::{SeriesTags, tag_of};
use crate::host_tags::HostTags;

/// What Datadog shows for a series that lacks the tag it is grouped by.
pub(crate) const NO_VALUE: &str = "N/A";

/// Groups of one series: more come only of many values for several keys at once, of which the
/// combinations grow without a bound.
const GROUPS_OF_SERIES_MAX: usize = 1000;

/// Decides for each series of a query.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pub scope: ScopeMatcher,
    /// Tag keys, in lower case.
    pub by: Vec<String>,
    pub host_tags: Arc<HostTags>,
    pub range: TimeRange,
}

/// For how long a series belongs to which groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub range: TimeRange,
    /// Indexes into [`Groups`].
    pub groups: Vec<u32>,
}

/// The groups found so far, numbered in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    index: HashMap<Vec<String>, u32>,
    /// `key:value` of each tag key, in the order of the query.
    pub tag_sets: Vec<Vec<String>>,
    /// Some series has more groups than [`GROUPS_OF_SERIES_MAX`]; those past it are missing.
    pub is_cut: bool,
}

impl Selector {
    /// Calls `f` with each span of equal tags of the series.
    fn each_span<'a>(&'a self, key: SeriesRef<'a>, f: &mut dyn FnMut(TimeRange, SeriesTags<'_>)) {
        let (host, device) = (tag_of("host", key.host), tag_of("device", key.device));
        for (range, host_tags) in self.host_tags.spans(key.host, self.range) {
            f(range, SeriesTags { host: &host, device: &device, own: key.tags, host_tags });
        }
    }

    /// Whether any part of the series is wanted.
    pub(crate) fn selects(&self, key: SeriesRef<'_>) -> bool {
        if self.scope.is_all() {
            return true;
        }
        let mut found = false;
        self.each_span(key, &mut |_, tags| found = found || self.scope.matches(&tags));
        found
    }

    /// Whether the series is wanted in part, or moves between groups: it can then not be answered
    /// from rollups, which may straddle the moment.
    pub(crate) fn splits(&self, key: SeriesRef<'_>) -> bool {
        if self.host_tags.spans(key.host, self.range).len() < 2 {
            return false;
        }
        self.memberships(key, &mut Groups::default()).len() != 1
    }

    /// The groups of a series over time; spans of the same groups are one. A span that the scope
    /// does not want has no groups.
    pub(crate) fn memberships(&self, key: SeriesRef<'_>, groups: &mut Groups) -> Vec<Membership> {
        let mut found: Vec<Membership> = Vec::with_capacity(1);
        self.each_span(key, &mut |range, tags| {
            let ids = match self.scope.matches(&tags) {
                true => groups.of(&self.by, tags),
                false => Vec::new(),
            };
            match found.last_mut() {
                Some(last) if last.groups == ids => last.range.to = range.to,
                _ => found.push(Membership { range, groups: ids }),
            }
        });
        found
    }
}

impl Groups {
    pub(crate) fn len(&self) -> usize {
        self.tag_sets.len()
    }

    /// Each combination of the values that the series has for the keys.
    fn of(&mut self, by: &[String], tags: SeriesTags<'_>) -> Vec<u32> {
        let mut sets: Vec<Vec<String>> = vec![Vec::with_capacity(by.len())];
        for key in by {
            let mut values: Vec<&str> = tags.values(key).collect();
            values.sort_unstable();
            values.dedup();
            if values.is_empty() {
                values.push(NO_VALUE);
            }
            let n_max = GROUPS_OF_SERIES_MAX / sets.len();
            self.is_cut |= values.len() > n_max;
            values.truncate(n_max.max(1));
            let with = |set: &Vec<String>, value: &str| {
                let mut set = set.clone();
                set.push(format!("{key}:{value}"));
                set
            };
            sets = sets
                .iter()
                .flat_map(|set| values.iter().map(move |value| with(set, value)))
                .collect();
        }
        sets.into_iter().map(|set| self.id(set)).collect()
    }

    fn id(&mut self, set: Vec<String>) -> u32 {
        if let Some(&id) = self.index.get(&set) {
            return id;
        }
        let id = self.tag_sets.len() as u32;
        self.tag_sets.push(set.clone());
        self.index.insert(set, id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host_tags::HostTagRow;

    #[test]
    fn combinations_are_bounded() {
        let tags: Vec<String> =
            (0..120).map(|i| format!("{}:{i}", ["a", "b", "c"][i % 3])).collect();
        let tags = tags.join(",");
        let series = SeriesTags { host: "", device: "", own: &tags, host_tags: "" };
        let keys = |keys: &[&str]| keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>();
        let mut groups = Groups::default();
        assert_eq!(groups.of(&keys(&["a"]), series).len(), 40);
        assert!(!groups.is_cut);
        assert!(groups.of(&keys(&["a", "b", "c"]), series).len() <= GROUPS_OF_SERIES_MAX);
        assert!(groups.is_cut);
    }

    fn check(by: &[&str], tags: &str, expect: &[(i64, i64, &[&str])]) {
        let row = |tags: &str, time| HostTagRow {
            host: "a".into(),
            source: "agent".into(),
            tags: tags.into(),
            time,
        };
        let rows = [row("env:dev", 0), row("env:dev,x:y", 40), row("env:prod", 60)];
        let selector = Selector {
            scope: ScopeMatcher::new(&lang::metrics::ast::Scope::All),
            by: by.iter().map(|key| (*key).to_owned()).collect(),
            host_tags: Arc::new(HostTags::from_rows(rows)),
            range: TimeRange::new(10, 100),
        };
        let key = SeriesRef { metric: "m", host: "a", device: "", tags };
        let mut groups = Groups::default();
        let found = selector.memberships(key, &mut groups);
        let text = |id: &u32| groups.tag_sets[*id as usize].join(",");
        let got: Vec<(i64, i64, Vec<String>)> = found
            .iter()
            .map(|m| (m.range.from, m.range.to, m.groups.iter().map(text).collect()))
            .collect();
        let expect: Vec<(i64, i64, Vec<String>)> = expect
            .iter()
            .map(|(from, to, sets)| (*from, *to, sets.iter().map(|s| (*s).to_owned()).collect()))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn series_are_split_in_time_between_groups() {
        check(&[], "", &[(10, 100, &[""])]);
        check(&["host"], "", &[(10, 100, &["host:a"])]);
        check(&["env"], "", &[(10, 60, &["env:dev"]), (60, 100, &["env:prod"])]);
        check(&["rack"], "", &[(10, 100, &["rack:N/A"])]);
        check(&["t", "host"], "t:1,t:2", &[(10, 100, &["t:1,host:a", "t:2,host:a"])]);
    }
}
