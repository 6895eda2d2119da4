use proptest::prelude::*;

use super::*;

/// `NAME VALUES TYPE RATE #TAGS T c e card`, or the reason.
fn shown(line: &str) -> String {
    let metric = match metric(line.as_bytes()) {
        Ok(metric) => metric,
        Err(reason) => return format!("! {reason}"),
    };
    let values: Vec<String> = match metric.kind {
        MetricType::Set => vec![String::from_utf8_lossy(metric.values).into_owned()],
        _ => Values::new(metric.values)
            .map(|v| v.map_or_else(|reason| format!("! {reason}"), |v| v.to_string()))
            .collect(),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut out = format!("{} {} {:?}", text(metric.name), values.join(","), metric.kind);
    if metric.rate != 1.0 {
        out += &format!(" @{}", metric.rate);
    }
    if !metric.tags.is_empty() {
        out += &format!(" #{}", text(metric.tags));
    }
    if metric.time_secs != 0 {
        out += &format!(" T{}", metric.time_secs);
    }
    let origin = metric.origin;
    for (name, part) in [("c", origin.local), ("e", origin.external), ("card", origin.cardinality)]
    {
        if !part.is_empty() {
            out += &format!(" {name}={}", text(part));
        }
    }
    out
}

#[test]
fn metrics() {
    for (line, expect) in [
        ("page.views:1|c", "page.views 1 Count"),
        ("fuel.level:0.5|g", "fuel.level 0.5 Gauge"),
        ("fuel:0.5|g|#a:b", "fuel 0.5 Gauge #a:b"),
        ("song.length:240|h|@0.5", "song.length 240 Histogram @0.5"),
        ("song:240:234|h|@0.5", "song 240,234 Histogram @0.5"),
        ("users.uniques:1234|s", "users.uniques 1234 Set"),
        ("u:a:b:c|s", "u a:b:c Set"),
        ("u:|s", "u  Set"),
        ("users.online:1|c|#country:china", "users.online 1 Count #country:china"),
        ("users.online:1|c|@0.5|#country:china,a", "users.online 1 Count @0.5 #country:china,a"),
        ("t:3|ms", "t 3 Histogram"),
        ("d:1.5:2:3|d", "d 1.5,2,3 Distribution"),
        ("d:1::3|d", "d 1,3 Distribution"),
        ("d::|d", "d  Distribution"),
        ("g:-3|g", "g -3 Gauge"),
        ("g:+3|g", "g 3 Gauge"),
        ("g:1e3|g", "g 1000 Gauge"),
        ("g:.5|g", "g 0.5 Gauge"),
        ("g:5.|g", "g 5 Gauge"),
        (
            "m:1|c|#t:1|c:ci-abc|e:it-false,cn-web,pu-1|card:low|T1656581400",
            "m 1 Count #t:1 T1656581400 c=ci-abc e=it-false,cn-web,pu-1 card=low",
        ),
        ("m:1|c|T1656581400|c:in-12|#b|@1", "m 1 Count #b T1656581400 c=in-12"),
        ("m:1|c|unknown|x:y|#a", "m 1 Count #a"),
        ("m:1|c|#a|#b", "m 1 Count #b"),
        ("m:1|c||#a", "m 1 Count #a"),
        ("m:1|c|", "m 1 Count"),
        ("m:1|c|#", "m 1 Count"),
        ("m:1|c|#a:b:c,http://x?y=1|", "m 1 Count #a:b:c,http://x?y=1"),
        ("ünï.code:1|c|#té:ö", "ünï.code 1 Count #té:ö"),
        ("m:1:x|c", "m 1,! a value is no number Count"),
        ("m:nan|c", "m ! a value is no number Count"),
        ("m:inf|c", "m ! a value is no number Count"),
        ("m:0x10|c", "m ! a value is no number Count"),
        ("m: 1|c", "m ! a value is no number Count"),
        ("m:1e999|c", "m ! a value is no number Count"),
        ("", "! no `:` between name and value"),
        ("daemon", "! no `:` between name and value"),
        ("daemon|c", "! no `:` between name and value"),
        (":1|c", "! an empty name"),
        ("m:1", "! no `|` before the type"),
        ("m:1|", "! the type is none of c, g, s, h, ms, d"),
        ("m:1|x", "! the type is none of c, g, s, h, ms, d"),
        ("m:1|cc", "! the type is none of c, g, s, h, ms, d"),
        ("m:1|c|@", "! the sample rate is no number"),
        ("m:1|c|@0", "! the sample rate is not in (0, 1]"),
        ("m:1|c|@2", "! the sample rate is not in (0, 1]"),
        ("m:1|c|@abc", "! the sample rate is no number"),
        ("m:1|c|T", "! the timestamp is no whole number"),
        ("m:1|c|T-1", "! the timestamp is not above 0"),
        ("m:1|c|T1.5", "! the timestamp is no whole number"),
    ] {
        assert_eq!(shown(line), expect, "{line}");
    }
}

fn shown_event(line: &str) -> String {
    match event(line.as_bytes()) {
        Err(reason) => format!("! {reason}"),
        Ok(e) => {
            let mut out = format!("[{}] [{}]", unescape(e.title), unescape(e.text));
            for (name, part) in [
                ("h", e.host),
                ("p", e.priority),
                ("t", e.alert_type),
                ("k", e.aggregation_key),
                ("s", e.source),
                ("#", e.tags),
                ("c", e.origin.local),
            ] {
                if !part.is_empty() {
                    out += &format!(" {name}={}", String::from_utf8_lossy(part));
                }
            }
            if e.time_secs != 0 { out + &format!(" d={}", e.time_secs) } else { out }
        }
    }
}

#[test]
fn events() {
    for (line, expect) in [
        (
            "_e{21,36}:An exception occurred|Cannot parse CSV file from 10.0.0.17|t:warning|#err_type:bad_file",
            "[An exception occurred] [Cannot parse CSV file from 10.0.0.17] t=warning #=err_type:bad_file",
        ),
        ("_e{5,4}:title|text", "[title] [text]"),
        ("_e{5,4}:title|text|", "[title] [text]"),
        ("_e{5,0}:title|", "[title] []"),
        ("_e{5,9}:ti|le|te|t\\nx|d", "[ti|le] [te|t\nx|d]"),
        ("_e{5,6}:title|text|d:12", "! no `|` after the text: its length is wrong"),
        (
            "_e{5,7}:ti|le|te|t\\nx|d:12|h:me|p:low|k:k|s:src|#a,b|c:ci-1",
            "[ti|le] [te|t\nx] h=me p=low k=k s=src #=a,b c=ci-1 d=12",
        ),
        ("_e{6,4}:tïtle|text", "[tïtle] [text]"),
        ("_e{5,4}:title|text|d:xyz|p:urgent|z:?", "[title] [text] p=urgent"),
        ("_e{5,5}:title|text", "! shorter than its lengths say"),
        ("_e{4,4}:title|text", "! no `|` after the title: its length is wrong"),
        ("_e{0,4}:|text", "! an empty title"),
        ("_e{5}:title|text", "! no `,` between the lengths"),
        ("_e{a,4}:title|text", "! the title's length is no number"),
        ("_e{5,-4}:title|text", "! the text's length is no number"),
        ("_e{5,4}title|text", "! no `:` after the lengths"),
        ("_e{5,4:title|text", "! no `}` after the lengths"),
        ("_e{9223372036854775807,9223372036854775807}:t|t", "! shorter than its lengths say"),
    ] {
        assert_eq!(shown_event(line), expect, "{line}");
    }
}

#[test]
fn service_checks() {
    let shown = |line: &str| match service_check(line.as_bytes()) {
        Err(reason) => format!("! {reason}"),
        Ok(c) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let (name, host, tags) = (text(c.name), text(c.host), text(c.tags));
            format!(
                "{name} {} {} h={host} #={tags} m={}",
                c.status,
                c.time_secs,
                unescape(c.message)
            )
        }
    };
    for (line, expect) in [
        (
            "_sc|Redis connection|2|#env:dev|m:Redis connection timed out after 10s",
            "Redis connection 2 0 h= #=env:dev m=Redis connection timed out after 10s",
        ),
        ("_sc|a|0", "a 0 0 h= #= m="),
        ("_sc|a|3|d:12|h:me|#x,y|m:one\\ntwo m\\: three", "a 3 12 h=me #=x,y m=one\ntwo m: three"),
        ("_sc|a|0|d:x", "a 0 0 h= #= m="),
        ("_sc|a|4", "! the status is none of 0, 1, 2, 3"),
        ("_sc|a|OK", "! the status is none of 0, 1, 2, 3"),
        ("_sc|a", "! no status"),
        ("_sc||0", "! an empty name"),
        ("_sca|0", "! no `|` after `_sc`"),
    ] {
        assert_eq!(shown(line), expect, "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn floats_are_those_of_the_standard_library(text in "[+-]?[0-9]{0,12}(\\.[0-9]{0,9})?(e-?[0-9]{1,2})?") {
        let expect = text.parse::<f64>().ok().filter(|v| v.is_finite());
        prop_assert_eq!(float(text.as_bytes()).map(f64::to_bits), expect.map(f64::to_bits));
    }

    /// Whatever comes, nobody panics; pieces of the grammar get further in than plain noise.
    #[test]
    fn no_bytes_are_too_odd(
        noise in prop::collection::vec(any::<u8>(), 0..120),
        parts in prop::collection::vec(prop::sample::select(vec![
            "_e{", "_sc", "|", ":", ",", "}", "1", "5", "99999999999999999999", "|c", "|@0.1", "|#", "T1", "a", "é", "\\n", "card:", "{", "-", "m:",
        ]), 0..20),
    ) {
        for line in [noise.as_slice(), parts.concat().as_bytes()] {
            if let Ok(metric) = metric(line) {
                Values::new(metric.values).count();
            }
            let _either = event(line).map(|e| unescape(e.text));
            let _either = service_check(line).map(|c| unescape(c.message));
        }
    }
}
