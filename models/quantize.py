"""Quantisation while training: products see int4 weights and 7-bit activations, gradients pass straight through.

A weight row has one scale; its integers lie in [-7, 7], as the engine's int4 rows do. The scale is the one of least squared error
among a few shares of the row's largest weight, which clips outliers where that pays.
Method: Bengio et al. (2013), straight-through estimator; Nagel et al., "A White Paper on Neural Network Quantization" (2021), sec. 4.
"""
import torch

CLIPS = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
TINY = 1e-30


@torch.no_grad()
def int4_scales(matrix):
    """Returns the scale [rows, 1] of every row of [rows, columns]."""
    largest = matrix.abs().amax(1, keepdim=True).clamp_min(TINY)
    best_error, best = None, None
    for clip in CLIPS:
        scale = largest * (clip / 7)
        error = (round_to(matrix, scale, -7, 7) - matrix).square().sum(1, keepdim=True)
        best = scale if best is None else torch.where(error < best_error, scale, best)
        best_error = error if best_error is None else torch.minimum(error, best_error)
    return best


def round_to(x, scale, low, high):
    return (x / scale).round().clamp(low, high) * scale


class Int4Product:
    """x @ matrix.T with fake-quantised operands. The scales of a parameter are taken again every `refresh` uses."""

    def __init__(self, refresh=50):
        self.refresh, self.scales = refresh, {}

    def __call__(self, x, matrix):
        uses, scale = self.scales.get(id(matrix), (0, None))
        if uses % self.refresh == 0:
            scale = int4_scales(matrix)
        self.scales[id(matrix)] = (uses + 1, scale)
        with torch.no_grad():
            rounded_matrix = round_to(matrix, scale, -7, 7)
            low, high = x.amin(-1, keepdim=True).clamp_max(0), x.amax(-1, keepdim=True).clamp_min(0)
            step = ((high - low) / 127).clamp_min(TINY)
            zero = (-low / step).round()
            rounded_x = round_to(x + zero * step, step, 0, 127) - zero * step
        return torch.nn.functional.linear(x + (rounded_x - x).detach(), matrix + (rounded_matrix - matrix).detach())
