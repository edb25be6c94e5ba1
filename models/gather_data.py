"""Gathers training and held-out bytes from this machine into models/data (never committed). Nothing is downloaded.

Sources: Python sources split by file, logs split by time, generated package logs, telemetry, a generated heartbeat, rendered manual pages, C and C++ headers,
JavaScript and shell files. Result: `data/train/<name>.bin`, `data/held/<name>.bin` and `data/manifest.json`
({name: {domain, weight, train_bytes, held_bytes}}; weights of one domain add up to the domain's share).
Recorded text passes `scrub`: host names of URLs become host.invalid, home folders become /home/dev.
Cost: about five minutes of one core plus the recordings (record_logs.py, record_telemetry.py).
"""
import argparse
import datetime
import glob
import hashlib
import json
import math
import os
import random
import re
import subprocess

import generate_package_log

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
SHARES = {
    "python": 0.40,
    "logs": 0.30,
    "telemetry": 0.05,
    "iot": 0.03,
    "man": 0.03,
    "c": 0.08,
    "js": 0.07,
    "shell": 0.04,
}
DPKG_TRAIN_SHARE = 0.45
SHIPPED_LOG = os.path.join(os.path.dirname(HERE), "bench", "streams", "dpkg.log")
HELD_PERCENT = 8
MADE_DPKG_BYTES = 8_000_000


def scrub(text):
    """Returns `text` (bytes) without host names and home folders."""
    text = re.sub(rb"\b(https?|ftp|git|ssh)://[^/\s\"'<>)\]]+", rb"\1://host.invalid", text)
    text = re.sub(
        rb"\b[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|io|dev|internal|local|invalid|cloud)\b(?!/[\w.]*\.(?:py|js|c))",
        b"host.invalid",
        text,
    )
    return re.sub(rb"/(?:root|work)(?=/)", b"/home/dev", text).replace(os.uname().nodename.encode(), b"host")


def is_held(key):
    """Decides by hash whether the file called `key` is held out; the same key always gives the same answer."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % 100 < HELD_PERCENT


def read_files(pattern_roots, accept, limit_bytes, rng, key_of):
    """Reads files below the roots until `limit_bytes`; returns (train bytes, held bytes), equal contents once.

    accept    path -> bool
    key_of    (root, path) -> the name that decides the split
    """
    paths = [
        (root, path)
        for root in pattern_roots
        for path in glob.iglob(os.path.join(root, "**", "*"), recursive=True)
        if accept(path) and os.path.isfile(path)
    ]
    rng.shuffle(paths)
    seen, train, held, size, held_size = set(), [], [], 0, 0
    for root, path in paths:
        if size >= limit_bytes:
            break
        try:
            with open(path, "rb") as file:
                text = file.read(300_000)
            text.decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        digest = hashlib.md5(text).digest()
        if digest in seen or len(text) < 400 or b"\0" in text or len(text) > 40 * (text.count(b"\n") + 1) * 3:
            continue
        seen.add(digest)
        if is_held(key_of(root, path)):
            if held_size < 400_000:
                start = rng.randrange(max(1, len(text) - 12_000))
                held.append(text[start : start + 12_000])
                held_size += len(held[-1])
        else:
            train.append(text)
            size += len(text)
    return b"".join(train), b"".join(held)


def python_sources(rng):
    """Returns {name: (share of the domain, train, held)}: the standard library (several versions) and installed packages.

    The split is by module name, so a module held out is held out in every version; packages that carry a copy of it are left out too.
    """
    roots = sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[0-3]*/lib/python3.1?"))) + [
        "/usr/lib/python3.11"
    ]
    std = read_files(
        roots,
        lambda p: p.endswith(".py")
        and "/site-packages/" not in p
        and "/test" not in p
        and "/pydoc_data/" not in p
        and "/encodings/" not in p
        and "/idle" not in p,
        60_000_000,
        rng,
        lambda root, path: os.path.basename(path) if not path.endswith("__init__.py") else path[len(root) :],
    )
    package_roots = [
        "/usr/lib/python3/dist-packages",
        "/usr/lib/google-cloud-sdk/lib",
        *glob.glob(os.path.expanduser("~/.pyenv/versions/3.11*/lib/python3.11/site-packages")),
    ]
    packages = read_files(
        package_roots,
        lambda p: p.endswith(".py") and "bundled" not in p,
        30_000_000,
        rng,
        lambda root, path: os.path.basename(path),
    )
    return {"python": (0.75, *std), "python-packages": (0.25, packages[0], b"")}


def split_by_time(text, cut, stamp):
    """Splits a log (bytes) at the first line whose time (found by the regex `stamp`) is later than `cut` ("YYYY-MM-DD HH:MM:SS")."""
    for match in re.finditer(stamp, text, re.M):
        when = b" ".join(match.group(1).split())
        if when >= cut:
            return text[: match.start()], text[match.start() :]
    return text, b""


def held_out_of(dpkg):
    """Returns (offset, held-out bytes) of a dpkg.log: the shipped stream where this log leads up to it, else what follows DPKG_TRAIN_SHARE of it."""
    with open(SHIPPED_LOG, "rb") as file:
        shipped = file.read()
    at = dpkg.find(shipped[: shipped.index(b"\n") + 1])
    if at > 0:
        return at, shipped
    at = dpkg.index(b"\n", int(len(dpkg) * DPKG_TRAIN_SHARE)) + 1
    return at, dpkg[at:]


def packages_of(log):
    """Returns the names of the packages that a dpkg.log (bytes) speaks of."""
    return set(re.findall(rb" ([a-z0-9][a-z0-9.+-]+):(?:amd64|all|arm64)\b", log))


def scratch_root_sources(raw, known, held_out):
    """Returns rows for the logs of record_package_log.py, without the lines that name a package of `held_out` that `known` lacks."""
    folder, rows = os.path.join(raw, "scratch-root"), {}
    unseen = packages_of(held_out) - packages_of(known)
    for name, share in (("dpkg", 0.14), ("history", 0.02), ("alternatives", 0.02)):
        path = os.path.join(folder, name + ".log")
        if not os.path.exists(path):
            continue
        with open(path, "rb") as file:
            text = scrub(file.read())
        words = re.compile(rb"[a-z0-9][a-z0-9.+-]+")
        kept = [line for line in text.splitlines(True) if unseen.isdisjoint(words.findall(line))]
        rows["log-root-" + name] = (share, b"".join(kept), b"")
    return rows


def log_sources(raw):
    """Returns {name: (share of the domain, train, held)}: package logs cut at one moment, every other recording at 88 %."""
    dpkg = scrub(open(os.path.join(raw, "dpkg.log"), "rb").read())
    at, held_out = held_out_of(dpkg)
    cut = dpkg[at : at + 19]
    rows = {"log-dpkg": (0.16, dpkg[:at], held_out), **scratch_root_sources(raw, dpkg[:at], held_out)}
    made = generate_package_log.generate(3, MADE_DPKG_BYTES, packages_of(held_out) - packages_of(dpkg[:at]))
    for name, share, text in zip(("dpkg", "term", "history"), (0.12, 0.05, 0.02), made):
        rows["log-made-" + name] = (share, text, b"")
    for name, share, stamp in (
        ("term", 0.06, rb"^Log started: (\S+ +\S+)"),
        ("history", 0.03, rb"^Start-Date: (\S+ +\S+)"),
        ("alternatives", 0.02, rb"^\S+ (\S+ \S+):"),
    ):
        path = os.path.join(raw, name + ".log")
        if os.path.exists(path):
            text = re.sub(rb"(\(Reading database \.\.\. [^\r\n]*\r)+", b"", scrub(open(path, "rb").read()))
            train, held = split_by_time(text, cut, stamp)
            rows["log-" + name] = (share, train, held)
    recordings = sorted(glob.glob(os.path.join(raw, "logs", "*.log")))
    groups = {}
    for path in recordings:
        text = scrub(open(path, "rb").read())
        group = re.sub(r"-\d+$", "", os.path.basename(path)[:-4])
        at = text.rfind(b"\n", 0, int(len(text) * 0.88)) + 1
        train, held = groups.get(group, (b"", b""))
        groups[group] = (train + text[:at], held + text[at:])
    left = 1.0 - sum(row[0] for row in rows.values())
    total = sum(math.sqrt(len(train)) for train, _ in groups.values())
    rows.update(
        {"log-" + name: (left * math.sqrt(len(train)) / total, train, held) for name, (train, held) in groups.items()}
    )
    return rows


def heartbeat(seed, size_bytes):
    """Generates device heartbeats, one JSON-like line each, with slow daily drifts, rare faults and restarts."""
    rng, lines, size, clock = random.Random(seed), [], 0, 1_700_000_000
    state = {f"dev-{i:02d}": [20 + rng.random() * 5, 3.3, rng.randrange(5000)] for i in range(12)}
    while size < size_bytes:
        for device, values in state.items():
            clock += rng.choice((0, 0, 1))
            values[0] += rng.gauss(0, 0.05) + 0.02 * math.sin(clock / 8640)
            values[1] = 3.3 + rng.gauss(0, 0.01)
            values[2] += 1
            status = "ok" if rng.random() > 0.01 else rng.choice(("low_battery", "sensor_timeout", "overheat"))
            if status == "overheat":
                values[0] += 9
            line = f'{{"ts":{clock},"id":"{device}","seq":{values[2]},"temp":{values[0]:.1f},"volt":{values[1]:.2f},"rssi":{-60 - rng.randrange(8)},"status":"{status}"}}\n'
            lines.append(line)
            size += len(line)
    return "".join(lines).encode()[:size_bytes]


def manual_pages(rng, count=1500):
    """Renders `count` manual pages; returns (train, held), split by page."""
    paths = sorted(glob.glob("/usr/share/man/man[1-8]/*.gz"))
    rng.shuffle(paths)
    train, held = [], []
    for path in paths[:count]:
        done = subprocess.run(
            ["man", "-P", "cat", "-l", path], capture_output=True, env={**os.environ, "MANWIDTH": "80"}
        )
        if 800 < len(done.stdout) < 200_000:
            (held if is_held(os.path.basename(path)) else train).append(done.stdout)
    return b"".join(train), b"".join(held)


def gather():
    """Builds every source and writes the data folder; returns the manifest."""
    rng = random.Random(20240601)
    raw = os.path.join(DATA, "raw")
    name_key = lambda root, path: os.path.basename(path)
    sources = {"python": python_sources(rng), "logs": log_sources(raw)}
    telemetry = open(os.path.join(raw, "telemetry.txt"), "rb").read()
    at = telemetry.rfind(b"\n", 0, int(len(telemetry) * 0.80)) + 1
    sources["telemetry"] = {"telemetry": (1.0, telemetry[:at], telemetry[at:])}
    sources["iot"] = {"iot": (1.0, heartbeat(1, 6_000_000), heartbeat(2, 80_000))}
    sources["man"] = {"man": (1.0, *manual_pages(rng))}
    sources["c"] = {
        "c": (
            1.0,
            *read_files(
                ["/usr/include", "/usr/src", "/usr/lib/llvm-14/include", "/usr/lib/llvm-19/include"],
                lambda p: p.endswith((".h", ".hpp", ".c", ".cc", ".cpp")),
                12_000_000,
                rng,
                name_key,
            ),
        )
    }
    sources["js"] = {
        "js": (
            1.0,
            *read_files(
                ["/usr/lib/node_modules", "/usr/share/nodejs"],
                lambda p: p.endswith((".js", ".ts", ".mjs", ".cjs")) and not p.endswith(".min.js"),
                10_000_000,
                rng,
                name_key,
            ),
        )
    }
    sources["shell"] = {
        "shell": (
            1.0,
            *read_files(
                ["/usr/share", "/usr/bin", "/etc", "/usr/lib/git-core", "/var/lib/dpkg/info"],
                lambda p: p.endswith((".sh", ".postinst", ".preinst", ".prerm", ".bash"))
                or "/bash-completion/completions/" in p
                or "/git-core/" in p,
                4_000_000,
                rng,
                name_key,
            ),
        )
    }
    manifest = {}
    for folder in ("train", "held"):
        os.makedirs(os.path.join(DATA, folder), exist_ok=True)
    for domain, rows in sources.items():
        total = sum(share for share, train, _ in rows.values() if len(train) > 1000)
        for name, (share, train, held) in rows.items():
            if len(train) <= 1000:
                continue
            for folder, text in (("train", train), ("held", held)):
                with open(os.path.join(DATA, folder, name + ".bin"), "wb") as file:
                    file.write(text)
            manifest[name] = {
                "domain": domain,
                "weight": SHARES[domain] * share / total,
                "train_bytes": len(train),
                "held_bytes": len(held),
            }
    with open(os.path.join(DATA, "manifest.json"), "w") as file:
        json.dump({"made": datetime.date.today().isoformat(), "sources": manifest}, file, indent=1)
    return manifest


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    for source, row in gather().items():
        print(
            f"{source:22} {row['domain']:10} weight {row['weight']:.4f}  train {row['train_bytes']:9d}  held {row['held_bytes']:8d}"
        )
