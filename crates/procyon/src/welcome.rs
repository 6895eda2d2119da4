//! What the person, and the script, get to know once everything answers.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use control::Bootstrap;
use serde_json::json;

use crate::cli::ServeArgs;
use crate::fault::{Result, While};
use crate::roles::server::Started;
use crate::say;

/// Prints URL, first login and keys, and writes the ready file if one was asked for.
pub(crate) fn ready(args: &ServeArgs, started: &Started, took: Duration) -> Result<()> {
    let (url, first) = (&started.url, started.first.as_ref());
    say(&text(&args.data, url, first, took, started.agent.as_deref()))?;
    match &args.ready_file {
        Some(path) => write_ready_file(path, url, first)
            .or_fault(|| format!("--ready-file: cannot write {}", path.display())),
        None => Ok(()),
    }
}

fn text(
    data: &Path,
    url: &str,
    first: Option<&Bootstrap>,
    took: Duration,
    agent: Option<&Path>,
) -> String {
    let (data, millis) = (data.display(), took.as_millis());
    let mut text =
        format!("\n  Procyon is ready at {url} (after {millis} ms)\n\n  data             {data}\n");
    match first {
        Some(first) => {
            let rows = [
                ("e-mail", &first.email),
                ("password", &first.password),
                ("API key", &first.api_key),
                ("application key", &first.application_key),
            ];
            text.extend(rows.map(|(name, value)| format!("  {name:<15}  {value}\n")));
            text += &format!(
                "\n  The first login and keys stay in {data}/bootstrap.json. Remove that file when \
                 you have made your own.\n"
            );
        }
        None => text += "  The first login and keys are no longer kept in the data folder.\n",
    }
    if let Some(settings) = agent {
        text += &format!(
            "\n  This machine's agent reports here and listens to DogStatsD on 127.0.0.1:8125; its \
             settings are\n  {}. `procyon agent status` tells how it is.\n",
            settings.display()
        );
    }
    text + "  Ctrl+C stops.\n\n"
}

/// Appears as a whole, readable by its owner only: it holds a password.
fn write_ready_file(path: &Path, url: &str, first: Option<&Bootstrap>) -> std::io::Result<()> {
    let ready = json!({
        "url": url,
        "api_key": first.map(|f| &f.api_key),
        "application_key": first.map(|f| &f.application_key),
        "email": first.map(|f| &f.email),
        "password": first.map(|f| &f.password),
    });
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file: File =
        File::options().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    file.write_all(format!("{ready}\n").as_bytes())?;
    drop(file);
    fs::rename(&partial, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Bootstrap {
        Bootstrap {
            email: "a@b".to_owned(),
            password: "secret".to_owned(),
            api_key: "k1".to_owned(),
            application_key: "k2".to_owned(),
        }
    }

    #[test]
    fn the_first_screen_names_all_that_is_needed() {
        let text =
            text(Path::new("./d"), "http://h:1", Some(&first()), Duration::from_millis(7), None);
        for part in ["http://h:1", "./d", "a@b", "secret", "k1", "k2", "bootstrap.json", "7 ms"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn the_ready_file_is_whole_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("procyon-ready-{}", std::process::id()));
        write_ready_file(&path, "http://h:1", Some(&first())).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let expect = json!({"url": "http://h:1", "api_key": "k1", "application_key": "k2",
            "email": "a@b", "password": "secret"});
        assert_eq!(read, expect);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_file(&path).unwrap();
    }
}
