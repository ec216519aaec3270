#!/usr/bin/env python3
"""A mistake with the C++ wrapper must not compile, and say what is wrong.

usage: compile_fail.py INCLUDE_DIR SOURCE COMPILER...

SOURCE compiles as it is (asked of the first compiler), and with -DBB_MISTAKE
fails in each with the words after `// expected:` in its first lines. Exit status
77: a compiler is not there.
"""
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77


def problem(compiler, include_dir, source, words, is_first):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{include_dir}", source]
    if is_first:
        good = subprocess.run(command, capture_output=True, text=True, check=False)
        if good.returncode != 0:
            return f"{source}: must compile without the mistake\n{good.stderr}"
    bad = subprocess.run([*command, "-DBB_MISTAKE"], capture_output=True, text=True, check=False)
    if bad.returncode == 0:
        return f"{source}: {compiler} takes the mistake"
    if words not in bad.stderr:
        return f"{source}: expected '{words}' in the message of {compiler}, got\n{bad.stderr}"
    return ""


def main():
    include_dir, source, compilers = sys.argv[1], sys.argv[2], sys.argv[3:]
    expected = re.search(r"^// expected: (.+)$", pathlib.Path(source).read_text(), flags=re.M)
    if not expected:
        print(f"{source}: has no line '// expected: words'")
        return 1
    present = [compiler for compiler in compilers if shutil.which(compiler)]
    problems = [problem(compiler, include_dir, source, expected.group(1), compiler == compilers[0])
                for compiler in present]
    print("\n".join(text for text in problems if text))
    if any(problems):
        return 1
    if present != compilers:
        print(f"SKIPPED: {' '.join(set(compilers) - set(present))} is not installed")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
