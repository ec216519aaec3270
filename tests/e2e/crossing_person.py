#!/usr/bin/python3
"""A person whose way back is crossed with another's, as `bluebridge run --browser` starts one.

    crossing_person.py ADDRESS

Signs in at the sample portal and allows. Before going back, leaves the way back in CROSSING/PERSON, waits for that of CROSSING_OTHER, and
goes where the other should, with what is for this one. The status that comes is left in CROSSING/PERSON.status. Goes the right way after
that, unless CROSSING_ONLY is set.
"""
import os
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import smart_person


def get(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(address, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


def write(file, text):
    whole = file.with_suffix(".part")
    whole.write_text(text)
    whole.rename(file)


def main(address):
    own, folder = os.environ["BLUEBRIDGE_PERSON"], pathlib.Path(os.environ["CROSSING"])
    back = smart_person.way_back(address)
    write(folder / own, back)
    other = folder / os.environ["CROSSING_OTHER"]
    deadline = time.monotonic() + 30
    while not other.exists():
        if time.monotonic() > deadline:
            sys.exit("the other did not come")
        time.sleep(0.02)
    there, query = other.read_text().partition("?")[0], back.partition("?")[2]
    write(folder / f"{own}.status", str(get(f"{there}?{query}")))
    if "CROSSING_ONLY" not in os.environ:
        get(back)


if __name__ == "__main__":
    main(sys.argv[1])
