//! Formulas over named queries, and the bounds of a query.

use model::OrgId;
use query::metrics::Window;
use query::metrics::formula::{Aggregator, Formula, Limit, NamedQuery, Request, on_common_times};
use query::{Engine, ErrorKind, Limits};

use crate::format::{Command, START_MS, Script};
use crate::stores;

const DATA: &str = "\
load 10s
  gauge a{host:x} 1 2 3
  gauge a{host:y} 10 20 30
  gauge b{host:x} 2 4 6
  gauge b{host:y} 5 _ 5
  gauge total{} 100 100 100
";

fn data() -> stores::Data {
    let mut data = stores::Data::default();
    for line in Script::parse(DATA).commands {
        if let Command::Series(series) = line.what {
            data.series.push(series);
        }
    }
    data
}

async fn engine(limits: Limits) -> Engine {
    stores::in_memory(&data(), limits)
}

fn request(queries: &[(&str, &str)], formulas: &[(&str, Option<Limit>)]) -> Request {
    let named = |(name, text): &(&str, &str)| NamedQuery {
        name: (*name).into(),
        data_source: "metrics".into(),
        text: (*text).into(),
        aggregator: Some(Aggregator::Sum),
    };
    let formula =
        |(text, limit): &(&str, Option<Limit>)| Formula { text: (*text).into(), limit: *limit };
    let mut window = Window::new(START_MS, START_MS + 30_000);
    window.interval_ms = Some(10_000);
    Request {
        queries: queries.iter().map(named).collect(),
        formulas: formulas.iter().map(formula).collect(),
        window,
    }
}

const QUERIES: [(&str, &str); 3] =
    [("q1", "sum:a{*} by {host}"), ("q2", "sum:b{*} by {host}"), ("q3", "sum:total{*}")];

#[tokio::test]
async fn lines_over_time() {
    let engine = engine(Limits::default()).await;
    let top = Limit { count: 1, is_ascending: false };
    let request = request(&QUERIES, &[("q1 / q3 * 100", None), ("q1 + q2", Some(top))]);
    let answer = engine.timeseries(OrgId::FIRST, &request).await.unwrap();
    let (times, values) = on_common_times(&answer.frames);
    assert_eq!(times, [0, 10, 20].map(|secs| START_MS + secs * 1000));
    let tags: Vec<_> = answer.frames.iter().map(|f| (f.query_index, f.tag_set.join(","))).collect();
    assert_eq!(tags, [(0, "host:x".into()), (0, "host:y".into()), (1, "host:y".into())]);
    let some = |values: [f64; 3]| values.map(Some).to_vec();
    // The gap of b on y is interpolated, for x has a point there.
    assert_eq!(values, [some([1.0, 2.0, 3.0]), some([10.0, 20.0, 30.0]), some([15.0, 25.0, 35.0])]);
}

#[tokio::test]
async fn one_number_a_group() {
    let engine = engine(Limits::default()).await;
    let request = request(&QUERIES, &[("q1 / q2", None), ("q3", None), ("q1", None)]);
    let answer = engine.scalars(OrgId::FIRST, &request).await.unwrap();
    assert_eq!(answer.keys, ["host"]);
    let rows: Vec<_> = answer.rows.into_iter().map(|row| (row.tags, row.values)).collect();
    assert_eq!(
        rows,
        [
            (vec!["x".to_owned()], vec![Some(0.5), None, Some(6.0)]),
            (vec!["y".to_owned()], vec![Some(4.0), None, Some(60.0)]),
            (vec![String::new()], vec![None, Some(300.0), None]),
        ]
    );
}

/// What a formula gives: the lines, and the numbers by the sum.
async fn check_formula(formula: &str, lines: &[&str], numbers: &[&str]) {
    let engine = engine(Limits::default()).await;
    let request = request(&QUERIES, &[(formula, None)]);
    let answer = engine.timeseries(OrgId::FIRST, &request).await.unwrap();
    let line = |frame: &query::metrics::Frame| {
        let values = frame.points().map(|(_, value)| value.map_or("_".into(), |v| v.to_string()));
        format!("{}: {}", frame.tag_set.join(","), values.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(answer.frames.iter().map(line).collect::<Vec<_>>(), lines, "{formula}");
    let answer = engine.scalars(OrgId::FIRST, &request).await.unwrap();
    let row = |row: &query::metrics::formula::ScalarRow| {
        let value = row.values[0].map_or("_".into(), |v| v.to_string());
        format!("{}: {value}", row.tags.join(","))
    };
    assert_eq!(answer.rows.iter().map(row).collect::<Vec<_>>(), numbers, "{formula}");
}

#[tokio::test]
async fn functions_in_formulas() {
    let rises = &["host:x: _ 6 6", "host:y: _ 60 60"];
    check_formula("per_minute(q1)", rises, &["x: 12", "y: 120"]).await;
    // Arithmetic within is done on lines, arithmetic around on numbers.
    let falls = &["host:x: _ -0.1 -0.1", "host:y: _ 1 1"];
    check_formula("derivative(q1 - q2)", falls, &["x: -0.2", "y: 2"]).await;
    let rises = &["host:x: _ 12 12", "host:y: _ 120 120"];
    check_formula("per_minute(q1) * 2", rises, &["x: 24", "y: 240"]).await;
    let top = &["host:y: 10 20 30"];
    check_formula("top(q1, 1, 'mean', 'desc')", top, &["y: 60"]).await;
    let parts = &["host:x: 2 4 6", "host:y: 5 5 5"];
    check_formula("default_zero(q2) / q3 * 100", parts, &["x: 4", "y: 5"]).await;
    let then = &["host:x: _ 1 2", "host:y: _ 10 20"];
    check_formula("timeshift(q1, -10)", then, &["x: 3", "y: 30"]).await;
    let sums = &["host:x: 1 3 5", "host:y: 10 30 50"];
    check_formula("moving_rollup(q1, 20, 'sum')", sums, &["x: 9", "y: 90"]).await;
    check_formula("exclude_null(q1)", &["host:x: 1 2 3", "host:y: 10 20 30"], &["x: 6", "y: 60"])
        .await;
    check_formula(
        "trend_line(q1 + q2)",
        &["host:x: 3 6 9", "host:y: 15 25 35"],
        &["x: 18", "y: 75"],
    )
    .await;
    check_formula(
        "(q1 + q1).rollup(sum, 30)",
        &["host:x: 12", "host:y: 120"],
        &["x: 12", "y: 120"],
    )
    .await;
    check_formula("count_nonzero(q1)", &[": 2 2 2"], &[": 2"]).await;
    let capped = &["host:x: 1 2 3", "host:y: 5 5 5"];
    check_formula("clamp_max(q1, 5)", capped, &["x: 5", "y: 5"]).await;
}

async fn check_error(queries: &[(&str, &str)], formula: &str, limits: Limits, expect: &str) {
    let engine = engine(limits).await;
    let request = request(queries, &[(formula, None)]);
    let error = engine.timeseries(OrgId::FIRST, &request).await.unwrap_err();
    assert_eq!(format!("{:?}: {}", error.kind, error.message), expect);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let no = Limits::default;
    check_error(&QUERIES, "q9", no(), "Invalid: there is no query named \"q9\"").await;
    let twice = [("a", "sum:a{*}"), ("a", "sum:b{*}")];
    check_error(&twice, "a", no(), "Invalid: two queries are named \"a\"").await;
    let broken = [("a", "sum:a{")];
    let error =
        engine(no()).await.timeseries(OrgId::FIRST, &request(&broken, &[("a", None)])).await;
    assert!(error.unwrap_err().message.starts_with("query \"a\": expected"));
    let mut logs = request(&QUERIES, &[]);
    logs.queries[1].data_source = "logs".into();
    let error = engine(no()).await.timeseries(OrgId::FIRST, &logs).await.unwrap_err();
    assert_eq!(error.message, "query \"q2\": data source logs is not served yet");
    let few = Limits { series_max: 1, ..no() };
    let expect = "Limited: the query reads 2 series, more than 1: narrow its scope";
    check_error(&QUERIES, "q1", few, expect).await;
    let small = Limits { memory_bytes: 64, ..no() };
    let error = engine(small).await.timeseries(OrgId::FIRST, &request(&QUERIES, &[])).await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Limited);
}

#[tokio::test]
async fn an_answer_that_is_cut_says_so() {
    let one = Limits { groups_max: 1, ..Limits::default() };
    let answer = engine(one).await.timeseries(OrgId::FIRST, &request(&QUERIES, &[])).await.unwrap();
    assert_eq!(answer.frames.len(), 3);
    assert!(answer.partial.unwrap().contains("first 1 of 2"));
}
