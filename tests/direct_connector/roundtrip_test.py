#!/usr/bin/python3
"""The Direct connector: sent, opened, answered, tracked, and every hostile message refused.

    roundtrip_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST PKI_TOOL

What is sent is also opened by the openssl command, and some of what arrives is made by it.
"""
import base64
import contextlib
import email
import email.policy
import hashlib
import io
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid
import xml.etree.ElementTree
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mail"))
from connectors import Connectors, Refused
from peers import Peer, imap, smtp

ALICE, BOB = "alice@direct.alice.test", "bob@direct.bob.test"
STRANGER = "untrusted@direct.alice.test"
# The identity that a probe needs.
IDENTITIES = {
    "direct-expired-certificate": "expired", "direct-certificate-not-yet-valid": "not_yet_valid",
    "direct-revoked-certificate": "revoked", "direct-wrong-name": "wrong_name", "direct-wildcard-name": "wildcard",
    "direct-unknown-anchor": "unknown_anchor", "direct-weak-key": "weak_key", "direct-other-domain": "other_domain",
    "direct-no-not-before": "no_not_before", "direct-no-not-after": "no_not_after", "direct-encrypt-only": "encrypt_only",
    "direct-authority-certificate": "authority", "direct-other-subject-address": "other_subject_address",
    "direct-bad-aia": "bad_aia", "direct-no-crl": "no_crl", "direct-subject-address": "subject_address",
    "direct-rsa-3072": "rsa_3072", "direct-rsa-4096": "rsa_4096", "direct-ecdsa-p256": "p256",
    "direct-ecdsa-p384": "p384"}
BAD = tuple(IDENTITIES.values())


number = itertools.count()


def openssl(*words, given=b""):
    return subprocess.run(["openssl", *map(str, words)], input=given, check=True, capture_output=True).stdout


def message_of(lines):
    """A message as the server took it, its doubled dots undone."""
    return "".join(line.decode()[line.startswith(b".."):] for line in lines)


class DirectTest(unittest.TestCase):
    def setUp(self):
        running = contextlib.ExitStack()
        self.addCleanup(running.close)
        self.for_bob, self.for_alice = {}, {}
        self.from_alice = running.enter_context(Peer(smtp()))
        self.from_bob = running.enter_context(Peer(smtp()))
        self.box_of_bob = running.enter_context(Peer(imap(self.for_bob)))
        self.box_of_alice = running.enter_context(Peer(imap(self.for_alice)))
        self.key = self.id()

    def make(self, kind, **config):
        config = {member: value for member, value in config.items() if value is not None}
        name = f"{kind}-{self.id()}-{next(number)}"
        secrets = {name: str(pki / f"{name}.pem") for name in ("sender", "recipient", *BAD)}
        made = tool.ask(make=name, type=f"org.bluebridge.direct.{kind}", config=config, secrets=secrets, ca_file="")
        if "error" in made:
            raise ValueError(made["error"])
        return name

    @staticmethod
    def server(peer):
        return {"host": "127.0.0.1", "port": peer.port, "protection": "none"}

    @staticmethod
    def trust(*known, lists=True):
        certificates = "".join((pki / f"{name}.crt").read_text() for name in known)
        return {"anchors": {"pem": (pki / "root.crt").read_text()},
                **({"revocation_lists": {"pem": (pki / "lists.pem").read_text()}} if lists else {}),
                **({"certificates": {"pem": certificates}} if certificates else {})}

    def sender(self, **more):
        return self.make("sender", **{**self.server(self.from_alice), "from": ALICE, "identity": {"secret": "sender"},
                                      "mailbox": self.server(self.box_of_alice),
                                      **self.trust("recipient", "untrusted"), **more})

    def inbox(self, **more):
        return self.make("inbox", **{**self.server(self.box_of_bob), "address": BOB,
                                     "identity": {"secret": "recipient"}, "smtp": self.server(self.from_bob),
                                     **self.trust("sender"), **more})

    def send(self, sender, to, **more):
        return tool.send(sender, self.key, to, scheme="direct", **more)

    def arrives(self, at=-1):
        """What alice sent last lies in bob's mailbox."""
        text = message_of(self.from_alice.messages[at])
        self.for_bob[len(self.for_bob) + 1] = text
        return text

    def opened(self, inbox):
        """The opened form that lies last in the mailbox: (id, attributes, message)."""
        item = [item for item in tool.poll(inbox) if item.get("opened") and item["kind"] == "message"][-1]
        reply = tool.call(inbox, "bb.inbox/1", "read", item_id=item["id"])
        return item["parent"], reply["attributes"], base64.b64decode(reply["body"])

    def acknowledge(self, inbox, item, disposition="processed"):
        tool.call(inbox, "bb.inbox/1", "acknowledge", item_id=item, disposition=disposition)

    def probe(self, sender, name, **arguments):
        return tool.call(sender, "bb.probe/1", "run", name=name, arguments={"to": BOB, **arguments})

    # ---- what is right

    def test_the_whole_way_and_back(self):
        sender, inbox = self.sender(final_delivery=True), self.inbox()
        receipt = self.send(sender, [BOB], subject="For Ellen Ross", text="Hello\r\n",
                            attachments=[("record.xml", "application/xml", b"<a/>")])[BOB]
        self.assertEqual(receipt["delivery"], "accepted")
        outside = self.arrives()
        self.assertNotIn("Ellen", outside)

        # The openssl command opens it and verifies the signature to the anchor.
        entity = openssl("cms", "-decrypt", "-recip", pki / "recipient.pem", given=outside.encode())
        inside = openssl("cms", "-verify", "-CAfile", pki / "root.crt", given=entity)
        message = email.message_from_bytes(inside, policy=email.policy.default)
        self.assertEqual(message.get_content_type(), "message/rfc822")
        message = message.get_content()
        self.assertEqual((message["from"], message["to"], message["subject"], message["message-id"]),
                         (ALICE, BOB, "For Ellen Ross", receipt["message_id"]))
        self.assertEqual(message["disposition-notification-options"],
                         "X-DIRECT-FINAL-DESTINATION-DELIVERY=optional,true")

        received, opened, decrypted = tool.poll(inbox)
        self.assertEqual(tool.read(inbox, received["id"]).decode(), outside)
        self.assertEqual([(item.get("kind"), item.get("parent")) for item in (received, opened, decrypted)],
                         [("message", None), ("message", received["id"]), ("message-decrypted", received["id"])])
        # Listed with the subject inside; no mail server says when it came.
        self.assertEqual([item.get("title") for item in (received, opened, decrypted)], [None, "For Ellen Ross", None])
        self.assertFalse([item for item in (received, opened, decrypted) if "updated" in item])
        # The first Received is of the last server (RFC 5321, 4.4).
        self.for_bob[7] = ("Received: from a by b;\r\n Fri, 21 Nov 1997 09:55:06 -0600 (CST)\r\n"
                           "Received: from c by a; Fri, 21 Nov 1997 09:00:00 -0600\r\n" + outside)
        again = tool.poll(inbox)[3:]
        del self.for_bob[7]
        self.assertEqual([item["updated"] for item in again], ["1997-11-21T15:55:06.000Z"] * 3)

        # The decrypted form is what the openssl command decrypts, under the header that came, without a key.
        reply = tool.call(inbox, "bb.inbox/1", "read", item_id=decrypted["id"])
        form = base64.b64decode(reply["body"])
        self.assertTrue(form.endswith(entity))
        header = email.message_from_bytes(form)
        self.assertEqual(header.get_content_type(), "multipart/signed")
        for field in ("from", "to", "date", "message-id", "mime-version"):
            self.assertEqual(header.get_all(field), email.message_from_string(outside).get_all(field), field)
        said = {name.removeprefix("opened."): value for name, value in reply["attributes"].items()}
        self.assertEqual((said["cipher"], said["key_transport"], said["recipient_count"]),
                         ("AES-256-CBC", "rsaEncryption", "1"))
        shown = openssl("x509", "-in", pki / "recipient.crt", "-noout", "-fingerprint", "-sha256", "-serial").decode()
        fingerprint, serial = (line.split("=")[1] for line in shown.splitlines())
        self.assertEqual(said["recipient_certificate"], fingerprint.replace(":", "").lower())
        self.assertEqual(said["recipient_serial"].lower(), serial.lower())
        self.assertEqual((said["recipient_names"], said["recipient_binding"]), ("direct.bob.test", "domain"))
        parent, attributes, body = self.opened(inbox)
        self.assertEqual(parent, received["id"])
        self.assertEqual({name: attributes["opened." + name] for name in ("signature", "encryption", "trust")},
                         {"signature": "valid", "encryption": "valid", "trust": "trusted"})
        fingerprint = openssl("x509", "-in", pki / "sender.crt", "-noout", "-fingerprint", "-sha256").decode()
        self.assertEqual(attributes["opened.signer"], fingerprint.split("=")[1].strip().replace(":", "").lower())
        self.assertEqual(email.message_from_bytes(body)["message-id"], receipt["message_id"])

        for disposition, said in (("processed", ["processed"]), ("displayed", ["processed", "dispatched"])):
            self.acknowledge(inbox, received["id"], disposition)
            self.acknowledge(inbox, received["id"], disposition)
            self.assertEqual(len(self.from_bob.messages), len(said), "each notification goes out once")
            notification = message_of(self.from_bob.messages[-1])
            self.assertNotIn(receipt["message_id"], notification, "it is sealed")
            self.for_alice[len(self.for_alice) + 1] = notification
            receipts = tool.track(sender, receipt["message_id"])
            self.assertEqual([one["delivery"] for one in receipts], ["accepted", *said])
            self.assertEqual({one["recipient"] for one in receipts}, {BOB})
        entity = openssl("cms", "-decrypt", "-recip", pki / "sender.pem", given=notification.encode())
        inside = openssl("cms", "-verify", "-CAfile", pki / "root.crt", given=entity).decode()
        for field in ("disposition: automatic-action/mdn-sent-automatically;dispatched",
                      f"original-message-id: {receipt['message_id']}", f"final-recipient: rfc822;{BOB}",
                      "x-direct-final-destination-delivery:"):
            self.assertIn(field, inside.lower().replace("rfc822; ", "rfc822;"))

    def test_what_openssl_seals_is_taken(self):
        message = (f"From: {ALICE}\r\nTo: {BOB}\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\nMessage-ID: <x@a>\r\n"
                   "\r\nhi\r\n")
        wrapped = f"Content-Type: message/rfc822\r\n\r\n{message}"
        signed = openssl("cms", "-sign", "-signer", pki / "sender.pem", "-md", "sha256", "-crlfeol",
                         given=wrapped.replace("\r\n", "\n").encode())
        outside = openssl("cms", "-encrypt", "-aes256", "-from", ALICE, "-to", BOB, pki / "recipient.crt", given=signed)
        self.for_bob[1] = outside.decode().replace("\r\n", "\n").replace("\n", "\r\n")
        _, attributes, body = self.opened(self.inbox())
        self.assertEqual(attributes["opened.detail"].split(";")[0], "taken", attributes)
        self.assertEqual(body.decode(), message)

    def test_who_is_not_trusted_gets_nothing_and_the_others_do(self):
        sender = self.sender()
        receipts = self.send(sender, [BOB, STRANGER, "nobody@direct.none.test"])
        self.assertEqual({to: one["delivery"] for to, one in receipts.items()},
                         {BOB: "accepted", STRANGER: "failed", "nobody@direct.none.test": "failed"})
        self.assertRegex(receipts[STRANGER]["detail"], "^not sent: .*no_path: ")
        self.assertRegex(receipts["nobody@direct.none.test"]["detail"], "no certificate of .* was found")
        self.assertEqual([line for line in self.from_alice.heard if line.startswith("RCPT")], [f"RCPT TO:<{BOB}>"])

    def test_nothing_is_sent_where_nobody_is_trusted(self):
        receipts = self.send(self.sender(), [STRANGER])
        self.assertEqual(receipts[STRANGER]["delivery"], "failed")
        self.assertEqual(self.from_alice.heard, [])

    def test_what_is_signed_in_clear_is_its_own_decrypted_form_and_plain_mail_has_none(self):
        inbox = self.inbox()
        wrapped = f"Content-Type: message/rfc822\n\nFrom: {ALICE}\nTo: {BOB}\nMessage-ID: <x@a>\n\nhi\n"
        signed = openssl("cms", "-sign", "-signer", pki / "sender.pem", "-md", "sha256", "-from", ALICE, "-to", BOB,
                         given=wrapped.encode()).decode().replace("\r\n", "\n").replace("\n", "\r\n")
        self.for_bob[1] = signed
        self.for_bob[2] = f"From: {ALICE}\r\nTo: {BOB}\r\n\r\nplain\r\n"
        items = tool.poll(inbox)
        self.assertEqual([item["kind"] for item in items], ["message", "message", "message-decrypted", "message"])
        reply = tool.call(inbox, "bb.inbox/1", "read", item_id=items[2]["id"])
        self.assertEqual(base64.b64decode(reply["body"]).decode(), signed)
        self.assertEqual(reply["attributes"]["opened.encryption"], "absent")
        self.assertNotIn("opened.recipient_certificate", reply["attributes"])

    def test_denied_is_answered_with_processed_and_failed(self):
        sender, inbox = self.sender(), self.inbox()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        self.arrives()
        self.acknowledge(inbox, tool.poll(inbox)[0]["id"], "denied")
        for number, lines in enumerate(self.from_bob.messages, 1):
            self.for_alice[number] = message_of(lines)
        self.assertEqual([one["delivery"] for one in tool.track(sender, message_id)],
                         ["accepted", "processed", "failed"])

    # ---- what a notification has to be

    def test_a_notification_in_the_clear_is_not_believed(self):
        sender, bob = self.sender(), self.sender_of_bob()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        for name, words in (("direct-plain-notification", "DIRECT-SEC-02"), ("direct-notification", "notified: ")):
            tool.call(bob, "bb.probe/1", "run", name=name, arguments={"to": ALICE, "message_id": message_id})
            self.for_alice[len(self.for_alice) + 1] = message_of(self.from_bob.messages[-1])
            receipts = tool.track(sender, message_id)
            self.assertIn(words, receipts[-1]["detail"])
        self.assertEqual([one["delivery"] for one in receipts], ["accepted", "unknown", "processed"])

    def test_a_sealed_delivery_report_is_believed_of_its_own_domain(self):  # DIRECT-MDN-12
        sender = self.sender()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        for number, (recipient, words) in enumerate((
                (BOB, "reported by a mail server, sealed: "), ("carol@direct.carol.test", "is not believed: it is by postmaster@")), 1):
            report = (f"From: postmaster@direct.bob.test\nTo: {ALICE}\nDate: Mon, 1 Jun 2026 10:00:00 +0000\n"
                      "Message-ID: <report@direct.bob.test>\nMIME-Version: 1.0\n"
                      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
                      "--b\nContent-Type: text/plain\n\nNobody of that name.\n--b\nContent-Type: message/delivery-status\n\n"
                      f"Reporting-MTA: dns; direct.bob.test\nX-Original-Message-ID: {message_id}\n\n"
                      f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n\n--b--\n")
            signed = openssl("cms", "-sign", "-signer", pki / "recipient.pem", "-md", "sha256", "-crlfeol",
                             given=f"Content-Type: message/rfc822\n\n{report}".encode())
            outside = openssl("cms", "-encrypt", "-aes256", "-from", "postmaster@direct.bob.test", "-to", ALICE,
                              pki / "sender.crt", given=signed)
            self.for_alice[number] = outside.decode().replace("\r\n", "\n").replace("\n", "\r\n")
            self.assertIn(words, tool.track(sender, message_id)[-1]["detail"])
        self.assertEqual([one["delivery"] for one in tool.track(sender, message_id)], ["accepted", "failed", "unknown"])

    def test_nobody_speaks_for_another(self):
        sender, bob = self.sender(), self.sender_of_bob(**{"from": "eve@direct.bob.test"})
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        tool.call(bob, "bb.probe/1", "run", name="direct-notification",
                  arguments={"to": ALICE, "message_id": message_id})
        self.for_alice[1] = message_of(self.from_bob.messages[-1])
        receipts = tool.track(sender, message_id)
        self.assertEqual([one["delivery"] for one in receipts], ["accepted", "unknown"])
        self.assertIn("was not sent to eve@direct.bob.test", receipts[1]["detail"])

    def test_a_notification_of_another_message_says_nothing_of_this(self):
        sender, bob = self.sender(), self.sender_of_bob()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        tool.call(bob, "bb.probe/1", "run", name="direct-notification", arguments={"to": ALICE})
        self.for_alice[1] = message_of(self.from_bob.messages[-1])
        self.assertEqual([one["delivery"] for one in tool.track(sender, message_id)], ["accepted"])

    def sender_of_bob(self, **more):
        return self.make("sender", **{**self.server(self.from_bob), "from": BOB, "identity": {"secret": "recipient"},
                                      **self.trust("sender"), **more})

    # ---- what is hostile

    REFUSALS = {
        "direct-expired-certificate": "DIRECT-CERT-08",
        "direct-certificate-not-yet-valid": "DIRECT-CERT-08",
        "direct-revoked-certificate": "DIRECT-CERT-11",
        "direct-wrong-name": "DIRECT-MSG-14",
        "direct-wildcard-name": "DIRECT-MSG-14",
        "direct-unknown-anchor": "DIRECT-SEC-06",
        "direct-weak-key": "DIRECT-CERT-09",
        "direct-other-domain": "DIRECT-MSG-14",
        "direct-no-not-before": "DIRECT-CERT-08",
        "direct-no-not-after": "DIRECT-CERT-08",
        "direct-encrypt-only": "DIRECT-CERT-13",
        "direct-authority-certificate": "DIRECT-CERT-14",
        "direct-other-subject-address": "DIRECT-MSG-14",
        "direct-bad-aia": "DIRECT-SEC-06",
        "direct-weak-digest": "DIRECT-ALG-01",
        "direct-weak-cipher": "DIRECT-ALG-04",
        "direct-tampered-body": "DIRECT-SEC-04",
        "direct-broken-signature": "DIRECT-SEC-03",
        "direct-missing-signature": "DIRECT-SEC-03",
        "direct-encrypted-only": "DIRECT-SEC-02",
        "direct-signed-only": "DIRECT-SEC-02",
        "direct-other-recipient": "DIRECT-SEC-09",
        "direct-other-sender": "DIRECT-SEC-09",
        "direct-missing-from": "DIRECT-SEC-10",
        "direct-missing-to": "DIRECT-SEC-10",
    }
    # Neither decrypted nor signed, so that there is no opened form.
    CLOSED = {"direct-plain": "DIRECT-SEC-02", "direct-truncated": "DIRECT-SEC-01",
              "direct-plain-notification": "DIRECT-SEC-02"}
    # Which a receiver takes, whatever it remarks.
    TAKEN = {"direct-unwrapped", "direct-sha1-digest", "direct-wrong-micalg", "direct-duplicate", "direct-notification",
             "direct-valid", "direct-no-crl", "direct-subject-address", "direct-rsa-3072", "direct-rsa-4096",
             "direct-ecdsa-p256", "direct-ecdsa-p384", "direct-sha384", "direct-sha512", "direct-aes128",
             "direct-aes256-gcm", "direct-rsa-oaep", "direct-opaque", "direct-old-types", "direct-upper-case",
             "direct-final-delivery", "direct-bad-final-delivery"}

    def hostile_sender(self):
        return self.sender(identities={name: {"secret": name} for name in BAD})

    def test_every_hostile_message_is_refused_with_its_requirement_and_not_answered(self):
        sender, inbox = self.hostile_sender(), self.inbox()
        for name, requirement in self.REFUSALS.items():
            with self.subTest(name):
                sent = self.probe(sender, name)
                self.assertEqual(sent["attributes"]["probe.delivery"], "accepted")
                self.assertEqual(base64.b64decode(sent["body"]).decode(), self.arrives())
                item, attributes, _ = self.opened(inbox)
                self.assertIn(f"refused by {requirement}: ", attributes["opened.detail"])
                self.acknowledge(inbox, item)
        self.assertEqual(self.from_bob.messages, [], "nobody was answered")

    def test_what_cannot_be_opened_has_no_opened_form(self):
        sender, inbox = self.hostile_sender(), self.inbox()
        for number, (name, requirement) in enumerate(self.CLOSED.items(), 1):
            self.probe(sender, name)
            self.arrives()
            tool.evidence()
            polled = tool.poll(inbox)
            verdict, = [record["received"].decode() for record in tool.evidence() if record["protocol"] == "smime"]
            self.assertRegex(verdict, f"^refused by {requirement}: ")
            self.assertEqual([item.get("opened", False) for item in polled], [False] * number, name)
            self.acknowledge(inbox, polled[-1]["id"])
        self.assertEqual(self.from_bob.messages, [])

    def test_a_message_is_opened_once_whoever_is_asked_for_between(self):
        inbox = self.inbox()
        self.send(self.sender(), [BOB])
        self.arrives()
        listed = tool.poll(inbox)
        self.assertEqual(tool.poll(inbox, "bob+other@direct.bob.test"), [])
        tool.evidence()
        self.assertEqual(tool.poll(inbox), listed)
        self.assertEqual([record for record in tool.evidence() if record["protocol"] == "smime"], [])

    def test_what_is_unusual_is_taken(self):
        sender, inbox = self.hostile_sender(), self.inbox()
        for name in sorted(self.TAKEN):
            with self.subTest(name):
                self.probe(sender, name)
                self.arrives()
                self.assertRegex(self.opened(inbox)[1]["opened.detail"], "^taken")

    def test_a_probe_attaches_what_it_is_asked_for(self):
        sender = self.sender()
        sent = base64.b64decode(self.probe(sender, "direct-valid", attachments="xdm+ccda+pdf")["body"])
        entity = openssl("cms", "-decrypt", "-recip", pki / "recipient.pem", given=sent)
        inside = openssl("cms", "-verify", "-CAfile", pki / "root.crt", given=entity)
        message = email.message_from_bytes(inside, policy=email.policy.default).get_content()
        parts = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
        self.assertEqual(list(parts), ["record.zip", "record.xml", "page.pdf"])
        with zipfile.ZipFile(io.BytesIO(parts["record.zip"])) as package:
            self.assertIsNone(package.testzip())
            self.assertEqual(package.namelist(), ["README.TXT", "INDEX.HTM", "IHE_XDM/SUBSET01/METADATA.XML",
                                                  "IHE_XDM/SUBSET01/DOC00001.XML"])
            for name in package.namelist()[1:]:
                xml.etree.ElementTree.fromstring(package.read(name))
        with self.assertRaisesRegex(Refused, "no attachment 'ccr'"):
            self.probe(sender, "direct-valid", attachments="text+ccr")

    def test_a_notification_is_not_answered(self):
        sender, inbox = self.sender(), self.inbox()
        self.probe(sender, "direct-notification")
        self.arrives()
        self.acknowledge(inbox, tool.poll(inbox)[0]["id"])
        self.assertEqual(self.from_bob.messages, [])

    def test_a_duplicate_is_one_message_twice(self):
        self.probe(self.sender(), "direct-duplicate")
        first, second = map(message_of, self.from_alice.messages)
        self.assertEqual(first, second)

    def test_a_probe_is_offered_where_its_identity_is_given(self):
        def offered(sender):
            return {probe["name"] for probe in tool.call(sender, "bb.probe/1", "list")["emitted"]["probes"]}
        everything = {*self.REFUSALS, *self.CLOSED, *self.TAKEN}
        self.assertEqual(offered(self.hostile_sender()), everything)
        without = self.sender()
        self.assertEqual(everything - offered(without), set(IDENTITIES))
        with self.assertRaisesRegex(Refused, "needs the identity 'expired'"):
            self.probe(without, "direct-expired-certificate")

    def test_a_notification_may_be_late(self):
        sender, bob = self.sender(), self.sender_of_bob()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        before = time.monotonic()
        tool.call(bob, "bb.probe/1", "run", name="direct-notification",
                  arguments={"to": ALICE, "message_id": message_id, "disposition": "failed", "delay_ms": 300})
        self.assertGreaterEqual(time.monotonic() - before, 0.3)
        self.for_alice[1] = message_of(self.from_bob.messages[-1])
        self.assertEqual([one["delivery"] for one in tool.track(sender, message_id)], ["accepted", "failed"])

    # ---- packages

    def test_attachments_go_as_one_xdm_package(self):  # DIRECT-MSG-15, DIRECT-XDM-01 to -04
        sender = self.sender(packaging="xdm")
        record = b"<?xml version='1.0'?><a>caf\xc3\xa9</a>"
        attachments = [("record.xml", "text/xml", record), ("a<b>&\".pdf", "application/pdf", b"%PDF-1.4\n")]
        for at, subject in enumerate(("Visit", "XDM/1.0/DDM of a visit")):
            self.key += "."
            self.send(sender, [BOB], subject=subject, attachments=attachments)
            entity = openssl("cms", "-decrypt", "-recip", pki / "recipient.pem",
                             given=message_of(self.from_alice.messages[at]).encode())
            inside = openssl("cms", "-verify", "-CAfile", pki / "root.crt", given=entity)
            message = email.message_from_bytes(inside, policy=email.policy.default).get_content()
            self.assertEqual(message["subject"], "Visit XDM/1.0/DDM" if at == 0 else subject)
        part, = [part for part in message.walk() if part.get_content_disposition() == "attachment"]
        self.assertEqual((part.get_content_type(), part.get_filename()), ("application/zip", "XDM.ZIP"))
        file = pki / "XDM.ZIP"
        file.write_bytes(part.get_content())

        # By Python's own programs for ZIP, XML and digests.
        package = zipfile.ZipFile(file)
        self.assertIsNone(package.testzip())
        folder = "IHE_XDM/SUBSET01/"
        self.assertEqual(package.namelist(), ["INDEX.HTM", "README.TXT", folder + "METADATA.XML",
                                              folder + "DOC001.XML", folder + "DOC002.PDF"])
        self.assertEqual(package.read(folder + "DOC001.XML"), record)
        root = xml.etree.ElementTree.fromstring(package.read(folder + "METADATA.XML"))
        rim = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"

        def values(of, name):
            return [value.text for slot in of.iter(rim + "Slot") if slot.get("name") == name
                    for value in slot.iter(rim + "Value")]
        first = next(root.iter(rim + "ExtrinsicObject"))
        self.assertEqual([values(first, name)[0] for name in ("hash", "size", "URI")],
                         [hashlib.sha1(record).hexdigest(), str(len(record)), "DOC001.XML"])
        self.assertEqual(values(root, "intendedRecipient"), ["||^^Internet^" + BOB])
        self.assertEqual(values(root, "authorTelecommunication"), ["^^Internet^" + ALICE])
        for one in root.iter(rim + "ExternalIdentifier"):
            # ITU-T X.667, 7: a UUID, here of a name (RFC 4122, version 5).
            self.assertEqual(uuid.UUID(int=int(one.get("value").removeprefix("2.25."))).version, 5)
        titles = [one.get("value") for one in root.iter(rim + "LocalizedString")]
        self.assertIn("a<b>&\".pdf", titles)

        # By the rules for packages.
        said = subprocess.run([bluebridge, "check", "--rules", "own", "--json", file], capture_output=True, text=True)
        judged = [json.loads(line) for line in said.stdout.splitlines()]
        of_package = [one for one in judged if one.get("format") == "xdm"]
        self.assertEqual([one.get("findings") for one in of_package], [[]], said.stdout + said.stderr)

    def test_without_attachments_there_is_no_package(self):
        self.send(self.sender(packaging="xdm"), [BOB], subject="Visit")
        entity = openssl("cms", "-decrypt", "-recip", pki / "recipient.pem", given=self.arrives().encode())
        self.assertIn(b"Subject: Visit\r\n", openssl("cms", "-verify", "-CAfile", pki / "root.crt", given=entity))

    # ---- what does not come in time

    def notify(self, message_id, disposition):
        bob = self.sender_of_bob()
        tool.call(bob, "bb.probe/1", "run", name="direct-notification",
                  arguments={"to": ALICE, "message_id": message_id, "disposition": disposition})
        self.for_alice[len(self.for_alice) + 1] = message_of(self.from_bob.messages[-1])

    def assertTracked(self, sender, message_id, *deliveries):
        receipts = tool.track(sender, message_id)
        self.assertEqual([one["delivery"] for one in receipts], list(deliveries))
        self.assertEqual({one["recipient"] for one in receipts}, {BOB})
        return receipts

    def test_no_notification_in_time_is_failure_and_a_late_one_no_success(self):  # DIRECT-DN-07, -10
        sender = self.sender(processed_within=100)
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        tool.ask(advance_s=50)
        self.assertTracked(sender, message_id, "accepted")
        tool.ask(advance_s=51)
        for _ in range(2):
            failed = self.assertTracked(sender, message_id, "accepted", "failed")[-1]
            self.assertIn("no notification 'processed' came within 100 s (DIRECT-DN-07)", failed["detail"])
        self.notify(message_id, "processed")
        self.assertIn("too late", self.assertTracked(sender, message_id, "accepted", "unknown", "failed")[1]["detail"])

    def test_what_lies_there_when_it_looks_is_in_time(self):
        sender = self.sender(processed_within=100)
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        self.notify(message_id, "processed")
        tool.ask(advance_s=1000)
        self.assertTracked(sender, message_id, "accepted", "processed")

    def test_final_delivery_has_a_time_of_its_own(self):
        for final_delivery, then in ((True, ("failed",)), (False, ())):
            sender = self.sender(final_delivery=final_delivery, processed_within=100, dispatched_within=200)
            self.key += "."
            message_id = self.send(sender, [BOB])[BOB]["message_id"]
            self.notify(message_id, "processed")
            tool.ask(advance_s=150)
            self.assertTracked(sender, message_id, "accepted", "processed")
            tool.ask(advance_s=51)
            receipts = self.assertTracked(sender, message_id, "accepted", "processed", *then)
        self.assertEqual(receipts[-1]["delivery"], "processed", "which it had not asked for")

    def test_after_failed_nothing_is_success(self):  # DIRECT-DN-10
        sender = self.sender()
        message_id = self.send(sender, [BOB])[BOB]["message_id"]
        self.notify(message_id, "failed")
        self.notify(message_id, "dispatched")
        self.assertTracked(sender, message_id, "accepted", "failed", "unknown")

    # ---- another instance

    def test_another_instance_tracks_by_what_lies_in_the_mailbox(self):
        message_id = self.send(self.sender(), [BOB])[BOB]["message_id"]
        later = self.sender()
        receipt, = tool.track(later, message_id)
        self.assertEqual((receipt["delivery"], receipt.get("recipient")), ("unknown", None))
        self.assertIn("not sent by this instance, and no notification speaks of it so far", receipt["detail"])
        self.notify(message_id, "processed")
        self.assertTracked(later, message_id, "processed")
        with self.assertRaisesRegex(Refused, "has sent no message '<other@direct.alice.test>'"):
            tool.track(later, "<other@direct.alice.test>")

    def test_an_address_outlives_the_instance_that_allocated_it(self):
        first = self.inbox()
        address, other = (tool.allocate(first, tag) for tag in ("one", "two"))
        self.assertNotEqual(address, tool.allocate(self.inbox(), "one"), "nobody can guess it")
        sender = self.sender()
        for to in (other, address):
            self.key += "."
            self.send(sender, [to])
            self.arrives()
        later = self.inbox()
        received, *forms = tool.poll(later, address)
        self.assertEqual([form["parent"] for form in forms], [received["id"]] * 2)
        self.assertIn(f"To: {address}", tool.read(later, received["id"]).decode())
        self.assertEqual(tool.poll(first, address), [received, *forms])

    def test_another_instance_sends_the_same_key_again_unless_an_answer_shows_that_it_was_sent(self):
        first = self.send(self.sender(), [BOB])[BOB]
        again = self.send(self.sender(), [BOB])[BOB]
        self.assertEqual(len(self.from_alice.messages), 2)
        self.assertEqual(again["message_id"], first["message_id"], "so that a receiver can see that it is one")
        self.notify(first["message_id"], "processed")
        later = self.sender()
        reply = tool.call(later, "bb.transmit/1", "send", idempotency_key=self.key, body_text="",
                          destinations=[{"scheme": "direct", "address": BOB}], attachments=[])
        self.assertEqual([one["delivery"] for one in reply["emitted"]["receipts"]], ["unknown", "processed"])
        self.assertIn("not sent again", reply["emitted"]["receipts"][0]["detail"])
        self.assertEqual(len(self.from_alice.messages), 2)

    def test_a_mailbox_that_cannot_be_read_keeps_nobody_from_sending(self):
        sender = self.sender(mailbox={"host": "127.0.0.1", "port": 9, "protection": "none"})
        self.assertEqual(self.send(sender, [BOB])[BOB]["delivery"], "accepted")

    def test_a_mailbox_that_says_nothing_keeps_nobody_from_sending(self):
        connections = []

        def mute(peer):
            connections.append(peer)
            over.wait(60)
        over = threading.Event()
        self.addCleanup(over.set)
        with Peer(mute) as mailbox:
            sender = self.sender(mailbox=self.server(mailbox))
            with self.assertRaises(Refused) as refusal:
                tool.call(sender, "bb.transmit/1", "send", timeout_ms=300, idempotency_key="other", body_text="",
                          destinations=[{"scheme": "direct", "address": BOB}], attachments=[])
            self.assertEqual(refusal.exception.status, "BB_E_DEADLINE")
            self.assertEqual(self.send(sender, [BOB])[BOB]["delivery"], "accepted")
            self.key += "again"
            self.assertEqual(self.send(sender, [BOB])[BOB]["delivery"], "accepted")
            self.assertEqual(len(connections), 2, "it is asked no more once it said nothing")
            over.set()

    def test_what_could_not_be_fetched_is_looked_at_again(self):
        self.send(self.sender(), [BOB])
        self.arrives()
        fails = []

        class Unlucky(dict):
            def get(self, number):
                if fails:
                    fails.pop()()
                return super().get(number)

        def breaks_off():
            raise OSError
        over = threading.Event()
        self.addCleanup(over.set)
        with Peer(imap(Unlucky(self.for_bob))) as box:
            inbox = self.inbox(**self.server(box))
            fails.append(breaks_off)
            self.assertEqual(len(tool.poll(inbox)), 1, "without its opened forms")
            fails.append(lambda: over.wait(60))
            with self.assertRaises(Refused) as refusal:
                tool.call(inbox, "bb.inbox/1", "poll", timeout_ms=300, terms={})
            self.assertEqual(refusal.exception.status, "BB_E_DEADLINE")
            self.assertEqual(len(tool.poll(inbox)), 3)
            over.set()

    # ---- configuration

    def test_a_configuration_that_cannot_work_is_refused_by_name(self):
        for words, config in (("/from is no address", {"from": "alice"}),
                              ("/anchors is missing", {"anchors": {}}),
                              ("/anchors has both", {"anchors": {"pem": "x", "secret": "sender"}}),
                              ("/identity is missing", {"identity": {}}),
                              ("private key that is not encrypted",
                               {"identity": {"pem": (pki / "sender.pem").read_text()}}),
                              ("revocation", {"revocation": "sometimes"})):
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                self.sender(**config)

    def test_an_encrypted_key_is_opened_by_its_password(self):
        for form in ("pem", "pkcs12"):
            with self.subTest(form):
                (pki / "password").write_text("open sesame")
                file = pki / f"locked.{form}"
                if form == "pem":
                    key = openssl("pkey", "-in", pki / "sender.pem", "-aes256", "-passout", "pass:open sesame")
                    file.write_bytes((pki / "sender.crt").read_bytes() + key)
                else:
                    openssl("pkcs12", "-export", "-in", pki / "sender.pem", "-passout", "pass:open sesame", "-out",
                            file)
                name = f"locked-{form}"
                made = tool.ask(make=name, type="org.bluebridge.direct.sender", ca_file="",
                                secrets={"locked": str(file), "password": str(pki / "password")},
                                config={**self.server(self.from_alice), "from": ALICE, **self.trust("recipient"),
                                        "identity": {"secret": "locked", "password": "password"}})
                self.assertNotIn("error", made)
                self.assertEqual(tool.send(name, form, [BOB], scheme="direct")[BOB]["delivery"], "accepted")

    def test_a_message_is_not_acknowledged_where_no_server_takes_its_notification(self):
        inbox = self.inbox(smtp=None)
        self.send(self.sender(), [BOB])
        self.arrives()
        with self.assertRaisesRegex(Refused, "a notification is owed.*give 'smtp'"):
            self.acknowledge(inbox, tool.poll(inbox)[0]["id"])

    def test_a_certificate_without_a_list_is_refused_where_one_is_required(self):
        recipient = self.trust("recipient", lists=False)
        for revocation, delivery in (("where-possible", "accepted"), ("required", "failed")):
            sender = self.make("sender", **self.server(self.from_alice), **recipient, **{"from": ALICE},
                               identity={"secret": "sender"}, revocation=revocation)
            self.assertEqual(tool.send(sender, revocation, [BOB], scheme="direct")[BOB]["delivery"], delivery)

    # ---- trust

    def test_trust_is_that_of_the_configuration(self):
        sender = self.sender()

        def der(name):
            return base64.b64encode(openssl("x509", "-in", pki / f"{name}.crt", "-outform", "DER")).decode()

        def evaluate(name, address=ALICE):
            return tool.ask(on=sender, interface="bb.trust/1", function="evaluate",
                            arguments={"address": address, "certificate": der(name), "use": "sign"})
        self.assertEqual(evaluate("sender")["status"], "BB_OK", evaluate("sender")["message"])
        for name, words in (("expired", "expired: "), ("not_yet_valid", "not_yet_valid: "), ("revoked", "revoked: "),
                            ("wrong_name", "wrong_name: "), ("unknown_anchor", "no_path: "),
                            ("weak_key", "weak_key: ")):
            self.assertEqual(evaluate(name)["status"], "BB_E_UNTRUSTED_PEER")
            self.assertIn(words, evaluate(name)["message"])
        found = tool.call(sender, "bb.trust/1", "discover", address=BOB)["emitted"]["certificates"]
        self.assertEqual(len(found), 1)
        with self.assertRaisesRegex(Refused, "no certificate of"):
            tool.call(sender, "bb.trust/1", "discover", address="nobody@direct.none.test")


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        bluebridge = pathlib.Path(sys.argv[1]).parent / "bluebridge"
        pki = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        subprocess.run([sys.argv[4], pki, ALICE, BOB], check=True)
        tool = running.enter_context(Connectors(*sys.argv[1:4], pki))
        passed = unittest.main(argv=sys.argv[:1] + sys.argv[5:], exit=False).result.wasSuccessful()
    sys.exit(not passed)
