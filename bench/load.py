"""Sends bodies over keep-alive connections, from a few processes with a few threads each.

Bounded: a connection has one request under way, and reads its next body only when that is answered.
"""

import collections
import dataclasses
import multiprocessing
import socket
import threading
import time

import generate

RETRIES_MAX = 200
# What a server asks for may be long; a benchmark is not.
RETRY_SECS_MAX = 5.0


@dataclasses.dataclass
class Target:
    """Where bodies go, and as what."""

    host: str
    port: int
    path: str
    content_type: str
    api_key: str = "none"

    def head(self):
        return (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"DD-API-KEY: {self.api_key}\r\nContent-Type: {self.content_type}\r\nContent-Length: "
        ).encode()


@dataclasses.dataclass
class Sent:
    """What came of a load."""

    seconds: float = 0.0
    requests: int = 0
    samples: int = 0
    bytes: int = 0
    retries: int = 0
    errors: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    latencies: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.requests += other.requests
        self.samples += other.samples
        self.bytes += other.bytes
        self.retries += other.retries
        self.errors += other.errors
        self.latencies += other.latencies


class Connection:
    """One keep-alive connection that only reads as much HTTP as servers answer to a POST."""

    def __init__(self, target):
        self.target = target
        self.head = target.head()
        self.socket = socket.create_connection((target.host, target.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.retry_secs = 1.0

    def post(self, body):
        """The status of the answer."""
        head = self.head + b"%d\r\n\r\n" % len(body)
        if len(body) < 65536:
            self.socket.sendall(head + body)
        else:
            self.socket.sendall(head)
            self.socket.sendall(body)
        return self.answer()

    def answer(self):
        data = self.rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self.more()
        head = data[:end].lower()
        status = int(head[9:12])
        length = 0
        if (at := head.find(b"\r\nretry-after:")) >= 0:
            self.retry_secs = float(head[at + 14:].split(b"\r\n", 1)[0])
        if (at := head.find(b"\r\ncontent-length:")) >= 0:
            length = int(head[at + 17:].split(b"\r\n", 1)[0])
        elif b"\r\ntransfer-encoding:" in head:
            raise OSError("a chunked answer")
        data = data[end + 4:]
        while len(data) < length:
            data += self.more()
        self.rest = data[length:]
        return status

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        return data


def send_one(connection, body, sent):
    """Sends until it is taken; a busy server is asked again when it said, as Agents do."""
    for _ in range(RETRIES_MAX):
        begun = time.monotonic()
        status = connection.post(body)
        if status not in (429, 503):
            sent.latencies.append(time.monotonic() - begun)
            return status
        sent.retries += 1
        time.sleep(min(connection.retry_secs, RETRY_SECS_MAX))
    return status


def run_thread(target, source, lock, sent):
    connection = Connection(target)
    while True:
        with lock:
            item = next(source, None)
        if item is None:
            return
        body, n_samples = item
        try:
            status = send_one(connection, body, sent)
        except OSError as e:
            sent.errors[repr(e)] += 1
            connection = Connection(target)
            continue
        if 200 <= status < 300:
            sent.requests += 1
            sent.samples += n_samples
            sent.bytes += len(body)
        else:
            sent.errors[status] += 1


def run_worker(target, path, share, n_threads, ready, results):
    """`share` is (worker, workers): which bodies of the file are this process's."""
    source, lock = generate.bodies(path, *share), threading.Lock()
    parts = [Sent() for _ in range(n_threads)]
    threads = [threading.Thread(target=run_thread, args=(target, source, lock, part), daemon=True)
               for part in parts]
    ready.wait()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = Sent()
    for part in parts:
        total.add(part)
    results.put(total)


def load(target, path, connections=16, workers=2):
    """Sends a whole file, and returns what came of it."""
    context = multiprocessing.get_context("fork")
    results, ready = context.Queue(), context.Barrier(workers + 1)
    processes = [
        context.Process(target=run_worker, daemon=True,
                        args=(target, path, (w, workers), connections // workers, ready, results))
        for w in range(workers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    begun = time.monotonic()
    total = Sent()
    for _ in processes:
        total.add(results.get(timeout=600))
    total.seconds = time.monotonic() - begun
    for process in processes:
        process.join()
    return total
