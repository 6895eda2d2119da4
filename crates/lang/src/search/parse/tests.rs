use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn says(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|d| format!("{d}\n")).collect()
}

#[track_caller]
fn check(text: &str, canonical: &str) {
    let (search, diagnostics) = parse(text);
    assert_eq!(says(&diagnostics), "", "{text}");
    assert_eq!(search.to_string(), canonical, "{text} as {search:?}");
    assert_eq!(parse(canonical).0, search, "{text}");
}

#[track_caller]
fn same(text: &str) {
    check(text, text);
}

#[track_caller]
fn tree(text: &str, expect: Expect) {
    let (search, diagnostics) = parse(text);
    assert_eq!(says(&diagnostics), "", "{text}");
    expect.assert_eq(&format!("{search:?}"));
}

#[track_caller]
fn errors(text: &str, expect: Expect) {
    let (_, diagnostics) = parse(text);
    assert!(diagnostics.iter().any(Diagnostic::is_error), "{text}");
    expect.assert_eq(&says(&diagnostics));
}

#[test]
fn terms_and_operators() {
    check("", "*");
    check("  ", "*");
    same("*");
    same("hello");
    same("hello world");
    check("hello AND world", "hello world");
    check("hello && world || x", "hello world OR x");
    same("a b OR c d");
    check("(a OR b) AND c", "(a OR b) c");
    check("a (b c)", "a (b c)");
    check("NOT a", "-a");
    check("!a", "-a");
    check("NOT(a OR b)", "-(a OR b)");
    same("-(a b)");
    same("--a");
    same("and or not");
    same("\\AND \\OR");
    same("ANDROID ORDER NOTE");
    same("\"hello world\" -\"x\\\"y\"");
    same("a-b ray.io x_y");
    same("web* *web *we?b*");
    check("a**b", "a*b");
    check("**", "*");
    same("\\*a\\?");
    same("\\-a \\$x \\@y \\#z");
}

#[test]
fn fields() {
    same("service:web");
    check("service:(web OR api)", "service:web OR service:api");
    check("service:(web)", "service:web");
    check("a service:(web OR api)", "a (service:web OR service:api)");
    check("service:(web -api)", "service:web -service:api");
    same("@http.status_code:[400 TO 499]");
    same("@x:{1 TO *]");
    same("@x:[\"2020-01-01\" TO \"2021\"}".replace("\"2021\"", "2021").as_str());
    check("@x:(43 OR [533 TO 535])", "@x:43 OR @x:[533 TO 535]");
    same("@x:>=5 @y:<-2.5");
    check("@x:> 5", "@x:>5");
    same("env:* -@a.b:*");
    check("_exists_:@a.b", "@a.b:*");
    check("_exists_:*", "*");
    same("tag:team:core");
    check("tag:(source:x AND service:y)", "tag:source:x tag:service:y");
    same("@a:\"\" -@b:\"-\"");
    check("-@u:(\"\" OR \"-\")", "-(@u:\"\" OR @u:\"-\")");
    same("@url:http://x/y?*".replace('?', "\\?").as_str());
    check("@k:hello\\:world", "@k:hello:world");
    same("@first\\ name:x");
    same("*:hello*");
    check("*:*", "*");
    same("#calc:>5");
    same("CIDR(@ip, 10.0.0.0/8, ::1/128)");
    check("NOT(CIDR(@ip,10.0.0.1))", "-CIDR(@ip, 10.0.0.1/32)");
    same("$Gateway-Name host:$host.value @$elem.status:error $env.value");
    same("@x:-5 env:-prod");
    check("@x:[0]", "@x:\\[0]");
    same("a:\\>b c:\\[d");
}

#[test]
fn trees() {
    tree(
        "a:b*\\*c?",
        expect![[
            r#"Field { field: Field { kind: Plain, name: "a" }, test: Term(Pattern([Text("b"), Any, Text("*c"), One])) }"#
        ]],
    );
    tree(
        "-@x:[1 TO b}",
        expect![[
            r#"Not(Field { field: Field { kind: Attribute, name: "x" }, test: Range { low: RangeEnd { bound: Some(Number(1.0)), is_inclusive: true }, high: RangeEnd { bound: Some(Text("b")), is_inclusive: false } } })"#
        ]],
    );
    tree(
        "$a.value \"b c\"",
        expect![[r#"And([Var(TemplateVar { name: "a", part: Value }), Text(Phrase("b c"))])"#]],
    );
}

#[test]
fn errors_name_the_place() {
    errors(
        "a)",
        expect![[r#"
        expected a term or the end (this `)` has no `(`), found `)` at character 2
    "#]],
    );
    errors(
        "(a",
        expect![[r#"
        expected a term or `)`, found the end of the query at character 3
    "#]],
    );
    errors(
        "()",
        expect![[r#"
        expected a term before `)` at character 2
    "#]],
    );
    errors(
        "a OR",
        expect![[r#"
        expected a term, found the end of the query at character 5
    "#]],
    );
    errors(
        "OR a",
        expect![[r#"
        expected a term before the operator, found `OR` at character 1
    "#]],
    );
    errors(
        "a AND AND b",
        expect![[r#"
        expected a term before the operator, found `AND` at character 7
    "#]],
    );
    errors(
        "@x:",
        expect![[r#"
        expected a value after the colon, found the end of the query at character 4
    "#]],
    );
    errors(
        "@x: y",
        expect![[r#"
        expected a value after the colon, found ` ` at character 4
    "#]],
    );
    errors(
        ":x",
        expect![[r#"
        expected a field before the colon at character 1
    "#]],
    );
    errors(
        "-",
        expect![[r#"
        expected a term, found the end of the query at character 2
    "#]],
    );
    errors(
        "\"abc",
        expect![[r#"
        expected the closing quote " before the end at character 1
    "#]],
    );
    errors(
        "@x:[1 TO ]",
        expect![[r#"
        expected a bound of the range, or `*`, found `]` at character 10
    "#]],
    );
    errors(
        "@x:[1 TO 2",
        expect![[r#"
        expected `]` or `}` after the range, found the end of the query at character 11
    "#]],
    );
    errors(
        "@x:>",
        expect![[r#"
        expected a number to compare with, found the end of the query at character 5
    "#]],
    );
    errors(
        "CIDR(@ip, 10.0.0.0/33)",
        expect![[r#"
        `10.0.0.0/33` is no address block such as 10.0.0.0/8 at character 11
        expected `,` and an address block, found `)` at character 22
    "#]],
    );
    errors(
        "CIDR(@ip)",
        expect![[r#"
        expected `,` and an address block, found `)` at character 9
    "#]],
    );
    errors(
        "é a\\",
        expect![[r#"
        expected a character after the backslash at character 4
    "#]],
    );
    errors(
        "service:(web OR",
        expect![[r#"
        expected a value, found the end of the query at character 16
    "#]],
    );
}

#[test]
fn template_variables() {
    let substituted = |text: &str| {
        let (mut search, _) = parse(text);
        let unknown = search.substitute(&|name| {
            let value = |key: Option<&str>, values: &[&str]| crate::metrics::TemplateValue {
                key: key.map(str::to_owned),
                values: values.iter().map(|v| (*v).to_owned()).collect(),
            };
            match name {
                "env" => Some(value(Some("env"), &["prod"])),
                "user" => Some(value(Some("@usr.name"), &["a b", "c*"])),
                "all" => Some(value(Some("x"), &["*"])),
                "tag" => Some(value(None, &["az:x"])),
                _ => None,
            }
        });
        format!("{search} {unknown:?}")
    };
    let check = |text: &str, expect: &str| assert_eq!(substituted(text), expect, "{text}");
    check("$env", "env:prod []");
    check("source:x $user", "source:x (@usr.name:a\\ b OR @usr.name:c*) []");
    check("-$all $tag", "-* az:x []");
    check("@stage:$env.value", "@stage:prod []");
    check("@k:$all", "@k:* []");
    check("$other @k:$other", "$other @k:$other [\"other\"]");
}

#[test]
fn deep_and_long_texts_end_with_an_error() {
    for text in
        ["(".repeat(100_000), "-".repeat(100_000), "a:(".repeat(50_000), "a ".repeat(100_000)]
    {
        let (search, diagnostics) = parse(&text);
        assert!(crate::errors(&diagnostics).is_some());
        let _ = search.to_string();
    }
}

const SAMPLES: &[&str] = &[
    "source:shop service:(cart OR pay) @evt.name:(created OR re?try*) -@u.ip:(\"\" OR \"-\") $Env-Name",
    "status:error @http.code:[400 TO 499] NOT(CIDR(@ip, 10.0.0.0/8)) \"out of memory\" tag:(a:b AND c)",
    "@message_id:(43 OR [533 TO 535] OR >=1547) -service:x\\ y env:$env.value *:zoë*",
];

#[test]
fn every_prefix_parses_without_panic() {
    for sample in SAMPLES {
        assert_eq!(says(&parse(sample).1), "", "{sample}");
        for end in (0..sample.len()).filter(|i| sample.is_char_boundary(*i)) {
            let _ = parse(&sample[..end]).0.to_string();
            let _ = parse(&sample[end..]).0.to_string();
        }
    }
}

fn search_like() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b:",
        "@c.d:",
        "(",
        ")",
        " ",
        " OR ",
        " AND ",
        "NOT ",
        "-",
        "\"",
        "\\",
        "*",
        "?",
        "[1 TO 2]",
        "[",
        "]",
        "{",
        "TO",
        ">=",
        "<",
        "5",
        "$v",
        "CIDR(",
        "@ip, 10.0.0.0/8",
        "é",
        "_exists_:",
        "#",
        "tags:",
        ":",
        "&&",
        "||",
        "'",
    ]);
    prop::collection::vec(token, 0..25).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let (search, _) = parse(&text);
        let _ = search.to_string();
        let _ = search.matches(&model::Event::default());
    }

    #[test]
    fn prints_what_it_parses(text in search_like()) {
        let (search, diagnostics) = parse(&text);
        let _ = search.matches(&model::Event::default());
        if !diagnostics.iter().any(Diagnostic::is_error) {
            let printed = search.to_string();
            let (again, remarks) = parse(&printed);
            prop_assert!(remarks.is_empty(), "{text} -> {printed}: {remarks:?}");
            prop_assert_eq!(&again, &search, "{} -> {}", text, printed);
            prop_assert_eq!(again.to_string(), printed);
        }
    }
}
