#!/usr/bin/env python3
"""Makes the reference loss and gradient that Ravine's cnn is held to, with PyTorch in float64.

    tests/parity/cnn.py           rewrite tests/parity/cnn.json
    tests/parity/cnn.py --check   compare a new run with the committed file

Needs Debian's python3-torch. The network has every part of the default one, at a size that fits in a small file.
"""

import json
import pathlib
import sys

import torch
from torch import nn

FILE = pathlib.Path(__file__).with_name("cnn.json")
TOLERANCE = 1e-14  # another processor may round otherwise
SHAPE, KERNEL, CHANNELS, HIDDEN, CLASSES, EXAMPLES = [10, 11], 3, [2, 3], [5], 3, 9


def network():
    return nn.Sequential(
        nn.Conv2d(1, CHANNELS[0], KERNEL, padding=(KERNEL - 1) // 2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(CHANNELS[0], CHANNELS[1], KERNEL), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(CHANNELS[1] * 1 * 1, HIDDEN[0]), nn.ReLU(), nn.Linear(HIDDEN[0], CLASSES),
    ).double()  # fmt: skip


def case():
    torch.manual_seed(1)
    model = network()
    inputs = torch.randn(EXAMPLES, 1, *SHAPE, dtype=torch.float64)
    labels = torch.arange(EXAMPLES) * 2 % CLASSES
    loss = nn.functional.cross_entropy(model(inputs), labels)
    loss.backward()

    def flat(tensors):
        # Ravine's dense weights are inputs x outputs.
        return torch.cat([(each.T if each.dim() == 2 else each).flatten() for each in tensors]).tolist()

    return {
        "shape": SHAPE,
        "kernel": KERNEL,
        "channels": CHANNELS,
        "hidden": HIDDEN,
        "classes": CLASSES,
        "inputs": flat([inputs]),
        "labels": labels.tolist(),
        "params": flat(each.detach() for each in model.parameters()),
        "loss": loss.item(),
        "grads": flat(each.grad for each in model.parameters()),
    }


def check(made, committed):
    results = ("loss", "grads")
    if {**made, **dict.fromkeys(results)} != {**committed, **dict.fromkeys(results)}:
        sys.exit("the case is not that of cnn.json; run tests/parity/cnn.py and commit the file")
    new = torch.tensor([made["loss"], *made["grads"]], dtype=torch.float64)
    old = torch.tensor([committed["loss"], *committed["grads"]], dtype=torch.float64)
    difference = (new - old).abs().max().item()
    print(f"cnn: loss and gradient differ from cnn.json by {difference:.1e}")
    if not difference <= TOLERANCE:
        sys.exit(f"more than {TOLERANCE:.0e}")


def main():
    made = case()
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(FILE.read_text()))
        return
    FILE.write_text(json.dumps(made) + "\n")


main()
