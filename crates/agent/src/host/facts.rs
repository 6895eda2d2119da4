//! What the host is made of, read from the kernel's files: processors, memory, file systems,
//! interfaces, the system's name and version. What cannot be read is empty or 0.

use std::collections::{BTreeMap, BTreeSet};

use nix::ifaddrs::getifaddrs;

use crate::checks::cpu::Stat;
use crate::checks::disk::{AskUsage, Mount};
use crate::checks::memory::MemInfo;
use crate::checks::roots::{Roots, read};

use super::hostname;

/// Most file systems and interfaces that are described.
const LISTED_MAX: usize = 200;
/// File systems that ask another host, which may not answer.
const REMOTE: [&str; 9] =
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs"];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub cpu: Cpu,
    pub memory_total_kib: u64,
    pub swap_total_kib: u64,
    pub file_systems: Vec<FileSystem>,
    pub interfaces: Vec<Interface>,
    pub platform: Platform,
    /// Unix seconds.
    pub boot_time: u64,
    pub dmi: Dmi,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cpu {
    pub vendor_id: String,
    pub model_name: String,
    pub model: String,
    pub family: String,
    pub stepping: String,
    pub mhz: f64,
    pub cache_kib: u64,
    /// Cores of all sockets; threads of one core are one.
    pub cores: u64,
    pub logical_processors: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileSystem {
    pub name: String,
    pub mounted_on: String,
    pub size_kib: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    pub name: String,
    pub ipv4: Vec<String>,
    pub ipv6: Vec<String>,
    pub mac_address: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Platform {
    /// As gethostname(2) says it.
    pub hostname: String,
    pub fqdn: String,
    pub kernel_release: String,
    pub kernel_version: String,
    /// As uname(1) names it: `x86_64`.
    pub machine: String,
    /// `ID` of os-release: `debian`.
    pub os_id: String,
    /// `PRETTY_NAME` of os-release.
    pub os_name: String,
    /// `VERSION_ID` of os-release.
    pub os_version: String,
    pub timezone: String,
}

/// What the firmware says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dmi {
    pub product_uuid: String,
    pub board_asset_tag: String,
    pub board_vendor: String,
    pub hypervisor_uuid: String,
}

impl Facts {
    pub fn gather(roots: &Roots, ask: AskUsage) -> Self {
        let info = MemInfo::read(roots).unwrap_or_default();
        let stat = Stat::read(roots).unwrap_or_default();
        Self {
            cpu: cpu(roots, stat.cores.len() as u64),
            memory_total_kib: info.kib("MemTotal").unwrap_or(0),
            swap_total_kib: info.kib("SwapTotal").unwrap_or(0),
            file_systems: file_systems(roots, ask),
            interfaces: interfaces(roots),
            platform: platform(roots),
            boot_time: stat.boot_time.unwrap_or(0),
            dmi: dmi(roots),
        }
    }

    /// The interface by which most reach this host: the first, by its number, with an address that
    /// is no loopback.
    pub fn main_interface(&self) -> Option<&Interface> {
        self.interfaces.iter().find(|i| !i.ipv4.is_empty() || !i.ipv6.is_empty())
    }
}

fn line_of(path: &std::path::Path) -> String {
    read(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn cpu(roots: &Roots, n_online: u64) -> Cpu {
    let text = roots.proc("cpuinfo").unwrap_or_default();
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut n_processors, mut cores) = (0_u64, BTreeSet::new());
    for block in text.split("\n\n") {
        let fields: BTreeMap<&str, &str> = block
            .lines()
            .filter_map(|l| l.split_once(':'))
            .map(|(k, v)| (k.trim(), v.trim()))
            .collect();
        if !fields.contains_key("processor") {
            continue;
        }
        n_processors += 1;
        let place = |key: &str| fields.get(key).map(|v| (*v).to_owned());
        if let Some(core) = place("core id") {
            cores.insert((place("physical id").unwrap_or_default(), core));
        }
        if first.is_empty() {
            first = fields;
        }
    }
    let field = |key: &str| first.get(key).map(|v| (*v).to_owned()).unwrap_or_default();
    let number = |key: &str| first.get(key).and_then(|v| v.split(' ').next()?.parse::<f64>().ok());
    let logical = n_processors.max(n_online).max(1);
    Cpu {
        vendor_id: field("vendor_id"),
        model_name: field("model name"),
        model: field("model"),
        family: field("cpu family"),
        stepping: field("stepping"),
        mhz: number("cpu MHz").unwrap_or(0.0),
        cache_kib: number("cache size").unwrap_or(0.0) as u64,
        cores: if cores.is_empty() { logical } else { cores.len() as u64 },
        logical_processors: logical,
    }
}

fn file_systems(roots: &Roots, ask: AskUsage) -> Vec<FileSystem> {
    let mounts = Mount::all(roots).unwrap_or_default();
    let local = mounts.into_iter().filter(|m| !REMOTE.contains(&m.file_system.as_str()));
    let sized = local.filter_map(|mount| {
        let size_kib = (ask(mount.mount_point.as_ref()).ok()?.total / 1024.0) as u64;
        let Mount { device: name, mount_point: mounted_on, .. } = mount;
        (size_kib > 0).then_some(FileSystem { name, mounted_on, size_kib })
    });
    sized.take(LISTED_MAX).collect()
}

/// All interfaces but loopbacks. Addresses are the process's own view: no file tells IPv4's.
fn interfaces(roots: &Roots) -> Vec<Interface> {
    let mut by_index: BTreeMap<(i64, String), Interface> = BTreeMap::new();
    let Ok(addresses) = getifaddrs() else { return Vec::new() };
    for address in addresses {
        let name = address.interface_name;
        let dir = roots.sys.join("class/net").join(&name);
        let index = line_of(&dir.join("ifindex")).parse().unwrap_or(i64::MAX);
        let Some(address) = address.address else { continue };
        let entry = by_index.entry((index, name.clone())).or_insert_with(|| Interface {
            name,
            mac_address: line_of(&dir.join("address")),
            ..Interface::default()
        });
        if let Some(v4) = address.as_sockaddr_in()
            && !v4.ip().is_loopback()
        {
            entry.ipv4.push(v4.ip().to_string());
        }
        if let Some(v6) = address.as_sockaddr_in6()
            && !v6.ip().is_loopback()
        {
            entry.ipv6.push(v6.ip().to_string());
        }
    }
    let is_loopback = |i: &Interface| i.mac_address == "00:00:00:00:00:00";
    by_index.into_values().filter(|i| !is_loopback(i)).take(LISTED_MAX).collect()
}

fn platform(roots: &Roots) -> Platform {
    let release = read(&roots.etc.join("os-release")).unwrap_or_default();
    let field = |key: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        value.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
    };
    let name = hostname::system_name(roots).unwrap_or_default();
    Platform {
        fqdn: hostname::fqdn(roots, &name),
        hostname: name,
        kernel_release: line_of(&roots.proc.join("sys/kernel/osrelease")),
        kernel_version: line_of(&roots.proc.join("sys/kernel/version")),
        machine: std::env::consts::ARCH.to_owned(),
        os_id: field("ID"),
        os_name: field("PRETTY_NAME"),
        os_version: field("VERSION_ID"),
        timezone: timezone(roots),
    }
}

fn timezone(roots: &Roots) -> String {
    let named = line_of(&roots.etc.join("timezone"));
    if !named.is_empty() {
        return named;
    }
    let link = std::fs::read_link(roots.etc.join("localtime")).unwrap_or_default();
    let link = link.to_string_lossy();
    link.split_once("zoneinfo/").map_or("UTC", |(_, zone)| zone).to_owned()
}

fn dmi(roots: &Roots) -> Dmi {
    let dir = roots.sys.join("devices/virtual/dmi/id");
    Dmi {
        product_uuid: line_of(&dir.join("product_uuid")),
        board_asset_tag: line_of(&dir.join("board_asset_tag")),
        board_vendor: line_of(&dir.join("board_vendor")),
        hypervisor_uuid: line_of(&roots.sys.join("hypervisor/uuid")),
    }
}

/// A stable id of this machine: systemd's, else one made from the name. 32 hexadecimal digits.
pub fn machine_uuid(roots: &Roots, hostname: &str) -> String {
    let id = line_of(&roots.etc.join("machine-id"));
    if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return id;
    }
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(hostname.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::disk::Usage;
    use crate::checks::tests::Host;

    #[test]
    fn of_a_recorded_host() {
        let cpuinfo = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n\
            model name\t: Xeon\nstepping\t: 7\ncpu MHz\t\t: 2500.5\ncache size\t: 36608 KB\n\
            physical id\t: 0\ncore id\t\t: 0\n\nprocessor\t: 1\nphysical id\t: 0\ncore id\t: 0\n\n\
            processor\t: 2\nphysical id\t: 0\ncore id\t: 1\n\n";
        let host = Host::new(&[
            ("proc/cpuinfo", cpuinfo),
            ("proc/stat", "cpu 1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1 1 1\ncpu2 1 1 1 1\nbtime 99\n"),
            ("proc/meminfo", "MemTotal: 16000 kB\nSwapTotal: 8000 kB\n"),
            ("proc/self/mounts", "/dev/vda / ext4 rw\nx /n nfs4 rw\nproc /proc proc rw\n"),
            ("proc/sys/kernel/hostname", "web-1\n"),
            ("proc/sys/kernel/osrelease", "6.1.0\n"),
            ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian 12'\n"),
            ("etc/timezone", "Europe/Paris\n"),
            ("etc/machine-id", "0123456789abcdef0123456789abcdef\n"),
        ]);
        let ask = |path: &std::path::Path| match path.to_str() {
            Some("/") => Ok(Usage { total: 10_240.0, ..Usage::default() }),
            Some("/proc") => Ok(Usage::default()),
            other => panic!("{other:?} is remote: nobody may ask it"),
        };
        let facts = Facts::gather(&host.context.roots, ask);
        let cpu = &facts.cpu;
        assert_eq!((cpu.cores, cpu.logical_processors), (2, 3));
        assert_eq!((cpu.model_name.as_str(), cpu.mhz, cpu.cache_kib), ("Xeon", 2500.5, 36608));
        assert_eq!((facts.memory_total_kib, facts.swap_total_kib), (16000, 8000));
        assert_eq!((facts.file_systems.len(), facts.file_systems[0].size_kib), (1, 10));
        let platform = &facts.platform;
        assert_eq!((platform.os_id.as_str(), platform.os_version.as_str()), ("debian", "12"));
        assert_eq!((platform.os_name.as_str(), &*platform.timezone), ("Debian 12", "Europe/Paris"));
        assert_eq!((platform.hostname.as_str(), facts.boot_time), ("web-1", 99));
        let uuid = machine_uuid(&host.context.roots, "web-1");
        assert_eq!(uuid, "0123456789abcdef0123456789abcdef");
    }

    #[test]
    fn of_nothing() {
        let host = Host::new(&[]);
        let facts = Facts::gather(&host.context.roots, |_| Ok(Usage::default()));
        assert_eq!((facts.cpu.logical_processors, facts.cpu.cores), (1, 1));
        assert_eq!(facts.platform.timezone, "UTC");
        assert_eq!(machine_uuid(&host.context.roots, "a").len(), 32);
    }
}
