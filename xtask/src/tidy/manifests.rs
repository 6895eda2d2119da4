//! Rules on `Cargo.toml` files: the arrows between our crates, the fences around heavy third-party
//! crates, shared lints, and a reason for each dependency.
//!
//! The reader of TOML below knows what our manifests use: `[section]` headers, and entries that
//! begin a line with `name =` or `name.key =`.

use super::Problem;
use super::tree::File;

/// Crate → the crates of ours that it may depend on. A row is a stage; data flows to the right.
/// The same table, with reasons, is in ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 16] = [
    ("base", &[]),
    ("model", &[]),
    ("wire", &["model"]),
    ("lang", &["model"]),
    ("transform", &["model", "lang"]),
    ("render", &["model"]),
    ("storage", &["base", "model"]),
    ("control", &["base", "model"]),
    ("query", &["base", "model", "lang", "storage"]),
    ("ingest", &["base", "model", "wire", "lang", "transform", "storage", "control"]),
    ("agent", &["base", "model", "wire", "transform"]),
    ("alert", &["base", "model", "lang", "storage", "query", "control"]),
    ("api", &["base", "model", "lang", "render", "query", "control", "storage", "alert"]),
    (
        "procyon",
        &[
            "base",
            "model",
            "wire",
            "lang",
            "transform",
            "storage",
            "control",
            "query",
            "ingest",
            "agent",
            "alert",
            "api",
        ],
    ),
    ("testkit", &["base", "model", "storage"]),
    ("xtask", &[]),
];

/// Third-party crates (and all whose name goes on with `-`) → where alone they may be named.
const FENCES: [(&str, &[&str], &str); 10] = [
    ("datafusion", &["query"], "the engine is an inside matter of `query`"),
    ("parquet", &["storage", "query"], "file formats belong to `storage` and `query::scan`"),
    ("object_store", &["storage", "query", "testkit"], "take a `Snapshot` of `storage`"),
    ("arrow", &["storage", "query", "testkit"], "hand over nouns of `model`"),
    ("prost", &["wire"], "decode in `wire` and hand over nouns of `model`"),
    ("sqlx", &["control", "storage"], "SQL belongs to `control` and to storage's catalog"),
    ("axum", &["ingest", "agent", "api", "procyon"], "HTTP servers live at the edge"),
    ("hyper", &["ingest", "agent", "api", "procyon"], "HTTP servers live at the edge"),
    ("tower", &["ingest", "agent", "api", "procyon"], "HTTP servers live at the edge"),
    ("ureq", &["agent", "procyon", "xtask"], "HTTP calls out belong to the edge"),
];

/// Crates that are pure: no async, no file system, no clock.
pub(crate) const PURE: [&str; 5] = ["model", "wire", "lang", "render", "transform"];
const IMPURE_CRATES: [&str; 4] = ["tokio", "async-trait", "futures", "getrandom"];

const DEPENDENCIES_PAGE: &str = "docs/dependencies.md";

pub(crate) fn check(files: &[File]) -> Vec<Problem> {
    let page = files.iter().find(|f| f.path == DEPENDENCIES_PAGE).map_or("", |f| f.text.as_str());
    let mut problems = Vec::new();
    for file in files {
        if file.path == "Cargo.toml" {
            problems.extend(reasons(file, page));
        } else if let Some(name) = crate_of(&file.path) {
            problems.extend(one(file, name));
        }
    }
    problems
}

/// `crates/query/Cargo.toml` → `query`; other paths are no manifests of the workspace.
fn crate_of(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    if folder == "xtask" {
        return Some(folder);
    }
    folder.strip_prefix("crates/").filter(|name| !name.contains('/'))
}

fn one(file: &File, name: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        let message =
            format!("crate `{name}` has no row in the arrows: add it here and to ARCHITECTURE.md");
        return vec![Problem::new(&file.path, 0, message)];
    };
    for entry in entries(&file.text) {
        // Tests may reach further; what ships may not.
        if entry.section != "dependencies" {
            continue;
        }
        let ours = ARROWS.iter().any(|(to, _)| *to == entry.name);
        if ours && !allowed.contains(&entry.name) {
            let message = format!(
                "`{name}` may not depend on `{}`, only on {allowed:?}: move the shared part down, \
                 or turn the arrow round with a trait",
                entry.name
            );
            problems.push(Problem::new(&file.path, entry.line, message));
        }
        problems.extend(fenced(file, name, &entry));
    }
    if !entries(&file.text).any(|e| e.section == "lints" && e.name == "workspace") {
        let message = "shares no lints: add `[lints]` with `workspace = true`";
        problems.push(Problem::new(&file.path, 0, message));
    }
    problems
}

fn fenced(file: &File, name: &str, entry: &Entry<'_>) -> Option<Problem> {
    let message = if PURE.contains(&name) && IMPURE_CRATES.contains(&entry.name) {
        format!(
            "`{name}` is pure and may not name `{}`: do IO in the crate that calls it",
            entry.name
        )
    } else {
        let (fence, within, instead) = FENCES.iter().find(|(fence, ..)| {
            entry
                .name
                .strip_prefix(fence)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })?;
        if within.contains(&name) {
            return None;
        }
        format!("`{fence}` may be named only in {within:?}: {instead}")
    };
    Some(Problem::new(&file.path, entry.line, message))
}

/// Each third-party crate of the workspace has a row on the page that says what it is for.
fn reasons(file: &File, page: &str) -> Vec<Problem> {
    entries(&file.text)
        .filter(|e| e.section == "workspace.dependencies")
        .filter(|e| !ARROWS.iter().any(|(ours, _)| *ours == e.name))
        .filter(|e| !page.contains(&format!("| `{}` |", e.name)))
        .map(|e| {
            let message =
                format!("`{}` has no row in {DEPENDENCIES_PAGE}: say what it is for", e.name);
            Problem::new(&file.path, e.line, message)
        })
        .collect()
}

struct Entry<'a> {
    section: &'a str,
    name: &'a str,
    line: usize,
}

fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut section = "";
    text.lines().enumerate().filter_map(move |(index, line)| {
        if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end().trim_end_matches(']').trim_start_matches('[');
            return None;
        }
        let end = line.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))?;
        let (name, rest) = line.split_at(end);
        let is_entry = rest.starts_with('.') || rest.trim_start().starts_with('=');
        (is_entry && !name.is_empty()).then_some(Entry { section, name, line: index + 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The problems of one crate's manifest, as `line: message` cut at the colon.
    fn problems_of(name: &str, text: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        let text = format!("{text}\n[lints]\nworkspace = true\n");
        let all = check(&[File { path, text }]);
        all.iter().map(|p| format!("{}: {}", p.line, p.message)).collect()
    }

    fn check_one(name: &str, text: &str, expect: &[&str]) {
        let found = problems_of(name, text);
        assert_eq!(found.len(), expect.len(), "{text}: {found:?}");
        for (found, expect) in found.iter().zip(expect) {
            assert!(found.starts_with(expect), "{found}\nshould begin with {expect}");
        }
    }

    #[test]
    fn arrows_point_one_way() {
        check_one("query", "[dependencies]\nstorage.workspace = true", &[]);
        check_one(
            "storage",
            "[dependencies]\nquery.workspace = true",
            &["2: `storage` may not depend"],
        );
        check_one(
            "ingest",
            "[dependencies]\nquery = { path = '../query' }",
            &["2: `ingest` may not"],
        );
        check_one("ingest", "[dev-dependencies]\nquery.workspace = true", &[]);
        check_one("news", "[dependencies]", &["0: crate `news` has no row"]);
    }

    #[test]
    fn fences_hold() {
        check_one("query", "[dependencies]\ndatafusion.workspace = true", &[]);
        check_one(
            "api",
            "[dependencies]\ndatafusion.workspace = true",
            &["2: `datafusion` may be"],
        );
        check_one("api", "[dependencies]\ndatafusion-common = \"55\"", &["2: `datafusion` may be"]);
        check_one(
            "api",
            "[dependencies]\n\nsqlx.workspace = true",
            &["3: `sqlx` may be named only"],
        );
        check_one(
            "control",
            "[dependencies]\naxum.workspace = true",
            &["2: `axum` may be named only"],
        );
        check_one("lang", "[dependencies]\ntokio.workspace = true", &["2: `lang` is pure"]);
        check_one("lang", "[dev-dependencies]\ntokio.workspace = true", &[]);
    }

    #[test]
    fn lints_are_shared() {
        let path = "crates/lang/Cargo.toml".to_owned();
        let text = "[package]\nname = \"lang\"\n".to_owned();
        assert_eq!(check(&[File { path, text }]).len(), 1);
    }

    #[test]
    fn a_dependency_has_its_reason() {
        let text = "[workspace.dependencies]\nbase = { path = \"x\" }\nurl = \"2\"\nhex = \"1\"\n";
        let root = File { path: "Cargo.toml".to_owned(), text: text.to_owned() };
        let page = File {
            path: DEPENDENCIES_PAGE.to_owned(),
            text: "| `url` | reads URLs |\n".to_owned(),
        };
        let problems = check(&[root, page]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].line, 4);
    }
}
