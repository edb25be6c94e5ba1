"""Chooses the thresholds of the gated policies for a stated risk and stores them in the model file.

    python3 models/calibrate.py models/baseline-q8_0.gguf [--program build/native/mgt]
Writes mgt.calibration.{conservative,default,permissive} = [memory confidence, exit confidence] into the file, and prints the whole grid.

Calibration streams: held-out logs and sources of kinds that the benchmarks do not use (never dpkg, telemetry or the heartbeat).
Of all pairs whose summed nats stay within the policy's risk of the dense mixture, the one with the fewest multiply-adds is taken.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import gguf

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = {"log-term": 40000, "log-cmake-make": 40000, "log-npm-debug": 40000, "log-git": 20000, "python": 40000, "c": 20000}
RISKS = {"conservative": ("exact", 0.005), "default": ("propagate", 0.04), "permissive": ("propagate", 0.10)}
MEMORY = (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
EXIT = {0.9: 0.8, 0.95: 0.9, 0.98: 0.95, 0.99: 0.97, 0.995: 0.98, 0.998: 0.99, 0.999: 0.99, 0.9995: 0.998}


def run(program, model, stream, limit, *flags):
    """Returns the report of one run over the first `limit` bytes of a calibration stream."""
    command = [program, "run", "--model", model, "--json", "--limit", str(limit), *flags, os.path.join(HERE, "data", "held", stream + ".bin")]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def total(program, model, *flags):
    """Returns (nats, multiply-adds) over all calibration streams."""
    reports = [run(program, model, stream, limit, *flags) for stream, limit in STREAMS.items()]
    return sum(r["nats_per_byte"] * r["tokens"] for r in reports), sum(r["macs"] for r in reports)


def choose(program, model):
    """Returns {policy: (memory confidence, exit confidence)}."""
    dense_nats, dense_macs = total(program, model, "--policy", "dense")
    chosen = {}
    for policy, (kv, risk) in RISKS.items():
        best = None
        for memory in MEMORY:
            for exit_confidence in sorted({EXIT[memory], min(0.999, EXIT[memory] + 0.01), 0.995}):
                nats, macs = total(program, model, "--policy", "custom", "--kv", kv, "--memory-confidence", str(memory), "--exit-confidence", str(exit_confidence))
                loss = nats / dense_nats - 1
                print(f"{policy:12} memory {memory:<6} exit {exit_confidence:<6} nats {100 * loss:+6.2f} %  multiply-adds {dense_macs / macs:5.2f}x fewer", flush=True)
                if loss <= risk and (best is None or macs < best[0]):
                    best = macs, memory, exit_confidence
        if best is None:
            raise SystemExit(f"{policy}: no pair of the grid keeps the loss within {100 * risk} %")
        chosen[policy] = best[1:]
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
    gguf.set_metadata(options.model, {f"mgt.calibration.{policy}": [float(v) for v in pair] for policy, pair in thresholds.items()})
    print(json.dumps(thresholds), "stored in", options.model, file=sys.stderr)
