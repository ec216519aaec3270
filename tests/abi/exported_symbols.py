#!/usr/bin/env python3
"""Says whether a plugin defines exactly one dynamic symbol, bb_plugin_v1.

usage: exported_symbols.py NM LIBRARY [NAME]

With NAME it is the other way round: the library must be refused for that symbol.
"""
import subprocess
import sys


def main():
    nm, library = sys.argv[1], sys.argv[2]
    listing = subprocess.run([nm, "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    names = sorted(line.split()[-1] for line in listing.splitlines())
    if len(sys.argv) > 3:
        is_refused = names != ["bb_plugin_v1"] and sys.argv[3] in names
        print(f"{library}: defines {', '.join(names)}")
        return 0 if is_refused else 1
    if names == ["bb_plugin_v1"]:
        return 0
    print(f"{library}: defines {', '.join(names) or 'nothing'}, expected bb_plugin_v1 alone")
    return 1


if __name__ == "__main__":
    sys.exit(main())
