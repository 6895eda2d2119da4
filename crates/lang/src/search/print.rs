//! The canonical text of a search: `parse(print(tree)) == tree` for every tree that the parser
//! gave without errors. A blank means AND, `-` means NOT, parentheses only where they are needed.

use std::fmt;

use super::ast::*;

impl fmt::Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Text(term) => free(f, term),
            Self::Field { field, test: Test::Cidr(blocks) } => {
                write!(f, "CIDR({field}")?;
                for block in blocks {
                    write!(f, ", {}/{}", block.address, block.prefix_bits)?;
                }
                f.write_str(")")
            }
            Self::Field { field, test } => write!(f, "{field}:{test}"),
            Self::Var(var) => write!(f, "{var}"),
            Self::Not(inner) => {
                f.write_str("-")?;
                in_parens(f, inner, matches!(**inner, Self::And(_) | Self::Or(_)))
            }
            Self::And(parts) => joined(f, parts, " "),
            Self::Or(parts) => joined(f, parts, " OR "),
        }
    }
}

/// AND binds closer than OR, so only OR in AND, and a level in itself, take parentheses.
fn joined(f: &mut fmt::Formatter<'_>, parts: &[Search], by: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { by } else { "" })?;
        let is_open =
            matches!(part, Search::Or(_)) || (by == " " && matches!(part, Search::And(_)));
        in_parens(f, part, is_open)?;
    }
    Ok(())
}

fn in_parens(f: &mut fmt::Formatter<'_>, search: &Search, is_open: bool) -> fmt::Result {
    if is_open { write!(f, "({search})") } else { write!(f, "{search}") }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FieldKind::Any => return f.write_str("*"),
            FieldKind::Attribute => f.write_str("@")?,
            FieldKind::Calculated => f.write_str("#")?,
            FieldKind::Plain if needs_escape(&self.name) => f.write_str("\\")?,
            FieldKind::Plain => {}
        }
        for (i, c) in self.name.chars().enumerate() {
            // The first character of a plain name may have been escaped just now.
            let is_done = i == 0 && self.kind == FieldKind::Plain && needs_escape(&self.name);
            if !is_done && (is_special(c) || c == ':') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// Whether a bare word or plain field would be read as something else without a backslash.
fn needs_escape(text: &str) -> bool {
    const STARTS: [char; 11] = ['-', '!', '@', '#', '$', '&', '|', '*', '(', ')', '"'];
    text.starts_with(STARTS)
        || text.starts_with(is_special)
        || text.starts_with(':')
        || matches!(text, "AND" | "OR" | "NOT" | "_exists_" | "CIDR")
}

fn is_special(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\\' | '(' | ')' | '"' | '*' | '?')
}

/// A term with no field before it.
fn free(f: &mut fmt::Formatter<'_>, term: &Term) -> fmt::Result {
    let is_special = |c: char| is_special(c) || c == ':';
    match term {
        Term::Phrase(text) => phrase(f, text),
        Term::Word(text) => escaped(f, text, needs_escape(text), is_special),
        Term::Pattern(pieces) => pattern(f, pieces, needs_escape, is_special),
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let starts_other = |text: &str| text.starts_with(['<', '>', '[', '{']);
        match self {
            Self::Exists => f.write_str("*"),
            Self::Term(Term::Phrase(text)) => phrase(f, text),
            Self::Term(Term::Word(text)) => {
                escaped(f, text, starts_other(text) || text.starts_with(is_special), is_special)
            }
            Self::Term(Term::Pattern(pieces)) => pattern(f, pieces, starts_other, is_special),
            Self::Compare { op, bound } => {
                f.write_str(op.symbol())?;
                bound_text(f, bound)
            }
            Self::Range { low, high } => {
                f.write_str(if low.is_inclusive { "[" } else { "{" })?;
                range_end(f, low)?;
                f.write_str(" TO ")?;
                range_end(f, high)?;
                f.write_str(if high.is_inclusive { "]" } else { "}" })
            }
            // Printed with its field, in front of it.
            Self::Cidr(_) => Ok(()),
        }
    }
}

fn range_end(f: &mut fmt::Formatter<'_>, end: &RangeEnd) -> fmt::Result {
    match &end.bound {
        None => f.write_str("*"),
        Some(bound) => bound_text(f, bound),
    }
}

fn bound_text(f: &mut fmt::Formatter<'_>, bound: &Bound) -> fmt::Result {
    match bound {
        Bound::Number(n) => write!(f, "{n}"),
        Bound::Text(text) => phrase(f, text),
    }
}

fn phrase(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}

/// `first` says whether the first character takes a backslash whatever it is.
fn escaped(
    f: &mut fmt::Formatter<'_>,
    text: &str,
    first: bool,
    is_special: impl Fn(char) -> bool,
) -> fmt::Result {
    for (i, c) in text.chars().enumerate() {
        if (i == 0 && first) || is_special(c) {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    Ok(())
}

fn pattern(
    f: &mut fmt::Formatter<'_>,
    pieces: &[Piece],
    needs_escape: impl Fn(&str) -> bool,
    is_special: impl Fn(char) -> bool + Copy,
) -> fmt::Result {
    for (i, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Any => f.write_str("*")?,
            Piece::One => f.write_str("?")?,
            Piece::Text(text) => escaped(f, text, i == 0 && needs_escape(text), is_special)?,
        }
    }
    Ok(())
}
