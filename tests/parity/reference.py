#!/usr/bin/env python3
"""Makes the reference paths that Ravine's optimizers are held to, with PyTorch in float64.

    tests/parity/reference.py           rewrite tests/parity/reference.json
    tests/parity/reference.py --check   compare a new run with the committed file

Needs Debian's python3-torch. Each case is a full configuration and the point after each step, step 0 first.
"""

import json
import pathlib
import sys

import torch

STEPS = 200
FILE = pathlib.Path(__file__).with_name("reference.json")
# Made by another processor the paths may differ by rounding, which the landscapes amplify a little.
TOLERANCE = 1e-13


def rosenbrock(p):
    return (100 * (p[1:] - p[:-1] ** 2) ** 2 + (1 - p[:-1]) ** 2).sum()


def beale(p):
    x, y = p
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


LANDSCAPES = {"rosenbrock": (rosenbrock, [-1.2, 1.0]), "beale": (beale, [1.0, 1.0])}

# Ravine's optimizer and settings, and PyTorch's equivalent.
OPTIMIZERS = [
    ("sgd", {"lr": 0.001}, lambda p: torch.optim.SGD(p, lr=0.001)),
    (
        "momentum",
        {"lr": 0.0005, "beta": 0.85, "form": "heavy_ball"},
        lambda p: torch.optim.SGD(p, lr=0.0005, momentum=0.85),
    ),
    # At a constant rate the velocity form takes the same steps.
    (
        "momentum",
        {"lr": 0.0002, "beta": 0.95, "form": "velocity"},
        lambda p: torch.optim.SGD(p, lr=0.0002, momentum=0.95),
    ),
    (
        "adam",
        {"lr": 0.03, "beta1": 0.8, "beta2": 0.97, "eps": 1e-6},
        lambda p: torch.optim.Adam(p, lr=0.03, betas=(0.8, 0.97), eps=1e-6),
    ),
]


def path(loss, start, make_optimizer):
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make_optimizer([point])
    points = [point.tolist()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(point).backward()
        optimizer.step()
        points.append(point.tolist())
    return points


def cases():
    for landscape, (loss, start) in LANDSCAPES.items():
        for optimizer, settings, make in OPTIMIZERS:
            yield {
                "optimizer": optimizer,
                "with": settings,
                "landscape": landscape,
                "start": start,
                "points": path(loss, start, make),
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


def main():
    made = list(cases())
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(FILE.read_text())["cases"])
        return
    lines = ",\n".join(json.dumps(case) for case in made)
    FILE.write_text(f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n')


main()
