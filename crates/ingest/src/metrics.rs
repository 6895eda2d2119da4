//! Metrics: points and sketches of series.

use axum::response::Response;
use http::header;
use model::{OutcomeKind, PointsBatch, Reason, SeriesTexts, SketchesBatch};
use storage::Rows;
use wire::metrics::{distribution_points, sketches, v1_series, v2_json, v2_protobuf, v3};
use wire::{Context, Decoded};

use crate::answer::{self, Result};
use crate::call::{Call, Sender, Tally};

pub(crate) async fn v1_series(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let decoded = sender.decode(v1_series::decode).await?;
    let (batch, tally) = limit_points(&sender, decoded);
    let errors = sender.store(vec![Rows::Points(batch)], tally).await?;
    Ok(answer::status_ok(&errors))
}

/// Protobuf from the Agent, JSON from API clients.
pub(crate) async fn v2_series(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let is_protobuf = sender.header(header::CONTENT_TYPE).contains("protobuf");
    let decode = move |body: &[u8], context: Context| match is_protobuf && !looks_like_json(body) {
        true => v2_protobuf::decode(body, context),
        false => v2_json::decode(body, context),
    };
    let decoded = sender.decode(decode).await?;
    let (batch, tally) = limit_points(&sender, decoded);
    let errors = sender.store(vec![Rows::Points(batch)], tally).await?;
    Ok(answer::no_errors(&errors))
}

/// The Agent's connectivity check posts `{}` as protobuf. No message of ours begins with that byte:
/// it would be the start of a group.
fn looks_like_json(body: &[u8]) -> bool {
    body.first() == Some(&b'{')
}

/// Columnar series and sketches; either may come to either path.
pub(crate) async fn v3(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let decoded = sender.decode(v3::decode).await?;
    let (points, mut tally) = limit_points(&sender, decoded.points);
    let (sketches, more) = limit_sketches(&sender, decoded.sketches);
    tally.join(more);
    sender.store(vec![Rows::Points(points), Rows::Sketches(sketches)], tally).await?;
    Ok(answer::empty())
}

pub(crate) async fn sketches(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let decoded = sender.decode(sketches::decode).await?;
    let (batch, tally) = limit_sketches(&sender, decoded);
    sender.store(vec![Rows::Sketches(batch)], tally).await?;
    Ok(answer::empty())
}

pub(crate) async fn distribution_points(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    let decoded = sender.decode(distribution_points::decode).await?;
    let (batch, tally) = limit_sketches(&sender, decoded);
    let errors = sender.store(vec![Rows::Sketches(batch)], tally).await?;
    Ok(answer::status_ok(&errors))
}

fn limit_points(sender: &Sender, decoded: Decoded<PointsBatch>) -> (PointsBatch, Tally) {
    let mut tally = Tally::of(decoded.accepted, &decoded.refused);
    let all = decoded.batch;
    let Some(within) = within(sender, &all.keys, &mut tally) else { return (all, tally) };
    let mut kept = PointsBatch::new(all.org);
    let series = all.iter().zip(within).filter(|(_, within)| *within);
    for ((entry, key, times, values), _) in series {
        kept.push_series(key, entry.kind, entry.interval_secs);
        times.iter().zip(values).for_each(|(time, value)| kept.push_point(*time, *value));
    }
    (kept, tally)
}

fn limit_sketches(sender: &Sender, decoded: Decoded<SketchesBatch>) -> (SketchesBatch, Tally) {
    let mut tally = Tally::of(decoded.accepted, &decoded.refused);
    let all = decoded.batch;
    let Some(within) = within(sender, &all.keys, &mut tally) else { return (all, tally) };
    let mut kept = SketchesBatch::new(all.org);
    let series = all.iter().zip(within).filter(|(_, within)| *within);
    for ((entry, key, times, sketches), _) in series {
        kept.push_series(key, entry.interval_secs);
        let sketches = sketches.iter().cloned();
        times.iter().zip(sketches).for_each(|(time, sketch)| kept.push_sketch(*time, sketch));
    }
    (kept, tally)
}

/// Which series are within the limit of their metric, `None` when all are; the points of the others
/// go from accepted to rate limited.
fn within(sender: &Sender, keys: &SeriesTexts, tally: &mut Tally) -> Option<Vec<bool>> {
    let limit = &sender.state.series_limit;
    let series = keys.series.iter().map(|entry| (keys.key(entry).metric, entry.id));
    let within = limit.check(sender.org(), sender.now_ms(), series)?;
    let held: Vec<_> = keys.series.iter().zip(&within).filter(|(_, within)| !**within).collect();
    let n_points: u64 = held.iter().map(|(entry, _)| u64::from(entry.n_points)).sum();
    let metric = held.first().map_or("", |(entry, _)| keys.key(entry).metric);
    let message = format!(
        "{metric}: over {} series in this hour; points of new ones are left out",
        limit.per_metric_max()
    );
    tally.accepted -= n_points;
    let reason = Reason::new("too_many_series", message);
    tally.refuse(OutcomeKind::RateLimited, n_points, reason);
    Some(within)
}
