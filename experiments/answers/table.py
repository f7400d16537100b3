"""The table in README.md: the part between two markers is made from stored results, row by row."""

import re

from .question import answer, question, verdict

BEGIN = "<!-- measured: rewritten by run-all -->"
END = "<!-- end of measured -->"
HEAD = "| | the textbook says | manifests, and what to run | measured | verdict |\n|---|---|---|---|---|\n"


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def commands(asked: question, found: answer) -> str:
    """What to run for the row; and for the curves, where the textbook isn't simply right."""
    lines = [f"[{name}]({name}.yaml)" for name in asked.manifests] + [f"`run-all --only {asked.number}`"]
    if found.verdict is not verdict.HOLDS:
        lines += [f"`ravine report results/{name}.db -o {name}.html`" for name in asked.manifests]
    return "<br>".join(lines)


def row(asked: question, found: answer) -> str:
    measured = "<br>".join(cell(line) for line in found.measured)
    grade = f"**{found.verdict.value}**: {cell(found.why)}"
    return f"| {asked.number} | {cell(asked.claim)} | {commands(asked, found)} | {measured} | {grade} |\n"


def split(readme: str) -> tuple[str, str, str]:
    """What is before, between and after the markers. Raises ValueError if they are not there once each."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1 or readme.index(BEGIN) > readme.index(END):
        raise ValueError(f"README.md: expected the line {BEGIN!r} and after it {END!r}, once each")
    before, rest = readme.split(BEGIN)
    between, after = rest.split(END)
    return before, between, after


def stored_rows(between: str) -> dict[int, str]:
    return {int(found[1]): found[0] for found in re.finditer(r"^\| (\d+) \|.*\n", between, re.MULTILINE)}


def rewritten(readme: str, rows: dict[int, str], asked: list[question], closing: str) -> str:
    """The README with these rows. Those of questions without results stay as they are."""
    before, between, after = split(readme)
    all_rows = {**stored_rows(between), **rows}
    body = "".join(all_rows[each.number] for each in asked if each.number in all_rows)
    return f"{before}{BEGIN}\n\n{HEAD}{body}\n{closing}\n\n{END}{after}"
