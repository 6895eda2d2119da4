//! Colours of lines by Datadog's names of palettes.
//!
//! The default palette is the page's: 20 hues of even lightness. The others are ramps of a few
//! steps, even to the eye because they are made in OKLCH. Source of the names: Datadog's
//! documentation of widgets, "Style".

use crate::colour::{Colour, Theme};

/// Hues of the default palette, in two close steps of lightness.
const HUES: usize = 20;
/// Blue comes first: a lone line is blue.
const FIRST_HUE: f64 = 262.0;
/// Coprime with [`HUES`], so that neighbours are far apart.
const HUE_STEP: usize = 9;
const CHROMA: f64 = 0.15;
/// Steps of a ramp, after which it begins again.
const RAMP: usize = 6;

/// The colour of the line at a place. `label` decides only in the palette `semantic`, where an error
/// is red wherever it stands. Names that are not known get the default palette.
pub fn palette_colour(name: &str, index: usize, label: &str, theme: Theme) -> Colour {
    let ramp = |hues: (f64, f64), chroma: f64| ramp_colour(hues, chroma, index, theme);
    match name {
        "cool" => ramp((285.0, 160.0), 0.14),
        "warm" => ramp((15.0, 95.0), 0.16),
        "purple" => ramp((305.0, 305.0), 0.15),
        "orange" => ramp((60.0, 50.0), 0.15),
        "red" => ramp((25.0, 25.0), 0.18),
        "green" => ramp((150.0, 150.0), 0.15),
        "blue" => ramp((255.0, 255.0), 0.15),
        "yellow" => ramp((92.0, 92.0), 0.14),
        "gray" | "grey" | "black" => ramp((262.0, 262.0), 0.012),
        "semantic" => semantic(label, index, theme),
        _ => default_colour(index, theme),
    }
}

fn default_colour(index: usize, theme: Theme) -> Colour {
    let lightness = match theme {
        Theme::Dark => [0.78, 0.70],
        Theme::Light => [0.55, 0.62],
    };
    let at = index % HUES;
    let step = 360.0 / HUES as f64;
    let hue = FIRST_HUE + ((at * HUE_STEP) % HUES) as f64 * step;
    oklch(lightness[at % 2], CHROMA, hue % 360.0)
}

/// From dark to light and, where the two differ, from one hue to another.
fn ramp_colour(hues: (f64, f64), chroma: f64, index: usize, theme: Theme) -> Colour {
    let (from, to) = match theme {
        Theme::Light => (0.48, 0.76),
        Theme::Dark => (0.60, 0.86),
    };
    // Every other step first, so that few lines already differ.
    let order = [1, 4, 2, 5, 0, 3];
    let share = order[index % RAMP] as f64 / (RAMP - 1) as f64;
    let hue = hues.0 + (hues.1 - hues.0) * share;
    oklch(from + (to - from) * share, chroma, hue.rem_euclid(360.0))
}

fn semantic(label: &str, index: usize, theme: Theme) -> Colour {
    let label = label.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let lightness = if theme == Theme::Light { 0.58 } else { 0.74 };
    if holds(&["error", "critical", "fatal", "emerg", "alert", "fail", "5xx"]) {
        return oklch(lightness, 0.19, 25.0);
    }
    if holds(&["warn", "4xx"]) {
        return oklch(lightness + 0.12, 0.15, 80.0);
    }
    if holds(&["ok", "success", "2xx", "pass"]) {
        return oklch(lightness, 0.15, 152.0);
    }
    if holds(&["info", "notice", "debug", "trace", "3xx"]) {
        return oklch(lightness, 0.13, 250.0);
    }
    default_colour(index, theme)
}

/// The text and the background that a name such as `white_on_red` or `green_on_white` says, for
/// numbers and ranked bars. Source of the names: core-v1 `WidgetPalette`.
pub fn colour_of_name(name: &str) -> Option<(Colour, Colour)> {
    let (text, ground) = name.split_once("_on_")?;
    Some((word(text)?, word(ground)?))
}

fn word(name: &str) -> Option<Colour> {
    Some(Colour::rgb(match name {
        "white" => 0xffffff,
        "black" => 0x1b1d22,
        "red" => 0xd4332d,
        "green" => 0x23854f,
        "yellow" => 0xe0a100,
        "blue" => 0x3d63dd,
        "gray" => 0x6b6f7a,
        "light_red" => 0xfbd5d3,
        "light_green" => 0xcdebd9,
        "light_yellow" => 0xfbeabb,
        _ => return None,
    }))
}

/// The most colourful that a screen can show at this lightness and hue, up to the chroma.
fn oklch(lightness: f64, chroma: f64, hue: f64) -> Colour {
    let mut chroma = chroma;
    loop {
        let rgb = srgb(lightness, chroma, hue);
        if chroma <= 0.0 || rgb.iter().all(|x| (-0.001..=1.001).contains(x)) {
            let [red, green, blue] = rgb.map(|x| (x.clamp(0.0, 1.0) * 255.0).round() as u8);
            return Colour { red, green, blue, alpha: 255 };
        }
        chroma -= 0.005;
    }
}

/// Source of the matrices: Björn Ottosson, "A perceptual color space for image processing".
fn srgb(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (sin, cos) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cos, chroma * sin);
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ];
    let gamma =
        |x: f64| if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 };
    linear.map(gamma)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 13] = [
        "dog_classic",
        "cool",
        "warm",
        "purple",
        "orange",
        "gray",
        "semantic",
        "red",
        "green",
        "blue",
        "yellow",
        "datadog16",
        "nonsense",
    ];

    #[test]
    fn neighbours_differ_in_every_palette() {
        for theme in [Theme::Light, Theme::Dark] {
            for name in NAMES {
                for index in 0..RAMP - 1 {
                    let at = |index| palette_colour(name, index, "x", theme);
                    assert_ne!(at(index), at(index + 1), "{name} {index}");
                }
                palette_colour(name, usize::MAX, "", theme);
            }
        }
    }

    #[test]
    fn a_meaning_has_its_colour() {
        let is_red = |label: &str| {
            let colour = palette_colour("semantic", 0, label, Theme::Light);
            colour.red > 150 && colour.green < 110
        };
        for (label, red) in [("status:ERROR", true), ("status:ok", false), ("host:a", false)] {
            assert_eq!(is_red(label), red, "{label}");
        }
    }

    #[test]
    fn pairs_of_text_and_ground() {
        for (name, known) in [
            ("white_on_red", true),
            ("black_on_light_green", true),
            ("red", false),
            ("a_on_b", false),
        ] {
            assert_eq!(colour_of_name(name).is_some(), known, "{name}");
        }
    }
}
