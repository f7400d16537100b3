"""Questions, their answers, and the list of all of them."""

import enum
from dataclasses import dataclass
from typing import Callable


class verdict(enum.Enum):
    HOLDS = "holds"
    CONDITIONS = "holds under conditions"
    NOT_HERE = "does not hold here"


@dataclass(frozen=True)
class answer:
    measured: list[str]  # a line each
    verdict: verdict
    why: str  # a few words


@dataclass(frozen=True)
class question:
    number: int
    claim: str  # the textbook's, in one sentence
    manifests: list[str]  # names of files in questions/, without .yaml
    answer: Callable[..., answer]  # takes the results of each manifest, in that order


questions: list[question] = []


def asks(number: int, claim: str, manifests: list[str]):
    """Registers the function that answers a question."""

    def register(function):
        questions.append(question(number, claim, manifests, function))
        questions.sort(key=lambda each: each.number)
        return function

    return register


def graded(parts: list[bool]) -> verdict:
    """Holds if every part of a claim does, under conditions if some do."""
    return verdict.HOLDS if all(parts) else verdict.CONDITIONS if any(parts) else verdict.NOT_HERE
