//! Rules on Rust files: fences inside a crate, sizes, headers, and reasons in `expect`.
//!
//! It reads lines, not syntax: `cargo fmt` gives every item the same form, so a test module ends at
//! the first closing brace with its own indentation. Test code is exempt from all but its size.

use super::Problem;
use super::manifests::PURE;
use super::tree::File;

/// Lines of a file without its tests. More, and it tells two stories.
const FILE_LINES_MAX: usize = 800;
/// Lines of a function, its signature and braces included. More, and it does two things.
const FUNCTION_LINES_MAX: usize = 72;
/// From here on a file begins with `//!`: what, flow, invariants.
const HEADER_FROM_LINES: usize = 100;
/// A longer test module moves to a file of its own.
const INLINE_TEST_LINES_MAX: usize = 150;

/// (crate, what may not be named, the only paths below `src/` where it may, what to do instead)
const FENCES: [(&str, &str, &[&str], &str); 4] = [
    ("query", "parquet::", &["scan"], "read files in `query::scan`"),
    ("query", "object_store::", &["scan"], "read files in `query::scan`"),
    ("storage", "sqlx::", &["catalog"], "SQL belongs to the catalog"),
    ("storage", "axum::", &[], "storage knows no HTTP"),
];

/// What a pure crate may not name, and what to do instead.
const IMPURE: [(&str, &str); 9] = [
    ("std::fs", "read files in the crate that calls"),
    ("TcpStream", "do IO in the crate that calls"),
    ("TcpListener", "do IO in the crate that calls"),
    ("UdpSocket", "do IO in the crate that calls"),
    ("std::env", "take the setting as an argument"),
    ("std::thread", "start threads in the crate that calls"),
    ("SystemTime::now", "take the time as an argument"),
    ("Instant::now", "take the time as an argument"),
    ("tokio::", "do IO in the crate that calls"),
];

pub(crate) fn check(file: &File) -> Vec<Problem> {
    let place = Place::of(&file.path);
    let lines = lines_of(&file.text);
    let mut problems = Vec::new();
    if file.path.ends_with("/mod.rs") {
        let message = "is a mod.rs: name it after its folder, beside the folder";
        problems.push(Problem::new(&file.path, 0, message));
    }
    if place.is_test {
        return problems;
    }
    problems.extend(sizes(file, &lines));
    problems.extend(long_functions(file, &lines));
    for line in lines.iter().filter(|l| !l.in_test && !is_comment(l.text)) {
        problems.extend(fences(file, &place, line));
    }
    problems.extend(bare_expects(file, &lines));
    problems
}

struct Place<'a> {
    krate: &'a str,
    /// Below `src/`.
    inside: &'a str,
    is_test: bool,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Self {
        let path = path.strip_prefix("crates/").unwrap_or(path);
        let (krate, rest) = path.split_once('/').unwrap_or((path, ""));
        let inside = rest.strip_prefix("src/").unwrap_or(rest);
        let is_test = !rest.starts_with("src/")
            || inside.ends_with("tests.rs")
            || inside.split('/').any(|part| part == "tests");
        Self { krate, inside, is_test }
    }
}

struct Line<'a> {
    number: usize,
    text: &'a str,
    in_test: bool,
}

/// Marks what stands behind `#[cfg(test)]`.
fn lines_of(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    // Some(indent) inside a test item, whose first line may still come.
    let mut test_item: Option<(&str, bool)> = None;
    for (index, text) in text.lines().enumerate() {
        let indent = &text[..text.len() - text.trim_start().len()];
        let body = text.trim();
        if test_item.is_none() && body.starts_with("#[cfg(test)]") {
            test_item = Some((indent, false));
        }
        lines.push(Line { number: index + 1, text, in_test: test_item.is_some() });
        if let Some((own, begun)) = test_item {
            let attribute = body.starts_with("#[") || body.starts_with("//");
            let ends = if begun {
                indent == own && (body.starts_with('}') || body == ");" || body == "];")
            } else {
                !attribute && (body.ends_with(';') || body.ends_with('}'))
            };
            test_item = if ends { None } else { Some((own, begun || !attribute)) };
        }
    }
    lines
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn sizes(file: &File, lines: &[Line<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let own = lines.iter().filter(|l| !l.in_test).count();
    let tests = lines.len() - own;
    if own > FILE_LINES_MAX {
        let message =
            format!("has {own} lines without tests, at most {FILE_LINES_MAX}: split it by topic");
        problems.push(Problem::new(&file.path, 0, message));
    }
    if tests > INLINE_TEST_LINES_MAX {
        let message = format!(
            "has {tests} lines of tests, at most {INLINE_TEST_LINES_MAX}: move them to `tests.rs` \
             in a folder named as this file"
        );
        problems.push(Problem::new(&file.path, 0, message));
    }
    let first = lines.iter().map(|l| l.text).find(|l| !l.is_empty() && !l.starts_with("#!["));
    if own > HEADER_FROM_LINES && !first.is_some_and(|l| l.starts_with("//!")) {
        let message = format!(
            "has {own} lines and no header: begin with `//!` and say what it is, how data flows \
             through it, and what always holds"
        );
        problems.push(Problem::new(&file.path, 1, message));
    }
    problems
}

/// A function begins with its `fn` and ends at the first closing brace with the same indentation.
fn long_functions(file: &File, lines: &[Line<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut begun: Option<(&str, usize)> = None;
    for line in lines.iter().filter(|l| !l.in_test) {
        let body = line.text.trim_start();
        let indent = &line.text[..line.text.len() - body.len()];
        if let Some((own, from)) = begun {
            if indent == own && body == "}" {
                let n = line.number - from + 1;
                if n > FUNCTION_LINES_MAX {
                    let message = format!(
                        "a function of {n} lines, at most {FUNCTION_LINES_MAX}: name its steps and \
                         make them functions"
                    );
                    problems.push(Problem::new(&file.path, from, message));
                }
                begun = None;
            }
        } else if begins_function(body) && !body.ends_with(['}', ';']) {
            begun = Some((indent, line.number));
        }
    }
    problems
}

fn begins_function(body: &str) -> bool {
    const BEFORE: [&str; 5] = ["pub ", "pub(crate) ", "pub(super) ", "async ", "const "];
    let mut rest = body;
    while let Some(shorter) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    rest.starts_with("fn ")
}

fn fences(file: &File, place: &Place<'_>, line: &Line<'_>) -> Option<Problem> {
    let named = |what: &str| {
        line.text.match_indices(what).any(|(at, _)| {
            let before = line.text[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    };
    for (krate, what, within, instead) in FENCES {
        let inside = |folder: &&str| {
            place.inside.strip_prefix(*folder).is_some_and(|r| r == ".rs" || r.starts_with('/'))
        };
        if place.krate == krate && named(what) && !within.iter().any(inside) {
            let message = format!("`{what}` is fenced: {instead}");
            return Some(Problem::new(&file.path, line.number, message));
        }
    }
    if PURE.contains(&place.krate) {
        for (what, instead) in IMPURE {
            if named(what) {
                let message = format!("`{}` is pure, no `{what}`: {instead}", place.krate);
                return Some(Problem::new(&file.path, line.number, message));
            }
        }
    }
    None
}

/// `.expect("…")` whose text does not say why it cannot happen. The text may stand on the next line.
fn bare_expects(file: &File, lines: &[Line<'_>]) -> Vec<Problem> {
    const CALL: &str = concat!(".ex", "pect(");
    let mut problems = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if line.in_test || is_comment(line.text) {
            continue;
        }
        for (at, _) in line.text.match_indices(CALL) {
            let here = line.text[at + CALL.len()..].trim_start();
            let next = lines.get(index + 1).map_or("", |l| l.text.trim_start());
            let argument = if here.is_empty() { next } else { here };
            let says_text = argument.starts_with('"') || argument.starts_with("&format!");
            if says_text && !argument.contains("BUG: ") {
                let message = "`expect` without a reason: write \"BUG: why it cannot happen\", or \
                               return an error if it can";
                problems.push(Problem::new(&file.path, line.number, message));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests;
