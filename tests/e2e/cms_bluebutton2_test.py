#!/usr/bin/python3
"""A server of claims as CMS Blue Button 2.0: the suite passes the sample portal in both versions, in process and isolated, finds its
defects by their rows, and is not taken in by hosts that answer anything."""
import concurrent.futures
import json
import unittest

import fhir_target
import peers

# The rows that fail; what was not to be judged then is not told here.
DEFECTS = {
    "cms-endpoints-without-slash": {"FHIR-BB2-01"},
    "cms-says-stu3": {"FHIR-BB2-05"},
    "cms-token-of-any-version": {"FHIR-BB2-07"},
    "cms-accepts-plain-pkce": {"FHIR-BB2-08"},
    "cms-accepts-short-state": {"FHIR-BB2-09"},
    "cms-ignores-client-secret": {"FHIR-BB2-10"},
    "cms-accepts-wrong-verifier": {"FHIR-BB2-10"},
    "cms-no-grant-expiration": {"FHIR-BB2-11"},
    "cms-ten-hour-tokens": {"FHIR-BB2-11", "FHIR-BB2-12"},
    "cms-refresh-reused": {"FHIR-BB2-13"},
    "cms-refuses-new-scopes": {"FHIR-BB2-14"},
    "cms-keeps-demographics": {"FHIR-BB2-15"},
    "cms-ignores-scopes": {"FHIR-BB2-15"},
    "cms-userinfo-of-another": {"FHIR-BB2-16"},
    "cms-count-unbounded": {"FHIR-BB2-17"},
    "cms-paging-repeats": {"FHIR-BB2-17"},
    "cms-ignores-type": {"FHIR-BB2-18"},
    "cms-ignores-service-date": {"FHIR-BB2-19"},
    "cms-reads-other-patients": {"FHIR-BB2-20"},
    "cms-unknown-is-server-error": {"FHIR-BB2-22"},
    "cms-lets-inactive-in": {"FHIR-BB2-23"},
    "cms-strips-minus": {"FHIR-BB2-24"},
    "cms-old-medicare-number": {"FHIR-BB2-25"},
    "cms-accepts-post": {"FHIR-BB2-26"},
    "cms-misses-capabilities": {"FHIR-BB2-27"},
    "cms-refresh-after-revocation": {"FHIR-SMART-40"},
}


def target(folder, url, ca_file, version="2", secret="none"):
    file = folder / "client_secret"
    file.write_text(secret)
    secrets = {"client_secret": {"file": str(file)}}
    config = {"base_url": f"{url}/v{version}/fhir", "profile": "cms-bb2", "client_id": "cms-app", "authentication": "client_secret_basic"}
    return fhir_target.write(
        folder, {"connector": "org.bluebridge.rest.fhir", "redirect_uri": "http://127.0.0.1/callback", "config": config,
                 "ca_file": str(ca_file), "secrets": secrets},
        {account: {"account": account, "method": "user_redirect", "secrets": secrets} for account in fhir_target.NAMES},
        {"version": version, "other_version": "3" if version == "2" else "2", "inactive_application": "known",
         "insurance_card": "offered"})


def judge(defect=None, version="2", arguments=()):
    """Process, the faults that are noticed in the evidence of a clean portal, and the report."""
    with peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
        cms = portal.ready["cms"]
        secret = next(one["client_secret"] for one in cms["clients"] if one["client_id"] == "cms-app")
        file = target(folder, portal.ready["url"], portal.ready["ca_file"], version, secret)
        process, run_folder, report = fhir_target.run(folder, "cms.bluebutton2", file, *arguments)
        return process, None if defect else peers.faults_noticed(run_folder, are_skips_allowed=True), report


class CmsBlueButton2Test(unittest.TestCase):
    def test_the_clean_portal_is_conformant_and_each_fault_in_its_evidence_would_be_noticed(self):
        for version, arguments in ("2", ("--in-process",)), ("3", ()):
            with self.subTest(version=version):
                process, noticed, report = judge(version=version, arguments=arguments)
                outcomes = peers.outcomes(report)
                # What is of the other version alone does not apply.
                apart = {"2": {"discovery.asymmetric", "asking.scope_needed", "record.insurance_card"}, "3": {"asking.no_scope"}}[version]
                self.assertEqual({name for name, outcome in outcomes.items() if outcome != "pass"}, apart, peers.told(report))
                self.assertEqual({outcomes[name] for name in apart}, {"omit"}, peers.told(report))
                failed = {row["id"] for row in report["requirements"] if row["outcome"] not in ("pass", "omit")}
                self.assertEqual(failed, set())
                self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
                self.assertGreater(noticed, 80)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        self.assertEqual({name for name in peers.portal_defects() if name.startswith("cms-")}, set(DEFECTS))
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for defect, (_, _, report) in zip(DEFECTS, pool.map(judge, DEFECTS)):
                failed = {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}
                if failed != DEFECTS[defect]:
                    wrong.append(f"{defect}: {sorted(failed)}, expected {sorted(DEFECTS[defect])}\n{peers.told(report)}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    def nothing_passes(self, folder, url, ca_file):
        _, _, report = fhir_target.run(folder, "cms.bluebutton2", target(folder, url, ca_file))
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
