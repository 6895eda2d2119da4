use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn says(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|d| format!("{:?}: {d}\n", d.severity)).collect()
}

/// Parses without remarks to what prints as `canonical`, and prints what it parses.
#[track_caller]
fn check(text: &str, canonical: &str) {
    let (query, diagnostics) = parse(text);
    assert_eq!(says(&diagnostics), "", "{text}");
    assert_eq!(query.to_string(), canonical, "{text}");
    let (again, _) = parse(canonical);
    assert_eq!(again, query, "{text}");
}

#[track_caller]
fn same(text: &str) {
    check(text, text);
}

#[track_caller]
fn formula(text: &str, canonical: &str) {
    let (query, diagnostics) = parse_formula(text);
    assert_eq!(says(&diagnostics), "", "{text}");
    assert_eq!(query.to_string(), canonical, "{text}");
    assert_eq!(parse_formula(canonical).0, query, "{text}");
}

#[track_caller]
fn errors(text: &str, expect: Expect) {
    let (_, diagnostics) = parse(text);
    assert!(diagnostics.iter().any(Diagnostic::is_error), "{text}");
    expect.assert_eq(&says(&diagnostics));
}

#[test]
fn metric_queries() {
    same("avg:system.cpu.user{*}");
    check("avg:system.cpu.user{}", "avg:system.cpu.user{*}");
    same("system.load.1{*}");
    check(" AVG : system.load.1 { * } BY { host , az } ", "avg:system.load.1{*} by {host,az}");
    same("p99.9:request.latency{service:web}");
    check("median:latency{*}", "p50:latency{*}");
    same("count:Page.Views_total{*}");
    same("histogram:trace.web.request{*}");
    check("count(v: v<=10):latency{*}", "count(v: v<=10):latency{*}");
    check("count(v:v>5 and v <= 10.5):latency{a:b}", "count(v: v>5 AND v<=10.5):latency{a:b}");
    same("avg:net.request.75percentile{*}");
    check("a{*},b{*} , c{*}", "a{*}, b{*}, c{*}");
    check("avg:a{*} by {}", "avg:a{*}");
    same("avg:a{*} by {$group,host}");
    check("avg:a{*}by{host}.as_rate()", "avg:a{*} by {host}.as_rate()");
}

#[test]
fn modifiers() {
    same("sum:a{*}.as_count()");
    same("sum:a{*}.as_rate().weighted()");
    same("sum:a{*}.rollup(avg, 3600)");
    same("sum:a{*}.rollup(60)");
    same("sum:a{*}.rollup(max)");
    check("sum:a{*}.ROLLUP( 'sum' , \"60\" )", "sum:a{*}.rollup(sum, 60)");
    same("sum:a{*}.rollup(sum, daily)");
    same("sum:a{*}.rollup(daily)");
    check(
        "sum:a{*}.rollup(sum, daily, 12am, 'Europe/Paris')",
        "sum:a{*}.rollup(sum, daily, '12am', 'Europe/Paris')",
    );
    check("sum:a{*}.rollup(sum, weekly, monday)", "sum:a{*}.rollup(sum, weekly, 'monday')");
    check("sum:a{*}.rollup(sum, auto)", "sum:a{*}.rollup(sum)");
    check("sum:a{*}.fill( 'zero' )", "sum:a{*}.fill(zero)");
    same("sum:a{*}.fill(linear, 60)");
    same("sum:a{*}.fill(-1.5)");
    check("a{*} . as_count ( ) . fill(null)", "a{*}.as_count().fill(null)");
    same("(avg:a{*} / avg:b{*}).rollup(avg, 60)");
    same("abs(avg:a{*}).fill(zero)");
    check("(avg:a{*}).fill(zero)", "avg:a{*}.fill(zero)");
}

#[test]
fn arithmetic() {
    let tree = |text: &str, expect: &str| {
        fn show(e: &Expr) -> String {
            match &e.kind {
                ExprKind::Binary { op, left, right } => {
                    format!("[{}{}{}]", show(left), op.symbol(), show(right))
                }
                ExprKind::Neg(e) => format!("[-{}]", show(e)),
                other => Expr::new(other.clone(), e.span).to_string(),
            }
        }
        let (query, diagnostics) = parse_formula(text);
        assert_eq!(says(&diagnostics), "", "{text}");
        assert_eq!(show(&query.exprs[0]), expect, "{text}");
        assert_eq!(parse_formula(&query.to_string()).0, query, "{text}");
    };
    tree("a+b*c", "[a+[b*c]]");
    tree("a-b-c", "[[a-b]-c]");
    tree("a-(b-c)", "[a-[b-c]]");
    tree("a/b*c", "[[a/b]*c]");
    tree("a/(b*c)", "[a/[b*c]]");
    tree("(a+b)*c", "[[a+b]*c]");
    tree("-a*b", "[[-a]*b]");
    tree("-(a*b)", "[-[a*b]]");
    tree("a - -b", "[a-[-b]]");
    tree("--a", "[-[-a]]");
    tree("-3", "-3");
    tree("--3", "[--3]");
    tree("-(3)", "[-3]");
    tree("a--3", "[a--3]");
    tree("1e3 + .5 - 2.50", "[[1000+0.5]-2.5]");
    check("100*(sum:a{*}/(sum:a{*}+sum:b{*}))", "100 * (sum:a{*} / (sum:a{*} + sum:b{*}))");
    same("-sum:a{*}");
    same("0 - sum:a{*}");
}

#[test]
fn scopes() {
    check("a{env:prod , host:b}", "a{env:prod,host:b}");
    check("a{ ! env:prod , $x }", "a{!env:prod,$x}");
    check("a{env:prod and host:b}", "a{env:prod,host:b}");
    same("a{env:prod AND (az:x OR az:y)}");
    same("a{x AND y OR z}");
    check("a{x and (y) or not z}", "a{x AND y OR NOT z}");
    check("a{x AND !(y OR z)}", "a{x AND NOT (y OR z)}");
    same("a{(x OR y) AND NOT z:w}");
    same("a{(x,y),z}");
    check("a{env in ( x , 'y z',\"q\" )}", "a{env IN (x,\"y z\",q)}");
    same("a{env NOT IN (x,y*) AND b:c}");
    check("a{not env in (x)}", "a{NOT env IN (x)}");
    same("a{*,*,$scope,$replset_name}");
    same("a{$env.value,node:$node.value,$k.key}");
    same("a{url:http://x:80/y-_.z,dev:/dev/sd*}");
    check("a{pod_name: web-*}", "a{pod_name:web-*}");
    check("a{\"env:my prod\"}", "a{env:\"my prod\"}");
    same("a{\"and\",not:x,in:y}");
    same("a{\"$x\",\"*\"}");
    same("a{\"we ird\":x,k:\"\"}");
    same("a{k:\"it's \\\"quoted\\\" \\\\\"}");
    same("a{@http.status:200,größe:groß}");
}

#[test]
fn functions() {
    check(
        "top(avg:a{*} by {host},10,\"mean\",'desc')",
        "top(avg:a{*} by {host}, 10, 'mean', 'desc')",
    );
    check("top(avg:a{*}, 10, mean, desc)", "top(avg:a{*}, 10, 'mean', 'desc')");
    same("timeshift(avg:a{*}, -3600)");
    same("moving_rollup(sum:a{*}, 60, 'avg')");
    same("ABS(diff(a{*}) / b{*})");
    same("bottom10_mean(a{*} by {host})");
    same("top5(a{*} by {host})");
    same("calendar_shift(a{*}, '-1d', 'UTC')");
    same("clamp_max(a{*}, -0.5)");
    check(
        "anomalies(avg:a{*}, 'basic', 2, direction=above, alert_window = 'last_1h', interval=60)",
        "anomalies(avg:a{*}, 'basic', 2, direction='above', alert_window='last_1h', interval=60)",
    );
    check("top(q{*}, limit=3, by='max')", "top(q{*}, limit=3, by='max')");
}

#[test]
fn formulas() {
    formula("a", "a");
    formula("query1/query2*100", "query1 / query2 * 100");
    formula("top(a, 10, 'mean', 'desc')", "top(a, 10, 'mean', 'desc')");
    formula("top(a,10,mean,desc)", "top(a, 10, 'mean', 'desc')");
    formula("100 * default_zero(query1)", "100 * default_zero(query1)");
    formula("exclude_null((exclude_null(q2)/q9))", "exclude_null(exclude_null(q2) / q9)");
    formula("query1.rollup(sum, 60)", "query1.rollup(sum, 60)");
    formula("avg:m{*} - events_query_1", "avg:m{*} - events_query_1");
    let (query, _) = parse_formula("a + b");
    let ExprKind::Binary { left, .. } = &query.exprs[0].kind else { panic!("{query:?}") };
    assert_eq!(left.kind, ExprKind::Ref("a".to_owned()));
}

#[test]
fn the_omitted_aggregator_is_known() {
    let (query, _) = parse("system.load.1{*}");
    let metric = query.metric_queries()[0];
    assert_eq!((metric.agg.clone(), metric.space_agg()), (None, SpaceAgg::Avg));
}

#[test]
fn spans_are_bytes_and_characters() {
    let text = "avg:a{größe:x} + foo(b{*})";
    let (query, diagnostics) = parse(text);
    assert_eq!(diagnostics[0].span.of(text), "foo");
    assert_eq!((diagnostics[0].span.start, diagnostics[0].column()), (19, 18));
    assert_eq!(query.exprs[0].span.of(text), text);
    let ExprKind::Binary { right, .. } = &query.exprs[0].kind else { panic!("{query:?}") };
    assert_eq!(right.span.of(text), "foo(b{*})");
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    errors(
        "",
        expect![[r#"
        Error: expected a metric query, a function, a number or `(`, found the end of the query at character 1
    "#]],
    );
    errors(
        "avg:system.load.1",
        expect![[r#"
        Error: expected `{` and a scope after the metric `system.load.1`, found the end of the query at character 18
    "#]],
    );
    errors(
        "avg:system.load.1{*",
        expect![[r#"
        Error: expected `,`, AND, OR or `}`, found the end of the query at character 20
    "#]],
    );
    errors(
        "avg:{*}",
        expect![[r#"
        Error: expected a metric name, found `{` at character 5
    "#]],
    );
    errors(
        "avgg:a{*}",
        expect![[r#"
        Error: unknown aggregator `avgg`, expected avg, sum, min, max, count or a percentile such as p95 at character 1
    "#]],
    );
    errors(
        "p101:a{*}",
        expect![[r#"
        Error: unknown aggregator `p101`, expected avg, sum, min, max, count or a percentile such as p95 at character 1
    "#]],
    );
    errors(
        "avg:a{env:}",
        expect![[r#"
        Error: expected a value after the colon, found `}` at character 11
    "#]],
    );
    errors(
        "avg:a{env:prod host:b}",
        expect![[r#"
        Error: expected `,`, AND, OR or `}`, found `host` at character 16
    "#]],
    );
    errors(
        "avg:a{,}",
        expect![[r#"
        Error: expected a tag such as env:prod, `*`, `!` or `(`, found `,` at character 7
        Error: expected a tag such as env:prod, `*`, `!` or `(`, found `}` at character 8
    "#]],
    );
    errors(
        "avg:a{x AND}",
        expect![[r#"
        Error: expected a tag such as env:prod, `*`, `!` or `(`, found `}` at character 12
    "#]],
    );
    errors(
        "avg:a{env IN x}",
        expect![[r#"
        Error: expected `(` after IN, found `x` at character 14
    "#]],
    );
    errors(
        "avg:a{env NOT x}",
        expect![[r#"
        Error: expected IN after NOT, found `x` at character 15
    "#]],
    );
    errors(
        "avg:a{(x OR y}",
        expect![[r#"
        Error: expected `,`, AND, OR or `)`, found `}` at character 14
    "#]],
    );
    errors(
        "avg:a{*} by host",
        expect![[r#"
        Error: expected `{` after by, found `host` at character 13
    "#]],
    );
    errors(
        "avg:a{*} by {host",
        expect![[r#"
        Error: expected `,` or `}` after a tag key, found the end of the query at character 18
    "#]],
    );
    errors(
        "avg:a{*}.as_count() by {host}",
        expect![[r#"
        Error: `by {…}` must follow the scope, before the modifiers at character 21
    "#]],
    );
    errors(
        "avg:a{*}.rolup(sum)",
        expect![[r#"
        Error: unknown modifier `rolup`, expected one of rollup, fill, as_count, as_rate, weighted at character 10
    "#]],
    );
    errors(
        "avg:a{*}.rollup(mean, 60)",
        expect![[r#"
        Error: unknown rollup method `mean`, expected avg, sum, min, max or count at character 17
    "#]],
    );
    errors(
        "avg:a{*}.rollup(sum, 0)",
        expect![[r#"
        Error: expected a number of seconds over 0, or daily, weekly, monthly or yearly at character 22
    "#]],
    );
    errors(
        "avg:a{*}.rollup()",
        expect![[r#"
        Error: `rollup` takes a method, a number of seconds, or both at character 10
    "#]],
    );
    errors(
        "avg:a{*}.fill(cubic)",
        expect![[r#"
        Error: expected null, zero, linear, last or a number at character 15
    "#]],
    );
    errors(
        "avg:a{*}.as_count(1)",
        expect![[r#"
        Error: `as_count` takes no argument at character 19
    "#]],
    );
    errors(
        "avg:a{*}.as_count",
        expect![[r#"
        Error: expected `(` after the modifier, found the end of the query at character 18
    "#]],
    );
    errors(
        "avg:a{*} +",
        expect![[r#"
        Error: expected a metric query, a function, a number or `(`, found the end of the query at character 11
    "#]],
    );
    errors(
        "avg:a{*} avg:b{*}",
        expect![[r#"
        Error: expected an operator, `,` or the end, found `avg` at character 10
    "#]],
    );
    errors(
        "(avg:a{*}",
        expect![[r#"
        Error: expected an operator or `)`, found the end of the query at character 10
    "#]],
    );
    errors(
        "avg:a{*})",
        expect![[r#"
        Error: expected an operator or the end (this `)` has no `(`), found `)` at character 9
    "#]],
    );
    errors(
        "topp(avg:a{*}, 10)",
        expect![[r#"
        Error: unknown function `topp` (did you mean `top`?) at character 1
    "#]],
    );
    errors(
        "frobnicate(avg:a{*})",
        expect![[r#"
        Error: unknown function `frobnicate` at character 1
    "#]],
    );
    errors(
        "top(avg:a{*})",
        expect![[r#"
        Error: `top` lacks its argument limit, as in `top(query, limit, 'by', 'direction')` at character 1
    "#]],
    );
    errors(
        "top(avg:a{*}, 'x')",
        expect![[r#"
        Error: expected a number for limit at character 15
    "#]],
    );
    errors(
        "top(avg:a{*}, 10, 'median')",
        expect![[r#"
        Error: expected one of mean, min, max, sum, last, area, l2norm, norm, avg for by at character 19
    "#]],
    );
    errors(
        "abs(avg:a{*}, 3)",
        expect![[r#"
        Error: `abs` takes at most 1 argument at character 15
    "#]],
    );
    errors(
        "abs(3)",
        expect![[r#"
        Error: expected a query, found a number at character 5
    "#]],
    );
    errors(
        "abs(a)",
        expect![[r#"
        Error: expected `{` and a scope after the metric `a` at character 5
    "#]],
    );
    errors(
        "abs(a{*}",
        expect![[r#"
        Error: expected `,` or `)`, found the end of the query at character 9
    "#]],
    );
    errors(
        "abs('a')",
        expect![[r#"
        Error: expected a query, found a text at character 5
    "#]],
    );
    errors(
        "count(v: v<=):a{*}",
        expect![[r#"
        Error: expected a number, found `)` at character 13
    "#]],
    );
    errors(
        "3x",
        expect![[r#"
        Error: expected an operator after the number, found `x` at character 2
    "#]],
    );
    errors(
        "1e999",
        expect![[r#"
        Error: this number is too large at character 1
    "#]],
    );
    errors(
        "avg:a{x:'y}",
        expect![[r#"
        Error: expected the closing quote ' before the end at character 9
        Error: expected `,`, AND, OR or `}`, found the end of the query at character 12
    "#]],
    );
    errors(
        "avg:a{*} # b",
        expect![[r#"
        Error: expected an operator, `,` or the end, found `#` at character 10
    "#]],
    );
    errors(
        "größe{*}",
        expect![[r#"
        Error: expected `{` and a scope after the metric `gr`, found `ö` at character 3
    "#]],
    );
    errors(
        "foo(a{*}) + bar(b{*})",
        expect![[r#"
        Error: unknown function `foo` at character 1
        Error: unknown function `bar` at character 13
    "#]],
    );
}

#[test]
fn deep_and_long_texts_end_with_an_error() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        "abs(".repeat(50_000),
        format!("a{{{}", "(".repeat(100_000)),
        format!("a{{{}", "!".repeat(100_000)),
        format!("1{}", "+1".repeat(100_000)),
        "a{*}".repeat(100_000),
    ] {
        let (query, diagnostics) = parse(&text);
        assert!(crate::errors(&diagnostics).is_some());
        assert!(diagnostics.len() <= 50);
        let _ = query.to_string();
    }
    let many = vec!["sum:a{*}"; 400].join(" + ");
    same(&many);
}

const SAMPLES: &[&str] = &[
    "top(avg:shop.cart.items{$host,region:eu-*} by {host,az}, 10, 'mean', 'desc')",
    "100 * ( avg:cache.hit{$scope} / ( avg:cache.hit{$scope} + avg:cache.miss{$scope} ) )",
    "sum:queue.depth{$host AND (phase:done OR phase:busy) AND $queue} by {host,phase}.fill(null).rollup(max)",
    "0 - sum:net.sent{$scope,!$exclude_site}",
    "rate(avg:lru.expired{$scope}),rate(avg:lru.nuked{$scope})",
    "anomalies(avg:db.net.bytes{host:\"a b\"}, 'basic', 2, direction='above')",
    "count(v: v>1 AND v<=10):latency{status IN (ok, 'not found')}.as_count()*8",
];

#[test]
fn every_prefix_parses_without_panic() {
    for sample in SAMPLES {
        assert_eq!(says(&parse(sample).1), "", "{sample}");
        for end in (0..sample.len()).filter(|i| sample.is_char_boundary(*i)) {
            let (query, _) = parse(&sample[..end]);
            let _ = query.to_string();
            let _ = parse_formula(&sample[end..]);
            let _ = crate::metrics::complete(sample, end);
        }
    }
}

/// Texts that look like queries, so that the interesting paths are taken.
fn query_like() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "avg:",
        "sum:",
        "p95:",
        "m",
        "x.y",
        "{",
        "}",
        "{*}",
        "(",
        ")",
        ",",
        " ",
        "by",
        " by {",
        ".rollup(",
        ".fill(",
        ".as_count()",
        "sum",
        "60",
        "-",
        "+",
        "*",
        "/",
        "abs(",
        "top(",
        "'",
        "\"",
        "\\",
        "AND ",
        " OR ",
        "NOT ",
        "IN (",
        "!",
        "$v",
        ":",
        "env:prod",
        "é",
        "=",
        "count(v: v<",
        "1e9",
        "12am",
        ".",
    ]);
    prop::collection::vec(token, 0..30).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let (query, _) = parse(&text);
        let _ = query.to_string();
        let _ = parse_formula(&text);
        let _ = crate::metrics::complete(&text, text.len() / 2);
    }

    #[test]
    fn prints_what_it_parses(text in query_like(), caret in 0usize..200) {
        let _ = crate::metrics::complete(&text, caret);
        for parser in [parse, parse_formula] {
            let (query, diagnostics) = parser(&text);
            for d in &diagnostics {
                prop_assert!(d.span.start <= d.span.end && d.span.end <= text.len());
                prop_assert!(text.is_char_boundary(d.span.start) && text.is_char_boundary(d.span.end));
            }
            if !diagnostics.iter().any(Diagnostic::is_error) {
                let printed = query.to_string();
                let (again, remarks) = parser(&printed);
                prop_assert!(!remarks.iter().any(Diagnostic::is_error), "{printed}: {remarks:?}");
                prop_assert_eq!(&again, &query, "{} -> {}", text, printed);
                prop_assert_eq!(again.to_string(), printed);
            }
        }
    }
}
