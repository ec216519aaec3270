#!/usr/bin/python3
"""The suite of the edge protocols against Postfix and Dovecot, and against the sample mail room.

    edge_test.py BLUEBRIDGE
"""
import base64
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent.parent / name) for name in ("servers",)]
import mail_servers

BLUEBRIDGE = pathlib.Path(sys.argv[1])
SUITE = pathlib.Path(__file__).parents[2] / "conformance" / "suites" / "direct.edge.yaml"
PASSWORD = "canary-Pa55-alice"
ALICE = f"alice@{mail_servers.DOMAIN}"


def judge(folder, ca_file, servers, sender, recipient, *words):
    """Runs the suite; returns the process, its report and the run folder."""
    role = {"connector": "org.bluebridge.mail.edge", "ca_file": str(ca_file), "secrets": {"password": {"env": "EDGE"}},
            "config": servers, "allow_network": [{"host": "localhost"}]}
    target = {"format": "bluebridge-target/1", "target": "edge", "roles": {"edge": role}, "patients": {},
              "options": {name: "offered" for name in ("imap", "pop3") if name in servers},
              "inputs": {"sender": sender, "recipient": recipient}}
    work = pathlib.Path(tempfile.mkdtemp(dir=folder))
    (work / "target.yaml").write_text(json.dumps(target))
    process = subprocess.run([BLUEBRIDGE, "run", SUITE, "--target", work / "target.yaml", "--out", work / "runs", *words],
                             text=True, capture_output=True, timeout=120, env={**os.environ, "EDGE": PASSWORD})
    runs = list((work / "runs").glob("*/report.json"))
    if len(runs) != 1:
        raise AssertionError(process.stderr)
    return process, json.loads(runs[0].read_text()), runs[0].parent


def outcomes(report):
    return {test["name"]: test["outcome"] for test in report["tests"]}


class EdgeTest(unittest.TestCase):
    def test_postfix_and_dovecot_keep_the_rules(self):
        servers = {name: {"host": "localhost", "port": port, "user": ALICE, "password": "password"}
                   for name, port in (("smtp", house.postfix.ports["submission"]), ("imap", house.dovecot.ports["imap"]),
                                      ("pop3", house.dovecot.ports["pop3"]))}
        process, report, run = judge(folder, house.certificates.path("ca.pem"), servers, ALICE, ALICE)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertEqual({name: word for name, word in outcomes(report).items() if word != "pass"},
                         {"smtp.idle": "omit"})
        for name in ("DIRECT-EDGE-02", "DIRECT-EDGE-06", "DIRECT-EDGE-13", "DIRECT-EDGE-15"):
            self.assertEqual({row["id"]: row["outcome"] for row in report["requirements"]}[name], "pass")
        mutated = subprocess.run([BLUEBRIDGE, "suite", "mutate", run, "--json"], text=True, capture_output=True, timeout=60)
        unnoticed = [mutant for mutant in json.loads(mutated.stdout)["mutants"] if mutant["verdict"] != "noticed"]
        self.assertEqual([mutant["test"] for mutant in unnoticed], ["smtp.idle"], mutated.stdout)
        secrets = [PASSWORD.encode(), base64.b64encode(f"\0{ALICE}\0{PASSWORD}".encode())]
        for file in filter(pathlib.Path.is_file, run.rglob("*")):
            for secret in secrets:
                self.assertNotIn(secret, file.read_bytes(), file)

    def test_a_server_without_tls_is_noticed_and_gets_no_password(self):
        import peers as unlucky  # of tests/mail
        def smtp(peer):
            peer.say("220 mail.test\n")
            for line in peer.lines():
                peer.say("502 no\n" if line == "STARTTLS" else "250 ok\n")
        with unlucky.Peer(smtp) as server:
            process, report, _ = judge(folder, house.certificates.path("ca.pem"),
                                       {"smtp": {"host": "localhost", "port": server.port, "user": ALICE,
                                                 "password": "password"}}, ALICE, ALICE)
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)
        self.assertEqual(outcomes(report)["smtp.signs_in"], "fail")
        self.assertEqual([line for line in server.heard if "AUTH" in line], [])

    def test_the_mail_room_keeps_them_too(self):
        programs = BLUEBRIDGE.parent
        subprocess.run([programs / "bluebridge-pki", "--out", folder / "pki", "--without-cases", "--address", ALICE],
                       check=True)
        (folder / "zone.yaml").write_text("records: []\n")
        room = subprocess.Popen([programs / "bluebridge-mailroom", "--identity", folder / "pki" / "server.pem", "--zone",
                                 folder / "zone.yaml", "--mailbox", f"{ALICE}:{PASSWORD}={ALICE}", "--exit-with-parent"],
                                stdout=subprocess.PIPE, text=True)
        with contextlib.closing(room.stdout):
            ports = json.loads(room.stdout.readline())
            servers = {name: {"host": "localhost", "port": ports[name], "user": ALICE, "password": "password"}
                       for name in ("smtp", "imap", "pop3")}
            process, report, _ = judge(folder, folder / "pki" / "root.crt", servers, ALICE, ALICE)
            room.terminate()
            room.wait(10)
        failed = {name: word for name, word in outcomes(report).items() if word not in ("pass", "omit")}
        self.assertEqual(failed, {}, process.stdout)


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        folder = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        house = running.enter_context(mail_servers.mail_house(folder, {"alice": PASSWORD}))
        result = unittest.main(argv=sys.argv[:1] + sys.argv[2:], exit=False).result
        if not result.wasSuccessful():
            print(house.postfix.log()[-4000:], house.dovecot.log()[-2000:], file=sys.stderr)
    sys.exit(not result.wasSuccessful())
