#!/usr/bin/env python3
"""Many short trials while faults are injected at random: nothing may be lost, and memory must stay flat.

    endurance.py RAVINE [--trials 200000] [--seed 1] [--size-mib 3000]

RAVINE is the program. Needs root, for a small file system of its own. Runs the same experiment twice: undisturbed, then,
again and again until every trial has a result, while it kills or stops the program or one of its processes, asks it to end,
and fills its disk. A trial whose own process is killed counts as crashed; every other one must end with the same curve as in
the undisturbed run. Takes minutes; not part of scripts/test.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

MANIFEST = """
name: endurance
repetitions: {repetitions}
problems: [{{use: rosenbrock, noise: 0.1, train: {{steps: 200}}, evaluate: {{every: {{steps: 50}}}}}}]
optimizers: [{{use: sgd, with: {{lr: 0.0001}}}}, {{use: adam, with: {{lr: 0.0001}}}}, {{use: lion, with: {{lr: 0.001}}}},
             {{use: rmsprop, with: {{lr: 0.001}}}}]
limits: {{seconds: 2, memory: 256 MiB}}
"""


def curves(file):
    """A digest of each completed trial's curve without its times, and the number of trials by status."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as results:
        found, endings = {}, {}
        rows = results.execute("SELECT hash, status, metrics, points FROM trials LEFT JOIN evaluations ON trial_id = id")
        for name, status, metrics, points in rows:
            endings[status] = endings.get(status, 0) + 1
            if status == "completed":
                text = json.dumps([[row[0], row[1]] + row[5:] for row in json.loads(points)]) + metrics
                found[name] = hashlib.sha256(text.encode()).digest()[:8]
        whole = results.execute("PRAGMA quick_check").fetchone()[0]
    return found, endings, whole


def resident(process):
    try:
        with open(f"/proc/{process}/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return 0


def marked(marker):
    """Processes that carry the marker in their environment."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as environment:
                if marker.encode() in environment.read():
                    found.append(int(name))
        except OSError:
            pass
    return found


class Disturber:
    def __init__(self, draw, folder, marker):
        self.draw, self.folder, self.marker = draw, folder, marker
        self.counts = {}

    def disturb(self, program):
        kind = self.draw.choices(
            ["nothing", "kill program", "end program", "hang up", "kill child", "stop program", "stop child", "fill disk"],
            [4, 1, 1, 1, 3, 1, 2, 1])[0]
        children = [p for p in marked(self.marker) if p != program.pid]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == "kill program":
            program.send_signal(signal.SIGKILL)
        elif kind == "end program":
            program.send_signal(signal.SIGTERM)
        elif kind == "hang up":
            program.send_signal(signal.SIGHUP)
        elif kind == "stop program":
            program.send_signal(signal.SIGSTOP)
            time.sleep(self.draw.uniform(0.1, 1))
            program.send_signal(signal.SIGCONT)
        elif kind in ("kill child", "stop child") and children:
            victim = self.draw.choice(children)
            try:
                os.kill(victim, signal.SIGKILL if kind == "kill child" else signal.SIGSTOP)
                if kind == "stop child":
                    time.sleep(self.draw.uniform(0.1, 1))
                    os.kill(victim, signal.SIGCONT)
            except ProcessLookupError:
                pass
        elif kind == "fill disk":
            filler = os.path.join(self.folder, "filler")
            try:
                with open(filler, "wb") as file:
                    while True:
                        file.write(bytes(1 << 20))
                        file.flush()
            except OSError:
                pass
            time.sleep(self.draw.uniform(0.5, 2))
            os.remove(filler)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ravine")
    parser.add_argument("--trials", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size-mib", type=int, default=3000)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    marker = f"RAVINE_ENDURANCE={os.getpid()}"
    environment = dict(os.environ, RAVINE_ENDURANCE=str(os.getpid()))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={given.size_mib}m", "tmpfs", folder], check=True)
        try:
            run(given, draw, marker, environment, folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def run(given, draw, marker, environment, folder):
    with open(f"{folder}/endurance.yaml", "w") as file:
        file.write(MANIFEST.format(repetitions=given.trials // 4))
    command = [given.ravine, "run", "endurance.yaml"]
    began = time.time()
    subprocess.run(command + ["--out", "clean.db"], cwd=folder, env=environment, check=True,
                   stderr=subprocess.DEVNULL)
    expected, endings, _ = curves(f"{folder}/clean.db")
    for name in ("clean.db", "clean.db-wal", "clean.db-shm"):  # memory, on this file system
        if os.path.exists(f"{folder}/{name}"):
            os.remove(f"{folder}/{name}")
    print(f"undisturbed: {endings} in {time.time() - began:.0f} s", flush=True)

    disturber = Disturber(draw, folder, marker)
    memory, runs = [], 0
    began = time.time()
    while True:
        runs += 1
        log = open(f"{folder}/log", "wb")
        program = subprocess.Popen(command + ["--out", "disturbed.db"], cwd=folder, env=environment,
                                   stdout=log, stderr=log)
        while program.poll() is None:
            until = time.time() + draw.uniform(1, 6)
            while time.time() < until and program.poll() is None:
                memory.append(resident(program.pid))
                time.sleep(0.2)
            if program.poll() is None:
                disturber.disturb(program)
        time.sleep(0.5)
        left = marked(marker)
        left = [p for p in left if p != os.getpid()]
        if left:
            sys.exit(f"processes are left after run {runs}: {left}")
        found, endings, whole = curves(f"{folder}/disturbed.db")
        print(f"run {runs}: exit {program.returncode}, {endings}, {whole}", flush=True)
        if program.returncode == 0 and len(found) + endings.get("crashed", 0) >= len(expected):
            break
        if runs > 500:
            sys.exit("too many runs")
    lost = [name for name in expected if name not in found]
    different = [name for name in expected if name in found and found[name] != expected[name]]
    third = max(1, len(memory) // 3)
    print(f"disturbed: {disturber.counts}, {runs} runs, {time.time() - began:.0f} s; without a curve: {len(lost)}, "
          f"different: {len(different)}; memory of the program in MiB: at most {max(memory)}, "
          f"mean of the first third {sum(memory[:third]) / third:.0f}, of the last {sum(memory[-third:]) / third:.0f}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
