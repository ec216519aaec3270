"""Runs the suite vdt.email against a sample portal, with any mail servers between it and the mailbox."""
import json

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "vdt.email.yaml"
# Of samples/records/alice.xml, read without any code of ours; the period holds some of its entries and not all.
PERSON = {"family_name": "Newman", "full_name": "Alice Jones Newman", "birth_date": "1970-05-01", "record": "alice",
          "role": "patient", "facts": ["Asthma", "levothyroxine"]}
OTHER = {"family_name": "Little", "full_name": "Bruno Little", "birth_date": "1999-12-31", "record": "bruno",
         "role": "patient", "facts": ["Gout", "allopurinol"]}
PERIOD = ("2024-11-01", "2024-11-30")


def run(folder, portal, inbox, ca_file, password, unknown, returned):
    """(process, run folder, report). `portal` is what it said when it was ready; `inbox` the connector's configuration."""
    answers = peers.write_answers(folder, "vdt.email/both_ways")
    target = folder / "target.yaml"
    target.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "email", "title": "Plain mail", "version": "1", "environment": "test",
        "roles": {
            "portal": {"connector": "org.bluebridge.rest.portal", "config": {"base_url": portal["url"]},
                       "ca_file": portal["ca_file"]},
            "inbox": {"connector": "org.bluebridge.mail.inbox", "config": {**inbox, "password": "password"},
                      "secrets": {"password": {"env": "BB_TEST_MAIL_PASSWORD"}}, "ca_file": str(ca_file),
                      "allow_network": [{"host": inbox["host"], "port": inbox["port"]}]}},
        "patients": {"alice": peers.person("alice", "BB_TEST_PASSWORD_0", **PERSON),
                     "bruno": peers.person("bruno", "BB_TEST_PASSWORD_1", **OTHER)},
        "inputs": {"patient": "alice", "period_from": PERIOD[0], "period_until": PERIOD[1], "unknown_address": unknown,
                   "returned_address": returned}}))
    process = peers.bluebridge("run", SUITE, "--target", target, "--out", folder / "runs", "--answers", answers,
                               timeout=240, BB_TEST_MAIL_PASSWORD=password,
                               **peers.passwords(["alice", "bruno"]))
    return process, *peers.only_run(folder, process)


def rows(report, outcome):
    """Ids of the requirements of that outcome."""
    return {row["id"] for row in report["requirements"] if row["outcome"] == outcome}
