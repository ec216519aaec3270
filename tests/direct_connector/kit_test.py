#!/usr/bin/python3
"""The conformance kit on the Direct connector, with keys made for the test.

    kit_test.py PKI_TOOL BLUEBRIDGE LIBRARY [OPTION...]

The message that lies in the scripted mailbox is sealed by the openssl command.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

ALICE, BOB = "alice@direct.alice.test", "bob@direct.bob.test"
ALLOCATED = "bob+kit-0123456789@direct.bob.test"  # as long as what is allocated
CANARY = "kit-canary-secret-of-"


def openssl(*words, given=b""):
    return subprocess.run(["openssl", *map(str, words)], input=given, check=True, capture_output=True).stdout


def answer(request, text, **more):
    return {"request": request, "answer": text, **more}


def sealed(sender, recipient, kind, body, to, by):
    message = f"From: {by}\nTo: {to}\nDate: Mon, 1 Jun 2026 10:00:00 +0000\nMessage-ID: <kit@a.test>\n{kind}\n{body}\n"
    signed = openssl("cms", "-sign", "-signer", sender, "-md", "sha256", "-crlfeol",
                     given=f"Content-Type: message/rfc822\n\n{message}".encode())
    outside = openssl("cms", "-encrypt", "-aes256", "-from", by, "-to", to, recipient, given=signed)
    return outside.decode().replace("\r\n", "\n").replace("\n", "\r\n")


def imap(user, message, delivered=""):
    """A mailbox with one message; `delivered` may name the address that was allocated."""
    size = len(delivered.format(address=ALLOCATED)) + len(message)
    header = message.split("\r\n\r\n")[0] + "\r\n\r\n"
    header_size = size - len(message) + len(header)
    return {"open": "tcp imap mail.test:143", "greeting": "* OK mail.test\r\n", "answers": [
        answer("* STARTTLS\r\n", "{word} OK begin\r\n", over="plain"),
        answer(f'* LOGIN "{user}" "{CANARY}kit.password"*', "{word} OK\r\n", over="tls"),
        answer("* LOGIN *", "{word} NO wrong\r\n", over="tls"),
        answer("* SELECT *", "* OK [UIDVALIDITY 7] ok\r\n{word} OK\r\n"),
        answer("*UID FETCH 1:*", f"* 1 FETCH (UID 4 RFC822.SIZE {size})\r\n{{word}} OK\r\n"),
        answer("*UID FETCH 4 *HEADER*",
               f"* 1 FETCH (UID 4 BODY[HEADER]<0> {{{header_size}}}\r\n{delivered}{header})\r\n{{word}} OK\r\n"),
        answer("*UID FETCH 4 *", f"* 1 FETCH (UID 4 BODY[] {{{size}}}\r\n{delivered}{message})\r\n{{word}} OK\r\n"),
        answer("* LOGOUT\r\n", "* BYE\r\n{word} OK\r\n", closes=True),
        answer("*", "{word} OK\r\n")]}


def smtp():
    return {"open": "tcp smtp mail.test:587", "greeting": "220 mail.test\r\n", "answers": [
        answer("EHLO *", "250-mail.test\r\n250 STARTTLS\r\n", over="plain"),
        answer("STARTTLS\r\n", "220 begin\r\n", over="plain"),
        answer("EHLO *", "250 mail.test\r\n", over="tls"),
        answer("MAIL *", "250 ok\r\n", over="tls"), answer("RCPT *", "250 ok\r\n", over="tls"),
        answer("DATA\r\n", "354 go on\r\n", over="tls"),
        answer("*\r\n.\r\n", "250 2.0.0 Ok: queued as KIT1\r\n", over="tls"),
        answer("RSET\r\n", "250 ok\r\n", over="tls"), answer("QUIT\r\n", "221 bye\r\n", over="tls", closes=True)]}


def setup(pki):
    def text(name):
        return (pki / name).read_text()

    def identity(name):
        key = openssl("pkey", "-in", pki / f"{name}.pem", "-aes256", "-passout", f"pass:{CANARY}kit.key").decode()
        return {"pem": text(f"{name}.crt") + key, "password": "kit.key"}

    def mailbox(user):
        return {"host": "mail.test", "port": 143, "user": user, "password": "kit.password"}
    server = {"host": "mail.test", "port": 587}
    trust = {"anchors": {"pem": text("root.crt")}, "revocation_lists": {"pem": text("lists.pem")}}
    judged = {"address": ALICE, "use": "sign", "good": text("sender.crt"),
              "bad": {name: text(f"{name}.crt") for name in ("expired", "revoked", "wrong_name", "unknown_anchor")}}
    report = ('MIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n',
              f"--b\n\nKITCANARY\n--b\nContent-Type: message/disposition-notification\n\n"
              f"Final-Recipient: rfc822;{BOB}\nOriginal-Message-ID: <another@a.test>\n"
              "Disposition: automatic-action/MDN-sent-automatically;processed\n\n--b--")
    return {"connector-test": 1, "types": {
        "org.bluebridge.direct.inbox": {
            "config": {**mailbox("bob"), "address": BOB, "identity": identity("recipient"), "smtp": server, **trust,
                       "certificates": {"pem": text("sender.crt")}},
            "trust": judged,
            "streams": [imap("bob", sealed(pki / "sender.pem", pki / "recipient.crt", "", "hello KITCANARY", BOB,
                                           ALICE), "Delivered-To: {address}\r\n"), smtp()]},
        "org.bluebridge.direct.sender": {
            "config": {**server, "from": ALICE, "identity": identity("sender"), "mailbox": mailbox("alice"), **trust,
                       "certificates": {"pem": text("recipient.crt")},
                       "resolver": {"host": "names.test", "wait_ms": 5},
                       "identities": {"expired": identity("expired")}},
            "destination": {"scheme": "direct", "address": BOB},
            "trust": judged,
            "streams": [smtp(), {"open": "* dns names.test:53", "silent": True},
                        imap("alice", sealed(pki / "recipient.pem", pki / "sender.crt", *report, ALICE, BOB))]}}}



with tempfile.TemporaryDirectory() as folder:
    pki = pathlib.Path(folder)
    subprocess.run([sys.argv[1], pki, ALICE, BOB], check=True)
    file = pki / "direct.connector-test.yaml"
    file.write_text(json.dumps(setup(pki)))
    sys.exit(subprocess.run([sys.argv[2], "connector", "test", *sys.argv[4:], "--setup", file, sys.argv[3]]).returncode)
