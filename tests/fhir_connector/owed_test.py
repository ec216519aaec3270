#!/usr/bin/env python3
"""What a FHIR connector owes to those who run it (FHIR-CX-01 to -04): it reads what a server is free to answer.

  owed_test.py TOOL PLUGINS CONNECTOR_HOST
"""
import base64
import json
import pathlib
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from fhir_case import FHIR, FhirCase, bundle  # noqa: E402
from hostile_case import TOKEN  # noqa: E402

CONFIGURATION = "/fhir/.well-known/smart-configuration"


class OwedTest(FhirCase):
    def downloaded(self, name):
        return base64.b64decode(self.call(name, "download", "fetch", format_id="fhir-bundle")["body"]).decode()

    def test_endpoints_are_those_of_the_discovery(self):
        origin = self.server.origin
        self.routes[CONFIGURATION] = (200, {"content-type": "application/json"}, json.dumps({
            "authorization_endpoint": origin + "/odd/way-in?tenant=7", "token_endpoint": origin + "/odd/coins.php"}))
        self.routes["/odd/coins.php"] = self.routes.pop("/token")
        self.search((200, {"content-type": FHIR}, bundle("e1")))
        name = self.make()
        request, challenge = self.begin(name)
        url = urllib.parse.urlsplit(challenge["url"])
        self.assertEqual(url.path, "/odd/way-in")
        self.assertEqual(urllib.parse.parse_qs(url.query)["tenant"], ["7"])
        self.call(name, "session", "resume", **self.coming_back(request, challenge))
        self.assertEqual([item["id"] for item in self.call(name, "view", "list")["emitted"]["items"]], ["ExplanationOfBenefit/e1"])
        self.assertEqual({path.partition("?")[0] for _, path, _, _ in self.server.seen},
                         {CONFIGURATION, "/odd/coins.php", "/fhir/ExplanationOfBenefit"})

    def test_thirty_pages_are_read_to_the_end(self):
        name = self.signed_in()

        def page(handler):
            number = int(urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query).get("page", ["1"])[0])
            following = f"{self.base}/ExplanationOfBenefit?page={number + 1}" if number < 30 else None
            handler.answer(200, {"content-type": FHIR}, bundle(f"e{number}", following=following))
        self.search(page)
        entries = json.loads(self.downloaded(name))["entry"]
        self.assertEqual([entry["resource"]["id"] for entry in entries], [f"e{number}" for number in range(1, 31)])

    def test_what_is_unknown_is_taken_as_it_is(self):
        name = self.signed_in()
        unknown = [
            {"resourceType": "ExplanationOfBenefit", "id": "e1", "moonPhase": {"full": [True, None, -1e-7]}, "_status": {"id": "s"},
             "extension": [{"url": "https://elsewhere.example/mood", "valueString": "calm"}],
             "modifierExtension": [{"url": "https://elsewhere.example/more", "valueBoolean": False}]},
            {"resourceType": "MoonObservation", "id": "m1", "phase": "waning"}]
        page = {"resourceType": "Bundle", "type": "searchset", "later": {"than": "R4"}, "entry": [
            {"resource": one, "search": {"mode": "someday"}} for one in unknown]}
        self.search((200, {"content-type": FHIR}, json.dumps(page)))
        entries = json.loads(self.downloaded(name))["entry"]
        self.assertEqual([entry["resource"] for entry in entries], unknown)
        items = self.call(name, "view", "list")["emitted"]["items"]
        self.assertIn("ExplanationOfBenefit/e1", [item["id"] for item in items])

    def test_dates_stay_as_precise_as_they_are(self):
        name = self.signed_in()
        written = {"created": "2014", "billablePeriod": {"start": "2014-02", "end": "2014-02-28"}, "total": [{"amount": {"value": 0}}]}
        page = {"resourceType": "Bundle", "type": "searchset",
                "entry": [{"resource": {"resourceType": "ExplanationOfBenefit", "id": "e1", **written}}]}
        text = json.dumps(page).replace('"value": 0', '"value": 1.00')
        self.search((200, {"content-type": FHIR}, text))
        body = self.downloaded(name)
        resource = json.loads(body, parse_float=str)["entry"][0]["resource"]
        self.assertEqual((resource["created"], resource["billablePeriod"]), (written["created"], written["billablePeriod"]))
        self.assertEqual(resource["total"][0]["amount"]["value"], "1.00")
        self.assertNotIn(TOKEN, body)


if __name__ == "__main__":
    FhirCase.programs = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
