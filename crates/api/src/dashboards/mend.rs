//! Reads JSON that was torn out of a larger file: a fragment `"widgets": [ {…` becomes an object, and
//! brackets that are open at the end are closed. Anything else that is wrong is an error that says
//! where.

use serde_json::Value;

use crate::error::{Error, Result};

/// Brackets that may be open at the end: as deep as the reader of JSON goes.
const DEPTH_MAX: usize = 120;

/// The value, and what had to be mended.
pub(super) fn read(text: &str) -> Result<(Value, Vec<String>)> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let strict = match serde_json::from_str(text) {
        // Text that was sent as a JSON string.
        Ok(Value::String(inner)) => return read_once(inner.trim()),
        Ok(value) => return Ok((value, Vec::new())),
        Err(error) => error,
    };
    if is_fragment(text) || strict.is_eof() { mend(text) } else { Err(located(&strict, 0)) }
}

fn read_once(text: &str) -> Result<(Value, Vec<String>)> {
    match serde_json::from_str(text) {
        Ok(value) => Ok((value, Vec::new())),
        Err(error) if is_fragment(text) || error.is_eof() => mend(text),
        Err(error) => Err(located(&error, 0)),
    }
}

/// `"key": …` without the braces around it.
fn is_fragment(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('"') else { return false };
    let Some((_, rest)) = rest.split_once('"') else { return false };
    rest.trim_start().starts_with(':')
}

fn located(error: &serde_json::Error, added: usize) -> Error {
    let (line, mut column) = (error.line(), error.column());
    if line == 1 {
        column = column.saturating_sub(added);
    }
    let mut message = error.to_string();
    if let Some(at) = message.rfind(" at line ") {
        message.truncate(at);
    }
    Error::bad_request(format!("line {line}, column {column}: {message}"))
}

fn mend(text: &str) -> Result<(Value, Vec<String>)> {
    let mut notes = Vec::new();
    let mut whole = String::with_capacity(text.len() + 16);
    let fragment = is_fragment(text);
    if fragment {
        whole.push('{');
        notes.push("the braces around the fragment were missing".to_owned());
    }
    whole.push_str(text.trim_end().trim_end_matches(',').trim_end());
    let open = open_brackets(&whole, usize::from(fragment))?;
    let missing = open.len() - usize::from(fragment && open.first() == Some(&'}'));
    if missing > 0 {
        notes.push(format!("{missing} closing brackets were missing at the end"));
    }
    whole.extend(open.iter().rev());
    let value = serde_json::from_str(&whole).map_err(|e| located(&e, usize::from(fragment)))?;
    Ok((value, notes))
}

/// What would close the brackets that are open at the end, outermost first.
fn open_brackets(text: &str, added: usize) -> Result<Vec<char>> {
    let mut open = Vec::new();
    let mut in_string = false;
    let mut escaped = false;
    let (mut line, mut column) = (1, 0);
    for c in text.chars() {
        column += 1;
        match c {
            '\n' => (line, column) = (line + 1, 0),
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' if open.pop() != Some(c) => {
                let column = if line == 1 { column - added } else { column };
                let message = format!("line {line}, column {column}: this {c} closes nothing");
                return Err(Error::bad_request(message));
            }
            _ => {}
        }
        if open.len() > DEPTH_MAX {
            return Err(Error::bad_request(format!("line {line}: nested too deeply")));
        }
    }
    match in_string {
        true => Err(Error::bad_request(format!("line {line}: the text ends inside a string"))),
        false => Ok(open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn torn_texts_are_mended() {
        for (text, expect, notes) in [
            (r#"{"a": 1}"#, json!({"a": 1}), 0),
            (r#""a": 1"#, json!({"a": 1}), 1),
            (
                "\"w\":[\n {\"id\": 5, \"d\": {\"x\": [1, 2]",
                json!({"w": [{"id": 5, "d": {"x": [1, 2]}}]}),
                2,
            ),
            (r#"[{"a": "}]\"{"}, "#, json!([{"a": "}]\"{"}]), 1),
            (r#""{\"a\": [""#, json!({"a": []}), 1),
            ("\u{feff}{}\n", json!({}), 0),
        ] {
            let (value, said) = read(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!((value, said.len()), (expect, notes), "{text}: {said:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_located() {
        for (text, words) in [
            ("{\"a\": 1,\n \"b\": ]}", "line 2, column 7"),
            ("\"a\": [1}", "line 1, column 8: this } closes nothing"),
            ("\"a\": nothing", "line 1, column 7"),
            ("{\"a\": \"b", "ends inside a string"),
            ("{\"a\"", "line 1"),
            ("", "line 1"),
            ("hello", "line 1"),
            (&"[".repeat(5000), "recursion limit"),
            (&format!("\"a\": {}", "[".repeat(125)), "nested too deeply"),
        ] {
            let error = format!("{:?}", read(text).expect_err(text));
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
