"""A Direct network on one machine: certificates, mail room, name server, sample portal, and the target that names them."""
import json
import os
import pathlib
import signal
import subprocess

import peers

PORTAL, INBOX = "direct.portal.example", "direct.bob.example"
# Recipients that nobody may send to: expired; of an authority that is no anchor; without any certificate.
EXPIRED, FOREIGN, NOWHERE = "late@direct.late.example", "far@direct.foreign.example", "nobody@direct.none.example"


class Program:
    """A program that says in one line of JSON that it is ready; use as a context."""

    def __init__(self, *words, **environment):
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True,
                                        env=peers.environment(**environment))
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.stdout.close()


def make_pki(folder):
    """Certificates of everybody, and the table of names; made once for many worlds."""
    pki = peers.BIN / "bluebridge-pki"
    subprocess.run([pki, "--out", folder, "--address", EXPIRED, "--domain", PORTAL, "--domain", INBOX,
                    "--address", f"other@{PORTAL}"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([pki, "--out", folder / "foreign", "--without-cases", "--address", FOREIGN], check=True,
                   stdout=subprocess.DEVNULL)
    (folder / "anchors.pem").write_text((folder / "root.crt").read_text() + (folder / "intermediate.crt").read_text())

    def name(address):
        return address.replace("@", ".")

    published = {PORTAL: f"{PORTAL}.crt", INBOX: f"{INBOX}.crt", name(EXPIRED): "cases/expired.crt",
                 name(FOREIGN): f"foreign/{FOREIGN}.crt"}
    (folder / "zone.yaml").write_text("records:\n" + "".join(
        f"  - {{name: {owner}, type: CERT, file: \"{file}\"}}\n" for owner, file in published.items()))


class World:
    """Mail room and portal over a PKI; `target()` is the target file. Use as a context."""

    def __init__(self, pki, *portal_arguments, defect=None):
        self.pki = pki
        mailboxes = [f"portal:secret=@{PORTAL}",
                     "bob:secret=" + ",".join("@" + one.split("@")[-1] for one in (INBOX, EXPIRED, FOREIGN, NOWHERE))]
        self.room = Program(peers.BIN / "bluebridge-mailroom", "--identity", pki / "server.pem", "--zone",
                            pki / "zone.yaml", *[word for box in mailboxes for word in ("--mailbox", box)],
                            "--exit-with-parent")
        ports = self.room.ready
        os.environ["BLUEBRIDGE_PORTAL_DIRECT_PASSWORD"] = "secret"
        try:
            self.portal = peers.Portal(
                "--direct-domain", PORTAL, "--direct-identity", str(pki / f"{PORTAL}.pem"),
                "--direct-identity", str(pki / f"other@{PORTAL}.pem"), "--direct-anchors", str(pki / "anchors.pem"),
                "--direct-resolver", f"127.0.0.1:{ports['dns']}", "--direct-smtp", f"127.0.0.1:{ports['smtp']}",
                "--direct-imap", f"127.0.0.1:{ports['imap']}", "--direct-user", "portal",
                "--direct-revocation", str(pki / "intermediate.crl"), "--trust", str(pki / "root.crt"),
                "--exit-with-parent", *portal_arguments, records=peers.SOURCE / "samples" / "records", defect=defect)
        except BaseException:
            self.room.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.portal.__exit__()
        self.room.__exit__()

    def target(self, people, inputs=None, options=None):
        """YAML (as JSON). Roles portal and inbox."""
        ports, pki = self.room.ready, self.pki
        smtp = {"host": "127.0.0.1", "port": ports["smtp"], "server_name": "localhost"}
        inbox = {"host": "127.0.0.1", "port": ports["imap"], "server_name": "localhost", "user": "bob",
                 "password": "mail-password", "address": f"bob@{INBOX}", "identity": {"secret": "bob"},
                 "anchors": {"secret": "anchors"}, "smtp": smtp}
        roles = {
            "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": self.portal.ready["url"]},
                       "ca_file": self.portal.ready["ca_file"]},
            "inbox": {"connector": "org.bluebridge.direct.inbox", "config": inbox, "ca_file": str(pki / "root.crt"),
                      "secrets": {"mail-password": {"env": "BB_TEST_MAIL_PASSWORD"},
                                  "bob": {"file": str(pki / f"{INBOX}.pem")},
                                  "anchors": {"file": str(pki / "anchors.pem")}},
                      "allow_network": [{"host": "127.0.0.1", "port": ports[name]} for name in ("imap", "smtp")]}}
        return json.dumps({"format": "bluebridge-target/1", "target": "direct", "title": "Sample portal by Direct",
                           "version": "1", "environment": "test", "profile": {"role": "data-holder", "holder": "provider"},
                           "roles": roles, "patients": people, "inputs": inputs or {}, "options": options or {}}, indent=1)

    ENVIRONMENT = {"BB_TEST_MAIL_PASSWORD": "secret"}


def write(folder, text):
    file = pathlib.Path(folder) / "target.yaml"
    file.write_text(text)
    return file
