#!/usr/bin/python3
"""The sample portal as CMS Blue Button 2.0, where the suite does not look: kinds of applications, errors in CMS's forms, bounds.

Python's standard library is the browser and the application.
"""
import datetime
import hashlib
import json
import secrets
import unittest
import urllib.parse

import peers
from library_browser import Browser
from page_forms import Forms
from portal_smart_test import BACK, base64url

CLAIMS = "ExplanationOfBenefit"


class Application:
    """One of the portal's applications at one version of the interface, with a person in front of it."""

    def __init__(self, portal, client_id="cms-app", version=2):
        self.browser = Browser(portal)
        self.client = next(one for one in portal.ready["cms"]["clients"] if one["client_id"] == client_id)
        self.base, self.token = f"/v{version}", None

    def asked(self, **more):
        self.verifier = base64url(secrets.token_bytes(32))
        return {"client_id": self.client["client_id"], "redirect_uri": BACK, "response_type": "code", "state": "s" * 16,
                "scope": "openid profile patient/Patient.read patient/Coverage.read patient/ExplanationOfBenefit.read",
                "code_challenge": base64url(hashlib.sha256(self.verifier.encode()).digest()), "code_challenge_method": "S256", **more}

    def authorize(self, **more):
        return self.browser.ask("GET", f"{self.base}/o/authorize/?" + urllib.parse.urlencode(self.asked(**more)))

    def post(self, endpoint, **fields):
        answer = self.browser.ask("POST", f"{self.base}/o/{endpoint}/", {
            "client_id": self.client["client_id"], "client_secret": self.client["client_secret"], **fields})
        answer.value = json.loads(answer.text)
        return answer

    def sign_in(self, account="alice", share="True", **more):
        """The page on which the person chooses; their choice is made, and `token` is what came of it."""
        page = self.browser.go("GET", f"{self.base}/o/authorize/?" + urllib.parse.urlencode(self.asked(**more)))
        if (fields := Forms(page.text).with_action("/sign-in")) is not None:
            fields = {**dict(fields), "account": account, "password": f"{peers.PASSWORD_BASE}-{account}"}
            page = self.browser.go("POST", "/sign-in", fields)
        fields = {**dict(Forms(page.text).with_action(f"{self.base}/o/consent/")), "share_demographic_scopes": share, "decision": "allow"}
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.browser.go("POST", f"{self.base}/o/consent/", fields)).query))
        self.token = self.post("token", grant_type="authorization_code", code=back["code"], redirect_uri=BACK,
                               code_verifier=self.verifier).value
        return page

    def refresh(self, token):
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def get(self, path, method="GET", token=None, **headers):
        answer = self.browser.ask(method, self.base + path, headers={
            "Authorization": f"Bearer {token or self.token['access_token']}", **headers})
        answer.value = json.loads(answer.text)
        return answer

    def found(self, query):
        answer = self.get(f"/fhir/{CLAIMS}?{query}")
        return answer.status, [entry["resource"] for entry in answer.value.get("entry", [])]


class PortalCmsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())

    def signed_in(self, *words, **more):
        application = Application(self.portal, *words)
        application.sign_in(**more)
        return application

    def test_how_long_each_kind_of_application_may_read(self):
        def days_left(answer):
            ends = datetime.datetime.fromisoformat(answer["access_grant_expiration"].replace("Z", "+00:00"))
            return (ends - datetime.datetime.now(datetime.timezone.utc)) / datetime.timedelta(days=1)
        once = self.signed_in("cms-app-once").token
        self.assertNotIn("refresh_token", once)
        self.assertAlmostEqual(days_left(once), 1 / 24, delta=1 / 240)
        usual = self.signed_in("cms-app")
        # 13 months have 393 to 397 days; a renewal does not make the consent longer.
        self.assertAlmostEqual(days_left(usual.token), 393, delta=0.1)
        again = usual.refresh(usual.token["refresh_token"]).value
        self.assertEqual(again["access_grant_expiration"], usual.token["access_grant_expiration"])
        study = self.signed_in("cms-app-study").token
        self.assertEqual((study["access_grant_expiration"], bool(study["refresh_token"])), ("", True))

    def test_withholding_demographics_ends_what_was_allowed_before(self):
        first, stranger = self.signed_in(), self.signed_in(account="bruno")
        self.assertEqual(first.get("/fhir/Patient").status, 200)
        self.signed_in(share="False")
        self.assertEqual(first.get("/fhir/Patient").status, 401)
        self.assertEqual(first.refresh(first.token["refresh_token"]).value["error"], "invalid_grant")
        self.assertEqual(stranger.get("/fhir/Patient").status, 200)

    def test_a_person_ends_what_they_allowed(self):
        application, other = self.signed_in("cms-app", 3), self.signed_in("cms-app", 3, account="bruno")
        page = application.browser.ask("GET", "/oauth/manage").text
        self.assertIn("Claims reader", page)
        self.assertIn("See claims and what was paid", page)
        # One form for each that is allowed; the last one is that of version 3.
        forms = [dict(fields) for action, fields in Forms(page).forms if action == "/oauth/manage"]
        application.browser.go("POST", "/oauth/manage", forms[-1])
        self.assertEqual(application.get("/fhir/Patient").status, 401)
        self.assertEqual(application.refresh(application.token["refresh_token"]).value["error"], "invalid_grant")
        self.assertEqual(other.get("/fhir/Patient").status, 200)

    def test_the_page_is_in_the_language_that_was_asked_for(self):
        for language, heading in ("en", "Connect your claims"), ("es", "Conecte sus reclamaciones"):
            page = Application(self.portal).sign_in(lang=language)
            self.assertIn(f'<div lang="{language}">', page.text)
            self.assertIn(f"<h1>{heading}</h1>", page.text)

    def test_what_is_wrong_before_anybody_signs_in(self):
        application = Application(self.portal)
        for more, status, says in (({"state": "s" * 15}, 400, "minimum of 16 characters"), ({"code_challenge": ""}, 400, "code_challenge"),
                                   ({"client_id": "none"}, 400, "not known"), ({"redirect_uri": "https://evil.example/"}, 400, "on file"),
                                   ({"client_secret": "x"}, 400, "Illegal query parameter [client_secret]")):
            answer = application.authorize(**more)
            self.assertEqual((answer.status, json.loads(answer.text)["status_code"]), (status, status))
            self.assertIn(says, json.loads(answer.text)["message"])
        for more, error in (({"code_challenge_method": "plain"}, "invalid_request"), ({"scope": "patient/Observation.read"}, "invalid_scope"),
                            ({"response_type": "token"}, "unsupported_response_type")):
            back = application.authorize(**more).getheader("Location")
            self.assertTrue(back.startswith(BACK))
            self.assertIn(f"error={error}", back)
        inactive = Application(self.portal, "cms-app-inactive")
        answer = inactive.authorize()
        self.assertEqual((answer.status, "is inactive" in answer.text), (401, True))
        self.assertEqual(inactive.refresh("x").value["error"], "invalid_client")
        self.assertEqual(application.post("token", grant_type="client_credentials").status, 403)
        self.assertEqual(json.loads(Application(self.portal, "cms-app", 3).authorize(scope="").text)["message"],
                         "Missing Required Parameter(s): scope")

    def test_without_the_slash_a_body_is_lost(self):
        application = Application(self.portal)
        url = self.portal.ready["url"]
        answer = application.browser.ask("GET", "/v2/o/authorize?client_id=x&lang=es")
        self.assertEqual((answer.status, answer.getheader("Location")), (301, f"{url}/v2/o/authorize/?client_id=x&lang=es"))
        answer = application.browser.ask("POST", "/v2/o/token", {"grant_type": "refresh_token"})
        self.assertEqual((answer.status, answer.getheader("Location")), (301, f"{url}/v2/o/token/"))

    def test_errors_are_in_the_form_of_their_version(self):
        for version in 2, 3:
            application = self.signed_in("cms-app", version)
            patient = application.token["patient"]
            for path, method, status in ((f"/fhir/{CLAIMS}/none", "GET", 404), ("/fhir/Observation", "GET", 404), ("/fhir/Patient", "POST", 405),
                                         (f"/fhir/{CLAIMS}?_count=51", "GET", 400), (f"/fhir/{CLAIMS}?type=rocket", "GET", 400),
                                         (f"/fhir/{CLAIMS}?service-date=2024-01-16", "GET", 400), (f"/fhir/{CLAIMS}?startIndex=-1", "GET", 400),
                                         (f"/fhir/Coverage/part-d____-{patient}", "GET", 400), ("/fhir/Patient?_id=1", "GET", 403)):
                answer = application.get(path, method)
                self.assertEqual(answer.status, status, path)
                if version == 2:
                    self.assertEqual(list(answer.value), ["detail"])
                else:
                    self.assertEqual(answer.value["resourceType"], "OperationOutcome")
            self.assertEqual(application.get("/fhir/Patient", token="garbage").status, 401)
            self.assertEqual(application.get("/fhir/Patient", Accept="text/html").status, 406)

    def test_introspection_knows_what_was_revoked(self):
        application = self.signed_in()
        token = application.token
        answer = application.post("introspect", token=token["access_token"]).value
        self.assertEqual((answer["active"], answer["patient"], answer["client_id"]), (True, token["patient"], "cms-app"))
        self.assertNotIn("alice", json.dumps(answer))
        application.post("revoke_token", token=token["refresh_token"])
        self.assertEqual(application.post("introspect", token=token["access_token"]).value, {"active": False})

    def test_pages_at_their_bounds(self):
        application = self.signed_in()
        total = application.get(f"/fhir/{CLAIMS}").value["total"]
        self.assertEqual(len(application.found("_count=50")[1]), total)
        self.assertEqual(application.found("_count=0"), (200, []))
        self.assertEqual(application.found(f"startIndex={total}"), (200, []))
        self.assertEqual(len(application.found(f"startIndex={total - 1}")[1]), 1)
        self.assertEqual(len(application.found("")[1]), 10)
        # As far as a size goes: no link leads on from there.
        for start in total, 2**64 - 1:
            links = [link["relation"] for link in application.get(f"/fhir/{CLAIMS}?startIndex={start}").value["link"]]
            self.assertNotIn("next", links)

    def test_types_in_each_form(self):
        application = self.signed_in()
        system = "https://bluebutton.cms.gov/resources/codesystem/eob-type"
        everything = application.found("_count=50")[1]
        carriers = [one for one in everything if one["id"].startswith("carrier-")]
        self.assertTrue(0 < len(carriers) < len(everything))
        for value in "carrier", "CARRIER", f"{system}|carrier":
            self.assertEqual(application.found(f"_count=50&type={urllib.parse.quote(value)}"), (200, carriers))
        self.assertEqual(application.found(f"_count=50&type={urllib.parse.quote(system + '|')}"), (200, everything))
        self.assertEqual(application.found("type=snf"), (200, []))

    def test_applications_of_a_file(self):
        with peers.temporary_folder() as folder:
            file = folder / "clients.yaml"
            file.write_text(json.dumps({"clients": {
                "mine": {"name": "Mine", "redirect_uris": [BACK], "secret": "a secret of sixteen bytes"},
                "open": {"name": "Open", "redirect_uris": [BACK]}}}))
            with peers.Portal("--clients", file) as portal:
                # One without a secret is none of CMS's; for demonstration there are none then.
                self.assertEqual(portal.ready["cms"]["clients"], [{"client_id": "mine"}])
                application = Application(portal, "mine")
                application.client["client_secret"] = "a secret of sixteen bytes"
                application.sign_in()
                self.assertEqual(application.get("/fhir/Patient").status, 200)
                application.client["client_secret"] = "another one of sixteen"
                self.assertEqual(application.refresh(application.token["refresh_token"]).value["error"], "invalid_client")

    def test_dental_claims_are_none_of_medicare(self):
        dental = 0
        for account in "alice", "bruno":
            file = peers.SOURCE / f"samples/records/{account}.claims.json"
            claims = [entry["resource"] for entry in json.loads(file.read_text())["entry"] if entry["resource"]["resourceType"] == CLAIMS]
            oral = [claim for claim in claims if "Oral" in claim["meta"]["profile"][0]]
            dental += len(oral)
            served = self.signed_in(account=account).found("_count=50")[1]
            self.assertEqual(len(served), len(claims) - len(oral))
            self.assertEqual([claim for claim in served if "Oral" in json.dumps(claim["meta"])], [])
        self.assertGreater(dental, 0)


if __name__ == "__main__":
    unittest.main()
