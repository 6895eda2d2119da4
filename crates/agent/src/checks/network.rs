//! `network`: traffic of each interface, counters of the kernel's protocols, and on request the
//! states of connections; conntrack's table when the host has one.
//!
//! All from `/proc/net` and `/sys/class/net`: no program is started, so where the official check
//! calls `ss`, this one reads what `ss` reads. Settings are the official ones; `conntrack_path` and
//! the driver counters (`collect_ethtool_metrics`, `collect_aws_ena_metrics`) are taken but give a
//! warning, for they need programs and rights that this agent does without.

mod connections;
mod counters;

use regex_lite::Regex;

use crate::check::{Check, CheckError, NO_TAGS, Sender};
use crate::checks::roots::{Roots, names, read_number};
use crate::checks::settings::{SettingError, Settings};

#[derive(Debug)]
struct Options {
    collect_connection_state: bool,
    collect_connection_queues: bool,
    combine_connection_states: bool,
    collect_rate_metrics: bool,
    collect_count_metrics: bool,
    excluded_interfaces: Vec<String>,
    excluded_interface_re: Option<Regex>,
    whitelist_conntrack: Vec<Regex>,
    blacklist_conntrack: Vec<Regex>,
    /// Settings that are there but do nothing.
    unused: Vec<&'static str>,
}

impl Options {
    fn new(s: &Settings) -> Result<Self, SettingError> {
        let mut unused = Vec::new();
        for key in ["collect_ethtool_metrics", "collect_aws_ena_metrics"] {
            if s.bool(key, false)? {
                unused.push(key);
            }
        }
        if s.text("conntrack_path")?.is_some_and(|path| !path.is_empty()) {
            unused.push("conntrack_path");
        }
        Ok(Self {
            collect_connection_state: s.bool("collect_connection_state", false)?,
            collect_connection_queues: s.bool("collect_connection_queues", false)?,
            combine_connection_states: s.bool("combine_connection_states", true)?,
            collect_rate_metrics: s.bool("collect_rate_metrics", true)?,
            collect_count_metrics: s.bool("collect_count_metrics", false)?,
            excluded_interfaces: s.texts("excluded_interfaces")?,
            excluded_interface_re: interface_re(s)?,
            whitelist_conntrack: s.regexes("whitelist_conntrack_metrics")?,
            blacklist_conntrack: s.regexes("blacklist_conntrack_metrics")?,
            unused,
        })
    }
}

/// Matches from the beginning of the name, as Python's `re.match` did for years.
fn interface_re(s: &Settings) -> Result<Option<Regex>, SettingError> {
    const KEY: &str = "excluded_interface_re";
    let Some(pattern) = s.text(KEY)?.filter(|pattern| !pattern.is_empty()) else {
        return Ok(None);
    };
    s.compile(KEY, &format!("^(?:{pattern})"), false).map(Some)
}

/// A line of `/proc/net/dev`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub bytes_rcvd: u64,
    pub packets_in: u64,
    pub errors_in: u64,
    pub drops_in: u64,
    pub bytes_sent: u64,
    pub packets_out: u64,
    pub errors_out: u64,
    pub drops_out: u64,
}

impl Traffic {
    /// Each interface of the text of `/proc/net/dev`.
    pub fn parse(text: &str) -> Vec<(String, Self)> {
        text.lines().filter_map(Self::parse_line).collect()
    }

    fn parse_line(line: &str) -> Option<(String, Self)> {
        // An alias, `eth0:1`, has a colon of its own: the last one ends the name.
        let (name, rest) = line.rsplit_once(':')?;
        let n: Vec<u64> = rest.split_ascii_whitespace().map_while(|w| w.parse().ok()).collect();
        let &[bytes_rcvd, packets_in, errors_in, drops_in, _, _, _, _, ref sent @ ..] = &n[..]
        else {
            return None;
        };
        let &[bytes_sent, packets_out, errors_out, drops_out, ..] = sent else { return None };
        let traffic = Self {
            bytes_rcvd,
            packets_in,
            errors_in,
            drops_in,
            bytes_sent,
            packets_out,
            errors_out,
            drops_out,
        };
        Some((name.trim().to_owned(), traffic))
    }
}

/// See the file's head.
#[derive(Debug)]
pub struct Network {
    roots: Roots,
    options: Options,
}

impl Network {
    pub fn new(roots: &Roots, instance: &Settings) -> Result<Self, SettingError> {
        Ok(Self { roots: roots.clone(), options: Options::new(instance)? })
    }

    fn is_excluded(&self, interface: &str) -> bool {
        self.options.excluded_interfaces.iter().any(|name| name == interface)
            || self.options.excluded_interface_re.as_ref().is_some_and(|r| r.is_match(interface))
    }

    fn send_traffic(&self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        for (interface, traffic) in Traffic::parse(&self.roots.net("dev")?) {
            if self.is_excluded(&interface) {
                continue;
            }
            let dir = self.roots.sys.join("class/net").join(&interface);
            let mut tags = vec![format!("device:{interface}"), format!("device_name:{interface}")];
            // Interfaces without a cable, and virtual ones, say nothing or -1.
            if let Some(speed) = read_number(&dir.join("speed")).filter(|speed| *speed > 0) {
                tags.push(format!("speed:{speed}"));
            }
            if let Some(mtu) = read_number(&dir.join("mtu")) {
                tags.push(format!("mtu:{mtu}"));
            }
            let values = [
                ("bytes_rcvd", traffic.bytes_rcvd),
                ("bytes_sent", traffic.bytes_sent),
                ("packets_in.count", traffic.packets_in),
                ("packets_in.drop", traffic.drops_in),
                ("packets_in.error", traffic.errors_in),
                ("packets_out.count", traffic.packets_out),
                ("packets_out.drop", traffic.drops_out),
                ("packets_out.error", traffic.errors_out),
            ];
            for (name, value) in values {
                sender.rate(&format!("system.net.{name}"), value as f64, &tags);
            }
        }
        Ok(())
    }

    /// What `/sys/class/net` says of each interface.
    fn send_interfaces(&self, sender: &mut Sender<'_>) {
        let dir = self.roots.sys.join("class/net");
        for interface in names(&dir) {
            let dir = dir.join(&interface);
            // `bonding_masters` is a file among the interfaces.
            if !dir.is_dir() {
                continue;
            }
            let tags = [format!("iface:{interface}")];
            for (name, file) in
                [("mtu", "mtu"), ("tx_queue_len", "tx_queue_len"), ("up", "carrier")]
            {
                // `carrier` cannot be read while the interface is down.
                let value = match read_number(&dir.join(file)) {
                    Some(value) => value,
                    None if name == "up" => 0,
                    None => continue,
                };
                sender.gauge(&format!("system.net.iface.{name}"), value as f64, &tags);
            }
            let queues = names(&dir.join("queues"));
            for (name, prefix) in [("num_tx_queues", "tx-"), ("num_rx_queues", "rx-")] {
                let n = queues.iter().filter(|queue| queue.starts_with(prefix)).count();
                if !queues.is_empty() {
                    sender.gauge(&format!("system.net.iface.{name}"), n as f64, &tags);
                }
            }
        }
    }

    fn send_conntrack(&self, sender: &mut Sender<'_>) {
        let dir = self.roots.proc.join("sys/net/netfilter");
        for file in names(&dir) {
            let Some(name) = file.strip_prefix("nf_conntrack_") else { continue };
            if self.wants_conntrack(name)
                && let Some(value) = read_number(&dir.join(&file))
            {
                sender.gauge(&format!("system.net.conntrack.{name}"), value as f64, NO_TAGS);
            }
        }
    }

    /// `max` and `count`, unless the settings say something else; what is blacklisted never.
    fn wants_conntrack(&self, name: &str) -> bool {
        let Options { whitelist_conntrack: white, blacklist_conntrack: black, .. } = &self.options;
        if black.iter().any(|re| re.is_match(name)) {
            return false;
        }
        match (white.is_empty(), black.is_empty()) {
            (true, true) => matches!(name, "max" | "count"),
            (true, false) => true,
            (false, _) => white.iter().any(|re| re.is_match(name)),
        }
    }
}

impl Check for Network {
    fn run(&mut self, sender: &mut Sender<'_>) -> Result<(), CheckError> {
        for key in &self.options.unused {
            sender.warning(format!("`{key}` has no effect in this agent"));
        }
        self.send_traffic(sender)?;
        let wanted = counters::Wanted {
            rates: self.options.collect_rate_metrics,
            counts: self.options.collect_count_metrics,
        };
        counters::send(&self.roots, wanted, sender);
        self.send_interfaces(sender);
        if self.options.collect_connection_state {
            let wanted = connections::Wanted {
                combined: self.options.combine_connection_states,
                queues: self.options.collect_connection_queues,
            };
            connections::send(&self.roots, wanted, sender);
        }
        self.send_conntrack(sender);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
