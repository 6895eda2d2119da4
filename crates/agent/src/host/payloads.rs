//! The shapes of the Agent's metadata.
//!
//! Source of the fields: the Agent's `comp/metadata/host/hostimpl/utils`,
//! `comp/metadata/agentchecks` and `comp/metadata/{inventoryagent,inventoryhost,inventorychecks}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::VERSION;
use crate::config::{Config, Node, scrub_url, scrubbed_text};
use crate::schedule::InstanceStats;

use super::facts::{Facts, Interface};
use super::hostname::Hostname;
use super::{MetadataPayload, MetadataRoute};

/// What payloads tell of the agent itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentFacts {
    pub hostname: Hostname,
    /// 32 hexadecimal digits.
    pub uuid: String,
    /// Unix milliseconds.
    pub started_ms: i64,
}

/// A configured instance, for the inventory of checks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckFacts {
    pub id: String,
    pub name: String,
    pub provider: &'static str,
    pub source: String,
    /// YAML.
    pub init_config: String,
    /// YAML.
    pub instance_config: String,
}

impl CheckFacts {
    /// What the inventory tells of an instance, its secrets scrubbed.
    pub fn of(instance: &crate::checks::Instance) -> Self {
        Self {
            id: instance.id.clone(),
            name: instance.name.clone(),
            provider: instance.provider,
            source: instance.source.clone(),
            init_config: yaml(instance.init_config.node()),
            instance_config: yaml(instance.config.node()),
        }
    }
}

/// An empty map is written as such, for a person to see that there is nothing.
fn yaml(node: &Node) -> String {
    let text = scrubbed_text(node);
    if text.is_empty() { "{}\n".to_owned() } else { text }
}

/// Keys that each `/intake/` body of the Agent begins with.
fn common(agent: &AgentFacts) -> Map<String, Value> {
    let Value::Object(common) = json!({
        "apiKey": "",
        "agentVersion": VERSION,
        "uuid": agent.uuid,
        "internalHostname": agent.hostname.name,
        "os": std::env::consts::OS,
        "agent-flavor": "agent",
        "python": "",
    }) else {
        return Map::new();
    };
    common
}

fn meta(config: &Config, agent: &AgentFacts, facts: &Facts) -> Value {
    json!({
        "socket-hostname": facts.platform.hostname,
        "timezones": [facts.platform.timezone],
        "socket-fqdn": facts.platform.fqdn,
        "ec2-hostname": "",
        "hostname": agent.hostname.name,
        "host_aliases": config.host.aliases,
        "instance-id": if agent.hostname.provider == "aws" { &*agent.hostname.name } else { "" },
        "agent-hostname": agent.hostname.name,
        "hostname-resolution-version": 1,
    })
}

/// Metadata of the host, version 5, with the host's tags.
pub fn host(config: &Config, agent: &AgentFacts, facts: &Facts) -> MetadataPayload {
    let mut body = common(agent);
    let platform = &facts.platform;
    let unknown = json!(["", ["", "", ""], ""]);
    body.insert(
        "systemStats".to_owned(),
        json!({
            "cpuCores": facts.cpu.cores,
            "machine": go_arch(),
            "platform": std::env::consts::OS,
            "pythonV": "",
            "processor": facts.cpu.model_name,
            "macV": unknown,
            "nixV": [platform.os_id, platform.os_version, ""],
            "fbsdV": unknown,
            "winV": unknown,
        }),
    );
    body.insert("meta".to_owned(), meta(config, agent, facts));
    body.insert("host-tags".to_owned(), json!({"system": config.host.all_tags()}));
    body.insert("network".to_owned(), json!({"network-id": ""}));
    body.insert(
        "logs".to_owned(),
        json!({"transport": "", "auto_multi_line_detection_enabled": false}),
    );
    body.insert(
        "install-method".to_owned(),
        json!({"tool": "procyon", "tool_version": env!("CARGO_PKG_VERSION"),
            "installer_version": ""}),
    );
    body.insert("otlp".to_owned(), json!({"enabled": false}));
    if config.enable_gohai {
        // JSON within a string: so the Agent sends it.
        body.insert("gohai".to_owned(), Value::String(gohai(facts).to_string()));
    }
    MetadataPayload { route: MetadataRoute::Intake, body: Value::Object(body) }
}

/// Names of processors as Go has them, for clients compare.
fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

fn gohai(facts: &Facts) -> Value {
    let (cpu, platform) = (&facts.cpu, &facts.platform);
    let file_systems: Vec<Value> = facts
        .file_systems
        .iter()
        .map(|fs| {
            json!({"name": fs.name, "mounted_on": fs.mounted_on,
                "kb_size": fs.size_kib.to_string()})
        })
        .collect();
    let main = facts.main_interface();
    json!({
        "cpu": {
            "vendor_id": cpu.vendor_id,
            "model_name": cpu.model_name,
            "model": cpu.model,
            "family": cpu.family,
            "stepping": cpu.stepping,
            "mhz": cpu.mhz.to_string(),
            "cache_size": format!("{} KB", cpu.cache_kib),
            "cpu_cores": cpu.cores.to_string(),
            "cpu_logical_processors": cpu.logical_processors.to_string(),
        },
        "filesystem": file_systems,
        "memory": {
            "total": format!("{}kB", facts.memory_total_kib),
            "swap_total": format!("{}kB", facts.swap_total_kib),
        },
        "network": {
            "interfaces": facts.interfaces.iter().map(interface).collect::<Vec<_>>(),
            "ipaddress": first(main, |i| &i.ipv4),
            "ipaddressv6": first(main, |i| &i.ipv6),
            "macaddress": main.map(|i| i.mac_address.clone()).unwrap_or_default(),
        },
        "platform": {
            "GOOARCH": go_arch(),
            "GOOS": std::env::consts::OS,
            "hostname": platform.hostname,
            "kernel_name": "Linux",
            "kernel_release": platform.kernel_release,
            "kernel_version": platform.kernel_version,
            "machine": platform.machine,
            "hardware_platform": platform.machine,
            "processor": platform.machine,
            "os": "GNU/Linux",
            "pythonV": "",
        },
    })
}

fn interface(interface: &Interface) -> Value {
    json!({
        "name": interface.name,
        "ipv4": interface.ipv4,
        "ipv6": interface.ipv6,
        "macaddress": interface.mac_address,
    })
}

fn first(main: Option<&Interface>, list: fn(&Interface) -> &Vec<String>) -> &str {
    main.and_then(|i| list(i).first()).map(String::as_str).unwrap_or_default()
}

/// Which checks run and how they fare.
pub fn agent_checks(
    config: &Config,
    agent: &AgentFacts,
    facts: &Facts,
    checks: &[InstanceStats],
) -> MetadataPayload {
    let rows: Vec<Value> = checks
        .iter()
        .filter(|check| check.total_runs > 0)
        .map(|check| {
            let message = match (&check.last_error, check.last_warnings.is_empty()) {
                (Some(error), _) => error.clone(),
                (None, false) => check.last_warnings.join("; "),
                (None, true) => String::new(),
            };
            json!([check.name, check.name, check.id, check.status(), message, ""])
        })
        .collect();
    let mut body = common(agent);
    body.insert("meta".to_owned(), meta(config, agent, facts));
    body.insert("agent_checks".to_owned(), Value::Array(rows));
    body.insert("external_host_tags".to_owned(), json!([]));
    MetadataPayload { route: MetadataRoute::Intake, body: Value::Object(body) }
}

fn inventory(agent: &AgentFacts, now_ms: i64, kind: &str, content: Value) -> MetadataPayload {
    let body = json!({
        "hostname": agent.hostname.name,
        "uuid": agent.uuid,
        "timestamp": now_ms.saturating_mul(1_000_000),
        kind: content,
    });
    MetadataPayload { route: MetadataRoute::Inventory, body }
}

/// What the agent is and how it is set up.
pub fn inventory_agent(config: &Config, agent: &AgentFacts, now_ms: i64) -> MetadataPayload {
    let proxy = &config.forwarder.proxy;
    let mut content = json!({
        "agent_version": VERSION,
        "flavor": "agent",
        "agent_startup_time_ms": agent.started_ms,
        "hostname_source": agent.hostname.provider,
        "install_method_tool": "procyon",
        "install_method_tool_version": env!("CARGO_PKG_VERSION"),
        "install_method_installer_version": "",
        "logs_transport": "",
        "config_dd_url": config.dd_url,
        "config_site": config.site,
        "config_proxy_http": scrub_url(&proxy.http),
        "config_proxy_https": scrub_url(&proxy.https),
        "config_no_proxy": proxy.no_proxy,
        "config_apm_dd_url": "",
        "config_logs_dd_url": "",
        "config_process_dd_url": "",
        "config_eks_fargate": false,
        "feature_apm_enabled": false,
        "feature_logs_enabled": false,
        "feature_process_enabled": false,
        "feature_networks_enabled": false,
        "feature_otlp_enabled": false,
        "feature_remote_configuration_enabled": false,
        "feature_dogstatsd_enabled": config.dogstatsd.enabled,
    });
    if config.inventories_configuration_enabled
        && let Value::Object(content) = &mut content
    {
        content.insert("full_configuration".to_owned(), json!(config.scrubbed_yaml()));
    }
    inventory(agent, now_ms, "agent_metadata", content)
}

/// What the host is made of.
pub fn inventory_host(agent: &AgentFacts, facts: &Facts, now_ms: i64) -> MetadataPayload {
    let (cpu, platform, dmi) = (&facts.cpu, &facts.platform, &facts.dmi);
    let main = facts.main_interface();
    let is_ec2 = dmi.board_vendor == "Amazon EC2";
    let content = json!({
        "cpu_cores": cpu.cores,
        "cpu_logical_processors": cpu.logical_processors,
        "cpu_vendor": cpu.vendor_id,
        "cpu_model": cpu.model_name,
        "cpu_model_id": cpu.model,
        "cpu_family": cpu.family,
        "cpu_stepping": cpu.stepping,
        "cpu_frequency": cpu.mhz,
        "cpu_cache_size": cpu.cache_kib.saturating_mul(1024),
        "cpu_architecture": platform.machine,
        "kernel_name": "Linux",
        "kernel_release": platform.kernel_release,
        "kernel_version": platform.kernel_version,
        "os": "GNU/Linux",
        "os_version": platform.os_name,
        "memory_total_kb": facts.memory_total_kib,
        "memory_swap_total_kb": facts.swap_total_kib,
        "ip_address": first(main, |i| &i.ipv4),
        "ipv6_address": first(main, |i| &i.ipv6),
        "mac_address": main.map(|i| i.mac_address.clone()).unwrap_or_default(),
        "agent_version": VERSION,
        "cloud_provider": if is_ec2 { "AWS" } else { "" },
        "cloud_provider_source": if is_ec2 { "DMI" } else { "" },
        "cloud_provider_account_id": "",
        "cloud_provider_host_id": if is_ec2 { &*dmi.board_asset_tag } else { "" },
        "hypervisor_guest_uuid": dmi.hypervisor_uuid,
        "dmi_product_uuid": dmi.product_uuid,
        "dmi_board_asset_tag": dmi.board_asset_tag,
        "dmi_board_vendor": dmi.board_vendor,
        "linux_package_signing_enabled": false,
        "rpm_global_repo_gpg_check_enabled": false,
    });
    inventory(agent, now_ms, "host_metadata", content)
}

/// Which checks are configured, and how.
pub fn inventory_checks(
    agent: &AgentFacts,
    checks: &[CheckFacts],
    started_ms: i64,
    now_ms: i64,
) -> MetadataPayload {
    let mut by_name: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for check in checks {
        by_name.entry(&check.name).or_default().push(json!({
            "config.hash": check.id,
            "config.provider": check.provider,
            "config.source": check.source,
            "init_config": check.init_config,
            "instance_config": check.instance_config,
            "last_updated": started_ms,
        }));
    }
    let mut payload = inventory(agent, now_ms, "check_metadata", json!(by_name));
    if let Value::Object(body) = &mut payload.body {
        body.insert("logs_metadata".to_owned(), json!({}));
    }
    payload
}

#[cfg(test)]
mod tests;
