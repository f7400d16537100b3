#!/usr/bin/env python3
"""Makes the reference losses and gradients that Ravine's rnn and transformer are held to, with PyTorch in float64.

    tests/parity/layers.py           rewrite tests/parity/layers.json
    tests/parity/layers.py --check   compare a new run with the committed file

Needs Debian's python3-torch. Networks are nn.RNN, nn.GRU, nn.LSTM and nn.TransformerEncoderLayer, at sizes that fit
in a small file.
"""

import json
import pathlib
import sys

import torch
from torch import nn

FILE = pathlib.Path(__file__).with_name("layers.json")
TOLERANCE = 1e-13  # relative to the largest element; another processor may round otherwise
CLASSES, EXAMPLES = 3, 5

torch.set_default_dtype(torch.float64)


class Recurrent(nn.Module):
    def __init__(self, shape, kind, hidden, layers):
        super().__init__()
        self.cells = kind(shape[0] * shape[2], hidden, layers, batch_first=True)
        self.output = nn.Linear(hidden, CLASSES)

    def forward(self, x):
        rows = x.transpose(1, 2).flatten(2)  # examples x height x (channels width)
        return self.output(self.cells(rows)[0][:, -1])

    def ordered(self):
        for layer in range(self.cells.num_layers):
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                yield getattr(self.cells, f"{name}_l{layer}")
        yield from self.output.parameters()


class Transformer(nn.Module):
    def __init__(self, shape, patch, width, heads, layers, hidden, norm, pooling):
        super().__init__()
        self.patch = patch
        self.enter = nn.Linear(shape[0] * patch**2, width)
        self.token = nn.Parameter(torch.randn(width)) if pooling == "class_token" else None
        positions = shape[1] * shape[2] // patch**2 + (self.token is not None)
        self.places = nn.Parameter(torch.randn(positions, width))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width, heads, hidden, dropout=0, activation="gelu", batch_first=True, norm_first=norm == "pre"
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width) if norm == "pre" else None
        self.output = nn.Linear(width, CLASSES)
        for block in self.blocks:  # PyTorch starts these at 0 and 1
            for each in (block.norm1, block.norm2, block.self_attn.out_proj):
                nn.init.normal_(each.bias)
            nn.init.normal_(block.self_attn.in_proj_bias)

    def forward(self, x):
        x = nn.functional.unfold(x, self.patch, stride=self.patch).transpose(1, 2)
        x = self.enter(x)
        if self.token is not None:
            x = torch.cat([self.token.expand(len(x), 1, -1), x], 1)
        x = x + self.places
        for block in self.blocks:
            x = block(x)
        if self.norm:
            x = self.norm(x)
        return self.output(x.mean(1) if self.token is None else x[:, 0])

    def ordered(self):
        yield from self.enter.parameters()
        if self.token is not None:
            yield self.token
        yield Kept(self.places)
        for block in self.blocks:
            own = block.self_attn
            attention = [
                *zip(Thirds.of(own.in_proj_weight), Thirds.of(own.in_proj_bias)),
                own.out_proj.parameters(),
            ]
            attention = [each for pair in attention for each in pair]
            norms = [list(block.norm1.parameters()), list(block.norm2.parameters())]
            dense = [*block.linear1.parameters(), *block.linear2.parameters()]
            if self.norm:
                yield from norms[0] + attention + norms[1] + dense
            else:
                yield from attention + norms[0] + dense + norms[1]
        if self.norm:
            yield from self.norm.parameters()
        yield from self.output.parameters()


class Kept:
    """A matrix that lies in Ravine as it does here: all but weights of dense layers."""

    def __init__(self, of):
        self.of = of


class Thirds:
    """Queries', keys' or values' part of PyTorch's tensor of all three."""

    def __init__(self, of, part):
        self.whole, self.part = of, part

    @staticmethod
    def of(tensor):
        return [Thirds(tensor, part) for part in range(3)]

    def detach(self):
        return self.whole.detach().chunk(3)[self.part]

    @property
    def grad(self):
        return self.whole.grad.chunk(3)[self.part]


def flat(items, read):
    parts = []
    for each in items:
        kept = isinstance(each, Kept)
        values = read(each.of if kept else each)
        # Ravine's dense weights are inputs x outputs.
        parts.append((values.T if values.dim() == 2 and not kept else values).flatten())
    return torch.cat(parts).tolist()


def case(model, shape, settings, network):
    torch.manual_seed(1)
    made = network(shape)
    inputs = torch.randn(EXAMPLES, *shape)
    labels = torch.arange(EXAMPLES) * 2 % CLASSES
    loss = nn.functional.cross_entropy(made(inputs), labels)
    loss.backward()
    return {
        "model": model,
        "with": settings,
        "shape": shape,
        "classes": CLASSES,
        "inputs": inputs.flatten().tolist(),
        "labels": labels.tolist(),
        "params": flat(made.ordered(), lambda each: each.detach()),
        "loss": loss.item(),
        "grads": flat(made.ordered(), lambda each: each.grad),
    }


def cases():
    for cell, kind in (("simple", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        for layers, shape in ((1, [1, 6, 4]), (2, [2, 5, 3])):
            yield case(
                "rnn",
                shape,
                {"cell": cell, "hidden": 5, "layers": layers},
                lambda shape, kind=kind, layers=layers: Recurrent(shape, kind, 5, layers),
            )
    for norm in ("pre", "post"):
        for pooling, layers, shape in (("mean", 2, [1, 6, 4]), ("class_token", 1, [2, 4, 4])):
            settings = {"patch": 2, "width": 6, "heads": 3, "layers": layers, "hidden": 7}
            settings = {**settings, "norm": norm, "pooling": pooling}
            yield case(
                "transformer", shape, settings, lambda shape, settings=settings: Transformer(shape, **settings)
            )


def check(made, committed):
    results = ("loss", "grads")
    if [{**each, **dict.fromkeys(results)} for each in made] != [
        {**each, **dict.fromkeys(results)} for each in committed
    ]:
        sys.exit("the cases are not those of layers.json; run tests/parity/layers.py and commit the file")
    for new, old in zip(made, committed):
        a, b = (torch.tensor([each["loss"], *each["grads"]]) for each in (new, old))
        difference = ((a - b).abs().max() / b.abs().max()).item()
        print(f"{new['model']} {new['with']}: loss and gradient differ from layers.json by {difference:.1e}")
        if not difference <= TOLERANCE:
            sys.exit(f"more than {TOLERANCE:.0e}")


def main():
    made = list(cases())
    if sys.argv[1:] == ["--check"]:
        check(made, json.loads(FILE.read_text())["cases"])
        return
    lines = ",\n".join(json.dumps(each) for each in made)
    FILE.write_text(f'{{"made_with": "torch {torch.__version__}", "cases": [\n{lines}\n]}}\n')


main()
