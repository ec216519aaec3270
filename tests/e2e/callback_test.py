#!/usr/bin/python3
"""Two runs at once whose browsers come back to each other: neither takes what is the other's."""
import concurrent.futures
import json
import pathlib
import unittest

import peers

PERSON = pathlib.Path(__file__).parent / "crossing_person.py"
PEOPLE = ("alice", "bruno")
SIGN_IN_MS = 4_000
TOKEN_REQUEST = '/oauth/token"'


def write_suite(folder):
    """A sign-in, and a look at whose record it is."""
    file = folder / "callback.yaml"
    file.write_text(json.dumps({  # JSON is YAML
        "format": "bluebridge-suite/1", "suite": "callback", "version": "1.0.0", "title": "Callback",
        "requirements": {"C-1": {"level": "SHALL", "text": "The record is the person's own."}},
        "inputs": {"patient": {"type": "person", "title": "Who signs in"}},
        "roles": {"server": {"needs": ["session", "probe"], "title": "The server"}},
        "tests": {"sign_in": {"title": "A person signs in", "verifies": "C-1", "timeout": f"{SIGN_IN_MS}ms", "steps": [
            {"do": "server.sign_in", "as": "$patient", "with": {"method": "user_redirect"},
             "expect": [{"result": "ok"}, {"json": "$.session.patient", "is": "$patient.fhir_id"}]}],
            "catches": [{"in": "sign_in", "set": {"result": True}, "to": "refused"}]}}}))
    return file


class CallbackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())

    def run_one(self, folder, person, other, **more):
        target = folder / "target.yaml"
        target.write_text(json.dumps({
            "format": "bluebridge-target/1", "target": "portal", "environment": "test",
            "roles": {"server": {"connector": "org.bluebridge.rest.fhir", "ca_file": self.portal.ready["ca_file"],
                                 "redirect_uri": "http://127.0.0.1/callback",
                                 "config": {"base_url": self.portal.ready["fhir"], "client_id": "demo-public"}}},
            "patients": {name: {"account": name, "method": "user_redirect", "fhir_id": name} for name in PEOPLE},
            "inputs": {"patient": person}}))
        process = peers.bluebridge("run", write_suite(folder), "--target", target, "--out", folder / "runs", "--browser", PERSON,
                                   PORTAL_CA=self.portal.ready["ca_file"], PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE,
                                   CROSSING=str(folder.parent), CROSSING_OTHER=other, **more)
        return process, *peers.only_run(folder, process)

    def crossed(self, folder, **more):
        """What became of the two runs, and the statuses that their browsers got at each other."""
        for name in PEOPLE:
            (folder / f"run-{name}").mkdir()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(self.run_one, folder / f"run-{name}", name, other, **more) for name, other in zip(PEOPLE, reversed(PEOPLE))]
            results = [run.result() for run in runs]
        return results, [(folder / f"{name}.status").read_text() for name in PEOPLE]

    def test_each_run_goes_on_with_its_own_return(self):
        with peers.temporary_folder() as folder:
            results, statuses = self.crossed(folder)
            self.assertEqual(statuses, ["409", "409"])
            for process, run, report in results:
                self.assertEqual(peers.outcomes(report), {"sign_in": "pass"}, peers.told(report))
                self.assertIn(TOKEN_REQUEST, (run / "events.ndjson").read_text())
                self.assertEqual(process.returncode, 0, process.stdout + process.stderr)

    def test_a_run_that_gets_the_others_return_alone_exchanges_nothing(self):
        with peers.temporary_folder() as folder:
            results, statuses = self.crossed(folder, CROSSING_ONLY="1")
            self.assertEqual(statuses, ["409", "409"])
            for process, run, report in results:
                self.assertEqual(peers.outcomes(report), {"sign_in": "skip"}, peers.told(report))  # nobody came
                events = (run / "events.ndjson").read_text()
                self.assertIn("/oauth/authorize", events)
                self.assertNotIn(TOKEN_REQUEST, events)
                self.assertNotEqual(process.returncode, 0, process.stdout + process.stderr)


if __name__ == "__main__":
    unittest.main()
