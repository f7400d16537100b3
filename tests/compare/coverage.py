#!/usr/bin/env python3
"""Simulates how often intervals cover what they estimate.

    tests/compare/coverage.py           print the tables of docs/statistics.md
    tests/compare/coverage.py --check   compare a new run with the tables there

Of paired differences: beside the interval that Ravine gives, which inverts Wilcoxon's test around the Hodges-Lehmann estimate,
those that it does not: Student's t and the percentile bootstrap, for the mean. Of scores: the percentile bootstrap of the
median, which Ravine gives, the median's interval from order statistics, which it does not, and the percentile bootstrap of
the interquartile mean, which it gives. Needs Debian's python3-scipy; run it with /usr/bin/python3.
"""

import pathlib
import sys

import numpy as np
from scipy import stats

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "statistics.md"
SAMPLES = 20_000
BOOTSTRAPPED = 4_000  # of them, with 1,000 resamples each
TOLERANCE = 0.01  # another version of numpy may draw other numbers: five standard errors
ROUNDING = 1e-12  # of discrete differences, so that an end that is the truth covers it

KINDS = {
    "normal": lambda rng, size: rng.normal(0.5, 1, size),
    "lognormal": lambda rng, size: rng.lognormal(0, 1, size),
    # Accuracies on 100 examples: 90 % beside 88 %.
    "discrete": lambda rng, size: (rng.binomial(100, 0.9, size) - rng.binomial(100, 0.88, size)) / 100,
}
# Final scores. An accuracy on 100 examples is discrete, and its repetitions are often tied.
SCORES = {
    "normal score": lambda rng, size: rng.normal(0, 1, size),
    "lognormal score": lambda rng, size: rng.lognormal(0, 1, size),
    "accuracy": lambda rng, size: rng.binomial(100, 0.9, size) / 100,
}
MEANS = {"normal": 0.5, "lognormal": np.exp(0.5), "discrete": 0.02}


def pseudomedian(kind, rng):
    """What Hodges and Lehmann estimate: the median of the mean of two differences."""
    if kind != "lognormal":
        return MEANS[kind]  # symmetric, or nearly so
    return np.median(KINDS[kind](rng, (4_000_000, 2)).mean(axis=1))


def rejected_sums(n):
    """How many rank sums scipy's exact test rejects on one side; at least one, as Ravine does below 6 pairs."""
    ranks = np.arange(1, n + 1)
    sums = range(n * (n + 1) // 2 + 1)
    rejected = 0
    for total in sums:
        signs = np.ones(n)
        left = total  # a pattern of signs whose positive ranks have this sum
        for rank in ranks[::-1]:
            signs[rank - 1] = 1 if rank <= left else -1
            left -= rank if rank <= left else 0
        if stats.wilcoxon(ranks * signs, mode="exact").pvalue > 0.05:
            break
        rejected += 1
    return max(1, rejected)


def covers(lower, upper, truth):
    return np.mean((lower - ROUNDING <= truth) & (truth <= upper + ROUNDING))


def signed_rank(differences, truth):
    n = differences.shape[1]
    i, j = np.triu_indices(n)
    averages = np.sort((differences[:, i] + differences[:, j]) / 2, axis=1)
    rejected = rejected_sums(n)
    return covers(averages[:, rejected - 1], averages[:, -rejected], truth)


def student(differences, truth):
    n = differences.shape[1]
    half = stats.t.ppf(0.975, n - 1) * differences.std(axis=1, ddof=1) / np.sqrt(n)
    return covers(differences.mean(axis=1) - half, differences.mean(axis=1) + half, truth)


def bootstrap(samples, truth, rng, statistic=lambda drawn: drawn.mean(axis=1)):
    few = samples[:BOOTSTRAPPED]
    rows = np.arange(len(few))[:, None]
    drawn = [statistic(few[rows, rng.integers(few.shape[1], size=few.shape)]) for _ in range(1000)]
    return covers(*np.quantile(drawn, [0.025, 0.975], axis=0), truth)


def interquartile_mean(drawn):
    return stats.trim_mean(drawn, 0.25, axis=1)


def order_statistics(scores, truth):
    """From the k-th least to the k-th greatest, k as large as 95 % allow by the binomial distribution, at least 1."""
    n = scores.shape[1]
    k = max(1, int(stats.binom.ppf(0.025, n, 0.5)))
    ranked = np.sort(scores, axis=1)
    return covers(ranked[:, k - 1], ranked[:, n - k], truth)


def simulate_scores():
    rng = np.random.default_rng(17)
    for kind, draw in SCORES.items():
        middle = np.sort(draw(rng, 4_000_000))
        median, trimmed = np.median(middle), middle[1_000_000:3_000_000].mean()
        for n in (5, 10, 30):
            scores = draw(rng, (SAMPLES, n))
            yield (kind, n), (
                bootstrap(scores, median, rng, lambda drawn: np.median(drawn, axis=1)),
                order_statistics(scores, median),
                bootstrap(scores, trimmed, rng, interquartile_mean),
            )


def simulate():
    rng = np.random.default_rng(16)
    for kind, draw in KINDS.items():
        center = pseudomedian(kind, rng)
        for n in (5, 10, 30):
            differences = draw(rng, (SAMPLES, n))
            mean = MEANS[kind]
            yield (kind, n), (
                signed_rank(differences, center), student(differences, mean), bootstrap(differences, mean, rng)
            )
    yield from simulate_scores()


def rows_of(page):
    """The figures of both tables, by kind and number of pairs or repetitions."""
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] in KINDS | SCORES and len(cells) == 5:
            yield (cells[0], int(cells[1])), tuple(float(cell.rstrip(" %")) / 100 for cell in cells[2:])


def main():
    found = dict(simulate())
    if sys.argv[1:] != ["--check"]:
        for (kind, n), shares in found.items():
            print(f"| {kind} | {n} | " + " | ".join(f"{100 * share:.1f} %" for share in shares) + " |")
        return
    stated = dict(rows_of(PAGE.read_text()))
    if stated.keys() != found.keys():
        sys.exit(f"{PAGE}: the tables of coverage have the rows {sorted(stated)}, expected {sorted(found)}")
    for row, shares in found.items():
        for simulated, said in zip(shares, stated[row]):
            if abs(simulated - said) > TOLERANCE:
                sys.exit(
                    f"{PAGE}: its table says {said:.3f} for {row}, simulated is {simulated:.3f}; "
                    "run tests/compare/coverage.py and put its tables there"
                )
    print("statistics: the intervals cover what docs/statistics.md says")


main()
