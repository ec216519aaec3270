#!/usr/bin/python3
"""The mail connector against servers that break off, refuse and lie, as no real server does on demand.

    unlucky_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST
"""
import contextlib
import email
import email.policy
import pathlib
import sys
import tempfile
import threading
import unittest

from connectors import DOMAIN, Connectors, Refused
from peers import Peer, imap, smtp

ALICE, BOB, CAROL = (f"{name}@{DOMAIN}" for name in ("alice", "bob", "carol"))


class UnluckyTest(unittest.TestCase):
    def sender(self, port, **more):
        name = f"out-{port}-{len(more)}"
        config = {"host": "127.0.0.1", "port": port, "protection": "none", "from": ALICE, **more}
        tool.make(name, "transmit", config, "x", "")
        return name

    def inbox(self, port):
        name = f"in-{port}"
        tool.make(name, "inbox", {"host": "127.0.0.1", "port": port, "protection": "none", "address": ALICE}, "x", "")
        return name

    def assertRefused(self, result, words, act):
        with self.assertRaises(Refused) as refusal:
            act()
        self.assertEqual(refusal.exception.result, result, refusal.exception.message)
        self.assertRegex(refusal.exception.message, words)

    def test_what_may_have_gone_out_is_not_sent_again(self):
        with Peer(smtp(end=None)) as peer:
            sender = self.sender(peer.port)
            self.assertRefused("unavailable", "at message: the peer closed", lambda: tool.send(sender, "k", [BOB]))
            again = tool.send(sender, "k", [BOB])
            self.assertEqual(again[BOB]["delivery"], "unknown")
            self.assertIn("went out and no answer came", again[BOB]["detail"])
            self.assertEqual(peer.heard.count("DATA"), 1)
            self.assertEqual([r["delivery"] for r in tool.track(sender, again[BOB]["message_id"])], ["unknown"])

    def test_what_was_refused_for_now_may_be_sent_again(self):
        answers = iter(["450 4.2.0 greylisted", "250 ok"])
        with Peer(smtp(recipient=lambda _: next(answers))) as peer:
            sender = self.sender(peer.port)
            self.assertRefused("unavailable", "450 4.2.0 greylisted", lambda: tool.send(sender, "k", [BOB]))
            self.assertEqual(tool.send(sender, "k", [BOB])[BOB]["delivery"], "accepted")

    def test_a_message_that_is_refused_was_not_sent(self):
        with Peer(smtp(end="552 5.3.4 too large")) as peer:
            sender = self.sender(peer.port)
            for _ in range(2):
                self.assertRefused("refused", "at message: the server answered 552",
                                   lambda: tool.send(sender, "k", [BOB]))
            self.assertEqual(peer.heard.count("DATA"), 2)

    def test_each_recipient_has_its_own_answer(self):
        with Peer(smtp(recipient=lambda to: "250 ok" if to == BOB else "550 5.7.1 no")) as peer:
            receipts = tool.send(self.sender(peer.port), "k", [BOB, CAROL])
            self.assertEqual({to: r["delivery"] for to, r in receipts.items()}, {BOB: "accepted", CAROL: "failed"})
            self.assertIn("queued as X1", receipts[BOB]["detail"])
            self.assertEqual(receipts[CAROL]["detail"], "550 5.7.1 no")

    def test_words_from_outside_begin_no_line(self):
        with Peer(smtp()) as peer:
            sender = self.sender(peer.port)
            tool.send(sender, "k", [BOB], "hello\r\nBcc: eve@evil.test", "text\r\n.\r\nMAIL FROM:<eve@evil.test>",
                      [('a"\r\nX-Evil: 1', "text/plain\r\nX-Evil: 2", b"x")])
            self.assertEqual([line.split()[0] for line in peer.heard], ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"])
            message = email.message_from_bytes(b"".join(peer.messages[0]), policy=email.policy.default)
            headers = [name.lower() for part in message.walk() for name in part.keys()]
            self.assertFalse({"bcc", "x-evil"} & set(headers), headers)
            self.assertIn("\n..\n", b"".join(peer.messages[0]).decode().replace("\r", ""), "the dot is doubled")

    def test_who_is_no_mail_server_is_told(self):
        with Peer(lambda peer: peer.say("HTTP/1.1 400 Bad Request\n")) as peer:
            self.assertRefused("unavailable", "at greeting: 'HTTP/1.1 400 Bad Request' is no reply of SMTP",
                               lambda: tool.send(self.sender(peer.port), "k", [BOB]))
            self.assertRefused("refused", "at greeting: the server answered HTTP",
                               lambda: tool.poll(self.inbox(peer.port)))

    def test_a_message_longer_than_may_be_read_is_refused(self):
        with Peer(imap({1: "From: a@b.test\r\n\r\nx\r\n"}, size=64 * 1024 * 1024 + 1)) as peer:
            inbox = self.inbox(peer.port)
            item = tool.poll(inbox)[0]["id"]
            self.assertRefused("unavailable", "67108865 bytes", lambda: tool.read(inbox, item))

    def test_addresses_are_read_from_every_field_that_has_them(self):
        def message(field):
            return f"From: x@y.test\r\n{field}\r\nSubject: s\r\n\r\nx\r\n"
        fields = ["To: alice+t@direct.test", "Cc: x@y.test, \"A, B\" <ALICE+T@Direct.Test>",
                  "Delivered-To: alice+t@direct.test", "X-Original-To: alice+t@direct.test",
                  "To: alice+tt@direct.test", "Subject: alice+t@direct.test", "To: malice+t@direct.test", "To: (((", "no header at all"]
        with Peer(imap({n: message(field) for n, field in enumerate(fields, 1)})) as peer:
            found = tool.poll(self.inbox(peer.port), "alice+t@direct.test")
            self.assertEqual([item["id"] for item in found], ["3.1", "3.2", "3.3", "3.4"])

    def test_a_delivery_report_says_more_than_that_it_failed(self):
        def report(action, message_id):
            return ("From: MAILER-DAEMON@mail.test\r\nContent-Type: multipart/report; report-type=delivery-status;"
                    " boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                    "Reporting-MTA: dns; x\r\n\r\n"
                    f"Final-Recipient: rfc822; {BOB}\r\nAction: {action}\r\nStatus: 4.0.0\r\n\r\n--b\r\n"
                    f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n")
        reports = {}
        with Peer(smtp()) as peer, Peer(imap(reports)) as box:
            bounces = {"host": "127.0.0.1", "port": box.port, "protection": "none"}
            sender = self.sender(peer.port, bounces=bounces)
            message_id = tool.send(sender, "k", [BOB])[BOB]["message_id"]
            of_another = "<bb-" + "0" * 32 + message_id[message_id.index("@"):]
            receipt, = tool.track(sender, of_another)
            self.assertEqual(receipt["delivery"], "unknown")
            self.assertIn("not sent by this instance, and no delivery report", receipt["detail"])
            for number, (action, delivery) in enumerate([("delayed", "accepted"), ("relayed", "accepted"),
                                                         ("delivered", "dispatched"), ("failed", "failed"),
                                                         ("strange", "unknown")], 1):
                reports[number] = report(action, message_id)
                self.assertEqual(tool.track(sender, message_id)[-1]["delivery"], delivery)
            reports[6] = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\nnothing\r\n"
            self.assertEqual(len(tool.track(sender, message_id)), 6, "accepted, and five reports")

    def test_who_waits_for_a_server_to_close_has_its_deadline(self):
        over = threading.Event()
        self.addCleanup(over.set)

        def talk(peer):
            peer.say("220 mail.test\n")
            for _ in peer.lines():
                peer.say("250 mail.test\n")
                over.wait(60)
        with Peer(talk) as peer:
            tool.make("edge", "edge", {"smtp": {"host": "127.0.0.1", "port": peer.port}}, "x", "")
            with self.assertRaises(Refused) as refusal:
                tool.call("edge", "bb.probe/1", "run", timeout_ms=300, name="smtp-commands",
                          arguments={"commands": ["NOOP"], "until_closed": True})
            self.assertEqual(refusal.exception.status, "BB_E_DEADLINE")
            over.set()

    def test_a_configuration_that_cannot_work_is_refused_by_name(self):
        for words, config in (("/from is no address", {"from": "alice"}), ("/user and /password belong", {"user": "x"}),
                              ("password is not sent without TLS", {"user": "x", "password": "password"}),
                              ("/port", {"port": 0}), ("protection", {"protection": "ssl"}),
                              ("hello_name", {"hello_name": "a b"})):
            with self.assertRaisesRegex(ValueError, words):
                self.sender(**{"port": 25, **config})


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        tool = running.enter_context(Connectors(*sys.argv[1:4], folder))
        passed = unittest.main(argv=sys.argv[:1] + sys.argv[4:], exit=False).result.wasSuccessful()
    sys.exit(not passed)
