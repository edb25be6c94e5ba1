"""Draws training batches from models/data: sequences by source weight, window sizes, and per-position depths."""
import json
import os

import numpy as np

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
    """Marks positions whose last MATCH_BYTES bytes occurred earlier in `text` (uint8): where a stream memory would answer."""
    wide, value = text.astype(np.uint64), np.zeros(len(text), np.uint64)
    for _ in range(MATCH_BYTES):
        value = value * np.uint64(0x9E3779B97F4A7C15) + wide + np.uint64(1)
        wide = np.concatenate((np.zeros(1, np.uint64), wide[:-1]))
    order = np.argsort(value, kind="stable")
    again = np.zeros(len(text), bool)
    again[order[1:]] = value[order[1:]] == value[order[:-1]]
    again[:MATCH_BYTES] = False
    return again


class Batches:
    """Endless batches of [batch, length + 1] int64 tokens, with the memory marks of their positions on request."""

    def __init__(self, batch, length, seed):
        self.arrays, sources = load("train")
        self.names = list(self.arrays)
        weights = np.array([sources[name]["weight"] for name in self.names])
        self.cumulative = np.cumsum(weights / weights.sum())
        self.batch, self.length, self.rng = batch, length, np.random.default_rng(seed)

    def draw(self, with_marks=False):
        """Returns (tokens [batch, length + 1], marks [batch, length] bool or None)."""
        tokens = np.empty((self.batch, self.length + 1), np.int64)
        marks = np.zeros((self.batch, self.length), bool) if with_marks else None
        for row in range(self.batch):
            array = self.arrays[
                self.names[min(np.searchsorted(self.cumulative, self.rng.random()), len(self.names) - 1)]
            ]
            start = int(self.rng.integers(0, len(array) - self.length))
            tokens[row] = array[start : start + self.length + 1]
            if with_marks:
                begin = max(0, start - HISTORY_BYTES)
                marks[row] = repeated(array[begin : start + self.length])[start - begin :]
        return tokens, marks

    def depths(self, marks, n_layers):
        """Draws the depth [batch, length] in [0, n_layers] of every position: skips (0) and early exits, singly, in runs, or where the memory knows.

        The first positions of a sequence are treated alike. About 40 % of the positions are shortened on average.
        """
        rng, shape = self.rng, marks.shape
        depth = np.full(shape, n_layers, np.int64)
        for row in range(shape[0]):
            share = rng.uniform(0.1, 0.8)
            kind = rng.integers(0, 3)
            if kind == 0:
                chosen = marks[row] & (rng.random(shape[1]) < rng.uniform(0.6, 1.0))
            elif kind == 1:
                chosen = rng.random(shape[1]) < share
            else:
                run = int(rng.integers(3, 24))
                chosen = np.repeat(rng.random(shape[1] // run + 1) < share, run)[: shape[1]]
            skip_share = rng.choice((0.0, 0.5, 1.0), p=(0.25, 0.35, 0.4)) if kind else 1.0
            skipped = chosen & (rng.random(shape[1]) < skip_share)
            depth[row, chosen] = rng.integers(1, n_layers, chosen.sum()) if n_layers > 1 else 1
            depth[row, skipped] = 0
            if kind == 0:
                early = ~chosen & (rng.random(shape[1]) < rng.uniform(0.0, 0.7))
                depth[row, early] = rng.integers(1, n_layers, early.sum())
        return depth
