#!/usr/bin/env python3
"""The FHIR connector against servers that answer badly: each has its own sentence, and nothing outlives its deadline.

  hostile_test.py TOOL PLUGINS CONNECTOR_HOST
"""
import base64
import json
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from fhir_case import FHIR, FhirCase, bundle  # noqa: E402
from hostile_case import BACK, STATE, TOKEN, drip, endless_body  # noqa: E402
from loopback_server import Server  # noqa: E402


class HostileTest(FhirCase):
    # --- Answers of the FHIR server

    def test_what_is_no_fhir(self):
        name = self.signed_in()
        for answer, says in (
                ((200, {"content-type": "text/html"}, "<p>Sign in</p>"), "expected content-type application/fhir+json, got 'text/html'"),
                ((200, {}, bundle("e1")), "got none"),
                ((200, {"content-type": FHIR}, bundle("e1")[:-20]), "no JSON"),
                ((200, {"content-type": FHIR}, ""), "no JSON"),
                ((200, {"content-type": FHIR}, "[]"), "expected a Bundle"),
                ((200, {"content-type": FHIR}, '{"resourceType": "Patient"}'), "expected a Bundle, got 'Patient'"),
                ((200, {"content-type": FHIR}, '{"resourceType": "Bundle", "type": "collection"}'), "of type searchset"),
                ((200, {"content-type": FHIR}, '{"resourceType": "Bundle", "type": "searchset", "entry": {}}'), "no array of objects"),
                ((200, {"content-type": FHIR}, '{"resourceType": "Bundle", "type": "searchset", "entry": [1]}'), "no array of objects"),
                ((200, {"content-type": FHIR}, "[" * 100_000), "no JSON"),
                ((200, {"content-type": FHIR}, bundle(TOKEN)), "an echo of the request"),
                ((302, {"location": "https://elsewhere.example/"}, ""), "sends on to another address"),
                ((500, {"content-type": "text/html"}, "<p>oops</p>"), "with a page instead of an OperationOutcome")):
            with self.subTest(says):
                self.search(answer)
                self.refused(name, "view", "list", says=says)

    def test_what_an_outcome_says(self):
        name = self.signed_in()
        outcome = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing",
                                                                            "diagnostics": "no parameter of that name"}]})
        self.search((400, {"content-type": FHIR}, outcome))
        self.refused(name, "view", "list", says="400 (OperationOutcome: processing)")
        self.search((401, {"www-authenticate": 'Bearer error="insufficient_scope"'}, ""))
        self.assertEqual(self.refused(name, "view", "list", says="insufficient_scope").status, "BB_E_FORBIDDEN")
        self.search((429, {"retry-after": "7"}, ""))
        self.assertEqual(self.refused(name, "view", "list", says="429").status, "BB_E_RATE_LIMITED")
        self.routes["/fhir/ExplanationOfBenefit/gone"] = (410, {}, "")
        self.assertEqual(self.refused(name, "view", "read", says="410", item_id="ExplanationOfBenefit/gone").status, "BB_E_NOT_FOUND")

    def test_pages_without_end(self):
        name = self.signed_in(pages_max=20)
        count = [0]

        def endless(handler):
            count[0] += 1
            handler.answer(200, {"content-type": FHIR}, bundle(following=f"{self.base}/ExplanationOfBenefit?page={count[0]}"))
        self.search(endless)
        self.refused(name, "view", "list", says="more than 20 pages")
        self.assertLess(count[0], 25)
        self.refused(name, "download", "fetch", says="more than 20 pages", format_id="fhir-bundle")

    def test_pages_in_a_circle(self):
        name = self.signed_in()
        here = f"{self.base}/ExplanationOfBenefit?page=1"
        self.search((200, {"content-type": FHIR}, bundle("e1", following=here)))
        self.refused(name, "download", "fetch", says="in a circle", format_id="fhir-bundle")
        cursor = self.call(name, "view", "list")["emitted"]["cursor"]
        self.refused(name, "view", "list", says="leads to the page itself", cursor=cursor)

    def test_a_listing_gives_each_resource_once_beside_as_many_as_may_be_in_flight(self):
        name = self.signed_in()
        second = f"{self.base}/ExplanationOfBenefit?page=2"
        self.search(lambda handler: handler.answer(
            200, {"content-type": FHIR}, bundle("e1", "e3") if "page=2" in handler.path else bundle("e1", "e2", following=second)))

        def list_some(**query):
            found = self.call(name, "view", "list", **query)["emitted"]
            return [item["id"].rpartition("/")[2] for item in found["items"]], found.get("cursor")
        given, cursor = list_some(limit=1)
        for _ in range(256):
            list_some(limit=1)
        while cursor:
            more, cursor = list_some(cursor=cursor)
            given += more
        self.assertEqual(given, ["e1", "e2", "e3"])

    def test_the_token_stays_with_its_server(self):
        name = self.signed_in()
        other = Server(self.certificates)
        self.addCleanup(other.stop)
        self.search((200, {"content-type": FHIR}, bundle("e1", following=other.origin + "/fhir/ExplanationOfBenefit?page=2")))
        self.refused(name, "download", "fetch", says="leads to another host", format_id="fhir-bundle")
        for url in ("//localhost/x", self.base.replace("https", "http") + "/x", "https://localhost@evil.example/x"):
            with self.subTest(url):
                self.search((200, {"content-type": FHIR}, bundle("e1", following=url)))
                self.refused(name, "download", "fetch", says="the server leads to", format_id="fhir-bundle")
        self.assertEqual(other.seen, [])

    def test_a_body_without_end(self):
        name = self.signed_in()

        self.search(endless_body(FHIR))
        self.refused(name, "view", "list", says="larger than any record may be", timeout_ms=30_000)

    def test_a_slow_drip_ends_at_the_deadline(self):
        name = self.signed_in()

        self.search(drip(FHIR))
        begin = time.monotonic()
        self.assertEqual(self.refused(name, "view", "list", says="deadline", timeout_ms=1_000).status, "BB_E_DEADLINE")
        self.assertLess(time.monotonic() - begin, 5)

    def test_a_summary_is_a_document(self):
        name = self.signed_in(summary=True)
        self.assertIn("fhir-ips", [one["id"] for one in self.call(name, "download", "formats")["emitted"]["formats"]])
        place = "/fhir/Patient/p1/$summary"
        document = json.dumps({"resourceType": "Bundle", "type": "document",
                               "entry": [{"resource": {"resourceType": "Composition", "n": 1.00}}]})
        for answer, says in (
                ((404, {"content-type": FHIR}, ""), "404"),
                ((200, {"content-type": "text/html"}, document), "expected content-type application/fhir+json"),
                ((200, {"content-type": FHIR}, document[:-9]), "a Bundle of type document"),
                ((200, {"content-type": FHIR}, document.replace("document", "collection")), "got type 'collection' and 'Composition'"),
                ((200, {"content-type": FHIR}, document.replace("Composition", "Patient")), "got type 'document' and 'Patient'")):
            with self.subTest(says):
                self.routes[place] = answer
                self.refused(name, "download", "fetch", says=says, format_id="fhir-ips")
        self.routes[place] = (200, {"content-type": FHIR}, document)
        body = base64.b64decode(self.call(name, "download", "fetch", format_id="fhir-ips")["body"]).decode()
        self.assertEqual(body, document)
        self.refused(self.signed_in(), "download", "fetch", says="is asked for fhir-bundle", format_id="fhir-ips")

    def test_what_was_read_is_asked_for_again_only_if_it_has_changed(self):
        asked = []
        now = {"etag": 'W/"1"', "text": '{"resourceType": "Patient", "id": "p1", "n": 1.00}'}

        def patient(handler):
            asked.append(handler.headers.get("if-none-match"))
            if asked[-1] == now["etag"]:
                return handler.answer(304, {"etag": now["etag"]}, "")
            handler.answer(200, {"content-type": FHIR, "etag": now["etag"]}, now["text"])
        self.routes["/fhir/Patient/p1"] = patient
        name = self.signed_in(conditional_reads=True)

        def read():
            answer = self.call(name, "view", "read", item_id="Patient/p1")
            return base64.b64decode(answer["body"]).decode(), answer["media_type"]
        self.assertEqual(read(), (now["text"], FHIR))
        self.assertEqual(read(), (now["text"], FHIR))
        now.update(etag='"2"', text='{"resourceType": "Patient", "id": "p1", "n": 2}')
        self.assertEqual(read(), (now["text"], FHIR))
        self.assertEqual(read(), (now["text"], FHIR))
        self.assertEqual(asked, [None, 'W/"1"', 'W/"1"', '"2"'])
        # Refused is refused, whatever is kept; and with the session it is gone.
        self.routes["/fhir/Patient/p1"] = (403, {"content-type": FHIR}, "{}")
        self.refused(name, "view", "read", says="403", item_id="Patient/p1")
        self.routes["/fhir/Patient/p1"] = (200, {"content-type": "text/html"}, "<p>")
        self.refused(name, "view", "read", says="expected content-type application/fhir+json", item_id="Patient/p1")
        self.call(name, "session", "close")
        self.refused(name, "view", "read", says="nobody is signed in", item_id="Patient/p1")
        # Nobody asked for it.
        self.routes["/fhir/Patient/p1"] = (304, {"etag": '"2"'}, "")
        self.refused(self.signed_in(), "view", "read", says="304", item_id="Patient/p1")

    def test_what_is_kept_is_bounded_with_its_etags(self):
        asked = []

        def patient(handler):
            asked.append("if-none-match" in handler.headers)
            number = handler.path.rpartition("/")[2]
            handler.answer(200, {"content-type": FHIR, "etag": '"' + number.rjust(60_000, "x") + '"'}, "{}")
        for number in range(150):  # 9 MB
            self.routes[f"/fhir/Patient/{number}"] = patient
        name = self.signed_in(conditional_reads=True)
        for number in range(150):
            self.call(name, "view", "read", item_id=f"Patient/{number}")
        for number in (149, 0):
            self.call(name, "view", "read", item_id=f"Patient/{number}")
        self.assertEqual(asked, [False] * 150 + [True, False])

    # --- Exports

    def export(self, name):
        return self.tool.ask(on=name, interface="bb.download/1", function="fetch", arguments={"format_id": "fhir-ndjson"},
                             timeout_ms=10_000)["status"]

    def test_an_export_is_of_its_session_and_gone_where_the_server_knows_it_no_more(self):
        begun = []

        def begin(handler):
            begun.append(handler.path)
            handler.answer(202, {"content-location": f"{self.base}/export/{len(begun)}"}, "")
        self.routes["/fhir/Patient/$export"] = begin
        self.routes["/fhir/export/1"] = (202, {}, "")
        self.routes["/fhir/export/2"] = (404, {"content-type": FHIR}, "{}")
        self.routes["/fhir/export/3"] = (202, {}, "")
        name = self.signed_in()
        self.assertEqual([self.export(name) for _ in range(3)], ["BB_E_PENDING"] * 3)
        self.call(name, "session", "close")
        self.call(name, "session", "resume", **self.coming_back(*self.begin(name)))
        self.assertEqual([self.export(name) for _ in range(3)], ["BB_E_PENDING", "BB_E_NOT_FOUND", "BB_E_PENDING"])
        self.assertEqual(len(begun), 3)

    # --- A whole record, with what it refers to

    def record(self, name, **more):
        return json.loads(base64.b64decode(self.call(name, "probe", "run", name="fhir-record", arguments={}, **more)["body"]))

    def test_a_record_is_told_with_what_leads_nowhere(self):
        name = self.signed_in()
        asked = []

        def search(handler):
            asked.append(handler.path)
            if "_revinclude" in handler.path:
                return handler.answer(400, {"content-type": FHIR}, "{}")
            handler.answer(200, {"content-type": FHIR}, json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": [
                {"resource": {"resourceType": "ExplanationOfBenefit", "id": "e1", "value": [1.50],
                              "provider": {"reference": "Practitioner/1"}, "insurer": {"reference": self.base + "/Organization/1"},
                              "patient": {"reference": "Patient/p1"}, "facility": {"reference": "#inside"},
                              "referral": {"reference": "https://elsewhere.example/ServiceRequest/1"}}}]}))
        self.search(search)
        self.routes["/fhir/Practitioner/1"] = (200, {"content-type": FHIR}, json.dumps(
            {"resourceType": "Practitioner", "id": "1", "extension": [{"valueReference": {"reference": "ExplanationOfBenefit/e1"}}]}))
        self.routes["/fhir/Patient/p1"] = (403, {"content-type": FHIR}, "{}")
        record = self.record(name)
        self.assertEqual([entry["resource"]["id"] for entry in record["entry"]], ["e1", "1"])
        self.assertEqual({one["reference"]: (one["from"], one["status"]) for one in record["references"]}, {
            "Practitioner/1": ("ExplanationOfBenefit/e1", 200), "Organization/1": ("ExplanationOfBenefit/e1", 404),
            "Patient/p1": ("ExplanationOfBenefit/e1", 403), "ExplanationOfBenefit/e1": ("Practitioner/1", 200)})
        self.assertEqual([one["status"] for one in record["searches"]], [200])
        self.assertEqual(len(asked), 2)
        self.search((500, {"content-type": FHIR}, "{}"))
        record = self.record(name)
        self.assertEqual((record["entry"], [one["status"] for one in record["searches"]]), ([], [500]))

    def test_a_record_of_a_server_that_is_open(self):
        name = self.make()
        self.call(name, "session", "open", method="none", patient="p1")
        self.search((200, {"content-type": FHIR}, bundle("e1")))
        self.assertEqual([one["resource"]["id"] for one in self.record(name)["entry"]], ["e1"])
        self.assertNotIn("authorization", [field.lower() for _, _, headers, _ in self.server.seen for field in headers])

    def test_records_without_end(self):
        name = self.signed_in(pages_max=20)
        here = f"{self.base}/ExplanationOfBenefit?page=1"
        self.search((200, {"content-type": FHIR}, bundle("e1", following=here)))
        self.refused(name, "probe", "run", says="too many pages, or a circle", name="fhir-record", arguments={})
        count = [0]

        def endless(handler):
            count[0] += 1
            handler.answer(200, {"content-type": FHIR}, bundle(following=f"{self.base}/ExplanationOfBenefit?page={count[0]}"))
        self.search(endless)
        self.refused(name, "probe", "run", says="too many pages", name="fhir-record", arguments={})
        self.assertLess(count[0], 25)

    # --- Answers of the authorization server

    def test_token_endpoints_that_answer_badly(self):
        good = {"access_token": TOKEN, "token_type": "Bearer"}
        for answer, status, kind, says in (
                ("<p>Sign in</p>", 500, "text/html", "with a page instead of an OAuth error"),
                ("<p>Sign in</p>", 200, "text/html", "no JSON"),
                ('{"access_token": "x"', 200, "application/json", "no JSON"),
                ({"token_type": "Bearer"}, 200, "application/json", "'access_token' is missing"),
                ({**good, "token_type": "mac"}, 200, "application/json", "expected 'token_type' to be Bearer"),
                ({**good, "expires_in": "soon"}, 200, "application/json", "expected 'expires_in' to be a number"),
                ({**good, "access_token": "a\r\nX-Evil: 1"}, 200, "application/json", "cannot stand in a header"),
                ({"error": "invalid_grant", "error_description": TOKEN}, 400, "application/json", "answered invalid_grant"),
                ({"error": "invalid_client"}, 401, "application/json", "answered invalid_client"),
                ({"error": "<script>"}, 400, "application/json", "answered an error of its own"),
                ("", 503, "text/plain", "answered 503")):
            with self.subTest(says):
                self.token(answer, status, kind)
                name = self.make()
                self.refused(name, "session", "resume", says=says, **self.coming_back(*self.begin(name)))

    def test_returns_that_are_none(self):
        for query, says, status in (
                (f"code=c&state={STATE}x", "not that of this sign-in", "BB_E_INVALID_ARGUMENT"),
                ("code=c", "not that of this sign-in", "BB_E_INVALID_ARGUMENT"),
                (f"code=c&code=d&state={STATE}", "more than once", "BB_E_INVALID_ARGUMENT"),
                (f"state={STATE}", "neither 'code' nor 'error'", "BB_E_INVALID_ARGUMENT"),
                (f"error=access_denied&state={STATE}", "access_denied", "BB_E_CONSENT_REQUIRED"),
                (f"error=temporarily_unavailable&state={STATE}", "temporarily_unavailable", "BB_E_UNAVAILABLE")):
            with self.subTest(query):
                name = self.make()
                refused = self.refused(name, "session", "resume", says=says, **self.coming_back(*self.begin(name), query))
                self.assertEqual(refused.status, status)
        name = self.make()
        self.refused(name, "session", "resume", says="has sent nobody", request={"method": "user_redirect", "redirect_uri": BACK, "state": STATE},
                     resume_state=STATE, response=f"{BACK}?code=c&state={STATE}")

    def test_a_code_that_is_kept_is_exchanged_by_the_probe_alone(self):
        name = self.make()
        exchange = {"name": "oauth-token", "arguments": {
            "fields": {"grant_type": "authorization_code"},
            "own": {"code": "code", "redirect_uri": "redirect_uri", "code_verifier": "code_challenge"}}}
        refused = self.refused(name, "probe", "run", says="there is no own 'code'", **exchange)
        self.assertEqual(refused.status, "BB_E_STATE")
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": STATE, "extra": {"code": "kept"}}
        challenge = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=10_000)["emitted"]["challenge"]
        self.call(name, "session", "resume", **self.coming_back(request, challenge))
        self.assertNotIn("/token", [path for _, path, _, _ in self.server.seen])
        self.search((200, {"content-type": FHIR}, bundle("e1")))
        self.refused(name, "view", "list", says="names no patient")
        body = base64.b64decode(self.call(name, "probe", "run", **exchange)["body"]).decode()
        self.assertNotIn(TOKEN, body)
        form = urllib.parse.parse_qs(next(body for _, path, _, body in self.server.seen if path == "/token"))
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(challenge["url"]).query)
        self.assertEqual((form["code"], form["redirect_uri"], form["code_verifier"]), (["c"], [BACK], asked["code_challenge"]))
        # The token that came is the session's.
        self.assertEqual([item["id"] for item in self.call(name, "view", "list")["emitted"]["items"]], ["ExplanationOfBenefit/e1"])

    def test_configurations_that_lead_nowhere(self):
        place = "/fhir/.well-known/smart-configuration"
        for route, says in (
                ((404, {}, ""), "neither .well-known/smart-configuration (404) nor metadata (404) is there"),
                ((200, {"content-type": "text/html"}, "<html>"), "no JSON"),
                ((200, {}, '{"authorization_endpoint": 7}'), "expected 'authorization_endpoint' to be a string"),
                ((200, {}, '{"authorization_endpoint": "/authorize"}'), "to be an absolute https URL"),
                ((200, {}, '{"authorization_endpoint": "http://localhost/authorize"}'), "to be an absolute https URL"),
                ((200, {}, "{}"), "names no authorization endpoint")):
            with self.subTest(says):
                self.routes[place] = route
                self.refused(self.make(), "session", "open", says=says, method="user_redirect", redirect_uri=BACK, state=STATE)

    def test_a_certificate_of_a_stranger(self):
        stranger = Server(self.certificates, "stranger")
        self.addCleanup(stranger.stop)
        name = self.make(base_url=stranger.origin + "/fhir")
        refused = self.refused(name, "session", "open", says="certificate is not trusted", method="user_redirect", redirect_uri=BACK,
                               state=STATE)
        self.assertEqual(refused.status, "BB_E_UNTRUSTED_PEER")
        self.assertEqual(stranger.seen, [])

    # --- Renewal

    def test_a_token_that_has_ended_is_renewed_once(self):
        self.token({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600, "patient": "p1", "refresh_token": "canary-refresh"})
        name = self.signed_in()
        refusals = [0]

        def refuse(handler):
            refusals[0] += 1
            handler.answer(401, {"www-authenticate": 'Bearer error="invalid_token"'}, "")
        self.search(refuse)
        self.refused(name, "view", "list", says="invalid_token")
        self.assertEqual(refusals[0], 2)
        asked = [body for method, path, _, body in self.server.seen if path == "/token" and "refresh_token" in body]
        self.assertEqual(len(asked), 1)
        self.search((200, {"content-type": FHIR}, bundle("e1")))
        self.assertEqual([item["id"] for item in self.call(name, "view", "list")["emitted"]["items"]], ["ExplanationOfBenefit/e1"])

    def renewals(self):
        return sum(path == "/token" and "grant_type=refresh_token" in body for _, path, _, body in self.server.seen)

    def test_a_token_is_renewed_near_its_end_alone(self):
        self.search((200, {"content-type": FHIR}, bundle("e1")))
        for seconds in (20, 9_999_999_999):  # shorter than any fixed lead; longer than a count of nanoseconds
            with self.subTest(seconds):
                self.server.seen.clear()
                self.token({"access_token": TOKEN, "token_type": "Bearer", "expires_in": seconds, "patient": "p1",
                            "refresh_token": "canary-refresh"})
                name = self.signed_in()
                for _ in range(3):
                    self.call(name, "view", "list")
                self.assertEqual(self.renewals(), 0)
        self.token({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 0, "patient": "p1", "refresh_token": "canary-refresh"})
        self.call(self.signed_in(), "view", "list")
        self.assertEqual(self.renewals(), 1)

    def give_two_tokens(self):
        tokens = iter(("first-token", "second-token"))
        self.routes["/token"] = lambda handler: handler.answer(200, {"content-type": "application/json"}, json.dumps(
            {"access_token": next(tokens), "token_type": "Bearer", "expires_in": 3600, "patient": "p1",
             "refresh_token": "canary-refresh"}))

    def test_a_token_that_ends_while_a_status_is_polled_is_renewed(self):
        self.give_two_tokens()
        asked = []

        def status(handler):
            asked.append(handler.headers.get("authorization"))
            if len(asked) == 1:
                return handler.answer(202, {}, "")
            handler.answer(200 if asked[-1] == "Bearer second-token" else 401, {"content-type": FHIR}, "{}")
        self.routes["/fhir/status"] = status
        name = self.signed_in()
        self.call(name, "probe", "run", name="fhir-request", arguments={"path": "status", "while_status": 202})
        self.assertEqual(asked, ["Bearer first-token"] * 2 + ["Bearer second-token"])
        # What is asked for once is told as it came.
        self.routes["/fhir/status"] = (401, {"content-type": FHIR}, "{}")
        self.refused(name, "probe", "run", says="401", name="fhir-request", arguments={"path": "status", "while_status": 202})
        self.assertEqual(self.renewals(), 1)

    def test_a_token_that_ends_while_a_record_is_read_is_renewed(self):
        self.give_two_tokens()
        self.search((200, {"content-type": FHIR}, json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": [
            {"resource": {"resourceType": "ExplanationOfBenefit", "id": "e1", "provider": {"reference": "Practitioner/1"}}}]})))

        def practitioner(handler):
            if handler.headers.get("authorization") != "Bearer second-token":
                return handler.answer(401, {"www-authenticate": 'Bearer error="invalid_token"'}, "")
            handler.answer(200, {"content-type": FHIR}, json.dumps({"resourceType": "Practitioner", "id": "1"}))
        self.routes["/fhir/Practitioner/1"] = practitioner
        record = self.record(self.signed_in())
        self.assertEqual([one["status"] for one in record["references"]], [200])

    def test_decimals_stay_as_they_were_written(self):
        name = self.signed_in()
        text = bundle("e1").replace('"id": "e1"', '"id": "e1", "total": [{"amount": {"value": 1.00}}, {"amount": {"value": 1E+2}}]')
        self.search((200, {"content-type": FHIR}, text))
        body = base64.b64decode(self.call(name, "download", "fetch", format_id="fhir-bundle")["body"]).decode()
        self.assertIn('"value": 1.00}', body)
        self.assertIn('"value": 1E+2}', body)
        self.assertEqual(len(json.loads(body)["entry"]), 1)


if __name__ == "__main__":
    FhirCase.programs = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
