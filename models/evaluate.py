"""Held-out figures of a model file: nats per byte and top-1 by domain, exit and window; skips; the int8 path; active neurons.

    python3 models/evaluate.py models/baseline-q8_0.gguf --out figures.json
Uses the numpy reference; about two minutes of one core for the baseline.
"""
import argparse
import json

import numpy as np

import reference
import train_data

PIECE, LEAD = 1536, 64
LOG_GROUP = ("log-dpkg", "log-term", "log-history", "log-npm-debug", "log-python-v", "log-gcc-v")
PIECES = {
    "python": 24,
    "logs": 5,
    "logs-other": 1,
    "dpkg": 16,
    "telemetry": 6,
    "iot": 4,
    "man": 6,
    "c": 6,
    "js": 6,
    "shell": 6,
}


def held_out():
    """Returns {domain: [text]}; a text is LEAD bytes of context followed by PIECE scored bytes, spread evenly over the held-out part.

    python: standard library; logs: package manager, npm, python -v, gcc -v; logs-other: every other recording; dpkg: the demo stream.
    """
    held, sources = train_data.load("held", minimum_bytes=PIECE + LEAD + 1)
    texts = {}
    for name, data in sorted(held.items()):
        domains = [sources[name]["domain"]]
        if domains == ["logs"]:
            domains = ["logs" if name in LOG_GROUP else "logs-other"] + (["dpkg"] if name == "log-dpkg" else [])
        for domain in domains:
            count = min(PIECES[domain], len(data) // (PIECE + LEAD))
            starts = np.linspace(0, len(data) - PIECE - LEAD - 1, count).astype(int)
            texts.setdefault(domain, []).extend(data[s : s + LEAD + PIECE] for s in starts)
    return texts


def score_all(model, texts, window=None, depth=None):
    """Scores texts as one, without the lead of each text.

    Returns (nats, right, top1, keep): nats of the next byte, whether the best guess is right, and that guess, each [exits, scored];
    keep [bytes - 1] marks the scored positions of the joined texts.
    """
    joined = np.concatenate(texts)
    nats, top1 = reference.score(model, joined, window, depth)
    wanted = np.ones(len(joined), bool)
    starts = np.arange(len(texts)) * (LEAD + PIECE)
    wanted[(starts[:, None] + np.arange(LEAD)).reshape(-1)] = False
    keep = wanted[1:]
    return nats[:, keep], (top1 == joined[1:])[:, keep], top1[:, keep], keep


def rounded(values):
    return [round(float(v), 4) for v in values]


def skip_damage(model, texts, dense, keep, share, seed=5):
    """Nats that dense steps lose where `share` of the other positions are skipped and leave only their byte's keys and values.

    dense, keep  nats and mask of `score_all` for the same texts without skips
    """
    joined = np.concatenate(texts)
    skipped = np.random.default_rng(seed).random(len(joined)) < share
    thin, _, _, _ = score_all(model, texts, depth=np.where(skipped, 0, model.n_layers))
    ran = ~skipped[:-1][keep]
    return round(float(thin[-1][ran].mean() - dense[-1][ran].mean()), 4)


def evaluate(path, windows=(8, 16, 32, 64), brief=False):
    """Returns all figures of one model file as a dict; `brief`: the domains at the default window only."""
    model, integer = reference.Reference(path), reference.Reference(path, integer=True)
    texts = held_out()
    result = {
        "file": path.rsplit("/", 1)[-1],
        "window": int(model.window),
        "scored_bytes": {d: len(t) * PIECE for d, t in texts.items()},
        "domains": {},
        "windows": {},
        "skip_damage": {},
        "integer": {},
        "active_share": {},
    }
    for domain, pieces in texts.items():
        nats, right, top1, keep = score_all(model, pieces)
        result["domains"][domain] = {"nats": rounded(nats.mean(1)), "top1": rounded(right.mean(1))}
        if domain in ("python", "logs") and not brief:
            result["windows"][domain] = {
                w: rounded(nats.mean(1)) if w == model.window else rounded(score_all(model, pieces, w)[0].mean(1))
                for w in windows
            }
            result["skip_damage"][domain] = {
                f"{share:.0%}": skip_damage(model, pieces, nats, keep, share) for share in (0.4, 0.7)
            }
            int_nats, _, int_top1, _ = score_all(integer, pieces)
            result["integer"][domain] = {
                "delta_nats": rounded(int_nats.mean(1) - nats.mean(1)),
                "top1_agreement": rounded((int_top1 == top1).mean(1)),
            }
            result["active_share"][domain] = rounded(model.active_share(np.concatenate(pieces[:4])))
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--out", required=True)
    parser.add_argument("--brief", action="store_true", help="only the domains at the default window")
    arguments = parser.parse_args()
    figures = evaluate(arguments.model, brief=arguments.brief)
    with open(arguments.out, "w") as file:
        json.dump(figures, file, indent=1)
    for domain, row in figures["domains"].items():
        print(f"{domain:11} nats {row['nats']} top1 {row['top1']}")
