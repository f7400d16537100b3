"""What `ravine compare` warns of in the results that an answer rests on."""

import re
from typing import Iterable

# By what their sentences contain; a sentence of no kind stands for itself.
KINDS = {
    r"at the edge of the .* tried|in the outer .* of the range": "edge of a search",
    "winner's curse": "winner's curse",
    "the choice would be another": "another metric would choose otherwise",
    r"^\d+ repetitions?: fewer": "few repetitions",
    "different numbers of repetitions": "unequal repetitions",
    "unequal search sizes": "unequal searches",
    "are mixed": "mixed origins",
    "twice with different results": "results that do not repeat",
    "interrupted trials?": "interrupted trials",
    "stopped early": "search stopped early",
    "before the first step": "target met at the start",
}
# Questions ask neither about seconds nor against a baseline.
ELSEWHERE = re.compile("timed with more jobs than cores|with the baseline|and of the baseline")


def concerning(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of problems, joined by commas where they have the sentence in common, and sentences."""
    problems: dict[str, list[str]] = {}
    for problem, sentence in found:
        if not ELSEWHERE.search(sentence):
            problems.setdefault(sentence, []).append(problem)
    return [(", ".join(names), sentence) for sentence, names in problems.items()]


def kinds(found: list[tuple[str, str]]) -> list[str]:
    """The kinds of these warnings, each once: what fits into a row of the table."""
    named = (next((kind for text, kind in KINDS.items() if re.search(text, one)), one) for _, one in found)
    return list(dict.fromkeys(named))
