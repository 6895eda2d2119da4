//! House rules that neither the compiler nor clippy knows. Each failure says what to do instead.
//!
//! [`manifests`] reads the `Cargo.toml` files: which crate may name which (the arrows of
//! ARCHITECTURE.md), and which third-party crates stand behind a fence. [`sources`] reads the Rust
//! files: fences inside a crate, sizes, headers, `expect` reasons. [`words`] reads every text file.
//! A rule is added here when what it guards went wrong twice, not before.

mod manifests;
mod sources;
mod tree;
mod words;

use std::fmt;
use std::path::Path;

/// A broken rule: where, what, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Path from the workspace root.
    pub(crate) path: String,
    /// 1-based; 0 stands for the whole file.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Problem {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the whole workspace below `root`. An unreadable file is a problem too.
pub(crate) fn check(root: &Path) -> Vec<Problem> {
    let files = match tree::files(root) {
        Ok(files) => files,
        Err(e) => return vec![Problem::new(".", 0, format!("cannot be read: {e}"))],
    };
    let mut problems = manifests::check(&files);
    for file in &files {
        if file.path.ends_with(".rs") {
            problems.extend(sources::check(file));
        }
        problems.extend(words::check(file));
    }
    problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    problems
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_workspace_is_tidy() {
        let problems = super::check(&crate::root());
        let list: String = problems.iter().map(|p| format!("{p}\n")).collect();
        assert!(problems.is_empty(), "{} to mend:\n{list}", problems.len());
    }
}
