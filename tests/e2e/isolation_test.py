"""The same evidence both ways: the suites of a demo with connectors in this process and in their own.

The other suites call nothing that these do not call.
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import peers

BINARY = pathlib.Path(os.environ["BB_BINARY_DIR"])

# What is normalised, and nothing else; published in docs/reference/isolation.md.
TIME_MEMBERS = {"at", "us", "started", "until", "first_byte_ms", "total_ms", "timeout_ms"}
HASH_MEMBERS = {"chain", "run_file"}  # of what has the others in it
PATTERNS = [
    # RFC 3339 times of the run, wherever they stand
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)\d\d(\.\d+)?Z"), "TIME"),
    # and those of mail, RFC 5322
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000"), "TIME"),
    # and those of VA-style text
    (re.compile(r"\b\d{2} [A-Z][a-z]{2} \d{4} @ \d{4}( \+00:00)?"), "TIME"),
    (re.compile(r"_\d{8}_\d{4}\.txt\b"), "_TIME.txt"),  # in its file name
    # ports
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    # names that the portal makes at random
    (re.compile(r"\bshare-[A-Za-z0-9_-]{32}"), "SHARE"),
    (re.compile(r"<[A-Za-z0-9_-]{32}@localhost>"), "<MESSAGE@localhost>"),
    (re.compile(r"\b_bb_[0-9a-f]{32}"), "BOUNDARY"),
    (re.compile(r"(/bb-RUN-)[A-Za-z0-9_-]{32}"), r"\1INBOX"),
]
IN_PROCESS_NOTE = "connectors ran in process"


def normalised_text(text, run):
    text = text.replace(run, "RUN")
    for pattern, by in PATTERNS:
        text = pattern.sub(by, text)
    return text


def normalised(value, run, blobs):
    if isinstance(value, str):
        return normalised_text(value, run)
    if isinstance(value, list):
        return [normalised(v, run, blobs) for v in value if v != IN_PROCESS_NOTE]
    if isinstance(value, dict):
        if set(value) == {"blob", "bytes"}:
            # A body by its hash: the content is compared, and the hash follows from it.
            content = next(blobs.rglob(value["blob"])).read_bytes().decode("latin-1")
            return {"content": normalised_text(content, run)}
        # A demo's target file lies in its own folder under a random name, with ports and all.
        return {k: normalised(v, run, blobs) for k, v in value.items()
                if k not in TIME_MEMBERS | HASH_MEMBERS and k != "settings"}
    return value


class SameEvidenceTest(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.rules = cls.enterClassContext(peers.temporary_folder()) / "rules"
        cls.suites = {"pledge.data_holder", "outputs.ccda"}
        if (peers.DATA / "schemas").is_dir():
            imported = peers.bluebridge("data", "import", "--data", cls.rules, peers.DATA / "schemas")
            if imported.returncode != 0:
                raise AssertionError(imported.stderr)
        else:
            print(f"no published schemas at {peers.DATA}: the suite of documents is left out")
            cls.suites = {"pledge.data_holder"}

    def run_demo(self, folder, *options):
        done = subprocess.run([BINARY / "bin" / "bluebridge", "demo", "--out", folder, "--seed", "7", "--jobs", "1", "--data",
                               self.rules, *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (events,) = pathlib.Path(folder).glob("*/events.ndjson")
        lines = [json.loads(line) for line in events.read_text().splitlines()]
        run = lines[0]["run"]
        peers.judged_again(events.parent, "--data", self.rules)
        self.assertEqual({suite["id"] for suite in lines[0]["suites"]}, self.suites)
        blobs = events.parent / "blobs"
        return lines[0]["notes"], [json.dumps(normalised(line, run, blobs), sort_keys=True) for line in lines]

    def same(self, one, other):
        self.assertGreater(len(one), 300)
        for a, b in zip(one, other):
            self.assertEqual(a, b)
        self.assertEqual(len(one), len(other))

    def test_the_evidence_is_the_same_in_process_and_isolated(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            isolated_notes, isolated = self.run_demo(one)
            in_process_notes, in_process = self.run_demo(other, "--in-process")
        self.assertNotIn(IN_PROCESS_NOTE, isolated_notes)
        self.assertIn(IN_PROCESS_NOTE, in_process_notes)
        self.same(isolated, in_process)

    def test_checking_the_connectors_tells_nothing_of_good_ones_and_changes_nothing(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, tempfile.TemporaryDirectory() as three:
            _, plain = self.run_demo(one)
            _, isolated = self.run_demo(two, "--check-connectors")
            _, in_process = self.run_demo(three, "--check-connectors", "--in-process")
        self.same(isolated, in_process)
        self.assertIn('"connectors_checked": true, ', isolated[0])
        isolated[0] = isolated[0].replace('"connectors_checked": true, ', "")
        self.same(isolated, plain)


if __name__ == "__main__":
    unittest.main()
