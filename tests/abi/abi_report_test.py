#!/usr/bin/env python3
"""scripts/abi-report says what the headers gained, and fails where it cannot say it.

usage: abi_report_test.py SOURCE. Exit status 77: abidiff is not there.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
SOURCE = pathlib.Path(sys.argv.pop()).resolve()
FIELD = "  uint64_t term_count;\n"


class AbiReportTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-abi-report-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def report(self, *include, **environment):
        done = subprocess.run([SOURCE / "scripts/abi-report", self.folder / "out", *include], text=True, capture_output=True,
                              env={**os.environ, **environment}, check=False)
        file = self.folder / "out/1.0.txt"
        return done, file.read_text() if file.exists() else ""

    def changed(self, addition):
        include = self.folder / "include"
        shutil.copytree(SOURCE / "sdk/include/bb/abi", include / "bb/abi")
        content = include / "bb/abi/ext/content.h"
        self.assertEqual(content.read_text().count(FIELD), 1)
        content.write_text(content.read_text().replace(FIELD, addition))
        return include

    def test_says_that_nothing_is_different(self):
        done, text = self.report(SOURCE / "tests/abi/headers/1.0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(text, "No difference between the headers of ABI 1.0 and today's.\n")
        self.assertIn("1.0.txt: no difference", done.stdout)

    def test_names_a_field_that_was_added_and_is_no_failure(self):
        done, text = self.report(self.changed(FIELD + "  bb_str more;\n"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("1.0.txt: differences, for the reviewer", done.stdout)
        self.assertIn("1 data member insertion:", text)
        self.assertIn("'bb_str more'", text)

    def test_fails_without_abidiff(self):
        tools = self.folder / "tools"
        tools.mkdir()
        for name in ("sh", "dirname", "mkdir", "find", "sort", "sed", "cat", "gcc", "as", "ld", "collect2"):
            if found := shutil.which(name):
                (tools / name).symlink_to(found)
        done, _ = self.report(PATH=str(tools))
        self.assertEqual(done.returncode, 1)
        self.assertIn("install abigail-tools", done.stderr)


if not shutil.which("abidiff"):
    print("SKIPPED: abidiff is not installed; the report on the ABI was not made")
    sys.exit(SKIPPED)
unittest.main()
