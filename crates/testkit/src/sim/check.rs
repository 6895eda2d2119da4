//! Readers that compare the store with the model.

use std::collections::BTreeMap;

use model::{Dataset, HOUR_MS, MINUTE_MS, OrgId, TimeRange};
use storage::{Error, ScanRequest, SeriesPart, SeriesScan, Storage, tables};

use super::model::{Key, Model, Write};

/// Reads everything once and compares it. `false` when the read itself failed, which it may while
/// faults are injected.
pub(super) async fn check_view(
    storage: &Storage,
    model: &Model,
    in_flight: &[Write],
    range: TimeRange,
) -> Result<bool, String> {
    let points = match read_points(storage, range).await {
        Ok(points) => points?,
        Err(Error::Unavailable { .. }) => return Ok(false),
        Err(other) => return Err(base::report(&other)),
    };
    let checks = match read_checks(storage, range).await {
        Ok(checks) => checks,
        Err(Error::Unavailable { .. }) => return Ok(false),
        Err(other) => return Err(base::report(&other)),
    };
    model.compare(&points, &checks, in_flight, range)?;
    Ok(true)
}

async fn scan(
    storage: &Storage,
    range: TimeRange,
    bucket_ms: Option<i64>,
) -> Result<SeriesScan, Error> {
    let (org, dataset) = (OrgId::FIRST, Dataset::Points);
    storage.scan(ScanRequest { org, dataset, metric: None, range, bucket_ms }, &|_| true).await
}

fn metric_name(name: &str) -> &'static str {
    if name == "sim.a" { "sim.a" } else { "sim.b" }
}

async fn read_points(
    storage: &Storage,
    range: TimeRange,
) -> Result<Result<BTreeMap<Key, f64>, String>, Error> {
    let scan = scan(storage, range, None).await?;
    let mut points = BTreeMap::new();
    for chunk in scan.chunks() {
        for data in scan.read(chunk).await? {
            let series = &scan.series()[data.index];
            for part in data.parts {
                let SeriesPart::Points { times, values } = part else {
                    return Ok(Err(format!("no points but {part:?}")));
                };
                for (time, value) in times.into_iter().zip(values) {
                    let key = (metric_name(&series.key.metric), series.key.host.to_string(), time);
                    if points.insert(key.clone(), value).is_some() {
                        return Ok(Err(format!("{key:?} is there twice")));
                    }
                }
            }
        }
    }
    Ok(Ok(points))
}

async fn read_checks(storage: &Storage, range: TimeRange) -> Result<BTreeMap<String, u64>, Error> {
    let snapshot = storage.table(OrgId::FIRST, Dataset::ServiceChecks, range).await?;
    let batch = snapshot.read().await?;
    let rows = tables::service_checks::from_batch(&batch);
    let rows = rows.map_err(|e| Error::Corrupt { place: "checks".into(), what: e.to_string() })?;
    let mut checks = BTreeMap::new();
    for row in rows {
        *checks.entry(row.message).or_default() += 1;
    }
    Ok(checks)
}

/// Count, sum, min, max by host, metric and bucket.
type Buckets = BTreeMap<(String, String, i64), (u64, f64, f64, f64)>;

/// Rollups must give what the raw rows give, bucket by bucket.
pub(super) async fn check_quiet(storage: &Storage, range: TimeRange) -> Result<(), String> {
    let raw = scan(storage, range, None).await.map_err(|e| base::report(&e))?;
    for width_ms in [HOUR_MS, 5 * MINUTE_MS] {
        let rolled = scan(storage, range, Some(width_ms)).await.map_err(|e| base::report(&e))?;
        let expect = buckets(&raw, width_ms).await.map_err(|e| base::report(&e))?;
        let found = buckets(&rolled, width_ms).await.map_err(|e| base::report(&e))?;
        if expect != found {
            let differs = |(a, b): &((_, _), (_, _))| a != b;
            let first = expect.iter().zip(&found).find(differs);
            return Err(format!("rollups of {width_ms} ms differ from the rows: {first:?}"));
        }
    }
    Ok(())
}

async fn buckets(scan: &SeriesScan, width_ms: i64) -> Result<Buckets, Error> {
    let mut buckets = Buckets::new();
    for chunk in scan.chunks() {
        for data in scan.read(chunk).await? {
            let key = &scan.series()[data.index].key;
            let mut add = |time: i64, count: u64, (sum, min, max): (f64, f64, f64)| {
                let place =
                    (key.host.to_string(), key.metric.to_string(), time.div_euclid(width_ms));
                let bucket =
                    buckets.entry(place).or_insert((0, 0.0, f64::INFINITY, f64::NEG_INFINITY));
                // Values are multiples of a half, so sums are exact in any order.
                bucket.0 += count;
                bucket.1 += sum;
                bucket.2 = bucket.2.min(min);
                bucket.3 = bucket.3.max(max);
            };
            for part in &data.parts {
                match part {
                    SeriesPart::Points { times, values } => {
                        times.iter().zip(values).for_each(|(&t, &v)| add(t, 1, (v, v, v)));
                    }
                    SeriesPart::Rollups(r) => (0..r.times.len()).for_each(|i| {
                        add(r.times[i], r.counts[i], (r.sums[i], r.mins[i], r.maxs[i]))
                    }),
                    other => {
                        let what = format!("{other:?}");
                        return Err(Error::Corrupt { place: "a scan of points".into(), what });
                    }
                }
            }
        }
    }
    Ok(buckets)
}
