//! The core checks and how their configuration becomes instances that run.
//!
//! Flow: [`confd`] reads `conf.d`, [`Catalog::load`] builds each instance's check, what is wrong
//! with a file is kept for the status page and costs that file only. A check without any file of
//! its own runs with its defaults, as the official Agent's `conf.yaml.default` files make it do.

pub mod confd;
pub mod cpu;
pub mod disk;
pub mod io;
pub mod memory;
pub mod network;
pub mod ntp;
pub mod roots;
pub mod settings;
pub mod small;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::Clock;

use crate::check::{Check, HistogramOptions, MetricPatterns, SenderOptions, SenderState};
use crate::config::Config;

use confd::{CheckConfig, ConfigProblem};
use ntp::NtpOffset;
use roots::Roots;
use settings::{SettingError, Settings};

/// How often an instance runs when its configuration does not say.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(15);
/// `ntp`'s, so that the public pool's rules are kept.
const NTP_INTERVAL: Duration = Duration::from_secs(900);
/// Most instances of all checks.
const INSTANCES_MAX: usize = 1000;

/// The checks of this crate. The second part says whether one runs without a file in `conf.d`.
const CHECKS: [(&str, bool); 11] = [
    ("cpu", true),
    ("disk", true),
    ("file_handle", true),
    ("io", true),
    ("load", true),
    ("memory", true),
    ("network", true),
    ("ntp", true),
    ("system_core", false),
    ("system_swap", false),
    ("uptime", true),
];

/// The checks whose one instance goes by the check's name alone, as in the official Agent.
const BARE_IDS: [&str; 6] = ["cpu", "file_handle", "io", "load", "memory", "uptime"];

/// What checks need of the agent.
#[derive(Clone, Debug)]
pub struct CheckContext {
    pub clock: Clock,
    pub roots: Roots,
    pub host: Arc<str>,
    pub histogram: HistogramOptions,
    pub ntp_offset: Arc<NtpOffset>,
    pub ask_usage: disk::AskUsage,
}

impl CheckContext {
    pub fn new(config: &Config, clock: &Clock, host: Arc<str>) -> Self {
        Self {
            clock: clock.clone(),
            roots: Roots::from_env(&config.procfs_path.to_string_lossy()),
            host,
            histogram: HistogramOptions {
                aggregates: config.histogram.aggregates.clone(),
                percentiles: config.histogram.percentiles.clone(),
            },
            ntp_offset: Arc::default(),
            ask_usage: disk::statvfs,
        }
    }
}

/// One instance of a check, ready to run.
pub struct Instance {
    /// `cpu`, `disk:67cc0574430a16ba`.
    pub id: String,
    pub name: String,
    /// `file:/etc/datadog-agent/conf.d/disk.d/conf.yaml`.
    pub source: String,
    /// `file` or `built-in`.
    pub provider: &'static str,
    pub interval: Duration,
    pub init_config: Settings,
    pub config: Settings,
    pub options: SenderOptions,
    pub state: SenderState,
    pub check: Box<dyn Check>,
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, source, interval, .. } = self;
        write!(f, "Instance {{ id: {id}, source: {source}, interval: {interval:?}, .. }}")
    }
}

/// All instances, and what kept others from being among them.
#[derive(Debug, Default)]
pub struct Catalog {
    pub instances: Vec<Instance>,
    pub problems: Problems,
}

/// What kept checks from being loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// Files that cannot be used: the status page's Config Errors.
    pub config_errors: Vec<ConfigProblem>,
    /// Checks that this agent does not have: Loading Errors.
    pub loading_errors: Vec<ConfigProblem>,
}

impl Problems {
    pub fn all(&self) -> impl Iterator<Item = &ConfigProblem> {
        self.config_errors.iter().chain(&self.loading_errors)
    }
}

impl Catalog {
    /// Reads `conf.d` and builds what is there.
    pub fn load(confd_path: &Path, context: &CheckContext) -> Self {
        let mut loaded = confd::load(confd_path);
        let configured: BTreeSet<String> =
            loaded.configs.iter().map(|config| config.name.clone()).collect();
        for (name, _) in CHECKS.iter().filter(|(name, on)| *on && !configured.contains(*name)) {
            loaded.configs.push(CheckConfig::built_in(name));
        }
        loaded.configs.sort_by(|a, b| (&a.name, &a.source).cmp(&(&b.name, &b.source)));
        let problems = Problems { config_errors: loaded.errors, ..Problems::default() };
        let mut catalog = Self { instances: Vec::new(), problems };
        for config in loaded.configs {
            catalog.add(config, context);
        }
        catalog
    }

    fn add(&mut self, config: CheckConfig, context: &CheckContext) {
        if !CHECKS.iter().any(|(name, _)| *name == config.name) {
            // The official Agent's package holds defaults of checks that this agent lacks; nobody
            // asked for those.
            if !config.is_default {
                self.problems.loading_errors.push(ConfigProblem {
                    check: config.name.clone(),
                    message: format!(
                        "{}: this agent has no check named `{}`",
                        config.source, config.name
                    ),
                });
            }
            return;
        }
        for instance in &config.instances {
            let made = if self.instances.len() < INSTANCES_MAX {
                make(&config, instance, context).map_err(|e| e.to_string())
            } else {
                Err(format!("there are {INSTANCES_MAX} instances already"))
            };
            match made {
                Ok(instance) => self.push(instance),
                Err(problem) => self.problems.config_errors.push(ConfigProblem {
                    check: config.name.clone(),
                    message: format!("{}: {problem}", config.path()),
                }),
            }
        }
    }

    /// Two instances with the same configuration are one.
    fn push(&mut self, mut instance: Instance) {
        let bare = BARE_IDS.contains(&&*instance.name);
        if bare && !self.instances.iter().any(|i| i.id == instance.name) {
            instance.id.clone_from(&instance.name);
        }
        if self.instances.iter().all(|i| i.id != instance.id) {
            self.instances.push(instance);
        }
    }
}

fn make(
    config: &CheckConfig,
    instance: &Settings,
    context: &CheckContext,
) -> Result<Instance, SettingError> {
    let init = &config.init_config;
    let default = if config.name == "ntp" { NTP_INTERVAL } else { DEFAULT_INTERVAL };
    // 0 is what people write for "the default".
    let secs = instance.number("min_collection_interval")?.filter(|secs| *secs > 0.0);
    let interval = secs.map_or(default, |secs| Duration::from_secs_f64(secs.clamp(1.0, 86_400.0)));
    Ok(Instance {
        id: id_of(config, instance)?,
        name: config.name.clone(),
        source: config.source.clone(),
        provider: config.provider,
        interval,
        init_config: init.clone(),
        config: instance.clone(),
        options: options(init, instance, context)?,
        state: SenderState::default(),
        check: build(&config.name, (init, instance), context)?,
    })
}

fn build(
    name: &str,
    (init, instance): (&Settings, &Settings),
    context: &CheckContext,
) -> Result<Box<dyn Check>, SettingError> {
    let roots = &context.roots;
    Ok(match name {
        "cpu" => Box::new(cpu::Cpu::new(roots, instance)?),
        "disk" => Box::new(disk::Disk::new(roots, init, instance, context.ask_usage)?),
        "file_handle" => Box::new(small::FileHandle::new(roots)),
        "io" => Box::new(io::Io::new(roots, init)?),
        "load" => Box::new(small::Load::new(roots)),
        "memory" => Box::new(memory::Memory::new(roots, instance)?),
        "network" => Box::new(network::Network::new(roots, instance)?),
        "ntp" => {
            let found = Arc::clone(&context.ntp_offset);
            Box::new(ntp::Ntp::new(roots, &context.clock, instance, found)?)
        }
        "system_core" => Box::new(cpu::SystemCore::new(roots)),
        "system_swap" => Box::new(memory::SystemSwap::new(roots)),
        "uptime" => Box::new(small::Uptime::new(roots)),
        _ => {
            let problem = "this agent has no such check".to_owned();
            return Err(SettingError { line: 0, key: name.to_owned(), problem });
        }
    })
}

fn options(
    init: &Settings,
    instance: &Settings,
    context: &CheckContext,
) -> Result<SenderOptions, SettingError> {
    let mut tags = instance.texts("tags")?;
    let service = match instance.text("service")? {
        Some(service) => Some(service),
        None => init.text("service")?,
    };
    if let Some(service) = service.filter(|service| !service.is_empty()) {
        tags.push(format!("service:{service}"));
    }
    let mut patterns = MetricPatterns::default();
    if let Some(set) = instance.map("metric_patterns")? {
        patterns.include = set.regexes("include")?;
        patterns.exclude = set.regexes("exclude")?;
    }
    let no_host = instance.bool("empty_default_hostname", false)?;
    Ok(SenderOptions {
        host: if no_host { Arc::from("") } else { Arc::clone(&context.host) },
        tags,
        patterns,
        histogram: context.histogram.clone(),
    })
}

/// `NAME:HASH`, or `NAME:INSTANCE_NAME:HASH`: the same for the same configuration.
fn id_of(config: &CheckConfig, instance: &Settings) -> Result<String, SettingError> {
    let text = format!(
        "{}\n{}\n{}",
        config.name,
        config.init_config.node().to_json(),
        instance.node().to_json()
    );
    let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
    Ok(match instance.text("name")? {
        Some(name) => format!("{}:{name}:{hash:016x}", config.name),
        None => format!("{}:{hash:016x}", config.name),
    })
}

#[cfg(test)]
pub(crate) mod tests;
