#!/usr/bin/env python3
"""Makes the reference paths that Ravine's optimizers are held to, with PyTorch in float64.

    tests/parity/reference.py           rewrite tests/parity/reference.json
    tests/parity/reference.py --check   compare a new run with the committed file

Needs Debian's python3-torch. A case is a full configuration and every fifth point of its path, step 0 first. For
L-BFGS, whose line search is its own, it is the minimum found and the evaluations that this took.
"""

import json
import pathlib
import sys

import torch

STEPS = 200
EVERY = 5
FILE = pathlib.Path(__file__).with_name("reference.json")
# Made by another processor the paths may differ by rounding, which the landscapes amplify a little.
TOLERANCE = 1e-11

# NAdam keeps its products of mu in the default type.
torch.set_default_dtype(torch.float64)


def rosenbrock(p):
    return (100 * (p[1:] - p[:-1] ** 2) ** 2 + (1 - p[:-1]) ** 2).sum()


def beale(p):
    x, y = p
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def himmelblau(p):
    x, y = p
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


# Ravine's landscape and settings, the function, the start.
LANDSCAPES = [
    ("rosenbrock", {}, rosenbrock, [-1.2, 1.0]),
    ("rosenbrock", {"n": 5}, rosenbrock, [0.6, 0.5, 0.1, 0.2, -0.1]),
    ("beale", {}, beale, [1.0, 1.0]),
    ("himmelblau", {}, himmelblau, [0.5, -1.0]),
]


class RMSpropInside:
    """RMSprop with eps inside the root, which PyTorch does not have, written out from its formula."""

    def __init__(self, params, lr, beta, eps):
        (self.p,) = params
        self.lr, self.beta, self.eps = lr, beta, eps
        self.s = torch.zeros_like(self.p)

    def zero_grad(self):
        self.p.grad = None

    @torch.no_grad()
    def step(self):
        g = self.p.grad
        self.s = self.beta * self.s + (1 - self.beta) * g**2
        self.p -= self.lr * g / (self.s + self.eps).sqrt()


class NAdamOfPaper:
    """Nadam whose m decays by mu_t (Dozat 2016, algorithm 2), which PyTorch does not have, from its formula."""

    def __init__(self, params, lr, betas, eps, momentum_decay):
        (self.p,) = params
        self.lr, self.betas, self.eps, self.momentum_decay = lr, betas, eps, momentum_decay
        self.m, self.v = torch.zeros_like(self.p), torch.zeros_like(self.p)
        self.t, self.product = 0, 1.0

    def zero_grad(self):
        self.p.grad = None

    def mu(self, t):
        return self.betas[0] * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    @torch.no_grad()
    def step(self):
        g = self.p.grad
        self.t += 1
        mu, following = self.mu(self.t), self.mu(self.t + 1)
        self.product *= mu
        self.m = mu * self.m + (1 - mu) * g
        self.v = self.betas[1] * self.v + (1 - self.betas[1]) * g**2
        ahead = following * self.m / (1 - self.product * following) + (1 - mu) * g / (1 - self.product)
        self.p -= self.lr * ahead / ((self.v / (1 - self.betas[1] ** self.t)).sqrt() + self.eps)


# Ravine's optimizer and settings, and PyTorch's equivalent. Rates are low or eps is high where a method would
# otherwise bounce between the valley's walls, which amplifies rounding without end.
OPTIMIZERS = [
    ("sgd", {"lr": 0.001}, lambda p: torch.optim.SGD(p, lr=0.001)),
    (
        "sgd",
        {"lr": 0.001, "weight_decay": 0.3},
        lambda p: torch.optim.SGD(p, lr=0.001, weight_decay=0.3),
    ),
    (
        "momentum",
        {"lr": 0.0005, "beta": 0.85, "form": "heavy_ball"},
        lambda p: torch.optim.SGD(p, lr=0.0005, momentum=0.85),
    ),
    (
        "momentum",
        {"lr": 0.0005, "beta": 0.85, "form": "heavy_ball", "weight_decay": 0.3},
        lambda p: torch.optim.SGD(p, lr=0.0005, momentum=0.85, weight_decay=0.3),
    ),
    # At a constant rate the velocity form takes the same steps.
    (
        "momentum",
        {"lr": 0.0002, "beta": 0.95, "form": "velocity"},
        lambda p: torch.optim.SGD(p, lr=0.0002, momentum=0.95),
    ),
    (
        "nag",
        {"lr": 0.0005, "beta": 0.85, "form": "reformulated"},
        lambda p: torch.optim.SGD(p, lr=0.0005, momentum=0.85, nesterov=True),
    ),
    (
        "nag",
        {"lr": 0.0005, "beta": 0.85, "form": "reformulated", "weight_decay": 0.3},
        lambda p: torch.optim.SGD(p, lr=0.0005, momentum=0.85, nesterov=True, weight_decay=0.3),
    ),
    ("rmsprop", {"lr": 0.01, "beta": 0.8, "eps": 30}, lambda p: RMSpropInside(p, lr=0.01, beta=0.8, eps=30)),
    (
        "rmsprop",
        {"lr": 0.01, "beta": 0.8, "eps": 5, "eps_outside": True},
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.8, eps=5),
    ),
    (
        "rmsprop",
        {"lr": 0.005, "beta": 0.95, "eps": 4, "eps_outside": True, "centered": True},
        lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.95, eps=4, centered=True),
    ),
    (
        "rmsprop",
        {"lr": 0.005, "beta": 0.9, "eps": 3, "eps_outside": True, "momentum": 0.7},
        lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, eps=3, momentum=0.7),
    ),
    (
        "rmsprop",
        {
            "lr": 0.003,
            "beta": 0.9,
            "eps": 2,
            "eps_outside": True,
            "centered": True,
            "momentum": 0.6,
            "weight_decay": 0.2,
        },
        lambda p: torch.optim.RMSprop(
            p, lr=0.003, alpha=0.9, eps=2, centered=True, momentum=0.6, weight_decay=0.2
        ),
    ),
    (
        "adam",
        {"lr": 0.01, "beta1": 0.8, "beta2": 0.97, "eps": 1e-6},
        lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.97), eps=1e-6),
    ),
    (
        "adam",
        {"lr": 0.01, "beta1": 0.8, "beta2": 0.97, "eps": 1e-6, "weight_decay": 0.3},
        lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.97), eps=1e-6, weight_decay=0.3),
    ),
    (
        "amsgrad",
        {"lr": 0.05, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6},
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-6, amsgrad=True),
    ),
    (
        "amsgrad",
        {"lr": 0.05, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6, "weight_decay": 0.3},
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-6, amsgrad=True, weight_decay=0.3),
    ),
    (
        "adamw",
        {"lr": 0.01, "beta1": 0.8, "beta2": 0.97, "eps": 1e-6, "weight_decay": 0.3},
        lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.97), eps=1e-6, weight_decay=0.3),
    ),
    (
        "adamax",
        {"lr": 0.01, "beta1": 0.8, "beta2": 0.95, "eps": 2},
        lambda p: torch.optim.Adamax(p, lr=0.01, betas=(0.8, 0.95), eps=2),
    ),
    (
        "adamax",
        {"lr": 0.01, "beta1": 0.8, "beta2": 0.95, "eps": 2, "weight_decay": 0.3},
        lambda p: torch.optim.Adamax(p, lr=0.01, betas=(0.8, 0.95), eps=2, weight_decay=0.3),
    ),
    # foreach: PyTorch 1.13 counts mu twice in one of its products otherwise.
    (
        "nadam",
        {"lr": 0.01, "beta1": 0.85, "beta2": 0.97, "eps": 2, "momentum_decay": 0.02},
        lambda p: torch.optim.NAdam(p, lr=0.01, betas=(0.85, 0.97), eps=2, momentum_decay=0.02, foreach=True),
    ),
    (
        "nadam",
        {"lr": 0.01, "beta1": 0.85, "beta2": 0.97, "eps": 2, "momentum_decay": 0.02, "weight_decay": 0.3},
        lambda p: torch.optim.NAdam(
            p, lr=0.01, betas=(0.85, 0.97), eps=2, momentum_decay=0.02, weight_decay=0.3, foreach=True
        ),
    ),
    (
        "nadam",
        {"lr": 0.01, "beta1": 0.85, "beta2": 0.97, "eps": 2, "momentum_decay": 0.02, "average": "mu"},
        lambda p: NAdamOfPaper(p, lr=0.01, betas=(0.85, 0.97), eps=2, momentum_decay=0.02),
    ),
    (
        "radam",
        {"lr": 0.005, "beta1": 0.8, "beta2": 0.97, "eps": 1e-4},
        lambda p: torch.optim.RAdam(p, lr=0.005, betas=(0.8, 0.97), eps=1e-4),
    ),
    (
        "radam",
        {"lr": 0.005, "beta1": 0.8, "beta2": 0.97, "eps": 1e-4, "weight_decay": 0.3},
        lambda p: torch.optim.RAdam(p, lr=0.005, betas=(0.8, 0.97), eps=1e-4, weight_decay=0.3),
    ),
    (
        "adagrad",
        {"lr": 0.3, "lr_decay": 0.01, "initial_accumulator": 0.5, "eps": 1e-6},
        lambda p: torch.optim.Adagrad(p, lr=0.3, lr_decay=0.01, initial_accumulator_value=0.5, eps=1e-6),
    ),
    (
        "adagrad",
        {"lr": 0.3, "lr_decay": 0.01, "initial_accumulator": 0.5, "eps": 1e-6, "weight_decay": 0.3},
        lambda p: torch.optim.Adagrad(
            p, lr=0.3, lr_decay=0.01, initial_accumulator_value=0.5, eps=1e-6, weight_decay=0.3
        ),
    ),
    (
        "adadelta",
        {"lr": 0.2, "rho": 0.95, "eps": 1e-5},
        lambda p: torch.optim.Adadelta(p, lr=0.2, rho=0.95, eps=1e-5),
    ),
    (
        "adadelta",
        {"lr": 0.2, "rho": 0.95, "eps": 1e-5, "weight_decay": 0.3},
        lambda p: torch.optim.Adadelta(p, lr=0.2, rho=0.95, eps=1e-5, weight_decay=0.3),
    ),
    (
        "rprop",
        {"lr": 0.02, "eta_minus": 0.4, "eta_plus": 1.15, "step_min": 1e-5, "step_max": 0.3},
        lambda p: torch.optim.Rprop(p, lr=0.02, etas=(0.4, 1.15), step_sizes=(1e-5, 0.3)),
    ),
]

CONVERGED = 1e-6  # largest element of the gradient
# With the default tolerance of changes, 1e-9, PyTorch's stops before the gradient vanishes. A step ends once it has, so
# that neither goes on to places that are not compared.
LBFGS = [
    {"history_size": 10, "max_iter": 20, "max_eval": 25, "tolerance_change": 1e-16, "tolerance_grad": CONVERGED},
    {"history_size": 5, "max_iter": 4, "max_eval": 6, "tolerance_change": 1e-16, "tolerance_grad": CONVERGED},
    {"history_size": 3, "max_iter": 1, "max_eval": 50, "tolerance_change": 1e-16, "tolerance_grad": CONVERGED},
]


def path(loss, start, make_optimizer):
    point = torch.tensor(start, requires_grad=True)
    optimizer = make_optimizer([point])
    points = [point.tolist()]
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss(point).backward()
        optimizer.step()
        if step % EVERY == 0:
            points.append(point.tolist())
    return points


def cases():
    for landscape, landscape_settings, loss, start in LANDSCAPES:
        for optimizer, settings, make in OPTIMIZERS:
            yield {
                "optimizer": optimizer,
                "with": settings,
                "landscape": landscape,
                "landscape_with": landscape_settings,
                "start": start,
                "points": path(loss, start, make),
            }


def minimum(loss, start, settings):
    """The first point after a step where the gradient vanishes, and the evaluations until then."""
    point = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.LBFGS([point], line_search_fn="strong_wolfe", **settings)
    evaluations = 0

    def closure():
        nonlocal evaluations
        evaluations += 1
        optimizer.zero_grad()
        value = loss(point)
        value.backward()
        return value

    for _ in range(STEPS):
        optimizer.step(closure)
        (gradient,) = torch.autograd.grad(loss(point), point)
        if gradient.abs().max() <= CONVERGED:
            return point.tolist(), evaluations
    sys.exit(f"L-BFGS with {settings} has not converged")


def minima():
    for landscape, landscape_settings, loss, start in LANDSCAPES:
        for settings in LBFGS:
            point, evaluations = minimum(loss, start, settings)
            yield {
                "optimizer": "lbfgs",
                "with": {
                    "history": settings["history_size"],
                    "iterations": settings["max_iter"],
                    "evaluations": settings["max_eval"],
                    "change_tolerance": settings["tolerance_change"],
                    "gradient_tolerance": settings["tolerance_grad"],
                },
                "landscape": landscape,
                "landscape_with": landscape_settings,
                "start": start,
                "minimum": point,
                "evaluations": evaluations,
            }


def relative_difference(a, b):
    a, b = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
    return ((a - b).norm(dim=1) / b.norm(dim=1)).max().item()


def check(made, committed):
    if [{**case, "points": None} for case in made] != [{**case, "points": None} for case in committed]:
        sys.exit("the cases are not those of reference.json; run tests/parity/reference.py and commit the file")
    for new, old in zip(made, committed):
        difference = relative_difference(new["points"], old["points"])
        print(f"{new['optimizer']:10} on {new['landscape']:12} differs from reference.json by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


def lines(made):
    return ",\n".join(json.dumps(case) for case in made)


def main():
    made = list(cases())
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(FILE.read_text())["cases"])
        return
    FILE.write_text(
        f'{{"made_with": "torch {torch.__version__}", "every": {EVERY}, "converged": {CONVERGED},\n'
        f'"minima": [\n{lines(minima())}\n],\n"cases": [\n{lines(made)}\n]}}\n'
    )


main()
