//! The list of shapes that a picture is made of, and the canvas that collects them.
//!
//! Everything, text too, is a path with a paint, so that a writer of a format has to know one thing.
//! Coordinates are pixels of the picture, from the upper left corner.

use crate::colour::{Colour, Ink};
use crate::font::{self, Weight};
use crate::{Frame, SIDE_MAX, SIDE_MIN};

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Step {
    Move((f32, f32)),
    Line((f32, f32)),
    Quad((f32, f32), (f32, f32)),
    Cubic((f32, f32), (f32, f32), (f32, f32)),
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Rect {
    pub(crate) fn width(self) -> f32 {
        self.right - self.left
    }

    pub(crate) fn height(self) -> f32 {
        self.bottom - self.top
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f32,
    pub(crate) dash: Dash,
}

/// How a line is stroked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

impl Dash {
    /// Lengths of ink and gap, in pixels.
    pub(crate) fn lengths(self) -> Option<[f32; 2]> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some([6.0, 4.0]),
            Self::Dotted => Some([1.5, 3.0]),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    Fill(Colour),
    Stroke(Stroke),
}

#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) steps: Vec<Step>,
    pub(crate) paint: Paint,
    /// Nothing outside is drawn.
    pub(crate) clip: Option<Rect>,
}

/// A finished drawing, to be written as PNG or SVG.
#[derive(Clone, Debug)]
pub struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) title: String,
    pub(crate) background: Colour,
    pub(crate) shapes: Vec<Shape>,
}

impl Picture {
    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.height
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
    pub(crate) align: Align,
}

impl Style {
    pub(crate) fn new(size: f32, colour: Colour) -> Self {
        Self { size, weight: Weight::Regular, colour, align: Align::Left }
    }

    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(crate) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(crate) fn width(self, text: &str) -> f32 {
        font::width(text, self.size, self.weight)
    }

    pub(crate) fn fit(self, text: &str, room: f32) -> String {
        font::fit(text, self.size, self.weight, room)
    }
}

/// Shapes in the making.
#[derive(Debug)]
pub(crate) struct Canvas {
    picture: Picture,
    pub(crate) ink: &'static Ink,
    clip: Option<Rect>,
}

impl Canvas {
    pub(crate) fn new(frame: &Frame) -> Self {
        let ink = frame.theme.ink();
        let picture = Picture {
            width: frame.width.clamp(SIDE_MIN, SIDE_MAX),
            height: frame.height.clamp(SIDE_MIN, SIDE_MAX),
            title: frame.title.clone(),
            background: ink.background,
            shapes: Vec::new(),
        };
        Self { picture, ink, clip: None }
    }

    pub(crate) fn finish(self) -> Picture {
        self.picture
    }

    /// Draws title and subtitle; what is left for the graph.
    pub(crate) fn header(&mut self, frame: &Frame) -> Rect {
        let (width, height) = (self.picture.width as f32, self.picture.height as f32);
        let pad = (width.min(height) * 0.04).clamp(2.0, 16.0);
        let mut inner = Rect { left: pad, top: pad, right: width - pad, bottom: height - pad };
        if (frame.title.is_empty() && frame.subtitle.is_empty()) || height < 80.0 {
            return inner;
        }
        let subtitle = Style::new(11.0, self.ink.faint).align(Align::Right);
        let title = Style::new(14.0, self.ink.text).bold();
        let base = inner.top + 12.0;
        let wanted = subtitle.width(&frame.subtitle);
        // The title goes first: the subtitle is shown only where half of the width is left.
        let shows_subtitle = wanted <= inner.width() * 0.5;
        let beside = if shows_subtitle && wanted > 0.0 { wanted + 12.0 } else { 0.0 };
        let text = title.fit(&frame.title, inner.width() - beside);
        self.text(&text, (inner.left, base), title);
        if shows_subtitle {
            self.text(&frame.subtitle, (inner.right, base), subtitle);
        }
        inner.top += 26.0;
        inner
    }

    /// A sentence in the middle of the room, in as many rows as it needs.
    pub(crate) fn sentence(&mut self, room: Rect, text: &str) {
        let style = Style::new(12.0, self.ink.faint).align(Align::Middle);
        let mut rows: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let longer = rows.last().map(|row| format!("{row} {word}"));
            match longer.filter(|row| style.width(row) <= room.width()) {
                Some(longer) => {
                    rows.pop();
                    rows.push(longer);
                }
                None => rows.push(style.fit(word, room.width())),
            }
        }
        rows.truncate((room.height() / 18.0).max(1.0) as usize);
        let middle = (room.left + room.right) / 2.0;
        let first = (room.top + room.bottom) / 2.0 - (rows.len() as f32 - 1.0) * 9.0 + 4.0;
        for (at, row) in rows.iter().enumerate() {
            self.text(row, (middle, first + 18.0 * at as f32), style);
        }
    }

    /// What is drawn by `draw` ends at the edges of the rectangle.
    pub(crate) fn clipped(&mut self, clip: Rect, draw: impl FnOnce(&mut Self)) {
        let before = self.clip.replace(clip);
        draw(self);
        self.clip = before;
    }

    pub(crate) fn shape(&mut self, steps: Vec<Step>, paint: Paint) {
        if !steps.is_empty() {
            self.picture.shapes.push(Shape { steps, paint, clip: self.clip });
        }
    }

    pub(crate) fn rect(&mut self, rect: Rect, colour: Colour) {
        let steps = vec![
            Step::Move((rect.left, rect.top)),
            Step::Line((rect.right, rect.top)),
            Step::Line((rect.right, rect.bottom)),
            Step::Line((rect.left, rect.bottom)),
            Step::Close,
        ];
        self.shape(steps, Paint::Fill(colour));
    }

    pub(crate) fn polygon(&mut self, points: &[(f32, f32)], colour: Colour) {
        let mut steps = polyline(points);
        steps.push(Step::Close);
        self.shape(steps, Paint::Fill(colour));
    }

    pub(crate) fn line(&mut self, points: &[(f32, f32)], stroke: Stroke) {
        self.shape(polyline(points), Paint::Stroke(stroke));
    }

    pub(crate) fn dot(&mut self, (x, y): (f32, f32), radius: f32, colour: Colour) {
        // A circle of four curves; 0.5523 makes them round.
        let (r, k) = (radius, radius * 0.552_3);
        let steps = vec![
            Step::Move((x + r, y)),
            Step::Cubic((x + r, y + k), (x + k, y + r), (x, y + r)),
            Step::Cubic((x - k, y + r), (x - r, y + k), (x - r, y)),
            Step::Cubic((x - r, y - k), (x - k, y - r), (x, y - r)),
            Step::Cubic((x + k, y - r), (x + r, y - k), (x + r, y)),
            Step::Close,
        ];
        self.shape(steps, Paint::Fill(colour));
    }

    /// A text whose base line begins, is centred or ends at the point.
    pub(crate) fn text(&mut self, text: &str, (x, y): (f32, f32), style: Style) {
        let x = match style.align {
            Align::Left => x,
            Align::Middle => x - style.width(text) / 2.0,
            Align::Right => x - style.width(text),
        };
        let steps = font::outline(text, style.size, style.weight, (x, y));
        self.shape(steps, Paint::Fill(style.colour));
    }
}

fn polyline(points: &[(f32, f32)]) -> Vec<Step> {
    let steps = points.iter().enumerate();
    steps.map(|(at, point)| if at == 0 { Step::Move(*point) } else { Step::Line(*point) }).collect()
}
