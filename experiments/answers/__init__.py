"""What the stored results say about each question: a function for each, which takes its numbers from the results and
its verdict from a rule that is written beside them."""

from . import batches, landscapes, races, rates, settings  # noqa: F401  (each module registers its questions)
from .question import questions as everything
