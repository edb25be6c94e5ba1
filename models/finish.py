"""Turns a finished (or running) training's checkpoint into everything that ships: GGUF, golden file, figures, card.

    python3 models/finish.py micro baseline
Writes models/<name>-q8_0.gguf, models/<name>.md, tests/golden/<name>.golden; models/dev/ takes the float32 file and the figures.
"""
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DEV = os.path.join(HERE, "dev")


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
    """Exports, writes the golden file, evaluates and writes the card of one model."""
    stem, shipped = os.path.join(DEV, name), os.path.join(HERE, name + "-q8_0.gguf")
    run("export.py", "--config", name, "--out", stem)
    shutil.copyfile(stem + "-q8_0.gguf", shipped)
    run("golden.py", shipped, os.path.join(golden_folder, name + ".golden"))
    figures = os.path.join(DEV, f"figures-{name}.json")
    run("evaluate.py", shipped, "--out", figures)
    prototype = os.path.join(DEV, "figures-prototype.json")
    compare = ("--prototype", prototype) if name == "baseline" and os.path.exists(prototype) else ()
    run("card.py", name, "--figures", figures, *compare, out=os.path.join(HERE, name + ".md"))
    print("finished", name, json.dumps(json.load(open(figures))["domains"]), flush=True)


if __name__ == "__main__":
    folder = os.path.join(os.path.dirname(HERE), "tests", "golden")
    os.makedirs(folder, exist_ok=True)
    for model in sys.argv[1:]:
        finish(model, folder)
