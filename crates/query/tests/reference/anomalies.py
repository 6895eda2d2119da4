"""What `anomalies.json` expects: the bands of the last week of each fixed series.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python anomalies.py

`stl` is a second opinion: where statsmodels' robust STL of the weeks before, continued by its trend
and its season, expects the last week of `season`.
"""

import numpy as np
from statsmodels.tsa.seasonal import STL

import series
from bands import DAY, WEEK, basic, seasonal

# Every so manieth point is written down.
STRIDE = 7
BOUNDS = 2.5


def stl(x):
    """The last week by the weeks before."""
    past = x[:-WEEK]
    found = STL(past, period=WEEK, robust=True).fit()
    rise = (found.trend[-1] - found.trend[-1 - WEEK]) / WEEK
    return found.seasonal[-WEEK:] + found.trend[-1] + rise * np.arange(1, WEEK + 1)


def bands(x, algorithm, season):
    first = max(len(x) - WEEK, 0)
    shown = range(first, len(x), STRIDE)
    if algorithm == "basic":
        return [basic(x, t, BOUNDS)[1:] for t in shown]
    return [seasonal(x, t, algorithm, season, BOUNDS)[1:] for t in shown]


if __name__ == "__main__":
    held = {"stride": STRIDE, "bounds": BOUNDS}
    for name, (_, values) in series.load().items():
        for algorithm, season, word in [
            ("basic", 0, "none"),
            ("agile", DAY, "daily"),
            ("agile", WEEK, "weekly"),
            ("robust", DAY, "daily"),
            ("robust", WEEK, "weekly"),
        ]:
            found = bands(values, algorithm, season)
            for i, edge in enumerate(["lower", "upper"]):
                row = [series.round_or_none(pair[i], 9) for pair in found]
                held[f"{algorithm}/{word}/{name}/{edge}"] = row
    gap = series.load()["gap"][1]
    within = [basic(gap, t, BOUNDS)[1:] for t in range(495, 600, STRIDE)]
    for i, edge in enumerate(["lower", "upper"]):
        held[f"basic/none/gap within/{edge}"] = [series.round_or_none(p[i], 9) for p in within]
    held["stl"] = [series.round_or_none(v, 6) for v in stl(series.load()["season"][1])[::STRIDE]]
    series.write("anomalies.json", held)
