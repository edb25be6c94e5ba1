"""Lets a model of 4 bits follow the distributions of the float model it was rounded from, at every exit.

Loss: sum over exits of the weighted divergence KL(float || rounded), over training text, with the trainer's windows and, in a share of
the batches, its skipped and early exited positions. Labels are not used: the float model's distributions say more, and training text
cannot be learnt by heart this way. Method: Hinton et al. (2015), arXiv:1503.02531; Liu et al., "LLM-QAT" (2023), arXiv:2305.17888.
"""
import time

import torch
import torch.nn.functional as F

import train
import train_data

EXIT_WEIGHTS = {2: (0.6, 1.0), 4: (0.4, 0.4, 0.5, 1.0)}
DEPTH_SHARE = 0.4
BATCH = 8
REPORT_STEPS = 20


def divergences(teacher, student, tokens, window, depth):
    """Returns the mean KL(teacher || student), nats per byte, of every exit over the positions that reach it."""
    with torch.no_grad():
        wanted_states = teacher.states(tokens, window, depth)
    result = []
    for exit_index, (wanted, state) in enumerate(zip(wanted_states, student.model.states(tokens, window, depth))):
        if depth is not None:
            ran = depth > exit_index
            wanted, state = wanted[ran], state[ran]
        with torch.no_grad():
            target = teacher.logits(wanted, exit_index).reshape(-1, 256).log_softmax(-1)
        guess = student.model.logits(state, exit_index).reshape(-1, 256).log_softmax(-1)
        result.append(F.kl_div(guess, target, reduction="batchmean", log_target=True))
    return result


def parameter_groups(student, rates):
    """Returns optimizer groups; scales learn as shares of their first value, so that one rate serves all rows."""
    model = student.model.requires_grad_(True)
    norms = [p for p in model.parameters() if p.ndim == 1]
    first = {key: scale.clone() for key, scale in student.scales.items()}
    shares = {key: torch.ones_like(scale).requires_grad_() for key, scale in first.items()}
    groups = [
        {"params": student.matrices(), "lr": rates["weights"]},
        {"params": norms, "lr": rates["norms"]},
        {"params": [model.embed], "lr": rates["bytes"]},
        {"params": list(shares.values()), "lr": rates["scales"]},
    ]
    return groups, first, shares


RATES = {"weights": 2e-4, "norms": 5e-4, "bytes": 5e-4, "scales": 1e-3}


def distill(teacher, student, minutes, seed, rates=None, max_steps=None):
    """Trains weights, norms, byte table and scales for a wall time; rates fall linearly to zero."""
    config = student.model.config
    batches = train_data.Batches(BATCH, 256, seed + 1)
    windows, shares_of_windows = zip(*train.WINDOWS[config.name].items())
    groups, first, shares = parameter_groups(student, rates or RATES)
    optimizer = torch.optim.Adam(groups, betas=(0.9, 0.98))
    full_rates = [group["lr"] for group in groups]
    start, step, recent = time.monotonic(), 0, []
    progress = lambda: step / max_steps if max_steps else (time.monotonic() - start) / (60 * minutes)
    while (done := progress()) < 1:
        for group, rate in zip(optimizer.param_groups, full_rates):
            group["lr"] = rate * min(1.0, (step + 1) / 20) * (1 - done)
        shortened = batches.rng.random() < DEPTH_SHARE
        rows, marks = batches.draw(with_marks=shortened)
        depth = torch.from_numpy(batches.depths(marks, config.n_layers)) if shortened else None
        window = int(batches.rng.choice(windows, p=shares_of_windows))
        student.scales = {key: first[key] * shares[key] for key in first}
        losses = divergences(teacher, student, torch.from_numpy(rows)[:, :-1], window, depth)
        optimizer.zero_grad()
        sum(weight * loss for weight, loss in zip(EXIT_WEIGHTS[config.n_layers], losses)).backward()
        optimizer.step()
        step += 1
        recent.append([loss.item() for loss in losses])
        if step % REPORT_STEPS == 0:
            means = torch.tensor(recent[-REPORT_STEPS:]).mean(0).tolist()
            print(f"step {step} done {done:.3f} divergence", " ".join(f"{m:.5f}" for m in means), flush=True)
    student.scales = {key: (first[key] * shares[key]).detach() for key in first}
    student.model.requires_grad_(False)
