#!/usr/bin/python3
"""Times one `bluebridge run --jobs 2` of all suites that one target of the sample portal serves (tests/e2e/every_suite.py).

    every_suite_run.py BUILD [DATA]

BUILD is the folder of the build. DATA is a folder of `bluebridge data import` with FHIR R4, US Core and CARIN for Blue Button
and C-CDA; without it the tests that need their definitions end as errors. Prints a row in Markdown."""
import os
import pathlib
import resource
import sys
import time

os.environ.setdefault("BB_SOURCE_DIR", str(pathlib.Path(__file__).resolve().parents[2]))
os.environ.setdefault("BB_BINARY_DIR", str(pathlib.Path(sys.argv[1]).resolve()))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import every_suite  # noqa: E402
import fhir_smart_test  # noqa: E402
import peers  # noqa: E402


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(data=None):
    with peers.temporary_folder() as folder:
        keys = fhir_smart_test.make_applications(folder)
        with peers.Portal(*every_suite.portal_arguments(keys), records=peers.SOURCE / "samples" / "records") as portal:
            words = every_suite.words(folder, every_suite.holder(portal.ready, keys), every_suite.HOLDER, "--jobs", "2",
                                      *(["--data", data] if data else []))
            began, before = time.perf_counter(), cpu()
            done = peers.bluebridge("run", *words, "--out", folder / "runs", timeout=600, **every_suite.environment(portal.ready))
            took, used = time.perf_counter() - began, cpu() - before
            _, report = peers.only_run(folder, done)
    wrong = [test for test in report["tests"] if test["outcome"] == "fail"]
    if wrong or (data and any(test["outcome"] == "error" for test in report["tests"])):
        sys.exit(peers.told(report))
    print("| suites | tests | wall time | processors | aim |\n|---|---|---|---|---|")
    print(f"| {len(every_suite.HOLDER)} | {len(report['tests'])} | {took:.1f} s | {used:.1f} s | 30 s |")


if __name__ == "__main__":
    main(*sys.argv[2:])
