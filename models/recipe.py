"""Makes the shipped models from nothing: gathers data on this machine, trains the models, checks and exports them, writes the cards, and
rounds the baseline to 4 bits, everywhere and in its lower half (README.md: their thresholds, golden files and cards).

    python3 models/recipe.py --device cuda                               (the shipped models: large, baseline and micro)
    python3 models/recipe.py [--minutes 110] [--micro-minutes 25]        (on one core: baseline and micro)
Needs PyTorch, numpy and OpenBLAS (Debian: python3-torch libopenblas0-pthread), one core for about the sum of both budgets plus ten minutes.
Data depend on the machine, so the weights differ from the shipped ones; the figures should not, by much.
"""
import argparse
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GPU_MINUTES = 8.5
RAW = os.path.join(HERE, "data", "raw")
PACKAGE_LOGS = {
    "dpkg.log": "/var/log/dpkg.log",
    "term.log": "/var/log/apt/term.log",
    "history.log": "/var/log/apt/history.log",
    "alternatives.log": "/var/log/alternatives.log",
}


def step(script, *arguments):
    """Runs one script of this folder on one core."""
    subprocess.run([sys.executable, "-W", "ignore", os.path.join(HERE, script), *arguments], check=True)


def gather(telemetry_seconds):
    """Records and gathers the data; skipped where it exists (delete models/data to start again)."""
    if os.path.exists(os.path.join(HERE, "data", "manifest.json")):
        return
    os.makedirs(RAW, exist_ok=True)
    telemetry = subprocess.Popen(
        [
            sys.executable,
            os.path.join(HERE, "record_telemetry.py"),
            os.path.join(RAW, "telemetry.txt"),
            "--seconds",
            str(telemetry_seconds),
        ]
    )
    step("record_logs.py", os.path.join(RAW, "logs"))
    step("record_logs.py", os.path.join(RAW, "logs"), "--wide")
    if shutil.which("debootstrap") and os.geteuid() == 0:
        step("record_package_log.py", os.path.join(RAW, "scratch-root"))
    for name, source in PACKAGE_LOGS.items():
        if os.path.exists(source):
            shutil.copyfile(source, os.path.join(RAW, name))
    telemetry.wait()
    step("gather_data.py")


def train_side_by_side(device):
    """Trains all three models at once on one GPU, which none of them fills; run_tokens is what each reads in that time there."""
    runs = {"large": ("3.2e8", "6"), "baseline": ("5.2e8", "8"), "micro": ("5.2e8", "10")}
    started = [
        subprocess.Popen([sys.executable, os.path.join(HERE, "train.py"), "--config", name, "--device", device, "--batch", "128",
                          "--minutes", str(GPU_MINUTES), "--run-tokens", run_tokens, "--epochs", epochs, "--evaluate-s", "100000"])
        for name, (run_tokens, epochs) in runs.items()
    ]
    if any([process.wait() for process in started]):
        sys.exit("a training failed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=110.0)
    parser.add_argument("--micro-minutes", type=float, default=25.0)
    parser.add_argument("--telemetry-seconds", type=float, default=330.0)
    parser.add_argument("--device", default="cpu", help="cuda: all three models at once")
    arguments = parser.parse_args()
    gather(arguments.telemetry_seconds)
    if arguments.device == "cpu":
        step("train.py", "--config", "baseline", "--minutes", str(arguments.minutes))
        step("train.py", "--config", "micro", "--minutes", str(arguments.micro_minutes))
    else:
        train_side_by_side(arguments.device)
    step("finish.py", "micro", "baseline", *(["large"] if arguments.device != "cpu" else []))
    step("int4.py", os.path.join(HERE, "dev", "baseline-f32.gguf"), os.path.join(HERE, "baseline-q4_0.gguf"))
    step("mixed.py", os.path.join(HERE, "baseline-q8_0.gguf"), os.path.join(HERE, "baseline-q4_q8.gguf"))
