//! The host's name: the first provider that knows a valid one.
//!
//! In order: `hostname`, `hostname_file`, the fully qualified name (with `hostname_fqdn`), the
//! system's name, and on EC2, when the system's name is one that EC2 gives, the instance's id.
//! Providers that would ask the network (other clouds, kubelet) are left out.
//! Source: the Agent's `pkg/util/hostname/{providers,validate}`.

use std::path::Path;

use crate::checks::roots::{Roots, read};
use crate::config::HostConfig;

/// Longest valid name.
const NAME_BYTES_MAX: usize = 255;

/// A name, who said it, and why others did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hostname {
    pub name: String,
    /// `configuration`, `hostnameFile`, `fqdn`, `os` or `aws`.
    pub provider: &'static str,
    /// Provider → why it was not used.
    pub unused: Vec<(&'static str, String)>,
}

/// No provider knows a valid name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot find out the name of this host; set `hostname` in datadog.yaml or DD_HOSTNAME ({})",
    tried(.unused)
)]
pub struct HostnameError {
    unused: Vec<(&'static str, String)>,
}

fn tried(unused: &[(&'static str, String)]) -> String {
    let tried: Vec<String> = unused.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    tried.join("; ")
}

/// What the environment says of the place that the agent runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `DOCKER_DD_AGENT`, which the Agent's images set.
    pub in_container: bool,
}

impl Place {
    pub fn from_env() -> Self {
        Self { in_container: std::env::var_os("DOCKER_DD_AGENT").is_some_and(|v| !v.is_empty()) }
    }
}

/// Finds the name out.
///
/// # Errors
/// When no provider knows a valid one.
pub fn resolve(
    config: &HostConfig,
    roots: &Roots,
    place: Place,
) -> Result<Hostname, HostnameError> {
    let mut unused = Vec::new();
    let providers: [(&'static str, Result<String, String>); 4] = [
        ("configuration", of_configuration(config)),
        ("hostnameFile", of_file(config)),
        ("fqdn", of_fqdn(config, roots, place)),
        ("os", of_system(config, roots, place)),
    ];
    let mut found: Option<Hostname> = None;
    for (provider, result) in providers {
        match result {
            Ok(name) if found.is_none() => {
                found = Some(Hostname { name, provider, unused: Vec::new() });
            }
            Ok(_later) => {}
            Err(why) => unused.push((provider, why)),
        }
    }
    let is_ec2s = found.as_ref().is_none_or(|f| f.provider == "os" && is_ec2_default(&f.name));
    match of_ec2(roots) {
        Ok(name) if is_ec2s => found = Some(Hostname { name, provider: "aws", unused: Vec::new() }),
        Ok(_) => {}
        Err(why) => unused.push(("aws", why)),
    }
    match found {
        Some(hostname) => Ok(Hostname { unused, ..hostname }),
        None => Err(HostnameError { unused }),
    }
}

fn of_configuration(config: &HostConfig) -> Result<String, String> {
    if config.hostname.is_empty() {
        return Err("hostname is empty".to_owned());
    }
    valid(&config.hostname)
}

fn of_file(config: &HostConfig) -> Result<String, String> {
    if config.hostname_file.is_empty() {
        return Err("'hostname_file' configuration is not enabled".to_owned());
    }
    let text = read(Path::new(&config.hostname_file)).map_err(|e| base::report(&e))?;
    valid(text.trim())
}

fn of_fqdn(config: &HostConfig, roots: &Roots, place: Place) -> Result<String, String> {
    if !config.hostname_fqdn {
        return Err("'hostname_fqdn' configuration is not enabled".to_owned());
    }
    usable(config, roots, place)?;
    valid(&fqdn(roots, &system_name(roots)?))
}

fn of_system(config: &HostConfig, roots: &Roots, place: Place) -> Result<String, String> {
    usable(config, roots, place)?;
    valid(&system_name(roots)?)
}

/// A container's own name says nothing of the host.
fn usable(config: &HostConfig, roots: &Roots, place: Place) -> Result<(), String> {
    if !place.in_container || config.hostname_trust_uts_namespace {
        return Ok(());
    }
    // The number that the kernel gives to the first UTS namespace (`PROC_UTS_INIT_INO`).
    const HOSTS_NAMESPACE: &str = "uts:[4026531838]";
    let namespace = std::fs::read_link(roots.proc.join("self/ns/uts"));
    match namespace.ok().and_then(|target| target.to_str().map(str::to_owned)) {
        Some(target) if target == HOSTS_NAMESPACE => Ok(()),
        _ => Err("in a container without the host's UTS namespace; set `hostname`, or \
                  `hostname_trust_uts_namespace`"
            .to_owned()),
    }
}

/// What gethostname(2) says.
pub fn system_name(roots: &Roots) -> Result<String, String> {
    let text = roots.proc("sys/kernel/hostname").or_else(|_| read(&roots.etc.join("hostname")));
    text.map(|name| name.trim().to_owned()).map_err(|e| base::report(&e))
}

/// The name that `/etc/hosts` puts first in the line of a name; the name itself when it is in none.
pub fn fqdn(roots: &Roots, name: &str) -> String {
    let hosts = read(&roots.etc.join("hosts")).unwrap_or_default();
    for line in hosts.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut names = line.split_ascii_whitespace().skip(1);
        let Some(first) = names.next() else { continue };
        if first == name || names.any(|alias| alias == name) {
            return first.to_owned();
        }
    }
    name.to_owned()
}

/// Whether EC2 gives such names to instances that nobody named.
fn is_ec2_default(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["ip-", "domu", "ec2amaz-"].iter().any(|prefix| name.starts_with(prefix))
}

/// The id that the firmware of EC2's current generation holds.
fn of_ec2(roots: &Roots) -> Result<String, String> {
    let dmi = |name: &str| {
        let text = read(&roots.sys.join("devices/virtual/dmi/id").join(name)).ok();
        text.map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    if dmi("board_vendor") != "Amazon EC2" {
        return Err("not running on EC2".to_owned());
    }
    let id = dmi("board_asset_tag");
    if !id.starts_with("i-") {
        return Err("the firmware does not tell the instance's id".to_owned());
    }
    valid(&id)
}

/// Whether a name may be a host's: RFC 1123, and not one that every host has.
fn valid(name: &str) -> Result<String, String> {
    const LOCAL: [&str; 4] =
        ["localhost", "localhost.localdomain", "localhost6.localdomain6", "ip6-localhost"];
    if name.is_empty() {
        return Err("hostname is empty".to_owned());
    }
    if LOCAL.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!("{name} is a local hostname"));
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(format!("name exceeded the maximum length of {NAME_BYTES_MAX} characters"));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if name.split('.').all(is_label) {
        Ok(name.to_owned())
    } else {
        let shown: String = name.chars().take(80).collect();
        Err(format!("{shown:?} is not RFC1123 compliant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tests::Host;

    #[track_caller]
    fn check(files: &[(&str, &str)], config: HostConfig, in_container: bool, expected: &str) {
        let host = Host::new(files);
        let mut config = config;
        if !config.hostname_file.is_empty() {
            config.hostname_file = host.path(&config.hostname_file).display().to_string();
        }
        let got = match resolve(&config, &host.context.roots, Place { in_container }) {
            Ok(hostname) => format!("{} by {}", hostname.name, hostname.provider),
            Err(_) => "none".to_owned(),
        };
        assert_eq!(got, expected, "{config:?}");
    }

    const SYSTEM: (&str, &str) = ("proc/sys/kernel/hostname", "web-1\n");

    fn named(name: &str) -> HostConfig {
        HostConfig { hostname: name.to_owned(), ..HostConfig::default() }
    }

    #[test]
    fn the_first_that_knows() {
        let file = HostConfig { hostname_file: "name".to_owned(), ..HostConfig::default() };
        let fqdn = HostConfig { hostname_fqdn: true, ..HostConfig::default() };
        let trust = HostConfig { hostname_trust_uts_namespace: true, ..HostConfig::default() };
        let hosts = ("etc/hosts", "127.0.0.1 localhost\n10.0.0.1 web-1.example web-1 # web-1\n");
        check(&[SYSTEM], named("db.example"), false, "db.example by configuration");
        check(&[SYSTEM], named("-bad"), false, "web-1 by os");
        check(
            &[SYSTEM, ("name", " from-file\n")],
            file.clone(),
            false,
            "from-file by hostnameFile",
        );
        check(&[SYSTEM], file, false, "web-1 by os");
        check(&[SYSTEM, hosts], fqdn.clone(), false, "web-1.example by fqdn");
        check(&[SYSTEM], fqdn, false, "web-1 by fqdn");
        check(&[SYSTEM], HostConfig::default(), true, "none");
        check(&[SYSTEM], trust, true, "web-1 by os");
        check(&[("etc/hostname", "only-file\n")], HostConfig::default(), false, "only-file by os");
        let local = ("proc/sys/kernel/hostname", "localhost\n");
        check(&[local], HostConfig::default(), false, "none");
    }

    #[test]
    fn ec2_instances_without_a_name() {
        let dmi = [
            ("sys/devices/virtual/dmi/id/board_vendor", "Amazon EC2\n"),
            ("sys/devices/virtual/dmi/id/board_asset_tag", "i-0123456789abcdef0\n"),
        ];
        let of = |name: &'static str| [&dmi[..], &[("proc/sys/kernel/hostname", name)]].concat();
        let none = HostConfig::default;
        check(&of("ip-10-0-0-1"), none(), false, "i-0123456789abcdef0 by aws");
        check(&of("web-1"), none(), false, "web-1 by os");
        check(&of("ip-10-0-0-1"), named("db"), false, "db by configuration");
    }

    #[test]
    fn names() {
        let long = "a".repeat(256);
        for (name, is_valid) in [
            ("a", true),
            ("a-b.c1.example", true),
            ("10.0.0.1", true),
            ("", false),
            ("a_b", false),
            ("a..b", false),
            ("a-", false),
            ("ip6-localhost", false),
            ("LocalHost", false),
            ("é", false),
            (long.as_str(), false),
        ] {
            assert_eq!(valid(name).is_ok(), is_valid, "{name}");
        }
    }
}
