//! Mapping profiles: names of a foreign scheme become a name and tags.
//!
//! The first profile whose prefix fits decides, and in it the first mapping that matches. Source:
//! `comp/dogstatsd/mapper/mapper.go` of the Agent.

use hashbrown::HashMap;
use regex_lite::Regex;

use crate::config::{MapperProfile, Mapping};

/// Whether a mapping can be used, and if not, why.
pub(crate) fn check(mapping: &Mapping) -> Result<(), String> {
    compile(mapping).map(|_| ())
}

fn compile(mapping: &Mapping) -> Result<Regex, String> {
    let pattern =
        if mapping.is_regex { mapping.pattern.clone() } else { wildcard(&mapping.pattern)? };
    Regex::new(&format!("^{pattern}$")).map_err(|e| format!("{:?}: {e}", mapping.pattern))
}

/// `a.*.b` as a regular expression with a group for each `*`.
fn wildcard(pattern: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_*.".contains(c);
    if let Some(other) = pattern.chars().find(|&c| !allowed(c)) {
        return Err(format!("{pattern:?}: {other:?} may not stand in a wildcard"));
    }
    if pattern.contains("**") {
        return Err(format!("{pattern:?}: `**` may not stand in a wildcard"));
    }
    Ok(pattern.replace('.', "\\.").replace('*', "([^.]*)"))
}

/// What a name becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
}

/// All profiles, with what they said about the names that came before.
#[derive(Debug)]
pub(crate) struct Mapper {
    profiles: Vec<Profile>,
    /// Emptied when it is full: names come in bursts, and a wrong guess costs one match.
    cache: HashMap<String, Option<Mapped>>,
    cache_len_max: usize,
}

#[derive(Debug)]
struct Profile {
    /// Empty for every metric.
    prefix: String,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: Regex,
    name: String,
    tags: Vec<(String, String)>,
}

impl Mapper {
    /// Patterns that do not compile are left out; the settings have named them before.
    pub(crate) fn new(profiles: &[MapperProfile], cache_len_max: usize) -> Self {
        let rule = |mapping: &Mapping| {
            let pattern = compile(mapping).ok()?;
            Some(Rule { pattern, name: mapping.name.clone(), tags: mapping.tags.clone() })
        };
        let profiles = profiles
            .iter()
            .map(|profile| Profile {
                prefix: if profile.prefix == "*" { String::new() } else { profile.prefix.clone() },
                rules: profile.mappings.iter().filter_map(rule).collect(),
            })
            .collect();
        Self { profiles, cache: HashMap::new(), cache_len_max }
    }

    /// What a name becomes; `None` when it stays as it is.
    pub(crate) fn map(&mut self, name: &str) -> Option<Mapped> {
        if self.profiles.is_empty() {
            return None;
        }
        if let Some(known) = self.cache.get(name) {
            return known.clone();
        }
        let mapped = self.find(name);
        if self.cache.len() >= self.cache_len_max {
            self.cache.clear();
        }
        self.cache.insert(name.to_owned(), mapped.clone());
        mapped
    }

    fn find(&self, name: &str) -> Option<Mapped> {
        let profile = self.profiles.iter().find(|p| name.starts_with(&p.prefix))?;
        profile.rules.iter().find_map(|rule| {
            let groups = rule.pattern.captures(name)?;
            let expand = |template: &str| {
                let mut text = String::new();
                groups.expand(template, &mut text);
                text
            };
            let tags = rule.tags.iter().map(|(k, v)| format!("{k}:{}", expand(v))).collect();
            Some(Mapped { name: expand(&rule.name), tags })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(pattern: &str, is_regex: bool, name: &str, tags: &[(&str, &str)]) -> Mapping {
        Mapping {
            pattern: pattern.to_owned(),
            is_regex,
            name: name.to_owned(),
            tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..Mapping::default()
        }
    }

    #[test]
    fn names_become_names_and_tags() {
        let profiles = [
            MapperProfile {
                name: "jobs".to_owned(),
                prefix: "test.".to_owned(),
                mappings: vec![
                    mapping(
                        "test.job.duration.*.*",
                        false,
                        "test.job.duration",
                        &[("type", "$1"), ("name", "$2")],
                    ),
                    mapping(r"test\.(\w+)\.size_(\d+)", true, "size.$1", &[("n", "${2}k")]),
                ],
            },
            MapperProfile {
                name: "all".to_owned(),
                prefix: "*".to_owned(),
                mappings: vec![mapping("*.airflow.*", false, "airflow.$2", &[("who", "$1")])],
            },
        ];
        let mut mapper = Mapper::new(&profiles, 2);
        for (name, expect) in [
            ("test.job.duration.a.b", Some(("test.job.duration", "type:a,name:b"))),
            ("test.job.duration.a.b.c", None),
            ("test.x.size_12", Some(("size.x", "n:12k"))),
            ("test.airflow.x", None),
            ("me.airflow.x", Some(("airflow.x", "who:me"))),
            ("me.airflow.x", Some(("airflow.x", "who:me"))),
            ("other", None),
        ] {
            let mapped = mapper.map(name).map(|m| (m.name, m.tags.join(",")));
            let mapped = mapped.as_ref().map(|(name, tags)| (name.as_str(), tags.as_str()));
            assert_eq!(mapped, expect, "{name}");
        }
    }

    #[test]
    fn bad_patterns_are_named() {
        for pattern in ["a.**", "a b", "a.(x)"] {
            assert!(check(&mapping(pattern, false, "n", &[])).is_err(), "{pattern}");
        }
        assert!(check(&mapping("a.(", true, "n", &[])).is_err());
    }
}
