"""Medians, paired differences and their intervals, as `ravine compare` takes them, for what it does not compare: costs
until a target, numbers that are taken from curves, and pairs of any two lines."""

import functools
import math
import random
import statistics
from dataclasses import dataclass
from typing import Sequence

RESAMPLES = 10_000
CONFIDENCE = 0.95
ROUNDING = 1e-12  # relative to the larger of two scores: nearer ones are equal


@dataclass(frozen=True)
class estimate:
    """A statistic of repetitions with its 95 % interval."""

    value: float
    lower: float
    upper: float


def quantile(ascending: Sequence[float], share: float) -> float:
    place = share * (len(ascending) - 1)
    below, part = math.floor(place), place - math.floor(place)
    if part == 0 or ascending[below] == ascending[below + 1]:  # infinite ones too
        return ascending[below]
    return ascending[below] + part * (ascending[below + 1] - ascending[below])


def median(values: Sequence[float]) -> estimate:
    """With a percentile bootstrap interval."""
    if len(set(values)) == 1:
        return estimate(values[0], values[0], values[0])
    stream = random.Random(1)
    drawn = sorted(statistics.median(stream.choices(values, k=len(values))) for _ in range(RESAMPLES))
    tail = (1 - CONFIDENCE) / 2
    return estimate(statistics.median(values), quantile(drawn, tail), quantile(drawn, 1 - tail))


@functools.cache
def rejected_rank_sum(pairs: int, tail: float) -> int | None:
    """The largest sum of positive ranks whose probability, that or less, is at most `tail` under Wilcoxon's null
    hypothesis; None if even 0 is likelier, as with fewer than six pairs at 2.5 %."""
    ways = [1]  # of each rank sum, among the 2^pairs choices of signs
    for rank in range(1, pairs + 1):
        ways = [
            (ways[total] if total < len(ways) else 0) + (ways[total - rank] if total >= rank else 0)
            for total in range(len(ways) + rank)
        ]
    found, cumulated = None, 0
    for total, count in enumerate(ways):
        cumulated += count
        if cumulated > tail * 2**pairs:
            return found
        found = total
    return found


def differences(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """One by one; 0 where both are the same infinity, or alike but for rounding."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} repetitions beside {len(theirs)}")

    def is_tie(a: float, b: float) -> bool:
        return a == b or abs(a - b) <= ROUNDING * max(abs(a), abs(b)) < math.inf

    return [0.0 if is_tie(a, b) else a - b for a, b in zip(ours, theirs)]


def paired_difference(ours: Sequence[float], theirs: Sequence[float], among: int = 1) -> estimate:
    """Of the repetitions of two lines, which share seeds, ours less theirs: the Hodges-Lehmann estimate, and the shifts
    that Wilcoxon's signed-rank test does not reject (docs/statistics.md). The interval is unbounded with too few pairs
    for that, unless all are alike, where nothing is random. Of several differences of which any would do, `among` is
    how many: the interval is wider (Bonferroni)."""
    each = differences(ours, theirs)
    if len(set(ours)) == 1 and len(set(theirs)) == 1:
        return estimate(each[0], each[0], each[0])
    sums = [a / 2 + b / 2 for i, a in enumerate(each) for b in each[i:]]
    averages = sorted(0.0 if math.isnan(average) else average for average in sums)  # of both infinities
    outside = rejected_rank_sum(len(each), (1 - CONFIDENCE) / 2 / among)
    if outside is None:
        return estimate(quantile(averages, 0.5), -math.inf, math.inf)
    return estimate(quantile(averages, 0.5), averages[outside], averages[-1 - outside])


def below(ours: Sequence[float], theirs: Sequence[float], among: int = 1) -> bool:
    """Whether ours are lower than theirs: the interval of the paired difference excludes 0."""
    return paired_difference(ours, theirs, among).upper < 0
