use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn says(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|d| format!("{d}\n")).collect()
}

#[track_caller]
fn check(text: &str, canonical: &str) -> MonitorQuery {
    let (query, diagnostics) = parse(text);
    assert_eq!(says(&diagnostics), "", "{text}");
    assert_eq!(query.to_string(), canonical, "{text}");
    assert_eq!(parse(canonical).0, query, "{text}");
    query
}

#[track_caller]
fn same(text: &str) -> MonitorQuery {
    check(text, text)
}

#[track_caller]
fn errors(text: &str, expect: Expect) {
    let (_, diagnostics) = parse(text);
    assert!(diagnostics.iter().any(Diagnostic::is_error), "{text}");
    expect.assert_eq(&says(&diagnostics));
}

#[test]
fn metric_alerts() {
    same("avg(last_5m):avg:disk.used{*} by {host} > 0.9");
    check(
        " sum( last_1h ) : ( sum:a{*}.as_count()/sum:b{*}.as_count() )*100>=-2.5 ",
        "sum(last_1h):sum:a{*}.as_count() / sum:b{*}.as_count() * 100 >= -2.5",
    );
    same("max(current_1mo):avg:a{x:y} < 5");
    same("change(avg(last_5m),last_1h):avg:a{*} > 3");
    same("pct_change(sum(last_1d),last_1w):sum:a{*} <= -50");
    same("percentile(last_10m):p95:latency{*} > 1");
    same("avg(last_4h):anomalies(avg:a{*}, 'basic', 2, direction='above', interval=60) >= 1");
    same("sum(last_5m):count(v: v>5):latency{*}.as_count() > 0");
    same("max(next_12h):forecast(avg:a{*}, 'linear', 1, model='reactive') >= 500");
    let MonitorQuery::Metric(alert) = same("min(last_15m):avg:a{*} != 0") else { panic!() };
    assert_eq!(alert.window.span.secs(), 900);
    assert_eq!(alert.condition.op, Comparison::Ne);
}

#[test]
fn chains() {
    let MonitorQuery::Chain(chain) = same(
        "\"shop.can_connect\".over(\"env:prod\",\"a\").by(\"host\",\"port\").last(6).count_by_status()",
    ) else {
        panic!()
    };
    assert_eq!((chain.by(), chain.last_count()), (vec!["host", "port"], Some(6.0)));
    let MonitorQuery::Chain(chain) = same(
        "logs(\"service:pay @type:\\\"Refunded Order\\\"\").index(\"*\").rollup(\"cardinality\",\"@id\").by(\"@a,b\").last(\"1d\") > 30",
    ) else {
        panic!()
    };
    assert_eq!((chain.by(), chain.last().map(Duration::secs)), (vec!["@a", "b"], Some(86_400)));
    let (search, _) = chain.search().expect("logs hold a search");
    assert_eq!(search.to_string(), "service:pay @type:\"Refunded Order\"");
    same("formula(\"(query / query1) * 100\").last(\"15m\") > 10");
    same("error_budget(\"abc\").over(\"7d\") > 75");
    check(
        "processes('java').over('#shop').rollup('count').last('5m') < 1",
        "processes(\"java\").over(\"#shop\").rollup(\"count\").last(\"5m\") < 1",
    );
    same("trace-analytics(\"env:prod\").rollup(\"count\").last(\"5m\") > 9");
}

#[test]
fn composites() {
    same("12 && 34");
    check("!( 12||34 )&&56", "!(12 || 34) && 56");
    same("1 && 2 || !3");
    same("(1 || 2) && 3");
}

#[test]
fn errors_name_the_place() {
    errors(
        "",
        expect![[r#"
        expected avg(last_5m):…, "check".over(…), logs("…") or monitor ids, found the end of the query at character 1
    "#]],
    );
    errors(
        "avg:a{*} > 3",
        expect![[r#"
        expected `(` after the name, found `:` at character 4
    "#]],
    );
    errors(
        "avg(last_5m):avg:a{*}",
        expect![[r#"
        expected a comparison such as > 3, found the end of the query at character 22
    "#]],
    );
    errors(
        "avg(last_5m):avg:a{*} > x",
        expect![[r#"
        expected a number to compare with, found `x` at character 25
    "#]],
    );
    errors(
        "avg(5m):avg:a{*} > 3",
        expect![[r#"
            expected a window such as last_5m, current_1mo or next_12h, found `5m` at character 5
        "#]],
    );
    errors(
        "mean(last_5m):avg:a{*} > 3",
        expect![[r#"
        unknown time aggregator `mean`, expected one of avg, sum, min, max, count, last, percentile at character 1
    "#]],
    );
    errors(
        "avg(last_5m):avg:a{* > 3",
        expect![[r#"
            expected `,`, AND, OR or `}`, found `>` at character 22
        "#]],
    );
    errors(
        "avg(last_5m):foo(avg:a{*}) > 3",
        expect![[r#"
        unknown function `foo` at character 14
    "#]],
    );
    errors(
        "avg(last_5m):avg:a{*}, avg:b{*} > 3",
        expect![[r#"
        a monitor watches one query; join several by arithmetic at character 24
    "#]],
    );
    errors(
        "change(avg(last_5m)):avg:a{*} > 3",
        expect![[r#"
        expected `,` and how long before, such as last_1h, found `)` at character 20
    "#]],
    );
    errors(
        "\"check\"",
        expect![[r#"
        expected .over(…) after the check's name, found the end of the query at character 8
    "#]],
    );
    errors(
        "\"check\".over(\"*\"",
        expect![[r#"
        expected `,` or `)`, found the end of the query at character 17
    "#]],
    );
    errors(
        "logs(\"a OR\").last(\"5m\") > 1",
        expect![[r#"
            expected a term, found the end of the query (character 5 inside `logs`) at character 1
        "#]],
    );
    errors(
        "logs(\"a\").last(\"5m\")",
        expect![[r#"
        expected `.` and a call, or a comparison such as > 3, found the end of the query at character 21
    "#]],
    );
    errors(
        "12 && ",
        expect![[r#"
        expected the id of a monitor, found the end of the query at character 7
    "#]],
    );
    errors(
        "(12",
        expect![[r#"
        expected `&&`, `||` or `)`, found the end of the query at character 4
    "#]],
    );
    errors(
        "avg(last_5m):avg:a{*} > 3 4",
        expect![[r#"
        expected the end of the query, found `4` at character 27
    "#]],
    );
}

const SAMPLES: &[&str] = &[
    "avg(last_4h):anomalies(sum:a{x IN (b,\"c d\")} by {host}.as_count(), 'agile', 2) >= 1",
    "pct_change(avg(last_5m),last_1h):-avg:a{*} / 2 < -3",
    "\"shop.up\".over(\"env:prod\").by(\"*\").last(3).count_by_status()",
    "logs(\"service:(a OR b)\").rollup(\"avg\", \"@ms\").by(\"host\").last(\"5m\") > 1000",
];

#[test]
fn every_prefix_parses_without_panic() {
    for sample in SAMPLES {
        assert_eq!(says(&parse(sample).1), "", "{sample}");
        for end in 0..sample.len() {
            let _ = parse(&sample[..end]).0.to_string();
            let _ = parse(&sample[end..]).0.to_string();
        }
    }
    let _ = parse(&"(1".repeat(100_000));
    let _ = parse(&format!("{}1", "!".repeat(100_000)));
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = parse(&text).0.to_string();
    }

    #[test]
    fn never_panics_on_what_looks_like_one(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "avg(", "last_5m", "):", "avg:a{*}", " > ", "3", "change(", ",", "\"", "c", ".over(",
            ")", "logs(", "&&", "||", "!", "(", "12", " ", "é", "{", "=",
        ]), 0..20)
    ) {
        let text = tokens.concat();
        let (query, diagnostics) = parse(&text);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            let printed = query.to_string();
            prop_assert_eq!(&parse(&printed).0, &query, "{} -> {}", text, printed);
        }
    }
}
