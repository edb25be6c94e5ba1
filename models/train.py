"""Trains a byte model within a time budget on one core or one GPU; the schedule is a function of elapsed time, so it always ends cleanly.

    taskset -c 1 python3 models/train.py --config baseline --minutes 105
    python3 models/train.py --config large --device cuda --batch 128 --minutes 5 --run-tokens 4e8

Loss: cross entropy of the last exit plus weighted lower exits on the shared head (LayerSkip, arXiv:2404.16710), layer dropout
growing with depth, windows drawn per batch, and in the last part batches whose positions exit early or are skipped.
Progress is wall time over --minutes, or with --core-minutes the larger of that and core time over --core-minutes (for a shared core).
--init starts from a shipped file and --int4-share computes some batches as the int4 engine would (quantization-aware fine-tuning).
Checkpoints go to models/checkpoints/<config>.pt every five minutes and at the end; --resume continues one.
"""
import argparse
import json
import math
import os
import time

os.environ.setdefault(
    "OPENBLAS_CORETYPE", "SkylakeX"
)  # the automatic choice on some virtual machines is five times slower
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import torch
import torch.nn.functional as F

import gguf
import mgt_model
import optimizer
import quantize
import train_data

CHECKPOINTS = os.path.join(train_data.HERE, "checkpoints")
EXIT_WEIGHTS = {2: (0.3, 1.0), 4: (0.2, 0.25, 0.25, 1.0), 8: (0.1, 0.2, 0.1, 0.3, 0.1, 0.1, 0.1, 1.0)}
LAYER_DROPOUT = {2: (0.0, 0.05), 4: (0.0, 0.026, 0.059, 0.10), 8: (0.0, 0.011, 0.024, 0.037, 0.051, 0.066, 0.083, 0.10)}
MOSTLY_16 = {8: 0.15, 16: 0.55, 32: 0.15, 64: 0.15}
WINDOWS = {"large": MOSTLY_16, "baseline": MOSTLY_16, "micro": {8: 0.55, 16: 0.20, 32: 0.15, 64: 0.10}}
WARMUP_STEPS = 100  # compiling can take longer than the warm-up of the schedule
DEPTH_BATCHES_FROM, DEPTH_BATCHES_SHARE = 0.55, 0.6


def schedule(progress, shape="cosine", warmup=0.01, floor=0.01):
    """Learning-rate factor: short linear warm-up, then cosine down to `floor`.

    For a core whose share is not known beforehand: first a run with "constant" (as long as time allows), then one with --resume and "decay".
    """
    if shape == "decay":
        return 1 - (1 - floor) * progress
    if shape == "constant":
        return min(1.0, progress / warmup)
    if progress < warmup:
        return progress / warmup
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warmup) / (1 - warmup))))


def loss_of(model, tokens, targets, window, depth, dropped, rng):
    """Returns (loss, last exit's mean nats, detached): the last exit and one lower exit, drawn evenly and weighted up in turn."""
    n_layers = model.config.n_layers
    weights = EXIT_WEIGHTS[n_layers]
    states = model.states(tokens, window, depth, dropped)
    lower = int(rng.integers(0, n_layers - 1))
    total, last = 0.0, None
    for exit_index, weight in ((n_layers - 1, weights[-1]), (lower, weights[lower] * (n_layers - 1))):
        nats = F.cross_entropy(model.logits(states[exit_index], exit_index).flatten(0, 1).float(), targets.flatten(), reduction="none")
        ran = torch.ones_like(nats) if depth is None else (depth.flatten() > exit_index).to(nats.dtype)
        nats = (nats * ran).sum() / ran.sum().clamp_min(1)
        last = nats.detach() if last is None else last
        total = total + weight * nats
    return total, last


@torch.no_grad()
def evaluate(model, held, sources, window, limit=6144, length=256, warm=64):
    """Returns {domain: [nats per byte of each exit]} on held-out bytes; the first `warm` positions of a sequence only give context."""
    sums, counts = {}, {}
    for name, text in held.items():
        domain = sources[name]["domain"]
        take = limit if domain != "logs" else (limit if name == "log-dpkg" else 1024)
        stride = length - warm
        n = max(1, min(take, len(text) - length - 1) // stride)
        rows = np.stack([text[i * stride : i * stride + length + 1] for i in range(n)]).astype(np.int64)
        tokens = torch.from_numpy(rows).to(model.embed.device)
        states = model.states(tokens[:, :-1], window)
        nats = np.array(
            [
                F.cross_entropy(model.logits(s[:, warm:], e).reshape(-1, 256), tokens[:, warm + 1 :].reshape(-1)).item()
                for e, s in enumerate(states)
            ]
        )
        for key in (domain, "dpkg") if name == "log-dpkg" else (domain,):
            sums[key] = sums.get(key, 0) + nats * n
            counts[key] = counts.get(key, 0) + n
    return {key: [round(float(v), 4) for v in sums[key] / counts[key]] for key in sorted(sums)}


def load_file(model, path):
    """Takes the weights of a model file (dequantised) into `model`."""
    _, tensors = gguf.read(path)
    rows = {"embed": tensors["token_embd.weight"], "head": tensors["output.weight"]}
    for n in range(model.config.n_layers):
        part = lambda name: tensors[f"blk.{n}.{name}.weight"]
        rows[f"layers.{n}.wqkv"] = np.concatenate([part("attn_q"), part("attn_k"), part("attn_v")])
        for ours, theirs in (("wo", "attn_output"), ("w_up", "ffn_up"), ("w_down", "ffn_down")):
            rows[f"layers.{n}.{ours}"] = part(theirs)
        for norm in ("attn_norm", "ffn_norm", "exit_norm"):
            rows[f"layers.{n}.{norm}"] = part(norm)
    model.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in rows.items()})


def spent_before(arguments):
    """Returns (wall seconds, core seconds, steps, tokens) that went into the file behind --init, for the card."""
    wall_minutes, core_minutes, steps, tokens = arguments.spent
    return wall_minutes * 60, core_minutes * 60, int(steps), int(tokens)


def train(arguments):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(arguments.seed)
    config = mgt_model.CONFIGS[arguments.config]
    model = mgt_model.MgtModel(config).to(arguments.device)
    on_gpu = arguments.device != "cpu"
    if on_gpu:
        torch.set_float32_matmul_precision("high")
        mgt_model.Layer.forward = torch.compile(mgt_model.Layer.forward, dynamic=False)
    mixed = torch.autocast(arguments.device, torch.bfloat16, enabled=on_gpu)
    muon = optimizer.Muon(optimizer.hidden_groups(model), weight_decay=arguments.weight_decay)
    muon_ids = {id(p) for group in muon.groups for p, _ in group}
    matrices = [model.embed, model.head]
    vectors = [p for p in model.parameters() if id(p) not in muon_ids and p.ndim == 1]
    adam_rows = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    if arguments.optimizer == "adamw":
        adam_rows[0]["params"] = matrices + [p for p in model.parameters() if id(p) in muon_ids]
    adam = torch.optim.AdamW(adam_rows, lr=arguments.lr, betas=(0.9, 0.95), eps=1e-8)
    os.makedirs(CHECKPOINTS, exist_ok=True)
    path = os.path.join(CHECKPOINTS, arguments.name or arguments.config) + ".pt"
    before_s, cpu_before_s, step, tokens_seen = 0.0, 0.0, 0, 0
    if arguments.init:
        load_file(model, arguments.init)
        before_s, cpu_before_s, step, tokens_seen = spent_before(arguments)
    if arguments.resume and os.path.exists(path):
        saved = torch.load(path, map_location=arguments.device)
        model.load_state_dict(saved["model"])
        adam.load_state_dict(saved["adam"])
        muon.restore(saved["muon"])
        before_s, cpu_before_s, step, tokens_seen = saved["wall_s"], saved["cpu_s"], saved["step"], saved["tokens"]
    batches = train_data.Batches(
        arguments.batch, arguments.length, arguments.seed + step, arguments.device, arguments.run_tokens, arguments.epochs
    )
    print("shares", json.dumps({name: round(float(share), 4) for name, share in batches.shares.items()}), flush=True)
    rng = batches.rng
    held, sources = train_data.load("held")
    windows, shares = zip(*WINDOWS[config.name].items())
    int4_product = quantize.Int4Product()
    start, cpu_start, budget_s = time.monotonic(), time.process_time(), arguments.minutes * 60
    saved_at = evaluated_at = start
    recent = []

    def save(done):
        record = {
            "config": config.name,
            "model": model.state_dict(),
            "adam": adam.state_dict(),
            "muon": muon.state(),
            "step": step,
            "tokens": tokens_seen,
            "done": done,
            "wall_s": before_s + time.monotonic() - start,
            "cpu_s": cpu_before_s + time.process_time() - cpu_start,
            "arguments": vars(arguments),
        }
        torch.save(record, path + ".new")
        os.replace(path + ".new", path)

    def report(title):
        if on_gpu:
            torch.compiler.set_stance("force_eager")  # held-out batches have shapes of their own
        for name, product in (("", F.linear), (" int4", quantize.Int4Product())):
            model.use_product(product)
            print(title + name, json.dumps(evaluate(model, held, sources, config.window)), flush=True)
        if on_gpu:
            torch.compiler.set_stance("default")

    def elapsed_share():
        continued = arguments.schedule == "cosine"
        wall = (before_s * continued + time.monotonic() - start) / budget_s
        return (
            wall
            if arguments.core_minutes is None
            else max(wall, (cpu_before_s * continued + time.process_time() - cpu_start) / 60 / arguments.core_minutes)
        )

    while (progress := elapsed_share()) < 1.0:
        factor = schedule(progress, arguments.schedule) * min(1.0, (step + 1) / WARMUP_STEPS)
        for group in adam.param_groups:
            group["lr"] = arguments.lr * factor
        shortened = (
            progress > DEPTH_BATCHES_FROM or arguments.schedule == "decay"
        ) and rng.random() < DEPTH_BATCHES_SHARE
        tokens, marks = batches.draw(with_marks=shortened)
        depth = batches.depths(marks, config.n_layers) if shortened else None
        dropped = tuple(i for i, p in enumerate(LAYER_DROPOUT[config.n_layers]) if rng.random() < p)
        window = int(rng.choice(windows, p=shares))
        model.use_product(int4_product if rng.random() < arguments.int4_share else F.linear)
        with mixed:
            loss, last = loss_of(model, tokens[:, :-1], tokens[:, 1:], window, depth, dropped, rng)
        for parameter in model.parameters():
            parameter.grad = None
        loss.backward()
        for parameter in model.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        torch.nn.utils.clip_grad_norm_(matrices + vectors if arguments.optimizer == "muon" else model.parameters(), 1.0)
        adam.step()
        if arguments.optimizer == "muon":
            muon.step(arguments.muon_lr * factor)
        step += 1
        tokens_seen += arguments.batch * arguments.length
        recent.append(last)
        now = time.monotonic()
        if step % 50 == 0:
            rate = tokens_seen / (before_s + now - start)
            print(
                f"step {step} progress {progress:.3f} lr {factor:.3f} nats {torch.stack(recent).mean():.4f} tokens/s {rate:.0f} cpu_min {(cpu_before_s + time.process_time() - cpu_start) / 60:.1f}",
                flush=True,
            )
            recent.clear()
        if now - saved_at > 300:
            save(False)
            saved_at = now
        if now - evaluated_at > arguments.evaluate_s:
            report("held-out")
            evaluated_at = time.monotonic()
    save(True)
    report("final held-out")
    print(
        f"done: steps {step}, tokens {tokens_seen}, core minutes {(cpu_before_s + time.process_time() - cpu_start) / 60:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", choices=mgt_model.CONFIGS, default="baseline")
    parser.add_argument("--minutes", type=float, default=105.0)
    parser.add_argument("--core-minutes", type=float)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--optimizer", choices=("muon", "adamw"), default="muon")
    parser.add_argument("--schedule", choices=("cosine", "constant", "decay"), default="cosine")
    parser.add_argument("--device", default="cpu", help="cuda: layers compiled, products in bfloat16")
    parser.add_argument("--run-tokens", type=float, help="bytes that this run will read, for --epochs")
    parser.add_argument("--epochs", type=float, default=8, help="with --run-tokens: no source is read more often")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate-s", type=float, default=300.0)
    parser.add_argument("--name")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--init", help="a model file to start from, instead of random weights")
    parser.add_argument(
        "--spent",
        type=float,
        nargs=4,
        default=(0, 0, 0, 0),
        metavar=("WALL_MINUTES", "CORE_MINUTES", "STEPS", "TOKENS"),
        help="what the file behind --init cost",
    )
    parser.add_argument(
        "--int4-share", type=float, default=0.0, help="share of the batches computed with int4 weights (quantize.py)"
    )
    train(parser.parse_args())
