//! Chores of the workspace. `make` is the index of commands; what needs more than a line is here.

mod r#gen;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "usage: cargo xtask COMMAND

  tidy                 house rules that no compiler knows: crate arrows, fences, sizes, headers
  gen --openapi PATH   writes the dashboards' schema from Datadog's OpenAPI file (core-v1.yaml)
";

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
        Some("gen") => generate(),
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

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]
fn generate() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let done = match arguments.as_slice() {
        [option, path] if option == "--openapi" => r#gen::run(&root(), Path::new(path)),
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("gen: {message}");
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
