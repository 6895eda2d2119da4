"""The definitions of `anomalies` and `forecast` written down with numpy, a point at a time, and what
statsmodels says of the same series. `anomalies.py` and `forecast.py` write the expected numbers.

Everything works on a list with one value an hour and none missing from it (nan: no value), so that
"the same phase a season before" is an index.
"""

import math

import numpy as np

LOOKBACK, SURE, UNKNOWN = 60, 20, 0.1
LOW, WITHIN = 0.15865525393145707, 0.6826894921370859
SEASONS = 6
DAY, WEEK = 24, 168


def there(values):
    values = np.asarray(values, float)
    return values[~np.isnan(values)]


def median(values):
    values = there(values)
    return float(np.median(values)) if len(values) else math.nan


def spread(errors):
    errors = np.abs(there(errors))
    if len(errors) == 0:
        return math.nan
    sigma = float(np.quantile(errors, WITHIN))
    return sigma if sigma > 0 else float(errors.mean()) * math.sqrt(math.pi / 2)


def for_few(n):
    return 1 + 5 / max(n, 1)


def near(season):
    """Buckets to either side that are like a moment."""
    return min(max(min(season, DAY) // 10, 2), 15)


def cut(x, i, j):
    return x[max(i, 0) : max(j, 0)]


def basic(x, t, bounds):
    given = [i for i in range(max(t - LOOKBACK, 0), t) if not math.isnan(x[i])]
    # Where nothing comes any more, the band of the last value opens with the distance.
    missing = t - 1 - given[-1] if given else 0
    past = there(cut(x, t - missing - LOOKBACK, t - missing)) if given else []
    n = len(past)
    if n < 2:
        return math.nan, math.nan, math.nan
    center = float(np.median(past))
    down, up = center - np.quantile(past, LOW), np.quantile(past, 1 - LOW) - center
    mean = np.abs(past - center).mean()
    down, up = (down if down > 0 else mean), (up if up > 0 else mean)
    least = abs(center) * 1e-9
    if n < SURE:
        least += (np.ptp(past) + abs(center) * UNKNOWN) * (SURE - n) / SURE
    reach = bounds * for_few(n) * (1 + missing / LOOKBACK)
    return center, center - reach * max(down, least), center + reach * max(up, least)


def theil_sen(xs, ys):
    """Slope and intercept, as scipy's `theilslopes(method="joint")`."""
    from scipy.stats import theilslopes

    slope, intercept, *_ = theilslopes(ys, xs, method="joint")
    return float(slope), float(intercept)


def level(x, i, method, season):
    h = near(season)
    if method == "agile":
        return median(cut(x, i - (2 * h + 1), i))
    return median(cut(x, i - h, i + h + 1))


def rows(x, t, method, season):
    """(seasons ago, value, level) of the same phase."""
    found = []
    for ago in range(1, SEASONS + 1):
        i = t - ago * season
        if i < 0 or i >= len(x) or math.isnan(x[i]):
            continue
        at = level(x, i, method, season)
        if not math.isnan(at):
            found.append((ago, x[i], at))
    return found


def trend(held, ago):
    levels = [at for _, _, at in held]
    if len(held) < 3:
        return median(levels)
    slope, intercept = theil_sen([a for a, _, _ in held], levels)
    return intercept + slope * ago


def errors(held, method):
    out = []
    for i, (ago, value, at) in enumerate(held):
        others = held[:i] + held[i + 1 :]
        if not others:
            return []
        over = median([v - a for _, v, a in others])
        out.append(value - over - (at if method == "agile" else trend(others, ago)))
    return out


def seasonal(x, t, method, season, bounds):
    held = rows(x, t, method, season)
    h = near(season)
    pool = []
    for u in range(t - h, t + h + 1):
        pool += errors(rows(x, u, method, season), method)
    if len(held) < 2 or not pool:
        return basic(x, t, 2.5 * bounds)
    over = median([v - at for _, v, at in held])
    base = level(x, t, method, season) if method == "agile" else trend(held, 0)
    if math.isnan(base):
        base = median([at for _, _, at in held])
    reach = bounds * spread(pool) * for_few(len(pool)) * (1 if len(held) >= 3 else 1.5)
    center = over + base
    reach = max(reach, abs(center) * 1e-9)
    return center, center - reach, center + reach


def blocks(xs, ys, most=256):
    size = max(math.ceil(len(xs) / most), 1)
    parts = [slice(i, i + size) for i in range(0, len(xs), size)]
    return [float(np.mean(xs[p])) for p in parts], [median(ys[p]) for p in parts]


def straight(xs, ys, slope, intercept):
    """Whether no quarter lies off the line by more than the spread within the quarters."""
    size = math.ceil(len(xs) / 4)
    farthest, within = 0.0, []
    for i in range(0, len(xs), size):
        rest = ys[i : i + size] - (intercept + slope * xs[i : i + size])
        middle = median(rest)
        farthest = max(farthest, abs(middle))
        within.append(rest - middle)
    return farthest <= spread(np.concatenate(within)) + 2.2e-16


def fit(xs, ys, model):
    """(slope, intercept, the xs and ys that the spread is of)."""
    if model == "reactive":
        half_life = max((xs[-1] - xs[0]) / 16, 1)
        weights = 0.5 ** ((xs[-1] - xs) / half_life)
        slope, intercept = np.polyfit(xs, ys, 1, w=np.sqrt(weights))
        counted = xs >= xs[-1] - 4 * half_life
        return slope, intercept, xs[counted], ys[counted]
    while True:
        slope, intercept = theil_sen(*blocks(xs, ys))
        done = len(xs) < 48 or straight(xs, ys, slope, intercept)
        if model == "simple" or done:
            return slope, intercept, xs, ys
        xs, ys = xs[len(xs) // 2 :], ys[len(ys) // 2 :]


def linear(x, last, horizon, history, model, deviations):
    """Forecasts of the points after `last`: (center, lower, upper)."""
    index = np.arange(max(last - history + 1, 0), last + 1)
    index = index[~np.isnan(np.asarray(x, float)[index])]
    xs, ys = (index - last).astype(float), np.asarray(x, float)[index]
    slope, intercept, of_x, of_y = fit(xs, ys, model)
    n = len(of_x)
    sigma = spread(of_y - (intercept + slope * of_x)) * for_few(n)
    if n < SURE:
        sigma += abs(of_y[-1]) * UNKNOWN * (SURE - n) / SURE
    squares = ((of_x - of_x.mean()) ** 2).sum()
    out = []
    for ahead in range(1, horizon + 1):
        missed = math.sqrt(1 + math.pi / 2 * (1 / n + (ahead - of_x.mean()) ** 2 / squares))
        center = intercept + slope * ahead
        reach = max(deviations * sigma * missed, abs(center) * 1e-9)
        out.append((center, center - reach, center + reach))
    return out


def project(x, since, last, horizon, season, deviations):
    since = max(since, last - season + 1)

    def at(i):
        return x[i] if 0 <= i <= last else math.nan

    lifts = [
        median([at(i) - at(i - ago * season) for i in range(since, last + 1)])
        for ago in range(1, SEASONS + 1)
    ]
    known = [(0.0, 0.0)] + [(a + 1.0, lift) for a, lift in enumerate(lifts) if lift == lift]
    if len(known) < 2:
        return None
    growth, _ = theil_sen(*zip(*known))
    middle = (since + last) / 2

    def lift(back):
        """By how much the last values are above those so many seasons back."""
        if back <= 0:
            return growth * back
        if back >= known[-1][0]:
            return known[-1][1] + growth * (back - known[-1][0])
        return float(np.interp(back, *zip(*known)))

    def column(t):
        ahead = max(math.ceil((t - last) / season), 1)
        on = (t - middle) / season
        held = [
            at(t - a * season) + lift(a - on) + growth * on for a in range(ahead, ahead + SEASONS)
        ]
        return ahead, [v for v in held if not math.isnan(v)]

    def misses(held):
        if len(held) < 2:
            return []
        return [v - median(held[:i] + held[i + 1 :]) for i, v in enumerate(held)]

    h, out = near(season), []
    for t in range(last + 1, last + 1 + horizon):
        ahead, held = column(t)
        pool = [e for u in range(t - h, t + h + 1) for e in misses(column(u)[1])]
        if len(held) < 2 or not pool:
            return None
        reach = deviations * spread(pool) * for_few(len(pool)) * math.sqrt(ahead)
        center = median(held)
        reach = max(reach, abs(center) * 1e-9)
        out.append((center, center - reach, center + reach))
    return out
