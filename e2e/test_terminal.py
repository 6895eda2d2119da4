"""`procyon query` and `procyon sql`, and the commands of the README as they are written."""

import csv
import io
import json
import os
import re
import subprocess
import time

import duckdb
import pytest

from server import ROOT, Server, binary, wait_for


@pytest.fixture(scope="module")
def shop(server):
    now = int(time.time())
    series = [{
        "metric": "term.orders", "type": 3, "tags": ["env:prod"],
        "resources": [{"type": "host", "name": host}],
        "points": [{"timestamp": now - 60 * i, "value": base + i} for i in range(10)],
    } for host, base in (("web-1", 40), ("web-2", 10))]
    assert server.call("POST", "/api/v2/series", {"series": series})[0] == 202
    return server


def test_query_draws_a_chart(shop):
    run = shop.cli("query", "avg:term.orders{env:prod} by {host}", "--last", "30m", "--data", shop.data)
    assert run.returncode == 0, run.stderr
    assert "web-1" in run.stdout and "web-2" in run.stdout
    assert "┤" in run.stdout and "└" in run.stdout and "max 49" in run.stdout


def test_query_as_json(shop):
    run = shop.cli("query", "sum:term.orders{*}", "--json", PROCYON_URL=shop.url,
                   DD_API_KEY=shop.api_key, DD_APP_KEY=shop.application_key)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["series"][0]["metric"] == "term.orders"


def test_a_bad_query_says_where(shop):
    run = shop.cli("query", "avg:term.orders{", "--data", shop.data)
    assert run.returncode == 1 and run.stdout == ""
    assert re.search(r"\d", run.stderr) and "procyon:" in run.stderr


def test_no_server_is_said(tmp_path):
    run = Server(tmp_path).cli("query", "avg:x{*}", "--data", tmp_path)
    assert run.returncode == 1
    assert "--url" in run.stderr


def test_wrong_keys_are_said(shop):
    run = shop.cli("query", "avg:x{*}", "--url", shop.url, DD_API_KEY="0" * 32, DD_APP_KEY="1" * 40)
    assert run.returncode == 1 and "403" in run.stderr


def test_sql(shop):
    statement = "SELECT host, count(*) AS n, max(value) AS top FROM points WHERE metric = 'term.orders' GROUP BY host ORDER BY host"
    run = shop.cli("sql", statement, "--csv", "--data", shop.data)
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [(r["host"], r["n"], float(r["top"])) for r in rows] == [("web-1", "10", 49.0), ("web-2", "10", 19.0)]
    run = shop.cli("sql", statement, "--data", shop.data)
    assert "(2 rows)" in run.stdout
    run = shop.cli("sql", "SELECT nothing FROM points", "--data", shop.data)
    assert run.returncode == 1 and "nothing" in run.stderr
    run = shop.cli("sql", "DELETE FROM points", "--data", shop.data)
    assert run.returncode == 1


def test_duckdb_reads_a_data_file(own_server):
    own_server.start()
    now = int(time.time())
    points = [{"timestamp": now - i, "value": i} for i in range(100)]
    body = {"series": [{"metric": "duck.pond", "type": 3, "points": points, "tags": ["a:b"]}]}
    assert own_server.call("POST", "/api/v2/series", body)[0] == 202
    own_server.stop()
    files = f"{own_server.data}/data/1/points/**/*.parquet"
    (row,) = duckdb.sql(f"SELECT metric, count(*), sum(value) FROM '{files}' GROUP BY metric").fetchall()
    assert row == ("duck.pond", 100, sum(range(100)))


def readme_blocks():
    text = (ROOT / "README.md").read_text()
    return re.findall(r"```sh\n(.*?)```", text, re.S)


def test_the_commands_of_the_readme(tmp_path):
    """Run as they are written, in a folder that looks like the clone, but for the port and pip."""
    run_it, keys, send, ask, parquet, agent = readme_blocks()
    assert run_it.strip() == "make run"
    # What these do is seen in test_agent.py.
    assert re.findall(r"procyon (agent \w+)", agent) == ["agent run", "agent status"]
    (tmp_path / "target" / "debug").mkdir(parents=True)
    os.symlink(binary(), tmp_path / "target" / "debug" / "procyon")
    with Server(tmp_path / "procyon-data") as server:
        script = (keys + send + ask).replace("http://127.0.0.1:8127", server.url)
        done = shell(script, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        answer = done.stdout
        assert '"errors":[]' in answer.replace(" ", ""), answer
        assert "web-1" in answer and "shop.orders" in answer and "42" in answer
        assert "last 42" in answer and "(1 row)" in answer, answer
        server.stop()
    parquet = "\n".join(line for line in parquet.splitlines() if "pip install" not in line)
    wait_for(lambda: list((tmp_path / "procyon-data").rglob("*.parquet")), "a file")
    done = shell(parquet, tmp_path)
    assert done.returncode == 0 and "shop.orders" in done.stdout, done.stdout + done.stderr


def shell(script, folder):
    import sys

    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DD_", "PROCYON_"))}
    clean["PATH"] = os.path.dirname(sys.executable) + ":" + clean["PATH"]
    return subprocess.run(["bash", "-euc", script], cwd=folder, env=clean, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
