"""The public names of the SDK's headers: just enough of a C++ parser for how they are written."""
import dataclasses
import pathlib
import re

IDENTIFIER = r"[A-Za-z_]\w*"


@dataclasses.dataclass(frozen=True)
class name:
    header: str
    owner: str  # the class, or ""
    text: str


def without_comments(text):
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r'"(\\.|[^"\\])*"', '""', text)
    text = re.sub(r"^[ \t]*#(.*\\\n)*.*$", " ", text, flags=re.M)
    return re.sub(r"^RAVINE_\w+\(.*\)$", " ", text, flags=re.M)


def after_balanced(text, at, pair):
    """Where the text goes on after the bracket that opens at `at`."""
    depth = 0
    while True:
        depth += (text[at] == pair[0]) - (text[at] == pair[1])
        at += 1
        if depth == 0:
            return at


def without_templates(head):
    """A declaration without its template parameters and their requirements."""
    while match := re.match(r"\s*(template\s*<|requires\s*\(|\[\[)", head):
        opening = match.end() - 1
        pair = {"<": "<>", "(": "()", "[": "[]"}[head[opening]]
        start = opening - 1 if pair == "[]" else opening
        head = head[after_balanced(head, start, pair):]
    return head


class reader:
    def __init__(self, header, text):
        self.header, self.text, self.found = header, text, []

    def add(self, owner, text):
        self.found.append(name(self.header, owner, text))

    def read(self, at, end, owner, is_public):
        """Collects what is declared in text[at:end], within a class or a namespace."""
        start = at
        while at < end:
            if self.text[at] == "(":
                at = after_balanced(self.text, at, "()")
            elif self.text[at] == ":" and (access := re.fullmatch(r"\s*(public|private|protected)\s*", self.text[start:at])):
                is_public, at = access[1] == "public", at + 1
                start = at
            elif self.text[at] == ";":
                if is_public:
                    self.declaration(self.text[start:at], owner)
                at += 1
                start = at
            elif self.text[at] == "{":
                stop = after_balanced(self.text, at, "{}")
                head = without_templates(self.text[start:at])
                if self.is_scope(head):
                    if is_public:
                        self.scope(head, at + 1, stop - 1, owner)
                    start = stop
                elif "(" in head or head.strip() == "":
                    if is_public:
                        self.declaration(head, owner)
                    start = stop  # a function's body ends the declaration, an initialiser does not
                at = stop
            else:
                at += 1

    @staticmethod
    def is_scope(head):
        return re.match(r"\s*(namespace|struct|class|enum)\b", head) is not None and "(" not in head

    def scope(self, head, at, end, owner):
        kind, text = re.match(rf"\s*(namespace|struct|class|enum)\s+(?:class\s+)?([\w:]*)", head).groups()
        if kind == "namespace":
            if "detail" not in text:
                self.read(at, end, owner, True)
        elif kind == "enum":
            self.add(owner, text)
            for each in self.text[at:end].split(","):
                if match := re.match(rf"\s*({IDENTIFIER})", each):
                    self.add(text, match[1])
        elif "<" not in head.split(":")[0]:  # specialisations have what the template has
            self.add(owner, text)
            self.read(at, end, text, kind == "struct")

    def declaration(self, head, owner):
        head = without_templates(head)
        head = re.split(r"(?<![=!<>])=(?!=)", head)[0] if "operator" not in head else ""
        words = re.match(rf"\s*({IDENTIFIER})", head)
        if not words or words[1] in ("using", "friend", "static_assert", "typedef", "struct", "class"):
            if match := re.match(rf"\s*using\s+({IDENTIFIER})\s*$", head):
                if owner == "":
                    self.add(owner, match[1])
            return
        if match := re.search(rf"(~?{IDENTIFIER})\s*\(", head):
            if match[1].lstrip("~") != owner:
                self.add(owner, match[1])
            return
        for each in re.split(r",(?![^<]*>)", head.split("{")[0]):
            if match := re.search(rf"({IDENTIFIER})\s*(\[.*\])?\s*$", each):
                self.add(owner, match[1])


def public_names(folder):
    """All names that authors may use, in the order of the headers."""
    found = []
    for header in sorted(pathlib.Path(folder).glob("*.hpp")):
        text = header.read_text()
        found += [name(header.name, "", each) for each in re.findall(r"^#define (RAVINE_(?:OPTIMIZER|SCHEDULER|MODEL|LANDSCAPE))\(", text, re.M)]
        plain = without_comments(text)
        one = reader(header.name, plain)
        one.read(0, len(plain), "", True)
        found += one.found
    return list(dict.fromkeys(found))


if __name__ == "__main__":
    import sys
    for each in public_names(sys.argv[1]):
        print(each.header, each.owner, each.text)
