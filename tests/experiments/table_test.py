#!/usr/bin/env python3
"""run-all and the answers that it writes, on an experiment of a few milliseconds. Argument: the program."""

import contextlib
import io
import json
import math
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest

EXPERIMENTS = pathlib.Path(__file__).resolve().parents[2] / "experiments"
sys.path.insert(0, str(EXPERIMENTS))

from answers.intervals import below, estimate, mean_difference, median, quantile  # noqa: E402
from answers.question import answer, graded, question, verdict  # noqa: E402
from answers.results import as_score, results, score  # noqa: E402
from answers.runner import runner  # noqa: E402
from answers.table import BEGIN, END, rewritten, split, stored  # noqa: E402
from answers.text import number, spread  # noqa: E402

RAVINE = sys.argv.pop(1)
MANIFEST = """
name: bowl
repetitions: 3
problems:
  - {use: sphere, with: {n: 2}, label: bowl, instance: {shift: true}}
train: {steps: 20}
evaluate: {every: {steps: 1}, target: {loss: 1e-3}}
optimizers:
  - {use: sgd, with: {lr: {grid: [0.25, 2]}}}
"""
ENTRY = "| [2](#question-2) | a row that stays |\n\n### Question 2\n\n- 3 steps\n"
README = f"before\n\n{BEGIN}\n{ENTRY}\n{END}\n\nafter\n"


def count_steps(stored: results) -> answer:
    steps = median([each.target_steps for each in stored.trials("bowl", "sgd", {"lr": 0.25})])
    return answer([f"steps {spread(steps)}"], verdict.HOLDS, "it does | here")


ASKED = [question(1, "A bowl | is easy.", ["bowl"], count_steps), question(2, "Another.", ["absent"], count_steps)]


class run_all(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "questions").mkdir()
        (self.folder / "questions" / "bowl.yaml").write_text(MANIFEST)
        (self.folder / "README.md").write_text(README)

    def work(self, what: str) -> tuple[int, str]:
        doing = runner(self.folder, self.folder / "results", ASKED, {1})
        doing.ravine = RAVINE
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            status = getattr(doing, what)()
        return status, said.getvalue()

    def readme(self) -> str:
        return (self.folder / "README.md").read_text()

    def test_numbers_in_the_table_are_those_in_the_file(self):
        self.assertEqual(self.work("run")[0], 0)
        rows = sqlite3.connect(self.folder / "results" / "bowl.db").execute(
            "SELECT target_steps FROM results WHERE point = '{\"lr\":0.25}' ORDER BY target_steps"
        )
        middle = [steps for (steps,) in rows][1]
        self.assertRegex(stored(self.readme())[1].section, rf"\n- steps {middle}( \[|\n)")

    def test_a_pipe_in_a_text_does_not_end_its_cell(self):
        self.work("run")
        self.assertEqual(
            stored(self.readme())[1].row, "| [1](#question-1) | A bowl \\| is easy. | **holds** | it does \\| here |\n"
        )

    def test_what_is_outside_the_markers_and_entries_without_results_stay(self):
        self.work("run")
        before, between, after = split(self.readme())
        self.assertEqual((before, after), ("before\n\n", "\n\nafter\n"))
        self.assertIn("\n| [2](#question-2) | a row that stays |\n", between)
        self.assertTrue(between.endswith("\n\n### Question 2\n\n- 3 steps\n\n"))

    def test_a_second_call_runs_nothing_and_says_so(self):
        self.assertIn("results/: 6\n", self.work("run")[1])
        text = self.readme()
        status, said = self.work("run")
        self.assertEqual(status, 0)
        self.assertIn("nothing to run: all 6 trials are in", said)
        self.assertEqual(self.readme(), text)

    def test_what_is_missing_is_run(self):
        self.work("run")
        database = sqlite3.connect(self.folder / "results" / "bowl.db")
        database.execute("DELETE FROM trials WHERE id IN (SELECT min(id) FROM trials)")
        database.commit()
        database.close()
        self.assertIn("results/: 1\n", self.work("run")[1])

    def test_check_finds_a_number_that_was_typed_and_mends_nothing(self):
        self.work("run")
        self.assertEqual(self.work("check")[0], 0)
        typed = self.readme().replace("steps ", "steps 1")
        (self.folder / "README.md").write_text(typed)
        status, said = self.work("check")
        self.assertEqual(status, 1)
        self.assertIn("question 1: the README does not agree", said)
        self.assertEqual(self.readme(), typed)

    def test_results_of_another_text_are_not_complete(self):
        self.work("run")
        (self.folder / "questions" / "bowl.yaml").write_text(MANIFEST.replace("repetitions: 3", "repetitions: 4"))
        self.assertIn("question 1: no complete results", self.work("check")[1])
        self.assertIn("results/: 2\n", self.work("run")[1])

    def test_check_without_results_is_no_success(self):
        status, said = self.work("check")
        self.assertEqual(status, 1)
        self.assertIn("question 1: no complete results", said)

    def test_what_is_left_is_announced_beforehand(self):
        self.assertIn("1 of 1 manifests to run, about 0 s and 1 of unknown length", self.work("run")[1])
        shutil.rmtree(self.folder / "results")
        (self.folder / "durations.json").write_text(json.dumps({"bowl": 240}))
        self.assertIn("1 of 1 manifests to run, about 4 min;", self.work("run")[1])

    def test_a_list_tells_durations_and_what_is_stored(self):
        (self.folder / "durations.json").write_text(json.dumps({"bowl": 240}))
        self.assertRegex(self.work("show")[1], r"bowl +4 min +-\n")
        self.work("run")
        self.assertRegex(self.work("show")[1], r"bowl +\d+ s +stored\n")

    def test_the_place_for_the_table_has_to_be_there(self):
        with self.assertRaisesRegex(ValueError, "expected the line"):
            rewritten("no markers", {}, ASKED, "")

    def test_a_diverged_line_has_the_worst_scores(self):
        self.work("run")
        stored = results(self.folder / "results" / "bowl.db", RAVINE)
        self.assertTrue(math.isinf(stored.score("bowl", "sgd", "loss", {"lr": 2}).median.value))
        self.assertTrue(math.isfinite(stored.score("bowl", "sgd", "loss").median.value))
        self.assertEqual(stored.chosen("bowl", "sgd"), {"lr": 0.25})

    def test_curves_and_paths_begin_at_the_start(self):
        self.work("run")
        stored = results(self.folder / "results" / "bowl.db", RAVINE)
        one = stored.trials("bowl", "sgd", {"lr": 0.25})[0]
        curve, path = stored.curve(one, "loss"), stored.path(one)
        self.assertEqual(list(curve), list(range(21)))
        self.assertEqual(len(path), 21)
        self.assertLess(curve[20], 1e-6 * curve[0])


class statistics_of_answers(unittest.TestCase):
    def test_quantiles_interpolate_and_take_infinite_values(self):
        self.assertEqual(quantile([1, 2, 3, 4], 0.5), 2.5)
        self.assertEqual(quantile([1, math.inf, math.inf], 0.75), math.inf)

    def test_a_median_lies_in_its_interval_which_repeats(self):
        values = [1, 5, 2, 8, 3]
        found = median(values)
        self.assertEqual(found.value, 3)
        self.assertTrue(1 <= found.lower < 3 < found.upper <= 8)
        self.assertEqual(found, median(values))

    def test_pairs_see_what_unpaired_spreads_hide(self):
        ours, theirs = [1, 11, 21, 31, 41], [2, 12, 22, 32, 43]
        self.assertEqual(mean_difference(ours, theirs).value, -1.2)
        self.assertTrue(below(ours, theirs))
        self.assertFalse(below(theirs, ours))
        self.assertFalse(below(ours, ours))

    def test_one_of_many_needs_more_than_one_alone(self):
        ours, theirs = [0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 1, 3, 1, 2, 1, -2]
        self.assertTrue(below(ours, theirs))
        self.assertFalse(below(ours, theirs, among=10))

    def test_two_that_never_arrive_are_alike(self):
        self.assertEqual(mean_difference([math.inf, 1], [math.inf, 1]), estimate(0, 0, 0))

    def test_infinity_is_read_as_such(self):
        stored = {"values": ["inf", 0.5], "median": "inf", "median_interval": [0.5, "inf"]}
        self.assertEqual(as_score(stored), score([math.inf, 0.5], estimate(math.inf, 0.5, math.inf)))

    def test_a_claim_of_parts_holds_under_conditions(self):
        self.assertEqual(graded([True, True]), verdict.HOLDS)
        self.assertEqual(graded([True, False]), verdict.CONDITIONS)
        self.assertEqual(graded([False, False]), verdict.NOT_HERE)

    def test_numbers_are_short(self):
        shown = [number(value) for value in (0, 5154600, 0.06253, 7.08, 100, 99.96, 0.00012, math.inf)]
        self.assertEqual(shown, ["0", "5,154,600", "0.0625", "7.08", "100", "100", "1.2e-4", "never"])
        self.assertEqual(spread(estimate(3, 2.5, 4)), "3 [2.5, 4]")
        self.assertEqual(spread(estimate(3, 3, 3)), "3")


if __name__ == "__main__":
    unittest.main()
