//! What the catalog holds, and the rules by which a change applies to it.
//!
//! [`CatalogState::apply`] is the meaning of a commit, in memory: the memory catalog is made of it,
//! and storage keeps its loaded copy up to date with it. The SQL catalogs state the same rules as
//! constraints; the contract suite holds them together.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use model::{Dataset, OrgId, TimeRange};

use super::{Error, Result};

/// Names a file. Chosen by storage, above [`CatalogState::last_file_id`]; never used twice.
pub type FileId = u64;

/// One immutable data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    pub id: FileId,
    pub org: OrgId,
    pub dataset: Dataset,
    /// What retention is set by; `default` unless a rule says otherwise.
    pub class: String,
    /// Partition day, see [`model::day_of`].
    pub day: i32,
    /// 0 when flushed; one more with each compaction.
    pub level: u8,
    /// In the object store, `/`-separated; unique.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    /// Smallest and largest time of a row, unix milliseconds, both inclusive.
    pub time_min: i64,
    pub time_max: i64,
    /// Order of commit of the rows: of two rows with one key, that in the file with the higher
    /// `seq_max` wins.
    pub seq_min: u64,
    pub seq_max: u64,
    /// CRC-32 (IEEE) of the whole file.
    pub checksum: u32,
    /// Column names by which the rows are sorted, comma-joined.
    pub sort_key: String,
    /// Rollups: the raw files that it covers.
    pub inputs: Vec<FileId>,
    /// Rollups: the half-open window that it covers, unix milliseconds.
    pub window: Option<(i64, i64)>,
    /// Version of the file's own format.
    pub format: u32,
}

/// Rows that count as gone: those of `dataset` in `range` whose columns have the given values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Chosen by storage, above [`CatalogState::last_tombstone_id`]; never used twice.
    pub id: u64,
    pub org: OrgId,
    pub dataset: Dataset,
    pub range: TimeRange,
    /// Column and value, all of which must match; none means every row of the range.
    pub equals: Vec<(String, String)>,
    /// Applies to rows committed at or before.
    pub seq: u64,
    /// Unix milliseconds.
    pub created_ms: i64,
}

/// What one commit does, as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub add: Vec<FileMeta>,
    pub remove: Vec<FileId>,
    /// Rollup file and the inputs that it has from now on.
    pub replace_inputs: Vec<(FileId, Vec<FileId>)>,
    /// Writer, dataset, and the log position up to which its rows are in files.
    pub positions: Vec<(String, Dataset, u64)>,
    pub add_tombstones: Vec<Tombstone>,
    pub remove_tombstones: Vec<u64>,
}

/// All that the catalog knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogState {
    /// Sorted by id.
    pub files: Vec<FileMeta>,
    pub positions: BTreeMap<(String, Dataset), u64>,
    /// Sorted by id.
    pub tombstones: Vec<Tombstone>,
    /// Highest id that a file has ever had, also one long removed; 0 when there was none.
    pub last_file_id: FileId,
    pub last_tombstone_id: u64,
    /// Highest `seq_max` of a file or `seq` of a tombstone ever; 0 when there was none. New rows
    /// must lie above, or a tombstone that outlived its rows would hide them.
    pub last_seq: u64,
}

fn check_unique<T: Hash + Eq>(
    what: &str,
    items: impl IntoIterator<Item = T>,
    show: impl Fn(&T) -> String,
) -> Result<HashSet<T>> {
    let mut seen = HashSet::new();
    for item in items {
        if seen.contains(&item) {
            return Err(Error::Invalid(format!("{what} {} stands in it twice", show(&item))));
        }
        seen.insert(item);
    }
    Ok(seen)
}

impl Change {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the change fits itself, whatever is stored.
    ///
    /// # Errors
    /// [`Error::Invalid`]: an id, path or position stands in it twice, a file is both added and
    /// removed, inputs of a removed file are replaced, a time range or a name is impossible.
    pub fn validate(&self) -> Result<()> {
        let show_id = |id: &u64| id.to_string();
        let added = check_unique("file", self.add.iter().map(|f| f.id), show_id)?;
        check_unique("path", self.add.iter().map(|f| f.path.as_str()), |p| (*p).to_owned())?;
        let removed = check_unique("removed file", self.remove.iter().copied(), show_id)?;
        let changed =
            check_unique("file with new inputs", self.replace_inputs.iter().map(|r| r.0), show_id)?;
        if let Some(id) = added.intersection(&removed).next() {
            return Err(Error::Invalid(format!("file {id} is both added and removed")));
        }
        if let Some(id) = changed.intersection(&removed).chain(changed.intersection(&added)).next()
        {
            return Err(Error::Invalid(format!(
                "file {id} gets new inputs and is added or removed at once"
            )));
        }
        check_unique(
            "position",
            self.positions.iter().map(|p| (&p.0, p.1)),
            |(writer, dataset)| format!("of writer {writer} in {dataset}"),
        )?;
        let added = check_unique("tombstone", self.add_tombstones.iter().map(|t| t.id), show_id)?;
        let removed =
            check_unique("removed tombstone", self.remove_tombstones.iter().copied(), show_id)?;
        if let Some(id) = added.intersection(&removed).next() {
            return Err(Error::Invalid(format!("tombstone {id} is both added and removed")));
        }
        self.add.iter().try_for_each(FileMeta::validate)?;
        self.positions.iter().try_for_each(|p| check_text("writer", &p.0))
    }
}

impl FileMeta {
    fn validate(&self) -> Result<()> {
        let at = |what: &str| Error::Invalid(format!("file {}: {what}", self.id));
        check_text("class", &self.class)?;
        check_text("path", &self.path)?;
        check_text("sort key", &self.sort_key)?;
        if self.path.is_empty() {
            return Err(at("the path is empty"));
        }
        if self.time_min > self.time_max {
            return Err(at("its smallest time is above its largest"));
        }
        if self.seq_min > self.seq_max {
            return Err(at("its smallest sequence number is above its largest"));
        }
        if self.window.is_some_and(|(from, to)| from >= to) {
            return Err(at("the window is empty"));
        }
        Ok(())
    }
}

/// PostgreSQL cannot store the NUL character, so no implementation takes it.
fn check_text(what: &str, text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::Invalid(format!("{what} {text:?} has a NUL character")));
    }
    Ok(())
}

impl CatalogState {
    pub fn file(&self, id: FileId) -> Option<&FileMeta> {
        self.files.binary_search_by_key(&id, |f| f.id).ok().map(|i| &self.files[i])
    }

    pub fn position(&self, writer: &str, dataset: Dataset) -> Option<u64> {
        self.positions.get(&(writer.to_owned(), dataset)).copied()
    }

    /// Applies a change as a whole or not at all. All checks are against the state before it.
    ///
    /// # Errors
    /// [`Error::Invalid`] as [`Change::validate`]. [`Error::Conflict`]: a file or tombstone to
    /// remove or to change is not there; the id or path of one to add is; a position goes back
    /// (the same one again is fine).
    pub fn apply(&mut self, change: &Change) -> Result<()> {
        change.validate()?;
        self.check(change)?;
        let removed: HashSet<FileId> = change.remove.iter().copied().collect();
        self.files.retain(|f| !removed.contains(&f.id));
        for (id, inputs) in &change.replace_inputs {
            if let Ok(i) = self.files.binary_search_by_key(id, |f| f.id) {
                self.files[i].inputs.clone_from(inputs);
            }
        }
        for file in &change.add {
            self.last_file_id = self.last_file_id.max(file.id);
            self.last_seq = self.last_seq.max(file.seq_max);
        }
        self.files.extend(change.add.iter().cloned());
        self.files.sort_by_key(|f| f.id);
        for (writer, dataset, position) in &change.positions {
            self.positions.insert((writer.clone(), *dataset), *position);
        }
        self.tombstones.retain(|t| !change.remove_tombstones.contains(&t.id));
        for tombstone in &change.add_tombstones {
            self.last_tombstone_id = self.last_tombstone_id.max(tombstone.id);
            self.last_seq = self.last_seq.max(tombstone.seq);
        }
        self.tombstones.extend(change.add_tombstones.iter().cloned());
        self.tombstones.sort_by_key(|t| t.id);
        Ok(())
    }

    fn check(&self, change: &Change) -> Result<()> {
        let changed = change.replace_inputs.iter().map(|r| &r.0);
        for id in change.remove.iter().chain(changed) {
            if self.file(*id).is_none() {
                return Err(Error::Conflict(format!("file {id} is not there")));
            }
        }
        for file in &change.add {
            if self.file(file.id).is_some() {
                return Err(Error::Conflict(format!("file {} is there already", file.id)));
            }
        }
        if !change.add.is_empty() {
            let paths: HashSet<&str> = change.add.iter().map(|f| f.path.as_str()).collect();
            if let Some(file) = self.files.iter().find(|f| paths.contains(f.path.as_str())) {
                return Err(Error::Conflict(format!("path {} is there already", file.path)));
            }
        }
        for (writer, dataset, position) in &change.positions {
            check_position(writer, *dataset, self.position(writer, *dataset), *position)?;
        }
        let has_tombstone = |id: u64| self.tombstones.iter().any(|t| t.id == id);
        if let Some(id) = change.remove_tombstones.iter().find(|id| !has_tombstone(**id)) {
            return Err(Error::Conflict(format!("tombstone {id} is not there")));
        }
        if let Some(t) = change.add_tombstones.iter().find(|t| has_tombstone(t.id)) {
            return Err(Error::Conflict(format!("tombstone {} is there already", t.id)));
        }
        Ok(())
    }

    /// Whether a change whose fate is unknown (its commit ended with [`Error::Unavailable`]) has been
    /// applied. Exact as long as ids are not used twice and nobody else has since undone it; an
    /// empty change always counts as applied.
    pub fn reflects(&self, change: &Change) -> bool {
        let has_tombstone = |id: u64| self.tombstones.iter().any(|t| t.id == id);
        change.add.iter().all(|f| self.file(f.id).is_some_and(|have| have.path == f.path))
            && change.remove.iter().all(|id| self.file(*id).is_none())
            && change
                .replace_inputs
                .iter()
                .all(|(id, inputs)| self.file(*id).is_some_and(|have| have.inputs == *inputs))
            && change.positions.iter().all(|(writer, dataset, position)| {
                self.position(writer, *dataset).is_some_and(|have| have >= *position)
            })
            && change.add_tombstones.iter().all(|t| has_tombstone(t.id))
            && !change.remove_tombstones.iter().any(|id| has_tombstone(*id))
    }
}

/// The rule for positions, shared with the SQL catalogs.
pub(super) fn check_position(
    writer: &str,
    dataset: Dataset,
    have: Option<u64>,
    want: u64,
) -> Result<()> {
    match have {
        Some(have) if have > want => Err(Error::Conflict(format!(
            "position of writer {writer} in {dataset} is {have}, and {want} would go back"
        ))),
        _ => Ok(()),
    }
}
