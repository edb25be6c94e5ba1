"""Lets a model with matrices of 4 bits follow the distributions of the model it was rounded from, at every exit.

Loss: sum over exits of the weighted divergence KL(unrounded || rounded), over training text, with the trainer's windows and, in a share of
the batches, its skipped and early exited positions. Labels are not used: the unrounded model's distributions say more, and training text
cannot be learnt by heart this way. Method: Hinton et al. (2015), arXiv:1503.02531; Liu et al., "LLM-QAT" (2023), arXiv:2305.17888.
"""
import torch
import torch.nn.functional as F

import train
import train_data

EXIT_WEIGHTS = {2: (0.6, 1.0), 4: (0.4, 0.4, 0.5, 1.0), 8: (0.2, 0.2, 0.2, 0.3, 0.2, 0.2, 0.3, 1.0)}
DEPTH_SHARE = 0.4
BATCH = 8
REPORT_STEPS, WARMUP_STEPS = 20, 20
# A step of 4 bits is .02 to .04 wide. At rates five to seven times as high a short run lost what measured rounding had gained.
RATES = {"weights": 3e-5, "norms": 1e-4, "bytes": 1e-4, "scales": 2e-4}


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


def parameter_groups(student):
    """Returns (optimizer groups, first scales, shares); a scale is its first value times a share that learns, so one rate serves all."""
    model = student.model.requires_grad_(True)
    norms = [p for p in model.parameters() if p.ndim == 1]
    first = {key: scale.clone() for key, scale in student.scales.items()}
    shares = {key: torch.ones_like(scale).requires_grad_() for key, scale in first.items()}
    groups = [
        {"params": student.matrices(), "lr": RATES["weights"]},
        {"params": norms, "lr": RATES["norms"]},
        {"params": [model.embed], "lr": RATES["bytes"]},
        {"params": list(shares.values()), "lr": RATES["scales"]},
    ]
    return groups, first, shares


def distill(teacher, student, steps, seed):
    """Trains weights, norms, byte table and scales of an int4_model.Int4Model; rates fall linearly to zero.

    Cost: a step of the baseline takes 1.2 seconds of one core, one of micro .2.
    """
    config = student.model.config
    batches = train_data.Batches(BATCH, 256, seed + 1)
    windows, window_shares = zip(*train.WINDOWS[config.name].items())
    groups, first, shares = parameter_groups(student)
    optimizer = torch.optim.Adam(groups, betas=(0.9, 0.98))
    full_rates, recent = [group["lr"] for group in groups], []
    for step in range(steps):
        for group, rate in zip(optimizer.param_groups, full_rates):
            group["lr"] = rate * min(1.0, (step + 1) / WARMUP_STEPS) * (1 - step / steps)
        shortened = batches.rng.random() < DEPTH_SHARE
        tokens, marks = batches.draw(with_marks=shortened)
        depth = batches.depths(marks, config.n_layers) if shortened else None
        window = int(batches.rng.choice(windows, p=window_shares))
        student.scales = {key: first[key] * shares[key] for key in first}
        losses = divergences(teacher, student, tokens[:, :-1], window, depth)
        optimizer.zero_grad()
        sum(weight * loss for weight, loss in zip(EXIT_WEIGHTS[config.n_layers], losses)).backward()
        optimizer.step()
        recent.append([loss.item() for loss in losses])
        if (step + 1) % REPORT_STEPS == 0:
            means = torch.tensor(recent[-REPORT_STEPS:]).mean(0).tolist()
            print(f"step {step + 1} of {steps}: divergence", " ".join(f"{m:.5f}" for m in means), flush=True)
    student.scales = {key: (first[key] * shares[key]).detach() for key in first}
    student.model.requires_grad_(False)
