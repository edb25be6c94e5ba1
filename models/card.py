"""Writes a model card (Markdown) from the figures of evaluate.py and the last checkpoint.

    python3 models/card.py micro --figures F.json [--prototype P.json] > models/micro.md
"""
import argparse
import json
import os
import re

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


def table(rows):
    head, *body = rows
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in [head, ["---"] * len(head), *body])


def training_facts(name):
    """Returns the facts of the checkpoint: steps, tokens, core minutes and arguments."""
    import torch

    saved = torch.load(os.path.join(train_data.HERE, "checkpoints", name + ".pt"), map_location="cpu")
    return saved


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


def card(name, figures, prototype, size_bytes):
    """Returns the text of the card."""
    config, saved = mgt_model.CONFIGS[name], training_facts(name)
    n = config.n_layers
    exits = [f"exit {e + 1}" for e in range(n)]
    domain_rows = [
        [
            "held-out stream",
            "bytes",
            *exits,
            *(f"top-1 exit {e + 1}" for e in range(n)),
            *(["prototype, last exit"] if prototype else []),
        ]
    ]
    for domain, row in figures["domains"].items():
        domain_rows.append(
            [
                DOMAINS[domain],
                figures["scored_bytes"][domain],
                *(f"{v:.3f}" for v in row["nats"]),
                *(f"{v:.3f}" for v in row["top1"]),
                *([f"{prototype['domains'][domain]['nats'][-1]:.3f}"] if prototype else []),
            ]
        )
    details = detail_sections(figures, exits) if figures["windows"] else ""  # evaluate.py --brief leaves them out
    annealed = (
        "; constant learning rate first, then linear decay" if saved["arguments"].get("schedule") == "decay" else ""
    )
    if "averaged" in saved:
        annealed += f". The last part was a fine-tuning (train.py --init, half to two thirds of its batches with int4 products); the weights are {100 * saved['averaged']:.0f} % of the way to its end (average.py)"
    spent = f"{saved['cpu_s'] / 60:.0f} minutes of one core ({saved['wall_s'] / 60:.0f} minutes of wall time)"
    if saved["arguments"].get("device", "cpu") != "cpu":
        spent = f"{saved['wall_s'] / 60:.1f} minutes of a third of one GPU (the three models were trained side by side)"
    parameters = sum(v.numel() for v in saved["model"].values())
    compared = (
        "\nThe prototype's figures are on the same bytes. It had learnt from the first 88 % of the package logs of a like machine, this model only from what came before the shipped stream.\n"
        if prototype
        else ""
    )
    return f"""# {name}

A byte language model for streams (logs, telemetry, code): {n} layers, hidden {config.hidden}, {config.n_heads} heads, FFN {config.ffn} (ReLU), RoPE, RMSNorm,
one shared head with a norm per exit, sliding window {config.window} (trained with {config.window_min} to {config.window_max}), {parameters / 1e6:.2f} M parameters.
File `{figures['file']}`: GGUF, int8 with one scale per row, {size_bytes / 1e6:.1f} MB. Licence: MIT, as the project.

**Training.** From scratch with the recipe in this folder, one seed, {saved['step']} steps of {saved['arguments']['batch']} x {saved['arguments']['length']} bytes
({saved['tokens'] / 1e6:.1f} M bytes), {spent}{annealed}.
Data: see README.md; nothing was downloaded, recordings are free of host names. It knows English text, other formats and long contexts badly: use the stream memory beside it.

All figures: float32 reference on the shipped (int8) weights, natural logarithm, nats per byte, the transformer alone (no stream memory); lower is better.

## Held-out streams, window {config.window}
{table(domain_rows)}
{compared}
{details}"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", choices=mgt_model.CONFIGS)
    parser.add_argument("--figures", required=True)
    parser.add_argument("--prototype")
    arguments = parser.parse_args()
    model_path = os.path.join(train_data.HERE, arguments.name + "-q8_0.gguf")
    load = lambda path: json.load(open(path)) if path else None
    print(
        re.sub(
            r"\n{3,}",
            "\n\n",
            card(arguments.name, load(arguments.figures), load(arguments.prototype), os.path.getsize(model_path)),
        ),
        end="",
    )
