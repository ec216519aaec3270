#!/usr/bin/python3
"""A FHIR server behind SMART App Launch: the suite passes the sample portal, finds its defects by their rows, and is not
taken in by hosts that answer anything."""
import concurrent.futures
import json
import pathlib
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "fhir.smart.yaml"
PERSON = pathlib.Path(__file__).parent / "smart_person.py"
# The rows that fail; what was not to be judged then is not told here.
DEFECTS = {
    "smart-accepts-wrong-audience": {"FHIR-SMART-23"},
    "smart-needs-no-pkce": {"FHIR-SMART-20", "FHIR-SMART-27"},
    "smart-accepts-plain-pkce": {"FHIR-SMART-27"},
    "smart-accepts-other-redirect": {"FHIR-SMART-20"},
    "smart-token-without-patient": {"FHIR-SMART-30", "FHIR-SMART-37"},
    "smart-id-token-wrong-audience": {"FHIR-SMART-38"},
    "smart-id-token-expired": {"FHIR-SMART-38"},
    "smart-changes-state": {"FHIR-SMART-20"},
    "smart-access-after-revocation": {"FHIR-SMART-40"},
    "smart-scope-beyond-consent": {"FHIR-SMART-25"},
    "fhir-ignores-scope": {"FHIR-SMART-25", "FHIR-ERR-02"},
    "smart-code-after-denial": {"FHIR-SMART-25"},
    "smart-lists-plain": {"FHIR-SMART-03"},
}
# Those of what a person's browser does not show: tests/portal/smart_defects_test.cpp sees them.
NOT_SEEN = {"smart-accepts-wrong-verifier", "smart-accepts-used-code", "smart-refresh-after-revocation", "smart-reuse-keeps-family",
            "smart-token-cacheable", "smart-ignores-client-secret", "smart-accepts-replayed-assertion",
            "smart-accepts-expired-assertion", "smart-introspects-garbage"}


def target(folder, base_url, ca_file):
    file = folder / "target.yaml"
    file.write_text(json.dumps({  # JSON is YAML
        "format": "bluebridge-target/1", "target": "portal", "environment": "test",
        "roles": {"server": {"connector": "org.bluebridge.rest.fhir", "ca_file": str(ca_file), "redirect_uri": "http://127.0.0.1/callback",
                             "config": {"base_url": base_url, "client_id": "demo-public"}}},
        "patients": {"alice": {"account": "alice", "method": "user_redirect"}}}))
    return file


def run(folder, base_url, ca_file, *arguments):
    process = peers.bluebridge("run", SUITE, "--target", target(folder, base_url, ca_file), "--out", folder / "runs", "--browser", PERSON,
                               *arguments, PORTAL_CA=str(ca_file), PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE)
    return process, *peers.only_run(folder, process)


def judge(defect=None):
    """Process, run folder's faults that are noticed, and the report of the portal with a defect."""
    with peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
        process, run_folder, report = run(folder, portal.ready["smart"]["fhir_base"], portal.ready["ca_file"])
        return process, None if defect else peers.faults_noticed(run_folder), report


class FhirSmartTest(unittest.TestCase):
    def test_the_clean_portal_is_conformant_and_each_fault_in_its_evidence_would_be_noticed(self):
        process, noticed, report = judge()
        self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
        self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass"})
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertGreater(noticed, 30)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        listed = {name for name in peers.portal_defects() if name.startswith("smart-")}
        self.assertEqual(listed, {name for name in DEFECTS if name.startswith("smart-")} | NOT_SEEN)
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for defect, (_, _, report) in zip(DEFECTS, pool.map(judge, DEFECTS)):
                failed = {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}
                if failed != DEFECTS[defect]:
                    wrong.append(f"{defect}: {sorted(failed)}, expected {sorted(DEFECTS[defect])}\n{peers.told(report)}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    def nothing_passes(self, folder, url, ca_file):
        _, _, report = run(folder, url + "/fhir/r4", ca_file)
        passed = [name for name, outcome in peers.outcomes(report).items() if outcome in ("pass", "warn")]
        self.assertEqual(passed, [], peers.told(report))

    def test_a_host_that_is_dead_passes_nothing(self):
        with peers.temporary_folder() as folder, peers.https_server(folder, peers.echo) as (_, ca_file):
            self.nothing_passes(folder, f"https://127.0.0.1:{peers.closed_port()}", ca_file)

    def test_hosts_that_answer_anything_pass_nothing(self):
        for answer in (peers.echo, lambda handler, body: (200, "application/json", b""), lambda handler, body: (200, "application/json", b"{}")):
            with peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                self.nothing_passes(folder, url, ca_file)


if __name__ == "__main__":
    unittest.main()
