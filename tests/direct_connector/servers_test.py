#!/usr/bin/python3
"""The Direct connector against Postfix, Dovecot and BIND: found, sealed, sent, opened, answered, tracked.

    servers_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST PKI_TOOL
"""
import base64
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

for beside in ("mail", "servers"):
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / beside))
import mail_servers
import servers
from connectors import DOMAIN, Connectors

PASSWORDS = {"alice": "canary-Pa55-alice", "bob": "canary-Pa55-bob"}
ALICE, BOB, GHOST = (f"{name}@{DOMAIN}" for name in ("alice", "bob", "ghost"))


def soon(ask, seconds=30):
    """What `ask` gives as soon as it is true."""
    end = time.monotonic() + seconds
    while not (given := ask()):
        if time.monotonic() > end:
            raise AssertionError(f"nothing came within {seconds} s")
        time.sleep(0.2)
    return given


def zone():
    """Alice's certificate stands under her address, the domain's for everybody else."""
    def cert(owner, name):
        der = subprocess.check_output(["openssl", "x509", "-in", folder / f"{name}.crt", "-outform", "DER"])
        return f"{owner} IN CERT PKIX 0 0 {base64.b64encode(der).decode()}"
    return "\n".join(["$TTL 60", f"@ IN SOA ns.{DOMAIN}. root.{DOMAIN}. 1 60 60 60 60", f"@ IN NS ns.{DOMAIN}.",
                      "ns IN A 127.0.0.1", cert("alice", "sender"), cert("@", "recipient")]) + "\n"


class ServersTest(unittest.TestCase):
    def make(self, kind, person, identity, **more):
        name = f"{kind}-{self.id()}"
        files = {"password": folder / f"{person}.password", "identity": folder / f"{identity}.pem",
                 "anchors": folder / "root.crt"}
        files["password"].write_text(PASSWORDS[person])
        config = {"user": f"{person}@{DOMAIN}", "password": "password", "identity": {"secret": "identity"},
                  "anchors": {"secret": "anchors"}, "resolver": {"host": "127.0.0.1", "port": names.port}, **more}
        made = tool.ask(make=name, type=f"org.bluebridge.direct.{kind}", config=config,
                        secrets={secret: str(file) for secret, file in files.items()},
                        ca_file=str(house.certificates.path("ca.pem")))
        self.assertNotIn("error", made)
        return name

    @staticmethod
    def server(of, port, person):
        return {"host": "localhost", "port": of.ports[port], "user": f"{person}@{DOMAIN}", "password": "password"}

    def sender(self, **more):
        return self.make("sender", "alice", "sender", host="localhost", port=house.postfix.ports["submission"],
                         **{"from": ALICE, "mailbox": self.server(house.dovecot, "imap", "alice"), **more})

    def inbox(self, protocol):
        return self.make("inbox", "bob", "recipient", host="localhost", port=house.dovecot.ports[protocol],
                         protocol=protocol, address=BOB, smtp=self.server(house.postfix, "submission", "bob"))

    def test_a_message_goes_all_the_way_and_its_notification_back(self):
        for protocol in ("imap", "pop3"):
            with self.subTest(protocol):
                sender, inbox = self.sender(final_delivery=True), self.inbox(protocol)
                address = tool.allocate(inbox, "whole")
                receipt = tool.send(sender, f"{self.id()}-{protocol}", [address], "For Ellen Ross", "Hello\r\n",
                                    [("record.bin", "application/octet-stream", bytes(range(256)) * 200)],
                                    scheme="direct")[address]
                self.assertEqual(receipt["delivery"], "accepted", receipt["detail"])
                received, opened, _ = soon(lambda: tool.poll(inbox, address))
                self.assertNotIn(b"Ellen", tool.read(inbox, received["id"]))
                reply = tool.call(inbox, "bb.inbox/1", "read", item_id=opened["id"])
                self.assertEqual(reply["attributes"]["opened.trust"], "trusted")
                self.assertEqual(reply["attributes"]["opened.detail"].split(";")[0], "taken")
                self.assertIn(b"Subject: For Ellen Ross", base64.b64decode(reply["body"]))

                tool.call(inbox, "bb.inbox/1", "acknowledge", item_id=received["id"], disposition="displayed")
                self.assertEqual(tool.poll(inbox, address), [])

                def answered():
                    receipts = tool.track(sender, receipt["message_id"])
                    return receipts if len(receipts) == 3 else None
                self.assertEqual({one["delivery"] for one in soon(answered)}, {"accepted", "processed", "dispatched"})
                self.assertIn(f"message-id={receipt['message_id']}", house.postfix.log())
        self.assertIn(f"alice.{DOMAIN} IN CERT", names.log())
        self.assertIn(f"{DOMAIN} IN CERT", names.log())

    def test_a_message_that_no_mailbox_takes_is_tracked_as_failed(self):
        sender = self.sender()
        receipt = tool.send(sender, self.id(), [GHOST], scheme="direct")[GHOST]
        self.assertEqual(receipt["delivery"], "accepted", receipt["detail"])

        def reported():
            receipts = tool.track(sender, receipt["message_id"])
            return receipts if len(receipts) == 2 else None
        failed = soon(reported)[1]
        self.assertEqual((failed["delivery"], failed["recipient"]), ("failed", GHOST))
        self.assertRegex(failed["detail"], "^reported by a mail server: failed 5")

    def test_what_is_published_is_discovered(self):
        sender = self.sender()

        def found(address):
            return [(base64.b64decode(one["der"]) if "der" in one else one, one["source"])
                    for one in tool.call(sender, "bb.trust/1", "discover", address=address)["emitted"]["certificates"]]
        self.assertEqual([source for _, source in found(ALICE)], ["dns-cert:address", "dns-cert:domain"])
        self.assertEqual([source for _, source in found(BOB)], ["dns-cert:domain"])

    def test_nothing_is_sent_to_whom_nothing_is_published_for(self):
        address = "bob@elsewhere.test"
        receipt = tool.send(self.sender(), self.id(), [address], scheme="direct")[address]
        self.assertEqual(receipt["delivery"], "failed")
        self.assertIn("CERT bob.elsewhere.test", receipt["detail"])
        self.assertNotIn("elsewhere.test", house.postfix.log())


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        house = running.enter_context(mail_servers.mail_house(folder, PASSWORDS, ["ghost"]))
        subprocess.run([sys.argv[4], folder, ALICE, BOB], check=True)
        names = running.enter_context(servers.bind(folder, DOMAIN, zone()))
        tool = running.enter_context(Connectors(*sys.argv[1:4], folder))
        result = unittest.main(argv=sys.argv[:1] + sys.argv[5:], exit=False).result
        if not result.wasSuccessful():
            print(house.postfix.log()[-4000:], house.dovecot.log()[-2000:], names.log()[-2000:], file=sys.stderr)
    sys.exit(not result.wasSuccessful())
