#!/usr/bin/python3
"""The mail connector against Postfix and Dovecot: sent, arrived, read, refused, come back.

    servers_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST

What arrived is also asked of Dovecot by Python's own clients, and what was sent of each server's log.
"""
import base64
import contextlib
import datetime
import email
import email.policy
import imaplib
import pathlib
import poplib
import random
import re
import ssl
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "servers"))
import mail_servers
from connectors import DOMAIN, Connectors, Refused

PASSWORDS = {"alice": "canary-Pa55-alice", "bob": "canary-Pa55-bob"}
ALICE, BOB = f"alice@{DOMAIN}", f"bob@{DOMAIN}"


def soon(ask, what="what was waited for", seconds=20):
    """What `ask` gives as soon as it is true."""
    end = time.monotonic() + seconds
    while not (given := ask()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} was not there within {seconds} s")
        time.sleep(0.1)
    return given


class MailTest(unittest.TestCase):
    def setUp(self):
        self.count = getattr(type(self), "made", 0)
        type(self).made = self.count + 1
        self.key = f"key-{self.id()}"

    # Connectors under a name that no other test uses.

    def make(self, kind, config, password, ca="ca.pem"):
        name = f"{kind}-{self.count}-{random.randrange(10**9)}"
        tool.make(name, kind, config, password, house.certificates.path(ca))
        return name

    def sender(self, port="submission", password=PASSWORDS["alice"], ca="ca.pem", **more):
        config = {"host": "localhost", "port": house.postfix.ports[port], "user": ALICE, "password": "password",
                  "from": ALICE, **more}
        return self.make("transmit", config, password, ca)

    def inbox(self, port="imap", person="bob", password=None, ca="ca.pem", **more):
        protocol = port.rstrip("s")
        config = {"protocol": protocol, "host": "localhost", "port": house.dovecot.ports[port],
                  "protection": "tls" if port.endswith("s") else "starttls", "user": f"{person}@{DOMAIN}",
                  "password": "password", "address": f"{person}@{DOMAIN}", **more}
        return self.make("inbox", config, password or PASSWORDS[person], ca)

    def arrived(self, inbox, address):
        return soon(lambda: tool.poll(inbox, address))

    def assertLogged(self, server, pattern):
        """A log may come later than what it is about."""
        soon(lambda: re.search(pattern, server.log(), re.MULTILINE), f"the line {pattern} of the log")

    def assertRefused(self, result, words, act, code=None):
        with self.assertRaises(Refused) as refusal:
            act()
        self.assertEqual(refusal.exception.result, result, refusal.exception.message)
        self.assertRegex(refusal.exception.message, words)
        if code is not None:
            self.assertEqual(refusal.exception.code, code)

    def test_what_is_sent_arrives_byte_for_byte(self):
        """Goal: sender, Postfix, Dovecot and both readers have the same message, and the logs say so."""
        sender, imap, pop3 = self.sender(), self.inbox("imap"), self.inbox("pop3")
        address = tool.allocate(imap, "roundtrip")
        self.assertRegex(address, rf"^bob\+roundtrip-[0-9a-f]{{10}}@{re.escape(DOMAIN)}$")
        picture = random.Random(1).randbytes(200 * 1024)
        text = "Grüße\r\n.\r\n..two dots\r\nFrom here on\r\n"
        receipt = tool.send(sender, self.key, [f"mailto:{address}"], "Your record – ready", text,
                            [("scan.bin", "application/octet-stream", picture), ("r é.txt", "text/plain", b"a\nb")])
        self.assertEqual(receipt[address]["delivery"], "accepted")
        queue_id = re.search(r"^250 2\.0\.0 Ok: queued as (\w+)$", receipt[address]["detail"])[1]

        item = self.arrived(imap, address)[0]
        by_imap = tool.read(imap, item["id"])
        self.assertEqual(len(by_imap), item["size"])
        item_pop3 = self.arrived(pop3, address)[0]
        self.assertEqual(tool.read(pop3, item_pop3["id"]), by_imap)
        self.assertEqual([item["title"], item_pop3["title"]], ["Your record – ready"] * 2)
        came = datetime.datetime.fromisoformat(item["updated"]).timestamp()
        self.assertTrue(-2 < time.time() - came < 120, item)
        self.assertEqual(item_pop3["updated"], item["updated"])
        self.assertEqual(fetched_by_imaplib("bob", receipt[address]["message_id"]), by_imap)
        self.assertEqual(fetched_by_poplib("bob", receipt[address]["message_id"]), by_imap)

        message = email.message_from_bytes(by_imap, policy=email.policy.default)
        self.assertEqual(message["message-id"], receipt[address]["message_id"])
        self.assertEqual([message[name] for name in ("from", "to", "subject")], [ALICE, address, "Your record – ready"])
        body, scan, note = message.iter_parts()
        self.assertEqual(body.get_content().splitlines(), text.splitlines())
        self.assertEqual((scan.get_filename(), scan.get_content_type()), ("scan.bin", "application/octet-stream"))
        self.assertEqual(scan.get_payload(decode=True), picture)
        self.assertEqual((note.get_filename(), note.get_payload(decode=True)), ("r é.txt", b"a\nb"))
        self.assertFalse(message.defects)

        message_id = re.escape(receipt[address]["message_id"])
        self.assertLogged(house.postfix, rf"{queue_id}: client=\S+, sasl_method=PLAIN, sasl_username={ALICE}")
        self.assertLogged(house.postfix, rf"{queue_id}: message-id={message_id}")
        self.assertLogged(house.postfix, rf"{queue_id}: from=<{ALICE}>")
        self.assertLogged(house.postfix, rf"{queue_id}: to=<{re.escape(address)}>.* status=sent")
        self.assertLogged(house.dovecot, rf"msgid={message_id}: saved mail to INBOX")

        tool.acknowledge(imap, item["id"])
        tool.acknowledge(imap, item["id"])
        self.assertEqual(tool.poll(imap, address), [])
        self.assertRefused("not_found", "no message", lambda: tool.read(imap, item["id"]))

    def test_pop3_takes_out_what_was_dealt_with(self):
        """Goal: what POP3 removes is gone at the server, once its call has ended."""
        sender, pop3 = self.sender("smtps", protection="tls"), self.inbox("pop3s")
        address = tool.allocate(pop3, "pop3")
        message_id = tool.send(sender, self.key, [address])[address]["message_id"]
        item = self.arrived(pop3, address)[0]["id"]
        tool.acknowledge(pop3, item)
        self.assertIsNone(fetched_by_imaplib("bob", message_id))
        tool.acknowledge(pop3, item)
        self.assertRefused("not_found", "no message", lambda: tool.read(pop3, item))

    def test_an_address_has_its_own_mail_alone(self):
        """Goal: a poll for one address shows nothing that went to another of the same mailbox."""
        sender, inbox = self.sender(), self.inbox("imaps")
        one, two = tool.allocate(inbox, "one"), tool.allocate(inbox, "two")
        self.assertNotEqual(one, two)
        self.assertEqual(tool.allocate(inbox, "one"), one)
        tool.send(sender, self.key + "1", [one], "for one")
        tool.send(sender, self.key + "2", [two], "for two")
        first, second = self.arrived(inbox, one), self.arrived(inbox, two)
        self.assertIn(b"Subject: for one", tool.read(inbox, first[0]["id"]))
        self.assertIn(b"Subject: for two", tool.read(inbox, second[0]["id"]))
        self.assertEqual((len(first), len(second)), (1, 1))
        everything = [item["id"] for item in tool.poll(inbox)]
        self.assertTrue({first[0]["id"], second[0]["id"]} <= set(everything))

    def test_one_key_sends_once(self):
        """Goal: the same key is never sent twice, whatever comes with it."""
        sender, inbox = self.sender(), self.inbox()
        address = tool.allocate(inbox, "once")
        first = tool.send(sender, self.key, [address], "once")
        self.assertEqual(tool.send(sender, self.key, [address], "once"), first)
        self.arrived(inbox, address)
        tool.send(sender, self.key + "later", [address])
        soon(lambda: len(tool.poll(inbox, address)) == 2)
        message_id = first[address]["message_id"].encode()
        self.assertEqual(sum(message_id in tool.read(inbox, item["id"]) for item in tool.poll(inbox, address)), 1)

    def test_a_mistyped_address_is_refused_before_anything_goes_out(self):
        sender, good = self.sender(), BOB
        tool.evidence()
        for wrong, words in (("bob", "no '@'"), ("bob@direct", "without a dot"), ("bob@dir ect.test", "no domain name"),
                             ("bob@-direct.test", "no domain name"), ("bob@127.0.0.1", "in numbers"),
                             ("bo b@direct.test", "no local part"), ("bob..x@direct.test", "no local part"),
                             ("bob@direct.test>\r\nRCPT TO:<alice@direct.test", "no domain name|no local part")):
            self.assertRefused("invalid", f"no mail address: .*({words}).*; nothing was sent",
                               lambda: tool.send(sender, self.key, [good, wrong]))
        self.assertRefused("unsupported", "expected 'mailto'",
                           lambda: tool.send(sender, self.key, [BOB], scheme="direct"))
        self.assertEqual(tool.evidence(), [], "Postfix was not asked")

    def test_an_unknown_recipient_is_told_at_once(self):
        """Goal: who is refused by the server is told as failed, and the others get it."""
        sender, inbox = self.sender(), self.inbox()
        address = tool.allocate(inbox, "beside")
        nobody = f"nobody@{DOMAIN}"
        receipts = tool.send(sender, self.key, [nobody, address])
        self.assertEqual(receipts[address]["delivery"], "accepted")
        self.assertEqual(receipts[nobody]["delivery"], "failed")
        self.assertRegex(receipts[nobody]["detail"], "^550 5.1.1 .*User unknown")
        self.arrived(inbox, address)
        alone = tool.send(sender, self.key + "alone", [nobody])
        self.assertEqual(alone[nobody]["delivery"], "failed")
        self.assertLogged(house.postfix, rf"NOQUEUE: reject: RCPT .* 550 5.1.1 <{nobody}>")

    def test_what_comes_back_is_told_after_sending(self):
        """Goal: the sender's mailbox is read for delivery reports, and they are told of their message alone."""
        for port in ("imap", "pop3"):
            with self.subTest(port):
                bounces = {"protocol": port, "host": "localhost", "port": house.dovecot.ports[port], "user": ALICE,
                           "password": "password"}
                sender = self.sender(bounces=bounces)
                ghost, shade = f"ghost@{DOMAIN}", f"shade@{DOMAIN}"
                lost = tool.send(sender, self.key + port, [ghost, shade, BOB])
                fine = tool.send(sender, self.key + port + "fine", [BOB])
                self.assertEqual({receipt["delivery"] for receipt in [*lost.values(), *fine.values()]}, {"accepted"})
                message_id = lost[ghost]["message_id"]

                def failed():
                    said = tool.track(sender, message_id)
                    return {r["recipient"]: r["detail"] for r in said if r["delivery"] == "failed"} or None

                told = soon(lambda: (told := failed()) and len(told) == 2 and told)
                self.assertRegex(told[ghost], r"^failed 5\.1\.1 .*User doesn't exist")
                self.assertRegex(told[shade], r"^failed 5\.1\.1 .*User doesn't exist: shade@")
                self.assertEqual([r["delivery"] for r in tool.track(sender, fine[BOB]["message_id"])], ["accepted"])
                queue_id = lost[ghost]["detail"].split()[-1]
                self.assertLogged(house.postfix, rf"{queue_id}: to=<{ghost}>.* dsn=5\.1\.1, status=bounced")
                # Another run asks for what this one sent.
                later = self.sender(bounces=bounces)
                self.assertEqual({r["recipient"] for r in tool.track(later, message_id)}, {ghost, shade})
                self.assertRefused("not_found", "has sent no message", lambda: tool.track(later, "<other@direct.test>"))

    def test_a_wrong_password_is_refused(self):
        self.assertRefused("refused", "sign_in: the server answered 535",
                           lambda: tool.send(self.sender(password="wrong"), self.key, [BOB]), 535)
        for port in ("imap", "imaps", "pop3", "pop3s"):
            self.assertRefused("refused", "sign_in: the server answered .*[Aa]uthentication failed",
                               lambda: tool.poll(self.inbox(port, password="wrong")))
        self.assertLogged(house.dovecot, "auth failed")

    def test_nothing_is_sent_without_the_tls_that_was_asked_for(self):
        tool.evidence()
        self.assertRefused("untrusted", "start_tls: the server does not offer STARTTLS",
                           lambda: tool.send(self.sender("bare"), self.key, [BOB]))
        self.assertEqual(b"".join(record["sent"] for record in tool.evidence()), b"EHLO direct.test\r\n")
        self.assertLogged(house.postfix, "ehlo=1 commands=1$")
        with self.assertRaisesRegex(ValueError, "password is not sent without TLS"):
            self.sender(protection="none")

    def test_a_certificate_of_a_stranger_is_refused(self):
        for act in (lambda: tool.send(self.sender(ca="stranger.pem"), self.key, [BOB]),
                    lambda: tool.send(self.sender("smtps", ca="stranger.pem", protection="tls"), self.key, [BOB]),
                    lambda: tool.send(self.sender(server_name="other.test"), self.key, [BOB]),
                    *(lambda port=port: tool.poll(self.inbox(port, ca="stranger.pem"))
                      for port in ("imap", "imaps", "pop3", "pop3s"))):
            self.assertRefused("untrusted", "certificate|not trusted|TLS", act)
        self.assertFalse(tool.poll(self.inbox(server_name=f"mail.{DOMAIN}")) is None, "the name it has is taken")

    def test_the_record_has_all_but_the_password(self):
        sender, inbox = self.sender(), self.inbox()
        address = tool.allocate(inbox, "record")
        tool.evidence()
        tool.send(sender, self.key, [address], "in the record")
        self.arrived(inbox, address)
        records = tool.evidence()
        self.assertEqual({record["protocol"] for record in records}, {"smtp", "imap"})
        everything = b"\n".join(record["sent"] + record["received"] for record in records)
        for word in (b"EHLO direct.test", b"STARTTLS", b"235 2.7.0", b"Subject: in the record", b"LOGIN", b"UID FETCH"):
            self.assertIn(word, everything)
        for password in (b"canary-Pa55", base64.b64encode(b"canary-Pa55-alice"),
                         base64.b64encode(b"\0" + ALICE.encode() + b"\0canary-Pa55-alice")):
            self.assertNotIn(password, everything)
        self.assertIn(b"[secret password]", everything)


def client_tls():
    return ssl.create_default_context(cafile=house.certificates.path("ca.pem"))


def fetched_by_imaplib(person, message_id):
    with imaplib.IMAP4("localhost", house.dovecot.ports["imap"]) as box:
        box.starttls(client_tls())
        box.login(f"{person}@{DOMAIN}", PASSWORDS[person])
        box.select(readonly=True)
        found = box.search(None, "HEADER", "Message-ID", f'"{message_id}"')[1][0].split()
        return box.fetch(found[0], "(BODY.PEEK[])")[1][0][1] if found else None


def fetched_by_poplib(person, message_id):
    box = poplib.POP3("localhost", house.dovecot.ports["pop3"])
    poplib._MAXLINE = 1 << 20
    box.stls(client_tls())
    box.user(f"{person}@{DOMAIN}")
    box.pass_(PASSWORDS[person])
    for number in range(1, box.stat()[0] + 1):
        if any(message_id.encode() in line for line in box.top(number, 0)[1]):
            message = b"".join(line + b"\r\n" for line in box.retr(number)[1])
            box.quit()
            return message
    box.quit()
    return None


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        house = running.enter_context(mail_servers.mail_house(folder, PASSWORDS, ["ghost", "shade"]))
        tool = running.enter_context(Connectors(*sys.argv[1:4], folder))
        result = unittest.main(argv=sys.argv[:1] + sys.argv[4:], exit=False).result
        if not result.wasSuccessful():
            print(house.postfix.log()[-6000:], house.dovecot.log()[-3000:], file=sys.stderr)
    sys.exit(not result.wasSuccessful())
