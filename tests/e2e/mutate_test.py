#!/usr/bin/python3
"""suite mutate with a stage: a defect that a test notices counts, one that no claim sees survives, one that the portal
cannot be started with is told; and nothing is left behind."""
import json
import signal
import subprocess
import unittest

import jsonschema

import peers

SCHEMA = json.loads((peers.SOURCE / "conformance" / "schemas" / "mutation.schema.json").read_text())
# The page of alice.xml names its patient; of what the test `weak` claims nothing depends on the record.
STRONG = [{"result": "ok"}, {"body": "text", "contains": "$patient.family_name"}]
WEAK = [{"result": "ok"}]


def viewing(title, claims, *catches):
    return {"title": title, "verifies": "R-VIEW", "catches": list(catches), "needs": "sign_in",
            "steps": [{"do": "portal.view", "with": {"kind": "summary"}, "expect": claims}]}


def defect(name):
    return {"defect": name}


class MutateTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())

    def stage(self, tests, **more):
        """The stage file of a suite with these tests, which is beside it."""
        (self.folder / "small.yaml").write_text(json.dumps({
            "format": "bluebridge-suite/1", "suite": "small", "version": "1.0.0", "title": "Small",
            "requirements": {"R-VIEW": {"level": "SHALL", "text": "The page shows the record."}},
            "inputs": {"patient": {"type": "person", "title": "Patient", "default": "alice"}},
            "roles": {"portal": {"title": "The portal", "needs": ["session", "view"]}},
            "tests": {"sign_in": {"title": "Alice signs in", "steps": [
                {"do": "portal.sign_in", "as": "$patient", "expect": [{"result": "ok"}]}]}, **tests}}))
        file = self.folder / "stage.yaml"
        file.write_text(json.dumps({
            "format": "bluebridge-stage/1", "title": "Small",
            "programs": [{"name": "portal", "program": "bluebridge-portal", "has_defects": True,
                          "arguments": ["--port", "0", "--exit-with-parent", "--records", "${samples}/records"],
                          "environment": {"BLUEBRIDGE_PORTAL_PASSWORD": "${password}"}}],
            "secrets": {"alice": "${password}-alice"},
            "target": {"format": "bluebridge-target/1", "target": "small", "roles": {"portal": {
                "connector": "org.bluebridge.rest.portal", "ca_file": "${portal.ca_file}",
                "config": {"base_url": "${portal.url}"}}},
                "patients": {"alice": {"account": "alice", "secrets": {"password": {"file": "${run}/alice"}},
                                       "family_name": "Newman"}}},
            "runs": [{"suites": ["small.yaml"]}], **more}))
        return file

    def measure(self, tests, *arguments, **more):
        """The process, and of each fault its verdict; what is printed keeps its schema."""
        process = peers.bluebridge("suite", "mutate", "--portal", self.stage(tests, **more), "--json", "--jobs", "2",
                                   *arguments, TMPDIR=str(self.folder))
        self.assertNotEqual(process.stdout, "", process.stderr)
        measured = json.loads(process.stdout)
        jsonschema.Draft202012Validator(SCHEMA).validate(measured)
        self.assertEqual(peers.processes_under(), [])
        self.assertEqual(list(self.folder.glob("mutate-*")), [], "what the runs wrote is gone")
        return process, measured, {(m["test"], m["fault"]): m["verdict"] for m in measured["mutants"]}

    def test_what_is_noticed_counts_and_a_weak_claim_has_survivors(self):
        process, measured, verdicts = self.measure({
            "strong": viewing("A strong test", STRONG, defect("view-empty"), {"in": "view", "drop": {"body": "text"}}),
            "weak": viewing("A weak test", WEAK, defect("view-empty"), defect("direct-sha1"))})
        self.assertEqual(verdicts, {
            ("strong", "defect view-empty"): "noticed", ("strong", "drop body text in view"): "noticed",
            ("weak", "defect view-empty"): "missed", ("weak", "defect direct-sha1"): "not applicable"})
        self.assertEqual(process.returncode, 1, process.stderr)
        self.assertEqual([(s["name"], s["noticed"], s["applied"], s["not_applicable"]) for s in measured["suites"]],
                         [("small", 2, 3, 1)])
        self.assertEqual([(s["name"], s["noticed"], s["applied"]) for s in measured["requirements"]], [("R-VIEW", 2, 3)])
        survivors = {s["fault"]: s for s in measured["survivors"]}
        self.assertEqual({fault: s["requirements"] for fault, s in survivors.items()},
                         {"defect view-empty": ["R-VIEW"], "defect direct-sha1": ["R-VIEW"]})
        self.assertEqual(survivors["defect view-empty"]["detail"], "with the defect 'weak' is pass")
        # The portal's own words: it does not speak Direct there.
        self.assertIn("bluebridge-portal did not start", survivors["defect direct-sha1"]["detail"])
        self.assertIn("--direct-domain", survivors["defect direct-sha1"]["detail"])

    def test_what_cannot_be_applied_is_no_success(self):
        # A test that fails without the defect proves nothing of it.
        tests = {"wrong": viewing("A wrong test", [{"body": "text", "contains": "Nobody of that name"}], defect("view-empty")),
                 "strong": viewing("A strong test", STRONG, {"in": "view", "drop": {"body": "text"}})}
        process, measured, verdicts = self.measure(tests)
        self.assertEqual(verdicts, {("wrong", "defect view-empty"): "not applicable",
                                    ("strong", "drop body text in view"): "noticed"})
        self.assertEqual(process.returncode, 3, process.stderr)
        self.assertIn("without a defect small/wrong is fail", process.stderr)
        self.assertEqual(measured["survivors"][0]["detail"], "'wrong' is fail without the defect too")

    def test_survivors_are_told_to_people(self):
        stage = self.stage({"weak": viewing("A weak test", WEAK, {"in": "view", "drop": {"body": "text"}})})
        process = peers.bluebridge("suite", "mutate", "--portal", stage, "--out", self.folder / "kept")
        self.assertEqual(process.returncode, 1, process.stderr)
        self.assertIn("survivors:\nR-VIEW: small/weak: drop body text in view\n    not noticed: every claim still holds\n",
                      process.stdout)
        self.assertEqual(len(list(self.folder.glob("kept/mutate-*/clean/run-1/runs/*/events.ndjson"))), 1)

    def test_all_is_noticed(self):
        process, _, _ = self.measure({"strong": viewing("A strong test", STRONG, {"in": "view", "drop": {"body": "text"}})})
        self.assertEqual(process.returncode, 0, process.stderr)

    def test_a_stage_with_mistakes_starts_nothing(self):
        tests = {"strong": viewing("A strong test", STRONG)}
        for more, said in (({"stages": []}, "unknown key 'stages'"),
                           ({"target": {"format": "bluebridge-target/1", "target": "${portal.uri}"}},
                            "'${portal.uri}' names 'uri', which is not there; there is: ready, url"),
                           ({"programs": [{"name": "portal", "program": "bluebridge-gate"}]},
                            "program 'bluebridge-gate' is neither beside this program nor in PATH"),
                           ({"programs": [{"name": "portal", "program": "bluebridge-portal", "arguments": ["--nonsense"]}]},
                            "bluebridge-portal did not start"),
                           ({"runs": [{"suites": ["other.yaml"]}]}, "other.yaml")):
            with self.subTest(said):
                process = peers.bluebridge("suite", "mutate", "--portal", self.stage(tests, **more))
                self.assertEqual(process.returncode, 2, process.stderr)
                self.assertIn(said, process.stderr)
                self.assertEqual(process.stdout, "")

    def test_a_stage_with_a_sign_in_by_a_page_needs_a_browser(self):
        process = peers.bluebridge("suite", "mutate", "--portal", self.stage({"strong": viewing("A strong test", STRONG)}, needs_browser=True))
        self.assertEqual(process.returncode, 3, process.stderr)
        self.assertIn("add --browser", process.stderr)

    def test_a_cancelled_measurement_leaves_nothing(self):
        # The portal runs, and a program beside it takes its time to become ready.
        stage = self.stage({"strong": viewing("A strong test", STRONG)})
        described = json.loads(stage.read_text())
        described["programs"].append({"name": "late", "program": "sleep", "arguments": ["50"]})
        stage.write_text(json.dumps(described))
        measuring = subprocess.Popen([peers.BIN / "bluebridge", "suite", "mutate", "--portal", stage], text=True,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                     env=peers.environment(TMPDIR=str(self.folder)))
        peers.until(lambda: list(self.folder.glob("mutate-*/clean/late.err")), 30)
        self.assertGreaterEqual(len(peers.processes_under()), 3)
        measuring.send_signal(signal.SIGTERM)
        said, _ = measuring.communicate(timeout=20)
        self.assertEqual((measuring.returncode, said), (5, ""))
        self.assertEqual(peers.processes_under(), [])
        self.assertEqual(list(self.folder.glob("mutate-*")), [])


if __name__ == "__main__":
    unittest.main()
