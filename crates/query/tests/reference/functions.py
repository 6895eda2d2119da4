"""What `functions.json` expects of trends, smoothing and outliers, by statsmodels, pandas,
scikit-learn and, where they have no such thing, the definition written down with numpy.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python functions.py
"""

import math

import numpy as np
import pandas
import statsmodels.api as sm
from sklearn.cluster import DBSCAN

import series

# Every so manieth point is written down.
STRIDE = 17


def on_present(values, op):
    out = np.full(len(values), math.nan)
    there = ~np.isnan(values)
    out[there] = op(values[there])
    return out


def line(times, values, fit):
    there = np.flatnonzero(~np.isnan(values))
    x = (times - times[there[0]]) / 3600
    params = fit(values[there], sm.add_constant(x[there]))
    out = params[0] + params[1] * x
    out[: there[0]] = out[there[-1] + 1 :] = math.nan
    return out


def trend_line(times, values):
    return line(times, values, lambda y, x: sm.OLS(y, x).fit().params)


def robust_trend(times, values):
    def fit(y, x):
        return sm.RLM(y, x, M=sm.robust.norms.HuberT()).fit(maxiter=500, tol=1e-12).params

    return line(times, values, fit)


def piecewise_constant(_times, values):
    """Optimal partitioning without any pruning."""

    def steps(y):
        n = len(y)
        sigma = np.median(np.abs(np.diff(y))) / (math.sqrt(2) * 0.6744897501960817)
        penalty = 2 * sigma**2 * math.log(n)
        s1 = np.concatenate([[0], np.cumsum(y - y.mean())])
        s2 = np.concatenate([[0], np.cumsum((y - y.mean()) ** 2)])
        best, start = np.zeros(n + 1), np.zeros(n + 1, int)
        best[0] = -penalty
        for end in range(1, n + 1):
            begin = np.arange(end)
            error = s2[end] - s2[begin] - (s1[end] - s1[begin]) ** 2 / (end - begin)
            cost = best[begin] + error + penalty
            start[end] = np.argmin(cost)
            best[end] = cost[start[end]]
        out, end = np.empty(n), n
        while end > 0:
            out[start[end] : end] = y[start[end] : end].mean()
            end = start[end]
        return out

    return on_present(values, steps)


def kurtosis(y):
    return np.mean((y - y.mean()) ** 4) / np.var(y) ** 2


def autosmooth(_times, values):
    def smooth(y):
        best, least = 1, np.std(np.diff(y))
        for span in range(2, len(y) // 10 + 1):
            averages = np.convolve(y, np.ones(span) / span, "valid")
            rough = np.std(np.diff(averages))
            if rough < least and kurtosis(averages) >= kurtosis(y):
                best, least = span, rough
        before, after = best // 2, (best + 1) // 2
        return [y[max(0, i - before) : i + after].mean() for i in range(len(y))]

    return on_present(values, smooth)


def ewma(span):
    return lambda _t, values: on_present(values, lambda y: pandas.Series(y).ewm(span=span).mean())


def rolling(span, how):
    def op(y):
        return getattr(pandas.Series(y).rolling(span, min_periods=1), how)()

    return lambda _times, values: on_present(values, op)


FUNCTIONS = {
    "trend_line": trend_line,
    "robust_trend": robust_trend,
    "piecewise_constant": piecewise_constant,
    "autosmooth": autosmooth,
    "ewma_3": ewma(3),
    "ewma_20": ewma(20),
    "median_3": rolling(3, "median"),
    "median_9": rolling(9, "median"),
    "rollingavg_5": rolling(5, "mean"),
    "rollingavg_29": rolling(29, "mean"),
}


def dbscan(lines, tolerance, least):
    middle = np.median(lines, axis=0)
    distances = np.linalg.norm(lines - middle, axis=1)
    usual = np.median(distances)
    usual = max(usual, least * np.linalg.norm(middle))
    eps = tolerance * math.sqrt(2) * usual
    labels = DBSCAN(eps=eps, min_samples=1).fit(lines).labels_
    # The largest cluster; of equally large ones the one that comes nearest to the middle.
    sizes = [(np.sum(labels == c), -distances[labels == c].min()) for c in range(max(labels) + 1)]
    return labels != max(range(len(sizes)), key=lambda c: sizes[c])


def mad(lines, tolerance, least):
    middle = np.median(lines)
    deviation = 1.4826 * np.median(np.abs(lines - middle))
    deviation = max(deviation, least * abs(middle))
    return np.mean(np.abs(lines - middle) > tolerance * deviation, axis=1) > 0.2


ALGORITHMS = {
    "DBSCAN": lambda lines, tolerance: dbscan(lines, tolerance, 0),
    "scaledDBSCAN": lambda lines, tolerance: dbscan(lines, tolerance, 0.01),
    "MAD": lambda lines, tolerance: mad(lines, tolerance, 0),
    "scaledMAD": lambda lines, tolerance: mad(lines, tolerance, 0.01),
}
TOLERANCES = [0.5, 1.0, 2.0, 3.0, 5.0]


def groups(rng):
    """For each series eight lines that follow its start, of which the last stray."""
    out = {}
    for name, (_, values) in series.load().items():
        start = values[~np.isnan(values)][:24]
        spread = np.std(start)
        lines = start + rng.normal(0, spread / 20, (8, len(start)))
        lines[7] += spread * 2
        lines[6, len(start) // 2 :] -= spread / 3
        out[name] = np.round(lines, 3)
    # A level so high that deviations are nothing beside it, and a line that is out of step.
    high = np.round(10_000 + rng.normal(0, 1, (8, 24)), 3)
    high[7] += 8
    out["high"] = high
    wave = np.round(20 * (np.arange(24) // 3 % 2) + rng.normal(0, 0.5, (8, 24)), 3)
    wave[7] = wave[7][::-1]
    out["wave"] = wave
    return out


def main():
    expect = {"stride": STRIDE}
    for name, op in FUNCTIONS.items():
        for which, (times, values) in series.load().items():
            found = np.asarray(op(times, values))[::STRIDE]
            expect[f"{name}/{which}"] = [series.round_or_none(v, 6) for v in found]
    outliers = {}
    for name, lines in groups(np.random.default_rng(7)).items():
        outliers[f"lines/{name}"] = lines.tolist()
        for algorithm, op in ALGORITHMS.items():
            for tolerance in TOLERANCES:
                flags = op(lines, tolerance)
                outliers[f"{algorithm}/{tolerance}/{name}"] = np.flatnonzero(flags).tolist()
    series.write("functions.json", expect)
    series.write("outliers.json", outliers)


if __name__ == "__main__":
    main()
