#!/usr/bin/python3
"""Times `bluebridge run --jobs 2` of all suites on the sample programs: those that one target of the sample portal serves in one
run (tests/e2e/every_suite.py), and each run of the stages of samples/stages.

    every_suite_run.py BUILD [DATA]

BUILD is the folder of the build. DATA is a folder of `bluebridge data import` with FHIR R4, US Core and CARIN for Blue Button
and C-CDA; without it the tests that need their definitions end as errors. Prints tables in Markdown."""
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
import healthvault_target  # noqa: E402
import peers  # noqa: E402
import stages  # noqa: E402

BROWSERS = {"healthvault.platform": "shell_browser.py"}
HAS_JOBS = {"healthvault.platform"}  # its runs say how many themselves


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def check(report, data):
    wrong = [test for test in report["tests"] if test["outcome"] == "fail"]
    if wrong or (data and any(test["outcome"] == "error" for test in report["tests"])):
        sys.exit(peers.told(report))


def one_run(data):
    """Of the suites that one target serves: number of suites, tests, seconds, seconds of processors."""
    with peers.temporary_folder() as folder:
        keys = fhir_smart_test.make_applications(folder)
        with peers.Portal(*every_suite.portal_arguments(keys), records=peers.SOURCE / "samples" / "records") as portal:
            words = every_suite.words(folder, every_suite.holder(portal.ready, keys), every_suite.HOLDER, "--jobs", "2", *data)
            began, before = time.perf_counter(), cpu()
            done = peers.bluebridge("run", *words, "--out", folder / "runs", timeout=600, **every_suite.environment(portal.ready))
            took, used = time.perf_counter() - began, cpu() - before
            _, report = peers.only_run(folder, done)
    check(report, data)
    return len(every_suite.HOLDER), len(report["tests"]), took, used


def stage_runs(name, data):
    """Of each run of a stage that has a suite which one_run() has not: suites, tests, seconds."""
    if set(suite for part in stages.read(name)["runs"] for suite in part["suites"]) <= set(every_suite.HOLDER):
        return
    words = list(data)
    if stages.read(name).get("needs_browser"):
        words += ["--browser", peers.SOURCE / "tests" / "e2e" / BROWSERS.get(name, "smart_person.py")]
    if name not in HAS_JOBS:
        words += ["--jobs", "2"]
    with peers.temporary_folder() as folder:
        for suites, took, _, report in stages.run(name, folder, *words):
            check(report, data)
            yield suites, len(report["tests"]), took


def main(folder=None):
    data = ["--data", folder] if folder else []
    os.environ.setdefault("BLUEBRIDGE_SCHEMAS", str(healthvault_target.SCHEMAS))
    suites, tests, took, used = one_run(data)
    print("| suites | tests | wall time | processors | aim |\n|---|---|---|---|---|")
    print(f"| {suites} | {tests} | {took:.1f} s | {used:.1f} s | 30 s |")
    print("\n| stage | suites | tests | wall time |\n|---|---|---|---|")
    for name in stages.names():
        for suites, tests, took in stage_runs(name, data):
            print(f"| {name} | {', '.join(suites)} | {tests} | {took:.1f} s |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[2:])
