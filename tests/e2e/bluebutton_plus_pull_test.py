#!/usr/bin/python3
"""A provider of Blue Button+ Pull and its registry: the suite passes the sample portal, finds its defects by their rows, and
is not taken in by hosts that answer anything."""
import concurrent.futures
import json
import pathlib
import unittest

import direct_target
import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "bluebutton_plus.pull.yaml"
PERSON = pathlib.Path(__file__).parent / "smart_person.py"
# The rows that fail or, where they are a SHOULD's, warn; what was not to be judged then is not told here.
DEFECTS = {
    "pull-registry-without-keys": {"01", "04"},
    "pull-provider-without-sign-in": {"02"},
    "pull-apps-without-fixed": {"03", "12"},  # an application cannot know what it may not change
    "pull-refuses-open-registration": {"10", "11"},
    "pull-refuses-trusted-registration": {"12"},
    "pull-registration-loses-members": {"13"},
    "pull-accepts-bad-combination": {"14"},
    "pull-secret-for-public": {"15"},
    "pull-no-registration-token": {"15"},
    "pull-reuses-client": {"16"},
    "pull-accepts-incomplete-jwt": {"17"},
    "pull-accepts-bad-signature": {"18"},
    "pull-accepts-unknown-registry": {"18"},
    "pull-accepts-expired-jwt": {"18"},
    "pull-ignores-introspection": {"19"},
    "pull-app-changes-fixed": {"03", "20"},
    "pull-accepts-other-redirect": {"21", "39"},
    "pull-no-warning": {"22", "23"},
    "pull-hides-redirect": {"23"},
    "pull-hides-app-uri": {"24"},
    "pull-changes-state": {"30", "31-b", "36"},  # no application that looks at its state gets a token
    "pull-implicit-broken": {"30-b"},
    "pull-underscore-scope": {"32", "33"},
    "pull-grant-type-code": {"30", "36"},
    "pull-token-without-expiry": {"35", "35-b"},
    "pull-expiry-as-text": {"35-b"},
    "pull-errors-on-page": {"39"},
    "pull-no-challenge": {"38"},
    "pull-reads-other-patients": {"34"},
    "pull-ignores-scope": {"58"},
    "pull-summary-html-first": {"50"},
    "pull-summary-xml-only": {"51"},
    "pull-ignores-format": {"52"},
    "pull-broken-atom": {"53"},
    "pull-entry-without-type": {"54"},
    "pull-wrong-media-type": {"56"},
    "pull-dead-locations": {"56"},
    "pull-search-ignores-type": {"55"},
    "pull-search-first-type-only": {"55"},
    "pull-search-ignores-period": {"55"},
    "pull-nothing-is-404": {"57"},
}


def target(folder, url, ca_file, pull=None):
    """The portal's target file; of a host that is none without the registry's key."""
    pull = pull or {"key_file": folder / "ca.key", "key_id": "none", "algorithm": "ES256"}
    file = folder / "target.yaml"
    file.write_text(json.dumps({  # JSON is YAML
        "format": "bluebridge-target/1", "target": "portal", "environment": "test",
        "roles": {"provider": {
            "connector": "org.bluebridge.rest.pull", "ca_file": str(ca_file), "redirect_uri": "http://127.0.0.1/callback",
            "secrets": {"registry_key": {"file": str(pull["key_file"])}},
            "config": {"registry_url": url, "client_name": "Test application", "client_uri": "https://test.example/app",
                       "registry_key": "registry_key", "registry_key_id": pull["key_id"], "registry_algorithm": pull["algorithm"]}}},
        "patients": {account: {"account": account, "method": "user_redirect", "family_name": name}
                     for account, name in (("alice", "Newman"), ("bruno", "Little"))},
        "options": {"implicit": "declared"}}))
    return file


def run(folder, file, ca_file, *arguments, **more):
    process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--browser", PERSON, *arguments,
                               PORTAL_CA=str(ca_file), PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE, **more)
    return process, *peers.only_run(folder, process)


def judge(*arguments, defect=None):
    """Process, run folder's faults that are noticed, and the report of the portal with a defect."""
    with peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
        ready = portal.ready
        file = target(folder, ready["pull"]["registry"], ready["ca_file"], ready["pull"])
        process, run_folder, report = run(folder, file, ready["ca_file"], *arguments)
        return process, None if defect else peers.faults_noticed(run_folder, are_skips_allowed=True), report


class BlueButtonPlusPullTest(unittest.TestCase):
    def conformant(self, *arguments):
        process, noticed, report = judge(*arguments)
        self.assertEqual(set(peers.outcomes(report).values()), {"pass", "omit"}, peers.told(report))
        self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] == "omit"],
                         ["authorization.categories_seen", "limits.sent"])
        # What is left out leaves no evidence to put a fault into. One row says why it has no test, the other is a permission
        # of which this portal, without Direct, makes no use.
        self.assertEqual({row["id"] for row in report["requirements"] if row["outcome"] != "pass"} - {"BBP-PULL-31"}, {"BBP-PULL-40"})
        # The drafts are historic: their rows are told, and no verdict rests on them.
        self.assertEqual(process.returncode, 3, process.stdout + process.stderr)
        self.assertIn("Nothing that counts was judged", process.stdout)
        return noticed

    def test_the_clean_portal_is_conformant_and_each_fault_in_its_evidence_would_be_noticed(self):
        self.assertGreater(self.conformant(), 75)
        self.assertEqual(peers.processes_under(), [])

    def test_the_clean_portal_is_conformant_with_the_connector_in_the_same_process(self):
        self.conformant("--in-process")

    def test_a_provider_is_judged_without_the_registrys_key_and_its_pages_by_a_person(self):
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            ready = portal.ready
            jwt = folder / "jwt"
            jwt.write_text(ready["pull"]["apps"][0]["registration_jwt"])
            file = target(folder, ready["pull"]["registry"], ready["ca_file"], ready["pull"])
            described = json.loads(file.read_text())
            described["roles"]["provider"]["secrets"] = {"jwt": {"file": str(jwt)}}
            described["roles"]["provider"]["config"] = {"registry_url": ready["pull"]["registry"], "registration_jwt": "jwt",
                                                        "client_uri": ready["pull"]["apps"][0]["client_uri"], "registration": "trusted"}
            described["options"] = {"registry_key": "not_held", "page_about_app": "after_sign_in", "scope_check": "after_sign_in"}
            file.write_text(json.dumps(described))
            answers = peers.write_answers(folder, "bluebutton_plus.pull/authorization.categories_seen")
            _, _, report = run(folder, file, ready["ca_file"], "--answers", answers)
            outcomes = peers.outcomes(report)
            self.assertEqual(set(outcomes.values()), {"pass", "omit", "attested"}, peers.told(report))
            omitted = {name.partition("[")[0] for name, outcome in outcomes.items() if outcome == "omit"}
            self.assertEqual(omitted, {"authorization.wrong_scope", "authorization.state", "registration.incomplete_jwt", "registration.keyless_jwt", "registration.forged_jwt",
                                       "registration.unknown_registry", "registration.expired_jwt", "registration.withdrawn_jwt",
                                       "authorization.experimental", "authorization.semi_trusted", "authorization.trusted",
                                       "authorization.implicit", "limits.sent"})
            self.assertEqual(outcomes["authorization.categories_seen"], "attested")

    def test_a_portal_with_direct_sends_what_a_person_allows(self):
        with peers.temporary_folder() as folder:
            direct_target.make_pki(folder)
            with direct_target.World(folder) as world:
                ready = world.portal.ready
                file = target(folder, ready["pull"]["registry"], ready["ca_file"], ready["pull"])
                described = json.loads(file.read_text())
                described["roles"]["inbox"] = json.loads(world.target({}))["roles"]["inbox"]
                file.write_text(json.dumps(described))
                _, run_folder, report = run(folder, file, ready["ca_file"], "--filter", "*/limits.*", **world.ENVIRONMENT)
            self.assertEqual(peers.outcomes(report)["limits.sent"], "pass", peers.told(report))
            peers.faults_noticed(run_folder)

    def test_each_defect_is_found_by_its_requirements(self):
        listed = {name for name in peers.portal_defects() if name.startswith("pull-")}
        self.assertEqual(listed, set(DEFECTS))
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for defect, (_, _, report) in zip(DEFECTS, pool.map(lambda name: judge("--in-process", defect=name), DEFECTS)):
                failed = {row["id"].removeprefix("BBP-PULL-") for row in report["requirements"] if row["outcome"] in ("fail", "warn")}
                if failed != DEFECTS[defect]:
                    wrong.append(f"{defect}: {sorted(failed)}, expected {sorted(DEFECTS[defect])}\n{peers.told(report)}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    def nothing_passes(self, folder, url, ca_file):
        _, _, report = run(folder, target(folder, url, ca_file), ca_file)
        passed = [name for name, outcome in peers.outcomes(report).items() if outcome in ("pass", "warn")]
        self.assertEqual(passed, [], peers.told(report))

    def test_a_host_that_is_dead_passes_nothing(self):
        with peers.temporary_folder() as folder, peers.https_server(folder, peers.echo) as (_, ca_file):
            self.nothing_passes(folder, f"https://127.0.0.1:{peers.closed_port()}", ca_file)

    def test_hosts_that_answer_anything_pass_nothing(self):
        for body in (None, b"", b"{}", b"[]", b"[{}]"):
            answer = peers.echo if body is None else lambda handler, _, body=body: (200, "application/json", body)
            with self.subTest(body), peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                self.nothing_passes(folder, url, ca_file)


if __name__ == "__main__":
    unittest.main()
