"""Examples in documents are true: shell blocks run, YAML blocks are good, C and C++ blocks stand in a file.

A fenced block's first words say what it is:
    sh                    runs in a fresh folder with the programs on PATH; must end with 0
    yaml                  starts with `format:`; a suite is checked by `bluebridge suite lint`, other kinds by their
                          schema; other YAML needs bb-skip
    json                  parses
    c, cpp  from=FILE     stands word for word in that file
    ... bb-skip REASON    not run, for the reason given
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
BIN = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin"
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2: `yes` and `no` are texts."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:bool"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def documents():
    return [SOURCE / "README.md", *sorted((SOURCE / "docs").rglob("*.md"))]


def blocks():
    for document in documents():
        text = document.read_text()
        for match in FENCE.finditer(text):
            words = match.group(1).split()
            line = text.count("\n", 0, match.start()) + 1
            yield f"{document.relative_to(SOURCE)}:{line}", words, match.group(2)


def run_shell(content):
    with tempfile.TemporaryDirectory(prefix="bb-docs-") as folder:
        for name in ("conformance", "samples"):
            (pathlib.Path(folder) / name).symlink_to(SOURCE / name)
        return subprocess.run(["sh", "-eu", "-c", content], cwd=folder, text=True, capture_output=True, timeout=120,
                              env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"})


def problem(words, content):
    """Why a block is not true, or None."""
    if "bb-skip" in words:
        return None if words[words.index("bb-skip") + 1:] else "bb-skip needs a reason"
    kind = words[0] if words else ""
    if kind == "sh":
        done = run_shell(content)
        return None if done.returncode == 0 else f"status {done.returncode}\n{done.stdout}{done.stderr}"
    if kind == "json":
        try:
            json.loads(content)
        except ValueError as error:
            return str(error)
        return None
    other = re.match(r"\s*format: bluebridge-(target|catalogue|answers)/1\n", content)
    if kind == "yaml" and other:
        schema = json.loads((SOURCE / "conformance" / "schemas" / f"{other.group(1)}.schema.json").read_text())
        found = sorted(jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(content, CoreLoader)), key=str)
        return found[0].message if found else None
    if kind == "yaml" and content.lstrip().startswith("format:"):
        with tempfile.TemporaryDirectory(prefix="bb-docs-") as folder:
            file = pathlib.Path(folder) / "suites" / "example.yaml"
            file.parent.mkdir()
            (pathlib.Path(folder) / "requirements").symlink_to(SOURCE / "conformance" / "requirements")
            file.write_text(content)
            done = subprocess.run([BIN / "bluebridge", "suite", "lint", file], text=True, capture_output=True, timeout=60)
            return None if done.returncode == 0 else done.stdout + done.stderr
    if kind in ("c", "cpp"):
        origin = next((w[5:] for w in words if w.startswith("from=")), None)
        if not origin:
            return "needs from=FILE"
        return None if content.strip() in (SOURCE / origin).read_text() else f"does not stand in {origin}"
    return f"'{kind}' is no kind of example; add bb-skip and a reason"


class ExamplesTest(unittest.TestCase):
    def test_every_example_is_true(self):
        checked = 0
        for place, words, content in blocks():
            with self.subTest(place):
                self.assertIsNone(problem(words, content))
                checked += "bb-skip" not in words
        self.assertGreaterEqual(checked, 3)

    def test_a_wrong_example_of_each_kind_is_noticed(self):
        self.assertIn("status 3", problem(["sh"], "exit 3\n"))
        self.assertIsNone(problem(["sh"], "true\n"))
        self.assertIsNotNone(problem(["json"], "{"))
        self.assertIsNotNone(problem(["yaml"], "format: bluebridge-suite/1\n"))
        self.assertIsNotNone(problem(["yaml"], "format: bluebridge-target/1\n"))
        self.assertIsNotNone(problem(["cpp", "from=README.md"], "int main() {}\n"))
        self.assertIsNotNone(problem(["text", "bb-skip"], "x\n"))
        self.assertIsNotNone(problem(["text"], "x\n"))

    def test_links_between_documents_lead_somewhere(self):
        for document in documents():
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
                if "://" not in link:
                    self.assertTrue((document.parent / link).exists(), f"{document.relative_to(SOURCE)}: {link}")


if __name__ == "__main__":
    unittest.main()
