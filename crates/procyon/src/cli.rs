//! The command line. A flag's text is its documentation; a default stands in the text by itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::roles::Role;
use crate::times::Span;

/// Observability on your own machines: speaks Datadog's protocols, stores open Parquet.
#[derive(Debug, Parser)]
#[command(name = "procyon", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start everything on this machine; no configuration needed.
    Up(UpArgs),
    /// Start the backend alone.
    Server(ServerArgs),
    /// The agent of a host: run it, ask it; `procyon agent --help` lists its commands.
    #[command(disable_help_flag = true)]
    Agent {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<std::ffi::OsString>,
    },
    /// Ask a metric query and draw the answer.
    #[command(after_help = "Example: procyon query 'avg:system.load.1{*} by {host}' --last 4h")]
    Query(QueryArgs),
    /// Carry dashboards between servers and files.
    #[command(after_help = "Example: procyon dashboards export ./dashboards")]
    Dashboards(DashboardsArgs),
    /// Ask in SQL over the stored tables.
    #[command(after_help = "Example: procyon sql 'SELECT metric, count(*) FROM points GROUP BY 1'")]
    Sql(SqlArgs),
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Do not start this machine's agent beside the server. Its ports are set by DD_* variables.
    #[arg(long)]
    pub(crate) no_agent: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// Which parts run in this process. Embedded storage needs all of them in one.
    #[arg(long, value_delimiter = ',', value_name = "ROLE,…", default_values_t = Role::ALL)]
    pub(crate) roles: Vec<Role>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// Folder that holds everything; made when it is not there. One process at a time.
    #[arg(long, value_name = "DIR", default_value = "./procyon-data", env = "PROCYON_DATA")]
    pub(crate) data: PathBuf,
    /// Address of the web page, the API and all intake routes. Port 0 takes a free one; 0.0.0.0
    /// lets other machines in.
    #[arg(
        long,
        value_name = "ADDR:PORT",
        default_value = "127.0.0.1:8127",
        env = "PROCYON_LISTEN"
    )]
    pub(crate) listen: SocketAddr,
    /// Once everything answers, write {"url", "api_key", "application_key", "email", "password"}
    /// to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// MiB of finished query intervals to keep in memory for the next query; 0 keeps none.
    #[arg(long, value_name = "MIB", default_value_t = 64, env = "PROCYON_QUERY_CACHE_MIB")]
    pub(crate) query_cache_mib: usize,
    /// URL under which people reach this server, for the links in mails and snapshots. Without it
    /// each caller's own Host header counts.
    #[arg(long, value_name = "URL", env = "PROCYON_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,
    /// Do not store the server's metrics about itself, procyon.* and datadog.estimated_usage.*.
    #[arg(long, env = "PROCYON_NO_OWN_METRICS", value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_own_metrics: bool,
    #[command(flatten)]
    pub(crate) mail: MailArgs,
}

/// How mails are sent. Without --smtp-url none are.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "E-mail")]
pub(crate) struct MailArgs {
    /// Mail server: smtps://user:password@host speaks TLS, smtp://… goes over to it by STARTTLS,
    /// smtp://host?tls=none stays in the clear, as does one on this machine.
    #[arg(long, value_name = "URL", env = "PROCYON_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Address that mails come from; without it the user of --smtp-url, if that is an address.
    #[arg(long, value_name = "ADDRESS", env = "PROCYON_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// File with the password, so that it need not stand in the URL.
    #[arg(long, value_name = "FILE", env = "PROCYON_SMTP_PASSWORD_FILE")]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// File with a certificate in PEM form to trust, for a mail server of one's own.
    #[arg(long, value_name = "FILE", env = "PROCYON_SMTP_CA")]
    pub(crate) smtp_ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// A query in Datadog's metric language.
    pub(crate) query: String,
    /// How far back from now: 15m, 4h, 2d, 1w.
    #[arg(long, value_name = "SPAN", default_value = "1h", conflicts_with = "from")]
    pub(crate) last: Span,
    /// Start: unix seconds, 2026-01-31T08:00:00Z, or a span back from now.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// End, as --from; now if left out.
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// A line for each value of these tags, for a query that does not say so itself.
    #[arg(long, value_name = "TAG,…", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Print the API's answer as it came.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values: time, then a column for each line.
    #[arg(long)]
    pub(crate) csv: bool,
    #[command(flatten)]
    pub(crate) server: ConnectArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DashboardsArgs {
    #[command(subcommand)]
    pub(crate) command: DashboardsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DashboardsCommand {
    /// Write each dashboard into a file of its own, TITLE-ID.json.
    Export(ExportArgs),
    /// Make dashboards of files, or change those whose id is there already.
    Import(ImportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Folder for the files; made when it is not there.
    pub(crate) folder: PathBuf,
    /// Only these dashboards.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    #[command(flatten)]
    pub(crate) server: ConnectArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files, or folders whose *.json files are taken.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only those of the files that are of these dashboards.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) server: ConnectArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// One SELECT statement.
    pub(crate) statement: String,
    /// Print the API's answer as it came.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values with a header.
    #[arg(long)]
    pub(crate) csv: bool,
    #[command(flatten)]
    pub(crate) server: ConnectArgs,
}

/// Where the server is, and with which keys.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ConnectArgs {
    /// URL of the server. Without it the one that runs on the data folder is asked.
    #[arg(long, env = "PROCYON_URL")]
    pub(crate) url: Option<String>,
    /// API key; without it the first one of the data folder.
    #[arg(long, env = "DD_API_KEY", hide_env_values = true)]
    pub(crate) api_key: Option<String>,
    /// Application key; without it the first one of the data folder.
    #[arg(long, env = "DD_APP_KEY", hide_env_values = true)]
    pub(crate) app_key: Option<String>,
    /// Data folder of a server on this machine.
    #[arg(long, value_name = "DIR", default_value = "./procyon-data", env = "PROCYON_DATA")]
    pub(crate) data: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_fit_together() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments() {
        let check = |line: &str, good: bool| {
            let parsed = Cli::try_parse_from(line.split(' '));
            assert_eq!(parsed.is_ok(), good, "{line}: {parsed:?}");
        };
        check("procyon up", true);
        check("procyon up --data /x --listen 127.0.0.1:0 --ready-file /r --no-agent", true);
        check("procyon up --listen 8127", false);
        check("procyon server --roles intake,query", true);
        check("procyon server --roles intake,cook", false);
        check("procyon query q --last 15m --json", true);
        check("procyon query q --last soon", false);
        check("procyon query q --last 1h --from 1", false);
        check("procyon query q --by host,env --csv", true);
        check("procyon query q --csv --json", false);
        check("procyon dashboards export /x --id abc-def-ghi", true);
        check("procyon dashboards export", false);
        check("procyon dashboards import /x /y.json --dry-run", true);
        check("procyon dashboards import", false);
        check("procyon up --smtp-url smtp://a --mail-from b@c --public-url http://d", true);
        check("procyon sql q --csv --json", false);
        check("procyon", false);
    }
}
