#!/usr/bin/python3
"""The claims of the sample portal, judged by what CARIN published.

Profiles by the structural check, their invariants by fhirpath.js, searches by a second look at the resources themselves.
"""
import copy
import json
import unittest
import urllib.parse

import fhir_invariants
import peers
from fhir_second_look import Client, asked_with, holds, references_in, values_at

GUIDE = peers.DATA / "fhir" / "ig" / "carin-bb-2.0.0"
DEFINITIONS = [peers.DATA / "fhir" / "definitions-r4", peers.DATA / "fhir" / "ig" / "us-core-6.1.0", GUIDE]
CLAIM = "ExplanationOfBenefit"
# It asks for specialties, of which the guide has no list.
NO_LIST = {"EOB-careteam-qualification"}


def published(kind):
    return [json.loads(file.read_text()) for file in sorted(GUIDE.glob(f"{kind}-*.json"))]


class PortalClaimsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not GUIDE.is_dir():
            peers.skip_loudly(f"no folder {GUIDE}")
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        tokens = [word for account in ("alice", "bruno") for word in ("--fhir-token", f"{account} {account} patient/*.rs")]
        cls.portal = cls.enterClassContext(peers.Portal(*tokens, records=peers.SOURCE / "samples" / "records"))
        cls.clients = {account: Client(cls.portal.ready, account) for account in ("alice", "bruno")}
        for client in cls.clients.values():
            cls.addClassCleanup(client.connection.close)
        cls.parameters = {one["code"]: one for one in published("SearchParameter") if one["base"] == [CLAIM]}
        cls.everything = {account: client.found(f"/Patient/{account}/$everything?_count=200")
                          for account, client in cls.clients.items()}

    def claims(self, account):
        return [one for one in self.everything[account] if one["resourceType"] == CLAIM]

    def of_the_payer(self, *accounts):
        return [one for account in accounts or self.everything for one in self.everything[account]
                if any("/us/carin-bb/" in profile for profile in one.get("meta", {}).get("profile", []))]

    def test_there_are_claims_of_each_kind_by_the_profiles_of_the_guide(self):
        urls = {one["url"] for one in published("StructureDefinition")}
        claimed = {profile for one in self.of_the_payer() for profile in one["meta"]["profile"] if "/us/carin-bb/" in profile}
        self.assertEqual({profile.split("|")[1] for profile in claimed}, {"2.0.0"})
        # The base profile of claims is abstract.
        self.assertEqual({profile.split("|")[0] for profile in claimed},
                         urls - {"http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit"})
        self.assertGreaterEqual(len(self.claims("alice")), 12)
        self.assertFalse({one["id"] for one in self.claims("alice")} & {one["id"] for one in self.claims("bruno")})

    def test_the_resources_and_the_files_are_valid_by_their_profiles(self):
        rules = self.folder / "rules"
        imported = peers.bluebridge("data", "import", "--data", rules, *DEFINITIONS)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        files = [peers.SOURCE / "samples" / "records" / f"{account}.claims.json" for account in self.clients]
        for account in self.clients:
            files.append(self.folder / f"{account}.ndjson")
            files[-1].write_text("".join(json.dumps(one) + "\n" for one in self.of_the_payer(account)))
        checked = peers.bluebridge("check", "--json", "--data", rules, *files)
        answers = [json.loads(line) for line in checked.stdout.splitlines()]
        self.assertEqual([finding for one in answers for finding in one.get("findings", []) if finding["level"] == "error"], [])
        unjudged = json.dumps([one.get("unjudged") for one in answers])
        self.assertNotIn("fhir-profile", unjudged)
        self.assertNotIn("fhir-slicing", unjudged)

    def test_every_invariant_of_the_profiles_holds_and_a_broken_one_is_noticed(self):
        judged = fhir_invariants.judge(self, self.folder, self.of_the_payer(), *DEFINITIONS)
        self.assertEqual(judged["broken"], [])
        self.assertLessEqual(judged["not_evaluated"].keys(), NO_LIST)
        self.assertGreater(judged["evaluated"], 400)
        inpatient = copy.deepcopy(next(one for one in self.claims("alice")
                                       if one.get("subType", {}).get("coding", [{}])[0].get("code") == "inpatient"))
        inpatient["item"][0]["adjudication"] = [one for one in inpatient["adjudication"] if "amount" in one]
        unversioned = copy.deepcopy(self.claims("bruno")[0])
        unversioned["meta"]["profile"] = [profile.split("|")[0] for profile in unversioned["meta"]["profile"]]
        judged = fhir_invariants.judge(self, self.folder, [inpatient, unversioned], *DEFINITIONS)
        self.assertEqual({one["rule"].split(":")[0] for one in judged["broken"]},
                         {"EOB-institutional-item-or-header-adjudication", "EOB-oral-meta-profile-version"})

    def test_every_reference_leads_to_a_resource_of_the_same_patient(self):
        for account, resources in self.everything.items():
            there = {f"{one['resourceType']}/{one['id']}" for one in resources}
            self.assertEqual({ref for one in resources for ref in references_in(one)} - there, set())
            for one in self.claims(account):
                self.assertEqual(one["patient"]["reference"], f"Patient/{account}")

    def test_amounts_of_the_lines_add_up_to_the_totals_and_what_was_paid(self):
        for account in self.clients:
            for one in self.claims(account):
                totals = {total["category"]["coding"][0]["code"]: total["amount"]["value"] for total in one["total"]}
                lines = [part for item in one["item"] for part in item.get("adjudication", [])] or one["adjudication"]
                for code, total in totals.items():
                    parts = [part["amount"]["value"] for part in lines
                             if part["category"]["coding"][0]["code"] == code and "amount" in part]
                    self.assertAlmostEqual(sum(parts), total, 2, f"{one['id']} {code}")
                paid = totals.get("paidtoprovider", totals.get("paidtopatient"))
                self.assertEqual(one["payment"]["amount"]["value"], paid, one["id"])

    def test_each_published_parameter_finds_what_a_second_look_finds(self):
        matched = 0
        for code, parameter in self.parameters.items():
            for account, client in self.clients.items():
                values = [value for one in self.claims(account) for value in values_at(one, parameter["expression"])]
                for wanted in asked_with(parameter, values):
                    query = urllib.parse.urlencode({"patient": account, code: wanted}, quote_via=urllib.parse.quote)
                    found = [one["id"] for one in client.found(f"/{CLAIM}?{query}")]
                    expected = [one["id"] for one in self.claims(account)
                                if any(holds(parameter, value, part) for part in wanted.split(",")
                                       for value in values_at(one, parameter["expression"]))]
                    self.assertEqual(found, expected, f"{account} {code}={wanted}")
                    matched += bool(expected)
        self.assertGreater(matched, 80)

    def test_the_time_of_the_last_change_is_searched(self):
        for one in self.claims("alice"):
            wanted = one["meta"]["lastUpdated"]
            newer = {other["id"] for other in self.claims("alice") if other["meta"]["lastUpdated"] >= wanted}
            found = self.clients["alice"].found(f"/{CLAIM}?patient=alice&_lastUpdated=ge{wanted}")
            self.assertEqual({other["id"] for other in found}, newer)

    def test_each_include_brings_what_the_claims_refer_to(self):
        statement = self.clients["alice"].json("/metadata")["rest"][0]["resource"]
        served = next(one for one in statement if one["type"] == CLAIM)
        shall = next(one for one in published("CapabilityStatement")[0]["rest"][0]["resource"] if one["type"] == CLAIM)
        self.assertLessEqual(set(shall["searchInclude"]), set(served["searchInclude"]))
        self.assertLessEqual({one["name"] for one in shall["searchParam"]}, {one["name"] for one in served["searchParam"]})
        every = set()
        for include in shall["searchInclude"]:
            name = include.split(":")[1]
            bundle = self.clients["alice"].json(f"/{CLAIM}?patient=alice&_include={include}")
            came = {f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in bundle["entry"]
                    if entry["search"]["mode"] == "include"}
            expression = "ExplanationOfBenefit.payee.party" if name == "payee" else self.parameters.get(name, {}).get("expression")
            if expression:
                wanted = {value["reference"] for one in self.claims("alice") for value in values_at(one, expression)}
                self.assertEqual(came, wanted, include)
                every |= wanted
            else:
                self.assertEqual((name, came), ("*", every))

    def test_pages_hold_each_claim_once(self):
        whole = [one["id"] for one in self.claims("alice")]
        for count in (1, 5, len(whole) - 1, len(whole)):
            found = self.clients["alice"].found(f"/{CLAIM}?patient=alice&_count={count}")
            self.assertEqual([one["id"] for one in found], whole)


if __name__ == "__main__":
    unittest.main()
