#!/usr/bin/env python3
"""Makes the reference numbers that Ravine's statistics are held to, with scipy and numpy.

    tests/compare/reference.py           rewrite tests/compare/reference.json
    tests/compare/reference.py --check   compare a new run with the committed file

Needs Debian's python3-scipy; run it with /usr/bin/python3.
"""

import itertools
import json
import math
import pathlib
import sys
from fractions import Fraction

import numpy as np
import scipy
from scipy import stats

FILE = pathlib.Path(__file__).with_name("reference.json")
TOLERANCE = 1e-12  # relative: another build of numpy may sum in another order


def samples():
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 4, 5, 8, 13, 30):
        yield rng.normal(size=n).round(6).tolist()
    yield [2.0, 2.0, 2.0, 2.0]
    yield [1.0, 1.0, 3.0, 3.0, 3.0]


def descriptions():
    for values in samples():
        yield {
            "values": values,
            "mean": np.mean(values),
            "standard_deviation": np.std(values, ddof=1) if len(values) > 1 else None,
            "quantiles": np.quantile(values, [0, 0.025, 0.25, 0.5, 0.9, 1]).tolist(),
            "interquartile_mean": stats.trim_mean(values, 0.25),
        }


def bootstraps():
    """Ends of percentile intervals from 400,000 resamples, so that their own error is small."""
    rng = np.random.default_rng(2)
    for values in (
        rng.normal(size=12).round(4).tolist(),
        rng.exponential(size=25).round(4).tolist(),
        [0.968, 0.9701, 0.9655, 0.9712, 0.969],
    ):
        data = np.array(values)
        drawn = data[rng.integers(len(data), size=(400_000, len(data)))]
        ends = {
            name: np.quantile(statistic(drawn), [0.025, 0.975]).tolist()
            for name, statistic in {
                "mean": lambda x: x.mean(axis=1),
                "interquartile_mean": lambda x: stats.trim_mean(x, 0.25, axis=1),
            }.items()
        }
        yield {"values": values, "intervals": ends}


def exact_p(differences):
    """Over all signs of the ranks as they are."""
    differences = np.array([d for d in differences if d != 0])
    ranks = stats.rankdata(abs(differences))
    observed = min(ranks[differences > 0].sum(), ranks[differences < 0].sum())
    sums = [np.dot(signs, ranks) for signs in itertools.product((0, 1), repeat=len(ranks))]
    return min(1.0, 2 * np.mean(np.array(sums) <= observed + 1e-9))


def wilcoxons():
    rng = np.random.default_rng(3)
    for n in (1, 5, 6, 10, 20, 50):
        d = rng.normal(0.4, 1, size=n).round(7)
        found = stats.wilcoxon(d, mode="exact")
        yield {"differences": d.tolist(), "statistic": found.statistic, "p_value": found.pvalue}
    for d in ([1, 1, -1, 2, 3], [0, 0, 1.5, -2, 3, 4], [1, 2, 2, 2, -2, 5, 0], [1.0] * 8):
        kept = [x for x in d if x != 0]
        ranks = stats.rankdata(np.abs(kept))
        statistic = min(ranks[np.array(kept) > 0].sum(), ranks[np.array(kept) < 0].sum())
        yield {"differences": d, "statistic": statistic, "p_value": exact_p(d)}
    for n, digits in ((60, 7), (200, 1)):  # the second has ties and zeros
        d = rng.normal(0.2, 1, size=n).round(digits)
        found = stats.wilcoxon(d, zero_method="wilcox", mode="approx")
        yield {"differences": d.tolist(), "statistic": found.statistic, "p_value": found.pvalue}


def signed_rank_p(numerators):
    """Exact, over all signs, by scipy: the numerators are whole numbers, and so their ties are beyond doubt."""
    d = np.array([x for x in numerators if x != 0])

    def rank_sum(signed, axis):
        return (np.sign(signed) * stats.rankdata(np.abs(signed), axis=axis)).sum(axis=axis)

    return stats.permutation_test(
        (d,), rank_sum, permutation_type="samples", vectorized=True, n_resamples=np.inf
    ).pvalue


def counted_p(numerators):
    """The same for more pairs, whose signs are too many to list: how many give each rank sum, in whole numbers."""
    d = np.array([x for x in numerators if x != 0])
    doubled = [round(2 * rank) for rank in stats.rankdata(np.abs(d))]
    counts = [1] + [0] * sum(doubled)
    for rank in doubled:
        counts = [count + (counts[i - rank] if i >= rank else 0) for i, count in enumerate(counts)]
    positive = sum(rank for rank, x in zip(doubled, d) if x > 0)
    least = min(positive, sum(doubled) - positive)
    return min(1.0, float(Fraction(2 * sum(counts[: least + 1]), 2 ** len(d))))


def tied_wilcoxons():
    """1,000 tables of accuracies k/N, whose differences tie in theory but not bit for bit. From 2 to 12 differences p is that of
    scipy's permutation_test, up to 50 it is counted, and above it is scipy's approximation with the correction for
    ties."""
    rng = np.random.default_rng(5)
    for table in range(1000):
        n = rng.integers(4, 13) if table < 800 else rng.integers(13, 51) if table < 900 else rng.integers(60, 91)
        size = int(rng.choice([30, 100, 360, 1000, 8192]))
        spread = rng.choice([2, 6])
        theirs = rng.integers(size // 2, size - 12, size=n)
        ours = theirs + rng.integers(1 - spread, spread + 2, size=n)
        d = ours - theirs
        kept = np.count_nonzero(d)
        if kept == 0:
            p_value = 1.0
        elif kept > 50:
            p_value = stats.wilcoxon(d, zero_method="wilcox", mode="approx").pvalue
        else:
            p_value = signed_rank_p(d) if 2 <= kept <= 12 else counted_p(d)
        yield {"of": size, "ours": ours.tolist(), "theirs": theirs.tolist(), "p_value": p_value}


def accepted_shifts(differences):
    """The interval of the shifts that scipy's test does not reject at 5 %. It decides anew only where a shift passes the
    mean of two differences: between neighbours of those, each is tried once."""
    d = np.array(differences)
    i, j = np.triu_indices(len(d))
    means = np.sort((d[i] + d[j]) / 2)
    mode = "exact" if len(d) <= 50 else "approx"
    accepted = [
        k for k in range(len(means) - 1) if stats.wilcoxon(d - means[k : k + 2].mean(), mode=mode).pvalue > 0.05
    ]
    return [means[accepted[0]], means[accepted[-1] + 1]], np.median(means)


# Hollander, Wolfe & Chicken 2014, table 3.1: Hamilton depression scale before and after tranquilizers, nine patients.
DEPRESSION = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01]


def signed_rank_intervals():
    rng = np.random.default_rng(6)
    for d in (DEPRESSION, *(rng.normal(0.4, 1, size=n).round(7).tolist() for n in (6, 7, 10, 20, 30, 50, 60))):
        ends, estimate = accepted_shifts(d)
        yield {"differences": d, "estimate": estimate, "interval": ends}


def holm(p_values):
    order = np.argsort(p_values, kind="stable")
    stepped = np.minimum(1, np.array(p_values)[order] * np.arange(len(p_values), 0, -1))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate(stepped)
    return adjusted.tolist()


def holms():
    for p in ([0.01], [0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.02], [0.02, 0.02, 0.02]):
        yield {"p_values": p, "adjusted": holm(p)}


def best_of(scores, pick):
    """The mean over all subsets of each size."""
    return [np.mean([pick(each) for each in itertools.combinations(scores, k)]) for k in range(1, len(scores) + 1)]


def bests():
    rng = np.random.default_rng(4)
    for n in (1, 2, 5, 10):
        scores = rng.exponential(size=n).round(5).tolist()
        yield {"scores": scores, "lowest": best_of(scores, min), "highest": best_of(scores, max)}


def races():
    """Curves of gaps of two optimizers on two landscapes, and what they say of three targets. A hit is the first evaluation
    at which the running minimum is at the target or below it."""
    rng = np.random.default_rng(7)
    targets = np.array([1.0, 0.1, 0.01])
    curves = []
    for dimension in (2, 10):
        for optimizer in ("sgd", "adam"):
            for repetition in range(4):
                evaluations = np.concatenate([[0], np.cumsum(rng.integers(5, 40, size=12))])
                gaps = np.exp(3 + np.concatenate([[0], np.cumsum(rng.normal(-0.6, 1.2, size=12))])).round(6)
                best = np.minimum.accumulate(gaps)
                hits = [
                    float(evaluations[np.argmax(best <= target)]) if best[-1] <= target else math.inf
                    for target in targets
                ]
                curves.append((dimension, optimizer, repetition, evaluations, gaps, np.array(hits)))
    costs = [0, 1, 10, 30, 100, 150, 200, 300, 1000]
    lines = {}
    for name in ("sgd", "adam"):
        runtimes = np.concatenate([hits for _, optimizer, _, _, _, hits in curves if optimizer == name])
        expected, scaled = {}, []
        for dimension in (2, 10):
            mine = [each for each in curves if each[:2] == (dimension, name)]
            for k in range(len(targets)):
                hits = np.array([each[5][k] for each in mine])
                spent = np.array([each[3][-1] for each in mine], dtype=float)
                solved = np.isfinite(hits)
                ert = np.where(solved, hits, spent).sum() / solved.sum() if solved.any() else math.inf
                expected.setdefault(str(dimension), []).append(float(ert) if solved.any() else "inf")
                scaled.append(ert / (dimension + 1))
        lines[name] = {
            "expected": expected,
            "runtime_shares": [float(np.mean(runtimes <= cost)) for cost in costs],
            "data_profile": [float(np.mean(np.array(scaled) <= cost)) for cost in costs],
        }
    yield {
        "targets": targets.tolist(),
        "costs": costs,
        "curves": [
            {
                "dimension": dimension,
                "optimizer": optimizer,
                "repetition": repetition,
                "evaluations": evaluations.tolist(),
                "gaps": gaps.tolist(),
            }
            for dimension, optimizer, repetition, evaluations, gaps, _ in curves
        ],
        "lines": lines,
    }


def correlations():
    rng = np.random.default_rng(7)
    for n in (2, 3, 10, 50):
        first = rng.normal(size=n).round(6)
        second = (first + rng.normal(size=n)).round(6)
        yield {"first": first.tolist(), "second": second.tolist(), "correlation": np.corrcoef(first, second)[0, 1]}


def fewest_for_power(power_of):
    """The fewest repetitions with 80 % power."""
    with np.errstate(divide="ignore", invalid="ignore"):  # far tails
        return next(n for n in itertools.count(2) if power_of(n) >= 0.8)


def paired_power(n, effect):
    bound = stats.t.ppf(0.975, n - 1)
    shift = effect * math.sqrt(n)
    return stats.nct.sf(bound, n - 1, shift)  # the other tail is below 1e-6


def unpaired_power(n, effect):
    bound = stats.t.ppf(0.975, 2 * n - 2)
    shift = effect * math.sqrt(n)  # the effect is relative to the deviation of the difference of two values
    return stats.nct.sf(bound, 2 * n - 2, shift)


def powers():
    """Repetitions that Student's t needs for 80 % power at 5 %, exactly."""
    for effect in (1.2, 1.0, 0.7, 0.5, 0.3, 0.1):
        yield {
            "effect": effect,
            "pairs": fewest_for_power(lambda n: paired_power(n, effect)),
            "repetitions": fewest_for_power(lambda n: unpaired_power(n, effect)),
        }


def make():
    return {
        "descriptions": list(descriptions()),
        "bootstraps": list(bootstraps()),
        "wilcoxons": list(wilcoxons()),
        "tied_wilcoxons": list(tied_wilcoxons()),
        "signed_rank_intervals": list(signed_rank_intervals()),
        "holms": list(holms()),
        "bests": list(bests()),
        "races": list(races()),
        "correlations": list(correlations()),
        "powers": list(powers()),
    }


def same(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return a == b


def main():
    made = json.loads(json.dumps(make()))
    if sys.argv[1:] == ["--check"]:
        committed = json.loads(FILE.read_text())
        committed.pop("made_with")
        if not same(made, committed):
            sys.exit("the numbers are not those of reference.json; run tests/compare/reference.py and commit the file")
        print("statistics: reference.json is what scipy and numpy give")
        return
    versions = f"scipy {scipy.__version__}, numpy {np.__version__}"
    lines = [f'"{name}": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]" for name, cases in made.items()]
    FILE.write_text(f'{{"made_with": "{versions}",\n' + ",\n".join(lines) + "\n}\n")


main()
