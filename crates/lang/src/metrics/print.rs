//! The canonical text of a tree: `parse(print(tree)) == tree` for every tree that a parser gave
//! without errors.
//!
//! Blanks around operators, none elsewhere but after commas of arguments; the fewest parentheses;
//! texts in single quotes; commas and `!` in a scope where they can say it, words where not.

use std::fmt;

use super::ast::*;
use super::parse::scope::{ends_word, is_keyword};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(f, &self.exprs, ", ")
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(n) => write!(f, "{n}"),
            ExprKind::Metric(m) => write!(f, "{m}"),
            ExprKind::Ref(name) => f.write_str(name),
            // `-3` would be a number and not a negation.
            ExprKind::Neg(inner) if inner.as_number().is_some_and(f64::is_sign_positive) => {
                write!(f, "-({inner})")
            }
            ExprKind::Neg(inner) => {
                f.write_str("-")?;
                operand(f, inner, UNARY)
            }
            ExprKind::Binary { op, left, right } => {
                let level = level(&self.kind);
                operand(f, left, level)?;
                write!(f, " {} ", op.symbol())?;
                operand(f, right, level + 1)
            }
            ExprKind::Call(call) => write!(f, "{call}"),
            ExprKind::Modified { expr, modifiers } => {
                let is_closed = matches!(expr.kind, ExprKind::Call(_) | ExprKind::Ref(_));
                operand(f, expr, if is_closed { 0 } else { CLOSED })?;
                separated(f, modifiers, "")
            }
            ExprKind::Missing => Ok(()),
        }
    }
}

/// How closely an expression binds; operands that bind less take parentheses.
const UNARY: u8 = 3;
const CLOSED: u8 = 5;

fn level(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, .. } => 1,
        ExprKind::Binary { .. } => 2,
        ExprKind::Neg(_) => UNARY,
        _ => 4,
    }
}

fn operand(f: &mut fmt::Formatter<'_>, expr: &Expr, min: u8) -> fmt::Result {
    if level(&expr.kind) >= min { write!(f, "{expr}") } else { write!(f, "({expr})") }
}

fn separated<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T], by: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(by)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        separated(f, &self.args, ", ")?;
        f.write_str(")")
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name}=")?;
        }
        match &self.value {
            ArgValue::Expr(expr) => write!(f, "{expr}"),
            ArgValue::Str(text) => quote(f, text, '\''),
        }
    }
}

fn quote(f: &mut fmt::Formatter<'_>, text: &str, mark: char) -> fmt::Result {
    write!(f, "{mark}")?;
    for c in text.chars() {
        if c == mark || c == '\\' {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    write!(f, "{mark}")
}

impl fmt::Display for MetricQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(agg) = &self.agg {
            write!(f, "{agg}:")?;
        }
        write!(f, "{}{{{}}}", self.metric, self.scope)?;
        if !self.by.is_empty() {
            f.write_str(" by {")?;
            words(f, &self.by)?;
            f.write_str("}")?;
        }
        separated(f, &self.modifiers, "")
    }
}

impl fmt::Display for SpaceAgg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Avg => f.write_str("avg"),
            Self::Sum => f.write_str("sum"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Count => f.write_str("count"),
            Self::Percentile(p) => write!(f, "p{p}"),
            Self::Histogram => f.write_str("histogram"),
            Self::CountIf(conditions) => {
                f.write_str("count(v: ")?;
                separated(f, conditions, " AND ")?;
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for ValueCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}{}", self.op.symbol(), self.value)
    }
}

/// Without the braces.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        scope(f, self, has_words(self))
    }
}

/// Symbols and words must not be mixed in one scope, so the whole of it is said in one of them.
fn scope(f: &mut fmt::Formatter<'_>, node: &Scope, in_words: bool) -> fmt::Result {
    let (and, not) = if in_words { (" AND ", "NOT ") } else { (",", "!") };
    match node {
        Scope::All => f.write_str("*"),
        Scope::Tag { key, value: None } => {
            let is_var = key.len() > 1 && key.starts_with('$');
            if is_plain_key(key) && !is_keyword(key) && key != "*" && !is_var {
                f.write_str(key)
            } else {
                quote(f, key, '"')
            }
        }
        Scope::Tag { key, value: Some(value) } => {
            if is_plain_key(key) {
                f.write_str(key)?;
            } else {
                quote(f, key, '"')?;
            }
            f.write_str(":")?;
            word(f, value)
        }
        Scope::In { key, values, negated } => {
            if is_plain_key(key) && !is_keyword(key) && key != "*" {
                f.write_str(key)?;
            } else {
                quote(f, key, '"')?;
            }
            f.write_str(if *negated { " NOT IN (" } else { " IN (" })?;
            words(f, values)?;
            f.write_str(")")
        }
        Scope::Var(var) => write!(f, "{var}"),
        Scope::Not(inner) => {
            let is_many = matches!(**inner, Scope::And(_) | Scope::Or(_));
            f.write_str(not)?;
            f.write_str(if is_many { "(" } else { "" })?;
            scope(f, inner, in_words)?;
            f.write_str(if is_many { ")" } else { "" })
        }
        Scope::And(parts) => {
            joined(f, parts, and, in_words, |part| matches!(part, Scope::And(_) | Scope::Or(_)))
        }
        Scope::Or(parts) => joined(f, parts, " OR ", in_words, |part| matches!(part, Scope::Or(_))),
    }
}

/// Whether anything in it can only be said with words.
fn has_words(node: &Scope) -> bool {
    match node {
        Scope::All | Scope::Tag { .. } | Scope::Var(_) => false,
        Scope::In { .. } | Scope::Or(_) => true,
        Scope::Not(inner) => has_words(inner),
        Scope::And(parts) => parts.iter().any(has_words),
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Scope],
    by: &str,
    in_words: bool,
    in_parens: fn(&Scope) -> bool,
) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { by } else { "" })?;
        let (open, close) = if in_parens(part) { ("(", ")") } else { ("", "") };
        f.write_str(open)?;
        scope(f, part, in_words)?;
        f.write_str(close)?;
    }
    Ok(())
}

fn is_plain_key(key: &str) -> bool {
    !key.is_empty() && !key.contains(|c| ends_word(c) || c == ':' || c == '!')
}

fn words(f: &mut fmt::Formatter<'_>, texts: &[String]) -> fmt::Result {
    for (i, text) in texts.iter().enumerate() {
        f.write_str(if i > 0 { "," } else { "" })?;
        word(f, text)?;
    }
    Ok(())
}

/// A key or value, in quotes when it needs them.
fn word(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if text.is_empty() || text.contains(ends_word) {
        quote(f, text, '"')
    } else {
        f.write_str(text)
    }
}

impl fmt::Display for TemplateVar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            VarPart::Tag => "",
            VarPart::Value => ".value",
            VarPart::Key => ".key",
        };
        write!(f, "${}{part}", self.name)
    }
}

impl fmt::Display for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ModifierKind::Rollup(rollup) => write!(f, ".rollup({rollup})"),
            ModifierKind::Fill(fill) => write!(f, ".fill({fill})"),
            ModifierKind::AsCount => f.write_str(".as_count()"),
            ModifierKind::AsRate => f.write_str(".as_rate()"),
            ModifierKind::Weighted => f.write_str(".weighted()"),
            ModifierKind::Unknown { name, args } => {
                write!(f, ".{name}(")?;
                separated(f, args, ", ")?;
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Rollup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.method.map(|m| m.name().to_owned()));
        parts.extend(self.interval.map(|i| i.to_string()));
        parts.extend(self.extra.iter().map(RollupArg::to_string));
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for RollupInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(n) => write!(f, "{n}"),
            Self::Daily => f.write_str("daily"),
            Self::Weekly => f.write_str("weekly"),
            Self::Monthly => f.write_str("monthly"),
            Self::Yearly => f.write_str("yearly"),
        }
    }
}

impl fmt::Display for RollupArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Word(text) => quote(f, text, '\''),
        }
    }
}

impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FillKind::Null => f.write_str("null")?,
            FillKind::Zero => f.write_str("zero")?,
            FillKind::Linear => f.write_str("linear")?,
            FillKind::Last => f.write_str("last")?,
            FillKind::Value(n) => write!(f, "{n}")?,
        }
        self.limit.map_or(Ok(()), |limit| write!(f, ", {limit}"))
    }
}
