"""Measures the server beside its peer; see run.sh for how to call it.

    generate → start and idle → ingest → history, disk, queries, visibility → kill → report
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import agent
import dashboard
import generate
import live
import measures
import plans
import report
import servers

STEPS = ("start", "ingest", "history", "kill", "page", "agent")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder for the generated bodies")
    parser.add_argument("--write", help="write the page to this file")
    parser.add_argument("--quick", action="store_true", help="little data: to try the bench itself")
    parser.add_argument("--steps", default=",".join(STEPS), help="some of " + ",".join(STEPS))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def output_of(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip()


def peer_version():
    if not servers.has_peer():
        return "none installed (Debian: `apt-get install victoria-metrics`)"
    package = output_of(["dpkg-query", "-W", "-f", "${Version}", "victoria-metrics"])
    return f"VictoriaMetrics, Debian's {package}" if package else "VictoriaMetrics"


def build():
    """How the binary under measurement was built: run.sh says so when it built it, else its maker."""
    path = pathlib.Path(os.environ["PROCYON_BIN"])
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(path.stat().st_mtime))
    how = os.environ.get("BENCH_BUILD") or "not known, `PROCYON_BIN` named a binary"
    return f"{how}; made {made}, {path.stat().st_size / 1e6:.0f} MB"


def run(bench, steps):
    if "start" in steps:
        print("start and idle", flush=True)
        measures.start_and_idle(bench)
    if "ingest" in steps:
        print("ingest", flush=True)
        measures.ingest(bench)
    if "history" in steps:
        print("history", flush=True)
        ours, peer, n_samples = measures.history(bench)
        try:
            # The peer is told to keep nothing either.
            restart(ours, cache=0)
            measures.queries(bench, ours, peer)
            restart(ours, cache=64)
            measures.complete(bench, ours, n_samples)
            measures.visible(bench, ours)
            print("dashboard", flush=True)
            dashboard.dashboard(bench, ours)
            print("live", flush=True)
            live.live(bench, ours)
        finally:
            for server in (ours, peer):
                if server is not None:
                    server.wipe()
    if "kill" in steps:
        print("kill -9", flush=True)
        measures.kill(bench)
    if "page" in steps:
        print("page", flush=True)
        live.page(bench)
    if "agent" in steps:
        print("agent", flush=True)
        agent.agent(bench, bench.size == generate.QUICK)


def restart(server, cache):
    server.stop()
    server.cache = cache
    server.start()


def load_average():
    return "{:.1f}".format(os.getloadavg()[0])


def main():
    options = arguments()
    size = generate.QUICK if options.quick else generate.FULL
    end = generate.generate(options.data, size, options.seed, int(time.time()) // 300 * 300)
    scratch = tempfile.mkdtemp(prefix="procyon-bench-servers-")
    bench = measures.Bench(options.data, scratch, end, size)
    facts = {
        "load": load_average(), "peer": peer_version(), "command": "make bench",
        "build": build(),
        "version": output_of([os.environ["PROCYON_BIN"], "--version"]).removeprefix("procyon "),
        "data": f"seed {options.seed}; {size.hosts} hosts × 10 metrics × {size.flushes} flushes of 15 s; "
                f"3 × {size.hosts} hosts × {size.history_hours} h at 15 s (integer random walks); "
                f"{size.churn_series} new series",
    }
    begun = time.monotonic()
    try:
        run(bench, options.steps.split(","))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    facts["load_end"] = load_average()
    print(f"\n{report.table(bench.rows)}\n\nmeasured in {time.monotonic() - begun:.0f} s")
    for note in bench.notes:
        print(note)
    if options.write:
        report.write(options.write, bench, facts, plans.PLANS)
        print(f"written to {pathlib.Path(options.write)}")
    for failure in bench.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
