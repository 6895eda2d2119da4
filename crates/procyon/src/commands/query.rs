//! `procyon query`: the answer of `/api/v1/query` as a chart, or as it came.

use std::io::IsTerminal;

use chrono::Local;
use serde::Deserialize;

use crate::chart::{self, Chart, Line};
use crate::cli::QueryArgs;
use crate::client::Client;
use crate::fault::{Fault, Result, While};
use crate::{say, times};

/// Columns when the output is no terminal and COLUMNS is not set.
const WIDTH: usize = 100;

/// What we read of the answer of `/api/v1/query`.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    series: Vec<Series>,
    error: Option<String>,
    message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Series {
    #[serde(default)]
    metric: String,
    #[serde(default)]
    scope: String,
    /// Seconds between points.
    interval: Option<i64>,
    pointlist: Vec<(f64, Option<f64>)>,
}

/// Asks and prints. A partial answer says so on stderr.
#[expect(clippy::print_stderr, reason = "remarks stand beside the answer")]
pub(crate) fn run(args: &QueryArgs) -> Result<()> {
    let now = base::Clock::system().now_secs();
    let (from, to) = range(args, now)?;
    let client = Client::of(&args.server)?;
    let (start, end) = (from.to_string(), to.to_string());
    let body = client.get(
        "/api/v1/query",
        &[("from", start.as_str()), ("to", end.as_str()), ("query", args.query.as_str())],
    )?;
    if args.json {
        return say(&format!("{}\n", body.trim_end()));
    }
    let answer: Answer = serde_json::from_str(&body)
        .or_fault(|| "the server's answer to /api/v1/query has an unknown form".to_owned())?;
    if let Some(error) = answer.error.filter(|e| !e.is_empty()) {
        return Err(Fault::new(error));
    }
    if let Some(message) = answer.message.filter(|m| !m.is_empty()) {
        eprintln!("procyon: {message}");
    }
    let lines: Vec<Line> = answer.series.into_iter().map(line).collect();
    let stdout = std::io::stdout();
    let chart = Chart {
        lines: &lines,
        from: from * 1000,
        to: to * 1000,
        width: width(),
        colours: stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        utc_offset: i64::from(Local::now().offset().local_minus_utc()),
    };
    say(&chart::draw(&chart))
}

fn range(args: &QueryArgs, now: i64) -> Result<(i64, i64)> {
    let at = |flag: &str, text: &str| {
        times::moment(text, now).map_err(|e| Fault::new(format!("{flag}: {e}")))
    };
    // The end is exclusive: one more second, so that a point sent just now is in.
    let to = args.to.as_deref().map_or(Ok(now + 1), |text| at("--to", text))?;
    let from = match &args.from {
        Some(text) => at("--from", text)?,
        None => to - args.last.0,
    };
    if from >= to {
        return Err(Fault::new(format!("--from ({from}) is not before --to ({to})")));
    }
    Ok((from, to))
}

fn line(series: Series) -> Line {
    let scope = if series.scope.is_empty() { "*" } else { series.scope.as_str() };
    let interval = series.interval.unwrap_or(60).max(1) * 1000;
    Line {
        label: format!("{}{{{scope}}}", series.metric),
        points: series.pointlist.into_iter().map(|(time, v)| (time as i64, v)).collect(),
        // One missing bucket is bridged: agents report a little late now and then.
        gap: interval * 2,
    }
}

fn width() -> usize {
    let set = || std::env::var("COLUMNS").ok()?.parse().ok();
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    set().or_else(terminal).unwrap_or(WIDTH).clamp(40, 400)
}
