#!/usr/bin/python3
"""The sample portal by Blue Button+ Pull: Python's standard library is the browser and the application."""
import base64
import hashlib
import json
import secrets
import unittest
import urllib.parse
import xml.etree.ElementTree as xml

from library_browser import FORM, Browser
from page_forms import Forms

import peers

BACK = "http://127.0.0.1:9999/callback"
ACCOUNT = "alice"
STATE = "a state+with/signs=" + secrets.token_urlsafe(8)
NAMES = {"atom": "http://www.w3.org/2005/Atom", "fhir": "http://hl7.org/fhir"}


class PullTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())
        program = Browser(cls.portal)
        cls.provider, = json.loads(program.ask("GET", "/.well-known/bb/providers.json").text)
        cls.apps = {app["name"]: app for app in cls.portal.ready["pull"]["apps"]}

    def path(self, url):
        return url.removeprefix(self.portal.ready["url"])

    def register(self, program, app=None, **members):
        body = {"client_name": "Test", "client_uri": "https://test.example", "redirect_uris": [BACK], "response_types": ["code"],
                "token_endpoint_auth_method": "none", "scope": "summary: search:", **members}
        headers = {"Content-Type": "application/json"}
        if app:
            body = {name: value for name, value in body.items() if name not in ("client_name", "client_uri")}
            headers["Authorization"] = "Bearer " + app["registration_jwt"]
        answer = program.ask("POST", self.path(self.provider["oauth2"]["registration_uri"]), json.dumps(body), headers)
        return answer.status, json.loads(answer.text)

    def authorize_path(self, client, **fields):
        asked = {"response_type": "code", "client_id": client["client_id"], "redirect_uri": BACK, "scope": "summary: search:",
                 "state": STATE, **fields}
        return self.path(self.provider["oauth2"]["authorize_uri"]) + "?" + urllib.parse.urlencode(asked)

    def allow(self, path, account=ACCOUNT, refused=()):
        """(the consent page, where the browser is sent back to)"""
        browser = Browser(self.portal)
        page = browser.sign_in(path, account)
        fields = [field for field in Forms(page.text).with_action("/pull/consent") if field[0] != "scope" or field[1] not in refused]
        return page.text, browser.go("POST", "/pull/consent", fields + [("decision", "allow")])

    def redeem(self, program, client, code, **fields):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, **fields}
        headers = {}
        if "client_secret" in client:
            pair = f"{client['client_id']}:{client['client_secret']}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        else:
            form["client_id"] = client["client_id"]
        answer = program.ask("POST", self.path(self.provider["oauth2"]["token_uri"]), form, headers)
        return answer.status, json.loads(answer.text)

    def token(self, program, account=ACCOUNT, **fields):
        _, client = self.register(program)
        _, location = self.allow(self.authorize_path(client, **fields), account)
        returned = dict(urllib.parse.parse_qsl(location.partition("?")[2]))
        return self.redeem(program, client, returned["code"])[1]["access_token"]

    def read(self, program, url, token, accept=None):
        headers = {"Authorization": f"Bearer {token}", **({"Accept": accept} if accept else {})}
        answer = program.ask("GET", self.path(url), None, headers)
        return answer.status, answer.getheader("Content-Type"), answer.text

    def documents(self, program, token, query=""):
        status, kind, text = self.read(program, self.provider["bb_api"]["search"] + query, token, "application/json")
        self.assertEqual((status, kind), (200, "application/json; charset=utf-8"), text)
        return [entry["content"] for entry in json.loads(text)["entry"]]

    def test_a_trusted_application_with_a_secret_reads_by_a_code(self):
        program = Browser(self.portal)
        status, client = self.register(program, self.apps["Health diary"], token_endpoint_auth_method="client_secret_basic",
                                       redirect_uris=["http://127.0.0.1/callback"])
        self.assertEqual(status, 201, client)
        self.assertEqual((client["client_name"], client["contacts"]), ("Health diary", ["people@diary.example"]))
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        page, location = self.allow(self.authorize_path(client, code_challenge=challenge, code_challenge_method="S256"))
        self.assertIn("A registry knows this application, Health diary, https://diary.example/app", page)
        returned = dict(urllib.parse.parse_qsl(location.partition("?")[2], strict_parsing=True))
        self.assertEqual(returned["state"], STATE)
        # Who sent a challenge is held to it.
        for wrong in ({}, {"code_verifier": verifier[::-1]}):
            self.assertEqual(self.redeem(program, client, returned["code"], **wrong)[0], 400)
        status, token = self.redeem(program, client, returned["code"], code_verifier=verifier)
        self.assertEqual((status, token["token_type"], token["expires_in"], token["scope"]), (200, "Bearer", 3600, "summary: search:"))
        pair = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
        told = program.ask("POST", self.path(self.provider["oauth2"]["introspect_uri"]), {"token": token["access_token"]},
                           {"Authorization": "Basic " + pair})
        self.assertEqual((json.loads(told.text)["active"], json.loads(told.text)["scope"]), (True, "summary: search:"))
        summary = self.provider["bb_api"]["summary"]
        status, kind, text = self.read(program, summary, token["access_token"])
        self.assertEqual((status, kind), (200, "text/xml"))
        self.assertEqual(peers.cda_text(xml.fromstring(text), "cda:recordTarget//cda:patient/cda:name/cda:family"), "Newman")
        for accept, expected in (("text/plain", "text/plain; charset=utf-8"), ("text/html;q=0.9", "text/html; charset=utf-8"),
                                 ("image/png, text/*", "text/xml")):
            self.assertEqual(self.read(program, summary, token["access_token"], accept)[1], expected, accept)
        self.assertEqual(self.read(program, summary, token["access_token"], "image/png")[0], 406)
        # Used a second time, the code ends what it gave.
        self.assertEqual(self.redeem(program, client, returned["code"], code_verifier=verifier)[0], 400)
        self.assertEqual(self.read(program, summary, token["access_token"])[0], 401)

    def test_an_experimental_application_reads_by_a_token_of_the_browser_until_the_person_ends_it(self):
        program = Browser(self.portal)
        _, client = self.register(program, response_types=["token"], grant_types=["implicit"])
        self.assertNotIn("client_secret", client)
        path = self.authorize_path(client, response_type="token")
        self.assertIn(f"trust {BACK}, where it sends you back to", Browser(self.portal).go("GET", path).text)
        browser = Browser(self.portal)
        page = browser.sign_in(path, ACCOUNT)
        fields = Forms(page.text).with_action("/pull/consent")
        location = browser.go("POST", "/pull/consent", fields + [("decision", "allow")])
        self.assertEqual(location.partition("#")[0], BACK)
        returned = dict(urllib.parse.parse_qsl(location.partition("#")[2], strict_parsing=True))
        self.assertEqual((returned["token_type"], returned["expires_in"], returned["state"]), ("Bearer", "3600", STATE))
        summary = self.provider["bb_api"]["summary"]
        self.assertEqual(self.read(program, summary, returned["access_token"])[0], 200)
        self.assertEqual(self.read(program, self.portal.ready["fhir"] + "/Patient", returned["access_token"])[0], 403)
        manage = browser.go("GET", "/oauth/manage").text
        self.assertIn("See the health summary", manage)
        for where, fields in Forms(manage).forms:
            if where == "/oauth/manage":
                browser.go("POST", where, fields)
        self.assertEqual(self.read(program, summary, returned["access_token"])[0], 401)

    def test_who_says_no_to_the_implicit_flow_sends_the_error_in_the_fragment(self):
        _, client = self.register(Browser(self.portal), response_types=["token"])
        browser = Browser(self.portal)
        fields = Forms(browser.sign_in(self.authorize_path(client, response_type="token"), ACCOUNT).text).with_action("/pull/consent")
        location = browser.go("POST", "/pull/consent", fields + [("decision", "deny")])
        self.assertTrue(location.startswith(BACK + "#error=access_denied&"), location)

    def test_requests_that_are_wrong(self):
        program = Browser(self.portal)
        _, client = self.register(program, scope="summary:")
        for fields, error in (({"scope": "summary: search:"}, "invalid_scope"), ({"scope": "send_email_to:a@b.example"}, "invalid_scope"),
                              ({"scope": ""}, "invalid_scope"), ({"scope": "summary:x"}, "invalid_scope"),
                              ({"response_type": "token"}, "unauthorized_client"), ({"response_type": "id"}, "unsupported_response_type"),
                              ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request")):
            location = program.go("GET", self.authorize_path(client, **{"scope": "summary:", **fields}))
            self.assertIn(f"error={error}&", location, fields)
        # Each protocol has its own applications.
        own = self.authorize_path(client, scope="summary:")
        self.assertEqual(program.go("GET", own.replace("/pull/authorize", "/oauth/authorize")).status, 400)
        self.assertEqual(program.go("GET", self.authorize_path({"client_id": "demo-public"})).status, 400)

    def test_registrations_that_are_wrong(self):
        program = Browser(self.portal)
        for members, error in (({"redirect_uris": []}, "invalid_redirect_uri"), ({"redirect_uris": ["http://app.example/"]}, "invalid_redirect_uri"),
                               ({"scope": "everything:"}, "invalid_client_metadata"), ({"scope": "summary: " * 101}, "invalid_client_metadata"), ({"contacts": "me"}, "invalid_client_metadata"),
                               ({"client_uri": 7}, "invalid_client_metadata"), ({"client_name": "n" * 101}, "invalid_client_metadata"),
                               ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
                               ({"grant_types": ["implicit"]}, "invalid_client_metadata"), ({"response_types": ["id_token"]}, "invalid_client_metadata")):
            status, answer = self.register(program, **members)
            self.assertEqual((status, answer["error"]), (400, error), members)
        # Where the registry fixed redirect_uris others are refused.
        status, answer = self.register(program, self.apps["Health diary"], redirect_uris=["https://evil.example/"])
        self.assertEqual((status, answer["error"]), (400, "invalid_client_metadata"))
        status, answer = self.register(program, self.apps["Old diary"])
        self.assertEqual((status, answer["error"]), (401, "invalid_token"))

    def test_the_registry_says_which_jwt_is_good(self):
        program = Browser(self.portal)
        registry = json.loads(program.ask("GET", "/.well-known/bb/registry.json").text)
        introspect = self.path(registry["oauth2"]["introspect"])
        for name, is_good in (("Health diary", True), ("Old diary", False)):
            told = json.loads(program.ask("POST", introspect, {"token": self.apps[name]["registration_jwt"]}, {"Content-Type": FORM}).text)
            self.assertEqual(told["active"], is_good, name)
        self.assertIn("BEGIN CERTIFICATE", program.ask("GET", self.path(registry["trust_bundle_uri"])).text)

    def test_a_search_by_both_forms_and_by_each_parameter(self):
        program = Browser(self.portal)
        token = self.token(program)
        documents = self.documents(program, token)
        self.assertEqual([document["type"] for document in documents].count("Summary"), 1)
        self.assertGreater(len(documents), 2)
        feed = xml.fromstring(self.read(program, self.provider["bb_api"]["search"], token)[2])
        listed = [{name: entry.find(f"atom:content/fhir:DocumentReference/fhir:{name}", NAMES).get("value")
                   for name in ("location", "format", "mimeType", "type")} for entry in feed.findall("atom:entry", NAMES)]
        self.assertEqual(listed, [{name: document[name] for name in ("location", "format", "mimeType", "type")} for document in documents])
        for document in documents:
            status, kind, text = self.read(program, document["location"], token)
            self.assertEqual((status, kind), (200, document["mimeType"]))
            self.assertEqual(xml.fromstring(text).tag, "{urn:hl7-org:v3}ClinicalDocument")
        # Instants of one form are in order as texts are.
        middle = sorted(document["period"]["end"] for document in documents)[len(documents) // 2]
        for query, fits in (("type=Consult", lambda d: d["type"] == "Consult"), ("type=Lab,Summary", lambda d: d["type"] == "Summary"),
                            ("type=Consult&format=CCR", lambda d: False), ("format=CCDA,CCR", lambda d: True),
                            ("mimeType=text/xml", lambda d: True), ("mimeType=text/plain", lambda d: False),
                            (f"period:before={middle}", lambda d: d["period"]["end"] < middle),
                            (f"period:after={middle}", lambda d: d["period"]["start"] > middle)):
            expected = [document["location"] for document in documents if fits(document)]
            self.assertEqual([found["location"] for found in self.documents(program, token, "?" + query)], expected, query)
        for query in ("period:before=soon", "author=me"):
            self.assertEqual(self.read(program, self.provider["bb_api"]["search"] + "?" + query, token)[0], 400, query)
        stranger = self.token(program, "bruno")
        self.assertEqual(self.read(program, documents[0]["location"], stranger)[0], 404)

    def test_applications_in_a_browser_may_ask(self):
        program = Browser(self.portal)
        for path in ("/pull/register", "/pull/summary", "/.well-known/bb/providers.json"):
            allowed = program.ask("OPTIONS", path, None, {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"})
            self.assertEqual((allowed.status, allowed.getheader("Access-Control-Allow-Origin")), (204, "*"), path)
            self.assertIn("Authorization", allowed.getheader("Access-Control-Allow-Headers"))
        self.assertEqual(program.ask("GET", "/pull/summary").getheader("Access-Control-Allow-Origin"), "*")
        self.assertIsNone(program.ask("GET", "/pull/authorize").getheader("Access-Control-Allow-Origin"))

    def test_a_person_refuses_a_part(self):
        program = Browser(self.portal)
        _, client = self.register(program)
        _, location = self.allow(self.authorize_path(client), refused=["search:"])
        returned = dict(urllib.parse.parse_qsl(location.partition("?")[2]))
        _, token = self.redeem(program, client, returned["code"])
        self.assertEqual(token["scope"], "summary:")
        self.assertEqual(self.read(program, self.provider["bb_api"]["search"], token["access_token"])[0], 403)


if __name__ == "__main__":
    unittest.main()
