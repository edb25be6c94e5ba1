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
PRINT_STEPS, SAVE_S = 50, 300


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


class Spent:
    """What a training has cost: steps, tokens, wall and core seconds, with those of the runs and the file that it continues."""

    def __init__(self, wall_s=0.0, cpu_s=0.0, steps=0, tokens=0):
        self.wall_before_s, self.cpu_before_s, self.steps, self.tokens = wall_s, cpu_s, steps, tokens
        self.start_clock()

    def start_clock(self):
        self.wall_start_s, self.cpu_start_s = time.monotonic(), time.process_time()

    def wall_s(self, this_run=False):
        return (0.0 if this_run else self.wall_before_s) + time.monotonic() - self.wall_start_s

    def cpu_s(self, this_run=False):
        return (0.0 if this_run else self.cpu_before_s) + time.process_time() - self.cpu_start_s


def set_up_torch(seed, on_gpu):
    """Keeps PyTorch to one core and the seed; on a GPU layers are compiled."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    if on_gpu:
        torch.set_float32_matmul_precision("high")
        mgt_model.Layer.forward = torch.compile(mgt_model.Layer.forward, dynamic=False)


def continue_from(arguments, path, model, optimizers):
    """Takes up the file of --init or, with --resume, the checkpoint at `path` where there is one; returns what that cost."""
    spent = Spent()
    if arguments.init:
        load_file(model, arguments.init)
        wall_minutes, core_minutes, steps, tokens = arguments.spent
        spent = Spent(wall_minutes * 60, core_minutes * 60, int(steps), int(tokens))
    if arguments.resume and os.path.exists(path):
        saved = torch.load(path, map_location=arguments.device)
        model.load_state_dict(saved["model"])
        optimizers.restore(saved)
        spent = Spent(saved["wall_s"], saved["cpu_s"], saved["step"], saved["tokens"])
    return spent


class Training:
    """One run: a model, its optimisers and batches, and what was spent on it."""

    def __init__(self, arguments):
        self.arguments, self.on_gpu = arguments, arguments.device != "cpu"
        self.config = mgt_model.CONFIGS[arguments.config]
        set_up_torch(arguments.seed, self.on_gpu)
        self.model = mgt_model.MgtModel(self.config).to(arguments.device)
        self.optimizers = optimizer.Optimizers(
            self.model, arguments.optimizer, arguments.lr, arguments.muon_lr, arguments.weight_decay
        )
        os.makedirs(CHECKPOINTS, exist_ok=True)
        self.path = os.path.join(CHECKPOINTS, arguments.name or arguments.config) + ".pt"
        self.spent = continue_from(arguments, self.path, self.model, self.optimizers)
        self.batches = train_data.Batches(
            arguments.batch, arguments.length, arguments.seed + self.spent.steps, arguments.device, arguments.run_tokens, arguments.epochs
        )
        self.held, self.sources = train_data.load("held")
        self.int4_product = quantize.Int4Product()

    def progress(self):
        """Returns the share of the budget that is used up; only a cosine goes on where the run before it ended."""
        this_run, core_minutes = self.arguments.schedule != "cosine", self.arguments.core_minutes
        wall_share = self.spent.wall_s(this_run) / (self.arguments.minutes * 60)
        return wall_share if core_minutes is None else max(wall_share, self.spent.cpu_s(this_run) / 60 / core_minutes)

    def draw(self, progress):
        """Draws (tokens [batch, length + 1], depth or None, layers to drop, window) and the product of one step."""
        rng, n_layers = self.batches.rng, self.config.n_layers
        late = progress > DEPTH_BATCHES_FROM or self.arguments.schedule == "decay"
        shortened = late and rng.random() < DEPTH_BATCHES_SHARE
        tokens, marks = self.batches.draw(with_marks=shortened)
        depth = self.batches.depths(marks, n_layers) if shortened else None
        dropped = tuple(i for i, p in enumerate(LAYER_DROPOUT[n_layers]) if rng.random() < p)
        windows, shares = zip(*WINDOWS[self.config.name].items())
        window = int(rng.choice(windows, p=shares))
        self.model.use_product(self.int4_product if rng.random() < self.arguments.int4_share else F.linear)
        return tokens, depth, dropped, window

    def step(self, progress, factor):
        """Learns from one batch, with the learning rates times `factor`; returns the last exit's mean nats."""
        tokens, depth, dropped, window = self.draw(progress)
        with torch.autocast(self.arguments.device, torch.bfloat16, enabled=self.on_gpu):
            loss, last = loss_of(self.model, tokens[:, :-1], tokens[:, 1:], window, depth, dropped, self.batches.rng)
        self.optimizers.zero_grad()
        loss.backward()
        self.optimizers.step(factor)
        self.spent.steps += 1
        self.spent.tokens += self.arguments.batch * self.arguments.length
        return last

    def save(self, done):
        """Replaces the checkpoint."""
        record = {
            "config": self.config.name,
            "model": self.model.state_dict(),
            **self.optimizers.state(),
            "step": self.spent.steps,
            "tokens": self.spent.tokens,
            "done": done,
            "wall_s": self.spent.wall_s(),
            "cpu_s": self.spent.cpu_s(),
            "arguments": vars(self.arguments),
        }
        torch.save(record, self.path + ".new")
        os.replace(self.path + ".new", self.path)

    def report_held_out(self, title):
        """Prints the held-out figures of the model as it is and with int4 products."""
        if self.on_gpu:
            torch.compiler.set_stance("force_eager")  # held-out batches have shapes of their own
        for name, product in (("", F.linear), (" int4", quantize.Int4Product())):
            self.model.use_product(product)
            print(title + name, json.dumps(evaluate(self.model, self.held, self.sources, self.config.window)), flush=True)
        if self.on_gpu:
            torch.compiler.set_stance("default")

    def print_progress(self, progress, factor, recent):
        """Prints where the run stands, with the mean of the `recent` nats."""
        spent = self.spent
        print(
            f"step {spent.steps} progress {progress:.3f} lr {factor:.3f} nats {torch.stack(recent).mean():.4f} "
            f"tokens/s {spent.tokens / spent.wall_s():.0f} cpu_min {spent.cpu_s() / 60:.1f}",
            flush=True,
        )

    def run(self):
        """Trains until the budget is used up; prints, saves and reports on the way."""
        self.spent.start_clock()
        saved_at = evaluated_at = time.monotonic()
        recent = []
        while (progress := self.progress()) < 1.0:
            factor = schedule(progress, self.arguments.schedule) * min(1.0, (self.spent.steps + 1) / WARMUP_STEPS)
            recent.append(self.step(progress, factor))
            if self.spent.steps % PRINT_STEPS == 0:
                self.print_progress(progress, factor, recent)
                recent.clear()
            now = time.monotonic()
            if now - saved_at > SAVE_S:
                self.save(done=False)
                saved_at = now
            if now - evaluated_at > self.arguments.evaluate_s:
                self.report_held_out("held-out")
                evaluated_at = time.monotonic()
        self.save(done=True)


def train(arguments):
    """Trains within the budget; prints shares of the sources, progress, held-out figures and what was spent."""
    training = Training(arguments)
    shares = {name: round(float(share), 4) for name, share in training.batches.shares.items()}
    print("shares", json.dumps(shares), flush=True)
    training.run()
    training.report_held_out("final held-out")
    spent = training.spent
    print(f"done: steps {spent.steps}, tokens {spent.tokens}, core minutes {spent.cpu_s() / 60:.1f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", choices=mgt_model.CONFIGS, default="baseline")
    parser.add_argument("--minutes", type=float, default=105.0)
    parser.add_argument("--core-minutes", type=float)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--weight-decay", type=float, default=0.1, help="of all matrices, by either optimizer; norms have none")
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
