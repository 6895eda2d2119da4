use std::fmt::Write;
use std::path::Path;

use model::OrgId;
use wire::Context;

use super::flush::Items;
use super::payloads::Payloads;
use super::*;
use crate::forward::Endpoint;

/// An aggregator at a time of one's choice; its start is bucket 0 of the script's clock.
struct Script {
    aggregator: Aggregator,
    config: Config,
    telemetry: Arc<Telemetry>,
}

/// Script time 0, at the begin of a bucket.
const START: i64 = 1_700_000_000;

impl Script {
    fn new(yaml: &str) -> Self {
        let text = format!("api_key: k\n{yaml}");
        let config = Config::parse(None, Path::new("x"), &text, &Default::default()).unwrap();
        let telemetry = Arc::new(Telemetry::default());
        let aggregator =
            Aggregator::new(&config, "me".into(), Arc::clone(&telemetry), START * 1000);
        Self { aggregator, config, telemetry }
    }

    /// Messages at a second, separated by spaces.
    fn at(&mut self, secs: i64, lines: &str) -> &mut Self {
        self.aggregator.set_now((START + secs) * 1000);
        for line in lines.split(' ').filter(|line| !line.is_empty()) {
            let metric = parse::metric(line.as_bytes()).unwrap();
            self.aggregator.add(&metric).unwrap();
        }
        self
    }

    /// A flush at a second: a line for each series, with its points by second.
    fn flush(&mut self, secs: i64) -> String {
        self.flushed(secs, false, 3)
    }

    fn flushed(&mut self, secs: i64, all: bool, portion: usize) -> String {
        let now_ms = (START + secs) * 1000;
        let mut payloads = Payloads::new(self.config.serializer.clone());
        let mut flush = self.aggregator.begin_flush(now_ms, all);
        while self.aggregator.flush_some(&mut flush, &mut payloads, portion) {}
        self.aggregator.flush_late(&mut payloads);
        shown(payloads, now_ms)
    }

    fn items(&mut self) -> Items {
        self.aggregator.take_items()
    }
}

fn shown(mut payloads: Payloads, now_ms: i64) -> String {
    let context = Context { org: OrgId(1), now_ms };
    let mut lines = Vec::new();
    for payload in payloads.finish() {
        let body = zstd::bulk::decompress(&payload.body, 64 << 20).unwrap();
        let head = |entry: &model::SeriesEntry, key: model::SeriesRef<'_>| {
            let mut line = format!("{} {}", key.metric, entry.kind.name());
            for (name, text) in [("@", key.host), ("/", key.device), ("#", key.tags)] {
                if !text.is_empty() {
                    line += &format!(" {name}{text}");
                }
            }
            if entry.interval_secs > 0 && entry.kind != model::MetricKind::Distribution {
                line += &format!(" i{}", entry.interval_secs);
            }
            line
        };
        match payload.endpoint {
            Endpoint::Series => {
                let read = wire::metrics::v2_protobuf::decode(&body, context).unwrap();
                assert!(read.refused.is_empty(), "{:?}", read.refused);
                for (entry, key, times, values) in read.batch.iter() {
                    let mut line = head(entry, key);
                    for (time, value) in times.iter().zip(values) {
                        write!(line, " {}={value}", time / 1000 - START).unwrap();
                    }
                    lines.push(line);
                }
            }
            _ => {
                let read = wire::metrics::sketches::decode(&body, context).unwrap();
                for (entry, key, times, sketches) in read.batch.iter() {
                    let mut line = head(entry, key);
                    for (time, sketch) in times.iter().zip(sketches) {
                        let (n, sum) = (sketch.count, sketch.sum);
                        let secs = time / 1000 - START;
                        write!(line, " {secs}=n{n},s{sum},{}..{}", sketch.min, sketch.max).unwrap();
                    }
                    lines.push(line);
                }
            }
        }
    }
    lines.sort();
    lines.join("\n")
}

/// The lines of one bucket, flushed at its end.
#[test]
fn one_bucket() {
    for (lines, expect) in [
        ("a:1|c a:2|c a:3:4|c", "a rate @me i10 0=1"),
        ("a:1|c|@0.1 a:5|c", "a rate @me i10 0=1.5"),
        ("a:1|g a:7:5|g|@0.5", "a gauge @me 0=5"),
        ("a:x|s a:y|s a:x|s a:y:z|s", "a gauge @me 0=3"),
        ("a:1:2:3|d a:4|d|@0.5", "a distribution @me 0=n5,s14,1..4"),
        (
            "a:1:2:3|h|#x a:10|ms|#x",
            "a.95percentile gauge @me #x 0=10\na.avg gauge @me #x 0=4\na.count rate @me #x i10 0=0.4\na.max gauge @me #x 0=10\na.median gauge @me #x 0=2",
        ),
        (
            "a:1|c|#b,a,b a:1|c|#a,b a:1|c|#b a:1|c",
            "a rate @me #a,b i10 0=0.2\na rate @me #b i10 0=0.1\na rate @me i10 0=0.1",
        ),
        ("a:1|g|#host:web,x a:2|g|#x a:3|g|#host:", "a gauge #x 0=3".replace(" #x", "").as_str()),
        ("a:1|g|#device:sda,x", "a gauge @me /sda #x 0=1"),
        ("a:1|d|#device:sda,x", "a distribution @me /sda #x 0=n1,s1,1..1"),
        ("a:1|c a:1|g", "a gauge @me 0=1\na rate @me i10 0=0.1"),
        ("a:-5|c", "a rate @me i10 0=-0.5"),
        ("a::|c", ""),
    ] {
        let found = Script::new("").at(1, lines).flush(10);
        if lines.contains("host:") {
            assert_eq!(found, "a gauge 0=3\na gauge @me #x 0=2\na gauge @web #x 0=1");
        } else {
            assert_eq!(found, expect, "{lines}");
        }
    }
}

#[test]
fn only_ended_buckets_are_sent() {
    let mut script = Script::new("");
    script.at(1, "a:1|g").at(9, "a:2|g").at(10, "a:3|g").at(14, "a:4|g");
    assert_eq!(script.flush(15), "a gauge @me 0=2");
    script.at(19, "a:5|g").at(20, "a:6|g").at(29, "a:7|g");
    assert_eq!(script.flush(30), "a gauge @me 10=5 20=7");
    assert_eq!(script.flush(45), "");
}

#[test]
fn counts_go_on_with_zeros() {
    let mut script = Script::new("dogstatsd_expiry_seconds: 40\n");
    script.at(12, "a:5|c");
    assert_eq!(script.flush(15), "", "the bucket is open; before it there are no zeros");
    assert_eq!(script.flush(30), "a rate @me i10 10=0.5 20=0");
    script.at(45, "a:1|c");
    assert_eq!(script.flush(60), "a rate @me i10 30=0 40=0.1 50=0");
    assert_eq!(script.flush(75), "a rate @me i10 60=0");
    assert_eq!(script.flush(90), "a rate @me i10 70=0 80=0", "80 is 40 seconds after 40");
    assert_eq!(script.flush(105), "");
    assert_eq!(script.telemetry.dogstatsd.contexts.get(), 0);
}

#[test]
fn the_default_expiry_is_five_minutes() {
    let mut script = Script::new("");
    script.at(1, "a:1|c");
    let zeros: usize = (1..40).map(|i| script.flush(15 * i).matches("=0").count()).sum();
    // One value of 0.1, which begins with 0 too, and zeros at 10, 20, … 300.
    assert_eq!(zeros - 1, 30);
}

#[test]
fn idle_contexts_are_forgotten_and_come_back() {
    let mut script = Script::new("");
    script.at(1, "a:1|g b:1|h c:x|s d:1|d e:1|c");
    script.flush(15);
    assert_eq!(script.telemetry.dogstatsd.contexts.get(), 5);
    script.flush(45);
    assert_eq!(script.telemetry.dogstatsd.contexts.get(), 1, "counts stay for their zeros");
    script.at(50, "b:2|g a:1|g e:1|c");
    assert_eq!(script.flush(60), "a gauge @me 50=1\nb gauge @me 50=2\ne rate @me i10 40=0 50=0.1");
}

#[test]
fn samples_with_a_time_bypass_the_buckets() {
    let mut script = Script::new("");
    let t = START - 100;
    script.at(
        1,
        &format!("a:5|g|T{t} a:6|g|T{t} b:20|c|#x|T{t} c:1|h|T{t} d:1|s|T{t} e:1|d|T{t} a:1|g"),
    );
    assert!(script.aggregator.has_late());
    assert_eq!(script.flush(2), "a gauge @me -100=5 -100=6\nb rate @me #x i10 -100=2");
    assert_eq!(script.telemetry.dogstatsd.late_samples_discarded.get(), 3);
    assert_eq!(script.flush(10), "a gauge @me 0=1");
    let mut off = Script::new("dogstatsd_no_aggregation_pipeline: false\n");
    off.at(1, &format!("a:5|g|T{t}"));
    assert_eq!(off.flush(10), "a gauge @me 0=5");
}

#[test]
fn histograms_by_the_settings() {
    let mut script = Script::new(
        "histogram_aggregates: [min, sum]\nhistogram_percentiles: [0.5, 0.99]\nhistogram_copy_to_distribution: true\nhistogram_copy_to_distribution_prefix: dist.\n",
    );
    script.at(1, "a:1:3|h|#x");
    assert_eq!(
        script.flush(10),
        "a.50percentile gauge @me #x 0=1\na.99percentile gauge @me #x 0=3\na.min gauge @me #x 0=1\na.sum gauge @me #x 0=4\ndist.a distribution @me #x 0=n2,s4,1..3"
    );
}

#[test]
fn everything_goes_at_the_end() {
    let mut script = Script::new("");
    script.at(1, "a:1|c").at(12, "a:2|c b:1|g");
    assert_eq!(script.flushed(15, true, 1), "a rate @me i10 0=0.1 10=0.2\nb gauge @me 10=1");
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    let mut script = Script::new("");
    script.at(1, "a:1|c").at(25, "a:2|c").at(3, "a:4|c");
    assert_eq!(script.flush(40), "a rate @me i10 0=0.5 10=0 20=0.2 30=0");
    // A leap of a day brings a few zeros, not thousands.
    let leap = script.flush(86_400);
    assert!(leap.matches('=').count() <= 6, "{leap}");
}

/// Samples between the portions of a flush lose nothing and count nothing twice.
#[test]
fn samples_may_come_while_a_flush_is_under_way() {
    let mut script = Script::new("");
    script.at(1, "a:1|c b:1|c c:1|c d:1|g");
    let now_ms = (START + 10) * 1000;
    let mut payloads = Payloads::new(script.config.serializer.clone());
    let mut flush = script.aggregator.begin_flush(now_ms, false);
    assert!(script.aggregator.flush_some(&mut flush, &mut payloads, 1));
    script.at(11, "a:10|c b:10|c c:10|c d:10|g e:10|g");
    while script.aggregator.flush_some(&mut flush, &mut payloads, 1) {}
    assert_eq!(
        shown(payloads, now_ms),
        "a rate @me i10 0=0.1\nb rate @me i10 0=0.1\nc rate @me i10 0=0.1\nd gauge @me 0=1"
    );
    assert_eq!(
        script.flush(20),
        "a rate @me i10 10=1\nb rate @me i10 10=1\nc rate @me i10 10=1\nd gauge @me 10=10\ne gauge @me 10=10"
    );
}

#[test]
fn a_restart_replaces_no_points() {
    let mut first = Script::new("");
    first.at(1, "a:1|c b:1|g");
    assert_eq!(first.flushed(3, true, 9), "a rate @me i10 0=0.1\nb gauge @me 0=1");
    let next = first.aggregator.next_bucket();
    let mut second = Script::new("");
    second.aggregator.resume(next);
    second.at(4, "a:2|c b:2|g");
    assert_eq!(second.flush(5), "");
    assert_eq!(second.flushed(6, true, 9), "a rate @me i10 10=0.2\nb gauge @me 10=2");
    let mut third = Script::new("");
    third.aggregator.resume(second.aggregator.next_bucket());
    third.at(7, "a:4|c").at(12, "a:8|c").at(25, "a:16|c");
    assert_eq!(third.flush(30), "a rate @me i10 20=2.8");
    assert_eq!(third.flush(40), "a rate @me i10 30=0");
    // A number from far ahead says that the clock was set back.
    for (next, expect) in [(next + 5, 60), (next + 6, 0), (u32::MAX, 0), (0, 0)] {
        let mut other = Script::new("");
        other.aggregator.resume(next);
        other.at(1, "a:1|g");
        assert_eq!(other.flushed(2, true, 9), format!("a gauge @me {expect}=1"), "{next}");
    }
}

#[test]
fn a_sender_is_part_of_what_a_message_is() {
    let mut script = Script::new("dogstatsd_origin_detection_client: true\n");
    let tagger = Tagger::new(
        &script.config.tagger,
        Arc::clone(&script.telemetry),
        base::Clock::manual(START * 1000),
    );
    let tagger = Arc::new(tagger);
    script.aggregator.set_tagger(Arc::clone(&tagger));
    let learn = |id: &str, service: &str| {
        let mut tags = crate::tagger::EntityTags::default();
        tags.add(crate::tagger::Cardinality::Low, "service", service);
        tagger.learn(crate::tagger::Entity::Container(id.to_owned()), tags, true);
    };
    learn("one", "web");
    script.at(1, "a:1|c|c:ci-one a:2|c|c:ci-two a:4|c|c:ci-one|card:none a:8|c|card:none a:16|c");
    // Once more is known, the same bytes lead to another series, whatever was remembered.
    learn("two", "db");
    script.at(2, "a:32|c|c:ci-two a:64|c|c:ci-one a:128|c|T1700000005|c:ci-two");
    let expect = "a rate @me #service:db i10 0=3.2\na rate @me #service:db i10 5=12.8\n\
                  a rate @me #service:web i10 0=6.5\na rate @me i10 0=3";
    assert_eq!(script.flush(10), expect);
    let event = parse::event(b"_e{1,1}:t|x|c:ci-two").unwrap();
    script.aggregator.add_event(&event, START * 1000);
    let check = parse::service_check(b"_sc|up|0|c:ci-one|#b").unwrap();
    script.aggregator.add_service_check(&check, START * 1000);
    let items = script.items();
    assert_eq!(items.events[0].tags.as_str(), "service:db");
    assert_eq!(items.service_checks[0].tags.as_str(), "b,service:web");
}

#[test]
fn broken_values_leave_nothing_behind() {
    let mut script = Script::new("");
    for line in ["a:1:x|c", "b:x|g", "c:1:x|h"] {
        let metric = parse::metric(line.as_bytes()).unwrap();
        assert_eq!(script.aggregator.add(&metric), Err("a value is no number"), "{line}");
    }
    assert_eq!(script.flush(10), "");
    assert_eq!(script.telemetry.dogstatsd.contexts.get(), 0);
}

#[test]
fn contexts_are_bounded() {
    let mut script = Script::new("");
    script.aggregator.contexts.limit(2);
    script.at(1, "a:1|g b:1|g c:1|g a:2|g c:1|g");
    assert_eq!(script.flush(10), "a gauge @me 0=2\nb gauge @me 0=1");
    assert_eq!(script.telemetry.dogstatsd.samples_over_limit.get(), 2);
}

#[test]
fn blocked_metrics_are_counted() {
    let mut script = Script::new("statsd_metric_blocklist: [b]\n");
    script.at(1, "a:1|g b:1|g b:2|g");
    assert_eq!(script.flush(10), "a gauge @me 0=1");
    assert_eq!(script.telemetry.dogstatsd.samples_filtered.get(), 2);
}

#[test]
fn events_and_checks() {
    let mut script = Script::new("dogstatsd_tags: [z]\n");
    let now_ms = START * 1000;
    for line in
        ["_e{1,4}:t|a\\nb|#x,host:h1|t:error", "_e{1,1}:t|x|h:h2|#host:h1|d:5|p:low|k:k|s:nagios"]
    {
        let event = parse::event(line.as_bytes()).unwrap();
        script.aggregator.add_event(&event, now_ms);
    }
    let check = parse::service_check(b"_sc|up|2|#b,a|m:gone").unwrap();
    script.aggregator.add_service_check(&check, now_ms);
    let items = script.items();
    let [first, second] = &items.events[..] else { panic!("{items:?}") };
    assert_eq!(
        (first.text.as_str(), first.host.as_str(), first.tags.as_str()),
        ("a\nb", "h1", "x,z")
    );
    assert_eq!((first.time, first.alert_type), (now_ms, model::AlertType::Error));
    assert_eq!((second.host.as_str(), second.time, second.source.as_str()), ("h2", 5000, "nagios"));
    let check = &items.service_checks[0];
    assert_eq!(
        (check.host.as_str(), check.tags.as_str(), check.message.as_str()),
        ("me", "a,b,z", "gone")
    );
    assert!(script.items().events.is_empty());
}

#[test]
fn stats_of_metrics() {
    let mut script = Script::new("");
    script.at(1, "a:1|c|#x a:1:2|c|#x b:1|g");
    let stats = script.aggregator.metric_stats(1);
    assert_eq!(stats.len(), 1);
    assert_eq!((stats[0].name.as_str(), stats[0].tags.as_str(), stats[0].count), ("a", "x", 3));
    assert_eq!(stats[0].last_seen_secs, START);
}
