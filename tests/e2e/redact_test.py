"""Redacted and masked runs: patients with canary names and numbers in every place of the sample portal leave no trace."""
import json
import pathlib
import signal
import stat
import subprocess
import unittest

import fhir_target
import peers
from traces import traces as find_traces

CANARIES = ("quillfeather", "tamsinette", "canaryjones", "zzcanary", "canarystreet", "canaryville", "98765432101",
            "555-0177")
OTHERWISE = ("5550177",)  # as nobody writes it here
BIRTH = ("1961-07-19", "19610719", "07/19/1961", "19 jul 1961", "19-jul-1961", "july 19, 1961")
# What the samples say of Alice, and what is said of the canary instead.
SAID = {"Newman": "Quillfeather", "Alice": "Tamsinette", "Jones": "Canaryjones", "SAMPLE-0001": "98765432101",
        "1357 Amber Drive": "17 Canarystreet", "Sampleton": "Canaryville", "555-0111": "555-0177",
        "19700501": "19610719", "1970-05-01": "1961-07-19", "alice": "zzcanary"}
SUITES = ("pledge.data_holder", "outputs.ccda", "outputs.fhir", "outputs.html", "outputs.packages", "outputs.pdf",
          "outputs.text")


def write_records(folder):
    """The samples, with a canary in Alice's place."""
    folder.mkdir()
    for sample in filter(pathlib.Path.is_file, (peers.SOURCE / "samples" / "records").iterdir()):
        text = sample.read_text()
        for word, canary in SAID.items():
            text = text.replace(word, canary)
        (folder / sample.name.replace("alice", "zzcanary")).write_text(text)
    return folder


def traces(folder):
    """Where a canary is still to be seen."""
    return find_traces(folder, (*CANARIES, *OTHERWISE, *BIRTH))


def write_target(folder, ready, environment="test"):
    """(target file, variables of its passwords)"""
    accounts = ["zzcanary", "carol", "ruth", "bruno"]
    # Where she lives, and how she is reached, only her documents say.
    facts = {"zzcanary": {"family_name": "Quillfeather", "given_name": "Tamsinette", "birth_date": "1961-07-19",
                          "full_name": "Tamsinette Canaryjones Quillfeather", "birth_date_shown": "19 Jul 1961",
                          "facts": ["Penicillin"], "patient": "zzcanary", "record": "zzcanary"},
             "bruno": {"family_name": "Little", "full_name": "Bruno Little", "birth_date": "1999-12-31",
                       "birth_date_shown": "31 Dec 1999", "patient": "bruno", "record": "bruno", "facts": ["Otitis media"]}}
    roles = {one["account"]: one["role"] for one in ready["people"]}
    people = {name: peers.person(name, f"BB_TEST_PASSWORD_{number}", role=roles[name], **facts.get(name, {}))
              for number, name in enumerate(accounts)}
    target = json.loads(peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people, {"patient": "zzcanary"},
                                          ready.get("cleartext_url")))
    (folder / "target.yaml").write_text(json.dumps({**target, "environment": environment}))
    return folder / "target.yaml", peers.passwords(accounts)


def run_words(folder, target, *arguments):
    return ["run", *arguments, "--target", target, "--out", folder / "runs", "--answers", peers.ANSWERS]


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


class RedactTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())

    def portal(self, defect=None):
        return self.enterContext(peers.Portal("--cleartext", records=write_records(self.folder / "records"), defect=defect))

    def comes_to_the_same(self, run):
        """Every claim of a masked run, but those about what was left out; how many."""
        process = peers.bluebridge("evidence", "replay", run, "--json")
        told = json.loads(process.stdout)
        self.assertLessEqual({one["suite"] for one in told["differences"]}, {"outputs.pdf", "outputs.packages"}, told)
        verified = peers.bluebridge("evidence", "verify", run)
        self.assertEqual(verified.returncode, 0, verified.stdout)
        return told["claims"]

    def test_no_canary_is_left_in_a_redacted_folder(self):
        folder = self.folder
        target, variables = write_target(folder, self.portal().ready)
        process = peers.bluebridge(*run_words(folder, target, *SUITES), **variables)
        run, report = peers.only_run(folder, process)
        self.assertIn(process.returncode, (0, 1, 3), process.stderr)
        self.assertGreater(len([t for t in report["tests"] if t["outcome"] == "pass"]), 10, peers.told(report))
        self.assertLessEqual(set(CANARIES), {word for _, word, _ in traces(run)})
        done = peers.bluebridge("evidence", "redact", run, "--out", folder / "zz-out", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(traces(folder / "zz-out"), [])
        # Of a PDF and a package only the hash is left; all else comes to the same.
        self.assertLessEqual({one["suite"] for one in told["differences"]}, {"outputs.pdf", "outputs.packages"})
        self.assertGreater(told["left_out"], 0)
        self.assertGreater(told["claims"], 100)
        masked = json.loads((folder / "zz-out" / "report.json").read_text())
        self.assertEqual([t["outcome"] for t in masked["tests"]], [t["outcome"] for t in report["tests"]])
        self.assertEqual(masked["verdict"]["word"], report["verdict"]["word"])
        self.comes_to_the_same(folder / "zz-out")

    def test_a_run_of_a_system_in_production_is_masked(self):
        folder = self.folder
        target, variables = write_target(folder, self.portal("birth-date-wrong").ready, "production")
        words = run_words(folder, target, *SUITES)
        refused = peers.bluebridge(*words, **variables)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("end-to-end is a system in production", refused.stderr)
        self.assertIn("add --yes-production", refused.stderr)
        self.assertFalse((folder / "runs").exists())
        reports = folder / "reports"
        reports.mkdir()
        more = [word for form in ("html", "junit", "json", "console") for word in ("--report", f"{form}={reports / form}")]
        process = peers.bluebridge(*words, "--yes-production", *more, **variables)
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        (reports / "stdout").write_text(process.stdout)
        (reports / "stderr").write_text(process.stderr)
        run, report = peers.only_run(folder, process)
        self.assertEqual(traces(folder / "runs"), [])
        self.assertEqual(traces(reports), [])
        self.assertEqual(sorted(entry.name for entry in run.iterdir()),
                         ["blobs", "events.ndjson", "junit.xml", "report.html", "report.json", "run.json"])
        self.assertGreater(self.comes_to_the_same(run), 100)

    def test_a_masked_run_that_was_killed_is_masked_by_resume(self):
        folder = self.folder
        target, variables = write_target(folder, self.portal().ready)
        words = run_words(folder, target, "pledge.data_holder", "--mask")
        process = subprocess.Popen([peers.BIN / "bluebridge", *map(str, words)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=peers.environment(**variables), umask=0)
        begun = peers.until(lambda: [f for f in folder.glob("runs/*/unmasked/events.ndjson")
                                     if "Quillfeather" in f.read_text() and f.read_bytes().count(b"\n") > 40], 60)[0]
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        run = begun.parent.parent
        self.assertEqual([entry.name for entry in run.iterdir()], ["unmasked"])
        self.assertEqual((mode(run), mode(run / "unmasked"), mode(begun)), (0o700, 0o700, 0o600))
        unread = peers.bluebridge("report", run)
        self.assertEqual(unread.returncode, 2)
        self.assertIn(f"go on with 'bluebridge resume {run}'", unread.stderr)
        ended = peers.bluebridge("resume", run, **variables)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertEqual(traces(run), [])
        self.assertFalse((run / "unmasked").exists())
        self.comes_to_the_same(run)
        # There is nothing left that anybody could go on with.
        again = peers.bluebridge("resume", run, "--failed", **variables)
        self.assertEqual(again.returncode, 2)
        self.assertIn("this run is masked", again.stderr)
        self.assertEqual(peers.bluebridge("resume", run).returncode, 0)

    def test_no_canary_is_left_of_fhir(self):
        folder = self.folder
        ready = self.portal().ready
        target = fhir_target.people_target(folder, ready["fhir"], ready["ca_file"],
                                           names={"zzcanary": "Quillfeather", "bruno": "Little"})
        parts = [word for name in ("patients*", "everything*", "summary*") for word in ("--filter", f"fhir.us_core/{name}")]
        process, run, report = fhir_target.run(folder, "fhir.us_core", target, "--input", "patient=zzcanary", *parts, "--mask")
        self.assertGreater(len([t for t in report["tests"] if t["outcome"] == "pass"]), 5, peers.told(report))
        self.assertEqual(traces(run), [])
        self.assertGreater(self.comes_to_the_same(run), 20)


if __name__ == "__main__":
    unittest.main()
