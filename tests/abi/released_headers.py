#!/usr/bin/env python3
"""Holds today's headers against those of every released minor version: things are only added.

usage: released_headers.py RELEASED TODAY [WORDS]

RELEASED holds a folder 1.N for each minor; TODAY is an include folder. What an older header says, comments and BB_ABI_MINOR
aside, must stand in today's in the same order, with nothing but additions between. With WORDS it is the other way round:
something must be refused, and WORDS must be in what is said.
"""
import pathlib
import re
import sys

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|[^\w\s]')
LINES_SHOWN = 3


def code_of(text):
    return re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment.group()), text, flags=re.S)


def tokens_of(text):
    """Tokens with the number of their line."""
    found = []
    for number, line in enumerate(code_of(text).splitlines(), start=1):
        if not re.match(r"#\s*define BB_ABI_MINOR\b", line):
            found += [(token, number) for token in TOKEN.findall(line)]
    return found


def first_lost(older, today):
    """The line of the first token of `older` that `today` does not have after those before it; None where it has all."""
    rest = iter(token for token, _ in tokens_of(today))
    for token, line in tokens_of(older):
        if not any(token == other for other in rest):
            return line
    return None


def problems(released, today):
    found = []
    for minor in sorted(folder for folder in released.iterdir() if folder.is_dir()):
        headers = sorted((minor / "bb" / "abi").rglob("*.h"))
        if not headers:
            found.append(f"{minor}: holds no headers")
        for header in headers:
            now = today / header.relative_to(minor)
            if not now.is_file():
                found.append(f"{now}: is not there any more, version {minor.name} has it")
                continue
            line = first_lost(header.read_text(), now.read_text())
            if line is not None:
                shown = header.read_text().splitlines()[line - 1:line - 1 + LINES_SHOWN]
                found.append(f"{now}: lacks, or has elsewhere, what version {minor.name} says in line {line}:\n  "
                             + "\n  ".join(shown))
    return found


def main():
    released, today = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    found = problems(released, today)
    print("\n".join(found))
    if len(sys.argv) > 3:
        is_refused = any(sys.argv[3] in text for text in found)
        print("refused as expected" if is_refused else f"not refused with '{sys.argv[3]}'")
        return 0 if is_refused else 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
