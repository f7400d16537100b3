#!/usr/bin/env python3
"""The experiments can be run: every question has its manifests, and the program accepts them. Argument: the program."""

import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

EXPERIMENTS = pathlib.Path(__file__).resolve().parents[2] / "experiments"
QUESTIONS = EXPERIMENTS / "questions"
sys.path.insert(0, str(EXPERIMENTS))

from answers import everything  # noqa: E402
from answers.table import split, stored  # noqa: E402

RAVINE = sys.argv.pop(1)


class experiments(unittest.TestCase):
    def test_each_of_the_sixteen_questions_is_asked_once(self):
        self.assertEqual([each.number for each in everything], list(range(1, 17)))

    def test_each_numbered_manifest_belongs_to_the_question_of_its_number(self):
        asked = sorted((name, each.number) for each in everything for name in each.manifests)
        there = sorted((file.stem, int(file.stem[:2])) for file in QUESTIONS.glob("*.yaml"))
        self.assertEqual(asked, there)

    def test_the_readme_has_a_row_and_a_section_for_each_question_that_is_asked(self):
        entries = stored(split((EXPERIMENTS / "README.md").read_text())[1])
        self.assertEqual(sorted(entries), [each.number for each in everything])
        for each in everything:
            with self.subTest(each.number):
                self.assertIn(f"### Question {each.number}\n\n{each.claim}\n", entries[each.number].section)

    def test_each_manifest_begins_with_the_claim_and_the_test(self):
        for file in QUESTIONS.glob("*.yaml"):
            with self.subTest(file.name):
                comment = file.read_text().split("\nname: ")[0]
                self.assertRegex(comment, rf"^# Question {int(file.stem[:2])}\b[^\n]*The textbook:")
                self.assertIn("\n# The test: ", comment)

    def test_results_are_named_by_the_manifest(self):
        for file in QUESTIONS.glob("*.yaml"):
            with self.subTest(file.name):
                self.assertIn(f"\nname: {file.stem}\n", file.read_text())

    def test_the_program_accepts_each_manifest(self):
        files = sorted(map(str, EXPERIMENTS.rglob("*.yaml")))
        done = subprocess.run([RAVINE, "run", "--dry-run", *files], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count("still to be run into"), len(files))

    def test_the_program_accepts_the_manifest_that_the_documentation_begins_with(self):
        page = (EXPERIMENTS.parent / "docs" / "start.md").read_text()
        shown = re.search(r"^    # mine\.yaml\n((?:    .*\n)+)", page, re.MULTILINE)[1]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(textwrap.dedent(shown))
            file.flush()
            done = subprocess.run([RAVINE, "run", "--dry-run", file.name], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
