"""A suite that passes against a dead system proves nothing: no test may pass."""
import unittest

import peers


def nobody_passes(case, folder, url, ca_file):
    people = {name: peers.person(name, variable, family_name="Newman", full_name="Alice Newman", given_name="Alice",
                                 birth_date="1970-01-01", birth_date_shown="01 Jan 1970", record=name, facts=["Asthma"])
              for name, variable in zip(("alice", "carol", "ruth", "bruno"), peers.passwords("abcd"))}
    target = peers.target_yaml(url, ca_file, url + "/inbox", people, cleartext_url=url.replace("https:", "http:"))
    process, _, report = peers.run_suite(folder, target, "--jobs", "4", **peers.passwords("abcd"))
    outcomes = peers.outcomes(report)
    case.assertGreater(len(outcomes), 15)
    case.assertEqual([n for n, o in outcomes.items() if o in ("pass", "warn", "attested")], [])
    case.assertEqual([n for n, o in outcomes.items() if o == "omit" and not n.startswith(peers.BY_OPTION)], [])
    case.assertEqual(outcomes["sign_in"], "fail")
    case.assertEqual(process.returncode, 1, process.stdout + process.stderr)
    case.assertFalse([r["id"] for r in report["requirements"] if r["outcome"] in ("pass", "warn", "attested")])


# Suites of a portal whose own tests need more than a portal; whether their inbox is one of mail or of Direct says
# nothing before a portal has sent.
OF_A_PORTAL = ("outputs.ccda", "outputs.copies", "outputs.fhir", "outputs.html", "outputs.pdf", "outputs.text",
               "bluebutton_plus.push", "direct.send", "vdt.email")


def nobody_sends(case, folder, url, ca_file):
    suites = [peers.SOURCE / "conformance" / "suites" / f"{name}.yaml" for name in OF_A_PORTAL]
    people = {name: peers.person(name, variable, family_name="Newman", full_name="Alice Newman", birth_date="1970-01-01",
                                 record=name, facts=["Asthma"])
              for name, variable in zip(("alice", "bruno"), peers.passwords("ab"))}
    target = folder / "target.yaml"
    target.write_text(peers.target_yaml(url, ca_file, url + "/inbox", people, inputs={
        "period_from": "2024-11-01", "period_until": "2024-11-30", "unknown_address": "nobody@mail.example",
        "returned_address": "returned@mail.example"}))
    process = peers.bluebridge("run", *suites, "--target", target, "--out", folder / "runs", "--jobs", "4", timeout=120,
                               **peers.passwords("ab"))
    _, report = peers.only_run(folder, process)
    case.assertEqual({test["suite"] for test in report["tests"]}, set(OF_A_PORTAL))
    case.assertEqual([f"{test['suite']}/{test['name']}" for test in report["tests"]
                      if test["outcome"] in ("pass", "warn", "attested")], [])
    case.assertFalse([r["id"] for r in report["requirements"] if r["outcome"] in ("pass", "warn", "attested")])
    case.assertNotEqual(process.returncode, 0, process.stdout + process.stderr)


class DeadHostsTest(unittest.TestCase):
    def test_nothing_passes_against_a_closed_port(self):
        with peers.temporary_folder() as folder:
            nobody_passes(self, folder, f"https://127.0.0.1:{peers.closed_port()}", None)
        with peers.temporary_folder() as folder:
            nobody_sends(self, folder, f"https://127.0.0.1:{peers.closed_port()}", None)

    def test_nothing_passes_against_an_empty_200(self):
        for media_type in (None, "application/json", "text/html"):
            with self.subTest(media_type), peers.temporary_folder() as folder:
                with peers.https_server(folder, lambda handler, body: (200, media_type, b"")) as (url, ca_file):
                    nobody_passes(self, folder, url, ca_file)
            with self.subTest(media_type), peers.temporary_folder() as folder:
                with peers.https_server(folder, lambda handler, body: (200, media_type, b"")) as (url, ca_file):
                    nobody_sends(self, folder, url, ca_file)

    def test_nothing_passes_against_an_echo(self):
        for nobody in (nobody_passes, nobody_sends):
            with peers.temporary_folder() as folder, peers.https_server(folder, peers.echo) as (url, ca_file):
                nobody(self, folder, url, ca_file)

    def test_nothing_passes_against_a_server_that_agrees_with_everything(self):
        # Harder than an echo: valid JSON that looks like a sign-in and like every list.
        yes = (b'{"access_token": "yes", "token_type": "Bearer", "subject": "alice", "patient": "alice", "items": [],'
               b' "formats": [], "events": [], "receipts": [], "address": "https://127.0.0.1/inbox/x", "id": "1"}')
        with peers.temporary_folder() as folder:
            with peers.https_server(folder, lambda handler, body: (200, "application/json", yes)) as (url, ca_file):
                people = {"alice": peers.person("alice", "BB_A", family_name="Newman", full_name="Alice Newman",
                                                birth_date="1970-01-01", birth_date_shown="01 Jan 1970", record="alice", facts=["Asthma"])}
                people |= {n: {**people["alice"], "account": n} for n in ("carol", "ruth", "bruno")}
                target = peers.target_yaml(url, ca_file, url + "/inbox", people)
                _, _, report = peers.run_suite(folder, target, BB_A="x")
                passed = sorted(t["name"] for t in report["tests"] if t["outcome"] in ("pass", "attested"))
                # Signing in is all that such an answer proves.
                self.assertEqual(passed, ["sign_in"])

    def test_what_nobody_can_use_is_malformed(self):
        # 64 MiB are the limit of an answer; a control character can stand in no header field.
        endless = b'{"access_token": "' + b"x" * (64 * 1024 * 1024) + b'"}'
        unusable = b'{"access_token": "a\\u001bb", "token_type": "Bearer", "subject": "alice", "patient": "alice"}'
        for answer, why in ((endless, "the answer is larger than any record may be"),
                            (unusable, "the access_token cannot stand in a header field")):
            with self.subTest(why), peers.temporary_folder() as folder:
                with peers.https_server(folder, lambda handler, body: (200, "application/json", answer)) as (url, ca_file):
                    people = {n: peers.person(n, "BB_A") for n in ("alice", "carol", "ruth", "bruno")}
                    target = peers.target_yaml(url, ca_file, url + "/inbox", people)
                    _, run, report = peers.run_suite(folder, target, "--filter", "*/sign_in", BB_A="x")
                    sign_in = next(t for t in report["tests"] if t["name"] == "sign_in")
                    self.assertEqual(sign_in["outcome"], "fail")
                    self.assertIn('found "malformed"', sign_in["cause"])
                    self.assertIn(why, (run / "report.html").read_text())


if __name__ == "__main__":
    unittest.main()
