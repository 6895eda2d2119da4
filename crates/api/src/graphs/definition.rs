//! What a graph shows, read from JSON: today's widget definitions, whole widgets, and the older
//! form (`viz`, `requests[].q`, `requests[].type`).
//!
//! Only what a picture needs is read; keys that are not known are left alone. Errors name the place,
//! as `requests[1].q`.

use lang::metrics::ast::Query;
use query::metrics::formula::{Aggregator, Formula, NamedQuery};
use render::{Dash, Kind, Marker, Scale, YAxis};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::timeseries;

/// Requests of one graph; Datadog's page lets people add a handful.
const REQUESTS_MAX: usize = 50;
/// Markers and event queries of one graph.
const MARKS_MAX: usize = 50;

/// A graph to be drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definition {
    pub(crate) title: String,
    pub(crate) sort: Sort,
    pub(crate) requests: Vec<Request>,
    pub(crate) markers: Vec<Marker>,
    /// Searches whose events are marked on the graph.
    pub(crate) events: Vec<String>,
    pub(crate) y: YAxis,
    pub(crate) custom_unit: String,
    pub(crate) hides_legend: bool,
}

/// The form in which it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    #[default]
    Timeseries,
    Value,
    TopList,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) ask: Ask,
    pub(crate) style: Style,
    /// How a line becomes a number, where one is shown.
    pub(crate) aggregator: Aggregator,
    pub(crate) conditions: Vec<Condition>,
}

/// What is asked of the engine.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Text { query: Query, text: String, alias: Option<String> },
    Formulas { queries: Vec<NamedQuery>, formulas: Vec<Formula>, aliases: Vec<Option<String>> },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Style {
    pub(crate) kind: Kind,
    pub(crate) palette: String,
    pub(crate) dash: Dash,
    pub(crate) stroke_width: f32,
}

/// Colours a number.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) comparator: String,
    pub(crate) value: f64,
    pub(crate) palette: String,
}

impl Condition {
    pub(crate) fn holds(&self, value: f64) -> bool {
        match self.comparator.as_str() {
            ">" => value > self.value,
            ">=" => value >= self.value,
            "<" => value < self.value,
            "<=" => value <= self.value,
            "=" | "==" => value == self.value,
            "!=" => value != self.value,
            _ => false,
        }
    }
}

fn wrong(path: &str, what: &str) -> Error {
    Error::bad_request(format!("{path}: {what}"))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str().filter(|text| !text.trim().is_empty())
}

/// A number, be it written as text: definitions have both.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite())
}

impl Definition {
    /// A graph of nothing but a query.
    pub(crate) fn of_query(text: &str) -> Result<Self> {
        let request = Request {
            ask: Ask::Text { query: timeseries::parse(text)?, text: text.to_owned(), alias: None },
            style: Style::default(),
            aggregator: Aggregator::Avg,
            conditions: Vec::new(),
        };
        Ok(Self { requests: vec![request], ..Self::default() })
    }

    /// Reads a definition; `path` is how errors name it.
    pub(crate) fn read(given: &Value, path: &str, variables: &Variables) -> Result<Self> {
        let outer = given;
        // A whole widget, or an old tile, holds its definition.
        let inside = |key: &str| Some(&outer[key]).filter(|inner| inner.is_object());
        let given = inside("definition").or_else(|| inside("tile_def")).unwrap_or(outer);
        if !given.is_object() {
            return Err(wrong(path, "expected the JSON object of a graph"));
        }
        let name = text(given, "type").or_else(|| text(given, "viz")).unwrap_or("timeseries");
        let sort = sort(name).ok_or_else(|| {
            wrong(path, &format!("a graph of the type {name:?} cannot be drawn as a picture"))
        })?;
        let requests = match &given["requests"] {
            Value::Array(requests) => requests.iter().collect(),
            request @ Value::Object(_) if !request["q"].is_null() => vec![request],
            _ => return Err(wrong(path, "requests is required, a list")),
        };
        if requests.is_empty() || requests.len() > REQUESTS_MAX {
            return Err(wrong(path, &format!("requests must have 1 to {REQUESTS_MAX} entries")));
        }
        let read = |(at, value): (usize, &Value)| {
            let path = format!("{path}.requests[{at}]");
            Request::read(value, &path, variables).map(|request| request.with_default_kind(name))
        };
        let events = given["events"].as_array().into_iter().flatten();
        let events = events.filter_map(|event| text(event, "q")).take(MARKS_MAX);
        let title = text(given, "title").or_else(|| text(outer, "title")).unwrap_or_default();
        Ok(Self {
            title: variables.fill(title),
            sort,
            requests: requests.into_iter().enumerate().map(read).collect::<Result<_>>()?,
            markers: markers(&given["markers"]),
            events: events.map(|query| variables.fill(query)).collect(),
            y: y_axis(&given["yaxis"]),
            custom_unit: text(given, "custom_unit").unwrap_or_default().to_owned(),
            hides_legend: false,
        })
    }
}

/// Sorts whose data are metrics over time; the others have no picture yet.
fn sort(name: &str) -> Option<Sort> {
    Some(match name {
        "timeseries" | "heatmap" | "distribution" => Sort::Timeseries,
        "query_value" => Sort::Value,
        "toplist" | "query_table" | "change" | "treemap" | "sunburst" | "bar_chart" => {
            Sort::TopList
        }
        _ => return None,
    })
}

fn markers(given: &Value) -> Vec<Marker> {
    let markers = given.as_array().into_iter().flatten().take(MARKS_MAX);
    let read = |marker: &Value| {
        let kind = text(marker, "display_type").or_else(|| text(marker, "type"));
        Marker::parse(
            text(marker, "value")?,
            kind.unwrap_or_default(),
            text(marker, "label").unwrap_or_default(),
        )
    };
    markers.filter_map(read).collect()
}

fn y_axis(given: &Value) -> YAxis {
    let scale = match given["scale"].as_str().unwrap_or_default() {
        "log" => Scale::Log,
        "sqrt" => Scale::Sqrt,
        name if name.starts_with("pow") => Scale::Pow,
        _ => Scale::Linear,
    };
    // `auto` is no number, and leaves the bound to the values.
    let (min, max) = (number(&given["min"]), number(&given["max"]));
    YAxis { min, max, scale, include_zero: given["include_zero"].as_bool() }
}

impl Request {
    fn read(given: &Value, path: &str, variables: &Variables) -> Result<Self> {
        if !given.is_object() {
            return Err(wrong(path, "expected an object"));
        }
        let ask = match text(given, "q") {
            Some(text) => ask_of_text(given, &variables.fill(text), path)?,
            None => ask_of_formulas(given, path, variables)?,
        };
        let first_query = &given["queries"][0];
        let name = text(given, "aggregator").or_else(|| text(first_query, "aggregator"));
        let conditions = given["conditional_formats"].as_array();
        let conditions =
            conditions.or_else(|| given["formulas"][0]["conditional_formats"].as_array());
        Ok(Self {
            ask,
            style: style(given),
            aggregator: name.and_then(Aggregator::from_name).unwrap_or(Aggregator::Avg),
            conditions: conditions.into_iter().flatten().filter_map(condition).collect(),
        })
    }

    /// Counts over time are bars unless the request says otherwise.
    fn with_default_kind(mut self, widget: &str) -> Self {
        if widget == "bar_chart" {
            self.style.kind = Kind::Bars;
        }
        self
    }
}

fn in_place(error: Error, path: &str) -> Error {
    error.at(path)
}

fn ask_of_text(given: &Value, text_: &str, path: &str) -> Result<Ask> {
    let query = timeseries::parse(text_).map_err(|e| in_place(e, &format!("{path}.q")))?;
    let names = given["metadata"].as_array().into_iter().flatten();
    let mut names = names.filter_map(|name| text(name, "alias_name"));
    let alias = names.next().filter(|_| query.exprs.len() == 1).map(str::to_owned);
    Ok(Ask::Text { query, text: text_.to_owned(), alias })
}

fn ask_of_formulas(given: &Value, path: &str, variables: &Variables) -> Result<Ask> {
    let list = |key: &str| given[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let (queries, formulas) = (list("queries"), list("formulas"));
    if queries.is_empty() {
        return Err(wrong(path, "q, or queries with their formulas, is required"));
    }
    if queries.len() > REQUESTS_MAX || formulas.len() > REQUESTS_MAX {
        return Err(wrong(path, &format!("at most {REQUESTS_MAX} queries and formulas")));
    }
    let mut named = Vec::with_capacity(queries.len());
    for (at, query) in queries.iter().enumerate() {
        let mut query = query.clone();
        if let Some(Value::String(text)) = query.get_mut("query") {
            *text = variables.fill(text);
        }
        named.push(timeseries::named_query(&query, at).map_err(|e| in_place(e, path))?);
    }
    let read = |formula: &Value| timeseries::formula(formula).map_err(|e| in_place(e, path));
    Ok(Ask::Formulas {
        queries: named,
        formulas: formulas.iter().map(read).collect::<Result<_>>()?,
        aliases: formulas.iter().map(|f| text(f, "alias").map(str::to_owned)).collect(),
    })
}

/// The style of today's requests and of the older ones, which have `type` at the request and in the
/// style.
fn style(given: &Value) -> Style {
    let style = &given["style"];
    let kind = text(given, "display_type").or_else(|| text(given, "type")).unwrap_or("line");
    let dash = text(style, "line_type").or_else(|| text(style, "type")).unwrap_or_default();
    let width = text(style, "line_width").or_else(|| text(style, "width")).unwrap_or_default();
    let palette = text(style, "palette")
        .or_else(|| text(&given["formulas"][0]["style"], "palette"))
        .unwrap_or("dog_classic");
    Style {
        kind: match kind {
            "area" => Kind::Area,
            "bars" => Kind::Bars,
            _ => Kind::Line,
        },
        palette: palette.to_owned(),
        dash: match dash {
            "dashed" => Dash::Dashed,
            "dotted" => Dash::Dotted,
            _ => Dash::Solid,
        },
        stroke_width: match width {
            "thin" => 1.0,
            "thick" => 2.5,
            _ => 0.0,
        },
    }
}

fn condition(given: &Value) -> Option<Condition> {
    Some(Condition {
        comparator: text(given, "comparator")?.to_owned(),
        value: number(&given["value"])?,
        palette: text(given, "palette").unwrap_or_default().to_owned(),
    })
}

/// What stands for `$name` in the queries of a dashboard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables(Vec<(String, Vec<String>)>);

impl Variables {
    /// `{"env": "env:prod", "host": ["host:a", "host:b"]}`: what is chosen of each variable, as tags;
    /// `*` is everything.
    pub(crate) fn read(given: Option<&Value>) -> Result<Self> {
        let empty = Map::new();
        let given = match given {
            None => &empty,
            Some(Value::Object(given)) => given,
            Some(_) => return Err(Error::bad_request("variables must be an object")),
        };
        let mut all = Vec::new();
        for (name, value) in given {
            let values = match value {
                Value::String(one) => Some(vec![one.clone()]),
                Value::Array(many) => {
                    many.iter().map(|value| value.as_str().map(str::to_owned)).collect()
                }
                _ => None,
            };
            let values = values.ok_or_else(|| {
                wrong(&format!("variables.{name}"), "expected a tag or a list of tags")
            })?;
            all.push((name.trim_start_matches('$').to_owned(), values));
        }
        // `$env_name` is not `$env` and a rest.
        all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Ok(Self(all))
    }

    /// The text with the variables' values in their places.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, values) in self.0.iter().filter(|(name, _)| !name.is_empty()) {
            let name = format!("${name}");
            text = text.replace(&format!("{name}.value"), &value_text(values));
            text = text.replace(&name, &tag_text(values));
        }
        text
    }
}

/// `env:prod`, or `env IN (prod,ci)`.
fn tag_text(values: &[String]) -> String {
    match values {
        [] => "*".to_owned(),
        [only] => only.clone(),
        many => {
            let (key, _) = model::split_tag(&many[0]);
            format!("{key} IN ({})", bare(many).join(","))
        }
    }
}

fn value_text(values: &[String]) -> String {
    match &bare(values)[..] {
        [] => "*".to_owned(),
        [only] => (*only).to_owned(),
        many => format!("({})", many.join(" OR ")),
    }
}

/// The values without their keys.
fn bare(values: &[String]) -> Vec<&str> {
    values.iter().map(|value| value.split_once(':').map_or(value.as_str(), |(_, v)| v)).collect()
}
