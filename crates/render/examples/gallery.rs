//! Writes one picture of each sort into a folder, to be looked at:
//! `cargo run -p render --example gallery -- FOLDER`.

use std::path::Path;

use render::{
    Band, Dash, EventMark, Frame, Graph, Kind, Line, Marker, Scale, Spot, Theme, Timeseries,
    TopItem, TopList, Unit, UnitFamily, UnitPart, Value, YAxis, draw, palette_colour,
};

const START_MS: i64 = 1_770_000_000_000;
const N: i64 = 240;
const STEP_MS: i64 = 15_000;
const PALETTES: [&str; 6] = ["dog_classic", "cool", "warm", "purple", "orange", "semantic"];

fn wave(kind: Kind, at: usize, palette: &str, theme: Theme) -> Line {
    let level = 3.0 + at as f64 * 1.7;
    let value = |i: i64| {
        let noise = ((i * 7919 + at as i64 * 104_729) % 97) as f64 / 97.0 - 0.5;
        level + (i as f64 / (19.0 + at as f64 * 3.0)).sin() + noise * 0.4
    };
    let label = format!("system.load.1{{host:web-{at},env:prod}}");
    Line {
        colour: palette_colour(
            palette,
            Spot { nth: at, count: 5, place: at, words: &label },
            theme,
        ),
        label,
        kind,
        times: (0..N).map(|i| START_MS + i * STEP_MS).collect(),
        values: (0..N).map(value).collect(),
        ..Line::default()
    }
}

fn series(lines: Vec<Line>) -> Timeseries {
    let to_ms = START_MS + N * STEP_MS;
    Timeseries { lines, from_ms: START_MS, to_ms, ..Timeseries::default() }
}

fn anomalous(theme: Theme) -> Timeseries {
    let mut line = wave(Kind::Line, 0, "dog_classic", theme);
    let middle = |i: i64| 3.0 + (i as f64 / 19.0).sin();
    line.band = Some(Band {
        lower: (0..N).map(|i| middle(i) - 0.6).collect(),
        upper: (0..N).map(|i| middle(i) + 0.6).collect(),
    });
    for value in &mut line.values[100..112] {
        *value += 1.4;
    }
    line.values[30..40].fill(f64::NAN);
    line.foretold_from_ms = Some(START_MS + 190 * STEP_MS);
    let mut graph = series(vec![line]);
    graph.markers.extend(Marker::parse("y = 4.6", "error dashed", "too much"));
    graph.markers.extend(Marker::parse("y > 4.2", "warning dashed", ""));
    let events = [40, 41, 130].map(|i| EventMark { time_ms: START_MS + i * STEP_MS, colour: None });
    graph.events = events.to_vec();
    graph.note = "The band is wide: it knows 2 days of the 3 weeks that it wants".to_owned();
    graph
}

fn bytes() -> Unit {
    let part = |family, name: &str| UnitPart {
        family,
        name: name.to_owned(),
        plural: format!("{name}s"),
        short: String::new(),
        scale: 1.0,
    };
    Unit { what: part(UnitFamily::Bytes, "byte"), per: Some(part(UnitFamily::Time, "second")) }
}

fn graphs(theme: Theme) -> Vec<(String, Graph)> {
    let many = |kind, palette: &str, n| (0..n).map(|at| wave(kind, at, palette, theme)).collect();
    let mut graphs = vec![
        ("anomaly".to_owned(), Graph::Timeseries(anomalous(theme))),
        ("area".to_owned(), Graph::Timeseries(series(many(Kind::Area, "dog_classic", 4)))),
        ("bars".to_owned(), Graph::Timeseries(series(many(Kind::Bars, "cool", 3)))),
        ("many".to_owned(), Graph::Timeseries(series(many(Kind::Line, "", 20)))),
    ];
    for palette in PALETTES {
        let lines = many(Kind::Line, palette, 5);
        graphs.push((format!("palette-{palette}"), Graph::Timeseries(series(lines))));
    }
    let mut log = series(many(Kind::Line, "", 2));
    for (at, line) in log.lines.iter_mut().enumerate() {
        line.values.iter_mut().for_each(|v| *v = 10f64.powf(*v + at as f64) * 1e3);
        line.dash = [Dash::Solid, Dash::Dotted][at];
    }
    log.unit = Some(bytes());
    log.y = YAxis { scale: Scale::Log, ..YAxis::default() };
    graphs.push(("log-bytes".to_owned(), Graph::Timeseries(log)));
    let value = Value { value: 1.234e9, unit: Some(bytes()), ..Value::default() };
    graphs.push(("value".to_owned(), Graph::Value(value)));
    let items = (0..14)
        .map(|at| TopItem {
            label: format!("host:web-{at}"),
            value: 9000.0 / f64::from(at + 1),
            colour: palette_colour("", Spot::default(), theme),
        })
        .collect();
    graphs.push(("toplist".to_owned(), Graph::TopList(TopList { items, unit: None })));
    graphs.push(("empty".to_owned(), Graph::Timeseries(series(Vec::new()))));
    let (text, ground) = render::colour_of_name("white_on_red").unwrap_or_default();
    let red =
        Value { value: 87.0, custom_unit: "%".into(), colours: Some((text, ground)), unit: None };
    graphs.push(("value-red".to_owned(), Graph::Value(red)));
    graphs
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        for (what, graph) in graphs(theme) {
            let frame = Frame {
                title: "System load by host".to_owned(),
                subtitle: "Feb 2, 02:40 – 03:40 UTC".to_owned(),
                width: 720,
                height: 360,
                theme,
                utc_offset_secs: 0,
            };
            let picture = draw(&frame, &graph);
            let path = Path::new(&folder).join(format!("{what}-{name}"));
            std::fs::write(path.with_extension("png"), picture.png(1.0, ""))?;
            std::fs::write(path.with_extension("svg"), picture.svg())?;
        }
    }
    Ok(())
}
