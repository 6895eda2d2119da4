//! The dictionaries of a columnar body, unfolded with bounds.

use crate::metrics::tags::TagScratch;
use crate::protobuf::Reader;
use crate::{DICTIONARY_MAX, Error, TAGSET_WORK_MAX, TEXT_BYTES_MAX};

/// Texts by 1-based index; `None` where the bytes are no UTF-8.
#[derive(Debug, Default)]
pub(super) struct Dictionary<'a>(Vec<Option<&'a str>>);

impl<'a> Dictionary<'a> {
    pub(super) fn read(mut bytes: Reader<'a>) -> Result<Self, Error> {
        let mut texts = Vec::new();
        while !bytes.is_empty() {
            let len = bytes.varint()?;
            let text = bytes.take(len)?;
            check_len(texts.len())?;
            texts.push(str::from_utf8(text.rest()).ok());
        }
        Ok(Self(texts))
    }

    /// Index 0 is the empty text.
    pub(super) fn get(&self, index: usize) -> Option<&'a str> {
        match index.checked_sub(1) {
            None => Some(""),
            Some(i) => self.0.get(i).copied().flatten(),
        }
    }
}

fn check_len(len: usize) -> Result<(), Error> {
    if len >= DICTIONARY_MAX {
        return Err(Error::TooLarge { what: "entries of a dictionary", max: DICTIONARY_MAX });
    }
    Ok(())
}

/// The sets of tags, each normalised and put in order once.
#[derive(Debug, Default)]
pub(super) struct Tagsets {
    text: String,
    /// Set 0, of those tags that all metrics have, comes first.
    sets: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    start: usize,
    tags_len: usize,
    host_len: usize,
    device_len: usize,
    is_valid: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tagset<'a> {
    pub(super) tags: &'a str,
    pub(super) host: &'a str,
    pub(super) device: &'a str,
}

impl Tagsets {
    /// `column` holds for each set its length and that many differences of 1-based indexes to
    /// tags; a negative index includes an earlier set.
    pub(super) fn read(
        mut column: Reader<'_>,
        tags: &Dictionary<'_>,
        of_all: &[&str],
    ) -> Result<Self, Error> {
        let mut sets = Self::default();
        let mut scratch = TagScratch::default();
        scratch.clear();
        of_all.iter().for_each(|tag| scratch.push(tag));
        sets.add(&mut scratch, true);
        let mut work = 0;
        while !column.is_empty() {
            let n_tags = column.zigzag()?;
            scratch.clear();
            of_all.iter().for_each(|tag| scratch.push(tag));
            let (mut index, mut is_valid) = (0_i64, n_tags >= 0);
            for _ in 0..n_tags {
                index = index.wrapping_add(column.zigzag()?);
                let place = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
                if index >= 0 {
                    match tags.get(place) {
                        Some(tag) => scratch.push(tag),
                        None => is_valid = false,
                    }
                } else {
                    match sets.get(place) {
                        Some(set) => {
                            work += set.tags.len() / 8;
                            scratch.push_all(set.tags, set.host, set.device);
                        }
                        None => is_valid = false,
                    }
                }
                work += 1 + of_all.len() / 8;
            }
            if work > TAGSET_WORK_MAX {
                return Err(Error::TooLarge { what: "tags in sets", max: TAGSET_WORK_MAX });
            }
            if sets.text.len() > TEXT_BYTES_MAX {
                return Err(super::text_full());
            }
            check_len(sets.sets.len())?;
            sets.add(&mut scratch, is_valid);
        }
        Ok(sets)
    }

    fn add(&mut self, scratch: &mut TagScratch, is_valid: bool) {
        scratch.sort();
        let start = self.text.len();
        for part in [scratch.joined(), scratch.host(), scratch.device()] {
            self.text.push_str(part);
        }
        self.sets.push(Entry {
            start,
            tags_len: scratch.joined().len(),
            host_len: scratch.host().len(),
            device_len: scratch.device().len(),
            is_valid,
        });
    }

    pub(super) fn get(&self, index: usize) -> Option<Tagset<'_>> {
        let entry = self.sets.get(index).filter(|e| e.is_valid)?;
        let (tags, rest) = self.text[entry.start..].split_at(entry.tags_len);
        let (host, rest) = rest.split_at(entry.host_len);
        Some(Tagset { tags, host, device: &rest[..entry.device_len] })
    }
}

/// The sets of resources: ranges of pairs of (type, name).
#[derive(Debug, Default)]
pub(super) struct ResourceSets<'a> {
    pairs: Vec<Option<(&'a str, &'a str)>>,
    /// Where each set ends; set 0 is empty.
    ends: Vec<usize>,
}

impl<'a> ResourceSets<'a> {
    pub(super) fn read(
        texts: Dictionary<'a>,
        mut lens: Reader<'a>,
        mut types: Reader<'a>,
        mut names: Reader<'a>,
    ) -> Result<Self, Error> {
        let mut sets = Self { pairs: Vec::new(), ends: vec![0] };
        while !lens.is_empty() {
            check_len(sets.ends.len())?;
            let (mut kind, mut name) = (0_i64, 0_i64);
            for _ in 0..lens.varint()? {
                check_len(sets.pairs.len())?;
                kind = kind.wrapping_add(types.zigzag()?);
                name = name.wrapping_add(names.zigzag()?);
                let text = |i: i64| usize::try_from(i).ok().and_then(|i| texts.get(i));
                sets.pairs.push(text(kind).zip(text(name)));
            }
            sets.ends.push(sets.pairs.len());
        }
        Ok(sets)
    }

    /// `None` when there is no such set or a text of it is broken.
    pub(super) fn get(
        &self,
        index: usize,
    ) -> Option<impl IntoIterator<Item = (&'a str, &'a str)> + Clone + use<'_, 'a>> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let pairs = &self.pairs[start..end];
        pairs.iter().all(Option::is_some).then(|| pairs.iter().flatten().copied())
    }
}
