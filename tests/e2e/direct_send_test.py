#!/usr/bin/python3
"""The suite direct.send against the sample portal over a mail room: conformant as it is, and each defect caught."""
import json
import pathlib
import unittest

import direct_target
import peers

SUITES = peers.SOURCE / "conformance" / "suites"
BAD = {"expired_recipient": direct_target.EXPIRED, "foreign_recipient": direct_target.FOREIGN,
       "unpublished_recipient": direct_target.NOWHERE}
ALICE = peers.person("alice", "BB_TEST_PASSWORD_0", record="alice", family_name="Newman",
                     full_name="Alice Jones Newman", birth_date="1970-05-01")
BRUNO = peers.person("bruno", "BB_TEST_PASSWORD_1", record="bruno", family_name="Sample", full_name="Bruno Sample",
                     birth_date="1981-12-31")
ATTESTED = ("identity", "requests", "frequencies", "withdrawal", "caregivers", "bundles", "updates", "triggers")
# Which requirements fail under which defect, and no others; written from the catalogue, not from a run.
EXPECTED = json.loads((pathlib.Path(__file__).parent / "direct_send.json").read_text())["defects"]


class DirectSendTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = cls.enterClassContext(peers.temporary_folder())
        direct_target.make_pki(cls.pki)

    def run_suite(self, folder, *arguments, suite="direct.send", defect=None, wait=12):
        """The process, the run folder and the report."""
        with direct_target.World(self.pki, "--direct-wait", str(wait), defect=defect) as world:
            file = direct_target.write(folder, world.target({"alice": ALICE, "bruno": BRUNO}, BAD, {"recipients": "all"}))
            process = peers.bluebridge("run", SUITES / f"{suite}.yaml", "--target", file, "--out", folder / "runs", *arguments,
                                       timeout=300, **peers.passwords(["alice", "bruno"]), **direct_target.World.ENVIRONMENT)
        return process, *peers.only_run(folder, process)

    def test_the_portal_sends_as_direct_asks_and_the_suite_would_notice_every_fault(self):
        with peers.temporary_folder() as folder:
            answers = peers.write_answers(folder, "direct.send/keys")
            process, run, report = self.run_suite(folder, "--answers", answers)
            outcomes = peers.outcomes(report)
            self.assertEqual({name for name, word in outcomes.items() if word != "pass"}, {"keys"}, process.stdout)
            self.assertEqual(report["verdict"]["word"], "conformant, 1 attested")
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run), 40)
        self.assertEqual(peers.processes_under(), [])

    def test_the_portal_pushes_as_blue_button_plus_asks(self):
        with peers.temporary_folder() as folder:
            answers = peers.write_answers(folder, *(f"bluebutton_plus.push/attestations.{name}" for name in ATTESTED))
            process, run, report = self.run_suite(folder, "--answers", answers, suite="bluebutton_plus.push")
            outcomes = peers.outcomes(report)
            self.assertEqual(set(outcomes.values()), {"pass", "attested"}, process.stdout)
            # The guide is historic: its rows are told, and no verdict rests on them.
            self.assertEqual(process.returncode, 3, process.stdout + process.stderr)
            self.assertIn("nothing that counts was judged", process.stdout)
            peers.faults_noticed(run)
        with peers.temporary_folder() as folder:
            process, _, report = self.run_suite(folder, "--filter", "bluebutton_plus.push/content.*",
                                                suite="bluebutton_plus.push", defect="direct-no-context")
            failed = [r["id"] for r in report["requirements"] if r["outcome"] == "fail"]
            self.assertEqual(sorted(failed), ["BBP-PUSH-40", "BBP-PUSH-44"], process.stdout)

    def test_an_older_version_is_judged_by_its_own_rules(self):
        for defect in ("direct-sha1", "direct-unwrapped"):
            with self.subTest(defect), peers.temporary_folder() as folder:
                process, _, report = self.run_suite(folder, "--option", "direct_as=1.1",
                                                    "--filter", "direct.send/signature.*", defect=defect)
                judged = peers.outcomes(report)
                self.assertEqual(judged["signature.version"], "omit", process.stdout)
                for name in ("signature.form", "signature.algorithms"):
                    self.assertEqual(judged[name], "pass", process.stdout)

    def test_the_key_transport_of_1_3_is_right_by_1_3(self):
        with peers.temporary_folder() as folder:
            process, _, report = self.run_suite(folder, "--option", "direct_as=1.3",
                                                "--filter", "direct.send/envelope.*", defect="direct-oaep")
            judged = peers.outcomes(report)
            self.assertEqual(judged["envelope.cipher"], "pass", process.stdout)


def check_defect(name, expected):
    def test(self):
        with peers.temporary_folder() as folder:
            # The tests that wait until a failure is told would do so for minutes.
            only = ["--filter", "direct.send/refused.others"] if name == "direct-hides-failure" else []
            process, _, report = self.run_suite(folder, *only, defect=name, wait=4)
            failed = sorted(r["id"] for r in report["requirements"] if r["outcome"] == "fail")
            said = peers.told(report)
            self.assertEqual(failed, sorted(expected), said)
            self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
            self.assertFalse([t["name"] for t in report["tests"] if t["outcome"] == "error"], said)
    return test


for defect_name, requirements in EXPECTED.items():
    setattr(DirectSendTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, requirements))

if __name__ == "__main__":
    peers.main()
