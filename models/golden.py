"""Writes golden files: what the float32 reference says about 16 kB of our own text, for the tests of every engine and language.

    python3 models/golden.py models/baseline-q8_0.gguf tests/golden/baseline.golden

Format: one line of JSON, padded with spaces so that the line with its newline is a multiple of 64 bytes, then little-endian arrays,
each at `arrays[name].offset` bytes after that line ({type: u8 | f32, shape, offset}, offsets multiples of 64):
    text           u8  [n]            8 kB of a package log (held out), then 8 kB of this project's sources
    nats           f32 [exits, n-1]   nats of byte i+1 at every exit, default window, float32 arithmetic on the file's weights
    top1           u8  [exits, n-1]   the most probable next byte
    prefix         u8  [96]           bytes 0..95 of a second, short text
    prefix_logits  f32 [4, exits, 256]  logits after the last 4 bytes of the prefix
    depth          u8  [2048]         layers run by each of the first 2048 positions of `text` (0 = skipped), see propagate in the README
    depth_nats     f32 [2047]         nats of byte i+1 at the exit that position i reached; 0 where it was skipped
JSON also holds `integer_path`: mean nats per exit of the int8 path, and how often its top-1 equals the float32 one.
"""
import json
import os
import sys

import numpy as np

import reference

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCES = ("models/gguf.py", "core/include/mgt/session.hpp", "core/include/mgt/gate.hpp")
HALF = 8192
DEPTH_POSITIONS = 2048


def own_text():
    """Returns 16 kB: the head of the package log and pieces of the project's sources (which may change; the file keeps what it used)."""
    with open(os.path.join(ROOT, "bench/streams/dpkg.log"), "rb") as file:
        log = file.read(HALF)
    code = b""
    for path in SOURCES:
        with open(os.path.join(ROOT, path), "rb") as file:
            code += file.read(HALF // len(SOURCES) + 512)
    return np.frombuffer(log + code[:HALF], np.uint8)


def depth_pattern(n_layers, count=DEPTH_POSITIONS, seed=3):
    """Depths with runs and single positions of every kind, the first 32 dense."""
    rng = np.random.default_rng(seed)
    tiers = np.array([0, 1, max(1, n_layers // 2), n_layers])  # what tiers 3, 2, 1 and 0 run
    depth = np.repeat(rng.choice(tiers, count // 4 + 1), 4)[:count]
    single = rng.random(count) < 0.5
    depth[single] = rng.choice(tiers, single.sum())
    depth[:32] = n_layers
    return depth.astype(np.uint8)


def golden_arrays(path):
    """Returns (arrays, facts) for one model file."""
    exact, integer = reference.Reference(path), reference.Reference(path, integer=True)
    text = own_text()
    nats, top1 = reference.score(exact, text)
    integer_nats, integer_top1 = reference.score(integer, text)
    prefix = np.frombuffer(
        (
            b"2026-05-09 07:29:26 status installed liblzma-dev:amd64 5.4.1-1\ndef step(token):\n    return logits[token]\n"
        )[:96],
        np.uint8,
    )
    prefix_logits = np.stack([exact.logits(state, layer)[-4:] for layer, state in enumerate(exact.states(prefix))], 1)
    depth = depth_pattern(exact.n_layers)
    depth_nats, _ = reference.score(exact, text[:DEPTH_POSITIONS], depth=depth)
    reached = depth[:-1].astype(int)
    own_exit = np.where(reached > 0, depth_nats[np.maximum(reached - 1, 0), np.arange(DEPTH_POSITIONS - 1)], 0)
    arrays = {
        "text": text,
        "nats": nats,
        "top1": top1,
        "prefix": prefix,
        "prefix_logits": prefix_logits,
        "depth": depth,
        "depth_nats": own_exit,
    }
    halves = lambda rows: [[round(float(v), 5) for v in part.mean(1)] for part in (rows[:, : HALF - 1], rows[:, HALF:])]
    facts = {
        "model": os.path.basename(path),
        "window": int(exact.window),
        "exits": exact.n_layers,
        "mean_nats_log_and_code": halves(nats),
        "integer_path": {
            "mean_nats_log_and_code": halves(integer_nats),
            "top1_agreement": [round(float(v), 5) for v in (top1 == integer_top1).mean(1)],
        },
    }
    return arrays, facts


def write(path, arrays, facts):
    """Writes header and arrays in the format above."""
    index, offset, blobs = {}, 0, []
    for name, array in arrays.items():
        array = np.ascontiguousarray(array, np.uint8 if array.dtype == np.uint8 else "<f4")
        blob = array.tobytes()
        blob += bytes(-len(blob) % 64)
        index[name] = {"type": "u8" if array.dtype == np.uint8 else "f32", "shape": list(array.shape), "offset": offset}
        offset += len(blob)
        blobs.append(blob)
    header = json.dumps({"format": "mgt golden 1", **facts, "arrays": index}).encode()
    header += b" " * (-(len(header) + 1) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(header)
        file.writelines(blobs)


def read(path):
    """Returns (header, {name: array}) of a golden file."""
    with open(path, "rb") as file:
        data = file.read()
    start = data.index(b"\n") + 1
    header = json.loads(data[:start])
    form = {"u8": np.uint8, "f32": np.dtype("<f4")}
    return header, {
        name: np.frombuffer(data, form[row["type"]], int(np.prod(row["shape"])), start + row["offset"]).reshape(
            row["shape"]
        )
        for name, row in header["arrays"].items()
    }


if __name__ == "__main__":
    model_path, out_path = sys.argv[1:3]
    write(out_path, *golden_arrays(model_path))
    print(out_path, os.path.getsize(out_path), "bytes", json.dumps(read(out_path)[0]["mean_nats_log_and_code"]))
