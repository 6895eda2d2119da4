"""What `forecast.json` expects: the week after each fixed series.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python forecast.py

`holt_winters` is a second opinion: what statsmodels' exponential smoothing with a weekly season
expects of the week after `season`.
"""

from statsmodels.tsa.holtwinters import ExponentialSmoothing

import series
from bands import DAY, WEEK, linear, project

STRIDE = 7
DEVIATIONS = 2


def seasonal(x, season):
    last = len(x) - 1
    # A week is shown, of which the last values tell the level.
    found = project(x, len(x) - WEEK, last, WEEK, season, DEVIATIONS)
    if found is None:
        return linear(x, last, WEEK, 4 * WEEK, "simple", 2 * DEVIATIONS)
    return found


def holt_winters(x):
    return ExponentialSmoothing(x, seasonal="add", seasonal_periods=WEEK).fit().forecast(WEEK)


if __name__ == "__main__":
    held = {"stride": STRIDE, "deviations": DEVIATIONS}
    for name, (_, values) in series.load().items():
        x = list(values)
        last = len(x) - 1
        # The short series is asked in a window of a week, too.
        forecasts = {f"linear/{m}": linear(x, last, WEEK, 4 * WEEK, m, DEVIATIONS) for m in
                     ["default", "simple", "reactive"]}
        forecasts["seasonal/daily"] = seasonal(x, DAY)
        forecasts["seasonal/weekly"] = seasonal(x, WEEK)
        for way, found in forecasts.items():
            for i, part in enumerate(["center", "lower", "upper"]):
                row = [series.round_or_none(e[i], 9) for e in found[::STRIDE]]
                held[f"{way}/{name}/{part}"] = row
    second = holt_winters(series.load()["season"][1])
    held["holt_winters"] = [series.round_or_none(v, 6) for v in second[::STRIDE]]
    series.write("forecast.json", held)
