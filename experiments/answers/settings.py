"""Questions about settings beside the learning rate: Nesterov's look-ahead, bias correction, batch size, epsilon."""

import math
import statistics

from .intervals import mean_difference, median
from .landscapes import growth
from .question import answer, asks, graded
from .results import results
from .text import listed, rate, share, spread


@asks(
    6,
    "Nesterov's look-ahead beats momentum on convex problems; in deep networks the difference is small.",
    ["06-nesterov"],
)
def nesterov(stored: results) -> answer:
    def values(problem, name):
        if problem == "bowl":
            return [math.log10(max(value, 1e-300)) for value in stored.score(problem, name, "loss").values]
        return stored.score(problem, name, "validation_loss").values

    measured, gains = [], {}
    for problem in stored.problems():
        metric = "loss" if problem == "bowl" else "validation_loss"
        gains[problem] = mean_difference(values(problem, "nag"), values(problem, "momentum"))
        relative = " (log10)" if problem == "bowl" else ""
        measured.append(
            f"{problem}, {'final' if problem == 'bowl' else 'validation'} loss: "
            + listed((name, spread(stored.score(problem, name, metric).median)) for name in ("momentum", "nag"))
            + f"; difference{relative} {spread(gains[problem])}"
        )
    deep = mean_difference(
        stored.score("deep network", "nag", "test_accuracy").values,
        stored.score("deep network", "momentum", "test_accuracy").values,
    )
    measured.append(f"deep network, test accuracy gained: {spread(deep, lambda g: f'{100 * g:+.2f} %')}")
    convex = {problem: gains[problem].upper < 0 for problem in ("bowl", "regression")}
    small = -0.002 < deep.lower and deep.upper < 0.002
    better = [problem for problem, is_better in convex.items() if is_better]
    why = f"better on {' and '.join(better) or 'neither convex problem'}; in the deep network " + (
        "the accuracies are within 0.2 %" if small else "the accuracies may differ by more than 0.2 %"
    )
    return answer(measured, graded([*convex.values(), small]), why)


@asks(9, "Adam's bias correction matters early, and not in the end.", ["09-bias-correction"])
def bias_correction(stored: results) -> answer:
    measured, worse_without, better_without = [], ([], []), ([], [])
    for point in stored.points("network", "with"):
        losses = {}
        for label in ("with", "without"):
            curves = [
                stored.curve(run, "validation_loss")
                for run in stored.trials("network", label, point)
            ]
            losses[label] = ([curve[100] for curve in curves], [curve[max(curve)] for curve in curves])
        at = [mean_difference(losses["with"][i], losses["without"][i]) for i in (0, 1)]
        medians = [[spread(median(losses[label][i])) for label in ("with", "without")] for i in (0, 1)]
        setting = f"lr {rate(point['lr'])}, beta2 {rate(point['beta2'])}"
        measured.append(
            f"{setting}, loss with / without: step 100 {' / '.join(medians[0])}; end {' / '.join(medians[1])}"
        )
        for i in (0, 1):
            worse_without[i].extend([setting] if at[i].upper < 0 else [])
            better_without[i].extend([setting] if at[i].lower > 0 else [])
    count = len(measured)
    same_in_the_end = not worse_without[1] + better_without[1]
    grade = graded([bool(worse_without[0]), len(worse_without[0]) == count, same_in_the_end])
    why = (
        f"without it the first steps are larger: after 100 steps worse in {len(worse_without[0])} of {count} settings "
        f"({'; '.join(worse_without[0]) or 'none'}) and better in {len(better_without[0])}; in the end still worse in "
        f"{len(worse_without[1])} and better in {len(better_without[1])}"
    )
    return answer(measured, grade, why)


@asks(
    12,
    "Small batches are noisy and generalise better, large ones are steadier; multiply the learning rate by as much as "
    "the batch.",
    ["12-batch-size"],
)
def batch_size(stored: results) -> answer:
    batches = list(dict.fromkeys(str(point["train.batch_size"]) for point in stored.points("rate held", "sgd")))
    held = {
        (str(point["train.batch_size"]), point["lr"]): stored.score("rate held", "sgd", "test_accuracy", point)
        for point in stored.points("rate held", "sgd")
    }
    chosen_by = {
        (str(point["train.batch_size"]), point["lr"]): stored.score("rate held", "sgd", "validation_loss", point)
        for point in stored.points("rate held", "sgd")
    }
    rates = list(dict.fromkeys(lr for _, lr in held))
    best = {batch: min(rates, key=lambda lr: chosen_by[batch, lr].median.value) for batch in batches}
    scaled = {
        str(point["train.batch_size"]): stored.score("rate scaled", "sgd", "test_accuracy", point)
        for point in stored.points("rate scaled", "sgd")
    }
    rough = {batch: median(roughness(stored, batch)) for batch in ("1", "32", "512", "4096")}
    measured = [
        "best lr by batch: " + listed((batch, rate(best[batch])) for batch in batches),
        "test accuracy with it: "
        + listed((batch, spread(held[batch, best[batch]].median, share)) for batch in batches),
        "with the scaling rule from 0.1 at 32: "
        + listed((batch, spread(scaled[batch].median, share)) for batch in batches),
        "change of the validation loss in a quarter of an epoch, at the end, lr 0.01: "
        + listed((batch, spread(rough[batch])) for batch in rough),
    ]
    power = growth([32, 2048], [best["32"], best["2048"]])
    carries = [batch for batch in batches if scaled[batch].median.value >= held[batch, 0.1].median.value]
    generalises = held["32", best["32"]].median.lower > held["4096", best["4096"]].median.upper
    noisy = rough["1"].lower > rough["512"].upper
    linear = 0.75 <= power <= 1.25
    why = (
        f"small batches {'read' if generalises else 'do not read'} better after equal epochs; the best rate grows as "
        f"batch to the power {power:.2f} from 32 to 2048; the rule is no worse than the rate held at batches "
        f"{', '.join(carries)}"
    )
    return answer(measured, graded([generalises, noisy, linear]), why)


def roughness(stored: results, batch: str) -> list[float]:
    """Mean change of the validation loss from one quarter epoch to the next, over the last epoch, by repetition."""
    point = next(
        point
        for point in stored.points("rate held", "sgd")
        if str(point["train.batch_size"]) == batch and point["lr"] == 0.01
    )
    curves = [stored.curve(run, "validation_loss") for run in stored.trials("rate held", "sgd", point)]
    ends = [[curve[step] for step in sorted(curve)][-5:] for curve in curves]
    return [statistics.fmean(abs(b - a) for a, b in zip(end, end[1:])) for end in ends]


@asks(14, "Epsilon only keeps Adam from dividing by zero: 1e-8 will do.", ["14-epsilon", "14-plateau"])
def epsilon(network: results, plateau: results) -> answer:
    points = network.points("network", "adam")
    sizes = list(dict.fromkeys(point["eps"] for point in points))
    scores = {(p["eps"], p["lr"]): network.score("network", "adam", "validation_loss", p) for p in points}
    rates = list(dict.fromkeys(lr for _, lr in scores))
    best = {eps: min(rates, key=lambda lr: scores[eps, lr].median.value) for eps in sizes}
    measured = [
        "validation loss at lr 0.001: " + listed((f"{eps:g}:", spread(scores[eps, 0.001].median)) for eps in sizes),
        "at the best lr: "
        + listed((f"{eps:g} (lr {rate(best[eps])}):", spread(scores[eps, best[eps]].median)) for eps in sizes),
    ]
    steps = {}
    for problem in plateau.problems():
        steps[problem] = {
            point["eps"]: [run.target_steps for run in plateau.trials(problem, "adam", point)]
            for point in plateau.points(problem, "adam")
        }
        measured.append(
            f"{problem}, steps: "
            + listed((f"{eps:g}:", spread(median(values))) for eps, values in steps[problem].items())
        )
    usual = scores[1e-8, best[1e-8]].values
    better = [eps for eps in sizes[1:] if mean_difference(scores[eps, best[eps]].values, usual).upper < 0]
    faster = [
        problem
        for problem, by_size in steps.items()
        if any(median(values).upper < median(by_size[1e-8]).lower for values in by_size.values())
    ]
    on_plateau = {eps: median(values).value for eps, values in steps["plateau"].items()}
    slow = [eps for eps in on_plateau if on_plateau[eps] > 2 * on_plateau[1e-8]]
    why = (
        f"on MNIST {', '.join(f'{eps:g}' for eps in better) or 'no other'} better than 1e-8, each at its best rate; on "
        f"the plateau {', '.join(f'{eps:g}' for eps in slow) or 'none'} more than twice as slow"
    )
    return answer(measured, graded([not better, not faster]), why)
