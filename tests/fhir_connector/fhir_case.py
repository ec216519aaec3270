"""A FHIR server that a test says the answers of, and a connector that an application signed in with."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from hostile_case import TOKEN, HostileCase  # noqa: E402
from loopback_server import Server  # noqa: E402

FHIR = "application/fhir+json"


def bundle(*ids, following=None):
    page = {"resourceType": "Bundle", "type": "searchset",
            "entry": [{"resource": {"resourceType": "ExplanationOfBenefit", "id": one}} for one in ids]}
    if following:
        page["link"] = [{"relation": "next", "url": following}]
    return json.dumps(page)


class FhirCase(HostileCase):
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

    def signed_in(self, **config):
        name = self.make(**config)
        self.call(name, "session", "resume", **self.coming_back(*self.begin(name)))
        return name

    def search(self, answer):
        self.routes["/fhir/ExplanationOfBenefit"] = answer
