"""The ABI's headers as a later minor version might have them, for tests: today's with something added in each way
that docs/abi/versioning.md allows.

  newer_headers.py FROM TO     FROM is .../include/bb/abi; TO gets the same files, changed
"""
import pathlib
import sys

# In which file, at the end of which text, what is added.
ADDITIONS = [
    ("base.h", "  BB_E_RATE_LIMITED = 301,\n", "  BB_E_MOVED_ELSEWHERE = 304,\n"),
    ("base.h", "  void(BB_CALL* progress)(bb_call* call, uint64_t done, uint64_t total, bb_str note);\n",
     "  bb_str trace_parent;\n"),
    ("plugin.h", "  const void*(BB_CALL* get_interface)(bb_connector* connector, const char* id);\n",
     "  bb_status(BB_CALL* self_test)(void);\n"),
    ("ext/view.h", "  bb_status(BB_CALL* read)(bb_connector* c, bb_call* call, bb_str item_id, bb_content_sink* out);\n",
     "  bb_status(BB_CALL* watch)(bb_connector* c, bb_call* call);\n"),
]
MINOR = ("base.h", "#define BB_ABI_MINOR 0u\n", "#define BB_ABI_MINOR 5u\n")


def newer(name, text):
    for file, place, result in [MINOR, *((file, place, place + added) for file, place, added in ADDITIONS)]:
        if file != name:
            continue
        if text.count(place) != 1:
            sys.exit(f"newer_headers: {name} has '{place.strip()}' {text.count(place)} times, expected once")
        text = text.replace(place, result)
    return text


def main():
    origin, target = map(pathlib.Path, sys.argv[1:])
    for file in sorted(origin.rglob("*.h")):
        name = str(file.relative_to(origin))
        made = target / name
        made.parent.mkdir(parents=True, exist_ok=True)
        text = newer(name, file.read_text())
        if not made.exists() or made.read_text() != text:
            made.write_text(text)


main()
