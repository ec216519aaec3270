#!/usr/bin/python3
"""The suite vdt.email over Postfix and Dovecot: the sample portal is right, and mistakes of two kinds are noticed."""
import pathlib
import re
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import email_suite
import mail_servers
import peers

DOMAIN = mail_servers.DOMAIN
PASSWORDS = {"records": "canary-Pa55-records", "bob": "canary-Pa55-bob"}
RECORDS = f"records@{DOMAIN}"


class EmailTest(unittest.TestCase):
    def run_suite(self, *arguments):
        folder = self.enterContext(peers.temporary_folder())
        ca_file = house.certificates.path("ca.pem")
        with peers.Portal("--mail-smtp", f"localhost:{house.postfix.ports['submission']}", "--mail-from", RECORDS,
                          "--mail-user", RECORDS, "--mail-imap", f"localhost:{house.dovecot.ports['imap']}", "--trust",
                          ca_file, "--exit-with-parent", *arguments,
                          BLUEBRIDGE_PORTAL_MAIL_PASSWORD=PASSWORDS["records"]) as portal:
            inbox = {"host": "localhost", "port": house.dovecot.ports["imap"], "user": f"bob@{DOMAIN}",
                     "address": f"bob@{DOMAIN}"}
            return email_suite.run(folder, portal.ready, inbox, ca_file, PASSWORDS["bob"],
                                   unknown=f"nobody@{DOMAIN}", returned=f"ghost@{DOMAIN}")

    def test_the_clean_portal_is_conformant_and_the_servers_agree(self):
        process, run, report = self.run_suite()
        self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
        self.assertEqual(report["verdict"]["word"], "conformant, 1 attested")
        log = house.postfix.log()
        address = re.search(rf"mailto:(bob[^\"@]*@{re.escape(DOMAIN)})", (run / "events.ndjson").read_text())[1]
        self.assertRegex(log, rf"to=<{re.escape(address)}>.* status=sent")
        self.assertRegex(log, rf"to=<ghost@{re.escape(DOMAIN)}>.* status=bounced")
        self.assertRegex(log, rf"NOQUEUE: reject: RCPT .* 550 5\.1\.1 <nobody@{re.escape(DOMAIN)}>")
        self.assertRegex(log, rf"sasl_method=PLAIN, sasl_username={re.escape(RECORDS)}")

    def check_defect(self, name, failed):
        process, _, report = self.run_suite("--defect", name)
        self.assertEqual(email_suite.rows(report, "fail"), failed, peers.told(report) + process.stderr)
        self.assertEqual(process.returncode, 1)

    def test_mail_that_came_back_and_is_hidden_is_noticed(self):
        self.check_defect("mail-hides-bounce", {"VDT15-T-10"})

    def test_a_refusal_that_is_hidden_is_noticed(self):
        self.check_defect("mail-hides-failure", {"VDT15-T-10"})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, mail_servers.mail_house(pathlib.Path(name), PASSWORDS, ["ghost"]) as house:
        peers.main()
