"""Muon for the hidden matrices and AdamW for the rest.

Muon (Jordan et al. 2024): the momentum of a matrix is replaced by its nearest semi-orthogonal matrix (five Newton-Schulz
steps), so all directions of a weight learn at one pace. Matrices of one shape are handled in one batched product.
"""
import torch


def orthogonalize(matrices, steps=5):
    """Newton-Schulz iteration on a batch [n, rows, cols] with rows <= cols; singular values end near 1."""
    x = matrices / (matrices.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(steps):
        gram = torch.bmm(x, x.transpose(1, 2))
        x = 3.4445 * x + torch.bmm(-4.7750 * gram + 2.0315 * torch.bmm(gram, gram), x)
    return x


class Muon:
    """Holds views of square blocks of the weights; `groups` is a list of lists of (parameter, slice or None) of one shape."""

    def __init__(self, groups, momentum=0.95, weight_decay=0.1):
        self.groups, self.momentum, self.weight_decay = groups, momentum, weight_decay
        self.buffers = [None] * len(groups)

    @torch.no_grad()
    def step(self, lr):
        for index, group in enumerate(self.groups):
            views = [(p if s is None else p[s], p.grad if s is None else p.grad[s]) for p, s in group]
            tall = views[0][0].shape[0] > views[0][0].shape[1]
            gradient = torch.stack([g.t() if tall else g for _, g in views])
            buffer = self.buffers[index]
            if buffer is None:
                buffer = self.buffers[index] = torch.zeros_like(gradient)
            buffer.mul_(self.momentum).add_(gradient, alpha=1 - self.momentum)
            update = orthogonalize(gradient.mul(1 - self.momentum).add_(buffer, alpha=self.momentum))
            rows, columns = views[0][0].shape
            rate = lr * max(1.0, rows / columns) ** 0.5
            for (weight, _), change in zip(views, update):
                weight.mul_(1 - lr * self.weight_decay).add_(change.t() if tall else change, alpha=-rate)

    def state(self):
        return self.buffers

    def restore(self, buffers):
        self.buffers = buffers


def hidden_groups(model):
    """Groups the matrices of an MgtModel by shape: Wq, Wk, Wv, Wo together, Wup, and Wdown."""
    hidden = model.config.hidden
    square = [(layer.wqkv, slice(i * hidden, (i + 1) * hidden)) for layer in model.layers for i in range(3)]
    square += [(layer.wo, None) for layer in model.layers]
    return [square, [(layer.w_up, None) for layer in model.layers], [(layer.w_down, None) for layer in model.layers]]


class Optimizers:
    """Muon for the hidden matrices of an MgtModel and AdamW for embedding, head and norms; kind "adamw": AdamW for all.

    Rates are those of a step with factor 1; weight_decay holds for all matrices, norms have none.
    """

    def __init__(self, model, kind, lr, muon_lr, weight_decay):
        self.model, self.lr, self.muon_lr, self.uses_muon = model, lr, muon_lr, kind == "muon"
        self.muon = Muon(hidden_groups(model), weight_decay=weight_decay)
        hidden_ids = {id(p) for group in self.muon.groups for p, _ in group}
        hidden = [p for p in model.parameters() if id(p) in hidden_ids]
        matrices, norms = [model.embed, model.head], [p for p in model.parameters() if p.ndim == 1]
        self.clipped = matrices + norms if self.uses_muon else list(model.parameters())
        self.decays = (weight_decay, 0.0)
        groups = (matrices if self.uses_muon else matrices + hidden, norms)
        rows = [{"params": group, "weight_decay": decay} for group, decay in zip(groups, self.decays)]
        self.adam = torch.optim.AdamW(rows, lr=lr, betas=(0.9, 0.95), eps=1e-8)

    def zero_grad(self):
        for parameter in self.model.parameters():
            parameter.grad = None

    def step(self, factor):
        """Takes one step with the rates times `factor`; AdamW's gradients are clipped to a norm of 1, a missing one counts as zeros."""
        for group in self.adam.param_groups:
            group["lr"] = self.lr * factor
        for parameter in self.model.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        torch.nn.utils.clip_grad_norm_(self.clipped, 1.0)
        self.adam.step()
        if self.uses_muon:
            self.muon.step(self.muon_lr * factor)

    def state(self):
        return {"adam": self.adam.state_dict(), "muon": self.muon.state()}

    def restore(self, state):
        """Takes what state() returned; the weight decay stays this run's, AdamW's state would bring its own."""
        self.adam.load_state_dict(state["adam"])
        self.muon.restore(state["muon"])
        for group, decay in zip(self.adam.param_groups, self.decays):
            group["weight_decay"] = decay
