"""The suites onc.vdt_2014 and onc.vdt_2015: one portal judged by edition, setting and rule date; each of its mistakes is noticed."""
import concurrent.futures
import json
import pathlib
import ssl
import unittest
import urllib.error
import urllib.request

import direct_peers
import peers
import vdt_target

EXPECTED = json.loads((pathlib.Path(__file__).parent / "vdt.json").read_text())["defects"]
RULE_DATE = {"2014": "2018-01-02", "2015": "2026-04-01"}
RUNS = [(year, setting) for year in ("2014", "2015") for setting in ("ambulatory", "inpatient")]


def run_with(defect, year="2015", setting="ambulatory"):
    """The process and the report of a run against a portal with this defect."""
    with peers.temporary_folder() as folder, vdt_target.portal(defect=defect) as portal:
        process, _, report = vdt_target.run(folder, portal.ready, year, "--rule-date", RULE_DATE[year], "--in-process",
                                            setting=setting)
        return process, report


class DefectsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            cls.runs = {defect: pool.submit(run_with, defect, **{k: one[k] for k in ("year", "setting") if k in one})
                        for defect, one in EXPECTED.items()}

    def test_every_defect_is_listed_and_expected(self):
        names = {name for name in peers.portal_defects() if name.startswith("vdt-")}
        self.assertEqual(names, set(EXPECTED))
        self.assertGreaterEqual(len(names), 20)


def check_defect(name, expected):
    def test(self):
        process, report = self.runs[name].result()
        said = peers.told(report)
        found = {outcome: sorted(vdt_target.rows(report, outcome)) for outcome in ("fail", "warn")}
        self.assertEqual(found, {outcome: expected.get(outcome, []) for outcome in found}, said)
        self.assertFalse([t["name"] for t in report["tests"] if t["outcome"] == "error"], said)
    return test


for defect_name, rows in EXPECTED.items():
    setattr(DefectsTest, "test_" + defect_name.replace("-", "_"), check_defect(defect_name, rows))


class CleanTest(unittest.TestCase):
    """With a mail room, so that the record goes by plain mail too."""

    @classmethod
    def setUpClass(cls):
        cls.pki = direct_peers.make_pki(cls.enterClassContext(peers.temporary_folder()), "--without-cases", "--domain",
                                        "x.example")
        (cls.pki / "zone.yaml").write_text("records:\n" + "".join(
            f"  - {{name: {name}.example, type: MX, preference: 10, host: mail.example}}\n" for name in ("bob", "portal")))
        cls.room = cls.enterClassContext(peers.Program(
            peers.BIN / "bluebridge-mailroom", "--identity", cls.pki / "server.pem", "--zone", cls.pki / "zone.yaml",
            "--mailbox", "portal:secret=records@portal.example", "--mailbox", "bob:secret=@bob.example",
            "--exit-with-parent"))
        cls.mail = {
            "connector": "org.bluebridge.mail.inbox",
            "config": {"host": "127.0.0.1", "port": cls.room.ready["imap"], "user": "bob", "address": "bob@bob.example",
                       "password": "password"},
            "secrets": {"password": {"env": "BB_TEST_MAIL_PASSWORD"}}, "ca_file": str(cls.pki / "root.crt"),
            "allow_network": [{"host": "127.0.0.1", "port": cls.room.ready["imap"]}]}

    def portal(self, *arguments):
        at = {name: f"127.0.0.1:{port}" for name, port in self.room.ready.items()}
        return vdt_target.portal("--mail-smtp", at["smtp"], "--mail-from", "records@portal.example", "--mail-user",
                                 "portal", "--mail-imap", at["imap"], "--mail-resolver", at["dns"], "--trust",
                                 self.pki / "root.crt", "--exit-with-parent", *arguments,
                                 BLUEBRIDGE_PORTAL_MAIL_PASSWORD="secret")

    def run_suite(self, folder, portal, year, *arguments, **options):
        return vdt_target.run(folder, portal.ready, year, *arguments, mail=self.mail if year == "2015" else None,
                              BB_TEST_MAIL_PASSWORD="secret", **options)

    def test_the_clean_portal_is_conformant_and_changed_evidence_is_noticed(self):
        with self.portal() as portal:
            for year, setting in RUNS:
                for where in ([], ["--in-process"]):
                    with self.subTest(year=year, setting=setting, where=where), peers.temporary_folder() as folder:
                        process, run, report = self.run_suite(folder, portal, year, "--rule-date", RULE_DATE[year], *where,
                                                              setting=setting)
                        said = peers.told(report)
                        self.assertEqual(process.returncode, 0, said)
                        attested = len(vdt_target.ATTESTED[year])
                        self.assertEqual(report["verdict"]["word"], f"conformant, {attested} attested", said)
                        if not where:
                            peers.faults_noticed(run, are_skips_allowed=True)

    def test_one_portal_has_three_verdicts_on_three_days(self):
        # USCDI v1 and Companion Guide Release 2 through 2025-12-31; not enforced before 2026-03-01 (ASTP notice of 24
        # November 2025). Each difference names its rule.
        expected = {"2025-06-01": ("conformant, 4 attested", 0, set(), set()),
                    "2026-01-15": ("conformant, 4 attested", 0, set(), {"VDT15-V-02-b", "VDT15-D-03-b"}),
                    "2026-03-01": ("not conformant", 1, {"VDT15-V-02", "VDT15-D-03"}, set())}
        with self.portal("--uscdi", "v1") as portal:
            for date, (word, status, failed, warned) in expected.items():
                with self.subTest(date), peers.temporary_folder() as folder:
                    process, _, report = self.run_suite(folder, portal, "2015", "--rule-date", date, uscdi="v1")
                    said = peers.told(report)
                    self.assertEqual((report["verdict"]["word"], process.returncode), (word, status), said)
                    counting = {row["id"] for row in report["requirements"] if row["counts"]}
                    self.assertEqual(vdt_target.rows(report, "fail") & counting, failed, said)
                    self.assertEqual(vdt_target.rows(report, "warn") & counting, warned, said)
            # The pledge names no version of USCDI.
            with peers.temporary_folder() as folder:
                process, _, report = self.run_suite(folder, portal, "2015", "--rule-date", "2026-03-01", uscdi="v1",
                                                    purpose="pledge")
                self.assertEqual(process.returncode, 0, peers.told(report))


class OwnWayTest(unittest.TestCase):
    """What the rows leave open to a system is no fault of it."""

    def test_other_words_and_fewer_header_fields_fail_nothing(self):
        empty = ("<!DOCTYPE html><html lang='en'><head><title>Record</title></head><body><main><h1>Greta Marie Holm II</h1>"
                 "<p>There are no results for the dates you chose.</p></main></body></html>")

        def answer(handler, body):
            status, media_type, content, fields = self.ask(handler, body)
            fields = [(name, value) for name, value in fields if name == "WWW-Authenticate"]  # no Cache-Control among them
            if "/items/" in handler.path and "2001-" in handler.path:
                content = empty.encode()
            return status, media_type, content, *fields

        with vdt_target.portal() as self.portal, peers.temporary_folder() as folder:
            with peers.https_server(folder, answer) as (url, ca_file):
                both = folder / "both.pem"
                both.write_text(ca_file.read_text() + pathlib.Path(self.portal.ready["ca_file"]).read_text())
                report = vdt_target.run(folder, {**self.portal.ready, "url": url, "ca_file": str(both)}, "2015",
                                        "--rule-date", RULE_DATE["2015"])[2]
        self.assertEqual(vdt_target.rows(report, "fail"), set(), peers.told(report))
        self.assertEqual(vdt_target.rows(report, "warn"), {"VDT-SEC-10-b"}, peers.told(report))

    def ask(self, handler, body):
        """What the sample portal answers to this request: status, media type, content, header fields."""
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "content-length")}
        request = urllib.request.Request(self.portal.ready["url"] + handler.path, body or None, headers, method=handler.command)
        try:
            reply = urllib.request.urlopen(
                request, timeout=30, context=ssl.create_default_context(cafile=self.portal.ready["ca_file"]))
        except urllib.error.HTTPError as refused:
            reply = refused
        with reply:
            return reply.status, reply.headers.get("Content-Type"), reply.read(), reply.headers.items()


class NobodyTest(unittest.TestCase):
    """A suite that passes against a dead system proves nothing."""

    def nobody_passes(self, url, ca_file):
        ready = {"url": url, "ca_file": str(ca_file or peers.SOURCE / "none.pem"), "inbox": url + "/inbox",
                 "cleartext_url": url.replace("https:", "http:"), "source": url + "/source"}
        for year, setting in RUNS:
            with self.subTest(year=year, setting=setting), peers.temporary_folder() as folder:
                process, _, report = vdt_target.run(folder, ready, year, "--rule-date", RULE_DATE[year], setting=setting)
                outcomes = peers.outcomes(report)
                self.assertGreater(len(outcomes), 15)
                self.assertEqual([n for n, o in outcomes.items() if o in ("pass", "warn", "attested")], [])
                self.assertNotEqual(process.returncode, 0)

    def test_nothing_passes_against_a_closed_port(self):
        with peers.temporary_folder() as folder:
            self.nobody_passes(f"https://127.0.0.1:{peers.closed_port()}", peers.make_certificate(folder))

    def test_nothing_passes_against_an_empty_200(self):
        with peers.temporary_folder() as folder:
            with peers.https_server(folder, lambda handler, body: (200, "application/json", b"")) as (url, ca_file):
                self.nobody_passes(url, ca_file)

    def test_nothing_passes_against_an_echo(self):
        with peers.temporary_folder() as folder, peers.https_server(folder, peers.echo) as (url, ca_file):
            self.nobody_passes(url, ca_file)


if __name__ == "__main__":
    peers.main()
