"""Makes a q4_0 file of a model whose loss stays near the float model's: measured rounding, then distillation.

    taskset -c 1 python3 models/int4.py models/dev/baseline-f32.gguf models/baseline-q4_0.gguf

1. Balance: column scales move from the matrices into norms and rows before them, which changes nothing but what rounding costs.
2. Round: layer after layer, on the inputs that the layers rounded before give for training text (gptq.py).
3. Distil: weights, norms, scales and byte table follow the float model's distributions at every exit, over training text with
   full and shortened depths; gradients pass straight through the rounding, step sizes are learnt as well.
4. Write: self-test vectors and lambda statistics are taken anew. calibrate.py then sets the thresholds of the policies.
The source may have 8 bits, too: micro has no other. Cost: eleven minutes of one core for the baseline, three for micro.

Methods: Lin et al., "AWQ" (2023), arXiv:2306.00978; Frantar et al., "GPTQ" (2022), arXiv:2210.17323; Esser et al., "Learned step size
quantization" (2019), arXiv:1902.08153; Hinton et al., "Distilling the knowledge in a neural network" (2015), arXiv:1503.02531.
"""
import argparse
import os

os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import torch

import coherence
import distill
import export
import gguf
import int4_model
import int4_rounding
import mgt_model
import reference
import train

CONFIG_OF_LAYERS = {config.n_layers: config for config in mgt_model.CONFIGS.values()}


def load(path):
    """Returns (metadata, model) of a model file."""
    metadata, _ = gguf.read(path)
    model = mgt_model.MgtModel(CONFIG_OF_LAYERS[metadata["mgt.block_count"]])
    train.load_file(model, path)
    return metadata, model.requires_grad_(False)


def write(path, metadata, student, kind="q4_0"):
    """Writes the student with self-test vectors and lambda statistics of its own; `kind` is that of matrices without a scale."""
    tensors, rows = student.tensors()
    keys = {key: value for key, value in metadata.items() if not key.startswith(("mgt.calibration.", "mgt.energy."))}
    keys["general.file_type"] = gguf.FILE_TYPES[kind]
    gguf.write(path, keys, tensors, kind, int4_rows=rows)
    keys.update(coherence.statistics(reference.Reference(path), export.training_segments()))
    keys.update(export.self_test(path))
    gguf.write(path, keys, tensors, kind, int4_rows=rows)


def begin(source, seed):
    """Sets PyTorch to one core and the seed; returns (metadata, teacher, student yet to be rounded) of a model file."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    metadata, teacher = load(source)
    return metadata, teacher, int4_model.Int4Model(load(source)[1])


def make(source, target, steps, seed):
    metadata, teacher, student = begin(source, seed)
    int4_rounding.round_model(student, seed)
    distill.distill(teacher, student, steps, seed)
    write(target, metadata, student)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="model file of float32 or 8 bits")
    parser.add_argument("target", help="the q4_0 file to write")
    parser.add_argument("--steps", type=int, default=600, help="of the distillation, 0 for none")
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args()
    make(arguments.source, arguments.target, arguments.steps, arguments.seed)
