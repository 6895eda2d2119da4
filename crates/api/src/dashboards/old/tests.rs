use super::*;
use crate::dashboards::body;

fn converted(old: Value) -> Converted {
    let Value::Object(old) = old else { panic!("no object: {old}") };
    assert!(is_old(&old), "{old:?}");
    let converted = convert(old).unwrap();
    // Today's schema takes what comes out.
    body::prepare(converted.body.clone()).unwrap_or_else(|e| panic!("{e:?}: {:?}", converted.body));
    converted
}

fn definition(old: Value) -> Value {
    converted(old).body["widgets"][0]["definition"].clone()
}

#[test]
fn a_graph_alone() {
    let style = json!({"palette": "dog_classic", "type": "solid", "width": "normal"});
    let old = json!({"viz": "timeseries", "status": "done", "autoscale": true,
        "requests": [{"q": "avg:a{*}, anomalies(avg:b{*}, 'basic', 2)", "type": "line",
            "style": style, "conditional_formats": [], "aggregator": "avg"}],
        "events": [{"q": "start ", "tags_execution": "and"}],
        "markers": [{"type": "error dashed", "value": "y = 15", "dim": "y"}],
        "yaxis": {"min": 0, "includeZero": false}});
    let new = definition(old);
    assert_eq!(
        new,
        json!({"type": "timeseries",
            "requests": [{"q": "avg:a{*}, anomalies(avg:b{*}, 'basic', 2)", "display_type": "line",
                "style": {"palette": "dog_classic", "line_type": "solid", "line_width": "normal"}}],
            "events": [{"q": "start ", "tags_execution": "and"}],
            "markers": [{"value": "y = 15", "display_type": "error dashed"}],
            "yaxis": {"min": "0", "include_zero": false}})
    );
}

#[test]
fn each_kind_of_graph() {
    let graph = |viz: &str, requests: Value| json!({"viz": viz, "requests": requests});
    for (old, expect) in [
        (
            json!({"viz": "query_value", "autoscale": true, "precision": 1, "requests": [{"q": "a{*}",
                "aggregator": "last", "conditional_formats": [
                    {"comparator": ">", "value": "5", "color": "red"}]}]}),
            json!({"type": "query_value", "autoscale": true, "precision": 1, "requests": [{"q": "a{*}",
                "aggregator": "last", "conditional_formats": [
                    {"comparator": ">", "value": 5, "palette": "white_on_red"}]}]}),
        ),
        (
            graph(
                "toplist",
                json!([{"q": "top(a{*})", "style": {"palette": "warm"}, "type": null}]),
            ),
            json!({"type": "toplist", "requests": [{"q": "top(a{*})", "style": {"palette": "warm"}}]}),
        ),
        (
            graph(
                "change",
                json!([{"q": "a{*}", "compare_to": "hour_before", "extra_col": "present"}]),
            ),
            json!({"type": "change", "requests": [{"q": "a{*}", "compare_to": "hour_before",
                "show_present": true}]}),
        ),
        (
            graph("hostmap", json!([{"q": "a{*}", "type": "fill"}, {"q": "b{*}", "type": "size"}])),
            json!({"type": "hostmap", "requests": {"fill": {"q": "a{*}"}, "size": {"q": "b{*}"}}}),
        ),
        (
            graph("table", json!([{"q": "a{*}", "aggregator": "sum"}])),
            json!({"type": "query_table", "requests": [{"q": "a{*}", "aggregator": "sum"}]}),
        ),
        (
            graph(
                "timeseries",
                json!([{"q": "a{*}", "stacked": true, "type": "line",
                "metadata": {"a{*}": {"alias": "A"}}}]),
            ),
            json!({"type": "timeseries", "requests": [{"q": "a{*}", "display_type": "area",
                "metadata": [{"expression": "a{*}", "alias_name": "A"}]}]}),
        ),
        (
            graph("heatmap", json!([{"q": "a{*}"}])),
            json!({"type": "heatmap", "requests": [{"q": "a{*}"}]}),
        ),
    ] {
        assert_eq!(definition(old), expect);
    }
}

#[test]
fn a_timeboard() {
    let new = converted(json!({"dash": {"title": "T", "description": "d", "read_only": true,
        "template_variables": [{"name": "h", "prefix": "host", "default": "*"}],
        "graphs": [{"title": "one", "definition": {"viz": "timeseries", "requests": [{"q": "a{*}"}]}}]}}));
    assert_eq!(new.body["title"], "T");
    assert_eq!(
        (&new.body["is_read_only"], &new.body["layout_type"]),
        (&json!(true), &json!("ordered"))
    );
    assert_eq!(new.body["template_variables"][0]["prefix"], "host");
    assert_eq!(new.body["widgets"][0]["definition"]["title"], "one");
    assert_eq!(new.notes, ["graph 1: timeseries converted"]);
}

#[test]
fn a_screenboard() {
    let place = json!({"x": 1, "y": 2.4, "width": 30, "height": -1});
    let tile = |more: Value| {
        let mut tile = place.clone();
        for (key, value) in more.as_object().unwrap() {
            tile[key] = value.clone();
        }
        tile
    };
    let new = converted(json!({"board_title": "S", "widgets": [
        tile(json!({"type": "timeseries", "title_text": "CPU", "title_size": 16, "title": true,
            "timeframe": "1h", "legend": false, "tile_def": {"viz": "timeseries",
            "requests": [{"q": "a{*}", "type": "bars"}]}})),
        tile(json!({"type": "note", "html": "hello", "bgcolor": "yellow", "font_size": 14, "tick": true})),
        tile(json!({"type": "alert_value", "alert_id": 12, "title": false, "title_text": "no"})),
        tile(json!({"type": "hologram"})),
    ]}));
    assert_eq!((&new.body["title"], &new.body["layout_type"]), (&json!("S"), &json!("free")));
    let widgets = new.body["widgets"].as_array().unwrap();
    assert_eq!(widgets[0]["layout"], json!({"x": 1, "y": 2, "width": 30, "height": 0}));
    let graph = &widgets[0]["definition"];
    assert_eq!((&graph["title"], &graph["title_size"]), (&json!("CPU"), &json!("16")));
    assert_eq!((&graph["time"]["live_span"], &graph["show_legend"]), (&json!("1h"), &json!(false)));
    assert_eq!(
        widgets[1]["definition"],
        json!({"type": "note", "content": "hello", "background_color": "yellow",
            "font_size": "14", "show_tick": true})
    );
    assert_eq!(widgets[2]["definition"], json!({"type": "alert_value", "alert_id": "12"}));
    assert_eq!(widgets[3]["definition"]["type"], "note");
    assert!(new.notes[3].contains("hologram"), "{:?}", new.notes);
}

#[test]
fn a_widget_alone_and_a_list() {
    let widget = json!({"id": 5, "definition": {"type": "note", "content": "c"}});
    assert_eq!(converted(widget.clone()).body["widgets"], json!([widget]));
    let list =
        of_list(vec![widget.clone(), json!({"viz": "toplist", "requests": [{"q": "a{*}"}]})]);
    let list = list.unwrap().body;
    assert_eq!(list["widgets"][0], widget);
    assert_eq!(list["widgets"][1]["definition"]["type"], "toplist");
}

#[test]
fn what_is_no_graph_is_refused() {
    for (old, words) in [
        (json!({"viz": "timeseries"}), "graph 1: requests must be a list"),
        (json!({"viz": "timeseries", "requests": []}), "graph 1: requests is empty"),
        (json!({"requests": [{"q": " "}]}), "graph 1: requests[0].q is required"),
        (json!({"viz": "hostmap", "requests": 5}), "requests must name fill and size"),
        (json!({"graphs": [5]}), "graph 1: must be an object"),
        (json!({"graphs": {}}), "must be lists"),
        (json!({"board_title": "x", "widgets": [null]}), "widget 1: must be an object"),
        (json!({"requests": [{"q": "a"}], "events": [5]}), "events[0].q is required"),
    ] {
        let Value::Object(old) = old else { panic!("no object") };
        let error = format!("{:?}", convert(old).unwrap_err());
        assert!(error.contains(words), "{error} lacks {words}");
    }
}
