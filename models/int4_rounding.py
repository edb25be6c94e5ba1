"""Rounds a model to 4 bits layer after layer, each on the inputs that the layers rounded before give for training text.

Before a matrix is rounded, column scales s move into it from what makes its inputs: a norm, the value rows (attention only averages
them) or the rows before a ReLU. The function stays the same; of a few s = power^a / largest weight^b the one is taken whose rounded
products differ least, 7-bit activations included. Method: Lin et al., "AWQ" (2023), arXiv:2306.00978, sec. 3.2.
"""
import torch

import gptq
import int4_model
import mgt_model
import train
import train_data

CALIBRATION_BATCHES = 12
SAMPLE = 2048  # inputs on which column scales are compared
EXPONENTS = ((0, 0), (0.2, 0), (0.4, 0), (0.6, 0), (0.2, 0.2), (0.4, 0.4), (0, 0.3), (0.3, 0.6))
TRIED_SHARE = 0.84
TINY = 1e-6


class Calibration:
    """Training text that runs through the model: half of the batches dense, half with skipped and early exited positions."""

    def __init__(self, student, seed, n_batches=CALIBRATION_BATCHES):
        self.student, config = student, student.model.config
        batches = train_data.Batches(16, 256, seed)
        windows, shares = zip(*train.WINDOWS[config.name].items())
        self.batches = []
        for index in range(n_batches):
            tokens, marks = batches.draw(with_marks=True)
            depth = batches.depths(marks, config.n_layers) if index % 2 else None
            self.batches.append((tokens[:, :-1], int(batches.rng.choice(windows, p=shares)), depth))
        self.states = [torch.nn.functional.embedding(tokens, student.model.embed) for tokens, _, _ in self.batches]
        self.exits = []

    def run_layer(self, index, product):
        """Returns the states after a layer whose products are product(x, matrix)."""
        layer, after = self.student.model.layers[index], []
        layer.product = product
        for (tokens, window, depth), x in zip(self.batches, self.states):
            active = None if depth is None else (depth > index).unsqueeze(-1).to(x.dtype)
            after.append(layer(x, *self.student.model.geometry(tokens.shape[1], window), active))
        layer.product = self.student.product
        return after

    def inputs(self, index, matrix):
        """Returns the inputs [n, columns] of a layer's matrix."""
        seen = []

        def listening(x, used):
            if used is matrix:
                seen.append(x.reshape(-1, x.shape[-1]))
            return self.student.product(int4_model.round_activations(x), used)

        self.run_layer(index, listening)
        return torch.cat(seen)

    def advance(self, index):
        """Goes on to the next layer."""
        product = lambda x, matrix: self.student.product(int4_model.round_activations(x), matrix)
        self.states = self.run_layer(index, product)
        config = self.student.model.config
        norm = self.student.model.layers[index].exit_norm
        for (_, _, depth), x in zip(self.batches, self.states):
            ran = torch.ones(x.shape[:2], dtype=torch.bool) if depth is None else depth > index
            self.exits.append(mgt_model.rms_norm(x[ran], norm, config.rms_eps))

    def head_inputs(self):
        return torch.cat(self.exits)


def column_scales(power, matrix, exponents):
    """Returns s [columns], of geometric mean 1, for inputs of root mean square `power` [columns]."""
    logs = exponents[0] * power.log() - exponents[1] * (matrix.abs().amax(0) + TINY).log()
    return (logs - logs.mean()).exp()


def rounding_loss(sample, moments, matrix, s):
    """Returns how much products of sampled inputs differ if columns are scaled by s, relative to the products' power."""
    scaled = matrix * s
    scale = scaled.abs().amax(1, keepdim=True).clamp_min(TINY) * (TRIED_SHARE / gptq.HIGH)
    rounded = gptq.compensated_integers(scaled, scale, moments / (s[:, None] * s)) * scale
    exact = sample @ matrix.T
    return ((int4_model.round_activations(sample / s) @ rounded.T - exact).square().mean() / exact.square().mean()).item()


def balance(inputs, moments, matrix, makers):
    """Moves the best column scales into `matrix`; `makers` are divided by them: norms [columns] or rows [columns, any].

    Returns the second moments of the inputs as they are then.
    """
    sample = inputs[torch.randperm(len(inputs))[:SAMPLE]]
    power = moments.diagonal().sqrt() + TINY
    tried = [column_scales(power, matrix, exponents) for exponents in EXPONENTS]
    losses = [rounding_loss(sample, moments, matrix, s) for s in tried]
    best = min(range(len(tried)), key=losses.__getitem__)
    s = tried[best]
    matrix.data *= s
    for maker in makers:
        maker /= s if maker.ndim == 1 else s[:, None]
    print(f"columns by {EXPONENTS[best]}: relative error {losses[0]:.5f} -> {losses[best]:.5f}", flush=True)
    return moments / (s[:, None] * s)


@torch.no_grad()
def round_model(student, seed, chosen=lambda layer, name: True):
    """Gives the chosen matrices of an int4_model.Int4Model their scales and integers.

    chosen  (index of a layer, name of its matrix) -> bool; the head is (None, "head")
    Cost: two to three minutes of one core for all of the baseline.
    """
    calibration, hidden = Calibration(student, seed), student.model.config.hidden

    def round_matrix(matrix, inputs, makers):
        moments = balance(inputs, inputs.T @ inputs / len(inputs), matrix, makers)
        scale, integers = gptq.round_matrix(matrix.data, moments)
        student.set_rounded(matrix, scale, integers)

    def rows(matrix, begin=0):
        scale = student.scales.get(id(matrix))
        return [matrix.data[begin:], *([] if scale is None else [scale[begin:]])]

    for index, layer in enumerate(student.model.layers):
        makers_of = {
            "wqkv": lambda: [layer.attn_norm.data],
            "wo": lambda: rows(layer.wqkv, 2 * hidden),
            "w_up": lambda: [layer.ffn_norm.data],
            "w_down": lambda: rows(layer.w_up),
        }
        for name, makers in makers_of.items():
            if chosen(index, name):
                matrix = getattr(layer, name)
                round_matrix(matrix, calibration.inputs(index, matrix), makers())
        calibration.advance(index)
    if chosen(None, "head"):
        exit_norms = [layer.exit_norm.data for layer in student.model.layers]
        round_matrix(student.model.head, calibration.head_inputs(), exit_norms)
