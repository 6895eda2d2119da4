//! `procyon dashboards`: dashboards as files, for version control and for the way from one server to
//! another.
//!
//! A file is named after title and id, and holds what the API answers, pretty-printed with its keys
//! in their order. Importing changes the dashboard of the file's id where there is one, and makes a
//! new one where there is none; what only the server says (author, times) is not compared.
//! One bad file spoils nothing else: it is named at the end.

use std::collections::BTreeMap;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::{DashboardsCommand, ExportArgs, ImportArgs};
use crate::client::Client;
use crate::fault::{Fault, Result, While};
use crate::say;

/// Dashboards asked for at a time.
const PAGE: usize = 100;
/// Characters of the title in a file's name.
const SLUG_CHARS_MAX: usize = 60;
/// Keys that the server makes; a file that differs in them alone is the same dashboard.
const OF_THE_SERVER: [&str; 6] =
    ["id", "url", "created_at", "modified_at", "author_handle", "author_name"];

pub(crate) fn run(command: &DashboardsCommand) -> Result<()> {
    match command {
        DashboardsCommand::Export(args) => export(args),
        DashboardsCommand::Import(args) => import(args),
    }
}

fn path_of(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/api/v1/dashboard/{id}")
}

fn export(args: &ExportArgs) -> Result<()> {
    let client = Client::of(&args.server)?;
    let ids = if args.id.is_empty() { all_ids(&client)? } else { args.id.clone() };
    fs::create_dir_all(&args.folder)
        .or_fault(|| format!("cannot make the folder {}", args.folder.display()))?;
    let earlier = files_by_id(&args.folder)?;
    let mut report = Report::new(ids.len());
    for id in &ids {
        let done = export_one(&client, &args.folder, id, earlier.get(id));
        report.note(id, done)?;
    }
    report.end("exported", &format!("to {}", args.folder.display()))
}

fn all_ids(client: &Client) -> Result<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let (count, start) = (PAGE.to_string(), ids.len().to_string());
        let body = client.get("/api/v1/dashboard", &[("count", &count), ("start", &start)])?;
        let page: Value = serde_json::from_str(&body)
            .or_fault(|| "the server's list of dashboards has an unknown form".to_owned())?;
        let page = page["dashboards"].as_array().map(Vec::as_slice).unwrap_or_default();
        let n_before = ids.len();
        ids.extend(page.iter().filter_map(|entry| entry["id"].as_str()).map(str::to_owned));
        if page.len() < PAGE || ids.len() == n_before {
            return Ok(ids);
        }
    }
}

fn export_one(
    client: &Client,
    folder: &Path,
    id: &str,
    earlier: Option<&PathBuf>,
) -> Result<String> {
    let body = client.get(&path_of(id), &[])?;
    let dashboard: Value = serde_json::from_str(&body)
        .or_fault(|| "the server's answer is not valid JSON".to_owned())?;
    let name = file_name(&dashboard, id);
    let path = folder.join(&name);
    let text = serde_json::to_string_pretty(&dashboard)
        .or_fault(|| "cannot be written as JSON".to_owned())?;
    fs::write(&path, text + "\n").or_fault(|| format!("cannot write {}", path.display()))?;
    // The title has changed since: its file of then would come back as a second one.
    if let Some(old) = earlier.filter(|old| **old != path) {
        fs::remove_file(old).or_fault(|| format!("cannot remove {}", old.display()))?;
        return Ok(format!("{name} (was {})", old.display()));
    }
    Ok(name)
}

/// `system-overview-abc-def-ghi.json`.
fn file_name(dashboard: &Value, id: &str) -> String {
    let slug = slug(dashboard["title"].as_str().unwrap_or_default());
    // An id is letters, digits and dashes; anything else may not lead out of the folder.
    let id: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if slug.is_empty() { format!("{id}.json") } else { format!("{slug}-{id}.json") }
}

fn slug(title: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let letters: String = title.to_lowercase().chars().map(letter).collect();
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(SLUG_CHARS_MAX).collect();
    slug.trim_end_matches('-').to_owned()
}

/// The exported files of a folder by the id that they hold.
fn files_by_id(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    for path in json_files(folder)? {
        let read = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let dashboard: Value = read.unwrap_or_default();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        // Only what export named is export's to rename; the title may have been edited since.
        if let (Some(id), Some(name)) = (dashboard["id"].as_str(), name)
            && name.ends_with(&file_name(&Value::Null, id))
        {
            found.insert(id.to_owned(), path);
        }
    }
    Ok(found)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).or_fault(cannot)? {
        let path = entry.or_fault(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn import(args: &ImportArgs) -> Result<()> {
    let mut files = Vec::new();
    for path in &args.paths {
        match path.is_dir() {
            true => files.extend(json_files(path)?),
            false => files.push(path.clone()),
        }
    }
    if files.is_empty() {
        return Err(Fault::new("there is no *.json file in what was named"));
    }
    let client = Client::of(&args.server)?;
    let mut report = Report::new(files.len());
    for file in &files {
        let name = file.display().to_string();
        match read(file) {
            Ok(dashboard) if !is_wanted(&dashboard, &args.id) => report.skip(),
            Ok(dashboard) => report.note(&name, import_one(&client, &dashboard, args.dry_run))?,
            Err(fault) => report.note(&name, Err(fault))?,
        }
    }
    let did = if args.dry_run { "looked at, nothing changed" } else { "imported" };
    report.end(did, "")
}

fn is_wanted(dashboard: &Value, ids: &[String]) -> bool {
    ids.is_empty() || ids.iter().any(|id| dashboard["id"] == id.as_str())
}

fn read(file: &Path) -> Result<Value> {
    let text = fs::read(file).or_fault(|| "cannot be read".to_owned())?;
    let read: Value = serde_json::from_slice(&text).or_fault(|| "is not valid JSON".to_owned())?;
    match read.is_object() {
        true => Ok(read),
        false => Err(Fault::new("is no dashboard: a JSON object was expected")),
    }
}

/// Makes or changes one dashboard; what was done, in words.
fn import_one(client: &Client, dashboard: &Value, is_dry: bool) -> Result<String> {
    let there = match dashboard["id"].as_str() {
        Some(id) => client.find(&path_of(id))?.map(|body| (id, body)),
        None => None,
    };
    let Some((id, body)) = there else {
        if is_dry {
            return Ok("would be created".to_owned());
        }
        let body = client.post("/api/v1/dashboard", dashboard)?;
        let made: Value = serde_json::from_str(&body).unwrap_or_default();
        return Ok(format!("created {}", made["id"].as_str().unwrap_or("?")));
    };
    let before: Value = serde_json::from_str(&body).unwrap_or_default();
    if is_same(&before, dashboard) {
        return Ok(format!("unchanged {id}"));
    }
    if is_dry {
        return Ok(format!("would update {id}"));
    }
    client.put(&path_of(id), dashboard)?;
    Ok(format!("updated {id}"))
}

fn is_same(one: &Value, other: &Value) -> bool {
    let own = |value: &Value| {
        let mut value = value.as_object().cloned().unwrap_or_default();
        value.retain(|key, value| !OF_THE_SERVER.contains(&key.as_str()) && !value.is_null());
        json!(value)
    };
    own(one) == own(other)
}

/// Says how far it is and what went wrong.
struct Report {
    total: usize,
    done: usize,
    good: usize,
    bad: Vec<String>,
    is_terminal: bool,
}

impl Report {
    fn new(total: usize) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        Self { total, done: 0, good: 0, bad: Vec::new(), is_terminal }
    }

    fn skip(&mut self) {
        self.total -= 1;
    }

    fn note(&mut self, what: &str, outcome: Result<String>) -> Result<()> {
        self.done += 1;
        let place = match self.is_terminal {
            true => format!("[{}/{}] ", self.done, self.total),
            false => String::new(),
        };
        match outcome {
            Ok(did) => {
                self.good += 1;
                say(&format!("{place}{what}: {did}\n"))
            }
            Err(fault) => {
                let why = base::report(&fault);
                self.bad.push(format!("{what}: {why}"));
                say(&format!("{place}{what}: FAILED\n"))
            }
        }
    }

    fn end(self, did: &str, whither: &str) -> Result<()> {
        let n = self.good;
        let noun = if n == 1 { "dashboard" } else { "dashboards" };
        say(format!("{n} {noun} {did} {whither}").trim_end())?;
        say("\n")?;
        match self.bad.len() {
            0 => Ok(()),
            n => Err(Fault::new(format!("{n} failed\n  {}", self.bad.join("\n  ")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_title_and_id() {
        let check = |title: &str, id: &str, expect: &str| {
            assert_eq!(file_name(&json!({"title": title}), id), expect, "{title}");
        };
        check("System - Overview", "abc-def-ghi", "system-overview-abc-def-ghi.json");
        check("  Größe & Last! ", "a-b-c", "größe-last-a-b-c.json");
        check("///", "a", "a.json");
        check("x", "../../etc/passwd", "x-______etc_passwd.json");
        let long = file_name(&json!({"title": "word ".repeat(99)}), "a");
        assert!(long.len() < 70, "{long}");
    }

    #[test]
    fn what_only_the_server_says_is_no_difference() {
        let one = json!({"id": "a", "title": "t", "author_handle": "x", "description": null});
        let check = |other: Value, same: bool| assert_eq!(is_same(&one, &other), same, "{other}");
        check(json!({"title": "t", "modified_at": "now"}), true);
        check(json!({"title": "u"}), false);
        check(json!({"title": "t", "widgets": []}), false);
    }

    #[test]
    fn files_that_are_no_dashboard_say_so() {
        let folder = std::env::temp_dir().join(format!("procyon-read-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (text, words) in [("{\"a\": }", "line 1 column 7"), ("[]", "no dashboard")] {
            let file = folder.join("x.json");
            fs::write(&file, text).unwrap();
            let fault = read(&file).unwrap_err();
            assert!(base::report(&fault).contains(words), "{fault:?}");
        }
        assert_eq!(json_files(&folder).unwrap().len(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
