#!/usr/bin/python3
"""The suite vdt.email: the sample portal sends plain mail over a mail room, and each of its mistakes is noticed."""
import unittest

import direct_peers
import email_suite
import peers

# What of the suite each defect fails, and what it only warns of: rows that are SHOULD.
EXPECTED = {
    "mail-drops-attachment": ({"VDT15-T-01", "VDT15-T-07"}, set()),
    "mail-wrong-patient": ({"VDT15-T-01", "VDT15-T-06", "VDT15-T-07"}, set()),
    "mail-never-arrives": ({"VDT15-T-01"}, set()),
    "mail-unreadable-attachment": ({"VDT15-T-07"}, set()),
    "mail-no-readable-part": ({"VDT15-T-07"}, set()),
    "mail-hides-failure": ({"VDT15-T-10"}, set()),
    "mail-hides-bounce": ({"VDT15-T-10"}, set()),
    "mail-accepts-any-address": ({"VDT15-T-10"}, {"VDT15-T-09"}),
    "mail-sends-unconfirmed": (set(), {"VDT15-T-05"}),
    "mail-direct-addresses-only": ({"VDT15-T-01"}, set()),
    "mail-ignores-dates": ({"VDT15-T-06"}, set()),
}


class EmailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pki = direct_peers.make_pki(cls.enterClassContext(peers.temporary_folder()), "--without-cases", "--domain",
                                        "x.example")
        (cls.pki / "zone.yaml").write_text("records:\n" + "".join(
            f"  - {{name: {name}.example, type: MX, preference: 10, host: mail.example}}\n"
            for name in ("bob", "portal", "elsewhere")))

    def setUp(self):
        self.maxDiff = None
        self.folder = self.enterContext(peers.temporary_folder())

    def run_suite(self, *arguments):
        """The exit status and the report of a run against a portal with these arguments."""
        with peers.Program(peers.BIN / "bluebridge-mailroom", "--identity", self.pki / "server.pem", "--zone",
                           self.pki / "zone.yaml", "--mailbox", "portal:secret=records@portal.example", "--mailbox",
                           "bob:secret=@bob.example", "--returned", "gone@elsewhere.example", "--exit-with-parent") as room:
            at = {name: f"127.0.0.1:{port}" for name, port in room.ready.items()}
            with peers.Portal("--mail-smtp", at["smtp"], "--mail-from", "records@portal.example", "--mail-user", "portal",
                              "--mail-imap", at["imap"], "--mail-resolver", at["dns"], "--trust",
                              self.pki / "root.crt", "--exit-with-parent", *arguments,
                              BLUEBRIDGE_PORTAL_MAIL_PASSWORD="secret") as portal:
                inbox = {"host": "127.0.0.1", "port": room.ready["imap"], "user": "bob", "address": "bob@bob.example"}
                return email_suite.run(self.folder, portal.ready, inbox, self.pki / "root.crt", "secret",
                                       unknown="nobody@elsewhere.example", returned="gone@elsewhere.example")

    def test_the_clean_portal_is_conformant_and_changed_evidence_is_noticed(self):
        process, run, report = self.run_suite()
        self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
        self.assertRegex(report["verdict"]["word"], r"^conformant, 1 attested$")
        self.assertEqual({t["outcome"] for t in report["tests"]}, {"pass", "attested"}, peers.told(report))
        self.assertEqual(email_suite.rows(report, "pass"),
                         {f"VDT15-T-{number}" for number in ("01", "05", "06", "07", "09", "10")} | {"VDT15-LOG-06"})
        peers.faults_noticed(run)

    def test_every_mail_defect_is_expected(self):
        names = {name for name in peers.portal_defects() if name.startswith("mail-")}
        self.assertEqual(names, set(EXPECTED))


def check_defect(name, failed, warned):
    def test(self):
        process, _, report = self.run_suite("--defect", name)
        said = peers.told(report) + process.stderr
        self.assertEqual((email_suite.rows(report, "fail"), email_suite.rows(report, "warn")), (failed, warned), said)
        self.assertEqual(process.returncode, 1 if failed else 0, said)
        self.assertFalse([t["name"] for t in report["tests"] if t["outcome"] == "error"], said)
    return test


for defect_name, (rows_failed, rows_warned) in EXPECTED.items():
    setattr(EmailTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, rows_failed, rows_warned))

if __name__ == "__main__":
    peers.main()
