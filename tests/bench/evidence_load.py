"""What a run of many tests costs, and its evidence afterwards: lint, plan, run, verify, replay, mutate.

Whole commands, the sample portal in another process, its connector in process: `evidence_load.py BUILD_FOLDER [COUNT...]`
prints a table of docs/performance.md: seconds of processor time and MiB of each command for suites of so many tests, each an exchange of
its own with four claims, a save and a fault. Linear is what grows no faster than the number of tests.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
COUNTS = [int(word) for word in sys.argv[2:]] or [1000, 3000, 10000]
PASSWORD = "bench-password"


def suite(count):
    tests = "".join(f"""
  view_{i}:
    title: The patient views the record for the time number {i}
    needs: sign_in
    verifies: BENCH-01
    steps:
      - do: portal.list
        expect:
          - result: ok
          - json: $.items[*]
          - {{json: "$.items[*].kind", contains: summary}}
          - {{time: total, max: 50s, level: SHOULD}}
        save: {{first: {{json: "$.items[0].id"}}}}
      - check: [{{value: $view_{i}.first, exists: true}}]
    catches:
      - {{in: list, drop: {{json: "$.items"}}}}
""" for i in range(1, count))
    return f"""format: bluebridge-suite/1
suite: bench.usual
version: "1.0.0"
title: Bench
requirements:
  BENCH-01: {{level: SHALL, text: The portal shows the record.}}
inputs:
  patient: {{type: person, title: Test patient, default: alice, phi: true}}
roles:
  portal: {{needs: [session, view, download], title: The portal}}
tests:
  sign_in:
    title: The patient signs in
    steps: [{{do: portal.sign_in, as: $patient, expect: [result: ok]}}]
{tests}"""


def measured(*words):
    """Seconds of processors, which other work beside it changes little, and MiB at most of one command."""
    process = subprocess.Popen([BUILD / "bin" / "bluebridge", *map(str, words)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env={**os.environ, "BB_BENCH": f"{PASSWORD}-alice"})
    error = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"{words}: {error}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    portal = subprocess.Popen([BUILD / "bin" / "bluebridge-portal", "--port", "0"], stdout=subprocess.PIPE, stdin=subprocess.PIPE,
                              env={**os.environ, "BLUEBRIDGE_PORTAL_PASSWORD": PASSWORD})
    ready = json.loads(portal.stdout.readline())
    print("| tests | `suite lint` | `run --plan` | `run` | `evidence verify` | `evidence replay` | `suite mutate` |\n" + "|---" * 7 + "|")
    try:
        for count in COUNTS:
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                (folder / "suite.yaml").write_text(suite(count))
                (folder / "target.yaml").write_text(json.dumps({
                    "format": "bluebridge-target/1", "target": "bench", "title": "Bench", "version": "1",
                    "roles": {"portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": ready["url"]},
                                         "ca_file": ready["ca_file"]}},
                    "patients": {"alice": {"account": "alice", "secrets": {"password": {"env": "BB_BENCH"}}}}}))
                files = (folder / "suite.yaml", "--target", folder / "target.yaml")
                cells = [measured("suite", "lint", files[0]), measured("run", *files, "--plan"),
                         measured("run", *files, "--in-process", "--jobs", "1", "--out", folder / "runs")]
                run = next((folder / "runs").iterdir())
                cells += [measured("evidence", "verify", run), measured("evidence", "replay", run),
                          measured("suite", "mutate", run, "--jobs", "2")]
                print(f"| {count:,} | " + " | ".join(f"{s:.2f} s, {m:.0f} MiB" for s, m in cells) + " |", flush=True)
    finally:
        portal.terminate()
        portal.wait()


if __name__ == "__main__":
    main()
