#!/usr/bin/env python3
"""An epoch of Ravine beside one of PyTorch, on MNIST, in turns.

    RAVINE_DATA=FOLDER tests/bench/peers/pytorch.py build/release/tests/bench/ravine_epoch_runner [TURNS]

Needs Debian's python3-torch. Each turn trains every network for one epoch (60,000 images, batches of 128 in a new
random order, float32) with Ravine and with PyTorch, each on one thread and with OpenBLAS on all. What is timed is the
loop: gathering a batch from data in memory, loss, gradient, step. PyTorch's images are floats already; Ravine's are bytes
that it converts. A row gives medians and the ratios Ravine / PyTorch by the clock on the wall, one thread each and the
better of both each, which other work on the machine disturbs, and the ratio of the least processor times on one
thread, which it disturbs less.
"""

import ctypes
import gzip
import os
import pathlib
import statistics
import subprocess
import sys
import time

import numpy
import torch
from torch import nn

BATCH = 128


def read_idx(name, offset):
    folder = pathlib.Path(os.environ["RAVINE_DATA"]) / "mnist"
    raw = folder / name
    content = raw.read_bytes() if raw.exists() else gzip.decompress((folder / (name + ".gz")).read_bytes())
    return torch.from_numpy(numpy.frombuffer(content, numpy.uint8, offset=offset).copy())


def mlp(*hidden):
    widths = [784, *hidden]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 10))


def cnn():
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


class Recurrent(nn.Module):
    """Of the rows of an image, as Ravine's rnn."""

    def __init__(self, kind, hidden=128):
        super().__init__()
        self.cells = kind(28, hidden, batch_first=True)
        self.output = nn.Linear(hidden, 10)

    def forward(self, x):
        return self.output(self.cells(x.view(-1, 28, 28))[0][:, -1])


class Transformer(nn.Module):
    """Of patches of an image, as Ravine's transformer with its defaults."""

    def __init__(self, patch=4, width=64, heads=4, layers=2):
        super().__init__()
        self.patch = patch
        self.enter = nn.Linear(patch**2, width)
        self.places = nn.Parameter(0.02 * torch.randn((28 // patch) ** 2, width))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, 4 * width, dropout=0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, 10)

    def forward(self, x):
        n, side = 28 // self.patch, self.patch
        x = x.view(-1, n, side, n, side).transpose(2, 3).reshape(-1, n * n, side * side)
        x = self.enter(x) + self.places
        for block in self.blocks:
            x = block(x)
        return self.output(self.norm(x).mean(1))


# PyTorch's own threads and those of OpenBLAS, which it calls. Both at once get into each other's way: on two
# processors an epoch then takes four to nine times as long.
THREADS = sorted({(1, 1), (1, os.cpu_count())})

# Ravine's request, and the same network in PyTorch.
NETWORKS = [
    ("mlp 128", lambda: mlp(128)),
    ("mlp 512 256", lambda: mlp(512, 256)),
    ("cnn", cnn),
    ("rnn cell=simple", lambda: Recurrent(nn.RNN)),
    ("rnn cell=gru", lambda: Recurrent(nn.GRU)),
    ("rnn cell=lstm", lambda: Recurrent(nn.LSTM)),
    ("transformer", Transformer),
    ("transformer patch=7", lambda: Transformer(patch=7)),
]
OPTIMIZERS = [("sgd", lambda p: torch.optim.SGD(p, lr=0.01)), ("adam", lambda p: torch.optim.Adam(p, lr=1e-3))]


def set_threads(own, blas):
    torch.set_num_threads(own)
    # Debian's PyTorch computes with OpenBLAS, whose threads it doesn't govern.
    ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(blas)


def pytorch_epoch(images, labels, network, optimizer, threads):
    set_threads(*threads)
    loss_of = nn.CrossEntropyLoss()
    wall, cpu = time.perf_counter(), time.process_time()
    order = torch.randperm(len(images))
    for rows in order.split(BATCH):
        optimizer.zero_grad(set_to_none=True)
        loss_of(network(images[rows]), labels[rows]).backward()
        optimizer.step()
    return time.perf_counter() - wall, time.process_time() - cpu


def ravine_epoch(runner, request, threads):
    runner.stdin.write(f"{threads} {request}\n")
    runner.stdin.flush()
    return tuple(float(word) for word in runner.stdout.readline().split())


def compare(runner, images, labels, request, make_network, make_optimizer, turns):
    network = make_network()
    optimizer = make_optimizer(network.parameters())
    ours, theirs = {threads: [] for threads in THREADS}, {threads: [] for threads in THREADS}
    for turn in range(turns + 1):
        for threads in THREADS:
            mine = ravine_epoch(runner, request, threads[1])
            other = pytorch_epoch(images, labels, network, optimizer, threads)
            if turn > 0:  # the first warms up
                ours[threads].append(mine)
                theirs[threads].append(other)
    walls, peer_walls = ([statistics.median(each[0] for each in of[t]) for t in THREADS] for of in (ours, theirs))
    cpu, peer_cpu = (min(each[1] for each in of[THREADS[0]]) for of in (ours, theirs))
    print(
        f"{request:25}" + "".join(f"{each:11.3f}" for each in walls + peer_walls),
        f"{walls[0] / peer_walls[0]:9.2f}{min(walls) / min(peer_walls):9.2f}   {cpu:8.3f}{peer_cpu:9.3f}",
        f"{cpu / peer_cpu:8.2f}",
        flush=True,
    )


def main():
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    images = read_idx("train-images-idx3-ubyte", 16).reshape(-1, 784).float() / 255
    labels = read_idx("train-labels-idx1-ubyte", 8).long()
    runner = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(f"torch {torch.__version__}, {os.cpu_count()} processors, {turns} turns; seconds an epoch")
    names = [f"{name} {blas}" for name in ("ravine", "torch") for _, blas in THREADS]
    print(f"{'':25}{'wall, median:':>{11 * len(names) + 19}}   {'processor, least:':>26}")
    columns = "".join(name.rjust(11) for name in names)
    print(f"{'':25}{columns} {'first':>9}{'best':>9}   {'ravine':>8}{'torch':>9}{'ratio':>9}")
    wanted = sys.argv[3:]
    for optimizer, make_optimizer in OPTIMIZERS:
        for model, make_network in NETWORKS:
            request = f"{optimizer} {model}"
            if not wanted or request in wanted:
                compare(runner, images, labels, request, make_network, make_optimizer, turns)
    runner.stdin.close()
    runner.wait()


main()
