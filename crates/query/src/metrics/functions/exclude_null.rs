use super::{Args, Step};
use crate::error::Result;
use crate::metrics::groups::NO_VALUE;

/// Without groups that lack one of the group tags.
pub(super) fn plan(_args: &Args<'_>) -> Result<Step> {
    let is_missing = |tag: &String| model::split_tag(tag).1 == NO_VALUE;
    Ok(Step::frames(move |mut frames| {
        frames.retain(|frame| !frame.tag_set.iter().any(is_missing));
        frames
    }))
}
