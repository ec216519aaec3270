#!/usr/bin/python3
"""Bulk Data Access: the suite passes the sample portal, finds each of its defects by the rows, and is not taken in."""
import json
import time
import unittest

import fhir_target
import peers

SUITE = "fhir.bulk"
# Defect -> the requirements that fail by it.
EXPECTED = {"fhir-bulk-file-without-token": ["FHIR-BULK-05", "FHIR-BULK-07"],
            "fhir-bulk-serves-deleted": ["FHIR-BULK-06"]}


def target_of(folder, ready):
    service = next(client for client in ready["smart"]["clients"] if client["client_id"] == "demo-backend")
    return fhir_target.service_target(folder, ready["fhir"], ready["ca_file"], service)


class BulkTest(unittest.TestCase):
    def test_the_portal_passes_and_each_fault_in_the_evidence_would_be_noticed(self):
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            rules = folder / "rules"
            fhir_target.import_definitions(rules)
            target = target_of(folder, portal.ready)
            process, run_folder, report = fhir_target.run(folder, SUITE, target, "--data", rules)
            self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
            self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass"})
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder, "--data", rules), 25)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        text = (fhir_target.SUITES / f"{SUITE}.yaml").read_text()
        for defect, expected in EXPECTED.items():
            self.assertIn(f"{{defect: {defect}}}", text)
            with self.subTest(defect), peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
                _, _, report = fhir_target.run(folder, SUITE, target_of(folder, portal.ready))
                found = sorted(row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn"))
                self.assertEqual(found, expected, peers.told(report))

    def test_an_export_that_never_ends_fails_at_the_deadline_of_the_step(self):
        with peers.temporary_folder() as folder:
            def waiting(handler, body):
                return 202, None, b""

            suite = folder / "waits.yaml"
            suite.write_text(json.dumps({
                "format": "bluebridge-suite/1", "suite": "waits", "version": "1.0.0", "title": "Waits",
                "requirements": {"W-1": {"level": "SHALL", "text": "It ends."}},
                "roles": {"server": {"needs": ["session", "probe"], "title": "The server"}},
                "tests": {"wait": {"title": "It ends", "verifies": "W-1", "timeout": "3s", "steps": [
                    {"do": "server.sign_in", "as": "alice", "expect": [{"result": "ok"}]},
                    {"do": "server.probe", "expect": [{"status": 200}],
                     "with": {"name": "fhir-request", "path": "bulk/1", "while_status": 202}}],
                    "catches": [{"in": "probe", "set": {"status": True}, "to": 202}]}}}))
            with peers.https_server(folder, waiting) as (url, ca_file):
                target = fhir_target.open_target(folder, url + "/r4", ca_file)
                content = json.loads(target.read_text())
                target.write_text(json.dumps({**content, "options": {}}))
                begun = time.monotonic()
                _, _, report = fhir_target.run_file(folder, suite, target)
                self.assertGreaterEqual(time.monotonic() - begun, 3)
            self.assertEqual(report["tests"][0]["outcome"], "fail", report)
            self.assertIn("found 202", report["tests"][0]["cause"])


class DeadHostsTest(unittest.TestCase):
    """A suite that passes against a dead system proves nothing: no test may pass."""

    def nobody_passes(self, folder, url, ca_file):
        target = fhir_target.open_target(folder, url, ca_file)
        content = json.loads(target.read_text())
        content["patients"]["service"] = {"method": "none", "role": "staff"}
        target.write_text(json.dumps({**content, "options": {}}))
        process, _, report = fhir_target.run(folder, SUITE, target)
        outcomes = peers.outcomes(report)
        self.assertGreater(len(outcomes), 12)
        self.assertLessEqual(set(outcomes.values()), {"fail", "skip"})
        self.assertLessEqual({row["outcome"] for row in report["requirements"]}, {"fail", "skip"})
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)

    def test_nothing_passes_against_a_closed_port_an_empty_200_and_an_echo(self):
        def empty(handler, body):
            return 200, "application/json", b""

        with peers.temporary_folder() as folder:
            self.nobody_passes(folder, f"https://127.0.0.1:{peers.closed_port()}/r4", peers.make_certificate(folder))
        for answer in (empty, peers.echo):
            with self.subTest(answer.__name__), peers.temporary_folder() as folder:
                with peers.https_server(folder, answer) as (url, ca_file):
                    self.nobody_passes(folder, url + "/r4", ca_file)


if __name__ == "__main__":
    peers.main()
