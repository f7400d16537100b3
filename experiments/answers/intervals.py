"""Medians and bootstrap intervals, as `ravine compare` takes them, for what it does not compare: costs until a target,
numbers that are taken from curves, and pairs of any two lines."""

import math
import random
import statistics
from dataclasses import dataclass
from typing import Callable, Sequence

RESAMPLES = 10_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class estimate:
    """A statistic of repetitions with its 95 % percentile bootstrap interval."""

    value: float
    lower: float
    upper: float


def quantile(ascending: Sequence[float], share: float) -> float:
    place = share * (len(ascending) - 1)
    below, part = math.floor(place), place - math.floor(place)
    if part == 0 or ascending[below] == ascending[below + 1]:  # infinite ones too
        return ascending[below]
    return ascending[below] + part * (ascending[below + 1] - ascending[below])


def estimated(
    values: Sequence[float], statistic: Callable[[Sequence[float]], float], confidence: float = CONFIDENCE
) -> estimate:
    if len(set(values)) == 1:
        return estimate(values[0], values[0], values[0])
    stream = random.Random(1)
    drawn = sorted(statistic(stream.choices(values, k=len(values))) for _ in range(RESAMPLES))
    tail = (1 - confidence) / 2
    return estimate(statistic(values), quantile(drawn, tail), quantile(drawn, 1 - tail))


def median(values: Sequence[float]) -> estimate:
    return estimated(values, statistics.median)


def mean_difference(ours: Sequence[float], theirs: Sequence[float], among: int = 1) -> estimate:
    """Of the repetitions of two lines, which share seeds: ours less theirs, one by one. Values are finite, or both of a
    pair are infinite and so alike. Of several differences of which any would do, `among` is how many: the interval is
    wider (Bonferroni)."""
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} repetitions beside {len(theirs)}")
    differences = [0.0 if a == b else a - b for a, b in zip(ours, theirs)]
    return estimated(differences, statistics.fmean, 1 - (1 - CONFIDENCE) / among)


def below(ours: Sequence[float], theirs: Sequence[float], among: int = 1) -> bool:
    """Whether ours are lower than theirs: the interval of the paired difference excludes 0."""
    return mean_difference(ours, theirs, among).upper < 0
