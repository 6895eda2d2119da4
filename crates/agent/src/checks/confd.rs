//! `conf.d`: which files there are, which of them count, and what they say.
//!
//! Read are `CHECK.d/*.yaml` and the older `CHECK.yaml`. A `conf.yaml.default` counts only when no
//! other file of that check could be used. `auto_conf.yaml` and files with `ad_identifiers` are
//! templates for containers, `metrics.yaml` is for JMX, `*.example` is for people: not read here.
//! A file that is wrong is an error with its line and costs no other file.
//!
//! Source: the Agent's `comp/core/autodiscovery/providers/config_reader.go`.

use std::path::{Path, PathBuf};

use crate::config::yaml::{self, Value};

use super::settings::{SettingError, Settings};

/// Bytes of the largest file that is read.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// Most files that are looked at.
const FILES_MAX: usize = 5000;

/// A file's content: one check's `init_config` and its instances.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckConfig {
    pub name: String,
    /// `file:PATH`, or `built-in` for defaults without a file.
    pub source: String,
    /// `file` or `built-in`.
    pub provider: &'static str,
    /// Whether nobody wrote it on this host: a `conf.yaml.default`, or no file at all.
    pub is_default: bool,
    pub init_config: Settings,
    pub instances: Vec<Settings>,
}

impl CheckConfig {
    /// One instance with nothing set.
    pub fn built_in(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            source: "built-in".to_owned(),
            provider: "built-in",
            is_default: true,
            init_config: Settings::default(),
            instances: vec![Settings::default()],
        }
    }

    /// The file, for messages.
    pub fn path(&self) -> &str {
        self.source.strip_prefix("file:").unwrap_or(&self.source)
    }
}

/// What is wrong with the configuration of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    pub check: String,
    /// Names the file, the line and the key.
    pub message: String,
}

/// What `conf.d` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    pub configs: Vec<CheckConfig>,
    pub errors: Vec<ConfigProblem>,
}

/// A file that may count.
struct Candidate {
    check: String,
    path: PathBuf,
    is_default: bool,
}

/// Reads `conf.d`. One that is not there is empty.
pub fn load(dir: &Path) -> Loaded {
    let mut loaded = Loaded::default();
    let (defaults, files): (Vec<_>, Vec<_>) =
        candidates(dir).into_iter().partition(|file| file.is_default);
    // Files first: a default counts only for checks of which no file could be used.
    for file in files.into_iter().chain(defaults) {
        if file.is_default && loaded.configs.iter().any(|c| c.name == file.check) {
            continue;
        }
        match read_file(&file) {
            Ok(Some(config)) => loaded.configs.push(config),
            Ok(None) => {}
            Err(problem) => loaded.errors.push(ConfigProblem {
                check: file.check.clone(),
                message: format!("{}: {problem}", file.path.display()),
            }),
        }
    }
    loaded
}

fn sorted_entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).take(FILES_MAX).collect();
    paths.sort();
    paths
}

fn candidates(dir: &Path) -> Vec<Candidate> {
    let mut found = Vec::new();
    for path in sorted_entries(dir) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        match name.strip_suffix(".d") {
            Some(check) if path.is_dir() => {
                for file in sorted_entries(&path) {
                    found.extend(candidate(check, file));
                }
            }
            _ => {
                let check = name.split('.').next().unwrap_or_default().to_owned();
                found.extend(candidate(&check, path.clone()));
            }
        }
    }
    found.truncate(FILES_MAX);
    found
}

fn candidate(check: &str, path: PathBuf) -> Option<Candidate> {
    let name = path.file_name()?.to_str()?;
    let is_default = name.ends_with(".yaml.default");
    let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let is_template = matches!(name, "auto_conf.yaml" | "metrics.yaml");
    let takes = (is_yaml || is_default) && !is_template && !check.is_empty() && path.is_file();
    takes.then(|| Candidate { check: check.to_owned(), path, is_default })
}

/// `None` when the file holds nothing for the collector.
fn read_file(file: &Candidate) -> Result<Option<CheckConfig>, String> {
    let size = std::fs::metadata(&file.path).map_err(|e| e.to_string())?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("has {size} bytes; at most {FILE_BYTES_MAX} are read"));
    }
    let bytes = std::fs::read(&file.path).map_err(|e| format!("cannot be read: {e}"))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        format!("line {}: not UTF-8", 1 + before.iter().filter(|b| **b == b'\n').count())
    })?;
    parse(file, &text)
}

fn parse(file: &Candidate, text: &str) -> Result<Option<CheckConfig>, String> {
    let root = yaml::parse(text).map_err(|e| e.to_string())?;
    let root = Settings::new(&root, "file").map_err(|e| e.to_string())?;
    let top = root.node();
    let has = |key: &str| top.get(key).is_some_and(|node| !node.is_null());
    if has("ad_identifiers") || has("advanced_ad_identifiers") {
        return Ok(None);
    }
    if !has("instances") {
        return if has("logs") || has("jmx_metrics") || top.entries().is_empty() {
            Ok(None)
        } else {
            Err("has no `instances`: nothing to run".to_owned())
        };
    }
    let init_config = match top.get("init_config") {
        Some(node) => Settings::new(node, "init_config").map_err(|e| e.to_string())?,
        None => Settings::default(),
    };
    let instances = instances(&root).map_err(|e| e.to_string())?;
    Ok(Some(CheckConfig {
        name: file.check.clone(),
        source: format!("file:{}", file.path.display()),
        provider: "file",
        is_default: file.is_default,
        init_config,
        instances,
    }))
}

fn instances(root: &Settings) -> Result<Vec<Settings>, SettingError> {
    let entry = root.node().entry("instances").expect("BUG: the caller saw `instances`");
    let Value::List(items) = &entry.node.value else {
        return Err(SettingError {
            line: entry.line,
            key: entry.key.clone(),
            problem: format!("expected a list of maps, found {}", entry.node.describe()),
        });
    };
    items
        .iter()
        .enumerate()
        .map(|(i, item)| Settings::new(item, &format!("instances[{i}]")))
        .collect()
}
