use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::checks::disk::{Mount, Usage};
use crate::checks::tests::{Host, assert_values, values};

const MOUNTS: &str = "/dev/vda1 / ext4 rw,relatime 0 0\n\
    /dev/vdb /mnt/my\\040data xfs ro,relatime 0 0\n\
    tmpfs /run tmpfs rw 0 0\n\
    proc /proc proc rw 0 0\n\
    none /none tmpfs rw 0 0\n\
    tracefs /sys/kernel/tracing tracefs rw 0 0\n\
    /dev/vdc /gone ext4 rw 0 0\n\
    short line\n";
const DISKSTATS: &str = "254 0 vda 10 0 0 1000 5 0 0 2000 0 0 0\n";

fn ask(path: &std::path::Path) -> io::Result<Usage> {
    let kib = |total: f64, used: f64, free: f64| Usage {
        total: total * 1024.0,
        used: used * 1024.0,
        free: free * 1024.0,
        inodes: 200.0,
        inodes_free: 150.0,
    };
    match path.to_str().unwrap() {
        "/" => Ok(kib(1000.0, 600.0, 200.0)),
        "/mnt/my data" => Ok(Usage { inodes: 0.0, ..kib(5000.0, 1000.0, 4000.0) }),
        "/run" => Ok(kib(100.0, 0.0, 100.0)),
        "/proc" | "/none" => Ok(Usage::default()),
        "/gone" => Err(io::Error::other("input/output error")),
        other => panic!("nobody may ask {other}"),
    }
}

fn host() -> Host {
    let mut host = Host::new(&[
        ("proc/self/mounts", MOUNTS),
        ("proc/diskstats", DISKSTATS),
        ("proc/filesystems", "nodev\tproc\nnodev\ttmpfs\n\text4\n\txfs\n"),
    ]);
    host.context.ask_usage = ask;
    host
}

/// The devices that a run with this configuration sends `system.disk.total` of.
#[track_caller]
fn check_devices(init: &str, instance: &str, expected: &[&str]) {
    let host = host();
    let mut instance = host.instance("disk", init, instance);
    let outcome = host.run(&mut instance);
    assert_eq!(outcome.error, None);
    let totals = outcome.run.series.iter().filter(|s| s.metric == "system.disk.total");
    let devices: Vec<&str> =
        totals.flat_map(|s| s.tags.iter().filter_map(|t| t.strip_prefix("device:"))).collect();
    assert_eq!(devices, expected);
}

#[test]
fn values_of_mounts() {
    let host = host();
    let mut instance = host.instance("disk", "", "mount_point_include: [/$]\n");
    host.run(&mut instance);
    host.write(&[("proc/diskstats", "254 0 vda 10 0 0 1150 5 0 0 2000 0 0 0\n")]);
    let run = host.run(&mut instance).run;
    assert_values(
        &values(&run),
        &[
            ("system.disk.total{device:/dev/vda1,device_name:vda1}", 1000.0),
            ("system.disk.used{device:/dev/vda1,device_name:vda1}", 600.0),
            ("system.disk.free{device:/dev/vda1,device_name:vda1}", 200.0),
            ("system.disk.utilized{device:/dev/vda1,device_name:vda1}", 75.0),
            ("system.disk.in_use{device:/dev/vda1,device_name:vda1}", 0.75),
            ("system.fs.inodes.total{device:/dev/vda1,device_name:vda1}", 200.0),
            ("system.fs.inodes.used{device:/dev/vda1,device_name:vda1}", 50.0),
            ("system.fs.inodes.free{device:/dev/vda1,device_name:vda1}", 150.0),
            ("system.fs.inodes.utilized{device:/dev/vda1,device_name:vda1}", 25.0),
            ("system.fs.inodes.in_use{device:/dev/vda1,device_name:vda1}", 0.25),
            ("system.disk.read_time{device:vda,device_name:vda}", 150.0),
            ("system.disk.write_time{device:vda,device_name:vda}", 0.0),
            ("system.disk.read_time_pct{device:vda,device_name:vda}", 1.0),
            ("system.disk.write_time_pct{device:vda,device_name:vda}", 0.0),
        ],
    );
}

#[test]
fn filters() {
    let all = ["/dev/vda1", "/dev/vdb", "tmpfs"];
    check_devices("", "", &all);
    check_devices("", "use_mount: true\n", &["/", "/mnt/my data", "/run"]);
    check_devices("", "include_all_devices: false\n", &all[..2]);
    check_devices("", "file_system_exclude: [tmpfs$]\n", &all[..2]);
    check_devices("", "excluded_filesystems: [TMPFS]\n", &all[..2]);
    check_devices("", "file_system_include: [EXT]\n", &all[..1]);
    check_devices("", "device_exclude: [/dev/vdb]\n", &["/dev/vda1", "tmpfs"]);
    check_devices("", "device_exclude: [vdb]\n", &all);
    check_devices("", "device_include: [/dev/.*]\n", &all[..2]);
    check_devices("", "device_include: [/dev/.*]\ndevice_exclude: [.*a1]\n", &["/dev/vdb"]);
    check_devices("", "mount_point_exclude: [/mnt/my data$]\n", &["/dev/vda1", "tmpfs"]);
    check_devices("", "min_disk_size: 1\n", &["/dev/vdb"]);
    check_devices("device_global_exclude: [/dev/vda1]\n", "", &all[1..]);
    check_devices("", "lowercase_device_tag: true\nmount_point_include: [/run]\n", &["tmpfs"]);
}

#[test]
fn tags_labels_and_service_checks() {
    let host = host();
    std::fs::create_dir_all(host.path("dev/disk/by-label")).unwrap();
    let link = host.path("dev/disk/by-label/my\\x20root");
    std::os::unix::fs::symlink("../../vda1", link).unwrap();
    let config = "service_check_rw: true\ntag_by_filesystem: true\n\
        device_tag_re:\n  /dev/vda.*: role:db, size:large\n";
    let mut instance = host.instance("disk", "", config);
    let run = host.run(&mut instance).run;
    let root = run.series.iter().find(|s| s.metric == "system.disk.total").unwrap();
    let expected = [
        "device:/dev/vda1",
        "device_label:my root",
        "device_name:vda1",
        "ext4",
        "filesystem:ext4",
        "label:my root",
        "role:db",
        "size:large",
    ];
    assert_eq!(root.tags, expected);
    let checks: Vec<_> = run
        .service_checks
        .iter()
        .filter(|c| c.check == "disk.read_write")
        .map(|c| (c.status as u8, c.tags.iter().any(|t| t == "device:/dev/vdb")))
        .collect();
    assert_eq!(checks, [(0, false), (2, true), (0, false)]);
    assert_eq!(run.warnings.len(), 1);
    assert!(run.warnings[0].contains("/gone: input/output error"), "{}", run.warnings[0]);
}

#[test]
fn mounts_are_parsed() {
    let mount = |line| Mount::parse(line).map(|m| (m.device, m.mount_point, m.options));
    let of = |d: &str, m: &str, o: &str| Some((d.to_owned(), m.to_owned(), o.to_owned()));
    assert_eq!(mount("a\\134b /x\\011y ext4 rw 0 0"), of("a\\b", "/x\ty", "rw"));
    assert_eq!(mount("a\\9 /x ext4 rw"), of("a\\9", "/x", "rw"));
    assert_eq!(mount("a /x ext4"), None);
    assert_eq!(mount(""), None);
}

static HANGS: AtomicBool = AtomicBool::new(true);

fn hang(path: &std::path::Path) -> io::Result<Usage> {
    while path.ends_with("dead") && HANGS.load(Ordering::SeqCst) {
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
    Ok(Usage { total: 1.0, ..Usage::default() })
}

#[test]
fn a_dead_mount_costs_one_timeout_and_is_left_alone() {
    let mounts = "a /dead nfs rw 0 0\nb /ok ext4 rw 0 0\n";
    let mut host = Host::new(&[("proc/self/mounts", mounts)]);
    host.context.ask_usage = hang;
    let mut instance = host.instance("disk", "", "timeout: 0.1\n");
    let first = host.run(&mut instance).run;
    assert!(first.warnings[0].contains("/dead: no answer within 0.1 s"), "{:?}", first.warnings);
    assert_eq!(first.series.iter().filter(|s| s.metric == "system.disk.total").count(), 1);
    let second = host.run(&mut instance).run;
    assert!(second.warnings[0].contains("/dead: still no answer"), "{:?}", second.warnings);
    HANGS.store(false, Ordering::SeqCst);
    let totals = |run: &crate::check::CheckRun| {
        run.series.iter().filter(|s| s.metric == "system.disk.total").count()
    };
    // The thread answers when it is scheduled next.
    while totals(&host.run(&mut instance).run) < 2 {
        std::thread::yield_now();
    }
}
