"""Runs manifests, remembers how long they took, and keeps the answers in README.md in step with what is stored."""

import hashlib
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys

from .question import question
from .results import results
from .table import entry, made, rewritten, split, stored
from .warnings import concerning


class interrupted(Exception):
    """The user stopped a run; what it has stored stays."""


def minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def count_trials(file: pathlib.Path) -> int:
    if not file.exists():
        return 0
    database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)
    try:
        return database.execute("SELECT count(*) FROM trials").fetchone()[0]
    except sqlite3.Error:  # no tables yet
        return 0
    finally:
        database.close()


class runner:
    ravine: str

    def __init__(self, experiments: pathlib.Path, folder: pathlib.Path, everything: list[question],
                 only: set[int] | None = None, jobs: str | None = None):  # fmt: skip
        """README.md, durations.json and the manifests in questions/ are in `experiments`; results go to `folder`."""
        self.experiments = experiments
        self.folder = folder
        self.everything = everything
        self.asked = [each for each in everything if only is None or each.number in only]
        self.jobs = jobs
        self.readme = experiments / "README.md"
        self.measured_durations = experiments / "durations.json"  # committed: seconds on the machine of the table
        self.durations = read_json(self.measured_durations)

    def manifests(self) -> list[str]:
        return [name for each in self.asked for name in each.manifests]

    def manifest(self, name: str) -> pathlib.Path:
        return self.experiments / "questions" / f"{name}.yaml"

    def file(self, manifest: str) -> pathlib.Path:
        return self.folder / f"{manifest}.db"

    def progress(self) -> dict:
        """By manifest: seconds that its trials took here so far, and for which text of it all of them are stored."""
        return read_json(self.folder / "progress.json")

    def note_progress(self, manifest: str, seconds: float, complete: bool) -> None:
        noted = self.progress()
        before = noted.get(manifest, {"seconds": 0.0})["seconds"]
        text = self.digest(manifest) if complete else ""
        noted[manifest] = {"seconds": round(before + seconds, 1), "complete_for": text}
        write_json(self.folder / "progress.json", noted)

    def digest(self, manifest: str) -> str:
        """A manifest that was changed may ask for more than is stored."""
        return hashlib.sha256(self.manifest(manifest).read_bytes()).hexdigest()

    def is_complete(self, manifest: str) -> bool:
        return self.progress().get(manifest, {}).get("complete_for") == self.digest(manifest)

    def show(self) -> int:
        noted = self.progress()
        for each in self.asked:
            print(f"{each.number:2}  {each.claim}")
            for name in each.manifests:
                done = "stored" if self.is_complete(name) else "begun" if name in noted else "-"
                print(f"      {name:<24} {self.expected(name):>8}   {done}")
        total = sum(self.durations.get(name, 0) for name in self.manifests())
        asked = f"{len(self.asked)} questions, {len(self.manifests())} manifests"
        print(f"\n{asked}: {minutes(total)} on the machine of the table")
        return 0

    def expected(self, manifest: str) -> str:
        return minutes(self.durations[manifest]) if manifest in self.durations else "unknown"

    def announced(self, manifests: list[str]) -> str:
        noted = self.progress()
        known = [name for name in manifests if name in self.durations]
        seconds = sum(max(0.0, self.durations[name] - noted.get(name, {}).get("seconds", 0.0)) for name in known)
        unknown = len(manifests) - len(known)
        return f"about {minutes(seconds)}" + (f" and {unknown} of unknown length" if unknown else "")

    def run(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        left = [name for name in self.manifests() if not self.is_complete(name)]
        if left:
            say(f"{len(left)} of {len(self.manifests())} manifests to run, {self.announced(left)}; Ctrl-C interrupts")
        before = sum(count_trials(self.file(name)) for name in self.manifests())
        faults = [name for name in self.manifests() if self.run_manifest(name) != 0]
        after = sum(count_trials(self.file(name)) for name in self.manifests())
        say(
            f"trials run into {self.folder}/: {after - before}"
            if after != before
            else f"nothing to run: all {after} trials are in {self.folder}/ already"
        )
        self.rewrite()
        for name in faults:
            say(f"{name}: trials failed; ravine compare {self.file(name)} shows them")
        return 1 if faults else 0

    def run_manifest(self, name: str) -> int:
        """The program's exit status: 0, or 1 if a trial failed. Raises interrupted."""
        command = [self.ravine, "run", str(self.manifest(name)), "--out", str(self.file(name))]
        stored = count_trials(self.file(name))
        began = processor_seconds()
        status = run_to_its_end(command + (["--jobs", self.jobs] if self.jobs else []))
        took = (processor_seconds() - began) / int(self.jobs or os.cpu_count() or 1)
        self.note_progress(name, took if count_trials(self.file(name)) != stored else 0.0, status in (0, 1))
        if status == 130:
            raise interrupted
        if status not in (0, 1):
            sys.exit(f"run-all: {' '.join(command)}: exit status {status}")
        return status

    def answered(self) -> dict[int, entry]:
        """Entries of those questions for which all results are stored."""
        return {
            each.number: self.entry_of(each)
            for each in self.asked
            if all(self.is_complete(name) for name in each.manifests)
        }

    def entry_of(self, asked: question) -> entry:
        stored = [results(self.file(name), self.ravine) for name in asked.manifests]
        return made(asked, asked.answer(*stored), concerning(pair for each in stored for pair in each.warnings()))

    def rewrite(self) -> None:
        noted = self.progress()
        self.durations |= {name: noted[name]["seconds"] for name in self.manifests() if self.is_complete(name)}
        write_json(self.measured_durations, self.durations)
        text = rewritten(self.readme.read_text(), self.answered(), self.everything, self.closing())
        self.readme.write_text(text)
        say(f"the answers in {os.path.relpath(self.readme)} are up to date")

    def closing(self) -> str:
        total = sum(self.durations.get(name, 0) for each in self.everything for name in each.manifests)
        return f"All of it takes {minutes(total)} on the machine where this was measured."

    def check(self) -> int:
        found = self.answered()
        written = stored(split(self.readme.read_text())[1])
        differ = [number for number, answered in found.items() if written.get(number) != answered]
        for each in self.asked:
            if each.number not in found:
                say(f"question {each.number}: no complete results in {self.folder}/")
        for number in differ:
            say(f"question {number}: the README does not agree with {self.folder}/; run-all rewrites it")
        if found and not differ:
            say(f"the README agrees with the stored results of {len(found)} questions")
        return 0 if found and not differ else 1


def processor_seconds() -> float:
    """Of all programs that were run, and theirs. Unlike the time on the clock it hardly depends on what else the
    machine is doing; divided by the jobs, it is what a run takes on an idle one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_to_its_end(command: list[str]) -> int:
    """Ctrl-C reaches the program too, which then finishes what it is at: wait for that."""
    child = subprocess.Popen(command)
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
        signal.signal(signal.SIGTERM, stop)


def read_json(file: pathlib.Path) -> dict:
    return json.loads(file.read_text()) if file.exists() else {}


def write_json(file: pathlib.Path, value: dict) -> None:
    file.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
