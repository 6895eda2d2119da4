use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::checks::tests::Host;
use crate::host::hostname::Hostname;
use crate::{EndpointStats, LastError, Listener};

use super::health::HealthMemory;
use super::*;

/// The view of an agent on a recorded host, with nothing counted yet.
pub(crate) fn view(host: &Host, settings: &str) -> AgentView {
    let run_path = host.path("run");
    let text = format!(
        "api_key: 0123456789abcdef0123456789abcdef\ndd_url: http://127.0.0.1:1\ncmd_port: 0\n\
         run_path: {}\n{settings}",
        run_path.display()
    );
    let config = Config::parse(None, Path::new("datadog.yaml"), &text, &Default::default());
    let hostname = Hostname {
        name: "web-1".into(),
        provider: "os",
        unused: vec![("configuration", "hostname is empty".into())],
    };
    AgentView {
        config: Arc::new(config.unwrap()),
        agent: AgentFacts {
            hostname,
            uuid: "0123456789abcdef0123456789abcdef".into(),
            started_ms: 1_767_323_045_678,
        },
        telemetry: Arc::default(),
        check_stats: CheckStats::default(),
        checks: Arc::from(Vec::new()),
        problems: Arc::default(),
        context: host.context.clone(),
        clock: host.clock.clone(),
        log_file: None,
        metric_stats: MetricStatsSource::new(|| None),
    }
}

fn host() -> Host {
    Host::new(&[
        ("proc/sys/kernel/hostname", "web-1\n"),
        ("proc/stat", "cpu 1 1 1 1\ncpu0 1 1 1 1\nbtime 1699913600\n"),
        ("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
    ])
}

/// Whether each of these lines stands in a page, in this order.
#[track_caller]
fn check_lines(page: &str, lines: &[&str]) {
    let mut rest = page;
    for line in lines {
        let Some(at) = rest.find(&format!("{line}\n")) else {
            panic!("the line {line:?} is not there, or not there yet, in\n{page}");
        };
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn the_header() {
    let host = host();
    let view = view(&host, "tags: [team:core]\nenv: prod\nadditional_endpointz: 5\n");
    let page = text::render(&view.status(), Some("header")).unwrap();
    let title = format!("Agent (v{VERSION})");
    let line = "=".repeat(title.len());
    assert!(page.starts_with(&format!("{line}\n{title}\n{line}\n  Status date: 2023-11-14 22")));
    check_lines(
        &page,
        &[
            "  Status date: 2023-11-14 22:13:20 UTC (1700000000000)",
            "  Agent start: 2026-01-02 03:04:05.678 UTC (1767323045678)",
            "  Agent flavor: agent",
            "  Paths\n  =====",
            "    Config File: There is no config file",
            "  Config Warnings\n  ===============",
            "  Clocks\n  ======",
            "    System time: 2023-11-14 22:13:20 UTC (1700000000000)",
            "  Host Info\n  =========",
            "    bootTime: 2023-11-13 22:13:20 UTC (1699913600000)",
            "    platform: debian",
            "    uptime: 24h0m0s",
            "  Hostnames\n  =========",
            "    hostname: web-1",
            "    host tags:\n      env:prod\n      team:core",
            "    hostname provider: os",
            "    unused hostname providers:\n      configuration: hostname is empty",
            "  Metadata\n  ========",
            "    hostname_source: os",
        ],
    );
    assert!(!page.contains("NTP offset"));
}

#[test]
fn the_collector() {
    let status = json!({
        "runnerStats": {"Checks": {
            "cpu": {"cpu": {
                "CheckID": "cpu", "Status": "OK", "CheckConfigSource": "file:/conf.d/cpu.d/x.yaml",
                "TotalRuns": 1234, "MetricSamples": 9, "TotalMetricSamples": 11097,
                "Events": 0, "TotalEvents": 0, "ServiceChecks": 0, "TotalServiceChecks": 0,
                "AverageExecutionTime": 3, "LastExecutionMs": 1_767_323_045_678_i64,
                "LastSuccessMs": 1_767_323_045_678_i64, "LastError": "", "LastWarnings": [],
            }},
            "ntp": {"ntp:1": {
                "CheckID": "ntp:1", "Status": "ERROR", "CheckConfigSource": "built-in",
                "TotalRuns": 1, "MetricSamples": 0, "TotalMetricSamples": 0,
                "Events": 0, "TotalEvents": 0, "ServiceChecks": 1, "TotalServiceChecks": 1,
                "AverageExecutionTime": 1500, "LastExecutionMs": 1_767_323_045_000_i64,
                "LastSuccessMs": null, "LastError": "no time server answers",
                "LastWarnings": ["slow"],
            }},
        }},
        "autoConfigStats": {"ConfigErrors": {"disk": ["/conf.d/disk.yaml: line 2: a tab"]}},
        "checkSchedulerStats": {"LoaderErrors": {"mysql": ["no check named mysql"]}},
    });
    let page = text::render(&status, Some("Collector")).unwrap();
    let expected = "\
=========
Collector
=========

  Running Checks
  ==============

    cpu
    ---
      Instance ID: cpu [OK]
      Configuration Source: file:/conf.d/cpu.d/x.yaml
      Total Runs: 1,234
      Metric Samples: Last Run: 9, Total: 11,097
      Events: Last Run: 0, Total: 0
      Service Checks: Last Run: 0, Total: 0
      Average Execution Time : 3ms
      Last Execution Date : 2026-01-02 03:04:05.678 UTC (1767323045678)
      Last Successful Execution Date : 2026-01-02 03:04:05.678 UTC (1767323045678)

    ntp
    ---
      Instance ID: ntp:1 [ERROR]
      Configuration Source: built-in
      Total Runs: 1
      Metric Samples: Last Run: 0, Total: 0
      Events: Last Run: 0, Total: 0
      Service Checks: Last Run: 1, Total: 1
      Average Execution Time : 1.5s
      Last Execution Date : 2026-01-02 03:04:05 UTC (1767323045000)
      Last Successful Execution Date : Never
      Error: no time server answers
      Warning: slow

  Config Errors
  =============
    disk
    ----
      /conf.d/disk.yaml: line 2: a tab

  Loading Errors
  ==============
    mysql
    -----
      no check named mysql

";
    assert_eq!(page, expected);
    let empty = text::render(&json!({}), Some("collector")).unwrap();
    check_lines(&empty, &["    No checks have run yet"]);
}

#[test]
fn what_was_counted() {
    let host = host();
    let view = view(&host, "additional_endpoints:\n  http://b:2: [keykeykey12345]\n");
    let telemetry = &view.telemetry;
    telemetry.aggregator.series_flushed.add(12345);
    telemetry.dogstatsd.metric_packets.add(7);
    telemetry.dogstatsd.set_listener(Listener {
        transport: "udp",
        address: "127.0.0.1:8125".into(),
        error: Some("taken".into()),
    });
    telemetry.forwarder.update("http://127.0.0.1:1", |domain| {
        domain.queue_len = 3;
        domain.disk_bytes = 2048;
        domain.disk_files = 2;
        domain.dropped_full = 4;
        domain.keys.insert("bcdef".into(), KeyState::Valid);
        let stats = EndpointStats {
            success: 1001,
            retried: 5,
            dropped: 4,
            connection_errors: 6,
            http_errors: [(500, 2)].into(),
            ..EndpointStats::default()
        };
        domain.endpoints.insert("series_v2", stats);
        domain.last_error = Some(LastError {
            time_ms: 1_767_323_045_678,
            endpoint: "series_v2",
            message: "refused".into(),
        });
    });
    let page = text::render(&view.status(), None).unwrap();
    check_lines(
        &page,
        &[
            "==========\nAggregator\n==========",
            "  Series Flushed: 12,345",
            "=========\nDogStatsD\n=========",
            "  Metric Packets: 7",
            "    udp 127.0.0.1:8125: Error: taken",
            "=========\nEndpoints\n=========",
            "  http://127.0.0.1:1 - API Key ending with:\n      - bcdef",
            "  http://b:2 - API Key ending with:\n      - 12345",
            "=========\nForwarder\n=========",
            "    Dropped: 4",
            "    Retried: 5",
            "    RetryQueueSize: 3",
            "  Transaction Successes\n  =====================",
            "    Total number: 1,001",
            "      series_v2: 1,001",
            "  Transaction Errors\n  ==================",
            "    Total number: 6",
            "  HTTP Errors\n  ===========",
            "      500: 2",
            "    Disk usage in bytes: 2,048",
            "    API key ending with bcdef: API Key valid",
        ],
    );
    assert!(page.contains("Last error of http://127.0.0.1:1: 2026-01-02 03:04:05.678 UTC"));
    assert!(!page.contains(&view.config.api_key), "a key is shown");
    assert!(!view.status().to_string().contains(&view.config.api_key), "a key is shown");
    let order: Vec<usize> = ["\nCollector\n", "\nAggregator\n", "\nDogStatsD\n", "\nForwarder\n"]
        .map(|title| page.find(title).unwrap())
        .to_vec();
    assert!(order.is_sorted());
}

#[test]
fn unknown_sections_are_named() {
    let error = text::render(&json!({}), Some("jmx")).unwrap_err();
    assert!(error.starts_with("no section \"jmx\"; there are header, collector"), "{error}");
}

#[track_caller]
fn check_health(change: impl Fn(&AgentView), unhealthy: &[&str]) {
    let host = host();
    let view = view(&host, "");
    change(&view);
    let health = view.health(&HealthMemory::default());
    assert_eq!(health.unhealthy, unhealthy);
    assert_eq!(health.healthy.len() + unhealthy.len(), 4);
    let verdict = if unhealthy.is_empty() { "PASS" } else { "FAIL" };
    assert!(health.text().starts_with(&format!("Agent health: {verdict}\n")));
}

#[test]
fn health_of_parts() {
    let key = |state: KeyState| {
        move |view: &AgentView| {
            view.telemetry.forwarder.update("a", |d| {
                d.keys.insert("x".into(), state.clone());
            });
        }
    };
    let listener = |error: Option<&str>| Listener {
        transport: "udp",
        address: error.unwrap_or("ok").into(),
        error: error.map(str::to_owned),
    };
    check_health(|_| {}, &[]);
    check_health(key(KeyState::Valid), &[]);
    check_health(key(KeyState::Unreachable("refused".into())), &[]);
    check_health(key(KeyState::Invalid), &["forwarder"]);
    check_health(
        |view| view.telemetry.dogstatsd.set_listener(listener(Some("taken"))),
        &["dogstatsd-main"],
    );
    check_health(
        |view| {
            view.telemetry.dogstatsd.set_listener(listener(Some("taken")));
            view.telemetry.dogstatsd.set_listener(listener(None));
        },
        &[],
    );
}

#[test]
fn an_aggregator_that_does_not_flush_is_unhealthy() {
    let host = host();
    let view = view(&host, "");
    let memory = HealthMemory::default();
    let is_well = |secs: u64| {
        host.clock.advance(Duration::from_secs(secs));
        view.health(&memory).unhealthy.is_empty()
    };
    assert!(is_well(0));
    assert!(is_well(60));
    assert!(!is_well(60));
    view.telemetry.aggregator.flushes.add(1);
    assert!(is_well(0));
    assert!(is_well(80));
    assert!(!is_well(20));
}

#[test]
fn health_goes_over_the_wire() {
    let health =
        health::Health { healthy: vec!["a".into(), "b".into()], unhealthy: vec!["c".into()] };
    assert_eq!(health::Health::of_json(&health.to_json()), health);
    assert_eq!(
        health.text(),
        "Agent health: FAIL\n=== 2 healthy components ===\na, b\n=== 1 unhealthy components ===\nc\n"
    );
}

/// For tests that stop an agent: whether somebody asked.
pub(crate) static STOPPED: AtomicBool = AtomicBool::new(false);

pub(crate) fn note_stop() {
    STOPPED.store(true, Ordering::SeqCst);
}
