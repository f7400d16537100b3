#!/usr/bin/env python3
"""Makes the curves that Ravine's schedules are held to, with PyTorch's learning-rate schedulers.

    tests/parity/schedules.py           rewrite tests/parity/schedules.json
    tests/parity/schedules.py --check   compare a new run with the committed file

Needs Debian's python3-torch. Each case is a sequence of Ravine's stages, the base value, and PyTorch's value for
each step; for a schedule that follows a metric also the metric after each step.
"""

import json
import math
import pathlib
import sys
import warnings

import torch
from torch.optim import lr_scheduler as lrs

STEPS = 200
FILE = pathlib.Path(__file__).with_name("schedules.json")
# Made by another processor the values may differ by rounding.
TOLERANCE = 1e-13


def stage(use, length=None, **settings):
    made = {"use": use, "with": settings}
    return made if length is None else {**made, "for": length}


# PyTorch's scheduler, the base value, Ravine's stages, and how to make PyTorch's for an optimizer.
SCHEDULES = [
    (
        "StepLR",
        0.1,
        [stage("step_decay", gamma=0.7, every=17)],
        lambda o: lrs.StepLR(o, step_size=17, gamma=0.7),
    ),
    (
        "MultiStepLR",
        0.1,
        [stage("step_decay", gamma=0.3, milestones=[20, 65, 66, 150])],
        lambda o: lrs.MultiStepLR(o, milestones=[20, 65, 66, 150], gamma=0.3),
    ),
    (
        "ConstantLR",
        0.1,
        [stage("constant", 37, factor=0.3), stage("constant")],
        lambda o: lrs.ConstantLR(o, factor=0.3, total_iters=37),
    ),
    (
        "LinearLR, a warm-up",
        0.1,
        [stage("warmup", 60, start=0.05), stage("constant")],
        lambda o: lrs.LinearLR(o, start_factor=0.05, end_factor=1.0, total_iters=60),
    ),
    (
        "LinearLR, from 1 / T",
        0.1,
        [stage("warmup", 60), stage("constant")],
        lambda o: lrs.LinearLR(o, start_factor=1 / 60, end_factor=1.0, total_iters=60),
    ),
    # LambdaLR with the formula of Vaswani et al. 2017, arXiv:1706.03762, section 5.3, for steps from 1.
    (
        "LambdaLR, the Transformer's",
        (512 * 40) ** -0.5,
        [stage("inverse_sqrt", warmup=40, start="linear")],
        lambda o: lrs.LambdaLR(
            o, lambda t: (512**-0.5 * min((t + 1) ** -0.5, (t + 1) * 40**-1.5)) / (512 * 40) ** -0.5
        ),
    ),
    # LambdaLR with the formula of Shen et al. 2024, arXiv:2408.13359, equation 6, for steps from 1.
    (
        "LambdaLR, power",
        0.02,
        [stage("power", exponent=0.51, warmup=25)],
        lambda o: lrs.LambdaLR(o, lambda t: min(0.02, 0.02 * 25**0.51 * (t + 1) ** -0.51) / 0.02),
    ),
    (
        "LambdaLR, power, linear start",
        0.1,
        [stage("power", exponent=0.8, warmup=40, start="linear")],
        lambda o: lrs.LambdaLR(o, lambda t: min((t + 1) / 40, 40**0.8 * (t + 1) ** -0.8)),
    ),
    (
        "LinearLR, falling",
        0.2,
        [stage("linear_range", 160, **{"from": 0.18, "to": 0.006})],
        lambda o: lrs.LinearLR(o, start_factor=0.9, end_factor=0.03, total_iters=160),
    ),
    (
        "ExponentialLR",
        0.1,
        [stage("exponential", form="discrete", gamma=0.97)],
        lambda o: lrs.ExponentialLR(o, gamma=0.97),
    ),
    (
        "ExponentialLR, continuous",
        0.1,
        [stage("exponential", form="continuous", rate=0.03)],
        lambda o: lrs.ExponentialLR(o, gamma=math.exp(-0.03)),
    ),
    (
        "PolynomialLR",
        0.1,
        [stage("polynomial", 170, power=2.5)],
        lambda o: lrs.PolynomialLR(o, total_iters=170, power=2.5),
    ),
    (
        "CosineAnnealingLR",
        0.1,
        [stage("cosine", 210, min=0.004)],
        lambda o: lrs.CosineAnnealingLR(o, T_max=210, eta_min=0.004),
    ),
    (
        "CosineAnnealingWarmRestarts",
        0.1,
        [stage("cosine_restarts", period=11, mult=2, min=0.002)],
        lambda o: lrs.CosineAnnealingWarmRestarts(o, T_0=11, T_mult=2, eta_min=0.002),
    ),
    (
        "CosineAnnealingWarmRestarts, equal cycles",
        0.1,
        [stage("cosine_restarts", period=23, mult=1, min=0.002)],
        lambda o: lrs.CosineAnnealingWarmRestarts(o, T_0=23, T_mult=1, eta_min=0.002),
    ),
    (
        "SequentialLR",
        0.1,
        [
            stage("warmup", 20, start=0.1),
            stage("exponential", 70, form="discrete", gamma=0.98),
            stage("step_decay", gamma=0.6, every=25),
        ],
        lambda o: lrs.SequentialLR(
            o,
            [
                lrs.LinearLR(o, start_factor=0.1, total_iters=20),
                lrs.ExponentialLR(o, gamma=0.98),
                lrs.StepLR(o, step_size=25, gamma=0.6),
            ],
            milestones=[20, 90],
        ),
    ),
    # A product of factors; where all but one are 1, it is a sequence.
    (
        "ChainedScheduler",
        0.1,
        [stage("warmup", 30, start=0.2), stage("step_decay", gamma=0.4, milestones=[20, 90])],
        lambda o: lrs.ChainedScheduler(
            [
                lrs.LinearLR(o, start_factor=0.2, total_iters=30),
                lrs.MultiStepLR(o, milestones=[50, 120], gamma=0.4),
            ]
        ),
    ),
]

for anneal in ("cos", "linear"):
    for three_phase in (False, True):
        settings = {"pct_start": 0.37, "anneal": anneal, "three_phase": three_phase}

        def one_cycle(o, anneal=anneal, three_phase=three_phase):
            return lrs.OneCycleLR(
                o,
                max_lr=0.4,
                total_steps=STEPS,
                pct_start=0.37,
                anneal_strategy=anneal,
                three_phase=three_phase,
                div_factor=12,
                final_div_factor=300,
                base_momentum=0.7,
                max_momentum=0.93,
            )

        name = f"OneCycleLR, {anneal}" + (", three phases" if three_phase else "")
        rise = stage("one_cycle", STEPS, direction="rise", div_factor=12, final_div_factor=300, **settings)
        fall = stage("one_cycle", STEPS, direction="fall", low=0.7, **settings)
        SCHEDULES.append((name, 0.4, [rise], one_cycle))
        SCHEDULES.append((name + ": momentum", 0.93, [fall], one_cycle))

for form in ("triangular", "triangular2", "exp_range"):
    gamma = 0.99 if form == "exp_range" else 1.0

    def cyclic(o, form=form, gamma=gamma):
        return lrs.CyclicLR(
            o,
            base_lr=0.05,
            max_lr=0.35,
            step_size_up=13,
            step_size_down=29,
            mode=form,
            gamma=gamma,
            base_momentum=0.72,
            max_momentum=0.9,
        )

    settings = {"form": form, "up": 13, "down": 29, "gamma": gamma}
    SCHEDULES.append((f"CyclicLR, {form}", 0.05, [stage("cyclic", factor=7.0, **settings)], cyclic))
    SCHEDULES.append((f"CyclicLR, {form}: momentum", 0.9, [stage("cyclic", factor=0.8, **settings)], cyclic))


def wsd(t, steps, warmup, decay, final, shape):
    """Haegele et al. 2024, arXiv:2405.18392, equations 1 to 3, in steps from 0; warmed up as their code does."""
    begin = steps - decay
    if t < warmup:
        return t / warmup + (1 - t / warmup) / warmup
    if t < begin:
        return 1.0
    gone = (t - begin) / decay if t < steps else 1.0
    return final + (1 - final) * (1 - (gone if shape == "linear" else math.sqrt(gone)))


for shape, length, final in (("linear", 200, 0.0), ("one_minus_sqrt", 200, 0.0), ("one_minus_sqrt", 160, 0.1)):

    def stable(o, shape=shape, length=length, final=final):
        return lrs.LambdaLR(o, lambda t: wsd(t, length, length // 8, length // 4, final, shape))

    SCHEDULES.append(
        (
            f"LambdaLR, wsd, {shape} in {length}",
            0.3,
            [stage("wsd", length, warmup=0.125, decay=0.25, final=final, shape=shape)],
            stable,
        )
    )


def metric(t):
    """Falls, with waves, and rests at times: some evaluations are better than the best so far and some are not."""
    return round(1.5 * math.exp(-t / 60) + 0.3 + 0.1 * math.sin(t / 3) * math.exp(-t / 90), 4)


for mode in ("relative", "absolute"):
    for cooldown in (0, 7):
        threshold = 0.01 if mode == "relative" else 0.02

        def reduce_on_plateau(o, mode=mode, cooldown=cooldown, threshold=threshold):
            return lrs.ReduceLROnPlateau(
                o,
                factor=0.6,
                patience=4,
                threshold=threshold,
                threshold_mode=mode[:3],
                cooldown=cooldown,
                min_lr=0.003,
                eps=0,
            )

        settings = {"factor": 0.6, "patience": 4, "threshold": threshold, "threshold_mode": mode}
        SCHEDULES.append(
            (
                f"ReduceLROnPlateau, {mode}, cooldown {cooldown}",
                0.1,
                [stage("plateau", cooldown=cooldown, floor=0.003, **settings)],
                reduce_on_plateau,
            )
        )

# Below 0, PyTorch's relative mode takes worse metrics for better ones. Its mode max of the metric negated does not.
SCHEDULES.append(
    (
        "ReduceLROnPlateau, relative, negated",
        0.1,
        [stage("plateau", factor=0.6, patience=4, threshold=0.01, threshold_mode="relative", floor=0.003)],
        lambda o: lrs.ReduceLROnPlateau(
            o, mode="max", factor=0.6, patience=4, threshold=0.01, threshold_mode="rel", min_lr=0.003, eps=0
        ),
    )
)


def case(name, base, stages, make):
    momentum = name.endswith("momentum")
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1.0 if momentum else base, momentum=base if momentum else 0.5)
    scheduler = make(optimizer)
    follows = isinstance(scheduler, lrs.ReduceLROnPlateau)
    negated = follows and scheduler.mode == "max"
    # Lowered by 3, the metric lies below 0 throughout.
    metrics = [metric(t) - 3 * negated for t in range(STEPS)] if follows else None
    values = []
    for t in range(STEPS):
        values.append(optimizer.param_groups[0]["momentum" if momentum else "lr"])
        optimizer.step()
        if t + 1 < STEPS:
            scheduler.step(*([-metrics[t] if negated else metrics[t]] if follows else []))
    made = {"pytorch": name, "base": base, "stages": stages, "values": values}
    return {**made, "metrics": metrics} if follows else made


def relative_difference(a, b):
    return max(abs(x - y) / max(abs(y), sys.float_info.min) for x, y in zip(a, b))


def check(made, committed):
    if [{**each, "values": None} for each in made] != [{**each, "values": None} for each in committed]:
        sys.exit("the cases are not those of schedules.json; run tests/parity/schedules.py and commit the file")
    for new, old in zip(made, committed):
        difference = relative_difference(new["values"], old["values"])
        print(f"{new['pytorch']:42} differs from schedules.json by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


def main():
    # SequentialLR of this release steps its schedulers with an argument that they deprecate.
    warnings.simplefilter("ignore")
    made = [case(*each) for each in SCHEDULES]
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(FILE.read_text())["cases"])
        return
    lines = ",\n".join(json.dumps(each) for each in made)
    FILE.write_text(f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n')


main()
