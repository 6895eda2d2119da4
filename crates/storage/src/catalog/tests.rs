//! One suite for all catalogs, and what is particular to each.
//!
//! PostgreSQL takes part when `PROCYON_TEST_POSTGRES` holds the URL of a database in which schemas
//! may be made: each test makes its own and drops it at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;

use model::{Dataset, OrgId, TimeRange};
use proptest::prelude::*;
use sqlx::{Connection, Executor};

use super::*;

/// A stored catalog, which any number of handles can open.
#[derive(Debug)]
enum Place {
    Memory(MemoryCatalog),
    Sqlite(TempDir),
    Postgres { url: String, schema: String },
}

#[derive(Debug)]
struct TempDir(PathBuf);

static N_PLACES: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!("{}_{}", std::process::id(), N_PLACES.fetch_add(1, Ordering::Relaxed))
}

impl TempDir {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("procyon_catalog_{}", unique()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("catalog.db")
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Place {
    fn memory() -> Option<Self> {
        Some(Self::Memory(MemoryCatalog::new()))
    }

    fn sqlite() -> Option<Self> {
        Some(Self::Sqlite(TempDir::new()))
    }

    fn postgres() -> Option<Self> {
        let Ok(url) = std::env::var("PROCYON_TEST_POSTGRES") else {
            eprintln!("not run on PostgreSQL: PROCYON_TEST_POSTGRES has no URL");
            return None;
        };
        Some(Self::Postgres { url, schema: format!("catalog_test_{}", unique()) })
    }

    async fn open(&self) -> Arc<dyn Catalog> {
        match self {
            Self::Memory(catalog) => Arc::new(catalog.clone()),
            Self::Sqlite(dir) => Arc::new(SqliteCatalog::open(dir.file()).await.unwrap()),
            Self::Postgres { url, schema } => {
                Arc::new(PostgresCatalog::open(url, schema).await.unwrap())
            }
        }
    }

    async fn remove(self) {
        if let Self::Postgres { url, schema } = self {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            connection.execute(&*format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await.unwrap();
        }
    }
}

macro_rules! suite {
    ($($place:ident: $($test:ident)*;)*) => {$(
        mod $place {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let Some(place) = super::Place::$place() else { return };
                    super::$test(&place).await;
                    place.remove().await;
                }
            )*
        }
    )*};
}

suite! {
    memory: begins_empty keeps_everything judges_changes marks_never_go_back survives_reopening
        only_one_removes_a_file only_one_takes_an_id shows_no_half_change
        abandoned_commits_are_whole_or_nothing reflects_what_was_applied;
    sqlite: begins_empty keeps_everything judges_changes marks_never_go_back survives_reopening
        only_one_removes_a_file only_one_takes_an_id shows_no_half_change
        abandoned_commits_are_whole_or_nothing reflects_what_was_applied is_fast;
    postgres: begins_empty keeps_everything judges_changes marks_never_go_back survives_reopening
        only_one_removes_a_file only_one_takes_an_id shows_no_half_change
        abandoned_commits_are_whole_or_nothing reflects_what_was_applied is_fast
        opens_at_once_from_many;
}

fn file(id: FileId) -> FileMeta {
    FileMeta {
        id,
        org: OrgId(1),
        dataset: Dataset::Points,
        class: "default".into(),
        day: 20_000,
        level: 0,
        path: format!("points/{id}.parquet"),
        rows: 10,
        bytes: 1000,
        time_min: 1,
        time_max: 2,
        seq_min: id,
        seq_max: id,
        checksum: 7,
        sort_key: "metric,host,tags,time".into(),
        inputs: vec![],
        window: None,
        format: 1,
    }
}

fn tombstone(id: u64) -> Tombstone {
    Tombstone {
        id,
        org: OrgId(1),
        dataset: Dataset::Events,
        range: TimeRange::new(0, 10),
        equals: vec![("host".into(), "a".into())],
        seq: 3,
        created_ms: 5,
    }
}

fn add(ids: &[FileId]) -> Change {
    Change { add: ids.iter().copied().map(file).collect(), ..Change::default() }
}

fn remove(ids: &[FileId]) -> Change {
    Change { remove: ids.to_vec(), ..Change::default() }
}

fn position(writer: &str, dataset: Dataset, position: u64) -> Change {
    Change { positions: vec![(writer.into(), dataset, position)], ..Change::default() }
}

fn ids(state: &CatalogState) -> Vec<FileId> {
    state.files.iter().map(|f| f.id).collect()
}

async fn begins_empty(place: &Place) {
    assert_eq!(place.open().await.load().await.unwrap(), CatalogState::default());
}

/// The ends of every number's range, and texts that need escaping.
fn extremes() -> Change {
    let odd = "ä ' \" \\ $1 ?1 {} \n\t%_ \u{10ffff}";
    let high = FileMeta {
        id: u64::MAX,
        org: OrgId(u32::MAX),
        dataset: Dataset::Sketches1h,
        class: odd.into(),
        day: i32::MAX,
        level: u8::MAX,
        path: odd.into(),
        rows: u64::MAX,
        bytes: u64::MAX,
        time_min: i64::MAX,
        time_max: i64::MAX,
        seq_min: u64::MAX,
        seq_max: u64::MAX,
        checksum: u32::MAX,
        sort_key: odd.into(),
        inputs: vec![u64::MAX, 0, 1 << 63, 7],
        window: Some((i64::MIN, i64::MAX)),
        format: u32::MAX,
    };
    let low = FileMeta {
        id: 0,
        org: OrgId(0),
        class: String::new(),
        day: i32::MIN,
        path: "p".into(),
        rows: 0,
        bytes: 0,
        time_min: i64::MIN,
        time_max: i64::MIN,
        seq_min: 0,
        seq_max: (1 << 63) + 1,
        checksum: 0,
        sort_key: String::new(),
        format: 0,
        ..file(0)
    };
    let erased = Tombstone {
        id: u64::MAX,
        org: OrgId(u32::MAX),
        dataset: Dataset::ServiceChecks,
        range: TimeRange::ALL,
        equals: vec![(odd.into(), "nul \0".into()), (String::new(), String::new())],
        seq: u64::MAX,
        created_ms: i64::MIN,
    };
    Change {
        add: vec![high, file(1 << 63), file(3), low],
        positions: vec![
            (odd.into(), Dataset::Points5m, u64::MAX),
            (String::new(), Dataset::Audit, 0),
            ("w".into(), Dataset::Audit, (1 << 63) + 1),
        ],
        add_tombstones: vec![erased, Tombstone { equals: vec![], ..tombstone(0) }],
        ..Change::default()
    }
}

async fn keeps_everything(place: &Place) {
    let change = extremes();
    let catalog = place.open().await;
    catalog.commit(&change).await.unwrap();
    let state = catalog.load().await.unwrap();

    let mut files = change.add.clone();
    files.sort_by_key(|f| f.id);
    assert_eq!(state.files, files);
    let mut tombstones = change.add_tombstones.clone();
    tombstones.sort_by_key(|t| t.id);
    assert_eq!(state.tombstones, tombstones);
    let positions: BTreeMap<_, _> =
        change.positions.iter().map(|(w, d, p)| ((w.clone(), *d), *p)).collect();
    assert_eq!(state.positions, positions);
    assert_eq!(state.last_file_id, u64::MAX);
    assert_eq!(state.last_tombstone_id, u64::MAX);
    assert_eq!(state.last_seq, u64::MAX);

    // Every dataset has a name that comes back.
    let all = Dataset::ALL.into_iter().enumerate();
    let all = all.map(|(i, dataset)| FileMeta { dataset, ..file(100 + i as u64) });
    catalog.commit(&Change { add: all.clone().collect(), ..Change::default() }).await.unwrap();
    let state = catalog.load().await.unwrap();
    assert!(all.into_iter().all(|f| state.file(f.id) == Some(&f)));

    let gone = Change { remove: vec![u64::MAX, 1 << 63], ..remove_tombstones(&[u64::MAX]) };
    catalog.commit(&gone).await.unwrap();
    let state = catalog.load().await.unwrap();
    assert!(state.file(u64::MAX).is_none() && state.file(1 << 63).is_none());
    assert_eq!(state.tombstones.len(), 1);
}

fn remove_tombstones(ids: &[u64]) -> Change {
    Change { remove_tombstones: ids.to_vec(), ..Change::default() }
}

fn add_tombstones(ids: &[u64]) -> Change {
    Change { add_tombstones: ids.iter().copied().map(tombstone).collect(), ..Change::default() }
}

fn replace(inputs: &[(FileId, &[FileId])]) -> Change {
    let replace_inputs = inputs.iter().map(|(id, inputs)| (*id, inputs.to_vec())).collect();
    Change { replace_inputs, ..Change::default() }
}

/// What a commit came to, without the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Applied,
    Conflict,
    Invalid,
}

fn verdict(result: &Result<()>) -> Verdict {
    match result {
        Ok(()) => Verdict::Applied,
        Err(Error::Conflict(_)) => Verdict::Conflict,
        Err(Error::Invalid(_)) => Verdict::Invalid,
        Err(other) => panic!("{}", base::report(other)),
    }
}

async fn judges_changes(place: &Place) {
    use Verdict::*;
    let catalog = place.open().await;
    catalog
        .commit(&Change {
            positions: vec![("w".into(), Dataset::Points, 10), ("v".into(), Dataset::Points, 1)],
            ..Change { add_tombstones: vec![tombstone(1), tombstone(2)], ..add(&[1, 2, 3]) }
        })
        .await
        .unwrap();
    let with_path = |id, path: &str| {
        let file = FileMeta { path: path.into(), ..file(id) };
        Change { add: vec![file], ..Change::default() }
    };
    let changed = |change: fn(&mut FileMeta)| {
        let mut file = file(50);
        change(&mut file);
        Change { add: vec![file], ..Change::default() }
    };
    let both = |a: Change, b: Change| Change { remove: b.remove, ..a };
    // Each is tried on the state as it was before the first.
    let mut lines = vec![
        (Change::default(), Applied),
        (remove(&[4]), Conflict),
        (remove(&[1, 4]), Conflict),
        (remove(&[1, 1]), Invalid),
        (add(&[1]), Conflict),
        (add(&[4, 1]), Conflict),
        (add(&[4, 4]), Invalid),
        (with_path(4, "points/1.parquet"), Conflict),
        (with_path(4, ""), Invalid),
        (with_path(4, "a\0b"), Invalid),
        // Not even in place of the file that goes: its bytes may still be read.
        (both(with_path(4, "points/1.parquet"), remove(&[1])), Conflict),
        (both(add(&[1]), remove(&[1])), Invalid),
        (both(add(&[4]), remove(&[4])), Invalid),
        (both(add(&[4]), remove(&[5])), Conflict),
        (changed(|f| f.time_min = f.time_max + 1), Invalid),
        (changed(|f| f.seq_min = f.seq_max + 1), Invalid),
        (changed(|f| f.window = Some((5, 5))), Invalid),
        (changed(|f| f.class = "\0".into()), Invalid),
        (changed(|f| f.sort_key = "\0".into()), Invalid),
        (replace(&[(4, &[1])]), Conflict),
        (replace(&[(1, &[2]), (1, &[3])]), Invalid),
        (both(replace(&[(1, &[2])]), remove(&[1])), Invalid),
        (position("w", Dataset::Points, 9), Conflict),
        (position("w\0", Dataset::Points, 9), Invalid),
        (add_tombstones(&[1]), Conflict),
        (add_tombstones(&[3, 3]), Invalid),
        (remove_tombstones(&[3]), Conflict),
        (remove_tombstones(&[1, 1]), Invalid),
        (Change { add_tombstones: vec![tombstone(1)], ..remove_tombstones(&[1]) }, Invalid),
        (Change { add_tombstones: vec![tombstone(3)], ..remove_tombstones(&[4]) }, Conflict),
    ];
    let twice = vec![("u".to_owned(), Dataset::Points, 1), ("u".into(), Dataset::Points, 2)];
    lines.push((Change { positions: twice, ..Change::default() }, Invalid));
    // The last part fails, the first parts must not stay.
    let mut late = add(&[4]);
    late.remove = vec![1];
    late.positions = vec![("w".into(), Dataset::Events, 1), ("w".into(), Dataset::Points, 9)];
    lines.push((late.clone(), Conflict));
    late.positions.pop();
    late.remove_tombstones = vec![9];
    lines.push((late, Conflict));

    let before = catalog.load().await.unwrap();
    for (change, expect) in lines {
        let result = catalog.commit(&change).await;
        assert_eq!(verdict(&result), expect, "{change:#?}");
        assert_eq!(catalog.load().await.unwrap(), before, "{change:#?}");
    }

    // And what must pass, one after the other.
    for change in [
        position("w", Dataset::Points, 10),
        position("w", Dataset::Points, 11),
        position("w", Dataset::Events, 0),
        position("x", Dataset::Points, 0),
        replace(&[(1, &[7, 8]), (2, &[])]),
        both(add(&[4]), remove(&[1, 2])),
        // Ids below the last are fine: writers reserve theirs and commit in any order.
        add(&[2]),
        Change { add_tombstones: vec![tombstone(3)], ..remove_tombstones(&[1]) },
    ] {
        assert_eq!(verdict(&catalog.commit(&change).await), Applied, "{change:#?}");
        assert!(catalog.load().await.unwrap().reflects(&change), "{change:#?}");
    }
    let state = catalog.load().await.unwrap();
    assert_eq!(ids(&state), [2, 3, 4]);
    assert_eq!(state.position("w", Dataset::Points), Some(11));
    assert_eq!(state.tombstones.iter().map(|t| t.id).collect::<Vec<_>>(), [2, 3]);
}

async fn marks_never_go_back(place: &Place) {
    let catalog = place.open().await;
    let erased = Tombstone { seq: 99, ..tombstone(8) };
    let change = Change { add_tombstones: vec![erased], ..add(&[5, 40]) };
    catalog.commit(&change).await.unwrap();
    catalog.commit(&add(&[6])).await.unwrap();
    catalog.commit(&remove(&[40])).await.unwrap();
    catalog.commit(&remove(&[5, 6])).await.unwrap();
    catalog.commit(&remove_tombstones(&[8])).await.unwrap();
    for state in [catalog.load().await.unwrap(), place.open().await.load().await.unwrap()] {
        assert!(state.files.is_empty() && state.tombstones.is_empty());
        assert_eq!((state.last_file_id, state.last_tombstone_id, state.last_seq), (40, 8, 99));
    }
}

async fn survives_reopening(place: &Place) {
    let mut expect = CatalogState::default();
    for id in 1..20 {
        let mut change = add(&[2 * id, 2 * id + 1]);
        if id > 1 {
            change.remove = vec![2 * id - 1];
        }
        change.positions = vec![("w".into(), Dataset::Points, id)];
        change.add_tombstones = vec![tombstone(id)];
        expect.apply(&change).unwrap();
        // Dropped without a word after each commit, as in a crash.
        place.open().await.commit(&change).await.unwrap();
        assert_eq!(place.open().await.load().await.unwrap(), expect, "after {id}");
    }
}

async fn only_one_removes_a_file(place: &Place) {
    place.open().await.commit(&add(&[1, 2, 3])).await.unwrap();
    for round in 0..5 {
        let old = if round == 0 { vec![1, 2] } else { vec![round * 100] };
        let mut tasks = Vec::new();
        for i in 0..6 {
            let catalog = place.open().await;
            // In both orders, which would deadlock locks taken row by row.
            let mut remove = old.clone();
            if i % 2 == 0 {
                remove.reverse();
            }
            let mut new = file((round + 1) * 100);
            new.path = format!("points/{round}/{i}.parquet");
            let change = Change { add: vec![new], remove, ..Change::default() };
            tasks.push(tokio::spawn(async move { verdict(&catalog.commit(&change).await) }));
        }
        let verdicts = futures::future::join_all(tasks).await;
        let n_applied =
            verdicts.iter().filter(|v| *v.as_ref().unwrap() == Verdict::Applied).count();
        assert_eq!(n_applied, 1, "{verdicts:?}");
        let state = place.open().await.load().await.unwrap();
        assert_eq!(ids(&state), [3, (round + 1) * 100]);
    }
}

async fn only_one_takes_an_id(place: &Place) {
    let mut tasks = Vec::new();
    for writer in 0..4_u64 {
        let catalog = place.open().await;
        tasks.push(tokio::spawn(async move {
            for n in 1..=5 {
                loop {
                    let id = catalog.load().await.unwrap().last_file_id + 1;
                    let mut new = file(id);
                    new.path = format!("points/{writer}/{n}.parquet");
                    let positions = vec![(format!("w{writer}"), Dataset::Points, n)];
                    let change = Change { add: vec![new], positions, ..Change::default() };
                    if verdict(&catalog.commit(&change).await) == Verdict::Applied {
                        break;
                    }
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let state = place.open().await.load().await.unwrap();
    assert_eq!(ids(&state), (1..=20).collect::<Vec<_>>());
    assert!((0..4).all(|w| state.position(&format!("w{w}"), Dataset::Points) == Some(5)));
}

/// Each commit swaps one file for the next and notes its id as position: a reader that sees none,
/// two, or another position has seen half of a change.
async fn shows_no_half_change(place: &Place) {
    let writer = place.open().await;
    let swap = |id: u64| {
        let old = if id == 1 { vec![] } else { vec![id - 1] };
        let mut change = position("w", Dataset::Points, id);
        change.add = vec![file(id)];
        change.remove = old;
        change
    };
    writer.commit(&swap(1)).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = Vec::new();
    for _ in 0..3 {
        let (catalog, done) = (place.open().await, Arc::clone(&done));
        readers.push(tokio::spawn(async move {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::SeqCst) {
                let state = catalog.load().await.unwrap();
                assert_eq!(state.files.len(), 1, "{:?}", ids(&state));
                let id = state.files[0].id;
                assert_eq!(state.position("w", Dataset::Points), Some(id));
                assert_eq!(state.last_file_id, id);
                assert!(seen.last().is_none_or(|last| *last <= id), "time ran backwards");
                seen.insert(id);
            }
        }));
    }
    for id in 2..60 {
        writer.commit(&swap(id)).await.unwrap();
        assert_eq!(ids(&writer.load().await.unwrap()), [id], "own commits are seen at once");
    }
    done.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
}

/// A commit whose future is dropped at any moment, as when its task is aborted.
async fn abandoned_commits_are_whole_or_nothing(place: &Place) {
    let catalog = place.open().await;
    let mut expect = CatalogState::default();
    let (mut n_applied, mut n_lost) = (0, 0);
    for patience in 0..60_u64 {
        let mut change = position("w", Dataset::Points, patience);
        change.add = vec![file(2 * patience + 1), file(2 * patience + 2)];
        change.remove = expect.files.iter().map(|f| f.id).collect();
        let mut n_polls = 0;
        {
            let mut commit = pin!(catalog.commit(&change));
            let polled = std::future::poll_fn(|context| match commit.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending if n_polls == patience => Poll::Ready(None),
                Poll::Pending => {
                    n_polls += 1;
                    Poll::Pending
                }
            });
            if let Some(result) = polled.await {
                result.unwrap();
            }
        }
        let state = catalog.load().await.unwrap();
        if state.reflects(&change) {
            expect.apply(&change).unwrap();
            n_applied += 1;
        } else {
            n_lost += 1;
        }
        assert_eq!(state, expect, "after {patience} polls");
    }
    assert!(n_applied > 0 && n_lost > 0, "{n_applied} applied, {n_lost} lost");
    assert_eq!(place.open().await.load().await.unwrap(), expect);
}

async fn reflects_what_was_applied(place: &Place) {
    let catalog = place.open().await;
    catalog.commit(&Change { add_tombstones: vec![tombstone(1)], ..add(&[1, 2]) }).await.unwrap();
    let changes = [
        add(&[3]),
        remove(&[1]),
        replace(&[(2, &[9])]),
        position("w", Dataset::Points, 5),
        add_tombstones(&[2]),
        remove_tombstones(&[1]),
    ];
    for change in &changes {
        assert!(!catalog.load().await.unwrap().reflects(change), "{change:#?}");
        catalog.commit(change).await.unwrap();
        assert!(catalog.load().await.unwrap().reflects(change), "{change:#?}");
    }
}

/// Generous bounds, since other work shares the machine; the figures are printed.
async fn is_fast(place: &Place) {
    let clock = base::Clock::system();
    let mut start = clock.monotonic();
    let mut lap = |what: &str, secs_max: u64| {
        let took = clock.monotonic() - start;
        eprintln!("{what}: {took:?}");
        assert!(took.as_secs() < secs_max, "{what}: {took:?}");
        start = clock.monotonic();
    };
    let catalog = place.open().await;
    lap("open an empty catalog", 2);
    let all: Vec<FileId> = (1..=10_000).collect();
    catalog.commit(&add(&all)).await.unwrap();
    lap("add 10 000 files", 20);
    assert_eq!(catalog.load().await.unwrap().files.len(), 10_000);
    lap("load 10 000 files", 10);
    for i in 0..20 {
        let mut change = add(&[20_000 + i]);
        change.remove = vec![i + 1, i + 1001];
        change.positions = vec![("w".into(), Dataset::Points, i)];
        catalog.commit(&change).await.unwrap();
    }
    lap("20 commits among 10 000 files", 20);
    drop(catalog);
    place.open().await;
    lap("open a catalog of 10 000 files", 5);
}

async fn opens_at_once_from_many(place: &Place) {
    let opened = futures::future::join_all((0..6).map(|_| place.open())).await;
    for (i, catalog) in opened.iter().enumerate() {
        catalog.commit(&add(&[i as u64 + 1])).await.unwrap();
    }
    assert_eq!(opened[0].load().await.unwrap().files.len(), 6);
}

/// The rules once more, in the plainest words, to hold against the real thing.
#[derive(Clone, Debug, Default)]
struct Model {
    files: BTreeMap<FileId, FileMeta>,
    positions: BTreeMap<(String, Dataset), u64>,
    tombstones: BTreeMap<u64, Tombstone>,
    marks: (u64, u64, u64),
}

fn has_repeat<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().any(|item| !seen.insert(item))
}

impl Model {
    fn commit(&mut self, c: &Change) -> Verdict {
        let added: BTreeSet<_> = c.add.iter().map(|f| f.id).collect();
        let removed: BTreeSet<_> = c.remove.iter().copied().collect();
        if added.len() < c.add.len()
            || removed.len() < c.remove.len()
            || has_repeat(c.add.iter().map(|f| &f.path))
            || has_repeat(c.replace_inputs.iter().map(|r| r.0))
            || has_repeat(c.positions.iter().map(|p| (&p.0, p.1)))
            || has_repeat(c.add_tombstones.iter().map(|t| t.id).chain(c.remove_tombstones.clone()))
            || added.intersection(&removed).count() > 0
            || c.replace_inputs.iter().any(|r| added.contains(&r.0) || removed.contains(&r.0))
        {
            return Verdict::Invalid;
        }
        let mut next = self.clone();
        for file in &c.add {
            let path_taken = self.files.values().any(|f| f.path == file.path);
            if path_taken || next.files.insert(file.id, file.clone()).is_some() {
                return Verdict::Conflict;
            }
            next.marks.0 = next.marks.0.max(file.id);
            next.marks.2 = next.marks.2.max(file.seq_max);
        }
        for id in &c.remove {
            if next.files.remove(id).is_none() {
                return Verdict::Conflict;
            }
        }
        for (id, inputs) in &c.replace_inputs {
            match next.files.get_mut(id) {
                Some(file) => file.inputs = inputs.clone(),
                None => return Verdict::Conflict,
            }
        }
        for (writer, dataset, position) in &c.positions {
            if next.positions.insert((writer.clone(), *dataset), *position) > Some(*position) {
                return Verdict::Conflict;
            }
        }
        for id in &c.remove_tombstones {
            if next.tombstones.remove(id).is_none() {
                return Verdict::Conflict;
            }
        }
        for tombstone in &c.add_tombstones {
            if next.tombstones.insert(tombstone.id, tombstone.clone()).is_some() {
                return Verdict::Conflict;
            }
            next.marks.1 = next.marks.1.max(tombstone.id);
            next.marks.2 = next.marks.2.max(tombstone.seq);
        }
        *self = next;
        Verdict::Applied
    }

    fn state(&self) -> CatalogState {
        CatalogState {
            files: self.files.values().cloned().collect(),
            positions: self.positions.clone(),
            tombstones: self.tombstones.values().cloned().collect(),
            last_file_id: self.marks.0,
            last_tombstone_id: self.marks.1,
            last_seq: self.marks.2,
        }
    }
}

/// Ids of few enough values that changes meet; one of them is above what a signed number holds.
fn any_id() -> impl Strategy<Value = u64> {
    prop_oneof![9 => 1..8_u64, 1 => Just(u64::MAX - 1)]
}

fn any_dataset() -> impl Strategy<Value = Dataset> {
    (0..Dataset::ALL.len()).prop_map(|i| Dataset::ALL[i])
}

prop_compose! {
    fn any_file()(
        id in any_id(), path in 1..12_u8, org in any::<u32>(), dataset in any_dataset(),
        (day, level, n_rows, n_bytes) in any::<(i32, u8, u64, u64)>(),
        times in any::<(i64, i64)>(), seqs in any::<(u64, u64)>(),
        (checksum, format) in any::<(u32, u32)>(),
        inputs in prop::collection::vec(any::<u64>(), 0..3),
        window in prop::option::of((any::<i64>(), 1..1000_i64)),
        class in "[a-z'\"\\\\ä]{0,5}",
    ) -> FileMeta {
        FileMeta {
            id, org: OrgId(org), dataset, class, day, level,
            // Usually its own, sometimes another's.
            path: if path < 3 { format!("p{path}") } else { format!("own/{id}") },
            rows: n_rows, bytes: n_bytes,
            time_min: times.0.min(times.1), time_max: times.0.max(times.1),
            seq_min: seqs.0.min(seqs.1), seq_max: seqs.0.max(seqs.1) >> 1,
            checksum, sort_key: "time".into(), inputs,
            window: window.map(|(from, len)| (from.min(i64::MAX - len), from.min(i64::MAX - len) + len)),
            format,
        }
    }
}

prop_compose! {
    fn any_tombstone()(
        id in any_id(), org in any::<u32>(), dataset in any_dataset(),
        (from, to, created_ms) in any::<(i64, i64, i64)>(), seq in 0..100_u64,
        equals in prop::collection::vec((".{0,4}", ".{0,4}"), 0..3),
    ) -> Tombstone {
        let range = TimeRange::new(from, to);
        Tombstone { id, org: OrgId(org), dataset, range, equals, seq, created_ms }
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    use prop::collection::vec;
    let position = ("[uvw]", 0..2_usize, prop_oneof![9 => 0..6_u64, 1 => Just(u64::MAX)])
        .prop_map(|(writer, dataset, position)| (writer, Dataset::ALL[dataset], position));
    (
        vec(any_file(), 0..3),
        vec(any_id(), 0..2),
        vec((any_id(), vec(any_id(), 0..3)), 0..2),
        vec(position, 0..2),
        vec(any_tombstone(), 0..2),
        vec(any_id(), 0..2),
    )
        .prop_map(
            |(mut add, remove, replace_inputs, positions, add_tombstones, remove_tombstones)| {
                for file in &mut add {
                    file.seq_min = file.seq_min.min(file.seq_max);
                }
                Change { add, remove, replace_inputs, positions, add_tombstones, remove_tombstones }
            },
        )
}

/// Changes at random, against the model; opened anew where the flag says so.
fn check_random(make: fn() -> Option<Place>, n_cases: u32) {
    if make().is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut config = ProptestConfig::with_cases(n_cases);
    config.failure_persistence = None;
    let changes = prop::collection::vec((any_change(), prop::bool::weighted(0.1)), 1..25);
    proptest!(config, |(changes in changes)| runtime.block_on(async {
        let place = make().unwrap();
        let mut model = Model::default();
        let mut catalog = place.open().await;
        for (change, reopen) in &changes {
            if *reopen {
                catalog = place.open().await;
            }
            let result = catalog.commit(change).await;
            prop_assert_eq!(verdict(&result), model.commit(change), "{:?} of {:#?}", result, change);
            prop_assert_eq!(catalog.load().await.unwrap(), model.state());
        }
        place.remove().await;
        Ok::<(), TestCaseError>(())
    })?);
}

#[test]
fn random_changes_memory() {
    check_random(Place::memory, 300);
}

#[test]
fn random_changes_sqlite() {
    check_random(Place::sqlite, 40);
}

#[test]
fn random_changes_postgres() {
    check_random(Place::postgres, 25);
}

#[tokio::test]
async fn memory_fails_as_it_is_told() {
    let catalog = MemoryCatalog::new();
    catalog.script(Some(Fault::Fail));
    catalog.script(None);
    catalog.script(Some(Fault::LoseAnswer));
    let unavailable = |result: Result<()>| matches!(result, Err(Error::Unavailable { .. }));
    assert!(unavailable(catalog.commit(&add(&[1])).await));
    assert!(!catalog.load().await.unwrap().reflects(&add(&[1])));
    catalog.commit(&add(&[2])).await.unwrap();
    assert!(unavailable(catalog.commit(&add(&[3])).await));
    assert!(catalog.load().await.unwrap().reflects(&add(&[3])));
    assert_eq!(catalog.n_commits(), 2);

    catalog.set_hook(|change| change.is_none().then_some(Fault::Fail));
    assert!(catalog.load().await.is_err());
    catalog.commit(&add(&[4])).await.unwrap();
    catalog.set_hook(|change| change.map(|_| Fault::Fail));
    assert!(unavailable(catalog.commit(&add(&[5])).await));
    assert_eq!(ids(&catalog.load().await.unwrap()), [2, 3, 4]);
    catalog.clear_faults();
    catalog.commit(&add(&[5])).await.unwrap();
    // A conflict is found out even when the answer would have been lost.
    catalog.script(Some(Fault::LoseAnswer));
    assert_eq!(verdict(&catalog.commit(&add(&[5])).await), Verdict::Conflict);
}

async fn run_sql(dir: &TempDir, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.file());
    let options = options.create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn sqlite_refuses_what_it_cannot_read() {
    async fn check(sql: &str, expect: &str) {
        let dir = TempDir::new();
        SqliteCatalog::open(dir.file()).await.unwrap().commit(&add(&[1])).await.unwrap();
        run_sql(&dir, sql).await;
        let result = match SqliteCatalog::open(dir.file()).await {
            Ok(catalog) => catalog.load().await.map(|_| ()),
            Err(e) => Err(e),
        };
        let text = base::report(&result.unwrap_err());
        assert!(text.contains(expect), "{sql}: {text}");
    }
    check("UPDATE meta SET value = 2 WHERE key = 'format'", "has format 2").await;
    check("UPDATE meta SET value = 0 WHERE key = 'format'", "says format 0").await;
    check("DELETE FROM meta WHERE key = 'format'", "has no format").await;
    check("DELETE FROM meta WHERE key = 'last_seq'", "has no last_seq").await;
    check("UPDATE files SET dataset = 'nonsense'", "unknown dataset \"nonsense\"").await;
    check("UPDATE files SET level = 256", "level of file or tombstone 1 is 256").await;
    check("UPDATE files SET org = -1", "org of file or tombstone 1 is -1").await;
    check("UPDATE files SET inputs = '[1'", "inputs of file or tombstone 1 are no list").await;
    check("ALTER TABLE files DROP COLUMN level", "level").await;
    check("DROP TABLE meta", "no catalog").await;

    let dir = TempDir::new();
    run_sql(&dir, "CREATE TABLE t (x)").await;
    let error = SqliteCatalog::open(dir.file()).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{error}");
    std::fs::write(dir.file(), "this is some text, and no database at all".repeat(30)).unwrap();
    let error = SqliteCatalog::open(dir.file()).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{error}");
    let error = SqliteCatalog::open(dir.0.join("no/such/folder.db")).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn sqlite_finds_damaged_pages() {
    let dir = TempDir::new();
    let catalog = SqliteCatalog::open(dir.file()).await.unwrap();
    catalog.commit(&add(&(1..=500).collect::<Vec<_>>())).await.unwrap();
    drop(catalog);
    // Whatever is still in the write-ahead file goes to the main one.
    run_sql(&dir, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE").await;
    let mut bytes = std::fs::read(dir.file()).unwrap();
    let n_pages = bytes.len() / 4096;
    assert!(n_pages > 10);
    bytes[4096 * (n_pages / 2)..][..600].fill(0x5a);
    std::fs::write(dir.file(), &bytes).unwrap();
    let error = SqliteCatalog::open(dir.file()).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{}", base::report(&error));
}

/// What a power cut leaves: the files as they are while the catalog is open, the write-ahead file cut
/// off anywhere. Cut inside what was reported as done it must still give an earlier state, whole;
/// uncut, the last one.
#[tokio::test]
async fn sqlite_survives_a_torn_write_ahead_file() {
    let dir = TempDir::new();
    let catalog = SqliteCatalog::open(dir.file()).await.unwrap();
    let mut states = vec![CatalogState::default()];
    for id in 1..12 {
        let mut change = position("w", Dataset::Points, id);
        change.add = vec![file(2 * id), file(2 * id + 1)];
        change.remove = states.last().unwrap().files.iter().map(|f| f.id).collect();
        catalog.commit(&change).await.unwrap();
        let mut state = states.last().unwrap().clone();
        state.apply(&change).unwrap();
        states.push(state);
    }
    let main = std::fs::read(dir.file()).unwrap();
    let wal = std::fs::read(dir.0.join("catalog.db-wal")).unwrap();
    let mut last_idx = 0;
    for step in 0..=40 {
        let crashed = TempDir::new();
        std::fs::write(crashed.file(), &main).unwrap();
        std::fs::write(crashed.0.join("catalog.db-wal"), &wal[..wal.len() * step / 40]).unwrap();
        let state = SqliteCatalog::open(crashed.file()).await.unwrap().load().await.unwrap();
        let idx = states.iter().position(|s| *s == state).expect("a state that never was");
        assert!(idx >= last_idx, "more bytes, older state");
        last_idx = idx;
    }
    assert_eq!(last_idx, states.len() - 1, "what was reported as done is not there");
}

#[tokio::test]
async fn postgres_refuses_what_it_cannot_read() {
    let Some(place) = Place::postgres() else { return };
    let catalog = place.open().await;
    catalog.commit(&add(&[1])).await.unwrap();
    let Place::Postgres { url, schema } = &place else { unreachable!() };
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let sql = format!("UPDATE {schema}.meta SET value = 2 WHERE key = 'format'");
    connection.execute(&*sql).await.unwrap();
    // Also by those who had opened it before.
    for error in [
        PostgresCatalog::open(url, schema).await.map(|_| ()).unwrap_err(),
        catalog.load().await.map(|_| ()).unwrap_err(),
        catalog.commit(&add(&[2])).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::TooNew { found: 2, .. }), "{error}");
    }
    for name in ["", "Upper", "a-b", "a.b", "1a", "pg_x", "a\"b", &"x".repeat(64)] {
        let error = PostgresCatalog::open(url, name).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{name}: {error}");
    }
    drop((catalog, connection));
    place.remove().await;

    let error = PostgresCatalog::open("no url", "s").await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
}

/// A catalog as an earlier version of this program left it; neither file is ever edited.
#[tokio::test]
async fn sqlite_opens_every_earlier_format() {
    let dir = TempDir::new();
    run_sql(&dir, include_str!("../../testdata/catalog/v1.sql")).await;
    let catalog = SqliteCatalog::open(dir.file()).await.unwrap();
    let state = catalog.load().await.unwrap();
    assert_eq!(format!("{state:#?}\n"), include_str!("../../testdata/catalog/v1.expected.txt"));
    catalog.commit(&add(&[4711])).await.unwrap();
    assert!(catalog.load().await.unwrap().file(4711).is_some());
    assert_eq!(FORMAT, 1, "a new format needs a catalog of it in testdata");
}

/// Writes the catalog that [`sqlite_opens_every_earlier_format`] reads, for the day of a new format:
/// `GOLDEN_DIR=/tmp/x cargo test -p storage writes_a_golden -- --ignored`, then dump it to SQL.
#[tokio::test]
#[ignore = "makes files to keep, not a check"]
async fn writes_a_golden_catalog() {
    let dir = PathBuf::from(std::env::var_os("GOLDEN_DIR").expect("GOLDEN_DIR names a folder"));
    let catalog = SqliteCatalog::open(dir.join("golden.db")).await.unwrap();
    catalog.commit(&extremes()).await.unwrap();
    let rollup = FileMeta {
        dataset: Dataset::Points1h,
        inputs: vec![3],
        window: Some((3_600_000, 7_200_000)),
        ..file(12)
    };
    let change = Change { add: vec![rollup, file(13)], ..position("w", Dataset::Points, 77) };
    catalog.commit(&change).await.unwrap();
    catalog.commit(&remove(&[13])).await.unwrap();
    let state = catalog.load().await.unwrap();
    std::fs::write(dir.join("expected.txt"), format!("{state:#?}\n")).unwrap();
}
