//! `procyon sql`: the answer as a table, as CSV, or as the API's JSON.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::SqlArgs;
use crate::client::Client;
use crate::fault::{Result, While};
use crate::say;

/// Characters of one cell of the printed table; longer texts are cut.
const CELL_CHARS_MAX: usize = 60;

/// What we read of the answer of `/api/procyon/sql`.
#[derive(Debug, Deserialize)]
struct Answer {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    /// Set when the server stopped early, with the reason.
    #[serde(default)]
    partial: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
}

/// Asks and prints.
#[expect(clippy::print_stderr, reason = "remarks stand beside the answer")]
pub(crate) fn run(args: &SqlArgs) -> Result<()> {
    let client = Client::of(&args.server)?;
    let body = client.post("/api/procyon/sql", &json!({ "query": args.statement }))?;
    if args.json {
        return say(&format!("{}\n", body.trim_end()));
    }
    let answer: Answer = serde_json::from_str(&body)
        .or_fault(|| "the server's answer to /api/procyon/sql has an unknown form".to_owned())?;
    if let Some(reason) = &answer.partial {
        eprintln!("procyon: the answer is partial: {reason}");
    }
    say(&if args.csv { csv(&answer) } else { table(&answer) })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// RFC 4180: quotes where needed, and doubled within.
fn csv(answer: &Answer) -> String {
    let cell = |text: String| {
        if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let header = answer.columns.iter().map(|c| cell(c.name.clone())).collect::<Vec<_>>().join(",");
    let rows = answer
        .rows
        .iter()
        .map(|row| row.iter().map(|value| cell(text(value))).collect::<Vec<_>>().join(","));
    std::iter::once(header).chain(rows).map(|row| row + "\n").collect()
}

fn table(answer: &Answer) -> String {
    let cut = |text: String| {
        let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if flat.chars().count() <= CELL_CHARS_MAX {
            return flat;
        }
        flat.chars().take(CELL_CHARS_MAX - 1).chain(['…']).collect()
    };
    let header: Vec<String> = answer.columns.iter().map(|c| c.name.clone()).collect();
    let rows: Vec<Vec<String>> =
        answer.rows.iter().map(|row| row.iter().map(|v| cut(text(v))).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.chain(header.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let is_number = |column: usize| {
        let mut cells = answer.rows.iter().filter_map(|row| row.get(column));
        !answer.rows.is_empty() && cells.all(|v| v.is_number() || v.is_null())
    };
    let shape: Vec<(usize, bool)> = (0..header.len()).map(|c| (width(c), is_number(c))).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&shape).map(|(cell, (width, right))| {
            if *right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    let rule: Vec<String> = shape.iter().map(|(width, _)| "─".repeat(*width)).collect();
    let mut out = line(&header) + &line(&rule);
    out.extend(rows.iter().map(|row| line(row)));
    let n = rows.len();
    out + &format!("({n} {})\n", if n == 1 { "row" } else { "rows" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(columns: &[&str], rows: Value) -> Answer {
        let columns = columns.iter().map(|name| Column { name: (*name).to_owned() }).collect();
        Answer { columns, rows: serde_json::from_value(rows).unwrap(), partial: None }
    }

    #[test]
    fn numbers_stand_right_and_texts_left() {
        let answer = answer(&["host", "n"], json!([["web-1", 7], ["a", 1234], [null, null]]));
        let expect = "host      n\n─────  ────\nweb-1     7\na      1234\n\n(3 rows)\n";
        assert_eq!(table(&answer), expect);
    }

    #[test]
    fn long_and_many_lined_cells_stay_on_one_line() {
        let answer = answer(&["x"], json!([["a\nb".repeat(60)]]));
        assert_eq!(table(&answer).lines().count(), 4);
        assert!(table(&answer).contains('…'));
    }

    #[test]
    fn csv_quotes_what_it_must() {
        let answer = answer(&["a", "b,c"], json!([["x\"y", 1.5], ["p,q", null]]));
        assert_eq!(csv(&answer), "a,\"b,c\"\n\"x\"\"y\",1.5\n\"p,q\",\n");
    }
}
