"""Starts the real binary on a folder of its own, for the tests and for conformance runs."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def binary():
    """The binary under test: $PROCYON_BIN, or what `make run` builds."""
    path = os.environ.get("PROCYON_BIN") or str(
        pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "procyon"
    )
    if not os.access(path, os.X_OK):
        raise SystemExit(f"no binary at {path}: run `make run` once, or set PROCYON_BIN")
    return os.path.abspath(path)


def clean_environment():
    """Without what would aim agents, clients and commands elsewhere."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("DD_", "PROCYON_"))}


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=30.0):
    """Polls until the condition gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = condition()
        except (OSError, AssertionError) as e:
            found, reason = None, e
        else:
            reason = found
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}; last: {reason!r}")
        time.sleep(0.01)


class Server:
    """One process of `procyon up`. Its folder survives stop, kill and start."""

    def __init__(self, data, listen="127.0.0.1:0", arguments=(), agent=None, own_metrics=False):
        """`agent`: the DD_* variables of this machine's agent; None starts the server alone.
        `own_metrics`: whether the server stores metrics about itself."""
        self.data = pathlib.Path(data)
        alone = [] if agent is not None else ["--no-agent"]
        self.arguments = ["--listen", listen, *alone, *arguments]
        # Tests count what they sent.
        silent = {} if own_metrics else {"PROCYON_NO_OWN_METRICS": "1"}
        self.environment = {**clean_environment(), **silent, **(agent or {})}
        self.process = None
        self.start_seconds = None
        self.log = self.data.with_name(self.data.name + ".log")

    def start(self, seconds=60.0):
        ready = self.data.with_name(self.data.name + ".ready.json")
        ready.unlink(missing_ok=True)
        self.ready_file = ready
        begun = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [binary(), "up", "--data", self.data, "--ready-file", ready, *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment,
            )

        def up():
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended with {self.process.returncode}:\n{self.output()}")
            return ready.exists()

        wait_for(up, "the ready file", seconds)
        self.start_seconds = time.monotonic() - begun
        self.__dict__.update(json.loads(ready.read_text()))
        return self

    def output(self):
        return self.log.read_text(errors="replace")[-8000:]

    def stop(self, how=signal.SIGTERM, seconds=30.0):
        """Ends the process, and returns its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not stop within {seconds} s") from None
        finally:
            self.process = None

    def kill(self):
        return self.stop(signal.SIGKILL)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process is not None:
            self.kill()

    def call(self, method, path, body=None, headers=None, keys=True):
        """(status, parsed JSON or text, headers); an error status is an answer like any other."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if keys:
            request.add_header("DD-API-KEY", self.api_key)
            request.add_header("DD-APPLICATION-KEY", self.application_key)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as e:
            answer = e
        with answer:
            text = answer.read().decode()
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = text
        return answer.status, parsed, answer.headers

    def query(self, text, seconds_back=3600, until=120):
        """Series of /api/v1/query over the last hour (and the next two minutes)."""
        now = int(time.time())
        parameters = urllib.parse.urlencode(
            {"query": text, "from": now - seconds_back, "to": now + until}
        )
        status, body, _ = self.call("GET", f"/api/v1/query?{parameters}")
        assert status == 200, (status, body)
        return body["series"]

    def sql(self, statement):
        """Rows as dictionaries."""
        status, body, _ = self.call("POST", "/api/procyon/sql", {"query": statement})
        assert status == 200, (status, body)
        names = [column["name"] for column in body["columns"]]
        return [dict(zip(names, row)) for row in body["rows"]]

    def cli(self, *arguments, **environment):
        """Runs a terminal command against this server."""
        return subprocess.run(
            [binary(), *arguments], env={**clean_environment(), "COLUMNS": "100", **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )


def temporary(prefix):
    """A server on a folder that goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix=f"procyon-{prefix}-")
    server = Server(pathlib.Path(folder.name) / "data")
    server.folder = folder
    return server
