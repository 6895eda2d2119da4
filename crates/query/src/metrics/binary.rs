//! Arithmetic between lines: aligned by time, matched by the tags of their groups.

use std::sync::Arc;

use hashbrown::HashMap;
use lang::metrics::ast::BinaryOp;

use super::frame::Frame;

/// Either side of an operator.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Number(f64),
    Frames(Vec<Frame>),
}

/// `left op right`.
///
/// Lines of the same group tags go together; a side whose tag keys are among the other's (none, for
/// a query without `by`) goes with each of its groups. Groups of only one side have no line.
pub(crate) fn combine(op: BinaryOp, left: Operand, right: Operand) -> Operand {
    match (left, right) {
        (Operand::Number(l), Operand::Number(r)) => Operand::Number(apply(op, l, r)),
        (Operand::Frames(frames), Operand::Number(n)) => {
            let name = |text: &str| format!("({text} {} {n})", op.symbol());
            Operand::Frames(frames.into_iter().map(|f| map(f, name, |v| apply(op, v, n))).collect())
        }
        (Operand::Number(n), Operand::Frames(frames)) => {
            let name = |text: &str| format!("({n} {} {text})", op.symbol());
            Operand::Frames(frames.into_iter().map(|f| map(f, name, |v| apply(op, n, v))).collect())
        }
        (Operand::Frames(left), Operand::Frames(right)) => {
            Operand::Frames(combine_lines(op, &left, &right))
        }
    }
}

/// Finite, or no value: a division by zero has none.
fn apply(op: BinaryOp, left: f64, right: f64) -> f64 {
    let value = match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => left / right,
    };
    if value.is_finite() { value } else { f64::NAN }
}

fn map(mut frame: Frame, name: impl Fn(&str) -> String, value: impl Fn(f64) -> f64) -> Frame {
    frame.metric = name(&frame.metric);
    frame.expression = name(&frame.expression);
    frame.aggr = None;
    frame.marks = None;
    frame.values.iter_mut().for_each(|v| *v = value(*v));
    frame
}

fn combine_lines(op: BinaryOp, left: &[Frame], right: &[Frame]) -> Vec<Frame> {
    let keys = |frames: &[Frame]| frames.first().map_or(0, |frame| frame.tag_set.len());
    if keys(left) >= keys(right) {
        join(left, right).map(|(l, r)| line(op, l, r, l)).collect()
    } else {
        join(right, left).map(|(r, l)| line(op, l, r, r)).collect()
    }
}

/// Each line of `many` with the line of `few` that has the same values for its own keys.
fn join<'a>(many: &'a [Frame], few: &'a [Frame]) -> impl Iterator<Item = (&'a Frame, &'a Frame)> {
    fn sorted<'t>(tags: impl Iterator<Item = &'t String>) -> Vec<&'t String> {
        let mut tags: Vec<&String> = tags.collect();
        tags.sort_unstable();
        tags
    }
    let key = |tag: &str| model::split_tag(tag).0.to_owned();
    let keys: Vec<String> =
        few.first().map_or(Vec::new(), |frame| frame.tag_set.iter().map(|t| key(t)).collect());
    let index: HashMap<Vec<&String>, &Frame> =
        few.iter().map(|frame| (sorted(frame.tag_set.iter()), frame)).collect();
    many.iter().filter_map(move |frame| {
        let shared = frame.tag_set.iter().filter(|tag| keys.contains(&key(tag)));
        index.get(&sorted(shared)).map(|other| (frame, *other))
    })
}

fn line(op: BinaryOp, left: &Frame, right: &Frame, tags: &Frame) -> Frame {
    let name = |l: &str, r: &str| format!("({l} {} {r})", op.symbol());
    let (times, pairs) = align(left, right);
    let value = |(l, r): (f64, f64)| {
        let or_zero = |v: f64, frame: &Frame, other: f64| match v.is_nan() && !other.is_nan() {
            true if frame.aligns_with_zero => 0.0,
            _ => v,
        };
        apply(op, or_zero(l, left, r), or_zero(r, right, l))
    };
    Frame {
        metric: name(&left.metric, &right.metric),
        expression: name(&left.expression, &right.expression),
        scope: tags.scope.clone(),
        tag_set: tags.tag_set.clone(),
        times,
        values: pairs.into_iter().map(value).collect(),
        interval_secs: left.interval_secs.max(right.interval_secs),
        aggr: None,
        kind: (left.kind == right.kind).then_some(left.kind).flatten(),
        query_index: left.query_index,
        marks: None,
        aligns_with_zero: left.aligns_with_zero && right.aligns_with_zero,
    }
}

/// The times that both lines have, with both values.
fn align(left: &Frame, right: &Frame) -> (Arc<[i64]>, Vec<(f64, f64)>) {
    let both = |(l, r): (&f64, &f64)| (*l, *r);
    if left.times == right.times {
        let pairs = left.values.iter().zip(&right.values).map(both).collect();
        return (Arc::clone(&left.times), pairs);
    }
    let mut found = Vec::new();
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < left.times.len() && j < right.times.len() {
        match left.times[i].cmp(&right.times[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                found.push(left.times[i]);
                pairs.push((left.values[i], right.values[j]));
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    (found.into(), pairs)
}
