#!/usr/bin/python3
"""The portal's FHIR API over vendors' records and the sample patients, judged by what HL7 published.

Each search parameter of US Core 6.1.0 is asked for with values that the resources have, and what comes is compared with what a
second look finds: the resources themselves, filtered here by the published expression. Nothing of the portal's own tables is used.
"""
import base64
import json
import shutil
import unittest
import urllib.parse

import fhir_invariants
import peers
from fhir_second_look import Client, asked_with, holds, is_broken, references_in, values_at

GUIDE = peers.DATA / "fhir" / "ig" / "us-core-6.1.0"
DEFINITIONS = [peers.DATA / "fhir" / "definitions-r4", GUIDE]
EXPECTATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation"
COMBINATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-search-parameter-combination"
PATIENTS = 14


def published_parameters():
    """(type, code) -> SearchParameter."""
    files = [json.loads(file.read_text()) for file in sorted(GUIDE.glob("SearchParameter-us-core-*.json"))]
    return {(one["base"][0], one["code"]): one for one in files}


def vendor_records(folder):
    """The richest of the vendors' documents, by their size."""
    files = [file for root in ("ccda/onc-2015", "ccda/vendors") if (peers.DATA / root).is_dir()
             for vendor in sorted((peers.DATA / root).iterdir()) if vendor.is_dir()
             for file in sorted(vendor.rglob("*.xml"), key=lambda file: -file.stat().st_size)[:1]]
    files = sorted(files, key=lambda file: -file.stat().st_size)[:PATIENTS]
    for i, file in enumerate(files):
        shutil.copyfile(file, folder / f"p{i:02}.xml")
    return [f"p{i:02}" for i in range(len(files))]


class PortalFhirTest(unittest.TestCase):
    # What there is to be found, at least.
    KINDS = {"Patient", "AllergyIntolerance", "CarePlan", "CareTeam", "Condition", "DiagnosticReport", "DocumentReference",
             "Encounter", "Immunization", "Location", "Medication", "MedicationRequest", "Observation", "Organization",
             "Practitioner", "Procedure", "Provenance"}
    ACCOUNTS, ASKED, COMBINED, EVALUATED = 10, 1000, 10, 10_000

    @classmethod
    def prepare_records(cls):
        """(folder of documents, accounts)"""
        if not (peers.DATA / "ccda").is_dir():
            peers.skip_loudly(f"no folder {peers.DATA / 'ccda'}")
        records = cls.folder / "records"
        records.mkdir()
        return records, vendor_records(records)

    @classmethod
    def setUpClass(cls):
        if not GUIDE.is_dir():
            peers.skip_loudly(f"no folder {GUIDE}")
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        records, cls.accounts = cls.prepare_records()
        tokens_given = [f"token-{account} {account} patient/*.rs" for account in cls.accounts] + ["service - system/*.rs"]
        cls.words, cls.records = [word for token in tokens_given for word in ("--fhir-token", token)], records
        cls.portal = cls.enterClassContext(peers.Portal(*cls.words, records=records))
        there = {person["account"] for person in cls.portal.ready["people"]}  # whose document can be read
        cls.accounts = [account for account in cls.accounts if account in there]
        cls.clients = {account: Client(cls.portal.ready, f"token-{account}") for account in cls.accounts}
        cls.everything = {account: client.found(f"/Patient/{account}/$everything?_count=200")
                          for account, client in cls.clients.items()}
        for client in cls.clients.values():
            cls.addClassCleanup(client.connection.close)
        cls.statement = cls.anybody().json("/metadata")

    @classmethod
    def anybody(cls, token=""):
        client = Client(cls.portal.ready, token)
        cls.addClassCleanup(client.connection.close)
        return client

    def resources(self, account, kind):
        return [one for one in self.everything[account] if one["resourceType"] == kind]

    def search(self, account, kind, criteria):
        query = urllib.parse.urlencode(criteria, quote_via=urllib.parse.quote)
        found = self.clients[account].found(f"/{kind}?_count=200&{query}")
        return sorted(one["id"] for one in found)

    def second_look(self, account, kind, criteria):
        def has(resource, code, wanted):
            parameter = PARAMETERS[kind, code]
            return any(holds(parameter, value, one) for value in values_at(resource, parameter["expression"])
                       for one in wanted.split(","))
        return sorted(one["id"] for one in self.resources(account, kind)
                      if all(has(one, code, wanted) for code, wanted in criteria))

    def compare(self, account, kind, criteria):
        # Of a period that ends before it begins, as documents of vendors have some, nothing is said.
        broken = {one["id"] for one in self.resources(account, kind) if is_broken(one.get("period", {}))}
        found, expected = self.search(account, kind, criteria), self.second_look(account, kind, criteria)
        self.assertEqual([one for one in found if one not in broken], [one for one in expected if one not in broken],
                         f"{account} {kind} {criteria}")

    def parameters_of(self, kind):
        served = next(one for one in self.statement["rest"][0]["resource"] if one["type"] == kind)
        return [one["name"] for one in served.get("searchParam", [])]

    def test_the_records_have_what_is_to_be_found(self):
        kinds = {one["resourceType"] for resources in self.everything.values() for one in resources}
        self.assertGreaterEqual(kinds, self.KINDS)
        self.assertGreaterEqual(len(self.accounts), self.ACCOUNTS)

    def test_each_published_parameter_finds_what_a_second_look_finds(self):
        asked = matched = 0
        served = {one["type"] for one in self.statement["rest"][0]["resource"]}
        for (kind, code), parameter in PARAMETERS.items():
            if kind not in served or code not in self.parameters_of(kind):
                continue
            for account in self.accounts:
                values = [value for one in self.resources(account, kind)
                          for value in values_at(one, parameter["expression"])]
                for wanted in asked_with(parameter, values) if values else []:
                    asked += 1
                    matched += bool(self.second_look(account, kind, [(code, wanted)]))
                    self.compare(account, kind, [(code, wanted)])
        self.assertGreater(asked, self.ASKED)
        self.assertGreater(matched, asked // 4)

    def test_each_combination_that_shall_work_does(self):
        done = set()
        for kind, names in COMBINATIONS:
            for account in self.accounts:
                for resource in self.resources(account, kind)[:4]:
                    criteria = []
                    for name in names:
                        parameter = PARAMETERS[kind, name]
                        wanted = asked_with(parameter, values_at(resource, parameter["expression"]))
                        if not values_at(resource, parameter["expression"]):
                            break
                        criteria.append((name, ("ge" if parameter["type"] == "date" else "") + wanted[0]))
                    else:
                        self.compare(account, kind, criteria)
                        done.add((kind, names))
        # Of the rest the records have nothing.
        self.assertGreaterEqual(len(done), self.COMBINED, done)

    def test_the_statement_names_what_shall_be_searched(self):
        served = {one["type"]: one for one in self.statement["rest"][0]["resource"]}
        published = json.loads((GUIDE / "CapabilityStatement-us-core-server.json").read_text())
        for one in published["rest"][0]["resource"]:
            if one["type"] not in served:
                continue
            shall = {parameter["name"] for parameter in one.get("searchParam", [])
                     if any(e["url"] == EXPECTATION and e["valueCode"] == "SHALL" for e in parameter["extension"])}
            self.assertLessEqual(shall, set(self.parameters_of(one["type"])), one["type"])
        told = {(kind, tuple(sorted(part["valueString"] for part in extension["extension"])))
                for kind, one in served.items() for extension in one.get("extension", [])}
        self.assertLessEqual({(kind, tuple(sorted(names))) for kind, names in COMBINATIONS if kind in served}, told)
        self.assertEqual(self.statement["fhirVersion"], "4.0.1")
        self.assertIn(published["url"], self.statement["instantiates"])

    def test_pages_and_posts_find_the_same(self):
        for account, client in self.clients.items():
            for kind in ("Observation", "Condition", "Provenance"):
                whole = [one["id"] for one in self.resources(account, kind)]
                for count in (1, 7, 50):
                    if count > 1 or len(whole) < 40:
                        self.assertEqual([one["id"] for one in client.found(f"/{kind}?_count={count}")], whole)
                posted = client.json(f"/{kind}/_search", "_count=200")
                self.assertEqual(posted["total"], len(whole))
                self.assertEqual([entry["resource"]["id"] for entry in posted.get("entry", [])], whole[:200])

    def test_each_resource_says_where_it_comes_from(self):
        for account, client in self.clients.items():
            for kind in ("AllergyIntolerance", "MedicationRequest", "Patient", "DocumentReference"):
                for bundle in client.pages(f"/{kind}?_revinclude=Provenance:target"):
                    entries = [entry["resource"] for entry in bundle.get("entry", [])]
                    for agent in (agent for one in entries for agent in one.get("agent", [])):
                        # provenance-1 of US Core
                        self.assertEqual(agent["who"]["reference"].startswith("Practitioner/"), "onBehalfOf" in agent)
                    told = [{target["reference"] for target in one["target"]}
                            for one in entries if one["resourceType"] == "Provenance"]
                    of_kind = {f"{kind}/{one['id']}" for one in entries if one["resourceType"] == kind}
                    self.assertLessEqual(of_kind, set().union(*told))
                    self.assertEqual([targets for targets in told if not targets & of_kind], [])

    def test_every_reference_and_attachment_leads_somewhere(self):
        for account, client in self.clients.items():
            there = {f"{one['resourceType']}/{one['id']}" for one in self.everything[account]}
            self.assertEqual({ref for one in self.everything[account] for ref in references_in(one)} - there, set())
            for document in self.resources(account, "DocumentReference"):
                for content in document["content"]:
                    attachment = content["attachment"]
                    status, headers, data = client.ask(attachment["url"][len(client.base):])
                    self.assertEqual((status, headers["Content-Type"]), (200, attachment["contentType"]))
                    if "data" in attachment:
                        self.assertEqual(base64.b64decode(attachment["data"]), data)
                    else:
                        self.assertEqual(attachment["size"], len(data))

    def test_each_token_sees_its_own_patient_alone(self):
        for account, client in self.clients.items():
            other = self.accounts[(self.accounts.index(account) + 1) % len(self.accounts)]
            shared = {one["id"] for one in self.everything[account]}
            for one in self.everything[other]:
                if one["id"] not in shared:
                    self.assertEqual(client.ask(f"/{one['resourceType']}/{one['id']}")[0], 404)
            self.assertEqual({one["id"] for one in self.resources(account, "Patient")}, {account})

    def test_an_export_holds_what_the_patients_have(self):
        client = self.anybody("service")
        status, headers, _ = client.ask("/Group/everybody/$export", Prefer="respond-async")
        self.assertEqual(status, 202)
        poll = headers["Content-Location"][len(client.base):]
        self.assertEqual(client.ask(poll)[0], 202)
        exported = {}
        for file in client.json(poll)["output"]:
            lines = client.ask(file["url"][len(client.base):])[2].decode().splitlines()
            self.assertEqual(len(lines), file["count"])
            for one in map(json.loads, lines):
                self.assertEqual(one["resourceType"], file["type"])
                exported[one["resourceType"], one["id"]] = one
        expected = {(one["resourceType"], one["id"]): one for resources in self.everything.values() for one in resources}
        self.assertEqual(exported.keys(), expected.keys())
        # What patients share is that of the first of them: its date may be another's.
        for key, one in expected.items():
            self.assertEqual({**one, "meta": 0}, {**exported[key], "meta": 0})

    def test_the_second_look_notices_faults(self):
        by_parameter = "test_each_published_parameter_finds_what_a_second_look_finds"
        for defect, check in {"fhir-search-misses": by_parameter, "fhir-date-ignores-prefix": by_parameter,
                              "fhir-paging-loses": "test_pages_and_posts_find_the_same",
                              "fhir-wrong-total": "test_pages_and_posts_find_the_same",
                              "fhir-no-provenance": "test_each_resource_says_where_it_comes_from",
                              "fhir-dangling-reference": "test_every_reference_and_attachment_leads_somewhere",
                              "fhir-reads-other-patients": "test_each_token_sees_its_own_patient_alone"}.items():
            with peers.Portal(*self.words, records=self.records, defect=defect) as portal:
                faulty = type(self)(check)
                faulty.clients = {account: Client(portal.ready, f"token-{account}") for account in self.accounts}
                faulty.everything = {account: client.found(f"/Patient/{account}/$everything?_count=200")
                                     for account, client in faulty.clients.items()}
                with self.assertRaises(AssertionError, msg=defect):
                    getattr(faulty, check)()
                for client in faulty.clients.values():
                    client.connection.close()

    def test_what_is_served_conforms(self):
        data = self.folder / "rules"
        self.assertEqual(peers.bluebridge("data", "import", "--data", data, *DEFINITIONS).returncode, 0)
        for account, resources in self.everything.items():
            bundle = {"resourceType": "Bundle", "type": "collection",
                      "entry": [{"fullUrl": f"{self.portal.ready['fhir']}/{one['resourceType']}/{one['id']}", "resource": one}
                                for one in resources]}
            (self.folder / f"{account}.json").write_text(json.dumps(bundle))
        (self.folder / "metadata.json").write_text(json.dumps(self.statement))
        files = [*(self.folder / f"{account}.json" for account in self.accounts), self.folder / "metadata.json"]
        checked = peers.bluebridge("check", "--json", "--data", data, *files)
        errors = [finding for line in checked.stdout.splitlines() for finding in json.loads(line).get("findings", [])
                  if finding["level"] == "error"]
        # Documents of vendors end some periods before they begin, and the portal keeps to what they say.
        self.assertEqual([e for e in errors if e["rule"] != "fhir-period"], [])

    def invariants_of(self, everything):
        resources = [one for account in everything.values() for one in account]
        return fhir_invariants.judge(self, self.folder, resources, *DEFINITIONS)

    def test_every_invariant_holds(self):
        judged = self.invariants_of(self.everything)
        self.assertGreater(judged["evaluated"], self.EVALUATED)
        # Narrative, and what looks behind references.
        self.assertLessEqual(judged["not_evaluated"].keys(), {"txt-1", "txt-2", "ctm-1", "provenance-1"})
        self.assertEqual(judged["broken"], [])

    def test_a_broken_invariant_is_noticed(self):
        # ait-1 asks an allergy for its clinical status.
        with peers.Portal(*self.words, records=self.records, defect="fhir-drops-must-support") as portal:
            client = Client(portal.ready, "service")
            allergies = {"all": client.found("/AllergyIntolerance?_count=200")}
            client.connection.close()
        self.assertIn("ait-1", {one["rule"].split(":")[0] for one in self.invariants_of(allergies)["broken"]})


class SamplePatientsTest(PortalFhirTest):
    """The same of the sample patients, who have all that US Core 6.1.0 profiles."""
    KINDS = PortalFhirTest.KINDS | {"Device", "Endpoint", "Goal", "Media", "MedicationDispense", "PractitionerRole",
                                    "QuestionnaireResponse", "RelatedPerson", "ServiceRequest", "Specimen"}
    ACCOUNTS, ASKED, COMBINED, EVALUATED = 4, 1000, 21, 2_000

    @classmethod
    def prepare_records(cls):
        return peers.SOURCE / "samples" / "records", ["alice", "bruno", "zoe", "dmitri"]

    def test_every_profile_is_claimed_but_what_is_not_demanded(self):
        published = {json.loads(file.read_text())["url"].rpartition("/")[2]: json.loads(file.read_text())
                     for file in GUIDE.glob("StructureDefinition-*.json")}
        profiles = {name for name, one in published.items() if one["type"] != "Extension"}
        claimed = {url.rpartition("/")[2] for resources in self.everything.values() for one in resources
                   for url in one["meta"].get("profile", [])}
        # FHIR-USC-15; us-core-vital-signs is what the others of its kind begin from.
        left = {"us-core-observation-sexual-orientation", "us-core-vital-signs"}
        self.assertEqual(profiles - claimed, left)


PARAMETERS = published_parameters() if GUIDE.is_dir() else {}
COMBINATIONS = [(one["type"], tuple(part["valueString"] for part in extension["extension"] if part["url"] == "required"))
                for one in (json.loads((GUIDE / "CapabilityStatement-us-core-server.json").read_text())["rest"][0]["resource"]
                            if GUIDE.is_dir() else [])
                for extension in one.get("extension", []) if extension["url"] == COMBINATION
                and any(part["url"] == EXPECTATION and part["valueCode"] == "SHALL" for part in extension["extension"])]


if __name__ == "__main__":
    unittest.main()
