"""The suite smart.health_links: the sample portal's links are conformant, each defect of them is noticed at its requirement
and nowhere else, and dead systems pass nothing."""
import json
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "smart.health_links.yaml"
# From the requirement catalogue, not from a run.
EXPECTED = {
    "shl-other-scheme": ["CMS25-SHL-01"],
    "shl-payload-with-blanks": ["CMS25-SHL-01"],
    "shl-guessable-url": ["CMS25-SHL-02"],
    "shl-key-reused": ["CMS25-SHL-03"],
    "shl-flags-out-of-order": ["CMS25-SHL-04"],
    "shl-long-label": ["CMS25-SHL-04"],
    "shl-passcode-with-file": ["CMS25-SHL-04"],
    "shl-without-content-type": ["CMS25-SHL-06"],
    "shl-nonce-reused": ["CMS25-SHL-07"],
    "shl-manifest-by-get": ["CMS25-SHL-08"],
    "shl-revoked-answers": ["CMS25-SHL-10"],
    "shl-passcodes-uncounted": ["CMS25-SHL-11"],
    "shl-attempts-untold": ["CMS25-SHL-11"],
    "shl-file-needs-sign-in": ["CMS25-SHL-12"],
    "shl-file-as-json": ["CMS25-SHL-12"],
    "shl-files-last": ["CMS25-SHL-12"],
    "shl-embeds-everything": ["CMS25-SHL-13"],
    "shl-embeds-text": ["CMS25-SHL-13"],
}


def run(folder, url, ca_file, *arguments, source=None):
    config = {"base_url": url, **({"source_url": source} if source else {})}
    target = {"format": "bluebridge-target/1", "target": "links", "clock": "virtual", "roles": {
                  "portal": {"connector": "org.bluebridge.rest.portal", "config": config, "ca_file": str(ca_file)},
                  "reader": {"connector": "org.bluebridge.rest.health-links", "ca_file": str(ca_file)}},
              "patients": {"alice": peers.person("alice", "BB_TEST_PASSWORD_0", family_name="Newman"),
                           "bruno": peers.person("bruno", "BB_TEST_PASSWORD_1", family_name="Bruno")}}
    file = folder / "target.yaml"
    file.write_text(json.dumps(target))
    process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", *arguments, **peers.passwords(["alice", "bruno"]))
    return process, *peers.only_run(folder, process)


def run_on_portal(folder, *arguments, defect=None):
    with peers.Portal("--source", records=peers.SOURCE / "samples" / "records", defect=defect) as portal:
        return run(folder, portal.ready["url"], portal.ready["ca_file"], *arguments, source=portal.ready["source"])


class HealthLinksTest(unittest.TestCase):
    def test_the_clean_portal_is_conformant_and_faults_are_noticed(self):
        with peers.temporary_folder() as folder:
            process, run_folder, report = run_on_portal(folder)
            self.assertEqual((process.returncode, report["verdict"]["word"]), (0, "conformant"), peers.told(report) + process.stderr)
            self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
            self.assertEqual({row["outcome"] for row in report["requirements"]}, {"pass"})
            self.assertGreater(peers.faults_noticed(run_folder), 35)

    def test_each_defect_fails_its_row(self):
        for defect, rows in EXPECTED.items():
            with self.subTest(defect), peers.temporary_folder() as folder:
                report = run_on_portal(folder, "--in-process", defect=defect)[2]
                self.assertEqual(peers.violated(report), rows, peers.told(report))

    def test_each_defect_of_links_is_here(self):
        self.assertEqual({name for name in peers.portal_defects() if name.startswith("shl-")}, set(EXPECTED))

    def test_dead_systems_pass_nothing(self):
        for answer in (lambda handler, body: (200, None, b""), lambda handler, body: (200, "application/json", b"{}"), peers.echo):
            with peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                report = run(folder, url, ca_file)[2]
                self.assertFalse([n for n, o in peers.outcomes(report).items() if o in ("pass", "warn", "omit")])


if __name__ == "__main__":
    peers.main()
