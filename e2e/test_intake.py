"""What agents and curl send, in the shapes and encodings of the intake."""

import gzip
import json
import struct
import time
import uuid
import zlib

import pytest
import zstandard


def name(what):
    return f"intake.{what}.{uuid.uuid4().hex[:8]}"


def last(server, query):
    series = server.query(query)
    assert len(series) == 1, series
    return [value for _, value in series[0]["pointlist"] if value is not None][-1]


def v1(metric, value, **more):
    return {"series": [{"metric": metric, "points": [[int(time.time()), value]], "host": "a", **more}]}


def v2(metric, value):
    points = [{"timestamp": int(time.time()), "value": value}]
    return {"series": [{"metric": metric, "type": 3, "points": points,
                        "resources": [{"type": "host", "name": "a"}]}]}


ENCODINGS = {
    "identity": lambda b: b,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("route", ["/api/v1/series", "/api/v2/series"])
def test_series_in_every_encoding(server, route, encoding):
    metric = name("enc")
    body = (v1 if "v1" in route else v2)(metric, 3)
    packed = ENCODINGS[encoding](json.dumps(body).encode())
    headers = {} if encoding == "identity" else {"Content-Encoding": encoding}
    status, answer, _ = server.call("POST", route, packed, headers)
    assert status == 202
    assert answer == ({"status": "ok"} if "v1" in route else {"errors": []})
    assert last(server, f"avg:{metric}{{*}}") == 3


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def test_series_v2_protobuf(server):
    """MetricPayload of the Agent: series 1 { resources 1, metric 2, tags 3, points 4, type 5 }."""
    metric, now = name("proto"), int(time.time())
    point = b"\x09" + struct.pack("<d", 1.5) + b"\x10" + varint(now)
    series = (field(1, field(1, b"host") + field(2, b"pb-host")) + field(2, metric.encode())
              + field(3, b"env:pb") + field(4, point) + b"\x28" + varint(3))
    headers = {"Content-Type": "application/x-protobuf", "DD-Agent-Payload": "5.0.115"}
    status, answer, _ = server.call("POST", "/api/v2/series", field(1, series), headers)
    assert (status, answer) == (202, {"errors": []})
    assert last(server, f"avg:{metric}{{env:pb,host:pb-host}}") == 1.5


def test_check_run_and_events(server):
    now = int(time.time())
    check = [{"check": "e2e.can_connect", "host_name": "a", "timestamp": now, "status": 0,
              "message": "", "tags": ["env:x"]}]
    assert server.call("POST", "/api/v1/check_run", check)[0] == 202
    title = name("event")
    event = {"title": title, "text": "t", "date_happened": now, "tags": ["env:x"]}
    status, answer, _ = server.call("POST", "/api/v1/events", event)
    assert status in (200, 202) and answer["event"]["id"]
    status, found, _ = server.call("GET", f"/api/v1/events?start={now - 60}&end={now + 60}")
    assert status == 200 and title in [e["title"] for e in found["events"]]


def test_legacy_intake(server):
    """The Agent's metadata payload, which carries host tags and events."""
    host = name("legacy").replace(".", "-")
    body = {
        "apiKey": server.api_key, "agentVersion": "7.64.0", "uuid": "x", "internalHostname": host,
        "os": "linux", "python": "3.12", "systemStats": {}, "meta": {"hostname": host},
        "host-tags": {"system": ["role:legacy", "env:e2e"]}, "gohai": "{}",
        "events": {"api": [{"msg_title": "agent started", "msg_text": "x", "timestamp": int(time.time()),
                            "host": host}]},
    }
    assert server.call("POST", "/intake/", body)[0] in (200, 202)
    status, tags, _ = server.call("GET", f"/api/v1/tags/hosts/{host}")
    assert status == 200 and sorted(tags["tags"]) == ["env:e2e", "role:legacy"]


@pytest.mark.parametrize("where", ["header", "query", "lower"])
def test_keys_in_every_place(server, where):
    metric = name("key")
    path = "/api/v1/series" + (f"?api_key={server.api_key}" if where == "query" else "")
    headers = {"header": {"DD-Api-Key": server.api_key}, "lower": {"dd-api-key": server.api_key}}
    status, *_ = server.call("POST", path, v1(metric, 1), headers.get(where, {}), keys=False)
    assert status == 202
    assert last(server, f"avg:{metric}{{*}}") == 1


def test_wrong_key_is_refused_and_nothing_stored(server):
    metric = name("nokey")
    for headers in ({}, {"DD-API-KEY": "0" * 32}, {"DD-API-KEY": "é"}):
        try:
            status, body, _ = server.call("POST", "/api/v2/series", v2(metric, 1), headers, keys=False)
        except UnicodeEncodeError:
            continue
        assert status == 403 and body["errors"], body
    assert server.query(f"avg:{metric}{{*}}") == []


@pytest.mark.parametrize("body, status", [
    (b"", {400, 202}),
    (b"{", {400}),
    (b"[]", {400}),
    (b'{"series": 3}', {400}),
    (b'{"series": [{"metric": "x", "points": [["a", "b"]]}]}', {400, 202}),
    (b"\xff\xfe\x00", {400}),
])
def test_bad_bodies_never_break_the_server(server, body, status):
    for route in ("/api/v1/series", "/api/v2/series"):
        got, answer, _ = server.call("POST", route, body)
        assert got in status, (route, got, answer)
    assert server.call("GET", "/api/v1/validate")[0] == 200


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "deflate"])
def test_bombs_are_refused(server, encoding):
    big = b'{"series": [' + b" " * (300 << 20) + b"]}"
    packed = {"gzip": lambda: gzip.compress(big, 1), "deflate": lambda: zlib.compress(big, 1),
              "zstd": lambda: zstandard.compress(big)}[encoding]()
    status, *_ = server.call("POST", "/api/v2/series", packed, {"Content-Encoding": encoding})
    assert status == 413
    status, *_ = server.call("POST", "/api/v2/series", packed[: len(packed) // 2], {"Content-Encoding": encoding})
    assert status in (400, 413)


def test_points_out_of_time_are_said(server):
    metric, now = name("late"), int(time.time())
    points = [{"timestamp": t, "value": 1} for t in (1, now, now + 86_400)]
    body = {"series": [{"metric": metric, "type": 3, "points": points}]}
    assert server.call("POST", "/api/v2/series", body)[0] == 202
    assert last(server, f"count:{metric}{{*}}") == 1
    _, report, _ = server.call("GET", "/api/procyon/intake")
    assert "timestamp_too_old" in json.dumps(report), report


@pytest.mark.parametrize("route", ["/api/v2/logs", "/api/v0.2/traces", "/api/v1/collector", "/api/v2/rum"])
def test_known_routes_that_are_not_served_yet_answer_202(server, route):
    """An Agent retries any other status for ever."""
    status, *_ = server.call("POST", route, b"[]")
    assert 200 <= status < 300, (route, status)


def test_an_unknown_route_is_json(server):
    status, body, _ = server.call("GET", "/api/v9/nothing")
    assert status == 404 and body["errors"]
