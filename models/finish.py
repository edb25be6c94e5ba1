"""Checks a finished (or running) training's checkpoint and turns it into everything that ships: GGUF, golden file, figures, card.

    python3 models/finish.py micro baseline
Writes models/<name>-q8_0.gguf, models/<name>.md, tests/golden/<name>.golden; models/dev/ takes the float32 file and the figures.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

import mgt_model

HERE = os.path.dirname(os.path.abspath(__file__))
DEV = os.path.join(HERE, "dev")
BRIEF = ("large",)  # eight layers of twice the width: only the figures of the default window


def run(script, *arguments, out=None):
    command = [sys.executable, "-W", "ignore", os.path.join(HERE, script), *arguments]
    print("+", " ".join(command[3:]), flush=True)
    if out is None:
        subprocess.run(command, check=True)
        return
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    with open(out, "wb") as file:
        file.write(text)


def finish(name, golden_folder):
    """Checks, exports, writes the golden file, evaluates and writes the card of one model."""
    stem, shipped = os.path.join(DEV, name), os.path.join(HERE, name + "-q8_0.gguf")
    run("check.py", name)
    run("export.py", "--config", name, "--out", stem)
    shutil.copyfile(stem + "-q8_0.gguf", shipped)
    run("golden.py", shipped, os.path.join(golden_folder, name + ".golden"))
    figures = os.path.join(DEV, f"figures-{name}.json")
    run("evaluate.py", shipped, "--out", figures, *(["--brief"] if name in BRIEF else []))
    run("card.py", name, "--figures", figures, out=os.path.join(HERE, name + ".md"))
    print("finished", name, json.dumps(json.load(open(figures))["domains"]), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="+", choices=mgt_model.CONFIGS, metavar="name", help=", ".join(mgt_model.CONFIGS))
    arguments = parser.parse_args()
    folder = os.path.join(os.path.dirname(HERE), "tests", "golden")
    os.makedirs(folder, exist_ok=True)
    for model in arguments.names:
        finish(model, folder)
