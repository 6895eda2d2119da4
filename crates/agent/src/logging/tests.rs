use std::io::Write as _;

use tempfile::TempDir;

use super::*;

fn config(text: &str) -> Config {
    let text = format!("api_key: 00000000000000000000000000000000\n{text}");
    Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap()
}

#[test]
fn files_roll() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("logs/agent.log");
    let limits = file::Limits { bytes_max: 10, rolls_max: 2 };
    let mut file = RollingFile::open(&path, limits).unwrap();
    for line in ["aaaa\n", "bbbb\n", "cccc\n", "dddd\n", "eeee\n", "ffff\n", "gggg\n"] {
        file.write_all(line.as_bytes()).unwrap();
    }
    let read = |suffix: &str| {
        let name = format!("{}{suffix}", path.display());
        std::fs::read_to_string(name).unwrap_or_else(|_| "none".to_owned())
    };
    assert_eq!(
        [read(""), read(".1"), read(".2"), read(".3")],
        ["gggg\n", "eeee\nffff\n", "cccc\ndddd\n", "none"]
    );
    drop(file);
    let mut again = RollingFile::open(&path, limits).unwrap();
    again.write_all(b"hhhh\n").unwrap();
    again.write_all(b"a line longer than a file\n").unwrap();
    assert_eq!([read(""), read(".1")], ["a line longer than a file\n", "gggg\nhhhh\n"]);
}

#[test]
fn files_without_rolls_start_anew() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("agent.log");
    let mut file = RollingFile::open(&path, file::Limits { bytes_max: 5, rolls_max: 0 }).unwrap();
    for line in [b"aaa\n", b"bbb\n"] {
        file.write_all(line).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "bbb\n");
}

#[test]
fn places() {
    let at = |text: &str| file_path(&config(text)).map(|p| p.display().to_string());
    assert_eq!(at("log_file: /x/y.log\n").as_deref(), Some("/x/y.log"));
    assert_eq!(at("run_path: /data/agent/run\n").as_deref(), Some("/data/agent/logs/agent.log"));
    assert_eq!(at("disable_file_logging: true\nlog_file: /x\n"), None);
}

/// What a subscriber with this format writes of one event.
fn written(json: bool) -> String {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("agent.log");
    let limits = file::Limits { bytes_max: 1000, rolls_max: 1 };
    let format = AgentFormat { json, clock: Clock::manual(1_767_323_045_678) };
    let layer = tracing_subscriber::fmt::layer()
        .event_format(format)
        .with_ansi(false)
        .with_writer(RollingFile::open(&path, limits).unwrap());
    let subscriber = tracing_subscriber::registry().with(filter("debug")).with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(port = 8125, name = "a\nb", message = "own", "started");
        tracing::trace!("not this");
    });
    std::fs::read_to_string(&path).unwrap()
}

#[test]
fn lines() {
    let text = written(false);
    let (head, tail) = text.split_once(" | (").unwrap();
    assert_eq!(head, "2026-01-02 03:04:05 UTC | CORE | INFO");
    assert!(tail.starts_with("agent::logging::tests:"), "{tail}");
    assert!(tail.ends_with(") | started | port:8125, name:a\\nb, message:own\n"), "{tail}");
    let json: Json = serde_json::from_str(&written(true)).unwrap();
    assert_eq!((json["level"].as_str(), json["msg"].as_str()), (Some("INFO"), Some("started")));
    assert_eq!((json["port"].as_str(), json["name"].as_str()), (Some("8125"), Some("a\nb")));
}
