//! Commands that show the running agent.

use std::fmt::Write;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::checks::roots::Roots;
use crate::config::Config;
use crate::host::hostname::{Place, resolve};
use crate::status::health::Health;
use crate::status::text::{self, SECTIONS};

use super::client::Client;
use super::{
    CliError, ConfigCommand, ConfigcheckArgs, Context, Result, StatusArgs, json_text, say,
};

pub(super) fn status(context: &Context, args: &StatusArgs) -> Result<ExitCode> {
    // A wrong name is said before the agent is looked for.
    if let Some(section) = &args.section
        && !SECTIONS.contains(&section.to_ascii_lowercase().as_str())
    {
        let names = SECTIONS.join(", ");
        return Err(CliError::Failed(format!("no section {section:?}; there are {names}")));
    }
    let status = Client::new(&context.config()?)?.json("status")?;
    let page = match args.json || args.pretty_json {
        true => json_text(&status, args.pretty_json),
        false => text::render(&status, args.section.as_deref()).map_err(CliError::Failed)?,
    };
    let Some(path) = &args.file else { return say(&page) };
    std::fs::write(path, page)
        .map_err(|source| CliError::Io { what: format!("write {}", path.display()), source })?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn health(context: &Context, json: bool) -> Result<ExitCode> {
    let value = Client::new(&context.config()?)?.json("status/health")?;
    let health = Health::of_json(&value);
    say(&if json { json_text(&value, true) } else { health.text() })?;
    Ok(if health.unhealthy.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The running agent's, else the one that it would have.
pub(super) fn hostname(context: &Context) -> Result<ExitCode> {
    let config = context.config()?;
    let running = Client::new(&config).and_then(|client| client.json("hostname"));
    let name = match running.ok().as_ref().and_then(Value::as_str) {
        Some(name) => name.to_owned(),
        None => {
            let roots = Roots::from_env(&config.procfs_path.to_string_lossy());
            resolve(&config.host, &roots, Place::from_env())?.name
        }
    };
    say(&format!("{name}\n"))
}

pub(super) fn config(context: &Context, what: Option<ConfigCommand>) -> Result<ExitCode> {
    let config = context.config()?;
    let yaml = Client::new(&config)?.text("config")?;
    match what {
        None => say(&yaml),
        Some(ConfigCommand::Get { name }) => get(&yaml, &name),
    }
}

/// One setting of the scrubbed configuration, by its dotted name.
fn get(yaml: &str, name: &str) -> Result<ExitCode> {
    let parsed = crate::config::yaml::parse(yaml);
    let root = parsed.map_err(|e| CliError::Failed(format!("the agent's answer: {e}")))?;
    let node = name.split('.').try_fold(&root, |node, part| node.get(part));
    match node {
        Some(node) => say(&format!("{name} is set to: {}\n", plain(&node.to_json()))),
        None => Err(CliError::Failed(format!("setting {name} not found"))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn configcheck(context: &Context, args: &ConfigcheckArgs) -> Result<ExitCode> {
    let answer = Client::new(&context.config()?)?.json("config-check")?;
    say(&if args.json { json_text(&answer, true) } else { configcheck_text(&answer, args.verbose) })
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn configcheck_text(answer: &Value, is_verbose: bool) -> String {
    let mut text = String::new();
    for (title, key) in
        [("Configuration Errors", "config_errors"), ("Loading Errors", "loading_errors")]
    {
        if list(answer, key).is_empty() {
            continue;
        }
        text += &format!("=== {title} ===\n");
        for problem in list(answer, key) {
            text += &format!("\n{}: {}\n", plain(&problem["check"]), plain(&problem["message"]));
        }
        text.push('\n');
    }
    for check in list(answer, "checks") {
        let init = plain(&check["init_config"]);
        let init = if init.trim() == "{}" && !is_verbose { String::new() } else { init };
        let written = write!(
            text,
            "=== {} check ===\nConfiguration provider: {}\nConfiguration source: {}\n\
             Config for instance ID: {}\n{}~\n",
            plain(&check["name"]),
            plain(&check["provider"]),
            plain(&check["source"]),
            plain(&check["id"]),
            plain(&check["instance"]),
        );
        written.expect("BUG: writing to a string cannot fail");
        if !init.is_empty() {
            text += &format!("Init Config:\n{init}");
        }
        text += "===\n\n";
    }
    text
}

pub(super) fn dogstatsd_stats(context: &Context, json: bool) -> Result<ExitCode> {
    let answer = Client::new(&context.config()?)?.json("dogstatsd-stats")?;
    if answer["enabled"] != true {
        return Err(CliError::Failed(
            "DogStatsD does not count by metric: set `dogstatsd_metrics_stats_enable: true` in \
             datadog.yaml and start the agent again"
                .to_owned(),
        ));
    }
    say(&if json { json_text(&answer["metrics"], true) } else { dogstatsd_table(&answer) })
}

/// `Metric (40) | Tags (20) | Count (10) | Last Seen (20)`, most samples first.
fn dogstatsd_table(answer: &Value) -> String {
    let mut rows: Vec<&Value> = list(answer, "metrics").iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row["count"].as_u64()));
    let mut text =
        format!("{:40} | {:20} | {:10} | {:20}\n", "Metric", "Tags", "Count", "Last Seen");
    text += &format!("{:-<40}-|-{:-<20}-|-{:-<10}-|-{:-<20}\n", "", "", "", "");
    for row in rows {
        let seen = DateTime::<Utc>::from_timestamp(row["last_seen"].as_i64().unwrap_or(0), 0);
        let seen = seen.unwrap_or_default().format("%Y-%m-%d %H:%M:%S").to_string();
        let tags = plain(&row["tags"]).replace(',', " ");
        let (name, count) = (plain(&row["name"]), row["count"].as_u64().unwrap_or(0));
        text += &format!("{name:40} | {tags:20} | {count:<10} | {seen:20}\n");
    }
    text
}

pub(super) fn stop(context: &Context) -> Result<ExitCode> {
    Client::new(&context.config()?)?.post("stop")?;
    say("Agent successfully stopped\n")
}

/// Where the agent of these settings says that it is, for `diagnose`.
pub(super) fn is_running(config: &Config) -> bool {
    Client::new(config).and_then(|client| client.json("version")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables() {
        let answer = json!({"enabled": true, "metrics": [
            {"name": "a", "tags": "x:1,y", "count": 1, "last_seen": 1_767_323_045},
            {"name": "b", "tags": "", "count": 12345, "last_seen": 0},
        ]});
        let table = dogstatsd_table(&answer);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].starts_with("Metric   ") && lines[0].contains("| Count      | Last Seen"));
        assert!(lines[2].starts_with("b ") && lines[2].contains("| 12345      | 1970-01-01"));
        assert!(lines[3].contains("| x:1 y                | 1          | 2026-01-02 03:04:05"));
    }

    #[test]
    fn configurations_of_checks() {
        let answer = json!({
            "checks": [{"id": "cpu", "name": "cpu", "provider": "file", "source": "file:/c.yaml",
                "init_config": "{}\n", "instance": "tags:\n- a\n"}],
            "config_errors": [{"check": "disk", "message": "/d.yaml: line 2: a tab"}],
            "loading_errors": [],
        });
        assert_eq!(
            configcheck_text(&answer, false),
            "=== Configuration Errors ===\n\ndisk: /d.yaml: line 2: a tab\n\n\
             === cpu check ===\nConfiguration provider: file\nConfiguration source: file:/c.yaml\n\
             Config for instance ID: cpu\ntags:\n- a\n~\n===\n\n"
        );
        assert!(configcheck_text(&answer, true).contains("Init Config:\n{}\n"));
    }
}
