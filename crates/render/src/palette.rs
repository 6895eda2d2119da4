//! Colours of lines by Datadog's names of palettes.
//!
//! The default palette is the page's: 20 hues of even lightness. The others are ramps of a few
//! steps, even to the eye because they are made in OKLCH. Source of the names: Datadog's
//! documentation of widgets, "Style".

use std::collections::BTreeMap;

use crate::colour::{Colour, Theme};

/// Hues of the default palette, in two close steps of lightness.
const HUES: usize = 20;
/// Blue comes first: a lone line is blue.
const FIRST_HUE: f64 = 262.0;
/// Coprime with [`HUES`], so that neighbours are far apart.
const HUE_STEP: usize = 9;
const CHROMA: f64 = 0.15;
/// More steps of a ramp than these look the same: it begins anew.
const RAMP_STEPS_MAX: usize = 12;
/// Place on its ramp of a line that stands alone: the strongest.
const ALONE: f64 = 0.35;

/// Which line of a graph asks for a colour.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spot<'a> {
    /// Which of the lines of its palette it is, from 0, and how many there are: for ramps.
    pub nth: usize,
    pub count: usize,
    /// Place in the default palette; see [`group_places`].
    pub place: usize,
    /// Tags or label: in the palette `semantic` an error is red wherever it stands.
    pub words: &'a str,
}

/// The colour of a line. Names that are not known get the default palette.
pub fn palette_colour(name: &str, spot: Spot<'_>, theme: Theme) -> Colour {
    let ramp = |hues: (f64, f64), chroma: f64| ramp_colour(hues, chroma, spot, theme);
    match name {
        "cool" => ramp((300.0, 165.0), 0.14),
        "warm" => ramp((15.0, 95.0), 0.16),
        "purple" => ramp((305.0, 290.0), 0.16),
        "orange" => ramp((40.0, 70.0), 0.16),
        "yellow" => ramp((75.0, 100.0), 0.15),
        "red" => ramp((18.0, 30.0), 0.18),
        "green" => ramp((160.0, 140.0), 0.15),
        "blue" | "hostmap_blues" => ramp((265.0, 245.0), 0.15),
        "gray" | "grey" => ramp((265.0, 265.0), 0.012),
        "YlOrRd" => ramp((95.0, 20.0), 0.17),
        "yellow_to_green" => ramp((95.0, 150.0), 0.15),
        "green_to_orange" => ramp((150.0, 60.0), 0.16),
        "semantic" => semantic(spot, theme),
        _ => default_colour(spot.place, theme),
    }
}

/// Places in the default palette for the groups of one graph, beside them: a group keeps its colour
/// on every graph, as far as the others let it. Of those that collide the first by name stays, and
/// the others go on by steps of their own.
pub fn group_places(groups: &[String]) -> Vec<usize> {
    const STEPS: [usize; 8] = [1, 3, 7, 9, 11, 13, 17, 19];
    let mut places: BTreeMap<&str, usize> = groups.iter().map(|g| (g.as_str(), 0)).collect();
    let mut taken = [false; HUES];
    let mut n_taken = 0;
    for (group, place) in &mut places {
        let hash = hash(group);
        let step = STEPS[hash as usize / HUES % STEPS.len()];
        *place = hash as usize % HUES;
        while n_taken < HUES && taken[*place] {
            *place = (*place + step) % HUES;
        }
        n_taken += usize::from(!std::mem::replace(&mut taken[*place], true));
    }
    groups.iter().map(|group| places.get(group.as_str()).copied().unwrap_or(0)).collect()
}

/// FNV-1a over UTF-16, as the page has it, with the high bits mixed into the low ones.
fn hash(text: &str) -> u32 {
    let step = |hash: u32, unit: u16| (hash ^ u32::from(unit)).wrapping_mul(0x0100_0193);
    let hash = text.encode_utf16().fold(0x811c_9dc5, step);
    hash ^ hash >> 15
}

fn default_colour(place: usize, theme: Theme) -> Colour {
    let lightness = match theme {
        Theme::Dark => [0.78, 0.70],
        Theme::Light => [0.55, 0.62],
    };
    let at = place % HUES;
    let step = 360.0 / HUES as f64;
    let hue = FIRST_HUE + ((at * HUE_STEP) % HUES) as f64 * step;
    oklch(lightness[at % 2], CHROMA, hue % 360.0)
}

fn ramp_colour((from, to): (f64, f64), chroma: f64, spot: Spot<'_>, theme: Theme) -> Colour {
    let (start, end) = match theme {
        Theme::Dark => (0.86, 0.52),
        Theme::Light => (0.42, 0.76),
    };
    let share = match spot.count.min(RAMP_STEPS_MAX) {
        0 | 1 => ALONE,
        steps => (spot.nth % steps) as f64 / (steps - 1) as f64,
    };
    let hue = from + (to - from) * share;
    oklch(start + (end - start) * share, chroma, hue.rem_euclid(360.0))
}

fn semantic(spot: Spot<'_>, theme: Theme) -> Colour {
    let words: Vec<String> = spot
        .words
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_owned)
        .collect();
    let is_class = |word: &str, class: char| {
        word.len() == 3
            && word.starts_with(class)
            && word[1..].chars().all(|c| c.is_ascii_digit() || c == 'x')
    };
    let holds = |meant: &[&str], class: char| {
        words.iter().any(|word| meant.contains(&word.as_str()) || is_class(word, class))
    };
    let failed = words.iter().any(|word| word.starts_with("fail"));
    let (hue, chroma) = if failed || holds(&ALERT, '5') {
        (25.0, 0.17)
    } else if words.iter().any(|word| word.starts_with("warn")) || holds(&WARN, '4') {
        (75.0, 0.15)
    } else if words.iter().any(|word| word.starts_with("success")) || holds(&OK, '2') {
        (155.0, 0.14)
    } else if holds(&["info", "notice"], '3') {
        (255.0, 0.14)
    } else if holds(&["debug", "trace", "unknown", "none", "null"], '?') {
        (265.0, 0.012)
    } else {
        return default_colour(spot.place, theme);
    };
    oklch(if theme == Theme::Dark { 0.72 } else { 0.58 }, chroma, hue)
}

const ALERT: [&str; 13] = [
    "error",
    "err",
    "critical",
    "crit",
    "fatal",
    "emergency",
    "alert",
    "down",
    "denied",
    "blocked",
    "rejected",
    "unhealthy",
    "high",
];
const WARN: [&str; 5] = ["degraded", "pending", "medium", "throttled", "timeout"];
const OK: [&str; 8] = ["ok", "passed", "up", "healthy", "allowed", "running", "active", "low"];

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
                for nth in 0..7 {
                    let at = |nth| {
                        let spot = Spot { nth, count: 8, place: nth, words: "x" };
                        palette_colour(name, spot, theme)
                    };
                    assert_ne!(at(nth), at(nth + 1), "{name} {nth}");
                }
                let far = Spot { nth: usize::MAX, count: usize::MAX, place: usize::MAX, words: "" };
                palette_colour(name, far, theme);
                palette_colour(name, Spot::default(), theme);
            }
        }
    }

    #[test]
    fn colours_are_the_pages() {
        let check = |place: usize, theme: Theme, expect: &str| {
            let spot = Spot { place, ..Spot::default() };
            assert_eq!(palette_colour("", spot, theme).to_string(), expect);
        };
        check(0, Theme::Light, "#3e6dc8");
        check(1, Theme::Light, "#bf7101");
        check(2, Theme::Light, "#017da0");
    }

    #[test]
    fn groups_keep_their_place() {
        let groups = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            group_places(&names)
        };
        let both = groups(&["host:b", "host:a"]);
        assert_ne!(both[0], both[1]);
        assert_eq!(groups(&["host:a"])[0], both[1]);
        let many: Vec<String> = (0..HUES).map(|at| format!("host:{at}")).collect();
        let mut places = group_places(&many);
        places.sort_unstable();
        assert_eq!(
            places,
            (0..HUES).collect::<Vec<_>>(),
            "as many groups as colours, each its own"
        );
        assert_eq!(group_places(&vec!["x".to_owned(); 99]).len(), 99);
    }

    #[test]
    fn a_meaning_has_its_colour() {
        let check = |words: &str, expect: &str| {
            let colour =
                palette_colour("semantic", Spot { words, ..Spot::default() }, Theme::Light);
            let Colour { red, green, blue, .. } = colour;
            let name = match (red > 150, green > 100, blue > 150) {
                (true, false, false) => "red",
                (true, true, false) => "yellow",
                (false, true, false) => "green",
                (false, _, true) => "blue",
                _ => "grey",
            };
            assert_eq!(name, expect, "{words}: {colour}");
        };
        check("status:ERROR", "red");
        check("code:503", "red");
        check("job failed", "red");
        check("status:warning", "yellow");
        check("ok", "green");
        check("code:2xx", "green");
        check("info", "blue");
        check("host:okapi", "blue");
        check("é5x", "blue");
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
