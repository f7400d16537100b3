"""The stored results of one manifest, read from its SQLite file and from `ravine compare`."""

import functools
import json
import math
import pathlib
import sqlite3
import struct
import subprocess
from dataclasses import dataclass

from .intervals import estimate


@dataclass(frozen=True)
class trial:
    problem: str
    optimizer: str
    point: dict
    repetition: int  # 0-based
    status: str
    steps: int
    epochs: float
    target_steps: float  # infinite if the target was never met
    target_epochs: float
    parameters: int
    state_bytes: int
    id: int


@dataclass(frozen=True)
class score:
    """Final values of a metric by repetition: the worst, 0 or infinite, where a trial did not end well."""

    values: list[float]
    median: estimate


class results:
    def __init__(self, file: pathlib.Path, ravine: str):
        self.file = file
        self.ravine = ravine
        # Not read-only: such a connection leaves -shm and -wal files behind.
        self.database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)

    @functools.cached_property
    def all_trials(self) -> list[trial]:
        """Of the latest plan, in its order, without those that only searched."""
        rows = self.database.execute(
            "SELECT problem, optimizer, point, repetition, status, steps, epochs, target_steps, target_epochs,"
            " parameters, state_bytes, trial_id FROM results WHERE role = 'result'"
        )
        never = math.inf
        return [
            trial(problem, optimizer, json.loads(point), repetition, status, steps, epochs,
                  never if target_steps is None else target_steps, never if target_epochs is None else target_epochs,
                  parameters, state_bytes, number)
            for problem, optimizer, point, repetition, status, steps, epochs, target_steps, target_epochs, parameters,
            state_bytes, number in rows
        ]  # fmt: skip

    def problems(self) -> list[str]:
        return list(dict.fromkeys(each.problem for each in self.all_trials))

    def optimizers(self, problem: str) -> list[str]:
        return list(dict.fromkeys(each.optimizer for each in self.all_trials if each.problem == problem))

    def points(self, problem: str, optimizer: str) -> list[dict]:
        found = [each.point for each in self.all_trials if (each.problem, each.optimizer) == (problem, optimizer)]
        return [point for i, point in enumerate(found) if point not in found[:i]]

    def trials(self, problem: str, optimizer: str, point: dict | None = None) -> list[trial]:
        """The repetitions of a line, in order. Raises LookupError if there are none."""
        found = [
            each
            for each in self.all_trials
            if (each.problem, each.optimizer) == (problem, optimizer) and point in (None, each.point)
        ]
        if not found:
            raise LookupError(f"{self.file}: no trial of {optimizer} on {problem} {point or ''}")
        return sorted(found, key=lambda each: each.repetition)

    @functools.cached_property
    def comparison(self) -> dict:
        text = subprocess.run(
            [self.ravine, "compare", str(self.file), "--format", "json"], check=True, capture_output=True, text=True
        ).stdout
        return {each["problem"]: each for each in json.loads(text)["problems"]}

    def warnings(self) -> list[tuple[str, str]]:
        """What `ravine compare` warns of: problems and sentences."""
        return [(problem, each) for problem, compared in self.comparison.items() for each in compared["warnings"]]

    def score(self, problem: str, optimizer: str, metric: str, point: dict | None = None) -> score:
        """At a search point, or at the one that was chosen: by tuning, else by the median of the selection metric."""
        compared = self.comparison[problem]
        every = compared["configurations"]
        for line in every if point is not None else (every[i] for i in compared["chosen"]):
            if line["optimizer"] == optimizer and point in (None, line["point"]):
                return as_score(line["scores"][metric])
        raise LookupError(f"{self.file}: no {optimizer} on {problem} {point or ''}")

    def grid(self, problem: str, optimizer: str, metric: str, *names: str) -> dict[tuple, score]:
        """Scores at every search point, by the values that it gives to these hyperparameters."""
        return {
            tuple(point[name] for name in names): self.score(problem, optimizer, metric, point)
            for point in self.points(problem, optimizer)
        }

    def chosen(self, problem: str, optimizer: str) -> dict:
        compared = self.comparison[problem]
        lines = (compared["configurations"][i] for i in compared["chosen"])
        return next(line["point"] for line in lines if line["optimizer"] == optimizer)

    def curve(self, of: trial, metric: str) -> dict[int, float]:
        """Values of a metric by step; infinite where it was no number."""
        names, points = self.database.execute(
            "SELECT metrics, points FROM evaluations WHERE trial_id = ?", (of.id,)
        ).fetchone()
        column = 5 + json.loads(names).index(metric)
        known = {point[0]: point[column] for point in json.loads(points) if point[column] is not None}
        return {step: math.inf if isinstance(value, str) else value for step, value in known.items()}

    def path(self, of: trial) -> list[tuple[float, ...]]:
        """Points on a landscape, one after the other."""
        dimension, blob = self.database.execute(
            "SELECT dimension, points FROM trajectories WHERE trial_id = ?", (of.id,)
        ).fetchone()
        return list(struct.iter_unpack(f"={dimension}d", blob))


def as_score(stored: dict) -> score:
    """JSON has no infinity and `compare` writes "inf"; it writes "nan" for the interval of fewer than five repetitions,
    which one repetition needs none of."""
    values, median = [float(value) for value in stored["values"]], float(stored["median"])
    interval = (median, median) if len(values) == 1 else (float(value) for value in stored["median_interval"])
    return score(values, estimate(median, *interval))
