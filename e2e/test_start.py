"""Starting and stopping: the ready file, the lock, messages that name the flag."""

import json
import os
import socket
import stat
import subprocess

from server import Server, binary


def up(*arguments, **keywords):
    return subprocess.run(
        [binary(), "up", *arguments], capture_output=True, text=True, timeout=30, **keywords
    )


def test_first_start_says_all_that_is_needed(own_server):
    own_server.start()
    print(f"start on an empty folder: {own_server.start_seconds * 1000:.0f} ms")
    ready = json.loads(own_server.ready_file.read_text())
    assert sorted(ready) == ["api_key", "application_key", "email", "password", "url"]
    screen = own_server.output()
    for value in ready.values():
        assert value in screen
    first = own_server.data / "bootstrap.json"
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(own_server.data.stat().st_mode) == 0o700
    status, body, headers = own_server.call("GET", "/api/v1/validate")
    assert (status, body) == (200, {"valid": True})
    assert headers["Date"]


def test_the_start_is_quick(own_server, tmp_path):
    times = []
    for i in range(5):
        with Server(tmp_path / f"data{i}") as server:
            times.append(server.start_seconds)
    best = min(times)
    print(f"start on an empty folder: {', '.join(f'{t * 1000:.0f}' for t in sorted(times))} ms")
    # Not a benchmark: a start that waits for a timer somewhere is what this finds.
    assert best < 2.0


def test_second_start_on_the_same_data(own_server):
    own_server.start()
    first = (own_server.api_key, own_server.application_key, own_server.password)
    body = {"series": [{"metric": "kept", "points": [{"timestamp": now(), "value": 7}]}]}
    assert own_server.call("POST", "/api/v2/series", body)[0] == 202
    assert own_server.stop() == 0, own_server.output()
    own_server.start()
    assert (own_server.api_key, own_server.application_key, own_server.password) == first
    assert own_server.query("sum:kept{*}")[0]["pointlist"][-1][1] == 7


def test_two_processes_do_not_share_a_folder(own_server):
    own_server.start()
    second = up("--data", own_server.data, "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert own_server.url in second.stderr and "--data" in second.stderr
    assert own_server.call("GET", "/api/v1/validate")[0] == 200


def test_a_taken_port_names_the_flag(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        failed = up("--data", tmp_path / "data", "--listen", address)
    assert failed.returncode == 1
    assert "--listen" in failed.stderr and address in failed.stderr


def test_a_folder_that_cannot_be_made_names_the_flag(tmp_path):
    (tmp_path / "file").write_text("")
    failed = up("--data", tmp_path / "file" / "data", "--listen", "127.0.0.1:0")
    assert failed.returncode == 1
    assert "--data" in failed.stderr


def test_a_lost_key_file_is_said(own_server):
    own_server.start()
    own_server.stop()
    os.rename(own_server.data / "control.key", own_server.data / "away")
    failed = up("--data", own_server.data, "--listen", "127.0.0.1:0")
    assert failed.returncode == 1
    assert "control.key" in failed.stderr


def test_roles_are_checked(tmp_path):
    run = subprocess.run(
        [binary(), "server", "--data", tmp_path / "d", "--roles", "intake"],
        capture_output=True, text=True, timeout=30,
    )
    assert run.returncode == 1 and "--roles" in run.stderr
    with_all = Server(tmp_path / "all")
    with_all.start()
    with_all.stop()


def now():
    import time

    return int(time.time())
