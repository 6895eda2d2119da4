use super::*;

fn env(pairs: &[(&str, &str)]) -> Env {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn load(text: &str, pairs: &[(&str, &str)]) -> Result<Config, String> {
    let path = Path::new("/etc/dd/datadog.yaml");
    Config::parse(Some(path.to_owned()), path, text, &env(pairs)).map_err(|e| e.to_string())
}

#[test]
fn a_small_file() {
    let config = load(
        "api_key: '0123456789abcdef0123456789abcdef'\nsite: us3.datadoghq.com\ntags:\n  - a:b\n  - c:d\nenv: prod\ndogstatsd_port: \"9125\"\n",
        &[],
    )
    .unwrap();
    assert_eq!(config.dd_url, "https://app.us3.datadoghq.com");
    assert_eq!(config.host.all_tags(), ["a:b", "c:d", "env:prod"]);
    assert_eq!(config.dogstatsd.port, 9125);
    assert_eq!(config.confd_path, Path::new("/etc/dd/conf.d"));
    assert_eq!(config.histogram.percentiles, [95]);
}

#[test]
fn the_environment_goes_first() {
    let text =
        "api_key: fromfile\ndd_url: http://file:1/\ntags: [x:y]\nproxy:\n  http: http://p:1\n";
    let config = load(
        text,
        &[
            ("DD_API_KEY", "fromenv"),
            ("DD_DD_URL", "http://env:2"),
            ("DD_TAGS", "a:b c:d,e:f"),
            ("DD_PROXY_NO_PROXY", "one two"),
            ("HTTPS_PROXY", "http://sys:3"),
            ("DD_ADDITIONAL_ENDPOINTS", r#"{"https://b.example": ["k1", "k2"]}"#),
            ("DD_HISTOGRAM_PERCENTILES", "[\"0.29\", 0.99]"),
            ("DD_USE_DOGSTATSD", "false"),
        ],
    )
    .unwrap();
    assert_eq!(config.api_key, "fromenv");
    assert_eq!(config.dd_url, "http://env:2");
    assert_eq!(config.host.tags, ["a:b", "c:d", "e:f"]);
    assert_eq!(config.forwarder.proxy.http, "http://p:1");
    assert_eq!(config.forwarder.proxy.https, "http://sys:3");
    assert_eq!(config.forwarder.proxy.no_proxy, ["one", "two"]);
    assert_eq!(config.additional_endpoints["https://b.example"], ["k1", "k2"]);
    assert_eq!(config.histogram.percentiles, [29, 99]);
    assert!(!config.dogstatsd.enabled);
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (text, vars, expect) in [
        (
            "a:\n\tb: 1\n",
            vec![],
            "/etc/dd/datadog.yaml:2: a tab in the indentation: YAML allows only spaces there",
        ),
        ("- a\n", vec![], "/etc/dd/datadog.yaml:1: expected `key: value` lines, found a list"),
        (
            "site: x.com\n",
            vec![],
            "/etc/dd/datadog.yaml:1: api_key: expected the API key of your organisation, found none: set `api_key` or DD_API_KEY",
        ),
        (
            "api_key: k\n\ndogstatsd_port: http\n",
            vec![],
            "/etc/dd/datadog.yaml:3: dogstatsd_port: expected a whole number from 0 to 65535, found \"http\"",
        ),
        (
            "api_key: k\nuse_dogstatsd: maybe\ntags: {a: b}\n",
            vec![],
            "/etc/dd/datadog.yaml:3: tags: expected a list of texts, found a map\n/etc/dd/datadog.yaml:2: use_dogstatsd: expected true or false, found \"maybe\"",
        ),
        (
            "api_key: k\n",
            vec![("DD_DOGSTATSD_PORT", "70000")],
            "environment variable DD_DOGSTATSD_PORT: dogstatsd_port: expected a whole number from 0 to 65535, found \"70000\"",
        ),
        (
            "api_key: k\ndd_url: app.example\n",
            vec![],
            "/etc/dd/datadog.yaml:2: dd_url: expected a URL such as https://intake.example.com, found \"app.example\"",
        ),
        (
            "api_key: k\nhistogram_percentiles: [1.5]\n",
            vec![],
            "/etc/dd/datadog.yaml:2: histogram_percentiles: expected numbers between 0 and 1 such as 0.95, found \"1.5\"",
        ),
        (
            "api_key: k\nhistogram_aggregates: [maxi]\n",
            vec![],
            "/etc/dd/datadog.yaml:2: histogram_aggregates: expected names of [\"max\", \"min\", \"median\", \"avg\", \"sum\", \"count\"], found maxi",
        ),
        (
            "api_key: k\ndogstatsd_mapper_profiles:\n  - name: a\n    prefix: b\n    mappings:\n      - match: 'a b'\n        name: x\n",
            vec![],
            "/etc/dd/datadog.yaml:6: dogstatsd_mapper_profiles: expected a pattern, found \"a b\": ' ' may not stand in a wildcard",
        ),
    ] {
        let found = load(text, &vars).map(|_| String::new()).unwrap_or_else(|e| e);
        assert_eq!(found, expect, "{text}");
    }
}

#[test]
fn unknown_keys_are_kept_and_named() {
    let text = "api_key: abcdefghijkl\nlogs_enabled: true\napm_config:\n  enabled: true\nhost_name: x\nmine: {a: 1}\n";
    let config = load(text, &[]).unwrap();
    let warnings: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "/etc/dd/datadog.yaml:5: host_name: unknown key; did you mean `hostname`?",
            "/etc/dd/datadog.yaml:6: mine: unknown key; it has no effect",
        ]
    );
    let shown = config.scrubbed_yaml();
    assert!(shown.contains("mine:\n  a: 1\n"), "{shown}");
}

#[test]
fn secrets_are_not_shown() {
    let text = "api_key: abcdefghijklmnop\nproxy:\n  https: http://me:pass@p:3128\nadditional_endpoints:\n  https://x.example:\n    - 0123456789\nbearer_token: hush\n";
    let shown = load(text, &[]).unwrap().scrubbed_yaml();
    assert!(shown.contains("api_key: \"***************************lmnop\"\n"), "{shown}");
    assert!(shown.contains("https: \"http://me:********@p:3128\"\n"), "{shown}");
    assert!(shown.contains("- \"***************************56789\"\n"), "{shown}");
    for secret in ["abcdefgh", "pass@", "01234", "hush"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(yaml::parse(&shown).is_ok(), "{shown}");
}
