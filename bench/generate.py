"""Writes the request bodies of the benchmark to disk, so that making them costs nothing later.

Datasets, all from one seed; the end time is a parameter because servers refuse points of the future:

    flush    1000 hosts × 10 metrics × 1 h at 15 s, one point a series and body, as Agents send
    history  3 metrics × 1000 hosts × 26 h at 15 s, integer random walks
    churn    200 000 series with one point each

Each is written in the forms that the servers take: v2 JSON, v2 protobuf, v1 JSON. A file is a row of
bodies, each behind its length (u32) and its number of samples (u32), both little-endian.
"""

import array
import dataclasses
import itertools
import json
import multiprocessing
import os
import pathlib
import random
import struct
import sys
import time

VERSION = 4
STEP = 15
HEAD = struct.Struct("<II")
METRICS = [f"bench_m{i}" for i in range(10)]
HISTORY_METRICS = ["bench_walk0", "bench_walk1", "bench_walk2"]
HISTORY_POINTS_A_BODY = 20
GAUGE = 3


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is generated."""

    hosts: int = 1000
    flushes: int = 240
    agent_flushes: int = 40
    history_hours: int = 26
    churn_series: int = 200_000
    series_a_body: int = 1000


FULL = Size()
QUICK = Size(hosts=100, flushes=40, agent_flushes=10, history_hours=26, churn_series=20_000,
             series_a_body=500)


def host_name(i):
    return f"host-{i:04d}"


def tags_of(i):
    return ["env:bench", f"service:web-{i % 20:02d}", f"availability-zone:zone-{i % 3}"]


# Protobuf, by hand: MetricPayload { 1 series* }, MetricSeries { 1 resources*, 2 metric, 3 tags*,
# 4 points*, 5 type, 7 source_type_name }, MetricPoint { 1 value double, 2 timestamp int64 }.

def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, data):
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def proto_series_head(metric, host, tags):
    resource = field(1, b"host") + field(2, host.encode())
    return b"".join((
        field(1, resource), field(2, metric.encode()), *(field(3, tag.encode()) for tag in tags),
        varint(5 << 3) + varint(GAUGE),
    ))


def proto_points_head(timestamp):
    """Everything of a point but its value; as bytes before and after the value."""
    stamp = varint(2 << 3) + varint(timestamp)
    return varint(4 << 3 | 2) + varint(9 + len(stamp)) + b"\x09", stamp


def proto_body(heads, points):
    """A payload of series, each with its points as encoded bytes."""
    return b"".join(field(1, head + p) for head, p in zip(heads, points))


class Form:
    """How one of the forms writes a series: a head, points, a tail."""

    def __init__(self, name):
        self.name = name

    def series(self, metric, host, tags):
        if self.name == "v2-protobuf":
            return proto_series_head(metric, host, tags)
        if self.name == "v2-json":
            parts = {"metric": metric, "type": GAUGE, "resources": [{"type": "host", "name": host}],
                     "tags": tags}
        else:
            parts = {"metric": metric, "type": "gauge", "host": host, "tags": tags}
        return (json.dumps(parts, separators=(",", ":"))[:-1] + ',"points":[').encode()

    def points(self, times):
        """A function from values to the encoded points at these times."""
        if self.name == "v2-protobuf":
            heads = [proto_points_head(t) for t in times]
            layout = struct.Struct("<" + "".join(f"{len(a)}sd{len(b)}s" for a, b in heads))
            arguments = [x for a, b in heads for x in (a, 0.0, b)]

            def encode(values):
                arguments[1::3] = values
                return layout.pack(*arguments)
            return encode
        one = '{"timestamp":%d,"value":%%d}' if self.name == "v2-json" else "[%d,%%d]"
        template = ",".join(one % t for t in times).encode()
        return lambda values: template % tuple(map(int, values))

    def body(self, heads, points):
        if self.name == "v2-protobuf":
            return proto_body(heads, points)
        return b'{"series":[' + b",".join(h + p + b"]}" for h, p in zip(heads, points)) + b"]}"


class Output:
    """A file of bodies, named only when it is whole."""

    def __init__(self, path):
        self.path = path
        self.part = path.with_suffix(".part")
        self.file = open(self.part, "wb", buffering=1 << 20)

    def add(self, body, n_samples):
        self.file.write(HEAD.pack(len(body), n_samples))
        self.file.write(body)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.file.close()
        if kind is None:
            os.replace(self.part, self.path)


def walk(rng, n):
    """An integer random walk that stays on the positive side, as most gauges do."""
    return array.array("d", map(abs, itertools.accumulate(
        rng.choices((-3, -2, -1, 0, 0, 1, 2, 3), k=n), initial=rng.randrange(1000))))


def write_flush(path, form, size, seed, end, batched):
    """One point a series and body: a body a host and flush, or bodies of many series."""
    rng = random.Random(f"{seed} flush")
    n_flushes = size.flushes if batched else size.agent_flushes
    names = [(m, i) for i in range(size.hosts) for m in METRICS]
    heads = [form.series(m, host_name(i), tags_of(i)) for m, i in names]
    walks = [walk(rng, size.flushes) for _ in names]
    step = size.series_a_body if batched else len(METRICS)
    with Output(path) as out:
        for flush in range(n_flushes):
            encode = form.points([end - (size.flushes - flush) * STEP])
            points = [encode((w[flush],)) for w in walks]
            for at in range(0, len(names), step):
                some = heads[at:at + step]
                out.add(form.body(some, points[at:at + step]), len(some))


def write_history(path, form, size, seed, end):
    rng = random.Random(f"{seed} history")
    n = size.history_hours * 3600 // STEP
    per = HISTORY_POINTS_A_BODY
    walks = {m: [walk(rng, n) for _ in range(size.hosts)] for m in HISTORY_METRICS}
    heads = {m: [form.series(m, host_name(i), tags_of(i)) for i in range(size.hosts)]
             for m in HISTORY_METRICS}
    with Output(path) as out:
        for at in range(0, n, per):
            stop = min(at + per, n)
            encode = form.points([end - (n - k) * STEP for k in range(at, stop)])
            for metric in HISTORY_METRICS:
                points = [encode(w[at:stop]) for w in walks[metric]]
                out.add(form.body(heads[metric], points), len(points) * (stop - at))


def write_churn(path, form, size, seed, end):
    rng = random.Random(f"{seed} churn")
    with Output(path) as out:
        for at in range(0, size.churn_series, size.series_a_body):
            encode = form.points([end - STEP])
            heads, points = [], []
            for i in range(at, min(at + size.series_a_body, size.churn_series)):
                pod = f"pod_name:web-{rng.getrandbits(40):010x}"
                metric = METRICS[i % len(METRICS)].replace("bench", "churn")
                heads.append(form.series(metric, host_name(i % size.hosts), ["env:bench", pod]))
                points.append(encode((rng.randrange(1000),)))
            out.add(form.body(heads, points), len(heads))


def jobs(folder, size, seed, end):
    for name in ("v2-json", "v2-protobuf", "v1-json"):
        form = Form(name)
        yield write_flush, (folder / f"flush-{name}", form, size, seed, end, True)
        if name != "v2-json":
            yield write_flush, (folder / f"agent-{name}", form, size, seed, end, False)
            yield write_history, (folder / f"history-{name}", form, size, seed, end)
            yield write_churn, (folder / f"churn-{name}", form, size, seed, end)


def bodies(path, worker=0, workers=1):
    """The (body, n_samples) of a file that are this worker's share."""
    with open(path, "rb", buffering=1 << 20) as file:
        for i in itertools.count():
            head = file.read(HEAD.size)
            if not head:
                return
            length, n_samples = HEAD.unpack(head)
            if i % workers == worker:
                yield file.read(length), n_samples
            else:
                file.seek(length, os.SEEK_CUR)


def generate(folder, size, seed, end):
    """Writes all files, unless those of an earlier run will do. Returns the end time in use."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.json"
    wanted = {"version": VERSION, "seed": seed, "size": dataclasses.asdict(size)}
    if manifest.exists():
        found = json.loads(manifest.read_text())
        was = found.pop("end")
        if found == wanted and end - 6 * 3600 <= was <= end:
            return was
        manifest.unlink()
    begun = time.monotonic()
    with multiprocessing.Pool(min(os.cpu_count() or 1, 4)) as pool:
        running = [pool.apply_async(job, arguments) for job, arguments in jobs(folder, size, seed, end)]
        for one in running:
            one.get()
    manifest.write_text(json.dumps({**wanted, "end": end}))
    print(f"generated in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return end


if __name__ == "__main__":
    now = int(time.time()) // 300 * 300
    generate(sys.argv[1], QUICK if "--quick" in sys.argv else FULL, seed=1, end=now)
