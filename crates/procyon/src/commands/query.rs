//! `procyon query`: the answer of `/api/v1/query` as a chart, as comma-separated values, or as it came.

use std::collections::BTreeMap;
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
    let query = grouped(&args.query, &args.by);
    let asked = [("from", start.as_str()), ("to", end.as_str()), ("query", query.as_str())];
    let body = client.get("/api/v1/query", &asked)?;
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
    if args.csv {
        return say(&csv(&lines));
    }
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

/// The query with `by {…}` at each metric that has none.
fn grouped(text: &str, by: &[String]) -> String {
    let (query, _) = lang::metrics::parse(text);
    let mut places: Vec<std::ops::Range<usize>> = Vec::new();
    for expr in &query.exprs {
        expr.walk(&mut |expr| {
            if let lang::metrics::ast::ExprKind::Metric(metric) = &expr.kind
                && metric.by.is_empty()
            {
                places.push(expr.span.start..expr.span.end);
            }
        });
    }
    let mut grouped = text.to_owned();
    // From the right, so that the places before stay where they are.
    for place in places.into_iter().rev().filter(|_| !by.is_empty()) {
        let Some(metric) = text.get(place.clone()) else { continue };
        let (at, scope) = match metric.rfind('}') {
            Some(brace) => (place.start + brace + 1, ""),
            None => (place.end, "{*}"),
        };
        grouped.insert_str(at, &format!("{scope} by {{{}}}", by.join(",")));
    }
    grouped
}

/// A row for each time at which any line has a value; times in UTC.
fn csv(lines: &[Line]) -> String {
    let points = lines.iter().enumerate().flat_map(|(column, line)| {
        line.points.iter().filter_map(move |(time, value)| Some((*time, (column, (*value)?))))
    });
    let mut rows: BTreeMap<i64, Vec<(usize, f64)>> = BTreeMap::new();
    for (time, cell) in points {
        rows.entry(time).or_default().push(cell);
    }
    let labels = lines.iter().map(|line| format!(",\"{}\"", line.label.replace('"', "\"\"")));
    let mut text = format!("time{}\n", labels.collect::<String>());
    for (time, cells) in rows {
        let at = chrono::DateTime::from_timestamp_millis(time).unwrap_or_default();
        text += &at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let mut row = vec![String::new(); lines.len()];
        for (column, value) in cells {
            row[column] = value.to_string();
        }
        text.extend(row.iter().map(|cell| format!(",{cell}")));
        text.push('\n');
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_go_where_none_are() {
        let check = |text: &str, expect: &str| {
            assert_eq!(grouped(text, &["host".into(), "env".into()]), expect);
        };
        check("avg:a{*}", "avg:a{*} by {host,env}");
        check("avg:a{env:x} by {b}", "avg:a{env:x} by {b}");
        check("avg:a{*}.rollup(avg, 60)", "avg:a{*} by {host,env}.rollup(avg, 60)");
        check(
            "top(avg:a{*}, 5, 'mean', 'desc') / sum:b{c:d}.as_count()",
            "top(avg:a{*} by {host,env}, 5, 'mean', 'desc') / sum:b{c:d} by {host,env}.as_count()",
        );
        assert_eq!(grouped("avg:a{*}", &[]), "avg:a{*}");
    }

    #[test]
    fn lines_become_columns() {
        let line = |label: &str, points: &[(i64, Option<f64>)]| Line {
            label: label.to_owned(),
            points: points.to_vec(),
            gap: 1,
        };
        let lines =
            [line("a\"b", &[(0, Some(1.5)), (1000, None)]), line("c", &[(1000, Some(2.0))])];
        let text = "time,\"a\"\"b\",\"c\"\n1970-01-01T00:00:00Z,1.5,\n1970-01-01T00:00:01Z,,2\n";
        assert_eq!(csv(&lines), text);
        assert_eq!(csv(&[]), "time\n");
    }
}
