//! Whole pictures: size, ink where it should be, and no panic whatever the numbers are.

use super::*;

const HOUR_MS: i64 = 3_600_000;
const START_MS: i64 = 1_770_000_000_000;

fn frame(title: &str) -> Frame {
    let title = title.to_owned();
    Frame { title, width: 600, height: 400, ..Frame::default() }
}

fn wave(kind: Kind, at: usize) -> Line {
    let n = 120;
    Line {
        label: format!("system.load.1{{host:web-{at}}}"),
        colour: palette_colour("", Spot { place: at, ..Spot::default() }, Theme::Light),
        kind,
        times: (0..n).map(|i| START_MS + i * HOUR_MS / n).collect(),
        values: (0..n).map(|i| 3.0 + at as f64 + (i as f64 / (9.0 + at as f64)).sin()).collect(),
        ..Line::default()
    }
}

fn series(lines: Vec<Line>) -> Timeseries {
    Timeseries { lines, from_ms: START_MS, to_ms: START_MS + HOUR_MS, ..Timeseries::default() }
}

/// The pixels of a PNG of ours, as width, height and rows of RGB.
fn decode(png: &[u8]) -> (u32, u32, Vec<Vec<[u8; 3]>>) {
    use std::io::Read;
    assert_eq!(png[..8], [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n']);
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    let (mut at, mut size, mut data) = (8, (0, 0), Vec::new());
    while at < png.len() {
        let n = word(at) as usize;
        let (kind, body) = (&png[at + 4..at + 8], &png[at + 8..at + 8 + n]);
        assert_eq!(crc32fast::hash(&png[at + 4..at + 8 + n]), word(at + 8 + n), "checksum");
        match kind {
            b"IHDR" => size = (word(at + 8), word(at + 12)),
            b"IDAT" => data.extend_from_slice(body),
            _ => {}
        }
        at += n + 12;
    }
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(&data[..]).read_to_end(&mut raw).unwrap();
    let row_bytes = size.0 as usize * 3 + 1;
    assert_eq!(raw.len(), row_bytes * size.1 as usize);
    let mut rows: Vec<Vec<[u8; 3]>> = Vec::new();
    for row in raw.chunks_exact(row_bytes) {
        let above = rows.last();
        let pixel = |(x, pixel): (usize, &[u8])| {
            let up = above.map_or([0; 3], |row: &Vec<[u8; 3]>| row[x]);
            [0, 1, 2].map(|c| pixel[c].wrapping_add(up[c]))
        };
        rows.push(row[1..].chunks_exact(3).enumerate().map(pixel).collect());
    }
    (size.0, size.1, rows)
}

fn near(pixel: [u8; 3], colour: Colour) -> bool {
    let want = [colour.red, colour.green, colour.blue];
    pixel.iter().zip(want).all(|(have, want)| have.abs_diff(want) < 40)
}

fn count(rows: &[Vec<[u8; 3]>], colour: Colour) -> usize {
    rows.iter().flatten().filter(|pixel| near(**pixel, colour)).count()
}

#[test]
fn a_line_is_drawn_where_its_values_are() {
    let lines = vec![wave(Kind::Line, 0)];
    let colour = lines[0].colour;
    let png = draw(&frame("Load"), &Graph::Timeseries(series(lines))).png(1.0, "");
    let (width, height, rows) = decode(&png);
    assert_eq!((width, height), (600, 400));
    assert!(count(&rows, colour) > 500, "the line");
    assert!(count(&rows[..30], Theme::Light.ink().text) > 20, "the title");
    assert!(count(&rows[350..], Theme::Light.ink().muted) > 20, "the legend");
    // Every column of the plot has some of the line.
    for x in (100..580).step_by(20) {
        let column = rows.iter().filter(|row| near(row[x], colour)).count();
        assert!(column > 0, "column {x}");
    }
}

#[test]
fn a_gap_stays_empty() {
    let mut line = wave(Kind::Line, 0);
    line.values[50..70].fill(f64::NAN);
    let colour = line.colour;
    let graph = Timeseries { hides_legend: true, ..series(vec![line]) };
    let (_, _, rows) = decode(&draw(&frame(""), &Graph::Timeseries(graph)).png(1.0, ""));
    let inked = |x: usize| rows.iter().any(|row| near(row[x], colour));
    assert!(inked(150) && !inked(320) && inked(500));
}

#[test]
fn what_is_outside_the_band_is_red() {
    let mut line = wave(Kind::Line, 0);
    let upper: Vec<f64> = line.values.iter().map(|v| v + 0.5).collect();
    let lower: Vec<f64> = line.values.iter().map(|v| v - 0.5).collect();
    line.band = Some(Band { lower, upper });
    let red = Theme::Light.ink().alert;
    let pixels = |line: &Line| {
        let graph = Graph::Timeseries(series(vec![line.clone()]));
        count(&decode(&draw(&frame(""), &graph).png(1.0, "")).2, red)
    };
    assert_eq!(pixels(&line), 0);
    line.values[60] += 2.0;
    assert!(pixels(&line) > 20);
    line.foretold_from_ms = Some(START_MS);
    assert_eq!(pixels(&line), 0, "what is foretold cannot be wrong yet");
}

#[test]
fn stacks_fill_and_bars_stand() {
    for kind in [Kind::Area, Kind::Bars] {
        let lines = vec![wave(kind, 0), wave(kind, 1), wave(kind, 2)];
        let colours: Vec<Colour> = lines.iter().map(|line| line.colour).collect();
        let graph = Timeseries { hides_legend: true, ..series(lines) };
        let (_, _, rows) = decode(&draw(&frame(""), &Graph::Timeseries(graph)).png(1.0, ""));
        let white = count(&rows, Colour::rgb(0xffffff));
        assert!(white < 600 * 400 * 6 / 10, "{kind:?}: {white} pixels are empty");
        for colour in colours {
            // Areas let the grid through.
            let seen = |c: u8| if kind == Kind::Area { c / 20 * 9 + 140 } else { c };
            let [red, green, blue] = [colour.red, colour.green, colour.blue].map(seen);
            let drawn = Colour { red, green, blue, alpha: 255 };
            assert!(count(&rows, drawn) > 3000, "{kind:?} {colour}");
        }
    }
}

#[test]
fn pictures_of_any_size_have_that_size() {
    for (width, height) in [(0, 0), (16, 16), (60, 30), (200, 90), (1200, 20), (33, 700)] {
        for graph in [
            Graph::Timeseries(series(vec![wave(Kind::Line, 0), wave(Kind::Area, 1)])),
            Graph::Value(Value { value: 12.5, ..Value::default() }),
            Graph::TopList(TopList {
                items: vec![TopItem { label: "a".into(), value: 1.0, colour: Colour::rgb(0) }; 30],
                unit: None,
            }),
            Graph::Nothing("a sentence of some words".to_owned()),
        ] {
            let picture = draw(&Frame { width, height, ..frame("A title") }, &graph);
            let (w, h, _) = decode(&picture.png(1.0, ""));
            assert_eq!((w, h), (width.max(SIDE_MIN), height.max(SIDE_MIN)));
        }
    }
    let picture = draw(&frame(""), &Graph::Nothing(String::new()));
    assert_eq!(decode(&picture.png(2.0, "")).0, 1200);
    assert_eq!(decode(&picture.png(f32::NAN, "")).0, 600);
}

#[test]
fn odd_numbers_are_no_panic() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, 1e-310];
    let mut shapes: Vec<(Vec<i64>, Vec<f64>)> = vec![
        (vec![], vec![]),
        (vec![START_MS], vec![1.0]),
        (vec![START_MS, START_MS], vec![1.0, 2.0]),
        (vec![START_MS, START_MS - 5], vec![1.0, 2.0]),
        (vec![i64::MIN, i64::MAX], vec![f64::MIN, f64::MAX]),
        (vec![START_MS], vec![1.0, 2.0, 3.0]),
        (vec![START_MS; 3], vec![1.0]),
        ((0..10_000).map(|i| START_MS + i * 360).collect(), (0..10_000).map(f64::from).collect()),
    ];
    for value in odd {
        shapes.push(((0..9).map(|i| START_MS + i).collect(), vec![value; 9]));
        shapes.push((vec![START_MS, START_MS + 1000], vec![value, 1.0]));
    }
    for (times, values) in shapes {
        for kind in [Kind::Line, Kind::Area, Kind::Bars] {
            for scale in [Scale::Linear, Scale::Log] {
                let band = Band { lower: values.clone(), upper: vec![1.0] };
                let line = Line {
                    times: times.clone(),
                    values: values.clone(),
                    band: Some(band),
                    foretold_from_ms: times.first().copied(),
                    ..wave(kind, 0)
                };
                let mut graph = series(vec![line, wave(kind, 1)]);
                graph.y.scale = scale;
                graph.markers = vec![Marker::parse("y = 3", "error", "x").unwrap()];
                graph.events = vec![EventMark { time_ms: i64::MAX, colour: None }];
                for (from, to) in [(START_MS, START_MS + HOUR_MS), (5, 5), (i64::MIN, i64::MAX)] {
                    (graph.from_ms, graph.to_ms) = (from, to);
                    let small = Frame { width: 120, height: 80, ..frame("x") };
                    draw(&small, &Graph::Timeseries(graph.clone())).png(1.0, "");
                }
            }
        }
    }
    for value in odd {
        draw(&frame(""), &Graph::Value(Value { value, ..Value::default() })).png(1.0, "");
        let items = vec![TopItem { label: "日本".into(), value, colour: Colour::rgb(0) }; 3];
        draw(&frame(""), &Graph::TopList(TopList { items, unit: None })).png(1.0, "");
    }
}

#[test]
fn svg_holds_no_markup_of_the_data() {
    let graph = series(vec![Line { label: "<script>".into(), ..wave(Kind::Line, 0) }]);
    let svg = draw(&frame("a <b> & \"c\""), &Graph::Timeseries(graph)).svg();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("<title>a &lt;b&gt; &amp; \"c\"</title>") && !svg.contains("<script"));
    assert!(svg.matches("<path ").count() > 20);
}

#[test]
fn a_comment_makes_another_file_of_the_same_picture() {
    let picture = draw(&frame("x"), &Graph::Nothing("y".to_owned()));
    let (one, two) = (picture.png(1.0, "a"), picture.png(1.0, "b"));
    assert_ne!(one, two);
    assert_eq!(decode(&one), decode(&two));
}
