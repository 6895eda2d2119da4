use std::path::Path;
use std::{fs, io};

/// A text file of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// From the workspace root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

const FOLDERS_SKIPPED: [&str; 8] =
    ["target", "node_modules", "procyon-data", "__pycache__", "corpus", "testdata", "dist", "venv"];
const ENDINGS: [&str; 9] =
    [".rs", ".toml", ".md", ".py", ".sh", ".ts", ".tsx", ".css", "/Makefile"];

/// All text files that people write, sorted by path; hidden folders but `.ci` are left out.
pub(crate) fn files(root: &Path) -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let hidden = name.starts_with('.') && name != ".ci";
            if entry.file_type()?.is_dir() {
                if !hidden && !FOLDERS_SKIPPED.contains(&name.as_str()) {
                    folders.push(entry.path());
                }
            } else if ENDINGS.iter().any(|end| format!("/{name}").ends_with(end)) {
                let path = entry.path();
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
                let text = match fs::read_to_string(entry.path()) {
                    // An editor's temporary file that is gone again.
                    Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                    text => text?,
                };
                found.push(File { path: path.replace('\\', "/"), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
