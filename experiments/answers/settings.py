"""Questions about settings beside the learning rate: Nesterov's look-ahead, bias correction, epsilon, beta."""

import math

from .intervals import below, estimate, median, paired_difference
from .question import answer, asks, part
from .results import results
from .text import best_rate, listed, rate, spread


@asks(
    6,
    "Nesterov's look-ahead beats momentum on convex problems; in deep networks the difference is small.",
    ["06-bowl", "06-nesterov"],
)
def nesterov(landscape: results, stored: results) -> answer:
    def losses(problem, name):
        if problem == "bowl":  # many orders of magnitude
            return [math.log10(max(value, 1e-300)) for value in landscape.score(problem, name, "loss").values]
        return stored.score(problem, name, "validation_loss").values

    measured, gains = [], {}
    for problem in ("bowl", "regression", "deep network"):
        of, metric = (landscape, "loss") if problem == "bowl" else (stored, "validation_loss")
        medians = {name: of.score(problem, name, metric).median for name in ("momentum", "nag")}
        gains[problem] = paired_difference(losses(problem, "nag"), losses(problem, "momentum"))
        measured.append(
            f"{problem}, {'final' if problem == 'bowl' else 'validation'} loss: "
            + listed((tuned(of, problem, name), spread(loss)) for name, loss in medians.items())
            + f"; difference{' (log10)' if problem == 'bowl' else ''} {spread(gains[problem])}"
        )
    accuracies = [stored.score("deep network", name, "test_accuracy").values for name in ("nag", "momentum")]
    gained = paired_difference(*accuracies)
    measured.append(f"deep network, test accuracy gained: {spread(gained, lambda g: f'{100 * g:+.2f} %')}")
    convex = ("bowl", "regression")
    better = [problem for problem in convex if gains[problem].upper < 0]
    worse = [problem for problem in convex if gains[problem].lower > 0]
    regression, deep = (in_percent(stored, problem, gains[problem]) for problem in ("regression", "deep network"))
    # Small: none is found, or in relation to the loss no larger a one than on the convex problem of the same kind.
    found = deep.lower > 0 or deep.upper < 0
    small = not found or abs(deep.value) <= abs(regression.value)
    in_words = f"which is {'' if small else 'not '}the smaller" if found else "where no difference is seen"
    why = (
        f"better on {' and '.join(better) or 'neither convex problem'}, worse on {' and '.join(worse) or 'none'}; "
        f"its loss differs by {spread(regression, percent)} on regression and by {spread(deep, percent)} in the deep "
        f"network, {in_words}"
    )
    parts = [part(f"better on {problem}", [problem in better]) for problem in convex]
    return answer(measured, [*parts, part("small in the deep network", [small])], why)


def in_percent(stored: results, problem: str, gain: estimate) -> estimate:
    """Of the median loss of momentum."""
    loss = stored.score(problem, "momentum", "validation_loss").median.value
    return estimate(*(100 * value / loss for value in (gain.value, gain.lower, gain.upper)))


def percent(value: float) -> str:
    return f"{value:+.1f} %"


def tuned(stored: results, problem: str, name: str) -> str:
    point = stored.chosen(problem, name)
    return f"{name} (lr {point['lr']:.3g}, beta {point['beta']:.3g})"


@asks(9, "Adam's bias correction matters early, and not in the end.", ["09-bias-correction"])
def bias_correction(stored: results) -> answer:
    measured, tried, worse_without, better_without = [], [], ([], []), ([], [])
    for point in stored.points("network", "with"):
        losses = {}
        for label in ("with", "without"):
            curves = [stored.curve(run, "validation_loss") for run in stored.trials("network", label, point)]
            losses[label] = ([curve[100] for curve in curves], [curve[max(curve)] for curve in curves])
        at = [paired_difference(losses["with"][i], losses["without"][i]) for i in (0, 1)]
        medians = [[spread(median(losses[label][i])) for label in ("with", "without")] for i in (0, 1)]
        setting = f"lr {rate(point['lr'])}, beta2 {rate(point['beta2'])}"
        tried.append(setting)
        measured.append(
            f"{setting}, loss with / without: step 100 {' / '.join(medians[0])}; end {' / '.join(medians[1])}"
        )
        for i in (0, 1):
            worse_without[i].extend([setting] if at[i].upper < 0 else [])
            better_without[i].extend([setting] if at[i].lower > 0 else [])
    count = len(measured)
    parts = [
        part("a difference after 100 steps", [each in worse_without[0] + better_without[0] for each in tried]),
        part("a better loss with it then", [each in worse_without[0] for each in tried]),
        part("no difference in the end", [each not in worse_without[1] + better_without[1] for each in tried]),
    ]
    why = (
        f"without it the first steps are larger: after 100 steps worse in {len(worse_without[0])} of {count} settings "
        f"({'; '.join(worse_without[0]) or 'none'}) and better in {len(better_without[0])}; in the end still worse in "
        f"{len(worse_without[1])} and better in {len(better_without[1])}"
    )
    return answer(measured, parts, why)


@asks(14, "Epsilon only keeps Adam from dividing by zero: 1e-8 will do.", ["14-epsilon", "14-plateau"])
def epsilon(network: results, plateau: results) -> answer:
    scores = network.grid("network", "adam", "validation_loss", "eps", "lr")
    sizes = list(dict.fromkeys(eps for eps, _ in scores))
    rates = list(dict.fromkeys(lr for _, lr in scores))
    best = {eps: min(rates, key=lambda lr: scores[eps, lr].median.value) for eps in sizes}
    measured = [
        "validation loss at lr 0.001: " + listed((f"{eps:g}:", spread(scores[eps, 0.001].median)) for eps in sizes),
        "at the best lr: "
        + listed(
            (f"{eps:g} (lr {best_rate(best[eps], rates)}):", spread(scores[eps, best[eps]].median)) for eps in sizes
        ),
    ]
    steps = {problem: steps_by_epsilon(plateau, problem) for problem in plateau.problems()}
    for problem, by_size in steps.items():
        measured.append(f"{problem}, steps: " + listed((f"{eps:g}:", spread(found)) for eps, found in by_size.items()))
    usual = scores[1e-8, best[1e-8]].values
    better = [eps for eps in sizes[1:] if below(scores[eps, best[eps]].values, usual, among=len(sizes) - 1)]
    faster = {p: [found.upper < by[1e-8].lower for eps, found in by.items() if eps != 1e-8] for p, by in steps.items()}
    slow = [eps for eps, found in steps["plateau"].items() if found.value > 2 * steps["plateau"][1e-8].value]
    why = (
        f"on MNIST {', '.join(f'{eps:g}' for eps in better) or 'no other'} better than 1e-8, each at its best rate; on "
        f"the plateau {', '.join(f'{eps:g}' for eps in slow) or 'none'} more than twice as slow"
    )
    parts = [part("no other better on MNIST", [eps not in better for eps in sizes[1:]])]
    parts += [part(f"no other faster on the {p}", [not each for each in cases]) for p, cases in faster.items()]
    return answer(measured, parts, why)


def steps_by_epsilon(plateau: results, problem: str) -> dict[float, estimate]:
    return {
        point["eps"]: median([run.target_steps for run in plateau.trials(problem, "adam", point)])
        for point in plateau.points(problem, "adam")
    }


LABELS = ("held", "rescaled")  # learning rates in 15-beta.yaml


@asks(15, "0.9 is a good beta; larger ones remember longer and want a smaller learning rate.", ["15-beta"])
def beta(stored: results) -> answer:
    measured, best, good = [], [], []
    for label in LABELS:
        steps = {
            point["beta"]: [run.target_steps for run in stored.trials("bowl", label, point)]
            for point in stored.points("bowl", label)
        }
        losses = {beta: s.values for (beta,), s in stored.grid("network", label, "validation_loss", "beta").items()}
        for problem, by_beta in (("bowl, steps", steps), ("network, validation loss", losses)):
            medians = {beta: median(values) for beta, values in by_beta.items()}
            measured.append(
                f"{problem}, rate {label}: " + listed((f"{beta:g}:", spread(found)) for beta, found in medians.items())
            )
            best.append(f"{min(medians, key=lambda beta: medians[beta].value):g}")
            others = [values for beta, values in by_beta.items() if beta != 0.9]
            good.append(not any(below(values, by_beta[0.9], among=len(others)) for values in others))
    larger = {label: stored.score("network", label, "validation_loss", {"beta": 0.99}).values for label in LABELS}
    smaller_rate = below(larger["rescaled"], larger["held"])
    why = (
        f"best beta: {', '.join(best)} in these four; 0.99 {'does' if smaller_rate else 'does not'} want the smaller "
        f"rate; no beta is seen to beat 0.9 in {sum(good)} of {len(good)}"
    )
    return answer(measured, [part("0.99 wants a smaller rate", [smaller_rate]), part("none beats 0.9", good)], why)
