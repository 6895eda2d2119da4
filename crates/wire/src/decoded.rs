//! What a decoder gives back, and how it keeps account of what it refused.

use model::{OrgId, Reason};

/// What a decoder must know besides the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub org: OrgId,
    /// Unix milliseconds; bounds the times that are accepted, and stands in for missing ones.
    pub now_ms: i64,
}

/// A body decoded: what lands, and what was refused on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded<T> {
    pub batch: T,
    /// Units in `batch`: points, sketches, events or checks.
    pub accepted: u64,
    pub refused: Refusals,
}

/// `count` units that were refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub count: u64,
    pub reason: Reason,
}

/// Refusals in the order of the payload: the first few of each code with their words, the rest
/// added to the last of these, so that the counts are exact while the list is bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

/// Refusals that are kept with their own words, for each code.
const KEPT_PER_CODE: usize = 3;

impl Refusals {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Units refused in all.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|r| r.count).sum()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }

    /// `message` is only called when it is kept.
    pub fn refuse(&mut self, count: u64, code: &'static str, message: impl FnOnce() -> String) {
        if count == 0 {
            return;
        }
        let n_kept = self.0.iter().filter(|r| r.reason.code == code).count();
        if n_kept < KEPT_PER_CODE {
            self.0.push(Refusal { count, reason: Reason::new(code, message()) });
        } else if let Some(last) = self.0.iter_mut().rfind(|r| r.reason.code == code) {
            last.count += count;
        }
    }
}

/// What is wrong with one unit; its place in the payload is added where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Text of a client as it is shown in a message: quoted, and cut when long.
pub(crate) fn quoted(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}
