//! Each check on recorded trees: what two samples, 15 seconds apart, must yield.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::check::CheckRun;
use crate::config::yaml;
use crate::schedule::{Outcome, run_once};

use super::*;

/// A tree of files that a check reads, and the clock by which it runs.
pub(crate) struct Host {
    dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) context: CheckContext,
}

impl Host {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Clock::manual(1_700_000_000_000);
        let context = CheckContext {
            clock: clock.clone(),
            roots: Roots::below(dir.path()),
            host: "web-1".into(),
            histogram: HistogramOptions::default(),
            ntp_offset: Arc::default(),
            ask_usage: disk::statvfs,
        };
        let host = Self { dir, clock, context };
        host.write(files);
        host
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = self.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    /// An instance with this configuration: YAML of `init_config` and of the instance.
    #[track_caller]
    pub(crate) fn instance(&self, check: &str, init: &str, instance: &str) -> Instance {
        let settings = |text| Settings::new(&yaml::parse(text).unwrap(), "test").unwrap();
        let config = CheckConfig { init_config: settings(init), ..CheckConfig::built_in(check) };
        make(&config, &settings(instance), &self.context).unwrap()
    }

    /// Runs it, and lets 15 seconds pass.
    pub(crate) fn run(&self, instance: &mut Instance) -> Outcome {
        let outcome = run_once(instance, &self.clock);
        self.clock.advance(Duration::from_secs(15));
        outcome
    }
}

/// Values by `metric{tags}`.
pub(crate) fn values(run: &CheckRun) -> BTreeMap<String, f64> {
    let name = |s: &crate::check::CheckSeries| match s.tags.is_empty() {
        true => s.metric.clone(),
        false => format!("{}{{{}}}", s.metric, s.tags.join(",")),
    };
    run.series.iter().map(|s| (name(s), s.value)).collect()
}

/// The second run of a check with defaults yields exactly these values; the first one changes are
/// of none.
#[track_caller]
fn check(name: &str, before: &[(&str, &str)], after: &[(&str, &str)], expected: &[(&str, f64)]) {
    let host = Host::new(before);
    let mut instance = host.instance(name, "", "");
    let first = host.run(&mut instance);
    assert_eq!(first.error, None, "{name}");
    host.write(after);
    let second = host.run(&mut instance);
    assert_eq!(second.error, None, "{name}");
    assert_values(&values(&second.run), expected);
}

#[track_caller]
pub(crate) fn assert_values(got: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    let names: Vec<&str> = got.keys().map(String::as_str).collect();
    let mut wanted: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    for (name, value) in expected {
        assert!((got[*name] - value).abs() < 1e-6, "{name}: {} is not {value}", got[*name]);
    }
}

const STAT: &str = "cpu  1000 200 300 5000 100 10 20 30 40 4\n\
    cpu0 500 100 150 2500 50 5 10 15 20 2\n\
    cpu1 500 100 150 2500 50 5 10 15 20 2\n\
    intr 1 2 3\nctxt 1000\nbtime 1795247000\n";
const STAT_LATER: &str = "cpu  1300 300 400 6100 200 30 50 120 50 4\n\
    cpu0 700 200 200 3000 100 15 25 60 25 2\n\
    cpu1 600 100 200 3100 100 15 25 60 25 2\n\
    ctxt 4000\nbtime 1795247000\n";

#[test]
fn cpu() {
    // 1840 ticks between the two: 400 of users, 150 of the system with 50 of interrupts, 100 of
    // waiting, 1100 idle, 90 stolen.
    check(
        "cpu",
        &[("proc/stat", STAT)],
        &[("proc/stat", STAT_LATER)],
        &[
            ("system.cpu.user", 40_000.0 / 1840.0),
            ("system.cpu.system", 15_000.0 / 1840.0),
            ("system.cpu.interrupt", 5_000.0 / 1840.0),
            ("system.cpu.iowait", 10_000.0 / 1840.0),
            ("system.cpu.idle", 110_000.0 / 1840.0),
            ("system.cpu.stolen", 9_000.0 / 1840.0),
            ("system.cpu.guest", 1_000.0 / 1840.0),
            ("system.cpu.num_cores", 2.0),
            ("system.cpu.context_switches", 3000.0),
        ],
    );
}

#[test]
fn cpu_first_run_and_each_core() {
    let host = Host::new(&[("proc/stat", STAT)]);
    let mut instance = host.instance("cpu", "", "report_total_percpu: true\ntags: [a:b]\n");
    let got = values(&host.run(&mut instance).run);
    assert_eq!(got["system.cpu.num_cores{a:b}"], 2.0);
    assert_eq!(got["system.cpu.user.total{a:b,core:cpu0}"], 5.0);
    assert_eq!(got["system.cpu.guestnice.total{a:b,core:cpu1}"], 0.02);
    assert!(!got.contains_key("system.cpu.user{a:b}"), "shares need two samples");
    assert_eq!(got.len(), 1 + 2 * 10);
}

#[test]
fn system_core() {
    let host = Host::new(&[("proc/stat", STAT)]);
    let mut instance = host.instance("system_core", "", "");
    host.run(&mut instance);
    host.write(&[("proc/stat", STAT_LATER)]);
    let got = values(&host.run(&mut instance).run);
    assert_eq!(got["system.core.count"], 2.0);
    // 200 ticks of 10 ms in 15 s.
    assert!((got["system.core.user{core:0}"] - 200.0 / 15.0).abs() < 1e-9);
    assert!((got["system.core.idle.total"] - 1100.0 / 2.0 / 15.0).abs() < 1e-9);
    assert_eq!(got.len(), 1 + 3 * 10);
}

const MEMINFO: &str = "MemTotal:       16384000 kB\nMemFree:         1024000 kB\n\
    MemAvailable:    4096000 kB\nBuffers:          102400 kB\nCached:          2048000 kB\n\
    SwapCached:        10240 kB\nShmem:             51200 kB\nSlab:             204800 kB\n\
    SReclaimable:     102400 kB\nPageTables:        20480 kB\nCommitLimit:    20480000 kB\n\
    Committed_AS:    8192000 kB\nSwapTotal:       4096000 kB\nSwapFree:        3072000 kB\n";

#[test]
fn memory() {
    check(
        "memory",
        &[("proc/meminfo", MEMINFO), ("proc/vmstat", "pswpin 0\npswpout 256\nnr_free 5\n")],
        &[("proc/vmstat", "pswpin 3840\npswpout 256\nnr_free 5\n")],
        &[
            ("system.mem.total", 16000.0),
            ("system.mem.free", 1000.0),
            ("system.mem.used", 15000.0),
            ("system.mem.usable", 4000.0),
            ("system.mem.pct_usable", 0.25),
            ("system.mem.cached", 2100.0),
            ("system.mem.buffered", 100.0),
            ("system.mem.shared", 50.0),
            ("system.mem.slab", 200.0),
            ("system.mem.slab_reclaimable", 100.0),
            ("system.mem.page_tables", 20.0),
            ("system.mem.commit_limit", 20000.0),
            ("system.mem.committed_as", 8000.0),
            ("system.swap.cached", 10.0),
            ("system.swap.total", 4000.0),
            ("system.swap.free", 3000.0),
            ("system.swap.used", 1000.0),
            ("system.swap.pct_free", 0.75),
            ("system.swap.swap_in", 1.0),
            ("system.swap.swap_out", 0.0),
        ],
    );
}

#[test]
fn memory_of_old_kernels_and_of_hosts_without_swap() {
    let meminfo = "MemTotal: 1024000 kB\nMemFree: 102400 kB\nBuffers: 0 kB\nCached: 409600 kB\n\
        SwapTotal: 0 kB\nSwapFree: 0 kB\n";
    let host = Host::new(&[("proc/meminfo", meminfo)]);
    let got = values(&host.run(&mut host.instance("memory", "", "")).run);
    assert_eq!(got["system.mem.usable"], 500.0);
    assert_eq!(got["system.mem.pct_usable"], 0.5);
    assert_eq!(got["system.swap.pct_free"], 1.0);
    assert!(!got.contains_key("system.mem.slab"));
}

#[test]
fn memory_pressure_and_swap_counters() {
    let vmstat = |n: u32| format!("pswpin {n}\npgscan_direct {n}\nallocstall_dma {n}\n");
    let host = Host::new(&[("proc/meminfo", MEMINFO), ("proc/vmstat", &vmstat(10))]);
    let mut memory = host.instance("memory", "", "collect_memory_pressure: true\n");
    let mut swap = host.instance("system_swap", "", "");
    run_once(&mut swap, &host.clock);
    host.run(&mut memory);
    host.write(&[("proc/vmstat", &vmstat(25))]);
    let got = values(&run_once(&mut memory, &host.clock).run);
    assert_eq!(got["system.mem.pgscan_direct"], 15.0);
    assert_eq!(got["system.mem.allocstall{zone:dma}"], 15.0);
    let got = values(&run_once(&mut swap, &host.clock).run);
    assert_eq!(got["system.swap.swapped_in"], 4096.0);
}

#[test]
fn load_uptime_and_file_handles() {
    let loadavg = ("proc/loadavg", "1.50 0.40 0.02 3/208 158501\n");
    check(
        "load",
        &[loadavg, ("proc/stat", STAT)],
        &[],
        &[
            ("system.load.1", 1.5),
            ("system.load.5", 0.4),
            ("system.load.15", 0.02),
            ("system.load.norm.1", 0.75),
            ("system.load.norm.5", 0.2),
            ("system.load.norm.15", 0.01),
        ],
    );
    let uptime = [("proc/uptime", "12345.67 2000.00\n")];
    check("uptime", &uptime, &[], &[("system.uptime", 12345.0)]);
    check(
        "file_handle",
        &[("proc/sys/fs/file-nr", "1000\t200\t8000\n")],
        &[],
        &[
            ("system.fs.file_handles.allocated", 1000.0),
            ("system.fs.file_handles.allocated_unused", 200.0),
            ("system.fs.file_handles.used", 800.0),
            ("system.fs.file_handles.max", 8000.0),
            ("system.fs.file_handles.in_use", 0.1),
        ],
    );
}

#[test]
fn io() {
    let diskstats = " 254 0 vda 1000 100 20000 3000 500 50 8000 1000 0 4000 5000 1 2 3 4 5 6\n";
    let later = " 254 0 vda 1150 130 26000 3600 650 80 11000 1600 2 7000 14000 1 2 3 4 5 6\n";
    // 150 reads of 6000 sectors in 600 ms, as many writes of 3000; busy for 3 of 15 seconds.
    let tags = "{device:vda,device_name:vda}";
    let expected = [
        ("system.io.r_s", 10.0),
        ("system.io.w_s", 10.0),
        ("system.io.rrqm_s", 2.0),
        ("system.io.wrqm_s", 2.0),
        ("system.io.rkb_s", 200.0),
        ("system.io.wkb_s", 100.0),
        ("system.io.avg_rq_sz", 30.0),
        ("system.io.await", 4.0),
        ("system.io.r_await", 4.0),
        ("system.io.w_await", 4.0),
        ("system.io.avg_q_sz", 0.6),
        ("system.io.svctm", 10.0),
        ("system.io.util", 20.0),
    ];
    let names: Vec<String> = expected.iter().map(|(name, _)| format!("{name}{tags}")).collect();
    let mut wanted: Vec<(&str, f64)> =
        names.iter().zip(expected).map(|(name, (_, value))| (name.as_str(), value)).collect();
    wanted.extend([("system.io.block_in", 4096.0), ("system.io.block_out", 0.0)]);
    check(
        "io",
        &[("proc/diskstats", diskstats), ("proc/vmstat", "pgpgin 0\npgpgout 7\n")],
        &[("proc/diskstats", later), ("proc/vmstat", "pgpgin 15\npgpgout 7\n")],
        &wanted,
    );
}

#[test]
fn io_leaves_devices_out_and_survives_wrapped_counters() {
    let before = "7 0 loop0 1 0 1 0 0 0 0 0 0 0 0\n8 0 sda 1 0 0 4294967290 0 0 0 0 0 0 0\n";
    let after = "7 0 loop0 9 0 1 0 0 0 0 0 0 0 0\n8 0 sda 3 0 0 14 0 0 0 0 0 0 0\n9 0 cut 1 2\n";
    let host = Host::new(&[("proc/diskstats", before)]);
    let mut instance = host.instance("io", "device_exclude_re: ^loop\n", "");
    host.run(&mut instance);
    host.write(&[("proc/diskstats", after)]);
    let got = values(&host.run(&mut instance).run);
    assert!(got.keys().all(|name| name.contains("device:sda")), "{got:?}");
    assert_eq!(got["system.io.r_await{device:sda,device_name:sda}"], 10.0);
}

#[test]
fn broken_files_fail_one_run() {
    for (check, file, text, expected) in [
        ("cpu", "proc/stat", "intr 5\n", "proc/stat: has no line `cpu` with times"),
        ("memory", "proc/meminfo", "\u{0}\n", "proc/meminfo: does not say `MemTotal`"),
        ("load", "proc/loadavg", "1.0 x\n", "proc/loadavg: does not begin with 3 numbers"),
        ("uptime", "proc/uptime", "", "proc/uptime: does not begin with 1 numbers"),
        ("file_handle", "proc/sys/fs/file-nr", "1\n", "does not begin with 3 numbers"),
    ] {
        let host = Host::new(&[(file, text)]);
        let mut instance = host.instance(check, "", "");
        let error = host.run(&mut instance).error.unwrap();
        assert!(error.contains(expected), "{check}: {error}");
    }
    for (check, file) in [("cpu", "stat"), ("io", "diskstats"), ("network", "net/dev")] {
        let host = Host::new(&[]);
        let error = host.run(&mut host.instance(check, "", "")).error.unwrap();
        assert!(error.starts_with("cannot read "), "{check}: {error}");
        assert!(error.contains(file), "{check}: {error}");
    }
}

#[test]
fn instances_from_conf_d() {
    let host = Host::new(&[
        ("conf.d/cpu.d/conf.yaml.default", "instances:\n- {}\n"),
        ("conf.d/disk.d/conf.yaml.default", "instances:\n- use_mount: false\n"),
        (
            "conf.d/disk.d/conf.yaml",
            "init_config:\n  service: base\ninstances:\n- use_mount: true\n  tags: [a:1]\n  \
             min_collection_interval: 60\n- use_mount: true\n  name: two\n  service: own\n",
        ),
        ("conf.d/load.yaml", "instances: [{empty_default_hostname: true}]\n"),
        ("conf.d/load.d/conf.yaml.example", "not: read\n\t- at all"),
        ("conf.d/redisdb.d/auto_conf.yaml", "ad_identifiers: [redis]\ninstances: [{}]\n"),
        ("conf.d/nginx.d/conf.yaml.default", "instances: [{}]\n"),
        ("conf.d/app.d/conf.yaml", "logs:\n- type: file\n"),
        ("conf.d/mysql.d/conf.yaml", "instances: [{host: x}]\n"),
    ]);
    let catalog = Catalog::load(&host.path("conf.d"), &host.context);
    let names: Vec<&str> = catalog.instances.iter().map(|i| i.name.as_str()).collect();
    let expected =
        ["cpu", "disk", "disk", "file_handle", "io", "load", "memory", "network", "ntp", "uptime"];
    assert_eq!(names, expected);
    let of = |name: &str| catalog.instances.iter().find(|i| i.name == name).unwrap();
    assert_eq!(of("cpu").id, "cpu");
    assert!(of("cpu").source.ends_with("/conf.d/cpu.d/conf.yaml.default"));
    assert_eq!((of("ntp").interval, of("ntp").source.as_str()), (NTP_INTERVAL, "built-in"));
    assert_eq!(of("disk").interval, Duration::from_secs(60));
    assert_eq!(of("disk").options.tags, ["a:1", "service:base"]);
    let second = &catalog.instances[2];
    assert!(second.id.starts_with("disk:two:"), "{}", second.id);
    assert_eq!(second.options.tags, ["service:own"]);
    assert_eq!((&*of("load").options.host, &*of("cpu").options.host), ("", "web-1"));
    assert_eq!(catalog.problems.config_errors, []);
    let [loading] = &catalog.problems.loading_errors[..] else {
        panic!("{:?}", catalog.problems.loading_errors)
    };
    assert_eq!(loading.check, "mysql");
    assert!(loading.message.ends_with("this agent has no check named `mysql`"));
}

#[test]
fn a_wrong_file_is_named_and_costs_only_itself() {
    for (text, expected) in [
        (
            "instances:\n\t- use_mount: true\n",
            "disk.d/conf.yaml: line 2: a tab in the indentation: YAML allows only spaces there",
        ),
        (
            "instances:\n- tags: [a]\n  use_mount: maybe\n",
            "disk.d/conf.yaml: line 3: `use_mount`: expected true or false, found \"maybe\"",
        ),
        (
            "init_config:\ninstances: 5\n",
            "disk.d/conf.yaml: line 2: `instances`: expected a list of maps, found \"5\"",
        ),
        (
            "instances:\n- use_mount\n",
            "disk.d/conf.yaml: line 2: `instances[0]`: expected a map, found \"use_mount\"",
        ),
        (
            "instances:\n- device_exclude:\n  - '('\n",
            "disk.d/conf.yaml: line 2: `device_exclude`: \"^(?:()\" is no regular expression",
        ),
        ("init_config: {}\n", "disk.d/conf.yaml: has no `instances`: nothing to run"),
        ("- a\n", "disk.d/conf.yaml: line 1: `file`: expected a map, found a list"),
    ] {
        let host = Host::new(&[("conf.d/disk.d/conf.yaml", text)]);
        let catalog = Catalog::load(&host.path("conf.d"), &host.context);
        let [error] = &catalog.problems.config_errors[..] else {
            panic!("{:?}", catalog.problems.config_errors)
        };
        assert_eq!(error.check, "disk");
        assert!(error.message.contains(expected), "{} lacks {expected}", error.message);
        assert!(catalog.instances.iter().any(|i| i.name == "cpu"));
    }
}

#[test]
fn a_directory_without_files_gives_the_defaults() {
    let host = Host::new(&[]);
    let catalog = Catalog::load(&host.path("nothing"), &host.context);
    let ids: Vec<&str> = catalog.instances.iter().map(|i| &*i.name).collect();
    assert_eq!(
        ids,
        ["cpu", "disk", "file_handle", "io", "load", "memory", "network", "ntp", "uptime"]
    );
    let again = Catalog::load(&host.path("nothing"), &host.context);
    let same = catalog.instances.iter().zip(&again.instances).all(|(a, b)| a.id == b.id);
    assert!(same, "ids are the same at each start");
}

/// Words that the kernel's files hold, whole and broken.
fn rubbish() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        any::<u64>().prop_map(|n| n.to_string()),
        Just(u64::MAX.to_string()),
        "[a-zA-Z:/_\\\\.-]{0,12}",
        prop::sample::select(vec![
            "cpu",
            "cpu0",
            "ctxt",
            "btime",
            "MemTotal:",
            "Cached:",
            "SReclaimable:",
            "eth0:",
            "Tcp:",
            "Tcp: InSegs\nTcp:",
            "pgpgin",
            "vda",
            "/dev/vda",
            "ext4",
            "rw",
            "0A",
            "00000000:00000001",
            "processor :",
            "cache size :",
            "\\040",
            "-1",
            "1e308",
            "NaN",
            "\u{0}",
            "é",
        ])
        .prop_map(str::to_owned),
    ];
    let gap = prop::sample::select(vec![" ", "  ", "\n", "\t", ":", ": "]);
    prop::collection::vec((word, gap), 0..60)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| word + gap).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the files say, a run ends with values that are numbers, or with an error.
    #[test]
    fn no_file_makes_a_check_panic(texts in prop::collection::vec(rubbish(), 2)) {
        const FILES: [&str; 16] = [
            "stat", "meminfo", "vmstat", "loadavg", "uptime", "sys/fs/file-nr", "diskstats",
            "self/mounts", "filesystems", "net/dev", "net/snmp", "net/netstat", "net/tcp",
            "net/udp6", "cpuinfo", "sys/kernel/hostname",
        ];
        let mut host = Host::new(&[]);
        host.context.ask_usage = |_| Ok(disk::Usage { total: 5.0, inodes: 1.0, ..Default::default() });
        let checks =
            ["cpu", "system_core", "memory", "system_swap", "load", "uptime", "file_handle", "io",
                "disk", "network"];
        let options = "collect_connection_state: true\nreport_total_percpu: true\n\
            collect_memory_pressure: true\nall_partitions: true\n";
        let mut instances: Vec<_> =
            checks.iter().map(|check| host.instance(check, "", options)).collect();
        for text in &texts {
            for file in FILES {
                host.write(&[(&format!("proc/{file}"), text)]);
            }
            for instance in &mut instances {
                let outcome = run_once(instance, &host.clock);
                let panicked = outcome.error.filter(|error| error.starts_with("panicked"));
                prop_assert_eq!(panicked, None, "{}", instance.id);
                prop_assert!(outcome.run.series.iter().all(|s| s.value.is_finite()));
            }
            host.clock.advance(Duration::from_secs(15));
            let facts = crate::host::facts::Facts::gather(&host.context.roots, host.context.ask_usage);
            let _payload = crate::host::payloads::inventory_host(&Default::default(), &facts, 0);
        }
    }
}
