"""Questions about the learning rate: how wrong it may be, schedules, warm-up, clipping."""

import math

from .intervals import median, paired_difference
from .orders import chain, confirms, in_order
from .question import answer, asks, part
from .results import results
from .text import listed, rate, share, spread

LEARNED = 0.9  # validation accuracy below which a run has learnt little on MNIST


def decades(rates: list[float], badness: list[float], limit: float) -> float:
    """Width of the range of rates, around the best one, whose badness is within the limit."""
    first = last = badness.index(min(badness))
    while first > 0 and badness[first - 1] <= limit:
        first -= 1
    while last + 1 < len(rates) and badness[last + 1] <= limit:
        last += 1
    return math.log10(rates[last] / rates[first])


@asks(4, "Robustness to the learning rate: Adam > RMSprop > momentum > gradient descent.", ["04-robustness"])
def robustness(stored: results) -> answer:
    names = ["adam", "rmsprop", "momentum", "sgd"]
    measured, confirmed, texts = [], [], []
    for metric, what in (("validation_accuracy", "accuracy"), ("validation_loss", "loss")):
        widths = {}
        for name in names:
            scores = sorted(stored.grid("network", name, metric, "lr").items())
            rates = [lr for (lr,), _ in scores]
            widths[name] = []
            for values in zip(*(score.values for _, score in scores)):
                badness = [-value for value in values] if metric.endswith("accuracy") else list(values)
                widths[name].append(decades(rates, badness, min(badness) + 0.05 * abs(min(badness))))
        measured.append(
            f"decades within 5 % of the best {what}: "
            + listed((name, spread(median(widths[name]), lambda w: f"{w:.1f}")) for name in names)
        )
        confirmed.append(confirms(names, widths, ">"))
        texts.append(f"{what}: {chain(names, widths)}")
    return answer(measured, in_order(names, "above", confirmed), "; ".join(texts))


@asks(10, "Gradient descent needs a learning-rate schedule; Adam often does not.", ["10-schedules"])
def schedules(stored: results) -> answer:
    kinds = [name.removeprefix("adam ") for name in stored.optimizers("network") if name.startswith("adam ")]
    measured, better, worse = [], {}, {}
    for method in ("momentum", "adam"):
        scores = {kind: stored.score("network", f"{method} {kind}", "test_accuracy") for kind in kinds}
        constant = scores["constant"].values
        gains = {kind: paired_difference(scores[kind].values, constant, among=len(kinds) - 1) for kind in kinds[1:]}
        measured.append(
            f"{method}, test accuracy constant {spread(scores['constant'].median, share)}; gained by "
            + listed((kind, spread(gains[kind], lambda g: f"{100 * g:+.2f}")) for kind in gains)
        )
        better[method] = [kind for kind in gains if gains[kind].lower > 0]
        worse[method] = [kind for kind in gains if gains[kind].upper < 0]
    count = len(kinds) - 1
    parts = [
        part("most schedules help momentum", [len(better["momentum"]) > count / 2]),
        part("most do not help Adam", [len(better["adam"]) <= count / 2]),
    ]
    why = "; ".join(
        f"{len(better[method])} of {count} schedules help {method}"
        + (f", {', '.join(worse[method])} harm{'s' if len(worse[method]) == 1 else ''} it" if worse[method] else "")
        for method in better
    )
    return answer(measured, parts, why + ("; Adam needs one too" if len(better["adam"]) > count / 2 else ""))


def largest_rates(stored: results, problem: str, optimizer: str) -> list[float]:
    """Of each repetition: the largest rate at which it still learns; half the smallest if there is none."""
    scores = stored.grid(problem, optimizer, "validation_accuracy", "lr")
    columns = {lr: score.values for (lr,), score in scores.items()}
    repetitions = range(len(next(iter(columns.values()))))
    return [max((lr for lr in columns if columns[lr][r] >= LEARNED), default=min(columns) / 2) for r in repetitions]


@asks(11, "Warm-up allows larger learning rates, above all with large batches.", ["11-warmup"])
def warmup(stored: results) -> answer:
    measured, larger, above_all, texts = [], [], [], []
    small, large = stored.problems()
    for method in ("momentum", "adam"):
        doublings = {}
        for problem in (small, large):
            without = largest_rates(stored, problem, method)
            warmed = largest_rates(stored, problem, f"{method} with warm-up")
            measured.append(
                f"{problem}, {method}: largest lr without {spread(median(without), rate)}, with "
                f"{spread(median(warmed), rate)}"
            )
            doublings[problem] = [math.log2(a / b) for a, b in zip(warmed, without)]
            larger.append(paired_difference(doublings[problem], [0.0] * len(without)).lower > 0)
            texts += [f"{method} at {problem}"] if larger[-1] else []
        above_all.append(paired_difference(doublings[large], doublings[small]).lower > 0)
    parts = [part("larger rates", larger), part(f"above all at {large}", above_all)]
    return answer(measured, parts, f"larger with warm-up for {', '.join(texts) or 'none'}")


@asks(13, "Gradient clipping prevents explosion.", ["13-clipping"])
def clipping(stored: results) -> answer:
    points = sorted(stored.points("without", "momentum"), key=lambda point: point["lr"])
    failed, exploded, accuracy = {}, {}, {}
    for problem in stored.problems():
        scores = [stored.score(problem, "momentum", "validation_accuracy", point) for point in points]
        failed[problem] = [sum(value < LEARNED for value in score.values) for score in scores]
        accuracy[problem] = [score.median.value for score in scores]
        exploded[problem] = [
            sum(run.status == "diverged" for run in stored.trials(problem, "momentum", point)) for point in points
        ]
    count = len(stored.trials("without", "momentum", points[0]))
    measured = [f"of {count} runs at lr {', '.join(rate(point['lr']) for point in points)}"] + [
        f"{problem}: exploded {', '.join(map(str, exploded[problem]))}; "
        f"below 90 % {', '.join(map(str, failed[problem]))}; "
        f"median accuracy (exploded: 0) {', '.join(share(value, 1) for value in accuracy[problem])}"
        for problem in stored.problems()
    ]
    parts = [
        part("no explosion, at rates where there is one without", prevented(exploded)),
        part("all runs learn, at rates where some do not without", prevented(failed)),
    ]
    lost = [rate(point["lr"]) for point, runs in zip(points, failed["clipped"]) if runs > 0]
    why = (
        f"explosions {sum(exploded['without'])} without, {sum(exploded['clipped'])} clipped; runs that do not learn "
        f"{sum(failed['without'])} without, {sum(failed['clipped'])} clipped"
        + (f", at lr {', '.join(lost)}" if lost else "")
    )
    return answer(measured, parts, why)


def prevented(counts: dict[str, list[int]]) -> list[bool]:
    """Whether clipping leaves none, for each rate at which there are some without."""
    return [clipped == 0 for without, clipped in zip(counts["without"], counts["clipped"]) if without > 0]
