/// Dots of a braille cell by (column, row), as bits of U+2800; Unicode chapter 21.1.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// A grid of braille cells. Dots outside of it are left out.
#[derive(Debug)]
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    /// Dots, and the line that set one last.
    cells: Vec<(u8, usize)>,
}

impl Canvas {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![(0, 0); columns * rows] }
    }

    /// Width and height in dots.
    pub(super) fn dots(&self) -> (usize, usize) {
        (self.columns * 2, self.rows * 4)
    }

    pub(super) fn dot(&mut self, (x, y): (i64, i64), line: usize) {
        let (width, height) = self.dots();
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < width && y < height {
            let cell = &mut self.cells[y / 4 * self.columns + x / 2];
            *cell = (cell.0 | BITS[x % 2][y % 4], line);
        }
    }

    /// Joins two dots, in as many steps as the longer side has.
    pub(super) fn line(&mut self, from: (i64, i64), to: (i64, i64), line: usize) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (width, height) = self.dots();
        let steps = dx.abs().max(dy.abs()).clamp(1, (width + height) as i64);
        for step in 0..=steps {
            let at =
                |start: i64, d: i64| start + (d as f64 * step as f64 / steps as f64).round() as i64;
            self.dot((at(from.0, dx), at(from.1, dy)), line);
        }
    }

    /// A row of cells as text; `show` gets a braille character and the line it belongs to.
    pub(super) fn row(&self, row: usize, show: impl Fn(char, usize) -> String) -> String {
        self.cells[row * self.columns..(row + 1) * self.columns]
            .iter()
            .map(|(dots, line)| match dots {
                0 => " ".to_owned(),
                _ => show(char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' '), *line),
            })
            .collect()
    }
}
