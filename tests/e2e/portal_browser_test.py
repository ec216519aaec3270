#!/usr/bin/python3
"""People in a real browser, headless Chromium, let an application in at the sample portal, in part, and deny it."""
import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading
import unittest
import urllib.parse

import peers
from portal_smart_test import Browser, base64url

SCRIPT = pathlib.Path(__file__).parent / "consent_browser.mjs"
VERIFIER = "v" * 43
ACCOUNT = "alice"
STATE = "a state + of / enough = characters"
SKIPPED = 77


# An application by the npm package fhirclient, with the least that its documentation asks for.
FHIRCLIENT_LAUNCH = """<script src="/fhir-client.js"></script><script>FHIR.oauth2.authorize(SETTINGS);</script>"""
FHIRCLIENT_CALLBACK = """<body><p id="got"></p><script src="/fhir-client.js"></script><script>
const show = (text) => { got.textContent = text; document.body.append('Back at the application'); };
FHIR.oauth2.ready().then((client) => show(JSON.stringify({
  patient: client.patient.id, user: client.user.fhirUser, scope: client.state.tokenResponse.scope })),
  (why) => show(JSON.stringify(String(why))));
</script></body>"""


@contextlib.contextmanager
def application():
    """A server on another site than the portal, as `localhost` is to 127.0.0.1: its `pages` are set by who uses it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            page = self.server.pages.get(path, "<p>Back at the application</p>")
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class ConsentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("node") is None:
            peers.skip_loudly("node is missing")
        cls.portal = cls.enterClassContext(peers.Portal())
        cls.app = cls.enterClassContext(application())
        cls.base = f"http://localhost:{cls.app.server_port}"
        asked = {"response_type": "code", "client_id": "demo-public", "redirect_uri": cls.base + "/callback",
                 "scope": "launch/patient patient/Patient.rs patient/Condition.rs", "state": STATE,
                 "aud": cls.portal.ready["smart"]["fhir_base"], "code_challenge_method": "S256",
                 "code_challenge": base64url(hashlib.sha256(VERIFIER.encode()).digest())}
        address = cls.portal.ready["url"] + "/oauth/authorize?" + urllib.parse.urlencode(asked)
        cls.pages = {"/": f'<p><a href="{address.replace("&", "&amp;")}">Connect</a></p>'}

    def setUp(self):
        self.app.pages = self.pages

    def visit(self, decision, *refused):
        """What the browser saw, and where it ended."""
        done = subprocess.run(["node", SCRIPT, self.base + "/", ACCOUNT, decision, *refused], text=True, timeout=120,
                              capture_output=True, check=False,
                              env={**os.environ, "BB_PASSWORD": f"{peers.PASSWORD_BASE}-{ACCOUNT}"})
        if done.returncode == SKIPPED:
            peers.skip_loudly(done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def parameters(self, seen):
        where, _, query = seen["url"].partition("?")
        self.assertEqual(where, self.base + "/callback")
        return dict(urllib.parse.parse_qsl(query, strict_parsing=True))

    def test_a_person_lets_it_in_and_refuses_a_scope(self):
        seen = self.visit("allow", "patient/Condition.rs")
        returned = self.parameters(seen)
        self.assertEqual(seen["boxes"], ["launch/patient", "patient/Patient.rs", "patient/Condition.rs"])
        self.assertEqual(returned["state"], STATE)
        answer = Browser(self.portal).ask("POST", "/oauth/token", {
            "grant_type": "authorization_code", "code": returned["code"], "redirect_uri": self.base + "/callback",
            "code_verifier": VERIFIER, "client_id": "demo-public"})
        token = json.loads(answer.text)
        self.assertEqual((token["scope"], token["patient"]), ("launch/patient patient/Patient.rs", ACCOUNT))

    def test_a_person_denies(self):
        returned = self.parameters(self.visit("deny"))
        self.assertEqual((returned["error"], returned["state"]), ("access_denied", STATE))
        self.assertNotIn("code", returned)

    def test_fhirclient_is_let_in(self):
        library = pathlib.Path(os.environ.get("BB_NODE_MODULES", "/nowhere")) / "fhirclient/build/fhir-client.js"
        if not library.exists():
            peers.skip_loudly(f"npm package fhirclient is not there: {library}")
        settings = {"clientId": "demo-public", "iss": self.portal.ready["smart"]["fhir_base"],
                    "redirectUri": self.base + "/callback", "pkceMode": "required",
                    "scope": "launch/patient openid fhirUser patient/Patient.read"}
        self.app.pages = {"/": '<a href="/launch">Connect</a>', "/callback": FHIRCLIENT_CALLBACK,
                          "/launch": FHIRCLIENT_LAUNCH.replace("SETTINGS", json.dumps(settings)),
                          "/fhir-client.js": library.read_text()}
        seen = self.visit("allow")
        # The library gives the last two parts of the ID token's fhirUser.
        self.assertEqual([json.loads(got) for got in seen["got"]],
                         [{"patient": ACCOUNT, "user": f"Patient/{ACCOUNT}", "scope": settings["scope"]}])


if __name__ == "__main__":
    peers.main()
