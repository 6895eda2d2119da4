//! Graphs as pictures, for places where the page does not run: mail, chat, snapshots.
//!
//! A caller fills in a [`Graph`] (lines over time, one number, or a ranking) and gets a
//! [`Picture`], which is written as [`Picture::png`] or [`Picture::svg`]. Flow: `timeseries`, `value`
//! and `toplist` lay out and draw with `paint`'s shapes, text becomes outlines in `font`, `png`
//! rasterises.
//!
//! Invariants:
//! - Pure: the same graph gives the same bytes, and nothing is read but the fonts in the binary.
//! - Any numbers may come (NaN, infinities, none at all): the picture may be empty, never a panic.
//! - The picture has exactly the size that was asked for, within [`SIDE_MAX`].

mod axis;
mod colour;
mod font;
mod legend;
mod marks;
mod paint;
mod palette;
mod png;
mod stack;
mod svg;
#[cfg(test)]
mod tests;
mod timeseries;
mod toplist;
mod unit;
mod value;

pub use colour::{Colour, Theme};
pub use marks::{EventMark, Marker, MarkerSpan, MarkerState, MarkerStroke};
pub use paint::{Dash, Picture};
pub use palette::{Spot, colour_of_name, group_places, palette_colour};
pub use timeseries::{Band, Kind, Line, Scale, Timeseries, YAxis};
pub use toplist::{TopItem, TopList};
pub use unit::{Unit, UnitFamily, UnitPart};
pub use value::Value;

/// Longest side of a picture in pixels: 4 K screens are as wide, and a picture of 64 MB is the most
/// that one takes in memory.
pub const SIDE_MAX: u32 = 4096;
/// Shortest side in pixels.
pub const SIDE_MIN: u32 = 16;

/// What stands around the graph itself.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Above the graph; cut when it is too long.
    pub title: String,
    /// Beside or below the title: the time that is shown, for example.
    pub subtitle: String,
    /// Pixels; brought within [`SIDE_MIN`] and [`SIDE_MAX`].
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    /// Seconds by which the clock of the labels is ahead of UTC.
    pub utc_offset_secs: i64,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub enum Graph {
    Timeseries(Timeseries),
    Value(Value),
    TopList(TopList),
    /// Nothing but a sentence: why there is no graph.
    Nothing(String),
}

/// Draws a graph.
pub fn draw(frame: &Frame, graph: &Graph) -> Picture {
    let mut canvas = paint::Canvas::new(frame);
    let inner = canvas.header(frame);
    match graph {
        Graph::Timeseries(timeseries) => timeseries::draw(&mut canvas, inner, frame, timeseries),
        Graph::Value(value) => value::draw(&mut canvas, inner, value),
        Graph::TopList(list) => toplist::draw(&mut canvas, inner, list),
        Graph::Nothing(why) => canvas.sentence(inner, why),
    }
    canvas.finish()
}
