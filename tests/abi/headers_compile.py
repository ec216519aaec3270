#!/usr/bin/env python3
"""Compiles every ABI header alone, in every standard the ABI promises.

usage: headers_compile.py COMPILER_C COMPILER_CXX INCLUDE_DIR [HEADER_DIR WORDS]

One translation unit per header and standard, `-Wall -Wextra -Wpedantic -Werror`,
C11 once more with -Wpadded. Every struct is used, since compilers lay out (and
judge the padding of) used structs alone. Includes other than <stddef.h>,
<stdint.h> and bb/abi/ are refused. With WORDS it is the other way round: the headers must be refused,
and WORDS must be in what is said. Exit status 77: the compiler is not there.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
STANDARDS = [("c", "c99"), ("c", "c11"), ("c", "c17"),
             ("c++", "c++11"), ("c++", "c++14"), ("c++", "c++17"), ("c++", "c++20")]
ALLOWED_INCLUDE = re.compile(r'^<std(def|int)\.h>$|^"bb/abi/[a-z_/]+\.h"$')


def structs_of(text):
    without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.findall(r"\bstruct (\w+) \{", without_comments)


def bad_includes(header):
    includes = re.findall(r"^#\s*include\s+(\S+)", header.read_text(), flags=re.M)
    return [f"{header}: includes {name}, only <stddef.h>, <stdint.h> and \"bb/abi/...\" are allowed"
            for name in includes if not ALLOWED_INCLUDE.match(name)]


def unit(header):
    uses = "".join(f"extern const char bb_use_{name}[sizeof(struct {name})];\n" for name in structs_of(header.read_text()))
    return f'#include "{header}"\n{uses}extern int bb_unit_is_not_empty;\n'


def compile_one(compiler, language, standard, extra, include_dir, source):
    command = [compiler, "-x", language, f"-std={standard}", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic",
               "-Werror", *extra, f"-I{include_dir}", str(source)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else f"{' '.join(command)}\n{run.stderr}"


def main():
    compiler_c, compiler_cxx = sys.argv[1:3]
    include_dir = pathlib.Path(sys.argv[3]).resolve()
    header_dir = pathlib.Path(sys.argv[4]).resolve() if len(sys.argv) > 4 else include_dir / "bb" / "abi"
    expected_words = sys.argv[5] if len(sys.argv) > 5 else None
    if not shutil.which(compiler_c) or not shutil.which(compiler_cxx):
        print(f"SKIPPED: {compiler_c} or {compiler_cxx} is not installed; the headers were not compiled with it")
        return SKIPPED
    headers = sorted(header_dir.rglob("*.h"))
    if not headers:
        print(f"no headers below {header_dir}")
        return 1
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "unit.txt"
        for header in headers:
            problems += bad_includes(header)
            source.write_text(unit(header))
            for language, standard in STANDARDS:
                compiler = compiler_c if language == "c" else compiler_cxx
                problems.append(compile_one(compiler, language, standard, [], include_dir, source))
                count += 1
            problems.append(compile_one(compiler_c, "c", "c11", ["-Wpadded"], include_dir, source))
            count += 1
    problems = [text for text in problems if text]
    if expected_words is not None:
        is_refused = any(expected_words in text for text in problems)
        print(f"{header_dir}: " + ("refused as expected" if is_refused else f"not refused with '{expected_words}'"))
        return 0 if is_refused else 1
    print("\n".join(problems))
    print(f"{len(headers)} headers, {count} translation units with {compiler_c} and {compiler_cxx}, "
          f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
