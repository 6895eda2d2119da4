//! Colours, and the two themes of the page in which pictures are drawn.

use std::fmt;

/// sRGB with straight alpha.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    pub alpha: u8,
}

impl Colour {
    /// `0xRRGGBB`.
    pub const fn rgb(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self { red, green, blue, alpha: 255 }
    }

    /// `#rgb` or `#rrggbb`, as people write colours into definitions.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            6 => Some(Self::rgb(number)),
            3 => {
                let (r, g, b) = (number >> 8, number >> 4 & 0xf, number & 0xf);
                Some(Self::rgb(r * 0x11_0000 + g * 0x1100 + b * 0x11))
            }
            _ => None,
        }
    }

    /// The same colour, see-through: 0 is invisible, 1 is opaque.
    #[must_use]
    pub fn fade(self, opacity: f32) -> Self {
        let alpha = f32::from(self.alpha) * opacity.clamp(0.0, 1.0);
        Self { alpha: alpha.round() as u8, ..self }
    }
}

/// Opaque black.
impl Default for Colour {
    fn default() -> Self {
        Self::rgb(0)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// Light is for mail and print, dark for chats and screens on walls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// The colours of a theme; the same as the page's tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    pub(crate) background: Colour,
    pub(crate) text: Colour,
    pub(crate) muted: Colour,
    pub(crate) faint: Colour,
    pub(crate) grid: Colour,
    pub(crate) line: Colour,
    pub(crate) accent: Colour,
    pub(crate) ok: Colour,
    pub(crate) warn: Colour,
    pub(crate) alert: Colour,
    pub(crate) band: Colour,
    pub(crate) event: Colour,
}

const LIGHT: Ink = Ink {
    background: Colour::rgb(0xffffff),
    text: Colour::rgb(0x1b1d22),
    muted: Colour::rgb(0x575b66),
    faint: Colour::rgb(0x696d78),
    grid: Colour::rgb(0xeeeff2),
    line: Colour::rgb(0xc9ccd4),
    accent: Colour::rgb(0x474fcf),
    ok: Colour::rgb(0x15784a),
    warn: Colour::rgb(0xb07400),
    alert: Colour::rgb(0xd92f29),
    band: Colour::rgb(0x8b8e99),
    event: Colour::rgb(0x7650c9),
};

const DARK: Ink = Ink {
    background: Colour::rgb(0x15171b),
    text: Colour::rgb(0xe8e9ec),
    muted: Colour::rgb(0xa3a6b0),
    faint: Colour::rgb(0x8b8e99),
    grid: Colour::rgb(0x24262c),
    line: Colour::rgb(0x3d404a),
    accent: Colour::rgb(0x8f97ff),
    ok: Colour::rgb(0x4cc38a),
    warn: Colour::rgb(0xf0b541),
    alert: Colour::rgb(0xff6f64),
    band: Colour::rgb(0xa3a6b0),
    event: Colour::rgb(0xb49cf5),
};

impl Theme {
    pub(crate) fn ink(self) -> &'static Ink {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_as_people_write_them() {
        let check = |text: &str, expect: Option<&str>| {
            let parsed = Colour::parse(text).map(|colour| colour.to_string());
            assert_eq!(parsed.as_deref(), expect, "{text}");
        };
        check("#ff8000", Some("#ff8000"));
        check(" #F80 ", Some("#ff8800"));
        check("ff8000", None);
        check("#ff80", None);
        check("#+f8000", None);
        check("#ёёё", None);
        assert_eq!(Colour::rgb(0).fade(0.5).alpha, 128);
    }
}
