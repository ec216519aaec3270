"""Plays a stage of samples/stages without defects, as docs/reference/stages.md says: its keys, its programs, its runs."""
import contextlib
import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.parse

import yaml

import peers

FOLDER = peers.SOURCE / "samples" / "stages"
SAMPLES = peers.SOURCE / "samples"
CONFORMANCE = peers.SOURCE / "conformance"


def names():
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def read(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


class Words(dict):
    """What placeholders stand for; those with a dot are of what a program said, or of the environment."""

    def __missing__(self, path):
        name, _, rest = path.partition(".")
        if name == "environment":
            return os.environ[rest]
        value = self[name]
        for step in re.findall(r"[^.\[\]]+(?:\[[^\]]*\])?", rest):
            member, _, chosen = step.partition("[")
            if member.endswith("_port") and member not in value:
                value = urllib.parse.urlsplit(value[member.removesuffix("_port")]).port
                continue
            value = value[member]
            if chosen:
                key, _, wanted = chosen.rstrip("]").partition("=")
                value = next(item for item in value if str(item[key]) == wanted)
        return value


def filled(value, words):
    """A part of a stage with its ${...} filled in."""
    if isinstance(value, dict):
        return {key: filled(member, words) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member, words) for member in value]
    if not isinstance(value, str):
        return value
    if whole := re.fullmatch(r"\$\{([^}]*)\}", value):
        found = words[whole[1]]
        return found if isinstance(found, (dict, list, int)) else str(found)
    return re.sub(r"\$\{([^}]*)\}", lambda found: str(words[found[1]]), value)


def program(name):
    return peers.BIN / name if (peers.BIN / name).exists() else shutil.which(name)


def prepare(stage, folder, words):
    """Writes the files of a stage and runs its programs that only prepare."""
    for name, content in filled(stage.get("files", {}), words).items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    for part in filled(stage.get("prepared", []), words):
        subprocess.run([program(part["program"]), *map(str, part["arguments"])], check=True, capture_output=True,
                       env={**os.environ, **part.get("environment", {})})


def write_secrets(stage, folder, words):
    for name, secret in filled(stage.get("secrets", {}), words).items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)


@contextlib.contextmanager
def playing(name, folder):
    """The stage with its programs running: yields (target file, runs, environment)."""
    stage = read(name)
    words = Words(stage=folder, run=folder / "run", samples=SAMPLES, conformance=CONFORMANCE, beside=FOLDER,
                  password=secrets.token_hex(12))
    words["run"].mkdir()
    prepare(stage, folder, words)
    with contextlib.ExitStack() as stack:
        for part in stage["programs"]:
            part = filled(part, words)
            process = stack.enter_context(subprocess.Popen(
                [program(part["program"]), *map(str, part["arguments"])], stdout=subprocess.PIPE, text=True,
                env={**os.environ, **part.get("environment", {})}))
            stack.callback(process.terminate)
            words[part["name"]] = json.loads(process.stdout.readline())
        write_secrets(stage, words["run"], words)
        target = folder / "target.json"
        target.write_text(json.dumps(filled(stage["target"], words)))
        yield target, filled(stage["runs"], words), filled(stage.get("environment", {}), words)


def run(name, folder, *arguments, timeout=600):
    """Each run of the stage: yields (suites, seconds, CompletedProcess, report)."""
    with playing(name, folder) as (target, runs, environment):
        for number, part in enumerate(runs):
            place = folder / str(number)
            place.mkdir()
            answers = part.get("answers") or peers.write_answers(place, *part.get("attested", []))
            began = time.perf_counter()
            process = peers.bluebridge("run", *part["suites"], "--target", target, "--answers", answers, "--out", place / "runs",
                                       *part.get("arguments", []), *arguments, timeout=timeout, **environment)
            yield part["suites"], time.perf_counter() - began, process, peers.only_run(place, process)[1]
