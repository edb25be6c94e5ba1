"""Writes the manifests of the workloads: streams, where the held-out part begins, which lines are anomalous.

    python3 bench/workloads/make_manifests.py
The split is by time, at a line's end, SHARE of the way. Labels of the telemetry come from its recorder; a heartbeat line is anomalous where its
status is not "ok".
"""
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = os.path.join(HERE, "..", "streams")
SHARE = 0.5

KINDS = {
    "dpkg.log": "package log",
    "heartbeat.log": "heartbeat",
    "telemetry-faults.log": "telemetry",
    "typing.txt": "code",
    "sources.txt": "code",
    "documents.txt": "text",
    "build.log": "build log",
    "tests.log": "test log",
    "wasm.wat": "WebAssembly text",
    "weights.hex": "hex dump",
    "plots.svg": "SVG",
    "trace.jsonl": "trace",
}

WORKLOADS = {
    "streaming": (
        "logs, heartbeats and telemetry that mostly repeat",
        "default",
        {"package log": "dpkg.log", "heartbeat": "heartbeat.log", "telemetry": "telemetry-faults.log"},
    ),
    "interactive": ("code as it is typed, in bursts, with typing errors", "default", {"typing": "typing.txt"}),
    "continuous": (
        "long documents and sources, read through",
        "default",
        {"documents": "documents.txt", "sources": "sources.txt"},
    ),
    "safety": (
        "build and test logs and code, where every answer must be the dense one",
        "exact",
        {"build log": "build.log", "test log": "tests.log", "sources": "sources.txt"},
    ),
    "unseen": (
        "kinds of stream that no model was trained on and nothing is fitted on",
        "default",
        {"WebAssembly text": "wasm.wat", "hex dump": "weights.hex", "drawings": "plots.svg", "trace": "trace.jsonl"},
    ),
}


def ranges(flags):
    """Returns [[first, end), ...] of the true entries."""
    found = []
    for i, flag in enumerate(flags):
        if not flag:
            continue
        if found and found[-1][1] == i:
            found[-1][1] = i + 1
        else:
            found.append([i, i + 1])
    return found


def labels_of(file, text):
    """Returns the anomalous lines of a stream, or None where nobody labelled it."""
    recorded = os.path.join(STREAMS, file + ".labels.json")
    if os.path.exists(recorded):
        with open(recorded) as labels:
            return json.load(labels)["anomalous_lines"]
    if file == "heartbeat.log":
        return ranges([b'"status"' in line and b'"status":"ok"' not in line for line in text.splitlines()])
    return None


def stream(name, file):
    with open(os.path.join(STREAMS, file), "rb") as source:
        text = source.read()
    entry = {
        "name": name,
        "kind": KINDS[file],
        "file": "../streams/" + file,
        "calibration_bytes": text.rindex(b"\n", 0, int(len(text) * SHARE)) + 1,
    }
    labels = labels_of(file, text)
    return entry if labels is None else {**entry, "anomalous_lines": labels}


if __name__ == "__main__":
    for workload, (description, policy, files) in WORKLOADS.items():
        manifest = {
            "workload": workload,
            "description": description,
            "policy": policy,
            "streams": [stream(name, file) for name, file in files.items()],
        }
        text = json.dumps(manifest, indent=2)
        text = re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", text)
        with open(os.path.join(HERE, workload + ".json"), "w") as out:
            out.write(text + "\n")
