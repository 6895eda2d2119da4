//! The page of functions names each of them as it is called.

use std::path::Path;

use lang::metrics::functions;

#[test]
fn each_function_is_on_the_page() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/functions.md");
    let page = std::fs::read_to_string(path).expect("docs/functions.md is there");
    // `top5`, `bottom10_min`: the page shows the pattern.
    let is_short = |name: &str| {
        let rest = name.strip_prefix("top").or_else(|| name.strip_prefix("bottom"));
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let missing: Vec<String> = functions::all()
        .iter()
        .filter(|function| !is_short(&function.name))
        .map(functions::Function::signature)
        .filter(|signature| !page.contains(&format!("`{signature}`")))
        .collect();
    assert_eq!(missing, [""; 0], "not in docs/functions.md");
}
