#!/usr/bin/env python3
"""Makes the reference losses and gradients that Ravine's rnn and transformer are held to, with PyTorch in float64.

    tests/parity/layers.py           rewrite tests/parity/layers.json
    tests/parity/layers.py --check   compare a new run with the committed file

Needs Debian's python3-torch. Networks are nn.RNN, nn.GRU, nn.LSTM and nn.TransformerEncoderLayer, at sizes that fit
in a small file; over images, and over characters with a label at each or for the last alone.
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
    """Over the rows of an image, or over characters where `shape` has one extent."""

    def __init__(self, shape, kind, hidden, layers, labels=1):
        super().__init__()
        self.enter = nn.Embedding(CLASSES, hidden) if len(shape) == 1 else None
        self.cells = kind(hidden if self.enter else shape[0] * shape[2], hidden, layers, batch_first=True)
        self.output = nn.Linear(hidden, CLASSES)
        self.labels = labels

    def forward(self, x):
        rows = self.enter(x) if self.enter else x.transpose(1, 2).flatten(2)  # examples x height x (channels width)
        seen = self.cells(rows)[0]
        return self.output(seen[:, -1] if self.labels == 1 else seen)

    def ordered(self):
        if self.enter:
            yield Kept(self.enter.weight)
        for layer in range(self.cells.num_layers):
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                yield getattr(self.cells, f"{name}_l{layer}")
        yield from self.output.parameters()


class Transformer(nn.Module):
    """Over the patches of an image, or over characters where `shape` has one extent."""

    def __init__(self, shape, width, heads, layers, hidden, norm, patch=1, pooling="mean", labels=1):
        super().__init__()
        self.patch, self.labels, self.of_characters = patch, labels, len(shape) == 1
        self.enter = nn.Embedding(CLASSES, width) if self.of_characters else nn.Linear(shape[0] * patch**2, width)
        self.token = nn.Parameter(torch.randn(width)) if pooling == "class_token" else None
        positions = shape[0] if self.of_characters else shape[1] * shape[2] // patch**2 + (self.token is not None)
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
        if not self.of_characters:
            x = nn.functional.unfold(x, self.patch, stride=self.patch).transpose(1, 2)
        x = self.enter(x)
        if self.token is not None:
            x = torch.cat([self.token.expand(len(x), 1, -1), x], 1)
        x = x + self.places
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1]) if self.of_characters else None
        for block in self.blocks:
            x = block(x, mask)
        if self.norm:
            x = self.norm(x)
        if self.of_characters:
            return self.output(x[:, -1] if self.labels == 1 else x)
        return self.output(x.mean(1) if self.token is None else x[:, 0])

    def ordered(self):
        if self.of_characters:
            yield Kept(self.enter.weight)
        else:
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


def case(model, shape, settings, network, labels_each=1):
    torch.manual_seed(1)
    made = network(shape)
    of_characters = len(shape) == 1
    inputs = torch.randint(CLASSES, (EXAMPLES, *shape)) if of_characters else torch.randn(EXAMPLES, *shape)
    labels = torch.arange(EXAMPLES * labels_each) * 2 % CLASSES
    loss = nn.functional.cross_entropy(made(inputs).flatten(0, -2), labels)
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
    yield from cases_of_characters()


def cases_of_characters(length=6):
    for labels in (length, 1):
        for cell, kind in (("simple", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
            yield case(
                "rnn",
                [length],
                {"cell": cell, "hidden": 5, "layers": 2},
                lambda shape, kind=kind, labels=labels: Recurrent(shape, kind, 5, 2, labels),
                labels,
            )
        for norm in ("pre", "post"):
            settings = {"width": 6, "heads": 3, "layers": 2, "hidden": 7, "norm": norm}
            yield case(
                "transformer",
                [length],
                settings,
                lambda shape, settings=settings, labels=labels: Transformer(shape, **settings, labels=labels),
                labels,
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
