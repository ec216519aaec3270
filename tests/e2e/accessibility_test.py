"""The suite portal.accessibility: the sample portal keeps it, each page that does not fails by its rows, and what is no
portal passes nothing."""
import json
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "portal.accessibility.yaml"
QUESTIONS = ["keyboard", "reading", "senses", "media", "forms", "standard"]
GOOD = ("<!DOCTYPE html><html lang='en'><head><meta name='viewport' content='width=device-width'><title>Sign in</title></head>"
        "<body><main><h1>Sign in</h1><p>Your record is here.</p></main></body></html>")
# What stands in the page instead, and the rows of WCAG 2.1 that fail by it: the failures and techniques that its success
# criteria name (1.1.1 F65, 1.3.1 F91 and H44, 2.4.2 H25, 3.1.1 H57, 4.1.1 F77, 1.4.2 F23, 2.2.1 F41).
BROKEN = {
    ("</main>", "<img src='x.png'></main>"): "A11Y-01",
    ("</main>", "<form action='/'><input name='q'></form></main>"): "A11Y-03",
    ("<title>Sign in</title>", "<title></title>"): "A11Y-12",
    (" lang='en'", ""): "A11Y-15",
    ("</main>", "<p id='a'>One</p><p id='a'>Two</p></main>"): "A11Y-18",
    ("</main>", "<audio autoplay src='a.mp3'></audio></main>"): "A11Y-07",
    ("<title>", "<meta http-equiv='refresh' content='30'><title>"): "A11Y-09",
}
# Of the pages behind the sign-in: what a defect of the portal breaks.
DEFECTS = {
    "pages-without-language": "A11Y-15",
    "share-fields-without-labels": "A11Y-03",
    "history-without-headers": "A11Y-03",
    "pages-without-landmarks": "A11Y-11",
    "focus-jumps": "A11Y-13",
    "navigation-differs": "A11Y-26",
}


class AccessibilityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())

    def setUp(self):
        self.maxDiff = None
        self.folder = self.enterContext(peers.temporary_folder())

    def run_suite(self, site, ca_file, *arguments, portal=None, ready=None):
        ready = ready or self.portal.ready
        target = {"format": "bluebridge-target/1", "target": "portal", "roles": {
                      "site": {"connector": "org.bluebridge.rest.pages", "config": {"base_url": site}, "ca_file": str(ca_file)},
                      "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": portal or ready["url"]},
                                 "ca_file": str(ca_file) if portal else ready["ca_file"]},
                      "members": {"connector": "org.bluebridge.rest.member-pages", "config": {"base_url": portal or ready["url"]},
                                  "ca_file": str(ca_file) if portal else ready["ca_file"]}},
                  "patients": {"alice": peers.person("alice", "BB_TEST_PASSWORD_0", family_name="Newman")}}
        file = self.folder / "target.yaml"
        file.write_text(json.dumps(target))
        answers = peers.write_answers(self.folder, *(f"portal.accessibility/people.{name}" for name in QUESTIONS))
        out = self.folder / f"out{len(list(self.folder.iterdir()))}"
        process = peers.bluebridge("run", SUITE, "--target", file, "--out", out / "runs", "--answers", answers, *arguments,
                                   **peers.passwords(["alice"]))
        return process, *peers.only_run(out, process)

    def test_the_sample_portal_keeps_it(self):
        process, run, report = self.run_suite(self.portal.ready["url"], self.portal.ready["ca_file"])
        self.assertEqual((process.returncode, report["verdict"]["word"]), (0, "conformant, 6 attested"), peers.told(report))
        self.assertGreater(peers.faults_noticed(run), 15)

    def test_each_broken_page_fails_its_row(self):
        shown = {}
        with peers.https_server(self.folder, lambda handler, body: (200, "text/html", shown["page"].encode())) as (url, ca_file):
            for (whole, broken), row in {("", ""): None, **BROKEN}.items():
                with self.subTest(row):
                    shown["page"] = GOOD.replace(whole, broken) if whole else GOOD
                    report = self.run_suite(url, ca_file, "--filter", "*/public_page*")[2]
                    failed = {one["id"] for one in report["requirements"] if one["outcome"] == "fail"}
                    self.assertEqual(failed, {row} if row else set(), peers.told(report))

    def test_each_defect_behind_the_sign_in_fails_its_row(self):
        for defect, row in DEFECTS.items():
            with self.subTest(defect), peers.Portal(defect=defect) as portal:
                report = self.run_suite(portal.ready["url"], portal.ready["ca_file"], "--filter", "*/member*", "--filter",
                                        "*/navigation", "--in-process", ready=portal.ready)[2]
                failed = {one["id"] for one in report["requirements"] if one["outcome"] in ("fail", "error")}
                self.assertEqual(failed, {row}, peers.told(report))

    def test_a_wrong_password_opens_no_page(self):
        ready = self.portal.ready
        target = {"format": "bluebridge-target/1", "target": "portal", "roles": {
                      "site": {"connector": "org.bluebridge.rest.pages", "config": {"base_url": ready["url"]}, "ca_file": ready["ca_file"]},
                      "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": ready["url"]}, "ca_file": ready["ca_file"]},
                      "members": {"connector": "org.bluebridge.rest.member-pages", "config": {"base_url": ready["url"]},
                                  "ca_file": ready["ca_file"]}},
                  "patients": {"alice": peers.person("alice", "BB_TEST_PASSWORD_0")}}
        file = self.folder / "target.yaml"
        file.write_text(json.dumps(target))
        process = peers.bluebridge("run", SUITE, "--target", file, "--out", self.folder / "wrong" / "runs", "--filter",
                                   "*/member_sign_in", BB_TEST_PASSWORD_0="not the password")
        report = peers.only_run(self.folder / "wrong", process)[1]
        self.assertEqual(peers.outcomes(report)["member_sign_in"], "fail", peers.told(report))

    def test_what_is_no_portal_passes_nothing(self):
        for name, answer in {"echo": peers.echo, "empty": lambda handler, body: (200, None, b""),
                             "html": lambda handler, body: (200, "text/html", b"")}.items():
            with self.subTest(name), peers.https_server(self.folder, answer) as (url, ca_file):
                report = self.run_suite(url, ca_file, portal=url)[2]
                self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] in ("pass", "warn", "attested")], [])
        url = f"https://127.0.0.1:{peers.closed_port()}"
        report = self.run_suite(url, peers.make_certificate(self.folder), portal=url)[2]
        self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] in ("pass", "warn", "attested")], [])


if __name__ == "__main__":
    peers.main()
