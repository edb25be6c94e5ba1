"""Generates a package manager's logs (dpkg.log, apt's term.log and history.log) from the real names and versions of a package list.

A run of transactions installs, upgrades and removes packages that stand next to each other in the list, as one source's packages do, in the
order of states that dpkg goes through. Training data only: a generated log holds no machine's history, so a long training cannot learn one by heart.
"""
import datetime
import random
import re
import subprocess

TRIGGERED = (("man-db", "2.11.2-2"), ("libc-bin", "2.36-9+deb12u10"), ("mailcap", "3.70+nmu1"), ("dbus", "1.14.10-1~deb12u1"), ("install-info", "6.8-6+b1"),
             ("hicolor-icon-theme", "0.17-2"), ("desktop-file-utils", "0.26-1"), ("sgml-base", "1.31"), ("fontconfig", "2.14.1-4"))


def available():
    """Returns [(name, version, architecture)] of all packages that the machine's package lists offer, sorted by source and name."""
    text = subprocess.run(["apt-cache", "dumpavail"], check=True, stdout=subprocess.PIPE).stdout.decode()
    rows = []
    for entry in text.split("\n\n"):
        field = dict(re.findall(r"^(Package|Version|Architecture|Source): (\S+)", entry, re.M))
        if "Version" in field:
            rows.append((field.get("Source", field["Package"]), field["Package"], field["Version"], field["Architecture"]))
    return [row[1:] for row in sorted(set(rows))]


def older(version, rng):
    """Returns a version that could have come before `version`: one number in it is smaller."""
    numbers = [m for m in re.finditer(r"\d+", version) if int(m.group()) > 0]
    if not numbers:
        return version + "~1"
    m = rng.choice(numbers[-2:])
    return version[: m.start()] + str(rng.randrange(int(m.group()))) + version[m.end() :]


class Recorder:
    """Writes the three logs while a transaction goes through its states."""

    def __init__(self, rng, triggered):
        self.triggered = triggered
        self.rng, self.clock = rng, datetime.datetime(2019 + rng.randrange(8), rng.randrange(1, 13), rng.randrange(1, 28), 9, 0)
        self.dpkg, self.term, self.history = [], [], []
        self.pace = 1.0

    def stamp(self):
        return f"{self.clock:%Y-%m-%d %H:%M:%S}"

    def log(self, text):
        if self.rng.random() < 0.06 * self.pace:
            self.clock += datetime.timedelta(seconds=1 + int(self.rng.expovariate(1.5)))
        self.dpkg.append(f"{self.stamp()} {text}\n")

    def states(self, name, pairs):
        for state, version in pairs:
            self.log(f"status {state} {name} {version}")

    def unpack(self, number, package, old):
        name, version, arch = package
        full = f"{name}:{arch}"
        shown = full if name.startswith("lib") and arch != "all" else name
        if old:
            self.log(f"upgrade {full} {old} {version}")
            self.pend()
            self.states(full, (("half-configured", old), ("unpacked", old), ("half-installed", old)))
        else:
            self.log(f"install {full} <none> {version}")
            self.states(full, (("half-installed", version),))
            self.term.append(f"Selecting previously unselected package {shown}.\n")
        self.pend()
        self.states(full, (("unpacked", version),))
        file_version = version.replace(":", "%3a")
        self.term.append(f"Preparing to unpack .../{number}-{name}_{file_version}_{arch}.deb ...\n")
        self.term.append(f"Unpacking {shown} ({version}) {'over (' + old + ') ' if old else ''}...\n")

    def pend(self):
        if self.rng.random() < 0.12:
            name, version = self.rng.choice(self.triggered)
            self.log(f"status triggers-pending {name}:amd64 {version}")

    def configure(self, package):
        name, version, arch = package
        full = f"{name}:{arch}"
        self.log(f"configure {full} {version} <none>")
        self.states(full, (("unpacked", version), ("half-configured", version), ("installed", version)))
        self.term.append(f"Setting up {full if name.startswith('lib') and arch != 'all' else name} ({version}) ...\n")

    def trigger(self):
        name, version = self.rng.choice(self.triggered)
        self.log(f"trigproc {name}:amd64 {version} <none>")
        self.states(f"{name}:amd64", (("half-configured", version), ("installed", version)))
        self.term.append(f"Processing triggers for {name} ({version}) ...\n")

    def remove(self, package, purge):
        name, version, arch = package
        full = f"{name}:{arch}"
        self.log("startup packages " + ("purge" if purge else "remove"))
        self.states(full, (("installed", version),))
        self.log(f"remove {full} {version} <none>")
        self.states(full, (("half-configured", version), ("half-installed", version), ("config-files", version)))
        if purge:
            self.log(f"purge {full} {version} <none>")
            self.states(full, (("config-files", version), ("not-installed", "<none>")))
        self.term.append(f"Removing {name} ({version}) ...\n")

    def begin(self, command, verb, packages, olds):
        self.clock += datetime.timedelta(minutes=int(self.rng.expovariate(1 / 600)), seconds=self.rng.randrange(60))
        self.pace = self.rng.choice((0.2, 1.0, 4.0))
        shown = lambda p, old: f"{p[0]}:{p[2]} ({old + ', ' if old else ''}{p[1]}{', automatic' if verb == 'Install' and self.rng.random() < 0.7 else ''})"
        self.history.append(
            f"\nStart-Date: {self.clock:%Y-%m-%d  %H:%M:%S}\nCommandline: apt-get {command}\n{verb}: "
            + ", ".join(shown(p, old) for p, old in zip(packages, olds)) + "\n")
        self.term.append(f"\nLog started: {self.clock:%Y-%m-%d  %H:%M:%S}\n")

    def end(self):
        self.history.append(f"End-Date: {self.clock:%Y-%m-%d  %H:%M:%S}\n")
        self.term.append(f"Log ended: {self.clock:%Y-%m-%d  %H:%M:%S}\n")


def install(recorder, packages, rng):
    """One apt-get install: unpacked in blocks, configured in another order, triggers last."""
    olds = [older(p[1], rng) if rng.random() < 0.15 else None for p in packages]
    command = f"install -y {'--no-install-recommends ' if rng.random() < 0.5 else ''}" + " ".join(p[0] for p in packages[:3])
    recorder.begin(command, "Install", packages, olds)
    recorder.log("startup archives unpack")
    width = len(str(len(packages)))
    for number, (package, old) in enumerate(zip(packages, olds)):
        recorder.unpack(f"{number:0{width}d}", package, old)
    recorder.log("startup packages configure")
    for package in rng.sample(packages, len(packages)):
        recorder.configure(package)
    for _ in range(rng.randrange(4)):
        recorder.trigger()
    recorder.end()


def generate(seed, dpkg_bytes, unwanted):
    """Returns (dpkg.log, term.log, history.log) as bytes; no package of the set `unwanted` (bytes) is named."""
    rng = random.Random(seed)
    packages = [p for p in available() if p[0].encode() not in unwanted]
    triggered = [p for p in TRIGGERED if p[0].encode() not in unwanted]
    texts, size = ([], [], []), 0
    while size < dpkg_bytes:
        recorder = Recorder(rng, triggered)
        for _ in range(rng.randrange(4, 30)):
            wanted = []
            for _ in range(rng.choice((1, 1, 2, 4, 8))):
                at = rng.randrange(len(packages))
                wanted += packages[at : at + rng.choice((1, 2, 3, 6, 12))]
            wanted = rng.sample(wanted, len(wanted))
            if rng.random() < 0.85:
                install(recorder, wanted, rng)
            else:
                purge = rng.random() < 0.5
                recorder.begin(("purge -y " if purge else "remove -y ") + wanted[0][0], "Purge" if purge else "Remove", wanted, [None] * len(wanted))
                for package in wanted:
                    recorder.remove(package, purge)
                recorder.end()
        for out, part in zip(texts, (recorder.dpkg, recorder.term, recorder.history)):
            out.append("".join(part).encode())
        size += len(texts[0][-1])
    return tuple(b"".join(part) for part in texts)
