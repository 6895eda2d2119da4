//! `diagnose`: looks for what keeps the agent from working, and says what to do about each.

use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::{AccessFlags, access};
use serde_json::{Value, json};

use crate::checks::confd::ConfigProblem;
use crate::checks::{Catalog, CheckContext};
use crate::config::{self, Config, scrub_url};
use crate::forward::check_key;
use crate::host::hostname::{Place, resolve};
use crate::logging;

use super::{Context, DiagnoseArgs, Result, json_text, say, show};

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Pass,
    Fail,
    Warning,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
struct Diagnosis {
    suite: &'static str,
    verdict: Verdict,
    name: String,
    /// What was found.
    diagnosis: String,
    /// What to do; empty when nothing is to be done.
    remedy: String,
}

/// Collects diagnoses of one suite.
struct Suite {
    name: &'static str,
    all: Vec<Diagnosis>,
}

impl Suite {
    fn new(name: &'static str) -> Self {
        Self { name, all: Vec::new() }
    }

    fn pass(&mut self, name: &str, diagnosis: impl Into<String>) {
        self.add(Verdict::Pass, name, diagnosis.into(), String::new());
    }

    fn fail(&mut self, name: &str, diagnosis: impl Into<String>, remedy: impl Into<String>) {
        self.add(Verdict::Fail, name, diagnosis.into(), remedy.into());
    }

    fn warn(&mut self, name: &str, diagnosis: impl Into<String>, remedy: impl Into<String>) {
        self.add(Verdict::Warning, name, diagnosis.into(), remedy.into());
    }

    fn add(&mut self, verdict: Verdict, name: &str, diagnosis: String, remedy: String) {
        let (suite, name) = (self.name, name.to_owned());
        self.all.push(Diagnosis { suite, verdict, name, diagnosis, remedy });
    }
}

pub(super) fn run(context: &Context, args: &DiagnoseArgs) -> Result<ExitCode> {
    let mut suite = Suite::new("check-configuration");
    let config = match context.config_with_key() {
        Ok(config) => config,
        Err(e) => {
            suite.fail("datadog.yaml", e.to_string(), "correct what is named and start again");
            return show_all(&suite.all, args);
        }
    };
    configuration(&config, context, &mut suite);
    let mut all = suite.all;
    let is_running = show::is_running(&config);
    let mut suite = Suite::new("agent");
    match is_running {
        true => suite.pass("running", "the agent runs and answers on its control API"),
        false => suite.warn(
            "running",
            format!("no agent answers for the run path {}", config.run_path.display()),
            "start it with `run`, or name the right settings with `--cfgpath` or `--run-path`",
        ),
    }
    hostname(&config, &mut suite);
    all.extend(suite.all);
    let mut suite = Suite::new("connectivity-datadog-core-endpoints");
    connectivity(&config, &mut suite);
    all.extend(suite.all);
    let mut suite = Suite::new("port-conflict");
    ports(&config, is_running, &mut suite);
    all.extend(suite.all);
    let mut suite = Suite::new("permissions");
    permissions(&config, &mut suite);
    all.extend(suite.all);
    show_all(&all, args)
}

fn configuration(config: &Config, context: &Context, suite: &mut Suite) {
    let file = match &config.path {
        Some(path) => path.display().to_string(),
        None => "no file: defaults and environment".to_owned(),
    };
    suite.pass("datadog.yaml", file);
    for warning in &config.warnings {
        suite.warn("datadog.yaml", warning.to_string(), "remove the key or correct its name");
    }
    let check_context = CheckContext::new(config, &context.clock, Arc::from(""));
    let catalog = Catalog::load(&config.confd_path, &check_context);
    let dir = config.confd_path.display();
    let problems = |list: &[ConfigProblem], suite: &mut Suite, remedy: &str| {
        for problem in list {
            suite.fail("conf.d", problem.message.clone(), remedy);
        }
    };
    if catalog.problems.config_errors.is_empty() && catalog.problems.loading_errors.is_empty() {
        suite.pass("conf.d", format!("{} instances of checks from {dir}", catalog.instances.len()));
    }
    problems(&catalog.problems.config_errors, suite, "correct the line and start the agent again");
    problems(
        &catalog.problems.loading_errors,
        suite,
        "remove the file, or correct the check's name",
    );
}

fn hostname(config: &Config, suite: &mut Suite) {
    let roots = crate::checks::roots::Roots::from_env(&config.procfs_path.to_string_lossy());
    match resolve(&config.host, &roots, Place::from_env()) {
        Ok(found) => suite.pass("hostname", format!("{} by {}", found.name, found.provider)),
        Err(e) => suite.fail("hostname", e.to_string(), "set `hostname` in datadog.yaml"),
    }
}

fn connectivity(config: &Config, suite: &mut Suite) {
    let mut endpoints = vec![(config.dd_url.as_str(), config.api_key.as_str())];
    for (url, keys) in &config.additional_endpoints {
        endpoints.extend(keys.iter().map(|key| (url.as_str(), key.as_str())));
    }
    let proxy = &config.forwarder.proxy;
    let mut reached: Vec<&str> = Vec::new();
    for (url, key) in endpoints {
        let is_proxied = match url.split_once("://") {
            Some(("https", _)) => !proxy.https.is_empty(),
            _ => !proxy.http.is_empty(),
        };
        // Behind a proxy it is the proxy that finds and reaches the server.
        if !is_proxied && !reached.contains(&url) {
            reach(url, suite);
        }
        reached.push(url);
        ask(config, (url, key), is_proxied, suite);
    }
    for (name, url) in [("proxy.http", &proxy.http), ("proxy.https", &proxy.https)] {
        if !url.is_empty() {
            reach_named(name, url, suite, "correct `proxy` in datadog.yaml, or start the proxy");
        }
    }
}

fn reach(url: &str, suite: &mut Suite) {
    const REMEDY: &str = "correct `dd_url` or `site`, allow the way out to that address and port, \
        or name a `proxy`";
    reach_named(url, url, suite, REMEDY);
}

/// Host and port of a URL.
fn authority(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let default = if scheme == "https" { 443 } else { 80 };
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?))
        }
        _ => Some((authority.trim_matches(['[', ']']).to_owned(), default)),
    }
}

fn reach_named(name: &str, url: &str, suite: &mut Suite, remedy: &str) {
    let shown = scrub_url(url);
    let Some((host, port)) = authority(url) else {
        suite.fail(name, format!("{shown:?} is no URL of the form https://HOST"), remedy);
        return;
    };
    let addresses = match (host.as_str(), port).to_socket_addrs() {
        Ok(addresses) => addresses.collect::<Vec<_>>(),
        Err(e) => {
            let found = format!("the name {host} is not found: {e}");
            suite.fail(name, found, "correct the name, or this host's DNS (/etc/resolv.conf)");
            return;
        }
    };
    let mut last = "it has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(_open) => {
                suite.pass(name, format!("{host} is {address} and accepts connections"));
                return;
            }
            Err(e) => last = format!("{address}: {e}"),
        }
    }
    suite.fail(name, format!("{host} does not accept connections: {last}"), remedy);
}

fn ask(config: &Config, (url, key): (&str, &str), is_proxied: bool, suite: &mut Suite) {
    let name = format!("API key ending with {}", config::key_end(key).trim_start_matches('*'));
    let through = if is_proxied { " through the proxy" } else { "" };
    match check_key(&config.forwarder, url, key) {
        Ok((200, _)) => suite.pass(&name, format!("{url} knows it{through}")),
        Ok((403, _)) => suite.fail(
            &name,
            format!("{url} does not know it{through}"),
            "copy the key from the server's page of keys into `api_key`",
        ),
        Ok((status, message)) => suite.fail(
            &name,
            format!("{url} answers {status}{through}: {message}"),
            "look whether `dd_url` is the address of the server itself",
        ),
        Err(e) => suite.fail(
            &name,
            format!("{url} does not answer{through}: {e}"),
            "see the lines above; with a certificate of your own, put it among those that this \
             host trusts",
        ),
    }
}

/// Ports that the agent would take, when it does not hold them itself.
fn ports(config: &Config, is_running: bool, suite: &mut Suite) {
    if is_running {
        suite.pass("ports", "the agent runs; `status dogstatsd` says how its listeners fare");
        return;
    }
    let dogstatsd = &config.dogstatsd;
    if !dogstatsd.enabled || dogstatsd.port == 0 {
        return;
    }
    let name = format!("dogstatsd_port {}", dogstatsd.port);
    match UdpSocket::bind(("127.0.0.1", dogstatsd.port)) {
        Ok(_free) => suite.pass(&name, "is free"),
        Err(e) => suite.fail(
            &name,
            format!("cannot be had: {e}"),
            "stop the other agent that holds it, or set another `dogstatsd_port`",
        ),
    }
}

fn permissions(config: &Config, suite: &mut Suite) {
    folder("run_path", &config.run_path, suite);
    if config.forwarder.storage_bytes_max > 0 {
        folder("forwarder_storage_path", &config.forwarder.storage_path, suite);
    }
    if let Some(file) = logging::file_path(config)
        && let Some(dir) = file.parent()
    {
        folder("log_file", dir, suite);
    }
    for (key, socket) in [
        ("dogstatsd_socket", &config.dogstatsd.socket),
        ("dogstatsd_stream_socket", &config.dogstatsd.stream_socket),
    ] {
        let path = Path::new(socket);
        if socket.is_empty() {
            continue;
        }
        if path.is_dir() {
            let found = format!("{socket} is a folder");
            suite.fail(key, found, format!("set `{key}` to the name of a file in it"));
        } else if let Some(dir) = path.parent() {
            folder(key, dir, suite);
        }
    }
    for (name, dir) in [("procfs_path", &config.procfs_path)] {
        match access(&dir.join("stat"), AccessFlags::R_OK) {
            Ok(()) => suite.pass(name, format!("{} can be read", dir.display())),
            Err(e) => suite.fail(
                name,
                format!("{}/stat cannot be read: {e}", dir.display()),
                "mount the host's /proc there, or correct `procfs_path` or HOST_PROC",
            ),
        }
    }
}

/// Whether files can be made in a folder, or the folder itself.
fn folder(name: &str, dir: &Path, suite: &mut Suite) {
    let exists = dir.exists();
    let asked: PathBuf = match exists {
        true => dir.to_owned(),
        false => dir.ancestors().find(|a| a.exists()).unwrap_or(Path::new("/")).to_owned(),
    };
    match access(&asked, AccessFlags::W_OK) {
        Ok(()) if exists => suite.pass(name, format!("{} can be written", dir.display())),
        Ok(()) => suite.pass(name, format!("{} can be made", dir.display())),
        Err(e) => suite.fail(
            name,
            format!("{} cannot be written: {e}", asked.display()),
            format!("give the folder to the agent's user, or set `{name}` to another place"),
        ),
    }
}

fn counts(all: &[Diagnosis]) -> [usize; 3] {
    let n = |verdict| all.iter().filter(|d| d.verdict == verdict).count();
    [n(Verdict::Pass), n(Verdict::Fail), n(Verdict::Warning)]
}

fn show_all(all: &[Diagnosis], args: &DiagnoseArgs) -> Result<ExitCode> {
    say(&if args.json { json_text(&all_json(all), true) } else { all_text(all, args.verbose) })?;
    let [_, failed, _] = counts(all);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all_json(all: &[Diagnosis]) -> Value {
    let [pass, fail, warning] = counts(all);
    let one = |d: &Diagnosis| {
        let result = match d.verdict {
            Verdict::Pass => 0,
            Verdict::Fail => 1,
            Verdict::Warning => 2,
        };
        json!({"suite": d.suite, "result": result, "name": d.name, "diagnosis": d.diagnosis,
            "remediation": d.remedy})
    };
    json!({
        "runs": all.iter().map(one).collect::<Vec<_>>(),
        "summary": {"total": all.len(), "success": pass, "fail": fail, "warnings": warning,
            "unexpected_error": 0},
    })
}

fn all_text(all: &[Diagnosis], is_verbose: bool) -> String {
    let mut text = "=== Starting diagnose ===\n".to_owned();
    let mut suite = "";
    for (i, d) in all.iter().enumerate() {
        if d.suite != suite {
            suite = d.suite;
            text += &format!("==============\nSuite: {suite}\n");
        }
        let verdict = match d.verdict {
            Verdict::Pass => "PASS",
            Verdict::Fail => "FAIL",
            Verdict::Warning => "WARNING",
        };
        let number = i + 1;
        if d.verdict == Verdict::Pass && !is_verbose {
            text += &format!("{number}. {verdict} [{}]\n", d.name);
            continue;
        }
        text += &format!("{number}. {verdict} [{}]\n", d.name);
        text += &format!("  Diagnosis: {}\n", d.diagnosis.replace('\n', "\n    "));
        if !d.remedy.is_empty() {
            text += &format!("  Remediation: {}\n", d.remedy);
        }
    }
    let [pass, fail, warning] = counts(all);
    let total = all.len();
    text += &format!(
        "-------------------------\n  Total:{total}, Success:{pass}, Fail:{fail}, \
         Warning:{warning}, Error:0\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        for (url, expected) in [
            ("https://app.example", Some(("app.example", 443))),
            ("http://h:8127/x", Some(("h", 8127))),
            ("http://me:pw@h:3128", Some(("h", 3128))),
            ("https://[::1]:8443/", Some(("::1", 8443))),
            ("https://[::1]", Some(("::1", 443))),
            ("app.example", None),
            ("http://h:x", None),
        ] {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(authority(url), expected, "{url}");
        }
    }

    #[test]
    fn text_and_sums() {
        let mut suite = Suite::new("s");
        suite.pass("a", "fine");
        suite.fail("b", "broken", "mend it");
        suite.warn("c", "odd", "look");
        let text = all_text(&suite.all, false);
        assert!(
            text.contains("1. PASS [a]\n2. FAIL [b]\n  Diagnosis: broken\n  Remediation: mend")
        );
        assert!(text.ends_with("  Total:3, Success:1, Fail:1, Warning:1, Error:0\n"));
        assert!(all_text(&suite.all, true).contains("1. PASS [a]\n  Diagnosis: fine\n2."));
        assert_eq!(all_json(&suite.all)["summary"]["fail"], 1);
    }
}
