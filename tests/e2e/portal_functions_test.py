"""The suite portal.functions: the clean portal is conformant in process and isolated, each defect of its functions is
noticed at its requirement and nowhere else, dead systems pass nothing, and the suite notices its own faults."""
import json
import pathlib
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "portal.functions.yaml"
ANSWERS = peers.SOURCE / "samples" / "targets" / "demo.functions.answers.yaml"
TABLE = json.loads((pathlib.Path(__file__).parent / "portal_functions.json").read_text())
EXPECTED, EXPECTED_TESTS = TABLE["defects"], TABLE["tests"]
ACCOUNTS = ("alice", "carol", "bruno", "nora")


def target(url, ca_file, inbox):
    # Of alice.xml, read by hand.
    facts = {"alice": {"full_name": "Alice Jones Newman", "family_name": "Newman", "birth_date": "1970-05-01",
                       "facts": ["Hemoglobin [Mass/volume] in Blood", "Thyrotropin", "Body weight"]},
             "bruno": {"full_name": "Bruno", "family_name": "Bruno"}}
    people = {account: peers.person(account, variable, record=account, patient=account, **facts.get(account, {}))
              for account, variable in zip(ACCOUNTS, peers.passwords(ACCOUNTS))}
    for account in ("carol", "nora"):
        del people[account]["patient"]
    return peers.target_yaml(url, ca_file, inbox, people)


def run(folder, url, ca_file, inbox, *arguments):
    file = folder / "target.yaml"
    file.write_text(target(url, ca_file, inbox))
    process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--answers", ANSWERS, *arguments,
                               **peers.passwords(ACCOUNTS))
    return process, *peers.only_run(folder, process)


def run_on_portal(folder, *arguments, defect=None):
    with peers.Portal(records=peers.SOURCE / "samples" / "records", defect=defect) as portal:
        return run(folder, portal.ready["url"], portal.ready["ca_file"], portal.ready["inbox"], *arguments)


def with_defect(defect):
    with peers.temporary_folder() as folder:
        return run_on_portal(folder, defect=defect)[2]


class PortalFunctionsTest(unittest.TestCase):
    def test_the_clean_portal_is_conformant_and_faults_are_noticed(self):
        for how in ((), ("--in-process",)):
            with self.subTest(how), peers.temporary_folder() as folder:
                process, run_folder, report = run_on_portal(folder, *how)
                self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
                self.assertEqual(set(peers.outcomes(report).values()), {"pass", "attested"}, peers.told(report))
                if not how:
                    self.assertGreater(peers.faults_noticed(run_folder), 50)

    def test_defects_are_many(self):
        self.assertGreaterEqual(len(EXPECTED), 25)

    def test_dead_systems_pass_nothing(self):
        servers = [lambda handler, body: (200, None, b""), lambda handler, body: (200, "application/json", b""),
                   lambda handler, body: (200, "text/html", b""), peers.echo]
        for answer in [None, *servers]:
            with peers.temporary_folder() as folder:
                if answer is None:
                    url = f"https://127.0.0.1:{peers.closed_port()}"
                    report = run(folder, url, None, url + "/inbox")[2]
                else:
                    with peers.https_server(folder, answer) as (url, ca_file):
                        report = run(folder, url, ca_file, url + "/inbox")[2]
                self.assertFalse([n for n, o in peers.outcomes(report).items() if o in ("pass", "warn", "attested", "omit")])


def check_defect(defect, rows):
    def test(self):
        report = with_defect(defect)
        self.assertEqual(peers.violated(report), sorted(rows), peers.told(report))
        noticed = [test for test, outcome in peers.outcomes(report).items() if outcome in ("fail", "warn")]
        self.assertTrue(noticed)
        self.assertEqual(noticed if defect in EXPECTED_TESTS else [], EXPECTED_TESTS.get(defect, []))
    return test


for defect_name, expected_rows in EXPECTED.items():
    setattr(PortalFunctionsTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, expected_rows))

if __name__ == "__main__":
    peers.main()
