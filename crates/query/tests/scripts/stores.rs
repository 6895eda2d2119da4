//! The places in which a script's data lies.

use std::sync::Arc;

use base::{Clock, LocalDisk};
use model::{
    Dataset, HostTags, MetricKind, OrgId, PointsBatch, SeriesId, SeriesRef, SketchesBatch, TagSet,
};
use query::host_tags::HostTagRow;
use query::metrics::MemorySeries;
use query::{Engine, Limits};
use storage::catalog::MemoryCatalog;
use storage::{Parts, Rows, ScanSeries, SeriesKey, SeriesPart, Settings, Storage, Workers};

use crate::format::{Host, START_MS, Series};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Not in the store at all.
    Memory,
    Buffers,
    Files,
    /// In merged files with rollups.
    Rollups,
    /// In buffers, the second half coming when each query has been asked once: what was kept of its
    /// first answer must not outlive that.
    Growing,
}

#[derive(Default)]
pub(crate) struct Data {
    pub series: Vec<Series>,
    pub hosts: Vec<Host>,
    /// What time it is when queries are asked; `None` is long after all that is loaded.
    pub now_ms: Option<i64>,
}

impl Data {
    fn clock(&self) -> Clock {
        Clock::manual(self.now_ms.unwrap_or(START_MS + 1000 * model::DAY_MS))
    }
}

/// The store of an engine; its folder is removed when this is dropped.
pub(crate) struct Folder(std::path::PathBuf, Option<Storage>);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new() -> Self {
        let name = format!("procyon-query-{}", u64::from_le_bytes(base::secure_bytes()));
        Self(std::env::temp_dir().join(name), None)
    }

    /// Appends what [`Place::Growing`] has left out.
    pub(crate) async fn grow(&self, data: &Data) {
        append(self.1.as_ref().unwrap(), data, Some(false)).await;
    }
}

pub(crate) async fn open(data: &Data, place: Place) -> (Engine, Option<Folder>) {
    if place == Place::Memory {
        return (in_memory(data, Limits::default()), None);
    }
    let mut folder = Folder::new();
    // Two days after the end, so that nothing is too young to be rolled up.
    let times = data.series.iter().flat_map(|series| series.points.last().map(|(time, _)| *time));
    let end = times.max().unwrap_or(START_MS);
    let clock = Clock::manual(end + 2 * model::DAY_MS);
    let parts = Parts {
        clock: clock.clone(),
        disk: Arc::new(LocalDisk::open(&folder.0).unwrap()),
        store: Arc::new(object_store::memory::InMemory::new()),
        catalog: Arc::new(MemoryCatalog::default()),
        workers: Workers::Pool,
    };
    let storage = Storage::open(Settings::default(), parts).await.unwrap();
    if place == Place::Rollups {
        // Two halves, so that there is something to merge.
        append(&storage, data, Some(true)).await;
        storage.flush().await.unwrap();
        append(&storage, data, Some(false)).await;
    } else {
        append(&storage, data, (place == Place::Growing).then_some(true)).await;
    }
    if !matches!(place, Place::Buffers | Place::Growing) {
        storage.flush().await.unwrap();
    }
    if place == Place::Rollups {
        storage.maintain().await.unwrap();
    }
    folder.1 = Some(storage.clone());
    (Engine::new(storage, data.clock(), Limits::default()), Some(folder))
}

fn key(series: &Series) -> SeriesRef<'_> {
    SeriesRef {
        metric: &series.metric,
        host: &series.host,
        device: &series.device,
        tags: &series.tags,
    }
}

/// All points, or only every other one.
async fn append(storage: &Storage, data: &Data, even: Option<bool>) {
    let wanted = |time: i64| even.is_none_or(|even| (time / 10_000 % 2 == 0) == even);
    let mut points = PointsBatch::new(OrgId::FIRST);
    let mut sketches = SketchesBatch::new(OrgId::FIRST);
    for series in &data.series {
        let interval_secs = series.interval_secs as u32;
        if series.kind == MetricKind::Distribution {
            sketches.push_series(key(series), interval_secs);
            for (time, sketch) in series.sketches.iter().filter(|(time, _)| wanted(*time)) {
                sketches.push_sketch(*time, sketch.clone());
            }
        } else {
            points.push_series(key(series), series.kind, interval_secs);
            for (time, value) in series.points.iter().filter(|(time, _)| wanted(*time)) {
                points.push_point(*time, *value);
            }
        }
    }
    let hosts: Vec<HostTags> = data.hosts.iter().map(host_row).collect();
    let mut rows = Vec::new();
    if !points.is_empty() {
        rows.push(Rows::Points(points));
    }
    if !sketches.is_empty() {
        rows.push(Rows::Sketches(sketches));
    }
    if !hosts.is_empty() {
        let batch = storage::tables::host_tags::to_batch(&hosts);
        rows.push(Rows::Table { org: OrgId::FIRST, dataset: Dataset::HostTags, batch });
    }
    storage.append(rows).await.unwrap();
}

fn host_row(host: &Host) -> HostTags {
    HostTags {
        host: host.host.clone(),
        source: host.source.clone(),
        tags: TagSet::new(host.tags.split(',')),
        time: host.time,
    }
}

pub(crate) fn in_memory(data: &Data, limits: Limits) -> Engine {
    let series = data.series.iter().map(|series| {
        let part = match series.kind {
            MetricKind::Distribution => {
                let (times, sketches) = series.sketches.iter().cloned().unzip();
                SeriesPart::Sketches { times, sketches }
            }
            _ => {
                let (times, values) = series.points.iter().copied().unzip();
                SeriesPart::Points { times, values }
            }
        };
        let key = key(series);
        MemorySeries {
            series: ScanSeries {
                id: SeriesId::of(OrgId::FIRST, key.metric, key.host, key.device, key.tags),
                key: SeriesKey {
                    metric: key.metric.into(),
                    host: key.host.into(),
                    device: key.device.into(),
                    tags: key.tags.into(),
                },
                kind: series.kind,
                interval_secs: series.interval_secs as u32,
                n_rows: (series.points.len() + series.sketches.len()) as u64,
            },
            part,
        }
    });
    let hosts = data.hosts.iter().map(|host| HostTagRow {
        host: host.host.as_str().into(),
        source: host.source.as_str().into(),
        tags: host.tags.as_str().into(),
        time: host.time,
    });
    let host_tags = query::host_tags::HostTags::from_rows(hosts);
    Engine::in_memory(series.collect(), host_tags, data.clock(), limits)
}
