"""Waivers, the difference of two runs and the pledge statement, by the command.

The statement is judged by the rows PLEDGE-ST-01 to -08, on a real run of the
demo and on small runs whose rows and answers are turned over one by one.
"""
import datetime
import hashlib
import json
import os
import re
import subprocess
import unittest

import jsonschema
import yaml

import peers

SCHEMAS = peers.SOURCE / "conformance" / "schemas"
STATED = ("--organisation", "Acme Health", "--conducted-by", "self-test")

# Rows of the pledge by their ids; what each comes to is an input of the run.
SMALL = {
    "format": "bluebridge-suite/1", "suite": "small", "version": "1.0.0", "title": "A small suite",
    "requirements": {
        "PLEDGE-DH-07": {"level": "SHALL", "text": "One can look at it online.", "source": "The pledge"},
        "PLEDGE-DH-22": {"level": "SHALL", "text": "Staff is empowered.", "check": "attest"},
        "VDT14-V-01": {"level": "SHALL", "text": "It was so in 2014.", "status": "historic"},
        "VDT15-V-99": {"level": "SHALL", "text": "It may be so.", "status": "proposed"},
        "CMS25-PAY-01": {"level": "SHALL", "text": "Another programme asks for it."},
        "PLEDGE-DH-08": {"level": "SHOULD", "text": "One should save it."},
        "PLEDGE-DH-16": {"level": "SHALL", "text": "A later rule.", "source": "The rule of 2030", "from": "2030-01-01"}},
    "inputs": {name: {"type": "text", "title": f"What {name} is", "default": "good"}
               for name in ("view", "save", "old", "proposal", "other", "later")},
    "roles": {"portal": {"needs": ["view"], "title": "The portal"}},
    "tests": {
        "view": {"title": "It is seen", "verifies": "PLEDGE-DH-07", "hint": "Mend the page.",
                 "steps": [{"check": [{"value": "$view", "is": "good"}]}]},
        "save": {"title": "It is saved", "verifies": "PLEDGE-DH-08",
                 "steps": [{"check": [{"value": "$save", "is": "good"}]}]},
        "old": {"title": "It was so", "verifies": "VDT14-V-01", "steps": [{"check": [{"value": "$old", "is": "good"}]}]},
        "proposal": {"title": "It may be so", "verifies": "VDT15-V-99",
                     "steps": [{"check": [{"value": "$proposal", "is": "good"}]}]},
        "other": {"title": "Another asks", "verifies": "CMS25-PAY-01",
                  "steps": [{"check": [{"value": "$other", "is": "good"}]}]},
        "later": {"title": "It will be asked", "verifies": "PLEDGE-DH-16",
                  "steps": [{"check": [{"value": "$later", "is": "good"}]}]},
        "staff": {"title": "The staff helps", "verifies": "PLEDGE-DH-22",
                  "steps": [{"attest": "Staff is empowered.", "evidence": "note"}]}}}


class Small:
    """Runs of the small suite in a folder; no system is called."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        (folder / "small.yaml").write_text(json.dumps(SMALL))

    def run(self, *arguments, answer="yes", waivers=None, profile=None):
        self.count += 1
        target = {"format": "bluebridge-target/1", "target": "acme", "title": "Acme", "version": "5.1",
                  "profile": {"role": "data-holder", "holder": "provider", **(profile or {})},
                  "roles": {"portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": "https://127.0.0.1:1"}}}}
        if waivers is not None:
            (self.folder / "waivers.yaml").write_text(json.dumps({"format": "bluebridge-waivers/1", "waivers": waivers}))
            target["waivers"] = "waivers.yaml"
        (self.folder / "target.yaml").write_text(json.dumps(target))
        (self.folder / "answers.yaml").write_text(json.dumps(
            {"format": "bluebridge-answers/1", "by": {"name": "Ada", "role": "clerk"}, "date": "2026-11-20",
             "answers": {"small/staff": {"answer": answer, "evidence": "I asked them."}}}))
        out = self.folder / f"runs{self.count}"
        process = peers.bluebridge("run", self.folder / "small.yaml", "--target", self.folder / "target.yaml", "--answers",
                                   self.folder / "answers.yaml", "--out", out, *arguments)
        runs = list(out.glob("*"))
        return process, runs[0] if runs else None


def statement_of(case, run, *options):
    made = peers.bluebridge("report", run, "--format", "statement-json", *options)
    case.assertEqual(made.returncode, 0, made.stderr)
    statement = json.loads(made.stdout)
    schema = json.loads((SCHEMAS / "statement.schema.json").read_text())
    errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in jsonschema.Draft202012Validator(schema).iter_errors(statement)]
    case.assertEqual(errors, [])
    return statement


def page_of(case, run, *options):
    made = peers.bluebridge("report", run, "--format", "statement", *options)
    case.assertEqual(made.returncode, 0, made.stderr)
    return made.stdout


def verdicts(statement):
    return {one["id"]: one["verdict"] for one in statement["commitments"]}


def difference_of(case, before, after):
    made = peers.bluebridge("diff", before, after, "--json")
    difference = json.loads(made.stdout)
    schema = json.loads((SCHEMAS / "difference.schema.json").read_text())
    errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in jsonschema.Draft202012Validator(schema).iter_errors(difference)]
    case.assertEqual(errors, [])
    case.assertEqual(made.returncode, 1 if difference["worse"] else 0, made.stderr)
    return difference


class WaiverTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())
        self.small = Small(self.folder)
        self.waiver = {"test": "small/view", "subject": "acme@<5.2", "outcome": "fail", "claim": "value $view is good",
                       "reason": "Known.", "expires": "2199-01-31"}

    def test_the_exit_statuses(self):
        def status(*arguments, answer="yes", **waiver):
            return self.small.run(*arguments, answer=answer, waivers=[{**self.waiver, **waiver}])[0].returncode
        bad = ("--input", "view=bad")
        self.assertEqual(self.small.run(*bad)[0].returncode, 1)
        self.assertEqual(status(*bad), 0)
        self.assertEqual(status(*bad, expires="2026-01-31"), 1, "an expired one lets nothing fail")
        self.assertEqual(status(*bad, subject="acme@>=5.2"), 1)
        self.assertEqual(status(), 6, "the claim holds: it is stale")
        self.assertEqual(status(expires="2026-01-31"), 6)
        self.assertEqual(status(answer="no"), 6, "6 is stronger than 3")
        self.assertEqual(self.small.run(answer="no")[0].returncode, 3)
        self.assertEqual(status("--input", "other=bad"), 1, "1 is stronger than 6")
        self.assertEqual(status(outcome="skip"), 2)

    def test_events_and_report_are_as_published_and_a_replay_agrees(self):
        process, run = self.small.run("--input", "view=bad", waivers=[self.waiver, {**self.waiver, "test": "small/gone"}])
        self.assertEqual(process.returncode, 6, process.stderr)
        self.assertIn("small/gone", process.stdout)
        events = [json.loads(line) for line in (run / "events.ndjson").read_text().splitlines()]
        schema = json.loads((SCHEMAS / "events.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        self.assertEqual([error.message[:200] for event in events for error in validator.iter_errors(event)], [])
        self.assertEqual([one["hold"] for one in events[0]["waivers"]], ["in force", "unknown test"])
        self.assertTrue((run / "blobs" / events[0]["settings"]["waivers"]["blob"]).is_file())
        report = json.loads((run / "report.json").read_text())
        jsonschema.validate(report, json.loads((SCHEMAS / "report.schema.json").read_text()))
        self.assertEqual([one["state"] for one in report["waivers"]], ["used", "stale"])
        self.assertEqual(report["verdict"]["exit_status"], 6)
        self.assertIn('<error type="stale waiver"', (run / "junit.xml").read_text())
        replayed = peers.bluebridge("evidence", "replay", run)
        self.assertEqual(replayed.returncode, 0, replayed.stdout + replayed.stderr)

    def test_a_mistake_has_its_place_and_runs_nothing(self):
        (self.folder / "w.yaml").write_text("format: bluebridge-waivers/1\nwaivers:\n  - test: small/view\n    subjekt: acme\n")
        process, run = self.small.run(waivers=[{**self.waiver, "claim": "value"}])
        self.assertEqual(process.returncode, 0 if run is None else 6, process.stderr)
        (self.folder / "target.yaml").write_text((self.folder / "target.yaml").read_text().replace("waivers.yaml", "w.yaml"))
        process = peers.bluebridge("run", self.folder / "small.yaml", "--target", self.folder / "target.yaml", "--out",
                                   self.folder / "none")
        self.assertEqual(process.returncode, 2)
        self.assertIn("w.yaml:4:5: error: unknown key 'subjekt'", process.stderr)
        self.assertFalse((self.folder / "none").exists())


class DifferenceTest(unittest.TestCase):
    def test_one_portal_at_three_rule_dates(self):
        with peers.temporary_folder() as folder:
            small = Small(folder)
            bad = ("--input", "later=bad")
            early, now, late = (small.run("--rule-date", day, *bad)[1] for day in ("2020-01-01", "2026-11-01", "2031-01-01"))
            self.assertEqual(difference_of(self, early, now)["requirements"], [])
            difference = difference_of(self, now, late)
            self.assertTrue(difference["worse"])
            (row,) = difference["requirements"]
            self.assertEqual((row["id"], row["change"], row["from"]), ("PLEDGE-DH-16", "newly failing", "2030-01-01"))
            self.assertIn("PLEDGE-DH-16 (The rule of 2030), SHALL, in-force, 2030-01-01 to open", row["cites"])
            self.assertIn("does not decide on 2026-11-01, then decides on 2031-01-01", row["cites"])
            self.assertEqual([one["what"] for one in difference["setup"]], ["rule date"])
            self.assertFalse(difference_of(self, late, now)["worse"])
            page = folder / "difference.html"
            made = peers.bluebridge("diff", now, late, "--html", page)
            self.assertEqual(made.returncode, 1)
            self.assertIn("! PLEDGE-DH-16", made.stdout)
            self.assertNotIn("<script", page.read_text())
            self.assertIn("newly failing", page.read_text())

    def test_bad_usage(self):
        with peers.temporary_folder() as folder:
            _, run = Small(folder).run()
            for arguments in ((run,), (run, folder), (folder / "none", run), (run, run, run)):
                made = peers.bluebridge("diff", *arguments)
                self.assertEqual(made.returncode, 2, made.stderr)
                self.assertEqual(made.stdout, "")


class StatementTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())
        self.small = Small(self.folder)

    def statement(self, *arguments, **more):
        _, run = self.small.run(*arguments, **more)
        return statement_of(self, run, *STATED)

    def test_st_01_it_says_what_it_is_not(self):
        _, run = self.small.run()
        for text in (" ".join(statement_of(self, run, *STATED)["disclaimers"]), page_of(self, run, *STATED)):
            self.assertRegex(text, r"not an ONC certification")
            self.assertRegex(text, r"not an approval by CMS")
            self.assertRegex(text, r"not endorsed by the U\.S\. Department of Health and Human Services \(HHS\), the Centers for "
                                   r"Medicare (&|&amp;) Medicaid Services \(CMS\) or any other agency")

    def test_st_02_its_programme_is_named_and_never_merged_with_another(self):
        good, bad = self.statement(), self.statement("--input", "other=bad")
        self.assertEqual(good["programme_version"], "Blue Button Pledge, text of 2012 (step-up)")
        self.assertEqual(bad["run"]["exit_status"], 1)
        self.assertEqual((good["verdict"], verdicts(good)), (bad["verdict"], verdicts(bad)))
        self.assertEqual([(row["id"], row["outcome"]) for row in bad["other_programmes"]], [("CMS25-PAY-01", "fail")])

    def test_st_03_it_names_who_and_what(self):
        _, run = self.small.run(profile={"conducted_by": "Test House Ltd", "organisation": "Acme"})
        statement = statement_of(self, run)
        self.assertEqual(statement["missing"], [])
        self.assertEqual(statement["organisation"], {"name": "Acme", "role": "data-holder", "holder_type": "provider"})
        self.assertEqual(statement["conducted_by"], {"kind": "third party", "name": "Test House Ltd"})
        self.assertEqual((statement["system"]["name"], statement["system"]["version"]), ("Acme", "5.1"))
        self.assertEqual([(one["id"], one["version"]) for one in statement["suites"]], [("small", "1.0.0")])
        self.assertEqual(statement["suites"][0]["sha256"], hashlib.sha256((self.folder / "small.yaml").read_bytes()).hexdigest())
        self.assertEqual(statement["run"]["events_sha256"], hashlib.sha256((run / "events.ndjson").read_bytes()).hexdigest())
        self.assertEqual(statement_of(self, run, *STATED)["conducted_by"]["kind"], "self-test")
        # What nobody stated is told everywhere.
        _, run = self.small.run(profile={"holder": ""})
        made = peers.bluebridge("report", run, "--format", "statement")
        self.assertEqual(json.loads(peers.bluebridge("report", run, "--format", "statement-json").stdout)["missing"],
                         ["who conducted the run", "the organisation", "the kind of holder"])
        self.assertIn("not fit to publish: nobody stated the organisation", made.stderr)
        self.assertIn("Not fit to publish.", made.stdout)

    def test_st_04_answers_stand_apart_and_change_no_verdict(self):
        yes, no = self.statement(answer="yes"), self.statement(answer="no")
        self.assertEqual((yes["verdict"], verdicts(yes)), (no["verdict"], verdicts(no)))
        (answer,) = yes["attested"]
        self.assertEqual((answer["name"], answer["date"], answer["evidence"]), ("Ada", "2026-11-20", "I asked them."))
        self.assertEqual(yes["open_attestations"], [])
        self.assertEqual(no["attested"], [])
        self.assertEqual([one["answer"] for one in no["open_attestations"]], ["no"])
        self.assertEqual(verdicts(yes)["educate"], "not tested")

    def test_st_05_historic_and_proposed_rows_stand_apart_and_decide_nothing(self):
        good = self.statement()
        for name, row, place in (("old", "VDT14-V-01", "historic"), ("proposal", "VDT15-V-99", "proposed")):
            bad = self.statement("--input", f"{name}=bad")
            self.assertEqual((good["verdict"], verdicts(good)), (bad["verdict"], verdicts(bad)), name)
            self.assertEqual([(one["id"], one["outcome"]) for one in bad[place]], [(row, "fail")], name)
            self.assertIn(name, [one["test"] for one in bad["findings"]])
        # And one that counts does change it.
        bad = self.statement("--input", "view=bad")
        self.assertEqual(verdicts(good)["view"], "kept")
        self.assertEqual(verdicts(bad)["view"], "not kept")
        self.assertEqual(bad["verdict"]["word"], "not kept")

    def test_st_06_there_is_no_mark_and_nothing_from_elsewhere(self):
        _, run = self.small.run()
        page = page_of(self, run, *STATED)
        for tag in ("<img", "<svg", "<script", "<link", "<object", "<iframe", "url(", "@import", "src="):
            self.assertNotIn(tag, page)
        self.assertIn("It is no seal", page)

    def test_st_07_everything_that_does_not_hold_is_there_with_what_to_do(self):
        waiver = {"test": "small/view", "subject": "acme", "outcome": "fail", "claim": "value $view is good", "reason": "Known.",
                  "expires": "2199-01-31"}
        _, run = self.small.run("--input", "view=bad", "--input", "other=bad", waivers=[waiver])
        statement = statement_of(self, run, *STATED)
        report = json.loads((run / "report.json").read_text())
        self.assertEqual(sorted(one["outcome"] for one in statement["findings"]), ["fail", "waived"])
        self.compare_counts(statement, report)
        self.assertEqual(verdicts(statement)["view"], "kept but for what is waived")
        self.assertEqual(len(statement["waivers"]), 1)
        page = page_of(self, run, *STATED)
        for finding in statement["findings"]:
            self.assertTrue(finding["next_step"] and finding["meaning"])
            self.assertIn(finding["title"], page)

    def compare_counts(self, statement, report):
        found = [one["outcome"] for one in statement["findings"]]
        for outcome in ("fail", "skip", "error", "waived", "cancel"):
            self.assertEqual(found.count(outcome), report["counts"][outcome], outcome)

    def test_st_08_it_may_be_cited_for_a_year(self):
        _, run = self.small.run()
        statement = statement_of(self, run, *STATED)
        day = datetime.date.fromisoformat(statement["run"]["date"])
        until = datetime.date.fromisoformat(statement["cite"]["until"])
        self.assertIn((until - day).days, (365, 366))
        self.assertIn("voids", statement["cite"]["void_if"])
        self.assertIn(statement["cite"]["until"], page_of(self, run, *STATED))
        self.assertEqual(statement_of(self, run, "--cite-until", "2027-01-31")["cite"]["until"], "2027-01-31")
        made = peers.bluebridge("report", run, "--format", "statement", "--cite-until", "2027-02-30")
        self.assertEqual(made.returncode, 2)
        made = peers.bluebridge("report", run, "--format", "json", "--cite-until", "2027-01-31")
        self.assertEqual(made.returncode, 2)

    def test_a_recommendation_that_does_not_hold_is_not_said_to_hold(self):
        good, warned = self.statement(), self.statement("--input", "save=bad")
        sentences = [next(one["sentence"] for one in each["commitments"] if one["id"] == "download") for each in (good, warned)]
        self.assertEqual(sentences, ["The one requirement that was tested held.",
                                     "What must hold did hold; 1 of 1 requirement that should hold did not."])
        self.assertEqual(verdicts(warned)["download"], "kept")

    def test_what_decides_nothing_says_so_beside_what_failed(self):
        _, run = self.small.run("--input", "old=bad", "--input", "view=bad")
        findings = page_of(self, run, *STATED).split('id="findings"')[1].split("</section>")[0].split("<li>")
        (old,), (view,) = ([one for one in findings if title in one] for title in ("It was so", "It is seen"))
        self.assertIn("decides nothing here", old)
        self.assertNotIn("decides nothing here", view)

    def test_what_is_to_be_known_of_the_run_is_there(self):
        process, run = self.small.run("--seed", "7")
        self.assertIn("seeded 7", statement_of(self, run, *STATED)["notes"])
        self.assertIn("<li>seeded 7</li>", page_of(self, run, *STATED))

    def test_it_cannot_be_cited_until_a_day_before_the_run(self):
        _, run = self.small.run()
        made = peers.bluebridge("report", run, "--format", "statement", "--cite-until", "2020-01-31")
        self.assertEqual((made.returncode, made.stdout), (2, ""))
        self.assertIn("cannot be cited until 2020-01-31", made.stderr)

    def test_who_holds_no_records_promised_something_else(self):
        _, run = self.small.run(profile={"role": "non-data-holder", "holder": ""})
        statement = statement_of(self, run, *STATED)
        self.assertEqual(statement["missing"], [])
        self.assertEqual(set(verdicts(statement)), {"declared", "acts", "endorsement", "privacy", "listens"})
        self.assertNotIn("View", statement["verdict"]["sentence"])
        _, run = self.small.run(profile={"role": "somebody"})
        made = peers.bluebridge("report", run, "--format", "statement", *STATED)
        self.assertEqual(made.returncode, 2)
        self.assertIn("only in: data-holder, non-data-holder", made.stderr)

    def test_a_commitment_names_suites_that_measure_it(self):
        named = 0
        for file in sorted((peers.SOURCE / "conformance" / "statements").glob("*.yaml")):
            for commitment in yaml.safe_load(file.read_text())["commitments"].values():
                rows = "|".join(re.escape(row).replace(r"\*", "[A-Z0-9-]*") for row in commitment["rows"])
                for suite in commitment.get("suites", []):
                    text = (peers.SOURCE / "conformance" / "suites" / f"{suite}.yaml").read_text()
                    self.assertRegex(text, rf"(?m)(verifies|by): .*\b({rows})\b", f"{file.name}: {suite}")
                    named += 1
        self.assertGreater(named, 15)
        self.assertIn("What measures it: vdt.people.", page_of(self, self.small.run()[1], *STATED))

    def test_a_part_proves_nothing(self):
        statement = self.statement("--filter", "small/view")
        self.assertEqual(statement["verdict"]["word"], "open")
        self.assertFalse(statement["run"]["complete"])

    def test_the_json_is_canonical_and_the_documented_commands_sign_it(self):
        _, run = self.small.run()
        made = peers.bluebridge("report", run, "--format", "statement-json", *STATED)
        # RFC 8785, made again by another program. No number here is a fraction.
        again = json.dumps(json.loads(made.stdout), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.assertEqual(made.stdout, again)
        self.assertIn(hashlib.sha256(again.encode()).hexdigest(), page_of(self, run, *STATED))
        how_to = (peers.SOURCE / "docs" / "how-to" / "sign-a-statement.md").read_text()
        blocks = re.findall(r"```sh[^\n]*\n(.*?)```", how_to, re.S)
        self.assertEqual(len(blocks), 4)
        peers.make_certificate(self.folder)
        work = self.folder
        (work / "key.pem").write_bytes((work / "server.key").read_bytes())
        (work / "certificate.pem").write_bytes((work / "server.pem").read_bytes())
        subprocess.run(["openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"], cwd=work, check=True)
        environment = {**os.environ, "RUN": str(run), "PATH": f"{peers.BIN}:{os.environ['PATH']}"}
        def shell(block):
            return subprocess.run(["sh", "-ec", block], cwd=work, env=environment, capture_output=True, text=True, timeout=60)
        for block in blocks:
            done = shell(block)
            self.assertEqual(done.returncode, 0, block + done.stdout + done.stderr)
        self.assertEqual((work / "verified.json").read_bytes(), made.stdout.encode())
        # One byte changed: both say so.
        (work / "statement.json").write_text(made.stdout.replace('"kept"', '"Kept"', 1))
        for line in blocks[3].splitlines()[1:]:
            self.assertNotEqual(shell(line).returncode, 0, line)


class DemoTest(unittest.TestCase):
    def test_a_real_run_and_one_with_a_defect(self):
        with peers.temporary_folder() as folder, peers.temporary_folder() as other:
            _, clean, report = peers.demo(folder)
            _, broken, broken_report = peers.demo(other, "--defect", "caregiver-refused")
            statement = statement_of(self, clean, *STATED)
            kept = verdicts(statement)
            for needed in ("view", "download", "transmit", "secure", "readable", "complete", "caregivers", "destination"):
                self.assertEqual(kept[needed], "kept", statement["verdict"])
            StatementTest.compare_counts(self, statement, report)
            self.assertEqual(len(statement["attested"]), sum(one["answer"] == "yes" for one in report["attestations"]))
            # Every row of the pledge that was measured belongs to a commitment; the activity history is certification's.
            self.assertEqual({one["id"].rpartition("-")[0] for one in statement["others"]}, {"VDT15-LOG"})

            worse = statement_of(self, broken, *STATED)
            StatementTest.compare_counts(self, worse, broken_report)
            self.assertEqual(worse["verdict"]["word"], "not kept")
            failed = {row["id"] for row in broken_report["requirements"] if row["outcome"] == "fail"}
            self.assertTrue(failed)
            difference = difference_of(self, clean, broken)
            self.assertEqual({row["id"] for row in difference["requirements"] if row["change"] == "newly failing"}, failed)
            for row in difference["requirements"]:
                self.assertNotIn("cites", row, "the system made the difference")
            self.assertTrue(any(test["claims_after"] for test in difference["tests"] if test["after"] == "fail"))
            self.assertNotIn("Newman", json.dumps(worse), "a statement is public: nothing of the record is in it")


if __name__ == "__main__":
    unittest.main()
