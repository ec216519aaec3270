#!/usr/bin/python3
"""A published list of service base URLs: the suite passes the sample portal's, finds by its rows what is wrong in lists
that differ from it, and is not taken in by hosts that answer anything."""
import copy
import datetime
import json
import pathlib
import ssl
import unittest
import urllib.request

import fhir_target
import peers

SUITE = fhir_target.SUITES / "fhir.service_base_urls.yaml"
QUESTION = "fhir.service_base_urls/current"


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def first(kind, **changes):
    """Changes members of the first resource of a kind; None takes one away."""
    def change(bundle):
        resource = resources(bundle, kind)[0]
        for name, value in changes.items():
            resource.pop(name, None)
            if value is not None:
                resource[name] = value
    return change


def without(kind):
    def change(bundle):
        bundle["entry"] = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] != kind]
    return change


def circle(bundle):
    hospital, clinic = resources(bundle, "Organization")
    del hospital["endpoint"]
    hospital["partOf"] = {"reference": f"Organization/{clinic['id']}"}


def of_long_ago(bundle):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=101)
    bundle["timestamp"] = then.strftime("%Y-%m-%dT%H:%M:%SZ")


def contained(bundle):
    hospital = resources(bundle, "Organization")[0]
    hospital["contained"] = [{**resources(bundle, "Endpoint")[0], "id": "own"}]
    hospital["endpoint"] = [{"reference": "#own"}]


# What is changed in the portal's list, and the rows that fail or warn by it.
LISTS = {
    "as it is": (lambda bundle: None, set()),
    "an Endpoint inside": (contained, set()),
    "references by address": (lambda bundle: first("Organization", endpoint=[{"reference": bundle["entry"][0]["fullUrl"]}])(bundle), set()),
    "without a timestamp": (lambda bundle: bundle.pop("timestamp"), set()),
    "a searchset": (lambda bundle: bundle.update(type="searchset"), {"FHIR-SBU-01"}),
    "no Endpoint": (without("Endpoint"), {"FHIR-SBU-01"}),
    "no Organization": (without("Organization"), {"FHIR-SBU-01"}),
    "no status": (first("Endpoint", status=None), {"FHIR-SBU-02"}),
    "another connection": (first("Endpoint", connectionType={"code": "direct-project"}), {"FHIR-SBU-02"}),
    "a base that is dead": (lambda bundle: first("Endpoint", address=f"https://127.0.0.1:{peers.closed_port()}/fhir")(bundle), {"FHIR-SBU-02"}),
    "no name": (first("Organization", name=None), {"FHIR-SBU-03", "FHIR-SBU-05"}),
    "no place": (first("Organization", address=[{"use": "work"}]), {"FHIR-SBU-03", "FHIR-SBU-05"}),
    "no identifier": (first("Organization", identifier=[{"use": "official"}]), {"FHIR-SBU-03"}),
    "a dangling Endpoint": (first("Organization", endpoint=[{"reference": "Endpoint/another"}]), {"FHIR-SBU-03"}),
    "parts of each other": (circle, {"FHIR-SBU-03"}),
    # It may have been reviewed and found right: its test warns, and the row is the person's who says so.
    "of long ago": (of_long_ago, set()),
    "another name": (first("Organization", name="Hospital, Sample"), {"FHIR-SBU-05"}),
}


def run(folder, base, url, ca_file, *arguments):
    target = fhir_target.write(folder, {}, {}, {})
    content = json.loads(target.read_text())
    content["roles"] = {"reader": {"connector": "org.bluebridge.rest.fhir", "config": {"base_url": base}, "ca_file": str(ca_file)}}
    content["inputs"] = {"url": url, "provider": "Sample Hospital", "place": "Portland"}
    target.write_text(json.dumps(content))
    process = peers.bluebridge("run", SUITE, "--target", target, "--out", folder / "runs", "--answers", peers.write_answers(folder, QUESTION), *arguments)
    return process, *peers.only_run(folder, process)


def wrong_rows(report):
    return {row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn")}


class ListTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())
        cls.ca_file = cls.portal.ready["ca_file"]
        cls.url = cls.portal.ready["service_base_urls"]
        trusting = ssl.create_default_context(cafile=cls.ca_file)
        cls.list = json.loads(urllib.request.urlopen(cls.url, context=trusting, timeout=20).read())

    def test_the_portals_list_passes_and_each_fault_in_the_evidence_would_be_noticed(self):
        if not (peers.DATA / "fhir").is_dir():
            peers.skip_loudly(f"no published definitions of FHIR in {peers.DATA}")
        with peers.temporary_folder() as folder:
            rules = folder / "rules"
            fhir_target.import_definitions(rules)
            process, run_folder, report = run(folder, self.portal.ready["fhir"], self.url, self.ca_file, "--data", rules)
            self.assertEqual(set(peers.outcomes(report).values()), {"pass", "attested"}, peers.told(report))
            self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass", "attested"})
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder, "--data", rules), 18)

    def test_what_is_wrong_in_a_list_is_found_by_its_rows(self):
        # One root for the portal, which the list leads to, and for who publishes it.
        served = {}
        with peers.temporary_folder() as folder, peers.https_server(folder, lambda handler, body: served["answer"]) as (url, ca_file):
            both = folder / "both.pem"
            both.write_text(ca_file.read_text() + pathlib.Path(self.ca_file).read_text())
            for name, (change, expected) in LISTS.items():
                with self.subTest(name), peers.temporary_folder() as own:
                    changed = copy.deepcopy(self.list)
                    change(changed)
                    served["answer"] = (200, "application/fhir+json", json.dumps(changed).encode())
                    _, _, report = run(own, url, url + "/list.json", both, "--filter", "*/found", "--filter", "*/endpoints", "--filter",
                                       "*/bases", "--filter", "*/organizations", "--filter", "*/current", "--filter", "*/dated", "--filter", "*/by_name")
                    self.assertEqual(wrong_rows(report), expected, peers.told(report))
                    self.assertEqual(peers.outcomes(report)["dated"] == "warn", name == "of long ago", peers.told(report))

    def test_a_list_behind_a_sign_in_or_as_a_page_fails(self):
        with peers.temporary_folder() as folder:
            _, _, report = run(folder, self.portal.ready["fhir"], self.portal.ready["fhir"] + "/Organization", self.ca_file)
            self.assertEqual(wrong_rows(report), {"FHIR-G10-11"}, peers.told(report))
        with peers.temporary_folder() as folder:
            _, _, report = run(folder, self.portal.ready["fhir"], self.portal.ready["url"] + "/sign-in", self.ca_file)
            self.assertIn("FHIR-G10-11", wrong_rows(report), peers.told(report))

    def nothing_passes(self, folder, url, ca_file):
        process, _, report = run(folder, url, url + "/list.json", ca_file)
        self.assertLessEqual(set(peers.outcomes(report).values()), {"fail", "skip"}, peers.told(report))
        self.assertEqual(process.returncode, 1, process.stdout + process.stderr)

    def test_nothing_passes_against_a_closed_port_an_empty_200_and_an_echo(self):
        with peers.temporary_folder() as folder:
            self.nothing_passes(folder, f"https://127.0.0.1:{peers.closed_port()}", peers.make_certificate(folder))
        for answer in (peers.echo, lambda handler, body: (200, "application/json", b""), lambda handler, body: (200, "application/json", b"{}")):
            with peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                self.nothing_passes(folder, url, ca_file)


if __name__ == "__main__":
    unittest.main()
