"""What is measured: each function does one thing to the servers and adds rows to the results.

The answers of the two servers are compared wherever both answer the same question; a difference
makes the row say so, and the run fail.
"""

import itertools
import json
import pathlib
import random
import statistics
import threading
import time

import generate
import load
import servers

FORMS = {
    "v2-json": ("/api/v2/series", "application/json"),
    "v2-protobuf": ("/api/v2/series", "application/x-protobuf"),
    "v1-json": ("/datadog/api/v1/series", "application/json"),
}


class Bench:
    """What all measurements share: the folders, the data's end, and the results so far."""

    def __init__(self, folder, scratch, end, size):
        self.folder = pathlib.Path(folder)
        self.scratch = pathlib.Path(scratch)
        self.end = end
        self.size = size
        self.rows = []
        self.notes = []
        self.failures = []

    def add(self, bar, measure, unit, ours, peer=None, note=""):
        row = {"bar": bar, "measure": measure, "unit": unit, "ours": ours, "peer": peer, "note": note}
        self.rows.append(row)
        print(f"  {measure}: {ours:.4g} {unit}" + ("" if peer is None else f", peer {peer:.4g}")
              + (f"  ({note})" if note else ""), flush=True)

    def fail(self, text):
        print(f"  FAILED: {text}", flush=True)
        self.failures.append(text)

    def procyon(self, name):
        return servers.Procyon(self.scratch / f"procyon-{name}")

    def victoria(self, name):
        return servers.VictoriaMetrics(self.scratch / f"victoria-{name}") if servers.has_peer() else None

    def send(self, server, dataset, form, connections=16):
        """Loads a file into a server, and checks that all of it was taken."""
        path, kind = FORMS[form]
        target = load.Target("127.0.0.1", server.port, path, kind, getattr(server, "api_key", "none"))
        sent = load.load(target, self.folder / f"{dataset}-{form}", connections)
        if sent.errors:
            self.fail(f"{server.kind} {dataset} {form}: {dict(sent.errors)}")
        sent.p50, sent.p99 = percentiles(sent.latencies)
        return sent


def percentiles(values):
    if not values:
        return 0.0, 0.0
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def start_and_idle(bench):
    """Bars 19 and 20 on empty folders."""
    times, memory, idle_cpu = {}, {}, {}
    for make in (bench.procyon, bench.victoria):
        server = make("empty")
        if server is None:
            continue
        taken = []
        for _ in range(5):
            server.wipe()
            taken.append(server.start() * 1000)
        time.sleep(5)
        begun = server.cpu()
        time.sleep(5)
        idle_cpu[server.kind] = (server.cpu() - begun) / 5 * 100
        memory[server.kind] = server.memory()
        times[server.kind] = statistics.median(taken)
        server.wipe()
    bench.add("20", "start to ready, empty folder", "ms", times["procyon"], times.get("victoria-metrics"))
    bench.add("19", "memory idle", "MB", memory["procyon"], memory.get("victoria-metrics"))
    bench.add("", "CPU idle", "% of a core", idle_cpu["procyon"], idle_cpu.get("victoria-metrics"))


def ingest_once(bench, server, dataset, form, connections=16):
    """One file into an empty server: {cpu, all, mb, …}; `all` includes writing files at the end."""
    server.wipe()
    server.start()
    before = server.cpu()
    sent = bench.send(server, dataset, form, connections)
    cpu = server.cpu() - before
    memory = server.memory("VmHWM")
    total = server.stop() - before
    server.wipe()
    n = max(sent.samples, 1)
    return {
        "cpu": cpu / n * 1e6, "all": total / n * 1e6, "memory": memory, "samples": sent.samples,
        "rate": sent.samples / sent.seconds / 1000, "retries": sent.retries,
        "p50": sent.p50 * 1000, "p99": sent.p99 * 1000,
    }


def ingest(bench):
    """Bar 9, and the peak of bar 19: one point a series and body."""
    runs = (
        ("v2 JSON, 1000 series a body", "flush", "v2-json", 16),
        ("v2 protobuf, 1000 series a body", "flush", "v2-protobuf", 16),
        ("v2 protobuf, a body a host, 64 connections", "agent", "v2-protobuf", 64),
        ("v2 protobuf, 200 k new series", "churn", "v2-protobuf", 16),
    )
    peers = {}
    for label, dataset, form, connections in runs:
        ours = ingest_once(bench, bench.procyon("ingest"), dataset, form, connections)
        peer = bench.victoria("ingest")
        if peer is not None and dataset not in peers:
            peers[dataset] = ingest_once(bench, peer, dataset, "v1-json", connections)
        peer = peers.get(dataset, {})
        note = (f"{ours['samples']} samples, {ours['rate']:.0f} k/s, answers p50 {ours['p50']:.1f} "
                f"p99 {ours['p99']:.1f} ms, asked again {ours['retries']}×")
        bar = "9" if dataset == "flush" else ""
        bench.add(bar, f"CPU to the answer: {label}", "µs/sample", ours["cpu"], peer.get("cpu"), note)
        bench.add("", f"CPU with writing files: {label}", "µs/sample", ours["all"], peer.get("all"))
        bench.add("19", f"peak memory: {label}", "MB", ours["memory"], peer.get("memory"))


def history(bench):
    """Loads the history into both and keeps them running: bars 10, 20 loaded.

    Gives both servers and the number of samples.
    """
    ours, peer = bench.procyon("history"), bench.victoria("history")
    facts = {}
    for server, form in ((ours, "v2-protobuf"), (peer, "v1-json")):
        if server is None:
            continue
        server.wipe()
        server.start()
        before = server.cpu()
        sent = bench.send(server, "history", form)
        facts[server.kind] = {"cpu": (server.cpu() - before) / max(sent.samples, 1) * 1e6,
                              "memory": server.memory("VmHWM"), "samples": sent.samples,
                              "rate": sent.samples / sent.seconds / 1000, "retries": sent.retries}
        if server is peer:
            server.flush()
    both = [s for s in (ours, peer) if s is not None]
    for server in both:
        server.stop()
        taken = []
        for _ in range(3):
            taken.append(server.start() * 1000)
            if len(taken) < 3:
                server.stop()
        facts[server.kind]["start"] = statistics.median(taken)
    mine, theirs = facts["procyon"], facts.get("victoria-metrics", {})
    n = mine["samples"]
    note = (f"{n} samples, 20 a series and body, {mine['rate']:.0f} k/s, asked again {mine['retries']}×"
            + (f"; the peer {theirs['rate']:.0f} k/s" if theirs else ""))
    bench.add("", "CPU to the answer: history, v2 protobuf", "µs/sample", mine["cpu"], theirs.get("cpu"), note)
    bench.add("19", "peak memory: history", "MB", mine["memory"], theirs.get("memory"))
    bench.add("20", "start to ready, loaded folder", "ms", mine["start"], theirs.get("start"))
    disk(bench, ours, peer, n)
    return ours, peer, n


def disk(bench, ours, peer, n):
    """Bar 10: what lies in files once each has done what it does by itself."""
    size = ours.settle() / n
    fresh = peer.settle(quiet=3) / n if peer else None
    bench.add("10", "disk, all files but the log, as merged by themselves", "B/sample", size, fresh)
    if peer:
        peer.merge()
        time.sleep(2)
        bench.add("10", "disk, the peer after a forced merge", "B/sample", size, peer.settle(quiet=3) / n)
    kinds = ours.bytes_by_kind()
    raw = sum(v for k, v in kinds.items() if k.startswith("data/") and "/points/" in k + "/")
    bench.add("", "disk, of that the points themselves, without rollups", "B/sample", raw / n, fresh)
    largest = sorted(kinds.items(), key=lambda item: -item[1])[:10]
    bench.notes.append("Our bytes by place: " + ", ".join(f"`{k}` {v:,}" for k, v in largest))


def questions(bench):
    """Bar 11's questions: (name, rounds of (metric, host, by, window, width))."""
    rng = random.Random("questions")
    hour = bench.end // 3600 * 3600
    walks = generate.HISTORY_METRICS

    def one_host(i):
        start = bench.end - 3600 - 60 * rng.randrange(120)
        start = start // 60 * 60
        host = generate.host_name(rng.randrange(bench.size.hosts))
        return walks[i % 3], host, None, (start, start + 3600), 60

    def average(i):
        stop = bench.end // 300 * 300 - 300 * (i // 3)
        return walks[i % 3], None, None, (stop - 86400, stop), 300

    def by_host(i):
        stop = hour - 3600 * (i // 3 % 2)
        return walks[i % 3], None, "host", (stop - 86400, stop), 3600

    return (
        ("1 host, 1 h by minute", [one_host(i) for i in range(60)]),
        (f"average of {bench.size.hosts} hosts, 24 h by 5 min", [average(i) for i in range(24)]),
        ("by host, 24 h by hour", [by_host(i) for i in range(12)]),
    )


def ask(server, rounds):
    """Times, in ms, from the first byte sent to the last received; and the answers."""
    times, answers = [], []
    for question in rounds:
        path, parameters = server.question(*question)
        begun = time.monotonic()
        text = server.fetch(path, parameters)
        times.append((time.monotonic() - begun) * 1000)
        answers.append(server.lines(json.loads(text), question))
    return times, answers


def difference(a, b):
    """The first thing in which two answers differ, or None."""
    if a.keys() != b.keys():
        return f"groups {len(a)} and {len(b)}, such as {sorted(a.keys() ^ b.keys())[:2]}"
    for group, line in a.items():
        other = b[group]
        if line.keys() != other.keys():
            return f"{group or 'all'}: times {sorted(line.keys() ^ other.keys())[:4]}"
        for t, value in line.items():
            if abs(value - other[t]) > 1e-6 * max(1.0, abs(value)):
                return f"{group or 'all'} at {t}: {value} and {other[t]}"
    return None


def queries(bench, ours, peer, label=""):
    """Bar 11."""
    for name, rounds in questions(bench):
        mine, answers = ask(ours, rounds)
        if not all(answers) or not all(all(a.values()) for a in answers):
            bench.fail(f"{name}: an empty answer")
        theirs = None
        note = f"p99 {percentiles(mine)[1]:.1f}, {len(rounds)} questions"
        if peer:
            theirs, expected = ask(peer, rounds)
            differ = next((d for d in map(difference, answers, expected) if d), None)
            note += ", same answers" if differ is None else ", DIFFERENT"
            if differ:
                bench.fail(f"{name}: {differ}")
        bench.add("11", f"{name}{label}", "ms p50", statistics.median(mine),
                  theirs and statistics.median(theirs), note)


def complete(bench, ours, n):
    """Every sample of the history is stored, once."""
    found = ours.sql("SELECT count(*) FROM points WHERE metric IN ('"
                     + "', '".join(generate.HISTORY_METRICS) + "')")[0][0]
    if found != n:
        bench.fail(f"history: {n} samples sent, {found} stored")


def visible(bench, ours, rounds=200):
    """Bar 21: from the answer to the first query that shows the point."""
    path, kind = FORMS["v2-json"]
    connection = load.Connection(load.Target("127.0.0.1", ours.port, path, kind, ours.api_key))
    waits = []
    for i in range(rounds):
        now = int(time.time())
        body = {"series": [{"metric": "bench_visible", "type": 3, "tags": [f"round:{i}"],
                            "points": [{"timestamp": now, "value": i}]}]}
        status = connection.post(json.dumps(body).encode())
        begun = time.monotonic()
        if status != 202:
            return bench.fail(f"visible: status {status}")
        while not ours.get("/api/v1/query", {"query": f"avg:bench_visible{{round:{i}}}",
                                             "from": now - 60, "to": now + 60})["series"]:
            if time.monotonic() - begun > 10:
                return bench.fail(f"visible: round {i} not there after 10 s")
        waits.append((time.monotonic() - begun) * 1000)
    p50, p99 = percentiles(waits)
    bench.add("", "answered → in a query's answer, p50", "ms", p50)
    bench.add("21", "answered → in a query's answer, p99", "ms", p99, note=f"{rounds} rounds, the query included")


def send_numbers(ours, first_time, numbers, acknowledged, series):
    """Sends bodies whose points all have the body's number as value, until the server is gone.

    Each body has a second of its own, since a later point of a series and second replaces the earlier.
    """
    path, kind = FORMS["v2-protobuf"]
    form = generate.Form("v2-protobuf")
    heads = [form.series("bench_kill", generate.host_name(i), generate.tags_of(i)) for i in range(series)]
    try:
        connection = load.Connection(load.Target("127.0.0.1", ours.port, path, kind, ours.api_key))
        while True:
            n = next(numbers)
            point = form.points([first_time + n])((float(n),))
            if connection.post(form.body(heads, [point] * series)) == 202:
                acknowledged.append(n)
    except OSError:
        return


def kill_once(bench, ours, numbers, acknowledged, series):
    before = len(acknowledged)
    arguments = (ours, bench.end - 86400, numbers, acknowledged, series)
    threads = [threading.Thread(target=send_numbers, args=arguments) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(3)
    ours.stop(9)
    for thread in threads:
        thread.join()
    if len(acknowledged) == before:
        bench.fail("kill -9: nothing was acknowledged")
    return ours.start() * 1000


def kill(bench, rounds=3, series=500):
    """Bar 25: `kill -9` while eight connections send; every acknowledged point is there, once."""
    ours = bench.procyon("kill")
    ours.wipe()
    ours.start()
    numbers, acknowledged = itertools.count(1), []
    times = [kill_once(bench, ours, numbers, acknowledged, series) for _ in range(rounds)]
    rows = ours.sql("SELECT value, count(*) FROM points WHERE metric = 'bench_kill' GROUP BY value")
    stored = {int(value): count for value, count in rows}
    lost = sum(series - min(stored.get(n, 0), series) for n in acknowledged)
    twice = sum(count - series for count in stored.values() if count > series)
    if lost or twice:
        bench.fail(f"kill -9: {lost} acknowledged points lost, {twice} there twice")
    note = f"{rounds} rounds, {len(acknowledged) * series} points acknowledged, {twice} twice"
    bench.add("25", "kill -9: acknowledged points lost", "points", lost, note=note)
    bench.add("25", "kill -9: start to ready", "ms", max(times), note="the slowest")
    ours.wipe()
