#!/usr/bin/env python3
"""Makes reference values and gradients of the landscape bbob in 2, 20 and 40 dimensions, in numpy.

    tests/parity/bbob.py           rewrite tests/parity/bbob.json
    tests/parity/bbob.py --check   compare a new run with the committed file

Needs numpy. A transcription of the definitions (Hansen, Finck, Ros & Auger 2009, INRIA RR-6829) that shares nothing
with the plugin: cosines, logarithms and products are as the paper writes them. Each run compares it with the 720
published values of bbob_values.txt first (dimension 5, five instances, ten digits; from IOHexperimenter's tests).
Gradients are by complex steps, f'(x) = Im f(x + i h) / h with h = 1e-30, which cancel nothing (Squire & Trapp 1998,
doi:10.1137/S003614459631241X); comparisons and roundings see the real part.
"""

import functools
import json
import math
import pathlib
import sys

import numpy as np

FILE = pathlib.Path(__file__).with_name("bbob.json")
PUBLISHED = pathlib.Path(__file__).with_name("bbob_values.txt")
DIMENSIONS = (2, 20, 40)
INSTANCES = (1, 7)
# Made by another processor or libm the values may differ by rounding.
TOLERANCE = 1e-9


# Random numbers of an instance


@functools.cache
def uniform(count, seed):
    """Park & Miller's generator in Schrage's form, shuffled by a table."""

    def advance(state):
        high = state // 127773
        state = 16807 * (state - high * 127773) - 2836 * high
        return state + 2147483647 if state < 0 else state

    state, table = max(1, abs(seed)), [0] * 32
    for i in range(39, -1, -1):
        state = advance(state)
        if i < 32:
            table[i] = state
    drawn, numbers = table[0], []
    for _ in range(count):
        state = advance(state)
        place = drawn // 67108865
        drawn, table[place] = table[place], state
        numbers.append(drawn / 2147483647)
    return np.array(numbers)


def normal(count, seed):
    u = uniform(2 * count, seed)
    return np.sqrt(-2 * np.log(u[:count])) * np.cos(2 * np.pi * u[count:])


def rotation(n, seed):
    """Orthonormal columns."""
    columns = list(normal(n * n, seed).reshape(n, n))
    for i in range(n):
        for j in range(i):
            columns[i] = columns[i] - (columns[i] @ columns[j]) * columns[j]
        columns[i] = columns[i] / np.sqrt(columns[i] @ columns[i])
    return np.array(columns).T


def optimum(n, seed):
    x = 8 * np.floor(1e4 * uniform(n, seed)) / 1e4 - 4
    return np.where(x == 0, -1e-5, x)


def minimum(function, instance):
    seed = {4: 3, 18: 17}.get(function, function) + 10000 * instance
    quotient = normal(1, seed)[0] / normal(1, seed + 1)[0]
    return min(1000.0, max(-1000.0, np.floor(100 * 100 * quotient + 0.5) / 100))


# Transformations, of real or complex numbers


def absolute(x):
    return np.where(np.real(x) < 0, -x, x)


def t_osz(x):
    x = np.asarray(x)
    real = np.real(x)
    h = np.log(np.where(real == 0, 1, absolute(x)))
    c1, c2 = np.where(real > 0, 10, 5.5), np.where(real > 0, 7.9, 3.1)
    return np.sign(real) * np.exp(h + 0.049 * (np.sin(c1 * h) + np.sin(c2 * h)))


def t_asy(x, beta):
    positive = np.where(np.real(x) > 0, x, 1)
    i = np.arange(len(x)) / (len(x) - 1)
    return np.where(np.real(x) > 0, positive ** (1 + beta * i * np.sqrt(positive)), x)


def conditioning(alpha, n):
    return alpha ** (0.5 * np.arange(n) / (n - 1))


def penalty(x, bound=5):
    outside = absolute(x) - bound
    return np.sum(np.where(np.real(outside) > 0, outside, 0) ** 2)


# The functions: of x, without f*, by number; `o` is what the instance draws


class draws:
    def __init__(self, function, instance, n):
        self.n = n
        self.seed = {4: 3, 18: 17}.get(function, function) + 10000 * instance
        self.x = optimum(n, self.seed)
        self.r = rotation(n, self.seed + 1000000)
        self.q = rotation(n, self.seed)
        self.i = np.arange(n) / (n - 1)

    def rq(self, alpha):
        return self.r @ np.diag(conditioning(alpha, self.n)) @ self.q


def rastrigin(z):
    return 10 * (len(z) - np.sum(np.cos(2 * np.pi * z))) + z @ z


def f1(x, o):
    z = x - o.x
    return z @ z


def f2(x, o):
    return np.sum(10 ** (6 * o.i) * t_osz(x - o.x) ** 2)


def f3(x, o):
    return rastrigin(conditioning(10, o.n) * t_asy(t_osz(x - o.x), 0.2))


def f4(x, o):
    best = o.x.copy()
    best[::2] = abs(best[::2])
    z = t_osz(x - best)
    s = conditioning(10, o.n)
    odd = np.arange(o.n) % 2 == 0  # counted from 1
    s = np.where(odd & (np.real(z) > 0), 10 * s, s)
    return rastrigin(s * z) + 100 * penalty(x)


def f5(x, o):
    best = 5 * np.sign(o.x)
    s = np.sign(best) * 10**o.i
    z = np.where(np.real(x) * best < 25, x, best)
    return np.sum(5 * abs(s) - s * z)


def f6(x, o):
    z = o.rq(10) @ (x - o.x)
    s = np.where(np.real(z) * o.x > 0, 100, 1)
    return t_osz(np.sum((s * z) ** 2)) ** 0.9


def f7(x, o):
    hat = conditioning(10, o.n) * (o.q @ (x - o.x))
    real = np.real(hat)
    steps = np.where(abs(real) > 0.5, np.floor(0.5 + real), np.floor(0.5 + 10 * real) / 10)
    z = o.r @ steps
    height, slope = np.sum(10 ** (2 * o.i) * z**2), absolute(hat[0]) / 1e4
    return 0.1 * (height if height > np.real(slope) else slope) + penalty(x)


def rosenbrock(z):
    return np.sum(100 * (z[:-1] ** 2 - z[1:]) ** 2 + (z[:-1] - 1) ** 2)


def f8(x, o):
    return rosenbrock(max(1, np.sqrt(o.n) / 8) * (x - 0.75 * o.x) + 1)


def f9(x, o):
    return rosenbrock(max(1, np.sqrt(o.n) / 8) * (o.q @ x) + 0.5)


def f10(x, o):
    return np.sum(10 ** (6 * o.i) * t_osz(o.r @ (x - o.x)) ** 2)


def f11(x, o):
    z = t_osz(o.r @ (x - o.x))
    return 1e6 * z[0] ** 2 + np.sum(z[1:] ** 2)


def f12(x, o):
    z = o.r @ t_asy(o.r @ (x - optimum(o.n, o.seed + 1000000)), 0.5)
    return z[0] ** 2 + 1e6 * np.sum(z[1:] ** 2)


def f13(x, o):
    z = o.rq(10) @ (x - o.x)
    return z[0] ** 2 + 100 * np.sqrt(np.sum(z[1:] ** 2))


def f14(x, o):
    z = o.r @ (x - o.x)
    return np.sqrt(np.sum(absolute(z) ** (2 + 4 * o.i)))


def f15(x, o):
    return rastrigin(o.rq(10) @ t_asy(t_osz(o.r @ (x - o.x)), 0.2))


def f16(x, o):
    z = o.rq(0.01) @ t_osz(o.r @ (x - o.x))
    k = np.arange(12)[:, None]
    waves = np.sum(0.5**k * np.cos(2 * np.pi * 3.0**k * (z + 0.5))) / o.n
    return 10 * (waves - np.sum(0.5**k * np.cos(np.pi * 3.0**k))) ** 3 + 10 / o.n * penalty(x)


def schaffers(x, o, alpha):
    z = conditioning(alpha, o.n) * (o.q @ t_asy(o.r @ (x - o.x), 0.5))
    s = np.sqrt(z[:-1] ** 2 + z[1:] ** 2)
    return np.mean(np.sqrt(s) + np.sqrt(s) * np.sin(50 * s**0.2) ** 2) ** 2 + 10 * penalty(x)


def f17(x, o):
    return schaffers(x, o, 10)


def f18(x, o):
    return schaffers(x, o, 1000)


def f19(x, o):
    z = max(1, np.sqrt(o.n) / 8) * (o.q @ x) + 0.5
    s = 100 * (z[:-1] ** 2 - z[1:]) ** 2 + (z[:-1] - 1) ** 2
    return 10 * np.mean(s / 4000 - np.cos(s)) + 10


def f20(x, o):
    signs = np.sign(uniform(o.n, o.seed) - 0.5)
    best = 4.2096874637 / 2
    hat = 2 * signs * x
    z = hat.copy()
    z[1:] += 0.25 * (hat[:-1] - 2 * best)
    z = 100 * (conditioning(10, o.n) * (z - 2 * best) + 2 * best)
    waves = np.mean(z * np.sin(np.sqrt(absolute(z))))
    return -waves / 100 + 4.189828872724339 + 100 * penalty(z / 100)


def gallagher(x, o, count, width, first):
    u = uniform(o.n * count, o.seed).reshape(count, o.n)
    places = width * u - width / 2
    places[0] *= 0.8
    alphas = 1000 ** (np.argsort(uniform(count - 1, o.seed)) / (count - 2))
    heights = 1.1 + 8 * np.arange(count - 1) / (count - 2)
    best = 0
    for k in range(count):
        alpha, w = (first, 10) if k == 0 else (alphas[k - 1], heights[k - 1])
        c = alpha ** (np.argsort(uniform(o.n, o.seed + 1000 * k)) / (o.n - 1) - 0.5)
        offset = o.q @ (x - places[k])
        height = w * np.exp(-np.sum(c * offset**2) / (2 * o.n))
        best = height if np.real(height) > np.real(best) else best
    return t_osz(10 - best) ** 2 + penalty(x)


def f21(x, o):
    return gallagher(x, o, 101, 10, 1000**0.5)


def f22(x, o):
    return gallagher(x, o, 21, 9.8, 1000)


def f23(x, o):
    z = o.rq(100) @ (x - o.x)
    k = 2.0 ** np.arange(1, 33)[:, None]
    zigzags = np.sum(absolute(k * z - np.floor(0.5 + np.real(k * z))) / k, axis=0)
    product = np.prod((1 + np.arange(1, o.n + 1) * zigzags) ** (10 / o.n**1.2))
    return 10 / o.n**2 * product - 10 / o.n**2 + penalty(x)


def f24(x, o):
    hat = 2 * np.sign(normal(o.n, o.seed)) * x
    s = 1 - 1 / (2 * np.sqrt(o.n + 20) - 8.2)
    near, far = np.sum((hat - 2.5) ** 2), o.n + s * np.sum((hat + np.sqrt((2.5**2 - 1) / s)) ** 2)
    ripples = o.n - np.sum(np.cos(2 * np.pi * (o.rq(100) @ (hat - 2.5))))
    return (near if np.real(near) < np.real(far) else far) + 10 * ripples + 1e4 * penalty(x)


FUNCTIONS = (f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24)


def value_and_gradient(function, x, o, step=1e-30):
    by = [np.imag(function(x + 1j * step * axis, o)) / step for axis in np.eye(len(x))]
    return float(np.real(function(x, o))), [float(each) for each in by]


def half_a_digit(number):
    """What rounding to ten digits may have taken from it."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(number))) - 9) if number else 0


def compare_with_published():
    """Whether all published values are those of points that round to the published ones."""
    at_0, elsewhere, share, made = 0, 0, 0, {}
    for line in PUBLISHED.read_text().splitlines():
        number, instance, point, value = line.split()
        x = np.array([float(each) for each in point.split(",")])
        key = int(number), int(instance)
        if key not in made:
            made[key] = draws(*key, len(x))
        above, gradient = value_and_gradient(FUNCTIONS[key[0] - 1], x, made[key])
        difference = abs(above + minimum(*key) - float(value))
        allowed = half_a_digit(float(value)) + sum(abs(g) * half_a_digit(a) for g, a in zip(gradient, x))
        # The lines of f23 are shorter than what the digits leave open, and its slope changes on the way.
        share = max(share, difference / allowed / (4 if number == "23" else 1))
        if x.any():
            elsewhere = max(elsewhere, difference / abs(float(value)))
        else:
            at_0 = max(at_0, difference / abs(float(value)))
    print(f"largest relative difference from the published values: {at_0:.1e} at 0, {elsewhere:.1e} at rounded points;")
    print(f"{share:.2f} of what rounding values and points to ten digits allows")
    return share <= 1


def make():
    random = np.random.default_rng(2009)
    # Within the box, and around it.
    points = {n: np.round(random.uniform(-1, 1, (2, n)) * [[5], [6]], 4) for n in DIMENSIONS}
    cases = []
    for n in DIMENSIONS:
        for number, function in enumerate(FUNCTIONS, start=1):
            for instance, x in zip(INSTANCES, points[n]):
                value, gradient = value_and_gradient(function, x, draws(number, instance, n))
                cases.append(
                    {
                        "function": number,
                        "instance": instance,
                        "n": n,
                        "minimum": minimum(number, instance),
                        "above": value,
                        "gradient": [float(f"{each:.12g}") for each in gradient],
                    }
                )
    return {"points": {str(n): x.tolist() for n, x in points.items()}, "instances": INSTANCES, "cases": cases}


def differences(new, old):
    """The largest relative differences of values and of gradients."""
    by_value = by_gradient = 0
    for a, b in zip(new["cases"], old["cases"], strict=True):
        by_value = max(by_value, abs(a["above"] - b["above"]) / abs(b["above"]))
        distance = np.linalg.norm(np.subtract(a["gradient"], b["gradient"]))
        by_gradient = max(by_gradient, distance / (np.linalg.norm(b["gradient"]) or 1))
    return by_value, by_gradient


def main():
    if not compare_with_published():
        sys.exit("the transcription does not have the published values")
    new = make()
    if sys.argv[1:] == ["--check"]:
        by_value, by_gradient = differences(new, json.loads(FILE.read_text()))
        print(f"{len(new['cases'])} cases: values differ by {by_value:.1e}, gradients by {by_gradient:.1e}")
        sys.exit(max(by_value, by_gradient) > TOLERANCE)
    cases = ",\n".join(json.dumps(each) for each in new.pop("cases"))
    head = json.dumps({"made_with": f"numpy {np.__version__}", **new})[:-1]
    FILE.write_text(f'{head}, "cases": [\n{cases}\n]}}\n')


if __name__ == "__main__":
    main()
