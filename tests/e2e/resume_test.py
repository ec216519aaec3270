"""A run that was detached or killed goes on in another process: the real command against the sample portal."""
import json
import random
import signal
import subprocess
import time
import unittest

import peers

try:
    import jsonschema
except ImportError:
    jsonschema = None

ACCOUNTS = ["alice", "carol", "ruth", "bruno"]
VARIABLES = peers.passwords(ACCOUNTS)


def write_target(folder, ready):
    facts = peers.read_cda(peers.SOURCE / "samples" / "records" / "alice.xml")
    people = {}
    for account, variable in zip(ACCOUNTS, VARIABLES):
        role = next((p["role"] for p in ready["people"] if p["account"] == account), "patient")
        people[account] = peers.person(account, variable, record=account, role=role,
                                       family_name=facts["family_name"] if account == "alice" else account,
                                       birth_date=facts["birth_date"], birth_date_shown=facts["birth_date_shown"],
                                       full_name=" ".join([*facts["given_names"], facts["family_name"]]),
                                       facts=[facts["family_name"]])
    (folder / "target.yaml").write_text(peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], people))
    return folder / "target.yaml"


def run(folder, *arguments):
    return ["run", peers.SUITE, "--target", folder / "target.yaml", "--out", folder / "runs", "--answers", peers.ANSWERS,
            "--filter", "*/transmit", *arguments]


def outcomes(run_folder):
    report = json.loads(peers.bluebridge("report", run_folder, "--format", "json").stdout)
    return peers.outcomes(report), report["verdict"]


def events(run_folder):
    return [json.loads(line) for line in (run_folder / "events.ndjson").read_text().splitlines()]


def deliveries(run_folder):
    """Ids of the messages that lie in the inbox at the end: what was really sent."""
    found = set()
    for event in events(run_folder):
        if event["type"] == "exchange" and event["method"] == "GET" and "inbox" in event["url"]:
            body = event.get("response_body", {}).get("text", "")
            if '"items"' in body:
                found |= {item["id"] for item in json.loads(body)["items"]}
    return found


class ResumeTest(unittest.TestCase):
    def test_a_detached_run_ends_with_4_and_says_how_to_go_on(self):
        with peers.temporary_folder() as folder, peers.Portal(defect="share-never-arrives") as portal:
            write_target(folder, portal.ready)
            process = peers.bluebridge(*run(folder, "--detach"), **VARIABLES)
            self.assertEqual(process.returncode, 4, process.stdout + process.stderr)
            left, report = peers.only_run(folder, process)
            self.assertIn(f"go on with: bluebridge resume {left}", process.stdout)
            self.assertIn("Verdict: waiting", process.stdout)
            self.assertRegex(" ".join(process.stdout.split()), r"transmit waits for inbox.message at https://\S+ until 20\S+Z: Waiting for the record")
            self.assertEqual(report["verdict"]["word"], "waiting")
            self.assertEqual([w["test"] for w in report["waits"]], ["transmit"])
            self.assertIn("This run waits", (left / "report.html").read_text())
            self.assertIn('type="waiting"', (left / "junit.xml").read_text())
            again = peers.bluebridge("resume", left, "--detach", **VARIABLES)
            self.assertEqual(again.returncode, 4, again.stdout + again.stderr)
            # Its time goes on: 30 s after it began, nothing has come.
            ended = peers.bluebridge("resume", left, **VARIABLES)
            self.assertEqual(ended.returncode, 1, ended.stdout + ended.stderr)
            self.assertIn("no new message for https://", " ".join(ended.stdout.split()))
            as_ended = (left / "events.ndjson").read_bytes()
            done = peers.bluebridge("resume", left)
            self.assertEqual(done.returncode, 1)
            self.assertIn("this run is done; nothing was left to do", done.stderr)
            self.assertEqual((left / "events.ndjson").read_bytes(), as_ended)
            if jsonschema is not None:
                for name, values in (("events.schema.json", events(left)),
                                     ("report.schema.json", [json.loads((left / "report.json").read_text()), report])):
                    schema = json.loads((peers.SOURCE / "conformance" / "schemas" / name).read_text())
                    for value in values:
                        jsonschema.Draft202012Validator(schema).validate(value)

    def test_killed_at_any_moment_it_comes_to_the_same_verdict_and_sends_once(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        with peers.temporary_folder() as folder, peers.Portal() as portal:
            write_target(folder, portal.ready)
            began = time.monotonic()
            whole = peers.bluebridge(*run(folder), **VARIABLES)
            took = time.monotonic() - began
            self.assertEqual(whole.returncode, 0, whole.stdout + whole.stderr)
            expected, verdict = outcomes(next((folder / "runs").iterdir()))
            kills = 0
            for turn in range(12):
                out = folder / f"turn-{turn}"
                command = [peers.BIN / "bluebridge", *run(folder)]
                command[command.index("--out") + 1] = out
                # Each kill comes a while after the process before it began.
                for attempt in range(4):
                    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                               env=peers.environment(**VARIABLES))
                    try:
                        process.wait(chance.uniform(0, took))
                    except subprocess.TimeoutExpired:
                        process.send_signal(signal.SIGKILL)
                        kills += 1
                    error = process.communicate(timeout=30)[1]
                    left = [f.parent for f in out.glob("*/events.ndjson") if f.read_bytes().count(b"\n") > 0]
                    if process.returncode >= 0:
                        self.assertEqual(process.returncode, 0, f"seed {seed}, turn {turn}: {error}")
                        break
                    if left:
                        command = [peers.BIN / "bluebridge", "resume", left[0]]
                if not left:
                    continue  # killed before it had begun, each time
                if process.returncode < 0:
                    ended = peers.bluebridge("resume", left[0], **VARIABLES)
                    self.assertEqual(ended.returncode, 0, f"seed {seed}, turn {turn}: {ended.stdout}{ended.stderr}")
                now, its_verdict = outcomes(left[0])
                self.assertEqual(now, expected, f"seed {seed}, turn {turn}")
                peers.judged_again(left[0])
                self.assertEqual(its_verdict["word"], verdict["word"])
                self.assertEqual(len(deliveries(left[0])), 1, f"seed {seed}, turn {turn}: sent twice")
            self.assertGreater(kills, 5, "nothing was killed: nothing was tested")

    def test_what_cannot_be_gone_on_with_is_refused(self):
        with peers.temporary_folder() as folder, peers.Portal(defect="share-never-arrives") as portal:
            target = write_target(folder, portal.ready)
            process = peers.bluebridge(*run(folder, "--detach"), **VARIABLES)
            left, _ = peers.only_run(folder, process)
            before = (left / "events.ndjson").read_bytes()
            text = target.read_text()
            target.write_text(text.replace("End to end", "Elsewhere"))
            changed = peers.bluebridge("resume", left, "--detach", **VARIABLES)
            self.assertEqual(changed.returncode, 2)
            self.assertIn("was changed since the run began", changed.stderr)
            target.write_text(text.replace('"end-to-end"', '"another"'))
            other = peers.bluebridge("resume", left, "--detach", "--target", target, **VARIABLES)
            self.assertEqual(other.returncode, 2)
            self.assertIn("describes target 'another'", other.stderr)
            target.write_text(text.replace('"family_name": "carol"', '"family_name": "other"'))
            self.assertNotEqual(target.read_text(), text)
            person = peers.bluebridge("resume", left, "--detach", "--target", target, **VARIABLES)
            self.assertEqual(person.returncode, 2, person.stdout)
            self.assertIn("family_name' is \"other\", and was \"carol\" when the run began", " ".join(person.stderr.split()))
            target.unlink()
            gone = peers.bluebridge("resume", left, "--detach", **VARIABLES)
            self.assertEqual(gone.returncode, 2)
            target.write_text(text)
            secretless = peers.bluebridge("resume", left, "--detach")
            self.assertEqual(secretless.returncode, 2, secretless.stdout)
            self.assertIn("BB_TEST_PASSWORD_0", secretless.stderr)
            for name in ("patient", "nothing"):
                given = peers.bluebridge("resume", left, "--detach", "--input", f"{name}=carol", **VARIABLES)
                self.assertEqual(given.returncode, 2, given.stdout)
                self.assertIn(f"'--input {name}=...' is none of the secret inputs", " ".join(given.stderr.split()))
            self.assertEqual((left / "events.ndjson").read_bytes(), before)
            waiting = subprocess.Popen([peers.BIN / "bluebridge", "resume", left], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=peers.environment(**VARIABLES))
            try:
                peers.until(lambda: b"run_resumed" in (left / "events.ndjson").read_bytes(), 20)
                second = peers.bluebridge("resume", left, **VARIABLES)
                self.assertEqual(second.returncode, 2)
                self.assertIn("another process is writing to this run", second.stderr)
            finally:
                waiting.kill()
                waiting.wait()


if __name__ == "__main__":
    unittest.main()
