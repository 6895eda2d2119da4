"""The agent of this machine, fed by real DogStatsD clients, asked through the server's API."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import datadog.dogstatsd
import pytest

from server import ROOT, Server, binary, clean_environment, free_port, wait_for

HOST = "agent-under-test"
SETTINGS = """
hostname: agent-under-test
tags:
  - team:platform
  - role:web
env: ci
"""


class Agent:
    """`procyon agent run` as a process of its own."""

    def __init__(self, folder, url, api_key, settings=SETTINGS, **environment):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.settings = self.folder / "datadog.yaml"
        self.settings.write_text(settings)
        self.port = free_port(socket.SOCK_DGRAM)
        self.socket = self.folder / "dsd.socket"
        self.stream = self.folder / "dsd-stream.socket"
        self.environment = {
            **clean_environment(), "DD_API_KEY": api_key, "DD_DD_URL": url, "DD_CMD_PORT": "0",
            "DD_RUN_PATH": str(self.folder / "run"), "DD_LOG_FILE": str(self.folder / "agent.log"),
            "DD_DOGSTATSD_PORT": str(self.port), "DD_DOGSTATSD_SOCKET": str(self.socket),
            "DD_DOGSTATSD_STREAM_SOCKET": str(self.stream),
            # However full the disk of this machine is.
            "DD_FORWARDER_STORAGE_MAX_DISK_RATIO": "1", **environment,
        }
        self.process = None

    def command(self, *arguments):
        return [binary(), "agent", *arguments, "--cfgpath", str(self.settings)]

    def cli(self, *arguments):
        return subprocess.run(
            self.command(*arguments), env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60,
        )

    def start(self):
        self.process = subprocess.Popen(
            self.command("run"), env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.cli("health").returncode == 0, "a healthy agent")
        return self

    def status(self):
        answer = self.cli("status", "--json")
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(how)
        try:
            return self.process.wait(30)
        finally:
            self.process = None

    def udp(self, *lines):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for line in lines:
                sender.sendto(line if isinstance(line, bytes) else line.encode(), ("127.0.0.1", self.port))


@contextlib.contextmanager
def running(agent):
    try:
        yield agent.start()
    finally:
        agent.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """`procyon up` with its agent, as `make run` starts it, its settings written before."""
    data = tmp_path_factory.mktemp("machine") / "data"
    (data / "agent").mkdir(parents=True)
    (data / "agent" / "datadog.yaml").write_text(SETTINGS)
    port = free_port(socket.SOCK_DGRAM)
    server = Server(data, agent={"DD_DOGSTATSD_PORT": str(port), "DD_CMD_PORT": "0"})
    server.port = port
    with server:
        wait_for(lambda: server.query("avg:datadog.agent.running{*}"), "the agent's first flush", 60)
        yield server
        assert server.stop() == 0, server.output()


def hosts(server):
    return {host["name"]: host for host in server.call("GET", "/api/v1/hosts?include_hosts_metadata=true")[1]["host_list"]}


def tags_of(server, name):
    host = hosts(server).get(name)
    return set(sum(host["tags_by_source"].values(), [])) if host else set()


def value(server, query):
    """The only line's newest value."""
    series = server.query(query)
    assert len(series) <= 1, series
    return series[0]["pointlist"][-1][1] if series else None


def test_this_machine_shows_with_its_tags_and_its_metrics(machine):
    expected = {"team:platform", "role:web", "env:ci"}
    wait_for(lambda: expected <= tags_of(machine, HOST), "the host with its tags", 60)
    for metric in ("system.load.1", "system.mem.total", "system.uptime", "system.disk.in_use"):
        found = wait_for(lambda: machine.query(f"avg:{metric}{{host:{HOST},team:platform}}"), metric, 60)
        assert found[0]["pointlist"], metric
    idle = wait_for(lambda: value(machine, f"avg:system.cpu.idle{{host:{HOST}}}"), "cpu", 60)
    assert 0 <= idle <= 100
    host = wait_for(lambda: (h := hosts(machine)[HOST])["meta"].get("agent_version") and h, "its metadata", 60)
    assert host["meta"]["platform"] == "linux", host["meta"]


def test_the_start_of_the_agent_is_an_event_with_the_tags_of_the_host(machine):
    def event():
        now = int(time.time())
        _, body, _ = machine.call("GET", f"/api/v1/events?start={now - 600}&end={now + 60}")
        return next((e for e in body["events"] if e.get("host") == HOST and "team:platform" in e["tags"]), None)

    assert wait_for(event, "the agent's start event", 60)


def test_the_agent_ends_with_the_server(tmp_path):
    server = Server(tmp_path / "data", agent={"DD_DOGSTATSD_PORT": "0", "DD_CMD_PORT": "0"}).start()
    control = tmp_path / "data" / "agent" / "run" / "control.json"
    pid = wait_for(lambda: control.exists() and json.loads(control.read_text())["pid"], "the agent's pid")
    server.kill()

    def is_gone():
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
        except FileNotFoundError:
            return True
        return state == "Z"

    wait_for(is_gone, "the agent's end")


def test_python_client_by_udp(machine):
    client = datadog.dogstatsd.DogStatsd(
        host="127.0.0.1", port=machine.port, constant_tags=["env:dev"], disable_telemetry=True
    )
    client.disable_buffering = True
    sent = time.time()
    client.gauge("page.views", 1, tags=["env:dev"])
    client.increment("py.count", 5)
    client.decrement("py.count", 2)
    client.timing("py.timing", 250)
    client.histogram("py.histogram", 7)
    for size in (8, 8, 8, 200):
        client.distribution("py.distribution", size)
    client.set("py.set", "a")
    client.set("py.set", "b")
    client.event("py event", "line one\nline two", alert_type="error", tags=["from:py"])
    client.service_check("py.check", 1, message="half well")
    with client.timed("py.timed", use_ms=True):
        pass
    scope = f"{{host:{HOST},env:dev,team:platform}}"
    assert wait_for(lambda: value(machine, f"avg:page.views{scope}"), "page.views", 40) == 1
    assert time.time() - sent < 30
    # A counter of 3 in a bucket of 10 seconds is a rate; counted over time it is 3 again.
    counted = wait_for(lambda: machine.query(f"sum:py.count{scope}.as_count()"), "py.count", 40)
    assert sum(v or 0 for _, v in counted[0]["pointlist"]) == 3
    for metric, expected in {
        "py.timing.max": 250, "py.timing.avg": 250, "py.histogram.median": 7, "py.histogram.95percentile": 7,
        "py.set": 2,
    }.items():
        assert wait_for(lambda m=metric: value(machine, f"avg:{m}{scope}"), metric, 40) == expected, metric
    p50 = wait_for(lambda: value(machine, f"p50:py.distribution{scope}"), "py.distribution", 40)
    assert p50 == pytest.approx(8, rel=0.02)

    def spread():
        now = int(time.time())
        asked = {
            "from": (now - 3600) * 1000, "to": (now + 120) * 1000,
            "queries": [{"data_source": "metrics", "query": f"histogram:py.distribution{scope}"}],
            "axis": {"min": 0, "max": 100, "buckets": 10},
        }
        body = {"data": {"type": "histogram_request", "attributes": asked}}
        _, body, _ = machine.call("POST", "/api/procyon/query/histogram", body)
        found = body["data"]["attributes"]
        return found if found["count"] == 4 else None

    # The values themselves are counted, as far as the client's sketch tells them apart.
    found = wait_for(spread, "the spread of py.distribution", 40)
    assert found["total"] == {"counts": [3] + [0] * 9, "below": 0, "above": 1}
    assert sum(sum(row) for row in found["counts"]) + sum(found["above"]) == 4
    assert found["max"] == pytest.approx(200, rel=0.02)
    assert wait_for(lambda: machine.query(f"avg:py.timed.count{scope}"), "py.timed", 40)

    def event():
        now = int(time.time())
        _, body, _ = machine.call("GET", f"/api/v1/events?start={now - 600}&end={now + 60}&tags=from:py")
        return body["events"]

    found = wait_for(event, "the event", 40)[0]
    assert (found["title"], found["text"], found["alert_type"]) == ("py event", "line one\nline two", "error")

    def check():
        _, body, _ = machine.call("GET", f"/api/procyon/hosts/{HOST}/checks")
        return next((c for c in body["checks"] if c["check"] == "py.check"), None)

    found = wait_for(check, "the service check", 40)
    assert (found["status"], found["message"]) == ("warning", "half well")


def test_npm_clients(machine, tmp_path):
    path = machine.data / "agent" / "dsd.socket"
    wait_for(path.exists, "the Unix socket")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=api.procyon.test", "-addext", "subjectAltName=DNS:api.procyon.test",
         "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True,
    )
    sent = subprocess.run(
        ["node", "statsd.mjs", str(machine.port), str(path), machine.url, machine.api_key, str(tmp_path)],
        cwd=ROOT / "e2e" / "node", capture_output=True, text=True, timeout=60,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(tmp_path / "cert.pem")},
    )
    assert sent.returncode == 0, sent.stderr
    scope = f"{{host:{HOST},client:hot-shots}}"
    assert wait_for(lambda: value(machine, f"avg:node.gauge{scope}"), "node.gauge", 40) == 12.5
    assert wait_for(lambda: value(machine, f"avg:node.set{scope}"), "node.set", 40) == 2
    assert wait_for(lambda: value(machine, f"avg:node.timing.max{scope}"), "node.timing", 40) == 40
    unix = wait_for(lambda: value(machine, f"avg:node.unix{{host:{HOST},client:hot-shots-uds}}"), "node.unix", 40)
    assert unix == 5
    scope = "{host:node-host,client:datadog-metrics}"
    assert wait_for(lambda: value(machine, f"avg:dm.gauge{scope}"), "dm.gauge", 40) == 2.5


def test_unix_sockets(server, tmp_path):
    agent = Agent(tmp_path / "agent", server.url, server.api_key, SETTINGS.replace(HOST, "unix-host"))
    with running(agent):
        client = datadog.dogstatsd.DogStatsd(socket_path=f"unixgram://{agent.socket}", disable_telemetry=True)
        client.gauge("unix.datagram", 4)
        client.flush()
        stream = datadog.dogstatsd.DogStatsd(socket_path=f"unixstream://{agent.stream}", disable_telemetry=True)
        stream.gauge("unix.stream", 6)
        stream.flush()
        assert wait_for(lambda: value(server, "avg:unix.datagram{host:unix-host}"), "the datagram", 40) == 4
        assert wait_for(lambda: value(server, "avg:unix.stream{host:unix-host}"), "the stream", 40) == 6


CONTAINER = "c0ffee" * 10 + "c0de"


def test_the_sender_brings_its_tags(server, tmp_path):
    """By what the client says of itself, and by what the kernel says of the client."""
    (tmp_path / "cgroup" / "docker" / CONTAINER).mkdir(parents=True)
    process = tmp_path / "proc" / str(os.getpid())
    process.mkdir(parents=True)
    (process / "cgroup").write_text("0::/\n")
    agent = Agent(
        tmp_path / "agent", server.url, server.api_key, SETTINGS.replace(HOST, "origin-host"),
        DD_DOGSTATSD_ORIGIN_DETECTION="true", DD_DOGSTATSD_ORIGIN_DETECTION_CLIENT="true",
        DD_CONTAINER_PROC_ROOT=str(tmp_path / "proc"), DD_CONTAINER_CGROUP_ROOT=str(tmp_path / "cgroup"),
        DOCKER_HOST=f"unix://{tmp_path}/no-docker.sock",
    )

    def of(metric):
        found = server.query(f"avg:{metric}{{host:origin-host}} by {{container_id}}")
        return sorted(series["scope"] for series in found)

    with running(agent):
        said = datadog.dogstatsd.DogStatsd(
            socket_path=str(agent.socket), container_id=CONTAINER, cardinality="high", disable_telemetry=True
        )
        said.gauge("origin.said", 1)
        said.gauge("origin.low", 1, cardinality="low")
        said.flush()
        assert wait_for(lambda: of("origin.said"), "what the client says", 40) == [
            f"container_id:{CONTAINER},host:origin-host"]
        assert wait_for(lambda: of("origin.low"), "a sample of low cardinality", 40) == [
            "container_id:N/A,host:origin-host"], of("origin.low")
        # The answer about a process holds for some seconds.
        (process / "cgroup").write_text(f"0::/system.slice/docker-{CONTAINER}.scope\n")
        seen = datadog.dogstatsd.DogStatsd(
            socket_path=str(agent.stream), origin_detection_enabled=False, cardinality="high", disable_telemetry=True,
        )
        seen.gauge("origin.seen", 1)
        seen.flush()
        assert wait_for(lambda: of("origin.seen"), "what the kernel says", 40) == [
            f"container_id:{CONTAINER},host:origin-host"]
        assert agent.status()["dogstatsdStats"]["UdsOriginDetectionErrors"] == 0


def test_broken_datagrams_cost_only_themselves(server, tmp_path):
    agent = Agent(tmp_path / "agent", server.url, server.api_key, SETTINGS.replace(HOST, "broken-host"))
    with running(agent):
        agent.udp(b"\xff\xfe|g", "half:1", "m:|c", "_e{5,5}:abc", "_sc|x", "ok.before:1|g\nbad\nok.after:2|g", b"x" * 9000)
        assert wait_for(lambda: value(server, "avg:ok.after{host:broken-host}"), "the good line", 40) == 2
        assert value(server, "avg:ok.before{host:broken-host}") == 1
        stats = agent.status()["dogstatsdStats"]
        assert stats["MetricParseErrors"] >= 3 and stats["EventParseErrors"] >= 1, stats
        assert stats["ServiceCheckParseErrors"] >= 1, stats


def test_changed_tags_are_one_series_each_at_their_time(server, tmp_path):
    agent = Agent(tmp_path / "agent", server.url, server.api_key, "hostname: moved\ntags: [team:old]\n")
    with running(agent):
        agent.udp("moved.gauge:1|g")
        wait_for(lambda: server.query("avg:moved.gauge{team:old}"), "the old points", 40)
        assert agent.stop() == 0
    agent.settings.write_text("hostname: moved\ntags: [team:new]\n")
    with running(agent):
        wait_for(lambda: "team:new" in tags_of(server, "moved"), "the new tags", 40)
        agent.udp("moved.gauge:2|g")
        wait_for(lambda: server.query("avg:moved.gauge{team:new}"), "the new points", 40)
    series = {s["scope"]: [v for _, v in s["pointlist"] if v] for s in server.query("avg:moved.gauge{*} by {team}")}
    assert series == {"team:old": [1], "team:new": [2]}, series


def test_nothing_is_lost_while_the_server_is_down(own_server, tmp_path):
    """The agent is stopped and started again as well, and killed once it has what it needs on disk."""
    listen = f"127.0.0.1:{free_port()}"
    own_server.arguments[1] = listen
    own_server.start()
    agent = Agent(tmp_path / "agent", own_server.url, own_server.api_key, "hostname: patient\n")
    with running(agent):
        now = int(time.time())
        agent.udp(f"patient.gauge:1|g|T{now - 60}")
        wait_for(lambda: own_server.query("avg:patient.gauge{*}"), "the first point", 40)
        own_server.kill()
        agent.udp(f"patient.gauge:2|g|T{now - 40}")
        wait_for(lambda: agent.status()["forwarderStats"]["Transactions"]["Retried"] >= 1, "a failed try", 60)
        assert agent.stop() == 0
    with running(agent):
        agent.udp(f"patient.gauge:3|g|T{now - 20}")
        own_server.start()
        wait_for(
            lambda: {1, 2, 3} <= {v for s in own_server.query("max:patient.gauge{*}.rollup(max, 10)") for _, v in s["pointlist"]},
            "every point", 90,
        )


@pytest.mark.parametrize("text, words", [
    ("tags:\n\t- a:b\n", ["datadog.yaml:2", "tab"]),
    ("dogstatsd_buffer_size: many\n", ["datadog.yaml:1", "dogstatsd_buffer_size", "many"]),
    ("tags:\n  a: b\n", ["datadog.yaml", "tags"]),
])
def test_wrong_settings_are_named(tmp_path, text, words):
    agent = Agent(tmp_path / "agent", "http://127.0.0.1:1", "0" * 32, text)
    answer = agent.cli("run")
    said = answer.stdout + answer.stderr
    assert answer.returncode != 0, said
    assert all(word in said for word in words), said


def test_an_unknown_key_is_a_warning_with_the_known_one(server, tmp_path):
    agent = Agent(tmp_path / "agent", server.url, server.api_key, "hostname: typo\ndogstatd_port: 1\n")
    with running(agent):
        said = agent.cli("configcheck").stdout + agent.cli("status").stdout
        assert "dogstatd_port" in said and "dogstatsd_port" in said, said


def test_the_commands_of_the_agent(server, tmp_path):
    agent = Agent(tmp_path / "agent", server.url, server.api_key, SETTINGS.replace(HOST, "command-host"))
    assert agent.cli("health").returncode != 0
    asked = agent.cli("status")
    assert asked.returncode != 0 and "running" in asked.stderr + asked.stdout
    with running(agent):
        wait_for(lambda: "Instance ID: cpu" in agent.cli("status").stdout, "the cpu check's first run", 40)
        status = agent.cli("status").stdout
        for part in ("Running Checks", "[OK]", "Total Runs:", "Forwarder", "DogStatsD", "Aggregator"):
            assert part in status, status
        assert agent.cli("hostname").stdout.strip() == "command-host"
        config = agent.cli("config").stdout
        assert server.api_key not in config and server.api_key[-5:] in config
        one = agent.cli("check", "load")
        assert one.returncode == 0 and "system.load.1" in one.stdout, one.stdout + one.stderr
        diagnosis = agent.cli("diagnose")
        assert diagnosis.returncode == 0, diagnosis.stdout + diagnosis.stderr
    # The official name answers as well.
    link = tmp_path / "datadog-agent"
    link.symlink_to(binary())
    answer = subprocess.run([link, "version"], capture_output=True, text=True, timeout=30)
    assert answer.returncode == 0 and "Agent" in answer.stdout, answer


def test_paths_that_cannot_be_a_socket(server, tmp_path):
    folder = tmp_path / "taken"
    folder.mkdir()
    agent = Agent(
        tmp_path / "agent", server.url, server.api_key, SETTINGS.replace(HOST, "socket-host"),
        DD_DOGSTATSD_SOCKET=str(folder),
    )
    with running(agent):
        agent.udp("socket.gauge:3|g")
        assert wait_for(lambda: value(server, "avg:socket.gauge{host:socket-host}"), "the rest goes on", 40) == 3
        assert str(folder) in agent.cli("status").stdout
    assert os.path.isdir(folder)
