#!/usr/bin/python3
"""How a system receives by Direct: the suite passes the right portal, and finds each of its defects."""
import concurrent.futures
import json
import pathlib
import tempfile
import unittest

import direct_peers
import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "direct.receive.yaml"
BOB, DOMAIN = "bob@direct.bob.example", "direct.portal.example"
SETTLE_MS = 5000  # on a machine that is busy with other tests
EXPECTED = json.loads((pathlib.Path(__file__).parent / "direct_receive.json").read_text())["defects"]


def impatient_suite(folder):
    """The suite, with an hour for a notification cut down to seconds: a portal with a defect never sends it."""
    text = SUITE.read_text()
    assert "within: 60m" in text
    (folder / "requirements").symlink_to(SUITE.parent.parent / "requirements")
    (folder / "suites").mkdir()
    suite = folder / "suites" / SUITE.name
    suite.write_text(text.replace("within: 60m", "within: 15s"))
    return suite


def run(*arguments, defect=None, look_at=lambda folder: None, answered=()):
    """The suite against a portal: (process, report), after `look_at` had the run folder."""
    with tempfile.TemporaryDirectory(prefix="bb-e2e-") as name:
        folder = pathlib.Path(name)
        with (direct_peers.mail_room(pki, pki / "zone.yaml", f"bob:secret={BOB}", f"{DOMAIN}:secret=@{DOMAIN}") as room,
              direct_peers.portal(pki, DOMAIN, room.ready, defect=defect) as portal):
            (folder / "target.yaml").write_text(direct_peers.receiving_target(
                pki, portal, room.ready, BOB, f"alice@{DOMAIN}", unknown_recipient=f"nobody@{DOMAIN}",
                settle=SETTLE_MS))
            suite = impatient_suite(folder) if defect else SUITE
            if answered:
                arguments += ("--answers", peers.write_answers(folder, *answered))
            process = peers.bluebridge("run", suite, "--target", folder / "target.yaml", "--out", folder / "runs",
                                       *arguments)
            run_folder, report = peers.only_run(folder, process)
            look_at(run_folder)
            return process, report


class DirectReceiveTest(unittest.TestCase):
    def test_the_right_portal_is_conformant_and_each_fault_in_its_evidence_would_be_noticed(self):
        def measure(folder):
            self.assertGreater(peers.faults_noticed(folder), 80)

        process, report = run(look_at=measure, answered=["direct.receive/documents.shown"])
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr + peers.told(report))
        self.assertEqual(report["verdict"]["word"], "conformant, 1 attested", peers.told(report))
        self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] != "pass"], ["documents.shown"],
                         peers.told(report))

    def test_each_defect_is_found_by_its_requirements(self):
        def check(item):
            defect, expected = item
            filters = [word for test in expected["tests"] for word in ("--filter", f"direct.receive/{test}")]
            _, report = run(*filters, defect=defect)
            found = [row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn")]
            found += [test["name"] for test in report["tests"] if test["outcome"] == "fail" and not test.get("verifies")]
            is_right = sorted(found) == sorted(expected["fail"])
            return is_right, f"{defect}: {found}, expected {expected['fail']}\n{peers.told(report)}"

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            wrong = [why for is_right, why in pool.map(check, EXPECTED.items()) if not is_right]
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_every_defect_is_named_by_the_suite(self):
        text = SUITE.read_text()
        self.assertEqual([defect for defect in EXPECTED if f"{{defect: {defect}}}" not in text], [])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bb-e2e-") as name:
        pki = pathlib.Path(name)
        direct_peers.make_pki(pki, "--address", BOB, "--domain", DOMAIN)
        direct_peers.zone(pki, [BOB, DOMAIN])
        unittest.main()
