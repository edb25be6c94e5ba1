"""The byte transformer of mgt as a PyTorch module: exits on one shared head, elastic windows, per-position depth.

Same arithmetic as the engine in float32: RMSNorm, RoPE (half-split), sliding-window attention, ReLU feed-forward.
"""
import dataclasses
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

VOCAB = 256


@dataclasses.dataclass
class Config:
    """Shape of a model; `window` is the default window, `context` the length of window mode (T)."""

    name: str
    n_layers: int
    hidden: int
    n_heads: int
    ffn: int
    context: int
    window: int
    rms_eps: float = 1e-5
    rope_base: float = 10000.0
    window_min: int = 8
    window_max: int = 64

    @property
    def head_dim(self):
        return self.hidden // self.n_heads


CONFIGS = {
    "micro": Config("micro", n_layers=2, hidden=128, n_heads=4, ffn=512, context=32, window=8),
    "baseline": Config("baseline", n_layers=4, hidden=256, n_heads=4, ffn=1024, context=64, window=16),
    "large": Config("large", n_layers=8, hidden=512, n_heads=8, ffn=1536, context=64, window=16),
}


def rms_norm(x, weight, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


def rope_tables(length, head_dim, base):
    """Returns (cos, sin), each [length, head_dim / 2]; angle = position * base^(-2i / head_dim)."""
    rate = base ** (-2.0 * torch.arange(head_dim // 2, dtype=torch.float64) / head_dim)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * rate
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def band_bias(block, window):
    """Returns the additive mask [2, block, 2 * block] for queries of one block against the block before and their own.

    Row 0 is for the first block of a sequence (it has no block before it), row 1 for all others.
    """
    query = torch.arange(block)[:, None] + block
    key = torch.arange(2 * block)[None, :]
    visible = (key <= query) & (key > query - window)
    first = visible & (key >= block)
    return torch.stack((first, visible)).float().sub(1.0).mul(1e9)


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.product = F.linear
        hidden, ffn = config.hidden, config.ffn
        self.attn_norm = nn.Parameter(torch.ones(hidden))
        self.ffn_norm = nn.Parameter(torch.ones(hidden))
        self.exit_norm = nn.Parameter(torch.ones(hidden))
        scale = 0.5 / math.sqrt(hidden)
        self.wqkv = nn.Parameter(torch.randn(3 * hidden, hidden) * scale)
        self.wo = nn.Parameter(torch.randn(hidden, hidden) * scale / math.sqrt(2 * config.n_layers))
        self.w_up = nn.Parameter(torch.randn(ffn, hidden) * scale)
        self.w_down = nn.Parameter(torch.randn(hidden, ffn) * scale / math.sqrt(2 * config.n_layers))

    def attend(self, x, cos, sin, bias, block):
        """Windowed attention in blocks: [batch, length, hidden] -> the same; keys come from the own block and the one before."""
        c = self.config
        batch, length, _ = x.shape
        n_blocks = length // block
        q, k, v = (
            self.product(rms_norm(x, self.attn_norm, c.rms_eps), self.wqkv)
            .view(batch, length, 3, c.n_heads, c.head_dim)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        q, k = rotate(q, cos, sin) * (c.head_dim**-0.5), rotate(k, cos, sin)
        shape = (batch, c.n_heads, n_blocks, block, c.head_dim)
        q, k, v = q.reshape(shape), k.reshape(shape), v.reshape(shape)
        k = torch.cat((F.pad(k[:, :, :-1], (0, 0, 0, 0, 1, 0)), k), 3)
        v = torch.cat((F.pad(v[:, :, :-1], (0, 0, 0, 0, 1, 0)), v), 3)
        scores = torch.matmul(q, k.transpose(-1, -2)) + bias
        out = torch.matmul(scores.softmax(-1), v).reshape(batch, c.n_heads, length, c.head_dim)
        return self.product(out.transpose(1, 2).reshape(batch, length, c.hidden), self.wo)

    def forward(self, x, cos, sin, bias, block, active):
        """One layer; `active` [batch, length, 1] (or None) keeps the state of inactive positions as it is.

        Keys and values come from every position's state, so an exited position passes its exit state through this layer's
        Wk and Wv, and a skipped one its embedding row.
        """
        delta = self.attend(x, cos, sin, bias, block)
        x = x + (delta if active is None else delta * active)
        up = F.relu(self.product(rms_norm(x, self.ffn_norm, self.config.rms_eps), self.w_up))
        delta = self.product(up, self.w_down)
        return x + (delta if active is None else delta * active)


class MgtModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed = nn.Parameter(torch.randn(VOCAB, config.hidden))
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.n_layers))
        self.head = nn.Parameter(torch.randn(VOCAB, config.hidden) * 0.5 / math.sqrt(config.hidden))
        self.tables, self.biases = {}, {}
        self.product = F.linear

    def use_product(self, product):
        """Multiplies by every matrix with product(x, matrix) = x @ matrix.T from now on; the embedding is looked up as it is."""
        self.product = product
        for layer in self.layers:
            layer.product = product

    def geometry(self, length, window):
        """Returns (cos, sin, bias, block) for sequences of `length` (a multiple of max(32, window))."""
        if length not in self.tables:
            tables = rope_tables(length, self.config.head_dim, self.config.rope_base)
            self.tables[length] = tuple(table.to(self.embed.device) for table in tables)
        block = max(32, window)
        key = (length, window)
        if key not in self.biases:
            bias = band_bias(block, window).to(self.embed.device)
            self.biases[key] = torch.cat((bias[:1], bias[1:].expand(length // block - 1, -1, -1)), 0)[
                None, None
            ].contiguous()
        return (*self.tables[length], self.biases[key], block)

    def states(self, tokens, window, depth=None, dropped=()):
        """Returns the list of states after each layer, each [batch, length, hidden].

        tokens   [batch, length] int64
        depth    [batch, length] int64 in [0, n_layers] or None: how many layers each position runs (0 = skipped)
        dropped  layers left out for the whole batch (layer dropout)
        """
        cos, sin, bias, block = self.geometry(tokens.shape[1], window)
        x = F.embedding(tokens, self.embed)
        result = []
        for index, layer in enumerate(self.layers):
            if index not in dropped:
                active = None if depth is None else (depth > index).unsqueeze(-1).to(x.dtype)
                x = layer(x, cos, sin, bias, block, active)
            result.append(x)
        return result

    def logits(self, state, exit_index):
        """Returns the logits of the exit after layer `exit_index` (0-based) for states [..., hidden]."""
        return self.product(rms_norm(state, self.layers[exit_index].exit_norm, self.config.rms_eps), self.head)
