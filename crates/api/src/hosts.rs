//! Hosts: which there are, what is known of them, and muting them.
//!
//! A host exists when it sends points, or when an Agent has described it. "Active" means that it
//! reported within the last hour, "up" within the last two, in Datadog's words.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use control::Permission;
use model::{CheckStatus, HostMetadata, TimeRange};
use query::host_tags::HostTags;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{tags, telemetry, times};

/// Hosts on one page. Source: docs "Get all hosts for your organization".
const COUNT_MAX: i64 = 1000;
/// How far back hosts are looked for without `from`: three hours, Datadog's default.
const RECENT_SECS: i64 = 3 * 3600;
/// Results of checks that are looked through for the newest of each.
const CHECK_ROWS_MAX: usize = 20_000;
const ACTIVE_SECS: i64 = 3600;
const UP_SECS: i64 = 2 * 3600;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::HOSTS_READ);
    let mute_need = Need::Permission(Permission::MONITORS_DOWNTIME);
    routes
        .get("/api/v1/hosts", read, list)
        .get("/api/v1/hosts/totals", read, totals)
        .get("/api/procyon/hosts/{host_name}/checks", read, checks)
        .get("/api/procyon/checks", read, results_of_check)
        .post("/api/v1/host/{host_name}/mute", mute_need, mute)
        .post("/api/v1/host/{host_name}/unmute", mute_need, unmute)
}

/// What is known of a host.
#[derive(Debug, Default)]
struct Host {
    /// Unix seconds.
    last_reported: i64,
    /// First words of its metrics' names: `system`, `nginx`.
    apps: BTreeSet<String>,
    /// The Agent's description, metadata v5.
    metadata: Value,
    /// What its checks said when they last ran.
    checks: Value,
}

/// Hosts by name, of those that reported since `from`.
async fn hosts(call: &Call, from_secs: i64) -> Result<BTreeMap<String, Host>> {
    let now = call.state.clock.now_secs();
    let range = TimeRange::new(from_secs.saturating_mul(1000), telemetry::last(call, 0).to);
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    telemetry::each_series(call, range, &mut |series, last_secs| {
        let key = &series.key;
        if key.host.is_empty() {
            return;
        }
        let host = match hosts.get_mut(&*key.host) {
            Some(host) => host,
            None => hosts.entry(key.host.to_string()).or_default(),
        };
        // Points may be stamped some minutes ahead.
        host.last_reported = host.last_reported.max(last_secs.min(now));
        let app = key.metric.split('.').next().unwrap_or_default();
        if !host.apps.contains(app) {
            host.apps.insert(app.to_owned());
        }
    })
    .await?;
    for document in telemetry::host_metadata(call).await? {
        if document.time / 1000 >= from_secs || hosts.contains_key(&document.host) {
            let host = hosts.entry(document.host.clone()).or_default();
            host.describe(&document);
        }
    }
    Ok(hosts)
}

impl Host {
    fn describe(&mut self, document: &HostMetadata) {
        self.last_reported = self.last_reported.max(document.time / 1000);
        match document.kind.as_str() {
            "host" => self.metadata = serde_json::from_str(&document.document).unwrap_or_default(),
            "agent_checks" => {
                self.checks = serde_json::from_str(&document.document).unwrap_or_default();
            }
            _ => {}
        }
    }
}

/// The newest result of each service check of a host in the last hours, by check and tags.
async fn checks(call: Call) -> Result<Answer> {
    let host = call.segment("host_name").replace('\'', "''");
    let from = times::iso_z(call.now_ms() - RECENT_SECS * 1000);
    let statement = format!(
        "SELECT \"check\", status, message, tags, to_unixtime(time) FROM service_checks \
         WHERE host = '{host}' AND time >= TIMESTAMP '{from}' ORDER BY time DESC LIMIT {CHECK_ROWS_MAX}"
    );
    let answer = call.state.query.sql(call.org(), &statement).await?;
    let mut newest: BTreeMap<(String, String), Value> = BTreeMap::new();
    for row in answer.rows()? {
        let [check, status, message, tags, time] = &row[..] else { continue };
        let key = (check.as_str().unwrap_or_default().to_owned(), tags.to_string());
        let status = status.as_u64().and_then(|status| CheckStatus::from_u8(status as u8));
        newest.entry(key).or_insert_with(|| {
            json!({
                "check": check,
                "status": status.unwrap_or(CheckStatus::Unknown).name(),
                "message": message,
                "tags": tags,
                "time": time,
            })
        });
    }
    Ok(Answer::ok(json!({"checks": newest.into_values().collect::<Vec<_>>()})))
}

/// The newest results of one service check in the last hours, by host and tags. Each carries the
/// tags of its host, too, so that scopes and groups of widgets find them.
async fn results_of_check(call: Call) -> Result<Answer> {
    let check = call.query.required("check")?.replace('\'', "''");
    let from = times::iso_z(call.now_ms() - RECENT_SECS * 1000);
    let statement = format!(
        "SELECT host, status, message, tags, to_unixtime(time) FROM service_checks \
         WHERE \"check\" = '{check}' AND time >= TIMESTAMP '{from}' ORDER BY time DESC LIMIT {CHECK_ROWS_MAX}"
    );
    let answer = call.state.query.sql(call.org(), &statement).await?;
    let host_tags = telemetry::host_tags(&call).await?;
    let mut newest: BTreeMap<(String, String), Value> = BTreeMap::new();
    for row in answer.rows()? {
        let [host, status, message, tags, time] = &row[..] else { continue };
        let host = host.as_str().unwrap_or_default();
        let status = status.as_u64().and_then(|status| CheckStatus::from_u8(status as u8));
        newest.entry((host.to_owned(), tags.to_string())).or_insert_with(|| {
            json!({
                "host": host,
                "status": status.unwrap_or(CheckStatus::Unknown).name(),
                "message": message,
                "tags": united_tags(tags, host_tags.newest(host)),
                "time": time,
            })
        });
    }
    Ok(Answer::ok(json!({"checks": newest.into_values().collect::<Vec<_>>()})))
}

/// A result's own tags, a list or a text with commas, and its host's; each once.
fn united_tags(own: &Value, of_host: &str) -> BTreeSet<String> {
    let listed = own.as_array().into_iter().flatten().filter_map(Value::as_str);
    let written = own.as_str().unwrap_or_default().split(',');
    let all = listed.chain(written).chain(of_host.split(','));
    all.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// Everything that a row of the list is made of.
struct Facts {
    tags: Arc<HostTags>,
    mutes: HashMap<String, Doc>,
    now_secs: i64,
}

impl Facts {
    async fn of(call: &Call) -> Result<Self> {
        let mutes = docs::list(&call.state, call.org(), Kind::HostMute).await?;
        let now_secs = call.state.clock.now_secs();
        let mutes = mutes.into_iter().filter(|doc| is_muting(doc, now_secs));
        Ok(Self {
            tags: telemetry::host_tags(call).await?,
            mutes: mutes.map(|doc| (doc.id.clone(), doc)).collect(),
            now_secs,
        })
    }

    fn is_up(&self, host: &Host) -> bool {
        host.last_reported > self.now_secs - UP_SECS
    }

    /// Whether a host is one that the filter's words all fit: its name, aliases, apps, tags.
    fn matches(&self, name: &str, host: &Host, filter: &str) -> bool {
        filter.split_whitespace().all(|word| {
            let (key, value) = model::split_tag(word);
            let pattern = lang::Wildcard::new(value);
            match (key, value.is_empty()) {
                ("host", false) => pattern.matches(name),
                (_, false) => {
                    let mut tags = self.tags.newest(name).split(',').map(model::split_tag);
                    tags.any(|(k, v)| k == key && pattern.matches(v))
                }
                (_, true) => {
                    let word = word.to_lowercase();
                    let mut tags = self.tags.newest(name).split(',');
                    name.to_lowercase().contains(&word)
                        || host.apps.iter().any(|app| app.to_lowercase().contains(&word))
                        || tags.any(|tag| tag.contains(&word))
                }
            }
        })
    }

    fn show(&self, name: &str, host: &Host, with: (bool, bool)) -> Value {
        let (with_mutes, with_metadata) = with;
        let mut by_source = Map::new();
        by_source.insert(tags::source_label("datadog"), json!([format!("host:{name}")]));
        for (source, texts) in self.tags.by_source(name) {
            let texts = texts.split(',').filter(|tag| !tag.is_empty());
            let label = tags::source_label(source);
            let mut list: Vec<Value> = texts.map(Value::from).collect();
            if let Some(Value::Array(known)) = by_source.get(&label) {
                list.splice(0..0, known.iter().cloned());
            }
            by_source.insert(label, Value::Array(list));
        }
        let mut row = json!({
            "id": host_id(name),
            "name": name,
            "host_name": name,
            "aliases": aliases(name, &host.metadata),
            "apps": host.apps,
            "sources": if host.metadata.is_null() { json!([]) } else { json!(["agent"]) },
            "tags_by_source": by_source,
            "up": self.is_up(host),
            "last_reported_time": host.last_reported,
            "metrics": {"cpu": null, "iowait": null, "load": null},
            "is_muted": self.mutes.contains_key(name),
        });
        if with_mutes {
            row["mute_timeout"] =
                self.mutes.get(name).map_or(Value::Null, |m| m.body["end"].clone());
        }
        row["meta"] = if with_metadata { meta(host) } else { json!({}) };
        row
    }
}

/// A stable positive number for a name: Datadog numbers hosts, clients only compare the numbers.
fn host_id(name: &str) -> u64 {
    // FNV-1a, cut to what every JSON reader keeps exact.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 20
}

fn aliases(name: &str, metadata: &Value) -> Vec<String> {
    let mut names: BTreeSet<String> = BTreeSet::from([name.to_owned()]);
    let others = metadata["meta"]["host_aliases"].as_array().map_or(&[][..], Vec::as_slice);
    names.extend(others.iter().filter_map(Value::as_str).map(str::to_owned));
    names.into_iter().collect()
}

/// The part of the Agent's description that the API shows.
fn meta(host: &Host) -> Value {
    let metadata = &host.metadata;
    let system = &metadata["systemStats"];
    let mut meta = Map::new();
    let mut put = |name: &str, value: &Value| {
        if !value.is_null() {
            meta.insert(name.to_owned(), value.clone());
        }
    };
    put("agent_version", &metadata["agentVersion"]);
    put("agent_checks", &host.checks);
    // A document within the document, as text: so the Agent sends it, so clients read it.
    match &metadata["gohai"] {
        gohai @ Value::Object(_) => put("gohai", &json!(gohai.to_string())),
        gohai => put("gohai", gohai),
    }
    put("install_method", &metadata["install-method"]);
    for name in
        ["cpuCores", "fbsdV", "macV", "machine", "nixV", "platform", "processor", "pythonV", "winV"]
    {
        put(name, &system[name]);
    }
    put("socket-fqdn", &metadata["meta"]["socket-fqdn"]);
    put("socket-hostname", &metadata["meta"]["socket-hostname"]);
    Value::Object(meta)
}

async fn list(call: Call) -> Result<Answer> {
    let start = call.query.int_in("start", 0..=i64::MAX, 0)? as usize;
    let count = call.query.int_in("count", 0..=COUNT_MAX, 100)? as usize;
    let default_from = call.state.clock.now_secs() - RECENT_SECS;
    let from = call.query.int_in("from", 0..=i64::MAX / 1000, default_from)?;
    let with_mutes = call.query.flag("include_muted_hosts_data")?.unwrap_or(true);
    let with_metadata = call.query.flag("include_hosts_metadata")?.unwrap_or(true);
    let filter = call.query.get("filter").unwrap_or_default();
    let facts = Facts::of(&call).await?;
    let mut hosts: Vec<(String, Host)> = hosts(&call, from).await?.into_iter().collect();
    hosts.retain(|(name, host)| facts.matches(name, host, filter));
    sort(&mut hosts, &call, &facts)?;
    let total = hosts.len();
    let page = hosts.iter().skip(start).take(count);
    let rows: Vec<_> =
        page.map(|(name, host)| facts.show(name, host, (with_mutes, with_metadata))).collect();
    Ok(Answer::ok(json!({
        "total_returned": rows.len(),
        "host_list": rows,
        "total_matching": total,
        "exact_total_matching": true,
    })))
}

fn sort(hosts: &mut [(String, Host)], call: &Call, facts: &Facts) -> Result<()> {
    let descending = match call.query.get("sort_dir") {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            let message = format!("sort_dir must be asc or desc, not {other:?}");
            return Err(Error::bad_request(message));
        }
    };
    type Row = (String, Host);
    let by: &dyn Fn(&Row, &Row) -> Ordering = match call.query.get("sort_field") {
        None | Some("name" | "hostname" | "host_name") => &|a, b| a.0.cmp(&b.0),
        Some("status" | "up") => &|a, b| facts.is_up(&a.1).cmp(&facts.is_up(&b.1)),
        Some("last_reported_time") => &|a, b| a.1.last_reported.cmp(&b.1.last_reported),
        Some("apps") => &|a, b| a.1.apps.len().cmp(&b.1.apps.len()),
        // Known to Datadog; without their values here all hosts are alike, so names decide.
        Some("cpu" | "iowait" | "load") => &|a, b| a.0.cmp(&b.0),
        Some(other) => return Err(Error::bad_request(format!("cannot sort hosts by {other:?}"))),
    };
    hosts.sort_by(|a, b| if descending { by(b, a) } else { by(a, b) });
    Ok(())
}

async fn totals(call: Call) -> Result<Answer> {
    let now = call.state.clock.now_secs();
    let from = call.query.int_in("from", 0..=i64::MAX / 1000, now - UP_SECS)?;
    let hosts = hosts(&call, from).await?;
    let within = |secs: i64| hosts.values().filter(|h| h.last_reported > now - secs).count();
    let active = match call.query.get("from") {
        Some(_) => hosts.len(),
        None => within(ACTIVE_SECS),
    };
    Ok(Answer::ok(json!({"total_active": active, "total_up": within(UP_SECS)})))
}

fn is_muting(doc: &Doc, now_secs: i64) -> bool {
    doc.body["end"].as_i64().is_none_or(|end| end > now_secs)
}

async fn current_mute(call: &Call, host: &str) -> Result<Option<Doc>> {
    let doc = docs::find(&call.state, call.org(), Kind::HostMute, host).await?;
    Ok(doc.filter(|doc| is_muting(doc, call.state.clock.now_secs())))
}

/// Mutes a host. A muted one is muted anew only with `override`, so that two people do not undo
/// each other's without noticing.
async fn mute(call: Call) -> Result<Answer> {
    let host = call.segment("host_name");
    let body = match call.json_or_null()? {
        Value::Null => json!({}),
        body => body,
    };
    let fields = Fields::of(&body)?;
    let end = fields.int_or_none("end")?;
    let message = fields.str_or_none("message")?;
    let replace = fields.bool_or_none("override")?.unwrap_or(false);
    if end.is_some_and(|end| end <= call.state.clock.now_secs()) {
        return Err(fields.wrong("end", "a time in the future, in unix seconds"));
    }
    if !replace && current_mute(&call, host).await?.is_some() {
        let message = format!(
            "host:{host} is already muted. To mute this host with a new end \
                               timestamp, use override=true"
        );
        return Err(Error::bad_request(message));
    }
    let mute = json!({"end": end, "message": message});
    docs::put(&call, Kind::HostMute, host, host, mute).await?;
    let mut answer = json!({"action": "Muted", "hostname": host});
    if let Some(end) = end {
        answer["end"] = json!(end);
    }
    answer["message"] = json!(message.unwrap_or_default());
    Ok(Answer::ok(answer))
}

async fn unmute(call: Call) -> Result<Answer> {
    let host = call.segment("host_name");
    if current_mute(&call, host).await?.is_none() {
        return Err(Error::bad_request(format!("host:{host} is not muted")));
    }
    docs::remove(&call, Kind::HostMute, host).await?;
    Ok(Answer::ok(json!({"action": "Unmuted", "hostname": host})))
}
