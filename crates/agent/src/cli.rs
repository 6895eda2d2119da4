//! What people type.

use std::ffi::OsString;
use std::process::ExitCode;

/// Reads the command line of this process and does what it says.
pub fn main() -> ExitCode {
    main_with(std::env::args_os().collect())
}

/// Does what a command line says, of which the first word is the name of the program: the big
/// binary hands over what stands after `procyon agent`.
pub fn main_with(_arguments: Vec<OsString>) -> ExitCode {
    ExitCode::FAILURE
}
