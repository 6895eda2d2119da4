use super::*;

fn at(secs: u64) -> RunTime {
    RunTime { wall_secs: 1_700_000_000 + secs as i64, monotonic: Duration::from_secs(secs) }
}

fn run(state: &mut SenderState, secs: u64, tell: impl Fn(&mut Sender<'_>)) -> Vec<(String, f64)> {
    let options = SenderOptions { host: "h".into(), ..SenderOptions::default() };
    let mut sender = Sender::new("x", state, &options, at(secs));
    tell(&mut sender);
    sender.finish().series.into_iter().map(|s| (s.metric, s.value)).collect()
}

#[track_caller]
fn check(runs: &[(u64, f64)], tell: impl Fn(&mut Sender<'_>, f64), expected: &[Option<f64>]) {
    let mut state = SenderState::default();
    for ((secs, value), expected) in runs.iter().zip(expected) {
        let got = run(&mut state, *secs, |s| tell(s, *value));
        assert_eq!(got.first().map(|g| g.1), *expected, "at {secs} s with {value}");
    }
}

#[test]
fn rates_and_counts_are_changes() {
    let runs = [(0, 100.0), (15, 250.0), (30, 250.0), (45, 10.0), (60, 40.0)];
    check(&runs, |s, v| s.rate("m", v, NO_TAGS), &[None, Some(10.0), Some(0.0), None, Some(2.0)]);
    let counts = [None, Some(150.0), Some(0.0), None, Some(30.0)];
    check(&runs, |s, v| s.monotonic_count("m", v, NO_TAGS), &counts);
    check(&runs, |s, v| s.gauge("m", v, NO_TAGS), &runs.map(|r| Some(r.1)));
    check(&runs, |s, v| s.count("m", v, NO_TAGS), &runs.map(|r| Some(r.1)));
}

#[test]
fn one_run_has_one_point_a_context() {
    let mut state = SenderState::default();
    let got = run(&mut state, 0, |s| {
        s.gauge("g", 1.0, NO_TAGS);
        s.gauge("g", 2.0, NO_TAGS);
        s.gauge("g", 3.0, &["a:b".to_owned()]);
        s.count("c", 1.0, NO_TAGS);
        s.count("c", 4.0, NO_TAGS);
        s.gauge("nan", f64::NAN, NO_TAGS);
        s.gauge("inf", f64::INFINITY, NO_TAGS);
    });
    let expected = [("g", 2.0), ("g", 3.0), ("c", 5.0)].map(|(m, v)| (m.to_owned(), v));
    assert_eq!(got, expected);
}

#[test]
fn kinds_times_hosts_and_tags() {
    let mut state = SenderState::default();
    let options = SenderOptions {
        host: "web-1".into(),
        tags: vec!["service:x".to_owned(), "b:2".to_owned()],
        ..SenderOptions::default()
    };
    let mut sender = Sender::new("disk:1", &mut state, &options, at(5));
    sender.count("c", 1.0, &["a:1".to_owned(), "b:2".to_owned()]);
    sender.service_check("up", CheckStatus::Warning, NO_TAGS, "slow");
    sender.event(CheckEvent { msg_title: "t".into(), ..CheckEvent::default() });
    let run = sender.finish();
    assert_eq!(run.check_id, "disk:1");
    assert_eq!(run.series[0].kind, MetricKind::Count);
    assert_eq!(run.series[0].tags, ["a:1", "b:2", "service:x"]);
    assert_eq!((&*run.series[0].host, run.series[0].time_secs), ("web-1", 1_700_000_005));
    assert_eq!(run.service_checks[0].status, CheckStatus::Warning);
    assert_eq!(run.service_checks[0].tags, ["b:2", "service:x"]);
    assert_eq!((&*run.events[0].host, run.events[0].time_secs), ("web-1", 1_700_000_005));
}

#[test]
fn patterns_choose_metrics() {
    let re = |text: &str| Regex::new(text).unwrap();
    let options = SenderOptions {
        patterns: MetricPatterns { include: vec![re("^a")], exclude: vec![re("^ab")] },
        ..SenderOptions::default()
    };
    let mut state = SenderState::default();
    let mut sender = Sender::new("x", &mut state, &options, at(0));
    for metric in ["a", "ab", "b", "ac"] {
        sender.gauge(metric, 1.0, NO_TAGS);
    }
    let run = sender.finish();
    assert_eq!(run.series.iter().map(|s| &*s.metric).collect::<Vec<_>>(), ["a", "ac"]);
    assert_eq!(run.samples, 2);
}

#[test]
fn histograms_are_aggregated() {
    let mut state = SenderState::default();
    let got = run(&mut state, 0, |s| {
        for value in 1..=20 {
            s.histogram("q", f64::from(value), NO_TAGS);
        }
    });
    let expected = [
        ("q.max", 20.0),
        ("q.median", 10.0),
        ("q.avg", 10.5),
        ("q.count", 20.0),
        ("q.95percentile", 19.0),
    ];
    assert_eq!(got, expected.map(|(m, v)| (m.to_owned(), v)));
}

#[test]
fn a_context_is_forgotten_after_a_day() {
    let mut state = SenderState::default();
    run(&mut state, 0, |s| s.rate("m", 1.0, NO_TAGS));
    run(&mut state, 24 * 3600, |_| {});
    assert_eq!(state.previous.len(), 1);
    run(&mut state, 26 * 3600, |_| {});
    assert_eq!(state.previous.len(), 0);
}
