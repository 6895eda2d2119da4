"""What an official Agent 7 sends in its first minute, byte by byte from the protobuf field numbers."""

import json
import math
import struct
import time

import pytest
import zstandard

from test_intake import field, varint

HOST = "dd-agent-host"


def number(n, value):
    """A varint field."""
    return varint(n << 3) + varint(value)


def double(n, value):
    return varint(n << 3 | 1) + struct.pack("<d", value)


def zigzag(value):
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def key_of(value):
    """The Agent's sketch key: γ = 1 + 2/128, bias 1338."""
    return round(math.log(value) / math.log1p(2 / 128)) + 1338


def series(metric, kind, points, tags=(), interval=0, device=""):
    """MetricPayload.MetricSeries with the Agent's own metadata, a field of which no schema has."""
    resources = field(1, field(1, b"host") + field(2, HOST.encode()))
    if device:
        resources += field(1, field(1, b"device") + field(2, device.encode()))
    origin = number(3, 9) + number(4, 10) + number(5, 10)
    return b"".join((
        resources, field(2, metric.encode()), *(field(3, tag.encode()) for tag in tags),
        *(field(4, double(1, value) + number(2, at)) for at, value in points),
        number(5, kind), field(7, b"System"), number(8, interval), field(9, field(1, origin)),
    ))


def sketch(metric, at, values, tags):
    keys = sorted(key_of(value) for value in values)
    dog = b"".join((
        number(1, at), number(2, len(values)), double(3, min(values)), double(4, max(values)),
        double(5, sum(values) / len(values)), double(6, sum(values)),
        field(7, b"".join(map(zigzag, keys))), field(8, b"".join(varint(1) for _ in keys)),
    ))
    return b"".join((field(1, metric.encode()), field(2, HOST.encode()),
                     *(field(4, tag.encode()) for tag in tags), field(7, dog)))


@pytest.fixture(scope="module")
def agent(server):
    """The server after that minute."""
    now = int(time.time())
    binary = {"Content-Type": "application/x-protobuf", "DD-Agent-Payload": "5.0.144"}
    text = {"Content-Type": "application/json"}

    def send(path, body, headers):
        headers = {
            **headers, "DD-API-KEY": server.api_key, "Content-Encoding": "zstd", "DD-Agent-Version": "7.64.0",
            "User-Agent": "datadog-agent/7.64.0",
        }
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer, head = server.call("POST", path, zstandard.compress(body, 1), headers, keys=False)
        assert status == 202, (path, status, answer)
        assert head["Date"], "the Agent reads its clock's offset from it"

    validated = server.call("GET", "/api/v1/validate", headers={"DD-API-KEY": server.api_key}, keys=False)
    assert validated[:2] == (200, {"valid": True})
    common = {"apiKey": "", "agentVersion": "7.64.0", "uuid": "u-1", "internalHostname": HOST, "os": "linux",
              "agent-flavor": "agent", "python": "3.12.6"}
    meta = {"socket-hostname": HOST, "timezones": ["UTC"], "socket-fqdn": HOST + ".lan", "hostname": HOST,
            "host_aliases": ["i-0123"], "instance-id": "", "hostname-resolution-version": 1}
    gohai = {"cpu": {"model_name": "EPYC", "cpu_cores": "8", "cpu_logical_processors": "16"},
             "memory": {"total": "32000000kB", "swap_total": "0kB"},
             "filesystem": [{"kb_size": "1000000", "mounted_on": "/", "name": "/dev/sda1"}],
             "platform": {"hostname": HOST, "kernel_name": "Linux", "os": "GNU/Linux", "machine": "x86_64"},
             "network": {"ipaddress": "10.0.0.1", "macaddress": "00:00:00:00:00:01"}}
    send("/intake/", {
        **common, "meta": meta, "host-tags": {"system": ["team:storage", "Env:Prod"]},
        "systemStats": {"cpuCores": 8, "machine": "amd64", "platform": "linux", "pythonV": "3.12.6",
                        "processor": "EPYC", "nixV": ["debian", "12.5", ""]},
        "network": None, "logs": {"transport": "", "auto_multi_line_detection_enabled": False},
        "install-method": {"tool": "apt", "tool_version": "1", "installer_version": "2"},
        "otlp": {"enabled": False}, "gohai": json.dumps(gohai),
    }, text)
    send("/intake/", {**common, "meta": meta, "agent_checks": [["cpu", "cpu", "cpu:1", "OK", "", ""],
                                                               ["ntp", "ntp", "ntp:2", "ERROR", "no answer", ""]],
                      "external_host_tags": []}, text)
    send("/api/v2/series", b"".join(field(1, one) for one in (
        series("system.load.1", 3, [(now - 30, 0.5), (now - 15, 0.75)]),
        series("system.disk.in_use", 3, [(now - 15, 0.25)], ["device:/dev/sda1"], device="/dev/sda1"),
        series("requests.done", 2, [(now - 20, 3.0)], ["env:prod"], interval=10),
        series("jobs.run", 1, [(now - 20, 7.0)]),
        series("datadog.agent.running", 3, [(now - 15, 1.0)], ["version:7.64.0"]),
    )), binary)
    send("/api/beta/sketches", field(1, sketch("latency", now // 10 * 10 - 20, [10.0, 20.0, 30.0, 40.0, 500.0],
                                               ["env:prod"])), binary)
    send("/api/v1/check_run", [
        {"check": "datadog.agent.up", "host_name": HOST, "timestamp": now, "status": 0, "message": "", "tags": None},
        {"check": "ntp.in_sync", "host_name": HOST, "timestamp": now, "status": 3, "message": "no answer", "tags": []},
    ], text)
    send("/intake/", {"apiKey": "", "internalHostname": HOST, "events": {"System": [{
        "msg_title": "Datadog agent (v. 7.64.0) started on " + HOST, "msg_text": "%%% \n start \n %%%",
        "timestamp": now, "priority": "normal", "host": HOST, "event_type": "Agent Startup", "alert_type": "info",
        "source_type_name": "System",
    }]}}, text)
    send("/api/v1/metadata", {"hostname": HOST, "uuid": "u-1", "timestamp": now * 10**9,
                              "agent_metadata": {"agent_version": "7.64.0", "flavor": "agent"}}, text)
    return server


def one(server, query):
    found = server.query(query)
    assert len(found) == 1, (query, found)
    return [value for _, value in found[0]["pointlist"] if value is not None]


@pytest.mark.parametrize("query, values", [
    ("avg:system.load.1{team:storage}", {0.5, 0.75, 0.625}),
    ("avg:system.disk.in_use{device:/dev/sda1,env:prod}", {0.25}),
    ("sum:requests.done{team:storage}", {3.0}),
    ("sum:jobs.run{host:dd-agent-host}.as_count()", {7.0}),
    ("max:latency{env:prod}", {500.0}),
    ("count:latency{env:prod}", {5.0}),
])
def test_its_points_carry_the_tags_of_the_host(agent, query, values):
    assert set(one(agent, query)) <= values


def test_a_percentile_of_its_sketch(agent):
    found = one(agent, "p50:latency{env:prod}")
    assert found[0] == pytest.approx(30, rel=0.02)


def test_its_host(agent):
    _, body, _ = agent.call("GET", f"/api/v1/hosts?filter=host:{HOST}&include_hosts_metadata=true")
    host = body["host_list"][0]
    assert host["up"] and {"i-0123", HOST} <= set(host["aliases"])
    assert {"team:storage", "env:prod"} <= set(sum(host["tags_by_source"].values(), []))
    meta = host["meta"]
    assert (meta["agent_version"], meta["platform"], meta["cpuCores"]) == ("7.64.0", "linux", 8)
    assert json.loads(meta["gohai"])["cpu"]["model_name"] == "EPYC"
    assert ["ntp", "ERROR"] in [[check[0], check[3]] for check in meta["agent_checks"]]


def test_its_checks_and_its_start(agent):
    _, body, _ = agent.call("GET", f"/api/procyon/hosts/{HOST}/checks")
    assert {(c["check"], c["status"]) for c in body["checks"]} == {("datadog.agent.up", "ok"), ("ntp.in_sync", "unknown")}
    now = int(time.time())
    _, body, _ = agent.call("GET", f"/api/v1/events?start={now - 600}&end={now + 60}")
    started = [e for e in body["events"] if e["host"] == HOST]
    assert len(started) == 1 and "started" in started[0]["title"], started
