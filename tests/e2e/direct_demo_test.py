#!/usr/bin/python3
"""The demo by Direct: the whole chain on loopback, found mistakes, and nothing left behind."""
import signal
import subprocess
import time
import unittest

import peers
import traces

# Only loopback: in a network namespace of its own there is nothing else. Needs unshare and ip, and to be root or
# allowed to make user namespaces.
ALONE = ["unshare", "--user", "--map-root-user", "--net", "--"]
UP = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]


def is_key(file):
    return b"PRIVATE KEY" in file.read_bytes()


class DirectDemoTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())

    def demo(self, *arguments):
        return peers.demo(self.folder, "--transport", "direct", *arguments, timeout=300)

    def nothing_is_left(self):
        self.assertEqual(peers.processes_under(), [])
        left = [entry.name for entry in (self.folder / "runs").iterdir()]
        self.assertTrue(all((self.folder / "runs" / name / "events.ndjson").exists() for name in left), left)
        keys = [str(file) for file in self.folder.rglob("*") if file.is_file() and is_key(file)]
        self.assertEqual(keys, [])

    def outcomes(self, report):
        return {f"{test['suite']}/{test['name']}": test["outcome"] for test in report["tests"]}

    def test_the_sample_portal_is_conformant_and_the_report_has_the_picture(self):
        process, run, report = self.demo()
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertRegex(process.stdout, r"Verdict: conformant, \d+ attested")
        outcomes = self.outcomes(report)
        self.assertEqual(outcomes["pledge.data_holder/transmit"], "pass")
        # Historic, and in part of people, who say no of a portal without continual sending.
        push = {name: outcome for name, outcome in outcomes.items() if name.startswith("bluebutton_plus.push/")}
        by_people = {name: push.pop(name) for name in list(push) if "/attestations." in name}
        self.assertEqual(len(push), 10)
        self.assertEqual(set(push.values()), {"pass"}, push)
        self.assertEqual([name for name, outcome in by_people.items() if outcome == "attested"],
                         ["bluebutton_plus.push/attestations.identity"])
        self.nothing_is_left()
        events = (run / "events.ndjson").read_text()
        self.assertTrue('"protocol":"imap"' in events)
        self.assertFalse("PRIVATE KEY" in events)
        page = (run / "report.html").read_text()
        for words in ("Who spoke with whom", "mail server", "Received: from "):
            self.assertTrue(words in page, words)

    def test_a_mistake_in_receiving_is_found(self):
        process, _, report = self.demo("--defect", "direct-mdn-in-clear", "--filter", "direct.receive/arrives")
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(self.outcomes(report)["direct.receive/arrives"], "fail")
        self.nothing_is_left()

    def test_a_mistake_in_sending_is_found_also_in_a_masked_run(self):
        process, run, report = self.demo("--defect", "share-drops-attachment", "--filter", "pledge.data_holder/transmit",
                                         "--mask")
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(self.outcomes(report)["pledge.data_holder/transmit"], "fail")
        self.assertIn('"protocol":"imap"', (run / "events.ndjson").read_text())
        self.assertEqual(traces.traces(run, traces.OF_ALICE), [])
        self.nothing_is_left()

    def test_ctrl_c_leaves_nothing_at_whatever_moment_it_comes(self):
        for seconds in (0.3, 2, 12):
            with self.subTest(seconds):
                demo = subprocess.Popen([peers.BIN / "bluebridge", "demo", "--transport", "direct", "--out",
                                         self.folder / "runs", "--defect", "share-never-arrives"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                        env=peers.environment())
                time.sleep(seconds)
                demo.send_signal(signal.SIGINT)
                _, said = demo.communicate(timeout=60)
                self.assertEqual(demo.returncode, 5, said)
                self.nothing_is_left()

    def test_its_helpers_end_with_it_when_it_is_killed(self):
        demo = subprocess.Popen([peers.BIN / "bluebridge", "demo", "--transport", "direct", "--out",
                                 self.folder / "runs", "--defect", "share-never-arrives"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=peers.environment())
        peers.until(lambda: any("mailroom" in command for _, command in peers.processes_under()), 60)
        demo.kill()
        demo.wait()
        peers.until(lambda: not peers.processes_under(), 60)

    def test_it_needs_no_network_but_loopback(self):
        if subprocess.run([*ALONE, *UP, "true"], capture_output=True).returncode != 0:
            peers.skip_loudly("no network namespace can be made here")
        process = subprocess.run([*ALONE, *UP, peers.BIN / "bluebridge", "demo", "--transport", "direct", "--out",
                                  self.folder / "runs", "--filter", "pledge.data_holder/transmit"],
                                 capture_output=True, text=True, timeout=300, env=peers.environment())
        _, report = peers.only_run(self.folder, process)
        self.assertEqual(self.outcomes(report)["pledge.data_holder/transmit"], "pass", process.stdout + process.stderr)


if __name__ == "__main__":
    peers.main()
