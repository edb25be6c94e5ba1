"""Checks that the trainer's PyTorch model, the GGUF file and the numpy reference say the same, dense and with shortened positions.

    python3 models/check.py micro        # needs checkpoints/micro.pt; seconds
"""
import argparse
import os
import tempfile

import numpy as np

import export
import gguf
import mgt_model
import reference
import train_data


def check(name):
    """Raises AssertionError where the two differ by more than 2e-3 in a logit (float32 rounding over the layers)."""
    import torch

    path = os.path.join(train_data.HERE, "checkpoints", name + ".pt")
    config = mgt_model.CONFIGS[name]
    model = mgt_model.MgtModel(config)
    model.load_state_dict(torch.load(path, map_location="cpu")["model"])
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "x.gguf")
        tensors = export.from_checkpoint(path)
        gguf.write(file, export.base_metadata(config, name, "f32"), tensors, "f32")
        again = reference.Reference(file)
        assert all((again.tensors[key] == value).all() for key, value in tensors.items()), "the file changed a tensor"
    text = np.frombuffer(
        (b"def step(token):\n    return logits[token]  # 2026-05-09 status installed\n" * 4)[:256], np.uint8
    )
    rng = np.random.default_rng(0)
    for window in (8, 16, 64):
        for depth in (None, rng.integers(0, config.n_layers + 1, 256)):
            ours = again.states(text, window, depth)
            tokens = torch.from_numpy(text.astype(np.int64))[None]
            with torch.no_grad():
                theirs = model.states(tokens, window, None if depth is None else torch.from_numpy(depth)[None])
                worst = max(
                    float(np.abs(again.logits(a, e) - model.logits(b[0], e).numpy()).max())
                    for e, (a, b) in enumerate(zip(ours, theirs))
                )
            print(
                f"{name} window {window} depths {'dense' if depth is None else 'mixed'}: largest difference {worst:.2e}"
            )
            assert worst < 2e-3, f"logits differ by {worst}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="+", choices=mgt_model.CONFIGS, metavar="name", help=", ".join(mgt_model.CONFIGS))
    for model_name in parser.parse_args().names:
        check(model_name)
