"""Takes long documents: this project's own text at one commit, file after file, as it would stream through a reader.

    python3 bench/workloads/record_documents.py --commit REV bench/streams/documents.txt '*.md'
    python3 bench/workloads/record_documents.py --commit REV bench/streams/sources.txt 'core/src/*.cpp' 'js/src/*.ts' ...
The order of files is drawn once (--seed), so that no kind comes only at the end; model cards and generated files are left out by the patterns you give.
"""
import argparse
import random
import subprocess


def git(*arguments):
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("patterns", nargs="+", help="pathspecs of git ls-files")
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--bytes", type=int, default=200000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    paths = git("ls-files", "--with-tree", options.commit, "--", *options.patterns).decode().split()
    random.Random(options.seed).shuffle(paths)
    text = b""
    for path in paths:
        if len(text) >= options.bytes:
            break
        text += git("show", f"{options.commit}:{path}")
    with open(options.path, "wb") as out:
        out.write(text[: text.rindex(b"\n", 0, options.bytes) + 1] if len(text) > options.bytes else text)
