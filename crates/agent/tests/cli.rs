//! The command line against an agent that runs, both as processes of their own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;

use serde_json::Value;
use tempfile::TempDir;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A server that answers every request with 202, and tells the routes that were asked.
struct Server {
    port: u16,
    routes: mpsc::Receiver<String>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, routes) = mpsc::sync_channel(10_000);
        std::thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    let sender = sender.clone();
                    std::thread::Builder::new().spawn(move || serve(stream, &sender)).unwrap();
                }
            })
            .unwrap();
        Self { port, routes }
    }

    /// Waits until each of these routes was asked.
    fn wait_for(&self, routes: &[&str]) {
        let mut missing: Vec<&str> = routes.to_vec();
        while !missing.is_empty() {
            let limit = std::time::Duration::from_secs(120);
            let Ok(route) = self.routes.recv_timeout(limit) else {
                panic!("nobody asked {missing:?}");
            };
            missing.retain(|wanted| !route.starts_with(wanted));
        }
    }
}

fn serve(mut stream: std::net::TcpStream, routes: &mpsc::SyncSender<String>) {
    use std::io::{BufRead, BufReader, Read, Write};
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request).unwrap_or(0) == 0 {
            return;
        }
        let mut len = 0_u64;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                len = value.trim().parse().unwrap();
            }
        }
        std::io::copy(&mut reader.by_ref().take(len), &mut std::io::sink()).unwrap();
        let route = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let status = if route.starts_with("/api/v1/validate") { "200 OK" } else { "202 Accepted" };
        if routes.try_send(route).is_err() {
            return;
        }
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A folder with settings, and the commands that use them.
struct Home {
    dir: TempDir,
}

impl Home {
    fn new(port: u16, more: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let run_path = dir.path().join("run");
        let settings = format!(
            "api_key: {KEY}\ndd_url: http://127.0.0.1:{port}\nrun_path: {}\ncmd_port: 0\n\
             hostname: test-host\ntags: [team:core]\ndogstatsd_port: {}\n\
             dogstatsd_socket: \"\"\nlog_to_console: false\n{more}",
            run_path.display(),
            free_udp_port(),
        );
        std::fs::write(dir.path().join("datadog.yaml"), settings).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_procyon-agent"));
        // What the person who runs the tests has set is not theirs.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("DD_") || name.to_ascii_lowercase().ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command.args(args).arg("--cfgpath").arg(self.dir.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Answer {
        Answer::of(self.command(args).output().unwrap())
    }
}

fn free_udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What a command said.
#[derive(Debug)]
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }
}

/// A running agent, which goes with the test.
struct Agent<'a> {
    home: &'a Home,
    process: Child,
}

impl<'a> Agent<'a> {
    fn start(home: &'a Home) -> Self {
        let log = std::fs::File::create(home.path("out.log")).unwrap();
        let process = home.command(&["run"]).stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let mut agent = Self { home, process };
        // The file comes when the control API listens; each look is a process of its own, so this
        // does not spin.
        while home.run(&["health"]).code != 0 {
            if let Some(status) = agent.process.try_wait().unwrap() {
                let log = std::fs::read_to_string(home.path("out.log")).unwrap();
                panic!("the agent ended with {status}: {log}");
            }
        }
        agent
    }

    fn wait(mut self) -> i32 {
        let code = self.process.wait().unwrap().code().unwrap_or(-1);
        assert!(!self.home.path("run/control.json").exists(), "control.json stays behind");
        code
    }
}

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        let _ended_already = self.process.kill();
        let _ended_already = self.process.wait();
    }
}

/// Asks again and again until the answer is as it is to be.
fn wait_until(home: &Home, args: &[&str], is_right: impl Fn(&Answer) -> bool) -> Answer {
    for _ in 0..2000 {
        let answer = home.run(args);
        if is_right(&answer) {
            return answer;
        }
    }
    panic!("{args:?} never answered as expected: {:?}", home.run(args));
}

#[test]
fn a_running_agent_answers() {
    let server = Server::start();
    let home = Home::new(server.port, "dogstatsd_metrics_stats_enable: true\n");
    std::fs::create_dir_all(home.path("conf.d/ntp.d")).unwrap();
    let ntp = "instances:\n- host: 127.0.0.1\n  port: 1\n  timeout: 0.05\n";
    std::fs::write(home.path("conf.d/ntp.d/conf.yaml"), ntp).unwrap();
    std::fs::create_dir_all(home.path("conf.d/disk.d")).unwrap();
    std::fs::write(home.path("conf.d/disk.d/conf.yaml"), "instances:\n\t- {}\n").unwrap();
    let agent = Agent::start(&home);
    server.wait_for(&["/intake/", "/api/v1/validate", "/api/v1/metadata"]);

    assert_eq!(home.run(&["hostname"]).ok(), "test-host\n");
    let health = home.run(&["health"]).ok();
    assert!(health.starts_with("Agent health: PASS\n=== 4 healthy components ===\n"), "{health}");
    let page = wait_until(&home, &["status", "-v"], |a| a.out.contains("Instance ID: ntp:")).ok();
    for line in [
        "      Instance ID: cpu [OK]\n",
        "      Configuration Source: built-in\n",
        "    hostname: test-host\n",
        "      team:core\n",
        "  Config Errors\n",
        "disk.d/conf.yaml: line 2: a tab in the indentation",
        "      - bcdef\n",
        "    API key ending with bcdef: API Key valid\n",
    ] {
        assert!(page.contains(line), "{line:?} is not in\n{page}");
    }
    assert!(!page.contains(KEY), "a key is shown");
    let section = home.run(&["status", "endpoints"]).ok();
    assert!(section.starts_with("=========\nEndpoints\n") && !section.contains("Collector"));
    let status = home.run(&["status", "--json"]).json();
    assert_eq!(status["runnerStats"]["Checks"]["cpu"]["cpu"]["Status"], "OK");
    let config = home.run(&["config"]).ok();
    assert!(config.contains("hostname: test-host") && !config.contains(KEY), "{config}");
    let one = home.run(&["config", "get", "hostname"]).ok();
    assert_eq!(one, "hostname is set to: test-host\n");
    let checks = home.run(&["configcheck"]).ok();
    assert!(checks.contains("=== ntp check ===\nConfiguration provider: file\n"), "{checks}");
    assert!(checks.contains("timeout: 0.05\n~\n"), "{checks}");
    let diagnosis = home.run(&["diagnose", "--verbose"]);
    assert!(diagnosis.out.contains("PASS [API key ending with bcdef]"), "{diagnosis:?}");
    assert!(diagnosis.out.contains("FAIL [conf.d]"), "{diagnosis:?}");
    assert_eq!(diagnosis.code, 1, "the tab in conf.d is a failure");

    home.run(&["stop"]).ok();
    assert_eq!(agent.wait(), 0);
    let log = std::fs::read_to_string(home.path("logs/agent.log")).unwrap();
    assert!(log.contains(" | CORE | INFO | (agent::"), "{log}");
    assert!(!log.contains(KEY), "a key is logged");
}

#[test]
fn dogstatsd_stats_of_a_running_agent() {
    let server = Server::start();
    let home = Home::new(server.port, "dogstatsd_metrics_stats_enable: true\n");
    let agent = Agent::start(&home);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let settings = std::fs::read_to_string(home.path("datadog.yaml")).unwrap();
    let port = settings.lines().find_map(|l| l.strip_prefix("dogstatsd_port: ")).unwrap();
    let address = format!("127.0.0.1:{port}");
    let table = wait_until(&home, &["dogstatsd-stats"], |answer| {
        // The port may open a little after the control API does.
        let _not_open_yet = socket.send_to(b"page.views:1|c|#env:dev", &address);
        answer.out.contains("page.views")
    });
    assert!(table.out.starts_with("Metric   "), "{table:?}");
    let json = home.run(&["dogstatsd-stats", "--json"]).json();
    assert_eq!(json[0]["name"], "page.views");
    drop(agent);
}

#[test]
fn without_an_agent() {
    let home = Home::new(1, "");
    for args in [&["status"][..], &["config"], &["configcheck"], &["dogstatsd-stats"], &["stop"]] {
        let answer = home.run(args);
        assert_eq!(answer.code, 255, "{args:?}: {answer:?}");
        assert!(answer.err.starts_with("Error: Could not reach agent: there is no "), "{answer:?}");
        assert!(answer.err.contains("Make sure the agent is running"), "{answer:?}");
    }
    assert_eq!(home.run(&["health"]).code, 1);
    assert_eq!(home.run(&["hostname"]).ok(), "test-host\n");
    assert!(home.run(&["version"]).ok().starts_with("Agent 7."));
    let diagnosis = home.run(&["diagnose"]);
    assert_eq!(diagnosis.code, 1);
    assert!(diagnosis.out.contains("WARNING [running]"), "{diagnosis:?}");
    assert!(diagnosis.out.contains("FAIL [http://127.0.0.1:1]"), "{diagnosis:?}");
    let json = home.run(&["diagnose", "--json"]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert!(json["summary"]["fail"].as_u64() >= Some(2), "{json}");
    assert_eq!(home.run(&["status", "jmx"]).code, 255);
    assert_eq!(home.run(&["nonsense"]).code, 255);
}

#[test]
fn settings_that_are_wrong() {
    let home = Home::new(1, "");
    let write = |text: &str| std::fs::write(home.path("datadog.yaml"), text).unwrap();
    write("api_key: x\n\ttags: [a]\n");
    for args in [&["run"][..], &["status"], &["check", "cpu"]] {
        let answer = home.run(args);
        assert_eq!(answer.code, 255, "{args:?}: {answer:?}");
        assert!(answer.err.contains("datadog.yaml:2"), "{answer:?}");
        assert!(answer.err.contains("a tab"), "{answer:?}");
    }
    assert!(home.run(&["diagnose"]).out.contains("FAIL [datadog.yaml]"));
    // Without a key nothing can be sent, but everything else can be looked at.
    write("hostname: test-host\n");
    let answer = home.run(&["run"]);
    assert_eq!(answer.code, 255);
    assert_eq!(answer.err.matches("api_key: expected").count(), 1, "{answer:?}");
    assert_eq!(home.run(&["hostname"]).ok(), "test-host\n");
    home.run(&["check", "load"]).ok();
}

fn metrics(json: &Value) -> Vec<&str> {
    let list = json[0]["aggregator"]["metrics"].as_array().unwrap();
    list.iter().filter_map(|m| m["metric"].as_str()).collect()
}

#[test]
fn one_check() {
    let home = Home::new(1, "");
    let text = home.run(&["check", "memory"]).ok();
    for part in
        ["=== Series ===\n[", "\"system.mem.total\"", "Instance ID: memory [OK]", "Total Runs: 1\n"]
    {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    assert!(text.contains("Check has run only once"), "{text}");
    let once = home.run(&["check", "cpu", "--json"]).json();
    assert!(!metrics(&once).contains(&"system.cpu.idle"));
    let twice = home.run(&["check", "cpu", "--json", "--check-rate", "--pause", "100"]).json();
    assert!(metrics(&twice).contains(&"system.cpu.idle"), "{twice}");
    assert_eq!(twice[0]["runner"]["TotalRuns"], 2);
    assert_eq!(twice[0]["aggregator"]["metrics"][0]["host"], "test-host");
    let times =
        home.run(&["check", "load", "--json", "-t", "3", "--pause", "1", "-l", "debug"]).json();
    assert_eq!(times[0]["runner"]["TotalRuns"], 3);
}

#[test]
fn checks_that_cannot_run() {
    let home = Home::new(1, "");
    let answer = home.run(&["check", "nothing"]);
    assert_eq!(answer.code, 255);
    assert!(answer.err.contains("no valid check found"), "{answer:?}");
    let file = home.path("conf.d/disk.d/conf.yaml");
    write_file(&file, "instances:\n\t- use_mount: true\n");
    let answer = home.run(&["check", "disk"]);
    let mut expected = String::new();
    write!(expected, "{}: line 2: a tab in the indentation", file.display()).unwrap();
    assert!(answer.err.contains(&expected), "{answer:?}");
    assert_eq!(answer.code, 255);
    write_file(
        &home.path("conf.d/ntp.d/conf.yaml"),
        "instances:\n- host: 127.0.0.1\n  port: 1\n  timeout: 0.05\n",
    );
    let answer = home.run(&["check", "ntp"]);
    assert_eq!(answer.code, 1);
    assert!(answer.out.contains("[ERROR]") && answer.out.contains("\"ntp.in_sync\""), "{answer:?}");
}

fn write_file(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
