#!/usr/bin/env python3
"""Makes the reference paths of the optimizers of 2018 to 2024 that PyTorch 1.13 does not have, from their papers.

    tests/parity/recent.py           rewrite tests/parity/recent.json
    tests/parity/recent.py --check   compare a new run with the committed file

The problems, and what a case is, are those of papers.py; every fifth of 200 steps is kept. As in papers.py,
nothing here shares a line or a trick with the plugins. Where a paper and its authors' code differ, the plugin's
documentation says which it follows.
"""

import pathlib

import numpy as np
import papers
from papers import decayed, zeros

FILE = pathlib.Path(__file__).with_name("recent.json")
EVERY = 5


def adabelief(theta, roles, s, gradient):
    """Zhuang et al. 2020, Algorithm 2, with decoupled weight decay."""
    m, v, t = zeros(theta), zeros(theta), 0
    while True:
        t += 1
        g = gradient(theta)
        for i, role in enumerate(roles):
            theta[i] = theta[i] - s["lr"] * decayed(role, s) * theta[i]
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * (g[i] - m[i]) ** 2 + s["eps"]
            mhat, vhat = m[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            theta[i] = theta[i] - s["lr"] * mhat / (np.sqrt(vhat) + s["eps"])
        yield theta, None


def yogi(theta, roles, s, gradient):
    """Zaheer et al. 2018, Algorithm 2; the decay is a term of the loss."""
    m, v, t = zeros(theta), [np.full_like(p, s["initial"]) for p in theta], 0
    while True:
        t += 1
        g = gradient(theta)
        for i, role in enumerate(roles):
            g[i] = g[i] + decayed(role, s) * theta[i]
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = v[i] - (1 - s["beta2"]) * np.sign(v[i] - g[i] ** 2) * g[i] ** 2
            corrected = s.get("bias_correction", False)
            mhat = m[i] / (1 - s["beta1"] ** t) if corrected else m[i]
            vhat = v[i] / (1 - s["beta2"] ** t) if corrected else v[i]
            theta[i] = theta[i] - s["lr"] * mhat / (np.sqrt(vhat) + s["eps"])
        yield theta, None


def adabound(x, roles, s, gradient):
    """Luo et al. 2019, Algorithm 2, with Adam's corrections and without the root of t."""
    m, v, t = zeros(x), zeros(x), 0
    while True:
        t += 1
        g = gradient(x)
        lower = s["final_lr"] - s["final_lr"] / (s["gamma"] * t + 1)
        upper = s["final_lr"] + s["final_lr"] / (s["gamma"] * t)
        for i, role in enumerate(roles):
            g[i] = g[i] + decayed(role, s) * x[i]
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            size = s["lr"] * np.sqrt(1 - s["beta2"] ** t) / (1 - s["beta1"] ** t)
            x[i] = x[i] - np.clip(size / (np.sqrt(v[i]) + s["eps"]), lower, upper) * m[i]
        yield x, None


def signum(x, roles, s, gradient):
    """Bernstein et al. 2018, Algorithm 2, with decoupled weight decay."""
    m = zeros(x)
    while True:
        g = gradient(x)
        for i, role in enumerate(roles):
            m[i] = s["beta"] * m[i] + (1 - s["beta"]) * g[i]
            x[i] = x[i] - s["lr"] * np.sign(m[i]) - s["lr"] * decayed(role, s) * x[i]
        yield x, None


def ademamix(theta, roles, s, gradient):
    """Pagliardini et al. 2024, Algorithm 1; the schedules of beta3 and alpha are its equations 4 and 5."""
    m1, m2, v, t = zeros(theta), zeros(theta), zeros(theta), 0
    start, end = np.log(s["beta1"]), np.log(s["beta3"])
    while True:
        t += 1
        g = gradient(theta)
        beta3, alpha = s["beta3"], s["alpha"]
        if s["warm_up"] > 0:
            share = t / s["warm_up"]
            beta3 = min(np.exp(start * end / ((1 - share) * end + share * start)), beta3) if share < 1 else beta3
            alpha = min(share * alpha, alpha)
        for i, role in enumerate(roles):
            m1[i] = s["beta1"] * m1[i] + (1 - s["beta1"]) * g[i]
            m2[i] = beta3 * m2[i] + (1 - beta3) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
            mhat, vhat = m1[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            step = (mhat + alpha * m2[i]) / (np.sqrt(vhat) + s["eps"]) + decayed(role, s) * theta[i]
            theta[i] = theta[i] - s["lr"] * step
        yield theta, None


def adan(theta, roles, s, gradient):
    """Xie et al. 2022, Algorithm 1, by decays and with Adam's corrections as in the authors' code."""
    m, v, n, last, t = zeros(theta), zeros(theta), zeros(theta), None, 0
    while True:
        t += 1
        g = gradient(theta)
        last = last or g
        for i, role in enumerate(roles):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * (g[i] - last[i])
            n[i] = s["beta3"] * n[i] + (1 - s["beta3"]) * (g[i] + s["beta2"] * (g[i] - last[i])) ** 2
            mhat, vhat = m[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            eta = s["lr"] / (np.sqrt(n[i] / (1 - s["beta3"] ** t)) + s["eps"])
            theta[i] = (theta[i] - eta * (mhat + s["beta2"] * vhat)) / (1 + decayed(role, s) * s["lr"])
        last = g
        yield theta, None


def schedule_free_sgd(x, roles, s, gradient):
    """Defazio et al. 2024, equations 2 to 4. Yields y and x."""
    z, t = [p.copy() for p in x], 0
    while True:
        t += 1
        y = [(1 - s["beta"]) * z[i] + s["beta"] * x[i] for i in range(len(x))]
        g = gradient(y)
        for i, role in enumerate(roles):
            z[i] = z[i] - s["lr"] * (g[i] + decayed(role, s) * y[i])
            x[i] = (1 - 1 / t) * x[i] + z[i] / t
        yield [(1 - s["beta"]) * z[i] + s["beta"] * x[i] for i in range(len(x))], x


def rms(x):
    return np.sqrt(np.mean(x**2))


def adafactor(x, roles, s, gradient):
    """Shazeer & Stern 2018, Algorithms 4 and 5: sums of rows and columns as in its Algorithm 1."""
    r, c, v = [[0.0] * len(x) for _ in range(3)]
    t = 0
    while True:
        t += 1
        g = gradient(x)
        beta = 1 - t ** -s["decay"]
        for i, role in enumerate(roles):
            square = g[i] ** 2 + s["eps1"]
            if x[i].ndim == 2:
                r[i] = beta * r[i] + (1 - beta) * square.sum(axis=1)
                c[i] = beta * c[i] + (1 - beta) * square.sum(axis=0)
                v[i] = np.outer(r[i], c[i]) / r[i].sum()
            else:
                v[i] = beta * v[i] + (1 - beta) * square
            u = g[i] / np.sqrt(v[i])
            u = u / max(1, rms(u) / s["threshold"])
            rho = min(s["lr"], 1 / np.sqrt(t))
            alpha = max(s["eps2"], rms(x[i])) * rho if s.get("relative", True) else s["lr"]
            x[i] = x[i] - alpha * u - alpha * decayed(role, s) * x[i]
        yield x, None


def came(x, roles, s, gradient):
    """Luo et al. 2023, Algorithm 2; vectors without confidence as in the authors' code."""
    m = zeros(x)
    r, c, v, rows, columns = [[0.0] * len(x) for _ in range(5)]
    while True:
        g = gradient(x)
        for i, role in enumerate(roles):
            square = g[i] ** 2 + s["eps1"]
            if x[i].ndim == 2:
                r[i] = s["beta2"] * r[i] + (1 - s["beta2"]) * square.sum(axis=1)
                c[i] = s["beta2"] * c[i] + (1 - s["beta2"]) * square.sum(axis=0)
                v[i] = np.outer(r[i], c[i]) / r[i].sum()
            else:
                v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * square
            u = g[i] / np.sqrt(v[i])
            u = u / max(1, rms(u) / s["threshold"])
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * u
            confidence = 1.0
            if x[i].ndim == 2:
                unsteady = (u - m[i]) ** 2 + s["eps2"]
                rows[i] = s["beta3"] * rows[i] + (1 - s["beta3"]) * unsteady.sum(axis=1)
                columns[i] = s["beta3"] * columns[i] + (1 - s["beta3"]) * unsteady.sum(axis=0)
                confidence = np.sqrt(np.outer(rows[i], columns[i]) / rows[i].sum())
            x[i] = x[i] - s["lr"] * m[i] / confidence - s["lr"] * decayed(role, s) * x[i]
        yield x, None


def prodigy(x, roles, s, gradient):
    """Mishchenko & Defazio 2023, Algorithm 4, with the new d beside eps and decay as in the authors' code."""
    m, v, a = zeros(x), zeros(x), zeros(x)
    start, r, d, t = [p.copy() for p in x], 0.0, s["d0"], 0
    root = np.sqrt(s["beta2"])
    while True:
        t += 1
        g = gradient(x)
        gamma = s["lr"]
        if s.get("bias_correction", False):
            gamma *= np.sqrt(1 - s["beta2"] ** t) / (1 - s["beta1"] ** t)
        r = root * r + (1 - root) * gamma * d**2 * sum((g[i] * (start[i] - x[i])).sum() for i in range(len(x)))
        for i in range(len(x)):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * d * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * d**2 * g[i] ** 2
            a[i] = root * a[i] + (1 - root) * gamma * d**2 * g[i]
        new = max(d, s["coefficient"] * r / sum(np.abs(each).sum() for each in a))
        for i, role in enumerate(roles):
            step = m[i] / (np.sqrt(v[i]) + new * s["eps"]) + decayed(role, s) * x[i]
            x[i] = x[i] - gamma * d * step
        d = new
        yield x, None


def dadapt_adam(x, roles, s, gradient):
    """Defazio & Mishchenko 2023, its Algorithm for Adam."""
    m, v, a = zeros(x), zeros(x), zeros(x)
    r, d, t = 0.0, s["d0"], 0
    root = np.sqrt(s["beta2"])
    while True:
        t += 1
        g = gradient(x)
        rate = d * s["lr"]
        if s.get("bias_correction", False):
            rate *= np.sqrt(1 - s["beta2"] ** t) / (1 - s["beta1"] ** t)
        inner = sum((g[i] * a[i] / (np.sqrt(v[i]) + s["eps"])).sum() for i in range(len(x)))
        r = root * r + (1 - root) * rate * inner
        for i in range(len(x)):
            a[i] = root * a[i] + (1 - root) * rate * g[i]
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * rate * g[i]
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * g[i] ** 2
        for i, role in enumerate(roles):
            x[i] = x[i] - m[i] / (np.sqrt(v[i]) + s["eps"]) - rate * decayed(role, s) * x[i]
        d = max(d, r / ((1 - root) * sum(np.abs(each).sum() for each in a)))
        yield x, None


def dowg(x, roles, s, gradient):
    """Khaled et al. 2023, Algorithm 1."""
    start, r, v = [p.copy() for p in x], s["distance"], 0.0
    while True:
        g = gradient(x)
        r = max(np.sqrt(sum(((p - p0) ** 2).sum() for p, p0 in zip(x, start))), r)
        v += r**2 * sum((each**2).sum() for each in g)
        for i in range(len(x)):
            x[i] = x[i] - s["lr"] * r**2 / np.sqrt(v) * g[i]
        yield x, None


def mars(x, roles, s, gradient):
    """Yuan et al. 2024, Algorithm 2 (MARS-AdamW), approximate."""
    m, v, last, t = zeros(x), zeros(x), None, 0
    while True:
        t += 1
        g = gradient(x)
        last = last or g
        for i, role in enumerate(roles):
            c = g[i] + s["gamma"] * s["beta1"] / (1 - s["beta1"]) * (g[i] - last[i])
            if np.linalg.norm(c) > 1:
                c = c / np.linalg.norm(c)
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * c
            v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * c**2
            mhat, vhat = m[i] / (1 - s["beta1"] ** t), v[i] / (1 - s["beta2"] ** t)
            x[i] = x[i] - s["lr"] * (mhat / (np.sqrt(vhat) + s["eps"]) + decayed(role, s) * x[i])
        last = g
        yield x, None


def signs_of(seed, count):
    """Signs from the highest bits of SplitMix64, whose state begins at the seed."""
    whole = 2**64 - 1
    for k in range(1, count + 1):
        z = (seed + k * 0x9E3779B97F4A7C15) & whole
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & whole
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & whole
        yield 1.0 if (z ^ (z >> 31)) >> 63 else -1.0


def sophia_h(theta, roles, s, gradient):
    """Liu et al. 2023, Algorithms 1 and 3, with random signs; the seed of step t is t."""
    m, h, t = zeros(theta), zeros(theta), 0
    while True:
        t += 1
        g = gradient(theta)
        if t % s["every"] == 1:
            signs = signs_of(t, sum(p.size for p in theta))
            u = [np.array([next(signs) for _ in p.flat]).reshape(p.shape) for p in theta]
            beside = gradient([p + s["difference"] * d for p, d in zip(theta, u)])
            for i in range(len(theta)):
                product = (beside[i] - g[i]) / s["difference"]
                h[i] = s["beta2"] * h[i] + (1 - s["beta2"]) * u[i] * product
        for i, role in enumerate(roles):
            m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
            theta[i] = theta[i] - s["lr"] * decayed(role, s) * theta[i]
            theta[i] = theta[i] - s["lr"] * np.clip(m[i] / np.maximum(s["gamma"] * h[i], s["eps"]), -1, 1)
        yield theta, None


def soap(w, roles, s, gradient):
    """Vyas et al. 2024, Algorithms 3 and 4, the first step as in the authors' code."""
    m, v, t = zeros(w), zeros(w), 0
    sides = [[[np.zeros((n, n)), np.eye(n)] for n in p.shape] if p.ndim == 2 else [] for p in w]
    while True:
        t += 1
        g = gradient(w)
        for i, role in enumerate(roles):

            def turned(x, back=False):
                for axis, (_, q) in enumerate(sides[i]):
                    x = np.moveaxis(np.tensordot(x, q, axes=(axis, 1 if back else 0)), -1, axis)
                return x

            if t > 1:
                m[i] = s["beta1"] * m[i] + (1 - s["beta1"]) * g[i]
                v[i] = s["beta2"] * v[i] + (1 - s["beta2"]) * turned(g[i]) ** 2
                rate = s["lr"] * np.sqrt(1 - s["beta2"] ** (t - 1)) / (1 - s["beta1"] ** (t - 1))
                step = turned(turned(m[i]) / (np.sqrt(v[i]) + s["eps"]), back=True)
                w[i] = w[i] - rate * step - s["lr"] * decayed(role, s) * w[i]
            for axis, side in enumerate(sides[i]):
                product = g[i] @ g[i].T if axis == 0 else g[i].T @ g[i]
                side[0] = s["beta2"] * side[0] + (1 - s["beta2"]) * product
                if t == 1:
                    side[1] = np.linalg.eigh(side[0])[1][:, ::-1]
                elif (t - 1) % s["every"] == 0:
                    side[1] = np.linalg.qr(side[0] @ side[1])[0]
        yield w, None


def power(a, exponent):
    values, vectors = np.linalg.eigh(a)
    return vectors @ np.diag(values**exponent) @ vectors.T


def shampoo(w, roles, s, gradient):
    """Gupta et al. 2018, Algorithms 1 and 2, with roots that may be of an earlier step."""
    sums = [[s["eps"] * np.eye(n) for n in p.shape] for p in w]
    roots, t = [None] * len(w), 0
    while True:
        g = gradient(w)
        for i, role in enumerate(roles):
            order = w[i].ndim
            column = g[i].reshape(-1, 1) if order == 1 else g[i]
            products = [column @ column.T, column.T @ column][:order]
            sums[i] = [total + each for total, each in zip(sums[i], products)]
            if t % s["every"] == 0:
                roots[i] = [power(each, -1 / (2 * order)) for each in sums[i]]
            step = roots[i][0] @ g[i]
            if order == 2:
                step = step @ roots[i][1]
            w[i] = w[i] - s["lr"] * step - s["lr"] * decayed(role, s) * w[i]
        t += 1
        yield w, None


ADAM = {"beta1": 0.8, "beta2": 0.97, "eps": 1e-5}
ADAFACTOR = {"eps1": 1e-6, "eps2": 0.01}
CAME = {"lr": 0.002, "beta1": 0.8, "beta2": 0.97, "beta3": 0.98, "threshold": 1.0, "eps1": 1e-6, "eps2": 1e-4}
SOPHIA = {"lr": 0.01, "beta1": 0.8, "beta2": 0.9, "gamma": 2.0, "eps": 0.05, "every": 4, "difference": 0.02}
OPTIMIZERS = [
    (
        adabelief,
        [{"lr": 0.002, **ADAM, "weight_decay": 0.02}],
        [{"lr": 0.005, **ADAM}, {"lr": 0.005, **ADAM, "weight_decay": 0.05, "decay_biases": False}],
    ),
    (
        yogi,
        [{"lr": 0.003, **ADAM, "initial": 1e-3}],
        [{"lr": 0.005, **ADAM, "initial": 0.01, "bias_correction": True, "weight_decay": 0.02}],
    ),
    (
        adabound,
        [{"lr": 0.003, "final_lr": 0.0005, "gamma": 0.02, **ADAM}],
        [{"lr": 0.005, "final_lr": 0.02, "gamma": 0.02, **ADAM, "weight_decay": 0.02}],
    ),
    (
        signum,
        [{"lr": 0.003, "beta": 0.85, "weight_decay": 0.1}],
        [{"lr": 0.003, "beta": 0.8}, {"lr": 0.003, "beta": 0.8, "weight_decay": 0.1, "decay_biases": False}],
    ),
    (
        ademamix,
        [{"lr": 0.001, **ADAM, "beta3": 0.995, "alpha": 2.0, "warm_up": 120}],
        [
            {"lr": 0.002, **ADAM, "beta3": 0.99, "alpha": 3.0, "warm_up": 0, "weight_decay": 0.02},
            {"lr": 0.002, **ADAM, "beta3": 0.99, "alpha": 3.0, "warm_up": 200},
        ],
    ),
    (
        adan,
        [{"lr": 0.002, "beta1": 0.95, "beta2": 0.9, "beta3": 0.97, "eps": 1e-5, "weight_decay": 0.02}],
        [{"lr": 0.004, "beta1": 0.9, "beta2": 0.85, "beta3": 0.97, "eps": 1e-5, "weight_decay": 0.05}],
    ),
    (
        schedule_free_sgd,
        [{"lr": 0.0008, "beta": 0.85}],
        [{"lr": 0.05, "beta": 0.9}, {"lr": 0.05, "beta": 0.6, "weight_decay": 0.05, "decay_biases": False}],
    ),
    (
        adafactor,
        [{"lr": 0.003, "decay": 0.8, "threshold": 1.0, "eps1": 1e-4, "eps2": 1e-3, "weight_decay": 0.02}],
        [
            {**ADAFACTOR, "lr": 0.1, "decay": 0.8, "threshold": 0.9},
            {**ADAFACTOR, "lr": 0.005, "relative": False, "decay": 0.7, "threshold": 1.2, "weight_decay": 0.05},
        ],
    ),
    (
        came,
        [{"lr": 0.003, "beta1": 0.8, "beta2": 0.97, "beta3": 0.98, "threshold": 1.0, "eps1": 1e-4, "eps2": 1e-6}],
        [CAME, {**CAME, "weight_decay": 0.05, "decay_biases": False}],
    ),
    (
        prodigy,
        [{"lr": 0.05, **ADAM, "d0": 0.01, "coefficient": 1.0}],
        [
            {"lr": 0.3, **ADAM, "d0": 1e-3, "coefficient": 0.8, "bias_correction": True},
            {"lr": 0.3, **ADAM, "d0": 0.01, "coefficient": 1.0, "weight_decay": 0.05, "decay_biases": False},
        ],
    ),
    (
        dadapt_adam,
        [{"lr": 0.05, **ADAM, "d0": 0.01}],
        [
            {"lr": 0.3, **ADAM, "d0": 1e-3, "bias_correction": True},
            {"lr": 0.3, **ADAM, "d0": 0.01, "weight_decay": 0.05, "decay_biases": False},
        ],
    ),
    (
        dowg,
        [{"lr": 0.1, "distance": 0.01}],
        [{"lr": 1.0, "distance": 0.05}],
    ),
    (
        mars,
        [{"lr": 0.002, **ADAM, "gamma": 0.05}],
        [{"lr": 0.004, **ADAM, "gamma": 0.04, "weight_decay": 0.05, "decay_biases": False}],
    ),
    (sophia_h, [], [SOPHIA, {**SOPHIA, "weight_decay": 0.05, "decay_biases": False}]),
    (
        soap,
        [{"lr": 0.002, **ADAM, "every": 5}],
        [{"lr": 0.004, **ADAM, "every": 3}, {"lr": 0.004, **ADAM, "every": 10, "weight_decay": 0.05}],
    ),
    (
        shampoo,
        [{"lr": 0.02, "eps": 1e-2, "every": 1}],
        [{"lr": 0.05, "eps": 1e-2, "every": 1}, {"lr": 0.02, "eps": 0.1, "every": 4, "weight_decay": 0.02}],
    ),
]


if __name__ == "__main__":
    papers.main(OPTIMIZERS, FILE, EVERY)
