//! What people type: `procyon-agent run`, `status`, `check`, …
//!
//! The words, options and exit codes are the official Agent's, whose name (`datadog-agent`) this
//! answers to as well. Commands that show the running agent ask it over the control API; they find
//! it by the `run_path` of the same settings.

mod check;
mod client;
mod diagnose;
mod run;
mod show;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use base::Clock;
use clap::{Args, Parser, Subcommand};

use crate::VERSION;
use crate::config::{Config, ConfigError};
use crate::host::hostname::HostnameError;

/// What the official Agent exits with when a command fails.
const FAILED: u8 = 255;

/// The host agent: collects what this machine does and sends it to the server.
#[derive(Debug, Parser)]
#[command(name = "agent", version = VERSION, max_term_width = 100)]
pub struct Cli {
    /// The file `datadog.yaml`, or the folder that holds it
    #[arg(short, long, global = true, value_name = "PATH")]
    cfgpath: Option<PathBuf>,
    /// The folder of the running agent's state, instead of the settings' `run_path`
    #[arg(long, global = true, value_name = "DIR")]
    run_path: Option<PathBuf>,
    /// Without colours; there are none
    #[arg(short, long, global = true, hide = true)]
    no_color: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the agent
    #[command(alias = "start")]
    Run(RunArgs),
    /// Show what the running agent does
    Status(StatusArgs),
    /// Show whether the parts of the running agent are healthy; exits with 1 when one is not
    Health(JsonArgs),
    /// Show the name by which this host is known
    Hostname,
    /// Show the settings of the running agent, keys scrubbed
    Config(ConfigArgs),
    /// Show the configurations of checks that the running agent has loaded
    Configcheck(ConfigcheckArgs),
    /// Show which metrics DogStatsD received
    DogstatsdStats(JsonArgs),
    /// Look for what keeps this agent from working, and say what to do
    Diagnose(DiagnoseArgs),
    /// Run one check now and show what it collects
    Check(check::CheckArgs),
    /// Show the version
    Version,
    /// Stop the running agent
    Stop,
}

#[derive(Debug, Args)]
struct RunArgs {
    /// Write the process id to this file
    #[arg(short, long, value_name = "FILE")]
    pidfile: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct StatusArgs {
    /// One section: header, collector, aggregator, dogstatsd, endpoints or forwarder
    section: Option<String>,
    /// As JSON
    #[arg(short, long)]
    json: bool,
    /// As JSON over several lines
    #[arg(short, long)]
    pretty_json: bool,
    /// Taken for the official Agent's sake: everything is shown anyway
    #[arg(short, long, hide = true)]
    verbose: bool,
    /// Write to this file instead of the terminal
    #[arg(short = 'o', long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct JsonArgs {
    /// As JSON
    #[arg(short, long, alias = "json-status")]
    json: bool,
    /// Taken for the official Agent's sake: no answer takes longer than 20 seconds
    #[arg(short, long, hide = true)]
    timeout: Option<u64>,
}

#[derive(Debug, Args)]
struct ConfigcheckArgs {
    /// With defaults and sources
    #[arg(short, long)]
    verbose: bool,
    /// As JSON
    #[arg(short, long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ConfigArgs {
    #[command(subcommand)]
    what: Option<ConfigCommand>,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show one setting
    Get { name: String },
}

#[derive(Debug, Args)]
struct DiagnoseArgs {
    /// As JSON
    #[arg(short, long)]
    json: bool,
    /// Show also what is well
    #[arg(short, long)]
    verbose: bool,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(
        "Could not reach agent: {why}\n\
         Make sure the agent is running before requesting the status and contact support if you \
         continue having issues."
    )]
    NotRunning { why: String },
    #[error("the agent answered with status {status}: {message}")]
    Refused { status: u16, message: String },
    #[error(transparent)]
    Hostname(#[from] HostnameError),
    #[error("{0}")]
    Failed(String),
    #[error("cannot {what}")]
    Io { what: String, source: std::io::Error },
}

type Result<T> = std::result::Result<T, CliError>;

/// What every command starts from.
struct Context {
    cfgpath: Option<PathBuf>,
    run_path: Option<PathBuf>,
    clock: Clock,
}

impl Context {
    /// The settings, for commands that send nothing: these need no API key, which the running agent
    /// may have from an environment of its own.
    fn config(&self) -> Result<Config> {
        let mut env = Config::process_env();
        let lacks_only_key = |e: &ConfigError| e.problems.iter().all(|p| p.key == "api_key");
        match Config::load(self.cfgpath.as_deref(), &env) {
            Err(e) if lacks_only_key(&e) => {
                env.insert("DD_API_KEY".to_owned(), "none".to_owned());
                self.load(&env)
            }
            Err(e) => Err(e.into()),
            Ok(config) => Ok(self.with_run_path(config)),
        }
    }

    /// The settings, for commands that send.
    fn config_with_key(&self) -> Result<Config> {
        self.load(&Config::process_env())
    }

    fn load(&self, env: &BTreeMap<String, String>) -> Result<Config> {
        Ok(self.with_run_path(Config::load(self.cfgpath.as_deref(), env)?))
    }

    fn with_run_path(&self, mut config: Config) -> Config {
        if let Some(dir) = &self.run_path {
            config.run_path.clone_from(dir);
        }
        config
    }
}

/// Reads the command line of this process and does what it says.
pub fn main() -> ExitCode {
    main_with(std::env::args_os().collect())
}

/// Does what a command line says, of which the first word is the name of the program: the big
/// binary hands over what stands after `procyon agent`.
pub fn main_with(arguments: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version are no errors: clap knows where each goes.
            let _closed = e.print();
            return if e.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
        }
    };
    let Cli { cfgpath, run_path, command, .. } = cli;
    let context = Context { cfgpath, run_path, clock: Clock::system() };
    let is_health = matches!(command, Command::Health(_));
    match dispatch(&context, command) {
        Ok(code) => code,
        Err(e) => {
            complain(&format!("Error: {}", base::report(&e)));
            // Container runtimes take 0 and 1 for an answer and everything else for a fault.
            ExitCode::from(if is_health { 1 } else { FAILED })
        }
    }
}

fn dispatch(context: &Context, command: Command) -> Result<ExitCode> {
    match command {
        Command::Run(args) => run::run(context, args),
        Command::Status(args) => show::status(context, &args),
        Command::Health(args) => show::health(context, args.json),
        Command::Hostname => show::hostname(context),
        Command::Config(args) => show::config(context, args.what),
        Command::Configcheck(args) => show::configcheck(context, &args),
        Command::DogstatsdStats(args) => show::dogstatsd_stats(context, args.json),
        Command::Diagnose(args) => diagnose::run(context, &args),
        Command::Check(args) => check::run(context, &args),
        Command::Version => say(&version()),
        Command::Stop => show::stop(context),
    }
}

/// As the official Agent says it, less what this one is not made of.
fn version() -> String {
    format!("Agent {VERSION} - Procyon {}\n", env!("CARGO_PKG_VERSION"))
}

/// Writes to standard output. A reader that went away (`| head`) is no fault.
fn say(text: &str) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(source) => Err(CliError::Io { what: "write the answer".to_owned(), source }),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn complain(text: &str) {
    // There is nowhere left to say that this failed.
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}

/// JSON over several lines, or on one.
fn json_text(value: &serde_json::Value, is_pretty: bool) -> String {
    if is_pretty { format!("{value:#}\n") } else { format!("{value}\n") }
}
