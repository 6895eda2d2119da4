//! HTTP to the servers: blocking calls, made from the runtime's blocking threads.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::Endpoint;
use crate::VERSION;
use crate::config::{ForwarderConfig, ProxyConfig};

/// Bytes of an answer that are read: enough for its message.
const ANSWER_BYTES_MAX: u64 = 4096;
/// Characters of an answer that are shown.
const MESSAGE_CHARS_MAX: usize = 200;
/// Where Linux distributions keep the certificates that they trust.
const CERTIFICATE_FILES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];
/// How long a connection may wait for its next use. Shorter than servers wait, and than the time
/// between flushes: a connection that the server closes meanwhile looks like a server that fails.
const IDLE_AGE_MAX: Duration = Duration::from_secs(8);
/// Version of agent-payload whose messages are sent.
const PAYLOAD_VERSION: &str = "5.0.140";

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// What `Retry-After` asks for.
    pub(crate) retry_after: Option<Duration>,
    /// The head of the body, for people.
    pub(crate) message: String,
}

/// Sends requests. Cloning shares connections.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    direct: ureq::Agent,
    http_proxy: Option<ureq::Agent>,
    https_proxy: Option<ureq::Agent>,
    proxy: Arc<ProxyConfig>,
}

impl Client {
    /// `uses_tls` says whether the system's certificates are worth their memory.
    pub(crate) fn new(config: &ForwarderConfig, uses_tls: bool) -> Self {
        let uses_tls = uses_tls || config.proxy.http.starts_with("https:");
        let roots = if uses_tls { root_certificates() } else { RootCerts::WebPki };
        let tls = TlsConfig::builder()
            .disable_verification(config.skip_ssl_validation)
            .root_certs(roots)
            .build();
        let agent = |proxy: Option<ureq::Proxy>| {
            ureq::Agent::config_builder()
                .proxy(proxy)
                .tls_config(tls.clone())
                .timeout_global(Some(config.timeout))
                .http_status_as_error(false)
                .max_redirects(0)
                .max_idle_age(IDLE_AGE_MAX)
                .user_agent(format!("datadog-agent/{VERSION}"))
                .build()
                .new_agent()
        };
        let through = |url: &str| {
            if url.is_empty() {
                return None;
            }
            match ureq::Proxy::new(url) {
                Ok(proxy) => Some(agent(Some(proxy))),
                Err(e) => {
                    tracing::warn!(error = %e, "the proxy's address cannot be used");
                    None
                }
            }
        };
        Self {
            http_proxy: through(&config.proxy.http),
            https_proxy: through(&config.proxy.https),
            direct: agent(None),
            proxy: Arc::new(config.proxy.clone()),
        }
    }

    fn agent(&self, url: &str) -> &ureq::Agent {
        let (proxied, rest) = match url.split_once("://") {
            Some(("https", rest)) => (&self.https_proxy, rest),
            Some((_, rest)) => (&self.http_proxy, rest),
            None => return &self.direct,
        };
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        match proxied {
            Some(agent) if !is_exempt(&self.proxy, authority) => agent,
            _ => &self.direct,
        }
    }

    /// Posts a body. An error says why there was no answer.
    pub(crate) fn post(
        &self,
        (base, key): (&str, &str),
        endpoint: Endpoint,
        body: &Bytes,
        is_compressed: bool,
    ) -> Result<Answer, String> {
        let url = format!("{base}{}", endpoint.path());
        let mut request = self
            .agent(base)
            .post(&url)
            .header("DD-Api-Key", key)
            .header("DD-Agent-Version", VERSION);
        request = match endpoint.is_protobuf() {
            true => request
                .header("Content-Type", "application/x-protobuf")
                .header("DD-Agent-Payload", PAYLOAD_VERSION),
            false => request.header("Content-Type", "application/json"),
        };
        if is_compressed {
            request = request.header("Content-Encoding", "zstd");
        }
        let sent = request.send(&body[..]);
        sent.map(answer).map_err(|e| e.to_string())
    }

    /// Asks whether a key is valid.
    pub(crate) fn validate(&self, base: &str, key: &str) -> Result<Answer, String> {
        let url = format!("{base}/api/v1/validate");
        let request = self.agent(base).get(&url).header("DD-Api-Key", key);
        request.call().map(answer).map_err(|e| e.to_string())
    }
}

fn answer(mut response: http::Response<ureq::Body>) -> Answer {
    let retry_after = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    // Reading the body to its end is what lets the connection be used again.
    let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).lossy_utf8(true);
    let message = body.read_to_string().unwrap_or_default();
    Answer {
        status: response.status().as_u16(),
        retry_after,
        message: message.trim().chars().take(MESSAGE_CHARS_MAX).collect(),
    }
}

/// Whether `no_proxy` covers a host, which may carry a port. Exactly, unless the setting says that
/// domains cover what is below them and networks the addresses within.
fn is_exempt(proxy: &ProxyConfig, authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    proxy.no_proxy.iter().any(|entry| {
        if entry == "*" || entry == host || entry == authority {
            return true;
        }
        if !proxy.no_proxy_nonexact_match {
            return false;
        }
        let domain = entry.trim_start_matches("*.").trim_start_matches('.');
        let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        below || host == domain || contains(entry, host).unwrap_or(false)
    })
}

/// Whether `10.0.0.0/8` contains an address.
fn contains(network: &str, address: &str) -> Option<bool> {
    use std::net::Ipv4Addr;
    let (network, bits) = network.split_once('/')?;
    let (network, address): (Ipv4Addr, Ipv4Addr) = (network.parse().ok()?, address.parse().ok()?);
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    Some(network.to_bits() & mask == address.to_bits() & mask)
}

/// The certificates that this system trusts, those of `SSL_CERT_FILE` if it is set; Mozilla's when
/// there are none.
fn root_certificates() -> RootCerts {
    let named = std::env::var("SSL_CERT_FILE").ok();
    let files = named.iter().map(String::as_str).chain(CERTIFICATE_FILES);
    for file in files {
        let Ok(bytes) = std::fs::read(file) else { continue };
        let certificates: Vec<Certificate<'static>> = ureq::tls::parse_pem(&bytes)
            .filter_map(|item| match item {
                Ok(ureq::tls::PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if !certificates.is_empty() {
            return certificates.into();
        }
    }
    RootCerts::WebPki
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy() {
        let proxy = |entries: &[&str], nonexact: bool| ProxyConfig {
            no_proxy: entries.iter().map(|&e| e.to_owned()).collect(),
            no_proxy_nonexact_match: nonexact,
            ..ProxyConfig::default()
        };
        for (entries, nonexact, host, expect) in [
            (&["a.example"][..], false, "a.example", true),
            (&["a.example"], false, "a.example:8127", true),
            (&["a.example:8127"], false, "a.example:8127", true),
            (&["a.example"], false, "b.a.example", false),
            (&["a.example"], true, "b.a.example", true),
            (&[".a.example"], true, "b.a.example:1", true),
            (&["a.example"], true, "ba.example", false),
            (&["10.0.0.0/8"], true, "10.1.2.3:80", true),
            (&["10.0.0.0/8"], true, "11.1.2.3:80", false),
            (&["10.0.0.0/8"], false, "10.1.2.3:80", false),
            (&["0.0.0.0/0"], true, "11.1.2.3:80", true),
            (&["*"], false, "x", true),
            (&[], true, "x", false),
        ] {
            assert_eq!(is_exempt(&proxy(entries, nonexact), host), expect, "{entries:?} {host}");
        }
    }
}
