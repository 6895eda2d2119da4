//! Datadog's units of metrics: names, families, and how many of the family's base each one is.
//! Source: docs.datadoghq.com "Metric units".

use serde_json::{Value, json};

/// `family name plural short scale`, one a line; `-` for no short name. The place in the list is the
/// unit's id in answers.
const TABLE: &str = include_str!("units.tsv");

fn rows() -> impl Iterator<Item = (usize, Vec<&'static str>)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.enumerate().map(|(at, line)| (at + 1, line.split('\t').collect()))
}

/// Whether people may set this unit.
pub(crate) fn is_known(name: &str) -> bool {
    rows().any(|(_, row)| row.get(1) == Some(&name))
}

/// The unit as query answers show it.
pub(crate) fn show(name: &str) -> Option<Value> {
    let (id, row) = rows().find(|(_, row)| row.get(1) == Some(&name))?;
    let [family, name, plural, short, scale] = row[..] else { return None };
    Some(json!({
        "id": id,
        "family": family,
        "name": name,
        "plural": plural,
        "short_name": (short != "-").then_some(short),
        "scale_factor": scale.parse::<f64>().ok()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_reads() {
        let mut names = std::collections::HashSet::new();
        for (_, row) in rows() {
            assert_eq!(row.len(), 5, "{row:?}");
            assert!(show(row[1]).is_some(), "{row:?}");
            assert!(names.insert(row[1]), "{} is there twice", row[1]);
        }
        assert_eq!(show("byte").unwrap()["scale_factor"], 1.0);
        assert_eq!(show("percent").unwrap()["short_name"], "%");
        assert!(is_known("second") && !is_known("parsec"));
    }
}
