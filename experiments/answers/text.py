"""Numbers as a reader wants them: three digits, and intervals in brackets."""

import math
from typing import Sequence

from .intervals import estimate


def number(value: float, digits: int = 3) -> str:
    if math.isinf(value):
        return "never" if value > 0 else "-inf"
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1) and abs(value) < 1e7:
        return f"{value:,.0f}"
    if abs(value) < 1e-3 or abs(value) >= 1e7:
        return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")
    return f"{value:.{digits}g}"


def share(value: float, decimals: int = 2) -> str:
    return f"{100 * value:.{decimals}f} %"


def spread(what: estimate, show=number) -> str:
    """"3 [2, 4]"; a value alone where all repetitions are alike, or too few for an interval."""
    if what.lower == what.upper or math.isnan(what.lower):
        return show(what.value)
    return f"{show(what.value)} [{show(what.lower)}, {show(what.upper)}]"


def rate(value: float) -> str:
    return f"{value:g}"


def best_rate(value: float, tried: Sequence[float]) -> str:
    """"0.1", or "0.1 (edge of those tried)": a search that ends there may have missed a better one."""
    return rate(value) + (" (edge of those tried)" if value in (min(tried), max(tried)) else "")


def listed(pairs) -> str:
    """"adam 3, rmsprop 4"."""
    return ", ".join(f"{name} {value}" for name, value in pairs)
