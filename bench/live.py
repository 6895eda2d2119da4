"""A day at work: a fleet reports while people look at dashboards.

1000 hosts send 100 metrics each every 15 seconds, a body a host as their agents do, and 20 queries a
second are asked by four connections, over the fleet and over the history that is there already.
"""

import itertools
import json
import pathlib
import random
import shutil
import subprocess
import threading
import time

import generate
import load
import measures

METRICS = 100
INTERVAL = 15.0
QUERIES_PER_SECOND = 20
ASKERS = 4
SECONDS = 90.0


def bodies(hosts):
    """A function from (host number, unix seconds) to its flush."""
    form = generate.Form("v2-protobuf")
    heads = [
        [form.series(f"bench.live.{m}", generate.host_name(i), generate.tags_of(i)) for m in range(METRICS)]
        for i in range(hosts)
    ]
    rng = random.Random("live")
    values = [[float(rng.randrange(1000)) for _ in range(METRICS)] for _ in range(hosts)]

    def body(host, now):
        point = form.points([now])
        mine = values[host]
        for m in range(METRICS):
            mine[m] = max(0.0, mine[m] + rng.randrange(-3, 4))
        return form.body(heads[host], [point((value,)) for value in mine])
    return body


def send(ours, hosts, until, sent):
    """Each host once in each interval, spread over it evenly."""
    path, kind = measures.FORMS["v2-protobuf"]
    connection = load.Connection(load.Target("127.0.0.1", ours.port, path, kind, ours.api_key))
    body = bodies(hosts)
    begun = time.monotonic()
    for n in itertools.count():
        due = begun + n * INTERVAL / hosts
        if due > until:
            return
        time.sleep(max(0.0, due - time.monotonic()))
        status = connection.post(body(n % hosts, int(time.time())))
        sent[status] = sent.get(status, 0) + METRICS


def questions(bench, rng):
    """What the graphs of a dashboard ask for, over the last hour and the last day."""
    now = int(time.time())
    host = generate.host_name(rng.randrange(bench.size.hosts))
    metric = f"bench.live.{rng.randrange(METRICS)}"
    old = rng.choice(generate.HISTORY_METRICS)
    query, span = rng.choice([
        (f"avg:{metric}{{*}}", 3600), (f"avg:{metric}{{host:{host}}}", 3600),
        (f"top(avg:{metric}{{*}} by {{host}}, 10, 'mean', 'desc')", 3600),
        (f"max:{metric}{{*}} by {{{generate.tags_of(0)[0].split(':')[0]}}}", 3600),
        (f"avg:{old}{{host:{host}}}", 14400), (f"avg:{old}{{*}}", 86400),
    ])
    return {"query": query, "from": now - span, "to": now}


def ask(bench, ours, asker, until, times):
    from http.client import HTTPConnection
    from urllib.parse import urlencode
    rng = random.Random(asker)
    connection = HTTPConnection("127.0.0.1", ours.port, timeout=60)
    begun = time.monotonic()
    for n in itertools.count():
        due = begun + (n + asker / ASKERS) * ASKERS / QUERIES_PER_SECOND
        if due > until:
            return
        time.sleep(max(0.0, due - time.monotonic()))
        # From when it was due: a server that falls behind makes people wait.
        connection.request("GET", "/api/v1/query?" + urlencode(questions(bench, rng)), headers=ours.headers())
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            bench.fail(f"live: {answer.status} {text[:200]!r}")
            return
        json.loads(text)
        times.append((time.monotonic() - due) * 1000)


def live(bench, ours):
    """CPU of the server, and how long a query takes, under that load."""
    until = time.monotonic() + SECONDS
    sent, times = {}, []
    threads = [threading.Thread(target=send, args=(ours, bench.size.hosts, until, sent))]
    threads += [threading.Thread(target=ask, args=(bench, ours, i, until, times)) for i in range(ASKERS)]
    cpu = ours.cpu()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share = (ours.cpu() - cpu) / SECONDS * 100
    refused = {status: n for status, n in sent.items() if status != 202}
    if refused:
        bench.fail(f"live: refused {refused}")
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)] if ordered else 0.0
    name = f"{bench.size.hosts} hosts × {METRICS} metrics each 15 s, {QUERIES_PER_SECOND} queries/s"
    note = f"{sent.get(202, 0)} samples and {len(times)} queries in {SECONDS:.0f} s"
    bench.add("", f"CPU under a fleet: {name}", "% of a core", share, note=note)
    bench.add("", "that fleet: a query, p50", "ms", measures.percentiles(times)[0])
    bench.add("", "that fleet: a query, p95", "ms", p95)
    bench.add("", "that fleet: memory", "MB", ours.memory())


def page(bench):
    """Bar 24, in Chromium: see page.mjs."""
    here = pathlib.Path(__file__).parent
    if not shutil.which("node") or not (here.parent / "ui/node_modules/playwright-core").exists():
        bench.notes.append("The page was not measured: run `make ui` first, and install Chromium.")
        return
    done = subprocess.run(["node", here / "page.mjs", str(5 * bench.size.hosts)],
                          capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        bench.fail(f"page: {done.stderr[-2000:]}")
        return
    found = json.loads(done.stdout.splitlines()[-1])
    bench.add("24", "JavaScript of the whole page, gzip", "kB", found["js_gzip_kb"])
    for name, facts in found["pages"].items():
        what = f"{name}, {found['hosts']} hosts"
        bench.add("24", f"largest paint: {what}", "ms p50", facts["lcp_ms"])
        bench.add("", f"graph drawn: {what}", "ms p50", facts["drawn_ms"])
        bench.add("24", f"interaction: {what}", "ms p50", facts["interaction_p50_ms"],
                  note=f"slowest of 40 {facts['interaction_max_ms']:.0f}")
