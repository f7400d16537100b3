#!/usr/bin/env python3
"""The rules by which answers are found, on numbers worked by hand. Argument: the program, which is not needed."""

import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "experiments"))

from answers.intervals import estimate  # noqa: E402
from answers.landscapes import growth, predicted_steps, sooner, travel_across  # noqa: E402
from answers.orders import chain, confirms, in_order, sign  # noqa: E402
from answers.question import part  # noqa: E402
from answers.races import epochs_at_least  # noqa: E402
from answers.rates import decades, prevented  # noqa: E402
from answers.results import trial  # noqa: E402


class rules(unittest.TestCase):
    def test_an_order_is_seen_where_pairs_differ_alike(self):
        fast, slow, either = [1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7], [2, 1, 4, 3, 5, 6]
        self.assertEqual((sign(fast, slow), sign(slow, fast), sign(fast, either)), ("<", ">", "~"))

    def test_a_chain_names_each_neighbour_in_the_order_of_the_claim(self):
        values = {"a": [1, 2, 3, 4, 5, 6], "b": [2, 3, 4, 5, 6, 7], "c": [1, 2, 3, 4, 5, 6]}
        self.assertEqual(chain(["a", "b", "c"], values), "a < b > c")
        self.assertEqual(confirms(["a", "b", "c"], values, "<"), [True, False])

    def test_each_neighbouring_pair_is_a_part_with_a_case_for_each_setting(self):
        self.assertEqual(
            in_order(["a", "b", "c"], "before", [[True, False], [True, True]]),
            [part("a before b", [True, True]), part("b before c", [False, True])],
        )

    def test_clipping_is_asked_only_where_something_fails_without_it(self):
        self.assertEqual(prevented({"without": [0, 1, 8, 10], "clipped": [3, 0, 0, 2]}), [True, True, False])

    def test_sooner_asks_only_where_either_gets_away(self):
        def steps(value):
            return estimate(value, value, value)

        quiet = {"ours": steps(5), "rival": steps(math.inf)}
        stuck = {"ours": steps(math.inf), "rival": steps(math.inf)}
        noisy = {"ours": steps(9), "rival": estimate(10, 9, 12)}
        self.assertEqual(sooner("ours", "rival", quiet, stuck, noisy), [True, False])

    def test_the_width_ends_at_the_first_rate_outside_the_limit(self):
        rates, badness = [0.001, 0.01, 0.1, 1, 10], [1.04, 2, 1.0, 1.05, 1.06]
        self.assertAlmostEqual(decades(rates, badness, 1.05), 1)
        self.assertAlmostEqual(decades(rates, [1.2, 1.04, 1.0, 2, 1.0], 1.05), 1)

    def test_a_run_that_never_arrives_took_at_least_all_its_epochs(self):
        def run(reached):
            return trial("p", "o", {}, 0, "completed", 100, 3.0, math.inf, reached, 1, 0, 1)

        self.assertEqual((epochs_at_least(run(math.inf)), epochs_at_least(run(0.5))), (3.0, 0.5))

    def test_steps_that_grow_as_the_root_have_the_power_of_one_half(self):
        self.assertAlmostEqual(growth([100, 10000], [30, 300]), 0.5)

    def test_the_loss_shrinks_by_the_square_of_the_rate(self):
        # From 0.04^2 + 10 * 0.03^2 = 0.0106 to 1e-6, at 9 / 11 a step: ln 10600 / (2 ln (11 / 9)) = 23.1.
        self.assertAlmostEqual(predicted_steps(10, 9 / 11), 23.09, places=2)

    def test_way_across_counts_there_and_back_in_distances_of_the_start(self):
        self.assertEqual(travel_across([(0, 2), (5, -2), (9, 0)]), 3)


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main()
