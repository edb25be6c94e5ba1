"""Fits the gate's energy, finds the thresholds of the gated policies with `mgt calibrate` and stores all in the model file.

    python3 models/calibrate.py models/baseline-q8_0.gguf [--program build/native/mgt] [--limit 40000] [--threshold-limit 80000]
Writes mgt.energy.weights and mgt.energy.{default,permissive} into the file, and for all policies PAIRS as mgt.calibration.*: least certainty of
the memory and least confidence of an exit, which the gate takes where it has no energy. conservative has none: it skips where the memory is certain to the mixer's
last level and exits nowhere, so that what it computes has the dense model's bits.

The energy is fitted on the calibration parts of the workloads in FITTED (their held-out parts stay unseen). Recordings of the kinds that
a model was trained on would flatter it: an energy fitted on those is too sure of the memory on streams that the model knows less well.
Thresholds are those of the streaming workload, which lose most per accepted energy: a policy's risk is kept by the bound of `mgt calibrate` over its
three streams together, from the moment on when the memory has seen the first kilobytes (--warm-up). A young stream, or a single one, may lose more.
Cost: about five minutes of one core for the baseline. --thresholds keeps the energy that the file has.
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile

import numpy as np

import gguf

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORKLOADS = os.path.join(ROOT, "bench", "workloads")
FITTED = ["continuous", "interactive", "safety", "streaming"]  # not "unseen", which stays so
# Least certainty of the memory and least confidence of an exit; those of the engine for files that have none, with the exits of the first baseline.
PAIRS = {"conservative": (0.98, 2.0), "default": (0.9999, 0.98), "permissive": (0.995, 0.97)}
FIT_RISK = 0.01  # of the run that fits: it stores a threshold as well, which the next runs replace
RISKS = {"default": 0.02, "permissive": 0.05}


def cut_streams(folder, limit, workloads=FITTED):
    """Copies the beginning of the calibration part of the workloads' streams into `folder`; returns the paths."""
    paths = {}
    for workload in workloads:
        with open(os.path.join(WORKLOADS, workload + ".json")) as file:
            streams = json.load(file)["streams"]
        for stream in streams:
            name = os.path.basename(stream["file"])
            paths[name] = os.path.join(folder, name)
            with open(os.path.join(WORKLOADS, stream["file"]), "rb") as source, open(paths[name], "wb") as copy:
                copy.write(source.read(min(stream["calibration_bytes"], limit)))
    return list(paths.values())


def store_pairs(path):
    """Writes PAIRS into the model file and takes out the energy threshold of conservative, which gates by its pair alone."""
    pairs = {f"mgt.calibration.{policy}": np.array(pair, np.float32) for policy, pair in PAIRS.items()}
    gguf.set_metadata(path, {**pairs, "mgt.energy.conservative": None})


def calibrate(options, policy, risk, streams, folder, fit):
    """Stores the policy's threshold in the model, with fit the energy's weights as well; returns the command's report."""
    out = os.path.join(folder, "calibrated.gguf")
    data = [word for path in streams for word in ("--data", path)]
    command = [options.program, "calibrate", "--model", options.model, "--policy", policy, "--risk", str(risk), "--out", out, "--json",
               "--warm-up", str(options.warm_up), *data, *(["--fit"] if fit else [])]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    shutil.move(out, options.model)
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "native", "mgt"))
    parser.add_argument("--limit", type=int, default=40000, help="bytes of each stream that the energy is fitted on (default: 40000)")
    parser.add_argument("--threshold-limit", type=int, default=80000, help="... that the thresholds are tested on (default: 80000): with more of them "
                        "the bound lies closer to the loss")
    parser.add_argument("--warm-up", type=int, default=12000, help="bytes of each stream that count for nothing (default: 12000)")
    parser.add_argument("--thresholds", action="store_true", help="only the thresholds, for the energy that the file has")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store_pairs(options.model)
        if not options.thresholds:
            calibrate(options, "default", FIT_RISK, cut_streams(folder, options.limit), folder, fit=True)
        streams = cut_streams(folder, options.threshold_limit, ["streaming"])
        for policy, risk in RISKS.items():
            report = calibrate(options, policy, risk, streams, folder, fit=False)
            print({key: report[key] for key in ("policy", "risk", "energy_max", "loss", "bound", "mac_speedup")}, flush=True)
