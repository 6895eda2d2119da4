//! `top` and `bottom`: the first so many lines by some measure.
//!
//! `top(q, n, 'by', 'dir')`, `bottom(…)`, `top_offset(q, n, 'by', 'dir', offset)` and the short forms
//! `top5`, `bottom10_max` and so on. Lines are returned in the order of their rank.
//! Source: docs.datadoghq.com "Rank".

use super::{Args, Step};
use crate::error::Result;
use crate::metrics::frame::Frame;

/// What lines are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Mean,
    Min,
    Max,
    Sum,
    Last,
    Area,
    Norm,
}

/// Lines that a short form may ask for, in its name.
const COUNTS: [&str; 6] = ["5", "10", "15", "20", "25", "50"];

pub(super) fn is_ranking(name: &str) -> bool {
    matches!(name, "top" | "bottom" | "top_offset" | "bottom_offset") || short_form(name).is_some()
}

/// `bottom10_max`: from the bottom, how many, by what.
fn short_form(name: &str) -> Option<(bool, usize, By)> {
    let (is_bottom, rest) = match name.strip_prefix("bottom") {
        Some(rest) => (true, rest),
        None => (false, name.strip_prefix("top")?),
    };
    let (count, by) = rest.split_once('_').unwrap_or((rest, "mean"));
    let count = COUNTS.contains(&count).then(|| count.parse().ok())??;
    Some((is_bottom, count, By::from_name(by)?))
}

pub(super) fn plan(name: &str, args: &Args<'_>) -> Result<Step> {
    if let Some((is_bottom, limit, by)) = short_form(name) {
        return Ok(Step::frames(move |frames| rank(frames, by, is_bottom, 0..limit)));
    }
    let limit = args.number(1, "limit")?;
    if limit < 1.0 || limit.fract() != 0.0 {
        return Err(args.error("expected a whole number over 0 as its limit"));
    }
    let by = args.word(2, "by")?.unwrap_or_else(|| "mean".into());
    let by = By::from_name(&by).ok_or_else(|| {
        args.error("expected mean, min, max, sum, last, area or l2norm to rank by")
    })?;
    let default = if name.starts_with("bottom") { "asc" } else { "desc" };
    let is_ascending = match args.word(3, "direction")?.as_deref().unwrap_or(default) {
        "asc" => true,
        "desc" => false,
        _ => return Err(args.error("expected asc or desc as its direction")),
    };
    let offset = args.number_or(4, "offset", 0.0)?.max(0.0) as usize;
    let range = offset..offset.saturating_add(limit as usize);
    Ok(Step::frames(move |frames| rank(frames, by, is_ascending, range.clone())))
}

pub(super) fn rank(
    frames: Vec<Frame>,
    by: By,
    is_ascending: bool,
    range: std::ops::Range<usize>,
) -> Vec<Frame> {
    let mut ranked: Vec<(f64, Frame)> = frames
        .into_iter()
        .filter(Frame::has_values)
        .map(|frame| (by.measure(&frame), frame))
        .collect();
    // Lines of equal rank stay in the order of their tags.
    ranked.sort_by(|(a, _), (b, _)| if is_ascending { a.total_cmp(b) } else { b.total_cmp(a) });
    let shown = ranked.into_iter().skip(range.start).take(range.len());
    shown.map(|(_, frame)| frame).collect()
}

impl By {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "mean" | "avg" => Self::Mean,
            "min" => Self::Min,
            "max" => Self::Max,
            "sum" => Self::Sum,
            "last" => Self::Last,
            "area" => Self::Area,
            "l2norm" | "norm" => Self::Norm,
            _ => return None,
        })
    }

    fn measure(self, frame: &Frame) -> f64 {
        let mut values = frame.values.iter().copied().filter(|value| !value.is_nan());
        match self {
            Self::Mean => {
                let (n, sum) = values.fold((0.0, 0.0), |(n, sum), v| (n + 1.0, sum + v));
                sum / n
            }
            Self::Min => values.fold(f64::INFINITY, f64::min),
            Self::Max => values.fold(f64::NEG_INFINITY, f64::max),
            Self::Sum => values.sum(),
            Self::Last => values.next_back().unwrap_or(f64::NAN),
            Self::Area => values.sum::<f64>() * frame.interval_secs as f64,
            Self::Norm => values.map(|v| v * v).sum::<f64>().sqrt(),
        }
    }
}
