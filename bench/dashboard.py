"""A dashboard of twenty graphs over a thousand hosts and a day, as the page asks for it.

Twenty different queries of the history's metrics go out over six connections, as a browser has them.
*First* is right after a start, with nothing kept; *again* is the same window once more; *live* is a
window that has moved on by a minute, while nothing new came.
"""

import http.client
import json
import queue
import statistics
import threading
import time

import generate

CONNECTIONS = 6
ROUNDS = 7
MINUTE = 60


def queries():
    walks = generate.HISTORY_METRICS
    every = [f"{agg}:{m}{{*}}" for m in walks for agg in ("avg", "max", "min", "sum")]
    by = [f"{agg}:{m}{{*}} by {{{key}}}" for m, agg, key in zip(
        walks * 2, ("avg", "sum", "max", "avg", "avg", "sum"),
        ("service", "service", "service", "availability-zone", "availability-zone", "availability-zone"))]
    return every + by + [
        f"top(avg:{walks[0]}{{*}} by {{host}}, 10, 'mean', 'desc')",
        f"avg:{walks[1]}{{service:web-03}} by {{host}}",
    ]


class Asker:
    """Asks all of them at once."""

    def __init__(self, bench, server):
        self.bench, self.server = bench, server
        self.connections = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
                            for _ in range(CONNECTIONS)]

    def work(self, connection, todo, window, lines):
        while True:
            try:
                query = todo.get_nowait()
            except queue.Empty:
                return
            attributes = {
                "from": window[0] * 1000, "to": window[1] * 1000, "formulas": [{"formula": "a"}],
                "queries": [{"data_source": "metrics", "name": "a", "query": query}]}
            body = json.dumps({"data": {"type": "timeseries_request", "attributes": attributes}})
            connection.request("POST", "/api/v2/query/timeseries", body,
                               {**self.server.headers(), "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                self.bench.fail(f"dashboard: {query}: {answer.status} {text[:200]!r}")
                return
            lines[query] = len(json.loads(text)["data"]["attributes"]["series"])

    def ask(self, window):
        """Milliseconds until all have answered."""
        todo, lines = queue.Queue(), {}
        for query in queries():
            todo.put(query)
        threads = [threading.Thread(target=self.work, args=(c, todo, window, lines)) for c in self.connections]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = (time.monotonic() - begun) * 1000
        empty = [query for query in queries() if not lines.get(query)]
        if empty:
            self.bench.fail(f"dashboard: no lines of {empty[:3]}")
        return taken


def dashboard(bench, ours):
    end = bench.end // 300 * 300 - 7200
    first = []
    for _ in range(3):
        ours.stop()
        ours.start()
        first.append(Asker(bench, ours).ask((end - 86400, end)))
    asker = Asker(bench, ours)
    again = [asker.ask((end - 86400, end)) for _ in range(ROUNDS)]
    live = [asker.ask((end - 86400 + i * MINUTE, end + i * MINUTE)) for i in range(1, ROUNDS + 1)]
    name = f"a dashboard over {bench.size.hosts} hosts and 24 h"
    note = "from the first request to the last answer"
    bench.add("20 graphs", f"first: {name}", "ms p50", statistics.median(first), note=f"after a start; {note}")
    for how, times in (("again", again), ("live", live)):
        bench.add("20 graphs", f"{how}: {name}", "ms p50", statistics.median(times), note=f"slowest {max(times):.0f}")
    bench.add("", "memory after that dashboard", "MB", ours.memory())
