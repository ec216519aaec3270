"""What a run leaves: it survives a kill, holds no secret, and its reports are well formed."""
import json
import pathlib
import signal
import subprocess
import unittest

import jsonschema

import peers

try:
    import jsonschema
except ImportError:
    jsonschema = None


def schema(name):
    return json.loads((peers.SOURCE / "conformance" / "schemas" / name).read_text())


def waiting_run(folder):
    """The run in the folder that has come to a wait; None: none has."""
    return next((events.parent for events in folder.glob("runs/*/events.ndjson")
                 if b'"wait_started"' in events.read_bytes()), None)


def everything_under(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in pathlib.Path(folder).rglob("*") if f.is_file()}


class RunFolderTest(unittest.TestCase):
    def test_the_passwords_and_tokens_of_a_run_are_nowhere(self):
        with peers.temporary_folder() as folder, peers.Portal("--cleartext") as portal:
            ready = portal.ready
            accounts = [p["account"] for p in ready["people"]]
            variables = peers.passwords(accounts)
            facts = {"alice": peers.read_cda(peers.SOURCE / "samples" / "records" / "alice.xml")}
            people = {}
            for account, variable in zip(accounts, variables):
                known = facts.get(account, {"family_name": account, "given_names": [], "birth_date": "1970-01-01",
                                              "birth_date_shown": "01 Jan 1970"})
                role = next(p["role"] for p in ready["people"] if p["account"] == account)
                people[account] = peers.person(account, variable, record=account, role=role,
                                               family_name=known["family_name"], birth_date=known["birth_date"],
                                               birth_date_shown=known["birth_date_shown"],
                                               full_name=" ".join([*known["given_names"], known["family_name"]]),
                                               facts=[known["family_name"]])
            target = peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people,
                                       cleartext_url=ready["cleartext_url"])
            process, run, report = peers.run_suite(folder, target, "--jobs", "4", **variables)
            self.assertTrue(any(t["outcome"] == "pass" for t in report["tests"]), process.stdout + process.stderr)
            left = everything_under(folder) | {"console": (process.stdout + process.stderr).encode()}
            exchanges = [json.loads(line) for line in (run / "events.ndjson").read_text().splitlines()]
            self.assertTrue(any("[secret" in json.dumps(e) for e in exchanges), "nothing was redacted: nothing was tested")
            for name, content in left.items():
                self.assertNotIn(peers.PASSWORD_BASE.encode(), content, name)
                self.assertNotIn(b'Bearer ey', content, name)
            for name, content in left.items():
                if name != "target.yaml":
                    for line in content.splitlines():
                        if b"access_token" in line:
                            self.assertIn(b"[secret", line, f"{name}: {line[:200]}")

    def test_a_killed_run_still_reads_and_reports_itself_incomplete(self):
        with peers.temporary_folder() as folder, peers.Portal(defect="share-never-arrives") as portal:
            people = {n: peers.person(n, v, record=n, family_name="Newman", full_name="Alice Newman",
                                      birth_date="1970-01-01", birth_date_shown="01 Jan 1970", facts=["Newman"])
                      for n, v in zip(("alice", "carol", "ruth", "bruno"), peers.passwords("abcd"))}
            (folder / "target.yaml").write_text(peers.target_yaml(portal.ready["url"], portal.ready["ca_file"],
                                                                  portal.ready["inbox"], people))
            variables = peers.passwords(["alice", "carol", "ruth", "bruno"])
            process = subprocess.Popen(
                [peers.BIN / "bluebridge", "run", peers.SUITE, "--target", folder / "target.yaml", "--out",
                 folder / "runs", "--answers", peers.ANSWERS, "--filter", "*/transmit"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=peers.environment(**variables))
            # The wait for a message that never arrives is the middle of the run.
            run = peers.until(lambda: waiting_run(folder), 30)
            process.send_signal(signal.SIGKILL)
            self.assertEqual(process.wait(10), -signal.SIGKILL)
            with (run / "events.ndjson").open("ab") as stream:  # and its last line is torn
                stream.write(b'{"type": "call_do')
            for form in ("html", "json", "junit", "console"):
                made = peers.bluebridge("report", run, "--format", form)
                self.assertEqual(made.returncode, 0, made.stderr)
                # In JSON the fact is a member, judged below.
                self.assertTrue(form == "json" or "incomplete" in made.stdout.lower(), form)
            report = json.loads(peers.bluebridge("report", run, "--format", "json").stdout)
            self.assertFalse(report["run"]["complete"])
            self.assertNotEqual(report["verdict"]["exit_status"], 0)
            self.assertEqual({t["name"]: t["outcome"] for t in report["tests"]}["sign_in"], "pass")

    def test_reports_pass_the_checkers_of_their_formats(self):
        if jsonschema is None:
            peers.skip_loudly("python3-jsonschema is not installed")
        for defect in ((), ("--defect", "view-empty")):
            with peers.temporary_folder() as folder:
                _, run, report = peers.demo(folder, *defect)
                verified = subprocess.run(["junitparser", "verify", run / "junit.xml"], capture_output=True, text=True)
                # `verify` says 1 when the file holds failures, 2 and more when it cannot be read.
                self.assertEqual(verified.returncode, 1 if defect else 0, verified.stderr)
                jsonschema.Draft202012Validator(schema("report.schema.json")).validate(report)
                events = [json.loads(line) for line in (run / "events.ndjson").read_text().splitlines()]
                validator = jsonschema.Draft202012Validator(schema("events.schema.json"))
                for event in events:
                    validator.validate(event)
                self.assertEqual((run.stat().st_mode & 0o777), 0o700)
                listed = json.loads(peers.bluebridge("connector", "list", "--json").stdout)["connectors"]
                plugins = {one["type"]: (one["plugin"], one["version"], "1.0") for one in listed}
                self.assertEqual({one["role"]: (one["plugin"], one["version"], one["abi"]) for one in events[0]["connectors"]},
                                 {role: plugins[one["connector"]] for role, one in events[0]["target"]["roles"].items()})

    def test_a_person_can_cancel_a_run_and_nothing_stays_behind(self):
        with peers.temporary_folder() as folder:
            process = subprocess.Popen([peers.BIN / "bluebridge", "demo", "--out", folder / "runs", "--defect",
                                        "share-never-arrives"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       env=peers.environment())
            run = peers.until(lambda: waiting_run(folder), 30)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 5, out + err)
            report = json.loads((run / "report.json").read_text())
            self.assertIn("cancel", {t["outcome"] for t in report["tests"]})
        self.assertEqual(peers.processes_under(), [])

    def test_mutate_measures_the_suite_and_it_notices_its_faults(self):
        with peers.temporary_folder() as folder:
            _, run, _ = peers.demo(folder)
            self.assertGreaterEqual(peers.faults_noticed(run), 30)
            _, bad, _ = peers.demo(folder / "bad", "--defect", "view-empty")
            measured = peers.bluebridge("suite", "mutate", run, "--defect", f"view-empty={bad}", "--generic", "--json")
            # A provider's run leaves out what payers and pharmacies are asked: their faults are omitted.
            self.assertEqual(measured.returncode, 0, measured.stdout + measured.stderr)
            self.assertGreater(json.loads(measured.stdout)["omitted"], 0)
            found = json.loads(measured.stdout)
            left = [m["test"] for m in found["mutants"] if m["verdict"] not in ("noticed", "needs the portal")]
            self.assertEqual([test for test in left if not test.startswith(peers.BY_OPTION)], [])
            schema = json.loads((peers.SOURCE / "conformance" / "schemas" / "mutation.schema.json").read_text())
            jsonschema.Draft202012Validator(schema).validate(found)
            self.assertEqual({m["verdict"] for m in found["mutants"] if m["fault"] == "defect view-empty"}, {"noticed"})
            (suite,) = [s for s in found["suites"] if s["name"] == "pledge.data_holder"]
            self.assertEqual(suite["score"], 1)
            self.assertEqual(suite["applied"], found["noticed"] + found["missed"])
            self.assertGreater(found["generic"]["noticed"], 30)


if __name__ == "__main__":
    unittest.main()
