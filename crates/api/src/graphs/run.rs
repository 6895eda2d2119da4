//! From a definition to a graph with its values.

use std::collections::{BTreeMap, BTreeSet};

use model::TimeRange;
use query::metrics::formula::Request as FormulaRequest;
use query::metrics::{Frame, Frames, Window};
use render::{
    Band, Colour, Graph, Line, Spot, Theme, Timeseries, TopItem, TopList, Unit, UnitFamily,
    UnitPart, Value, palette_colour,
};
use serde_json::Value as Json;

use super::definition::{Ask, Definition, Request, Sort};
use super::events;
use crate::call::Call;
use crate::error::Result;
use crate::timeseries;

/// The lines of one request, with what the legend says of each.
struct Answered<'a> {
    request: &'a Request,
    lines: Vec<(Frame, String)>,
}

/// Runs the queries and builds what is drawn of them.
pub(crate) async fn run(
    call: &Call,
    definition: &Definition,
    window: TimeRange,
    theme: Theme,
) -> Result<Graph> {
    let mut answered = Vec::with_capacity(definition.requests.len());
    let mut notes: Vec<String> = Vec::new();
    for (at, request) in definition.requests.iter().enumerate() {
        let found = ask(call, &request.ask, window).await;
        let found = found.map_err(|error| error.at(&format!("requests[{at}]")))?;
        notes.extend(found.partial.clone());
        let said = found.frames.iter().filter_map(|frame| frame.marks.as_ref()?.note.clone());
        notes.extend(said);
        let labels = labels(&found.frames, &request.ask, definition.requests.len());
        let lines = found.frames.into_iter().zip(labels).collect();
        answered.push(Answered { request, lines });
    }
    notes.dedup();
    let unit = unit(call, &answered).await?;
    Ok(match definition.sort {
        Sort::Timeseries => {
            let marks = events::marks(call, &definition.events, window).await?;
            Graph::Timeseries(Timeseries {
                to_ms: last_time(&answered, window),
                lines: lines(answered, theme),
                from_ms: window.from,
                unit,
                y: definition.y,
                markers: definition.markers.clone(),
                events: marks,
                note: notes.into_iter().next().unwrap_or_default(),
                hides_legend: definition.hides_legend,
            })
        }
        Sort::Value => Graph::Value(value(definition, &answered, unit)),
        Sort::TopList => Graph::TopList(top_list(&answered, unit, theme)),
    })
}

async fn ask(call: &Call, ask: &Ask, range: TimeRange) -> Result<Frames> {
    let window = Window { range, interval_ms: None };
    match ask {
        Ask::Text { query, text, .. } => timeseries::run_text(call, query, text, window).await,
        Ask::Formulas { queries, formulas, .. } => {
            let request =
                FormulaRequest { queries: queries.clone(), formulas: formulas.clone(), window };
            Ok(call.state.query.timeseries(call.org(), &request).await?)
        }
    }
}

/// What the legend calls each line: the name that a person gave, the tags of the group, or the
/// query, and with several lines of one group the query too.
fn labels(frames: &[Frame], ask: &Ask, n_requests: usize) -> Vec<String> {
    let first = frames.first().map(|frame| frame.query_index);
    let is_one_query =
        n_requests == 1 && frames.iter().all(|frame| Some(frame.query_index) == first);
    let label = |frame: &Frame| {
        let tags = frame.tag_set.join(", ");
        let alias = match ask {
            Ask::Text { alias, .. } => alias.as_deref(),
            Ask::Formulas { aliases, .. } => aliases.get(frame.query_index)?.as_deref(),
        };
        Some(match (alias, tags.is_empty(), is_one_query) {
            (Some(alias), true, _) => alias.to_owned(),
            (Some(""), false, true) => tags,
            (Some(alias), false, _) => format!("{alias} {tags}"),
            (None, true, _) => return None,
            (None, false, true) => tags,
            (None, false, false) => return None,
        })
    };
    let name = |frame: &Frame| match (frame.expression.is_empty(), frame.metric.is_empty()) {
        (false, _) => frame.expression.clone(),
        (true, false) => frame.metric.clone(),
        (true, true) => frame.scope.clone(),
    };
    frames.iter().map(|frame| label(frame).unwrap_or_else(|| name(frame))).collect()
}

/// A forecast goes on to the right of the window.
fn last_time(answered: &[Answered<'_>], window: TimeRange) -> i64 {
    let frames = answered.iter().flat_map(|answered| &answered.lines).map(|(frame, _)| frame);
    let foretold = frames
        .filter(|frame| frame.marks.as_ref().is_some_and(|marks| marks.forecast_from.is_some()));
    foretold.filter_map(|frame| frame.times.last().copied()).fold(window.to, i64::max)
}

/// The lines with the colours that the page gives them.
fn lines(answered: Vec<Answered<'_>>, theme: Theme) -> Vec<Line> {
    let colours = colours(&answered, theme);
    let all = answered
        .into_iter()
        .flat_map(|Answered { request, lines }| lines.into_iter().map(move |line| (request, line)));
    let line = |((request, (frame, label)), colour): ((&Request, (Frame, String)), Colour)| {
        let style = &request.style;
        let marks = frame.marks.map(|marks| *marks).unwrap_or_default();
        Line {
            label,
            colour,
            kind: style.kind,
            times: frame.times.to_vec(),
            values: frame.values,
            band: marks.band.map(|band| Band { lower: band.lower, upper: band.upper }),
            foretold_from_ms: marks.forecast_from,
            is_outlier: marks.is_outlier.unwrap_or(false),
            dash: style.dash,
            stroke_width: style.stroke_width,
        }
    };
    all.zip(colours).map(line).collect()
}

/// One for each line, in their order: by the tags of its group where it has any, else by the place
/// of its query among all.
fn colours(answered: &[Answered<'_>], theme: Theme) -> Vec<Colour> {
    // Which query of the graph a line belongs to, from 0.
    let mut places: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut all: Vec<(&str, &Frame, &str, (usize, usize))> = Vec::new();
    for (at, Answered { request, lines }) in answered.iter().enumerate() {
        for (frame, label) in lines {
            let query = (at, frame.query_index);
            places.insert(query);
            all.push((&request.style.palette, frame, label, query));
        }
    }
    let place_of: BTreeMap<_, _> = places.into_iter().enumerate().map(|(at, q)| (q, at)).collect();
    let place = |query| place_of.get(&query).copied().unwrap_or(0);
    let key = |frame: &Frame, query| match place(query) {
        0 => frame.tag_set.join(","),
        place => format!("{} {place}", frame.tag_set.join(",")),
    };
    let grouped = all.iter().filter(|(_, frame, ..)| !frame.tag_set.is_empty());
    let keys: Vec<String> = grouped.map(|(_, frame, _, query)| key(frame, *query)).collect();
    let mut hashed = render::group_places(&keys).into_iter();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (palette, ..) in &all {
        *counts.entry(palette).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut colours = Vec::with_capacity(all.len());
    for (palette, frame, label, query) in all {
        let n_seen = seen.entry(palette).or_default();
        let nth = std::mem::replace(n_seen, *n_seen + 1);
        let has_tags = !frame.tag_set.is_empty();
        let own = place(query);
        let words = if has_tags { frame.tag_set.join(" ") } else { label.to_owned() };
        let spot = Spot {
            nth,
            count: counts.get(palette).copied().unwrap_or(1),
            place: if has_tags { hashed.next().unwrap_or(own) } else { own },
            words: &words,
        };
        colours.push(palette_colour(palette, spot, theme));
    }
    colours
}

fn value(definition: &Definition, answered: &[Answered<'_>], unit: Option<Unit>) -> Value {
    let first = answered.iter().find_map(|a| Some((a.request, &a.lines.first()?.0)));
    let value = first.map_or(f64::NAN, |(request, frame)| request.aggregator.reduce(frame));
    let conditions = first.map(|(request, _)| request.conditions.as_slice()).unwrap_or_default();
    let condition = conditions.iter().find(|condition| condition.holds(value));
    let colours = condition.and_then(|condition| render::colour_of_name(&condition.palette));
    Value { value, unit, custom_unit: definition.custom_unit.clone(), colours }
}

fn top_list(answered: &[Answered<'_>], unit: Option<Unit>, theme: Theme) -> TopList {
    let mut items: Vec<TopItem> = Vec::new();
    for Answered { request, lines } in answered {
        for (frame, label) in lines {
            let spot = Spot { words: label, ..Spot::default() };
            let colour = palette_colour(&request.style.palette, spot, theme);
            let value = request.aggregator.reduce(frame);
            items.push(TopItem { label: label.clone(), value, colour });
        }
    }
    items.sort_by(|a, b| b.value.total_cmp(&a.value));
    TopList { items, unit }
}

/// The unit of the graph: that of its lines, if all that have one have the same.
async fn unit(call: &Call, answered: &[Answered<'_>]) -> Result<Option<Unit>> {
    let frames: Vec<&Frame> = answered
        .iter()
        .flat_map(|answered| answered.lines.iter().map(|(frame, _)| frame))
        .collect();
    let known = timeseries::units_of(call, &frames).await?;
    let mut units = frames.iter().filter_map(|frame| known.get(&frame.metric));
    let first = units.next();
    Ok(first.filter(|first| units.all(|unit| unit == *first)).and_then(read_unit))
}

/// `[unit, per_unit]` as answers show it.
fn read_unit(shown: &Json) -> Option<Unit> {
    Some(Unit { what: read_part(&shown[0])?, per: read_part(&shown[1]) })
}

fn read_part(shown: &Json) -> Option<UnitPart> {
    let text = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
    Some(UnitPart {
        family: UnitFamily::from_name(shown["family"].as_str()?),
        name: text("name"),
        plural: text("plural"),
        short: text("short_name"),
        scale: shown["scale_factor"].as_f64().unwrap_or(1.0),
    })
}
