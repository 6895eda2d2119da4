//! One number, as large as the room lets it be.

use crate::colour::Colour;
use crate::paint::{Align, Canvas, Rect, Style};
use crate::unit::{self, Unit};

#[derive(Clone, Debug, Default)]
pub struct Value {
    /// NaN when there is none.
    pub value: f64,
    pub unit: Option<Unit>,
    /// Takes the place of the unit.
    pub custom_unit: String,
    /// Text and ground, when a condition says so.
    pub colours: Option<(Colour, Colour)>,
}

pub(crate) fn draw(canvas: &mut Canvas, room: Rect, shown: &Value) {
    let text = match (shown.value.is_finite(), shown.custom_unit.is_empty()) {
        (true, true) => unit::with_unit(shown.value, shown.unit.as_ref()),
        (true, false) => {
            let scale = unit::scale_of(shown.value, None);
            let number = unit::digits(shown.value / scale.divisor) + &scale.suffix;
            // `87%`, but `12 rooms`.
            let is_word = shown.custom_unit.starts_with(char::is_alphanumeric);
            format!("{number}{}{}", if is_word { " " } else { "" }, shown.custom_unit)
        }
        (false, _) => return canvas.sentence(room, "No data in this time"),
    };
    if let Some((_, ground)) = shown.colours {
        canvas.rect(room, ground);
    }
    let colour = shown.colours.map_or(canvas.ink.text, |(text, _)| text);
    let style = Style::new(100.0, colour).bold().align(Align::Middle);
    let by_width = 100.0 * room.width() * 0.86 / style.width(&text).max(1.0);
    let style = Style { size: by_width.min(room.height() * 0.55).max(8.0), ..style };
    let middle = (room.left + room.right) / 2.0;
    // Capitals are 0.73 of the size high.
    let base = (room.top + room.bottom) / 2.0 + style.size * 0.36;
    canvas.text(&text, (middle, base), style);
}
