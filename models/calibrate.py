"""Chooses the thresholds of the gated policies for a stated risk and stores them in the model file.

    python3 models/calibrate.py models/baseline-q8_0.gguf [--program build/native/mgt]
Writes mgt.calibration.{conservative,default,permissive} = [memory confidence, exit confidence] into the file, and prints the whole grid.

Calibration streams: held-out logs and sources of kinds that the benchmarks do not use (never dpkg, telemetry or the heartbeat).
The loss of a pair is the mean over these streams of nats per byte against the dense mixture. Of all pairs within the policy's risk, the
one with the fewest multiply-adds is taken. A single stream may lose more: the printed grid has every stream's loss.
"""
import argparse
import json
import multiprocessing.pool
import os
import subprocess
import sys
import tempfile

import gguf

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = {"log-term": 24000, "log-cmake-trace": 16000, "log-python-v": 16000, "log-git": 10000, "python": 16000, "c": 10000}
RISKS = {"conservative": ("exact", 0.01), "default": ("propagate", 0.02), "permissive": ("propagate", 0.05)}
MEMORY = (0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
EXIT = (0.95, 0.97, 0.98, 0.99, 0.998)


def run(program, model, stream, limit, *flags):
    """Returns the report of one run over the first `limit` bytes of a calibration stream."""
    source = os.path.join(HERE, "data", "held", stream + ".bin")
    command = [program, "run", "--model", model, "--json", "--limit", str(limit), *flags, source]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def measure(program, model, *flags):
    """Returns ([nats per byte of each calibration stream], multiply-adds over all of them)."""
    with multiprocessing.pool.ThreadPool() as pool:
        reports = pool.starmap(run, [(program, model, stream, limit, *flags) for stream, limit in STREAMS.items()])
    return [r["nats_per_byte"] for r in reports], sum(r["macs"] for r in reports)


def grid(program, model, kv):
    """Returns [(memory confidence, exit confidence, mean loss against dense, share of its multiply-adds)]."""
    dense_nats, dense_macs = measure(program, model, "--policy", "dense")
    points = []
    for memory in MEMORY:
        for exit_confidence in (e for e in EXIT if memory - 0.03 <= e <= memory):
            thresholds = ("--memory-confidence", str(memory), "--exit-confidence", str(exit_confidence))
            nats, macs = measure(program, model, "--policy", "custom", "--kv", kv, *thresholds)
            losses = [gated / dense - 1 for gated, dense in zip(nats, dense_nats)]
            points.append((memory, exit_confidence, sum(losses) / len(losses), macs / dense_macs))
            print(f"{kv}: memory {memory}, exit {exit_confidence}:", " ".join(f"{100 * loss:+.2f}" for loss in losses),
                  f"% nats, {dense_macs / macs:.2f} times fewer multiply-adds", flush=True)
    return points


def choose(program, model):
    """Returns {policy: (memory confidence, exit confidence)}."""
    grids = {kv: grid(program, model, kv) for kv in sorted({kv for kv, _ in RISKS.values()})}
    chosen = {}
    for policy, (kv, risk) in RISKS.items():
        allowed = [point for point in grids[kv] if point[2] <= risk]
        if not allowed:
            raise SystemExit(f"{policy}: no pair of the grid keeps the loss within {100 * risk} %")
        chosen[policy] = min(allowed, key=lambda point: point[3])[:2]
    return chosen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--program", default=os.path.join(os.path.dirname(HERE), "build", "native", "mgt"))
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile(suffix=".gguf") as copy:
        with open(options.model, "rb") as file:
            copy.write(file.read())
        copy.flush()
        thresholds = choose(options.program, copy.name)
    gguf.set_metadata(
        options.model, {f"mgt.calibration.{policy}": [float(v) for v in pair] for policy, pair in thresholds.items()}
    )
    print(json.dumps(thresholds), "stored in", options.model, file=sys.stderr)
