#!/usr/bin/env python3
"""The experiments can be run: every question has its manifests, and the program accepts them. Argument: the program."""

import contextlib
import functools
import json
import math
import pathlib
import re
import sqlite3
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
        files = sorted(str(file) for file in EXPERIMENTS.rglob("*.yaml") if file.parent.name != "suites")
        done = subprocess.run([RAVINE, "run", "--dry-run", *files], cwd=EXPERIMENTS.parent, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        # Not known where a data set has not been fetched.
        told = re.findall("still to be run into|What is still to be run is not known", done.stdout)
        self.assertEqual(len(told), len(files))

    def test_gradient_descent_trains_at_the_edge_of_stability(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "edge.db"
            subprocess.run(
                [RAVINE, "run", str(EXPERIMENTS / "edge-of-stability.yaml"), "--out", str(file)],
                cwd=EXPERIMENTS.parent, capture_output=True, check=True)
            with contextlib.closing(sqlite3.connect(file)) as results:
                rows = results.execute(
                    "SELECT optimizer, value FROM curves WHERE metric = 'hessian_eigenvalue' ORDER BY step").fetchall()
        for lr in (0.02, 0.03, 0.04):
            values = [value for optimizer, value in rows if optimizer == f"lr {lr}"]
            with self.subTest(lr):
                self.assertLess(values[0], 0.6 * 2 / lr)
                for value in values[-len(values) // 3 :]:
                    self.assertAlmostEqual(value * lr / 2, 1, delta=0.1)

    def test_the_program_accepts_the_manifest_that_the_documentation_begins_with(self):
        page = (EXPERIMENTS.parent / "docs" / "start.md").read_text()
        shown = re.search(r"^    # mine\.yaml\n((?:    .*\n)+)", page, re.MULTILINE)[1]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(textwrap.dedent(shown))
            file.flush()
            done = subprocess.run([RAVINE, "run", "--dry-run", file.name], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


def planned(name):
    """The plan of a question's manifest: what --dry-run says of its trials, and a dictionary for each row."""
    file = QUESTIONS / f"{name}.yaml"
    done = subprocess.run([RAVINE, "run", "--dry-run", file], capture_output=True, text=True, check=True)
    summary, table = done.stdout.split("\n\n")[:2]
    names, *rows = (re.split(" {2,}", line.strip()) for line in table.splitlines())
    return summary, [dict(zip(names, row, strict=True)) for row in rows]


def searched(row):
    """The point of a row of the plan."""
    return {name: float(value) for name, value in (each.split("=") for each in row["searched"].split())}


@functools.cache
def specs(name):
    """The settings of each trial of a question on landscapes, which is run for one step."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "one-step.db")
        changed = ["--set", "train.steps=1", "--set", "repetitions=1", "--out", file]
        subprocess.run([RAVINE, "run", QUESTIONS / f"{name}.yaml", *changed], capture_output=True, check=True)
        with contextlib.closing(sqlite3.connect(file)) as database:
            stored = database.execute("SELECT spec FROM trials").fetchall()
    return [json.loads(spec) for (spec,) in stored]


class designs(unittest.TestCase):
    """What makes the comparison of a question fair, and is easily lost when its manifest is changed."""

    def test_question_6_draws_from_ranges_that_hold_the_best_rates_of_theory(self):
        # The ellipsoid has curvatures from 2 to 2 kappa. Polyak 1964 gives the best heavy ball on a quadratic, Lessard,
        # Recht & Packard 2016 (SIAM J. Optim. 26, table 1) the best of Nesterov's method.
        kappa, least = 1000, 2
        root, nesterov = math.sqrt(kappa), math.sqrt(3 * kappa + 1)
        best = {
            "momentum": {
                "lr": (2 / (math.sqrt(least) * (root + 1))) ** 2,
                "beta": ((root - 1) / (root + 1)) ** 2,
            },
            "nag": {"lr": 4 / (least * (3 * kappa + 1)), "beta": (nesterov - 2) / (nesterov + 2)},
        }
        text = (QUESTIONS / "06-bowl.yaml").read_text()
        self.assertIn(f"{{use: ellipsoid, label: bowl, with: {{n: 10, kappa: {kappa}}}}}", text)
        _, rows = planned("06-bowl")
        for optimizer, point in best.items():
            drawn = [searched(row) for row in rows if row["optimizer"] == optimizer]
            self.assertEqual(len(drawn), 2048)
            for name, value in point.items():
                with self.subTest(optimizer=optimizer, hyperparameter=name):
                    tried = sorted(each[name] for each in drawn)
                    # Not in the outer twentieth, of which ravine compare warns.
                    self.assertLess(tried[len(tried) // 20], value)
                    self.assertGreater(tried[-len(tried) // 20], value)

    def test_questions_7_and_8_look_after_every_step(self):
        for name in ("07-scales", "07-rotated", "08-saddles", "08-noisy-saddles"):
            with self.subTest(name):
                every = [spec["evaluate"]["every"] for spec in specs(name)]
                self.assertGreater(len(every), 0)
                self.assertEqual(every, [{"steps": 1}] * len(every))

    def test_question_8_has_gradient_descent_at_each_effective_rate_of_momentum(self):
        for name in ("08-saddles", "08-noisy-saddles"):
            with self.subTest(name):
                rates = {"sgd": set(), "momentum": set()}
                for spec in specs(name):
                    rule = spec["optimizer"]
                    if rule["use"] in rates:
                        rate = rule["with"]["lr"] / (1 - rule["with"].get("beta", 0))
                        rates[rule["use"]].add(float(f"{rate:.9g}"))
                self.assertGreater(len(rates["momentum"]), 1)
                self.assertEqual(rates["sgd"], rates["momentum"])

    def test_question_12_gives_each_batch_size_equal_steps_and_rates(self):
        _, rows = planned("12-equal-steps")
        self.assertEqual({row["budget"] for row in rows}, {"600 steps"})
        rates = {}
        for row in rows:
            rates.setdefault(row["batch size"], set()).add(searched(row)["lr"])
        self.assertGreater(len(rates), 1)
        self.assertEqual(len(set(map(frozenset, rates.values()))), 1)

    def test_question_16_tunes_on_several_seeds_and_tries_the_best_again(self):
        for name in ("16-modern", "16-valley"):
            with self.subTest(name):
                summary, rows = planned(name)
                self.assertRegex(summary, r"then [1-9]\d* of finalists")
                for row in rows:
                    self.assertGreater(int(row["repetitions"]), 1, row)

    def test_question_16_lets_every_method_that_has_weight_decay_search_it(self):
        _, rows = planned("16-modern")
        with_decay = set()
        for optimizer in {row["optimizer"] for row in rows}:
            info = subprocess.run([RAVINE, "plugins", "info", optimizer], capture_output=True, text=True, check=True)
            has_decay = re.search(r"^  weight_decay ", info.stdout, re.MULTILINE) is not None
            points = [searched(row) for row in rows if row["optimizer"] == optimizer]
            with self.subTest(optimizer):
                self.assertEqual({"weight_decay" in point for point in points}, {has_decay})
                if has_decay:
                    with_decay.add(optimizer)
                    self.assertGreater(len({point["weight_decay"] for point in points}), 1)
        self.assertIn("adamw", with_decay)
        self.assertIn("momentum", with_decay)


if __name__ == "__main__":
    unittest.main()
