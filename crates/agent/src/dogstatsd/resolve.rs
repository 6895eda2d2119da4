//! From the texts of a message to those of a series: mapping, namespace, filter, special tags.
//!
//! Runs only when a metric's raw bytes are seen for the first time; see `aggregate::contexts`.
//! Order as in the Agent's `comp/dogstatsd/server/{server,enrich}.go`: profiles map the name, the
//! namespace goes before it, the blocklist looks at the result.

use std::borrow::Cow;

use super::mapper::Mapper;
use super::origin::{Internal, Origins};
use super::parse::Origin;
use crate::config::DogStatsdConfig;

/// The host of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Host {
    /// The one on which the agent runs.
    #[default]
    Agent,
    /// What `host:` says; empty for no host at all.
    Named(String),
}

/// What a message's tags come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    pub(crate) host: Host,
    pub(crate) device: String,
    /// Sorted, each once.
    pub(crate) tags: Vec<String>,
    /// Whether they would be others had somebody else sent the message.
    pub(crate) has_origin: bool,
}

/// The settings that shape names and tags.
#[derive(Debug)]
pub(crate) struct Resolver {
    mapper: Mapper,
    namespace: String,
    namespace_blacklist: Vec<String>,
    blocklist: Vec<String>,
    blocklist_match_prefix: bool,
    extra_tags: Vec<String>,
    pub(crate) origins: Origins,
}

impl Resolver {
    pub(crate) fn new(config: &DogStatsdConfig) -> Self {
        Self {
            mapper: Mapper::new(&config.mapper_profiles, config.mapper_cache_len),
            namespace: config.namespace.clone(),
            namespace_blacklist: config.namespace_blacklist.clone(),
            blocklist: config.blocklist.clone(),
            blocklist_match_prefix: config.blocklist_match_prefix,
            extra_tags: config.tags.clone(),
            origins: Origins::new(&config.origin),
        }
    }

    /// Name and tags of a metric; `None` when the blocklist has it.
    pub(crate) fn metric(
        &mut self,
        name: &[u8],
        tags: &[u8],
        origin: &Origin<'_>,
    ) -> Option<(String, Tags)> {
        let name = String::from_utf8_lossy(name);
        let (name, mapped_tags) = match self.mapper.map(&name) {
            Some(mapped) => (Cow::Owned(mapped.name), mapped.tags),
            None => (name, Vec::new()),
        };
        let is_exempt = self.namespace_blacklist.iter().any(|p| name.starts_with(p.as_str()));
        let name = if self.namespace.is_empty() || is_exempt {
            name.into_owned()
        } else {
            format!("{}{name}", self.namespace)
        };
        let is_blocked = self.blocklist.iter().any(|blocked| {
            *blocked == name || self.blocklist_match_prefix && name.starts_with(blocked.as_str())
        });
        if is_blocked {
            return None;
        }
        let mut tags = self.tags(tags, origin);
        if !mapped_tags.is_empty() {
            tags.tags.extend(mapped_tags);
            tags.tags.sort_unstable();
            tags.tags.dedup();
        }
        Some((name, tags))
    }

    /// The tags of any message, with `dogstatsd_tags` and those of its sender.
    pub(crate) fn tags(&self, raw: &[u8], origin: &Origin<'_>) -> Tags {
        let mut internal = Internal::default();
        let mut out = Tags { tags: self.extra_tags.clone(), ..Tags::default() };
        for tag in raw.split(|&b| b == b',').filter(|tag| !tag.is_empty()) {
            let tag = String::from_utf8_lossy(tag);
            if let Some(host) = tag.strip_prefix("host:") {
                out.host = Host::Named(host.to_owned());
            } else if let Some(device) = tag.strip_prefix("device:") {
                out.device = device.to_owned();
            } else if !internal.read(&tag) {
                out.tags.push(tag.into_owned());
            }
        }
        self.origins.add_tags(origin, &internal, &mut out.tags);
        out.has_origin = self.origins.matters(origin, &internal);
        out.tags.sort_unstable();
        out.tags.dedup();
        out
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Config;

    fn resolver(yaml: &str) -> Resolver {
        let text = format!("api_key: k\n{yaml}");
        let config = Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap();
        Resolver::new(&config.dogstatsd)
    }

    fn shown(resolver: &mut Resolver, name: &str, tags: &str) -> String {
        match resolver.metric(name.as_bytes(), tags.as_bytes(), &Origin::default()) {
            None => "blocked".to_owned(),
            Some((name, tags)) => {
                let host = match tags.host {
                    Host::Agent => String::new(),
                    Host::Named(host) => format!(" host={host}."),
                };
                let device = if tags.device.is_empty() { "" } else { " device=" };
                format!("{name} [{}]{host}{device}{}", tags.tags.join(","), tags.device)
            }
        }
    }

    #[test]
    fn names_and_tags() {
        let mut plain = resolver("");
        for (name, tags, expect) in [
            ("a", "", "a []"),
            ("a", "b,a:2,,a:1,b", "a [a:1,a:2,b]"),
            ("a", "host:web,x", "a [x] host=web."),
            ("a", "host:,x", "a [x] host=."),
            ("a", "device:sda,x", "a [x] device=sda"),
            (
                "a",
                "dd.internal.entity_id:pod,dd.internal.card:low,dd.internal.jmx_check_name:j,x",
                "a [x]",
            ),
            ("a", "hostname:x", "a [hostname:x]"),
        ] {
            assert_eq!(shown(&mut plain, name, tags), expect, "{name} {tags}");
        }
        let mut all = resolver(
            "statsd_metric_namespace: my\nstatsd_metric_blocklist: [my.bad, kafka.x]\ndogstatsd_tags: [z:1, team:a]\n\
             dogstatsd_mapper_profiles:\n- {name: p, prefix: 'job.', mappings: [{match: 'job.*.time', name: job.time, tags: {job: $1}}]}\n",
        );
        for (name, expect) in [
            ("a", "my.a [b:2,team:a,z:1]"),
            ("kafka.lag", "kafka.lag [b:2,team:a,z:1]"),
            ("kafka.x", "blocked"),
            ("bad", "blocked"),
            ("badly", "my.badly [b:2,team:a,z:1]"),
            ("job.cron.time", "my.job.time [b:2,job:cron,team:a,z:1]"),
        ] {
            assert_eq!(shown(&mut all, name, "b:2,z:1"), expect, "{name}");
        }
        let mut prefix = resolver(
            "statsd_metric_blocklist: [bad]\nstatsd_metric_blocklist_match_prefix: true\n",
        );
        assert_eq!(shown(&mut prefix, "badly", ""), "blocked");
    }
}
