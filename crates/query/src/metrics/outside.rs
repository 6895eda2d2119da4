//! Which points of a line lie outside its band, for monitors.

use model::TimeRange;

use super::frame::Frame;

/// On which side of the band a point has to be to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Above,
    Below,
    Both,
}

impl Direction {
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "above" => Self::Above,
            "below" => Self::Below,
            "both" => Self::Both,
            _ => return None,
        })
    }
}

/// The share (0 to 1) of the points that begin in `range` that lie outside the line's band, among
/// those that have a band. `None` when none has: then nothing can be said, which is not "none lies
/// outside".
pub fn outside_share(frame: &Frame, range: TimeRange, direction: Direction) -> Option<f64> {
    let band = frame.marks.as_ref()?.band.as_ref()?;
    let edges = band.lower.iter().zip(&band.upper);
    let (mut n, mut n_outside) = (0u64, 0u64);
    for ((time, value), (lower, upper)) in frame.points().zip(edges) {
        let Some(value) = value.filter(|_| range.from <= time && time < range.to) else {
            continue;
        };
        if !lower.is_finite() || !upper.is_finite() {
            continue;
        }
        n += 1;
        let is_outside = match direction {
            Direction::Above => value > *upper,
            Direction::Below => value < *lower,
            Direction::Both => value > *upper || value < *lower,
        };
        n_outside += u64::from(is_outside);
    }
    (n > 0).then(|| n_outside as f64 / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::frame::{Band, Marks};

    #[test]
    fn points_outside_are_counted_by_side() {
        let nan = f64::NAN;
        let mut frame =
            Frame::line(vec![0, 10, 20, 30, 40, 50], vec![1.0, 9.0, 5.0, nan, -9.0, 99.0]);
        assert_eq!(outside_share(&frame, TimeRange::new(0, 60), Direction::Both), None);
        let band = Band { lower: vec![0.0, 0.0, 0.0, 0.0, 0.0, nan], upper: vec![5.0; 6] };
        frame.marks = Some(Box::new(Marks { band: Some(band), ..Marks::default() }));
        let cases = [
            (0, 60, Direction::Both, Some(0.5)),
            (0, 60, Direction::Above, Some(0.25)),
            (0, 60, Direction::Below, Some(0.25)),
            (10, 20, Direction::Above, Some(1.0)),
            (10, 20, Direction::Below, Some(0.0)),
            (30, 40, Direction::Both, None),
            (50, 60, Direction::Both, None),
        ];
        for (from, to, direction, expect) in cases {
            let share = outside_share(&frame, TimeRange::new(from, to), direction);
            assert_eq!(share, expect, "{from}..{to} {direction:?}");
        }
    }
}
