#!/usr/bin/python3
"""The suite vdt.people: the sample portal keeps hard patients apart, and each of its mistakes is noticed."""
import concurrent.futures
import json
import pathlib
import unittest

import peers
import people_target

HERE = pathlib.Path(__file__).parent
EXPECTED = json.loads((HERE / "vdt_people.json").read_text())["defects"]
# Those of the portal's functions show in their own suite: portal_functions_test.py.
OF_FUNCTIONS = json.loads((HERE / "portal_functions.json").read_text())["defects"]
PREFIXES = ("people-", "proxy-", "sharing-")


def run_with(defect):
    """The status and the report of a run of the tests that a defect shows in and those beside it."""
    filters = [f"vdt.people/{name}*" for name in EXPECTED[defect]["tests"]]
    with peers.temporary_folder() as folder:
        arguments = [word for one in filters for word in ("--filter", one)]
        process, _, report = people_target.run_with_portal(folder, *arguments, defect=defect)
        return process, report


class PeopleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.runs = {defect: pool.submit(run_with, defect) for defect in EXPECTED}

    def setUp(self):
        self.maxDiff = None
        self.folder = self.enterContext(peers.temporary_folder())

    def test_the_clean_portal_is_conformant_and_changed_evidence_is_noticed(self):
        process, run, report = people_target.run_with_portal(self.folder)
        self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
        self.assertRegex(report["verdict"]["word"], r"^conformant, 1 attested$")
        self.assertEqual({test["outcome"] for test in report["tests"]}, {"pass", "attested"}, peers.told(report))
        self.assertEqual([row["id"] for row in report["requirements"] if row["outcome"] not in ("pass", "attested")], [])
        self.assertGreaterEqual(peers.faults_noticed(run), 100)
        leaked = [file for file in run.rglob("*") if file.is_file() and
                  people_target.SOURCE_KEY.encode() in file.read_bytes()]
        self.assertEqual(leaked, [])

    def test_the_clean_portal_is_conformant_with_connectors_in_process(self):
        process, _, report = people_target.run_with_portal(self.folder, "--in-process")
        self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)

    def test_nothing_passes_against_a_closed_port(self):
        self.nobody_passes(f"https://127.0.0.1:{peers.closed_port()}", None)

    def test_nothing_passes_against_an_empty_200(self):
        with peers.https_server(self.folder, lambda handler, body: (200, "application/json", b"")) as (url, ca_file):
            self.nobody_passes(url, ca_file)

    def test_nothing_passes_against_an_echo(self):
        with peers.https_server(self.folder, peers.echo) as (url, ca_file):
            self.nobody_passes(url, ca_file)

    def nobody_passes(self, url, ca_file):
        patients, passwords = people_target.people(people_target.write_records(self.folder))
        text = people_target.target(url, ca_file, url + "/inbox", patients)
        process, _, report = people_target.run(self.folder, text, passwords)
        self.assertGreater(len(report["tests"]), 50)
        self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] in ("pass", "warn", "attested")], [])
        self.assertEqual(process.returncode, 1, process.stderr)

    def test_every_defect_is_expected(self):
        names = {name for name in peers.portal_defects() if name.startswith(PREFIXES)} - set(OF_FUNCTIONS)
        self.assertEqual(names, set(EXPECTED))


def check_defect(name, expected):
    def test(self):
        process, report = self.runs[name].result()
        said = peers.told(report) + process.stderr
        found = {word: people_target.rows(report, word) for word in ("fail", "warn")}
        self.assertEqual(found, {"fail": expected.get("fails", []), "warn": expected.get("warns", [])}, said)
        self.assertFalse([test["name"] for test in report["tests"] if test["outcome"] == "error"], said)
    return test


for defect_name, rows in EXPECTED.items():
    setattr(PeopleTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, rows))

if __name__ == "__main__":
    unittest.main()
