"""The claim `valid`: the sample portal's C-CDA by HL7's schema and rules, in runs and demos."""
import json
import unittest

import peers
import vdt_target

SUITE = peers.SOURCE / "conformance" / "suites" / "outputs.ccda.yaml"


class ValidTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (peers.DATA / "schemas").is_dir():
            peers.skip_loudly(f"no published schemas at {peers.DATA}")
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        cls.rules = cls.folder / "rules"
        imported = peers.bluebridge("data", "import", "--data", cls.rules, peers.DATA / "schemas")
        if imported.returncode != 0:
            raise AssertionError(imported.stderr)

    def outcomes(self, report):
        return {test["name"]: (test["outcome"], test.get("kind", "")) for test in report["tests"]
                if test["suite"] == "outputs.ccda"}

    def run_suite(self, name, data):
        """Status, and outcome with kind of each test."""
        folder = self.folder / name
        folder.mkdir()
        with peers.Portal() as portal:
            ready = portal.ready
            people = {"alice": peers.person("alice", "BB_TEST_PASSWORD_0", family_name="Newman", record="alice")}
            (folder / "target.yaml").write_text(
                peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people))
            process = peers.bluebridge("run", SUITE, "--target", folder / "target.yaml", "--out", folder / "runs",
                                       "--data", data, **peers.passwords(["alice"]))
        run, report = peers.only_run(folder, process)
        return process.returncode, self.outcomes(report), run

    def test_the_portals_documents_are_valid_where_the_rules_are_at_hand(self):
        status, outcomes, run = self.run_suite("with", self.rules)
        self.assertEqual(outcomes, {"sign_in": ("pass", ""), "download": ("pass", ""), "transmit": ("pass", "")})
        self.assertEqual(status, 0)
        # What a verdict rests on is in the run: which rules, by their hash.
        hashes = [entry["files"][0]["sha256"][:12] for entry in
                  json.loads(peers.bluebridge("data", "list", "--json", "--data", self.rules).stdout)["sets"]
                  if entry["id"] == "ccda-2.1"]
        self.assertIn(f"C-CDA R2.1 Schematron ({hashes[0]})", (run / "events.ndjson").read_text())
        # Faults in the recorded documents are noticed.
        self.assertEqual(peers.faults_noticed(run, "--data", self.rules), 6)

    def test_without_the_rules_nothing_is_valid_and_nobody_is_blamed(self):
        status, outcomes, _ = self.run_suite("without", self.folder / "nothing")
        self.assertEqual(outcomes["download"], ("error", "validator_unavailable"))
        self.assertEqual(outcomes["transmit"], ("error", "validator_unavailable"))
        self.assertEqual(status, 3)

    def test_the_records_for_certification_are_valid(self):
        for setting in ("ambulatory", "inpatient"):
            folder = self.folder / setting
            folder.mkdir()
            with self.subTest(setting), vdt_target.portal() as portal:
                _, run, report = vdt_target.run(folder, portal.ready, "2015", "--filter", "*/valid_document", "--data",
                                                self.rules, setting=setting)
                self.assertEqual(peers.outcomes(report)["valid_document"], "pass", peers.told(report))
                peers.faults_noticed(run, "--data", self.rules, are_skips_allowed=True)

    def test_a_demo_judges_documents_where_the_rules_are_at_hand(self):
        process, _, report = peers.demo(self.folder / "demo", "--data", self.rules)
        self.assertEqual((process.returncode, self.outcomes(report)["download"]), (0, ("pass", "")), process.stderr)
        process, _, report = peers.demo(self.folder / "plain")
        self.assertEqual((process.returncode, self.outcomes(report)), (0, {}), process.stderr)


if __name__ == "__main__":
    unittest.main()
