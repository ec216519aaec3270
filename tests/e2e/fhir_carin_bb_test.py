#!/usr/bin/python3
"""CARIN for Blue Button: the suite passes the sample portal, finds each of its defects by the rows, and is not taken in."""
import concurrent.futures
import json
import re
import unittest

import fhir_target
import peers

SUITE = "fhir.carin_bb"
GUIDE = peers.DATA / "fhir" / "ig" / "carin-bb-2.0.0"
RECORDS = peers.SOURCE / "samples" / "records"
# Defect -> the requirements that fail by it.
EXPECTED = {
    "carin-other-patients-claims": ["FHIR-CARIN-10", "FHIR-ERR-06"],
    "carin-open-claims": ["FHIR-CARIN-10", "FHIR-ERR-01"],
    "carin-not-stated": ["FHIR-HTTP-04"],
    "carin-claims-unread": ["FHIR-CARIN-04"],
    "carin-no-profile": ["FHIR-CARIN-01"],
    "carin-no-last-updated": ["FHIR-CARIN-03"],
    "carin-no-claim-id": ["FHIR-CARIN-03"],
    "carin-wrong-type-system": ["FHIR-CARIN-03"],
    "carin-two-focal": ["FHIR-CARIN-03"],
    "carin-no-totals": ["FHIR-CARIN-03"],
    "carin-totals-differ": ["FHIR-CARIN-07-b"],
    "carin-own-categories": ["FHIR-CARIN-07"],
    "carin-amounts-as-text": ["FHIR-CARIN-07"],
    "carin-pharmacy-without-ndc": ["FHIR-CARIN-01"],
    "carin-no-adjudication": ["FHIR-CARIN-01"],
    "carin-dangling-coverage": ["FHIR-HTTP-07"],
    "carin-ignores-include": ["FHIR-CARIN-06"],
    "carin-ignores-service-date": ["FHIR-CARIN-05"],
    "carin-ignores-last-updated": ["FHIR-CARIN-05"],
    "fhir-ignores-scope": ["FHIR-CARIN-10", "FHIR-ERR-02"],
    "fhir-reads-other-patients": ["FHIR-CARIN-10", "FHIR-ERR-06"],
    "fhir-paging-loses": ["FHIR-HTTP-06"],
}
# Defect -> the test that warns of it. Without definitions its row is not judged by another test, which says more than a warning.
WARNED = {"carin-cancelled-as-active": "claims.coded"}


def target_of(folder, portal):
    return fhir_target.people_target(folder, portal.ready["fhir"], portal.ready["ca_file"], options={}, profile="carin-bb")


def not_passed(report):
    return sorted(row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn"))


class CarinTest(unittest.TestCase):
    def test_the_portal_is_conformant_and_each_fault_in_the_evidence_would_be_noticed(self):
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder, peers.Portal(records=RECORDS) as portal:
            rules = folder / "rules"
            fhir_target.import_definitions(rules, "carin-bb-2.0.0")
            answers = peers.write_answers(folder, f"{SUITE}/history")
            for isolation in ((), ("--in-process",)):
                place = folder / f"runs{len(isolation)}"
                place.mkdir()
                with self.subTest(isolation):
                    process, run_folder, report = fhir_target.run(
                        place, SUITE, target_of(place, portal), "--data", rules, "--answers", answers, *isolation)
                    self.assertEqual(set(peers.outcomes(report).values()), {"pass", "attested"}, peers.told(report))
                    self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass", "attested", "untested"})
                    self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder, "--data", rules), 130)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        def check(item):
            defect, expected = item
            with peers.temporary_folder() as folder, peers.Portal(records=RECORDS, defect=defect) as portal:
                _, _, report = fhir_target.run(folder, SUITE, target_of(folder, portal))
            found = not_passed(report)
            return found == expected, f"{defect}: {found}, expected {expected}\n{peers.told(report)}"

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            wrong = [why for is_right, why in pool.map(check, EXPECTED.items()) if not is_right]
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_what_is_a_reading_of_the_standard_is_a_warning(self):
        for defect, test in WARNED.items():
            with peers.temporary_folder() as folder, peers.Portal(records=RECORDS, defect=defect) as portal:
                _, _, report = fhir_target.run(folder, SUITE, target_of(folder, portal))
            outcomes = peers.outcomes(report)
            self.assertEqual({name for name, outcome in outcomes.items() if outcome in ("fail", "warn")}, {test})
            self.assertEqual(outcomes[test], "warn", peers.told(report))

    def test_the_suite_names_each_defect_of_claims(self):
        text = (fhir_target.SUITES / f"{SUITE}.yaml").read_text()
        known = peers.portal_defects()
        self.assertEqual([defect for defect in known if defect.startswith("carin-") and f"{{defect: {defect}}}" not in text], [])
        self.assertEqual([defect for defect in known if defect.startswith("carin-") and
                          defect not in {**EXPECTED, **WARNED}], [])

    def test_the_structural_check_finds_what_the_claims_of_the_suite_find(self):
        # Both judge the same profiles, the suite by itself where their definitions are not at hand.
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder, peers.Portal(records=RECORDS, defect="carin-no-totals") as portal:
            rules = folder / "rules"
            fhir_target.import_definitions(rules, "carin-bb-2.0.0")
            _, _, report = fhir_target.run(folder, SUITE, target_of(folder, portal), "--data", rules)
            outcomes = peers.outcomes(report)
            self.assertEqual((outcomes["claims.totals"], outcomes["claims.valid"]), ("fail", "fail"), peers.told(report))


class DeadHostsTest(unittest.TestCase):
    """A suite that passes against a dead system proves nothing: no test may pass."""

    def nobody_passes(self, folder, url, ca_file):
        for target, passing in ((fhir_target.people_target, set()), (fhir_target.open_target, {"sign_in"})):
            place = folder / target.__name__
            place.mkdir()
            self.none_but(passing, place, target(place, url, ca_file, options={}, profile="carin-bb"))

    def none_but(self, passing, folder, target):
        process, _, report = fhir_target.run(folder, SUITE, target)
        outcomes = peers.outcomes(report)
        self.assertGreater(len(outcomes), 60)
        not_failed = ("pass", "warn", "attested", "omit")
        self.assertEqual({name for name, outcome in outcomes.items() if outcome in not_failed}, passing)
        self.assertFalse([row["id"] for row in report["requirements"] if row["outcome"] in ("pass", "attested")])
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)

    def test_nothing_passes_against_a_closed_port(self):
        with peers.temporary_folder() as folder:
            self.nobody_passes(folder, f"https://127.0.0.1:{peers.closed_port()}/r4", peers.make_certificate(folder))

    def test_nothing_passes_against_an_empty_200_and_an_echo(self):
        def empty(handler, body):
            return 200, "application/fhir+json", b""

        # Harder than an echo: every search finds one claim that says nothing.
        def yes(handler, body):
            return 200, "application/fhir+json", json.dumps({
                "resourceType": "Bundle", "type": "searchset", "id": "alice",
                "link": [{"relation": "self", "url": "https://127.0.0.1/r4"}],
                "entry": [{"fullUrl": "https://127.0.0.1/r4/x", "search": {"mode": "match"},
                           "resource": {"resourceType": "Basic", "id": "x"}}]}).encode()

        for answer in (empty, peers.echo, yes):
            with self.subTest(answer.__name__), peers.temporary_folder() as folder:
                with peers.https_server(folder, answer) as (url, ca_file):
                    self.nobody_passes(folder, url + "/r4", ca_file)


class PublishedTest(unittest.TestCase):
    """Claims that CMS published (Blue Button 2.0, version 2): what they lack is what the published profiles require."""

    @classmethod
    def setUpClass(cls):
        folder = peers.DATA / "fhir" / "cms-blue-button-2.0"
        if not folder.is_dir() or not GUIDE.is_dir():
            peers.skip_loudly(f"no folder {folder} or {GUIDE}")
        several = json.loads((folder / "eob_search_v2.json").read_text())["entry"]
        cls.sets = {"drugs": [entry["resource"] for entry in several],
                    **{kind: [json.loads((folder / f"eob_read_{kind}_v2.json").read_text())]
                       for kind in ("carrier", "in_pt", "out_pt")}}
        # Of the published profiles: the elements of a claim that are required.
        cls.required = {}
        for file in GUIDE.glob("StructureDefinition-C4BB-ExplanationOfBenefit*.json"):
            profile = json.loads(file.read_text())
            cls.required[profile["url"]] = {element["path"].split(".")[1] for element in profile["snapshot"]["element"]
                                            if element["min"] and element["path"].count(".") == 1 and ":" not in element["id"]}

    def lacks(self, claim):
        return self.required[claim["meta"]["profile"][0]] - claim.keys()

    def test_the_structural_check_misses_what_the_published_profiles_require(self):
        with peers.temporary_folder() as folder:
            rules, file = folder / "rules", folder / "claim.json"
            fhir_target.import_definitions(rules, "carin-bb-2.0.0")
            for claim in (claim for claims in self.sets.values() for claim in claims):
                file.write_text(json.dumps(claim))
                checked = peers.bluebridge("check", "--json", "--data", rules, file)
                told = [finding["message"] for line in checked.stdout.splitlines()
                        for finding in json.loads(line).get("findings", []) if finding["rule"] == "fhir-missing"]
                missed = {match[1] for match in (re.match(r"ExplanationOfBenefit\.(\w+) is required", one) for one in told) if match}
                self.assertEqual(missed, self.lacks(claim), claim["id"])
                self.assertTrue(missed)

    def test_the_suite_judges_published_claims_as_the_published_profiles_do(self):
        base = self.required["http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit"]
        for kind, claims in self.sets.items():
            with self.subTest(kind), peers.temporary_folder() as folder:
                with peers.https_server(folder, self.replay(claims)) as (url, ca_file):
                    target = fhir_target.open_target(folder, url + "/r4", ca_file, options={}, profile="carin-bb",
                                                     patient="-20140000008325")
                    _, _, report = fhir_target.run(folder, SUITE, target)
                outcomes = peers.outcomes(report)
                judged = {test for test in outcomes if test.startswith("claims.element[")}
                # Besides what has a test of its own.
                self.assertEqual({test[15:-1] for test in judged}, base - {"meta", "identifier", "total"})
                failed = {test[15:-1] for test in judged if outcomes[test] == "fail"}
                self.assertEqual(failed, {element for claim in claims for element in self.lacks(claim) & base} - {"total"})
                self.assertEqual({test: outcomes[f"claims.{test}"] for test in ("find", "profile", "last_updated", "claim_id",
                                                                                "focal", "totals")},
                                 {"find": "pass", "profile": "pass", "last_updated": "pass",
                                  "claim_id": self.word(len(self.claim_ids(claim)) == 1 for claim in claims),
                                  "focal": self.word(sum(one.get("focal", False) for one in claim["insurance"]) == 1
                                                     for claim in claims),
                                  "totals": self.word(any("category" in total for total in claim.get("total", []))
                                                      for claim in claims)}, peers.told(report))

    @staticmethod
    def word(are_right):
        return "pass" if all(are_right) else "fail"

    @staticmethod
    def claim_ids(claim):
        return [one for one in claim["identifier"] for coding in one.get("type", {}).get("coding", [])
                if (coding["system"], coding["code"]) == ("http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType", "uc")]

    @staticmethod
    def replay(claims):
        def answer(handler, body):
            if not handler.path.startswith("/r4/ExplanationOfBenefit?"):
                return 404, "application/fhir+json", b'{"resourceType": "OperationOutcome", "issue": []}'
            return 200, "application/fhir+json", json.dumps({
                "resourceType": "Bundle", "type": "searchset",
                "entry": [{"search": {"mode": "match"}, "resource": claim} for claim in claims]}).encode()
        return answer


if __name__ == "__main__":
    peers.main()
