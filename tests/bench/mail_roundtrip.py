#!/usr/bin/python3
"""Sends messages by the mail connector through Postfix to Dovecot, reads all of them by IMAP, and prints rates.

    mail_roundtrip.py BUILD [COUNT]

BUILD is the build folder (release); COUNT 1,000 unless told. Each message has an attachment of 10 kB of its own and
has to arrive once, with that attachment: anything else ends with status 1. Beside the connector, with the same
servers and in the same run, Python's smtplib and imaplib, each with a connection a message as the connector has.
Needs scripts/install-deps --servers and root.
"""
import imaplib
import ssl
import time

import roundtrips
from roundtrips import ALICE, BOB, PASSWORDS, row


def run(build, folder, house, tool, count):
    tls = ssl.create_default_context(cafile=house.certificates.path("ca.pem"))
    ca = house.certificates.path("ca.pem")
    tool.make("out", "transmit", {"host": "localhost", "port": house.postfix.ports["submission"], "user": ALICE,
                                  "password": "password", "from": ALICE}, PASSWORDS["alice"], ca)
    tool.make("in", "inbox", {"host": "localhost", "port": house.dovecot.ports["imap"], "user": BOB,
                              "password": "password", "address": BOB}, PASSWORDS["bob"], ca)
    address = tool.allocate("in", "bench")
    print(roundtrips.TABLE_HEAD)
    begin = time.monotonic()
    sent = roundtrips.send(tool, address, count, "mailto")
    row("connector: sent", count, begin)
    roundtrips.wait_for_delivery(house, count)

    begin = time.monotonic()
    items = tool.poll("in", address)
    row("connector: listed for one address, first time", len(items), begin)
    begin = time.monotonic()
    tool.poll("in", address)
    row("connector: listed again", len(items), begin)
    begin = time.monotonic()
    for item in items:
        roundtrips.compare(sent, tool.read("in", item["id"]))
        tool.evidence()
    row("connector: read by IMAP, content compared", len(items), begin)
    memory = roundtrips.peak_kib(tool.process.pid)
    bounded = min(count, 200)

    begin = time.monotonic()
    for number in range(bounded):
        roundtrips.post(house, tls, BOB, roundtrips.letter(number).as_bytes())
    row("smtplib: sent", bounded, begin)
    begin = time.monotonic()
    for number in range(1, bounded + 1):
        with imaplib.IMAP4("localhost", house.dovecot.ports["imap"]) as box:
            box.starttls(tls)
            box.login(BOB, PASSWORDS["bob"])
            box.select()
            box.fetch(str(number), "(BODY.PEEK[])")
    row("imaplib: read", bounded, begin)
    roundtrips.end(sent, count, memory)


if __name__ == "__main__":
    roundtrips.main(run, __doc__)
