"""How long the command takes to start: the median of 100 runs, beside /bin/true."""
import os
import pathlib
import statistics
import subprocess
import time

BIN = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin" / "bluebridge"


def milliseconds(*command):
    def once():
        before = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - before) * 1000

    once()
    times = sorted(once() for _ in range(100))
    return f"min {times[0]:6.2f}  median {statistics.median(times):6.2f}  max {times[-1]:6.2f} ms"


for name, command in {"/bin/true": ["/bin/true"], "bluebridge version": [BIN, "version"],
                      "bluebridge run --help": [BIN, "run", "--help"],
                      "bluebridge suite lint pledge": [BIN, "suite", "lint", pathlib.Path(os.environ["BB_SOURCE_DIR"]) /
                                                       "conformance" / "suites" / "pledge.data_holder.yaml"]}.items():
    print(f"{name:30} {milliseconds(*map(str, command))}")
