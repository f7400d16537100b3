"""Questions about which optimizer is fastest, best, or leanest."""

import math

from .intervals import below, median, paired_difference
from .orders import chain, confirms, in_order
from .question import answer, asks, part
from .results import results, trial
from .text import listed, number, share, spread

CLAIMED_EPOCHS = {"adam": (10, 30), "rmsprop": (15, 40), "momentum": (20, 50), "sgd": (50, 200)}


def epochs_at_least(run: trial) -> float:
    """Epochs to the target; of a run that never met it, all that it had."""
    return run.epochs if math.isinf(run.target_epochs) else run.target_epochs


@asks(
    1,
    "To 95 % on MNIST Adam needs 10-30 epochs, RMSprop 15-40, momentum 20-50, gradient descent 50-200.",
    ["01-speed", "01-defaults"],
)
def speed(tuned: results, untuned: results) -> answer:
    names = list(CLAIMED_EPOCHS)
    settings = {"tuned": (tuned, {name: tuned.chosen("network", name) for name in names})}
    for label, of_two in (("default rates", max), ("a tenth of them", min)):
        points = {name: of_two(untuned.points("network", name), key=lambda point: point["lr"]) for name in names}
        settings[label] = (untuned, points)
    measured, texts, orders, in_range = ["epochs to 95 % (never: not in 200)"], [], [], {name: [] for name in names}
    for label, (stored, points) in settings.items():
        runs = {name: stored.trials("network", name, points[name]) for name in names}
        epochs = {name: median([run.target_epochs for run in runs[name]]) for name in names}
        measured.append(
            f"{label}: " + listed((f"{name} (lr {points[name]['lr']:g})", spread(epochs[name])) for name in names)
        )
        least = {name: [epochs_at_least(run) for run in runs[name]] for name in names}
        texts.append(f"{label} {chain(names, least)}")
        orders.append(confirms(names, least, "<"))
        for name, (least_claimed, most_claimed) in CLAIMED_EPOCHS.items():
            in_range[name].append(least_claimed <= epochs[name].value <= most_claimed)
    parts = in_order(names, "before", orders)
    parts += [part(f"{name} in {a}-{b} epochs", in_range[name]) for name, (a, b) in CLAIMED_EPOCHS.items()]
    hits = sum(sum(cases) for cases in in_range.values())
    why = "; ".join(texts) + f"; medians in the claimed ranges: {hits} of {len(names) * len(settings)}"
    return answer(measured, parts, why)


CLAIMED_ACCURACY = {"momentum with cosine": 0.985, "adam": 0.982, "rmsprop": 0.980, "sgd": 0.975}


@asks(
    2,
    "Best test accuracy on MNIST: momentum with a schedule 98.5 % > Adam 98.2 % > RMSprop 98.0 % > gradient descent "
    "97.5 %.",
    ["02-accuracy", "02-accuracy-cnn"],
)
def accuracy(network: results, cnn: results) -> answer:
    names = list(CLAIMED_ACCURACY)
    measured, orders, gains = [], [], []
    for label, stored in (("network", network), ("cnn", cnn)):
        scores = {name: stored.score(label, name, "test_accuracy") for name in [*names, "adam with cosine"]}
        values = {name: scores[name].values for name in scores}
        measured.append(f"{label}: " + listed((name, spread(scores[name].median, share)) for name in scores))
        orders.append((label, chain(names, values), confirms(names, values, ">")))
        fair = paired_difference(values["momentum with cosine"], values["adam with cosine"])
        gains.append(f"{label} {spread(fair, share)}")
    measured.append("momentum less Adam, both with cosine: " + ", ".join(gains))
    first = [network.score("network", name, "test_accuracy").median.value for name in names]
    reached = [value >= CLAIMED_ACCURACY[name] for name, value in zip(names, first)]
    parts = in_order(names, "above", [confirmed for _, _, confirmed in orders])
    parts.append(part("each at its level on the network", reached))
    why = (
        "; ".join(f"{label}: {text}" for label, text, _ in orders)
        + f"; {sum(reached)} of {len(reached)} reach the claimed level on the network"
    )
    return answer(measured, parts, why)


CLAIMED_NUMBERS = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}


@asks(
    3,
    "Extra numbers for each parameter: gradient descent 0, momentum 1, RMSprop 1, Adam 2; at 100 million parameters "
    "400 MB against 1.2 GB.",
    ["03-memory"],
)
def memory(stored: results) -> answer:
    runs = {name: stored.trials("a hundred million", name)[0] for name in CLAIMED_NUMBERS}
    width = 4  # bytes of a number in single precision
    numbers = {name: run.state_bytes / run.parameters / width for name, run in runs.items()}
    megabytes = {name: (run.parameters * width + run.state_bytes) / 1e6 for name, run in runs.items()}
    measured = [
        f"{runs['sgd'].parameters:,} parameters, extra numbers allocated for each: "
        + listed((name, f"{numbers[name]:.3g}") for name in runs),
        "parameters and state, MB: " + listed((name, number(megabytes[name])) for name in runs),
    ]
    parts = [
        part("extra numbers", [round(numbers[name], 3) == claimed for name, claimed in CLAIMED_NUMBERS.items()]),
        part("megabytes", [abs(megabytes["sgd"] - 400) < 4, abs(megabytes["adam"] - 1200) < 12]),
    ]
    return answer(measured, parts, "gradients, which the textbook leaves out, take as much again as the parameters")


MODERN = ["adamw", "lion", "muon", "schedule_free_adamw", "sam", "lbfgs"]
CLASSICAL = ["momentum", "adam"]


def settings_text(point: dict) -> str:
    """"lr 0.1, weight_decay 0.01"."""
    return ", ".join(f"{name} {value:.2g}" for name, value in sorted(point.items()))


@asks(
    16,
    "Beyond the textbook: AdamW, Lion, Muon, schedule-free, SAM and L-BFGS beat the best classical method.",
    ["16-modern", "16-valley"],
)
def modern(network: results, landscape: results) -> answer:
    measured, texts, wins = [], [], {name: [] for name in MODERN}
    for stored, problem in [*((network, each) for each in network.problems()), (landscape, "valley")]:
        metric = "loss" if problem == "valley" else "test_accuracy"
        names = [name for name in CLASSICAL + MODERN if name in stored.optimizers(problem)]
        scores = {name: stored.score(problem, name, metric) for name in names}
        selection = "loss" if problem == "valley" else "validation_loss"
        best = min(CLASSICAL, key=lambda name: stored.score(problem, name, selection).median.value)
        show = number if problem == "valley" else share
        measured.append(
            f"{problem}, {'final loss' if problem == 'valley' else 'test accuracy'}: "
            + listed((name, spread(scores[name].median, show)) for name in names)
        )
        chosen = (f"{name} {settings_text(stored.chosen(problem, name))}" for name in names)
        measured.append(f"{problem}, chosen: {'; '.join(chosen)}")

        def badness(name):
            if problem == "valley":  # losses over many orders of magnitude
                return [math.log10(max(value, 1e-300)) for value in scores[name].values]
            return [-value for value in scores[name].values]

        rivals = [name for name in names if name in MODERN]
        winners = [name for name in rivals if below(badness(name), badness(best), among=len(rivals))]
        for name in rivals:
            wins[name].append(name in winners)
        verb = "beats" if len(winners) < 2 else "beat"
        texts.append(f"{problem}: of {len(rivals)}, {', '.join(winners) or 'none'} {verb} {best}")
    return answer(measured, [part(f"{name} beats it", wins[name]) for name in MODERN], "; ".join(texts))
