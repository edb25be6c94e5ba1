"""Does one calibrated energy gate better than confidence thresholds? Fitted on some streams, measured on others.

    build/native/mgt eval --signals NAME.sig --data STREAM     (once per stream)
    python3 models/energy_study.py --fit FIT.sig ... --test TEST.sig ...
The energy E of a cheap answer (the memory's, exit 1's, exit 2's) is the probability that its best guess differs from that of all layers: a logistic
function of what is known when the answer is at hand ("three": memory confidence, LIF, exit confidence; "small": and previous entropy; "word": and, instead
of that, LIF of the memory's own surprise, letters of the word so far, and whether the memory expects another; "wide": all signals).
Beside it "excess" and "bit", the probabilities that it costs 0.1 nats or a bit (0.69) more than all layers' answer ("bit word" is the engine's
energy, which takes three tenths of what the answer's own log-odds lie below -1), and "regret", these nats by linear regression. Printed per test stream:
- AUC of every signal for "exit 1 gives the full answer's best guess", mixed with the stream memory and for the transformer alone;
- expected calibration error of the energy (15 bins of equal count) and its reliability;
- nats per byte at equal compute. Every family gates with two thresholds, one for the memory and one for the exits, its best pair per budget, and
  with one for all answers (--one alone: only that); one answer is given per step, states are exact. Compute: layers / all layers + 0.04 per step + 0.02 per exit looked at (a dense step is 1.06).
"""
import argparse
import os

import numpy as np

STEP, LOOK, STEPS = 0.04, 0.02, 40
BUDGETS = (0.08, 0.12, 0.16, 0.24, 0.32, 0.48, 0.64)


def load(path):
    """Returns {column: float64 [bytes]} of a file of `mgt eval --signals`, without its last byte (whose successor is unknown)."""
    with open(path, "rb") as file:
        names = file.readline().decode().split()
        rows = np.frombuffer(file.read(), "<f4").reshape(-1, len(names))
    return {name: rows[:-1, i].astype(np.float64) for i, name in enumerate(names)}


def exits_of(signals):
    return sorted(int(name[4:-4]) for name in signals if name.startswith("exit") and name.endswith(".top"))


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def leaky(x, leak=0.8):
    out, v = np.empty_like(x), 0.0
    for i, value in enumerate(x):
        out[i] = v = leak * v + value
    return out


def of_word(byte):
    """Whether each byte is a letter, a digit, the underscore, or beyond ASCII."""
    between = lambda first, last: (byte >= ord(first)) & (byte <= ord(last))
    return between("a", "z") | between("A", "Z") | between("0", "9") | (byte == ord("_")) | (byte >= 128)


def letters_of(byte):
    """Bytes of the word so far, counted up to 3."""
    inside = of_word(byte)
    letters, run = np.zeros(len(byte)), inside.copy()
    for back in range(3):
        letters += run
        run[back + 1 :] &= inside[: len(inside) - back - 1]
        run[: back + 1] = False
    return letters


def before(s):
    """Signals known before the step: [(name, values)], surprise taken from the full answer one step earlier."""
    full = exits_of(s)[-1]
    surprise = np.concatenate(([5.5], s[f"exit{full}.cost"][:-1]))
    of_memory = np.concatenate(([5.5], s["memory.cost"][:-1]))
    entropy = np.concatenate(([5.5], s[f"exit{full}.entropy"][:-1]))
    letters = letters_of(s["byte"])
    return [
        ("memory confidence", logit(s["memory.probability"])),
        ("memory entropy", np.log(s["memory.entropy"] + 1e-4)),
        ("lif", np.log(leaky(surprise) + 0.05)),
        ("memory lif", np.log(leaky(of_memory) + 0.05)),
        ("letters", letters),
        ("in word", (letters > 0).astype(float)),
        ("expects word", of_word(s["memory.top"]).astype(float)),
        ("surprise", np.log(surprise + 0.01)),
        ("previous entropy", np.log(entropy + 1e-4)),
        ("similarity", s["similarity"] / 4096 - 8),
        ("bigram", s["bigram"] / 4096 - 8),
    ]


def at_exit(s, exit_):
    """Signals known once the exit's answer is there."""
    name = f"exit{exit_}"
    agrees = (s[name + ".top"] == s["memory.top"]).astype(float)
    alone = (s[f"model{exit_}.top"] == s[name + ".top"]).astype(float)
    return before(s) + [
        ("confidence", logit(s[name + ".probability"])),
        ("entropy", np.log(s[name + ".entropy"] + 1e-4)),
        ("margin", logit(0.5 + 0.5 * s[name + ".margin"])),
        ("alone confidence", logit(s[f"model{exit_}.probability"])),
        ("memory agrees", agrees),
        ("alone agrees", alone),
        ("all agree", agrees * alone),
    ]


FEATURES = {
    "three": ("memory confidence", "lif", "confidence"),
    "small": ("memory confidence", "lif", "previous entropy", "confidence"),
    "word": ("memory confidence", "lif", "memory lif", "letters", "in word", "expects word", "confidence"),
    "wide": None,
}


def table(features, kept):
    """Returns the chosen signals (None: all) as a matrix with a bias column."""
    columns = [v for name, v in features if kept is None or name in kept]
    return np.stack([*columns, np.ones_like(columns[0])], 1)


class Logistic:
    """Newton's method with a little ridge on standardised columns."""

    def __init__(self, x, y, ridge=1e-3):
        self.mean, self.sd = x[:, :-1].mean(0), x[:, :-1].std(0) + 1e-9
        z = self.scale(x)
        self.w = np.zeros(z.shape[1])
        for _ in range(25):
            p = 1 / (1 + np.exp(-z @ self.w))
            hessian = (z * (p * (1 - p))[:, None]).T @ z + ridge * len(z) * 1e-3 * np.eye(z.shape[1])
            step = np.linalg.solve(hessian, z.T @ (p - y) + ridge * len(z) * 1e-3 * self.w)
            self.w -= step
            if np.abs(step).max() < 1e-6:
                break

    def scale(self, x):
        return np.concatenate(((x[:, :-1] - self.mean) / self.sd, x[:, -1:]), 1)

    def __call__(self, x):
        return 1 / (1 + np.exp(-np.clip(self.scale(x) @ self.w, -40, 40)))


class LeastSquares:
    """Linear regression, for a loss instead of a probability."""

    def __init__(self, x, y):
        self.w = np.linalg.lstsq(x, y, rcond=None)[0]

    def __call__(self, x):
        return x @ self.w


def auc(score, positive):
    """Probability that a positive has the larger score, ties half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, ranks) / counts)[inverse]
    n = positive.sum()
    m = len(score) - n
    return (ranks[positive].sum() - n * (n + 1) / 2) / (n * m) if n and m else float("nan")


def ece(p, y, bins=15):
    order = np.argsort(p)
    return sum(abs(p[b].mean() - y[b].mean()) * len(b) for b in np.array_split(order, bins)) / len(p)


def frontier(s, gates, budgets=BUDGETS):
    """Least nats per byte at each budget. gates: [risk of the memory's answer, of exit 1's, ...], lower is safer."""
    exits = exits_of(s)
    layers = exits[-1]
    answers = [s["memory.cost"]] + [s[f"exit{e}.cost"] for e in exits]
    prices = [STEP] + [STEP + e / layers + LOOK * (i + 1) for i, e in enumerate(exits)]
    points = [(prices[i], answers[i].mean()) for i in range(len(answers))]
    cuts = lambda r: np.concatenate(([-np.inf], np.unique(np.quantile(r, np.linspace(0, 1, STEPS)))))
    exit_cuts = cuts(np.concatenate(gates[1:])) if len(gates) > 1 else [-np.inf]
    for a in cuts(gates[0]):
        by_memory = gates[0] <= a
        for b in exit_cuts:
            cost, nats = np.full(len(by_memory), prices[-1]), answers[-1].copy()
            for i in range(len(exits) - 2, -1, -1):
                take = gates[i + 1] <= b
                cost[take], nats[take] = prices[i + 1], answers[i + 1][take]
            cost[by_memory], nats[by_memory] = prices[0], answers[0][by_memory]
            points.append((cost.mean(), nats.mean()))
    return hull(np.array(points), budgets)


def one_threshold(s, gates, budgets=BUDGETS):
    """Least nats per byte at each budget where one threshold holds for all answers of a step."""
    exits = exits_of(s)
    layers = exits[-1]
    answers = [s["memory.cost"]] + [s[f"exit{e}.cost"] for e in exits]
    prices = [STEP] + [STEP + e / layers + LOOK * (i + 1) for i, e in enumerate(exits)]
    points = [(prices[-1], answers[-1].mean())]
    for cut in np.unique(np.quantile(np.concatenate(gates), np.linspace(0, 1, 4 * STEPS))):
        cost, nats = np.full(len(gates[0]), prices[-1]), answers[-1].copy()
        for i in range(len(gates) - 1, -1, -1):
            take = gates[i] <= cut
            cost[take], nats[take] = prices[i], answers[i][take]
        points.append((cost.mean(), nats.mean()))
    return hull(np.array(points), budgets)


def hull(points, budgets):
    """The lower convex hull of (compute, nats), read at the budgets (two settings can be used in turns)."""
    best = []
    for x, y in sorted(map(tuple, points)):
        while len(best) > 1 and (best[-1][0] - best[-2][0]) * (y - best[-2][1]) <= (best[-1][1] - best[-2][1]) * (
            x - best[-2][0]
        ):
            best.pop()
        best.append((x, y))
    xs, ys = np.array(best).T
    return np.interp(budgets, xs, np.minimum.accumulate(ys))


def differs(s, name):
    """Whether the answer's best guess is not that of all layers."""
    return (s[name + ".top"] != s[f"exit{exits_of(s)[-1]}.top"]).astype(float)


def excess(s, name):
    """Nats that the answer cost more than all layers' did."""
    return s[name + ".cost"] - s[f"exit{exits_of(s)[-1]}.cost"]


KINDS = {
    "E": (Logistic, differs),
    "excess": (Logistic, lambda s, name: (excess(s, name) > 0.1).astype(float)),
    "bit": (Logistic, lambda s, name: (excess(s, name) > np.log(2)).astype(float)),
    "regret": (LeastSquares, lambda s, name: np.clip(excess(s, name), -2, 6)),
}


def fit(streams):
    """Returns {kind of energy: [estimator of the memory's, exit 1's, ... risk]}; an estimator takes the signals of a stream."""
    views = [("memory", before), *((f"exit{e}", lambda s, e=e: at_exit(s, e)) for e in exits_of(streams[0])[:-1])]
    energies = {}
    for kind, (family, target) in KINDS.items():
        for size, kept in FEATURES.items():
            estimators = []
            for name, view in views:
                x = np.concatenate([table(view(s), kept) for s in streams])
                y = np.concatenate([target(s, name) for s in streams])
                estimators.append(lambda s, m=family(x, y), v=view, k=kept: m(table(v(s), k)))
            energies[f"{kind} {size}"] = estimators
    return energies


def families(s, energies):
    """Returns {name: gates} for frontier()."""
    exits = exits_of(s)[:-1]
    names = ["memory", *(f"exit{e}" for e in exits)]
    rng = np.random.default_rng(1)
    return {
        "random": [rng.random(len(s["byte"])) for _ in names],
        "entropy": [s[n + ".entropy"] for n in names],
        "margin": [-s[n + ".margin"] for n in names],
        "confidence (shipped)": [-s[n + ".probability"] for n in names],
        **{name: [e(s) for e in estimators] for name, estimators in energies.items()},
    }


def agreement_rows(s, energies):
    """Returns [(signal, AUC mixture, AUC transformer alone)] for exit 1; higher signal = safer."""
    first, last = exits_of(s)[0], exits_of(s)[-1]
    mixture = s[f"exit{first}.top"] == s[f"exit{last}.top"]
    alone = s[f"model{first}.top"] == s[f"model{last}.top"]
    rng = np.random.default_rng(2)
    known = dict(at_exit(s, first))
    rows = {
        "random": rng.random(len(mixture)),
        "lambda similarity": known["similarity"],
        "lambda bigram": known["bigram"],
        "lif": -known["lif"],
        "previous entropy": -known["previous entropy"],
        "memory confidence": known["memory confidence"],
        "exit entropy": -known["entropy"],
        "exit margin": known["margin"],
        "exit confidence": known["confidence"],
        "transformer's confidence": known["alone confidence"],
        **{name: -e[1](s) for name, e in energies.items() if name.startswith("E")},
    }
    return [(name, auc(v, mixture), auc(v, alone)) for name, v in rows.items()], mixture.mean(), alone.mean()


def title(path):
    return os.path.basename(path).split(".")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--one", action="store_true")
    options = parser.parse_args()
    energies = fit([load(path) for path in options.fit])
    for path in options.test:
        s = load(path)
        rows, mixture, alone = agreement_rows(s, energies)
        print(f"\n## {title(path)}: {len(s['byte'])} bytes, exit 1 agrees {mixture:.3f} (transformer alone {alone:.3f})")
        print("| signal | AUC, mixture | AUC, transformer alone |\n|---|---|---|")
        for name, a, b in rows:
            print(f"| {name} | {a:.3f} | {b:.3f} |")
        exits = exits_of(s)
        for name, e in energies.items():
            if not name.startswith("E"):
                continue
            errors = []
            for i, part in enumerate(["memory", *(f"exit{x}" for x in exits[:-1])]):
                errors.append(f"{part} {ece(e[i](s), s[part + '.top'] != s[f'exit{exits[-1]}.top']):.4f}")
            print(f"ECE {name}:", ", ".join(errors))
        raw = [(part, ece(1 - s[part + ".probability"], s[part + ".top"] != s[f"exit{exits[-1]}.top"])) for part in ("memory", "exit1")]
        print("ECE of 1 - confidence as that probability:", ", ".join(f"{p} {v:.4f}" for p, v in raw))
        dense = s[f"exit{exits[-1]}.cost"].mean()
        for mode, sweep in [("one threshold", one_threshold)] + ([] if options.one else [("two thresholds", frontier)]):
            print(f"{mode}: nats per byte over dense ({dense:.4f}), %, at compute\n| gate | " + " | ".join(map(str, BUDGETS)) + " |")
            print("|---" * (len(BUDGETS) + 1) + "|")
            for name, gates in families(s, energies).items():
                print(f"| {name} | " + " | ".join(f"{100 * (v / dense - 1):+.2f}" for v in sweep(s, gates)) + " |")


if __name__ == "__main__":
    main()
