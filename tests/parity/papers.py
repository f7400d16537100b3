#!/usr/bin/env python3
"""Makes the reference paths of the optimizers and forms that PyTorch 1.13 does not have, from their papers' formulas.

    tests/parity/papers.py           rewrite tests/parity/papers.json
    tests/parity/papers.py --check   compare a new run with the committed file

The problems and the file's form are those of recent.py, too. Needs numpy. Each case is a full configuration and the parameters after each step, step 0 first, in float64.
On landscapes the parameters are one vector; on the network they are matrices, biases and a scale, one after
the other, row-major. Nothing here shares a line or a trick with the plugins: averages are kept, matrices are
transposed, moments are divided, as the papers write it.
"""

import json
import pathlib
import sys

import numpy as np

STEPS = 200
FILE = pathlib.Path(__file__).with_name("papers.json")
# Made by another processor or BLAS the paths may differ by rounding, which the problems amplify a little.
TOLERANCE = 1e-11
# At large rates a path is chaotic: it tells nothing, since the formula itself leaves it after a change of the
# start in the last digits. Such cases are refused: from a start moved by about 1e-15 a path may differ by this.
SENSITIVITY = 1e-12


# Problems: (a list of tensors, 0-based step) -> the list of their gradients


def rosenbrock(tensors, _):
    x = tensors[0]
    bend = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[:-1] += -400 * x[:-1] * bend - 2 * (1 - x[:-1])
    g[1:] += 200 * bend
    return [g]


def beale(tensors, _):
    x, y = tensors[0]
    r = [c - x + x * y**k for k, c in enumerate((1.5, 2.25, 2.625), start=1)]
    dx = sum(2 * r[k - 1] * (y**k - 1) for k in (1, 2, 3))
    dy = sum(2 * r[k - 1] * x * k * y ** (k - 1) for k in (1, 2, 3))
    return [np.array([dx, dy])]


# Two linear layers with a scale between them, fitted to a linear map that misses the targets a little: mean
# squared error of two examples a step. So gradients do not vanish, where adaptive methods would be chaotic.
NETWORK = [
    {"name": "hidden.weight", "role": "weight", "shape": [3, 2]},
    {"name": "hidden.bias", "role": "bias", "shape": [3]},
    {"name": "scale", "role": "norm", "shape": [3]},
    {"name": "output.weight", "role": "weight", "shape": [2, 3]},
    {"name": "output.bias", "role": "bias", "shape": [2]},
]
INPUTS = np.array([[1.0, 0.5], [-0.5, 1.25], [0.25, -1.5], [-1.0, -0.75], [1.5, 0.125]])
TARGETS = INPUTS @ np.array([[0.5, -1.0], [1.5, 0.25]]) + np.array([0.5, -0.25])
TARGETS += np.array([[0.75, -0.5], [-0.5, 1.0], [0.25, 0.5], [-1.0, -0.25], [0.5, -0.75]])
START = [
    np.array([[0.5, -0.25], [0.75, 0.5], [-0.5, 1.0]]),
    np.zeros(3),
    np.ones(3),
    np.array([[0.25, 0.75, -0.5], [-0.75, 0.5, 0.25]]),
    np.zeros(2),
]


def network(tensors, step):
    w1, b1, scale, w2, b2 = tensors
    rows = [step % len(INPUTS), (step + 1) % len(INPUTS)]
    x = INPUTS[rows]
    z = x @ w1.T + b1
    h = z * scale
    error = 2 * (h @ w2.T + b2 - TARGETS[rows]) / len(rows)
    dh = error @ w2
    dz = dh * scale
    return [dz.T @ x, dz.sum(0), (dh * z).sum(0), error.T @ h, error.sum(0)]


LANDSCAPES = {
    "rosenbrock 2": ("rosenbrock", {"n": 2}, rosenbrock, [-1.2, 1.0]),
    "rosenbrock 5": ("rosenbrock", {"n": 5}, rosenbrock, [-1.2, 1.0, 0.5, -0.5, 1.5]),
    "beale": ("beale", {}, beale, [0.5, 0.25]),
}


# Optimizers: (tensors, roles, settings, gradient) -> yields the tensors after each step, and the point
# of evaluation where it differs


def decayed(role, settings):
    biased = role in ("bias", "norm")
    return 0.0 if biased and not settings.get("decay_biases", True) else settings.get("weight_decay", 0.0)


def adapted(role, settings):
    return settings.get("adapt_biases", True) or role not in ("bias", "norm")


def zeros(tensors):
    return [np.zeros_like(p) for p in tensors]


def momentum(theta, roles, s, gradient):
    """The form of averaged gradients, as Adam's first moment without its correction."""
    v = zeros(theta)
    while True:
        g = gradient(theta)
        for i in range(len(theta)):
            v[i] = s["beta"] * v[i] + (1 - s["beta"]) * g[i]
            theta[i] = theta[i] - s["lr"] * v[i]
        yield theta, None


def nag(theta, roles, s, gradient):
    """Nesterov 1983 as Sutskever et al. 2013 write it: the gradient where the velocity alone would lead."""
    v = zeros(theta)
    while True:
        g = gradient([theta[i] - s["beta"] * v[i] for i in range(len(theta))])
        for i in range(len(theta)):
            v[i] = s["beta"] * v[i] + s["lr"] * g[i]
            theta[i] = theta[i] - v[i]
        yield theta, None


def lion(theta, roles, s, gradient):
    """Chen et al. 2023, Algorithm 2."""
    m = zeros(theta)
    while True:
        g = gradient(theta)
        for i, role in enumerate(roles):
            c = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            theta[i] = theta[i] - s["lr"] * (np.sign(c) + decayed(role, s) * theta[i])
            m[i] = s["beta2"] * m[i] + (1 - s["beta2"]) * g[i]
        yield theta, None


def lamb(x, roles, s, gradient):
    """You et al. 2019, Algorithm 2, phi the identity."""
    m, v = zeros(x), zeros(x)
    t = 0
    while True:
        t += 1
        g = gradient(x)
        for i, role in enumerate(roles):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            corrected = s.get("bias_correction", True)
            mhat = m[i] / (1 - s["beta1"] ** t) if corrected else m[i]
            vhat = v[i] / (1 - s["beta2"] ** t) if corrected else v[i]
            r = mhat / (np.sqrt(vhat) + s["eps"])
            update = r + decayed(role, s) * x[i]
            ratio = 1.0
            if adapted(role, s) and np.linalg.norm(x[i]) > 0 and np.linalg.norm(update) > 0:
                ratio = np.linalg.norm(x[i]) / np.linalg.norm(update)
            x[i] = x[i] - s["lr"] * ratio * update
        yield x, None


def lars(w, roles, s, gradient):
    """You, Gitman & Ginsburg 2017, Algorithm 1."""
    v = zeros(w)
    while True:
        g = gradient(w)
        for i, role in enumerate(roles):
            decay = decayed(role, s)
            local = 1.0
            if adapted(role, s) and np.linalg.norm(w[i]) > 0:
                local = s["trust"] * np.linalg.norm(w[i])
                local /= np.linalg.norm(g[i]) + decay * np.linalg.norm(w[i])
            v[i] = s["beta"] * v[i] + s["lr"] * local * (g[i] + decay * w[i])
            w[i] = w[i] - v[i]
        yield w, None


def newton_schulz(g, iterations):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (np.linalg.norm(g) + 1e-7)
    if g.shape[0] > g.shape[1]:
        x = x.T
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(theta, roles, s, gradient):
    """Jordan et al. 2024, with Nesterov momentum; AdamW (Loshchilov & Hutter 2019) on vectors."""
    b, m, v = zeros(theta), zeros(theta), zeros(theta)
    t = 0
    while True:
        t += 1
        g = gradient(theta)
        for i, role in enumerate(roles):
            decay = decayed(role, s)
            if theta[i].ndim == 2:
                b[i] = s["beta"] * b[i] + g[i]
                o = newton_schulz(g[i] + s["beta"] * b[i], s["iterations"])
                rows, columns = theta[i].shape
                scale = max(1, rows / columns) ** 0.5
                if s.get("scale") == "rms":
                    scale = 0.2 * max(rows, columns) ** 0.5
                theta[i] = theta[i] - s["lr"] * decay * theta[i] - s["lr"] * scale * o
                continue
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            mhat, vhat = m[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            step = mhat / (np.sqrt(vhat) + s["eps"]) + decay * theta[i]
            theta[i] = theta[i] - s["adamw_lr"] * step
        yield theta, None


def schedule_free_adamw(x, roles, s, gradient):
    """Defazio et al. 2024, Algorithm 1, without warm-up. Yields y and x."""
    z, v = [p.copy() for p in x], zeros(x)
    weights, t = 0.0, 0
    while True:
        t += 1
        y = [(1 - s["beta1"]) * z[i] + s["beta1"] * x[i] for i in range(len(x))]
        g = gradient(y)
        rate = s["lr"] * np.sqrt(1 - s["beta2"] ** t)
        weights += rate**2
        c = rate**2 / weights
        for i, role in enumerate(roles):
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            z[i] = z[i] - rate * g[i] / (np.sqrt(v[i]) + s["eps"]) - rate * decayed(role, s) * y[i]
            x[i] = (1 - c) * x[i] + c * z[i]
        yield [(1 - s["beta1"]) * z[i] + s["beta1"] * x[i] for i in range(len(x))], x


def sam(w, roles, s, gradient):
    """Foret et al. 2020, Algorithm 1 with p = 2, the base method momentum in velocity form."""
    v = zeros(w)
    while True:
        g = gradient(w)
        length = np.sqrt(sum((each**2).sum() for each in g))
        h = gradient([w[i] + s["rho"] * g[i] / length for i in range(len(w))])
        for i in range(len(w)):
            v[i] = s["beta"] * v[i] + s["lr"] * h[i]
            w[i] = w[i] - v[i]
        yield w, None


# Per optimizer: settings on landscapes, and those on the network.
MUON = {"lr": 0.002, "beta": 0.9, "adamw_lr": 0.005, "beta1": 0.8, "beta2": 0.97, "eps": 1e-6, "weight_decay": 0.05}
LAMB = {"lr": 0.003, "beta1": 0.8, "beta2": 0.97, "eps": 1e-5, "weight_decay": 0.02}
LARS = {"lr": 2.0, "beta": 0.8, "trust": 0.002, "weight_decay": 0.01}
LION = {"lr": 0.003, "beta1": 0.85, "beta2": 0.95, "weight_decay": 0.1}
FREE = {"lr": 0.005, "beta1": 0.8, "beta2": 0.97, "eps": 1e-5, "weight_decay": 0.01}
OPTIMIZERS = [
    (momentum, [{"form": "ema", "lr": 0.003, "beta": 0.85}], []),
    (nag, [{"form": "lookahead", "lr": 0.0004, "beta": 0.85}], []),
    (lion, [LION], [LION, {**LION, "decay_biases": False}]),
    (lamb, [LAMB], [LAMB, {**LAMB, "bias_correction": False, "adapt_biases": False, "decay_biases": False}]),
    (lars, [LARS], [LARS, {**LARS, "lr": 0.05, "trust": 0.1, "adapt_biases": False, "decay_biases": False}]),
    (
        muon,
        [{**MUON, "iterations": 5}],
        [
            {**MUON, "iterations": 5},
            {**MUON, "iterations": 7, "scale": "rms", "decay_biases": False},
        ],
    ),
    (schedule_free_adamw, [FREE], [FREE, {**FREE, "decay_biases": False}]),
    (sam, [{"lr": 0.0004, "beta": 0.85, "rho": 0.02}], [{"lr": 0.02, "beta": 0.8, "rho": 0.1}]),
]


def flat(tensors):
    return np.concatenate([p.ravel() for p in tensors]).tolist()


def follow(optimizer, start, roles, settings, problem, every):
    points, evaluated = [flat(start)], []
    step = 0
    steps = optimizer([p.copy() for p in start], roles, settings, lambda tensors: problem(tensors, step))
    for step in range(STEPS):
        theta, average = next(steps)
        if (step + 1) % every != 0:
            continue
        points.append(flat(theta))
        if average is not None:
            evaluated.append(flat(average))
    return {"points": points, **({"evaluated": evaluated} if evaluated else {})}


def paths(optimizer, start, roles, settings, problem, every):
    followed = follow(optimizer, start, roles, settings, problem, every)
    moved = [p * (1 + 1e-15 * np.arange(1, p.size + 1).reshape(p.shape)) for p in start]
    beside = follow(optimizer, moved, roles, settings, problem, every)
    sensitivity = relative_difference(beside["points"], followed["points"])
    if not sensitivity <= SENSITIVITY:
        sys.exit(f"{optimizer.__name__} {settings}: chaotic, {sensitivity:.0e} from a start moved by 1e-15")
    return followed


def cases(optimizers, every):
    for optimizer, on_landscapes, on_network in optimizers:
        inside = {"inner": optimizer.inner} if hasattr(optimizer, "inner") else {}
        for settings in on_landscapes:
            for use, options, problem, start in LANDSCAPES.values():
                yield {
                    "optimizer": optimizer.__name__,
                    "with": settings,
                    **inside,
                    "landscape": use,
                    "landscape_with": options,
                    "start": start,
                    **paths(optimizer, [np.array(start)], ["coordinate"], settings, problem, every),
                }
        for settings in on_network:
            roles = [tensor["role"] for tensor in NETWORK]
            yield {
                "optimizer": optimizer.__name__,
                "with": settings,
                **inside,
                **paths(optimizer, START, roles, settings, network, every),
            }


def relative_difference(a, b):
    a, b = np.array(a), np.array(b)
    return (np.linalg.norm(a - b, axis=1) / np.linalg.norm(b, axis=1)).max()


def check(made, committed, file):
    def configuration(case):
        return {**case, "points": None, "evaluated": None}

    if [configuration(case) for case in made] != [configuration(case) for case in committed]:
        sys.exit(f"the cases are not those of {file.name}; run {file.with_suffix('.py').name} and commit the file")
    for new, old in zip(made, committed):
        difference = max(
            relative_difference(new[key], old[key]) for key in ("points", "evaluated") if new.get(key) is not None
        )
        place = new.get("landscape", "network")
        print(f"{new['optimizer']:20} on {place:10} differs from {file.name} by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


def main(optimizers, file, every=1):
    """Makes the file, or checks it, with the points after every so many steps."""
    made = list(cases(optimizers, every))
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(file.read_text())["cases"], file)
        return
    problem = {"tensors": NETWORK, "inputs": INPUTS.tolist(), "targets": TARGETS.tolist()}
    lines = ",\n".join(json.dumps(case) for case in made)
    head = f'"made_with": "numpy {np.__version__}", "every": {every}, "network": {json.dumps(problem)}'
    file.write_text(f'{{{head}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main(OPTIMIZERS, FILE)
