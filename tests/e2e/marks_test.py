"""The suites logo and pledge.non_data_holder: what keeps the rules passes, each page that breaks one fails by its rows, and
what is no such site passes nothing."""
import json
import unittest

import peers

LOGO = peers.SOURCE / "conformance" / "suites" / "logo.yaml"
PLEDGE = peers.SOURCE / "conformance" / "suites" / "pledge.non_data_holder.yaml"
WORDS = "<p>With Blue Button® you look at your health record, save it, or send it where you choose.</p>"
STATEMENT = "<p>Participation by General Hospital does not imply endorsement by HHS or the U.S. government.</p>"
LOGO_PICTURE = '<p><a href="/sign-in"><img src="/blue-button.png" alt="Blue Button®: get your record"></a></p>'
NOTICE = "<p>How we use your data, whom we share them with, and how we protect them.</p>"
ACTIVITIES = ["dialogue", "message", "campaign", "design", "discussion", "health_plans", "tools"]
# What the site shows instead of the words, and the rows that fail by it.
WRONG_WORDS = {
    "<p>With Blue Button you look at your health record.</p>": {"LOGO-09"},
    "<p>Blue Button®</p><p>Download My Data!</p>": {"LOGO-12"},
    "<p>Blue Button® is approved by HHS.</p>": {"LOGO-07"},
    "<p>We act on behalf of the federal government with Blue Button®.</p>": {"LOGO-07"},
    "<p>Nothing of that name is here.</p>": {"LOGO-08", "LOGO-09", "LOGO-12"},
}


def page(*parts):
    return ("<!DOCTYPE html><html lang='en'><head><title>General Hospital</title></head><body><main><h1>Your record</h1>"
            + "".join(parts) + "</main></body></html>").encode()


def site(front, notice=NOTICE):
    """Answers of a site with that front page; /old leads to it."""
    def answer(handler, body):
        if handler.path == "/privacy":
            return (200, "text/html; charset=utf-8", page(notice)) if notice else (404, "text/html", page("<p>Nothing.</p>"))
        return 200, "text/html; charset=utf-8", front
    return answer


def failed(report):
    return {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}


class MarksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())

    def setUp(self):
        self.maxDiff = None
        self.folder = self.enterContext(peers.temporary_folder())

    def run_suite(self, suite, target, answers, *arguments):
        file = self.folder / "target.yaml"
        file.write_text(json.dumps(target, ensure_ascii=False))
        questions = peers.write_answers(self.folder, *answers)
        out = self.folder / f"out{len(list(self.folder.iterdir()))}"
        process = peers.bluebridge("run", suite, "--target", file, "--out", out / "runs", "--answers", questions, *arguments,
                                   **peers.passwords(["alice"]))
        run, report = peers.only_run(out, process)
        return process, run, report

    def logo(self, url, ca_file, *arguments, of_portal=None):
        ready = self.portal.ready
        person = peers.person("alice", "BB_TEST_PASSWORD_0", full_name="Alice Jones Newman", facts=["Asthma"])
        target = {"format": "bluebridge-target/1", "target": "general-hospital", "roles": {
                      "site": {"connector": "org.bluebridge.rest.pages", "config": {"base_url": url}, "ca_file": str(ca_file)},
                      "portal": {"connector": "org.bluebridge.rest.portal",
                                 "config": {"base_url": of_portal or ready["url"]},
                                 "ca_file": str(ca_file) if of_portal else ready["ca_file"]}},
                  "patients": {"alice": person}}
        answers = (f"logo/people.{name}" for name in ("leads_there", "nothing_else", "form"))
        return self.run_suite(LOGO, target, answers, *arguments)

    def pledge(self, url, ca_file, *arguments, profile=None):
        target = {"format": "bluebridge-target/1", "target": "patients-first",
                  "profile": profile or {"role": "non-data-holder", "activities": ["dialogue", "campaign"]},
                  "roles": {"site": {"connector": "org.bluebridge.rest.pages", "config": {"base_url": url}, "ca_file": str(ca_file)}}}
        answers = ("pledge.non_data_holder/" + name for name in ("acts", *(f"activities.{word}" for word in ACTIVITIES),
                                                                 "engagement.feedback", "engagement.resources"))
        return self.run_suite(PLEDGE, target, answers, *arguments)

    def test_a_site_and_the_sample_portal_use_the_marks_rightly(self):
        with peers.https_server(self.folder, site(page(WORDS, LOGO_PICTURE, STATEMENT))) as (url, ca_file):
            process, run, report = self.logo(url, ca_file, "--option", "marks=picture", "--option", "pdf=offered")
            self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
            self.assertEqual(report["verdict"]["word"], "conformant, 3 attested")
            self.assertGreater(peers.faults_noticed(run), 14)

    def test_the_sample_portal_is_such_a_site_itself(self):
        process, _, report = self.logo(self.portal.ready["url"], self.portal.ready["ca_file"], "--input", "page=/sign-in")
        self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)

    def test_each_wrong_page_fails_its_rows(self):
        shown = {}
        with peers.https_server(self.folder, lambda handler, body: (200, "text/html; charset=utf-8", shown["page"])) as (url, ca_file):
            for words, rows in WRONG_WORDS.items():
                with self.subTest(words):
                    shown["page"] = page(words, STATEMENT if "name" not in words else "")
                    process, _, report = self.logo(url, ca_file)
                    self.assertEqual((process.returncode, failed(report)), (1, rows), peers.told(report))
            with self.subTest("no statement"):
                shown["page"] = page(WORDS)
                self.assertEqual(failed(self.logo(url, ca_file)[2]), {"LOGO-08"})
            with self.subTest("a picture without its name"):
                shown["page"] = page(WORDS, LOGO_PICTURE.replace("Blue Button®: get", "Get"), STATEMENT)
                self.assertEqual(failed(self.logo(url, ca_file, "--option", "marks=picture")[2]), {"LOGO-11"})
            with self.subTest("a picture that cannot be pressed"):
                shown["page"] = page(WORDS, '<p><img src="/blue-button.png" alt="Blue Button®"></p>', STATEMENT)
                report = self.logo(url, ca_file, "--option", "marks=picture")[2]
                warned = {row["id"] for row in report["requirements"] if row["outcome"] == "warn"}
                self.assertEqual((failed(report), warned), (set(), {"LOGO-01-b", "LOGO-10"}))

    def test_an_organisation_without_data_keeps_the_pledge(self):
        with peers.https_server(self.folder, site(page(WORDS, STATEMENT))) as (url, ca_file):
            process, run, report = self.pledge(url, ca_file, "--option", "receives_data=yes", "--option", "patient_bundle=claimed")
            self.assertEqual(process.returncode, 0, peers.told(report) + process.stderr)
            self.assertEqual({test["outcome"] for test in report["tests"]}, {"pass", "attested"})
            self.assertGreater(peers.faults_noticed(run), 10)

    def test_nobody_is_told_to_name_a_holder_type_that_must_not_be_there(self):
        with peers.https_server(self.folder, site(page(WORDS, STATEMENT), NOTICE)) as (url, ca_file):
            process, _, report = self.pledge(url, ca_file)
        self.assertEqual(process.returncode, 0, peers.told(report))
        self.assertNotIn("add 'holder'", process.stderr)

    def test_an_organisation_that_does_not_is_told_so(self):
        cases = {
            "a data holder": ({"role": "data-holder", "activities": ["tools"]}, WORDS, NOTICE, {"PLEDGE-ND-01"}),
            "a holder type": ({"role": "non-data-holder", "holder": "payer", "activities": ["tools"]}, WORDS, NOTICE, {"PLEDGE-ND-01"}),
            "no activity": ({"role": "non-data-holder"}, WORDS, NOTICE, {"PLEDGE-ND-02"}),
            "an unknown activity": ({"role": "non-data-holder", "activities": ["golf"]}, WORDS, NOTICE, {"PLEDGE-ND-02"}),
            "endorsed": ({"role": "non-data-holder", "activities": ["tools"]}, "<p>Blue Button®, endorsed by HHS</p>", NOTICE,
                         {"PLEDGE-ND-10", "LOGO-07"}),
            "no notice": ({"role": "non-data-holder", "activities": ["tools"]}, WORDS, "", set()),
        }
        shown = {}
        with peers.https_server(self.folder, lambda handler, body: site(*shown["site"])(handler, body)) as (url, ca_file):
            for name, (profile, words, notice, rows) in cases.items():
                with self.subTest(name):
                    shown["site"] = (page(words, STATEMENT), notice)
                    report = self.pledge(url, ca_file, "--option", "receives_data=yes", profile=profile)[2]
                    self.assertEqual(failed(report), rows, peers.told(report))
                    if not notice:
                        self.assertEqual([row["id"] for row in report["requirements"] if row["outcome"] == "warn"], ["PLEDGE-ND-11"])

    def test_what_is_no_site_passes_nothing(self):
        hosts = {"echo": peers.echo, "empty": lambda handler, body: (200, None, b""),
                 "html": lambda handler, body: (200, "text/html", b""), "json": lambda handler, body: (200, "application/json", b"{}")}
        for name, answer in hosts.items():
            with self.subTest(name), peers.https_server(self.folder, answer) as (url, ca_file):
                self.nobody_passes(url, ca_file)
        with self.subTest("closed port"):
            self.nobody_passes(f"https://127.0.0.1:{peers.closed_port()}", peers.make_certificate(self.folder))

    def nobody_passes(self, url, ca_file):
        for _, _, report in (self.logo(url, ca_file, of_portal=url), self.pledge(url, ca_file)):
            # A question that does not rest on the site is answered as it was.
            self.assertEqual([test["name"] for test in report["tests"] if test["outcome"] in ("pass", "warn", "attested")], [])

    def test_redirects_are_followed_and_end(self):
        def answer(handler, body):
            if handler.path == "/":
                return 302, None, b"", ("Location", "pages/front?x=1#top")
            found = handler.path == "/pages/front?x=1"
            return (200, "text/html; charset=utf-8", page(WORDS, STATEMENT)) if found else (404, None, b"")

        def around(handler, body):
            return 302, None, b"", ("Location", handler.path + "x")

        with peers.https_server(self.folder, answer) as (url, ca_file):
            self.assertEqual(self.pledge(url, ca_file)[0].returncode, 0)
        with peers.https_server(self.folder, around) as (url, ca_file):
            report = self.pledge(url, ca_file)[2]
            front = next(test for test in report["tests"] if test["name"] == "front")
            self.assertEqual(front["outcome"], "fail")
            self.assertIn("malformed", front["cause"])


if __name__ == "__main__":
    peers.main()
