//! Pictures as SVG: the same shapes, for whoever wants to scale them.

use std::fmt::Write;

use crate::colour::Colour;
use crate::paint::{Paint, Picture, Rect, Shape, Step};

impl Picture {
    /// The picture as SVG text. Letters are outlines, so it needs no font and holds no script.
    pub fn svg(&self) -> String {
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
            escape(&self.title),
            self.background,
        );
        let mut clips: Vec<Rect> = Vec::new();
        for shape in &self.shapes {
            let clip = shape.clip.map(|clip| match clips.iter().position(|known| *known == clip) {
                Some(at) => at,
                None => {
                    clips.push(clip);
                    define(&mut svg, clips.len() - 1, clip);
                    clips.len() - 1
                }
            });
            push(&mut svg, shape, clip);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn define(svg: &mut String, id: usize, clip: Rect) {
    let [x, y, width, height] =
        [clip.left, clip.top, clip.width(), clip.height()].map(|at| number(at.max(0.0)));
    write(
        svg,
        format_args!(
            "<clipPath id=\"c{id}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" \
             height=\"{height}\"/></clipPath>\n"
        ),
    );
}

fn push(svg: &mut String, shape: &Shape, clip: Option<usize>) {
    write(svg, format_args!("<path d=\""));
    for step in &shape.steps {
        match *step {
            Step::Move(to) => write(svg, format_args!("M{}", point(to))),
            Step::Line(to) => write(svg, format_args!("L{}", point(to))),
            Step::Quad(by, to) => write(svg, format_args!("Q{} {}", point(by), point(to))),
            Step::Cubic(first, second, to) => {
                let (first, second) = (point(first), point(second));
                write(svg, format_args!("C{first} {second} {}", point(to)));
            }
            Step::Close => svg.push('Z'),
        }
    }
    match shape.paint {
        Paint::Fill(colour) => {
            write(svg, format_args!("\" fill=\"{colour}\"{}", opacity("fill", colour)));
        }
        Paint::Stroke(stroke) => {
            let colour = stroke.colour;
            let width = number(stroke.width);
            write(
                svg,
                format_args!("\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\""),
            );
            write(svg, format_args!(" stroke-linejoin=\"round\"{}", opacity("stroke", colour)));
            if let Some([ink, gap]) = stroke.dash.lengths() {
                write(svg, format_args!(" stroke-dasharray=\"{ink} {gap}\""));
            }
        }
    }
    if let Some(id) = clip {
        write(svg, format_args!(" clip-path=\"url(#c{id})\""));
    }
    svg.push_str("/>\n");
}

fn opacity(of: &str, colour: Colour) -> String {
    match colour.alpha {
        255 => String::new(),
        alpha => format!(" {of}-opacity=\"{:.3}\"", f32::from(alpha) / 255.0),
    }
}

fn point((x, y): (f32, f32)) -> String {
    format!("{},{}", number(x), number(y))
}

/// Hundredths of a pixel, without needless zeros.
fn number(value: f32) -> String {
    let text = format!("{:.2}", if value.is_finite() { value } else { 0.0 });
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

fn write(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("BUG: writing to a string cannot fail");
}
