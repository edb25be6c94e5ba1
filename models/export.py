"""Exports a checkpoint to GGUF, f32 and q8_0, with self-test vectors and lambda statistics.

    python3 models/export.py --config baseline [--checkpoint FILE] --out models/baseline
writes models/baseline-f32.gguf and models/baseline-q8_0.gguf. Takes about a minute.
"""
import argparse
import os

import numpy as np

import coherence
import gguf
import reference
import smooth
import train_data

SELF_TEST_TEXT = b"status installed step(token) ok\n"
SEGMENT_BYTES, SEGMENTS = 700, 160
SMOOTHING_SEGMENTS = 16
SMOOTHING = 0.9  # alpha of smooth.py


def from_checkpoint(path):
    """Returns the GGUF tensors of a checkpoint of train.py."""
    import torch

    source = {name: value.numpy() for name, value in torch.load(path, map_location="cpu")["model"].items()}
    tensors = {"token_embd.weight": source["embed"]}
    n = 0
    while f"layers.{n}.wqkv" in source:
        tensors.update(layer_tensors(n, lambda name: source[f"layers.{n}.{name}"]))
        n += 1
    tensors["output.weight"] = source["head"]
    return tensors


def matrix_parts(n, name, whole):
    """Returns {GGUF name: rows} of one matrix of layer n, which mgt_model.Layer calls `name`."""
    parts = {"wqkv": ("attn_q", "attn_k", "attn_v"), "wo": ("attn_output",), "w_up": ("ffn_up",), "w_down": ("ffn_down",)}[name]
    return {f"blk.{n}.{part}.weight": rows for part, rows in zip(parts, np.split(whole, len(parts)))}


def layer_tensors(n, part):
    """Returns {GGUF name: array} of layer n; part(name) is what mgt_model.Layer calls `name`."""
    tensors = {}
    for name in ("wqkv", "wo", "w_up", "w_down"):
        tensors.update(matrix_parts(n, name, part(name)))
    for name in ("attn_norm", "ffn_norm", "exit_norm"):
        tensors[f"blk.{n}.{name}.weight"] = part(name)
    return tensors


def base_metadata(config, name, kind):
    return {
        "general.architecture": "mgt",
        "general.name": name,
        "general.file_type": gguf.FILE_TYPES[kind],
        "general.license": "MIT",
        "mgt.vocab_size": 256,
        "mgt.context_length": config.context,
        "mgt.embedding_length": config.hidden,
        "mgt.block_count": config.n_layers,
        "mgt.feed_forward_length": config.ffn,
        "mgt.attention.head_count": config.n_heads,
        "mgt.attention.head_count_kv": config.n_heads,
        "mgt.attention.layer_norm_rms_epsilon": float(config.rms_eps),
        "mgt.attention.sliding_window": config.window,
        "mgt.window_min": config.window_min,
        "mgt.window_max": config.window_max,
        "mgt.rope.freq_base": float(config.rope_base),
        "mgt.feed_forward_activation": "relu",
    }


def training_segments(seed=7):
    """Draws SEGMENTS pieces of SEGMENT_BYTES of the training streams by their weights."""
    batches = train_data.Batches(SEGMENTS, SEGMENT_BYTES, seed)
    return list(batches.draw()[0].numpy().astype(np.uint8)[:, :SEGMENT_BYTES])


def self_test(path):
    """Returns the self-test metadata of a GGUF file: tokens, float32 reference logits per exit, and the tolerance of the integer path.

    The tolerance is four times the largest difference seen between the integer path and float32 here, at least 0.1.
    """
    tokens = np.frombuffer(SELF_TEST_TEXT, np.uint8)
    assert len(tokens) == 32
    exact, integer = reference.Reference(path), reference.Reference(path, integer=True)
    rows = [
        [model.logits(state, layer)[-1] for layer, state in enumerate(model.states(tokens))]
        for model in (exact, integer)
    ]
    difference = float(np.abs(np.array(rows[0]) - np.array(rows[1])).max())
    return {
        "mgt.selftest.tokens": tokens.astype(np.uint32),
        "mgt.selftest.logits": np.concatenate(rows[0]).astype(np.float32),
        "mgt.selftest.tolerance": max(0.1, 4 * difference),
    }


def export(config, name, tensors, stem):
    """Writes `stem`-f32.gguf and `stem`-q8_0.gguf; returns their paths."""
    segments = training_segments()
    gguf.write(f"{stem}-f32.gguf", base_metadata(config, name, "f32"), tensors)
    tensors = smooth.balance(reference.Reference(f"{stem}-f32.gguf"), np.concatenate(segments[:SMOOTHING_SEGMENTS]), SMOOTHING)
    paths, extra = [], None
    for kind in ("f32", "q8_0"):
        path = f"{stem}-{kind}.gguf"
        metadata = base_metadata(config, name, kind)
        gguf.write(path, metadata, tensors, kind)
        if extra is None:
            extra = coherence.statistics(reference.Reference(path), segments)
        gguf.write(path, {**metadata, **self_test(path), **extra}, tensors, kind)
        paths.append(path)
    return paths


if __name__ == "__main__":
    import mgt_model

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", choices=mgt_model.CONFIGS, default="baseline")
    parser.add_argument("--checkpoint")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    os.makedirs(os.path.dirname(os.path.abspath(arguments.out)), exist_ok=True)
    config = mgt_model.CONFIGS[arguments.config]
    checkpoint = arguments.checkpoint or os.path.join(train_data.HERE, "checkpoints", arguments.config + ".pt")
    name = "mgt-" + os.path.basename(arguments.out)
    for written in export(config, name, from_checkpoint(checkpoint), arguments.out):
        print(written, os.path.getsize(written), "bytes")
