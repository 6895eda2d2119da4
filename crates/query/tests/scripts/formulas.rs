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
