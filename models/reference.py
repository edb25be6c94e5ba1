"""Reference of the model in numpy float32: dense, any window, all exits, skipped and exited positions; and the integer path.

Written for reading, not for speed (about 8,000 positions a second for the baseline). The engine's kernels are held against it.
"""
import os

os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
import numpy as np

import gguf

CHUNK = 512


def rms_norm(x, weight, eps):
    """x / sqrt(mean(x^2) + eps) * weight over the last axis."""
    r = 1.0 / np.sqrt((x * x).mean(-1, keepdims=True, dtype=np.float32) + np.float32(eps))
    return (x * r) * weight


def quantize_activations(x):
    """Returns (q float32 in [0, 127], scale, zero point) of each row of [n, columns], as the engine quantises activations."""
    low, high = np.minimum(0, x.min(-1, keepdims=True)), np.maximum(0, x.max(-1, keepdims=True))
    width = np.maximum(high - low, np.float32(1e-30))
    inverse = np.float32(127) / width
    zero = np.rint(-low * inverse)
    return np.clip(np.rint(x * inverse) + zero, 0, 127), width / np.float32(127), zero


def quantize_rows(matrix):
    """Row quantisation of a float matrix as the loader does it: (scale float32 [rows], q float32 [rows, columns] in [-127, 127])."""
    scale = (np.abs(matrix).max(1) / np.float32(127)).astype(np.float32)
    return scale, np.clip(np.rint(matrix / np.maximum(scale, np.float32(1e-30))[:, None]), -127, 127)


class Reference:
    """A model read from a GGUF file.

    integer  False: float32 with the file's (dequantised) weights; True: int8 or int4 rows and 7-bit activations as in the engine
             (sums of integers are exact in float32 up to 1024 columns; norms, exp and softmax are numpy's).
    """

    def __init__(self, path, integer=False):
        self.metadata, self.tensors = gguf.read(path)
        get = lambda key: self.metadata["mgt." + key]
        self.n_layers, self.hidden, self.n_heads = (
            get("block_count"),
            get("embedding_length"),
            get("attention.head_count"),
        )
        self.window, self.eps, self.base = (
            get("attention.sliding_window"),
            get("attention.layer_norm_rms_epsilon"),
            get("rope.freq_base"),
        )
        self.integer = integer
        self.rows = {}
        if integer:
            stored = gguf.read_rows(path)
            for name, tensor in self.tensors.items():
                if tensor.ndim == 2 and name != "token_embd.weight":
                    scale, q = stored.get(name) or quantize_rows(tensor)
                    self.rows[name] = (q, scale, q.sum(1))

    def product(self, name, x):
        """Returns x [n, columns] times the transposed matrix `name` [rows, columns]."""
        if not self.integer:
            return x @ self.tensors[name].T
        q, weight_scale, row_sum = self.rows[name]
        a, scale, zero = quantize_activations(x)
        return (a @ q.T - zero * row_sum) * (weight_scale * scale)

    def rotate(self, x, positions):
        """RoPE, half-split: x [n, heads, head_dim], positions [n]."""
        half = x.shape[-1] // 2
        rate = self.base ** (-np.arange(half, dtype=np.float64) / half)
        angle = positions[:, None] * rate
        cos, sin = np.cos(angle).astype(np.float32)[:, None], np.sin(angle).astype(np.float32)[:, None]
        a, b = x[..., :half], x[..., half:]
        return np.concatenate((a * cos - b * sin, b * cos + a * sin), -1)

    def attend(self, layer, x, window):
        """Sliding-window attention of one layer over a whole text, x [n, hidden] -> [n, hidden]."""
        n = len(x)
        head_dim = self.hidden // self.n_heads
        normed = rms_norm(x, self.tensors[f"blk.{layer}.attn_norm.weight"], self.eps)
        q, k, v = (
            self.product(f"blk.{layer}.attn_{part}.weight", normed).reshape(n, self.n_heads, head_dim) for part in "qkv"
        )
        out = np.empty_like(q)
        for begin in range(0, n, CHUNK):
            end, first = min(n, begin + CHUNK), max(0, begin - window + 1)
            queries = self.rotate(q[begin:end], np.arange(begin, end) - first).transpose(1, 0, 2)
            keys = self.rotate(k[first:end], np.arange(first, end) - first).transpose(1, 2, 0)
            scores = (queries @ keys) * np.float32(head_dim**-0.5)
            age = np.arange(begin, end)[:, None] - np.arange(first, end)[None, :]
            scores = np.where((age >= 0) & (age < window), scores, np.float32(-1e30))
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            out[begin:end] = (weights @ v[first:end].transpose(1, 0, 2)).transpose(1, 0, 2)
        return self.product(f"blk.{layer}.attn_output.weight", out.reshape(n, self.hidden))

    def states(self, tokens, window=None, depth=None):
        """Returns the states after each layer, a list of [n, hidden].

        tokens  [n] in [0, 255];  window  default: the file's
        depth   [n] in [0, n_layers] or None: layers run by each position. A shortened position keeps its last state and gives every
                upper layer its keys and values from it (an exit state is propagated, a skipped position acts from its embedding row).
        """
        window = window or self.window
        x = self.tensors["token_embd.weight"][np.asarray(tokens)]
        result = []
        for layer in range(self.n_layers):
            active = None if depth is None else (np.asarray(depth) > layer)[:, None]
            delta = self.attend(layer, x, window)
            x = x + (delta if active is None else delta * active)
            normed = rms_norm(x, self.tensors[f"blk.{layer}.ffn_norm.weight"], self.eps)
            up = np.maximum(self.product(f"blk.{layer}.ffn_up.weight", normed), 0)
            delta = self.product(f"blk.{layer}.ffn_down.weight", up)
            x = x + (delta if active is None else delta * active)
            result.append(x)
        return result

    def logits(self, state, layer):
        """Logits [n, vocab] of the exit after `layer` (0-based) for states [n, hidden]."""
        return self.product("output.weight", rms_norm(state, self.tensors[f"blk.{layer}.exit_norm.weight"], self.eps))

    def active_share(self, tokens, window=None):
        """Returns the share of non-zero feed-forward neurons per layer."""
        before, shares = self.product, []

        def counting(name, x):
            if "ffn_down" in name:
                shares.append(float((x > 0).mean()))
            return before(name, x)

        self.product = counting
        self.states(tokens, window)
        del self.product
        return shares


def log_softmax(logits):
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def score(model, text, window=None, depth=None):
    """Returns (nats [exits, n - 1], top1 [exits, n - 1] bytes) for the next byte of every position of `text` (uint8) but the last."""
    nats, top1 = [], []
    for layer, state in enumerate(model.states(text[:-1], window, None if depth is None else depth[:-1])):
        logits = model.logits(state, layer)
        nats.append(-log_softmax(logits)[np.arange(len(text) - 1), text[1:]])
        top1.append(logits.argmax(-1).astype(np.uint8))
    return np.array(nats), np.array(top1)
