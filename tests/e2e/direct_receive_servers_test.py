#!/usr/bin/python3
"""direct.receive over Postfix, Dovecot and BIND: the same verdicts as with the sample mail room."""
import contextlib
import pathlib
import sys
import tempfile
import unittest

import direct_peers
import peers

sys.path.insert(0, str(peers.SOURCE / "tests" / "servers"))
import mail_servers
import servers

SUITE = peers.SOURCE / "conformance" / "suites" / "direct.receive.yaml"
BOB, ALICE = (f"{name}@{mail_servers.DOMAIN}" for name in ("bob", "alice"))
# The mail server refuses the address of nobody at once, so that the system has nothing to tell.
NOT_ASKED = {"confirmed.sent_to_nobody", "confirmed.failed"}


def zone():
    domain = mail_servers.DOMAIN
    certificates = [(f"bob.{domain}", BOB), (domain, domain)]
    return (f"$TTL 60\n@ IN SOA ns.{domain}. root.{domain}. 1 60 60 60 60\n@ IN NS ns.{domain}.\nns IN A 127.0.0.1\n" +
            "".join(servers.cert_record(name, servers.der(folder / f"{file}.crt")) for name, file in certificates))


class ServersTest(unittest.TestCase):
    def test_the_right_portal_passes_behind_real_servers(self):
        ports = {"smtp": house.postfix.ports["mx"], "imap": house.dovecot.ports["imap"], "dns": names.port}
        trust = "certificates/ca.pem"
        with direct_peers.portal(folder, mail_servers.DOMAIN, ports, user=ALICE, trust=trust) as portal:
            file = folder / "target.yaml"
            file.write_text(direct_peers.receiving_target(folder, portal, ports, BOB, ALICE, user=BOB, trust=trust))
            answers = peers.write_answers(folder, "direct.receive/documents.shown")
            process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--answers", answers,
                                       timeout=300)
            _, report = peers.only_run(folder, process)
        others = {test["name"]: test["outcome"] for test in report["tests"] if test["outcome"] != "pass"}
        self.assertEqual(others, dict.fromkeys(NOT_ASKED, "skip") | {"documents.shown": "attested"}, peers.told(report))
        self.assertGreater(house.postfix.log().count(f"to=<{BOB}>"), 30, "notifications went through Postfix")
        self.assertIn("Login: user=<bob@", house.dovecot.log())


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory(prefix="bb-e2e-")))
        house = running.enter_context(mail_servers.mail_house(folder, {"alice": "secret", "bob": "secret"}))
        direct_peers.make_pki(folder, "--address", BOB, "--domain", mail_servers.DOMAIN)
        names = running.enter_context(servers.bind(folder, mail_servers.DOMAIN, zone()))
        passed = unittest.main(exit=False).result.wasSuccessful()
        if not passed:
            print(house.postfix.log()[-3000:], house.dovecot.log()[-1500:], file=sys.stderr)
    sys.exit(not passed)
