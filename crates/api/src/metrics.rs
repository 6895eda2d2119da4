//! Listings of metrics: which report, which tags and hosts they have, how much they are.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use control::Permission;
use lang::metrics::ast::{ExprKind, Scope};
use lang::metrics::{ScopeMatcher, TagLookup};
use model::{MetricKind, SeriesRef, TimeRange};
use query::host_tags::HostTags;
use serde_json::{Value, json};
use storage::{MetricInfo, ScanSeries};

use crate::answer::Answer;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{tag_config, telemetry, times, timeseries};

/// How far back a metric is looked for when a call names no window: a month, as Datadog's longest.
const KNOWN_SECS: i64 = 30 * 86_400;
/// Default window of listings: an hour.
const RECENT_SECS: i64 = 3600;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::METRICS_READ);
    routes
        .get("/api/v1/metrics", read, active)
        .get("/api/procyon/metrics", read, details)
        .get("/api/v1/search", read, search)
        .get("/api/v2/metrics", read, list)
        .get("/api/v2/metrics/{metric_name}/all-tags", read, all_tags)
        .get("/api/v2/metrics/{metric_name}/volumes", read, volumes)
        .get("/api/v2/metrics/{metric_name}/estimate", read, estimate)
        .get("/api/v2/metrics/{metric_name}/assets", read, assets)
        .get("/api/v2/metrics/{metric_name}/active-configurations", read, active_configurations)
        .get("/api/v2/metrics/{metric_name}/tag-cardinalities", read, |call| async {
            tag_cardinalities(call).await.map_err(Error::into_json_api)
        })
}

/// The metrics of the last month.
pub(crate) async fn known_metrics(call: &Call) -> Result<Vec<MetricInfo>> {
    telemetry::metrics(call, telemetry::last(call, KNOWN_SECS)).await
}

pub(crate) async fn find_metric(call: &Call, name: &str) -> Result<Option<MetricInfo>> {
    let mut metrics = known_metrics(call).await?;
    let at = metrics.binary_search_by(|metric| (*metric.name).cmp(name));
    Ok(at.ok().map(|at| metrics.swap_remove(at)))
}

/// A condition on tags, as `filter[tags]` and `tag_filter` have it: the scope of a metric query.
fn tag_filter(text: Option<&str>) -> Result<Option<ScopeMatcher>> {
    let Some(text) = text else { return Ok(None) };
    let query = timeseries::parse(&format!("avg:m{{{text}}}"))?;
    match query.exprs.first().map(|expr| &expr.kind) {
        Some(ExprKind::Metric(metric)) if query.exprs.len() == 1 => {
            Ok((metric.scope != Scope::All).then(|| ScopeMatcher::new(&metric.scope)))
        }
        _ => Err(Error::bad_request(format!("{text:?} is not a condition on tags"))),
    }
}

/// All tags of a series: its own, its host's, and the host itself.
struct Tags<'a> {
    key: SeriesRef<'a>,
    host_tags: &'a HostTags,
}

impl Tags<'_> {
    fn each(&self, f: &mut dyn FnMut(&str)) {
        for (name, value) in [("host", self.key.host), ("device", self.key.device)] {
            if !value.is_empty() {
                f(&format!("{name}:{value}"));
            }
        }
        for text in [self.key.tags, self.host_tags.newest(self.key.host)] {
            text.split(',').filter(|tag| !tag.is_empty()).for_each(&mut *f);
        }
    }
}

impl TagLookup for Tags<'_> {
    fn any_tag(&self, f: &mut dyn FnMut(&str) -> bool) -> bool {
        let mut found = false;
        self.each(&mut |tag| found = found || f(tag));
        found
    }
}

/// Names of metrics with a series that the condition and the host accept.
async fn names_with(
    call: &Call,
    range: TimeRange,
    host: Option<&str>,
    filter: Option<&ScopeMatcher>,
) -> Result<BTreeSet<String>> {
    let host_tags = telemetry::host_tags(call).await?;
    let select = |key: SeriesRef<'_>| {
        let host_fits = host.is_none_or(|host| key.host.eq_ignore_ascii_case(host));
        host_fits && filter.is_none_or(|f| f.matches(&Tags { key, host_tags: &host_tags }))
    };
    let series = telemetry::series(call, None, range, &select).await?;
    Ok(series.into_iter().map(|series| series.key.metric.to_string()).collect())
}

/// `GET /api/v1/metrics`: names of the metrics that report since `from`.
async fn active(call: Call) -> Result<Answer> {
    call.query.required("from")?;
    let from = call.query.int("from")?.unwrap_or_default();
    let range = TimeRange::new(from.saturating_mul(1000), telemetry::last(&call, 0).to);
    let host = call.query.get("host");
    let filter = tag_filter(call.query.get("tag_filter"))?;
    let names: Vec<String> = if host.is_none() && filter.is_none() {
        let metrics = telemetry::metrics(&call, range).await?;
        metrics.into_iter().map(|metric| metric.name.to_string()).collect()
    } else {
        names_with(&call, range, host, filter.as_ref()).await?.into_iter().collect()
    };
    Ok(Answer::ok(json!({"from": from.to_string(), "metrics": names})))
}

/// `GET /api/v1/search?q=`: names that contain a text, of metrics and of hosts.
/// What the page lists of each metric that reported within `window[seconds]`.
async fn details(call: Call) -> Result<Answer> {
    #[derive(Default)]
    struct Detail {
        kind: Option<MetricKind>,
        interval_secs: u32,
        n_series: u64,
        hosts: HashSet<Arc<str>>,
        last_secs: i64,
    }
    let window = call.query.int_in("window[seconds]", 1..=KNOWN_SECS, RECENT_SECS)?;
    let mut metrics: BTreeMap<Arc<str>, Detail> = BTreeMap::new();
    let range = telemetry::last(&call, window);
    telemetry::each_series(&call, range, &mut |series, last_secs| {
        let key = &series.key;
        let detail = match metrics.get_mut(&key.metric) {
            Some(detail) => detail,
            None => metrics.entry(Arc::clone(&key.metric)).or_default(),
        };
        detail.n_series += 1;
        if !key.host.is_empty() {
            detail.hosts.insert(Arc::clone(&key.host));
        }
        if last_secs >= detail.last_secs {
            detail.last_secs = last_secs;
            (detail.kind, detail.interval_secs) = (Some(series.kind), series.interval_secs);
        }
    })
    .await?;
    let metrics = metrics.into_iter().map(|(name, detail)| {
        json!({
            "metric": &*name,
            "type": detail.kind.unwrap_or(MetricKind::Gauge).name(),
            "interval": detail.interval_secs,
            "series": detail.n_series,
            "hosts": detail.hosts.len(),
            "last": detail.last_secs,
        })
    });
    Ok(Answer::ok(json!({"metrics": metrics.collect::<Vec<_>>()})))
}

async fn search(call: Call) -> Result<Answer> {
    let q = call.query.required("q")?;
    let (facet, text) = match q.split_once(':') {
        Some((facet @ ("metrics" | "hosts"), text)) => (Some(facet), text),
        Some((facet, _)) => {
            let message = format!("cannot search for {facet:?}: expected metrics: or hosts:");
            return Err(Error::bad_request(message));
        }
        None => (None, q),
    };
    let text = text.trim().to_lowercase();
    let mut results = json!({});
    if facet != Some("hosts") {
        let metrics = known_metrics(&call).await?.into_iter().map(|metric| metric.name);
        let found: Vec<_> = metrics.filter(|name| name.to_lowercase().contains(&text)).collect();
        results["metrics"] = json!(found.iter().map(|name| &**name).collect::<Vec<_>>());
    }
    if facet != Some("metrics") {
        let range = telemetry::last(&call, RECENT_SECS);
        let select = |key: SeriesRef<'_>| key.host.to_lowercase().contains(&text);
        let series = telemetry::series(&call, None, range, &select).await?;
        let hosts: BTreeSet<&str> = series.iter().map(|series| &*series.key.host).collect();
        results["hosts"] = json!(hosts.into_iter().filter(|h| !h.is_empty()).collect::<Vec<_>>());
    }
    Ok(Answer::ok(json!({"results": results})))
}

/// What `GET /api/v2/metrics` was asked to leave out.
struct Filters {
    configured: Option<bool>,
    tags_configured: Option<String>,
    is_distribution: Option<bool>,
    percentiles: Option<bool>,
    /// Whether a metric must be in use; nothing records yet what was queried or built on.
    queried: Option<bool>,
    assets: Option<bool>,
}

impl Filters {
    fn of(call: &Call) -> Result<Self> {
        let is_distribution = match call.query.get("filter[metric_type]") {
            None => None,
            Some("distribution") => Some(true),
            Some("non_distribution") => Some(false),
            Some(other) => {
                return Err(Error::bad_request(format!(
                    "filter[metric_type] must be distribution or non_distribution, not {other:?}"
                )));
            }
        };
        call.query.int_in("filter[queried][window][seconds]", 1..=15_552_000, 2_592_000)?;
        Ok(Self {
            configured: call.query.flag("filter[configured]")?,
            tags_configured: call.query.get("filter[tags_configured]").map(str::to_owned),
            is_distribution,
            percentiles: call.query.flag("filter[include_percentiles]")?,
            queried: call.query.flag("filter[queried]")?,
            assets: call.query.flag("filter[related_assets]")?,
        })
    }

    fn accept(&self, kind: MetricKind, config: Option<&Doc>) -> bool {
        let is_distribution = kind == MetricKind::Distribution;
        let percentiles = config.is_some_and(|doc| doc.body["include_percentiles"] == true);
        let tags = config.and_then(|doc| doc.body["tags"].as_array());
        let lists = |keys: &String| {
            keys.split(',').all(|key| tags.is_some_and(|tags| tags.iter().any(|tag| tag == key)))
        };
        self.configured.is_none_or(|want| want == config.is_some())
            && self.is_distribution.is_none_or(|want| want == is_distribution)
            && self.percentiles.is_none_or(|want| is_distribution && want == percentiles)
            && self.tags_configured.as_ref().is_none_or(lists)
            && self.queried != Some(true)
            && self.assets != Some(true)
    }
}

/// `GET /api/v2/metrics`.
async fn list(call: Call) -> Result<Answer> {
    let filters = Filters::of(&call)?;
    let tag_filter = tag_filter(call.query.get("filter[tags]"))?;
    let window = call.query.int_in("window[seconds]", 1..=2_592_000, RECENT_SECS)?;
    let size = call.query.int_in("page[size]", 1..=10_000, 10_000)? as usize;
    let cursor = call.query.get("page[cursor]").map(decode_cursor).transpose()?;
    let range = telemetry::last(&call, window);
    let with_tags = match &tag_filter {
        Some(filter) => Some(names_with(&call, range, None, Some(filter)).await?),
        None => None,
    };
    let configs = docs::list(&call.state, call.org(), Kind::TagConfiguration).await?;
    let mut found: BTreeMap<String, (MetricKind, Option<Doc>)> = BTreeMap::new();
    for metric in telemetry::metrics(&call, range).await? {
        found.insert(metric.name.to_string(), (metric.kind, None));
    }
    for config in configs {
        let kind = match config.body["metric_type"].as_str() {
            Some("distribution") => MetricKind::Distribution,
            _ => MetricKind::Gauge,
        };
        // A configured metric is listed even while it does not report.
        let name = config.id.clone();
        found.entry(name).or_insert((kind, None)).1 = Some(config);
    }
    found.retain(|name, (kind, config)| {
        with_tags.as_ref().is_none_or(|names| names.contains(name))
            && filters.accept(*kind, config.as_ref())
    });
    let mut rest = found.into_iter().skip_while(|(name, _)| Some(name) <= cursor.as_ref());
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let next = rest.next().and(page.last()).map(|(name, _)| encode_cursor(name));
    let data = page.iter().map(|(name, (_, config))| match config {
        Some(config) => tag_config::show(config),
        None => json!({"type": "metrics", "id": name}),
    });
    let data: Vec<_> = data.collect();
    Ok(Answer::ok(json!({
        "data": data,
        "links": links(&call, next.as_deref()),
        "meta": {"pagination": {
            "type": "cursor_limit",
            "limit": size,
            "cursor": call.query.get("page[cursor]"),
            "next_cursor": next,
        }},
    })))
}

/// A cursor is the last name of the page before, in hexadecimal so that nobody builds on it.
fn encode_cursor(name: &str) -> String {
    name.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_cursor(text: &str) -> Result<String> {
    let wrong = || Error::bad_request("page[cursor] is not one that this API gave");
    let bytes = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Vec<u8> = bytes.collect::<Option<_>>().ok_or_else(wrong)?;
    String::from_utf8(bytes).map_err(|_not_text| wrong())
}

fn links(call: &Call, next: Option<&str>) -> Value {
    let this = call.uri.to_string();
    let pairs = url::form_urlencoded::parse(call.uri.query().unwrap_or_default().as_bytes());
    let pairs: Vec<_> = pairs.filter(|(key, _)| key != "page[cursor]").collect();
    let page = |cursor: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&pairs);
        if let Some(cursor) = cursor {
            query.append_pair("page[cursor]", cursor);
        }
        format!("{}?{}", call.uri.path(), query.finish())
    };
    json!({"self": this, "first": page(None), "last": null, "prev": null,
        "next": next.map(|cursor| page(Some(cursor)))})
}

/// The metric of the path, its series in a window, and the tags of their hosts.
struct Found {
    series: Vec<ScanSeries>,
    host_tags: Arc<HostTags>,
}

/// Every tag of a metric's series in the last day, with the number of series that have it.
pub(crate) async fn tag_counts(call: &Call, metric: &str) -> Result<BTreeMap<String, usize>> {
    let host_tags = telemetry::host_tags(call).await?;
    let range = telemetry::last(call, 24 * RECENT_SECS);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for series in telemetry::series(call, Some(metric), range, &|_| true).await? {
        let tags = Tags { key: series.key.as_ref(), host_tags: &host_tags };
        tags.each(&mut |tag| match counts.get_mut(tag) {
            Some(n) => *n += 1,
            None => drop(counts.insert(tag.to_owned(), 1)),
        });
    }
    Ok(counts)
}

impl Found {
    async fn of(call: &Call, window_secs: i64) -> Result<Self> {
        Self::within(call, telemetry::last(call, window_secs)).await
    }

    async fn within(call: &Call, range: TimeRange) -> Result<Self> {
        let host_tags = telemetry::host_tags(call).await?;
        let filter = tag_filter(call.query.get("filter[tags]"))?;
        let select = |key: SeriesRef<'_>| {
            filter.as_ref().is_none_or(|f| f.matches(&Tags { key, host_tags: &host_tags }))
        };
        let name = call.segment("metric_name");
        let series = telemetry::series(call, Some(name), range, &select).await?;
        Ok(Self { series, host_tags })
    }

    /// Every tag of every series.
    fn tags(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for series in &self.series {
            let tags = Tags { key: series.key.as_ref(), host_tags: &self.host_tags };
            tags.each(&mut |tag| {
                if !all.contains(tag) {
                    all.insert(tag.to_owned());
                }
            });
        }
        all
    }

    /// How many lines there are when only the tag keys that `keep` accepts are told apart.
    fn n_groups(&self, keep: &dyn Fn(&str) -> bool) -> usize {
        let group = |series: &ScanSeries| {
            let mut group = BTreeSet::new();
            let tags = Tags { key: series.key.as_ref(), host_tags: &self.host_tags };
            tags.each(&mut |tag| {
                if keep(model::split_tag(tag).0) {
                    group.insert(tag.to_owned());
                }
            });
            group
        };
        self.series.iter().map(group).collect::<BTreeSet<_>>().len()
    }
}

async fn configuration(call: &Call) -> Result<Option<Doc>> {
    let name = call.segment("metric_name");
    docs::find(&call.state, call.org(), Kind::TagConfiguration, name).await
}

async fn all_tags(call: Call) -> Result<Answer> {
    let window = call.query.int_in("window[seconds]", 1..=KNOWN_SECS, 4 * RECENT_SECS)?;
    let limit = call.query.int_in("page[limit]", 1..=1_000_000, 1_000_000)? as usize;
    let with_values = call.query.flag("filter[include_tag_values]")?.unwrap_or(true);
    call.query.flag("filter[allow_partial]")?;
    let part = call.query.get("filter[match]").unwrap_or_default().to_lowercase();
    let config = configuration(&call).await?;
    let tags = Found::of(&call, window).await?.tags();
    let key = |tag: &str| model::split_tag(tag).0.to_owned();
    let mut tags: Vec<String> = match with_values {
        true => tags.into_iter().collect(),
        false => tags.iter().map(|tag| key(tag)).collect::<BTreeSet<_>>().into_iter().collect(),
    };
    tags.retain(|tag| tag.contains(&part));
    tags.truncate(limit);
    let mut attributes = json!({});
    if config.is_some() {
        attributes["ingested_tags"] = json!(tags);
    }
    tags.retain(|tag| tag_config::is_indexed(config.as_ref(), &key(tag)));
    attributes["tags"] = json!(tags);
    let id = call.segment("metric_name");
    Ok(Answer::ok(json!({"data": {"type": "metrics", "id": id, "attributes": attributes}})))
}

async fn volumes(call: Call) -> Result<Answer> {
    let config = configuration(&call).await?;
    let found = Found::of(&call, RECENT_SECS).await?;
    let is_distribution = found.series.iter().any(telemetry::is_distribution);
    // A distribution without percentiles counts five series, with them ten. Source: docs "Custom
    // metrics billing".
    let percentiles = config.as_ref().is_some_and(|doc| doc.body["include_percentiles"] == true);
    let factor = if !is_distribution {
        1
    } else if percentiles {
        10
    } else {
        5
    };
    let indexed = found.n_groups(&|key| tag_config::is_indexed(config.as_ref(), key));
    let id = call.segment("metric_name");
    Ok(Answer::ok(json!({"data": {"type": "metric_volumes", "id": id, "attributes": {
        "indexed_volume": indexed * factor,
        "ingested_volume": found.series.len() * factor,
    }}})))
}

async fn estimate(call: Call) -> Result<Answer> {
    let span = call.query.int_in("filter[timespan_h]", 1..=i64::from(i32::MAX), 1)?;
    let hours = call.query.int_in("filter[hours_ago]", 49..=i64::from(i32::MAX), 49)?;
    let range = match call.query.get("filter[hours_ago]") {
        None => telemetry::last(&call, span.saturating_mul(3600)),
        Some(_) => {
            let from = call.now_ms().saturating_sub(hours.saturating_mul(model::HOUR_MS));
            TimeRange::new(from, from.saturating_add(span.saturating_mul(model::HOUR_MS)))
        }
    };
    call.query.int_in("filter[num_aggregations]", 0..=9, 0)?;
    let percentiles = call.query.flag("filter[pct]")?.unwrap_or(false);
    let groups = call.query.get("filter[groups]");
    let found = Found::within(&call, range).await?;
    let keys: Option<Vec<String>> =
        groups.map(|groups| groups.split(',').map(|key| key.trim().to_lowercase()).collect());
    let n = found.n_groups(&|key| keys.as_ref().is_none_or(|keys| keys.iter().any(|k| k == key)));
    let is_distribution = found.series.iter().any(telemetry::is_distribution);
    let (kind, factor) = match (is_distribution, percentiles) {
        (false, _) => ("count_or_gauge", 1),
        (true, false) => ("distribution", 5),
        (true, true) => ("percentile", 10),
    };
    let id = call.segment("metric_name");
    Ok(Answer::ok(json!({"data": {"type": "metric_cardinality_estimate", "id": id, "attributes": {
        "estimate_type": kind,
        "estimated_at": times::iso(call.now_ms()),
        "estimated_output_series": n * factor,
    }}})))
}

/// Dashboards, monitors, notebooks and SLOs that use a metric: there are none yet.
async fn assets(call: Call) -> Result<Answer> {
    let id = call.segment("metric_name");
    if find_metric(&call, id).await?.is_none() {
        return Err(Error::not_found(format!("{id} not found")));
    }
    let none = json!({"data": []});
    Ok(Answer::ok(json!({
        "data": {"type": "metrics", "id": id, "relationships": {
            "dashboards": none, "monitors": none, "notebooks": none, "slos": none,
        }},
        "included": [],
    })))
}

/// Which tags and aggregations queries use. Nothing records that yet, so the lists are empty.
async fn active_configurations(call: Call) -> Result<Answer> {
    call.query.int_in("window[seconds]", 1..=i64::MAX, RECENT_SECS)?;
    let id = call.segment("metric_name");
    Ok(Answer::ok(json!({"data": {"type": "actively_queried_configurations", "id": id,
        "attributes": {"active_tags": [], "active_aggregations": []}}})))
}

/// How many values each tag key has, against the hour before.
async fn tag_cardinalities(call: Call) -> Result<Answer> {
    let id = call.segment("metric_name");
    if find_metric(&call, id).await?.is_none() {
        return Err(Error::not_found(format!("{id} not found")));
    }
    let mut deltas: BTreeMap<String, i64> = BTreeMap::new();
    let recent = telemetry::last(&call, RECENT_SECS);
    let before = TimeRange::new(recent.from - RECENT_SECS * 1000, recent.from);
    for (range, step) in [(recent, 1), (before, -1)] {
        for tag in Found::within(&call, range).await?.tags() {
            *deltas.entry(model::split_tag(&tag).0.to_owned()).or_default() += step;
        }
    }
    let data: Vec<_> = deltas
        .into_iter()
        .map(|(key, delta)| {
            json!({"type": "tag_cardinality", "id": key, "attributes": {"cardinality_delta": delta}})
        })
        .collect();
    Ok(Answer::ok(json!({"data": data, "meta": {"metric_name": id}})))
}
