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

from answers.intervals import below, estimate, median, paired_difference, quantile, rejected_rank_sum  # noqa: E402
from answers.question import answer, part, parts_text, question, verdict  # noqa: E402
from answers.results import as_score, results, score  # noqa: E402
from answers.runner import runner  # noqa: E402
from answers.table import BEGIN, END, rewritten, split, stored  # noqa: E402
from answers.text import best_rate, number, spread  # noqa: E402
from answers.warnings import concerning, kinds  # noqa: E402

RAVINE = sys.argv.pop(1)
REFERENCE = pathlib.Path(__file__).resolve().parents[1] / "compare" / "reference.json"
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
    return answer([f"steps {spread(steps)}"], [part("easy", [True])], "it does | here")


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
            stored(self.readme())[1].row,
            "| [1](#question-1) | A bowl \\| is easy. | **holds** | it does \\| here "
            "| edge of a search, winner's curse, few repetitions |\n",
        )

    def test_warnings_of_compare_stand_in_full_below_the_numbers(self):
        self.work("run")
        section = stored(self.readme())[1].section
        edge = "sgd: the best lr, 0.25, is at the edge of the 2 values that were tried"
        self.assertIn(f"\n- warning of bowl: {edge}\n", section)
        self.assertIn("\n- warning of bowl: 3 repetitions: fewer than 5 say little about spread\n", section)

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
        ours, theirs = [1, 11, 21, 31, 41, 51], [2, 12, 22, 32, 43, 52]
        self.assertEqual(paired_difference(ours, theirs).value, -1)
        self.assertTrue(below(ours, theirs))
        self.assertFalse(below(theirs, ours))
        self.assertFalse(below(ours, ours))

    def test_five_pairs_tell_nothing_apart(self):
        self.assertEqual(paired_difference([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]), estimate(-3, -math.inf, math.inf))

    def test_where_nothing_is_random_one_pair_is_enough(self):
        self.assertEqual(paired_difference([1], [3]), estimate(-2, -2, -2))
        self.assertTrue(below([1, 1], [3, 3]))

    def test_the_interval_is_that_of_scipy(self):
        for case in json.loads(REFERENCE.read_text())["signed_rank_intervals"]:
            differences = case["differences"]
            if len(differences) > 50:  # approximate there
                continue
            with self.subTest(len(differences)):
                found = paired_difference(differences, [0.0] * len(differences))
                expected = (case["estimate"], *case["interval"])
                for value, of_scipy in zip((found.value, found.lower, found.upper), expected):
                    self.assertAlmostEqual(value, of_scipy, places=12)

    def test_rank_sums_are_counted_as_tables_have_them(self):
        # Critical values of the two-sided test at 5 %, as textbooks print them: from six pairs on, and none below.
        self.assertEqual([rejected_rank_sum(n, 0.025) for n in range(5, 11)], [None, 0, 2, 3, 5, 8])

    def test_one_of_many_needs_more_than_one_alone(self):
        ours, theirs = [0] * 8, [1, 2, 3, 4, 5, 6, 7, -0.5]
        self.assertTrue(below(ours, theirs))
        self.assertFalse(below(ours, theirs, among=10))

    def test_two_that_never_arrive_are_alike(self):
        self.assertEqual(paired_difference([math.inf, 1], [math.inf, 1]).value, 0)
        some = [math.inf, 1, 2, 3, 4, 5]
        self.assertEqual(paired_difference(some, some), estimate(0, 0, 0))

    def test_one_failure_leaves_the_difference_finite(self):
        found = paired_difference([math.inf, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 2, 3, 4, 5, 6, 7, 8])
        self.assertEqual((found.value, found.lower), (1, 1))

    def test_infinity_is_read_as_such(self):
        stored = {"values": ["inf", 0.5], "median": "inf", "median_interval": [0.5, "inf"]}
        self.assertEqual(as_score(stored), score([math.inf, 0.5], estimate(math.inf, 0.5, math.inf)))

    def test_one_repetition_has_no_interval(self):
        stored = {"values": [0.5], "median": 0.5, "median_interval": ["nan", "nan"]}
        self.assertEqual(spread(as_score(stored).median), "0.5")

    def test_a_claim_of_parts_is_graded_by_parts(self):
        whole, some, none = part("a", [True]), part("b", [True, False]), part("c", [False])
        self.assertEqual(verdict([whole, whole]), "holds")
        self.assertEqual(verdict([whole, some]), "1 of 2 parts holds")
        self.assertEqual(verdict([whole, whole, none]), "2 of 3 parts hold")
        self.assertEqual(verdict([some, none]), "0 of 2 parts hold")
        self.assertEqual(verdict([none, none]), "does not hold here")
        self.assertEqual(parts_text([whole, some, none]), "parts that hold: a. Those that do not: b (1 of 2); c")
        self.assertEqual(parts_text([part("d", [True, True])]), "parts that hold: d (2 of 2)")
        self.assertEqual(parts_text([none]), "parts that do not hold: c")

    def test_a_part_that_was_never_tried_does_not_hold(self):
        self.assertFalse(part("a", []).holds)

    def test_warnings_are_told_once_and_those_of_seconds_not(self):
        edge = "sgd: the best lr, 2, is at the edge of the 3 values that were tried"
        crowded = "timed with more jobs than cores: 8 trials, with seconds that are too long"
        found = concerning([("bowl", edge), ("bowl", crowded), ("valley", edge), ("valley", "something new")])
        self.assertEqual(found, [("bowl, valley", edge), ("valley", "something new")])
        self.assertEqual(kinds(found), ["edge of a search", "something new"])

    def test_a_best_rate_at_the_edge_is_marked(self):
        self.assertEqual(
            [best_rate(lr, [0.1, 1, 10]) for lr in (0.1, 1, 10)],
            ["0.1 (edge of those tried)", "1", "10 (edge of those tried)"],
        )

    def test_numbers_are_short(self):
        shown = [number(value) for value in (0, 5154600, 0.06253, 7.08, 100, 99.96, 0.00012, math.inf)]
        self.assertEqual(shown, ["0", "5,154,600", "0.0625", "7.08", "100", "100", "1.2e-4", "never"])
        self.assertEqual(spread(estimate(3, 2.5, 4)), "3 [2.5, 4]")
        self.assertEqual(spread(estimate(3, 3, 3)), "3")
        self.assertEqual(spread(estimate(3, math.nan, math.nan)), "3")


if __name__ == "__main__":
    unittest.main()
