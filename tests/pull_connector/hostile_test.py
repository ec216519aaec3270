#!/usr/bin/env python3
"""The connector of Blue Button+ Pull against registries and providers that answer badly: each has its own sentence, and
nothing outlives its deadline.

  hostile_test.py TOOL PLUGINS CONNECTOR_HOST
"""
import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from hostile_case import BACK, STATE, TOKEN, HostileCase, drip, endless_body  # noqa: E402
from loopback_server import Server  # noqa: E402

JSON = {"content-type": "application/json"}
XML = {"content-type": "text/xml"}
PROVIDERS = "/.well-known/bb/providers.json"
SECRET = "canary-client-secret"


def entry(location, **members):
    return {"title": "A visit", "content": {"location": location, "format": "CCDA", "mimeType": "text/xml", "type": "Consult",
                                            "period": {"start": "2012-08-06", "end": "2012-08-06"}, **members}}


class HostileTest(HostileCase):
    def setUp(self):
        self.server = Server(self.certificates)
        self.addCleanup(self.server.stop)
        self.origin, self.routes = self.server.origin, self.server.routes
        self.providers(self.provider())
        self.routes["/register"] = (201, JSON, json.dumps({"client_id": "app", "client_secret": SECRET, "registration_access_token": "r"}))
        self.routes["/token"] = (200, JSON, json.dumps({"access_token": TOKEN, "token_type": "bearer", "expires_in": "3600",
                                                        "scope": "summary: search:"}))
        self.bundle(entry(self.origin + "/documents/1"))

    def provider(self, origin=None, **more):
        origin = origin or self.origin
        return {"name": "Clinic", "url": origin, "oauth2": {"registration_uri": origin + "/register", "authorize_uri": origin + "/authorize",
                                                            "token_uri": origin + "/token"},
                "bb_api": {"summary": origin + "/summary", "search": origin + "/search"}, **more}

    def providers(self, *list_of):
        self.routes[PROVIDERS] = (200, JSON, json.dumps(list_of))

    def bundle(self, *entries):
        self.routes["/search"] = (200, JSON, json.dumps({"resourceType": "Bundle", "entry": entries}))

    def make(self, secrets=None, **config):
        type(self).made += 1
        name = f"pull-{self.made}"
        made = self.tool.ask(make=name, type="org.bluebridge.rest.pull", ca_file=str(self.certificates.path("ca.pem")), secrets=secrets or {},
                             config={"registry_url": self.origin, "authentication": "client_secret_basic", **config})
        self.assertNotIn("error", made)
        return name

    def not_begun(self, says, **config):
        return self.refused(self.make(**config), "session", "open", says=says, method="user_redirect", redirect_uri=BACK, state=STATE)

    def signed_in(self, **config):
        name = self.make(**config)
        self.call(name, "session", "resume", **self.coming_back(*self.begin(name)))
        return name

    def asked(self, path):
        return [(headers, body) for _, seen, headers, body in self.server.seen if seen.partition("?")[0] == path]

    # --- Registries

    def test_registries_that_are_none(self):
        for answer, says in (
                ((404, {}, ""), "answered 404"),
                ((500, {"content-type": "text/html"}, "<p>oops</p>"), "answered 500"),
                ((302, {"location": "https://elsewhere.example/"}, ""), "sends on to another address"),
                ((200, {"content-type": "text/html"}, "<p>Sign in</p>"), "providers.json: the answer is no JSON"),
                ((200, JSON, ""), "no JSON"),
                ((200, JSON, "{}"), "expected an array, got object"),
                ((200, JSON, "[[]]"), "expected objects, got array"),
                ((200, JSON, '[{"bb_api": {"summary": 7}}]'), "expected 'summary' to be a text, got integer"),
                ((200, JSON, "[" * 100_000), "no JSON"),
                ((200, JSON, "[" + "{}," * 10_001 + "{}]"), "expected at most 10000 entries"),
                ((200, JSON, " " * (8 * 1024 * 1024 + 1)), "expected at most 8388608 bytes")):
            with self.subTest(says):
                self.routes[PROVIDERS] = answer
                self.not_begun(says)

    def test_which_provider_is_meant(self):
        self.providers()
        self.not_begun("there is no provider")
        self.providers(self.provider(), self.provider(name="Other\u001b[2J"))
        self.assertEqual(self.not_begun("found 2; name one in the configuration (/provider)").status, "BB_E_INVALID_ARGUMENT")
        self.not_begun("expected one provider 'Third', found 0", provider="Third")
        self.begin(self.make(provider="Clinic"))
        self.providers({"name": "Nothing"})
        self.not_begun("neither a summary nor a search")

    def test_a_registry_leads_only_where_it_may(self):
        other = self.origin.replace("localhost", "127.0.0.1")
        self.providers(self.provider(origin=other))
        self.not_begun("the registry leads to the host 127.0.0.1, which the configuration does not allow (/provider_hosts)")
        self.assertEqual(self.asked("/register"), [])
        self.begin(self.make(provider_hosts=["127.0.0.1"]))
        self.assertEqual(len(self.asked("/register")), 1)
        for url in ("/token", self.origin.replace("https", "http") + "/token", "https://user@localhost/token", "ftp://localhost/token"):
            with self.subTest(url):
                provider = self.provider()
                provider["oauth2"]["token_uri"] = url
                self.providers(provider)
                self.not_begun("expected absolute https URLs in providers.json")

    def test_a_registry_without_end(self):
        self.routes[PROVIDERS] = endless_body("application/json")
        self.not_begun("larger than any record may be")

    # --- Registrations and tokens

    def test_registrations_that_are_refused_or_none(self):
        for answer, says in (
                ((400, JSON, '{"error": "invalid_client_metadata", "error_description": "no"}'), "answered invalid_client_metadata"),
                ((401, {"www-authenticate": "Bearer"}, ""), "answered 401"),
                ((500, {"content-type": "text/html"}, "<p>oops</p>"), "with a page instead of an OAuth error"),
                ((201, {"content-type": "text/html"}, "<p>oops</p>"), "no JSON"),
                ((201, JSON, "{}"), "'client_id' is missing"),
                ((201, JSON, '{"client_id": 7}'), "expected 'client_id' to be a string")):
            with self.subTest(says):
                self.routes["/register"] = answer
                self.not_begun(says)

    def test_what_is_registered_and_how_the_application_proves_itself(self):
        name = self.signed_in(client_name="Diary", client_uri="https://diary.example")
        (_, body), = self.asked("/register")
        registered = json.loads(body)
        self.assertEqual({key: registered[key] for key in ("client_name", "client_uri", "redirect_uris", "response_types", "grant_types",
                                                           "token_endpoint_auth_method", "scope")},
                         {"client_name": "Diary", "client_uri": "https://diary.example", "redirect_uris": [BACK], "response_types": ["code"],
                          "grant_types": ["authorization_code"], "token_endpoint_auth_method": "client_secret_basic", "scope": "summary: search:"})
        (headers, form), = self.asked("/token")
        self.assertEqual(base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode(), f"app:{SECRET}")
        self.assertEqual(dict(urllib.parse.parse_qsl(form))["redirect_uri"], BACK)
        self.assertEqual(self.call(name, "session", "describe")["emitted"]["session"]["scopes"], "summary: search:")

    def test_scopes_are_registered_in_their_root_form(self):
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": STATE, "scopes": "summary: send-email-to:a@direct.example"}
        name = self.make()
        reply = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=10_000)
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(reply["emitted"]["challenge"]["url"]).query))
        self.assertEqual(asked["scope"], "summary: send-email-to:a@direct.example")
        self.begin(name)  # with other scopes the application is another
        self.begin(name)
        self.assertEqual([json.loads(body)["scope"] for _, body in self.asked("/register")],
                         ["summary: search: send-email-to:", "summary: search:"])

    def test_a_trusted_registration_shows_a_jwt_that_openssl_verifies(self):
        self.routes["/.well-known/bb/apps.json"] = (200, JSON, json.dumps([
            {"url": "https://diary.example", "name": "D", "fixed_registration_parameters": {"client_name": "The diary"}}]))
        key, public = self.folder / "registry.key", self.folder / "registry.pub"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
        name = self.make({"registry_key": str(key)}, registration="trusted", client_uri="https://diary.example", registry_key="registry_key",
                         registry_key_id="key-1")
        self.begin(name)
        (headers, body), = self.asked("/register")
        self.assertEqual(json.loads(body)["client_name"], "The diary")
        parts = headers["authorization"].removeprefix("Bearer ").split(".")
        header, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
        self.assertEqual(json.loads(header), {"alg": "RS256", "kid": "key-1", "typ": "JWT"})
        claims = json.loads(claims)
        self.assertEqual((claims["iss"], claims["sub"]), (self.origin, "https://diary.example"))
        self.assertLess(abs(claims["iat"] - time.time()), 60)
        (self.folder / "signed").write_text(".".join(parts[:2]))
        (self.folder / "signature").write_bytes(signature)
        verified = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public, "-signature", self.folder / "signature",
                                   self.folder / "signed"], capture_output=True, text=True)
        self.assertEqual(verified.stdout.strip(), "Verified OK")

    def test_a_trusted_registration_needs_the_registrys_word(self):
        self.routes["/.well-known/bb/apps.json"] = (200, JSON, "[]")
        self.assertEqual(self.not_begun("needs /registration_jwt or /registry_key", registration="trusted").status, "BB_E_INVALID_ARGUMENT")
        file = self.folder / "jwt"
        file.write_text("canary.registration.jwt")
        name = self.make({"jwt": str(file)}, registration="trusted", registration_jwt="jwt")
        self.routes["/register"] = (401, {}, "")
        refused = self.refused(name, "session", "open", says="answered 401", method="user_redirect", redirect_uri=BACK, state=STATE)
        self.assertNotIn("canary", refused.message)
        self.assertEqual(self.asked("/register")[-1][0]["authorization"], "Bearer canary.registration.jwt")
        for route, says in (((200, JSON, "{}"), "apps.json: expected an array"), ((404, {}, ""), "answered 404")):
            self.routes["/.well-known/bb/apps.json"] = route
            self.refused(self.make({"jwt": str(file)}, registration="trusted", registration_jwt="jwt"), "session", "open", says=says,
                         method="user_redirect", redirect_uri=BACK, state=STATE)

    def test_returns_and_tokens_that_are_none(self):
        name = self.make()
        self.refused(name, "session", "resume", says="not that of this sign-in", **self.coming_back(*self.begin(name), f"code=c&state={STATE}x"))
        name = self.make()
        refused = self.refused(name, "session", "resume", says="access_denied", **self.coming_back(*self.begin(name), f"error=access_denied&state={STATE}"))
        self.assertEqual(refused.status, "BB_E_CONSENT_REQUIRED")
        for answer, says in (((200, {"content-type": "text/html"}, "<p>"), "no JSON"), ((200, JSON, '{"token_type": "bearer"}'), "'access_token' is missing"),
                             ((400, JSON, json.dumps({"error": "invalid_grant", "error_description": TOKEN})), "answered invalid_grant")):
            with self.subTest(says):
                self.routes["/token"] = answer
                name = self.make()
                self.refused(name, "session", "resume", says=says, **self.coming_back(*self.begin(name)))

    def test_what_a_server_of_2013_is_asked_for(self):
        _, challenge = self.begin(self.make())
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(challenge["url"]).query))
        self.assertEqual((asked["response_type"], asked["client_id"], asked["scope"], asked["state"]), ("code", "app", "summary: search:", STATE))
        self.assertNotIn("aud", asked)

    def probe(self, name, probe, **arguments):
        reply = self.call(name, "probe", "run", name=probe, arguments=arguments)
        return json.loads(base64.b64decode(reply["body"]))

    def test_probes_tell_secrets_apart_and_do_not_tell_them(self):
        name = self.signed_in()
        digest = hashlib.sha256(SECRET.encode()).hexdigest()[:16]
        registered = self.probe(name, "bbplus-register", set={"client_name": "Another"}, omit=["contacts"])
        self.assertEqual(registered["client_secret"], f"(removed, sha256 {digest})")
        self.assertNotEqual(registered["registration_access_token"], registered["client_secret"])
        sent = json.loads(self.asked("/register")[-1][1])
        self.assertEqual((sent["client_name"], "contacts" in sent), ("Another", False))
        told = self.probe(name, "bbplus-token-answer")
        self.assertEqual((told["token_type"], told["expires_in"], told["scope"]), ("bearer", "3600", "summary: search:"))
        self.assertEqual(told["access_token"], f"(removed, sha256 {hashlib.sha256(TOKEN.encode()).hexdigest()[:16]})")

    def test_probes_tell_what_became_of_an_authorization(self):
        name = self.make()
        state = "c3Nz" * 8  # 24 times "s", in base64url
        back = "https://localhost/callback"
        for answer, told in (
                ((200, {"content-type": "text/html"}, "<p>Warning</p>"), {"status": 200, "outcome": "asked", "is_state_kept": False, "page": "<p>Warning</p>"}),
                ((302, {"location": "/sign-in"}, ""), {"status": 302, "outcome": "asked", "is_state_kept": False}),
                ((303, {"location": f"{back}?code=c&state={state}"}, ""), {"status": 303, "outcome": "code", "state": state, "is_state_kept": True}),
                ((303, {"location": f"{back}?error=invalid_scope&state=x"}, ""),
                 {"status": 303, "outcome": "refused", "error": "invalid_scope", "state": "x", "is_state_kept": False}),
                ((303, {"location": f"{back}?neither=1"}, ""), {"status": 303, "outcome": "failed", "is_state_kept": False}),
                ((400, {"content-type": "text/html"}, "<p>no</p>"), {"status": 400, "outcome": "refused", "is_state_kept": False}),
                ((500, {"content-type": "text/html"}, "<p>oops</p>"), {"status": 500, "outcome": "failed", "is_state_kept": False})):
            with self.subTest(told):
                self.routes["/authorize"] = answer
                self.assertEqual(self.probe(name, "bbplus-authorize"), told)
        self.routes["/register"] = (400, JSON, '{"error": "invalid_client_metadata"}')
        self.refused(name, "probe", "run", says="answered invalid_client_metadata", name="bbplus-authorize", arguments={})

    # --- Documents

    def test_lists_that_are_none(self):
        name = self.signed_in()
        for answer, says in (
                ((200, {"content-type": "text/html"}, "<p>Sign in</p>"), "expected content-type application/json or text/xml, got 'text/html'"),
                ((200, {}, "{}"), "got none"),
                ((200, JSON, '{"resourceType": "Bundle", "entry": ['), "no JSON"),
                ((200, JSON, '{"resourceType": "Patient"}'), "expected a Bundle"),
                ((200, JSON, '{"entry": [1]}'), "expected entries to be objects"),
                ((200, XML, "<feed><entry>"), "no XML: line 1"),
                ((200, XML, "<html/>"), "expected an Atom feed"),
                ((200, XML, "<!DOCTYPE feed SYSTEM 'file:///etc/passwd'><feed/>"), "no XML"),
                ((200, XML, "<feed>" + "<entry/>" * 100_001 + "</feed>"), "expected at most 100000 entries"),
                ((200, JSON, json.dumps({"entry": [entry("x" * 4097)]})), "texts of at most 4096 bytes"),
                ((200, JSON, json.dumps({"entry": [entry("")]})), "a document in the list has no location"),
                ((200, JSON, json.dumps({"entry": [], "echo": TOKEN})), "an echo of the request"),
                ((302, {"location": "https://elsewhere.example/"}, ""), "sends on to another address"),
                ((429, {"retry-after": "7"}, ""), "429")):
            with self.subTest(says):
                self.routes["/search"] = answer
                self.refused(name, "view", "list", says=says)
        self.routes["/search"] = (401, {"www-authenticate": 'Bearer error="insufficient_scope"'}, "")
        self.assertEqual(self.refused(name, "view", "list", says="insufficient_scope").status, "BB_E_FORBIDDEN")

    def test_the_token_stays_with_its_provider(self):
        name = self.signed_in()
        other = Server(self.certificates)
        self.addCleanup(other.stop)
        for location in (other.origin + "/d", "//localhost/d", self.origin.replace("https", "http") + "/d", "https://localhost@evil.example/d"):
            with self.subTest(location):
                self.bundle(entry(location))
                self.refused(name, "view", "list", says="the server leads to")
                self.assertEqual(self.refused(name, "view", "read", says="nothing at such an address", item_id=location).status, "BB_E_NOT_FOUND")
        self.assertEqual(other.seen, [])

    def test_atom_alone_is_enough(self):
        name = self.signed_in()
        self.routes["/search"] = (200, XML, f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A visit</title><content>
          <DocumentReference xmlns="http://hl7.org/fhir"><location value="{self.origin}/documents/1"/><mimeType value="text/xml"/>
          </DocumentReference></content></entry></feed>""")
        self.routes["/documents/1"] = (200, XML, "<ClinicalDocument/>")
        items = self.call(name, "view", "list")["emitted"]["items"]
        self.assertEqual([(item["id"], item["kind"]) for item in items],
                         [("summary", "summary"), (self.origin + "/documents/1", "document")])
        fetched = self.call(name, "download", "fetch", format_id="file", item_ids=[self.origin + "/documents/1"])
        self.assertEqual(base64.b64decode(fetched["body"]), b"<ClinicalDocument/>")

    def test_a_summary_that_is_empty_or_slow(self):
        name = self.signed_in()
        self.routes["/summary"] = (200, XML, "")
        self.refused(name, "download", "fetch", says="expected a document, got an empty body", format_id="ccda-2.1")
        self.routes["/summary"] = drip("text/xml")
        begin = time.monotonic()
        self.assertEqual(self.refused(name, "view", "read", says="deadline", timeout_ms=1_000, item_id="summary").status, "BB_E_DEADLINE")
        self.assertLess(time.monotonic() - begin, 5)

    def test_what_the_protocol_does_not_have(self):
        name = self.signed_in()
        for arguments, says in (({"format_id": "pdf"}, "the summary is ccda-2.1, blue-button-text and html"),
                                ({"format_id": "file", "item_ids": ["a", "b"]}, "one document at a time")):
            self.assertEqual(self.refused(name, "download", "fetch", says=says, **arguments).status, "BB_E_UNSUPPORTED")

    def test_a_certificate_of_a_stranger(self):
        stranger = Server(self.certificates, "stranger")
        self.addCleanup(stranger.stop)
        refused = self.not_begun("certificate is not trusted", registry_url=stranger.origin)
        self.assertEqual(refused.status, "BB_E_UNTRUSTED_PEER")
        self.assertEqual(stranger.seen, [])


if __name__ == "__main__":
    HostileCase.programs = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
