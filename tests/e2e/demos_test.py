"""Demos as people start them: over any records, and several at once."""
import shutil
import subprocess
import unittest

import peers


class DemosTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())

    def test_a_portal_with_one_patient_is_judged_like_any_other(self):
        for person in ("alice", "bruno", "zoe", "dmitri"):
            with self.subTest(person):
                records = self.folder / person
                records.mkdir()
                shutil.copy(peers.SOURCE / "samples" / "records" / f"{person}.xml", records)
                result = peers.bluebridge("demo", "--records", records, "--out", self.folder / "runs")
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                self.assertIn("conformant, 7 attested", result.stdout)

    def test_people_without_a_caregiver_get_one_and_a_note(self):
        shutil.copy(peers.SOURCE / "samples" / "records" / "zoe.xml", self.folder / "Zoë O'Neill \"Z\".xml")
        (self.folder / "people.yaml").write_text("people:\n  zoe: {record: \"Zoë O'Neill \\\"Z\\\".xml\"}\n")
        result = peers.bluebridge("demo", "--records", self.folder, "--out", self.folder / "runs")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("conformant, 7 attested", result.stdout)
        self.assertIn("people.yaml names nobody for the part: caregiver, former-caregiver, stranger", result.stderr)

    def test_demos_that_share_a_folder_do_not_meet(self):
        out = self.folder / "together"
        demos = [subprocess.Popen([peers.BIN / "bluebridge", "demo", "--out", out], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, env=peers.environment()) for _ in range(4)]
        for demo in demos:
            text, _ = demo.communicate(timeout=120)
            self.assertEqual(demo.returncode, 0, text)
        left = [entry.name for entry in out.iterdir()]
        self.assertEqual(len(left), 4, left)  # a run folder each, nothing beside


if __name__ == "__main__":
    unittest.main()
