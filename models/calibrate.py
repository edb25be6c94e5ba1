"""Fits the gate's energy, finds the thresholds of the gated policies with `mgt calibrate` and stores all in the model file.

    python3 models/calibrate.py models/baseline-q8_0.gguf [--program build/native/mgt]
Writes mgt.energy.weights and mgt.energy.{conservative,default,permissive} into the file; with memory off the gate takes the pairs of confidences
that mgt.calibration.* hold, which stay as they are.

Calibration streams: held-out logs and sources of kinds that the benchmarks do not use (never dpkg, telemetry or the heartbeat). A policy's risk is
kept by the bound of `mgt calibrate`, over all streams together; a single stream may lose more.
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = {"log-term": 24000, "log-cmake-trace": 16000, "log-python-v": 16000, "log-git": 10000, "python": 16000, "c": 10000}
RISKS = {"conservative": 0.005, "default": 0.02, "permissive": 0.05}


def cut_streams(folder):
    """Copies the beginning of every calibration stream into `folder`; returns the paths."""
    paths = []
    for stream, size in STREAMS.items():
        with open(os.path.join(HERE, "data", "held", stream + ".bin"), "rb") as source:
            paths.append(os.path.join(folder, stream))
            with open(paths[-1], "wb") as copy:
                copy.write(source.read(size))
    return paths


def calibrate(program, model, policy, risk, streams, folder, fit):
    """Stores the policy's threshold in `model`, with fit the energy's weights as well; returns the command's report."""
    out = os.path.join(folder, "calibrated.gguf")
    data = [word for path in streams for word in ("--data", path)]
    command = [program, "calibrate", "--model", model, "--policy", policy, "--risk", str(risk), "--out", out, "--json", *data, *(["--fit"] if fit else [])]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    shutil.move(out, model)
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--program", default=os.path.join(os.path.dirname(HERE), "build", "native", "mgt"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        streams = cut_streams(folder)
        for i, (policy, risk) in enumerate(RISKS.items()):
            report = calibrate(options.program, options.model, policy, risk, streams, folder, fit=i == 0)
            keys = ("policy", "risk", "energy_max", "energy_weights", "loss", "bound", "mac_speedup")
            print({key: report[key] for key in keys}, flush=True)
