"""Questions, their answers, and the list of all of them."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class part:
    """One of the things that a claim says, and whether it was so in each case that was tried."""

    claim: str  # a few words
    cases: list[bool]

    @property
    def holds(self) -> bool:
        return bool(self.cases) and all(self.cases)

    def __str__(self) -> str:
        return f"{self.claim} ({sum(self.cases)} of {len(self.cases)})" if len(self.cases) != 1 else self.claim


@dataclass(frozen=True)
class answer:
    measured: list[str]  # a line each
    parts: list[part]  # of the claim
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


HOLDS = "holds"


def verdict(parts: list[part]) -> str:
    """How many parts of a claim hold. A part that is so in some cases only does not; a claim does not hold here where
    none of its parts is so in any."""
    held = sum(each.holds for each in parts)
    if held == len(parts):
        return HOLDS
    if not any(any(each.cases) for each in parts):
        return "does not hold here"
    return f"{held} of {len(parts)} parts hold{'s' if held == 1 else ''}"


def parts_text(parts: list[part]) -> str:
    """"parts that hold: a; b (3 of 3). Those that do not: c (1 of 2)"."""
    held = "; ".join(str(each) for each in parts if each.holds)
    failed = "; ".join(str(each) for each in parts if not each.holds)
    if not failed:
        return f"parts that hold: {held}"
    return f"parts that hold: {held}. Those that do not: {failed}" if held else f"parts that do not hold: {failed}"
