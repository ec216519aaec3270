"""`bluebridge check` on bad input and with workers that die: clear words, bounded time and memory, nothing left behind."""
import io
import json
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from skips import skip_loudly  # noqa: E402

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
IMPORTED_RULES = ["--rules", "schema", "--rules", "schematron"]
PROGRAM = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin" / "bluebridge"
IS_SANITIZED = b"__asan_init" in PROGRAM.read_bytes()
CPU_SECONDS_MAX = 120
ADDRESS_BYTES_MAX = 1 << 30  # of the command, and of each worker

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3" xmlns="urn:hl7-org:v3"
 elementFormDefault="qualified"><xs:element name="deceasedInd"/><xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
<xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""
RULES = """<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="cda" uri="urn:hl7-org:v3"/>
<pattern><rule context="cda:ClinicalDocument[cda:templateId[@root='2.16.840.1.113883.10.20.22.1.1' and @extension='2015-08-01']]">
<assert id="has-title" test="count(cda:title)=1">SHALL contain one title</assert></rule></pattern></schema>"""
SLOW_RULES = """<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="cda" uri="urn:hl7-org:v3"/>
<pattern><rule context="cda:section"><assert id="slow" test="count(//cda:section[cda:code/@code='x'])=0">slow</assert></rule></pattern></schema>"""
HEAD = '<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>'
GOOD = HEAD + "<title>Visit</title></ClinicalDocument>"
WRONG = HEAD + "</ClinicalDocument>"
LARGE = HEAD + "<title/>" + "<section><code code='a'/></section>" * 20_000 + "</ClinicalDocument>"


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((SOURCE / "conformance" / "schemas" / name).read_text()))


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    if not IS_SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_BYTES_MAX, ADDRESS_BYTES_MAX))


def children_of(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def wait_for(what, condition):
    for _ in range(6000):
        if result := condition():
            return result
        time.sleep(0.01)
    raise AssertionError(f"waited a minute for {what}")


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="bb-check-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        (self.folder / "source").mkdir()
        (self.folder / "in").mkdir()
        (self.folder / "source" / "cda.xsd").write_text(XSD)
        (self.folder / "source" / "rules.sch").write_text(RULES)
        subprocess.run([PROGRAM, "data", "import", "--data", self.folder / "data", self.folder / "source"], check=True,
                       capture_output=True)

    def write(self, name, content):
        file = self.folder / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def command(self, *arguments):
        # The documents here are too small for the rules of our own.
        rules = [] if "--rules" in arguments else IMPORTED_RULES
        return [PROGRAM, "check", "--data", self.folder / "data", *rules, *arguments]

    def check(self, *arguments, **options):
        return subprocess.run(self.command(*arguments), capture_output=True, preexec_fn=limit, timeout=600, **options)

    def documents(self, *arguments, **options):
        """The objects of --json by name, the summary and the status."""
        process = self.check("--json", *arguments, **options)
        lines = [json.loads(line) for line in process.stdout.splitlines()]
        self.assertIn(process.returncode, (0, 1, 3), process.stderr)
        for one in lines:
            schema("check.schema.json" if "document" in one else "check-summary.schema.json").validate(one)
        reports = {pathlib.Path(one["document"]).name: one for one in lines if "document" in one}
        return reports, lines[-1].get("summary"), process.returncode

    # What is named.

    def test_ends_with_the_status_of_the_gravest_document(self):
        good, wrong = self.write("good.xml", GOOD), self.write("wrong.xml", WRONG)
        self.assertEqual(self.check(good).returncode, 0)
        self.assertEqual(self.check(good, wrong).returncode, 1)
        self.assertEqual(self.check("--rules", "schematron", "--ignore", "has-title", good, wrong).returncode, 0)
        process = self.check("--ignore", "no-such-rule", good)
        self.assertEqual((process.returncode, process.stderr),
                         (0, b"bluebridge: --ignore no-such-rule: no document breaks a rule of that name\n"))
        process = self.check("--level", "fatal", good)
        self.assertEqual((process.returncode, b"error, warning, note" in process.stderr), (2, True), process.stderr)
        self.assertIn(b"others were not looked for", self.check("--level", "error", good).stdout)
        unread = self.write("unread.xml", GOOD)
        process = subprocess.run(self.command("--data", self.folder / "nothing", unread), capture_output=True)
        self.assertEqual(process.returncode, 2, "an option twice is a mistake")
        process = subprocess.run([PROGRAM, "check", *IMPORTED_RULES, "--data", self.folder / "nothing", unread],
                                 capture_output=True)
        self.assertEqual(process.returncode, 3)

    def test_judges_by_the_profiles_that_are_asked_for(self):
        good = self.write("good.xml", GOOD)
        ccd = self.write("ccd.xml", GOOD.replace("<title>", '<templateId root="2.16.840.1.113883.10.20.22.1.2"/><title>'))
        self.assertEqual(self.check("--profile", "ccd", ccd).returncode, 0)
        process = self.check("--profile", "ccd", good)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"expected a document of the profile ccd, found ccda-2.1", process.stdout)
        self.assertEqual(self.check("--profile", "care_plan", "--profile", "ccd", ccd).returncode, 0)
        self.assertEqual(self.check("--profile", "ccd", "--ignore", "profile", good).returncode, 0)
        for word, words in (("cdc", b"did you mean 'ccd'?"), ("CCD", b"did you mean 'ccd'?")):
            process = self.check("--profile", word, ccd)
            self.assertEqual((process.returncode, process.stdout), (2, b""))
            self.assertIn(words, process.stderr)
        patient = self.write("patient.json", '{"resourceType": "Patient"}')
        self.assertEqual(self.check("--profile", "us-core-patient", patient).returncode, 3)
        process = subprocess.run([PROGRAM, "check", "--data", self.folder / "data", "--rules", "own", "--profile",
                                  "us-core-patient", patient], capture_output=True)
        self.assertEqual(process.returncode, 2)
        self.assertIn(b"choose the rules 'schema' too", process.stderr)
        package = self.write("visit.zip", self.archive(("ccd.xml", ccd.read_text()), ("good.xml", GOOD)))
        reports, _, status = self.documents("--profile", "ccd", package)
        self.assertEqual(status, 1)
        self.assertEqual({name: len(report["findings"]) for name, report in reports.items()},
                         {"ccd.xml": 0, "good.xml": 1})

    def test_says_of_a_shared_package_what_one_worker_says(self):
        package = self.write("many.zip", self.archive(*((f"{i}.xml", WRONG if i % 3 else GOOD) for i in range(60)),
                                                      ("notes.csv", "a,b")))
        one, *others = [self.check("--json", "--jobs", jobs, package) for jobs in ("1", "2", "5")]
        self.assertEqual(len(one.stdout.splitlines()), 61)
        for other in others:
            self.assertEqual((other.stdout, other.stderr, other.returncode), (one.stdout, one.stderr, 1))

    def test_refuses_what_is_no_file_and_waits_for_nothing(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        empty = self.folder / "empty"
        empty.mkdir()
        for name, words in ((pipe, b"a pipe"), ("/dev/zero", b"a device"), (self.folder / "no.xml", b"No such file"),
                            (empty, b"no document to check")):
            process = self.check(name)
            self.assertEqual(process.returncode, 2, name)
            self.assertIn(words, process.stderr)
            self.assertEqual(process.stdout, b"")

    def test_says_what_it_may_not_read(self):
        secret = self.write("secret.xml", GOOD)
        self.write("good.xml", GOOD)
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(0o755)
        secret.chmod(0)
        as_other = {}
        if os.geteuid() == 0:  # who may read everything
            as_other = {"user": 65534, "group": 65534, "extra_groups": []}
            if subprocess.run(["test", "-x", PROGRAM], **as_other).returncode != 0:
                skip_loudly(f"another user cannot run {PROGRAM}")
        process = self.check(secret, **as_other)
        self.assertEqual(process.returncode, 2)
        self.assertIn(b"secret.xml: Permission denied", process.stderr)
        reports, _, status = self.documents(self.folder / "in", **as_other)
        self.assertIn("Permission denied", reports["secret.xml"]["failure"])
        self.assertEqual(status, 3)

    def test_reads_standard_input(self):
        for content in (WRONG.encode(), self.archive(("visit.xml", WRONG))):
            process = self.check("-", input=content)
            self.assertEqual(process.returncode, 1)
            self.assertIn(b"SHALL contain one title [has-title]", process.stdout)
            self.assertTrue(process.stdout.startswith(b"<stdin>"))

    # Bad content.

    @staticmethod
    def archive(*files):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in files:
                package.writestr(name, content)
        return buffer.getvalue()

    def expect_one_finding_each(self, count):
        reports, summary, status = self.documents(self.folder / "in")
        self.assertEqual(len(reports), count)
        self.assertEqual(summary["documents"], count)
        self.assertEqual(status, 1)
        for name, report in reports.items():
            self.assertEqual(report.get("failure"), None, name)
            self.assertEqual(len(report["findings"]), 1, name)
            self.assertIn(report["findings"][0]["rule"], ("xml", "format"), name)
        return reports

    def test_tells_damage_by_one_finding(self):
        dice = random.Random(1)
        self.write("empty.xml", b"")
        for byte in (0, 9, 10, 32, 60, 65, 127, 128, 254, 255):
            self.write(f"one-{byte}.xml", bytes([byte]))
        for size in (2, 3, 100, 4096, 100_000):
            self.write(f"random-{size}.xml", dice.randbytes(size))
        whole = GOOD.encode()
        for i in range(200):
            self.write(f"cut-{i}.xml", whole[:len(whole) * i // 200])
        self.expect_one_finding_each(1 + 10 + 5 + 200)

    def test_tells_hostile_markup_by_one_finding(self):
        entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(12))
        self.write("laughs.xml", f"<!DOCTYPE a [{entities}]><a>&e11;</a>")
        self.write("external.xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
        self.write("remote.xml", '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>')
        self.write("parameter.xml", '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>')
        self.write("deep.xml", "<a>" * 10_000 + "</a>" * 10_000)
        self.write("attributes.xml", "<a " + " ".join(f"a{i}=''" for i in range(10_000)) + "/>")
        for report in self.expect_one_finding_each(6).values():
            self.assertNotIn("root:", json.dumps(report))

    def test_reads_or_refuses_every_encoding(self):
        def declared(name):
            return f'<?xml version="1.0" encoding="{name}"?>' + GOOD.replace("Visit", "Visité")

        for name in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"):
            self.write(f"{name}.xml", declared("utf-16" if "16" in name else name).encode(name))
        self.write("mark.xml", GOOD.encode("utf-8-sig"))
        reports, _, status = self.documents(self.folder / "in")
        self.assertEqual(status, 0, [(n, r["findings"]) for n, r in reports.items() if r["findings"]])
        self.assertEqual(len(reports), 6)
        for file in (self.folder / "in").iterdir():
            file.unlink()
        self.write("latin-as-utf-8.xml", declared("utf-8").encode("iso-8859-1"))
        self.write("overlong.xml", GOOD.encode().replace(b"Visit", b"\xC0\xBC"))
        self.write("surrogate.xml", GOOD.encode().replace(b"Visit", b"\xED\xA0\x80"))
        self.write("nul.xml", GOOD.encode().replace(b"Visit", b"\0"))
        self.write("unknown.xml", declared("no-such-encoding").encode())
        for name in ("utf-32", "utf-32-le", "utf-32-be"):
            self.write(f"{name}.xml", declared("UTF-32").encode(name))
            self.write(f"{name}-ucs-4.xml", declared("ISO-10646-UCS-4").encode(name))
        for name, report in self.expect_one_finding_each(11).items():
            says_so = "encoding UTF-32 is not supported" in report["findings"][0]["message"]
            self.assertEqual(says_so, name.startswith("utf-32"), report["findings"])

    def test_lines_may_end_in_any_way(self):
        text = WRONG.replace("<template", "\n\n<component/>\n<template")
        for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
            content = text.replace("\n", end)
            self.write(f"{name}.xml", content.replace("<component/>", "<section/>"))
            self.write(f"{name}-16.xml", content.replace("<component/>", "<section/>").encode("utf-16"))
            self.write(f"{name}-damaged.xml", content.replace("<component/>", "</section>"))
        rules = self.folder / "section.sch"
        rules.write_text('<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="cda" uri="urn:hl7-org:v3"/><pattern>'
                         '<rule context="cda:section"><assert id="never" test="false()">none</assert></rule></pattern></schema>')
        reports, _, _ = self.documents("--rules", rules, self.folder / "in")
        self.assertEqual(len(reports), 9)
        for name, report in reports.items():
            finding, = report["findings"]
            self.assertEqual((finding["line"], finding["column"]), (3, 11 if "damaged" in name else 1), name)

    def test_does_not_read_500_megabytes(self):
        large = self.write("large.xml", HEAD)
        os.truncate(large, 500_000_000)
        reports, _, status = self.documents(large)
        self.assertEqual(status, 1)
        self.assertIn("500000000 bytes", json.dumps(reports["large.xml"]["findings"]))
        with open(large, "rb") as file:
            process = self.check("--json", "-", stdin=file)
        self.assertEqual(process.returncode, 1)
        self.assertEqual([f["rule"] for f in json.loads(process.stdout)["findings"]], ["xml"])

    def test_tells_a_package_of_no_use_by_one_finding(self):
        good = self.archive(("a.xml", GOOD), ("b.xml", GOOD))
        self.write("bomb.zip", self.archive(("a.xml", b" " * 60_000_000)))
        self.write("empty.zip", self.archive())
        for i in range(0, 200):
            self.write(f"cut-{i:03}.zip", good[:max(4, len(good) * i // 200)])
        reports, _, status = self.documents(self.folder / "in")
        self.assertEqual(status, 1)
        self.assertEqual(len(reports), 202)
        for name, report in reports.items():
            self.assertEqual([f["rule"] for f in report["findings"]], ["package"], name)

    # Many documents.

    def test_gives_results_in_the_order_of_the_names_whatever_the_workers(self):
        for i in range(40):
            self.write(f"{i:02}.xml", WRONG if i % 3 else GOOD)
        one, five = (self.check("--jobs", jobs, self.folder / "in") for jobs in ("1", "5"))
        self.assertEqual(one.stdout, five.stdout)
        self.assertIn(b"40 documents: 26 with errors, 0 not judged, 14 without", one.stdout)
        self.assertEqual(one.stderr, b"", "no progress where there is no terminal")

    def test_findings_in_utf_16_stand_where_they_do_in_utf_8(self):
        text = WRONG.replace("<ClinicalDocument", "<!-- \u00e9\U0001f600 --><ClinicalDocument", 1)
        text = re.sub(r"^<\?xml.*?\?>", "", text)
        places = []
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            mark = "" if encoding == "utf-8" else "\ufeff"
            document = self.folder / f"{encoding}.xml"
            document.write_bytes((mark + text).encode(encoding))
            reports, _, _ = self.documents(document)
            places.append([(f["rule"], f["line"], f["column"], f["character"]) for f in reports[document.name]["findings"]])
        self.assertGreater(len(places[0]), 0)
        self.assertEqual(places[0][0][1:], (1, 16, 12))
        self.assertEqual(places[1], places[0])
        self.assertEqual(places[2], places[0])

    def test_a_document_alone_has_a_worker_too(self):
        document = self.write("large.xml", LARGE)
        rules = self.folder / "slow.sch"
        rules.write_text(SLOW_RULES)
        process = subprocess.Popen(self.command("--rules", rules, document), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, preexec_fn=limit)
        worker = wait_for("a worker", lambda: children_of(process.pid))[0]
        os.kill(worker, signal.SIGSEGV)
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 3)
        self.assertIn(b"could not be checked: the check was ended by signal 11", out)

    def test_counts_what_it_passes_over(self):
        self.write("good.xml", GOOD)
        self.write("notes.txt", "no document")
        process = self.check(self.folder / "in")
        self.assertEqual(process.stderr, b"bluebridge: passed over 1 file, of no format that check reads\n")

    # As the copies of one record.

    def together(self, *files):
        """Whether each requirement is met, the status, and what was said besides."""
        process = self.check("--rules", "own", "--together", "--json", *files)
        last = json.loads(process.stdout.splitlines()[-1])
        met = [one["is_met"] for one in last["blue_button"]["rulings"]] if "blue_button" in last else None
        return met, process.returncode, process.stderr.decode()

    def test_the_documents_of_a_package_are_judged_together(self):
        alice, bruno = ((SOURCE / "samples/records" / name).read_bytes() for name in ("alice.xml", "bruno.xml"))
        alone = self.write("alice.xml", alice)
        one = self.write("one.zip", self.archive(("sub/a.xml", alice), ("photo.jpg", "no document")))
        two = self.write("two.zip", self.archive(("a.xml", alice), ("in.zip", self.archive(("b.xml", alice)))))
        mixed = self.write("mixed.zip", self.archive(("a.xml", alice), ("b.xml", bruno)))
        self.assertEqual(self.together(alone)[:2], ([True] * 4, 0))
        self.assertEqual(self.together(one)[:2], ([True] * 4, 0), "its narrative is compared too")
        self.assertEqual(self.together(two)[:2], ([True] * 5, 0))
        self.assertEqual(self.together(one, alone)[:2], ([True] * 5, 0))
        self.assertEqual(self.together(mixed)[:2], ([True, True, True, False, False], 1))
        self.assertEqual(self.together(self.write("bruno.xml", bruno), one)[:2], ([True, True, True, False, False], 1))

    def test_a_package_that_cannot_be_read_whole_is_not_judged_together(self):
        alice = (SOURCE / "samples/records/alice.xml").read_bytes()
        for files, words in (((("a.xml", alice), ("b.xml", "<cut")), "bad.zip!/b.xml: line 1"),
                             ((("notes.jpg", "no document"),), "bad.zip: the package holds no document")):
            met, status, told = self.together(self.write("bad.zip", self.archive(*files)))
            self.assertEqual((met, status), (None, 1))
            self.assertIn("not judged together: ", told)
            self.assertIn(words, told)

    def start_slow_check(self, *arguments):
        """Checks large.xml, then good.xml, by one worker; returns the command and the worker at large.xml."""
        self.write("a-large.xml", LARGE)
        self.write("good.xml", GOOD)
        rules = self.folder / "slow.sch"
        rules.write_text(SLOW_RULES)
        process = subprocess.Popen(self.command("--jobs", "1", "--rules", rules, *arguments, self.folder / "in"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
        worker = wait_for("a worker", lambda: children_of(process.pid))[0]
        wait_for("work", lambda: not is_alive(worker) or cpu_ticks(worker) > 10)
        return process, worker

    def test_a_crash_is_a_failure_of_that_document_alone(self):
        for number, words in ((signal.SIGSEGV, "signal 11 (Segmentation fault)"), (signal.SIGKILL, "signal 9 (Killed)")):
            process, worker = self.start_slow_check("--json")
            os.kill(worker, number)
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 3, err)
            large, good, summary = [json.loads(line) for line in out.splitlines()]
            self.assertEqual(large["failure"], f"the check was ended by {words}")
            self.assertEqual(good.get("failure"), None)
            self.assertEqual(summary["summary"]["not_judged"], 1)

    def test_ctrl_c_ends_every_worker(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process, worker = self.start_slow_check("--report", f"html={self.folder / 'page.html'}")
            process.send_signal(number)
            _, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 5, err)
            self.assertIn(b"stopped", err)
            self.assertFalse(is_alive(worker))
            self.assertIn("This report is incomplete.", (self.folder / "page.html").read_text())

    def test_a_worker_does_not_outlive_a_killed_command(self):
        process, worker = self.start_slow_check()
        process.kill()
        process.communicate()
        wait_for("the end of the worker", lambda: not is_alive(worker))

    # Reports.

    def test_writes_reports_that_agree(self):
        self.write("good.xml", GOOD)
        self.write("wrong.xml", WRONG)
        self.write("sub/visit.zip", self.archive(("IHE_XDM/SUBSET01/DOC.XML", WRONG)))
        files = {name: self.folder / f"report.{name}" for name in ("json", "sarif", "html")}
        options = [word for name, file in files.items() for word in ("--report", f"{name}={file}")]
        self.assertEqual(self.check(*options, self.folder / "in").returncode, 1)
        report = json.loads(files["json"].read_text())
        self.assertTrue(report["complete"])
        self.assertEqual(report["summary"]["with_errors"], 2)
        self.assertEqual([f["character"] for d in report["documents"] for f in d["findings"]], [1, 1])
        run = json.loads(files["sarif"].read_text())["runs"][0]
        self.assertEqual(len(run["results"]), sum(len(d["findings"]) for d in report["documents"]))
        self.assertIn("visit.zip%21/IHE_XDM/SUBSET01/DOC.XML", json.dumps(run))
        self.assertIn("2 documents with errors", files["html"].read_text())
        for file in files.values():
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(sorted(f.name for f in self.folder.glob("report.*")), sorted(f.name for f in files.values()))

    def test_refuses_a_report_that_would_replace_a_document(self):
        wrong = self.write("wrong.xml", WRONG)
        for arguments in (("--report", f"json={wrong}", wrong), ("--report", f"json={wrong}", self.folder / "in"),
                          ("--report", "pdf=x", wrong), ("--report", "json=/nowhere/x.json", wrong),
                          ("--report", f"json={self.folder / 'x'}", "--report", f"html={self.folder / 'x'}", wrong)):
            process = self.check(*arguments)
            self.assertEqual(process.returncode, 2, arguments)
            self.assertEqual(process.stdout, b"")
        self.assertEqual(wrong.read_text(), WRONG)


if __name__ == "__main__":
    unittest.main(verbosity=2)
