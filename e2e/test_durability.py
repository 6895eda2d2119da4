"""What was acknowledged is there after `kill -9`, once, whatever state it was in."""

import http.client
import json
import threading
import time
import urllib.parse

SENDERS = 16
ROUNDS = 3
POINTS_EACH_ROUND = 400


def send_until_dead(server, sender, acknowledged, stop):
    """Posts one series after the other; a 202 puts the number into `acknowledged`."""
    address = urllib.parse.urlparse(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    n = len(acknowledged)
    while not stop.is_set():
        body = json.dumps({"series": [{
            "metric": "kill.sent", "type": 3, "tags": [f"sender:{sender}", f"n:{n}"],
            "points": [{"timestamp": int(time.time()), "value": n}],
        }]})
        try:
            connection.request("POST", "/api/v2/series", body,
                               {"DD-API-KEY": server.api_key, "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return
        if answer.status == 202:
            acknowledged.append(n)
        n += 1


def test_kill_9_during_ingest_loses_nothing(own_server):
    acknowledged = [[] for _ in range(SENDERS)]
    for round_ in range(ROUNDS):
        own_server.start()
        stop = threading.Event()
        threads = [threading.Thread(target=send_until_dead, args=(own_server, i, acknowledged[i], stop))
                   for i in range(SENDERS)]
        goal = sum(map(len, acknowledged)) + POINTS_EACH_ROUND
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while sum(map(len, acknowledged)) < goal and time.monotonic() < deadline:
            threads[0].join(0.005)
        own_server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        assert sum(map(len, acknowledged)) >= goal, own_server.output()
    own_server.start()
    print(f"\nrecovery: ready {own_server.start_seconds * 1000:.0f} ms after the start; "
          f"{sum(map(len, acknowledged))} acknowledged points")
    rows = own_server.sql("SELECT tags, value FROM points WHERE metric = 'kill.sent'")
    stored = {}
    for row in rows:
        tags = dict(tag.split(":", 1) for tag in tags_of(row["tags"]))
        key = (int(tags["sender"]), int(tags["n"]))
        assert key not in stored, f"{key} is there twice"
        stored[key] = row["value"]
    for sender, numbers in enumerate(acknowledged):
        missing = [n for n in numbers if stored.get((sender, n)) != n]
        assert not missing, f"sender {sender} lost {missing[:10]} of {len(numbers)}"


def tags_of(column):
    """Tags come as a list, or as text with commas."""
    return column if isinstance(column, list) else [tag for tag in column.split(",") if tag]


def test_a_polite_stop_leaves_files(own_server):
    own_server.start()
    body = {"series": [{"metric": "stop.x", "points": [{"timestamp": int(time.time()), "value": 1}]}]}
    assert own_server.call("POST", "/api/v2/series", body)[0] == 202
    assert own_server.stop() == 0
    assert list(own_server.data.rglob("*.parquet"))
