//! `run`: the agent itself, until a signal, a `stop` or the end of its parent.

use std::path::Path;
use std::process::ExitCode;

use crate::{logging, run};

use super::{CliError, Context, Result, RunArgs};

pub(super) fn run(context: &Context, args: RunArgs) -> Result<ExitCode> {
    let config = context.config_with_key()?;
    logging::start(&config, &context.clock);
    if let Some(pidfile) = &args.pidfile {
        write_pid(pidfile)?;
    }
    let ended = run::serve(config);
    if let Some(pidfile) = &args.pidfile {
        // Somebody may have taken it away; that is what was to happen.
        let _gone = std::fs::remove_file(pidfile);
    }
    ended.map_err(|e| CliError::Failed(base::report(&e)))?;
    Ok(ExitCode::SUCCESS)
}

fn write_pid(path: &Path) -> Result<()> {
    let written = std::fs::write(path, std::process::id().to_string());
    written.map_err(|source| CliError::Io { what: format!("write {}", path.display()), source })
}
