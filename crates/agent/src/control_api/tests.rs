use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::Ordering;

use base::ShutdownTrigger;

use crate::checks::tests::Host;
use crate::status::tests::{STOPPED, note_stop, view};

use super::*;

struct Running {
    host: Host,
    file: ControlFile,
    trigger: ShutdownTrigger,
    task: tokio::task::JoinHandle<()>,
}

async fn start() -> Running {
    let host = Host::new(&[("proc/sys/kernel/hostname", "web-1\n")]);
    let api = ControlApi::bind(view(&host, ""), note_stop).await.unwrap();
    let file = ControlFile::read(&host.path("run")).unwrap();
    assert_eq!(file.address, api.address().to_string());
    let (trigger, shutdown) = Shutdown::new();
    Running { host, file, trigger, task: tokio::spawn(api.run(shutdown)) }
}

/// Status and body of a request.
async fn ask(address: &str, method: &str, path: &str, token: &str) -> (u16, String) {
    let (url, method) = (format!("http://{address}/agent/{path}"), method.to_owned());
    let bearer = format!("Bearer {token}");
    tokio::task::spawn_blocking(move || {
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        let mut answer = match method.as_str() {
            "GET" => agent.get(url).header("Authorization", bearer).call().unwrap(),
            _ => agent.post(url).header("Authorization", bearer).send_empty().unwrap(),
        };
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn the_token_is_needed() {
    let running = start().await;
    let ControlFile { address, token, .. } = &running.file;
    let other = format!("{}0", &token[..63]);
    for wrong in ["", "x", &other, &token[..63]] {
        for path in ["hostname", "status", "config", "nothing"] {
            assert_eq!(ask(address, "GET", path, wrong).await.0, 401, "{path} with {wrong:?}");
        }
        assert_eq!(ask(address, "POST", "stop", wrong).await.0, 401);
    }
    assert!(!STOPPED.load(Ordering::SeqCst), "somebody without the token stopped the agent");
    assert_eq!(ask(address, "GET", "hostname", token).await, (200, "\"web-1\"".to_owned()));
    let (status, text) = ask(address, "GET", "status?format=text&section=endpoints", token).await;
    assert_eq!(status, 200);
    assert!(text.contains("http://127.0.0.1:1 - API Key ending with:"), "{text}");
    assert_eq!(ask(address, "GET", "status?format=text&section=x", token).await.0, 404);
    let (_, json) = ask(address, "GET", "status", token).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["hostnameStats"]["provider"], "os");
    let (_, config) = ask(address, "GET", "config", token).await;
    assert!(config.contains("bcdef") && !config.contains("0123456789abcdef"), "{config}");
    let (_, health) = ask(address, "GET", "status/health", token).await;
    assert!(health.contains("\"Unhealthy\":[]"), "{health}");
    let (_, stats) = ask(address, "GET", "dogstatsd-stats", token).await;
    assert_eq!(stats, r#"{"enabled":false,"metrics":[]}"#);
    assert_eq!(ask(address, "POST", "stop", token).await.0, 200);
    assert!(STOPPED.load(Ordering::SeqCst));
}

#[tokio::test]
async fn the_file_is_private_and_goes_with_the_agent() {
    let running = start().await;
    let path = ControlFile::path(&running.host.path("run"));
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!((running.file.pid, running.file.token.len()), (std::process::id(), 64));
    running.trigger.stop();
    running.task.await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn the_next_agents_file_stays() {
    let running = start().await;
    let run_path = running.host.path("run");
    let next = ControlFile { token: "another".to_owned(), ..running.file.clone() };
    next.write(&run_path).unwrap();
    running.trigger.stop();
    running.task.await.unwrap();
    assert_eq!(ControlFile::read(&run_path), Some(next));
}

#[tokio::test]
async fn a_port_that_is_taken_gives_a_free_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let listener = listen("localhost", port).await.unwrap();
    let got = listener.local_addr().unwrap();
    assert!(got.ip().is_loopback());
    assert_ne!(got.port(), port);
}

#[test]
fn rubbish_is_no_file() {
    let host = Host::new(&[("run/control.json", "{\"address\":")]);
    assert_eq!(ControlFile::read(&host.path("run")), None);
    assert_eq!(ControlFile::read(&host.path("nothing")), None);
}
