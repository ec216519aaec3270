#!/usr/bin/python3
"""Times whole runs of a suite against a FHIR server on loopback, and prints tables in Markdown.

    fhir_load.py BUILD            a run of 1,920 requests, answered after 200 ms, with 8 and 32 in flight
    fhir_load.py BUILD --peers    200 requests with assertions, answered at once, beside newman and stepci
    fhir_load.py BUILD --small    both with few requests, of us alone: that none rots

BUILD is the folder of the build. newman and stepci are npm packages in the folder BB_NODE_MODULES; without them --peers
ends with 77. The server is tests/e2e/slow_fhir.py, a process of its own, which is timed alone first. A time per request
is that of a command with all requests less that of one with a tenth of them, by the requests between.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import slow_fhir  # noqa: E402

RUNS = 3  # the median of them counts
AIM = 1.15  # of the time that the answers take by themselves


def timed(command, cwd, is_good=lambda done: done.returncode == 0):
    began = time.perf_counter()
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, capture_output=True,
                          env={**os.environ, "BB_LOAD_SECRET": "none", "STEPCI_DISABLE_ANALYTICS": "1"})
    took = time.perf_counter() - began
    if not is_good(done):
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return took


def ours(build, folder, base, in_flight, *shape):
    suite, target = slow_fhir.write(folder, base, {"max_in_flight": in_flight}, *shape)
    return [build / "bin" / "bluebridge", "run", suite, "--target", target, "--out", folder / "runs", "--plugins",
            build / "plugins", "--jobs", in_flight]


def alone(server, threads, each):
    """Requests a second of the server, asked by plain connections of this process."""
    def ask(_):
        line = http.client.HTTPConnection(server.origin.removeprefix("http://"))
        for _ in range(each):
            line.request("GET", "/fhir/Observation/1")
            line.getresponse().read()
        line.close()
    began = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, range(threads)))
    return threads * each / (time.perf_counter() - began)


def big_run(build, delay_ms, shape, many):
    count = shape[0] * shape[1] * shape[2]
    with slow_fhir.SlowFhir(0) as server:
        print(f"The server alone, without a wait: {alone(server, 8, 100):.0f} requests a second.\n")
    print(f"| {count} requests in {shape[0]} branches | wall time | requests x {delay_ms} ms / in flight | ratio | aim |")
    print("|---|---|---|---|---|")
    for in_flight in many:
        with slow_fhir.SlowFhir(delay_ms) as server, tempfile.TemporaryDirectory() as folder:
            took = timed(ours(build, pathlib.Path(folder), server.base, in_flight, *shape), folder)
            counts = server.counts()
        if len(counts["arrivals"]) != count or counts["open_max"] != in_flight:
            sys.exit(f"{len(counts['arrivals'])} requests came, {counts['open_max']} at once")
        ideal = count * delay_ms / 1000 / in_flight
        print(f"| {in_flight} in flight | {took:.2f} s | {ideal:.2f} s | {took / ideal:.3f} | {AIM} |", flush=True)


def newman(folder, base, count):
    test = ("const body = pm.response.json(); pm.test('it is there', () => { pm.response.to.have.status(200); "
            "pm.expect(body.resourceType).to.eql('Observation'); pm.expect(body.id).to.eql('NAME'); });")
    items = [{"name": f"r{one}", "request": {"method": "GET", "url": f"{base}/Observation/r{one}"},
              "event": [{"listen": "test", "script": {"exec": [test.replace("NAME", f"r{one}")]}}]} for one in range(count)]
    file = folder / "collection.json"
    file.write_text(json.dumps({"info": {"name": "load", "schema": "https://schema.getpostman.com/json/collection/"
                                         "v2.1.0/collection.json"}, "item": items}))
    return ["run", file, "--reporters", "json", "--reporter-json-export", folder / "newman.json"]


def stepci(folder, base, count):
    steps = [{"name": f"r{one}", "http": {"url": f"{base}/Observation/r{one}", "method": "GET",
                                          "check": {"status": 200, "jsonpath": {"$.resourceType": "Observation",
                                                                                "$.id": f"r{one}"}}}} for one in range(count)]
    file = folder / "workflow.json"
    file.write_text(json.dumps({"version": "1.1", "name": "load", "tests": {"load": {"steps": steps}}}))
    return ["run", file]


def beside_peers(build, modules, count):
    """Whole commands by turns; the counts of the server show that each sent every request."""
    few = count // 10
    rows = {"bluebridge run, one in flight": lambda folder, base, n: ours(build, folder, base, 1, n // 10, 1, 10),
            "bluebridge run, 8 in flight": lambda folder, base, n: ours(build, folder, base, 8, n // 10, 1, 10)}
    for name, arguments in (("newman", newman), ("stepci", stepci)) if modules else ():
        rows[name] = lambda folder, base, n, name=name, arguments=arguments: [
            modules / ".bin" / name, *arguments(folder, base, n)]
    times = {name: {few: [], count: []} for name in rows}
    with slow_fhir.SlowFhir(0) as server:
        for _ in range(RUNS):
            for name, command in rows.items():
                for number in (few, count):
                    with tempfile.TemporaryDirectory() as folder:
                        times[name][number].append(timed(command(pathlib.Path(folder), server.base, number), folder))
                    if (came := len(server.counts()["arrivals"])) != number:
                        sys.exit(f"{name} sent {came} requests of {number}")
    medians = {name: {number: statistics.median(of) for number, of in both.items()} for name, both in times.items()}
    each = {name: (of[count] - of[few]) / (count - few) for name, of in medians.items()}
    first, = [name for name in rows if "one in flight" in name]
    print(f"| {count} requests with assertions | whole command | of ours | a request | of ours |\n|---|---|---|---|---|")
    for name in rows:
        print(f"| {name} | {medians[name][count] * 1000:.0f} ms | {medians[name][count] / medians[first][count]:.1f} | "
              f"{each[name] * 1000:.2f} ms | {each[name] / each[first]:.1f} |")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--peers"], ["--small"]):
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    if sys.argv[2:] == ["--small"]:
        big_run(build, 20, (8, 1, 4), [4])
        beside_peers(build, None, 100)
    elif sys.argv[2:] == ["--peers"]:
        modules = pathlib.Path(os.environ.get("BB_NODE_MODULES", "node_modules"))
        missing = [name for name in ("newman", "stepci") if not (modules / ".bin" / name).exists()]
        if missing:
            print(f"SKIPPED: {' and '.join(missing)} not in BB_NODE_MODULES ({modules})")
            sys.exit(77)
        beside_peers(build, modules, 200)
    else:
        big_run(build, 200, (64, 6, 5), [8, 32])


if __name__ == "__main__":
    main()
