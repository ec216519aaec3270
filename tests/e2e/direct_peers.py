"""Programs for Direct on one machine: certificates, a mail room, portals."""
import json
import os
import signal
import subprocess

import peers

RECORDS = peers.SOURCE / "samples" / "records"


class Program:
    """A program that says in one line of JSON that it is ready."""

    def __init__(self, *words, **environment):
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True,
                                        env=os.environ | environment)
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(10)
        self.process.stdout.close()


def make_pki(folder, *words):
    """Certificates as `words` say, with the anchors of everybody in anchors.pem."""
    subprocess.run([peers.BIN / "bluebridge-pki", "--out", folder, *words], check=True)
    (folder / "anchors.pem").write_text((folder / "root.crt").read_text() + (folder / "intermediate.crt").read_text())


def zone(folder, names):
    """A table for the mail room's DNS: a CERT record for each name, of the file NAME.crt."""
    file = folder / "zone.yaml"
    file.write_text("records:\n" + "".join(
        f"  - {{name: {name.replace('@', '.')}, type: CERT, file: {json.dumps(name + '.crt')}}}\n" for name in names))
    return file


def mail_room(folder, table, *mailboxes):
    return Program(peers.BIN / "bluebridge-mailroom", "--identity", folder / "server.pem", "--zone", table,
                   *[word for mailbox in mailboxes for word in ("--mailbox", mailbox)], "--exit-with-parent")


def portal(folder, domain, ports, *more):
    """A portal for the domain, whose mailbox is the domain's, with the password 'secret'. `ports` is of a mail room."""
    return Program(peers.BIN / "bluebridge-portal", "--records", RECORDS, "--direct-domain", domain,
                   "--direct-identity", folder / f"{domain}.pem", "--direct-anchors", folder / "anchors.pem",
                   "--direct-resolver", f"127.0.0.1:{ports['dns']}", "--direct-smtp", f"127.0.0.1:{ports['smtp']}",
                   "--direct-imap", f"127.0.0.1:{ports['imap']}", "--direct-user", domain,
                   "--direct-revocation", folder / "intermediate.crl", "--trust", folder / "root.crt",
                   "--exit-with-parent", *more, BLUEBRIDGE_PORTAL_DIRECT_PASSWORD="secret")
