"""The suites outputs.*: what the sample portal gives is sound, and what is not is noticed and named.

The portal writes no MyMedicare.gov text and no package: a small server here hands out the good examples
that come with the rules, and broken ones.
"""
import io
import json
import unittest
import zipfile

import peers

SUITES = peers.SOURCE / "conformance" / "suites"
EXAMPLES = peers.SOURCE / "conformance" / "documents"
FHIR = [peers.DATA / "fhir" / "definitions-r4", peers.DATA / "fhir" / "ig" / "us-core-6.1.0"]
SESSION = {"access_token": "of-the-end-to-end-test", "token_type": "Bearer", "expires_in": 900, "subject": "alice", "patient": "alice",
           "scopes": ""}
PERSON = peers.person("alice", "BB_TEST_PASSWORD_0", family_name="Newman", full_name="Alice Jones Newman",
                      birth_date="1970-05-01", record="alice", role="patient")
OTHER = peers.person("bruno", "BB_TEST_PASSWORD_1", family_name="Sample", full_name="Bruno Sample",
                     birth_date="1981-12-31", record="bruno", role="patient")


def package(change=lambda files: files):
    """The good example of an XDM package; `change` gives other files for those by name."""
    root = EXAMPLES / "package" / "examples" / "visit"
    files = {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in change(files).items():
            archive.writestr(name, content)
    return stream.getvalue()


class OutputsTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = self.enterContext(peers.temporary_folder())

    def run_suite(self, name, target, *arguments):
        """The report of a run of one suite, its folder, and the exit status."""
        (self.folder / "target.yaml").write_text(target)
        process = peers.bluebridge("run", SUITES / f"outputs.{name}.yaml", "--target", self.folder / "target.yaml",
                                   "--out", self.folder / "runs", *arguments, **peers.passwords(["alice", "bruno"]))
        run, report = peers.only_run(self.folder, process)
        return process.returncode, run, report

    def of_portal(self, name, *arguments, defect=None):
        with peers.Portal(defect=defect) as portal:
            ready = portal.ready
            target = peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"],
                                       {"alice": PERSON, "bruno": OTHER})
            return self.run_suite(name, target, *arguments)

    def of_file(self, name, content, *arguments):
        """The suite against a server whose every download is `content`."""
        def answer(handler, _):
            if handler.path.startswith("/api/session"):
                return 200, "application/json", json.dumps(SESSION).encode()
            return 200, "application/octet-stream", content

        with peers.https_server(self.folder, answer) as (url, ca_file):
            return self.run_suite(name, peers.target_yaml(url, ca_file, url + "/inbox", {"alice": PERSON}), *arguments)

    def outcomes(self, report):
        return {test["name"]: test["outcome"] for test in report["tests"] if test["outcome"] != "omit"}

    def causes(self, report):
        return [(test["name"], test["cause"]) for test in report["tests"] if test.get("cause")]

    def rows(self, report, outcome):
        return sorted(row["id"] for row in report["requirements"] if row["outcome"] == outcome)

    def check_faults(self, run, test, *arguments):
        """Every fault of what a test recorded is noticed."""
        measured = json.loads(peers.bluebridge("suite", "mutate", run, "--json", *arguments).stdout)
        faults = [m for m in measured["mutants"] if m["test"] == test and m["verdict"] != "needs the portal"]
        self.assertGreater(len(faults), 0)
        self.assertEqual([m for m in faults if m["verdict"] != "noticed"], [])

    def test_our_suites_ask_for_rules_that_there_are(self):
        linted = peers.bluebridge("suite", "lint", "--strict", *sorted(SUITES.glob("*.yaml")))
        self.assertEqual(linted.returncode, 0, linted.stdout)
        broken = self.folder / "outputs.pdf.yaml"
        text = (SUITES / "outputs.pdf.yaml").read_text().replace("../requirements", str(SUITES.parent / "requirements"))
        for claim, said in (("by: PDF-02", "no rule for 'pdf' judges 'PDF-99'"),
                            ("PDF-03, level: SHOULD", "are of level SHOULD: a claim of level SHALL would always hold")):
            broken.write_text(text.replace(claim, claim.replace("PDF-02", "PDF-99").replace(", level: SHOULD", "")))
            self.assertIn(said, peers.bluebridge("suite", "lint", broken).stdout)

    def test_the_text_is_a_my_healthevet_text(self):
        status, run, report = self.of_portal("text")
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "va": "pass"}))
        self.check_faults(run, "va")

    def test_prose_is_no_my_healthevet_text(self):
        status, _, report = self.of_portal("text", defect="text-not-machine-readable")
        self.assertEqual((status, self.outcomes(report)["va"]), (1, "fail"))
        # The rows of a historic layout are told, and decide nothing.
        rows = {row["id"]: row for row in report["requirements"]}
        self.assertEqual((rows["OUT-TXT-01"]["outcome"], rows["TXT-VA-06"]["outcome"]), ("fail", "fail"))
        self.assertIs(rows["TXT-VA-06"]["counts"], False)

    def test_a_mymedicare_text_is_one(self):
        good = (EXAMPLES / "text" / "examples" / "cms-2.0.txt").read_bytes()
        status, run, report = self.of_file("text", good, "--option", "layout=cms")
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "cms": "pass"}),
                         self.causes(report))
        self.check_faults(run, "cms")

    def test_the_fhir_file_is_a_copy_of_one_record(self):
        # Without the definitions of FHIR nothing is valid by them, and nobody is blamed.
        status, run, report = self.of_portal("fhir")
        self.assertEqual((status, self.outcomes(report)), (3, {"sign_in": "pass", "record": "pass",
                                                               "structure": "error"}))

    def test_the_fhir_file_has_no_error_by_its_definitions(self):
        if not all(folder.is_dir() for folder in FHIR):
            peers.skip_loudly(f"no definitions at {FHIR[0].parent}")
        data = self.folder / "data"
        self.assertEqual(peers.bluebridge("data", "import", "--data", data, *FHIR).returncode, 0)
        status, run, report = self.of_portal("fhir", "--data", data)
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "record": "pass",
                                                               "structure": "pass"}))
        self.check_faults(run, "record", "--data", data)
        self.check_faults(run, "structure", "--data", data)

    def test_the_pdf_can_be_read(self):
        status, run, report = self.of_portal("pdf")
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "download": "pass"}))
        self.assertEqual((self.rows(report, "fail"), self.rows(report, "warn")), ([], []))
        self.check_faults(run, "download")

    def test_the_page_can_be_read_by_everybody(self):
        status, run, report = self.of_portal("html")
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "page": "pass"}))
        self.check_faults(run, "page")

    def test_the_copies_say_the_same(self):
        status, run, report = self.of_portal("copies")
        self.assertEqual((status, set(self.outcomes(report).values())), (0, {"pass"}))
        self.check_faults(run, "identity")
        self.check_faults(run, "facts")

    def test_a_copy_without_a_section_says_something_else(self):
        status, _, report = self.of_portal("copies", defect="view-misses-allergies")
        self.assertEqual((status, self.outcomes(report)["identity"], self.outcomes(report)["facts"]),
                         (1, "pass", "fail"))

    def test_a_package_is_sound(self):
        status, run, report = self.of_file("packages", package())
        self.assertEqual((status, self.outcomes(report)), (0, {"sign_in": "pass", "download": "pass"}),
                         self.causes(report))
        self.check_faults(run, "download")

    def test_of_a_broken_package_the_broken_requirement_fails_and_no_other(self):
        def without_index(files):
            return {name: content for name, content in files.items() if name != "INDEX.HTM"}

        def with_another_note(files):
            return {name: content + b"<!-- later -->" if name.endswith("NOTE.XML") else content
                    for name, content in files.items()}

        def out_of_the_folder(files):
            return {**files, "../ESCAPE.TXT": b"x"}

        for change, row in ((without_index, "DIRECT-XDM-01"), (with_another_note, "DIRECT-XDM-03"),
                            (out_of_the_folder, "DIRECT-XDM-06")):
            with self.subTest(row=row), peers.temporary_folder() as self.folder:
                status, _, report = self.of_file("packages", package(change))
                self.assertEqual((status, self.rows(report, "fail")), (1, [row]))


if __name__ == "__main__":
    unittest.main()
