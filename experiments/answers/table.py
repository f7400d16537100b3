"""The answers in README.md: the part between two markers is made from stored results, question by question. A table
has the verdicts, and a section for each question below it has the numbers."""

import re
from typing import NamedTuple

from .question import HOLDS, answer, parts_text, question, verdict
from .warnings import kinds

BEGIN = "<!-- measured: rewritten by run-all -->"
END = "<!-- end of measured -->"
HEAD = "| | the textbook says | verdict | because | warnings |\n|---|---|---|---|---|\n"


class entry(NamedTuple):
    """What README.md holds of one question. Each part ends with a newline."""

    row: str  # of the table
    section: str  # from its heading to its last line


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def commands(asked: question, found: answer) -> str:
    """How to repeat the measurement; and how to see the curves, unless the textbook is simply right."""
    manifests = ", ".join(f"[{name}](questions/{name}.yaml)" for name in asked.manifests)
    parts = [manifests, f"`run-all --only {asked.number}`"]
    if verdict(found.parts) != HOLDS:
        parts += [f"`ravine report results/{name}.db`" for name in asked.manifests]
    return " · ".join(parts)


def made(asked: question, found: answer, warnings: list[tuple[str, str]]) -> entry:
    """Warnings are pairs of problems and sentences."""
    anchor = f"question-{asked.number}"
    grade = f"**{verdict(found.parts)}** | {cell(found.why)} | {cell(', '.join(kinds(warnings)) or '–')}"
    lines = [*found.measured, parts_text(found.parts)]
    lines += [f"warning of {problems}: {sentence}" for problems, sentence in warnings]
    listing = "".join(f"- {line}\n" for line in lines)
    return entry(
        f"| [{asked.number}](#{anchor}) | {cell(asked.claim)} | {grade} |\n",
        f"### Question {asked.number}\n\n{asked.claim}\n\n{listing}\n{commands(asked, found)}\n",
    )


def split(readme: str) -> tuple[str, str, str]:
    """What is before, between and after the markers. Raises ValueError if they are not there once each."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1 or readme.index(BEGIN) > readme.index(END):
        raise ValueError(f"README.md: expected the line {BEGIN!r} and after it {END!r}, once each")
    before, rest = readme.split(BEGIN)
    between, after = rest.split(END)
    return before, between, after


def stored(between: str) -> dict[int, entry]:
    """The entries of the part between the markers, by the number of the question."""
    rows = {int(found[1]): found[0] for found in re.finditer(r"^\| \[(\d+)\].*\n", between, re.MULTILINE)}
    sections = re.split(r"^(?=### Question \d+$)", between, flags=re.MULTILINE)[1:]
    by_number = {int(re.match(r"### Question (\d+)", text)[1]): text.strip("\n") + "\n" for text in sections}
    return {number: entry(row, by_number.get(number, "")) for number, row in rows.items()}


def rewritten(readme: str, found: dict[int, entry], asked: list[question], closing: str) -> str:
    """The README with these entries. Those of questions without results stay as they are."""
    before, between, after = split(readme)
    known = {**stored(between), **found}
    entries = [known[each.number] for each in asked if each.number in known]
    table = HEAD + "".join(each.row for each in entries)
    sections = "\n".join(each.section for each in entries)
    return f"{before}{BEGIN}\n\n{table}\n{closing}\n\n{sections}\n{END}{after}"
