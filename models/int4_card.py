"""Writes the card of a file with weights of 4 bits: what it loses against the q8_0 file on held-out streams, at every exit, alone and in the mixture.

    taskset -c 1 python3 models/int4_card.py baseline q4_0 [--program build/native/mgt] > models/baseline-q4_0.md
    taskset -c 1 python3 models/int4_card.py baseline q4_q8 > models/baseline-q4_q8.md
Takes about five minutes of one core for the baseline.
"""
import argparse
import json
import os
import subprocess

import card
import evaluate
import reference
import train_data

ROOT = os.path.dirname(train_data.HERE)
STREAM_BYTES = 40000
STREAMS = {
    "python": "Python standard library",
    "log-dpkg": "package log (the demo stream)",
    "log-term": "terminal log of the package manager",
    "log-cmake-trace": "cmake --trace",
    "log-python-v": "python -v",
    "log-find-ls": "find -ls",
    "telemetry": "/proc telemetry",
    "man": "manual pages",
    "c": "C and C++",
    "js": "JavaScript, TypeScript",
    "shell": "shell",
}
# {kind of file: (its title, what has 4 bits, how it was made)}
KINDS = {
    "q4_0": (
        "4 bits",
        "weights of 4 bits",
        "`int4.py`: rounding on measured inputs, then\ndistillation from the float weights",
    ),
    "q4_q8": (
        "the lower half in 4 bits",
        "4 bits for what a step reads whole of the lower half of its layers, 8 bits elsewhere",
        "`mixed.py`: rounding on\nmeasured inputs, then distillation from the 8-bit model",
    ),
}


def engine_nats(program, path, stream, memory):
    """Returns nats per byte of the engine over the first STREAM_BYTES of a held-out stream, every layer at every step."""
    source = os.path.join(train_data.DATA, "held", stream + ".bin")
    flags = ["--policy", "dense", "--memory", memory, "--json", "--limit", str(STREAM_BYTES)]
    said = subprocess.run([program, "run", "--model", path, *flags, source], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(said)["nats_per_byte"]


def engine_rows(program, paths):
    rows = [["held-out stream", "alone, 8 bits", "4 bits", "mixture, 8 bits", "4 bits"]]
    for stream, words in STREAMS.items():
        row = [words]
        for memory in ("off", "on"):
            before, after = (engine_nats(program, path, stream, memory) for path in paths)
            row += [f"{before:.4f}", f"{after - before:+.4f}"]
        rows.append(row)
    return rows


def exit_rows(paths):
    models = [reference.Reference(path, integer=True) for path in paths]
    exits = range(1, models[0].n_layers + 1)
    rows = [["held-out stream", "bytes", *(f"exit {e}" for e in exits), *(f"4 bits, exit {e}" for e in exits)]]
    for domain, texts in evaluate.held_out().items():
        before, after = (evaluate.score_all(model, texts)[0].mean(1) for model in models)
        change = [f"{v:+.4f}" for v in after - before]
        rows.append([card.DOMAINS[domain], len(texts) * evaluate.PIECE, *(f"{v:.4f}" for v in before), *change])
    return rows


def text(name, kind, program):
    paths = [os.path.join(train_data.HERE, f"{name}-{k}.gguf") for k in ("q8_0", kind)]
    sizes = [os.path.getsize(path) / 1e6 for path in paths]
    title, weights, made_by = KINDS[kind]
    return f"""# {name}, {title}

The model of [{name}.md]({name}.md) with {weights}, one scale per row; byte table and norms stay float32.
File `{name}-{kind}.gguf`: {sizes[1]:.2f} MB, against {sizes[0]:.2f} MB with 8 bits. Made by {made_by},
with training text only. Licence: MIT, as the project.

Nats per byte, natural logarithm; 4 bits are given as what they add. The bar is .005, on Python source and on logs.

## The engine on the first {STREAM_BYTES // 1000} kB of a held-out stream
`mgt run --policy dense`, the transformer alone (`--memory off`) and mixed with the stream memory.
{card.table(engine_rows(program, paths))}

## Every exit
Numpy emulation of the integer path, the transformer alone, pieces spread over the held-out streams as in [{name}.md]({name}.md).
{card.table(exit_rows(paths))}
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "native", "mgt"))
    arguments = parser.parse_args()
    print(text(arguments.name, arguments.kind, arguments.program), end="")
