#!/usr/bin/python3
"""Delivery into a health record: the demo's portal does it rightly, and each of its mistakes is found by its row."""
import json
import signal
import subprocess
import time
import unittest

import peers
import traces

SUITE = "healthvault.client"

# Defect of the portal, the test that finds it, and the row of the catalogue that the test speaks for.
DEFECTS = [
    ("record-wrong-record", "requests", "HV-PERM-01"),
    ("record-swaps-ids", "requests", "HV-PERM-01"),
    ("record-rewrites-signed", "requests", "HV-ENV-07"),
    ("record-signs-wrongly", "requests", "HV-ENV-08"),
    ("record-wrong-order", "requests", "HV-ENV-02"),
    ("record-old-time", "requests", "HV-ENV-06"),
    ("record-wrong-type", "arrives", "HV-TYPE-02"),
    ("record-alters-document", "arrives", "HV-PUT-11"),
    ("record-no-source", "arrives", "HV-PUT-09"),
    ("record-new-sessions", "shared_session", "HV-AUTH-07"),
    ("record-constant-secret", "expired_session", "HV-AUTH-04"),
    ("record-ignores-expiry", "expired_session", "HV-AUTH-07"),
    ("record-renews-for-ever", "always_expired", "HV-RSP-04"),
    ("record-ignores-timeout", "timed_out", "HV-RSP-04"),
    ("record-gives-up", "failed_once", "HV-ENV-12"),
    ("record-repeats-for-ever", "failed_for_ever", "HV-ENV-12-b"),
    ("record-doubles", "lost_answer", "HV-ENV-13"),
    ("record-hides-failure", "refused[10]", "HV-RSP-02"),
    ("record-keeps-on", "withdrawn", "HV-PERM-07"),
    ("record-waits-for-ever", "hangs", "HV-CX-09"),
    ("record-wrong-blob-hash", "file", "HV-BLOB-03"),
    ("record-codes-without-text", "entries.texts", "HV-TYPE-10"),
    ("record-weight-in-pounds", "entries.weight", "HV-TYPE-04"),
    ("record-pads-dates", "entries.dates", "HV-TYPE-11"),
]
SHOULD = {"HV-PUT-09", "HV-ENV-12"}


class HealthVaultClientTest(unittest.TestCase):
    def demo(self, *arguments):
        folder = self.enterContext(peers.temporary_folder())
        return peers.demo(folder, "--transport", "healthvault", *arguments, timeout=300)

    def rows(self, report):
        return {row["id"]: row["outcome"] for row in report["requirements"]}

    def test_the_portal_keeps_every_row_and_the_suite_notices_every_fault(self):
        process, run, report = self.demo()
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertRegex(process.stdout, r"Verdict: conformant, \d+ attested")
        self.assertEqual(set(peers.outcomes(report, SUITE).values()), {"pass", "attested"}, peers.told(report))
        pledge = peers.outcomes(report, "pledge.data_holder")
        self.assertEqual(pledge["transmit"], "pass")
        self.assertEqual(pledge["transmit_to_record"], "pass")
        peers.faults_noticed(run)
        page = (run / "report.html").read_text()
        self.assertIn("Delivery into a health record", page)
        self.nothing_is_left(run)

    def nothing_is_left(self, run):
        self.assertEqual(peers.processes_under(), [])
        self.assertEqual([entry.name for entry in run.parent.iterdir()], [run.name])
        for file in run.rglob("*"):
            if file.is_file():
                self.assertFalse(b"PRIVATE KEY" in file.read_bytes(), file)

    def test_ctrl_c_leaves_nothing_but_the_run(self):
        folder = self.enterContext(peers.temporary_folder())
        demo = subprocess.Popen([peers.BIN / "bluebridge", "demo", "--transport", "healthvault", "--out", folder / "runs"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=peers.environment())
        peers.until(lambda: list(folder.glob("runs/*/events.ndjson")), 60)
        time.sleep(1)
        demo.send_signal(signal.SIGINT)
        _, said = demo.communicate(timeout=60)
        self.assertEqual(demo.returncode, 5, said)
        self.nothing_is_left(next(folder.glob("runs/*/events.ndjson")).parent)

    def test_every_defect_of_deliveries_is_in_the_table(self):
        listed = peers.portal_defects()
        self.assertEqual(sorted(name for name in listed if name.startswith("record-")), sorted(row[0] for row in DEFECTS))

    def test_a_share_that_never_arrives_is_found_by_the_pledge_too(self):
        process, _, report = self.demo("--defect", "share-never-arrives", "--filter", "pledge.data_holder/transmit")
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(peers.outcomes(report)["transmit"], "fail")

    def test_a_document_under_a_wrong_type_is_found_by_the_pledge_too_in_a_masked_run(self):
        _, run, report = self.demo("--defect", "record-wrong-type", "--filter", "pledge.data_holder/transmit_to_record",
                                   "--mask")
        self.assertEqual(traces.traces(run, traces.OF_ALICE), [])
        self.assertEqual(peers.outcomes(report)["transmit"], "pass")  # it arrives all the same
        self.assertEqual(peers.outcomes(report)["transmit_to_record"], "fail")

    def test_a_defect_of_records_needs_the_platform(self):
        process = peers.bluebridge("demo", "--defect", "record-wrong-type")
        self.assertEqual(process.returncode, 2)
        self.assertIn("--transport healthvault", process.stderr)


def target(folder, url, ca_file, platform=(), secrets=None):
    """The target of a system at `url`; `platform` are members of that role's configuration that are otherwise."""
    (folder / "app.key").write_bytes(subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout)
    ids = ("b893169a-632a-4fc8-a504-fdff2a13fbbc", "7abb2b6b-e675-40a1-993e-23b1d7e24221", "9c1a1f0e-6d5b-4d0a-9f5e-0f6f0a3b1c2d")
    address = "healthvault:{}/{}".format(*ids)
    config = {"platform_url": url + "/platform/wildcat.ashx", "app_id": ids[2], "key": "key", "thumbprint": "AB" * 20}

    def role(kind, **more):
        return {"connector": f"org.bluebridge.healthvault.{kind}", "ca_file": str(ca_file), "config": {**config, **more},
                "secrets": {"key": {"file": str(folder / "app.key")}, "control": {"file": str(folder / "app.key")}, **(secrets or {})}}

    file = folder / "target.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "nobody", "environment": "test",
        "roles": {"portal": {"connector": "org.bluebridge.rest.portal", "ca_file": str(ca_file), "config": {"base_url": url}},
                  "inbox": role("inbox", address=address),
                  "platform": role("record", **{"control_url": url + "/double", "control_token": "control", **dict(platform)})},
        "patients": {"alice": {"account": "alice", "full_name": "A", "secrets": {"password": {"file": str(folder / "app.key")}}},
                     "owner": {"account": address, "role": "staff", "method": "signed_request"}},
        "inputs": {"patient": "alice", "record_holder": "owner", "person": ids[0], "record": ids[1], "application": ids[2]},
        "options": {"entries": "declared"}}, indent=1))
    return file


class DeadHostsTest(unittest.TestCase):
    def test_no_test_passes_where_nobody_is(self):
        def empty(handler, body):
            return 200, "text/xml", b""

        def zero(handler, body):
            return 200, "text/xml", b"<response><status><code>0</code></status></response>"

        for answer in (empty, peers.echo, zero):
            with self.subTest(answer.__name__), peers.temporary_folder() as folder:
                with peers.https_server(folder, answer) as (url, ca_file):
                    process = peers.bluebridge("run", SUITE, "--target", target(folder, url, ca_file), "--out", folder / "runs")
                    outcomes = peers.outcomes(peers.only_run(folder, process)[1])
                self.assertGreater(len(outcomes), 25)
                self.assertEqual([n for n, o in outcomes.items() if o in ("pass", "warn", "attested", "omit")], [])


class TargetTest(unittest.TestCase):
    def test_each_mistake_of_the_configuration_is_told_before_a_run(self):
        pem = "-----BEGIN PRIVATE KEY-----canary"
        for wrong, secrets, expected in (
                ({"key": "other"}, None, "'key' of role 'platform' names the secret 'other', which the role has not"),
                ({"control_token": "other"}, None, "'control_token' of role 'platform' names the secret 'other'"),
                ({"key": pem}, None, "'key' of role 'platform' must be the name of a secret, and is none"),
                ({}, {"mine": "canary"}, "secret 'mine' must not stand in the file"),
                ({"app_id": "-" * 36}, None, "A GUID, for example"),
                ({"thumbprint": ":" * 40}, None, "'thumbprint' of role 'platform'"),
                ({"thumbprint": "A" * 41}, None, "'thumbprint' of role 'platform'"),
                ({"platform_url": "https://platform.example"}, None, "With its path"),
                ({"platform_url": "http://platform.example/x"}, None, "an address without TLS")):
            with self.subTest(expected), peers.temporary_folder() as folder:
                file = target(folder, "https://127.0.0.1:9", peers.make_certificate(folder), wrong, secrets)
                process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs")
                self.assertEqual(process.returncode, 2, process.stderr)
                self.assertIn(expected, process.stderr)
                self.assertNotIn("canary", process.stderr)
                self.assertFalse((folder / "runs").exists())


def found(defect, name, row):
    def test(self):
        _, _, report = self.demo("--defect", defect, "--filter", f"{SUITE}/{name.split('[')[0]}*")
        outcome = "warn" if row in SHOULD else "fail"
        self.assertEqual(peers.outcomes(report, SUITE)[name], outcome, peers.told(report))
        self.assertEqual(self.rows(report)[row], outcome)
    return test


# One test each, so that several processes can share them.
for each in DEFECTS:
    setattr(HealthVaultClientTest, "test_finds_" + each[0].replace("-", "_"), found(*each))


if __name__ == "__main__":
    peers.main()
