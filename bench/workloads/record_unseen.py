"""Makes streams of kinds that no model was trained on, all from this project's own work: the text form of its WebAssembly, a hex dump of its weights,
the drawings in its report, and the trace of a gated run.

    python3 bench/workloads/record_unseen.py bench/streams    # after `make build`
Needs wasm-dis (Binaryen, fetched by the set-up) for the first. A stream has BYTES bytes at most and ends with a line.
"""
import argparse
import glob
import os
import subprocess
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BYTES = 60000
MIDDLE = 400000  # where the weights' dump begins: behind the model file's metadata


def at(*path):
    return os.path.join(ROOT, *path)


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def wasm_text():
    text = output_of(at(".toolchain", "binaryen", "bin", "wasm-dis"), at("js", "wasm", "mgt-relaxed.wasm"))
    return text[text.index(b"\n (func "):]


def hex_dump():
    return output_of("od", "-A", "x", "-t", "x1z", "-v", "-j", str(MIDDLE), "-N", str(BYTES), at("models", "baseline-q8_0.gguf"))


def drawings():
    texts = []
    for path in sorted(glob.glob(at("bench", "results", "*.svg"))):
        with open(path, "rb") as file:
            texts.append(file.read())
    return b"".join(texts)


def trace():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "trace.jsonl")
        output_of(at("build", "native", "mgt"), "run", "--trace", path, "--limit", "200", at("bench", "streams", "telemetry.log"))
        with open(path, "rb") as file:
            return file.read()


STREAMS = {"wasm.wat": wasm_text, "weights.hex": hex_dump, "plots.svg": drawings, "trace.jsonl": trace}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    for name, make in STREAMS.items():
        text = make()
        with open(os.path.join(folder, name), "wb") as out:
            out.write(text[: text.rindex(b"\n", 0, BYTES) + 1])
