#!/usr/bin/env python3
"""Do the suggestions of `ravine lr-find` train? Holds each against the best of a grid of 13 rates.

    RAVINE_DATA=FOLDER tests/bench/learning_rates.py build/release/ravine [--folder FOLDER] [--seed N] [PROBLEM…]

PROBLEM is one of digits-softmax, digits-mlp, digits-cnn, mnist-softmax, mnist-mlp, mnist-cnn; without any, all of
them. The score of a suggestion is its final validation loss over that of the best rate of the grid, 1e-5 to 10 by
half decades, after two epochs. Chance: a validation accuracy below 0.2 for ten classes. With --folder, manifests and
results are kept, and what is there is not run again. Needs Python alone.
"""

import argparse
import json
import math
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

OPTIMIZERS = ("sgd", "momentum", "nag", "rmsprop", "adam", "adamw", "lion", "muon")
GRID = [round(10 ** (k / 2), 10) for k in range(-10, 3)]
PROBLEMS = {
    "softmax": {"use": "softmax", "train": 8000},
    "mlp": {"use": "mlp", "with": {"hidden": [64]}, "train": 8000},
    "cnn": {"use": "cnn", "train": 3000},
}
KINDS = ("suggestion", "steepest", "tenth_of_minimum")
CHANCE = 0.2
LIMIT = 1.5  # what a suggestion may cost


def problem(name):
    source, model = name.split("-")
    what = dict(PROBLEMS[model])
    sizes = {"train": what.pop("train"), "validation": 2000}
    return {**what, "label": name, "data": {"use": source, "with": sizes}}


def manifest(folder, name, problems, optimizers, seed):
    """JSON is YAML."""
    content = {
        "name": name,
        "seed": seed,
        "problems": [problem(each) for each in problems],
        "train": {"epochs": 2, "batch_size": 32},
        "evaluate": {"every": {"epochs": 2}},
        "optimizers": optimizers,
    }
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(content))
    return path.name


def ravine(program, folder, *words):
    """Its output. Diverged trials make `run` end with 1, which is no fault here."""
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        sys.exit(f"{program} {' '.join(words)}: status {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def outcomes(database):
    """(problem, optimizer's label) -> lr -> (validation loss, validation accuracy); infinity where it diverged."""
    with sqlite3.connect(database) as db:
        metrics = {}
        for trial, metric, value in db.execute("SELECT trial_id, metric, value FROM final_metrics"):
            metrics.setdefault(trial, {})[metric] = value
        found = {}
        for name, optimizer, point, status, trial in db.execute(
            "SELECT problem, optimizer, point, status, trial_id FROM results"
        ):
            of_trial = metrics.get(trial, {}) if status == "completed" else {}
            loss = of_trial.get("validation_loss")
            found.setdefault((name, optimizer), {})[json.loads(point).get("lr")] = (
                loss if loss is not None else math.inf,
                of_trial.get("validation_accuracy") or 0,
            )
    return found


def suggestions(program, folder, name, seed):
    plain = [{"use": each} for each in OPTIMIZERS]
    path = manifest(folder, f"find-{name}-{seed}", [name], plain, seed)
    return {each["optimizer"]: each for each in json.loads(ravine(program, folder, "lr-find", path, "--format", "json"))}


def measure(program, folder, name, seed):
    """One row for each optimizer."""
    searched = [{"use": each, "with": {"lr": {"grid": GRID}}} for each in OPTIMIZERS]
    ravine(program, folder, "run", manifest(folder, f"grid-{name}-{seed}", [name], searched, seed))
    grid = outcomes(folder / f"grid-{name}-{seed}.db")
    found = suggestions(program, folder, name, seed)
    rates = {
        f"{optimizer} {each[key]}": {"use": optimizer, "label": f"{optimizer} {each[key]}", "with": {"lr": each[key]}}
        for optimizer, each in found.items()
        for key in KINDS
        if each[key]
    }
    trained = {}
    if rates:
        (folder / f"suggested-{name}-{seed}.db").unlink(missing_ok=True)
        ravine(program, folder, "run", manifest(folder, f"suggested-{name}-{seed}", [name], list(rates.values()), seed))
        trained = outcomes(folder / f"suggested-{name}-{seed}.db")
    for optimizer in OPTIMIZERS:
        of_grid = grid[(name, optimizer)]
        best = min(of_grid, key=lambda lr: of_grid[lr][0])
        score = {}
        accuracy = None
        for key in KINDS:
            run = trained.get((name, f"{optimizer} {found[optimizer][key]}"))
            if run:
                (outcome,) = run.values()
                score[key] = outcome[0] / of_grid[best][0]
                accuracy = outcome[1] if key == "suggestion" else accuracy
        yield {"problem": name, "optimizer": optimizer, "best": best, "best_loss": of_grid[best][0], "score": score,
               "accuracy": accuracy} | found[optimizer]


def text(row):
    rates = [row[key] for key in KINDS]
    scores = [row["score"].get(key) for key in KINDS]
    cells = [f"{rate:8.3g} {score:6.2f}" if score else f"{'-':>8} {'-':>6}" for rate, score in zip(rates, scores)]
    reason = row["fault"] or row["refusal"]
    return (f"{row['problem']:14}  {row['optimizer']:8}  {row['best']:8.3g} {row['best_loss']:7.4f}   "
            + "   ".join(cells) + f"   {len(row['tries']):2}" + (f"  {reason}" if reason else ""))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program", type=pathlib.Path)
    options.add_argument("--folder", type=pathlib.Path)
    options.add_argument("--seed", type=int, default=1)
    names = [f"{source}-{model}" for source in ("digits", "mnist") for model in PROBLEMS]
    options.add_argument("problems", nargs="*", metavar="PROBLEM", help=", ".join(names))
    given = options.parse_intermixed_args()
    unknown = sorted(set(given.problems) - set(names))
    if unknown:
        options.error(f"unknown problem {unknown[0]}, expected one of {', '.join(names)}")
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print("problem         optimizer  best lr    loss  suggested  score   steepest  score   min / 10  score  tries")
        for name in given.problems or names:
            for row in measure(given.program.resolve(), folder, name, given.seed):
                print(text(row), flush=True)
                rows.append(row)
    for key in KINDS:
        scores = [row["score"][key] for row in rows if key in row["score"]]
        if scores:
            print(f"{key}: {sum(score <= LIMIT for score in scores)} of {len(scores)} within {LIMIT} of the best, "
                  f"median {statistics.median(scores):.2f}, worst {max(scores):.2f}")
    refused = sum(row["suggestion"] is None for row in rows)
    chance = sum(row["accuracy"] is not None and row["accuracy"] < CHANCE for row in rows)
    print(f"refused: {refused} of {len(rows)}; at chance: {chance}")


if __name__ == "__main__":
    main()
