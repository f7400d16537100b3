#!/usr/bin/env python3
"""Makes the reference numbers that Ravine's curvature of a loss is held to, with PyTorch in float64.

    tests/parity/curvature.py           rewrite tests/parity/curvature.json
    tests/parity/curvature.py --check   compare a new run with the committed file

Needs Debian's python3-torch and python3-scipy. A network of dense layers with tanh or ReLU on ten examples: the largest
eigenvalue of its Hessian by scipy's eigsh on PyTorch's Hessian-vector products (double backward), and again from the whole
Hessian; SAM's rise of the loss; and the simple noise scale from the gradients of the single examples.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh
from torch.nn.functional import cross_entropy

FILE = pathlib.Path(__file__).with_name("curvature.json")
TOLERANCE = 1e-8  # relative; another processor may round otherwise
WIDTHS, EXAMPLES, RHO = [6, 5, 4], 10, 0.1
SIZES = list(zip(WIDTHS, WIDTHS[1:]))  # inputs and outputs of each layer
COUNT = sum(a * b + b for a, b in SIZES)

torch.set_default_dtype(torch.float64)


def loss_of(flat, x, labels, between):
    at = 0
    for i, (inputs, outputs) in enumerate(SIZES):
        weight = flat[at : at + inputs * outputs].view(inputs, outputs)  # as Ravine lays it out
        at += inputs * outputs
        x = x @ weight + flat[at : at + outputs]
        at += outputs
        if i + 1 < len(SIZES):
            x = between(x)
    return cross_entropy(x, labels)


def measure(between):
    torch.manual_seed(3)
    flat = torch.randn(COUNT) * 0.7
    x = torch.randn(EXAMPLES, WIDTHS[0]).float().double()
    labels = torch.tensor([1] * 7 + [0, 2, 3])  # a class that prevails, or the mean gradient drowns in noise
    loss = lambda p: loss_of(p, x, labels, between)

    def product(v):
        return torch.autograd.functional.hvp(loss, flat, torch.from_numpy(np.asarray(v).reshape(-1).copy()))[1].numpy()

    by_products = float(eigsh(LinearOperator((COUNT, COUNT), matvec=product), k=1, which="LA", tol=1e-12)[0][0])
    whole = float(torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat))[-1])
    assert abs(by_products - whole) < 1e-9 * whole, (by_products, whole)

    gradient = lambda p, rows: torch.autograd.functional.jacobian(lambda q: loss_of(q, x[rows], labels[rows], between), p)
    every = slice(None)
    g = gradient(flat, every)
    singles = torch.stack([gradient(flat, slice(i, i + 1)) for i in range(EXAMPLES)])
    trace = singles.var(0, unbiased=True).sum()
    return {
        "params": flat.tolist(),
        "inputs": x.flatten().tolist(),
        "labels": labels.tolist(),
        "rho": RHO,
        "hessian_eigenvalue": by_products,
        "sam_sharpness": float(loss(flat + RHO * g / g.norm()) - loss(flat)),
        "gradient_noise_scale": float(trace / (g.square().sum() - trace / EXAMPLES)),
    }


def make():
    return [{"activation": name, "hidden": WIDTHS[1:-1], "shape": WIDTHS[:1], "classes": WIDTHS[-1], **measure(each)}
            for name, each in (("tanh", torch.tanh), ("relu", torch.relu))]


def main():
    new = make()
    if sys.argv[1:] == ["--check"]:
        for old, now in zip(json.loads(FILE.read_text())["cases"], new):
            for key in ("hessian_eigenvalue", "sam_sharpness", "gradient_noise_scale"):
                difference = abs(now[key] - old[key]) / abs(old[key])
                print(f"{old['activation']}: {key} differs from curvature.json by {difference:.1e}")
                if not difference <= TOLERANCE:
                    sys.exit(f"more than {TOLERANCE:.0e}")
        return
    lines = ",\n".join(json.dumps(each) for each in new)
    FILE.write_text(f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n')


main()
