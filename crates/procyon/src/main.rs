//! The binary: a command line, one small file a role, and the terminal's view of the API.

mod chart;
mod cli;
mod client;
mod commands;
mod data_dir;
mod fault;
mod http;
mod mail;
mod own_metrics;
mod roles;
mod times;
mod traffic;
mod web;
mod welcome;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::fault::{Result, While};
use crate::roles::server::WithAgent;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[expect(clippy::print_stderr, reason = "a command's last words")]
fn main() -> ExitCode {
    if let Some(arguments) = agent_arguments(std::env::args_os().collect()) {
        return agent::cli::main_with(arguments);
    }
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("procyon: {}", base::report(&fault));
            ExitCode::FAILURE
        }
    }
}

/// The command line of the agent, when that is what was called: `procyon agent …`, or a link by the
/// name of the official one.
fn agent_arguments(mut arguments: Vec<OsString>) -> Option<Vec<OsString>> {
    let name = Path::new(arguments.first()?).file_name()?.to_owned();
    if name == "datadog-agent" || name == "procyon-agent" {
        return Some(arguments);
    }
    if arguments.get(1)? != "agent" {
        return None;
    }
    arguments[0] = "procyon agent".into();
    arguments.remove(1);
    let says_where = ["--run-path", "--cfgpath", "-c"];
    let is_told = arguments.iter().any(|argument| says_where.iter().any(|flag| argument == flag))
        || std::env::var_os("DD_RUN_PATH").is_some();
    // `procyon agent status` beside `procyon up` means the agent that this one has started.
    let data = std::env::var_os("PROCYON_DATA").unwrap_or_else(|| "./procyon-data".into());
    let run_path = Path::new(&data).join(roles::agent::RUN_FOLDER);
    if !is_told && arguments.len() > 1 && arguments[1] != "run" && run_path.is_dir() {
        arguments.extend(["--run-path".into(), run_path.into()]);
    }
    Some(arguments)
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Up(args) => {
            let agent = if args.no_agent { WithAgent::No } else { WithAgent::Yes };
            roles::server::run(&args.serve, &roles::Role::ALL, agent)
        }
        Command::Server(args) => roles::server::run(&args.serve, &args.roles, WithAgent::No),
        // Taken before the command line is read: the agent reads its own.
        Command::Agent { .. } => Ok(()),
        Command::Query(args) => commands::query::run(&args),
        Command::Dashboards(args) => commands::dashboards::run(&args.command),
        Command::Sql(args) => commands::sql::run(&args),
    }
}

/// Writes to standard output. A reader that went away (`| head`) is no fault.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.or_fault(|| "cannot write the answer".to_owned()),
    }
}
