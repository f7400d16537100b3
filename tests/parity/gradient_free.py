#!/usr/bin/env python3
"""Makes the reference runs of the optimizers that need no gradient: nelder_mead by scipy, cma_es in numpy.

    tests/parity/gradient_free.py           rewrite tests/parity/gradient_free.json
    tests/parity/gradient_free.py --check   compare a new run with the committed file

Needs numpy, scipy and Boost's headers. A run of nelder_mead holds the lowest, the highest and the mean loss of the
simplex and the number of evaluations after each iteration. A run of cma_es, transcribed from Hansen's tutorial
(arXiv:1604.00772v2), holds the mean, sigma and the best loss after each generation, and the covariance matrix at
the end; each generation draws its normal numbers as the SDK does from a seed of its own.
"""

import json
import math
import pathlib
import re
import sys

import numpy as np
from scipy.optimize import minimize

FILE = pathlib.Path(__file__).with_name("gradient_free.json")
BOOST = pathlib.Path("/usr/include/boost/random/normal_distribution.hpp")
# Made by another processor or BLAS the runs may differ by rounding, which they amplify a little.
TOLERANCE = 1e-9


def sphere(x):
    return sum(a * a for a in x)


def rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def rastrigin(x):
    """With 1 - cos(2 pi a) = 2 sin^2(pi a), so that nothing cancels near a minimum."""
    return sum(a * a + 20 * math.sin(math.pi * (a - round(a))) ** 2 for a in x)


LANDSCAPES = {"sphere": sphere, "rosenbrock": rosenbrock, "rastrigin": rastrigin}


def start(n):
    """No two coordinates are alike, so that no two losses of the first simplex are; one is 0."""
    return [0.0 if i == 1 else round(1.5 * math.sin(1.0 + 2.0 * i) - 0.3, 9) for i in range(n)]


def nelder_mead(loss, n, adaptive, steps):
    rows = []
    options = {"adaptive": adaptive, "xatol": 0, "fatol": 0, "maxfev": math.inf}
    for k in range(1, steps + 1):
        # scipy's count of iterations begins at 1.
        found = minimize(
            lambda x: loss(x.tolist()), start(n), method="Nelder-Mead", options={**options, "maxiter": k + 1}
        )
        losses = found.final_simplex[1]
        rows.append([losses[0], losses[-1], losses.mean(), found.nfev])
    points, losses = found.final_simplex
    return {"steps": rows, "points": points.tolist(), "losses": losses.tolist()}


def ziggurat_table(name):
    text = BOOST.read_text()
    numbers = re.search(r"::" + name + r"\[129\] = \{(.*?)\};", text, re.S).group(1)
    return [float(each) for each in numbers.split(",")]


class Normals:
    """SplitMix64 (Steele, Lea & Flood 2014) and Boost's ziggurat with 128 strips."""

    x, y = ziggurat_table("table_x"), ziggurat_table("table_y")

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def draw(self):
        while True:
            u = self.bits()
            sign, i = (1 if u & 1 else -1), (u & 255) >> 1
            x = ((u & ~(1 << 11)) >> 8) * 2.0**-56 * self.x[i]
            if x < self.x[i + 1]:
                return sign * x
            if i == 0:
                return None  # from the tail, which is not transcribed
            y = self.y[i] + self.bits() * 2.0**-64 * (self.y[i + 1] - self.y[i])
            if y < math.exp(-x * x / 2):
                return sign * x

    @staticmethod
    def drawn(seed, count):
        """The first seed from the given one on whose numbers need no tail, and these numbers."""
        while True:
            random = Normals(seed)
            numbers = [random.draw() for _ in range(count)]
            if None not in numbers:
                return seed, np.array(numbers)
            seed += 1


def cma_es(loss, n, sigma, steps, population=None):
    # Table 1, with alpha_cov = 2.
    lam = population or 4 + int(3 * math.log(n))
    mu = lam // 2
    raw = np.array([math.log((lam + 1) / 2) - math.log(i) for i in range(1, lam + 1)])
    mueff = raw[:mu].sum() ** 2 / (raw[:mu] ** 2).sum()
    mueff_minus = raw[mu:].sum() ** 2 / (raw[mu:] ** 2).sum()
    cc = (4 + mueff / n) / (n + 4 + 2 * mueff / n)
    c1 = 2 / ((n + 1.3) ** 2 + mueff)
    cmu = min(1 - c1, 2 * (1 / 4 + mueff + 1 / mueff - 2) / ((n + 2) ** 2 + 2 * mueff / 2))
    alpha_mu = 1 + c1 / cmu
    alpha_mueff = 1 + 2 * mueff_minus / (mueff + 2)
    alpha_posdef = (1 - c1 - cmu) / (n * cmu)
    positive, negative = raw[raw > 0].sum(), -raw[raw < 0].sum()
    w = np.where(raw >= 0, raw / positive, raw * min(alpha_mu, alpha_mueff, alpha_posdef) / negative)
    csigma = (mueff + 2) / (n + mueff + 5)
    dsigma = 1 + 2 * max(0, math.sqrt((mueff - 1) / (n + 1)) - 1) + csigma
    expected = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n**2))

    m, c = np.array(start(n)), np.eye(n)
    p_sigma, pc = np.zeros(n), np.zeros(n)
    b, d = np.eye(n), np.ones(n)
    best, rows, seeds = math.inf, [], []
    for g in range(steps):
        seed, z = Normals.drawn(1000 * g, lam * n)
        seeds.append(seed)
        half, half_inverse = b @ np.diag(d) @ b.T, b @ np.diag(1 / d) @ b.T
        y = [half @ each for each in z.reshape(lam, n)]
        losses = [loss((m + sigma * each).tolist()) for each in y]
        best = min(best, *losses)
        y = [y[k] for k in np.argsort(losses, kind="stable")]
        mean = sum(w[i] * y[i] for i in range(mu))
        m = m + sigma * mean
        p_sigma = (1 - csigma) * p_sigma + math.sqrt(csigma * (2 - csigma) * mueff) * half_inverse @ mean
        length = np.linalg.norm(p_sigma)
        h = length / math.sqrt(1 - (1 - csigma) ** (2 * (g + 1))) < (1.4 + 2 / (n + 1)) * expected
        pc = (1 - cc) * pc + h * math.sqrt(cc * (2 - cc) * mueff) * mean
        delta = (1 - h) * cc * (2 - cc)
        circ = [w[i] if w[i] >= 0 else w[i] * n / np.linalg.norm(half_inverse @ y[i]) ** 2 for i in range(lam)]
        c = (1 + c1 * delta - c1 - cmu * w.sum()) * c + c1 * np.outer(pc, pc)
        c = c + cmu * sum(circ[i] * np.outer(y[i], y[i]) for i in range(lam))
        sigma = sigma * math.exp(csigma / dsigma * (length / expected - 1))
        if (g + 1) % max(1, math.floor(1 / (10 * n * (c1 + cmu)))) == 0:  # appendix B.2
            eigenvalues, b = np.linalg.eigh(c)
            d = np.sqrt(eigenvalues)
        rows.append([*m.tolist(), sigma, best])
    return {"seeds": seeds, "steps": rows, "covariance": c.flatten().tolist()}


def cases():
    for name, loss in LANDSCAPES.items():
        for n, steps in ((2, 60), (10, 150), (40, 150)):
            for adaptive in (False, True):
                made = {"optimizer": "nelder_mead", "with": {"adaptive": adaptive}, "landscape": name, "n": n}
                yield {**made, "start": start(n), **nelder_mead(loss, n, adaptive, steps)}
        for n, steps, population in ((2, 40, 0), (10, 40, 0), (10, 20, 25), (40, 12, 0)):
            made = {"optimizer": "cma_es", "with": {"sigma": 0.7, "population": population}, "landscape": name}
            yield {**made, "n": n, "start": start(n), **cma_es(loss, n, 0.7, steps, population)}


def numbers(case):
    return np.array([each for key in ("points", "covariance") for each in np.ravel(case.get(key, []))]
                    + [each for row in case["steps"] for each in row])


def main():
    made = list(cases())
    if sys.argv[1:] != ["--check"]:
        FILE.write_text('{"cases": [\n' + ",\n".join(json.dumps(each) for each in made) + "\n]}\n")
        return
    committed = json.loads(FILE.read_text())["cases"]
    if [(each["landscape"], each["n"], each["with"]) for each in made] != [
        (each["landscape"], each["n"], each["with"]) for each in committed
    ]:
        sys.exit("the cases are not those of gradient_free.json; run tests/parity/gradient_free.py and commit it")
    for new, old in zip(made, committed):
        a, b = numbers(new), numbers(old)
        difference = np.abs(a - b).max() / np.abs(b).max() if a.shape == b.shape else math.inf
        print(f"{new['optimizer']:12} {new['landscape']:10} {new['n']:3}: differs by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


main()
