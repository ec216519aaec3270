"""Examples in documents are true: shell blocks run, YAML blocks are good, C and C++ blocks stand in a file.

A fenced block's first words say what it is:
    sh                    runs in a fresh folder as in the tree after a build, with the programs on PATH unless the
                          block sets it; must end with 0
    yaml                  starts with `format:`; a suite is checked by `bluebridge suite lint`, other kinds by their
                          schema; other YAML needs bb-skip
    json                  parses
    c, cpp  from=FILE     stands word for word in that file
    c, cpp  compile       a whole file that compiles against the SDK without a warning
    ... bb-skip REASON    not run, for the reason given

Documents in docs/tutorials and docs/how-to are sessions: their blocks run in order, in one folder and one working
directory, with an installed BlueBridge on PATH and for find_package. There a block may also be
    ... file=PATH         what the reader writes into that file
    text output           lines that the block before printed, in this order; a line `…` stands for any others
    sh bb-needs=PROGRAM   runs where that program is installed, and says so where it is not
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "tests" / "packaging"))
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
        build = pathlib.Path(folder) / "build"
        build.mkdir()
        (build / "release").symlink_to(BIN.parent)
        # A block that says where the programs are finds them there or nowhere.
        path = os.environ["PATH"] if "PATH=" in content else f"{BIN}:{os.environ['PATH']}"
        return subprocess.run(["sh", "-eu", "-c", content], cwd=folder, text=True, capture_output=True, timeout=120,
                              env={**os.environ, "PATH": path, "NO_COLOR": "1"})


def option(words, name):
    return next((word[len(name) + 1:] for word in words if word.startswith(name + "=")), None)


def compile_problem(kind, content):
    """What a compiler says against a whole file, or None."""
    compiler, standard = {"c": ("gcc", "c11"), "cpp": ("g++", "c++20")}[kind]
    done = subprocess.run([compiler, "-x", {"c": "c", "cpp": "c++"}[kind], f"-std={standard}", "-fsyntax-only", "-Wall", "-Wextra",
                           "-Wpedantic", "-Werror", f"-I{SOURCE / 'sdk' / 'include'}", "-"], input=content, text=True,
                          capture_output=True, timeout=120)
    return done.stderr if done.returncode else None


class Session:
    """The blocks of one tutorial, one after the other, as a reader follows it."""

    def __init__(self, installed):
        self.prefix = installed.prefix
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="session-", dir=installed.folder))
        self.home = self.cwd = self.folder / "home"
        self.home.mkdir()
        self.printed = ""
        self.groups = []

    def close(self):
        """Ends what the reader left running."""
        until = time.monotonic() + 3
        for number in (signal.SIGTERM, signal.SIGKILL):
            for group in self.groups:
                while True:
                    try:
                        os.killpg(group, number)
                    except ProcessLookupError:
                        break
                    if number == signal.SIGKILL or time.monotonic() > until:
                        break
                    time.sleep(0.05)
        shutil.rmtree(self.folder)

    def run_shell(self, content):
        log, place = self.folder / "log", self.folder / "cwd"
        with log.open("wb") as out:
            child = subprocess.Popen(["sh", "-eu", "-c", f"{content}\npwd > {shlex.quote(str(place))}"], cwd=self.cwd,
                                     stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
                                     env={"PATH": f"{self.prefix}/bin:/usr/bin:/bin", "HOME": str(self.home), "NO_COLOR": "1",
                                          "LC_ALL": "C.UTF-8", "CMAKE_PREFIX_PATH": str(self.prefix),
                                          "CMAKE_GENERATOR": "Ninja"})
            self.groups.append(child.pid)
            try:
                status = child.wait(300)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                return "took longer than 300 s"
        self.printed = log.read_text(errors="replace")
        if status == 0:
            self.cwd = pathlib.Path(place.read_text().rstrip("\n"))
        return None if status == 0 else f"status {status}\n{self.printed}"

    def missing_output(self, content):
        """The first expected line that was not printed, or None."""
        rest = iter(line.strip() for line in self.printed.splitlines())
        for line in filter(lambda one: one.strip() not in ("", "…"), content.splitlines()):
            pieces = [piece.strip() for piece in line.split("…") if piece.strip()]
            if not any(all(piece in printed for piece in pieces) for printed in rest):
                return f"the block before did not print '{line.strip()}', but\n{self.printed}"
        return None

    def problem(self, words, content):
        """Why a block is not true, or None."""
        if "bb-skip" in words:
            return problem(words, content)
        file, program = option(words, "file"), option(words, "bb-needs")
        if file:
            (self.cwd / file).parent.mkdir(parents=True, exist_ok=True)
            (self.cwd / file).write_text(content)
            return None
        if program and not shutil.which(program):
            print(f"SKIPPED: an example needs {program}, which is not installed", file=sys.stderr)
            return None
        if words[:1] == ["sh"]:
            return self.run_shell(content)
        if words[:2] == ["text", "output"]:
            return self.missing_output(content)
        return problem(words, content)


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
    other = re.match(r"\s*format: bluebridge-(target|catalogue|answers|waivers)/1\n", content)
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
        if "compile" in words:
            return compile_problem(kind, content)
        origin = option(words, "from")
        if not origin:
            return "needs from=FILE or compile"
        return None if content.strip() in (SOURCE / origin).read_text() else f"does not stand in {origin}"
    return f"'{kind}' is no kind of example; add bb-skip and a reason"


SESSIONS = ("docs/tutorials/", "docs/how-to/")


def installation():
    from installed import Installation  # only where it is needed: it takes a whole build
    return Installation()


class ExamplesTest(unittest.TestCase):
    def test_every_example_is_true(self):
        checked = 0
        for place, words, content in blocks():
            if not place.startswith(SESSIONS):
                with self.subTest(place):
                    self.assertIsNone(problem(words, content))
                    checked += "bb-skip" not in words
        self.assertGreaterEqual(checked, 3)

    def test_every_tutorial_can_be_followed(self):
        followed = {}
        installed = installation()
        self.addCleanup(installed.close)
        for place, words, content in blocks():
            document = place.rpartition(":")[0]
            if place.startswith(SESSIONS):
                if document not in followed:
                    followed[document] = Session(installed)
                    self.addCleanup(followed[document].close)
                with self.subTest(place):
                    self.assertIsNone(followed[document].problem(words, content))
        self.assertIn("docs/tutorials/first-connector.md", followed)

    def test_a_step_that_goes_wrong_is_noticed(self):
        installed = installation()
        self.addCleanup(installed.close)
        session = Session(installed)
        self.addCleanup(session.close)
        self.assertIsNone(session.problem(["sh"], "mkdir a; cd a; bluebridge version; sleep 100 &"))
        self.assertIsNone(session.problem(["text", "output"], "…\nbluebridge … (connector ABI …)\n"))
        self.assertIn("did not print 'blue ridge'", session.problem(["text", "output"], "blue ridge\n"))
        self.assertIsNone(session.problem(["yaml", "file=b/c.yaml"], "x: y\n"))
        self.assertIsNone(session.problem(["sh"], "test \"$(cat ../a/b/c.yaml)\" = 'x: y'"))
        self.assertIn("status 4", session.problem(["sh"], "exit 4"))
        self.assertIsNone(session.problem(["sh", "bb-needs=no-such-program"], "exit 4"))

    def test_a_wrong_example_of_each_kind_is_noticed(self):
        self.assertIn("status 3", problem(["sh"], "exit 3\n"))
        self.assertIsNone(problem(["sh"], "bluebridge version\n"))
        self.assertIn("status 127", problem(["sh"], "export PATH=\"/nowhere:$PATH\"\nbluebridge version\n"))
        self.assertIsNone(problem(["sh"], "true\n"))
        self.assertIsNotNone(problem(["json"], "{"))
        self.assertIsNotNone(problem(["yaml"], "format: bluebridge-suite/1\n"))
        self.assertIsNotNone(problem(["yaml"], "format: bluebridge-target/1\n"))
        self.assertIsNotNone(problem(["yaml"], "format: bluebridge-waivers/1\nwaivers: [{test: a/b}]\n"))
        self.assertIsNotNone(problem(["cpp", "from=README.md"], "int main() {}\n"))
        self.assertIsNone(problem(["c", "compile"], "#include <bb/abi/plugin.h>\nbb_str f(void);\n"))
        self.assertIn("bb_strr", problem(["c", "compile"], "#include <bb/abi/plugin.h>\nbb_strr f(void);\n"))
        self.assertIn("unused", problem(["cpp", "compile"], "static int f() { int x; return 0; }\nint g() { return f(); }\n"))
        self.assertIsNotNone(problem(["text", "bb-skip"], "x\n"))
        self.assertIsNotNone(problem(["text"], "x\n"))

    def test_links_between_documents_lead_somewhere(self):
        for document in documents():
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
                if "://" not in link:
                    self.assertTrue((document.parent / link).exists(), f"{document.relative_to(SOURCE)}: {link}")


if __name__ == "__main__":
    unittest.main()
