//! Each fuzz target over seeded mutations of its fixtures, for a bounded number of rounds: what
//! `make fuzz` does for hours, as a test of a second. `FUZZ_ROUNDS` sets another number of rounds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

const ROUNDS: u64 = 4000;

/// SplitMix64: seeded, so that a failure comes again.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

fn mutate(rng: &mut Rng, data: &mut Vec<u8>) {
    for _ in 0..=rng.below(4) {
        let at = rng.below(data.len());
        match rng.below(7) {
            _ if data.is_empty() => data.push(rng.next() as u8),
            0 => data[at] = rng.next() as u8,
            1 => data[at] ^= 1 << rng.below(8),
            2 => data.truncate(at),
            3 => data.insert(at, [0, 1, 0x7f, 0x80, 0xff, b'"', b'[', b'{', b'0'][rng.below(9)]),
            4 => {
                data.remove(at);
            }
            5 => {
                let end = (at + rng.below(40)).min(data.len());
                let part = data[at..end].to_vec();
                let to = rng.below(data.len());
                data.splice(to..to, part);
            }
            _ => {
                let end = (at + rng.below(12)).min(data.len());
                data[at..end].fill(rng.next() as u8);
            }
        }
    }
}

fn smoke(folder: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let mut seeds: Vec<Vec<u8>> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e != "expected"))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "no seeds in {folder:?}");
    let mut rng = Rng(1);
    let rounds = std::env::var("FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    for _ in 0..rounds {
        let mut data = seeds[rng.below(seeds.len())].clone();
        mutate(&mut rng, &mut data);
        target(&data);
    }
}

#[test]
fn compression() {
    smoke("compression", wire::fuzz::compression);
}

#[test]
fn v1_series() {
    smoke("v1_series", wire::fuzz::v1_series);
}

#[test]
fn v2_json() {
    smoke("v2_json", wire::fuzz::v2_json);
}

#[test]
fn v2_protobuf() {
    smoke("v2_protobuf", wire::fuzz::v2_protobuf);
}

#[test]
fn v3() {
    smoke("v3", wire::fuzz::v3);
}

#[test]
fn sketches() {
    smoke("sketches", wire::fuzz::sketches);
}

#[test]
fn distribution_points() {
    smoke("distribution_points", wire::fuzz::distribution_points);
}

#[test]
fn check_run() {
    smoke("check_run", wire::fuzz::check_run);
}

#[test]
fn events() {
    smoke("events", wire::fuzz::events);
}

#[test]
fn host() {
    smoke("host", wire::fuzz::host);
}
