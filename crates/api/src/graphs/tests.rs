use serde_json::{Value, json};

use super::definition::{Ask, Definition, Sort, Variables};
use super::events::modern;

fn read(given: Value) -> Result<Definition, String> {
    Definition::read(&given, "graph_def", &Variables::default()).map_err(|e| format!("{e:?}"))
}

#[test]
fn both_forms_are_read() {
    let old = json!({
        "viz": "timeseries", "status": "done", "autoscale": true,
        "requests": [
            {"q": "avg:system.load.1{*}", "type": "area",
             "style": {"palette": "warm", "type": "dashed", "width": "thick"}},
            {"q": "avg:system.load.5{*} by {host}"},
        ],
        "events": [{"q": "tags:deploy"}],
        "markers": [{"value": "y = 3", "type": "error dashed", "label": "x"}],
    });
    let new = json!({"id": 7, "definition": {
        "type": "timeseries", "title": "Load",
        "requests": [
            {"q": "avg:system.load.1{*}", "display_type": "area",
             "style": {"palette": "warm", "line_type": "dashed", "line_width": "thick"}},
            {"queries": [{"name": "a", "data_source": "metrics", "query": "avg:system.load.5{*}"}],
             "formulas": [{"formula": "a * 2", "alias": "twice"}],
             "response_format": "timeseries", "display_type": "line"},
        ],
        "events": [{"q": "tags:deploy"}],
        "markers": [{"value": "y = 3", "display_type": "error dashed"}],
        "yaxis": {"scale": "log", "min": "auto", "max": "100"},
    }});
    for (given, title) in [(old, ""), (new, "Load")] {
        let graph = read(given).unwrap();
        assert_eq!((graph.title.as_str(), graph.sort), (title, Sort::Timeseries));
        assert_eq!((graph.requests.len(), graph.markers.len()), (2, 1));
        assert_eq!(graph.events, ["tags:deploy"]);
        let style = &graph.requests[0].style;
        assert_eq!((style.kind, style.dash), (render::Kind::Area, render::Dash::Dashed));
        assert_eq!((style.palette.as_str(), style.stroke_width), ("warm", 2.5));
    }
}

#[test]
fn refusals_name_the_place() {
    let check = |given: Value, words: &str| {
        let refused = read(given.clone()).unwrap_err();
        assert!(refused.contains(words), "{given}: {refused} lacks {words:?}");
    };
    check(json!([]), "graph_def: expected the JSON object");
    check(json!({"type": "timeseries"}), "requests is required");
    check(json!({"viz": "timeseries", "requests": []}), "1 to 50");
    check(json!({"type": "iframe", "requests": [{}]}), "\\\"iframe\\\" cannot be drawn");
    check(json!({"requests": [{"q": "avg:a{*}"}, {"q": "avg:"}]}), "graph_def.requests[1].q");
    check(json!({"requests": [7]}), "graph_def.requests[0]: expected an object");
    check(json!({"requests": [{}]}), "q, or queries");
    let logs = json!({"requests": [{"queries": [{"data_source": "logs", "name": "a"}]}]});
    check(logs, "graph_def.requests[0]: queries[0]: the data source \\\"logs\\\"");
}

#[test]
fn variables_stand_for_tags() {
    let given = json!({"env": "env:prod", "env_two": ["host:a", "host:b"], "all": "*", "none": []});
    let variables = Variables::read(Some(&given)).unwrap();
    let check = |text: &str, expect: &str| assert_eq!(variables.fill(text), expect, "{text}");
    check("avg:a{$env}", "avg:a{env:prod}");
    check("avg:a{$env_two,role:db}", "avg:a{host IN (a,b),role:db}");
    check("avg:a{host:$env_two.value}", "avg:a{host:(a OR b)}");
    check("avg:a{$all} by {$env.value}", "avg:a{*} by {prod}");
    check("avg:a{$none}", "avg:a{*}");
    check("avg:a{$other}", "avg:a{$other}");
    for bad in [json!([]), json!({"a": 1}), json!({"a": [1]})] {
        assert!(Variables::read(Some(&bad)).is_err(), "{bad}");
    }
    let graph = json!({"requests": [{"q": "avg:a{$env}"}]});
    let graph = Definition::read(&graph, "x", &variables).unwrap();
    let Ask::Text { text, .. } = &graph.requests[0].ask else { panic!("{graph:?}") };
    assert_eq!(text, "avg:a{env:prod}");
}

#[test]
fn the_older_search_in_todays_words() {
    let check = |text: &str, expect: &str| assert_eq!(modern(text), expect, "{text}");
    check(
        "sources:nagios,chef tags:env:prod priority:all deploy",
        "source:(nagios OR chef) env:prod deploy",
    );
    check("tags:a,b", "(a OR b)");
    check("hosts:web-1", "host:web-1");
    check("source:nagios status:error", "source:nagios status:error");
    check("", "*");
    check("priority:all", "*");
}
