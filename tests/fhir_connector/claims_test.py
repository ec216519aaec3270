#!/usr/bin/env python3
"""Claims through the FHIR connector: what CMS published of Blue Button 2.0, and the claims of the sample records.

What comes out is compared with what the published files say, read here and by nothing of ours.

  claims_test.py TOOL PLUGINS CONNECTOR_HOST BLUEBRIDGE
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from fhir_case import FHIR, FhirCase  # noqa: E402
from skips import skip_loudly  # noqa: E402

SOURCE = pathlib.Path(__file__).parents[2]
CMS = pathlib.Path(os.environ.get("BB_TEST_DATA", SOURCE.parent / "shared" / "data")) / "fhir" / "cms-blue-button-2.0"
BLUEBRIDGE = sys.argv[4] if len(sys.argv) > 4 else ""


class Number(str):
    """A number as it was written."""


def read(text):
    return json.loads(text, parse_float=Number, parse_int=Number)


def searchset(resources, include=()):
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    entries += [{"resource": one, "search": {"mode": "include"}} for one in include]
    return json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": entries})


def name_of(resource):
    return f"{resource['resourceType']}/{resource['id']}"


class ClaimsTest(FhirCase):
    def serve(self, kind, text):
        self.routes["/fhir/" + kind] = (200, {"content-type": FHIR}, text)

    def listed(self, name, **query):
        items, cursor = [], None
        while True:
            emitted = self.call(name, "view", "list", **query, **({"cursor": cursor} if cursor else {}))["emitted"]
            items += [item["id"] for item in emitted["items"]]
            cursor = emitted.get("cursor")
            if not cursor:
                return items

    def downloaded(self, name):
        return base64.b64decode(self.call(name, "download", "fetch", format_id="fhir-bundle")["body"]).decode()

    def facts_of(self, text):
        """What BlueBridge says that the Bundle states."""
        file = self.folder / "record.json"
        file.write_text(text)
        done = subprocess.run([BLUEBRIDGE, "show", "--json", file], capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    # --- What CMS published

    def cms(self, name):
        if not CMS.is_dir():
            skip_loudly(f"no folder {CMS}")
        return (CMS / name).read_text()

    def served_by_cms(self):
        """A connector that is signed in at a server that answers as CMS did; what it serves."""
        kinds = {"Patient": "patient_search_v2.json", "Coverage": "coverage_search_v2.json",
                 "ExplanationOfBenefit": "eob_search_v2.json"}
        for kind, file in kinds.items():
            self.serve(kind, self.cms(file))
        resources = [entry["resource"] for file in kinds.values() for entry in read(self.cms(file))["entry"]]
        return self.signed_in(profile="cms-bb2"), resources

    def test_what_cms_published_is_listed(self):
        name, resources = self.served_by_cms()
        self.assertEqual(self.listed(name), [name_of(one) for one in resources])
        self.assertGreaterEqual(len(resources), 15)

    def test_what_cms_published_passes_through_as_it_was_written(self):
        name, resources = self.served_by_cms()
        self.assertEqual([entry["resource"] for entry in read(self.downloaded(name))["entry"]], resources)

    def test_each_claim_that_cms_published_is_read_as_it_was_written(self):
        name = self.signed_in(profile="cms-bb2")
        for file in ("eob_read_carrier_v2.json", "eob_read_in_pt_v2.json", "eob_read_out_pt_v2.json", "coverage_read_v2.json"):
            resource = read(self.cms(file))
            self.serve(name_of(resource), self.cms(file))
            reply = self.call(name, "view", "read", item_id=name_of(resource))
            self.assertEqual(base64.b64decode(reply["body"]).decode(), self.cms(file))

    def test_the_facts_of_the_record_are_those_that_cms_published(self):
        name, resources = self.served_by_cms()
        facts = self.facts_of(self.downloaded(name))
        claims = [one for one in resources if one["resourceType"] == "ExplanationOfBenefit"]
        self.assertEqual([(claim["start"], claim["end"], claim["status"], claim["paid"], len(claim["items"]))
                          for claim in facts["claims"]],
                         [(*(one.get("billablePeriod", {}).get(end, "") for end in ("start", "end")), one["status"],
                           one.get("payment", {}).get("amount", {}).get("value", ""), len(one["item"])) for one in claims])
        for claim, one in zip(facts["claims"], claims):
            self.assertIn(claim["id"], [identifier["value"] for identifier in one["identifier"]])
            for item, line in zip(claim["items"], one["item"]):
                self.assertIn(item["service"]["code"], [coding["code"] for coding in line["productOrService"]["coding"]])
        patient = resources[0]
        self.assertEqual(facts["patient"]["birth_date"], patient["birthDate"])
        self.assertEqual(facts["patient"]["family"], patient["name"][0]["family"])
        self.assertEqual(len(facts["coverages"]), sum(one["resourceType"] == "Coverage" for one in resources))

    # --- What the samples have

    def served_by_payer(self):
        resources = [entry["resource"] for entry in
                     read((SOURCE / "samples" / "records" / "alice.claims.json").read_text())["entry"]]
        claims = [one for one in resources if one["resourceType"] == "ExplanationOfBenefit"]
        others = [one for one in resources if one not in claims]
        self.serve("ExplanationOfBenefit", searchset(claims, others))
        return self.signed_in(), claims, others

    def test_claims_are_listed_with_what_comes_along(self):
        name, claims, others = self.served_by_payer()
        self.assertEqual(self.listed(name), [name_of(one) for one in claims + others])
        self.assertIn("_include=ExplanationOfBenefit", self.server.seen[-1][1])
        # Who asks for claims gets claims.
        self.assertEqual(self.listed(name, kind="fhir:ExplanationOfBenefit"), [name_of(one) for one in claims])

    def test_a_server_that_includes_unasked_lists_what_was_searched(self):
        # Of the profile cms-bb2, whose searches include nothing.
        claims = read(self.cms("eob_search_v2.json"))["entry"]
        self.serve("Patient", searchset([]))
        self.serve("Coverage", searchset([]))
        self.serve("ExplanationOfBenefit", searchset([claims[0]["resource"]], [{"resourceType": "Patient", "id": "x"}]))
        self.assertEqual(self.listed(self.signed_in(profile="cms-bb2")), [name_of(claims[0]["resource"])])

    def test_a_person_learns_what_was_charged_and_paid(self):
        name, claims, _ = self.served_by_payer()
        facts = self.facts_of(self.downloaded(name))
        self.assertEqual(facts["patient"]["family"], "Newman")
        self.assertEqual([coverage["payer"] for coverage in facts["coverages"]], ["Example Health Plan"])
        for claim, one in zip(facts["claims"], claims, strict=True):
            totals = {total["category"]["coding"][0]["code"]: total["amount"]["value"] for total in one["total"]}
            told = [claim[key] for key in ("id", "status", "charged", "approved", "paid", "patient_owes", "currency")]
            self.assertEqual(told, [one["identifier"][0]["value"], one["status"], totals["submitted"], totals["eligible"],
                                    one["payment"]["amount"]["value"], totals["memberliability"], "USD"])
            for item, line in zip(claim["items"], one["item"], strict=True):
                # A line that names no service is one of its revenue code.
                code = line["productOrService"]["coding"][0]["code"]
                code = line["revenue"]["coding"][0]["code"] if code == "not-applicable" else code
                self.assertEqual((item["service"]["code"], item["quantity"]), (code, line["quantity"]["value"]))


if __name__ == "__main__":
    FhirCase.programs = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
