//! The canonical text of a monitor's query.

use std::fmt;

use super::*;

impl fmt::Display for MonitorQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(alert) => write!(f, "{alert}"),
            Self::Chain(chain) => write!(f, "{chain}"),
            Self::Composite(tree) => write!(f, "{tree}"),
            Self::Missing => Ok(()),
        }
    }
}

impl fmt::Display for MetricAlert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (agg, window) = (self.time_agg.name(), self.window);
        match self.change {
            None => write!(f, "{agg}({window})")?,
            Some(Change { is_percent, shift }) => {
                let name = if is_percent { "pct_change" } else { "change" };
                write!(f, "{name}({agg}({window}),{shift})")?;
            }
        }
        write!(f, ":{} {}", self.expr, self.condition)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.kind.name(), self.span)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.suffix())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.op.symbol(), self.threshold)
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.head {
            Head::Check(name) => quote(f, name)?,
            Head::Source { name, args } => {
                write!(f, "{name}(")?;
                for (i, arg) in args.iter().enumerate() {
                    f.write_str(if i > 0 { "," } else { "" })?;
                    quote(f, arg)?;
                }
                f.write_str(")")?;
            }
        }
        for step in &self.steps {
            write!(f, ".{}(", step.name)?;
            for (i, arg) in step.args.iter().enumerate() {
                f.write_str(if i > 0 { "," } else { "" })?;
                match arg {
                    StepArg::Text(text) => quote(f, text)?,
                    StepArg::Number(n) => write!(f, "{n}")?,
                }
            }
            f.write_str(")")?;
        }
        self.condition.map_or(Ok(()), |condition| write!(f, " {condition}"))
    }
}

fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}

impl fmt::Display for Composite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Monitor(id) => write!(f, "{id}"),
            Self::Not(inner) => match **inner {
                Self::And(_) | Self::Or(_) => write!(f, "!({inner})"),
                _ => write!(f, "!{inner}"),
            },
            Self::And(parts) => {
                joined(f, parts, " && ", |p| matches!(p, Self::And(_) | Self::Or(_)))
            }
            Self::Or(parts) => joined(f, parts, " || ", |p| matches!(p, Self::Or(_))),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Composite],
    by: &str,
    in_parens: fn(&Composite) -> bool,
) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { by } else { "" })?;
        if in_parens(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}
