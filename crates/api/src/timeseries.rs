//! Metric queries: `GET /api/v1/query`, `POST /api/v2/query/timeseries` and `/scalar`; how values
//! spread is asked in `histograms`.
//!
//! v1 answers each line with its own points, v2 one table with the times of all lines. Units come
//! from the metrics' metadata, so they are added here and not by the engine.

use std::collections::{BTreeSet, HashMap};

use control::Permission;
use http::StatusCode;
use lang::metrics::ast::Query;
use query::metrics::formula::{Aggregator, Formula, Limit, NamedQuery, Request};
use query::metrics::{Band, Frame, Frames, Window};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::metadata;
use crate::routes::Routes;

/// Queries and formulas in one call: a dashboard's widget has a handful.
const QUERIES_MAX: usize = 50;

pub(crate) fn routes(routes: Routes) -> Routes {
    let need = Need::Permission(Permission::TIMESERIES_QUERY);
    routes.get("/api/v1/query", need, v1).post("/api/v2/query/timeseries", need, timeseries).post(
        "/api/v2/query/scalar",
        need,
        scalar,
    )
}

/// Refuses a text that does not parse, with the place of each mistake.
pub(crate) fn parse(text: &str) -> Result<Query> {
    let (query, diagnostics) = lang::metrics::parse(text);
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let errors: Vec<String> =
        errors.map(|error| format!("Error parsing query: {error} of {text:?}")).collect();
    match errors.is_empty() {
        true => Ok(query),
        false => Err(query_error(errors)),
    }
}

pub(crate) fn query_error(errors: Vec<String>) -> Error {
    let body = json!({"status": "error", "error": errors.join("; "), "errors": errors});
    Error::with_body(StatusCode::BAD_REQUEST, body)
}

async fn v1(call: Call) -> Result<Answer> {
    let from = call.query.required("from").and_then(|_| call.query.int("from"))?.unwrap_or(0);
    let to = call.query.required("to").and_then(|_| call.query.int("to"))?.unwrap_or(0);
    let text = call.query.required("query")?;
    if from >= to {
        return Err(Error::bad_request(format!("from ({from}) must be before to ({to})")));
    }
    let query = parse(text)?;
    let range = model::TimeRange::new(from.saturating_mul(1000), to.saturating_mul(1000));
    let found = run_text(&call, &query, text, Window { range, interval_ms: None }).await?;
    let units = units(&call, &found.frames).await?;
    let group_by: BTreeSet<_> = query.metric_queries().into_iter().flat_map(|q| &q.by).collect();
    let series: Vec<_> = found.frames.iter().map(|frame| v1_series(frame, &units)).collect();
    Ok(Answer::ok(json!({
        "status": "ok",
        "res_type": "time_series",
        "resp_version": 1,
        "query": text,
        "from_date": range.from,
        "to_date": range.to,
        "series": series,
        "values": [],
        "times": [],
        "message": found.partial.unwrap_or_default(),
        "group_by": group_by,
    })))
}

/// Runs the queries of a text, which is named by errors.
pub(crate) async fn run_text(
    call: &Call,
    query: &Query,
    text: &str,
    window: Window,
) -> Result<Frames> {
    match call.state.query.metrics(call.org(), query, window).await {
        Err(error) if error.kind == query::ErrorKind::Invalid => {
            Err(query_error(vec![error.in_text(text)]))
        }
        found => Ok(found?),
    }
}

fn v1_series(frame: &Frame, units: &HashMap<String, Value>) -> Value {
    let points: Vec<_> =
        frame.points().filter_map(|(time, value)| Some(json!([time as f64, value?]))).collect();
    let interval_ms = frame.interval_secs.saturating_mul(1000);
    let mut times = frame.points().filter(|(_, value)| value.is_some()).map(|(time, _)| time);
    let start = times.next().unwrap_or(0);
    let end = times.last().unwrap_or(start) + interval_ms - 1;
    let times: Vec<i64> = frame.points().filter(|p| p.1.is_some()).map(|(time, _)| time).collect();
    let mut series = json!({
        "metric": frame.metric,
        "display_name": frame.metric,
        "expression": frame.expression,
        "scope": frame.scope,
        "tag_set": frame.tag_set,
        "aggr": frame.aggr,
        "query_index": frame.query_index,
        "interval": frame.interval_secs,
        "start": start,
        "end": end,
        "length": points.len(),
        "pointlist": points,
        "unit": unit_of(frame, units),
        "attributes": {},
    });
    add_marks(&mut series, frame, &times);
    series
}

/// Adds `procyon` to a series' entry where a function had something to say about the line; bands
/// are beside `times`. Datadog's answers have no such key, and their clients pass over it.
fn add_marks(series: &mut Value, frame: &Frame, times: &[i64]) {
    let Some(marks) = &frame.marks else {
        return;
    };
    let beside = |edge: &[f64]| {
        let mut row = vec![Value::Null; times.len()];
        for (time, value) in frame.times.iter().zip(edge).filter(|(_, value)| value.is_finite()) {
            if let Ok(at) = times.binary_search(time) {
                row[at] = json!(value);
            }
        }
        row
    };
    let mut said = serde_json::Map::new();
    let mut say = |key: &str, value: Option<Value>| {
        said.extend(value.map(|value| (key.to_owned(), value)));
    };
    say("is_outlier", marks.is_outlier.map(Value::from));
    let band = |band: &Band| json!({"lower": beside(&band.lower), "upper": beside(&band.upper)});
    say("band", marks.band.as_ref().map(band));
    say("forecast_from", marks.forecast_from.map(Value::from));
    say("note", marks.note.clone().map(Value::from));
    if !said.is_empty() {
        series["procyon"] = Value::Object(said);
    }
}

/// Times at which a line has a value or a band.
fn told_times(frame: &Frame) -> impl Iterator<Item = i64> + '_ {
    let band = frame.marks.as_ref().and_then(|marks| marks.band.as_ref());
    let has_band = move |i: usize| {
        let edge = band.and_then(|band| band.lower.get(i));
        edge.is_some_and(|value| value.is_finite())
    };
    let points = frame.points().enumerate();
    points.filter(move |(i, (_, v))| v.is_some() || has_band(*i)).map(|(_, (time, _))| time)
}

/// The unit of each metric among the lines that has one, as `[unit, per_unit]`.
async fn units(call: &Call, frames: &[Frame]) -> Result<HashMap<String, Value>> {
    units_of(call, &frames.iter().collect::<Vec<_>>()).await
}

/// As [`units`], of lines that stand in several answers.
pub(crate) async fn units_of(call: &Call, frames: &[&Frame]) -> Result<HashMap<String, Value>> {
    let names: BTreeSet<&str> =
        frames.iter().filter(|f| is_metric(&f.metric)).map(|f| f.metric.as_str()).collect();
    let mut units = HashMap::new();
    for name in names {
        if let Some(unit) = metadata::unit_of(call, name).await? {
            units.insert(name.to_owned(), unit);
        }
    }
    Ok(units)
}

/// Lines of expressions carry the expression for a name, and have no unit.
fn is_metric(name: &str) -> bool {
    model::normalize_metric(name).is_some_and(|normal| normal == name)
}

fn unit_of(frame: &Frame, units: &HashMap<String, Value>) -> Value {
    units.get(&frame.metric).cloned().unwrap_or(Value::Null)
}

/// A v2 body: the queries, the formulas, the window.
fn request(body: &Value, kind: &str) -> Result<Request> {
    let attributes = Fields::attributes(body, &[kind])?;
    let window = window(&attributes)?;
    let queries = attributes.array("queries")?;
    let none = Vec::new();
    let formulas = match attributes.get("formulas") {
        Some(_) => attributes.array("formulas")?,
        None => &none,
    };
    if queries.is_empty() || queries.len() > QUERIES_MAX || formulas.len() > QUERIES_MAX {
        let message = format!("1 to {QUERIES_MAX} queries and at most as many formulas");
        return Err(Error::bad_request(format!("data.attributes must have {message}")));
    }
    let queries = queries.iter().enumerate().map(|(at, query)| named_query(query, at));
    Ok(Request {
        queries: queries.collect::<Result<_>>()?,
        formulas: formulas.iter().map(formula).collect::<Result<_>>()?,
        window,
    })
}

/// `from`, `to` and `interval` of a v2 body, in milliseconds.
pub(crate) fn window(attributes: &Fields<'_>) -> Result<Window> {
    let (from, to) = (attributes.int("from")?, attributes.int("to")?);
    if from >= to {
        return Err(Error::bad_request(format!("from ({from}) must be before to ({to})")));
    }
    let interval_ms = attributes.int_or_none("interval")?;
    Ok(Window { range: model::TimeRange::new(from, to), interval_ms })
}

pub(crate) fn named_query(value: &Value, at: usize) -> Result<NamedQuery> {
    let fields = Fields::of(value)?;
    let data_source = fields.str("data_source")?;
    if data_source != "metrics" {
        return Err(Error::bad_request(format!(
            "queries[{at}]: the data source {data_source:?} is not available, only metrics is"
        )));
    }
    let aggregator = match fields.str_or_none("aggregator")? {
        None => None,
        Some(name) => Some(Aggregator::from_name(name).ok_or_else(|| {
            Error::bad_request(format!("queries[{at}]: the aggregator {name:?} is not known"))
        })?),
    };
    let text = fields.str("query")?;
    parse(text)?;
    // Datadog names queries without a name by their place.
    let name = fields.str_or_none("name")?.map_or_else(|| format!("query{at}"), str::to_owned);
    Ok(NamedQuery { name, data_source: data_source.to_owned(), text: text.to_owned(), aggregator })
}

pub(crate) fn formula(value: &Value) -> Result<Formula> {
    let fields = Fields::of(value)?;
    let text = fields.text("formula")?.to_owned();
    let Some(limit) = fields.object_or_none("limit")? else {
        return Ok(Formula { text, limit: None });
    };
    let is_ascending = match limit.str_or_none("order")? {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(limit.wrong("order", "asc or desc")),
    };
    let Some(count) = limit.int_or_none("count")? else {
        return Ok(Formula { text, limit: None });
    };
    let count = usize::try_from(count).map_err(|_negative| limit.wrong("count", "0 or more"))?;
    Ok(Formula { text, limit: Some(Limit { count, is_ascending }) })
}

pub(crate) async fn timeseries(call: Call) -> Result<Answer> {
    let request = request(&call.json()?, "timeseries_request")?;
    let found = call.state.query.timeseries(call.org(), &request).await?;
    let units = units(&call, &found.frames).await?;
    Ok(Answer::ok(table(&found, &units)))
}

/// All lines over the times at which any of them has a value or a band.
fn table(found: &Frames, units: &HashMap<String, Value>) -> Value {
    let frames = &found.frames;
    let times: BTreeSet<i64> = frames.iter().flat_map(told_times).collect();
    let times: Vec<i64> = times.into_iter().collect();
    let values = frames.iter().map(|frame| {
        let mut row = vec![Value::Null; times.len()];
        for (time, value) in frame.points() {
            if let Ok(at) = times.binary_search(&time) {
                row[at] = json!(value);
            }
        }
        row
    });
    let series = frames.iter().map(|frame| {
        let mut series = json!({
            "group_tags": frame.tag_set,
            "query_index": frame.query_index,
            "unit": unit_of(frame, units),
        });
        add_marks(&mut series, frame, &times);
        series
    });
    with_partial(
        json!({"data": {"id": "0", "type": "timeseries_response", "attributes": {
            "series": series.collect::<Vec<_>>(),
            "values": values.collect::<Vec<_>>(),
            "times": times,
        }}}),
        found.partial.as_deref(),
    )
}

/// An answer that is not all says so in `errors`, as the specification has it.
fn with_partial(mut body: Value, partial: Option<&str>) -> Value {
    if let Some(partial) = partial {
        body["errors"] = json!(partial);
    }
    body
}

pub(crate) async fn scalar(call: Call) -> Result<Answer> {
    let request = request(&call.json()?, "scalar_request")?;
    let found = call.state.query.scalars(call.org(), &request).await?;
    let names: Vec<&str> = match request.formulas.is_empty() {
        true => request.queries.iter().map(|query| query.name.as_str()).collect(),
        false => request.formulas.iter().map(|formula| formula.text.as_str()).collect(),
    };
    let groups = found.keys.iter().enumerate().map(|(at, key)| {
        let value = |tags: &Vec<String>| match tags.get(at) {
            Some(tag) if !tag.is_empty() => json!([tag]),
            _ => json!([]),
        };
        let values: Vec<Value> = found.rows.iter().map(|row| value(&row.tags)).collect();
        json!({"name": key, "type": "group", "values": values})
    });
    let mut columns: Vec<Value> = groups.collect();
    for (at, name) in names.into_iter().enumerate() {
        let values: Vec<_> =
            found.rows.iter().map(|row| row.values.get(at).copied().flatten()).collect();
        let unit = scalar_unit(&call, &request, name).await?;
        columns.push(json!({
            "name": name, "type": "number", "values": values, "meta": {"unit": unit},
        }));
    }
    let body = json!({"data": {"id": "0", "type": "scalar_response",
        "attributes": {"columns": columns}}});
    Ok(Answer::ok(with_partial(body, found.partial.as_deref())))
}

/// A formula that is just a query of one metric has the metric's unit.
async fn scalar_unit(call: &Call, request: &Request, formula: &str) -> Result<Value> {
    let Some(query) = request.queries.iter().find(|query| query.name == formula.trim()) else {
        return Ok(Value::Null);
    };
    let parsed = parse(&query.text)?;
    match parsed.metric_queries()[..] {
        [only] => Ok(metadata::unit_of(call, &only.metric).await?.unwrap_or(Value::Null)),
        _ => Ok(Value::Null),
    }
}

#[cfg(test)]
mod tests {
    use query::metrics::Marks;

    use super::*;

    fn marked() -> Frame {
        let none = f64::NAN;
        let band = Band { lower: vec![0.0, 1.0, none, 2.0], upper: vec![4.0, 5.0, none, 6.0] };
        let marks = Marks {
            is_outlier: Some(true),
            band: Some(band),
            forecast_from: Some(30),
            note: Some("little history".into()),
        };
        let times = vec![10, 20, 30, 40];
        let values = vec![1.0, none, none, 3.0];
        let mut frame = Frame::line(times, values);
        frame.marks = Some(Box::new(marks));
        frame
    }

    #[test]
    fn what_functions_say_is_beside_the_times() {
        let answer = table(&Frames { frames: vec![marked()], partial: None }, &HashMap::new());
        let attributes = &answer["data"]["attributes"];
        assert_eq!(attributes["times"], json!([10, 20, 40]));
        assert_eq!(attributes["values"], json!([[1.0, null, 3.0]]));
        let expect = json!({
            "is_outlier": true,
            "band": {"lower": [0.0, 1.0, 2.0], "upper": [4.0, 5.0, 6.0]},
            "forecast_from": 30,
            "note": "little history",
        });
        assert_eq!(attributes["series"][0]["procyon"], expect);
        let series = v1_series(&marked(), &HashMap::new());
        assert_eq!(series["procyon"]["band"], json!({"lower": [0.0, 2.0], "upper": [4.0, 6.0]}));
        let plain = Frame::line(vec![10], vec![1.0]);
        assert_eq!(v1_series(&plain, &HashMap::new()).get("procyon"), None);
    }
}
