use super::*;

fn check_file(path: &str, text: &str, expect: &[(usize, &str)]) {
    let file = File { path: path.to_owned(), text: text.to_owned() };
    let found = check(&file);
    let shown: Vec<_> = found.iter().map(|p| (p.line, p.message.as_str())).collect();
    assert_eq!(found.len(), expect.len(), "{path}: {shown:?}");
    for ((line, message), (expect_line, part)) in shown.iter().zip(expect) {
        assert_eq!(line, expect_line, "{message}");
        assert!(message.contains(part), "{message}\nshould contain {part}");
    }
}

#[test]
fn expect_says_why() {
    let check_expect = |text: &str, bad: bool| {
        let expect = [(1, "`expect` without a reason")];
        check_file("crates/api/src/a.rs", text, if bad { &expect } else { &[] });
    };
    check_expect("x.expect(\"works\");", true);
    check_expect("x.expect(&format!(\"works\"));", true);
    check_expect("x.expect(\n    \"works\",\n);", true);
    check_expect("x.expect(\"BUG: a segment has a row group\");", false);
    check_expect("x.expect(\n    \"BUG: a segment has a row group\",\n);", false);
    check_expect("self.expect(Token::Comma)?;", false);
    check_expect("// x.expect(\"works\")", false);
    check_expect("#[cfg(test)]\nmod tests {\n    x.expect(\"works\");\n}", false);
}

#[test]
fn test_items_end_where_they_end() {
    let after = "#[cfg(test)]\nmod tests {\n    fn a() {\n    }\n}\nx.expect(\"no\");\n";
    check_file("crates/api/src/a.rs", after, &[(6, "`expect`")]);
    let sibling = "#[cfg(test)]\nmod tests;\nx.expect(\"no\");\n";
    check_file("crates/api/src/a.rs", sibling, &[(3, "`expect`")]);
    let attributes = "#[cfg(test)]\n#[path = \"a\"]\nmod t;\nx.expect(\"no\");\n";
    check_file("crates/api/src/a.rs", attributes, &[(4, "`expect`")]);
    check_file("crates/api/src/a/tests.rs", "x.expect(\"fine\");", &[]);
    check_file("crates/api/tests/a.rs", "x.expect(\"fine\");", &[]);
}

#[test]
fn fences_inside_a_crate() {
    let parquet = "use parquet::file::Reader;";
    check_file("crates/query/src/scan.rs", parquet, &[]);
    check_file("crates/query/src/scan/pages.rs", parquet, &[]);
    check_file("crates/query/src/scanner.rs", parquet, &[(1, "is fenced")]);
    check_file("crates/query/src/plan.rs", "use datafusion::parquet::x;", &[(1, "is fenced")]);
    check_file("crates/storage/src/catalog/sqlite.rs", "sqlx::query(x)", &[]);
    check_file("crates/storage/src/flush.rs", "sqlx::query(x)", &[(1, "SQL belongs")]);
    check_file("crates/lang/src/a.rs", "let t = Instant::now();", &[(1, "is pure")]);
    check_file("crates/storage/src/a.rs", "let t = Instant::now();", &[]);
    check_file("crates/lang/src/a.rs", "use std::fs;", &[(1, "is pure")]);
    check_file("crates/lang/src/a.rs", "/// see std::fs", &[]);
}

#[test]
fn sizes_are_bounded() {
    let lines = |n: usize| "let a = 1;\n".repeat(n);
    check_file("crates/api/src/a.rs", &lines(100), &[]);
    check_file("crates/api/src/a.rs", &lines(101), &[(1, "no header")]);
    check_file("crates/api/src/a.rs", &format!("//! What.\n{}", lines(700)), &[]);
    check_file("crates/api/src/a.rs", &format!("#![x]\n//! What.\n{}", lines(700)), &[]);
    check_file("crates/api/src/a.rs", &format!("//! What.\n{}", lines(800)), &[(0, "801 lines")]);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    a();\n".repeat(148));
    check_file("crates/api/src/a.rs", &tests, &[(0, "151 lines of tests")]);
    check_file("crates/api/src/a/mod.rs", "", &[(0, "mod.rs")]);
}

#[test]
fn functions_are_bounded() {
    let function = |head: &str, n: usize| format!("{head} {{\n{}}}\n", "    a();\n".repeat(n));
    let check_function = |text: &str, bad: bool| {
        let expect = [(1, "a function of 73 lines")];
        check_file("crates/api/src/a.rs", text, if bad { &expect } else { &[] });
    };
    check_function(&function("fn a()", 70), false);
    check_function(&function("fn a()", 71), true);
    check_function(&function("pub(crate) async fn a()", 71), true);
    check_function(&(function("fn a()", 40) + &function("fn b()", 40)), false);
    check_function(&format!("#[cfg(test)]\n{}", function("fn a()", 71)), false);
}
