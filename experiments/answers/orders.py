"""Orders that a claim puts optimizers in, as far as paired repetitions confirm them."""

from typing import Sequence

from .intervals import paired_difference
from .question import part


def sign(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """"<" or ">" where the interval of the paired difference excludes 0, else "~"."""
    difference = paired_difference(ours, theirs)
    return "<" if difference.upper < 0 else ">" if difference.lower > 0 else "~"


def chain(names: Sequence[str], values: dict[str, Sequence[float]]) -> str:
    """"adam < rmsprop ~ momentum": each beside its neighbour, in the order of the claim."""
    text = names[0]
    for left, right in zip(names, names[1:]):
        text += f" {sign(values[left], values[right])} {right}"
    return text


def confirms(names: Sequence[str], values: dict[str, Sequence[float]], claimed: str) -> list[bool]:
    """Whether each neighbouring pair has the claimed sign."""
    return [sign(values[left], values[right]) == claimed for left, right in zip(names, names[1:])]


def in_order(names: Sequence[str], what: str, confirmed: Sequence[list[bool]]) -> list[part]:
    """A part of the claim for each neighbouring pair, with a case for each setting's confirmations."""
    pairs = zip(names, names[1:], zip(*confirmed))
    return [part(f"{left} {what} {right}", list(cases)) for left, right, cases in pairs]
