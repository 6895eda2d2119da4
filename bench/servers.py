"""The servers under measurement: started, asked, measured and stopped alike."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def bytes_under(folder, skip=()):
    """Sum of the file sizes below a folder, less those under the named top folders."""
    total = 0
    for at, folders, files in os.walk(folder):
        if pathlib.Path(at) == pathlib.Path(folder):
            folders[:] = [f for f in folders if f not in skip]
        for name in files:
            try:
                total += os.path.getsize(os.path.join(at, name))
            except OSError:
                pass  # Removed by a merge meanwhile.
    return total


class Server:
    """A process on a data folder, with a port of its own."""

    kind = ""

    def __init__(self, folder):
        self.data = pathlib.Path(folder)
        self.port = free_port()
        self.process = None
        self.usage = None
        self.connection = None

    def arguments(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def start(self):
        """Starts, waits until it is ready, and returns the seconds that took."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.connection = None
        arguments = self.arguments()
        log = open(self.data.with_name(self.data.name + ".log"), "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        while not self.is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"{self.kind} ended with {self.process.returncode}; see {log.name}")
            if time.monotonic() - begun > 120:
                raise SystemExit(f"{self.kind} did not get ready within 120 s")
            time.sleep(0.001)
        return time.monotonic() - begun

    def stop(self, how=signal.SIGTERM):
        """Ends it; returns the CPU seconds of its whole life."""
        self.process.send_signal(how)
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = 0
        self.process = None
        self.usage = usage
        return usage.ru_utime + usage.ru_stime

    def wipe(self):
        if self.process is not None:
            self.stop(signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)

    def cpu(self):
        """CPU seconds so far."""
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = text.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self, what="VmRSS"):
        """MB (10^6 bytes) of VmRSS, or of VmHWM, its highest so far."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(what):
                return int(line.split()[1]) * 1024 / 1e6
        raise SystemExit(f"no {what} of {self.kind}")

    def get(self, path, parameters):
        return json.loads(self.fetch(path, parameters))

    def fetch(self, path, parameters):
        """The text of a GET over one kept connection."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.connection.request("GET", f"{path}?{urllib.parse.urlencode(parameters)}",
                                headers=self.headers())
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self.kind} {path} {parameters}: {answer.status} {text[:500]!r}")
        return text

    def headers(self):
        return {}

    def settle(self, quiet=25.0, at_most=90.0):
        """Waits until the files stay as they are."""
        begun = last = time.monotonic()
        size = -1
        while time.monotonic() - last < quiet and time.monotonic() - begun < at_most:
            now = self.bytes()
            if now != size:
                size, last = now, time.monotonic()
            time.sleep(0.5)
        return size

    def bytes(self):
        raise NotImplementedError


class Procyon(Server):
    kind = "procyon"
    # MiB that queries keep; 0 to measure them as if each were the first.
    cache = 64

    def arguments(self):
        self.ready = self.data.with_name(self.data.name + ".ready.json")
        self.ready.unlink(missing_ok=True)
        return [os.environ["PROCYON_BIN"], "up", "--data", str(self.data), "--no-agent",
                "--listen", f"127.0.0.1:{self.port}", "--ready-file", str(self.ready),
                "--query-cache-mib", str(self.cache)]

    def is_ready(self):
        if not self.ready.exists():
            return False
        facts = json.loads(self.ready.read_text())
        self.api_key, self.application_key = facts["api_key"], facts["application_key"]
        return True

    def headers(self):
        return {"DD-API-KEY": self.api_key, "DD-APPLICATION-KEY": self.application_key}

    def bytes(self):
        """Everything but the log, which the next flushes remove, and accounts and keys."""
        control = sum(p.stat().st_size for p in self.data.glob("control.db*"))
        return bytes_under(self.data, skip=("log",)) - control

    def bytes_by_kind(self):
        """Bytes of the data files by dataset, and of the rest."""
        found = {}
        for path in self.data.rglob("*"):
            if not path.is_file() or path.name.startswith("control."):
                continue
            parts = path.relative_to(self.data).parts
            kind = "/".join(parts[:4]) if path.suffix == ".parquet" else parts[0]
            found[kind] = found.get(kind, 0) + path.stat().st_size
        return found

    def question(self, metric, host, by, window, width):
        """Path and parameters of an average."""
        scope = f"host:{host}" if host else "*"
        group = f" by {{{by}}}" if by else ""
        return "/api/v1/query", {
            "query": f"avg:{metric}{{{scope}}}{group}.rollup(avg, {width})",
            "from": window[0], "to": window[1] - 1,
        }

    def lines(self, answer, question):
        """{group: {bucket start, s: value}}."""
        by = question[2]
        return {
            (s["scope"] if by else ""): {int(t) // 1000: v for t, v in s["pointlist"] if v is not None}
            for s in answer["series"]
        }

    def sql(self, statement):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("POST", "/api/procyon/sql", json.dumps({"query": statement}),
                           {**self.headers(), "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{statement}: {answer.status} {text[:500]!r}")
        return json.loads(text)["rows"]


class VictoriaMetrics(Server):
    kind = "victoria-metrics"

    def arguments(self):
        return [shutil.which("victoria-metrics"), f"-storageDataPath={self.data}",
                f"-httpListenAddr=127.0.0.1:{self.port}", "-loggerLevel=WARN",
                "-search.latencyOffset=0s", "-retentionPeriod=12"]

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as s:
                s.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                return b" 200 " in s.recv(100)
        except OSError:
            return False

    def flush(self):
        """Makes everything sent so far queryable, and writes it to files."""
        self.plain("/internal/force_flush")

    def merge(self):
        self.plain("/internal/force_merge")

    def plain(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()

    def bytes(self):
        return bytes_under(self.data, skip=("cache", "tmp"))

    def question(self, metric, host, by, window, width):
        """As Procyon's. A window of the peer ends at its step and excludes its start."""
        scope = f'{{host="{host}"}}' if host else ""
        group = f" by ({by})" if by else ""
        return "/api/v1/query_range", {
            "query": f"avg(avg_over_time({metric}{scope}[{width}s])){group}",
            "start": window[0] + width - 1, "end": window[1] - 1, "step": width, "nocache": 1,
        }

    def lines(self, answer, question):
        _, _, by, _, width = question
        return {
            (f"{by}:{s['metric'][by]}" if by else ""):
                {int(t) + 1 - width: float(v) for t, v in s["values"]}
            for s in answer["data"]["result"]
        }


def has_peer():
    return shutil.which("victoria-metrics") is not None
