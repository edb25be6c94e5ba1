"""Draws training batches from models/data: sequences by source weight, window sizes, and per-position depths."""
import json
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
MATCH_BYTES = 12
HISTORY_BYTES = 12_000


def load(folder, minimum_bytes=2000):
    """Returns {name: uint8 array} of one split ("train" or "held") and the manifest's sources."""
    with open(os.path.join(DATA, "manifest.json")) as file:
        sources = json.load(file)["sources"]
    arrays = {name: np.fromfile(os.path.join(DATA, folder, name + ".bin"), np.uint8) for name in sources}
    return {name: array for name, array in arrays.items() if len(array) >= minimum_bytes}, sources


def repeated(text):
    """Marks positions of `text` (uint8 tensor) whose last MATCH_BYTES bytes occurred at most HISTORY_BYTES before: where a stream
    memory would answer."""
    wide, value = text.long(), torch.zeros(len(text), dtype=torch.int64, device=text.device)
    for _ in range(MATCH_BYTES):
        value = value * 0x1E3779B97F4A7C15 + wide + 1
        wide = torch.cat((wide.new_zeros(1), wide[:-1]))
    value, order = torch.sort(value, stable=True)
    again = torch.zeros(len(text), dtype=torch.bool, device=text.device)
    again[order[1:]] = (value[1:] == value[:-1]) & (order[1:] - order[:-1] <= HISTORY_BYTES)
    again[:MATCH_BYTES] = False
    return again


def capped_weights(weights, sizes, tokens, epochs):
    """Lowers weights [n] so that a run of `tokens` reads no source of sizes [n] more than `epochs` times; they add up to 1."""
    weights = weights / weights.sum()
    most = epochs * sizes / tokens
    if most.sum() <= 1:
        return most / most.sum()
    held = np.zeros(len(weights), bool)
    while (weights > most * (1 + 1e-9)).any():
        held |= weights > most
        weights[held] = most[held]
        weights[~held] *= (1 - weights[held].sum()) / weights[~held].sum()
    return weights


class Batches:
    """Endless batches of [batch, length + 1] int64 tokens on `device`, with the memory marks of their positions on request.

    tokens, epochs  of the whole run: no source is read more than `epochs` times (None: the manifest's weights as they are)
    """

    def __init__(self, batch, length, seed, device="cpu", tokens=None, epochs=8):
        arrays, sources = load("train")
        sizes = np.array([len(array) for array in arrays.values()])
        weights = np.array([sources[name]["weight"] for name in arrays])
        if tokens is not None:
            weights = capped_weights(weights, sizes, tokens, epochs)
        self.shares = dict(zip(arrays, weights / weights.sum()))
        self.cumulative = np.cumsum(weights / weights.sum())
        self.first, self.sizes = np.cumsum(sizes) - sizes, sizes
        self.text = torch.from_numpy(np.concatenate(list(arrays.values()))).to(device)
        self.marks = None
        self.batch, self.length, self.rng = batch, length, np.random.default_rng(seed)
        self.device, self.generator = device, torch.Generator(device).manual_seed(seed)
        self.along = torch.arange(length + 1, device=device)

    def draw(self, with_marks=False):
        """Returns (tokens [batch, length + 1], marks [batch, length] bool or None)."""
        source = np.minimum(np.searchsorted(self.cumulative, self.rng.random(self.batch)), len(self.sizes) - 1)
        start = self.first[source] + self.rng.integers(0, self.sizes[source] - self.length)
        at = torch.from_numpy(start).to(self.device)[:, None] + self.along
        if not with_marks:
            return self.text[at].long(), None
        if self.marks is None:
            bounds = zip(self.first, self.first + self.sizes)
            self.marks = torch.cat([repeated(self.text[begin:end]) for begin, end in bounds])
        return self.text[at].long(), self.marks[at[:, :-1]]

    def depths(self, marks, n_layers):
        """Draws the depth [batch, length] in [0, n_layers] of every position: skips (0) and early exits, singly, in runs, or where the memory knows.

        The first positions of a sequence are treated alike. About 40 % of the positions are shortened on average.
        """
        rows, length = marks.shape
        uniform = lambda *shape: torch.rand(shape, generator=self.generator, device=self.device)
        integers = lambda low, high, *shape: torch.randint(low, high, shape, generator=self.generator, device=self.device)
        kind, share = integers(0, 3, rows, 1), 0.1 + 0.7 * uniform(rows, 1)
        in_memory = marks & (uniform(rows, length) < 0.6 + 0.4 * uniform(rows, 1))
        singly = uniform(rows, length) < share
        run = integers(3, 24, rows, 1)
        in_runs = (uniform(rows, length) < share).gather(1, self.along[:length] // run)
        chosen = torch.where(kind == 0, in_memory, torch.where(kind == 1, singly, in_runs))
        part = torch.tensor((0.0, 0.5, 0.5, 1.0, 1.0), device=self.device)[integers(0, 5, rows, 1)]
        skipped = chosen & (uniform(rows, length) < torch.where(kind == 0, torch.ones_like(part), part))
        early = (kind == 0) & ~chosen & (uniform(rows, length) < 0.7 * uniform(rows, 1))
        exits = integers(1, n_layers, rows, length) if n_layers > 1 else torch.ones_like(marks, dtype=torch.int64)
        depth = torch.where(chosen | early, exits, torch.full_like(exits, n_layers))
        return depth.masked_fill(skipped, 0)
