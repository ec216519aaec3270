"""A FHIR server that a test says the answers of, and a connector that an application signed in with."""
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "mail"))
from connector_case import ConnectorCase  # noqa: E402
from connectors import Refused  # noqa: E402
from loopback_server import Server  # noqa: E402

FHIR = "application/fhir+json"
TOKEN = "canary-access-token"
STATE = "state-of-this-run-1234567890"
BACK = "https://app.example/back"


def bundle(*ids, following=None):
    page = {"resourceType": "Bundle", "type": "searchset",
            "entry": [{"resource": {"resourceType": "ExplanationOfBenefit", "id": one}} for one in ids]}
    if following:
        page["link"] = [{"relation": "next", "url": following}]
    return json.dumps(page)


class FhirCase(ConnectorCase):
    def setUp(self):
        self.server = Server(self.certificates)
        self.addCleanup(self.server.stop)
        self.base = self.server.origin + "/fhir"
        self.routes = self.server.routes
        self.routes["/fhir/.well-known/smart-configuration"] = (200, {"content-type": "application/json"}, json.dumps({
            "authorization_endpoint": self.server.origin + "/authorize", "token_endpoint": self.server.origin + "/token"}))
        self.token({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600, "scope": "patient/*.rs", "patient": "p1"})

    def token(self, answer, status=200, kind="application/json"):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.routes["/token"] = (status, {"content-type": kind}, text)

    def make(self, **config):
        type(self).made += 1
        name = f"fhir-{self.made}"
        made = self.tool.ask(make=name, type="org.bluebridge.rest.fhir", ca_file=str(self.certificates.path("ca.pem")), secrets={},
                             config={"base_url": self.base, "profile": "carin-bb", "client_id": "app", **config})
        self.assertNotIn("error", made)
        return name

    def call(self, name, interface, function, /, timeout_ms=10_000, **arguments):
        return self.tool.call(name, f"bb.{interface}/1", function, timeout_ms=timeout_ms, **arguments)

    def refused(self, name, *words, says, **arguments):
        """What was refused with this sentence; within the deadline, and without the token."""
        begin = time.monotonic()
        with self.assertRaises(Refused) as caught:
            self.call(name, *words, **arguments)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertIn(says, caught.exception.message)
        self.assertNotIn(TOKEN, caught.exception.message)
        return caught.exception

    def begin(self, name):
        request = {"method": "user_redirect", "redirect_uri": BACK, "state": STATE}
        reply = self.tool.ask(on=name, interface="bb.session/1", function="open", arguments=request, timeout_ms=10_000)
        self.assertEqual(reply["status"], "BB_E_PENDING", reply["message"])
        return request, reply["emitted"]["challenge"]

    def coming_back(self, request, challenge, query=f"code=c&state={STATE}"):
        return {"request": request, "resume_state": challenge["resume_state"], "response": f"{BACK}?{query}"}

    def signed_in(self, **config):
        name = self.make(**config)
        self.call(name, "session", "resume", **self.coming_back(*self.begin(name)))
        return name

    def search(self, answer):
        self.routes["/fhir/ExplanationOfBenefit"] = answer

