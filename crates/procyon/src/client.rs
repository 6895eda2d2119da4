//! How the terminal commands speak to a server: over its public HTTP API, as everyone does.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::cli::ConnectArgs;
use crate::data_dir;
use crate::fault::{Fault, Result, While};

/// Longer than any query's own deadline.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Largest answer read, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A server and the keys for it.
#[derive(Debug)]
pub(crate) struct Client {
    url: String,
    api_key: String,
    app_key: String,
    agent: ureq::Agent,
}

/// The part of `bootstrap.json` that is needed here.
#[derive(Debug, Deserialize)]
struct Keys {
    api_key: String,
    application_key: String,
}

impl Client {
    /// Takes URL and keys from flags, environment, and then the data folder.
    pub(crate) fn of(args: &ConnectArgs) -> Result<Self> {
        let url = match &args.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => data_dir::holder(&args.data).and_then(|holder| holder.url).ok_or_else(|| {
                Fault::new(format!(
                    "no server runs on the data folder {}; start one with `procyon up`, or name it \
                     with --url or PROCYON_URL",
                    args.data.display()
                ))
            })?,
        };
        let (api_key, app_key) = match (&args.api_key, &args.app_key) {
            (Some(api_key), Some(app_key)) => (api_key.clone(), app_key.clone()),
            (api_key, app_key) => {
                let keys = keys_in(&args.data)?;
                let or = |given: &Option<String>, other| given.clone().unwrap_or(other);
                (or(api_key, keys.api_key), or(app_key, keys.application_key))
            }
        };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("procyon/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { url, api_key, app_key, agent: config.new_agent() })
    }

    /// The body of a 2xx answer.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<String> {
        let request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("DD-API-KEY", &self.api_key)
            .header("DD-APPLICATION-KEY", &self.app_key)
            .query_pairs(query.iter().copied());
        self.body(request.call())
    }

    /// The body of a 2xx answer; `None` when there is nothing at the path.
    pub(crate) fn find(&self, path: &str) -> Result<Option<String>> {
        let request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("DD-API-KEY", &self.api_key)
            .header("DD-APPLICATION-KEY", &self.app_key);
        match request.call() {
            Ok(answer) if answer.status().as_u16() == 404 => Ok(None),
            answer => self.body(answer).map(Some),
        }
    }

    /// Posts JSON; the body of a 2xx answer.
    pub(crate) fn post(&self, path: &str, body: &serde_json::Value) -> Result<String> {
        self.send(self.agent.post(format!("{}{path}", self.url)), body)
    }

    /// Puts JSON; the body of a 2xx answer.
    pub(crate) fn put(&self, path: &str, body: &serde_json::Value) -> Result<String> {
        self.send(self.agent.put(format!("{}{path}", self.url)), body)
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        body: &serde_json::Value,
    ) -> Result<String> {
        let request =
            request.header("DD-API-KEY", &self.api_key).header("DD-APPLICATION-KEY", &self.app_key);
        self.body(request.send_json(body))
    }

    fn body(
        &self,
        answer: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<String> {
        let mut answer = answer.or_fault(|| format!("no answer from {}", self.url))?;
        let status = answer.status();
        let body = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_string()
            .or_fault(|| format!("cannot read the answer of {}", self.url))?;
        if status.is_success() { Ok(body) } else { Err(refusal(status.as_u16(), &body)) }
    }
}

fn keys_in(data: &Path) -> Result<Keys> {
    let path = data.join("bootstrap.json");
    let text = fs::read(&path).or_fault(|| {
        format!(
            "no keys: set --api-key and --app-key (or DD_API_KEY and DD_APP_KEY), or name with \
             --data the folder of a server on this machine; {} cannot be read",
            path.display()
        )
    })?;
    serde_json::from_slice(&text).or_fault(|| format!("{} is damaged", path.display()))
}

/// Datadog's error bodies: `{"errors": ["…"]}`, `{"error": "…"}`, or objects with a `detail`.
fn refusal(status: u16, body: &str) -> Fault {
    let parsed: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let text = |v: &serde_json::Value| {
        let words = v.as_str().or_else(|| v["detail"].as_str()).or_else(|| v["title"].as_str());
        words.map(str::to_owned)
    };
    let mut messages: Vec<String> =
        parsed["errors"].as_array().into_iter().flatten().filter_map(text).collect();
    messages.extend(text(&parsed["error"]));
    if messages.is_empty() {
        messages.push(body.chars().take(300).collect());
    }
    let hint =
        if status == 403 { "\n(wrong or missing keys, or a permission is missing)" } else { "" };
    Fault::new(format!("the server answered {status}: {}{hint}", messages.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_the_server_said() {
        let check = |status: u16, body: &str, expect: &str| {
            let said = refusal(status, body).to_string();
            assert!(said.contains(expect), "{said}\nshould contain {expect}");
        };
        check(400, r#"{"errors":["a","b"]}"#, "400: a; b");
        check(400, r#"{"error":"bad query"}"#, "400: bad query");
        check(404, r#"{"errors":[{"title":"x","detail":"y"}]}"#, "404: y");
        check(403, r#"{"errors":["Forbidden"]}"#, "keys");
        check(502, "<html>", "502: <html>");
    }
}
