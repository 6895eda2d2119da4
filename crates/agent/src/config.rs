//! The agent's settings: `datadog.yaml` and `DD_*` as the official Agent reads them.
//!
//! Flow: [`Config::load`] finds the file, [`yaml`] parses it with lines, [`reader`] looks each key
//! up (environment before file before default) and the structs below get their fields. Precedence
//! and names: the Agent's `pkg/config/setup/config.go`.
//!
//! What is wrong never stops at the first: [`ConfigError`] lists every mistake with file, line and
//! key. Keys of features that other parts read are accepted; unknown ones are kept and warned about.

mod known;
mod reader;
pub mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value as Json};

pub use yaml::Node;

use crate::tagger::Cardinality;
use reader::{Env, Reader};

/// Where the official Agent keeps its file on Linux.
pub const DEFAULT_FILE: &str = "/etc/datadog-agent/datadog.yaml";

/// Where a setting is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    /// Line of `datadog.yaml`, 1-based.
    File(usize),
    /// Name of the variable.
    Env(String),
}

impl Source {
    fn place(&self, path: &Path) -> String {
        match self {
            Self::Default => "defaults".to_owned(),
            Self::File(line) => format!("{}:{line}", path.display()),
            Self::Env(name) => format!("environment variable {name}"),
        }
    }

    /// The same source, at another line of a file.
    fn at(&self, line: usize) -> Self {
        match self {
            Self::File(_) => Self::File(line),
            other => other.clone(),
        }
    }
}

/// One row of the runtime configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub value: Json,
    pub source: Source,
}

/// A mistake in the settings, with its place: `FILE:LINE`, or a variable's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: String,
    /// Empty when the whole file is meant.
    pub key: String,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}: {}", self.place, self.message),
            key => write!(f, "{}: {key}: {}", self.place, self.message),
        }
    }
}

/// Settings with which the agent cannot run: every mistake that was found, one a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// All settings, resolved.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read; `None` when there is none and the environment says all.
    pub path: Option<PathBuf>,
    /// What is odd but does not stop the agent: unknown keys and their nearest known ones.
    pub warnings: Vec<Problem>,
    pub api_key: String,
    pub site: String,
    /// Base URL of the main intake, without a slash at its end.
    pub dd_url: String,
    /// Base URL → API keys, apart from the main one.
    pub additional_endpoints: BTreeMap<String, Vec<String>>,
    pub host: HostConfig,
    pub run_path: PathBuf,
    pub confd_path: PathBuf,
    /// Checks that may run at the same time.
    pub check_runners: usize,
    /// Root of the process file system that the checks read; `/proc` unless `HOST_PROC` or
    /// `procfs_path` says otherwise.
    pub procfs_path: PathBuf,
    pub cmd_host: String,
    /// 0 takes a free port.
    pub cmd_port: u16,
    pub log: LogConfig,
    pub enable_metadata_collection: bool,
    pub enable_gohai: bool,
    pub inventories_enabled: bool,
    pub inventories_configuration_enabled: bool,
    pub dogstatsd: DogStatsdConfig,
    pub tagger: TaggerConfig,
    pub histogram: HistogramConfig,
    pub forwarder: ForwarderConfig,
    pub serializer: SerializerConfig,
    table: BTreeMap<String, Setting>,
    /// The file as JSON, for keys that nobody here reads.
    file: Json,
}

/// Who the host is and which tags it carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostConfig {
    /// Empty when it is to be found out.
    pub hostname: String,
    pub hostname_file: String,
    pub hostname_fqdn: bool,
    pub hostname_trust_uts_namespace: bool,
    pub aliases: Vec<String>,
    pub tags: Vec<String>,
    pub extra_tags: Vec<String>,
    pub env: String,
}

impl HostConfig {
    /// The host's tags: `tags`, `extra_tags` and `env:`, sorted, each once.
    pub fn all_tags(&self) -> Vec<String> {
        let env = (!self.env.is_empty()).then(|| format!("env:{}", self.env));
        let tags = self.tags.iter().chain(&self.extra_tags).cloned();
        let tags: BTreeSet<String> = tags.chain(env).collect();
        tags.into_iter().collect()
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogConfig {
    /// `trace`, `debug`, `info`, `warn`, `error`, `critical` or `off`.
    pub level: String,
    /// Empty when the agent is to choose.
    pub file: String,
    pub to_console: bool,
    pub format_json: bool,
    pub file_max_bytes: u64,
    pub file_max_rolls: usize,
    pub file_disabled: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DogStatsdConfig {
    pub enabled: bool,
    /// 0 switches UDP off.
    pub port: u16,
    pub bind_host: String,
    pub non_local_traffic: bool,
    /// Path of the datagram socket; empty switches it off.
    pub socket: String,
    /// Whether somebody named that path; the default one may be missing without a word.
    pub socket_is_set: bool,
    pub stream_socket: String,
    /// Bytes of the largest packet.
    pub buffer_bytes: usize,
    /// Bytes of the kernel's receive buffer; 0 takes as much as the agent thinks good.
    pub so_rcvbuf: usize,
    /// Packets that may wait to be parsed.
    pub queue_packets: usize,
    pub tags: Vec<String>,
    /// Transports (`udp`, `uds`, `named_pipe`) on which the last line needs its newline.
    pub eol_required: Vec<String>,
    pub expiry: Duration,
    pub context_expiry: Duration,
    pub no_aggregation_pipeline: bool,
    pub origin: OriginConfig,
    /// Count samples by metric for `dogstatsd-stats`.
    pub metrics_stats: bool,
    /// Ends in a dot; empty for none.
    pub namespace: String,
    pub namespace_blacklist: Vec<String>,
    pub blocklist: Vec<String>,
    pub blocklist_match_prefix: bool,
    pub mapper_profiles: Vec<MapperProfile>,
    pub mapper_cache_len: usize,
    pub forward_host: String,
    pub forward_port: u16,
}

/// Whether the sender of a message brings tags.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginConfig {
    /// Ask the kernel who sends on a Unix socket.
    pub detection: bool,
    /// Believe the fields `c:`, `e:` and `card:`.
    pub client: bool,
    /// Of the tags that a message gets unless it says otherwise.
    pub cardinality: Cardinality,
    /// A message with the cardinality `none` gets no tags.
    pub opt_out: bool,
    /// The tag `dd.internal.entity_id` switches the detection by socket off.
    pub entity_id_precedence: bool,
    /// The first known way to tell the sender counts alone.
    pub unified: bool,
}

/// Where containers are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggerConfig {
    pub proc_root: PathBuf,
    pub cgroup_root: PathBuf,
    /// `None` when Docker is not to be asked.
    pub docker_socket: Option<PathBuf>,
    pub docker_timeout: Duration,
    /// A `DOCKER_HOST` that cannot be asked.
    pub docker_refused: Option<String>,
    /// Label of a container → name of its tag; labels in lower case.
    pub labels_as_tags: BTreeMap<String, String>,
    /// Variable of a container → name of its tag; variables in lower case.
    pub env_as_tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapperProfile {
    pub name: String,
    /// `*` for every metric.
    pub prefix: String,
    pub mappings: Vec<Mapping>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// `FILE:LINE` or the variable, for messages.
    pub place: String,
    pub pattern: String,
    pub is_regex: bool,
    pub name: String,
    /// Tag → its template, such as `$1`.
    pub tags: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HistogramConfig {
    /// Of `max`, `min`, `median`, `avg`, `sum`, `count`.
    pub aggregates: Vec<String>,
    /// Percent, 1 to 99.
    pub percentiles: Vec<u8>,
    pub copy_to_distribution: bool,
    pub copy_to_distribution_prefix: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProxyConfig {
    pub http: String,
    pub https: String,
    pub no_proxy: Vec<String>,
    /// Whether an entry of `no_proxy` covers its subdomains and may be a network (CIDR).
    pub no_proxy_nonexact_match: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ForwarderConfig {
    pub proxy: ProxyConfig,
    pub skip_ssl_validation: bool,
    pub timeout: Duration,
    /// Requests of one domain that may be under way at the same time.
    pub max_concurrent_requests: usize,
    pub backoff_base: f64,
    pub backoff_factor: f64,
    pub backoff_max: f64,
    pub recovery_interval: u32,
    pub recovery_reset: bool,
    pub stop_timeout: Duration,
    pub apikey_validation_interval: Duration,
    /// Bytes of waiting payloads in memory, a domain.
    pub retry_queue_bytes_max: u64,
    /// Bytes of waiting payloads on disk, all domains; 0 switches the disk queue off.
    pub storage_bytes_max: u64,
    pub storage_path: PathBuf,
    /// How full the disk may get, 0 to 1.
    pub storage_max_disk_ratio: f64,
    /// Part of the memory queue that moves to disk when it is full, 0 to 1.
    pub flush_to_disk_mem_ratio: f64,
    pub outdated_file_days: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SerializerConfig {
    pub series_compressed_max: usize,
    pub series_uncompressed_max: usize,
    pub series_points_max: usize,
    pub compressed_max: usize,
    pub uncompressed_max: usize,
}

impl Config {
    /// Reads the settings.
    ///
    /// `path` is what the command line names, a file or its folder; without it the official place
    /// is tried and may be missing.
    ///
    /// # Errors
    /// Every mistake in file and environment that the agent cannot run with.
    pub fn load(path: Option<&Path>, env: &Env) -> Result<Self, ConfigError> {
        let (path, text) = read_file(path)?;
        let shown = path.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
        Self::parse(path, &shown, &text, env)
    }

    /// The environment of this process.
    pub fn process_env() -> Env {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// Settings from a text; what [`Self::load`] does with the file's.
    pub fn parse(
        path: Option<PathBuf>,
        shown: &Path,
        text: &str,
        env: &Env,
    ) -> Result<Self, ConfigError> {
        let root = yaml::parse(text).map_err(|e| {
            let place = format!("{}:{}", shown.display(), e.line);
            ConfigError {
                problems: vec![Problem { place, key: String::new(), message: e.message }],
            }
        })?;
        let is_map = matches!(root.value, yaml::Value::Map(_));
        if !is_map {
            let place = format!("{}:{}", shown.display(), root.line);
            let message = format!("expected `key: value` lines, found {}", root.describe());
            let problem = Problem { place, key: String::new(), message };
            return Err(ConfigError { problems: vec![problem] });
        }
        let mut reader = Reader::new(shown, &root, env);
        let mut config = sections(&mut reader, path, shown);
        let read = reader.finish();
        config.file = root.to_json();
        config.table = read.table;
        config.warnings = unknown_keys(&root, &read.seen, shown);
        if read.problems.is_empty() {
            return Ok(config);
        }
        Err(ConfigError { problems: read.problems })
    }

    /// Every setting that is read, by its dotted name.
    pub fn table(&self) -> &BTreeMap<String, Setting> {
        &self.table
    }

    /// The runtime configuration as YAML: file, environment and defaults in one, secrets scrubbed.
    pub fn scrubbed_yaml(&self) -> String {
        let mut all = match self.file.clone() {
            Json::Object(map) => map,
            _ => Map::new(),
        };
        for (key, setting) in &self.table {
            insert(&mut all, key, setting.value.clone());
        }
        let mut text = String::new();
        let mut all = Json::Object(all);
        scrub::scrub(&mut all, "");
        scrub::write_yaml(&mut text, &all, 0);
        text
    }
}

mod scrub;
pub(crate) use scrub::{key_end, scrub_url};
mod origin;
mod sections;

use sections::sections;

/// A part of a file as YAML, its secrets scrubbed.
pub fn scrubbed_text(node: &Node) -> String {
    let mut value = node.to_json();
    let mut text = String::new();
    scrub::scrub(&mut value, "");
    scrub::write_yaml(&mut text, &value, 0);
    text
}

fn insert(map: &mut Map<String, Json>, key: &str, value: Json) {
    match key.split_once('.') {
        None => {
            map.insert(key.to_owned(), value);
        }
        Some((head, rest)) => {
            let below = map.entry(head.to_owned()).or_insert_with(|| Json::Object(Map::new()));
            if !below.is_object() {
                *below = Json::Object(Map::new());
            }
            if let Json::Object(below) = below {
                insert(below, rest, value);
            }
        }
    }
}

/// The file's path and text; no path when the default one is not there.
fn read_file(path: Option<&Path>) -> Result<(Option<PathBuf>, String), ConfigError> {
    let file = match path {
        Some(path) if path.is_dir() => path.join("datadog.yaml"),
        Some(path) => path.to_owned(),
        None => PathBuf::from(DEFAULT_FILE),
    };
    match std::fs::read(&file) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok((Some(file), text)),
            Err(e) => {
                let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
                let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
                Err(file_problem(&format!("{}:{line}", file.display()), "not valid UTF-8"))
            }
        },
        Err(e) if path.is_none() && e.kind() == std::io::ErrorKind::NotFound => {
            Ok((None, String::new()))
        }
        Err(e) => Err(file_problem(&file.display().to_string(), &format!("cannot be read: {e}"))),
    }
}

fn file_problem(place: &str, message: &str) -> ConfigError {
    let problem =
        Problem { place: place.to_owned(), key: String::new(), message: message.to_owned() };
    ConfigError { problems: vec![problem] }
}

fn unknown_keys(root: &Node, seen: &BTreeSet<String>, path: &Path) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let known = || seen.iter().map(String::as_str).chain(known::ACCEPTED.iter().copied());
    for entry in root.entries() {
        let is_known = known().any(|key| {
            key == entry.key || key.strip_prefix(&*entry.key).is_some_and(|r| r.starts_with('.'))
        });
        if is_known {
            continue;
        }
        let message = match known::nearest(&entry.key, known()) {
            Some(near) => format!("unknown key; did you mean `{near}`?"),
            None => "unknown key; it has no effect".to_owned(),
        };
        let place = format!("{}:{}", path.display(), entry.line);
        warnings.push(Problem { place, key: entry.key.clone(), message });
    }
    warnings
}

#[cfg(test)]
mod tests;
