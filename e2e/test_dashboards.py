"""Dashboards through the real binary: what came in goes out identically, on a second server too."""

import json
import os
import pathlib

import pytest

from server import ROOT, temporary

FOLDER = pathlib.Path(os.environ.get("PROCYON_DASHBOARDS", ROOT.parent / "shared/integrations/dashboards"))
# What the server says about a dashboard, and its sender does not.
SERVERS_OWN = {"id", "url", "author_handle", "author_name", "created_at", "modified_at"}


def sent_parts(sent, shown):
    """The shown dashboard without what the server added, for comparison with what was sent."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        return {key: sent_parts(sent.get(key), value) for key, value in shown.items() if key in sent}
    if isinstance(sent, list) and isinstance(shown, list) and len(sent) == len(shown):
        return [sent_parts(one, other) for one, other in zip(sent, shown)]
    return shown


def own(body):
    return {key: value for key, value in body.items() if key not in SERVERS_OWN}


def without_null_ids(value):
    """A widget without a number is given one, also where its file says `"id": null`."""
    if isinstance(value, dict):
        return {k: without_null_ids(v) for k, v in value.items() if not (k == "id" and v is None)}
    return [without_null_ids(item) for item in value] if isinstance(value, list) else value


def create(server, body, expect=200):
    status, answer, _ = server.call("POST", "/api/v1/dashboard", body)
    assert status == expect, answer
    return answer


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no dashboards at {FOLDER} (PROCYON_DASHBOARDS)")
def test_real_dashboards_come_back_identically(server):
    files = sorted(FOLDER.glob("*.json"))
    assert files
    for file in files:
        sent = without_null_ids(own(json.loads(file.read_text())))
        shown = create(server, sent)
        assert sent_parts(sent, shown) == sent, file.name
        status, again, _ = server.call("GET", f"/api/v1/dashboard/{shown['id']}")
        assert (status, again) == (200, shown), file.name
        assert server.call("DELETE", f"/api/v1/dashboard/{shown['id']}")[0] == 200


def test_an_export_imports_into_a_second_server(server):
    graph = {"viz": "timeseries", "status": "done", "autoscale": True, "requests": [{
        "q": "avg:app.load{host:a}, anomalies(avg:db.uptime{host:a}, 'basic', 2)", "type": "line",
        "style": {"palette": "dog_classic", "type": "solid", "width": "normal"},
        "conditional_formats": [], "aggregator": "avg",
    }], "events": [{"q": "start ", "tags_execution": "and"}]}
    first = create(server, graph)
    definition = first["widgets"][0]["definition"]
    assert definition["events"] == graph["events"]
    assert definition["requests"][0]["q"] == graph["requests"][0]["q"]
    with temporary("import") as second:
        status, answer, _ = second.call("POST", "/api/procyon/dashboards/import?save=true", first)
        assert status == 200, answer
        shown = second.call("GET", f"/api/v1/dashboard/{answer['dashboard']['id']}")[1]
        assert own(shown) == own(first)


def test_a_torn_file_is_mended(server):
    torn = ('"widgets":[\n  {\n     "id":6211391627065367,\n     "definition":{\n        "title":"Check",\n'
            '        "type":"timeseries",\n        "requests":[{"q":"avg:app.check{*}","display_type":"line"}]\n'
            '     },\n     "layout":{"x":0,"y":0,"width":4,"height":2}\n')
    status, answer, _ = server.call("POST", "/api/procyon/dashboards/import", torn.encode())
    assert status == 200, answer
    assert answer["dashboard"]["widgets"][0]["id"] == 6211391627065367
    assert answer["notes"]
    status, answer, _ = server.call("POST", "/api/procyon/dashboards/import", b'{"title": "a",\n  oops}')
    assert status == 400 and "line 2" in answer["errors"][0], answer


def test_bad_definitions_are_refused(server):
    note = {"definition": {"type": "note", "content": "c"}}
    good = {"title": "t", "layout_type": "ordered", "widgets": [note]}
    for change, words in (
        ({"widgets": [{"definition": {"type": "nothing"}}]}, "widgets[0].definition.type"),
        ({"widgets": [note, {"definition": {"type": "note"}}]}, "widgets[1].definition.content"),
        ({"layout_type": "round"}, "layout_type: expected one of free, ordered"),
        ({"title": None}, "title: is required"),
    ):
        answer = create(server, {**good, **change}, expect=400)
        assert words in answer["errors"][0], answer
    large = create(server, {**good, "description": "x" * (10 << 20)}, expect=413)
    assert large["errors"], large


def test_a_shared_dashboard_is_read_without_keys(server):
    board = create(server, {"title": "t", "layout_type": "ordered", "widgets": []})
    share = server.call("POST", "/api/v1/dashboard/public", {
        "dashboard_id": board["id"], "dashboard_type": "custom_timeboard", "share_type": "open"})[1]
    path = f"/api/procyon/public/{share['token']}"
    status, seen, _ = server.call("GET", path, keys=False)
    assert status == 200 and seen["dashboard"]["title"] == "t", seen
    assert server.call("DELETE", f"/api/v1/dashboard/public/{share['token']}")[0] == 200
    assert server.call("GET", path, keys=False)[0] == 404
