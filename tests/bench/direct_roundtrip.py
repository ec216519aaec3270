#!/usr/bin/python3
"""Sends messages, signed and encrypted, by the Direct connector through Postfix to Dovecot, and prints rates.

    direct_roundtrip.py BUILD [COUNT]

As mail_roundtrip.py. Listing fetches every message by IMAP, decrypts it, verifies its signature and judges its signer;
each then has to be trusted. Beside the connector, in the same run, plain tools: the openssl command for each step,
a process each, and Python's smtplib and imaplib. Neither side looks certificates up: both have them as files.
"""
import base64
import imaplib
import ssl
import subprocess
import sys
import time

import roundtrips
from roundtrips import ALICE, BOB, PASSWORDS, row


class Connected:
    """A sender of alice's and an inbox of bob's."""

    def __init__(self, tool, house, folder):
        self.tool, self.house, self.folder = tool, house, folder
        self._make("out", "sender", "alice", "sender", house.postfix.ports["submission"],
                   {"from": ALICE, "certificates": {"pem": (folder / "recipient.crt").read_text()}})
        self._make("in", "inbox", "bob", "recipient", house.dovecot.ports["imap"], {"address": BOB})
        self.address = tool.allocate("in", "bench")

    def _make(self, name, kind, person, identity, port, more):
        files = {"password": self.folder / f"{person}.password", "identity": self.folder / f"{identity}.pem",
                 "anchors": self.folder / "root.crt"}
        files["password"].write_text(PASSWORDS[person])
        config = {"host": "localhost", "port": port, "user": f"{person}@{roundtrips.DOMAIN}", "password": "password",
                  "identity": {"secret": "identity"}, "anchors": {"secret": "anchors"}, **more}
        made = self.tool.ask(make=name, type=f"org.bluebridge.direct.{kind}", config=config,
                             secrets={secret: str(file) for secret, file in files.items()},
                             ca_file=str(self.house.certificates.path("ca.pem")))
        if "error" in made:
            raise ValueError(made["error"])

    def read_opened(self, item):
        """The message inside, whose signer is trusted."""
        reply = self.tool.call("in", "bb.inbox/1", "read", item_id=item["id"])
        if reply["attributes"]["opened.trust"] != "trusted" or reply["attributes"]["opened.detail"].startswith("refused"):
            sys.exit(f"{item['id']}: {reply['attributes']['opened.detail']}")
        return base64.b64decode(reply["body"])


class Plain:
    """The same by the openssl command and Python's libraries."""

    def __init__(self, house, folder):
        self.house, self.folder = house, folder
        self.tls = ssl.create_default_context(cafile=house.certificates.path("ca.pem"))

    def _cms(self, *words, given):
        return subprocess.run(["openssl", "cms", *words], input=given, capture_output=True, check=True,
                              cwd=self.folder).stdout

    def send(self, number):
        wrapped = b"Content-Type: message/rfc822\r\n\r\n" + roundtrips.letter(number).as_bytes()
        signed = self._cms("-sign", "-binary", "-signer", "sender.pem", given=wrapped)
        sealed = self._cms("-encrypt", "-binary", "-aes-256-cbc", "recipient.crt", given=signed)
        header = f"From: {ALICE}\r\nTo: {BOB}\r\nMessage-ID: <{number}@plain.test>\r\n".encode()
        roundtrips.post(self.house, self.tls, BOB, header + sealed.replace(b"\n", b"\r\n"))

    def read(self, number):
        """The message of that place in the mailbox; a signature that is not trusted ends it."""
        with imaplib.IMAP4("localhost", self.house.dovecot.ports["imap"]) as box:
            box.starttls(self.tls)
            box.login(BOB, PASSWORDS["bob"])
            box.select()
            text = box.fetch(str(number), "(BODY.PEEK[])")[1][0][1]
        opened = self._cms("-decrypt", "-recip", "recipient.pem", given=text)
        return self._cms("-verify", "-binary", "-CAfile", "root.crt", "-purpose", "any", given=opened)


def run(build, folder, house, tool, count):
    subprocess.run([build / "bin" / "direct_pki_tool", folder, ALICE, BOB], check=True)
    connected, plain = Connected(tool, house, folder), Plain(house, folder)
    print(roundtrips.TABLE_HEAD)
    begin = time.monotonic()
    sent = roundtrips.send(tool, connected.address, count, "direct")
    row("connector: sealed and sent", count, begin)
    roundtrips.wait_for_delivery(house, count)

    begin = time.monotonic()
    items = tool.poll("in", connected.address)
    tool.evidence()
    row("connector: fetched by IMAP, opened and judged, by one listing", len(items) // 3, begin)
    begin = time.monotonic()
    opened = [item for item in items if item["id"].endswith(":opened")]
    for item in opened:
        roundtrips.compare(sent, connected.read_opened(item))
        tool.evidence()
    row("connector: read one by one, opened and judged, content compared", len(opened), begin)
    memory = roundtrips.peak_kib(tool.process.pid)

    bounded = min(count, 100)
    begin = time.monotonic()
    for number in range(bounded):
        plain.send(number)
    row("openssl cms and smtplib: sealed and sent", bounded, begin)
    roundtrips.wait_for_delivery(house, count + bounded)
    begin = time.monotonic()
    for number in range(bounded):
        if f"Subject: number {number}\r\n".encode() not in plain.read(count + number + 1):
            sys.exit(f"plain message {number} is not as it was sent")
    row("imaplib and openssl cms: read one by one, opened and verified", bounded, begin)
    roundtrips.end(sent, count, memory)


if __name__ == "__main__":
    roundtrips.main(run, __doc__)
