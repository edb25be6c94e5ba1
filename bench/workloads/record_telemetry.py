"""Records telemetry of this machine with labelled anomalies: one line per sample of /proc, faults injected at known times.

    python3 bench/workloads/record_telemetry.py bench/streams/telemetry-faults.log
Lines are those of models/record_telemetry.py. What the machine does by itself is the normal state; now and then one fault runs for a second
or two: `memory` (some 100 MiB taken at once), `disk` (synchronous writes), `forks` (a burst of processes) or `cpu` (one busy, niced process).
A line is anomalous where a fault ran during its interval. Writes FILE and FILE.labels.json ({"anomalous_lines": [[first, end), ...], "kinds": [...]}).
"""
import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "models"))
from record_telemetry import format_sample, read_counters  # noqa: E402

KINDS = ("memory", "disk", "forks", "cpu")


def fault(kind, seconds):
    """Disturbs the machine for `seconds`."""
    os.nice(5)
    end = time.monotonic() + seconds
    if kind == "memory":
        hold = bytearray(random.randrange(80, 160) << 20)
        hold[:: 4096] = b"\1" * len(hold[:: 4096])
        time.sleep(max(0.0, end - time.monotonic()))
        return
    with tempfile.TemporaryFile(dir=".") as file:
        while time.monotonic() < end:
            if kind == "cpu":
                sum(i * i for i in range(20000))
            elif kind == "forks":
                for child in [subprocess.Popen(["/bin/true"]) for _ in range(10)]:
                    child.wait()
                time.sleep(0.05)
            else:
                file.seek(0)
                file.write(os.urandom(1 << 20))
                file.flush()
                os.fsync(file.fileno())
                time.sleep(0.03)


class Faults:
    """Starts one fault after another and tells whether one runs."""

    def __init__(self, rng, now):
        self.rng, self.worker, self.next, self.kind = rng, None, now + 10, None

    def running(self, now):
        """Whether a fault runs at `now`, or did at the last call."""
        was = self.worker is not None
        if was and not self.worker.is_alive():
            self.worker.join()
            self.worker, self.next = None, now + self.rng.uniform(9, 24)
        elif not was and now >= self.next:
            self.kind = self.rng.choice(KINDS)
            self.worker = multiprocessing.Process(target=fault, args=(self.kind, self.rng.uniform(0.8, 2.0)))
            self.worker.start()
        return was


def record(path, seconds, rate_hz, seed):
    """Writes the samples to `path`; returns [(first line, end line, kind)]."""
    start = time.monotonic()
    before, faults, episodes, sample = read_counters(), Faults(random.Random(seed), start), [], 0
    with open(path, "w") as out:
        while (now := time.monotonic()) - start < seconds:
            anomalous = faults.running(now)
            after = read_counters()
            out.write(format_sample(now - start, after, before))
            before = after
            if anomalous and episodes and episodes[-1][1] == sample and episodes[-1][2] == faults.kind:
                episodes[-1][1] = sample + 1
            elif anomalous:
                episodes.append([sample, sample + 1, faults.kind])
            sample += 1
            time.sleep(max(0.0, start + sample / rate_hz - time.monotonic()))
    return episodes


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--rate", type=float, default=10.0, help="samples a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = record(options.path, options.seconds, options.rate, options.seed)
    with open(options.path + ".labels.json", "w") as labels:
        json.dump({"anomalous_lines": [row[:2] for row in found], "kinds": [row[2] for row in found]}, labels)
        labels.write("\n")
