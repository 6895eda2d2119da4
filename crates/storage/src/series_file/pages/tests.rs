use model::{Dataset, MetricKind, OrgId};
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use proptest::prelude::*;

use super::*;
use crate::catalog::FileMeta;
use crate::samples::{Run, SampleKind};
use crate::scan::SeriesKey;
use crate::series_file::{Packing, SeriesFile, SeriesFiles, write_runs};

/// What a read hands over: for each range its times and values.
type Read = Vec<(Vec<i64>, Vec<u64>)>;

async fn put(store: &Arc<dyn ObjectStore>, bytes: Vec<u8>, rows: u64) -> Arc<FileMeta> {
    let meta = FileMeta {
        id: 1,
        org: OrgId(1),
        dataset: Dataset::Points,
        class: "default".into(),
        day: 0,
        level: 0,
        path: "points.parquet".into(),
        rows,
        bytes: bytes.len() as u64,
        time_min: i64::MIN,
        time_max: i64::MAX,
        seq_min: 1,
        seq_max: 1,
        checksum: 0,
        sort_key: String::new(),
        inputs: Vec::new(),
        window: None,
        format: 1,
    };
    store.put(&Path::from("points.parquet"), bytes.into()).await.unwrap();
    Arc::new(meta)
}

fn run(host: usize, times: Vec<i64>, values: Vec<f64>) -> Run {
    let key = SeriesKey {
        metric: "m".into(),
        host: format!("host-{host:03}").into(),
        device: "".into(),
        tags: "".into(),
    };
    let id = key.as_ref().id(OrgId(1));
    let samples = Samples::Points(values);
    Run { id, key, kind: MetricKind::Gauge, interval_secs: 15, times, samples }
}

/// Both ways to read some rows.
async fn read(
    store: &Arc<dyn ObjectStore>,
    file: &SeriesFile,
    ranges: &[Range<u64>],
) -> [crate::Result<Read>; 2] {
    let mut found =
        [vec![Default::default(); ranges.len()], vec![Default::default(); ranges.len()]];
    let [quick, arrays] = &mut found;
    let into =
        |read: &mut Read, at: usize, times: &[i64], samples: &Samples, rows: Range<usize>| {
            let Samples::Points(values) = samples else { panic!("points were asked for") };
            read[at].0.extend_from_slice(times);
            read[at].1.extend(values[rows].iter().map(|v| v.to_bits()));
        };
    let is_quick = file.read(store, ranges, |a, t, s, r| into(quick, a, t, s, r)).await;
    let is_read = file.read_arrays(store, ranges, |a, t, s, r| into(arrays, a, t, s, r)).await;
    let [quick, arrays] = found;
    [is_quick.map(|()| quick), is_read.map(|()| arrays)]
}

async fn files(runs: Vec<Run>, packing: Packing) -> Vec<(Arc<dyn ObjectStore>, Arc<FileMeta>)> {
    let mut files = Vec::new();
    for file in write_runs(SampleKind::Points, runs, packing).unwrap() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let meta = put(&store, file.bytes, file.n_rows).await;
        files.push((store, meta));
    }
    files
}

async fn open(store: &Arc<dyn ObjectStore>, meta: &Arc<FileMeta>) -> Arc<SeriesFile> {
    let files = SeriesFiles::new(Arc::clone(store), 1 << 20);
    files.open(meta).await.unwrap()
}

/// Times and values of many shapes: regular and not, whole and not, narrow and wide.
fn shapes(kind: u8, n: usize, seed: u64) -> Run {
    let mut state = seed | 1;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 11
    };
    let (mut time, mut level) = (1_700_000_000_000, 0.0);
    let (mut times, mut values) = (Vec::new(), Vec::new());
    for i in 0..n {
        time += if kind & 1 == 0 { 15_000 } else { 1 + (random() % 100_000) as i64 };
        times.push(time);
        level = match kind >> 1 {
            0 => level + (random() % 5) as f64 - 2.0,
            1 => (random() % (1 << 40)) as f64 - 1e11,
            2 => 9_007_199_254_740_991.0 * if i % 2 == 0 { 1.0 } else { -1.0 },
            3 => 7.0,
            _ => random() as f64 / 3.0,
        };
        values.push(level);
    }
    run(kind as usize, times, values)
}

fn check(runs: Vec<Run>, packing: Packing, cuts: &[(usize, usize)]) {
    futures::executor::block_on(async {
        for (store, meta) in files(runs, packing).await {
            let file = open(&store, &meta).await;
            assert!(file.has_quick_points(), "the file is read the quick way");
            let n = meta.rows as usize;
            let mut ranges: Vec<Range<u64>> = Vec::new();
            let mut at = 0;
            for (skip, take) in cuts.iter().cycle() {
                let from = at + skip;
                let to = (from + take.max(&1)).min(n);
                if from >= to {
                    break;
                }
                ranges.push(from as u64..to as u64);
                at = to;
            }
            let [quick, arrays] = read(&store, &file, &ranges).await;
            assert!(quick.unwrap() == arrays.unwrap(), "{ranges:?}");
        }
    });
}

#[test]
fn pages_and_arrays_say_the_same() {
    let packing = prop_oneof![Just(Packing::None), Just(Packing::Quick), Just(Packing::Hard)];
    let series = proptest::collection::vec((0..10_u8, 1..20_000_usize, any::<u64>()), 1..4);
    let cuts = proptest::collection::vec((0..12_000_usize, 1..9_000_usize), 1..5);
    let config = ProptestConfig { cases: 24, ..ProptestConfig::default() };
    proptest!(config, |(series in series, packing in packing, cuts in cuts)| {
        let mut runs: Vec<Run> = series.iter().map(|&(k, n, seed)| shapes(k, n, seed)).collect();
        runs.sort_by(|a, b| a.key.cmp(&b.key));
        runs.dedup_by(|a, b| a.key == b.key);
        check(runs, packing, &cuts);
    });
}

#[test]
fn row_groups_and_single_rows() {
    let many = shapes(0, 1_200_000, 3);
    check(vec![many], Packing::Quick, &[(524_287, 600_000), (1, 1)]);
    check(vec![shapes(9, 1, 1)], Packing::None, &[(0, 1)]);
}

#[test]
fn damaged_files_do_no_harm() {
    futures::executor::block_on(async {
        for (store, meta) in files(vec![shapes(1, 30_000, 9)], Packing::None).await {
            let file = open(&store, &meta).await;
            let whole = store.get(&Path::from(meta.path.as_str())).await.unwrap();
            let whole = whole.bytes().await.unwrap();
            let all = std::slice::from_ref(&(0..meta.rows)).to_vec();
            let mut n_refused = 0;
            for at in (0..whole.len()).step_by(whole.len() / 700) {
                let mut bytes = whole.to_vec();
                bytes[at] ^= 0xff;
                put(&store, bytes, meta.rows).await;
                n_refused += usize::from(read(&store, &file, &all).await[0].is_err());
            }
            assert!(n_refused > 10, "{n_refused} are refused");
        }
    });
}

proptest! {
    #[test]
    fn any_bytes_unpack_or_not(bytes: Vec<u8>, n in 0..5000_usize, width in 1..70_u32) {
        let mut values = vec![0; n];
        let _may_fail = delta(&bytes, &mut values, |value| value);
        let _may_fail = unpack_bits(&bytes, width, &mut values);
        let _may_fail = split_floats(&bytes, &mut vec![0.0; n]);
    }

    #[test]
    fn numbers_of_any_width(numbers in proptest::collection::vec(any::<u64>(), 0..200), width in 1..65_u32) {
        let mut packed = vec![0_u8; (numbers.len() * width as usize).div_ceil(8)];
        let number = |i: usize| numbers[i] >> (64 - width);
        for i in 0..numbers.len() {
            for bit in 0..width as usize {
                let at = i * width as usize + bit;
                packed[at / 8] |= ((number(i) >> bit & 1) as u8) << (at % 8);
            }
        }
        let mut unpacked = vec![0; numbers.len()];
        prop_assert_eq!(unpack_bits(&packed, width, &mut unpacked), Some(()));
        let expect: Vec<i64> = (0..numbers.len()).map(|i| number(i) as i64).collect();
        prop_assert_eq!(unpacked, expect);
    }
}
