"""`bluebridge suite coverage` over all that is installed: every requirement is
accounted for, and what it prints is what its schema, python's csv and HTML say."""

import csv
import html.parser
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
PROGRAM = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin/bluebridge"
CATALOGUES = SOURCE / "conformance/requirements"
# The first days and last days of what the dates in the catalogues name.
DAYS = ["2012-09-10", "2019-12-31", "2020-07-01", "2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01"]


def command(*arguments):
    return [PROGRAM, "suite", "coverage", "--conformance", SOURCE / "conformance", *arguments]


def run(*arguments, status=0):
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr}"
    return done


def rows_of_catalogues():
    rows = {}
    for file in sorted(CATALOGUES.glob("*.yaml")):
        rows.update(yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["requirements"])
    return rows


def standing_of(row, day):
    if row.get("from", "") > day:
        return "not yet"
    if row.get("until") and row["until"] <= day:
        return "no longer"
    return {"in-force": "in force"}.get(row.get("status", "in-force"), row.get("status"))


def check_catalogues(rows):
    """What the catalogues promise of each row."""
    for name, row in rows.items():
        assert row.get("how"), f"{name}: no 'how'"
        assert row.get("source"), f"{name}: no 'source'"
        can_only_warn = "→ warn" in row["how"] and "F:" not in row["how"]
        if can_only_warn:
            assert not row["level"].startswith("SHALL"), f"{name}: a SHALL that can only warn: {row['how']}"


def check_own_tests(rows):
    """Tests of the tree that judge a row are there, under the name that the row gives."""
    told = {name: row["judged_by"] for name, row in rows.items() if row.get("judged_by", "").startswith("tests/")}
    assert told
    for name, judges in told.items():
        for part in judges.split("; "):
            file, _, tests = part.partition(": ")
            text = (SOURCE / file).read_text(encoding="utf-8")
            for test in tests.split(", "):
                assert re.search(rf"def {test}\(|TEST(_F|_P)?\(\w+, {test}\)", text), f"{name}: {file} has no test '{test}'"


def check_gate():
    done = subprocess.run(command("--strict", "--json"), capture_output=True, text=True, timeout=120, check=False)
    coverage = json.loads(done.stdout)
    assert coverage["gaps"] == []
    assert done.returncode == 0, done.returncode
    for row in coverage["requirements"]:
        can_only_warn = row["rules"] and row["proof"] == "reason"
        assert not (can_only_warn and row["level"].startswith("SHALL")), f"{row['id']}: a SHALL whose rule only warns"


def check_json(rows):
    schema = json.loads((SOURCE / "conformance/schemas/coverage.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    counts = set()
    for day in DAYS:
        coverage = json.loads(run("--json", "--rule-date", day).stdout)
        if day == DAYS[-1]:
            jsonschema.Draft202012Validator(schema).validate(coverage)
        assert coverage["rule_date"] == day
        assert {row["id"] for row in coverage["requirements"]} == set(rows)
        told = {row["id"]: row["standing"] for row in coverage["requirements"]}
        for name, row in rows.items():
            assert told[name] == standing_of(row, day), f"{name} on {day}: {told[name]}"
        standing = coverage["totals"]["standing"]
        for word in ("in force", "house", "not yet", "no longer", "historic", "proposed"):
            assert standing[word.replace(" ", "_")] == list(told.values()).count(word), f"{day}: {word}"
        counts.add(tuple(standing.values()))
        check_sums(coverage)
    assert len(counts) >= 5, f"days of different rules have the same counts: {counts}"


def check_sums(coverage):
    for word, key in (("in force", "shall_in_force"), ("house", "shall_house")):
        shall = [row for row in coverage["requirements"]
                 if row["level"].startswith("SHALL") and row["standing"] == word]
        told = coverage["totals"][key]
        assert told["rows"] == len(shall) == sum(told["by"].values())
        assert told["by_program"] == sum(row["check"] == "test" for row in shall)
        judging = ("test", "document rule", "other rows", "command", "own tests")
        assert told["checked"] == sum(row["check"] == "test" and row["proof"] in judging for row in shall)
        assert told["percent"] == told["checked"] * 1000 // told["by_program"] / 10
        for part in ("catalogues", "families"):
            assert sum(one[key]["rows"] for one in coverage[part]) == told["rows"]


def check_citations(rows):
    """The tests that are told of a row are those that cite it, themselves, by a group or by a claim."""
    cited = {name: set() for name in rows}

    def listed(value):
        return [value] if isinstance(value, (str, dict)) else value or []

    def walk(suite, path, node, inherited):
        verified = inherited + listed(node.get("verifies"))
        for name, inner in node.get("tests", {}).items():
            walk(suite, path + [name], inner, verified)
        claims = [claim for step in node.get("steps", [])
                  for claim in listed(step.get("expect")) + listed(step.get("check"))]
        # `{valid: …, by: ROW}` speaks for its row too, where it names no other; `by` may be a profile.
        own = [name for claim in claims for name in listed(claim.get("verifies")) or listed(claim.get("by"))]
        for name in set(rows).intersection(own + (verified if "steps" in node else [])):
            cited[name].add((suite, ".".join(path)))

    for file in (SOURCE / "conformance/suites").glob("*.yaml"):
        suite = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        walk(suite["suite"], [], suite, [])
    for row in json.loads(run("--format", "json").stdout)["requirements"]:
        told = {(test["suite"], test["test"]) for test in row["tests"]}
        assert told == cited[row["id"]], f"{row['id']}: {told ^ cited[row['id']]}"


def check_csv(rows, folder):
    text = run("--format", "csv").stdout
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(table) == len(rows)
    for record in table:
        said = rows[record["id"]]["text"]
        assert record["text"] == ("'" + said if said[0] in "=+-@" else said), record["id"]
        assert not any(value[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") for value in record.values() if value), record
        assert record["x-proof"], record["id"]
    file = folder / "coverage.csv"
    run("--format", "csv", "--out", file)
    again = json.loads(run("--json", "--catalogue", file).stdout)
    assert len(again["requirements"]) == len(rows)
    assert {row["catalogue"] for row in again["requirements"]} == {"coverage"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.loads = [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs["href"])
        if tag in ("script", "img", "link", "iframe") or "src" in attrs:
            self.loads.append(tag)


def check_page(rows, folder):
    file = folder / "coverage.html"
    run("--format", "html", "--out", file)
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    assert not page.loads, page.loads
    assert len(set(page.ids)) == len(page.ids)
    assert all(f"row-{name}" in page.ids for name in rows)
    assert all(link[1:] in page.ids for link in page.links)


def check_own_catalogue(folder):
    """A catalogue of the user's: what no installed suite tests is a gap."""
    file = folder / "own.csv"
    file.write_text("id,level,text\nOWN-1,SHALL,It is so.\n", encoding="utf-8")
    done = run("--catalogue", file, status=1)
    assert "OWN-1  SHALL  in force: neither a test, nor a person's answer, nor a reason" in done.stdout, done.stdout
    file.write_text("id,level,text,rests_on\nOWN-1,SHALL,It is so.,PLEDGE-DH-01\n", encoding="utf-8")
    run("--catalogue", file)
    file.write_text("id,level,text,rests_on\nOWN-1,SHALL,It is so.,PLEDGE-DH-91\n", encoding="utf-8")
    done = run("--catalogue", file, status=2)
    assert ("own.csv:2:23: error: requirement 'OWN-1' rests on 'PLEDGE-DH-91', which no catalogue has"
            in done.stderr), done.stderr
    assert "did you mean 'PLEDGE-DH-" in done.stderr
    file.write_text("id,level,text\nOWN-1,MUST,It is so.\n", encoding="utf-8")
    assert "own.csv:2:7: error: 'level' takes one word" in run("--catalogue", file, status=2).stderr


def check_usage(folder):
    assert "expected a day" in run("--rule-date", "yesterday", status=2).stderr
    assert "did you mean 'tls'" in run("tsl", status=2).stderr
    assert "FORMAT" in run("--help").stdout
    run("--out", folder, status=2)
    assert "test tls/" in run("tls").stdout
    assert "VDT-SEC-02" in run("--filter", "VDT-SEC-*").stdout
    assert "no requirement matches the filter 'VDT-SCE-*'" in run("--filter", "VDT-SCE-*", status=2).stderr
    assert "'--filter' is for the text" in run("--filter", "VDT-SEC-*", "--json", status=2).stderr
    assert "ask for two formats" in run("--json", "--format", "csv", status=2).stderr


def main():
    rows = rows_of_catalogues()
    check_catalogues(rows)
    check_own_tests(rows)
    check_gate()
    check_json(rows)
    check_citations(rows)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        check_csv(rows, folder)
        check_page(rows, folder)
        check_own_catalogue(folder)
        check_usage(folder)


if __name__ == "__main__":
    sys.exit(main())
