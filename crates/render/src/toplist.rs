//! A ranking: bars from the largest to the smallest, with label and value.

use crate::colour::Colour;
use crate::paint::{Align, Canvas, Rect, Style};
use crate::unit::{self, Unit};

#[derive(Clone, Debug, Default)]
pub struct TopList {
    /// In the order in which they are shown.
    pub items: Vec<TopItem>,
    pub unit: Option<Unit>,
}

#[derive(Clone, Debug)]
pub struct TopItem {
    pub label: String,
    pub value: f64,
    pub colour: Colour,
}

const ROW_MAX: f32 = 26.0;
const ROW_MIN: f32 = 16.0;

pub(crate) fn draw(canvas: &mut Canvas, room: Rect, list: &TopList) {
    let items: Vec<&TopItem> = list.items.iter().filter(|item| item.value.is_finite()).collect();
    if items.is_empty() {
        canvas.sentence(room, "No data in this time");
        return;
    }
    let n_fit = (room.height() / ROW_MIN).max(1.0) as usize;
    let n_shown = if items.len() > n_fit { n_fit.saturating_sub(1).max(1) } else { items.len() };
    let hidden = items.len() - n_shown;
    let row = (room.height() / (n_shown + usize::from(hidden > 0)) as f32).clamp(ROW_MIN, ROW_MAX);
    let number = Style::new(12.0, canvas.ink.text).bold();
    let values: Vec<String> =
        items[..n_shown].iter().map(|i| unit::with_unit(i.value, list.unit.as_ref())).collect();
    let numbers = values.iter().map(|value| number.width(value)).fold(0.0, f32::max);
    let left = room.left + numbers + 10.0;
    let largest = items.iter().map(|item| item.value.abs()).fold(0.0, f64::max);
    let label = Style::new(12.0, canvas.ink.text);
    for (at, (item, value)) in items.iter().zip(&values).enumerate() {
        let top = room.top + row * at as f32;
        let base = top + row / 2.0 + 4.0;
        canvas.text(value, (left - 10.0, base), number.align(Align::Right));
        let share = if largest > 0.0 { (item.value.abs() / largest) as f32 } else { 0.0 };
        let right = left + (share * (room.right - left)).max(1.0);
        let bar = Rect { left, right, top: top + 1.5, bottom: top + row - 1.5 };
        canvas.rect(bar, item.colour.fade(0.28));
        let text = label.fit(&item.label, room.right - left - 12.0);
        canvas.text(&text, (left + 6.0, base), label);
    }
    if hidden > 0 {
        let base = room.top + row * n_shown as f32 + row / 2.0 + 4.0;
        let style = Style::new(11.0, canvas.ink.faint);
        canvas.text(&format!("and {hidden} more"), (left + 6.0, base), style);
    }
}
