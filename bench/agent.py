"""The agent beside its peer, Datadog's own Rust agent for serverless (`datadog-serverless-compat`).

Both get the same UDP packets from the same generator (`dogstatsd-load`), at a pace at which nobody
loses any: 20 metrics a packet over 10 000 contexts. What a process received is what was sent less
what the kernel dropped at its socket. Their payloads go to a small server here that says yes.

    PROCYON_AGENT_BIN=…   the slim binary, `procyon-agent`, of the release profile
    DOGSTATSD_LOAD_BIN=…  the generator, another binary of the crate `agent`
    SERVERLESS_COMPAT=…   the peer's binary, else that of the Python package if it is installed

Alone: `python3 bench/agent.py [--quick]`.
"""

import glob
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import servers

PER_PACKET = 20
CONTEXTS = 10_000


def peer_binary():
    named = os.environ.get("SERVERLESS_COMPAT")
    if named:
        return named
    for folder in sys.path:
        found = glob.glob(f"{folder}/datadog_serverless_compat/bin/linux-amd64/datadog-serverless-compat")
        if found:
            return found[0]
    return None


class Yes(http.server.BaseHTTPRequestHandler):
    """Says yes to everything and counts the bytes."""

    protocol_version = "HTTP/1.1"
    received = 0

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        Yes.received += length
        self.answer(202, b"{}")

    def do_GET(self):
        self.answer(200, b'{"valid":true}')

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Agent(servers.Server):
    """Ours, on a UDP port of its own, without a Unix socket."""

    kind = "procyon-agent"

    def __init__(self, folder, intake):
        super().__init__(folder)
        self.port = free_udp_port()
        self.intake = intake

    def arguments(self):
        self.data.mkdir(parents=True, exist_ok=True)
        settings = {
            "api_key": "0" * 32, "hostname": "bench", "dd_url": self.intake, "dogstatsd_port": self.port,
            "dogstatsd_socket": "", "run_path": str(self.data / "run"), "log_level": "warn", "cmd_port": 0,
            "log_file": str(self.data / "agent.log"), **self.settings(),
        }
        (self.data / "datadog.yaml").write_text(json.dumps(settings))
        return [os.environ["PROCYON_AGENT_BIN"], "run", "--cfgpath", str(self.data / "datadog.yaml")]

    def settings(self):
        return {}

    def is_ready(self):
        return self.drops() is not None

    def drops(self):
        """Packets that the kernel dropped at the socket; None when there is no socket."""
        for path in ("/proc/net/udp", "/proc/net/udp6"):
            for line in open(path).read().splitlines()[1:]:
                fields = line.split()
                if int(fields[1].rsplit(":", 1)[1], 16) == self.port:
                    return int(fields[-1])
        return None


class Compat(Agent):
    """The peer. It runs only where everything looks like an Azure function, a file of it included.

    It sends to a Datadog site alone, which is not there: its flushes end at the name's resolution.
    """

    kind = "datadog-serverless-compat"
    function = pathlib.Path("/home/site/wwwroot/host.json")

    def start(self):
        Compat.function.parent.mkdir(parents=True, exist_ok=True)
        Compat.function.write_text("{}")
        return super().start()

    def stop(self, *how):
        spent = super().stop(*how)
        Compat.function.unlink()
        for folder in list(Compat.function.parents)[:2]:
            folder.rmdir()
        return spent

    def arguments(self):
        self.data.mkdir(parents=True, exist_ok=True)
        binary = self.data / "datadog-serverless-compat"
        if not binary.exists():
            # The package's file may not be run as it lies there.
            shutil.copy(peer_binary(), binary)
            binary.chmod(0o755)
        return ["env", "WEBSITE_SITE_NAME=bench", "WEBSITE_SKU=Dynamic", "FUNCTIONS_EXTENSION_VERSION=~4",
                "FUNCTIONS_WORKER_RUNTIME=python", "DD_AZURE_RESOURCE_GROUP=bench", "DD_API_KEY=" + "0" * 32,
                f"DD_DOGSTATSD_PORT={self.port}", "DD_SITE=localhost", "DD_LOG_LEVEL=error",
                f"DD_APM_RECEIVER_PORT={servers.free_port()}", str(binary)]


def send(agent, packets, per_second, contexts=CONTEXTS, per_packet=PER_PACKET):
    """Sends; answers (packets received, packets dropped, seconds)."""
    before = agent.drops() or 0
    command = [os.environ["DOGSTATSD_LOAD_BIN"], f"127.0.0.1:{agent.port}", packets, per_second, contexts, per_packet]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    sent = json.loads(done.stdout)
    dropped = (agent.drops() or 0) - before
    return sent["packets"] - dropped, dropped, sent["seconds"]


def cost(agent, seconds, per_second):
    """Nanoseconds of CPU a metric at a steady pace, flushes included."""
    agent.start()
    send(agent, CONTEXTS // PER_PACKET, 1000)
    time.sleep(1)
    begun = agent.cpu()
    received, dropped, _ = send(agent, seconds * per_second, per_second)
    spent = agent.cpu() - begun
    memory = agent.memory()
    agent.stop()
    return spent * 1e9 / (received * PER_PACKET), dropped, memory


def held(agent, contexts, seconds):
    """Resident memory, the highest and at the end, with a number of contexts that stay busy."""
    agent.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        send(agent, contexts // PER_PACKET, contexts // PER_PACKET // 5 + 1, contexts)
    memory = agent.memory(), agent.memory("VmHWM")
    agent.stop()
    return memory


def idle(agent, seconds):
    """(percent of a core, MB) with nothing to do but the host's checks."""
    agent.start()
    time.sleep(20)
    begun, at = agent.cpu(), time.monotonic()
    time.sleep(seconds)
    spent = (agent.cpu() - begun) / (time.monotonic() - at)
    memory = agent.memory()
    agent.stop()
    return spent * 100, memory


def agent(bench, quick=False):
    """Bars 14, 16 and 17."""
    if not os.environ.get("PROCYON_AGENT_BIN"):
        bench.notes.append("agent: not measured, PROCYON_AGENT_BIN names no binary")
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    intake = f"http://127.0.0.1:{server.server_address[1]}"
    ours = lambda name: Agent(bench.scratch / f"agent-{name}", intake)
    peer = lambda name: Compat(bench.scratch / f"compat-{name}", intake) if peer_binary() else None

    seconds, pace = (5, 20_000) if quick else (20, 40_000)
    spent, dropped, _ = cost(ours("cost"), seconds, pace)
    peer_spent = peer_dropped = None
    if peer_binary():
        peer_spent, peer_dropped, _ = cost(peer("cost"), seconds, pace)
    note = f"{1000 / spent:.2f} M metrics per CPU second"
    if peer_spent:
        note += f", peer {1000 / peer_spent:.2f} M; dropped {dropped} and {peer_dropped} of {seconds * pace} packets"
    bench.add("14", "CPU a DogStatsD metric", "ns", spent, peer_spent, note)

    rate = 200_000
    for per_packet in (1, PER_PACKET):
        fast = ours(f"fast-{per_packet}")
        fast.start()
        send(fast, CONTEXTS // per_packet, 10_000, per_packet=per_packet)
        _, lost, took = send(fast, rate * (2 if quick else 10), rate, per_packet=per_packet)
        fast.stop()
        bench.add("14" if per_packet == 1 else "", f"packets lost at 200 k/s, metrics a packet: {per_packet}", "packets",
                  lost, note=f"sent {rate * (2 if quick else 10) / took / 1000:.0f} k/s")

    busy, resident = idle(ours("idle"), 20 if quick else 60)
    bench.add("17", "agent idle with host checks, CPU", "% of a core", busy)
    bench.add("17", "agent idle with host checks, memory", "MB", resident)
    bench.add("16", "agent memory: idle", "MB", resident)
    for contexts, name in ((10_000, "10 k"), (100_000, "100 k")):
        at_end, highest = held(ours(name.replace(" ", "-")), contexts, 20 if quick else 45)
        bench.add("16", f"agent memory: {name} contexts", "MB", at_end, note=f"highest {highest:.0f} MB")
    server.shutdown()


class Alone:
    """Stands in for the bench when this file is run by itself."""

    def __init__(self, scratch):
        self.scratch, self.notes, self.rows = pathlib.Path(scratch), [], []

    def add(self, bar, measure, unit, ours, peer=None, note=""):
        compared = "" if peer is None else f", peer {peer:.4g}, ratio {ours / peer:.3g}"
        print(f"{bar or '-':>3}  {measure}: {ours:.4g} {unit}{compared}" + (f"  ({note})" if note else ""), flush=True)


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="procyon-bench-agent-")
    alone = Alone(folder)
    try:
        agent(alone, quick="--quick" in sys.argv)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(alone.notes))
