"""The server's metrics about itself."""

import time

from server import Server, wait_for


def names(server):
    status, body, _ = server.call("GET", f"/api/v1/metrics?from={int(time.time()) - 3600}")
    assert status == 200, body
    return set(body["metrics"])


def total(server, query):
    return sum(value for one in server.query(query) for _, value in one["pointlist"] if value)


def test_the_server_says_how_it_is_without_a_host(tmp_path):
    server = Server(tmp_path / "data", own_metrics=True)
    with server:
        series = [{"metric": "own.a", "type": 3, "points": [{"timestamp": int(time.time()), "value": 1}]}]
        for _ in range(3):
            assert server.call("POST", "/api/v2/series", {"series": series})[0] == 202
        assert server.call("POST", "/api/v2/series", b"{", headers={"DD-API-KEY": "no"}, keys=False)[0] == 403
        wait_for(lambda: "procyon.process.uptime" in names(server), "the first metrics", 40)
        status, hosts, _ = server.call("GET", "/api/v1/hosts")
        assert status == 200 and hosts["host_list"] == [], hosts
        status, intake, _ = server.call("GET", "/api/procyon/intake")
        accepted = [o for r in intake["routes"] for o in r["outcomes"] if o["outcome"] == "accepted"]
        assert sum(o["count"] for o in accepted) == 3, "its own do not count as arrived"
        assert server.call("GET", "/api/procyon/status")[1]["storage"]["metrics_last_day"] == 1
        status, about, _ = server.call("GET", "/api/v1/metrics/procyon.process.memory.rss")
        assert status == 200 and about["unit"] == "byte" and about["type"] == "gauge", about
        assert "swapped" in about["description"] and about["integration"] == "procyon"
        # What the last seconds brought is stored at the end.
        assert server.stop() == 0, server.output()
        server.start()
        route = "route:/api/v2/series"
        requests = wait_for(lambda: total(server, f"sum:procyon.intake.requests{{{route}}} by {{status}}.as_count()"),
                            "the requests")
        assert requests == 4
        assert total(server, f"sum:procyon.intake.rejected{{{route}}}.as_count()") == 1
        assert total(server, f"sum:procyon.intake.accepted{{{route}}}.as_count()") == 3
        slow = server.query(f"p95:procyon.intake.duration{{{route}}}")
        assert 0 < max(value for _, value in slow[0]["pointlist"] if value) < 60


def test_they_can_be_switched_off(tmp_path):
    server = Server(tmp_path / "data", arguments=["--no-own-metrics"], own_metrics=True)
    with server:
        # The end of the process would have stored some.
        assert server.stop() == 0, server.output()
        server.start()
        assert names(server) == set()
