//! `.rollup(sum, 60)`, `.fill(last, 300)`, `.as_count()` and their kin.

use super::{Parser, is_name_start};
use crate::Span;
use crate::metrics::ast::*;

/// Names of the known modifiers, for completion and messages.
pub const MODIFIERS: [&str; 5] = ["rollup", "fill", "as_count", "as_rate", "weighted"];

/// An argument of a modifier and where it stands.
type SpannedArg = (RollupArg, Span);

impl Parser<'_> {
    /// All modifiers that stand here.
    pub(super) fn modifiers(&mut self) -> Vec<Modifier> {
        let mut modifiers = Vec::new();
        loop {
            let before = self.c.pos();
            self.c.skip_space();
            let start = self.c.pos();
            if !self.c.eat('.') {
                self.c.seek(before);
                return modifiers;
            }
            self.c.skip_space();
            let name_at = self.c.pos();
            let name = self.c.peek_word();
            if !name.starts_with(is_name_start) {
                self.c.expected("a modifier such as rollup or as_count");
                return modifiers;
            }
            self.c.seek(name_at + name.len());
            let args = self.modifier_args();
            let name_span = Span::new(name_at, name_at + name.len());
            let kind = self.modifier_kind(name, name_span, args);
            modifiers.push(Modifier { kind, span: self.span_from(start) });
        }
    }

    fn modifier_args(&mut self) -> Vec<SpannedArg> {
        let mut args = Vec::new();
        if !self.c.expect('(', "`(` after the modifier") {
            return args;
        }
        self.c.skip_space();
        if self.c.eat(')') {
            return args;
        }
        loop {
            self.c.skip_space();
            let start = self.c.pos();
            let Some(arg) = self.modifier_arg() else {
                break;
            };
            args.push((arg, Span::new(start, self.c.pos())));
            self.c.skip_space();
            if !self.c.eat(',') {
                break;
            }
        }
        if !self.c.expect(')', "`,` or `)`") {
            self.skip_to_close();
        }
        args
    }

    /// After an error: past the next `)` when nothing opens before it.
    pub(super) fn skip_to_close(&mut self) {
        let rest = self.c.rest();
        if let Some(len) = rest.find(')')
            && !rest[..len].contains(['(', '{'])
        {
            self.c.seek(self.c.pos() + len + 1);
        }
    }

    /// A number, a quoted text or a bare word; `12am` is a word.
    fn modifier_arg(&mut self) -> Option<RollupArg> {
        if let Some(text) = self.c.quoted() {
            return Some(RollupArg::Word(text));
        }
        let start = self.c.pos();
        let is_negative = self.c.eat('-');
        if let Some(number) = self.c.number()
            && !self.c.peek().is_some_and(|c| is_name_start(c) || c == ':')
        {
            return Some(RollupArg::Number(if is_negative { -number } else { number }));
        }
        self.c.seek(start);
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | ':');
        let word = self.c.take_while(is_word);
        if word.is_empty() {
            self.c.expected("a word or a number");
            return None;
        }
        Some(RollupArg::Word(word.to_owned()))
    }

    fn modifier_kind(&mut self, name: &str, span: Span, args: Vec<SpannedArg>) -> ModifierKind {
        let plain = match name.to_ascii_lowercase().as_str() {
            "rollup" => return ModifierKind::Rollup(self.rollup(span, args)),
            "fill" => return ModifierKind::Fill(self.fill(span, args)),
            "as_count" => ModifierKind::AsCount,
            "as_rate" => ModifierKind::AsRate,
            "weighted" => ModifierKind::Weighted,
            _ => {
                let known = MODIFIERS.join(", ");
                self.c.error(span, format!("unknown modifier `{name}`, expected one of {known}"));
                let args = args.into_iter().map(|(arg, _)| arg).collect();
                return ModifierKind::Unknown { name: name.to_owned(), args };
            }
        };
        if let Some((_, span)) = args.first() {
            self.c.error(*span, format!("`{name}` takes no argument"));
        }
        plain
    }

    fn rollup(&mut self, span: Span, args: Vec<SpannedArg>) -> Rollup {
        let mut rollup = Rollup::default();
        let mut args = args.into_iter().peekable();
        if args.peek().is_none() {
            self.c.error(span, "`rollup` takes a method, a number of seconds, or both");
        }
        if let Some((RollupArg::Word(word), at)) = args.peek()
            && calendar(word).is_none()
        {
            rollup.method = RollupMethod::from_name(word);
            if rollup.method.is_none() {
                let message =
                    format!("unknown rollup method `{word}`, expected avg, sum, min, max or count");
                let at = *at;
                self.c.error(at, message);
            }
            args.next();
        }
        if let Some((arg, at)) = args.next()
            && !is_auto(&arg)
        {
            rollup.interval = self.rollup_interval(&arg, at);
        }
        for (arg, at) in args {
            let is_zone = matches!(&arg, RollupArg::Word(word) if is_timezone(word));
            if !is_zone && arg.start().is_none() {
                let message = "expected a time zone such as 'Europe/Paris', or a start such as \
                               9am, monday or 1st";
                self.c.error(at, message);
            }
            rollup.extra.push(arg);
        }
        rollup
    }

    fn rollup_interval(&mut self, arg: &RollupArg, at: Span) -> Option<RollupInterval> {
        let found = match arg {
            RollupArg::Number(n) if *n > 0.0 => Some(RollupInterval::Seconds(*n)),
            RollupArg::Number(_) => None,
            RollupArg::Word(word) => calendar(word).or_else(|| {
                let n: f64 = word.parse().ok()?;
                (n.is_finite() && n > 0.0).then_some(RollupInterval::Seconds(n))
            }),
        };
        if found.is_none() {
            let message =
                "expected a number of seconds over 0, or daily, weekly, monthly or yearly";
            self.c.error(at, message);
        }
        found
    }

    fn fill(&mut self, span: Span, args: Vec<SpannedArg>) -> Fill {
        let mut fill = Fill { kind: FillKind::Null, limit: None };
        let mut args = args.into_iter();
        match args.next() {
            None => self.c.error(span, "`fill` takes null, zero, linear, last or a number"),
            Some((arg, at)) => match fill_kind(&arg) {
                Some(kind) => fill.kind = kind,
                None => self.c.error(at, "expected null, zero, linear, last or a number"),
            },
        }
        if let Some((arg, at)) = args.next() {
            match arg {
                RollupArg::Number(n) if n >= 0.0 => fill.limit = Some(n),
                _ => self.c.error(at, "expected a number of seconds"),
            }
        }
        if let Some((_, at)) = args.next() {
            self.c.error(at, "`fill` takes at most two arguments");
        }
        fill
    }
}

/// `auto` in place of the interval leaves the default.
fn is_auto(arg: &RollupArg) -> bool {
    matches!(arg, RollupArg::Word(word) if word.eq_ignore_ascii_case("auto"))
}

fn calendar(word: &str) -> Option<RollupInterval> {
    match word.to_ascii_lowercase().as_str() {
        "daily" => Some(RollupInterval::Daily),
        "weekly" => Some(RollupInterval::Weekly),
        "monthly" => Some(RollupInterval::Monthly),
        "yearly" => Some(RollupInterval::Yearly),
        _ => None,
    }
}

fn fill_kind(arg: &RollupArg) -> Option<FillKind> {
    match arg {
        RollupArg::Number(n) => Some(FillKind::Value(*n)),
        RollupArg::Word(word) => match word.to_ascii_lowercase().as_str() {
            "null" | "none" => Some(FillKind::Null),
            "zero" => Some(FillKind::Zero),
            "linear" => Some(FillKind::Linear),
            "last" => Some(FillKind::Last),
            _ => None,
        },
    }
}
