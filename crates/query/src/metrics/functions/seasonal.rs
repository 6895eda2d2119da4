//! The mathematics behind `anomalies` and `forecast`: pure, from numbers to numbers.
//!
//! - `line`: a line with its history, which may lie in slices with holes between them.
//! - `season`: the same phase of earlier seasons, by the clock of a time zone, and which history that
//!   takes.
//! - `stats`: quantiles, spreads, a robust straight line.
//! - `basic`, `bands`: where a value is expected, from what came before it.
//! - `linear`, `project`: where a line is heading.
//!
//! What holds for every band: it depends on what came before the moment it is about and on nothing
//! after it, so that a moment looks the same in each window that shows it, and at night in a monitor
//! as the next day in a graph.

pub(super) mod bands;
pub(super) mod basic;
pub(super) mod line;
pub(super) mod linear;
pub(super) mod project;
pub(super) mod season;
pub(super) mod stats;

#[cfg(test)]
mod tests;

/// Where a value is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Expected {
    pub center: f64,
    pub lower: f64,
    pub upper: f64,
    /// Whether there was as much history as the method wants.
    pub is_sure: bool,
}

impl Expected {
    /// Of what nothing is known.
    pub(super) const NONE: Self =
        Self { center: f64::NAN, lower: f64::NAN, upper: f64::NAN, is_sure: false };

    /// `center` ± `reach`.
    fn around(center: f64, reach: f64, is_sure: bool) -> Self {
        // Wide enough that rounding does not put a value outside.
        let reach = reach.max(center.abs() * 1e-9);
        Self { center, lower: center - reach, upper: center + reach, is_sure }
    }
}
