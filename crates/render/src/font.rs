//! Text as outlines: Inter in two weights, embedded, without kerning or shaping.
//!
//! Latin, Greek and Cyrillic are there; any other character is an empty box, so that one sees that
//! something stands there. Nothing is read from the system: a picture looks the same everywhere.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::paint::Step;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weight {
    #[default]
    Regular,
    SemiBold,
}

static REGULAR: LazyLock<Face<'static>> =
    LazyLock::new(|| parse(include_bytes!("../fonts/Inter-Regular.ttf")));
static SEMI_BOLD: LazyLock<Face<'static>> =
    LazyLock::new(|| parse(include_bytes!("../fonts/Inter-SemiBold.ttf")));

fn parse(bytes: &'static [u8]) -> Face<'static> {
    Face::parse(bytes, 0).expect("BUG: the font in the binary is whole")
}

impl Weight {
    fn face(self) -> &'static Face<'static> {
        match self {
            Self::Regular => &REGULAR,
            Self::SemiBold => &SEMI_BOLD,
        }
    }
}

/// Advance of a character that the font does not have, as a share of the size.
const BOX_ADVANCE: f32 = 0.6;

fn glyph(face: &Face<'static>, c: char) -> Option<GlyphId> {
    // A tab or a line break in a tag's value takes the room of a space.
    let c = if c.is_whitespace() { ' ' } else { c };
    face.glyph_index(c)
}

fn advance(face: &Face<'static>, c: char, size: f32) -> f32 {
    let scale = size / f32::from(face.units_per_em());
    match glyph(face, c) {
        Some(id) => f32::from(face.glyph_hor_advance(id).unwrap_or(0)) * scale,
        None if c.is_control() => 0.0,
        None => BOX_ADVANCE * size,
    }
}

/// Pixels that the text takes from left to right.
pub(crate) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let face = weight.face();
    text.chars().map(|c| advance(face, c, size)).sum()
}

/// The text, cut with an ellipsis when it does not fit into so many pixels.
pub(crate) fn fit(text: &str, size: f32, weight: Weight, room: f32) -> String {
    let face = weight.face();
    let ellipsis = advance(face, '…', size);
    let (mut used, mut keep) = (0.0, 0);
    for (at, c) in text.char_indices() {
        used += advance(face, c, size);
        if used > room {
            return match keep {
                0 => String::new(),
                _ => format!("{}…", text[..keep].trim_end()),
            };
        }
        if used + ellipsis <= room {
            keep = at + c.len_utf8();
        }
    }
    text.to_owned()
}

/// The outline of the text, its base line beginning at the point.
pub(crate) fn outline(text: &str, size: f32, weight: Weight, at: (f32, f32)) -> Vec<Step> {
    let face = weight.face();
    let scale = size / f32::from(face.units_per_em());
    let mut pen = Pen { steps: Vec::new(), x: at.0, y: at.1, scale };
    for c in text.chars() {
        match glyph(face, c) {
            Some(id) => {
                face.outline_glyph(id, &mut pen);
            }
            None if c.is_control() => {}
            None => pen.empty_box(size),
        }
        pen.x += advance(face, c, size);
    }
    pen.steps
}

/// Collects outlines, turned from the font's axes (up is positive) to the picture's.
struct Pen {
    steps: Vec<Step>,
    x: f32,
    y: f32,
    scale: f32,
}

impl Pen {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }

    fn empty_box(&mut self, size: f32) {
        let (left, right) = (self.x + 0.08 * size, self.x + 0.52 * size);
        let (top, bottom) = (self.y - 0.7 * size, self.y);
        let stroke = 0.07 * size;
        // Outer and inner edge turn opposite ways, which leaves the middle empty.
        self.steps.extend([
            Step::Move((left, top)),
            Step::Line((right, top)),
            Step::Line((right, bottom)),
            Step::Line((left, bottom)),
            Step::Close,
            Step::Move((left + stroke, top + stroke)),
            Step::Line((left + stroke, bottom - stroke)),
            Step::Line((right - stroke, bottom - stroke)),
            Step::Line((right - stroke, top + stroke)),
            Step::Close,
        ]);
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Move(self.place(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Line(self.place(x, y)));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.steps.push(Step::Quad(self.place(x1, y1), self.place(x, y)));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second) = (self.place(x1, y1), self.place(x2, y2));
        self.steps.push(Step::Cubic(first, second, self.place(x, y)));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_the_room() {
        let whole = width("system.load.1", 12.0, Weight::Regular);
        assert!((60.0..90.0).contains(&whole), "{whole}");
        for room in [0.0, 5.0, 30.0, whole - 1.0, whole + 1.0] {
            let cut = fit("system.load.1", 12.0, Weight::Regular, room);
            assert!(width(&cut, 12.0, Weight::Regular) <= room.max(0.0), "{room}: {cut}");
            assert_eq!(cut == "system.load.1", room > whole, "{room}: {cut}");
        }
        assert_eq!(fit("日本語のタグ", 12.0, Weight::Regular, 30.0).chars().last(), Some('…'));
    }

    #[test]
    fn every_character_leaves_ink_but_spaces() {
        for (text, has_ink) in [("a", true), ("µ…–×", true), ("日", true), (" \t\n", false)]
        {
            let steps = outline(text, 12.0, Weight::SemiBold, (0.0, 0.0));
            assert_eq!(!steps.is_empty(), has_ink, "{text:?}");
        }
    }
}
