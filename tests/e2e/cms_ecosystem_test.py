"""cms.ecosystem: what people answer for a category is asked of that category alone, and
what rests on rows of other suites is never passed by them not being run."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
PROGRAM = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin/bluebridge"
SUITE = SOURCE / "conformance/suites/cms.ecosystem.yaml"


def questions(category):
    """Tests of the suite that are asked of a category, by name."""
    found = []

    def walk(nodes, prefix, inside):
        for name, node in nodes.items():
            when = node.get("when", {}).get("category", category)
            asked = inside and category in ([when] if isinstance(when, str) else when) and "use_case" not in node.get("when", {})
            if "tests" in node:
                walk(node["tests"], f"{prefix}{name}.", asked)
            elif asked:
                found.append(f"{prefix}{name}")

    walk(yaml.safe_load(SUITE.read_text(encoding="utf-8"))["tests"], "", True)
    return found


def check_schema(name, value):
    schema = json.loads((SOURCE / f"conformance/schemas/{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)


def run(folder, category, answers):
    (folder / "target.yaml").write_text(
        "format: bluebridge-target/1\ntarget: example\ntitle: Example\nversion: \"1\"\nroles: {}\n"
        f"options: {{category: {category}}}\n", encoding="utf-8")
    (folder / "certificate.txt").write_text("a certificate", encoding="utf-8")
    evidence = {"network.security": "certificate.txt"}
    (folder / "answers.yaml").write_text(json.dumps({
        "format": "bluebridge-answers/1", "by": {"name": "Ada Example", "role": "Officer"}, "date": "2026-11-20",
        "answers": {f"cms.ecosystem/{test}": {"answer": "yes" if yes else "no", "evidence": evidence.get(test, "https://example.org/")}
                    for test, yes in answers.items()}}), encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "run", "cms.ecosystem", "--conformance", SOURCE / "conformance", "--target", folder / "target.yaml",
         "--answers", folder / "answers.yaml", "--out", folder / "runs", "--report", f"json={folder / 'report.json'}"],
        capture_output=True, text=True, timeout=60, check=False)
    assert (folder / "report.json").exists(), done.stderr
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    (folder / "report.json").unlink()
    check_schema("report", report)
    events = next((folder / "runs").glob("*/events.ndjson"))
    check_schema("events", json.loads(events.read_text(encoding="utf-8").splitlines()[0]))
    shutil.rmtree(folder / "runs")
    return done.returncode, report, {row["id"]: row["outcome"] for row in report["requirements"]}


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for category in ("network", "provider", "ehr", "payer", "app"):
            asked = questions(category)
            assert "pledge" in asked and len(asked) > 1, f"{category}: {asked}"
            status, report, rows = run(folder, category, {test: True for test in asked})
            assert status == 0, f"{category}: {status} {report['verdict']}"
            assert report["verdict"]["word"] == f"conformant, {len(asked)} attested", report["verdict"]
            assert rows["CMS25-CAT-01"] == "attested"
            assert rows["CMS25-FW-13"] == rows["CMS25-RULE-01"] == "untested", "FHIR was not judged in this run"
        assert rows["CMS25-FW-03"] == "omit" and rows["CMS25-APP-03"] == "attested"
        assert rows["CMS25-FW-23"] == "attested", "rests on ID-01 and ID-02"
        status, _, rows = run(folder, "app", {test: test != "identity.proofing" for test in questions("app")})
        assert status == 3 and rows["CMS25-ID-02"] == rows["CMS25-FW-23"] == "not attested", rows
        status, _, rows = run(folder, "provider", {"pledge": True})
        assert status == 3 and rows["CMS25-PRV-01"] == "not attested"


if __name__ == "__main__":
    sys.exit(main())
