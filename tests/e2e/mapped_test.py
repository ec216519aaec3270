"""The sample portal by a mapping of its API, as docs/how-to/rest.md has it, is judged as by the connector that is made for it."""
import json
import re
import unittest

import yaml

import peers

HOW_TO = peers.SOURCE / "docs" / "how-to" / "rest.md"
# What only the other connector can do: it sends requests that a careful portal refuses.
BY_PROBE = {"former_caregiver.reads", "stranger.reads", "without_sign_in.reads", "without_sign_in.downloads", "wrong_password",
            "cleartext"}


def mapping(ready):
    """The configuration of docs/how-to/rest.md, read by PyYAML."""
    parts = re.findall(r"^```yaml file=[^\n]*\n(.*?)^```$", HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    target = yaml.safe_load("".join(parts).replace("PORTAL", ready["url"]))
    return target["roles"]["portal"]["config"]


class MappedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(peers.temporary_folder())
        # The demo knows what each record says.
        _, run, _ = peers.demo(cls.folder / "demo")
        started = next(json.loads(line) for line in (run / "events.ndjson").read_text().splitlines() if '"run_started"' in line)
        cls.people = {one["id"]: {key: value for key, value in one.items() if key != "id"} for one in started["target"]["people"]}
        cls.variables = peers.passwords(cls.people)
        for person, variable in zip(cls.people.values(), cls.variables):
            person["secrets"] = {"password": {"env": variable}}

    def run_suite(self, name, connector, config_of, defect=None):
        """Outcome of each test, with the sentences of what failed."""
        folder = self.folder / name
        folder.mkdir()
        with peers.Portal("--cleartext", defect=defect) as portal:
            ready = portal.ready
            target = json.loads(peers.target_yaml(ready["url"], ready["ca_file"], ready["inbox"], self.people, {
                "patient": "alice", "caregiver": "carol", "former_caregiver": "ruth", "stranger": "bruno"}))
            target["roles"]["portal"].update(connector=connector, config=config_of(ready), allow_cleartext=True)
            process, run, report = peers.run_suite(folder, json.dumps(target), "--jobs", "2", **self.variables)
        self.assertEqual(report.get("notes", []), [], process.stderr)
        return {test["name"]: test["outcome"] for test in report["tests"]}, run, process

    def by_mapping(self, name, defect=None):
        return self.run_suite(name, "org.bluebridge.rest.mapped", mapping, defect)

    def test_both_connectors_tell_the_same_of_the_portal(self):
        self.maxDiff = None
        built_in, _, _ = self.run_suite("built-in", "org.bluebridge.rest.portal", lambda ready: {
            "base_url": ready["url"], "cleartext_base_url": ready["cleartext_url"]})
        mapped, run, _ = self.by_mapping("mapped")
        apart = {name: (built_in[name], mapped.get(name)) for name in built_in if built_in[name] != mapped.get(name)}
        self.assertEqual(set(built_in), set(mapped))
        self.assertEqual({name.split("[")[0] for name in apart}, BY_PROBE)
        self.assertEqual({pair for pair in apart.values()}, {("pass", "skip")})
        self.assertGreater(len([1 for outcome in mapped.values() if outcome == "pass"]), 30)
        for name in ("transmit", "history", "view", "download_fhir", "caregiver_sends"):
            self.assertEqual(mapped[name], "pass")
        # No secret is in what was recorded.
        recorded = b"".join(file.read_bytes() for file in run.rglob("*") if file.is_file())
        self.assertNotIn(peers.PASSWORD_BASE.encode(), recorded)

    def test_a_defect_is_noticed_by_a_mapping_too(self):
        for defect, test in (("download-wrong-patient", "download_ccda"), ("view-empty", "view"), ("history-omits-share", "history")):
            with self.subTest(defect):
                outcomes, _, process = self.by_mapping(defect, defect)
                self.assertEqual((outcomes[test], process.returncode), ("fail", 1), process.stdout)


if __name__ == "__main__":
    unittest.main()
