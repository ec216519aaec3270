#!/usr/bin/python3
"""Delivery into a health record: the demo's portal does it rightly, and each of its mistakes is found by its row."""
import signal
import subprocess
import time
import unittest

import peers

SUITE = "healthvault.client"

# Defect of the portal, the test that finds it, and the row of the catalogue that the test speaks for.
DEFECTS = [
    ("record-wrong-record", "requests", "HV-PERM-01"),
    ("record-swaps-ids", "requests", "HV-PERM-01"),
    ("record-rewrites-signed", "requests", "HV-ENV-07"),
    ("record-signs-wrongly", "requests", "HV-ENV-08"),
    ("record-wrong-order", "requests", "HV-ENV-02"),
    ("record-old-time", "requests", "HV-ENV-06"),
    ("record-wrong-type", "arrives", "HV-TYPE-02"),
    ("record-alters-document", "arrives", "HV-PUT-11"),
    ("record-no-source", "arrives", "HV-PUT-09"),
    ("record-new-sessions", "shared_session", "HV-AUTH-07"),
    ("record-constant-secret", "expired_session", "HV-AUTH-04"),
    ("record-ignores-expiry", "expired_session", "HV-AUTH-07"),
    ("record-renews-for-ever", "always_expired", "HV-RSP-04"),
    ("record-ignores-timeout", "timed_out", "HV-RSP-04"),
    ("record-gives-up", "failed_once", "HV-ENV-12"),
    ("record-repeats-for-ever", "failed_for_ever", "HV-ENV-12-b"),
    ("record-doubles", "lost_answer", "HV-ENV-13"),
    ("record-hides-failure", "refused[10]", "HV-RSP-02"),
    ("record-keeps-on", "withdrawn", "HV-PERM-07"),
    ("record-waits-for-ever", "hangs", "HV-CX-09"),
    ("record-wrong-blob-hash", "file", "HV-BLOB-03"),
    ("record-codes-without-text", "entries.texts", "HV-TYPE-10"),
    ("record-weight-in-pounds", "entries.weight", "HV-TYPE-04"),
    ("record-pads-dates", "entries.dates", "HV-TYPE-11"),
]
SHOULD = {"HV-PUT-09", "HV-ENV-12"}


class HealthVaultClientTest(unittest.TestCase):
    def demo(self, *arguments):
        folder = self.enterContext(peers.temporary_folder())
        return peers.demo(folder, "--transport", "healthvault", *arguments, timeout=300)

    def rows(self, report):
        return {row["id"]: row["outcome"] for row in report["requirements"]}

    def test_the_portal_keeps_every_row_and_the_suite_notices_every_fault(self):
        process, run, report = self.demo()
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertRegex(process.stdout, r"Verdict: conformant, \d+ attested")
        self.assertEqual(set(peers.outcomes(report, SUITE).values()), {"pass", "attested"}, peers.told(report))
        pledge = peers.outcomes(report, "pledge.data_holder")
        self.assertEqual(pledge["transmit"], "pass")
        self.assertEqual(pledge["transmit_to_record"], "pass")
        peers.faults_noticed(run)
        page = (run / "report.html").read_text()
        self.assertIn("Delivery into a health record", page)
        self.nothing_is_left(run)

    def nothing_is_left(self, run):
        self.assertEqual(peers.processes_under(), [])
        self.assertEqual([entry.name for entry in run.parent.iterdir()], [run.name])
        for file in run.rglob("*"):
            if file.is_file():
                self.assertFalse(b"PRIVATE KEY" in file.read_bytes(), file)

    def test_ctrl_c_leaves_nothing_but_the_run(self):
        folder = self.enterContext(peers.temporary_folder())
        demo = subprocess.Popen([peers.BIN / "bluebridge", "demo", "--transport", "healthvault", "--out", folder / "runs"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=peers.environment())
        peers.until(lambda: list(folder.glob("runs/*/events.ndjson")), 60)
        time.sleep(1)
        demo.send_signal(signal.SIGINT)
        _, said = demo.communicate(timeout=60)
        self.assertEqual(demo.returncode, 5, said)
        self.nothing_is_left(next(folder.glob("runs/*/events.ndjson")).parent)

    def test_every_defect_of_deliveries_is_in_the_table(self):
        listed = peers.portal_defects()
        self.assertEqual(sorted(name for name in listed if name.startswith("record-")), sorted(row[0] for row in DEFECTS))

    def test_a_share_that_never_arrives_is_found_by_the_pledge_too(self):
        process, _, report = self.demo("--defect", "share-never-arrives", "--filter", "pledge.data_holder/transmit")
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(peers.outcomes(report)["transmit"], "fail")

    def test_a_document_under_a_wrong_type_is_found_by_the_pledge_too(self):
        _, _, report = self.demo("--defect", "record-wrong-type", "--filter", "pledge.data_holder/transmit_to_record")
        self.assertEqual(peers.outcomes(report)["transmit"], "pass")  # it arrives all the same
        self.assertEqual(peers.outcomes(report)["transmit_to_record"], "fail")

    def test_a_defect_of_records_needs_the_platform(self):
        process = peers.bluebridge("demo", "--defect", "record-wrong-type")
        self.assertEqual(process.returncode, 2)
        self.assertIn("--transport healthvault", process.stderr)


def found(defect, name, row):
    def test(self):
        _, _, report = self.demo("--defect", defect, "--filter", f"{SUITE}/{name.split('[')[0]}*")
        outcome = "warn" if row in SHOULD else "fail"
        self.assertEqual(peers.outcomes(report, SUITE)[name], outcome, peers.told(report))
        self.assertEqual(self.rows(report)[row], outcome)
    return test


# One test each, so that several processes can share them.
for each in DEFECTS:
    setattr(HealthVaultClientTest, "test_finds_" + each[0].replace("-", "_"), found(*each))


if __name__ == "__main__":
    peers.main()
