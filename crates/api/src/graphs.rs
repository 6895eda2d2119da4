//! Graphs as pictures: a definition is read, its queries run, and the lines drawn.
//!
//! [`Definition::read`] takes what a snapshot or a shared graph names, today's widgets and the older
//! graph JSON alike; [`draw`] asks the engine for a window of time and gives PNG. Drawing happens off
//! the async threads, and only so many at a time: a large picture takes tens of megabytes.

mod definition;
mod events;
mod run;

use std::sync::Arc;

use bytes::Bytes;
use model::TimeRange;
use render::{Frame, Theme};
use tokio::sync::Semaphore;

pub(crate) use definition::{Definition, Variables};

use crate::call::Call;
use crate::error::{Error, Result};

/// Pictures drawn at a time.
const DRAWN_MAX: usize = 4;
/// Sides that a picture may have, in pixels. Above, a call costs more memory than a graph is worth.
pub(crate) const WIDTH_MAX: i64 = 3000;
pub(crate) const HEIGHT_MAX: i64 = 2000;
pub(crate) const SIDE_MIN: i64 = 32;

/// Lets only so many pictures be drawn at a time.
#[derive(Clone, Debug)]
pub(crate) struct Pencils(Arc<Semaphore>);

impl Default for Pencils {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(DRAWN_MAX)))
    }
}

/// How a picture shall look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Takes the place of the definition's own title.
    pub(crate) title: Option<String>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the file for one of the picture, on each axis.
    pub(crate) scale: f32,
    pub(crate) theme: Theme,
    /// Kept in the file, so that two equal pictures are two blobs.
    pub(crate) comment: String,
}

/// Runs the queries of a graph over the window and draws it; the picture as PNG.
pub(crate) async fn draw(
    call: &Call,
    definition: &Definition,
    window: TimeRange,
    look: Look,
) -> Result<Bytes> {
    let graph = run::run(call, definition, window, look.theme).await?;
    let frame = Frame {
        title: look.title.clone().unwrap_or_else(|| definition.title.clone()),
        subtitle: span_text(window),
        width: look.width,
        height: look.height,
        theme: look.theme,
        utc_offset_secs: 0,
    };
    let pencil = Arc::clone(&call.state.pencils.0).acquire_owned().await;
    let work = move || {
        let _pencil = pencil;
        render::draw(&frame, &graph).png(look.scale, &look.comment)
    };
    let png = tokio::task::spawn_blocking(work).await;
    png.map(Bytes::from).map_err(|error| Error::internal(&error))
}

/// `Nov 21, 13:00 – 14:00 UTC`.
pub(crate) fn span_text(window: TimeRange) -> String {
    let at = |ms: i64| chrono::DateTime::from_timestamp_millis(ms);
    let (Some(from), Some(to)) = (at(window.from), at(window.to)) else { return String::new() };
    let to_format = if from.date_naive() == to.date_naive() { "%H:%M" } else { "%b %-d, %H:%M" };
    format!("{} – {} UTC", from.format("%b %-d, %H:%M"), to.format(to_format))
}

#[cfg(test)]
mod tests;
