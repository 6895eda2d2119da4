//! The agent's own log: lines as the Agent writes them, to the console and to a file that rolls.
//!
//! `2026-01-02 03:04:05 UTC | CORE | INFO | (agent::run:120) | started | port:8125`, or JSON with
//! `log_format_json`. A file that cannot be written costs the file, not the agent.

mod file;

use std::fmt;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use base::Clock;

use crate::config::{Config, LogConfig, Source};

pub use file::RollingFile;

/// Where the official Agent's packages log.
const PACKAGE_DIR: &str = "/var/log/datadog";

/// Starts to log as the settings say. Gives the file, when there is one.
///
/// What keeps the file from being written is logged to the console.
pub fn start(config: &Config, clock: &Clock) -> Option<PathBuf> {
    let log = &config.log;
    let opened = file_path(config).map(|path| (RollingFile::open(&path, limits(log)), path));
    let (file, path, problem) = match opened {
        None => (None, None, None),
        Some((Ok(file), path)) => (Some(file), Some(path), None),
        Some((Err(e), path)) => (None, None, Some((path, e))),
    };
    let format = AgentFormat { json: log.format_json, clock: clock.clone() };
    let to_console = log.to_console || file.is_none();
    let console = to_console.then(|| {
        tracing_subscriber::fmt::layer()
            .event_format(format.clone())
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr)
    });
    let file = file.map(|file| {
        tracing_subscriber::fmt::layer().event_format(format).with_ansi(false).with_writer(file)
    });
    let registry = tracing_subscriber::registry().with(filter(&log.level));
    // A second start in one process, as in tests, keeps the first one's.
    let _kept = registry.with(console).with(file).try_init();
    if let Some((path, error)) = problem {
        tracing::warn!(path = %path.display(), %error, "cannot write the log file");
    }
    path
}

fn limits(log: &LogConfig) -> file::Limits {
    file::Limits { bytes_max: log.file_max_bytes, rolls_max: log.file_max_rolls }
}

/// What is logged: this crate at the level, libraries only when something is wrong.
fn filter(level: &str) -> EnvFilter {
    let level = match level {
        "trace" | "debug" | "warn" | "error" | "off" => level,
        "warning" => "warn",
        "critical" => "error",
        _ => "info",
    };
    if level == "off" {
        return EnvFilter::new("off");
    }
    EnvFilter::new(format!("warn,agent={level},base={level},wire={level}"))
}

/// `log_file`; else beside a `run_path` that somebody chose; else where the package logs, if that
/// can be written; else beside `run_path`.
pub fn file_path(config: &Config) -> Option<PathBuf> {
    let log = &config.log;
    if log.file_disabled {
        return None;
    }
    if !log.file.is_empty() {
        return Some(PathBuf::from(&log.file));
    }
    let beside = config.run_path.parent().unwrap_or(Path::new("/")).join("logs/agent.log");
    let is_chosen = config.table().get("run_path").is_some_and(|s| s.source != Source::Default);
    let package = Path::new(PACKAGE_DIR);
    let writable = nix::unistd::access(package, nix::unistd::AccessFlags::W_OK).is_ok();
    if !is_chosen && writable { Some(package.join("agent.log")) } else { Some(beside) }
}

/// Lines as the Agent writes them.
#[derive(Clone, Debug)]
struct AgentFormat {
    json: bool,
    clock: Clock,
}

impl<S, N> FormatEvent<S, N> for AgentFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let at = DateTime::<Utc>::from_timestamp_millis(self.clock.now_ms()).unwrap_or_default();
        let level = level_name(*metadata.level());
        let line = metadata.line().unwrap_or(0);
        if self.json {
            let mut object = Map::new();
            object.insert("agent".to_owned(), "core".into());
            object.insert("time".to_owned(), at.format("%Y-%m-%d %H:%M:%S UTC").to_string().into());
            object.insert("level".to_owned(), level.into());
            object.insert("file".to_owned(), metadata.target().into());
            object.insert("line".to_owned(), line.into());
            object.insert("msg".to_owned(), fields.message.into());
            for (name, value) in fields.others {
                object.insert(name.to_owned(), value.into());
            }
            return writeln!(writer, "{}", Json::Object(object));
        }
        let time = at.format("%Y-%m-%d %H:%M:%S UTC");
        let (target, message) = (metadata.target(), one_line(&fields.message));
        write!(writer, "{time} | CORE | {level} | ({target}:{line}) | {message}")?;
        for (i, (name, value)) in fields.others.iter().enumerate() {
            let separator = if i == 0 { " | " } else { ", " };
            write!(writer, "{separator}{name}:{}", one_line(value))?;
        }
        writeln!(writer)
    }
}

/// A line of the log is one line, whatever was logged.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n").replace('\r', "\\r")
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARN",
        Level::INFO => "INFO",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "TRACE",
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, String)>,
}

impl Fields {
    /// The first message is the line's own; a field that is called so as well stands with the others.
    fn add(&mut self, name: &'static str, value: String) {
        if name == "message" && self.message.is_empty() {
            self.message = value;
        } else {
            self.others.push((name, value));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field.name(), format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests;
