#!/usr/bin/python3
"""A platform of the HealthVault style: the suite passes the right one, finds each defect by its rows, and is not taken in."""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import unittest

import healthvault_target
import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "healthvault.platform.yaml"
TABLE = json.loads((pathlib.Path(__file__).parent / "healthvault_platform.json").read_text())
EXPECTED, NO_TEST = TABLE["defects"], TABLE["no_test"]
BROWSER = pathlib.Path(__file__).parent / "shell_browser.py"
DAY = "2019-11-30"  # the rows hold while the service was there


def run(folder, target, *arguments):
    ca_file = json.loads(target.read_text())["roles"]["platform"]["ca_file"]
    process = peers.bluebridge("run", SUITE, "--target", target, "--out", folder / "runs", "--rule-date", DAY, "--browser",
                               BROWSER, *arguments, SHELL_CA=ca_file)
    return process, *peers.only_run(folder, process)


class HealthVaultPlatformTest(unittest.TestCase):
    def test_the_right_platform_passes_twice_and_each_fault_in_its_evidence_would_be_noticed(self):
        with peers.temporary_folder() as folder, healthvault_target.platform(folder) as platform:
            target = healthvault_target.target(folder, platform)
            # On records that a run has written to before, too.
            for place in ("first", "second"):
                (folder / place).mkdir()
                process, run_folder, report = run(folder / place, target)
                self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
                self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass"})
                # The protocol is historic: its rows are told, and no verdict rests on them.
                self.assertEqual(process.returncode, 3, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder), 150)
        self.assertEqual(peers.processes_under(), [])

    def test_without_a_control_interface_what_needs_one_does_not_apply(self):
        with peers.temporary_folder() as folder, healthvault_target.platform(folder) as platform:
            target = healthvault_target.target(folder, platform)
            _, _, report = run(folder, target, "--option", "control=not-offered", "--option", "quota=not-known",
                               "--option", "undeletable=not-known", "--option", "shell=not-offered")
            outcomes = peers.outcomes(report)
            self.assertEqual(set(outcomes.values()), {"pass", "omit"}, peers.told(report))
            self.assertEqual(outcomes["connect.claimed"], "omit")
            self.assertEqual(outcomes["shell.consented"], "omit")

    def test_who_signs_in_at_the_shell_leaves_no_token_behind(self):
        with peers.temporary_folder() as folder, healthvault_target.platform(folder) as platform:
            _, run_folder, report = run(folder, healthvault_target.target(folder, platform), "--filter",
                                        "healthvault.platform/shell.consented")
            self.assertEqual(peers.outcomes(report)["shell.consented"], "pass", peers.told(report))
            kept = b"".join(file.read_bytes() for file in run_folder.rglob("*") if file.is_file())
            self.assertIn(b"wctoken=[secret wctoken]", kept)
            self.assertEqual(re.findall(rb"wctoken=(?!\[secret)[^&\"\\]*", kept), [])
            self.assertEqual(re.findall(rb"<user-auth-token>(?!\[secret)[^<]*", kept), [])

    def test_without_a_browser_a_sign_in_at_the_shell_waits_for_nobody(self):
        with peers.temporary_folder() as folder, healthvault_target.platform(folder) as platform:
            target = healthvault_target.target(folder, platform)
            process = peers.bluebridge("run", SUITE, "--target", target, "--out", folder / "runs", "--rule-date", DAY,
                                       "--filter", "healthvault.platform/shell.*")
            _, report = peers.only_run(folder, process)
            test = next(test for test in report["tests"] if test["name"] == "shell.consented")
            self.assertEqual(test["outcome"], "skip")
            self.assertIn("a person has to act first", test["cause"])

    def test_each_defect_is_found_by_its_requirements(self):
        def check(item):
            defect, expected = item
            if isinstance(expected, list):
                expected = {"fail": expected}
            filters = [word for test in expected.get("tests", []) for word in ("--filter", f"healthvault.platform/{test}")]
            with peers.temporary_folder() as folder, healthvault_target.platform(folder, defect) as platform:
                _, _, report = run(folder, healthvault_target.target(folder, platform), "--jobs", "1", *filters)
            found = [row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn")]
            wanted = sorted(expected["fail"])
            if "warn" in expected:
                found += [test["name"] for test in report["tests"] if test["outcome"] == "warn"]
                wanted += expected["warn"]
            broken = [test["name"] for test in report["tests"] if test["outcome"] == "error"]
            is_right = sorted(found) == sorted(wanted) and not broken
            return is_right, f"{defect}: {found}, expected {wanted}\n{peers.told(report)}"

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            wrong = [why for is_right, why in pool.map(check, EXPECTED.items()) if not is_right]
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_every_defect_of_the_platform_is_named_by_the_suite_or_said_to_have_no_test(self):
        listed = json.loads(subprocess.run([peers.BIN / "bluebridge-record-platform", "--list-defects", "--json"],
                                           capture_output=True, check=True).stdout)
        self.assertEqual(sorted(one["name"] for one in listed), sorted([*EXPECTED, *NO_TEST]))
        text = SUITE.read_text()
        self.assertEqual([defect for defect in EXPECTED if f"{{defect: {defect}}}" not in text], [])


class DeadHostsTest(unittest.TestCase):
    """A suite that passes against a dead system proves nothing: no test may pass."""

    def nobody_passes(self, folder, url, ca_file):
        # Key and ids are those of a platform that was there once.
        with healthvault_target.platform(folder) as platform:
            file = healthvault_target.target(folder, platform)
        target = json.loads(file.read_text())
        role = target["roles"]["platform"]
        role["config"] |= {"platform_url": url + "/platform/wildcat.ashx", "shell_url": url, "control_url": url + "/double"}
        role["ca_file"] = str(ca_file or role["ca_file"])
        file.write_text(json.dumps(target))
        process, _, report = run(folder, file)
        outcomes = peers.outcomes(report)
        self.assertGreater(len(outcomes), 80)
        self.assertEqual([n for n, o in outcomes.items() if o in ("pass", "warn", "attested", "omit")], [])
        self.assertEqual(outcomes["sign_in"], "fail")
        self.assertFalse([row["id"] for row in report["requirements"] if row["outcome"] in ("pass", "warn", "attested")])

    def test_nothing_passes_against_a_closed_port(self):
        with peers.temporary_folder() as folder:
            self.nobody_passes(folder, f"https://127.0.0.1:{peers.closed_port()}", None)

    def test_nothing_passes_against_an_empty_200_and_an_echo(self):
        def empty(handler, body):
            return 200, "text/xml", b""

        # Harder than an echo: every code is 0, and nothing behind it.
        def yes(handler, body):
            return 200, "text/xml", b"<response><status><code>0</code></status></response>"

        for answer in (empty, peers.echo, yes):
            with self.subTest(answer.__name__), peers.temporary_folder() as folder:
                with peers.https_server(folder, answer) as (url, ca_file):
                    self.nobody_passes(folder, url, ca_file)


if __name__ == "__main__":
    peers.main()
