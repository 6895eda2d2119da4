//! `POST /api/procyon/sql`: SQL over the stored tables, as JSON or as CSV.

use control::Permission;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::{self, Need};
use crate::error::{Error, Result};
use crate::routes::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/api/procyon/sql", Need::Permission(Permission::TIMESERIES_QUERY), run)
}

/// A statement may read any table, so it needs what reading each of them needs.
fn permissions(statement: &str) -> Vec<Permission> {
    let mut needed =
        vec![Permission::METRICS_READ, Permission::EVENTS_READ, Permission::HOSTS_READ];
    let text = statement.to_lowercase();
    // The word may also stand in a text or a comment; then we ask for more than we had to. Escapes
    // could hide it.
    if text.contains("audit") || text.contains("u&") {
        needed.push(Permission::AUDIT_LOGS_READ);
    }
    needed
}

async fn run(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let statement = fields.text("query")?;
    let accepts = door::text(&call.headers, "accept").unwrap_or_default();
    let is_csv = match fields.str_or_none("format")? {
        None => accepts.starts_with("text/csv"),
        Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(fields.wrong("format", "json or csv")),
    };
    for permission in permissions(statement) {
        let allowed = call.principal().require(permission);
        allowed.map_err(|denied| Error::denied(&denied.to_string()))?;
    }
    let answer = call.state.query.sql(call.org(), statement).await?;
    let rows = answer.rows()?;
    let columns = answer.columns();
    if is_csv {
        return Ok(Answer::text("text/csv; charset=utf-8", csv(&columns, &rows)));
    }
    let columns = columns.iter().map(|(name, kind)| json!({"name": name, "type": kind}));
    Ok(Answer::ok(json!({
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows,
        "partial": answer.partial,
    })))
}

/// RFC 4180. Lists and objects stand as JSON in their cell.
fn csv(columns: &[(String, String)], rows: &[Vec<Value>]) -> String {
    let mut out = String::new();
    let mut line = |cells: Vec<String>| {
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    };
    line(columns.iter().map(|(name, _)| cell(name)).collect());
    for row in rows {
        line(
            row.iter()
                .map(|value| match value {
                    Value::Null => String::new(),
                    Value::String(text) => cell(text),
                    other => cell(&other.to_string()),
                })
                .collect(),
        );
    }
    out
}

fn cell(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_needed() {
        let columns = [("a".to_owned(), "Utf8".to_owned()), ("b,c".to_owned(), "Int64".to_owned())];
        let rows = [vec![json!("x\"y"), json!(1)], vec![Value::Null, json!(["p", "q"])]];
        let expect = "a,\"b,c\"\r\n\"x\"\"y\",1\r\n,\"[\"\"p\"\",\"\"q\"\"]\"\r\n";
        assert_eq!(csv(&columns, &rows), expect);
    }

    #[test]
    fn the_audit_trail_needs_its_own_permission() {
        let check = |text: &str, expect: bool| {
            assert_eq!(permissions(text).contains(&Permission::AUDIT_LOGS_READ), expect, "{text}");
        };
        check("SELECT * FROM points", false);
        check("select * from \"AUDIT\"", true);
        check("select * from U&\"\\0061udit\"", true);
    }
}
