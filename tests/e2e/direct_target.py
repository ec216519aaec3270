"""A Direct network on one machine: certificates, mail room, name server, sample portal, and the target that names them."""
import contextlib
import json
import pathlib

import direct_peers

PORTAL, INBOX = "direct.portal.example", "direct.bob.example"
# Recipients that nobody may send to: expired; of an authority that is no anchor; without any certificate.
EXPIRED, FOREIGN, NOWHERE = "late@direct.late.example", "far@direct.foreign.example", "nobody@direct.none.example"


def make_pki(folder):
    """Certificates of everybody, and the table of names; made once for many worlds."""
    direct_peers.make_pki(folder, "--case", "expired", "--address", EXPIRED, "--domain", PORTAL, "--domain", INBOX, "--address",
                          f"other@{PORTAL}")
    direct_peers.make_pki(folder / "foreign", "--without-cases", "--address", FOREIGN)
    direct_peers.zone(folder, [PORTAL, INBOX], {EXPIRED: "cases/expired.crt", FOREIGN: f"foreign/{FOREIGN}.crt"})


class World:
    """Mail room and portal over a PKI; `target()` is the target file. Use as a context."""

    def __init__(self, pki, *portal_arguments, defect=None):
        self.pki = pki
        bob = ",".join("@" + one.split("@")[-1] for one in (INBOX, EXPIRED, FOREIGN, NOWHERE))
        with contextlib.ExitStack() as running:
            self.room = running.enter_context(direct_peers.mail_room(
                pki, pki / "zone.yaml", f"portal:secret=@{PORTAL}", f"bob:secret={bob}"))
            self.portal = running.enter_context(direct_peers.portal(
                pki, PORTAL, self.room.ready, "--direct-identity", pki / f"other@{PORTAL}.pem", *portal_arguments,
                user="portal", defect=defect))
            self.running = running.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.close()

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
                                  "anchors": {"file": str(pki / "anchors.crt")}},
                      "allow_network": [{"host": "127.0.0.1", "port": ports[name]} for name in ("imap", "smtp")]}}
        return json.dumps({"format": "bluebridge-target/1", "target": "direct", "title": "Sample portal by Direct",
                           "version": "1", "environment": "test", "profile": {"role": "data-holder", "holder": "provider"},
                           "roles": roles, "patients": people, "inputs": inputs or {}, "options": options or {}}, indent=1)

    ENVIRONMENT = {"BB_TEST_MAIL_PASSWORD": "secret"}


def write(folder, text):
    file = pathlib.Path(folder) / "target.yaml"
    file.write_text(text)
    return file
