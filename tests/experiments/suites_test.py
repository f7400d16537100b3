#!/usr/bin/env python3
"""The suites in experiments/suites: frozen, and with baselines that were run by the version that is there. Argument: the program."""

import collections
import csv
import hashlib
import pathlib
import re
import subprocess
import sys
import unittest

SUITES = pathlib.Path(__file__).resolve().parents[2] / "experiments" / "suites"
RAVINE = sys.argv.pop(1)


def comments_and_rows(file):
    lines = file.read_text().splitlines()
    comments = dict(line[2:].partition(": ")[::2] for line in lines if line.startswith("# "))
    return comments, list(csv.DictReader(line for line in lines if not line.startswith("# ")))


class suites(unittest.TestCase):
    def each(self):
        found = sorted(SUITES.glob("*.yaml"))
        self.assertTrue(found)
        for manifest in found:
            with self.subTest(manifest.stem):
                yield manifest, *comments_and_rows(manifest.with_suffix(".csv"))

    def test_baselines_are_of_the_suite_that_is_there(self):
        for manifest, comments, _ in self.each():
            title = re.search(r"^name: (.+)$", manifest.read_text(), re.MULTILINE)[1]
            self.assertRegex(title, rf"^{manifest.stem}-[0-9]+$")
            self.assertEqual(comments["suite"], title)
            self.assertEqual(comments["sha256"], hashlib.sha256(manifest.read_bytes()).hexdigest())

    def test_every_baseline_was_run_on_every_problem_with_all_repetitions(self):
        for manifest, _, rows in self.each():
            repetitions = int(re.search(r"^repetitions: (\d+)$", manifest.read_text(), re.MULTILINE)[1])
            problems = collections.defaultdict(set)
            for row in rows:
                problems[row["optimizer"]].add(row["problem"])
                self.assertEqual(len(row["costs"].split(";")), repetitions)
            everywhere = set().union(*problems.values())
            self.assertEqual([name for name, its in problems.items() if its != everywhere], [])
            self.assertIn("adam", problems)

    def test_the_program_plans_a_run_of_each(self):
        for manifest, _, rows in self.each():
            command = [RAVINE, "run", "--suite", manifest.stem, "--optimizer", "adam", "--dry-run"]
            done = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for problem in {row["problem"] for row in rows}:
                self.assertIn(problem, done.stdout)


if __name__ == "__main__":
    unittest.main()
