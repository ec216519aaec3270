"""Runs a GoogleTest program, or a test of tests/e2e, as N processes at once, each with its share of the tests.

    in_shards.py N PROGRAM ARGUMENT...

For tests that wait more than they work; what a process says is printed when it has ended. Where none fails, but one
ends as skipped (77), this does too.
"""
import os
import subprocess
import sys
import tempfile

SKIPPED = 77
count, command = int(sys.argv[1]), sys.argv[2:]
shards = []
for index in range(count):
    said = tempfile.TemporaryFile()
    environment = {**os.environ, "GTEST_TOTAL_SHARDS": str(count), "GTEST_SHARD_INDEX": str(index)}
    shards.append((subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment), said))
statuses = []
for process, said in shards:
    statuses.append(process.wait())
    said.seek(0)
    sys.stdout.buffer.write(said.read())
failed = sum(status not in (0, SKIPPED) for status in statuses)
sys.exit(f"in_shards: {failed} of {count} processes failed" if failed else max(statuses))
