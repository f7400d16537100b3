"""Whether docs/sdk.md names every public name of the SDK's headers, and none that is gone.

A member of a class has to be named, in code, in a section whose heading has the class. A header STEM.hpp that has a page of its
own, docs/STEM.md, is left to that page."""
import pathlib
import re
import sys

import sdk_names

# Used without being named, or not by authors.
OWNERS_LEFT_OUT = {
    "hyper_name": "made of a text where it is used",
    "state_name": "made of a text where it is used",
    "tensor_range": "what a range-based for goes over",
}
LEFT_OUT = {"hyperparameter_set", "iterator"}
# Public for the compiler's sake: what the functions of the same class have set.
FIELDS_LEFT_OUT = {("hyperparameter", each) for each in (
    "type", "name", "default_value", "text", "minimum", "maximum", "flags", "scale", "searched", "search_low", "search_high",
    "choices", "list", "count")}
# Read by Ravine, or what other headers are made of.
HEADERS_WITHOUT_NAMES = {"hooks.hpp", "lapack.hpp", "optimizer.hpp", "optimizer_table.hpp"}


def is_left_out(each):
    return (each.owner in OWNERS_LEFT_OUT or each.text in OWNERS_LEFT_OUT or each.text in LEFT_OUT or
            (each.owner, each.text) in FIELDS_LEFT_OUT)


def code_of(text):
    """The identifiers that a page has in code."""
    blocks = re.findall(r"^    .*$", text, re.M)
    spans = re.findall(r"`([^`]+)`", text)
    return set(re.findall(r"[A-Za-z_]\w*", " ".join(blocks + spans)))


def sections_of(page):
    """[(heading, text)] of a page."""
    parts = re.split(r"^(#+ .*)$", page, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def missing(names, page):
    for each in names:
        if each.owner == "":
            found = each.text in code_of(page)
        else:
            found = any(each.text in code_of(text) for heading, text in sections_of(page) if each.owner in code_of(heading))
        if not found:
            place = f"in a section whose heading has `{each.owner}`" if each.owner else "in code"
            yield f"{each.header}: {each.owner}{'::' if each.owner else ''}{each.text} is not named {place}"


def stale(names, page):
    """Calls in the first column of the tables that no class of the section's heading, and no header, has."""
    free = {each.text for each in names if each.owner == ""}
    members = {}
    for each in names:
        members.setdefault(each.owner, set()).add(each.text)
    for heading, text in sections_of(page):
        known = free.union(*(members.get(owner, set()) for owner in code_of(heading)))
        for cell in re.findall(r"^\| (.*?) \|", text, re.M):
            for call in re.findall(r"`(?:\w+\.)?([A-Za-z_]\w*)(?:<[^>]*>)?\(", cell):
                if call not in known:
                    yield f"{heading}: {call} is in no header"


def main(root):
    headers = root / "framework/sdk/include/ravine"
    everything = sdk_names.public_names(headers)
    have_pages = {each.name for each in headers.glob("*.hpp") if (root / "docs" / f"{each.stem}.md").exists()}
    names = [each for each in everything if not is_left_out(each) and each.header not in have_pages]
    page = (root / "docs/sdk.md").read_text()
    problems = list(missing(names, page)) + list(stale(everything, page))
    read = {each.header for each in everything}
    for header in sorted(each.name for each in headers.glob("*.hpp")):
        if header not in read | have_pages | HEADERS_WITHOUT_NAMES:
            problems.append(f"{header}: no public name was found in it")
    print(f"{len(names)} names")
    for each in problems:
        print(each, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
