#!/usr/bin/python3
"""US Core over FHIR: the suite passes the sample portal, finds each of its defects by the rows, and is not taken in."""
import concurrent.futures
import json
import re
import unittest

import yaml

import fhir_target
import peers

SUITE = "fhir.us_core"
GUIDE = peers.DATA / "fhir" / "ig" / "us-core-6.1.0"
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
    "fhir-date-ignores-prefix": ["FHIR-USC-05", "FHIR-USC-06"],
    "fhir-no-provenance": ["FHIR-USC-11"],
    "fhir-empty-strings": ["FHIR-USC-04"],
    "fhir-no-sex": ["FHIR-USC-16"],
    "fhir-report-without-document": ["FHIR-USC-09"],
    "fhir-notes-not-found": ["FHIR-USC-05", "FHIR-USC-07", "FHIR-USC-08"],
    "fhir-notes-as-pdf": ["FHIR-USC-17"],
    "fhir-old-us-core": ["FHIR-USC-01", "FHIR-USC-01-b"],
    "fhir-include-ignored": ["FHIR-USC-05"],
    "fhir-summary-as-collection": ["FHIR-IPS-02"],
    "fhir-summary-of-another-type": ["FHIR-IPS-02"],
    "fhir-summary-without-narrative": ["FHIR-IPS-03"],
}
ANSWERS = {"format": "bluebridge-answers/1", "by": {"name": "Ada Example"}, "date": "2026-11-23",
           "answers": {f"{SUITE}/attested.{test}": {"answer": "yes", "evidence": "Made up for a test."}
                       for test in ("audit", "documentation")}}
NOTE = "text_note=alice-progress-note"


# Of what US Core marks, beside the elements themselves: tests of the group must_support, and what of the profile they are.
PROFILES = {
    "allergy": "allergyintolerance", "care_plan": "careplan", "care_team": "careteam",
    "diagnosis": "condition-encounter-diagnosis", "problem": "condition-problems-health-concerns", "coverage": "coverage",
    "device": "implantable-device", "lab_report": "diagnosticreport-lab", "note_report": "diagnosticreport-note",
    "document": "documentreference", "encounter": "encounter", "goal": "goal", "immunization": "immunization",
    "location": "location", "dispense": "medicationdispense", "request": "medicationrequest", "lab_result": "observation-lab",
    "clinical_result": "observation-clinical-result", "occupation": "observation-occupation",
    "pregnancy_intent": "observation-pregnancyintent", "pregnancy_status": "observation-pregnancystatus",
    "screening": "observation-screening-assessment", "status_observation": "simple-observation",
    "organization": "organization", "patient": "patient", "practitioner": "practitioner",
    "practitioner_role": "practitionerrole", "procedure": "procedure", "provenance": "provenance",
    "form": "questionnaireresponse", "related_person": "relatedperson", "service_request": "servicerequest",
    "specimen": "specimen"}
SLICES = {
    "diagnosis_asserted": ["extension:assertedDate"], "problem_asserted": ["extension:assertedDate"],
    "problem_screening": ["category:screening-assessment"], "coverage_member": ["identifier:memberid"],
    "coverage_group": ["class", "class:group", "class:group.name"],
    "coverage_plan": ["class", "class:plan", "class:plan.name"], "request_reported": ["reported[x]"],
    "lab_result_value": ["value[x]"], "clinical_result_value": ["value[x]"], "occupation_industry": ["component:industry"],
    "screening_value": ["value[x]"], "screening_screened": ["category:screening-assessment"],
    "status_observation_value": ["value[x]"], "organization_npi": ["identifier:NPI"],
    "practitioner_npi": ["identifier:NPI"], "provenance_author": ["agent:ProvenanceAuthor"],
    "provenance_transmitter": ["agent:ProvenanceTransmitter"], "form_answer": ["item.answer", "item.answer.value[x]"],
    "form_answer_item": ["item.answer.item"], "form_display": ["questionnaire.extension:questionnaireDisplay"],
    "form_uri": ["questionnaire.extension:url"]}
# A test looks at those that have the category of the slice.
CATEGORIES = {"category:us-core", "category:socialhistory", "category:SocialHistory"}
VITAL_SIGNS = {
    "39156-5": "us-core-bmi", "8302-2": "us-core-body-height", "29463-7": "us-core-body-weight",
    "8310-5": "us-core-body-temperature", "8867-4": "us-core-heart-rate", "9279-1": "us-core-respiratory-rate",
    "59408-5": "us-core-pulse-oximetry", "9843-4": "us-core-head-circumference",
    "8289-1": "head-occipital-frontal-circumference-percentile", "59576-9": "pediatric-bmi-for-age",
    "77606-2": "pediatric-weight-for-height"}


def marked_elements(profile):
    """What a profile marks and a valid resource may lack, as the suite writes it."""
    snapshot = json.loads((GUIDE / f"StructureDefinition-{profile}.json").read_text())["snapshot"]["element"]
    marked = [one for one in snapshot if one.get("mustSupport") and one["min"] == 0]
    types = {one["id"]: [kind["code"] for kind in one.get("type", []) if any(
        extension["url"].endswith("type-must-support") for extension in kind.get("extension", []))] for one in marked}
    elements = set()
    for one in marked:
        path = one["id"].partition(".")[2]
        typed = types[one["id"]]
        if path.endswith("[x]") and len(typed) == 1 and typed != ["boolean"]:
            path = path[:-3] + typed[0][0].upper() + typed[0][1:]
        elements.add(re.sub(r"\w+\[x\]:", "", path))
    return elements


class UsCoreTest(unittest.TestCase):
    def test_the_elements_are_those_that_the_guide_marks(self):
        if not GUIDE.is_dir():
            peers.skip_loudly(f"no folder {GUIDE}")
        group = yaml.safe_load((fhir_target.SUITES / f"{SUITE}.yaml").read_text())["tests"]["must_support"]["tests"]
        tests = {name: {element.replace("[*]", "") for element in test.get("each", {}).get("element", [])}
                 for name, test in group.items()}
        codes = group["vital_sign"]["each"]["code"]
        self.assertEqual(set(codes), set(VITAL_SIGNS))
        for code in codes:
            marked = {name for name in marked_elements(VITAL_SIGNS[code]) if not name.startswith("component")}
            self.assertEqual(marked - {"valueQuantity"}, {"dataAbsentReason"}, code)
        self.assertEqual(tests["vital_sign"] | tests["oxygen"] | tests["blood_pressure"],
                         {"valueQuantity", "dataAbsentReason"})
        left = set(tests) - {"vital_sign", "oxygen", "blood_pressure"} - set(SLICES)
        self.assertEqual(left, set(PROFILES))
        for test, profile in PROFILES.items():
            slices = {name for other, names in SLICES.items() if re.fullmatch(f"{test}_[a-z_]+", other) for name in names}
            told = tests[test] | slices
            self.assertEqual(marked_elements(f"us-core-{profile}") - CATEGORIES - told, set(), test)
            self.assertEqual(told - marked_elements(f"us-core-{profile}"), set(), test)

    def test_the_portal_is_conformant_and_each_fault_in_the_evidence_would_be_noticed(self):
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            rules = folder / "rules"
            fhir_target.import_definitions(rules)
            target = fhir_target.people_target(folder, portal.ready["fhir"], portal.ready["ca_file"])
            (folder / "answers.yaml").write_text(json.dumps(ANSWERS))
            process, run_folder, report = fhir_target.run(folder, SUITE, target, "--data", rules, "--input", NOTE,
                                                          "--answers", folder / "answers.yaml")
            outcomes = peers.outcomes(report)
            self.assertEqual(set(outcomes.values()), {"pass", "attested"}, peers.told(report))
            self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass", "attested"})
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder, "--data", rules), 120)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_is_found_by_its_requirements(self):
        def check(item):
            defect, expected = item
            with peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
                target = fhir_target.people_target(folder, portal.ready["fhir"], portal.ready["ca_file"])
                _, _, report = fhir_target.run(folder, SUITE, target, "--input", NOTE)
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

    def test_one_searchset_for_whatever_is_asked_keeps_no_requirement(self):
        def same(handler, body):
            base = f"https://{handler.headers['Host']}/fhir"
            resources = [{"resourceType": "Patient", "id": "alice"},
                         {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/alice"}}]
            entries = [{"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in resources]
            bundle = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self", "url": base}], "entry": entries}
            return 200, "application/fhir+json", json.dumps(bundle).encode()

        with peers.temporary_folder() as folder, peers.https_server(folder, same) as (url, ca_file):
            _, _, report = fhir_target.run(folder, SUITE, fhir_target.open_target(folder, url + "/fhir", ca_file))
        self.assertEqual([row["id"] for row in report["requirements"] if row["outcome"] == "pass"], [], peers.told(report))


if __name__ == "__main__":
    peers.main()
