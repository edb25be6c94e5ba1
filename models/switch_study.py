"""How well lambda tells a change of kind: spliced held-out streams, AUC by bytes after the switch, and quantiles for thresholds.

    python3 models/switch_study.py models/baseline-q8_0.gguf
Each stream: 500 bytes of one domain, then 300 of another. lambda = min over n of (C_n / (n (112 - n)) - mean_n) / sd_n with the file's statistics.
AUC of "-lambda" for positions 1-8, 8-24, 24-56 after the switch against positions 150-499 before it.
"""
import argparse

import numpy as np

import coherence
import reference
import train_data

BEFORE, AFTER = 500, 300


def spliced(count, seed, split="held"):
    """Returns `count` streams of BEFORE + AFTER bytes whose halves come from two different domains, drawn evenly over domains."""
    arrays, sources = train_data.load(split, minimum_bytes=1000)
    groups = {}
    for name, data in arrays.items():
        groups.setdefault(sources[name]["domain"], []).append(data)
    rng, domains = np.random.default_rng(seed), sorted(groups)

    def piece(domain, size):
        data = groups[domain][rng.integers(len(groups[domain]))]
        start = rng.integers(0, len(data) - size)
        return data[start : start + size]

    streams = []
    for _ in range(count):
        first, second = rng.choice(domains, 2, replace=False)
        streams.append(np.concatenate((piece(first, BEFORE), piece(second, AFTER))))
    return streams


def lambdas(model, text):
    """Returns {source: lambda [positions from the 112th on]}."""
    state = model.states(text)[0]
    bits = coherence.signatures(state, model.metadata["mgt.signature_mean"], model.eps)
    result = {}
    for name, weights in (("similarity", coherence.similarity_links(bits)), ("bigram", coherence.bigram_links(text))):
        z = (coherence.normalised_cuts(weights) - model.metadata[f"mgt.lambda.{name}_mean"]) / model.metadata[
            f"mgt.lambda.{name}_sd"
        ]
        result[name] = z.min(1)
    return result


def auc(low, high):
    """Probability that a value of `low` lies below one of `high`, ties half."""
    order = np.sort(high)
    return float(
        (len(high) - (np.searchsorted(order, low, "left") + np.searchsorted(order, low, "right")) / 2).mean()
        / len(high)
    )


def study(path, count=120, seed=11):
    """Returns {source: {"auc": {span: value}, "floor": lambda of an empty graph, "quantiles_before", "quantiles_24_56"}}.

    quantiles_before, quantiles_24_56  {share: lambda} before the switch and 24-56 bytes after it
    """
    model = reference.Reference(path)
    rows = [lambdas(model, text) for text in spliced(count, seed)]
    offset = coherence.WINDOW - 1
    result = {}
    for name in ("similarity", "bigram"):
        values = np.stack([row[name] for row in rows])
        before = values[:, 150 - offset : BEFORE - offset].reshape(-1)
        spans = {"1-8": (0, 8), "8-24": (8, 24), "24-56": (24, 56), "1-56": (0, 56)}
        part = lambda a, b: values[:, BEFORE - offset + a : BEFORE - offset + b].reshape(-1)
        floor = float((-model.metadata[f"mgt.lambda.{name}_mean"] / model.metadata[f"mgt.lambda.{name}_sd"]).min())
        result[name] = {
            "auc": {k: round(auc(part(*v), before), 3) for k, v in spans.items()},
            "floor": round(floor, 4),
            "quantiles_before": {
                q: round(float(np.quantile(before, q)), 4) for q in (0.001, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5)
            },
            "quantiles_24_56": {q: round(float(np.quantile(part(24, 56), q)), 4) for q in (0.1, 0.25, 0.5, 0.75, 0.9)},
        }
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    for source, row in study(parser.parse_args().model).items():
        print(source, row)
