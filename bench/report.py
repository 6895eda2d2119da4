"""The bars, and the table: on the screen and in docs/benchmarks.md."""

import datetime
import os
import pathlib
import platform

# What is needed to ship, and what we aim at: a ratio to the peer of the row ("×"), or a number in
# the row's unit. Keyed by bar, then by the beginning of the measure's name.
BARS = {
    "9": {"": ("×", 1.0, 0.4)},
    "10": {"": ("×", 1.3, 1.0)},
    "11": {"": ("×", 1.5, 1.0)},
    "20 graphs": {"first": ("", 1000, 500), "again": ("", 200, 100), "live": ("", 200, 100)},
    # At least 1.5 and 3 times the metrics per CPU second, so at most that part of the CPU each.
    "14": {"CPU": ("×", 1 / 1.5, 1 / 3), "packets lost": ("", 0, 0)},
    # 40, 75 and 140 MiB, and half of each.
    "16": {
        "agent memory: idle": ("", 41.9, 21), "agent memory: 10 k": ("", 78.6, 39.3),
        "agent memory: 100 k": ("", 146.8, 73.4),
    },
    "17": {"agent idle with host checks, CPU": ("", 0.3, 0.1), "agent idle with host checks, memory": ("", 40, 20)},
    # Idle and peak of the three Victorias together, since we do the work of the three.
    "19": {"memory idle": ("", 61, 36.6), "peak": ("", 312, 187.2)},
    "20": {"start to ready, empty": ("", 200, 50), "start to ready, loaded": ("", 1000, 300)},
    "21": {"": ("", 2000, 300)},
    "24": {"JavaScript": ("", 500, 500), "largest": ("", 1000, 400), "interaction": ("", 100, 50)},
    "25": {"kill -9: acknowledged": ("", 0, 0), "kill -9: start": ("", 2000, 500)},
}


def bar_of(row):
    for start, bar in BARS.get(row["bar"], {}).items():
        if row["measure"].startswith(start):
            return bar
    return None


def ratio(row):
    return row["ours"] / row["peer"] if row["peer"] else None


def number(value):
    if value is None:
        return "–"
    if value == 0 or value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def verdict(row):
    """(bar 1, bar 2, met) as texts."""
    bar = bar_of(row)
    if bar is None:
        return "–", "–", "–"
    sign, first, second = bar
    value = ratio(row) if sign else row["ours"]
    texts = [f"≤ {number(limit)}{sign}" for limit in (first, second)]
    if value is None:
        return *texts, "no peer"
    met = "bar 2" if value <= second else "bar 1" if value <= first else "**no**"
    return *texts, met


def table(rows):
    lines = ["| bar | measure | unit | ours | peer | ratio | bar 1 | bar 2 | met |",
             "|---|---|---|---|---|---|---|---|---|"]
    for row in rows:
        times = ratio(row)
        cells = [row["bar"] or "–", row["measure"], row["unit"], number(row["ours"]), number(row["peer"]),
                 "–" if times is None else f"{number(times)}×", *verdict(row)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine():
    facts = {}
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            facts["cpu"] = line.split(":", 1)[1].strip()
    for line in open("/proc/meminfo"):
        if line.startswith("MemTotal"):
            facts["memory"] = f"{int(line.split()[1]) / 1e6:.0f} GB"
    return (f"{facts.get('cpu', platform.machine())}, {os.cpu_count()} cores, {facts['memory']}, "
            f"{platform.system()} {platform.release()}")


def misses(rows, plans):
    lines = []
    for row in rows:
        if verdict(row)[2] == "**no**":
            plan = next((text for start, text in plans if row["measure"].startswith(start)), "not yet known")
            lines.append(f"| {row['measure']} | {plan} |")
    return lines


def write(path, bench, facts, plans):
    """The page: every number on it comes from this run."""
    rows = bench.rows
    lacking = misses(rows, plans)
    plan = ["Every bar 1 is met."]
    if lacking:
        plan = ["| measure | what limits it, and the plan |", "|---|---|", *lacking]
    notes = [f"- {row['measure']}: {row['note']}." for row in rows if row["note"]]
    notes += [f"- {note}." for note in bench.notes]
    failures = [f"- **{text}**" for text in bench.failures] or ["- none"]
    page = PAGE.format(
        date=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine(), table=table(rows), plan="\n".join(plan), notes="\n".join(notes),
        failures="\n".join(failures), **facts,
    )
    pathlib.Path(path).write_text(page)


PAGE = """# Benchmarks

How fast this is, beside a peer that ran in the same minutes on the same machine.
`make bench` measures all of it and writes this page; only the plans are written by people, in `bench/plans.py`.

- Machine: {machine}; load average {load} at the start, {load_end} at the end.
- Date: {date}. Command: `{command}`. Version: {version}.
- Build: {build}.
- Peer: {peer}. Of Datadog's intake it has only `/api/v1/series`, so it is sent v1 JSON, which is shorter than v2 JSON: the ratios of ingest are to our disadvantage there.
- Durability: we answer after `fdatasync`; the peer answers from memory and syncs seconds later.
- Data: {data}. Bodies are not compressed, for neither.
- CPU is user and system time of the server process, so the load generator is not in it. Memory is resident, in MB of 10^6 bytes; *peak* is the highest of the process's life (`VmHWM`).
- *CPU to the answer* is what was spent when the last body was answered; *with writing files* goes on until the process has been told to stop and has written everything.
- A bar is a ratio to the peer (×) or a number in the row's unit. Bar 1 is needed to ship, bar 2 is the aim.

## Results

{table}

## What misses bar 1

{plan}

## Notes

{notes}

## Checks that failed

Both servers are asked the same questions and their answers compared; each load counts what was refused.

{failures}
"""
