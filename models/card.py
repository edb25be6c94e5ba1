"""Writes a model card (Markdown) from the figures of evaluate.py and the last checkpoint.

    python3 models/card.py micro --figures F.json > models/micro.md
Figures of `evaluate.py --brief` give a card without the sections on windows, skips, integers and neurons.
"""
import argparse
import json
import os

import mgt_model
import train_data

DOMAINS = {
    "python": "Python standard library (held out by file)",
    "logs": "logs: package manager, npm, python -v, gcc -v (held out by time)",
    "dpkg": "package log alone (the demo stream)",
    "logs-other": "logs of 30 other tools",
    "telemetry": "/proc telemetry, 20 Hz",
    "iot": "generated heartbeat",
    "man": "manual pages",
    "c": "C and C++",
    "js": "JavaScript, TypeScript",
    "shell": "shell",
}
# {model: what its card adds to the line on its file}
NOTES = {
    "baseline": """ The word `baseline` means this model with most of
its lower half in 4 bits: [baseline-q4_q8.md](baseline-q4_q8.md)."""
}


def table(rows):
    head, *body = rows
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [head, ["---"] * len(head), *body])


def load_checkpoint(name):
    """Returns the whole record that train.py saved: the weights ("model"), steps, tokens, seconds and arguments among its keys."""
    import torch

    return torch.load(os.path.join(train_data.HERE, "checkpoints", name + ".pt"), map_location="cpu")


def detail_sections(figures, exits):
    """Returns the sections on windows, skips, the integer path and active neurons."""
    window_rows = [["window", *(f"{d}, {x}" for d in figures["windows"] for x in exits)]]
    for window in next(iter(figures["windows"].values())):
        window_rows.append(
            [
                window,
                *(f"{v:.3f}" for d in figures["windows"] for v in figures["windows"][d][window]),
            ]
        )
    skip_rows = [["stream", "40 % skipped", "70 % skipped"]]
    for domain, row in figures["skip_damage"].items():
        skip_rows.append([domain, *(f"+{v:.3f}" for v in row.values())])
    integer_rows = [["stream", *(f"nats, {x}" for x in exits), *(f"top-1 agreement, {x}" for x in exits)]]
    for domain, row in figures["integer"].items():
        integer_rows.append(
            [domain, *(f"{v:+.4f}" for v in row["delta_nats"]), *(f"{v:.4f}" for v in row["top1_agreement"])]
        )
    active = "; ".join(
        f"{domain} " + ", ".join(f"{100 * v:.1f} %" for v in shares)
        for domain, shares in figures["active_share"].items()
    )
    return f"""## Windows
{table(window_rows)}

## Skipped positions
Nats added on the positions that ran, where others at random were skipped and gave their keys and values from the byte table (no holes, no catch-up).
{table(skip_rows)}

## Integer path
Int8 weights with 7-bit activations (numpy emulation) against float32 on the same weights.
{table(integer_rows)}

## Active feed-forward neurons, by layer
{active}.
"""


def card(name, figures, size_bytes):
    """Returns the text of the card."""
    config, saved = mgt_model.CONFIGS[name], load_checkpoint(name)
    n = config.n_layers
    exits = [f"exit {e + 1}" for e in range(n)]
    domain_rows = [["held-out stream", "bytes", *exits, *(f"top-1 {x}" for x in exits)]]
    for domain, row in figures["domains"].items():
        domain_rows.append(
            [
                DOMAINS[domain],
                figures["scored_bytes"][domain],
                *(f"{v:.3f}" for v in row["nats"]),
                *(f"{v:.3f}" for v in row["top1"]),
            ]
        )
    details = "\n" + detail_sections(figures, exits) if figures["windows"] else ""  # evaluate.py --brief leaves them out
    annealed = (
        "; constant learning rate first, then linear decay" if saved["arguments"].get("schedule") == "decay" else ""
    )
    if "averaged" in saved:
        annealed += f". The last part was a fine-tuning (train.py --init, half to two thirds of its batches with int4 products); the weights are {100 * saved['averaged']:.0f} % of the way to its end (average.py)"
    spent = f"{saved['cpu_s'] / 60:.0f} minutes of one core ({saved['wall_s'] / 60:.0f} minutes of wall time)"
    if saved["arguments"].get("device", "cpu") != "cpu":
        spent = f"{saved['wall_s'] / 60:.1f} minutes of a third of one GPU (the three models were trained side by side)"
    parameters = sum(v.numel() for v in saved["model"].values())
    return f"""# {name}

A byte language model for streams (logs, telemetry, code): {n} layers, hidden {config.hidden}, {config.n_heads} heads, FFN {config.ffn} (ReLU), RoPE, RMSNorm,
one shared head with a norm per exit, sliding window {config.window} (trained with {config.window_min} to {config.window_max}), {parameters / 1e6:.2f} M parameters.
File `{figures['file']}`: GGUF, int8 with one scale per row, {size_bytes / 1e6:.1f} MB. Licence: MIT, as the project.{NOTES.get(name, "")}

**Training.** From scratch with the recipe in this folder, one seed, {saved['step']} steps of {saved['arguments']['batch']} x {saved['arguments']['length']} bytes
({saved['tokens'] / 1e6:.1f} M bytes), {spent}{annealed}.
Data: see README.md; nothing was downloaded, recordings are free of host names. It knows English text, other formats and long contexts badly: use the stream memory beside it.

All figures: float32 reference on the shipped (int8) weights, natural logarithm, nats per byte, the transformer alone (no stream memory); lower is better.

## Held-out streams, window {config.window}
{table(domain_rows)}
{details}"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=mgt_model.CONFIGS)
    parser.add_argument("--figures", required=True)
    arguments = parser.parse_args()
    model_path = os.path.join(train_data.HERE, arguments.name + "-q8_0.gguf")
    with open(arguments.figures) as file:
        print(card(arguments.name, json.load(file), os.path.getsize(model_path)), end="")
