//! The binary: a command line, one small file a role, and the terminal's view of the API.

mod chart;
mod cli;
mod client;
mod commands;
mod data_dir;
mod fault;
mod http;
mod roles;
mod times;
mod web;
mod welcome;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::fault::{Result, While};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[expect(clippy::print_stderr, reason = "a command's last words")]
fn main() -> ExitCode {
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

fn run(command: Command) -> Result<()> {
    match command {
        Command::Up(args) => roles::server::run(&args.serve, &roles::Role::ALL),
        Command::Server(args) => roles::server::run(&args.serve, &args.roles),
        Command::Query(args) => commands::query::run(&args),
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
