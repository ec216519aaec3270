#!/usr/bin/python3
"""US Core over FHIR: the suite passes the sample portal, finds each of its defects by the rows, and is not taken in."""
import concurrent.futures
import unittest

import fhir_target
import peers

SUITE = "fhir.us_core"
# Defect -> the requirements that fail by it.
EXPECTED = {
    "fhir-reads-other-patients": ["FHIR-ERR-06", "FHIR-USC-14"],
    "fhir-search-misses": ["FHIR-HTTP-06", "FHIR-USC-05"],
    "fhir-paging-loses": ["FHIR-HTTP-06"],
    "fhir-paging-loops": ["FHIR-HTTP-06"],
    "fhir-wrong-total": ["FHIR-HTTP-06"],
    "fhir-html-errors": ["FHIR-ERR-04", "FHIR-ERR-05"],
    "fhir-unknown-id-answered": ["FHIR-ERR-03"],
    "fhir-no-challenge": ["FHIR-ERR-01"],
    "fhir-dangling-reference": ["FHIR-HTTP-07"],
    "fhir-drops-must-support": ["FHIR-USC-03"],
    "fhir-post-search-differs": ["FHIR-HTTP-05"],
    "fhir-date-ignores-prefix": ["FHIR-USC-06"],
    "fhir-no-provenance": ["FHIR-USC-11"],
}
# Of the sample patient's record, whose first request for a medicine names no requester.
NOT_HELD = {"references.medication[requester]", "references.medication[encounter]"}


class UsCoreTest(unittest.TestCase):
    def test_the_portal_passes_what_its_record_has_and_each_fault_in_the_evidence_would_be_noticed(self):
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            rules = folder / "rules"
            fhir_target.import_definitions(rules)
            target = fhir_target.people_target(folder, portal.ready["fhir"], portal.ready["ca_file"])
            process, run_folder, report = fhir_target.run(folder, SUITE, target, "--data", rules)
            outcomes = peers.outcomes(report)
            skipped = {test for test, outcome in outcomes.items() if outcome == "skip"}
            self.assertEqual(skipped, NOT_HELD, peers.told(report))
            self.assertEqual(set(outcomes.values()), {"pass", "skip"}, peers.told(report))
            self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass", "skip"})
            self.assertEqual(process.returncode, 3, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder, "--data", rules, are_skips_allowed=True), 120)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        def check(item):
            defect, expected = item
            with peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
                target = fhir_target.people_target(folder, portal.ready["fhir"], portal.ready["ca_file"])
                _, _, report = fhir_target.run(folder, SUITE, target)
            found = sorted(row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn"))
            return found == expected, f"{defect}: {found}, expected {expected}\n{peers.told(report)}"

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            wrong = [why for is_right, why in pool.map(check, EXPECTED.items()) if not is_right]
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_the_suite_names_each_defect_that_it_finds(self):
        text = (fhir_target.SUITES / f"{SUITE}.yaml").read_text()
        self.assertEqual([defect for defect in EXPECTED if f"{{defect: {defect}}}" not in text], [])
        self.assertEqual([defect for defect in EXPECTED if defect not in peers.portal_defects()], [])


class DeadHostsTest(unittest.TestCase):
    """A suite that passes against a dead system proves nothing: no test may pass."""

    def nobody_passes(self, folder, url, ca_file):
        """Signing in by a page tells dead hosts apart already; without it each test gets to its own request."""
        for target, passing in ((fhir_target.people_target, set()), (fhir_target.open_target, {"sign_in"})):
            place = folder / target.__name__
            place.mkdir()
            self.none_but(passing, place, target(place, url, ca_file))

    def none_but(self, passing, folder, target):
        process, _, report = fhir_target.run(folder, SUITE, target)
        outcomes = peers.outcomes(report)
        self.assertGreater(len(outcomes), 80)
        not_failed = ("pass", "warn", "attested", "omit")
        self.assertEqual({name for name, outcome in outcomes.items() if outcome in not_failed}, passing)
        # A SHOULD that is not kept is 'warn'.
        self.assertFalse([row["id"] for row in report["requirements"] if row["outcome"] in ("pass", "attested")])
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)

    def test_nothing_passes_against_a_closed_port(self):
        with peers.temporary_folder() as folder:
            self.nobody_passes(folder, f"https://127.0.0.1:{peers.closed_port()}/r4", peers.make_certificate(folder))

    def test_nothing_passes_against_an_empty_200_and_an_echo(self):
        def empty(handler, body):
            return 200, "application/fhir+json", b""

        # Harder than an echo: every search finds nothing.
        def yes(handler, body):
            return 200, "application/fhir+json", (
                b'{"resourceType": "Bundle", "type": "searchset", "id": "alice", "total": 0,'
                b' "link": [{"relation": "self", "url": "https://127.0.0.1/r4"}], "entry": []}')

        for answer in (empty, peers.echo, yes):
            with self.subTest(answer.__name__), peers.temporary_folder() as folder:
                with peers.https_server(folder, answer) as (url, ca_file):
                    self.nobody_passes(folder, url + "/r4", ca_file)


if __name__ == "__main__":
    peers.main()
