//! Which keys there are, with their types and defaults: one line each.
//!
//! Defaults are the official Agent's but for one: the disk queue of the forwarder is on, because
//! an agent loses nothing while its server is away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use base::units::MIB;

use super::reader::Reader;
use super::yaml::Value;
use super::*;

/// Metric prefixes that never get `statsd_metric_namespace`. Source: the Agent's defaults.
const NAMESPACE_BLACKLIST: &[&str] = &[
    "datadog.agent",
    "datadog.dogstatsd",
    "datadog.process",
    "datadog.trace_agent",
    "datadog.tracer",
    "activemq",
    "activemq_58",
    "airflow",
    "cassandra",
    "confluent",
    "hazelcast",
    "hive",
    "ignite",
    "jboss",
    "jvm",
    "kafka",
    "presto",
    "sidekiq",
    "solr",
    "tomcat",
    "runtime",
];
const AGGREGATES: [&str; 6] = ["max", "min", "median", "avg", "sum", "count"];
const SECS_MAX: i64 = 365 * 86_400;
const BYTES_MAX: i64 = 1 << 40;

pub(super) fn sections(r: &mut Reader<'_>, path: Option<PathBuf>, shown: &Path) -> Config {
    let api_key = r.string("api_key", "").trim().to_owned();
    if api_key.is_empty() {
        let place = Source::File(1);
        r.problem(
            "api_key",
            &place,
            "the API key of your organisation",
            "none: set `api_key` or DD_API_KEY",
        );
    }
    let site = r.string("site", "datadoghq.com");
    let dd_url = dd_url(r, &site);
    let folder = shown.parent().unwrap_or(Path::new("/")).to_path_buf();
    let run_path = r.path("run_path", Path::new("/opt/datadog-agent/run"));
    let default_proc = r.variable("HOST_PROC").unwrap_or("/proc").to_owned();
    for key in ["additional_checksd", "expvar_port", "health_port"] {
        r.string(
            key,
            match key {
                "expvar_port" => "5000",
                "health_port" => "0",
                _ => "",
            },
        );
    }
    Config {
        warnings: Vec::new(),
        api_key,
        dd_url,
        site,
        additional_endpoints: endpoints(r),
        host: host(r),
        confd_path: r.path("confd_path", &folder.join("conf.d")),
        check_runners: r.integer("check_runners", 4, 1..=256) as usize,
        procfs_path: r.path("procfs_path", Path::new(&default_proc)),
        cmd_host: r.string("cmd_host", "localhost"),
        cmd_port: r.integer("cmd_port", 5001, 0..=65_535) as u16,
        log: log(r),
        enable_metadata_collection: r.flag("enable_metadata_collection", true),
        enable_gohai: r.flag("enable_gohai", true),
        inventories_enabled: r.flag("inventories_enabled", true),
        inventories_configuration_enabled: r.flag("inventories_configuration_enabled", true),
        dogstatsd: dogstatsd(r),
        tagger: origin::tagger(r, Path::new(&default_proc)),
        histogram: histogram(r),
        forwarder: forwarder(r, &run_path),
        serializer: serializer(r),
        run_path,
        path,
        table: BTreeMap::new(),
        file: Json::Null,
    }
}

fn dd_url(r: &mut Reader<'_>, site: &str) -> String {
    let default = format!("https://app.{site}");
    let url = match (r.variable("DD_DD_URL"), r.variable("DD_URL")) {
        (None, Some(url)) => {
            r.string("dd_url", &default);
            r.override_with("dd_url", Source::Env("DD_URL".to_owned()), Json::from(url));
            url.to_owned()
        }
        _ => r.string("dd_url", &default),
    };
    check_url(r, "dd_url", &url);
    url.trim_end_matches('/').to_owned()
}

fn check_url(r: &mut Reader<'_>, key: &str, url: &str) {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if host.is_none_or(|host| host.is_empty() || url.parse::<http::Uri>().is_err()) {
        let expected = "a URL such as https://intake.example.com";
        let source = r.source(key);
        r.problem(key, &source, expected, &format!("{url:?}"));
    }
}

fn endpoints(r: &mut Reader<'_>) -> BTreeMap<String, Vec<String>> {
    let read = r.map_of_lists("additional_endpoints");
    let mut all = BTreeMap::new();
    for (url, keys) in read {
        check_url(r, "additional_endpoints", &url);
        let keys: Vec<String> =
            keys.iter().map(|k| k.trim().to_owned()).filter(|k| !k.is_empty()).collect();
        if !keys.is_empty() {
            all.insert(url.trim_end_matches('/').to_owned(), keys);
        }
    }
    all
}

fn host(r: &mut Reader<'_>) -> HostConfig {
    HostConfig {
        hostname: r.string("hostname", ""),
        hostname_file: r.string("hostname_file", ""),
        hostname_fqdn: r.flag("hostname_fqdn", false),
        hostname_trust_uts_namespace: r.flag("hostname_trust_uts_namespace", false),
        aliases: r.list("host_aliases", &[]),
        tags: r.list("tags", &[]),
        extra_tags: r.list("extra_tags", &[]),
        env: r.string("env", ""),
    }
}

fn log(r: &mut Reader<'_>) -> LogConfig {
    LogConfig {
        level: r.string("log_level", "info").to_ascii_lowercase(),
        file: r.string("log_file", ""),
        to_console: r.flag("log_to_console", true),
        format_json: r.flag("log_format_json", false),
        file_max_bytes: r.bytes("log_file_max_size", 10 << 20),
        file_max_rolls: r.integer("log_file_max_rolls", 1, 0..=1000) as usize,
        file_disabled: r.flag("disable_file_logging", false),
    }
}

fn dogstatsd(r: &mut Reader<'_>) -> DogStatsdConfig {
    let default_socket = "/var/run/datadog/dsd.socket";
    let socket = r.string("dogstatsd_socket", default_socket);
    let namespace = r.string("statsd_metric_namespace", "");
    let namespace = match namespace.as_str() {
        "" => namespace,
        name if name.ends_with('.') => namespace,
        name => format!("{name}."),
    };
    DogStatsdConfig {
        enabled: r.flag("use_dogstatsd", true),
        port: r.integer("dogstatsd_port", 8125, 0..=65_535) as u16,
        bind_host: r.string("bind_host", "localhost"),
        non_local_traffic: r.flag("dogstatsd_non_local_traffic", false),
        socket_is_set: socket != default_socket,
        socket,
        stream_socket: r.string("dogstatsd_stream_socket", ""),
        buffer_bytes: r.integer("dogstatsd_buffer_size", 8192, 64..=1 << 20) as usize,
        so_rcvbuf: r.integer("dogstatsd_so_rcvbuf", 0, 0..=1 << 30) as usize,
        queue_packets: r.integer("dogstatsd_queue_size", 1024, 32..=1 << 20) as usize,
        tags: r.list("dogstatsd_tags", &[]),
        eol_required: r.list("dogstatsd_eol_required", &[]),
        expiry: secs(r, "dogstatsd_expiry_seconds", 300),
        context_expiry: secs(r, "dogstatsd_context_expiry_seconds", 20),
        no_aggregation_pipeline: r.flag("dogstatsd_no_aggregation_pipeline", true),
        origin: origin::origin(r),
        metrics_stats: r.flag("dogstatsd_metrics_stats_enable", true),
        namespace,
        namespace_blacklist: r.list("statsd_metric_namespace_blacklist", NAMESPACE_BLACKLIST),
        blocklist: blocklist(r),
        blocklist_match_prefix: r.flag("statsd_metric_blocklist_match_prefix", false)
            | r.flag("metric_filterlist_match_prefix", false),
        mapper_profiles: mapper(r),
        mapper_cache_len: r.integer("dogstatsd_mapper_cache_size", 1000, 1..=1 << 20) as usize,
        forward_host: r.string("statsd_forward_host", ""),
        forward_port: r.integer("statsd_forward_port", 0, 0..=65_535) as u16,
    }
}

fn secs(r: &mut Reader<'_>, key: &str, default: i64) -> Duration {
    Duration::from_secs(r.integer(key, default, 0..=SECS_MAX) as u64)
}

fn blocklist(r: &mut Reader<'_>) -> Vec<String> {
    let mut names = r.list("statsd_metric_blocklist", &[]);
    names.extend(r.list("metric_filterlist", &[]));
    names
}

fn mapper(r: &mut Reader<'_>) -> Vec<MapperProfile> {
    let key = "dogstatsd_mapper_profiles";
    let Some((source, list)) = r.tree(key, "a list of profiles") else { return Vec::new() };
    if !matches!(list.value, Value::List(_)) {
        r.problem(key, &source, "a list of profiles", &list.describe());
    }
    let mut profiles = Vec::new();
    for node in list.items() {
        let text = |name: &str| node.get(name).and_then(Node::text).unwrap_or_default().to_owned();
        let mut profile =
            MapperProfile { name: text("name"), prefix: text("prefix"), mappings: Vec::new() };
        if profile.name.is_empty() || profile.prefix.is_empty() {
            r.problem(
                key,
                &source.at(node.line),
                "a profile with `name` and `prefix`",
                "one without",
            );
            continue;
        }
        let mappings = node.get("mappings").map(Node::items).unwrap_or_default();
        for node in mappings {
            profile.mappings.extend(mapping(r, key, &source, node));
        }
        profiles.push(profile);
    }
    profiles
}

fn mapping(r: &mut Reader<'_>, key: &str, source: &Source, node: &Node) -> Option<Mapping> {
    let text = |name: &str| node.get(name).and_then(Node::text).unwrap_or_default().to_owned();
    let source = source.at(node.line);
    let mapping = Mapping {
        place: r.place(&source),
        pattern: text("match"),
        is_regex: text("match_type") == "regex",
        name: text("name"),
        tags: node
            .get("tags")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|tag| Some((tag.key.clone(), tag.node.text()?.to_owned())))
            .collect(),
    };
    let kind = text("match_type");
    if !matches!(kind.as_str(), "" | "wildcard" | "regex") {
        r.problem(key, &source, "match_type `wildcard` or `regex`", &format!("{kind:?}"));
        return None;
    }
    if mapping.pattern.is_empty() || mapping.name.is_empty() {
        r.problem(key, &source, "a mapping with `match` and `name`", "one without");
        return None;
    }
    if let Err(message) = crate::dogstatsd::mapper::check(&mapping) {
        r.problem(key, &source, "a pattern", &message);
        return None;
    }
    Some(mapping)
}

fn histogram(r: &mut Reader<'_>) -> HistogramConfig {
    let aggregates = r.list("histogram_aggregates", &["max", "median", "avg", "count"]);
    for name in aggregates.iter().filter(|name| !AGGREGATES.contains(&name.as_str())) {
        let source = r.source("histogram_aggregates");
        r.problem("histogram_aggregates", &source, &format!("names of {AGGREGATES:?}"), name);
    }
    let mut percentiles = Vec::new();
    for text in r.list("histogram_percentiles", &["0.95"]) {
        // The Agent cuts to whole percents; the small amount undoes what 0.29 loses as a float.
        let percent = text.parse::<f64>().map(|p| (p * 100.0 + 1e-9) as i64);
        match percent {
            Ok(percent @ 1..=99) => percentiles.push(percent as u8),
            _ => {
                let source = r.source("histogram_percentiles");
                let expected = "numbers between 0 and 1 such as 0.95";
                r.problem("histogram_percentiles", &source, expected, &format!("{text:?}"));
            }
        }
    }
    HistogramConfig {
        aggregates,
        percentiles,
        copy_to_distribution: r.flag("histogram_copy_to_distribution", false),
        copy_to_distribution_prefix: r.string("histogram_copy_to_distribution_prefix", ""),
    }
}

fn proxy(r: &mut Reader<'_>) -> ProxyConfig {
    let any = |r: &Reader<'_>, names: [&str; 2]| {
        names.iter().find_map(|name| r.variable(name)).unwrap_or_default().to_owned()
    };
    let http = any(r, ["HTTP_PROXY", "http_proxy"]);
    let https = any(r, ["HTTPS_PROXY", "https_proxy"]);
    let no_proxy = any(r, ["NO_PROXY", "no_proxy"]);
    let no_proxy: Vec<&str> =
        no_proxy.split(',').map(str::trim).filter(|h| !h.is_empty()).collect();
    ProxyConfig {
        http: r.string("proxy.http", &http),
        https: r.string("proxy.https", &https),
        no_proxy: r.list("proxy.no_proxy", &no_proxy),
        no_proxy_nonexact_match: r.flag("no_proxy_nonexact_match", false),
    }
}

fn forwarder(r: &mut Reader<'_>, run_path: &Path) -> ForwarderConfig {
    ForwarderConfig {
        proxy: proxy(r),
        skip_ssl_validation: r.flag("skip_ssl_validation", false),
        timeout: secs(r, "forwarder_timeout", 20),
        max_concurrent_requests: {
            let workers = r.integer("forwarder_num_workers", 1, 1..=64);
            let each = r.integer("forwarder_max_concurrent_requests", 10, 1..=1000);
            (workers * each).min(64) as usize
        },
        backoff_base: r.float("forwarder_backoff_base", 2.0).max(0.001),
        backoff_factor: r.float("forwarder_backoff_factor", 2.0).max(1.0),
        backoff_max: r.float("forwarder_backoff_max", 64.0).max(0.001),
        recovery_interval: r.integer("forwarder_recovery_interval", 2, 1..=1000) as u32,
        recovery_reset: r.flag("forwarder_recovery_reset", false),
        stop_timeout: secs(r, "forwarder_stop_timeout", 2),
        apikey_validation_interval: Duration::from_secs(
            60 * r.integer("forwarder_apikey_validation_interval", 60, 1..=525_600) as u64,
        ),
        retry_queue_bytes_max: r.integer(
            "forwarder_retry_queue_payloads_max_size",
            15 * MIB as i64,
            0..=BYTES_MAX,
        ) as u64,
        storage_bytes_max: r.integer("forwarder_storage_max_size_in_bytes", 2 << 30, 0..=BYTES_MAX)
            as u64,
        storage_path: r.path("forwarder_storage_path", &run_path.join("transactions_to_retry")),
        storage_max_disk_ratio: r.float("forwarder_storage_max_disk_ratio", 0.8).clamp(0.0, 1.0),
        flush_to_disk_mem_ratio: r.float("forwarder_flush_to_disk_mem_ratio", 0.5).clamp(0.0, 1.0),
        outdated_file_days: r.integer("forwarder_outdated_file_in_days", 10, 0..=3650),
    }
}

fn serializer(r: &mut Reader<'_>) -> SerializerConfig {
    let mut size = |key: &str, default: i64| r.integer(key, default, 1024..=64 << 20) as usize;
    SerializerConfig {
        series_compressed_max: size("serializer_max_series_payload_size", 512_000),
        series_uncompressed_max: size("serializer_max_series_uncompressed_payload_size", 5 << 20),
        series_points_max: r.integer(
            "serializer_max_series_points_per_payload",
            10_000,
            1..=1 << 20,
        ) as usize,
        compressed_max: r.integer("serializer_max_payload_size", 2_621_440, 1024..=64 << 20)
            as usize,
        uncompressed_max: r.integer(
            "serializer_max_uncompressed_payload_size",
            4 << 20,
            1024..=64 << 20,
        ) as usize,
    }
}
