"""The suite onc.ehi_export: the sample portal's export is conformant, each defect of it is noticed at its requirement and
nowhere else, and dead systems pass nothing."""
import json
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "onc.ehi_export.yaml"
# From the requirement catalogue, not from a run. Of VDT-EHI-04, our own SHOULD, the claim is the same as of -01.
EXPECTED = {
    "ehi-export-on-request": ["VDT-EHI-01"],
    "ehi-export-as-page": ["VDT-EHI-01"],
    "ehi-export-without-messages": ["VDT-EHI-01"],
    "ehi-export-without-record": ["VDT-EHI-01", "VDT-EHI-04"],
    "ehi-format-behind-sign-in": ["VDT-EHI-03"],
}


def run(folder, url, ca_file, *arguments):
    # Of alice.xml, read by hand.
    person = peers.person("alice", "BB_TEST_PASSWORD_0", family_name="Newman", full_name="Alice Jones Newman",
                          facts=["Hemoglobin [Mass/volume] in Blood", "Thyrotropin"])
    target = {"format": "bluebridge-target/1", "target": "export", "roles": {
                  "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": url}, "ca_file": str(ca_file)},
                  "site": {"connector": "org.bluebridge.rest.pages", "config": {"base_url": url}, "ca_file": str(ca_file)}},
              "patients": {"alice": person,
                           "bruno": peers.person("bruno", "BB_TEST_PASSWORD_1", family_name="Bruno", full_name="Bruno")}}
    file = folder / "target.yaml"
    file.write_text(json.dumps(target))
    answers = peers.write_answers(folder, "onc.ehi_export/population")
    process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--answers", answers, *arguments,
                               **peers.passwords(["alice", "bruno"]))
    return process, *peers.only_run(folder, process)


def run_on_portal(folder, *arguments, defect=None):
    with peers.Portal(records=peers.SOURCE / "samples" / "records", defect=defect) as portal:
        return run(folder, portal.ready["url"], portal.ready["ca_file"], *arguments)


class EhiExportTest(unittest.TestCase):
    def test_the_clean_portal_is_conformant_and_faults_are_noticed(self):
        with peers.temporary_folder() as folder:
            process, run_folder, report = run_on_portal(folder)
            self.assertEqual((process.returncode, report["verdict"]["word"]), (0, "conformant, 1 attested"),
                             peers.told(report) + process.stderr)
            self.assertGreaterEqual(peers.faults_noticed(run_folder), 10)

    def test_where_it_is_not_claimed_it_does_not_apply(self):
        with peers.temporary_folder() as folder:
            report = run_on_portal(folder, "--option", "ehi_export=none")[2]
            self.assertEqual(set(peers.outcomes(report).values()), {"omit"})

    def test_each_defect_fails_its_row(self):
        for defect, rows in EXPECTED.items():
            with self.subTest(defect), peers.temporary_folder() as folder:
                report = run_on_portal(folder, "--in-process", defect=defect)[2]
                self.assertEqual(peers.violated(report), rows, peers.told(report))

    def test_dead_systems_pass_nothing(self):
        for answer in (lambda handler, body: (200, None, b""), lambda handler, body: (200, "text/html", b""), peers.echo):
            with peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                report = run(folder, url, ca_file)[2]
                passed = [name for name, outcome in peers.outcomes(report).items() if outcome in ("pass", "warn", "omit")]
                self.assertFalse(passed)


if __name__ == "__main__":
    peers.main()
