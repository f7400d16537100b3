#!/usr/bin/env python3
"""Makes the reference values of parameter groups, by PyTorch's param_groups.

    tests/parity/groups.py           rewrite tests/parity/groups.json
    tests/parity/groups.py --check   compare a new run with the committed file

Five tensors of a small network; element i of the vector starts at sin(1 + i), and its gradient is
a_i x_i + 0.1 sin(3 x_i) with a_i = 1 + i / 10, which needs no network. 30 steps in double precision.
"""

import json
import pathlib
import sys

import numpy as np
import torch

FILE = pathlib.Path(__file__).with_name("groups.json")
SHAPES = {"hidden.weight": (4, 3), "hidden.bias": (4,), "norm.scale": (4,), "output.weight": (2, 4),
          "output.bias": (2,)}
STEPS = 30


def run(make):
    count = sum(int(np.prod(shape)) for shape in SHAPES.values())
    start, tensors, a = torch.sin(1 + torch.arange(count, dtype=torch.float64)), {}, {}
    slope, at = 1 + torch.arange(count, dtype=torch.float64) / 10, 0
    for name, shape in SHAPES.items():
        size = int(np.prod(shape))
        tensors[name] = start[at:at + size].reshape(shape).clone()
        a[name] = slope[at:at + size].reshape(shape)
        at += size
    optimizers = make(tensors)
    for _ in range(STEPS):
        for name, x in tensors.items():
            x.grad = a[name] * x + 0.1 * torch.sin(3 * x)
        for each in optimizers:
            each.step()
    return torch.cat([x.flatten() for x in tensors.values()]).tolist()


def of_role(tensors, *ends):
    return [x for name, x in tensors.items() if name.endswith(ends)]


def adamw(tensors):
    """Weights by themselves, biases with a rate of their own and without decay, the norm with other betas."""
    return [torch.optim.AdamW([
        {"params": of_role(tensors, "weight")},
        {"params": of_role(tensors, "bias"), "lr": 0.003, "weight_decay": 0.0},
        {"params": of_role(tensors, "scale"), "betas": (0.5, 0.9)},
    ], lr=0.02, weight_decay=0.1)]


def mixed(tensors):
    """Nesterov's momentum for what is in the hidden layer, RMSprop for the rest."""
    hidden = [x for name, x in tensors.items() if name.startswith("hidden.")]
    rest = [x for name, x in tensors.items() if not name.startswith("hidden.")]
    return [torch.optim.SGD(hidden, lr=0.01, momentum=0.9), torch.optim.RMSprop(rest, lr=0.005, alpha=0.9)]


def main():
    made = {"adamw": run(adamw), "mixed": run(mixed)}
    if sys.argv[1:] == ["--check"]:
        kept = json.loads(FILE.read_text())
        assert kept.keys() == made.keys()
        for name, values in made.items():
            np.testing.assert_allclose(kept[name], values, rtol=1e-12)
        return
    FILE.write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()
