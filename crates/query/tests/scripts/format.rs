//! The scripts' text: what is loaded, what is asked, how an answer is written.

use model::{MetricKind, OrgId, Sketch};
use query::metrics::formula::{Aggregator, NamedQuery, Request};
use query::metrics::histogram::{Axis, Row};
use query::metrics::{Frame, Window};
use query::{Engine, Error};

/// Second 0 of the scripts: 2024-01-01 00:00 UTC.
pub(crate) const START_MS: i64 = 1_704_067_200_000;

pub(crate) struct Script {
    pub commands: Vec<Line>,
}

/// A line of input, with all that belongs to it.
pub(crate) struct Line {
    pub text: String,
    pub what: Command,
}

pub(crate) enum Command {
    /// A comment, an empty line, a `load`.
    Text,
    Clear,
    /// What time it is, in Unix milliseconds.
    Now(i64),
    Series(Series),
    Host(Host),
    Eval(Eval),
}

#[derive(Clone)]
pub(crate) struct Series {
    pub kind: MetricKind,
    pub metric: String,
    pub host: String,
    pub device: String,
    pub tags: String,
    pub interval_secs: i64,
    /// Milliseconds and value.
    pub points: Vec<(i64, f64)>,
    pub sketches: Vec<(i64, Sketch)>,
}

#[derive(Clone)]
pub(crate) struct Host {
    pub host: String,
    pub time: i64,
    pub source: String,
    pub tags: String,
}

pub(crate) struct Eval {
    window: Window,
    query: String,
    shows: Shows,
}

enum Shows {
    Values,
    Names,
    Marks,
    Scalar(Aggregator),
    Histogram(Axis),
}

impl Script {
    pub(crate) fn parse(text: &str) -> Self {
        let mut interval_secs = 10;
        let mut in_load = false;
        let mut commands = Vec::new();
        for line in text.lines() {
            let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            let indented = line.starts_with(' ');
            let what = match word {
                _ if indented && !in_load => continue,
                "load" => {
                    interval_secs = secs(rest);
                    Command::Text
                }
                "gauge" | "count" | "rate" | "dist" => {
                    Command::Series(parse_series(word, rest, interval_secs))
                }
                "host" => Command::Host(parse_host(rest)),
                "clear" => Command::Clear,
                "now" => Command::Now(START_MS + secs(rest) * 1000),
                "eval" => Command::Eval(parse_eval(rest, Shows::Values)),
                "marks" => Command::Eval(parse_eval(rest, Shows::Marks)),
                "names" => Command::Eval(parse_eval(rest, Shows::Names)),
                "scalar" => {
                    let (by, rest) = rest.split_once(' ').unwrap();
                    let by = Aggregator::from_name(by).unwrap();
                    Command::Eval(parse_eval(rest, Shows::Scalar(by)))
                }
                "histogram" => {
                    let (axis, rest) = rest.split_once(' ').unwrap();
                    Command::Eval(parse_eval(rest, Shows::Histogram(parse_axis(axis))))
                }
                _ if word.is_empty() || word.starts_with('#') => Command::Text,
                _ => panic!("unknown line {line:?}"),
            };
            in_load = matches!(word, "load") || indented && in_load;
            commands.push(Line { text: line.to_owned(), what });
        }
        Self { commands }
    }
}

fn secs(text: &str) -> i64 {
    let text = text.trim();
    let unit = match text.as_bytes().last() {
        Some(b'm') => 60,
        Some(b'h') => 3600,
        Some(b'd') => 86_400,
        _ => 1,
    };
    text.trim_end_matches(['s', 'm', 'h', 'd']).parse::<i64>().unwrap() * unit
}

fn parse_series(kind: &str, text: &str, interval_secs: i64) -> Series {
    let (key, values) = text.split_once('}').unwrap();
    let (metric, tags) = key.split_once('{').unwrap();
    let mut tags: Vec<&str> = tags.split(',').filter(|t| !t.is_empty()).collect();
    tags.sort_unstable();
    let mut take = |key: &str| {
        let at = tags.iter().position(|tag| model::split_tag(tag).0 == key);
        at.map_or("", |at| model::split_tag(tags.remove(at)).1).to_owned()
    };
    let (host, device) = (take("host"), take("device"));
    let mut series = Series {
        kind: match kind {
            "gauge" => MetricKind::Gauge,
            "count" => MetricKind::Count,
            "rate" => MetricKind::Rate,
            _ => MetricKind::Distribution,
        },
        metric: metric.trim().to_owned(),
        host,
        device,
        tags: tags.join(","),
        interval_secs,
        points: Vec::new(),
        sketches: Vec::new(),
    };
    let mut time = START_MS;
    for word in values.split_whitespace() {
        if let Some(list) = word.strip_prefix('[') {
            let values = list.trim_end_matches(']').split(',').map(|v| v.parse().unwrap());
            series.sketches.push((time, Sketch::from_values(values)));
            time += interval_secs * 1000;
            continue;
        }
        for value in expand(word) {
            series.points.extend(value.map(|value| (time, value)));
            time += interval_secs * 1000;
        }
    }
    series
}

/// `3`, `_`, `4x3`, `_x3`, `5+1x3`.
fn expand(word: &str) -> Vec<Option<f64>> {
    let (value, n) = word.split_once('x').map_or((word, 1), |(v, n)| (v, n.parse().unwrap()));
    if value == "_" {
        return vec![None; n];
    }
    let (first, step) = value.split_once('+').unwrap_or((value, "0"));
    let (first, step): (f64, f64) = (first.parse().unwrap(), step.parse().unwrap());
    (0..n).map(|i| Some(first + step * i as f64)).collect()
}

fn parse_host(text: &str) -> Host {
    let words: Vec<&str> = text.split_whitespace().collect();
    Host {
        host: words[0].to_owned(),
        time: START_MS + words[1].parse::<i64>().unwrap() * 1000,
        source: words[2].to_owned(),
        tags: words.get(3).map_or(String::new(), |tags| (*tags).to_owned()),
    }
}

fn parse_eval(text: &str, shows: Shows) -> Eval {
    let (times, query) = text.split_once(' ').unwrap();
    let (times, interval) = times.split_once('/').unwrap_or((times, ""));
    let (from, to) = times.split_once("..").unwrap();
    let mut window = Window::new(START_MS + secs(from) * 1000, START_MS + secs(to) * 1000);
    window.interval_ms = (!interval.is_empty()).then(|| secs(interval) * 1000);
    Eval { window, query: query.to_owned(), shows }
}

/// `linear,4`, `log,4,0.1,1000`: parts, and where the axis begins and ends.
fn parse_axis(text: &str) -> Axis {
    let mut words = text.split(',');
    let is_log = words.next() == Some("log");
    let parts = words.next().unwrap().parse().unwrap();
    let mut end = || words.next().map(|word| word.parse().unwrap());
    Axis { is_log, parts, min: end(), max: end(), includes_zero: false }
}

impl Eval {
    /// The lines that the answer is written as.
    pub(crate) async fn run(&self, engine: &Engine) -> Vec<String> {
        match &self.shows {
            Shows::Histogram(axis) => self.run_histogram(engine, axis).await,
            Shows::Scalar(aggregator) => self.run_scalar(engine, *aggregator).await,
            Shows::Values => self.run_lines(engine, values_line).await,
            Shows::Marks => self.run_lines(engine, marks_line).await,
            Shows::Names => self.run_lines(engine, names_line).await,
        }
    }

    async fn run_lines(&self, engine: &Engine, line: fn(&Frame) -> String) -> Vec<String> {
        let (query, diagnostics) = lang::metrics::parse(&self.query);
        if let Some(errors) = lang::errors(&diagnostics) {
            return vec![format!("error {errors}")];
        }
        match engine.metrics(OrgId::FIRST, &query, self.window).await {
            Ok(answer) => answer.frames.iter().map(line).collect(),
            Err(error) => vec![self.error_line(&error)],
        }
    }

    async fn run_histogram(&self, engine: &Engine, axis: &Axis) -> Vec<String> {
        let (query, _) = lang::metrics::parse(&self.query);
        let found = match engine.histogram(OrgId::FIRST, &query, self.window, axis).await {
            Ok(found) => found,
            Err(error) => return vec![self.error_line(&error)],
        };
        let edges: Vec<String> = found.edges.iter().map(|edge| number(Some(*edge))).collect();
        let row = |at: String, row: &Row| {
            let counts: Vec<String> = row.counts.iter().map(u64::to_string).collect();
            format!("{at}: {} < {} > {}", row.below, counts.join(" "), row.above)
        };
        let starts =
            found.rows.iter().map(|one| row(((one.time - START_MS) / 1000).to_string(), one));
        let mut lines = vec![format!("edges /{}: {}", found.interval_secs, edges.join(" "))];
        lines.extend(starts);
        lines.push(row("all".into(), &found.total));
        lines
    }

    async fn run_scalar(&self, engine: &Engine, aggregator: Aggregator) -> Vec<String> {
        let query = NamedQuery {
            name: "a".into(),
            data_source: "metrics".into(),
            text: self.query.clone(),
            aggregator: Some(aggregator),
        };
        let request = Request { queries: vec![query], formulas: Vec::new(), window: self.window };
        match engine.scalars(OrgId::FIRST, &request).await {
            Ok(answer) => {
                let row = |row: &query::metrics::formula::ScalarRow| {
                    let values = row.values.iter().map(|v| number(*v));
                    format!("[{}] {}", row.tags.join(","), values.collect::<Vec<_>>().join(" "))
                };
                answer.rows.iter().map(row).collect()
            }
            Err(error) => vec![self.error_line(&error)],
        }
    }

    fn error_line(&self, error: &Error) -> String {
        format!("error {:?} {}", error.kind, error.in_text(&self.query))
    }
}

fn values_line(frame: &Frame) -> String {
    let tags = if frame.tag_set.is_empty() { "*".to_owned() } else { frame.tag_set.join(",") };
    let start = frame.times.first().map_or(0, |time| (time - START_MS) / 1000);
    let values: Vec<String> = frame.points().map(|(_, value)| number(value)).collect();
    format!("{tags} {start}/{}: {}", frame.interval_secs, repeats(&values))
}

/// What functions say about a line, besides its values.
fn marks_line(frame: &Frame) -> String {
    let tags = if frame.tag_set.is_empty() { "*".to_owned() } else { frame.tag_set.join(",") };
    let Some(marks) = &frame.marks else {
        return format!("{tags}:");
    };
    let edge = |values: &[f64]| {
        let values: Vec<String> =
            values.iter().map(|v| number(v.is_finite().then_some(*v))).collect();
        repeats(&values)
    };
    let mut said = Vec::new();
    said.extend(marks.is_outlier.map(|is_outlier| format!("is_outlier={is_outlier}")));
    said.extend(marks.forecast_from.map(|t| format!("from={}", (t - START_MS) / 1000)));
    said.extend(marks.band.as_ref().map(|band| format!("lower={}", edge(&band.lower))));
    said.extend(marks.band.as_ref().map(|band| format!("upper={}", edge(&band.upper))));
    said.extend(marks.note.as_ref().map(|note| format!("note={note}")));
    format!("{tags}: {}", said.join(" | "))
}

fn names_line(frame: &Frame) -> String {
    let aggr = frame.aggr.as_deref().unwrap_or("-");
    format!("{} | {} | {} | {aggr}", frame.expression, frame.metric, frame.scope)
}

/// Four decimals are enough to tell right from wrong, and hide the order of additions.
fn number(value: Option<f64>) -> String {
    match value {
        Some(value) => ((value * 1e4).round() / 1e4 + 0.0).to_string(),
        None => "_".into(),
    }
}

/// `1 2 2 2 2` as `1 2x4`, from four on.
fn repeats(values: &[String]) -> String {
    let mut out = Vec::new();
    for run in values.chunk_by(|a, b| a == b) {
        if run.len() >= 4 {
            out.push(format!("{}x{}", run[0], run.len()));
        } else {
            out.extend(run.iter().cloned());
        }
    }
    out.join(" ")
}
