"""The same answer from memory, from fresh files, from merged files and from rollups."""

import time

import pytest

from server import wait_for

HOUR = 3600


def history(until):
    """Two metrics of two hosts, a point each minute, over four whole hours."""
    times = range(until - 4 * HOUR, until, 60)
    for host, base in (("h", 10), ("g", 100)):
        yield "e2e.a", host, [(t, base + (t // 60) % 7) for t in times]
        yield "e2e.b", host, [(t, 2 * base) for t in times]


def hourly(points):
    """Mean of each hour, as (start in seconds, value)."""
    buckets = {}
    for t, value in points:
        buckets.setdefault(t // HOUR * HOUR, []).append(value)
    return [(t, sum(values) / len(values)) for t, values in sorted(buckets.items())]


def test_the_same_answer_from_every_tier(own_server):
    until = int(time.time()) // HOUR * HOUR
    series = list(history(until))
    points = {(metric, host): values for metric, host, values in series}
    one_host = hourly(points["e2e.a", "h"])
    # sum over hosts of each host's hourly mean, then divided
    sums = {m: [x + y for (_, x), (_, y) in zip(hourly(points[m, "h"]), hourly(points[m, "g"]))]
            for m in ("e2e.a", "e2e.b")}
    ratio = [(t, a / b) for (t, _), a, b in zip(one_host, sums["e2e.a"], sums["e2e.b"])]

    def check(where):
        answers = (
            ("sum:e2e.a{host:h}.rollup(avg, 3600)", one_host),
            ("sum:e2e.a{*}.rollup(avg, 3600) / sum:e2e.b{*}.rollup(avg, 3600)", ratio),
            ("max:e2e.a{host:h}.rollup(max, 3600)", [(t, 16.0) for t, _ in one_host]),
            ("sum:e2e.b{*} by {host}.rollup(count, 3600)", [(t, 60.0) for t, _ in one_host]),
        )
        for query, expect in answers:
            found = own_server.query(query, seconds_back=int(time.time()) - until + 4 * HOUR, until=0)
            assert found, (where, query)
            for line in found:
                got = [(t / 1000, v) for t, v in line["pointlist"]]
                assert got == [(t, pytest.approx(v)) for t, v in expect], (where, query)

    own_server.start()
    # In eight parts with a stop after each, so that there are as many files to merge.
    parts = 8
    for part in range(parts):
        body = {"series": [{
            "metric": metric, "type": 3, "resources": [{"type": "host", "name": host}],
            "points": [{"timestamp": t, "value": v} for t, v in values[part::parts]],
        } for metric, host, values in series]}
        assert own_server.call("POST", "/api/v2/series", body)[0] == 202
        if part == parts - 1:
            check("the last part in memory")
        own_server.stop()
        own_server.start()
    check("fresh files")
    data = own_server.data / "data" / "1"
    wait_for(lambda: list(data.glob("points_1h/**/*.parquet")), "rollups", 60)
    wait_for(lambda: len(list(data.glob("points/**/*.parquet"))) < parts, "a merge", 60)
    check("rollups and merged files")
    own_server.kill()
    own_server.start()
    check("after a kill")
