#!/usr/bin/python3
"""Two sample portals exchange a record by Direct, with the programs alone: certificates, mail room, portals."""
import json
import pathlib
import ssl
import unittest
import urllib.request

import direct_peers
import peers

DOMAINS = ["direct.a.example", "direct.b.example"]


class Person:
    def __init__(self, portal, account):
        self.url, self.account = portal.ready["url"] + "/api", account
        self.tls = ssl.create_default_context(cafile=portal.ready["ca_file"])
        self.headers = {"Content-Type": "application/json"}
        said = self.ask("/session", {"account": account, "password": f"{peers.PASSWORD_BASE}-{account}"})
        self.headers["Authorization"] = "Bearer " + said["access_token"]

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, self.headers), context=self.tls) as answer:
            text = answer.read()
            return json.loads(text) if "json" in answer.headers["Content-Type"] else text.decode()

    def share(self, to):
        self.headers["Idempotency-Key"] = to
        return self.ask(f"/patients/{self.account}/shares", {"to": [to]})


class DirectTest(unittest.TestCase):
    def test_a_record_goes_from_portal_to_portal_and_its_arrival_comes_back(self):
        with peers.temporary_folder() as name:
            folder = pathlib.Path(name)
            direct_peers.make_pki(folder, "--without-cases",
                                  *[word for domain in DOMAINS for word in ("--domain", domain)])
            mailboxes = [f"{domain}:secret=@{domain}" for domain in DOMAINS]
            with direct_peers.mail_room(folder, direct_peers.zone(folder, DOMAINS), *mailboxes) as room:
                with (direct_peers.portal(folder, DOMAINS[0], room.ready) as a,
                      direct_peers.portal(folder, DOMAINS[1], room.ready) as b):
                    alice, bruno = Person(a, "alice"), Person(b, "bruno")
                    receipts = "/patients/alice/shares/" + alice.share("bruno@direct.b.example")["id"]
                    peers.until(lambda: alice.ask(receipts)["receipts"][0]["delivery"] != "accepted", 20)
                    peers.until(lambda: alice.ask(receipts)["receipts"][0]["delivery"] == "dispatched", 20)
                    messages = bruno.ask("/patients/bruno/messages")
                    self.assertEqual(messages["address"], "bruno@direct.b.example")
                    self.assertEqual([item["from"] for item in messages["items"]], ["alice@direct.a.example"])
                    self.assertIn("Content-Disposition: attachment", bruno.ask("/patients/bruno/messages/1"))
                    # Nobody of that name: what comes back says so.
                    lost = "/patients/alice/shares/" + alice.share("nobody@direct.b.example")["id"]
                    peers.until(lambda: alice.ask(lost)["receipts"][0]["delivery"] == "failed", 20)
                    self.assertIn("there is no such mailbox", alice.ask(lost)["receipts"][0]["detail"])
                self.assertEqual((a.status, b.status), (0, 0))
            self.assertEqual(room.status, 0)


if __name__ == "__main__":
    unittest.main()
