#!/usr/bin/env python3
"""A small transformer that predicts characters: Ravine's beside the same in PyTorch.

    tests/bench/peers/character_model.py build/release/ravine TEXT [STEPS [SEEDS]]

Needs Debian's python3-torch. TEXT is a file of about a megabyte. Both train a causal transformer (pre-norm, 2 blocks,
width 64, 4 heads, 64 characters, a label at each) with Adam at 0.002 for STEPS steps (2,000) of 32 windows, on the
first 80 % of the text, in float32 on one thread; and from the same distribution of starts, but not from the same start
nor on the same windows. Prints losses in nats a character, on 2,000 windows of the 10 % of the text that follow,
seconds of training by the clock on the wall, and processor seconds of all, Ravine's with starting up and an evaluation
more; of SEEDS seeds (3).
"""

import ctypes
import json
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from torch import nn

CONTEXT, BATCH, WIDTH, HEADS, BLOCKS, RATE = 64, 32, 64, 4, 2, 0.002
VALIDATED = 2000


class Transformer(nn.Module):
    """As Ravine's, with its starts."""

    def __init__(self, vocabulary):
        super().__init__()
        self.character = nn.Embedding(vocabulary, WIDTH)
        self.place = nn.Parameter(torch.empty(CONTEXT, WIDTH))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                WIDTH, HEADS, 4 * WIDTH, dropout=0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(BLOCKS)
        )
        self.norm = nn.LayerNorm(WIDTH)
        self.output = nn.Linear(WIDTH, vocabulary)
        self.mask = nn.Transformer.generate_square_subsequent_mask(CONTEXT)
        for each in (self.character.weight, self.place):
            nn.init.normal_(each, std=0.02)
        for each in self.modules():
            if isinstance(each, nn.Linear):
                nn.init.xavier_uniform_(each.weight)
                nn.init.zeros_(each.bias)
        for block in self.blocks:
            for part in block.self_attn.in_proj_weight.data.chunk(3):
                nn.init.xavier_uniform_(part)

    def forward(self, x):
        x = self.character(x) + self.place
        for block in self.blocks:
            x = block(x, self.mask)
        return self.output(self.norm(x))


def loss_of(network, rows):
    return nn.functional.cross_entropy(network(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())


def in_pytorch(text, seed, steps):
    torch.manual_seed(seed)
    vocabulary = sorted(set(text))
    numbers = torch.tensor([vocabulary.index(each) for each in text])
    tenth = len(text) // 10
    windows, held_out = (
        part.unfold(0, CONTEXT + 1, 1) for part in (numbers[: len(text) - 2 * tenth], numbers[-2 * tenth : -tenth])
    )
    network = Transformer(len(vocabulary))
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    begin, processor = time.perf_counter(), time.process_time()
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network, windows[torch.randint(len(windows), (BATCH,))])
        loss.backward()
        optimizer.step()
    seconds = time.perf_counter() - begin
    with torch.no_grad():
        rows = held_out[torch.randperm(len(held_out))[:VALIDATED]]
        loss = statistics.fmean(loss_of(network, each).item() for each in rows.split(100))
    return loss, seconds, time.process_time() - processor


def in_ravine(program, text, seed, steps, folder):
    manifest = folder / "characters.yaml"
    manifest.write_text(
        f"""
seed: {seed}
problems:
  - use: transformer
    with: {{width: {WIDTH}, heads: {HEADS}, layers: {BLOCKS}}}
    data: {{use: text, with: {{file: {json.dumps(str(text))}, context: {CONTEXT},
           train: {steps * BATCH}, validation: {VALIDATED}, test: 1}}}}
train: {{steps: {steps}, batch_size: {BATCH}}}
evaluate: {{every: {{steps: {steps}}}}}
optimizers: [{{use: adam, with: {{lr: {RATE}}}}}]
"""
    )
    results = folder / f"{seed}.db"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, "run", manifest, "--out", results], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    query = (
        "SELECT f.value, r.seconds FROM results r JOIN final_metrics f USING (trial_id)"
        " WHERE f.metric = 'validation_loss'"
    )
    [(loss, seconds)] = sqlite3.connect(results).execute(query).fetchall()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return loss, seconds, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def print_row(name, row):
    print(f"{name:>4}{row[0]:10.4f}{row[1]:9.1f}{row[2]:11.1f}{row[3]:10.4f}{row[4]:9.1f}{row[5]:11.1f}", flush=True)


def main():
    program, text = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    steps, seeds = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((3, 2000), (4, 3)))
    torch.set_num_threads(1)
    ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(1)  # which PyTorch doesn't govern
    print(f"torch {torch.__version__}; {steps} steps of {BATCH} x {CONTEXT} characters; nats a character, seconds")
    columns = f"{'wall':>9}{'processor':>11}"
    print(f"{'seed':>4}{'ravine':>10}{columns}{'torch':>10}{columns}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, seeds + 1):
            ours = in_ravine(program, text, seed, steps, pathlib.Path(folder))
            rows.append((*ours, *in_pytorch(text.read_bytes(), seed, steps)))
            print_row(seed, rows[-1])
    print_row("mean", [statistics.fmean(each) for each in zip(*rows)])


main()
