"""Makes the shipped baseline: in the lower half of its layers 4 bits for what a step reads whole, 8 bits for all else.

    taskset -c 1 python3 models/mixed.py models/baseline-q8_0.gguf models/baseline-q4_q8.gguf

A gated session runs the lower half at nearly every step that computes at all and the upper half seldom: with 4 bits the lower half is read from
a core's own cache, while the upper half and the head keep the precision of the answers that cost most. Two kinds of lower matrices keep 8
bits because 4 would save no time: the first layer's Q, K and V are looked up by byte, and of a second feed-forward matrix a step reads a tenth.
Rounding on measured inputs (int4_rounding.py), then everything follows the 8-bit model's distributions at every exit for a while (distill.py).
calibrate.py sets energy and thresholds afterwards. Cost: about ten minutes of one core.
"""
import argparse

import int4  # before all that imports PyTorch: it sets up OpenBLAS
import distill
import int4_rounding


def make(source, target, steps, seed):
    metadata, teacher, student = int4.begin(source, seed)
    lower = range(teacher.config.n_layers // 2)

    def read_whole(layer, name):
        return layer in lower and name != "w_down" and (layer, name) != (0, "wqkv")

    int4_rounding.round_model(student, seed, read_whole)
    distill.distill(teacher, student, steps, seed)
    int4.write(target, metadata, student, "q8_0")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="the 8-bit file")
    parser.add_argument("target", help="the file to write")
    parser.add_argument("--steps", type=int, default=800, help="of the distillation, 0 for none")
    parser.add_argument("--seed", type=int, default=17)
    arguments = parser.parse_args()
    make(arguments.source, arguments.target, arguments.steps, arguments.seed)
