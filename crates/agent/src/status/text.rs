//! The status object as text, laid out as the official Agent's: header, collector, then the other
//! sections by name.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::format::{date, duration, humanize, underlined};

/// Sections by the names that `status SECTION` takes.
pub const SECTIONS: [&str; 6] =
    ["header", "collector", "aggregator", "dogstatsd", "endpoints", "forwarder"];

/// The whole page, or one section of it.
///
/// # Errors
/// When there is no such section: the names that there are.
pub fn render(status: &Value, section: Option<&str>) -> Result<String, String> {
    let Some(wanted) = section else {
        return Ok(SECTIONS.iter().map(|name| render_section(status, name)).collect());
    };
    let name = wanted.to_ascii_lowercase();
    if SECTIONS.contains(&name.as_str()) {
        return Ok(render_section(status, &name));
    }
    Err(format!("no section {wanted:?}; there are {}", SECTIONS.join(", ")))
}

fn render_section(status: &Value, name: &str) -> String {
    let mut page = Page(String::new());
    match name {
        "header" => header(status, &mut page),
        "collector" => collector(status, &mut page),
        "aggregator" => aggregator(status, &mut page),
        "dogstatsd" => dogstatsd(status, &mut page),
        "endpoints" => endpoints(status, &mut page),
        _ => forwarder(status, &mut page),
    }
    page.0.push('\n');
    page.0
}

/// Text that grows by lines.
struct Page(String);

impl Page {
    fn line(&mut self, indent: usize, text: impl AsRef<str>) {
        for line in text.as_ref().lines() {
            let _infallible = writeln!(self.0, "{:indent$}{line}", "");
        }
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn title(&mut self, name: &str) {
        let line = "=".repeat(name.chars().count());
        self.line(0, format!("{line}\n{name}\n{line}"));
    }

    fn subtitle(&mut self, name: &str) {
        self.blank();
        self.line(2, underlined(name, '='));
    }

    /// `Name: value`, unless there is no value.
    fn field(&mut self, indent: usize, name: &str, value: &Value) {
        let text = match value {
            Value::Null => return,
            Value::String(text) if text.is_empty() => return,
            Value::String(text) => text.clone(),
            Value::Array(items) if items.is_empty() => return,
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(plain).collect();
                format!("[{}]", items.join(" "))
            }
            other => plain(other),
        };
        self.line(indent, format!("{name}: {text}"));
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().map(Map::iter).into_iter().flatten()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn nanos_date(value: &Value) -> String {
    date(value.as_i64().unwrap_or(0) / 1_000_000)
}

fn header(s: &Value, page: &mut Page) {
    page.title(&format!("Agent (v{})", plain(&s["version"])));
    page.line(2, format!("Status date: {}", nanos_date(&s["time_nano"])));
    page.line(2, format!("Agent start: {}", nanos_date(&s["agent_start_nano"])));
    page.field(2, "Pid", &s["pid"]);
    page.field(2, "Go Version", &s["go_version"]);
    page.field(2, "Python Version", &s["python_version"]);
    page.field(2, "Build arch", &s["build_arch"]);
    page.field(2, "Agent flavor", &s["flavor"]);
    page.field(2, "Log File", &s["config"]["log_file"]);
    page.field(2, "Log Level", &s["config"]["log_level"]);
    page.subtitle("Paths");
    let file = s["conf_file"].as_str().unwrap_or("There is no config file");
    page.line(4, format!("Config File: {file}"));
    page.field(4, "conf.d", &s["config"]["confd_path"]);
    page.field(4, "checks.d", &s["config"]["additional_checksd"]);
    page.field(4, "run_path", &s["config"]["run_path"]);
    if !array(&s["config"]["warnings"]).is_empty() {
        page.subtitle("Config Warnings");
        for warning in array(&s["config"]["warnings"]) {
            page.line(4, plain(warning));
        }
    }
    page.subtitle("Clocks");
    if let Some(offset) = s["ntpOffset"].as_f64() {
        const HIGH_SECS: f64 = 60.0;
        page.line(4, format!("NTP offset: {}", duration(offset)));
        if offset.abs() > HIGH_SECS {
            page.line(4, "NTP offset is high. The server may ignore metrics sent by this Agent.");
        }
    }
    page.line(4, format!("System time: {}", nanos_date(&s["time_nano"])));
    host(s, page);
    page.subtitle("Metadata");
    for (name, value) in object(&s["agent_metadata"]) {
        page.field(4, name, value);
    }
}

fn host(s: &Value, page: &mut Page) {
    page.subtitle("Host Info");
    for (name, value) in object(&s["hostinfo"]) {
        match (name.as_str(), value.as_i64()) {
            (_, Some(0)) => {}
            ("bootTime", Some(secs)) => {
                page.line(4, format!("bootTime: {}", date(secs.saturating_mul(1000))))
            }
            ("uptime", Some(secs)) => page.line(4, format!("uptime: {}", duration(secs as f64))),
            _ => page.field(4, name, value),
        }
    }
    page.subtitle("Hostnames");
    for (name, value) in object(&s["metadata"]["meta"]) {
        if name != "timezones" && name != "hostname-resolution-version" {
            page.field(4, name, value);
        }
    }
    if !array(&s["hostTags"]).is_empty() {
        page.line(4, "host tags:");
        for tag in array(&s["hostTags"]) {
            page.line(6, plain(tag));
        }
    }
    page.field(4, "hostname provider", &s["hostnameStats"]["provider"]);
    let unused: Vec<_> = object(&s["hostnameStats"]["errors"]).collect();
    if !unused.is_empty() {
        page.line(4, "unused hostname providers:");
        for (name, why) in unused {
            page.field(6, name, why);
        }
    }
}

fn collector(s: &Value, page: &mut Page) {
    page.title("Collector");
    page.subtitle("Running Checks");
    let checks: Vec<_> = object(&s["runnerStats"]["Checks"]).collect();
    if checks.is_empty() {
        page.line(4, "No checks have run yet");
    }
    for (name, instances) in checks {
        page.blank();
        page.line(4, underlined(name, '-'));
        for (_, check) in object(instances) {
            instance(check, page);
        }
    }
    for (title, problems) in [
        ("Config Errors", &s["autoConfigStats"]["ConfigErrors"]),
        ("Loading Errors", &s["checkSchedulerStats"]["LoaderErrors"]),
    ] {
        if object(problems).next().is_none() {
            continue;
        }
        page.subtitle(title);
        for (name, messages) in object(problems) {
            page.line(4, underlined(name, '-'));
            for message in array(messages) {
                page.line(6, plain(message));
            }
        }
    }
}

/// One instance's block; also what `check` prints at its end.
fn instance(check: &Value, page: &mut Page) {
    let n = |key: &str| humanize(&check[key]);
    let at = |key: &str| check[key].as_i64().map_or("Never".to_owned(), date);
    page.line(
        6,
        format!("Instance ID: {} [{}]", plain(&check["CheckID"]), plain(&check["Status"])),
    );
    page.field(6, "Configuration Source", &check["CheckConfigSource"]);
    page.line(6, format!("Total Runs: {}", n("TotalRuns")));
    for (title, last, total) in [
        ("Metric Samples", "MetricSamples", "TotalMetricSamples"),
        ("Events", "Events", "TotalEvents"),
        ("Service Checks", "ServiceChecks", "TotalServiceChecks"),
    ] {
        page.line(6, format!("{title}: Last Run: {}, Total: {}", n(last), n(total)));
    }
    let average = check["AverageExecutionTime"].as_f64().unwrap_or(0.0) / 1000.0;
    page.line(6, format!("Average Execution Time : {}", duration(average)));
    page.line(6, format!("Last Execution Date : {}", at("LastExecutionMs")));
    page.line(6, format!("Last Successful Execution Date : {}", at("LastSuccessMs")));
    page.field(6, "Error", &check["LastError"]);
    for warning in array(&check["LastWarnings"]) {
        page.field(6, "Warning", warning);
    }
}

/// The block of one check, as `check` prints it: `object` is an entry of `runnerStats.Checks`.
pub fn check_block(name: &str, instances: &Value) -> String {
    let mut page = Page(String::new());
    page.title("Collector");
    page.subtitle("Running Checks");
    page.blank();
    page.line(4, underlined(name, '-'));
    for (_, check) in object(instances) {
        instance(check, &mut page);
    }
    page.0
}

/// `Name: 1,234` for each number of an object, with the names as people read them.
fn numbers(page: &mut Page, stats: &Value, names: &[(&str, &str)]) {
    for (key, name) in names {
        page.line(2, format!("{name}: {}", humanize(&stats[*key])));
    }
}

fn aggregator(s: &Value, page: &mut Page) {
    page.title("Aggregator");
    let stats = &s["aggregatorStats"];
    let names = [
        ("ChecksMetricSample", "Checks Metric Sample"),
        ("DogstatsdMetricSample", "Dogstatsd Metric Sample"),
        ("Event", "Event"),
        ("EventsFlushed", "Events Flushed"),
        ("NumberOfFlush", "Number Of Flushes"),
        ("SeriesFlushed", "Series Flushed"),
        ("ServiceCheck", "Service Check"),
        ("ServiceCheckFlushed", "Service Checks Flushed"),
        ("SketchesFlushed", "Sketches Flushed"),
        ("HostnameUpdate", "Hostname Update"),
    ];
    numbers(page, stats, &names);
    if stats["ItemsDropped"].as_u64().unwrap_or(0) > 0 {
        numbers(page, stats, &[("ItemsDropped", "Items Dropped")]);
    }
}

fn dogstatsd(s: &Value, page: &mut Page) {
    page.title("DogStatsD");
    let stats = &s["dogstatsdStats"];
    if stats["Enabled"] == false {
        page.line(2, "DogStatsD is disabled: `use_dogstatsd` is false");
        return;
    }
    let names = [
        ("EventPackets", "Event Packets"),
        ("EventParseErrors", "Event Parse Errors"),
        ("MetricPackets", "Metric Packets"),
        ("MetricParseErrors", "Metric Parse Errors"),
        ("ServiceCheckPackets", "Service Check Packets"),
        ("ServiceCheckParseErrors", "Service Check Parse Errors"),
        ("UdpBytes", "Udp Bytes"),
        ("UdpPacketReadingErrors", "Udp Packet Reading Errors"),
        ("UdpPackets", "Udp Packets"),
        ("UdsBytes", "Uds Bytes"),
        ("UdsOriginDetectionErrors", "Uds Origin Detection Errors"),
        ("UdsPacketReadingErrors", "Uds Packet Reading Errors"),
        ("UdsPackets", "Uds Packets"),
        ("UnterminatedMetricErrors", "Unterminated Metric Errors"),
    ];
    numbers(page, stats, &names);
    let containers = &stats["Containers"];
    if let Some(error) = containers["LastError"].as_str() {
        numbers(page, containers, &[("DockerErrors", "Docker Errors")]);
        page.line(4, error);
    }
    page.subtitle("Listeners");
    for listener in array(&stats["Listeners"]) {
        let state = match listener["error"].as_str() {
            Some(error) => format!("Error: {error}"),
            None => "OK".to_owned(),
        };
        let (transport, address) = (plain(&listener["transport"]), plain(&listener["address"]));
        page.line(4, format!("{transport} {address}: {state}"));
    }
    let bad = array(&stats["BadMessages"]);
    if !bad.is_empty() {
        page.subtitle("Last Broken Messages");
        for message in bad {
            let time = date(message["time"].as_i64().unwrap_or(0));
            let (reason, text) = (plain(&message["reason"]), plain(&message["text"]));
            page.line(4, format!("{time}: {reason}: {text:?}"));
        }
    }
}

fn endpoints(s: &Value, page: &mut Page) {
    page.title("Endpoints");
    for (url, keys) in object(&s["endpointsInfos"]) {
        page.line(2, format!("{url} - API Key ending with:"));
        for key in array(keys) {
            page.line(6, format!("- {}", plain(key)));
        }
    }
}

fn forwarder(s: &Value, page: &mut Page) {
    page.title("Forwarder");
    let stats = &s["forwarderStats"];
    let transactions = &stats["Transactions"];
    page.subtitle("Transactions");
    for key in [
        "Dropped",
        "DroppedOnInput",
        "HighPriorityQueueFull",
        "Requeued",
        "Retried",
        "RetryQueueSize",
    ] {
        page.line(4, format!("{key}: {}", humanize(&transactions[key])));
    }
    if transactions["DroppedOnInput"].as_u64().unwrap_or(0) > 0 {
        page.blank();
        page.line(4, "Warning: the forwarder dropped transactions: the queues were full");
    }
    for (title, sum, by, detail) in [
        ("Transaction Successes", "Success", "Successes By Endpoint", "SuccessByEndpoint"),
        ("Transaction Errors", "Errors", "Errors By Type", "ErrorsByType"),
        ("HTTP Errors", "HTTPErrors", "HTTP Errors By Code", "HTTPErrorsByCode"),
    ] {
        if transactions[sum].as_u64().unwrap_or(0) == 0 {
            continue;
        }
        page.subtitle(title);
        page.line(4, format!("Total number: {}", humanize(&transactions[sum])));
        page.line(4, format!("{by}:"));
        for (name, n) in object(&transactions[detail]).filter(|(_, n)| n.as_u64() != Some(0)) {
            page.line(6, format!("{name}: {}", humanize(n)));
        }
    }
    storage(&stats["FileStorage"], page);
    page.subtitle("API Keys status");
    for (name, state) in object(&stats["APIKeyStatus"]) {
        page.field(4, name, state);
    }
    for error in array(&stats["LastErrors"]) {
        let (time, url) = (date(error["time"].as_i64().unwrap_or(0)), plain(&error["url"]));
        let (endpoint, message) = (plain(&error["endpoint"]), plain(&error["message"]));
        page.blank();
        page.line(4, format!("Last error of {url}: {time}: {endpoint}: {message}"));
    }
}

fn storage(stats: &Value, page: &mut Page) {
    page.subtitle("On-disk storage");
    if stats["Enabled"] != true {
        page.line(
            4,
            "On-disk storage is disabled. Configure `forwarder_storage_max_size_in_bytes` to \
             enable it.",
        );
        return;
    }
    page.line(4, format!("Disk usage in bytes: {}", humanize(&stats["CurrentSizeInBytes"])));
    page.line(4, format!("Maximum size in bytes: {}", humanize(&stats["MaxSizeInBytes"])));
    page.line(4, format!("Number of files: {}", humanize(&stats["FilesCount"])));
    if stats["DamagedFiles"].as_u64().unwrap_or(0) > 0 {
        page.line(4, format!("Damaged files: {}", humanize(&stats["DamagedFiles"])));
    }
    page.field(4, "Error", &stats["Error"]);
}
