"""Rounds the rows of a matrix to 4 bits so that its products change least on given inputs.

A row has one scale and integers in [-8, 7]. Columns are rounded in order of their inputs' power; the error of each is spread over the
columns still to come, by the inverse of the inputs' second moments. Coordinate descent then moves single integers while that helps.
Methods: Frantar et al., "GPTQ" (2022), arXiv:2210.17323; Behdin et al., "QuantEase" (2023), arXiv:2309.01885.
"""
import torch

LOW, HIGH = -8, 7
SHARES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52)  # of a row's largest weight, which then is clipped
DAMPING = 0.01
BLOCK = 64
SWEEPS = 4
TINY = 1e-12


def to_integers(weight, scale):
    """Returns the integers of weight [rows, columns] nearest to weight / scale [rows, 1]."""
    return (weight / scale).round().clamp(LOW, HIGH)


def product_error(difference, moments):
    """Returns the mean squared change [rows] of the products with inputs of second moments [columns, columns]."""
    return ((difference @ moments) * difference).sum(1)


def candidate_scales(weight):
    """Returns scales [candidates, rows, 1]. A negative one turns a row round, so that its largest weight can be -8 steps."""
    largest = weight.abs().amax(1, keepdim=True)
    at = weight.abs().argmax(1, keepdim=True)
    turned = torch.where(weight.gather(1, at) > 0, -1.0, 1.0)
    scales = [largest * share / HIGH for share in SHARES] + [turned * largest * share / -LOW for share in SHARES]
    return torch.stack(scales).where(largest > TINY, torch.ones(()))


def compensated_integers(weight, scale, moments):
    """GPTQ: returns integers [rows, columns] for one scale per row [rows, 1]."""
    order = moments.diagonal().argsort(descending=True)
    back = order.argsort()
    damped = moments[order][:, order].double()
    damped += torch.eye(len(damped)) * (DAMPING * damped.diagonal().mean())
    spread = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(damped)), upper=True).float()
    weight, integers = weight[:, order].clone(), torch.empty_like(weight)
    for begin in range(0, weight.shape[1], BLOCK):
        end = min(begin + BLOCK, weight.shape[1])
        errors = torch.empty(len(weight), end - begin)
        for column in range(begin, end):
            integers[:, column] = to_integers(weight[:, column], scale[:, 0])
            error = (weight[:, column] - integers[:, column] * scale[:, 0]) / spread[column, column]
            weight[:, column + 1 : end] -= error[:, None] * spread[column, column + 1 : end]
            errors[:, column - begin] = error
        weight[:, end:] -= errors @ spread[begin:end, end:]
    return integers[:, back]


def descend(weight, scale, integers, moments):
    """One sweep of coordinate descent: every integer takes its best value, the others of its row standing still."""
    slope = (integers * scale - weight) @ moments
    for column in range(weight.shape[1]):
        wanted = integers[:, column] * scale[:, 0] - slope[:, column] / moments[column, column].clamp_min(TINY)
        better = to_integers(wanted, scale[:, 0])
        slope += ((better - integers[:, column]) * scale[:, 0])[:, None] * moments[column]
        integers[:, column] = better
    return integers


def best_scale(weight, integers, moments, scale):
    """Returns the scale [rows, 1] of least product error for given integers; a row of zeros keeps its scale."""
    images = integers @ moments
    power = (images * integers).sum(1, keepdim=True)
    return torch.where(power > TINY, (images * weight).sum(1, keepdim=True) / power.clamp_min(TINY), scale)


def round_matrix(weight, moments):
    """Returns (scale [rows, 1], integers [rows, columns]) for weight [rows, columns] and the inputs' moments [columns, columns].

    Cost: about two seconds for 1024 x 256 or 256 x 1024.
    """
    rows, candidates = len(weight), candidate_scales(weight)
    repeated = weight.repeat(len(candidates), 1)
    scale = candidates.reshape(-1, 1)
    integers = compensated_integers(repeated, scale, moments)
    errors = product_error(repeated - integers * scale, moments).reshape(-1, rows)
    chosen = errors.argmin(0) * rows + torch.arange(rows)
    scale, integers = scale[chosen], integers[chosen]
    for _ in range(SWEEPS):
        integers = descend(weight, scale, integers, moments)
        scale = best_scale(weight, integers, moments, scale)
    return scale, integers
