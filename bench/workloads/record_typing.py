"""Makes a typing stream: sources of this project as a person would key them in, bytes and times.

    python3 bench/workloads/record_typing.py bench/streams/typing.txt FILE... [--append]
No person sat here: the text is real, its rhythm is drawn. Keys come in bursts (about 110 ms apart inside a word, longer between words), with a
pause to think at line ends; 1.5 % of the letters are mistyped, noticed within two keys and rubbed out (byte 0x7f); the editor indents a new line
by itself, in no time. Writes FILE (the bytes) and FILE.ms (for every byte the milliseconds since the one before, uint16 little endian,
65535 = longer). Constants after Dhakal et al., "Observations on Typing from 136 Million Keystrokes", CHI 2018.
"""
import argparse
import random
import struct

NEIGHBOURS = "qwertyuiopasdfghjklzxcvbnm"
LONGEST_MS = 65535


class Typist:
    def __init__(self, rng):
        self.rng, self.keys, self.gaps = rng, bytearray(), []

    def gap(self, median_ms, spread):
        """A lognormal waiting time."""
        return min(LONGEST_MS, round(median_ms * self.rng.lognormvariate(0, spread)))

    def press(self, byte, gap_ms):
        self.keys.append(byte)
        self.gaps.append(gap_ms)

    def rhythm(self, before):
        """Milliseconds before the next key, given the byte before it."""
        if before == "\n":
            return self.gap(1400 if self.rng.random() < 0.4 else 350, 0.9)
        return self.gap(190 if before in " ({,;" else 110, 0.4)

    def mistype(self, right, before):
        """A wrong neighbour, perhaps one more key, then back."""
        at = NEIGHBOURS.index(right)
        self.press(ord(NEIGHBOURS[at - 1]), self.rhythm(before))
        self.press(0x7F, self.gap(320, 0.4))

    def type_line(self, line):
        stripped = line.lstrip(" ")
        for _ in range(len(line) - len(stripped)):
            self.press(0x20, 0)
        before = "\n"
        for character in stripped:
            if character in NEIGHBOURS[1:] and self.rng.random() < 0.015:
                self.mistype(character, before)
            for byte in character.encode():
                self.press(byte, self.rhythm(before))
            before = character


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path")
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--bytes", type=int, default=80000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--append", action="store_true", help="go on behind what PATH holds; --bytes is of what is added")
    options = parser.parse_args()
    typist = Typist(random.Random(options.seed))
    lines = [line for path in options.sources for line in open(path, encoding="utf-8")]
    for line in lines:
        if len(typist.keys) >= options.bytes:
            break
        typist.type_line(line)
    mode = "ab" if options.append else "wb"
    with open(options.path, mode) as out:
        out.write(typist.keys)
    with open(options.path + ".ms", mode) as out:
        out.write(struct.pack(f"<{len(typist.gaps)}H", *typist.gaps))
