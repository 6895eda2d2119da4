//! Pictures as PNG: rasterised by tiny-skia, written as 24-bit RGB.
//!
//! Source of the format: the PNG specification, third edition (W3C). Only what one needs to write:
//! the header, one data chunk, a text and the end.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tiny_skia::{
    FillRule, LineCap, LineJoin, Mask, Path, PathBuilder, Pixmap, StrokeDash, Transform,
};

use crate::SIDE_MAX;
use crate::colour::Colour;
use crate::paint::{Paint, Picture, Rect, Shape, Step};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// 8 bits a channel, RGB, deflate, adaptive filters, not interlaced.
const LAYOUT: [u8; 5] = [8, 2, 0, 0, 0];

impl Picture {
    /// The picture as PNG. `scale` is how many pixels of the PNG one pixel of the picture becomes on
    /// each axis (2 for screens with fine pixels), between 1 and 4, less where a side would become
    /// longer than [`SIDE_MAX`]. `comment` is kept in the file, for nobody to see.
    pub fn png(&self, scale: f32, comment: &str) -> Vec<u8> {
        let longest = self.width.max(self.height) as f32;
        let scale = if scale.is_finite() { scale } else { 1.0 };
        let scale = scale.clamp(1.0, 4.0).min(SIDE_MAX as f32 / longest).max(1.0);
        let side = |pixels: u32| ((pixels as f32 * scale).round() as u32).clamp(1, SIDE_MAX);
        let (width, height) = (side(self.width), side(self.height));
        let mut pixels = Pixmap::new(width, height).expect("BUG: both sides are at least 1");
        pixels.fill(colour(self.background));
        let mut clip = Clip::default();
        for shape in &self.shapes {
            draw(&mut pixels, shape, scale, &mut clip);
        }
        encode(&pixels, comment)
    }
}

fn colour(of: Colour) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(of.red, of.green, of.blue, of.alpha)
}

/// The mask of the last clip: neighbours in the list share one.
#[derive(Default)]
struct Clip {
    rect: Option<Rect>,
    mask: Option<Mask>,
}

impl Clip {
    fn mask(&mut self, rect: Option<Rect>, pixels: &Pixmap, scale: f32) -> Option<&Mask> {
        if self.rect != rect {
            self.rect = rect;
            self.mask = rect.and_then(|rect| {
                let mut mask = Mask::new(pixels.width(), pixels.height())?;
                let edges = tiny_skia::Rect::from_ltrb(
                    rect.left * scale,
                    rect.top * scale,
                    rect.right * scale,
                    rect.bottom * scale,
                )?;
                let path = PathBuilder::from_rect(edges);
                mask.fill_path(&path, FillRule::Winding, true, Transform::identity());
                Some(mask)
            });
        }
        self.mask.as_ref()
    }
}

fn draw(pixels: &mut Pixmap, shape: &Shape, scale: f32, clip: &mut Clip) {
    let Some(path) = path(&shape.steps) else { return };
    let transform = Transform::from_scale(scale, scale);
    let mask = clip.mask(shape.clip, pixels, scale);
    let mut paint = tiny_skia::Paint { anti_alias: true, ..Default::default() };
    match shape.paint {
        Paint::Fill(fill) => {
            paint.set_color(colour(fill));
            pixels.fill_path(&path, &paint, FillRule::Winding, transform, mask);
        }
        Paint::Stroke(stroke) => {
            paint.set_color(colour(stroke.colour));
            let dash = stroke.dash.lengths().and_then(|dash| StrokeDash::new(dash.into(), 0.0));
            let stroke = tiny_skia::Stroke {
                width: stroke.width,
                line_join: LineJoin::Round,
                line_cap: if dash.is_some() { LineCap::Butt } else { LineCap::Round },
                dash,
                ..Default::default()
            };
            pixels.stroke_path(&path, &paint, &stroke, transform, mask);
        }
    }
}

fn path(steps: &[Step]) -> Option<Path> {
    let mut path = PathBuilder::with_capacity(steps.len(), steps.len());
    for step in steps {
        match *step {
            Step::Move((x, y)) => path.move_to(x, y),
            Step::Line((x, y)) => path.line_to(x, y),
            Step::Quad((x1, y1), (x, y)) => path.quad_to(x1, y1, x, y),
            Step::Cubic((x1, y1), (x2, y2), (x, y)) => path.cubic_to(x1, y1, x2, y2, x, y),
            Step::Close => path.close(),
        }
    }
    path.finish()
}

fn encode(pixels: &Pixmap, comment: &str) -> Vec<u8> {
    let mut png = SIGNATURE.to_vec();
    let mut header = Vec::with_capacity(13);
    header.extend(pixels.width().to_be_bytes());
    header.extend(pixels.height().to_be_bytes());
    header.extend(LAYOUT);
    chunk(&mut png, *b"IHDR", &header);
    if !comment.is_empty() {
        // Latin-1 without line breaks is all that the chunk may hold.
        let text: String = comment.chars().filter(|c| (' '..='~').contains(c)).collect();
        chunk(&mut png, *b"tEXt", format!("Comment\0{text}").as_bytes());
    }
    chunk(&mut png, *b"IDAT", &deflate(pixels));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    let length = u32::try_from(body.len()).expect("BUG: a picture of SIDE_MAX is below 4 GiB");
    png.extend(length.to_be_bytes());
    let from = png.len();
    png.extend(kind);
    png.extend(body);
    png.extend(crc32fast::hash(&png[from..]).to_be_bytes());
}

/// Each row as the difference to the row above, which of flat graphs is mostly zeros.
fn deflate(pixels: &Pixmap) -> Vec<u8> {
    const UP: u8 = 2;
    let row_bytes = pixels.width() as usize * 3;
    let mut above = vec![0; row_bytes];
    let mut row = Vec::with_capacity(row_bytes);
    let mut filtered = Vec::with_capacity(row_bytes + 1);
    let mut out = ZlibEncoder::new(Vec::new(), Compression::new(6));
    for line in pixels.data().chunks_exact(pixels.width() as usize * 4) {
        row.clear();
        // The background is opaque, so no pixel is see-through and the colours are as they are.
        row.extend(line.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]));
        filtered.clear();
        filtered.push(UP);
        filtered.extend(row.iter().zip(&above).map(|(here, above)| here.wrapping_sub(*above)));
        out.write_all(&filtered).expect("BUG: writing to memory cannot fail");
        std::mem::swap(&mut above, &mut row);
    }
    out.finish().expect("BUG: writing to memory cannot fail")
}
