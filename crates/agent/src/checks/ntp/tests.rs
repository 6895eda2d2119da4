use std::net::UdpSocket;

use crate::checks::tests::{Host, values};

use super::*;

/// A server that answers `n` requests, its clock `ahead` seconds of the requester's.
fn server(ahead: f64, n: usize) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    std::thread::Builder::new()
        .spawn(move || {
            for _ in 0..n {
                let mut request = [0_u8; 64];
                let (len, from) = socket.recv_from(&mut request).unwrap();
                assert_eq!((len, request[0] & 7), (48, 3));
                let sent = u64::from_be_bytes(request[40..48].try_into().unwrap());
                let mut answer = [0_u8; 48];
                answer[0] = 3 << 3 | 4;
                answer[1] = 2;
                answer[24..32].copy_from_slice(&request[40..48]);
                let now = to_ntp(from_ntp(sent) + ahead).to_be_bytes();
                answer[32..40].copy_from_slice(&now);
                answer[40..48].copy_from_slice(&now);
                socket.send_to(&answer, from).unwrap();
            }
        })
        .unwrap();
    port
}

#[track_caller]
fn check(ahead: f64, config: &str, status: CheckStatus) {
    let host = Host::new(&[]);
    let port = server(ahead, 1);
    let config = format!("host: 127.0.0.1\nport: {port}\n{config}");
    let mut instance = host.instance("ntp", "", &config);
    let outcome = host.run(&mut instance);
    assert_eq!(outcome.error, None);
    let offset = values(&outcome.run)["ntp.offset"];
    assert!((offset - ahead).abs() < 0.001, "{offset}");
    let check = &outcome.run.service_checks[0];
    assert_eq!((check.check.as_str(), check.status), ("ntp.in_sync", status));
    assert!((host.context.ntp_offset.get().unwrap() - ahead).abs() < 0.001);
}

#[test]
fn offsets() {
    check(2.5, "", CheckStatus::Ok);
    check(-90.0, "", CheckStatus::Critical);
    check(-90.0, "offset_threshold: 100\n", CheckStatus::Ok);
    check(0.0, "version: 4\n", CheckStatus::Ok);
}

#[test]
fn no_server_answers() {
    let host = Host::new(&[]);
    // Bound but mute.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let config = format!("hosts: [127.0.0.1]\nport: {port}\ntimeout: 0.05\n");
    let mut instance = host.instance("ntp", "", &config);
    let outcome = host.run(&mut instance);
    let error = outcome.error.unwrap();
    assert!(error.starts_with("no time server answers: 127.0.0.1: "), "{error}");
    assert_eq!(outcome.run.service_checks[0].status, CheckStatus::Unknown);
    assert_eq!(outcome.run.series, []);
    assert_eq!(host.context.ntp_offset.get(), None);
}

#[test]
fn answers_that_are_not_believed() {
    let mut request = [0_u8; 48];
    request[40..].copy_from_slice(&to_ntp(1_700_000_000.0).to_be_bytes());
    let mut good = [0_u8; 48];
    good[0] = 4;
    good[1] = 1;
    good[24..32].copy_from_slice(&request[40..]);
    good[32..40].copy_from_slice(&request[40..]);
    good[40..].copy_from_slice(&request[40..]);
    let times = (1_700_000_000.0, 1_700_000_000.0);
    assert!(offset_of(&good, &request, times).unwrap().abs() < 1e-6);
    let broken = |change: &dyn Fn(&mut [u8; 48])| {
        let mut answer = good;
        change(&mut answer);
        offset_of(&answer, &request, times).unwrap_err()
    };
    assert!(offset_of(&good[..47], &request, times).unwrap_err().contains("47 bytes"));
    assert!(broken(&|a| a[0] = 3).contains("mode 3"));
    assert!(broken(&|a| a[24] ^= 1).contains("not asked"));
    assert!(
        broken(&|a| {
            a[1] = 0;
            a[12..16].copy_from_slice(b"RATE");
        })
        .contains("RATE")
    );
    assert!(broken(&|a| a[1] = 16).contains("no time"));
    assert!(broken(&|a| a[0] = 0xC4).contains("no time"));
}

#[test]
fn times_before_and_after_2036() {
    for secs in [0.0, 1_700_000_000.5, 2_085_978_496.0, 2_200_000_000.25] {
        let back = from_ntp(to_ntp(secs));
        // Times before 1968 are out of the format's era.
        assert!((back - secs).abs() < 1e-6 || secs == 0.0, "{secs}: {back}");
    }
}

#[test]
fn servers_of_the_local_daemon() {
    let host = Host::new(&[
        ("etc/chrony.conf", "# pool x\npool a.example iburst\nserver\tb.example\nkeyfile x\n"),
        ("etc/systemd/timesyncd.conf", "[Time]\nNTP=c.example d.example\n#NTP=e\n"),
    ]);
    let settings =
        |text: &str| Settings::new(&crate::config::yaml::parse(text).unwrap(), "instance").unwrap();
    let of = |text: &str| hosts(&host.context.roots, &settings(text)).unwrap();
    let local = of("use_local_defined_servers: true\n");
    assert_eq!(local, ["a.example", "b.example", "c.example", "d.example"]);
    assert_eq!(of("host: x\nhosts: [y, x, z]\n"), ["x", "y", "z"]);
    assert_eq!(of(""), DEFAULT_HOSTS);
}
