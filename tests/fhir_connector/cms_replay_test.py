#!/usr/bin/env python3
"""The published answers of CMS Blue Button 2.0, served as CMS serves them, and the record that the connector makes of them.

  cms_replay_test.py TOOL PLUGINS CONNECTOR_HOST BLUEBRIDGE

What is expected is read from the published files by Python alone. Without them (BB_TEST_DATA) this says so and exits with 77.
"""
import base64
import decimal
import json
import os
import pathlib
import subprocess
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "mail"), str(HERE.parent / "servers"),
                str(HERE.parent / "support")]
from connector_case import ConnectorCase  # noqa: E402
from connectors import Refused  # noqa: E402
from loopback_server import Server  # noqa: E402
from mail_servers import skip  # noqa: E402

SAMPLES = (pathlib.Path(os.environ.get("BB_TEST_DATA") or HERE.parents[1].parent / "shared" / "data") / "fhir"
           / "cms-blue-button-2.0")
PATIENT = "-20140000008325"
STATE = "state-of-this-run-1234567890"
BACK = "https://app.example/back"
SECRET = "canary-client-secret"
CLAIMS = ("carrier", "in_pt", "out_pt")
ALL_SCOPES = ("openid profile launch/patient patient/Patient.read patient/Coverage.read "
              "patient/ExplanationOfBenefit.read")


def published(name):
    return (SAMPLES / f"{name}.json").read_text()


def exact(text):
    """JSON with each number as it was written."""
    return json.loads(text, parse_float=str, parse_int=str)


def by_value(text):
    return json.loads(text, parse_float=decimal.Decimal)


def resources(bundle):
    return [entry["resource"] for entry in bundle["entry"]]


def names(found):
    return [f"{resource['resourceType']}/{resource['id']}" for resource in found]


def charges_of(item):
    """What was charged for a line: line_sbmtd_chrg_amt of a doctor's, rev_cntr_tot_chrg_amt of a hospital's by CMS's variables."""
    charges = ("line_sbmtd_chrg_amt", "rev_cntr_tot_chrg_amt")
    return [one["amount"]["value"] for one in item.get("adjudication", [])
            if any(coding["code"].rpartition("/")[2] in charges for coding in one["category"].get("coding", []))]


class Sandbox:
    """CMS's server of one version, with what was published of it: URL tables, pages and errors are those of its web server."""

    def __init__(self, server, version):
        self.server, self.version = server, version
        self.samples = 1 if version == 1 else 2  # version 3 answers in the form of version 2
        self.token, self.refresh, self.scopes = f"canary-token-v{version}", "canary-refresh-1", ALL_SCOPES
        self.is_over = False  # the person's consent
        self.prefix = f"/v{version}"
        at = self.server.routes
        for suffix, sample, patient in (("Patient", "patient_search", "_id"), ("Coverage", "coverage_search", "beneficiary"),
                                        ("ExplanationOfBenefit", "eob_search", "patient")):
            for slash in ("", "/"):
                at[f"{self.prefix}/fhir/{suffix}{slash}"] = self.guarded(suffix, self.search(sample, patient))
        for kind, sample in (("Patient", "patient_read"), ("Coverage", "coverage_read"),
                             *(("ExplanationOfBenefit", f"eob_read_{claim}") for claim in CLAIMS)):
            text = published(f"{sample}_v{self.samples}")
            at[f"{self.prefix}/fhir/{kind}/{json.loads(text)['id']}"] = self.guarded(kind, text)
        at[f"{self.prefix}/fhir/metadata"] = (200, {"content-type": "application/json"}, self.here(published(f"fhir_meta_v{self.samples}")))
        at[f"{self.prefix}/connect/userinfo"] = self.guarded("profile", published(f"userinfo_v{self.samples}"))
        at[f"{self.prefix}/o/token/"] = self.give_token
        at[f"{self.prefix}/o/revoke_token/"] = (200, {}, "")
        if version > 1:
            at[f"{self.prefix}/fhir/.well-known/smart-configuration"] = (200, {"content-type": "application/json"}, json.dumps({
                "authorization_endpoint": f"{server.origin}{self.prefix}/o/authorize/", "capabilities": ["launch-standalone"],
                "token_endpoint": f"{server.origin}{self.prefix}/o/token/", "grant_types_supported": ["authorization_code"],
                "revocation_endpoint": f"{server.origin}{self.prefix}/o/revoke_token/"}))

    def here(self, text):
        return text.replace("http://testserver", self.server.origin).replace("http://localhost:8000", self.server.origin)

    def refuse(self, handler, status, detail):
        handler.answer(status, {"content-type": "application/json"}, json.dumps({"detail": detail}))

    def guarded(self, what, answer):
        """What a token with a scope for it may see."""
        def route(handler):
            if handler.headers.get("authorization") != f"Bearer {self.token}":
                return self.refuse(handler, 401, "Authentication credentials were not provided.")
            if what != "profile" and f"patient/{what}.read" not in self.scopes or what == "profile" and "profile" not in self.scopes:
                return self.refuse(handler, 403, "You do not have permission to perform this action.")
            return answer(handler) if callable(answer) else handler.answer(200, {"content-type": "application/fhir+json"}, answer)
        return route

    def search(self, sample, patient):
        text = self.here(published(f"{sample}_v{self.samples}"))
        entries = json.loads(text)["entry"]
        if sample == "eob_search":
            entries = entries + [{"resource": json.loads(published(f"eob_read_{claim}_v{self.samples}"))} for claim in CLAIMS]

        def route(handler):
            parts = urllib.parse.urlsplit(handler.path)
            query = dict(urllib.parse.parse_qsl(parts.query))
            if query.get(patient, PATIENT) not in (PATIENT, f"Patient/{PATIENT}"):
                return self.refuse(handler, 403, "You do not have permission to perform this action.")
            count, start = int(query.get("_count", 10)), int(query.get("startIndex", 0))
            if not 0 <= count <= 50:
                return self.refuse(handler, 400, "value must be at most 50")
            if start == 0 and count >= 10:
                return handler.answer(200, {"content-type": "application/json+fhir"}, text)  # the page as it was published
            links = [{"relation": relation, "url": f"{self.server.origin}{parts.path}?" + urllib.parse.urlencode(
                {"_format": "application/json+fhir", "startIndex": at, "_count": count, patient: PATIENT})}
                for relation, at in (("first", 0), ("next", start + count), ("previous", start - count), ("self", start))
                if 0 <= at < len(entries)]
            handler.answer(200, {"content-type": "application/fhir+json"}, json.dumps(
                {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries[start:start + count]}))
        return route

    def give_token(self, handler):
        form = dict(urllib.parse.parse_qsl(self.server.seen[-1][3]))
        expected = "Basic " + base64.b64encode(f"app:{SECRET}".encode()).decode()
        if handler.headers.get("authorization") != expected:
            return handler.answer(401, {"content-type": "application/json"}, '{"error": "invalid_client"}')
        if self.is_over or form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            return handler.answer(400, {"content-type": "application/json"}, '{"error": "invalid_grant"}')
        if form["grant_type"] == "refresh_token":
            self.refresh += "1"
        handler.answer(200, {"content-type": "application/json"}, json.dumps(
            {"access_token": self.token, "expires_in": 3599.99, "token_type": "Bearer", "scope": self.scopes,
             "refresh_token": self.refresh, "patient": PATIENT, "access_grant_expiration": "2027-12-23T16:00:00Z"}))


class CmsReplayTest(ConnectorCase):
    def setUp(self):
        self.server = Server(self.certificates)
        self.addCleanup(self.server.stop)

    def call(self, name, interface, function, /, **arguments):
        return self.tool.call(name, f"bb.{interface}/1", function, timeout_ms=20_000, **arguments)

    def refused(self, *words, **arguments):
        with self.assertRaises(Refused) as caught:
            self.call(*words, **arguments)
        return caught.exception

    def signed_in(self, sandbox, **config):
        """(Name of the connector, the session that it opened.)"""
        type(self).made += 1
        name = f"cms-{self.made}"
        secret = self.folder / f"{name}.secret"
        secret.write_text(SECRET)
        made = self.tool.ask(make=name, type="org.bluebridge.rest.fhir", ca_file=str(self.certificates.path("ca.pem")),
                             secrets={"client": str(secret)},
                             config={"base_url": f"{self.server.origin}{sandbox.prefix}/fhir", "profile": "cms-bb2", "client_id": "app",
                                     "authentication": "client_secret_basic", **config})
        self.assertNotIn("error", made)
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": STATE, "secret_client": "client"}
        reply = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=20_000)
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        challenge = reply["emitted"]["challenge"]
        asked = urllib.parse.urlsplit(challenge["url"])
        self.assertEqual(asked.path, f"{sandbox.prefix}/o/authorize/")  # with its slash
        fields = dict(urllib.parse.parse_qsl(asked.query))
        self.assertEqual((fields["scope"], fields["code_challenge_method"]), (ALL_SCOPES, "S256"))
        opened = self.call(name, "session", "resume", request=request, resume_state=challenge["resume_state"],
                           response=f"{BACK}?code=c&state={STATE}")
        return name, opened["emitted"]["session"]

    def listed(self, name, **query):
        items, cursor = [], None
        while True:
            emitted = self.call(name, "view", "list", **query, **({"cursor": cursor} if cursor else {}))["emitted"]
            items += emitted["items"]
            cursor = emitted.get("cursor")
            if not cursor:
                return items

    def fetched(self, name):
        reply = self.call(name, "download", "fetch", format_id="fhir-bundle")
        return base64.b64decode(reply["body"]).decode()

    def asked(self, kind):
        """The queries of the searches for a type so far."""
        return [dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query)) for _, path, _, _ in self.server.seen
                if urllib.parse.urlsplit(path).path.rstrip("/").endswith(f"/fhir/{kind}")]

    # --- The record

    def test_the_record_is_what_was_published(self):
        for version in (1, 2, 3):
            with self.subTest(version=version):
                sandbox = Sandbox(self.server, version)
                name, session = self.signed_in(sandbox)
                self.assertEqual((session["patient"], session["scopes"]), (PATIENT, ALL_SCOPES))
                searches = [published(f"{sample}_v{sandbox.samples}") for sample in ("patient_search", "coverage_search", "eob_search")]
                expected = [resource for text in searches for resource in resources(exact(text))]
                # Version 1 was published with a next page, which is here what was published of single claims.
                more = [published(f"eob_read_{claim}_v1") for claim in CLAIMS] if version == 1 else []
                expected += [exact(text) for text in more]
                items = self.listed(name)
                self.assertEqual([item["id"] for item in items], names(expected))
                self.assertEqual(len(items), 18 if version == 1 else 15)  # 1 Patient, 4 Coverage; 13 or 10 claims
                body = self.fetched(name)
                got = resources(exact(body))
                self.assertEqual(names(got), names(expected))
                # Of a page as it was published not a digit is another: amounts, codes and dates. The further one is made here.
                self.assertEqual(got[:15], expected[:15])
                self.assertEqual(resources(by_value(body))[15:], [by_value(text) for text in more])

    def test_what_the_record_says(self):
        """Names, counts, codes and amounts, of what was downloaded; with single claims on further pages."""
        sandbox = Sandbox(self.server, 2)
        name, _ = self.signed_in(sandbox, page_size=4)
        file = self.folder / "record.json"
        file.write_text(self.fetched(name))
        shown = subprocess.run([BLUEBRIDGE, "show", "--json", file], capture_output=True, text=True, check=True)
        said = by_value(shown.stdout)
        patient = resources(by_value(published("patient_search_v2")))[0]
        self.assertEqual((said["patient"]["given"], said["patient"]["family"], said["patient"]["birth_date"], said["patient"]["gender"]),
                         (patient["name"][0]["given"], patient["name"][0]["family"], patient["birthDate"], patient["gender"]))
        self.assertEqual([one["member_id"] for one in said["coverages"]],
                         [one["subscriberId"] for one in resources(by_value(published("coverage_search_v2")))])
        claims = resources(by_value(published("eob_search_v2"))) + [by_value(published(f"eob_read_{claim}_v2")) for claim in CLAIMS]
        self.assertEqual(len(said["claims"]), len(claims))
        for got, claim in zip(said["claims"], claims):
            self.assertEqual(got["id"], claim["id"].partition("-")[2])
            codes = [coding["code"] for coding in claim["type"]["coding"]]
            self.assertIn(got["type"]["code"], codes)
            self.assertEqual([one["code"] for one in got["diagnoses"]],
                             [one["diagnosisCodeableConcept"]["coding"][0]["code"] for one in claim.get("diagnosis", [])
                              if "diagnosisCodeableConcept" in one])
            if "payment" in claim:
                amount = claim["payment"]["amount"]
                self.assertEqual((decimal.Decimal(got["paid"]), got["currency"]), (amount["value"], amount["currency"]))
            self.assertEqual(len(got["items"]), len(claim["item"]))
            for line, item in zip(got["items"], claim["item"]):
                service = item.get("productOrService") or item["revenue"]  # of a day at a hospital there is the centre alone
                self.assertIn(line["service"]["code"], [coding["code"] for coding in service["coding"]])
                if "quantity" in item:
                    self.assertEqual(decimal.Decimal(line["quantity"]), item["quantity"]["value"])
                self.assertEqual([decimal.Decimal(line["charged"])] if line["charged"] else [], charges_of(item))

    def test_the_release_of_version_1_is_told(self):
        # FHIR-BB2-05: what is STU3 must not pass for R4.
        for version, title, media_type in ((1, "FHIR STU3 bundle", "application/fhir+json; fhirVersion=3.0"),
                                           (2, "FHIR R4 bundle", "application/fhir+json")):
            sandbox = Sandbox(self.server, version)
            name, _ = self.signed_in(sandbox)
            formats = self.call(name, "download", "formats")["emitted"]["formats"]
            self.assertEqual([(one["title"], one["media_type"]) for one in formats], [(title, media_type)])
            self.assertEqual({item["media_type"] for item in self.listed(name)}, {media_type})

    def test_what_is_read_alone_comes_as_it_was_published(self):
        sandbox = Sandbox(self.server, 2)
        name, _ = self.signed_in(sandbox)
        for claim in CLAIMS:
            text = published(f"eob_read_{claim}_v2")
            item = f"ExplanationOfBenefit/{json.loads(text)['id']}"
            reply = self.call(name, "view", "read", item_id=item)
            self.assertEqual(base64.b64decode(reply["body"]).decode(), text)
        for kind, sample in (("Patient", "patient_read_v2"), ("Coverage", "coverage_read_v2")):
            text = published(sample)
            reply = self.call(name, "view", "read", item_id=f"{kind}/{json.loads(text)['id']}")
            self.assertEqual(base64.b64decode(reply["body"]).decode(), text)

    def test_who_signed_in_is_told_by_userinfo(self):
        for version in (1, 2):
            sandbox = Sandbox(self.server, version)
            name, session = self.signed_in(sandbox)
            reply = self.call(name, "probe", "run", name="fhir-request", arguments={"path": f"/v{version}/connect/userinfo",
                                                                                  "accept": "application/json"})
            told = json.loads(base64.b64decode(reply["body"]))
            self.assertEqual(told, json.loads(published(f"userinfo_v{version}")))
            self.assertEqual(session["subject"], told["sub"])

    # --- Pages

    def test_pages_are_followed_by_start_index(self):
        sandbox = Sandbox(self.server, 2)
        name, _ = self.signed_in(sandbox, page_size=4)
        everything = resources(json.loads(published("eob_search_v2"))) + [json.loads(published(f"eob_read_{claim}_v2")) for claim in CLAIMS]
        self.assertEqual([item["id"] for item in self.listed(name, kind="fhir:ExplanationOfBenefit")], names(everything))
        self.assertEqual([(one.get("startIndex"), one["_count"]) for one in self.asked("ExplanationOfBenefit")],
                         [(None, "4"), ("4", "4"), ("8", "4"), ("12", "4")])

    def test_no_page_is_larger_than_the_server_gives(self):
        sandbox = Sandbox(self.server, 2)
        for config, query in (({}, {}), ({}, {"limit": 200}), ({"page_size": 1000}, {})):
            name, _ = self.signed_in(sandbox, **config)
            for kind, count in (("Patient", 1), ("Coverage", 4), ("ExplanationOfBenefit", 10)):
                self.assertEqual(len(self.listed(name, kind=f"fhir:{kind}", **query)), count)
                self.assertEqual(self.asked(kind)[-1]["_count"], "50")

    # --- What is withheld, and what is refused

    def test_claims_are_read_without_demographics(self):
        sandbox = Sandbox(self.server, 2)
        sandbox.scopes = "openid launch/patient patient/Coverage.read patient/ExplanationOfBenefit.read"
        name, session = self.signed_in(sandbox)
        self.assertEqual(session["patient"], PATIENT)
        self.assertEqual({item["kind"] for item in self.listed(name)}, {"fhir:Coverage", "fhir:ExplanationOfBenefit"})
        self.assertEqual({one.split("/")[0] for one in names(resources(json.loads(self.fetched(name))))},
                         {"Coverage", "ExplanationOfBenefit"})
        self.assertEqual(self.asked("Patient"), [])
        self.assertEqual(self.refused(name, "view", "read", item_id=f"Patient/{PATIENT}").status, "BB_E_FORBIDDEN")
        self.assertEqual(self.refused(name, "view", "list", kind="fhir:Patient").status, "BB_E_FORBIDDEN")

    def test_errors_keep_their_meaning(self):
        sandbox = Sandbox(self.server, 2)
        name, _ = self.signed_in(sandbox)
        outcome = published("resource_error_response")
        words = json.loads(outcome)["issue"][0]["diagnostics"]
        place = f"{sandbox.prefix}/fhir/Coverage/part-d-{PATIENT}"
        wrapped = json.dumps({"detail": f"An error occurred contacting the upstream server:{words}"})
        for answer, status, kind in (((400, "application/json", wrapped), "BB_E_REJECTED", None),
                                     ((400, "application/fhir+json", outcome), "BB_E_REJECTED", "OperationOutcome: processing"),
                                     ((404, "application/json", '{"detail": "Not found."}'), "BB_E_NOT_FOUND", None),
                                     ((502, "application/json", '{"detail": "An error occurred contacting the upstream server"}'),
                                      "BB_E_UNAVAILABLE", None),
                                     ((429, "application/json", '{"detail": "Request was throttled."}'), "BB_E_RATE_LIMITED", None),
                                     ((403, "application/json", '{"detail": "not allowed"}'), "BB_E_FORBIDDEN", None)):
            self.server.routes[place] = (answer[0], {"content-type": answer[1]}, answer[2])
            refused = self.refused(name, "view", "read", item_id=f"Coverage/part-d-{PATIENT}")
            self.assertEqual(refused.status, status, refused.message)
            self.assertNotIn(PATIENT, refused.message)  # an outcome's words may tell of the patient
            if kind:
                self.assertIn(kind, refused.message)

    def test_a_token_of_one_version_is_none_of_another(self):
        older, newer = Sandbox(self.server, 2), Sandbox(self.server, 3)
        name, _ = self.signed_in(older)
        probe = {"name": "fhir-request", "arguments": {"path": f"/v3/fhir/Patient/{PATIENT}"}}
        self.assertEqual(self.refused(name, "probe", "run", **probe).code, 401)
        name, _ = self.signed_in(newer)
        self.assertEqual(json.loads(base64.b64decode(self.call(name, "probe", "run", **probe)["body"]))["id"], PATIENT)

    def test_an_audit_event_of_version_3(self):
        text = published("audit_event_response")
        event = resources(json.loads(text))[0]
        sandbox = Sandbox(self.server, 3)
        sandbox.scopes += " patient/AuditEvent.read"
        self.server.routes["/v3/fhir/AuditEvent"] = sandbox.guarded("AuditEvent", text)
        name, _ = self.signed_in(sandbox)
        items = self.listed(name, kind="fhir:AuditEvent", terms={"entity": PATIENT})
        self.assertEqual([item["id"] for item in items], [f"AuditEvent/{event['id']}"])

    # --- Tokens

    def test_consent_that_is_over_is_asked_for_anew(self):
        sandbox = Sandbox(self.server, 2)
        name, _ = self.signed_in(sandbox)
        first = sandbox.token
        sandbox.token += "-2"  # the server takes the old one no longer
        self.assertEqual(len(self.listed(name, kind="fhir:Coverage")), 4)
        tokens = [body for _, path, _, body in self.server.seen if path.endswith("/o/token/")]
        self.assertEqual(len(tokens), 2)
        self.assertIn("refresh_token=canary-refresh-1", tokens[1])
        sandbox.token, sandbox.is_over = first, True
        self.assertEqual(self.refused(name, "view", "list", kind="fhir:Coverage").status, "BB_E_CONSENT_REQUIRED")
        tokens = [body for _, path, _, body in self.server.seen if path.endswith("/o/token/")]
        self.assertEqual(len(tokens), 3)  # once, not for ever
        self.assertIn("refresh_token=canary-refresh-11", tokens[2])


if __name__ == "__main__":
    *ConnectorCase.programs, BLUEBRIDGE = sys.argv[1:]
    if not SAMPLES.is_dir():
        skip(f"no published answers of CMS Blue Button 2.0 at {SAMPLES}: set BB_TEST_DATA")
    unittest.main(argv=sys.argv[:1])
