//! What handlers ask of the stored telemetry besides queries: series, hosts' tags and metadata,
//! events. The thin place that knows how `storage` and `query` are asked.

use std::sync::Arc;

use model::{Dataset, Event, HostMetadata, MetricKind, SeriesRef, TimeRange};
use query::host_tags::HostTags;
use storage::{MetricInfo, Rows, ScanRequest, ScanSeries};

use crate::call::Call;
use crate::error::{Error, Result};

/// Series that one listing looks at. More is refused: half a list of tags would mislead.
const SERIES_MAX: usize = 2_000_000;

/// The time until now.
pub(crate) fn last(call: &Call, secs: i64) -> TimeRange {
    // Points may be stamped some minutes ahead; they count as now.
    let now = call.now_ms();
    let ahead = model::POINT_FUTURE_SECS_MAX * 1000;
    TimeRange::new(now.saturating_sub(secs.saturating_mul(1000)), now + ahead)
}

/// Metrics with points in the range, by name.
pub(crate) async fn metrics(call: &Call, range: TimeRange) -> Result<Vec<MetricInfo>> {
    Ok(call.state.storage.metrics(call.org(), range).await?)
}

/// The series, of points and of sketches, that have points in the range and that `select` accepts.
pub(crate) async fn series(
    call: &Call,
    metric: Option<&str>,
    range: TimeRange,
    select: &(dyn Fn(SeriesRef<'_>) -> bool + Send + Sync),
) -> Result<Vec<ScanSeries>> {
    let mut found = Vec::new();
    for dataset in [Dataset::Points, Dataset::Sketches] {
        let metric = metric.map(str::to_owned);
        let request = ScanRequest { org: call.org(), dataset, metric, range, bucket_ms: None };
        let scan = call.state.storage.scan(request, select).await?;
        found.extend_from_slice(scan.series());
        if found.len() > SERIES_MAX {
            return Err(Error::bad_request(format!(
                "this looks at more than {SERIES_MAX} series: narrow the window"
            )));
        }
    }
    Ok(found)
}

/// Calls `each` for every series that has points in the range, with the unix seconds of its newest
/// one.
pub(crate) async fn each_series(
    call: &Call,
    range: TimeRange,
    each: &mut (dyn FnMut(&ScanSeries, i64) + Send),
) -> Result<()> {
    for dataset in [Dataset::Points, Dataset::Sketches] {
        let request =
            ScanRequest { org: call.org(), dataset, metric: None, range, bucket_ms: None };
        let scan = call.state.storage.scan(request, &|_| true).await?;
        for (series, last_ms) in scan.last_times() {
            each(series, last_ms.min(range.to) / 1000);
        }
    }
    Ok(())
}

pub(crate) fn is_distribution(series: &ScanSeries) -> bool {
    series.kind == MetricKind::Distribution
}

pub(crate) async fn host_tags(call: &Call) -> Result<Arc<HostTags>> {
    Ok(call.state.query.host_tags(call.org()).await?)
}

/// From now on the source gives the host these tags.
pub(crate) async fn put_host_tags(call: &Call, tags: model::HostTags) -> Result<()> {
    let batch = storage::tables::host_tags::to_batch(&[tags]);
    let rows = Rows::Table { org: call.org(), dataset: Dataset::HostTags, batch };
    Ok(call.state.storage.append(vec![rows]).await?)
}

pub(crate) async fn host_metadata(call: &Call) -> Result<Vec<HostMetadata>> {
    let storage = &call.state.storage;
    let snapshot = storage.table(call.org(), Dataset::HostMetadata, TimeRange::ALL).await?;
    storage::tables::host_metadata::from_batch(&snapshot.read().await?).map_err(damaged)
}

/// Events in the range, newest first.
pub(crate) async fn events(call: &Call, range: TimeRange) -> Result<Vec<Event>> {
    let snapshot = call.state.storage.table(call.org(), Dataset::Events, range).await?;
    let batch = snapshot.read().await?;
    let mut events = storage::tables::events::from_batch(&batch).map_err(damaged)?;
    events.sort_by_key(|event| std::cmp::Reverse((event.time, event.id)));
    Ok(events)
}

fn damaged(error: storage::tables::Error) -> Error {
    Error::internal(&error)
}
