//! What the filters of a statement say that the store can use.
//!
//! Only conditions that must hold are looked at (they are joined by AND), and only those that are
//! understood: all of them are applied again to the rows, so that reading too much is no fault.

use arrow::datatypes::TimeUnit;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, Operator};
use model::TimeRange;

/// Rows outside of this are not wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub range: TimeRange,
    /// Any of these; `None` for all.
    pub metrics: Option<Vec<String>>,
    pub hosts: Option<Vec<String>>,
}

impl Wanted {
    pub(super) fn new(filters: &[Expr]) -> Self {
        let mut wanted = Self { range: TimeRange::ALL, metrics: None, hosts: None };
        for filter in filters {
            wanted.narrow(filter);
        }
        wanted
    }

    fn narrow(&mut self, filter: &Expr) {
        match filter {
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
                self.narrow(left);
                self.narrow(right);
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                if let (Some(column), Some(value)) = (column(left), literal(right)) {
                    self.compare(column, *op, value);
                } else if let (Some(value), Some(column)) = (literal(left), column(right))
                    && let Some(op) = op.swap()
                {
                    self.compare(column, op, value);
                }
            }
            Expr::Between(Between { expr, negated: false, low, high }) => {
                if let (Some(column), Some(low), Some(high)) =
                    (column(expr), literal(low), literal(high))
                {
                    self.compare(column, Operator::GtEq, low);
                    self.compare(column, Operator::LtEq, high);
                }
            }
            Expr::InList(list) if !list.negated => {
                let texts: Option<Vec<String>> =
                    list.list.iter().map(|item| literal(item).and_then(text)).collect();
                if let (Some(column), Some(texts)) = (column(&list.expr), texts) {
                    self.one_of(column, texts);
                }
            }
            _ => {}
        }
    }

    fn compare(&mut self, column: &str, op: Operator, value: &ScalarValue) {
        if column == "time" {
            if let Some((floor, ceiling)) = millis(value) {
                self.compare_time(op, floor, ceiling);
            }
        } else if op == Operator::Eq
            && let Some(text) = text(value)
        {
            self.one_of(column, vec![text]);
        }
    }

    /// `floor` and `ceiling` are the milliseconds around the value.
    fn compare_time(&mut self, op: Operator, floor: i64, ceiling: i64) {
        let range = &mut self.range;
        if matches!(op, Operator::Gt | Operator::GtEq | Operator::Eq) {
            range.from = range.from.max(floor);
        }
        if matches!(op, Operator::Lt | Operator::LtEq | Operator::Eq) {
            range.to = range.to.min(ceiling.saturating_add(1));
        }
    }

    fn one_of(&mut self, column: &str, mut values: Vec<String>) {
        let known = match column {
            "metric" => &mut self.metrics,
            "host" => &mut self.hosts,
            _ => return,
        };
        if let Some(known) = known {
            values.retain(|value| known.contains(value));
        }
        *known = Some(values);
    }
}

fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column(column) => Some(&column.name),
        // Comparing keeps the order under the casts that the planner adds to a column.
        Expr::Cast(cast) => column(&cast.expr),
        Expr::Alias(alias) => column(&alias.expr),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value),
        _ => None,
    }
}

fn text(value: &ScalarValue) -> Option<String> {
    match value {
        ScalarValue::Utf8(Some(text))
        | ScalarValue::LargeUtf8(Some(text))
        | ScalarValue::Utf8View(Some(text)) => Some(text.clone()),
        ScalarValue::Dictionary(_, value) => text(value),
        _ => None,
    }
}

/// A moment in whole milliseconds, rounded down and up.
fn millis(value: &ScalarValue) -> Option<(i64, i64)> {
    let (value, unit) = match value {
        ScalarValue::TimestampSecond(Some(v), _) => (*v, TimeUnit::Second),
        ScalarValue::TimestampMillisecond(Some(v), _) => (*v, TimeUnit::Millisecond),
        ScalarValue::TimestampMicrosecond(Some(v), _) => (*v, TimeUnit::Microsecond),
        ScalarValue::TimestampNanosecond(Some(v), _) => (*v, TimeUnit::Nanosecond),
        _ => return None,
    };
    let around = |per_milli: i64| {
        let floor = value.div_euclid(per_milli);
        (floor, floor + i64::from(value.rem_euclid(per_milli) != 0))
    };
    Some(match unit {
        TimeUnit::Second => (value.saturating_mul(1000), value.saturating_mul(1000)),
        TimeUnit::Millisecond => (value, value),
        TimeUnit::Microsecond => around(1000),
        TimeUnit::Nanosecond => around(1_000_000),
    })
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;

    fn at(ns: i64) -> Expr {
        lit(ScalarValue::TimestampNanosecond(Some(ns), Some("UTC".into())))
    }

    fn check(filter: Expr, from: i64, to: i64, metrics: Option<&[&str]>) {
        let wanted = Wanted::new(std::slice::from_ref(&filter));
        assert_eq!((wanted.range.from, wanted.range.to), (from, to), "{filter}");
        let metrics: Option<Vec<String>> =
            metrics.map(|list| list.iter().map(|m| (*m).to_owned()).collect());
        assert_eq!(wanted.metrics, metrics, "{filter}");
    }

    #[test]
    fn conditions() {
        let (min, max) = (i64::MIN, i64::MAX);
        check(col("time").gt_eq(at(5_000_000)), 5, max, None);
        check(col("time").gt(at(5_000_001)), 5, max, None);
        check(col("time").lt(at(5_000_001)), min, 7, None);
        check(at(5_000_000).lt_eq(col("time")), 5, max, None);
        check(col("time").between(at(1_000_000), at(9_000_000)), 1, 10, None);
        check(col("time").eq(at(4_000_000)), 4, 5, None);
        check(col("time").not_eq(at(4_000_000)), min, max, None);
        check(col("metric").eq(lit("a")), min, max, Some(&["a"]));
        check(col("metric").in_list(vec![lit("a"), lit("b")], false), min, max, Some(&["a", "b"]));
        check(col("metric").in_list(vec![lit("a")], true), min, max, None);
        check(col("metric").eq(lit("a")).or(col("metric").eq(lit("b"))), min, max, None);
        check(
            col("metric").eq(lit("a")).and(col("time").gt_eq(at(5_000_000))),
            5,
            max,
            Some(&["a"]),
        );
        check(col("metric").eq(lit("a")).and(col("metric").eq(lit("b"))), min, max, Some(&[]));
        check(col("value").gt(lit(5)), min, max, None);
    }
}
