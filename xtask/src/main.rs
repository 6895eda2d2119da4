//! Chores of the workspace. `make` is the index of commands; what needs more than a line is here.

mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "usage: cargo xtask tidy\n\n  tidy   house rules that no compiler knows: crate arrows, fences, file sizes, headers\n";

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]
fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => {
            let problems = tidy::check(&root());
            for problem in &problems {
                eprintln!("{problem}");
            }
            if problems.is_empty() {
                println!("tidy: all is well");
                return ExitCode::SUCCESS;
            }
            eprintln!("tidy: {} to mend", problems.len());
            ExitCode::FAILURE
        }
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Some(other) => {
            eprint!("xtask: no command {other:?}\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder, from where this crate was built.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("BUG: xtask/ lies inside the workspace")
        .to_path_buf()
}
