"""Statistics of the sequence cuts (lambda) on training streams, in the engine's integers.

similarity  weight(i, j) = max(0, agreeing sign bits - floor(0.65 * bits)), bit c = (u[c] > mean[c]),
            u = RMS-normalised state after layer 1 (no norm weight), bits = min(hidden, 512), mean = mgt.signature_mean
bigram      weight(i, j) = 1 where bytes i-1, i equal bytes j-1, j
Links join positions with 4 <= i - j < 112. C_n is the weight between the n youngest of the 112 positions and the others.
The statistics of C_n / (n (112 - n)) over positions that have a full window are robust ones, because a few very repetitive streams make
mean and standard deviation useless: "mean" is the median, "sd" the median absolute deviation, times one factor for all n that puts
lambda = min over n of z at LOW_Z for LOW_SHARE of the training positions. So a threshold of -3 is a false alarm rate of 2 %.
Method: see "Lambda" in README.md.
"""
import numpy as np

WINDOW, MIN_DISTANCE = 112, 4
LOW_Z, LOW_SHARE = -3.0, 0.02
LENGTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48)


def signatures(state, mean, eps):
    """Returns the sign bits, uint8 [n, bits], of layer-1 states [n, hidden]."""
    bits = min(state.shape[1], 512)
    return (normalise(state, eps)[:, :bits] > mean[:bits]).astype(np.uint8)


def normalise(state, eps):
    return state / np.sqrt((state * state).mean(-1, keepdims=True) + eps)


def similarity_links(bits):
    """Returns the weights [n, n] of the similarity graph for sign bits [n, bits]."""
    signs = bits.astype(np.float32) * 2 - 1
    agree = (signs @ signs.T + bits.shape[1]) / 2
    return banded(np.maximum(0, agree - bits.shape[1] * 65 // 100))


def bigram_links(text):
    """Returns the weights [n, n] of the bigram graph for bytes [n]; position 0 has no link."""
    pair = text.astype(np.int64)
    pair[1:] += 256 * text[:-1].astype(np.int64)
    pair[0] = -1
    return banded((pair[:, None] == pair[None, :]).astype(np.float32))


def banded(weights):
    """Keeps links of 4 <= |i - j| < 112."""
    distance = np.abs(np.arange(len(weights))[:, None] - np.arange(len(weights))[None, :])
    return np.where((distance >= MIN_DISTANCE) & (distance < WINDOW), weights, 0)


def normalised_cuts(weights):
    """Returns C_n / (n (112 - n)) as [positions with a full window, lengths]."""
    n = len(weights)
    total = np.zeros((n + 1, n + 1))
    total[1:, 1:] = weights.cumsum(0).cumsum(1)
    end = np.arange(WINDOW, n + 1)
    columns = []
    for young in LENGTHS:
        old_from, split = end - WINDOW, end - young
        capacity = total[end, split] - total[split, split] - total[end, old_from] + total[split, old_from]
        columns.append(capacity / (young * (WINDOW - young)))
    return np.stack(columns, 1)


def statistics(model, segments):
    """Returns the metadata of lambda and signatures for text segments (uint8 arrays, each longer than 112).

    Returns {"mgt.signature_mean": [hidden], "mgt.lambda.similarity_mean": [10], ..., "mgt.lambda.bigram_sd": [10]}.
    """
    states = [model.states(text)[0] for text in segments]
    mean = np.concatenate([normalise(s, model.eps) for s in states]).mean(0, dtype=np.float64).astype(np.float32)
    similarity = np.concatenate([normalised_cuts(similarity_links(signatures(s, mean, model.eps))) for s in states])
    bigram = np.concatenate([normalised_cuts(bigram_links(text)) for text in segments])
    result = {"mgt.signature_mean": mean}
    for name, rows in (("similarity", similarity), ("bigram", bigram)):
        middle, spread = robust_statistics(rows)
        result[f"mgt.lambda.{name}_mean"], result[f"mgt.lambda.{name}_sd"] = middle.astype(np.float32), spread.astype(
            np.float32
        )
    return result


def robust_statistics(rows):
    """Returns (median, scaled median absolute deviation), each [lengths], of normalised cuts [positions, lengths]."""
    middle = np.median(rows, 0)
    spread = np.maximum(np.median(np.abs(rows - middle), 0), 1e-6)
    low = np.quantile(((rows - middle) / spread).min(1), LOW_SHARE)
    return middle, spread * (low / LOW_Z)
