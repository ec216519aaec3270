#!/usr/bin/python3
"""Sends messages by the mail connector through Postfix to Dovecot, reads all of them by IMAP, and prints rates.

    mail_roundtrip.py BUILD [COUNT]

BUILD is the build folder (release); COUNT 1,000 unless told. Each message has an attachment of 10 kB of its own and
has to arrive once, with that attachment: anything else ends with status 1. Beside the connector, with the same
servers and in the same run, Python's smtplib and imaplib, each with a connection a message as the connector has.
Needs scripts/install-deps --servers and root.
"""
import email
import email.policy
import imaplib
import pathlib
import random
import smtplib
import ssl
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "mail"), str(TESTS / "servers")]
import mail_servers  # noqa: E402
from connectors import DOMAIN, Connectors  # noqa: E402

PASSWORDS = {"alice": "canary-Pa55-alice", "bob": "canary-Pa55-bob"}
ALICE, BOB = f"alice@{DOMAIN}", f"bob@{DOMAIN}"


def attachment(number):
    return random.Random(number).randbytes(10_000)


def peak_kib(pid):
    """The most memory that a process and those below it have had."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    own = int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1])
    children = [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return [own, *(kib for child in children for kib in peak_kib(child))]


def row(what, count, begin):
    seconds = time.monotonic() - begin
    print(f"| {what} | {count} | {seconds:.1f} s | {count / seconds:.0f}/s |", flush=True)


def main(build, count=1000):
    build, count = pathlib.Path(build).resolve(), int(count)
    with tempfile.TemporaryDirectory() as below:
        folder = pathlib.Path(below)
        with (mail_servers.mail_house(folder, PASSWORDS) as house,
              Connectors(build / "bin" / "connector_tool", build / "plugins",
                         build / "bin" / "bluebridge-connector-host", folder) as tool):
            tls = ssl.create_default_context(cafile=house.certificates.path("ca.pem"))
            ca = house.certificates.path("ca.pem")
            tool.make("out", "transmit", {"host": "localhost", "port": house.postfix.ports["submission"], "user": ALICE,
                                          "password": "password", "from": ALICE}, PASSWORDS["alice"], ca)
            tool.make("in", "inbox", {"host": "localhost", "port": house.dovecot.ports["imap"], "user": BOB,
                                      "password": "password", "address": BOB}, PASSWORDS["bob"], ca)
            address = tool.allocate("in", "bench")
            print("| what | messages | time | rate |\n|---|---|---|---|")
            begin, sent = time.monotonic(), {}
            for number in range(count):
                receipt = tool.send("out", f"key-{number}", [address], f"number {number}", "hello",
                                    [("data.bin", "application/octet-stream", attachment(number))])[address]
                if receipt["delivery"] != "accepted":
                    sys.exit(f"mail_roundtrip: message {number}: {receipt}")
                sent[receipt["message_id"]] = number
                tool.evidence()  # not kept here
            row("connector: sent", count, begin)

            end = time.monotonic() + 60
            while house.dovecot.log().count("saved mail to INBOX") < count and time.monotonic() < end:
                time.sleep(0.2)
            begin = time.monotonic()
            items = tool.poll("in", address)
            row("connector: listed for one address, first time", len(items), begin)
            begin = time.monotonic()
            tool.poll("in", address)
            row("connector: listed again", len(items), begin)
            begin = time.monotonic()
            for item in items:
                message = email.message_from_bytes(tool.read("in", item["id"]), policy=email.policy.default)
                number = sent.pop(message["message-id"], None)
                if number is None:
                    sys.exit(f"mail_roundtrip: {message['message-id']} was not sent, or came twice")
                _, data = message.iter_parts()
                if data.get_payload(decode=True) != attachment(number) or message["subject"] != f"number {number}":
                    sys.exit(f"mail_roundtrip: message {number} is not as it was sent")
                tool.evidence()
            row("connector: read by IMAP, content compared", len(items), begin)
            if sent or len(items) != count:
                sys.exit(f"mail_roundtrip: {len(items)} of {count} arrived")
            memory = peak_kib(tool.process.pid)[1:]
            bounded = min(count, 200)

            begin = time.monotonic()
            for number in range(bounded):
                text = email.message.EmailMessage()
                text["From"], text["To"], text["Subject"] = ALICE, BOB, f"number {number}"
                text.set_content("hello")
                text.add_attachment(attachment(number), "application", "octet-stream", filename="data.bin")
                with smtplib.SMTP("localhost", house.postfix.ports["submission"]) as server:
                    server.starttls(context=tls)
                    server.login(ALICE, PASSWORDS["alice"])
                    server.send_message(text)
            row("smtplib: sent", bounded, begin)
            begin = time.monotonic()
            for number in range(1, bounded + 1):
                with imaplib.IMAP4("localhost", house.dovecot.ports["imap"]) as box:
                    box.starttls(tls)
                    box.login(BOB, PASSWORDS["bob"])
                    box.select()
                    box.fetch(str(number), "(BODY.PEEK[])")
            row("imaplib: read", bounded, begin)
            print(f"\nMost memory of a connector's process: {', '.join(f'{kib / 1024:.0f} MiB' for kib in memory)}. "
                  f"Sent and arrived agree: {count} messages, each once, each as sent.")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
