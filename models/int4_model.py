"""A model whose matrices, or some of them, are rounded to 4 bits at every product, with float weights and step sizes behind them that can learn.

Rounding passes gradients straight through within a row's range; a row's step size (its scale) gets the gradient of learned step size
quantisation. Methods: Bengio et al. (2013), straight-through estimator; Esser et al., "LSQ" (2019), arXiv:1902.08153.
"""
import numpy as np
import torch
import torch.nn.functional as F

import export
import gptq

MATRICES = ("wqkv", "wo", "w_up", "w_down")
NORMS = ("attn_norm", "ffn_norm", "exit_norm")
INSIDE = 0.49  # share of a step by which a float weight may lie beside its integer


class Rounded(torch.autograd.Function):
    """weight [rows, columns], scale [rows, 1] -> the nearest multiple of the scale within 4 bits."""

    @staticmethod
    def forward(context, weight, scale):
        ratio = weight / scale
        integers = ratio.round().clamp(gptq.LOW, gptq.HIGH)
        inside = (ratio >= gptq.LOW - 0.5) & (ratio <= gptq.HIGH + 0.5)
        context.save_for_backward(inside, torch.where(inside, integers - ratio, integers))
        return integers * scale

    @staticmethod
    def backward(context, gradient):
        inside, slope = context.saved_tensors
        return gradient * inside, (gradient * slope).sum(1, keepdim=True)


def round_activations(x):
    """Rounds rows of [n, columns] to 7 bits with a zero point, as the engine does."""
    low, high = x.amin(-1, keepdim=True).clamp_max(0), x.amax(-1, keepdim=True).clamp_min(0)
    step = ((high - low) / 127).clamp_min(1e-30)
    zero = (-low / step).round()
    return (((x / step).round() + zero).clamp(0, 127) - zero) * step


class Int4Model:
    """Wraps an MgtModel; until a matrix has a scale, its products are those of the float model.

    model   holds the float weights, norms and the byte table
    scales  {id of a matrix: [rows, 1]}
    """

    def __init__(self, model):
        self.model, self.scales = model, {}
        model.use_product(self.product)

    def matrices(self):
        """Returns all matrices that may be rounded, in the order of a step."""
        return [getattr(layer, name) for layer in self.model.layers for name in MATRICES] + [self.model.head]

    def set_rounded(self, matrix, scale, integers):
        """Gives a matrix its scale; every weight moves as little as it must to be rounded to its integer."""
        middle, reach = integers * scale, INSIDE * scale.abs()
        matrix.data = torch.minimum(torch.maximum(matrix.data, middle - reach), middle + reach)
        self.scales[id(matrix)] = scale.clone()

    def rounded(self, matrix):
        scale = self.scales.get(id(matrix))
        return matrix if scale is None else Rounded.apply(matrix, scale)

    def product(self, x, matrix):
        return F.linear(x, self.rounded(matrix))

    def rows_of(self, matrix):
        """Returns (scale float16 [rows], integers int8 [rows, columns]) as a file holds them."""
        scale = self.scales[id(matrix)].detach()
        integers = gptq.to_integers(matrix.detach(), scale)
        return scale[:, 0].numpy().astype(np.float16), integers.numpy().astype(np.int8)

    def tensors(self):
        """Returns (GGUF tensors {name: array}, {name of a rounded matrix: (scale, integers)})."""
        tensors, rows = {"token_embd.weight": self.model.embed.detach().numpy()}, {}

        def add(matrix, parts_of):
            if id(matrix) not in self.scales:
                tensors.update(parts_of(matrix.detach().numpy()))
                return
            scales, integers = (parts_of(part) for part in self.rows_of(matrix))
            for name in scales:
                rows[name] = scales[name], integers[name]
                tensors[name] = scales[name].astype(np.float32)[:, None] * integers[name]

        for n, layer in enumerate(self.model.layers):
            for name in NORMS:
                tensors[f"blk.{n}.{name}.weight"] = getattr(layer, name).detach().numpy()
            for name in MATRICES:
                add(getattr(layer, name), lambda whole: export.matrix_parts(n, name, whole))
        add(self.model.head, lambda whole: {"output.weight": whole})
        return tensors, rows
