#!/usr/bin/env python3
"""Makes the modules and the reference losses and gradients that Ravine's torchscript is held to, in float64.

    tests/parity/torchscript.py           rewrite tests/parity/torchscript.json and the modules in tests/parity/torchscript
    tests/parity/torchscript.py --check   compare PyTorch's gradients of the module files with the committed ones

Needs Debian's python3-torch. Gradients are those of the Python modules, before they are scripted or traced; --check
takes them from the files, which hold the same parameters.
"""

import io
import json
import pathlib
import sys
import zipfile

import torch
from torch import nn

FILE = pathlib.Path(__file__).with_name("torchscript.json")
FOLDER = pathlib.Path(__file__).with_name("torchscript")
TOLERANCE = 1e-13  # relative to the largest element; another processor may round otherwise
SHAPE, CLASSES, EXAMPLES = [6, 4], 3, 5

torch.set_default_dtype(torch.float64)


class Convolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 2), nn.GELU()
        )
        self.output = nn.Linear(4 * 2 * 1, CLASSES)

    def forward(self, x):
        return self.output(self.net(x).flatten(1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.LSTM(SHAPE[1], 5, 2, batch_first=True)
        self.output = nn.Linear(5, CLASSES)

    def forward(self, x):
        return self.output(self.cells(x)[0][:, -1])


class Transformer(nn.Module):
    """With a buffer of positions, and a parameter that forward does not use."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(SHAPE[1], 6)
        self.register_buffer("places", torch.randn(SHAPE[0], 6))
        self.block = nn.TransformerEncoderLayer(6, 2, 7, dropout=0.0, activation="gelu", batch_first=True)
        self.output = nn.Linear(6, CLASSES)
        self.unused = nn.Parameter(torch.randn(2))

    def forward(self, x):
        return self.output(self.block(self.enter(x) + self.places).mean(1))


class Tied(nn.Module):
    """One weight under two names, a scalar, and a frozen bias."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(24, 24), nn.Linear(24, 24)
        self.second.weight = self.first.weight
        self.second.bias.requires_grad = False
        self.scale = nn.Parameter(torch.tensor(1.5))
        self.output = nn.Linear(24, CLASSES)

    def forward(self, x):
        return self.output(self.scale * torch.tanh(self.second(torch.tanh(self.first(x)))))


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 5)
        self.norm = nn.LayerNorm(5)
        self.output = nn.Linear(5, CLASSES)

    def forward(self, x):
        return self.output(self.norm(self.table(x)).flatten(1, 2).mean(1))


class Remembering(nn.Module):
    """Assigns what it has seen to an attribute anew."""

    def __init__(self):
        super().__init__()
        self.seen = torch.zeros(1)
        self.output = nn.Linear(24, CLASSES)

    def forward(self, x):
        self.seen = 0.9 * self.seen + x.mean()
        return self.output(x.flatten(1) - self.seen)


# name, module, input, whether it is traced rather than scripted
CASES = [
    ("mlp", lambda: nn.Sequential(nn.Flatten(), nn.Linear(24, 7), nn.Tanh(), nn.Linear(7, CLASSES)), "image", True),
    ("convolution", Convolution, "image", False),
    ("recurrent", Recurrent, "as_is", False),
    ("transformer", Transformer, "as_is", False),
    ("tied", Tied, "flat", False),
    ("embedding", Embedding, "index", False),
]


def inputs_of(name):
    torch.manual_seed(2)
    x = torch.rand(EXAMPLES, *SHAPE)
    return torch.floor(7 * x) if name == "embedding" else x


def shaped(x, form):
    return {"image": x.unsqueeze(1), "as_is": x, "flat": x.flatten(1), "index": x.long()}[form]


def measure(net, x):
    labels = torch.arange(EXAMPLES) * 2 % CLASSES
    trained = {name: each for name, each in net.named_parameters() if each.requires_grad}
    if "first.weight" in trained:
        trained.pop("second.weight", None)  # the same one
    loss = nn.functional.cross_entropy(net(x), labels)
    loss.backward()
    zero = torch.zeros_like
    return {
        "labels": labels.tolist(),
        "loss": loss.item(),
        "grads": {name: (zero(p) if p.grad is None else p.grad).flatten().tolist() for name, p in trained.items()},
    }


def save(module, name):
    """Without what it has for debuggers, which holds paths of the machine that it is made on."""
    whole = io.BytesIO()
    torch.jit.save(module, whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(FOLDER / name, "w") as new:
        for each in old.infolist():
            if not each.filename.endswith(".debug_pkl"):
                new.writestr(each, old.read(each))


def make():
    FOLDER.mkdir(exist_ok=True)
    for name, kind, form, traced in CASES:
        torch.manual_seed(1)
        net, x = kind(), inputs_of(name)
        written = torch.jit.trace(net, shaped(x, form)) if traced else torch.jit.script(net)
        save(written, f"{name}.pt")
        head = {"name": name, "input": form, "shape": SHAPE, "classes": CLASSES, "inputs": x.flatten().tolist()}
        yield {**head, **measure(net, shaped(x, form))}
    counting = torch.jit.script(nn.Sequential(nn.Flatten(), nn.BatchNorm1d(24), nn.Linear(24, CLASSES)))
    save(counting, "batch_norm.pt")
    save(torch.jit.script(Remembering()), "remembering.pt")


def check(committed):
    for old in committed:
        net = torch.jit.load(str(FOLDER / f"{old['name']}.pt"))
        new = measure(net, shaped(inputs_of(old["name"]), old["input"]))
        a, b = (torch.tensor([each["loss"], *sum(each["grads"].values(), [])]) for each in (new, old))
        difference = ((a - b).abs().max() / b.abs().max()).item()
        print(f"{old['name']}: loss and gradient differ from torchscript.json by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


def main():
    if sys.argv[1:] == ["--check"]:
        check(json.loads(FILE.read_text())["cases"])
        return
    lines = ",\n".join(json.dumps(each) for each in make())
    FILE.write_text(f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n')


main()
