#!/usr/bin/python3
"""Tests in several processes fail where one fails, and are skipped where one is."""
import pathlib
import subprocess
import sys
import unittest

IN_SHARDS = pathlib.Path(__file__).parent / "in_shards.py"


class InShardsTest(unittest.TestCase):
    def run_shards(self, *statuses):
        """A process for each status, which it ends with after it has said its share."""
        program = ("import os, sys; index = os.environ['GTEST_SHARD_INDEX']; "
                   f"print('share', index, 'of', os.environ['GTEST_TOTAL_SHARDS']); sys.exit({statuses}[int(index)])")
        return subprocess.run([sys.executable, IN_SHARDS, str(len(statuses)), sys.executable, "-c", program], text=True,
                              capture_output=True, timeout=30)

    def test_each_process_has_its_share_and_is_heard(self):
        done = self.run_shards(0, 0, 0)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.splitlines(), ["share 0 of 3", "share 1 of 3", "share 2 of 3"])

    def test_one_that_fails_or_is_killed_fails_all(self):
        for statuses in ((0, 1), (1, 77), (77, 1)):
            done = self.run_shards(*statuses)
            self.assertEqual((done.returncode, done.stderr), (1, "in_shards: 1 of 2 processes failed\n"), statuses)

    def test_one_that_is_skipped_skips_all(self):
        for statuses in ((77, 77), (0, 77), (77, 0)):
            self.assertEqual(self.run_shards(*statuses).returncode, 77, statuses)


if __name__ == "__main__":
    unittest.main()
