#!/usr/bin/env python3
"""Makes the reference paths of wrappers around sgd, momentum, adam and radam, from their papers' formulas.

    tests/parity/wrappers.py           rewrite tests/parity/wrappers.json
    tests/parity/wrappers.py --check   compare a new run with the committed file

The problems, and what a case is, are those of papers.py; every fifth of 200 steps is kept. A wrapper is given
the optimizer inside as a generator that changes the same list of tensors. As in papers.py, nothing here shares
a line or a trick with the plugins.
"""

import pathlib

import numpy as np
import papers
from papers import zeros

FILE = pathlib.Path(__file__).with_name("wrappers.json")
EVERY = 5


# What wrappers work around


def sgd(theta, roles, s, gradient):
    while True:
        g = gradient(theta)
        for i in range(len(theta)):
            theta[i] = theta[i] - s["lr"] * g[i]
        yield theta, None


def momentum(theta, roles, s, gradient):
    """In velocity form."""
    v = zeros(theta)
    while True:
        g = gradient(theta)
        for i in range(len(theta)):
            v[i] = s["beta"] * v[i] + s["lr"] * g[i]
            theta[i] = theta[i] - v[i]
        yield theta, None


def adam(theta, roles, s, gradient):
    """Kingma & Ba 2014, Algorithm 1."""
    m, v, t = zeros(theta), zeros(theta), 0
    while True:
        t += 1
        g = gradient(theta)
        for i in range(len(theta)):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            mhat, vhat = m[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            theta[i] = theta[i] - s["lr"] * mhat / (np.sqrt(vhat) + s["eps"])
        yield theta, None


def radam(theta, roles, s, gradient):
    """Liu et al. 2019, Algorithm 2, with PyTorch's threshold of 5 and place of eps."""
    m, v, t = zeros(theta), zeros(theta), 0
    longest = 2 / (1 - s["beta2"]) - 1
    while True:
        t += 1
        g = gradient(theta)
        length = longest - 2 * t * s["beta2"] ** t / (1 - s["beta2"] ** t)
        for i in range(len(theta)):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            step = m[i] / (1 - s["beta1"] ** t)
            if length > 5:
                above, below = (length - 4) * (length - 2) * longest, (longest - 4) * (longest - 2) * length
                step = step * np.sqrt(above / below) * np.sqrt(1 - s["beta2"] ** t) / (np.sqrt(v[i]) + s["eps"])
            theta[i] = theta[i] - s["lr"] * step
        yield theta, None


# Wrappers: (tensors, settings, gradient, a function that makes the optimizer inside with a gradient)


def lookahead(theta, s, gradient, inside):
    """Zhang et al. 2019, Algorithm 1; the inner state is kept. Slow weights are evaluated."""
    slow = list(theta)
    steps = inside(gradient)
    while True:
        for k in range(s["k"]):
            next(steps)
            if k == s["k"] - 1:
                slow = [slow[i] + s["alpha"] * (theta[i] - slow[i]) for i in range(len(theta))]
                theta[:] = slow
            yield theta, slow


def ema(theta, s, gradient, inside):
    """theta_EMA <- decay theta_EMA + (1 - decay) theta after each step, from the start-th iterate on."""
    average = list(theta)
    for t, _ in enumerate(inside(gradient), start=1):
        if t <= s["start"]:
            average = list(theta)
        else:
            average = [s["decay"] * average[i] + (1 - s["decay"]) * theta[i] for i in range(len(theta))]
        yield theta, average


def swa(theta, s, gradient, inside):
    """Izmailov et al. 2018, Algorithm 1, with the cycle length `every`: the mean is taken of a list."""
    kept = []
    begin = int(s["start"] * papers.STEPS)
    for t, _ in enumerate(inside(gradient), start=1):
        if t > begin and (t - begin) % s["every"] == 0:
            kept.append(list(theta))
        mean = [np.mean([each[i] for each in kept], axis=0) for i in range(len(theta))] if kept else list(theta)
        yield theta, mean


def cautious(theta, s, gradient, inside):
    """Liang et al. 2024, Algorithm 1 with the masks' mean of the authors' code, bounded by 0.001 from below."""
    seen = []

    def remembered(point):
        seen[:] = gradient(point)
        return seen

    steps = inside(remembered)
    while True:
        before = list(theta)
        next(steps)
        for i in range(len(theta)):
            u = before[i] - theta[i]
            mask = (u * seen[i] > 0).astype(float)
            theta[i] = before[i] - u * mask / max(mask.mean(), 1e-3)
        yield theta, None


def adagc(theta, s, gradient, inside):
    """Wang et al. 2025, Algorithm 1."""
    usual, t = {}, 0

    def clipped(point):
        g = gradient(point)
        whole = np.sqrt(sum((each**2).sum() for each in g))
        for i in range(len(g)):
            length = np.linalg.norm(g[i])
            if t <= s["warm_up"]:
                g[i] = g[i] * min(s["norm"] / whole, 1)
                usual[i] = min(usual.get(i, np.inf), np.linalg.norm(g[i]))
            else:
                g[i] = g[i] * min(s["factor"] * usual[i] / length, 1)
                usual[i] = s["beta"] * usual[i] + (1 - s["beta"]) * np.linalg.norm(g[i])
        return g

    steps = inside(clipped)
    while True:
        t += 1
        next(steps)
        yield theta, None


def accumulate(theta, s, gradient, inside):
    """The optimizer inside sees the mean of k gradients, taken at k steps."""
    taken = []
    steps = inside(lambda _: [np.mean([each[i] for each in taken], axis=0) for i in range(len(theta))])
    while True:
        taken.append(gradient(theta))
        if len(taken) == s["k"]:
            next(steps)
            taken.clear()
        yield theta, None


def gradient_centralization(theta, s, gradient, inside):
    """Yong et al. 2020, equation 1: a column of weights of one unit, here a row, has mean 0."""

    def centred(point):
        return [g - g.mean(axis=1, keepdims=True) if g.ndim > 1 else g for g in gradient(point)]

    for _ in inside(centred):
        yield theta, None


class Around:
    """A wrapper with an optimizer inside and its settings, as one optimizer."""

    def __init__(self, wrapper, inner, settings):
        self.wrapper, self.rule, self.settings = wrapper, inner, settings
        self.__name__ = wrapper.__name__
        self.inner = {"optimizer": inner.__name__, "with": settings}
        if isinstance(inner, Around):
            self.inner["inner"] = inner.inner

    def __call__(self, theta, roles, s, gradient):
        return self.wrapper(theta, s, gradient, lambda seen: self.rule(theta, roles, self.settings, seen))


ADAM = {"beta1": 0.8, "beta2": 0.97, "eps": 1e-5}
INSIDE = [
    (sgd, {"lr": 0.0008}, {"lr": 0.03}),
    (momentum, {"lr": 0.0003, "beta": 0.8}, {"lr": 0.01, "beta": 0.8}),
    (adam, {"lr": 0.004, **ADAM}, {"lr": 0.01, **ADAM}),
]
ADAGC = {"factor": 1.02, "beta": 0.9, "warm_up": 20}
WRAPPERS = [
    (lookahead, {"k": 4, "alpha": 0.6}, {"k": 3, "alpha": 0.75}),
    (ema, {"decay": 0.95, "start": 0}, {"decay": 0.9, "start": 20}),
    (swa, {"start": 0.5, "every": 1}, {"start": 0.3, "every": 7}),
    (cautious, {}, {}),
    (adagc, {**ADAGC, "norm": 20.0}, {**ADAGC, "norm": 0.75}),
    (accumulate, {"k": 3}, {"k": 4}),
    (gradient_centralization, {}, {}),
]


def wrapped():
    for wrapper, on_landscapes, on_network in WRAPPERS:
        for inner, there, here in INSIDE:
            yield Around(wrapper, inner, there), [on_landscapes], []
            yield Around(wrapper, inner, here), [], [on_network]
    centred = Around(gradient_centralization, radam, {"lr": 0.01, **ADAM})
    yield Around(lookahead, centred, {}), [], [{"k": 6, "alpha": 0.5}]  # Ranger


if __name__ == "__main__":
    papers.main(wrapped(), FILE, EVERY)
