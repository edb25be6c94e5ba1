"""Records a telemetry stream of this machine: one text line per sample of /proc, 20 samples a second.

A line holds the time since the start (seconds) and changes since the last sample: CPU shares (percent, per core), load,
free and dirty memory (MiB, KiB), context switches, interrupts, runnable processes, disk sectors and network bytes.
Short stressors (CPU, memory, disk) come and go so that the stream has regimes. Cost: about 1 % of a core, plus the stressors.
"""
import argparse
import multiprocessing
import os
import random
import tempfile
import time


def read_counters():
    """Returns the raw counters of /proc as a dict of ints (ticks, events, sectors, bytes) and gauges."""
    counters = {}
    with open("/proc/stat") as file:
        for line in file:
            key, *values = line.split()
            if key.startswith("cpu") and key != "cpu":
                ticks = list(map(int, values))
                counters[key] = (sum(ticks[:8]) - ticks[3] - ticks[4], sum(ticks[:8]))
            elif key in ("ctxt", "processes", "procs_running"):
                counters[key] = int(values[0])
            elif key == "intr":
                counters[key] = int(values[0])
    with open("/proc/meminfo") as file:
        for line in file:
            key, value = line.split()[:2]
            if key in ("MemFree:", "Dirty:"):
                counters[key] = int(value)
    with open("/proc/diskstats") as file:
        fields = [line.split() for line in file]
        disks = [f for f in fields if not f[2][-1].isdigit() and not f[2].startswith(("loop", "ram"))]
        counters["rd"] = sum(int(f[5]) for f in disks)
        counters["wr"] = sum(int(f[9]) for f in disks)
    with open("/proc/net/dev") as file:
        rows = [line.split(":")[1].split() for line in file if ":" in line and "lo:" not in line]
        counters["rx"] = sum(int(r[0]) for r in rows)
        counters["tx"] = sum(int(r[8]) for r in rows)
    with open("/proc/loadavg") as file:
        counters["load"] = file.read().split()[0]
    return counters


def format_sample(seconds, now, before):
    """Returns one text line for the change from `before` to `now`."""
    parts = [f"t={seconds:.2f}"]
    for key in sorted(k for k in now if k.startswith("cpu")):
        busy, total = now[key][0] - before[key][0], now[key][1] - before[key][1]
        parts.append(f"{key}={100 * busy // total if total else 0}")
    parts.append(f"load={now['load']} free={now['MemFree:'] // 1024} dirty={now['Dirty:']}")
    parts.append(f"run={now['procs_running']}")
    for key in ("ctxt", "intr", "processes", "rd", "wr", "rx", "tx"):
        parts.append(f"{key}={now[key] - before[key]}")
    return " ".join(parts) + "\n"


def stress(kind, seconds):
    """Runs one stressor of `kind` ("cpu", "memory", "disk") for `seconds`."""
    end = time.monotonic() + seconds
    if kind == "memory":
        hold = bytearray(random.randrange(100, 600) << 20)
        for page in range(0, len(hold), 4096):
            hold[page] = 1
        time.sleep(max(0.0, end - time.monotonic()))
        return
    with tempfile.TemporaryFile() as file:
        while time.monotonic() < end:
            if kind == "cpu":
                sum(i * i for i in range(20000))
            else:
                file.seek(0)
                file.write(os.urandom(1 << 20))
                file.flush()
                os.fsync(file.fileno())
                time.sleep(0.05)


def record(path, seconds, rate_hz=20.0, seed=1):
    """Writes samples to `path` for `seconds` at `rate_hz`, with random stressors."""
    rng = random.Random(seed)
    start = time.monotonic()
    before = read_counters()
    next_stress = start + 5
    worker = None
    with open(path, "w") as out:
        sample = 0
        while (now := time.monotonic()) - start < seconds:
            if worker is not None and not worker.is_alive():
                worker.join()
                worker, next_stress = None, now + rng.uniform(4, 25)
            if worker is None and now >= next_stress:
                worker = multiprocessing.Process(
                    target=stress, args=(rng.choice(["cpu", "memory", "disk"]), rng.uniform(2, 9))
                )
                worker.start()
            after = read_counters()
            out.write(format_sample(now - start, after, before))
            before = after
            sample += 1
            time.sleep(max(0.0, start + sample / rate_hz - time.monotonic()))
    if worker is not None:
        worker.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("path")
    parser.add_argument("--seconds", type=float, default=300.0)
    arguments = parser.parse_args()
    record(arguments.path, arguments.seconds)
