"""Questions asked on landscapes: ravines, scales, saddles."""

import math
import statistics

from .intervals import estimate, median
from .question import answer, asks, part
from .results import results
from .text import best_rate, listed, number, rate, spread

# Of the ellipsoid whose smallest curvature is 2, from its start in 05-ravine.yaml to the loss of its target.
RAVINE_START = (-0.04, 0.03)
RAVINE_TARGET = 1e-6


def predicted_steps(kappa: float, asymptotic_rate: float) -> float:
    """Until the loss, which shrinks by the rate's square, has come from the start's to the target's."""
    x, y = RAVINE_START
    return math.log((x * x + kappa * y * y) / RAVINE_TARGET) / (-2 * math.log(asymptotic_rate))


def growth(kappas: list[float], steps: list[float]) -> float:
    """The exponent p of steps ~ kappa^p between the first and the last."""
    return math.log(steps[-1] / steps[0]) / math.log(kappas[-1] / kappas[0])


def travel_across(path: list[tuple[float, ...]]) -> float:
    """Way along y, in distances of the start from the floor."""
    return sum(abs(b[1] - a[1]) for a, b in zip(path, path[1:])) / abs(path[0][1])


@asks(
    5,
    "Momentum damps the zigzag across a ravine and speeds up along it: steps grow as the square root of the "
    "condition number, where gradient descent's grow as the condition number.",
    ["05-ravine", "05-zigzag"],
)
def ravine(steps: results, zigzag: results) -> answer:
    kappas = [float(problem.split()[1]) for problem in steps.problems()]
    taken = {
        name: [steps.trials(problem, name)[0].target_steps for problem in steps.problems()]
        for name in ("sgd", "momentum")
    }
    theory = {
        "sgd": [predicted_steps(k, (k - 1) / (k + 1)) for k in kappas],
        "momentum": [predicted_steps(k, (math.sqrt(k) - 1) / (math.sqrt(k) + 1)) for k in kappas],
    }
    measured = [
        f"condition number {kappas[0]:.0f} to {kappas[-1]:.0e}, steps (theory's rate): "
        + "; ".join(
            f"{name} " + ", ".join(f"{number(a)} ({number(b)})" for a, b in zip(taken[name], theory[name]))
            for name in taken
        ),
        "steps grow as condition number to the power "
        + listed((name, f"{growth(kappas[2:], taken[name][2:]):.2f}") for name in taken),
    ]
    travels = {}
    for point in zigzag.points("ravine", "sgd"):
        for name in ("sgd", "momentum .5", "momentum .9"):
            run = zigzag.trials("ravine", name, point)[0]
            travels[name, point["lr"]] = travel_across(zigzag.path(run))
    rates = [point["lr"] for point in zigzag.points("ravine", "sgd")]
    measured.append(
        f"way across the ravine at lr {', '.join(map(rate, rates))}: "
        + "; ".join(
            f"{name} " + ", ".join(number(travels[name, lr]) for lr in rates)
            for name in ("sgd", "momentum .5", "momentum .9")
        )
    )
    powers = {name: growth(kappas[2:], taken[name][2:]) for name in taken}
    damped = {
        name: [travels[name, lr] < travels["sgd", lr] for lr in rates] for name in ("momentum .5", "momentum .9")
    }
    damping = [rate(lr) for lr, *of_each in zip(rates, *damped.values()) if any(of_each)]
    parts = [
        part("gradient descent's steps grow as the condition number", [0.75 <= powers["sgd"] <= 1.25]),
        part("momentum's as its root", [0.25 <= powers["momentum"] < 0.75]),
        part("momentum damps the zigzag", [each for of_each in damped.values() for each in of_each]),
    ]
    why = (
        ("the acceleration is real, with theory's power" if parts[1].holds else "no acceleration of theory's power")
        + (
            f"; it damps at lr {', '.join(damping)} only, where gradient descent itself zigzags, and elsewhere makes"
            " the zigzag"
            if damping and len(damping) < len(rates)
            else "; it damps at every rate" if damping else "; it damps nowhere"
        )
    )
    return answer(measured, parts, why)


def fewest_steps(stored: results, problem: str, optimizer: str) -> tuple[dict, list[float]]:
    """The search point with the fewest median steps to the target, and the steps of its repetitions."""

    def steps(point):
        return [each.target_steps for each in stored.trials(problem, optimizer, point)]

    best = min(stored.points(problem, optimizer), key=lambda point: statistics.median(steps(point)))
    return best, steps(best)


@asks(
    7,
    "Adaptive methods give each coordinate its own step and so equalise scales. (Along rotated axes they should not.)",
    ["07-scales", "07-rotated"],
)
def scales(straight: results, rotated: results) -> answer:
    bowls = [(straight, "round"), (straight, "scaled"), (rotated, "rotated")]
    names = straight.optimizers("round")
    fewest = {name: [fewest_steps(stored, bowl, name) for stored, bowl in bowls] for name in names}
    best = {name: [median(steps) for _, steps in of_bowls] for name, of_bowls in fewest.items()}
    tried = [point["lr"] for point in straight.points("round", "sgd")]
    measured = ["fewest steps to 1e-6: round bowl / y scaled by 100 / that rotated (never: not in 5,000)"] + [
        f"{name} "
        + " / ".join(
            spread(steps) + (f" at lr {best_rate(point['lr'], tried)}" if math.isfinite(steps.value) else "")
            for steps, (point, _) in zip(best[name], fewest[name])
        )
        for name in names
    ]
    adaptive, plain = ["adagrad", "rmsprop", "adam"], ["sgd", "momentum"]
    equal = {name: best[name][1].value <= 2 * best[name][0].value for name in names}
    lost = {name: best[name][2].lower > 2 * best[name][1].value for name in names}
    keeps = [name for name in adaptive if equal[name]]
    loses = [name for name in adaptive if lost[name]]
    solves = min(names, key=lambda name: best[name][2].value)
    parts = [
        part("adaptive methods need at most twice the steps on scaled axes", [equal[name] for name in adaptive]),
        part("the others need more", [not equal[name] for name in plain]),
        part("rotation takes that from adaptive methods", [lost[name] for name in adaptive]),
    ]
    why = (
        f"{', '.join(keeps) or 'none'} need at most twice the steps on scaled axes; rotation takes that from "
        f"{', '.join(loses) or 'none'}; there the fastest is {solves}"
    )
    return answer(measured, parts, why)


# In 08-saddles.yaml, where momentum's rate is lr / (1 - beta).
EQUAL_RATES = {"momentum": "sgd", "rmsprop": "sgd", "adam": "sgd"}
EQUAL_EFFECTIVE_RATES = {"slow momentum": "sgd", "momentum": "fast sgd"}


@asks(
    8,
    "Saddle points slow gradient descent down; momentum, adaptive rates and noise help to leave them.",
    ["08-saddles", "08-noisy-saddles"],
)
def saddles(quiet: results, noisy: results) -> answer:
    measured = [
        "steps (never: not in 10,000) at lr 0.01, which slow momentum has as lr / (1 - beta); fast sgd has momentum's, "
        "0.1"
    ]
    names = quiet.optimizers("saddle")
    equal, effective = [{name: [] for name in pairs} for pairs in (EQUAL_RATES, EQUAL_EFFECTIVE_RATES)]
    helped = []
    for problem in quiet.problems():
        still = {name: median([each.target_steps for each in quiet.trials(problem, name)]) for name in names}
        moved = {name: median([each.target_steps for each in noisy.trials(problem, name)]) for name in names}
        measured.append(
            f"{problem}: "
            + "; ".join(f"{name} {spread(still[name])}, with noise {spread(moved[name])}" for name in names)
        )
        for name, rival in EQUAL_RATES.items():
            equal[name] += sooner(name, rival, still, moved)
        for name, rival in EQUAL_EFFECTIVE_RATES.items():
            effective[name] += sooner(name, rival, still, moved)
        helped += [moved[name].upper < still[name].lower for name in names]
    stuck = [
        problem
        for problem in quiet.problems()
        if all(math.isinf(quiet.trials(problem, name)[0].target_steps) for name in ("sgd", "rmsprop", "adam"))
    ]
    momentum_effective = [case for cases in effective.values() for case in cases]
    parts = [
        part("momentum sooner at an equal rate", equal["momentum"]),
        part("momentum sooner at an equal effective rate", momentum_effective),
        part("adaptive methods sooner at an equal rate", equal["rmsprop"] + equal["adam"]),
        part("sooner with noise", helped),
    ]
    why = (
        f"sooner than gradient descent at an equal rate: momentum in {cases_text(parts[0].cases)}, RMSprop and Adam in "
        f"{cases_text(parts[2].cases)}; at an equal effective rate: momentum in {cases_text(momentum_effective)}; "
        f"noise helped in {cases_text(helped)}; without noise only an overshoot leaves "
        f"{' and '.join(stuck) or 'none'}"
    )
    return answer(measured, parts, why)


def sooner(name: str, rival: str, *settings: dict[str, estimate]) -> list[bool]:
    """In each setting in which either gets away."""
    alive = [steps for steps in settings if math.isfinite(min(steps[name].value, steps[rival].value))]
    return [steps[name].upper < steps[rival].lower for steps in alive]


def cases_text(cases: list[bool]) -> str:
    return f"{sum(cases)} of {len(cases)}"
