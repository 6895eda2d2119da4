"""The five series on which functions are compared with their references.

Each has a point an hour from Monday 2024-01-01 00:00 UTC on; `None` is a missing point.
Run as a program it writes `series.json`, which the Rust tests and the other programs read.
"""

import json
import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
START_MS = 1_704_067_200_000
STEP_MS = 3_600_000
WEEK = 168
N = 6 * WEEK


def seasonal(rng, n=N):
    """A daily wave, quieter weekends, noise of standard deviation 2."""
    hours = np.arange(n)
    daily = 20 * np.sin(2 * math.pi * (hours % 24 - 6) / 24)
    weekend = np.where(hours % WEEK >= 120, 0.6, 1.0)
    return (100 + daily) * weekend + rng.normal(0, 2, n)


def make():
    rng = np.random.default_rng(20240101)
    step = 50 + rng.normal(0, 1, N)
    step[N * 2 // 3 :] += 30
    spike = 10 + 0.01 * np.arange(N) + rng.normal(0, 0.5, N)
    spike[[200, 201, 640, 900]] += [40, 35, -25, 60]
    gap = seasonal(rng)
    gap[500:530] = np.nan
    gap[[17, 333, 801, 802]] = np.nan
    made = {
        "season": seasonal(rng),
        "step": step,
        "spike": spike,
        "gap": gap,
        "short": 5 + 0.5 * np.arange(12) + rng.normal(0, 0.3, 12),
    }
    return {name: [round_or_none(v) for v in values] for name, values in made.items()}


def round_or_none(value, digits=3):
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def load():
    """Name to (times in seconds, values with nan for missing), as numpy arrays."""
    held = json.loads((HERE / "series.json").read_text())
    out = {}
    for name, values in held["series"].items():
        values = np.array([math.nan if v is None else v for v in values])
        times = held["start_ms"] / 1000 + np.arange(len(values)) * held["step_ms"] / 1000
        out[name] = (times, values)
    return out


def write(name, held):
    """One key a line, so that changes can be read."""
    body = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in held.items())
    (HERE / name).write_text("{\n" + body + "\n}\n")


if __name__ == "__main__":
    write("series.json", {"start_ms": START_MS, "step_ms": STEP_MS, "series": make()})
