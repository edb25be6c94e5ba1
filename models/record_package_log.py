"""Records a package manager's logs of a scratch Debian root: installs and removes packages drawn at random, in many transactions.

    python3 models/record_package_log.py data/raw/scratch-root [--transactions 12]       (as root; needs debootstrap)
Leaves dpkg.log, history.log and alternatives.log in the folder. The root is made in a temporary folder and deleted afterwards.
Cost: about five minutes of one core and some hundred megabytes of packages from the machine's own Debian mirror.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import tempfile

SEED = 11
MOST_INSTALLED_KIB = 4000
SECTIONS = "admin devel editors graphics interpreters libs math net perl python science shells sound text utils web".split()
LOGS = ("dpkg.log", "apt/history.log", "alternatives.log")
COMMON = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scripts", "setup", "common.sh")


def in_root(root, *command):
    """Runs a command inside the root; returns its output (packages that fail to install are part of the recording)."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    return subprocess.run(["chroot", root, *command], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout.decode(errors="replace")


def candidates(root):
    """Returns the names of all small packages of SECTIONS that the root's package lists offer, sorted."""
    names = []
    for entry in in_root(root, "apt-cache", "dumpavail").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Section|Installed-Size): (.*)$", entry, re.M))
        if fields.get("Section") in SECTIONS and int(fields.get("Installed-Size", 10**9)) <= MOST_INSTALLED_KIB:
            names.append(fields["Package"])
    return sorted(set(names))


def record(folder, transactions):
    """Makes the root, runs the transactions and copies the logs into `folder`."""
    rng = random.Random(SEED)
    root = tempfile.mkdtemp(prefix="scratch-root-")
    try:
        mirror = subprocess.run(["bash", "-c", f". {COMMON}; debian_mirror"], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, mirror], check=True, stdout=subprocess.DEVNULL)
        run_transactions(root, rng, transactions)
        os.makedirs(folder, exist_ok=True)
        for log in LOGS:
            shutil.copyfile(os.path.join(root, "var/log", log), os.path.join(folder, os.path.basename(log)))
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run_transactions(root, rng, transactions):
    """Installs a few packages at a time, and now and then removes or purges some of those installed before."""
    apt = ("apt-get", "-q", "-y", "-o", "APT::Sandbox::User=root", "-o", "DPkg::Options::=--force-unsafe-io")
    in_root(root, *apt, "update")
    names, installed = candidates(root), []
    for number in range(transactions):
        wanted = rng.sample(names, rng.choice((1, 2, 3, 5, 8, 13)))
        in_root(root, *apt, "install", "--no-install-recommends", *wanted)
        in_root(root, "apt-get", "clean")
        installed += wanted
        if number % 5 == 4:
            in_root(root, *apt, rng.choice(("remove", "purge")), *rng.sample(installed, 2))
        print(f"transaction {number + 1} of {transactions}: {os.path.getsize(os.path.join(root, 'var/log/dpkg.log'))} bytes of log", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--transactions", type=int, default=12)
    arguments = parser.parse_args()
    record(arguments.folder, arguments.transactions)
