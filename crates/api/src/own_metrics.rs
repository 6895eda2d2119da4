//! The metrics of the server about itself: names, kinds, units. The one list of them; what fills
//! them is the binary.

use model::MetricKind;

/// `name kind unit per_unit tags what`, one a line; `-` for none.
const TABLE: &str = include_str!("own_metrics.tsv");

/// A metric that the server sends to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnMetric {
    pub name: &'static str,
    pub kind: MetricKind,
    pub unit: Option<&'static str>,
    pub per_unit: Option<&'static str>,
    /// Keys of its tags, with commas.
    pub tags: Option<&'static str>,
    pub description: &'static str,
}

/// All of them.
pub fn own_metrics() -> impl Iterator<Item = OwnMetric> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

/// One by its name.
pub fn own_metric(name: &str) -> Option<OwnMetric> {
    own_metrics().find(|metric| metric.name == name)
}

fn read(line: &'static str) -> Option<OwnMetric> {
    let mut cells = line.split('\t');
    let name = cells.next()?;
    let kind = match cells.next()? {
        "gauge" => MetricKind::Gauge,
        "count" => MetricKind::Count,
        "distribution" => MetricKind::Distribution,
        _ => return None,
    };
    let mut cell = || cells.next().map(|cell| Some(cell).filter(|cell| *cell != "-"));
    let (unit, per_unit, tags) = (cell()?, cell()?, cell()?);
    Some(OwnMetric { name, kind, unit, per_unit, tags, description: cell()?? })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::units;

    #[test]
    fn each_line_reads() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let metric = read(line).unwrap_or_else(|| panic!("{line:?}"));
            for unit in [metric.unit, metric.per_unit].into_iter().flatten() {
                assert!(units::is_known(unit), "{line}");
            }
        }
        let names: HashSet<_> = own_metrics().map(|metric| metric.name).collect();
        assert_eq!(names.len(), own_metrics().count());
    }

    #[test]
    fn the_document_lists_them() {
        let row = |metric: OwnMetric| {
            let or_none = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let kind = metric.kind.name();
            let (unit, tags) = (or_none(metric.unit), or_none(metric.tags));
            format!("| `{}` | {kind} | {unit} | {tags} | {} |\n", metric.name, metric.description)
        };
        let table: String = own_metrics().map(row).collect();
        let document = include_str!("../../../docs/own-metrics.md");
        assert!(document.contains(&table), "the table of docs/own-metrics.md should be:\n{table}");
    }
}
