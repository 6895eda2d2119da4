//! `ntp`: how far this host's clock is from that of time servers (SNTP, RFC 4330), every 15 minutes.
//!
//! Sends `ntp.offset` in seconds, the median of the servers that answer, and the service check
//! `ntp.in_sync`: critical beyond `offset_threshold`, unknown when no server answers (which is also
//! the run's error: a host without a way out sees it in the status and nowhere else).
//!
//! Settings: `host`, `hosts`, `port` (123), `version` (3), `timeout` (5 s a server),
//! `offset_threshold` (60 s), `use_local_defined_servers` (those of ntpd, chrony and timesyncd).

use std::io;
use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::Clock;
use model::CheckStatus;

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::roots::{Roots, read};
use crate::checks::settings::{SettingError, Settings};

/// The pool's zone for the Agent, where its settings expect it.
const DEFAULT_HOSTS: [&str; 4] = [
    "0.datadog.pool.ntp.org",
    "1.datadog.pool.ntp.org",
    "2.datadog.pool.ntp.org",
    "3.datadog.pool.ntp.org",
];
/// Seconds from 1900, where NTP begins, to 1970.
const NTP_EPOCH_SECS: f64 = 2_208_988_800.0;
/// Most servers that one run asks.
const HOSTS_MAX: usize = 16;

/// The offset that the last run found, for the status page. Seconds.
#[derive(Debug, Default)]
pub struct NtpOffset(AtomicU64);

impl NtpOffset {
    fn set(&self, secs: f64) {
        // +0.0 stands for "none yet"; an offset of exactly 0 is as good as one of a nanosecond.
        let secs = if secs == 0.0 { 1e-9 } else { secs };
        self.0.store(secs.to_bits(), Ordering::Relaxed);
    }

    pub fn get(&self) -> Option<f64> {
        Some(f64::from_bits(self.0.load(Ordering::Relaxed))).filter(|secs| *secs != 0.0)
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Ntp {
    clock: Clock,
    hosts: Vec<String>,
    port: u16,
    version: u8,
    timeout: Duration,
    offset_threshold: f64,
    found: Arc<NtpOffset>,
}

impl Ntp {
    pub fn new(
        roots: &Roots,
        clock: &Clock,
        instance: &Settings,
        found: Arc<NtpOffset>,
    ) -> Result<Self, SettingError> {
        let number = |key: &str, default: f64| {
            Ok(instance.number(key)?.filter(|n| *n > 0.0).unwrap_or(default))
        };
        Ok(Self {
            clock: clock.clone(),
            hosts: hosts(roots, instance)?,
            port: number("port", 123.0)?.min(65535.0) as u16,
            version: number("version", 3.0)?.clamp(1.0, 4.0) as u8,
            timeout: Duration::from_secs_f64(number("timeout", 5.0)?.clamp(0.01, 60.0)),
            offset_threshold: number("offset_threshold", 60.0)?,
            found,
        })
    }

    /// The offsets of all servers that answer, sorted, and what the others' problems are.
    fn offsets(&self) -> (Vec<f64>, Vec<String>) {
        let (mut offsets, mut problems) = (Vec::new(), Vec::new());
        for host in &self.hosts {
            match self.offset(host) {
                Ok(offset) => offsets.push(offset),
                Err(e) => problems.push(format!("{host}: {e}")),
            }
        }
        offsets.sort_by(f64::total_cmp);
        (offsets, problems)
    }

    /// Asks one server. Seconds to add to this host's clock.
    fn offset(&self, host: &str) -> io::Result<f64> {
        let address = (host, self.port).to_socket_addrs()?.next();
        let address = address.ok_or_else(|| io::Error::other("has no address"))?;
        let local = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(local)?;
        socket.set_read_timeout(Some(self.timeout))?;
        socket.connect(address)?;
        let sent_at = self.clock.now_ms() as f64 / 1000.0;
        let sent = self.clock.monotonic();
        let mut request = [0_u8; 48];
        request[0] = self.version << 3 | 3;
        // The server repeats this; so an answer to something else is not taken for ours.
        request[40..].copy_from_slice(&to_ntp(sent_at).to_be_bytes());
        socket.send(&request)?;
        let mut answer = [0_u8; 512];
        let len = socket.recv(&mut answer)?;
        let passed = (self.clock.monotonic() - sent).as_secs_f64();
        offset_of(&answer[..len], &request, (sent_at, sent_at + passed)).map_err(io::Error::other)
    }
}

/// The offset that an answer tells, of a request sent and answered at these times of ours.
fn offset_of(answer: &[u8], request: &[u8; 48], (sent, got): (f64, f64)) -> Result<f64, String> {
    if answer.len() < 48 {
        return Err(format!("an answer of {} bytes; it has 48", answer.len()));
    }
    let time = |at: usize| {
        let bytes = answer[at..at + 8].try_into().expect("BUG: the answer has 48 bytes");
        u64::from_be_bytes(bytes)
    };
    let (mode, stratum, leap) = (answer[0] & 7, answer[1], answer[0] >> 6);
    if mode != 4 {
        return Err(format!("an answer of mode {mode}; a server's is 4"));
    }
    if answer[24..32] != request[40..48] {
        return Err("an answer to something that was not asked".to_owned());
    }
    if stratum == 0 {
        let code = String::from_utf8_lossy(&answer[12..16]).into_owned();
        return Err(format!("refused with the code {code:?}"));
    }
    if stratum > 15 || leap == 3 || time(40) == 0 {
        return Err("the server has no time itself".to_owned());
    }
    let (server_got, server_sent) = (from_ntp(time(32)), from_ntp(time(40)));
    Ok(((server_got - sent) + (server_sent - got)) / 2.0)
}

/// 32.32 fixed point since 1900. Wraps in 2036, as the format does.
fn to_ntp(unix_secs: f64) -> u64 {
    let secs = (unix_secs + NTP_EPOCH_SECS) % 4_294_967_296.0;
    (secs * 4_294_967_296.0) as u64
}

fn from_ntp(time: u64) -> f64 {
    let secs = time as f64 / 4_294_967_296.0;
    // Times below 2^31 are of the era that begins in 2036.
    let era = if time >> 63 == 0 { 4_294_967_296.0 } else { 0.0 };
    secs + era - NTP_EPOCH_SECS
}

fn hosts(roots: &Roots, instance: &Settings) -> Result<Vec<String>, SettingError> {
    if instance.bool("use_local_defined_servers", false)? {
        let local = local_servers(roots);
        if !local.is_empty() {
            return Ok(local);
        }
    }
    let mut hosts: Vec<String> = instance.text("host")?.into_iter().collect();
    for host in instance.texts("hosts")? {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.retain(|host| !host.is_empty());
    hosts.truncate(HOSTS_MAX);
    if hosts.is_empty() {
        hosts = DEFAULT_HOSTS.map(str::to_owned).to_vec();
    }
    Ok(hosts)
}

/// The servers that this host's own time daemon is told to use.
fn local_servers(roots: &Roots) -> Vec<String> {
    let files = [
        "ntp.conf",
        "ntpsec/ntp.conf",
        "xntp.conf",
        "chrony.conf",
        "chrony/chrony.conf",
        "ntpd.conf",
        "openntpd/ntpd.conf",
        "systemd/timesyncd.conf",
    ];
    let mut servers: Vec<String> = Vec::new();
    for file in files {
        let Ok(text) = read(&roots.etc.join(file)) else { continue };
        for line in text.lines() {
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            let named: Vec<&str> = match words.next() {
                Some("server" | "pool" | "peer" | "servers") => words.take(1).collect(),
                Some("NTP" | "FallbackNTP") => words.collect(),
                _ => continue,
            };
            servers.extend(named.into_iter().map(str::to_owned));
        }
    }
    servers.sort_unstable();
    servers.dedup();
    servers.truncate(HOSTS_MAX);
    servers
}

impl Check for Ntp {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        const CHECK: &str = "ntp.in_sync";
        let (offsets, problems) = self.offsets();
        if offsets.is_empty() {
            sender.service_check(CHECK, CheckStatus::Unknown, NO_TAGS, "");
            let problems = problems.join("; ");
            return Err(CheckError::Failed(format!("no time server answers: {problems}")));
        }
        let middle = offsets.len() / 2;
        let offset = match offsets.len() % 2 {
            0 => (offsets[middle - 1] + offsets[middle]) / 2.0,
            _ => offsets[middle],
        };
        self.found.set(offset);
        sender.gauge("ntp.offset", offset, NO_TAGS);
        if offset.abs() > self.offset_threshold {
            let message = format!(
                "Offset {offset} is higher than offset threshold ({} secs)",
                self.offset_threshold
            );
            sender.service_check(CHECK, CheckStatus::Critical, NO_TAGS, &message);
        } else {
            sender.service_check(CHECK, CheckStatus::Ok, NO_TAGS, "");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
