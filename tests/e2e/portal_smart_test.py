#!/usr/bin/python3
"""An application is let in by the sample portal: Python's standard library is the browser and the application, and
OpenSSL's program signs and verifies."""
import base64
import hashlib
import json
import pathlib
import secrets
import subprocess
import time
import unittest
import urllib.parse

import peers
from library_browser import FORM, Browser
from page_forms import Forms

BACK = "http://127.0.0.1:9999/callback"
ACCOUNT = "alice"
SIGNED_BY_ES384 = {"alg": "ES384", "kid": "demo-1", "typ": "JWT"}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class WalkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        cls.portal = cls.enterClassContext(peers.Portal())
        cls.smart = cls.portal.ready["smart"]
        cls.clients = {client["client_id"]: client for client in cls.smart["clients"]}

    def configuration(self, browser):
        path = self.smart["fhir_base"].removeprefix(self.portal.ready["url"]) + "/.well-known/smart-configuration"
        return json.loads(browser.ask("GET", path).text)

    def path(self, url):
        return url.removeprefix(self.portal.ready["url"])

    def request(self, verifier, state, scope):
        return {"response_type": "code", "client_id": "demo-public", "redirect_uri": BACK, "scope": scope,
                "state": state, "aud": self.smart["fhir_base"], "nonce": "a nonce",
                "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
                "code_challenge_method": "S256"}

    def test_sign_in_consent_code_token_refresh_revoke(self):
        browser, program = Browser(self.portal), Browser(self.portal)
        found = self.configuration(program)
        verifier = base64url(secrets.token_bytes(32))
        # urlencode() writes blanks as '+' and '+' as '%2B', as browsers do.
        state = "state+with/signs=" + secrets.token_urlsafe(16)
        asked = self.request(verifier, state, "openid fhirUser launch/patient offline_access patient/Patient.rs "
                                              "patient/Condition.rs")
        authorize = self.path(found["authorization_endpoint"]) + "?" + urllib.parse.urlencode(asked)
        consent = browser.sign_in(authorize, ACCOUNT)
        self.assertIn("See health problems and diagnoses", consent.text)
        fields = [field for field in Forms(consent.text).with_action("/oauth/consent")
                  if field != ("scope", "patient/Condition.rs")]
        location = browser.go("POST", "/oauth/consent", fields + [("decision", "allow")])
        self.assertEqual(location.partition("?")[0], BACK)
        returned = dict(urllib.parse.parse_qsl(location.partition("?")[2], strict_parsing=True))
        self.assertEqual(returned["state"], state)
        self.assertEqual(returned["iss"], found["issuer"])

        token_path = self.path(found["token_endpoint"])
        answer = program.ask("POST", token_path, {"grant_type": "authorization_code", "code": returned["code"],
                                                  "redirect_uri": BACK, "code_verifier": verifier,
                                                  "client_id": "demo-public"})
        self.assertEqual((answer.status, answer.getheader("Cache-Control"), answer.getheader("Pragma")),
                         (200, "no-store", "no-cache"), answer.text)
        token = json.loads(answer.text)
        self.assertEqual(token["token_type"], "Bearer")
        self.assertEqual(token["patient"], ACCOUNT)
        self.assertEqual(set(token["scope"].split()),
                         {"openid", "fhirUser", "launch/patient", "offline_access", "patient/Patient.rs"})
        self.check_id_token(program, found, token)

        bearer = {"Authorization": "Bearer " + token["access_token"]}
        who = program.ask("GET", self.path(found["userinfo_endpoint"]), headers=bearer)
        self.assertEqual(json.loads(who.text)["sub"], ACCOUNT)
        form = {"grant_type": "refresh_token", "client_id": "demo-public", "refresh_token": token["refresh_token"]}
        refreshed = json.loads(program.ask("POST", token_path, form).text)
        self.assertEqual(refreshed["patient"], ACCOUNT)
        revoked = program.ask("POST", self.path(found["revocation_endpoint"]),
                              {"token": refreshed["refresh_token"], "client_id": "demo-public"})
        self.assertEqual(revoked.status, 200)
        again = program.ask("POST", token_path, {"grant_type": "refresh_token", "client_id": "demo-public",
                                                 "refresh_token": refreshed["refresh_token"]})
        self.assertEqual((again.status, json.loads(again.text)["error"]), (400, "invalid_grant"))
        bearer = {"Authorization": "Bearer " + refreshed["access_token"]}
        self.assertEqual(program.ask("GET", self.path(found["userinfo_endpoint"]), headers=bearer).status, 401)

    def check_id_token(self, program, found, token):
        header, claims, signature = token["id_token"].split(".")
        keys = json.loads(program.ask("GET", self.path(found["jwks_uri"])).text)["keys"]
        kid = json.loads(from_base64url(header))["kid"]
        key = next(key for key in keys if key["kid"] == kid)
        number = {name: from_base64url(key[name]).hex() for name in ("n", "e")}
        (self.folder / "key.conf").write_text(
            "asn1=SEQUENCE:spki\n[spki]\nalgorithm=SEQUENCE:alg\nkey=BITWRAP,SEQUENCE:rsa\n"
            f"[alg]\noid=OID:rsaEncryption\nnull=NULL\n[rsa]\nn=INTEGER:0x{number['n']}\ne=INTEGER:0x{number['e']}\n")
        subprocess.run(["openssl", "asn1parse", "-genconf", self.folder / "key.conf", "-noout", "-out",
                        self.folder / "key.der"], check=True)
        (self.folder / "signature").write_bytes(from_base64url(signature))
        verify = ["openssl", "dgst", "-sha256", "-verify", self.folder / "key.der", "-keyform", "DER", "-signature",
                  self.folder / "signature"]
        said = subprocess.run(verify, input=f"{header}.{claims}".encode(), capture_output=True, check=False)
        self.assertEqual(said.returncode, 0, said)
        forged = subprocess.run(verify, input=f"{header}.{claims}x".encode(), capture_output=True, check=False)
        self.assertNotEqual(forged.returncode, 0)
        claims = json.loads(from_base64url(claims))
        self.assertEqual((claims["iss"], claims["aud"], claims["sub"], claims["nonce"]),
                         (found["issuer"], "demo-public", ACCOUNT, "a nonce"))
        self.assertLess(abs(claims["iat"] - time.time()), 60)
        self.assertEqual(claims["fhirUser"], f"{self.smart['fhir_base']}/Patient/{ACCOUNT}")
        # OpenID Connect Core, 3.1.3.6.
        digest = hashlib.sha256(token["access_token"].encode()).digest()
        self.assertEqual(claims["at_hash"], base64url(digest[:16]))

    def test_denied(self):
        browser = Browser(self.portal)
        asked = self.request("v" * 43, "a state of enough characters", "patient/*.rs")
        consent = browser.sign_in("/oauth/authorize?" + urllib.parse.urlencode(asked), ACCOUNT)
        fields = Forms(consent.text).with_action("/oauth/consent")
        location = browser.go("POST", "/oauth/consent", fields + [("decision", "deny")])
        returned = dict(urllib.parse.parse_qsl(location.partition("?")[2]))
        self.assertEqual((returned["error"], returned.get("code")), ("access_denied", None))

    def test_a_sign_in_leads_to_no_other_site(self):
        browser = Browser(self.portal)
        page = browser.ask("GET", "/sign-in")
        fields = dict(Forms(page.text).with_action("/sign-in"))
        fields.update(account=ACCOUNT, password=f"{peers.PASSWORD_BASE}-{ACCOUNT}", next="https://elsewhere.example/")
        answer = browser.ask("POST", "/sign-in", fields)
        self.assertEqual(answer.getheader("Location"), "/")

    def test_a_backend_proves_itself_with_a_signature_of_openssl(self):
        program = Browser(self.portal)
        token_url = self.configuration(program)["token_endpoint"]
        client = self.clients["demo-backend"]
        now = int(time.time())
        claims = {"iss": "demo-backend", "sub": "demo-backend", "aud": token_url, "exp": now + 240,
                  "jti": secrets.token_hex(8)}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (SIGNED_BY_ES384, claims))
        der = subprocess.run(["openssl", "dgst", "-sha384", "-sign", pathlib.Path(client["key_file"])],
                             input=signed.encode(), capture_output=True, check=True).stdout
        assertion = f"{signed}.{base64url(raw_signature(der, 48))}"
        form = {"grant_type": "client_credentials", "scope": "system/*.rs", "client_assertion": assertion,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        answer = program.ask("POST", self.path(token_url), form)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(json.loads(answer.text)["expires_in"], 300)
        self.assertEqual(program.ask("POST", self.path(token_url), form).status, 401)  # the same jti


def raw_signature(der, size):
    """R and S of a DER signature, one after the other (RFC 7518, 3.4)."""
    at = 2 if der[1] < 0x80 else 3
    numbers = []
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + length], "big").to_bytes(size, "big"))
        at += 2 + length
    return b"".join(numbers)


if __name__ == "__main__":
    unittest.main()
