//! What the running agent says of itself: one JSON object, with the keys of the official Agent's
//! `status --json`, and [`text`], which lays it out as its `status` does.
//!
//! The object is made in the agent and sent over the control API; the text is made from the object
//! by whoever shows it.

pub mod format;
pub mod health;
pub mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use base::Clock;
use serde_json::{Map, Value, json};

use crate::aggregate::MetricStats;
use crate::checks::confd::ConfigProblem;
use crate::checks::{CheckContext, Problems};
use crate::config::{self, Config};
use crate::host::facts::Facts;
use crate::host::payloads::{self, AgentFacts, CheckFacts};
use crate::logging;
use crate::run::Parts;
use crate::schedule::{CheckStats, InstanceStats};
use crate::{DomainStats, KeyState, Telemetry, VERSION};

/// Gives what DogStatsD counted by metric; `None` when `dogstatsd_metrics_stats_enable` is off.
#[derive(Clone)]
pub struct MetricStatsSource(Arc<dyn Fn() -> Option<Vec<MetricStats>> + Send + Sync>);

impl MetricStatsSource {
    pub fn new(source: impl Fn() -> Option<Vec<MetricStats>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(source))
    }

    pub fn get(&self) -> Option<Vec<MetricStats>> {
        (self.0)()
    }
}

impl std::fmt::Debug for MetricStatsSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricStatsSource")
    }
}

/// The running agent, as status and control API see it. Cloning shares it.
#[derive(Clone, Debug)]
pub struct AgentView {
    pub config: Arc<Config>,
    pub agent: AgentFacts,
    pub telemetry: Arc<Telemetry>,
    pub check_stats: CheckStats,
    pub checks: Arc<[CheckFacts]>,
    /// What kept checks from being loaded.
    pub problems: Arc<Problems>,
    pub context: CheckContext,
    pub clock: Clock,
    pub log_file: Option<PathBuf>,
    pub metric_stats: MetricStatsSource,
}

impl AgentView {
    /// The view of an agent that runs, with what is configured of its checks.
    pub fn of(parts: &Parts, agent: AgentFacts, checks: Vec<CheckFacts>) -> Self {
        const METRICS_MAX: usize = 10_000;
        let source = parts.clone();
        Self {
            config: Arc::clone(&parts.config),
            agent,
            telemetry: Arc::clone(&parts.telemetry),
            check_stats: parts.check_stats.clone(),
            checks: checks.into(),
            problems: Arc::clone(&parts.problems),
            context: parts.checks.clone(),
            clock: parts.clock.clone(),
            log_file: logging::file_path(&parts.config).filter(|path| path.exists()),
            metric_stats: MetricStatsSource::new(move || {
                let is_on = source.config.dogstatsd.metrics_stats;
                is_on.then(|| source.metric_stats(METRICS_MAX))
            }),
        }
    }

    /// The object. Reads files of `/proc`.
    pub fn status(&self) -> Value {
        let facts = Facts::gather(&self.context.roots, self.context.ask_usage);
        let config = &self.config;
        json!({
            "version": VERSION,
            "flavor": "agent",
            "pid": std::process::id(),
            "go_version": "",
            "python_version": "",
            "build_arch": std::env::consts::ARCH,
            "agent_start_nano": self.agent.started_ms.saturating_mul(1_000_000),
            "time_nano": self.clock.now_ms().saturating_mul(1_000_000),
            "conf_file": config.path.as_ref().map(|p| p.display().to_string()),
            "config": {
                "log_file": self.log_file.as_ref().map(|p| p.display().to_string()),
                "log_level": config.log.level,
                "confd_path": config.confd_path.display().to_string(),
                "additional_checksd": "",
                "run_path": config.run_path.display().to_string(),
                "warnings": config.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            },
            "ntpOffset": self.context.ntp_offset.get(),
            "hostinfo": self.host_info(&facts),
            "hostTags": config.host.all_tags(),
            "hostnameStats": {
                "provider": self.agent.hostname.provider,
                "errors": self.unused_providers(),
            },
            "metadata": {"meta": payloads::host(config, &self.agent, &facts).body["meta"]},
            "agent_metadata": self.agent_metadata(),
            "runnerStats": self.runner_stats(),
            "autoConfigStats": {"ConfigErrors": by_check(&self.problems.config_errors)},
            "checkSchedulerStats": {"LoaderErrors": by_check(&self.problems.loading_errors)},
            "aggregatorStats": self.aggregator_stats(),
            "dogstatsdStats": self.dogstatsd_stats(),
            "forwarderStats": self.forwarder_stats(),
            "endpointsInfos": self.endpoints(),
        })
    }

    fn host_info(&self, facts: &Facts) -> Value {
        let now_secs = self.clock.now_secs().max(0) as u64;
        let up = now_secs.saturating_sub(facts.boot_time);
        json!({
            "bootTime": facts.boot_time,
            "kernelArch": facts.platform.machine,
            "kernelVersion": facts.platform.kernel_release,
            "os": std::env::consts::OS,
            "platform": facts.platform.os_id,
            "platformVersion": facts.platform.os_version,
            "uptime": if facts.boot_time == 0 { 0 } else { up },
        })
    }

    fn unused_providers(&self) -> Map<String, Value> {
        let unused = self.agent.hostname.unused.iter();
        unused.map(|(name, why)| ((*name).to_owned(), json!(why))).collect()
    }

    fn agent_metadata(&self) -> Value {
        let mut body =
            payloads::inventory_agent(&self.config, &self.agent, self.clock.now_ms()).body;
        let mut metadata = body["agent_metadata"].take();
        if let Value::Object(fields) = &mut metadata {
            // The page shows the configuration elsewhere.
            fields.remove("full_configuration");
        }
        metadata
    }

    fn runner_stats(&self) -> Value {
        let all = self.check_stats.all();
        let mut checks: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for stats in &all {
            let by_id = checks.entry(stats.name.clone()).or_default();
            by_id.insert(stats.id.clone(), instance_json(stats));
        }
        json!({
            "Checks": checks,
            "Runs": all.iter().map(|s| s.total_runs).sum::<u64>(),
            "Errors": all.iter().map(|s| s.total_errors).sum::<u64>(),
            "Warnings": all.iter().map(|s| s.total_warnings).sum::<u64>(),
            "RunningChecks": all.iter().filter(|s| s.running_since.is_some()).count(),
            "Workers": {"Count": self.config.check_runners},
        })
    }

    fn aggregator_stats(&self) -> Value {
        let s = &self.telemetry.aggregator;
        json!({
            "ChecksMetricSample": s.checks_metric_sample.get(),
            "DogstatsdMetricSample": s.dogstatsd_metric_sample.get(),
            "Event": s.event.get(),
            "EventsFlushed": s.events_flushed.get(),
            "NumberOfFlush": s.flushes.get(),
            "SeriesFlushed": s.series_flushed.get(),
            "ServiceCheck": s.service_check.get(),
            "ServiceCheckFlushed": s.service_checks_flushed.get(),
            "SketchesFlushed": s.sketches_flushed.get(),
            "HostnameUpdate": s.hostname_update.get(),
            "ItemsDropped": s.items_dropped.get(),
            "LastFlushMs": s.last_flush_ms.get(),
        })
    }

    fn dogstatsd_stats(&self) -> Value {
        let s = &self.telemetry.dogstatsd;
        let listeners: Vec<Value> = s
            .listeners()
            .into_iter()
            .map(|l| json!({"transport": l.transport, "address": l.address, "error": l.error}))
            .collect();
        let bad: Vec<Value> = s
            .bad_messages()
            .into_iter()
            .map(|m| json!({"time": m.time_ms, "reason": m.reason, "text": m.text}))
            .collect();
        json!({
            "Enabled": self.config.dogstatsd.enabled,
            "EventPackets": s.event_packets.get(),
            "EventParseErrors": s.event_parse_errors.get(),
            "MetricPackets": s.metric_packets.get(),
            "MetricParseErrors": s.metric_parse_errors.get(),
            "ServiceCheckPackets": s.service_check_packets.get(),
            "ServiceCheckParseErrors": s.service_check_parse_errors.get(),
            "UdpBytes": s.udp_bytes.get(),
            "UdpPacketReadingErrors": s.udp_packet_reading_errors.get(),
            "UdpPackets": s.udp_packets.get(),
            "UdsBytes": s.uds_bytes.get(),
            "UdsConnections": s.uds_connections.get(),
            "UdsOriginDetectionErrors": s.uds_origin_detection_errors.get(),
            "UdsPacketReadingErrors": s.uds_packet_reading_errors.get(),
            "UdsPackets": s.uds_packets.get(),
            "UnterminatedMetricErrors": s.unterminated_metric_errors.get(),
            "TruncatedPackets": s.truncated_packets.get(),
            "Contexts": s.contexts.get(),
            "Containers": self.tagger_stats(),
            "SamplesFiltered": s.samples_filtered.get(),
            "SamplesOverLimit": s.samples_over_limit.get(),
            "Listeners": listeners,
            "BadMessages": bad,
        })
    }

    /// Where the tags of senders come from.
    fn tagger_stats(&self) -> Value {
        let stats = &self.telemetry.tagger;
        json!({
            "Entities": stats.entities.get(),
            "OverLimit": stats.over_limit.get(),
            "DockerErrors": stats.docker_errors.get(),
            "LastError": stats.error(),
        })
    }

    /// All domains in one, as the Agent counts, and each for itself.
    fn forwarder_stats(&self) -> Value {
        let domains = self.telemetry.forwarder.domains();
        let mut success_by: BTreeMap<&str, u64> = BTreeMap::new();
        let mut codes: BTreeMap<u16, u64> = BTreeMap::new();
        let mut sums = [0_u64; 6];
        for (name, stats) in domains.values().flat_map(|domain| &domain.endpoints) {
            *success_by.entry(name).or_default() += stats.success;
            for (code, n) in &stats.http_errors {
                *codes.entry(*code).or_default() += n;
            }
            let more = [
                stats.input,
                stats.input_bytes,
                stats.retried,
                stats.requeued,
                stats.dropped,
                stats.connection_errors,
            ];
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        let [input, input_bytes, retried, requeued, dropped, connection_errors] = sums;
        let dropped_full: u64 = domains.values().map(|d| d.dropped_full).sum();
        let dropped_files: u64 = domains.values().map(|d| d.dropped_files).sum();
        let http_errors: u64 = codes.values().sum();
        json!({
            "Transactions": {
                "Dropped": dropped + dropped_files,
                "DroppedOnInput": dropped_full + dropped_files,
                "HighPriorityQueueFull": 0,
                "InputBytes": input_bytes,
                "InputCount": input,
                "Requeued": requeued,
                "Retried": retried,
                "RetryQueueSize": domains.values().map(|d| d.queue_len).sum::<u64>(),
                "Success": success_by.values().sum::<u64>(),
                "SuccessByEndpoint": success_by,
                "Errors": connection_errors,
                "ErrorsByType": {"ConnectionErrors": connection_errors},
                "HTTPErrors": http_errors,
                "HTTPErrorsByCode": codes.iter().map(|(c, n)| (c.to_string(), json!(n)))
                    .collect::<Map<_, _>>(),
            },
            "FileStorage": self.file_storage(&domains),
            "APIKeyStatus": key_status(&domains),
            "LastErrors": last_errors(&domains),
        })
    }

    fn file_storage(&self, domains: &BTreeMap<String, DomainStats>) -> Value {
        json!({
            "Enabled": self.config.forwarder.storage_bytes_max > 0,
            "MaxSizeInBytes": self.config.forwarder.storage_bytes_max,
            "CurrentSizeInBytes": domains.values().map(|d| d.disk_bytes).sum::<u64>(),
            "FilesCount": domains.values().map(|d| d.disk_files).sum::<u64>(),
            "DamagedFiles": domains.values().map(|d| d.disk_damaged).sum::<u64>(),
            "Error": domains.values().find_map(|d| d.disk_error.clone()),
        })
    }

    /// URL → the ends of its keys.
    fn endpoints(&self) -> Value {
        let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        all.entry(&self.config.dd_url).or_default().push(key_end(&self.config.api_key));
        for (url, keys) in &self.config.additional_endpoints {
            all.entry(url).or_default().extend(keys.iter().map(|key| key_end(key)));
        }
        json!(all)
    }
}

/// The last five characters of a key, by which people know it.
fn key_end(key: &str) -> String {
    config::key_end(key).trim_start_matches('*').to_owned()
}

/// An entry of `runnerStats.Checks`.
pub(crate) fn instance_json(stats: &InstanceStats) -> Value {
    json!({
        "CheckID": stats.id,
        "CheckName": stats.name,
        "CheckConfigSource": stats.source,
        "CheckVersion": "",
        "Interval": stats.interval.as_secs(),
        "Status": stats.status(),
        "TotalRuns": stats.total_runs,
        "TotalErrors": stats.total_errors,
        "TotalWarnings": stats.total_warnings,
        "MetricSamples": stats.samples,
        "TotalMetricSamples": stats.total_samples,
        "Events": stats.events,
        "TotalEvents": stats.total_events,
        "ServiceChecks": stats.service_checks,
        "TotalServiceChecks": stats.total_service_checks,
        "ExecutionTimes": stats.execution_times,
        "AverageExecutionTime": stats.average_execution_time(),
        "LastExecutionTime": stats.execution_times.front(),
        "UpdateTimestamp": stats.last_run.map(|ms| ms / 1000),
        "LastExecutionMs": stats.last_run,
        "LastSuccessDate": stats.last_success.map(|ms| ms / 1000),
        "LastSuccessMs": stats.last_success,
        "LastError": stats.last_error.clone().unwrap_or_default(),
        "LastWarnings": stats.last_warnings,
        "RunningSince": stats.running_since,
    })
}

/// Check → its problems.
fn by_check(problems: &[ConfigProblem]) -> BTreeMap<String, Vec<String>> {
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for problem in problems {
        by.entry(problem.check.clone()).or_default().push(problem.message.clone());
    }
    by
}

/// `API key ending with abcde` → what the server says of it; with the URL when there are several.
fn key_status(domains: &BTreeMap<String, DomainStats>) -> Map<String, Value> {
    let mut all = Map::new();
    for (url, domain) in domains {
        for (key, state) in &domain.keys {
            let end = key.trim_start_matches('*');
            let name = match domains.len() {
                1 => format!("API key ending with {end}"),
                _ => format!("API key ending with {end} for {url}"),
            };
            let text = match state {
                KeyState::Unknown => "Not validated yet".to_owned(),
                KeyState::Valid => "API Key valid".to_owned(),
                KeyState::Invalid => "API Key invalid".to_owned(),
                KeyState::Unreachable(why) => format!("Unable to validate API Key: {why}"),
            };
            all.insert(name, Value::String(text));
        }
    }
    all
}

fn last_errors(domains: &BTreeMap<String, DomainStats>) -> Vec<Value> {
    let error = |(url, domain): (&String, &DomainStats)| {
        let e = domain.last_error.as_ref()?;
        Some(json!({"url": url, "time": e.time_ms, "endpoint": e.endpoint, "message": e.message}))
    };
    domains.iter().filter_map(error).collect()
}

#[cfg(test)]
pub(crate) mod tests;
