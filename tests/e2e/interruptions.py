"""Runs that are killed at random moments and gone on with: what a run comes to in the end, however often that was."""
import contextlib
import json
import random
import signal
import subprocess
import time

import peers

# SIGINT and SIGTERM end a run tidily: its tests are cancelled, and done again by `resume --skipped`.
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
SHARE_WHILE_BUSY = 0.7  # of the moments that are told by what the run has written; the others are told by time
CANCELLED = 5
TAKEN_AGAIN = ("--jobs", "--browser", "--data")  # of `run` by `resume`


def coming_to(report):
    """What the tests, their claims and the requirements of a run came to."""
    return {"tests": {f"{test['suite']}/{test['name']}": test["outcome"] for test in report["tests"]},
            "claims": {f"{test['suite']}/{test['name']}": claims_of(test) for test in report["tests"]},
            "requirements": {row["id"]: row["outcome"] for row in report["requirements"]}}


def claims_of(test):
    """Of the last attempt of each step: what was to hold, and whether it did."""
    last = {step["id"]: step for step in test.get("steps", []) if not step["setup"] and not step["cleanup"]}
    return {name: [(claim["text"], claim["outcome"]) for claim in step.get("claims", [])] for name, step in last.items()}


def differences(one, other):
    """For a message: what two runs came to, where they differ."""
    return [f"{kind} {name}: {one[kind].get(name)} / {other[kind].get(name)}" for kind in one
            for name in sorted(set(one[kind]) | set(other[kind])) if one[kind].get(name) != other[kind].get(name)]


def report_of(run):
    made = peers.bluebridge("report", run, "--format", "json")
    if made.returncode == 2:
        raise AssertionError(made.stderr)
    return json.loads(made.stdout)


class Interrupted:
    """A run of `words`, behind `bluebridge run`, that is killed and gone on with. `lasts`: seconds and bytes of
    events of a whole one."""

    def __init__(self, folder, words, variables, chance, lasts):
        self.folder, self.words, self.variables, self.chance = folder, words, variables, chance
        self.seconds, self.bytes = lasts
        self.kills = []  # (signal, bytes of events written, of the command's words the first)
        self.events_file = None

    def written(self):
        """Bytes of events."""
        if self.events_file is None:
            self.events_file = next(self.folder.glob("*/events.ndjson"), None)
        return self.events_file.stat().st_size if self.events_file else 0

    def run(self):
        """The run folder; None while none was begun."""
        self.events_file = None  # of a command that was killed before it had begun there may be one that is empty
        begun = [file for file in self.folder.glob("*/events.ndjson") if b"\n" in file.read_bytes()]
        if begun:
            self.events_file = begun[0]
        return begun[0].parent if begun else None

    def command(self, status):
        if self.run() is None:
            return ["run", *self.words, "--out", self.folder]
        again = [word for option, *value in zip(self.words, self.words[1:]) if option in TAKEN_AGAIN for word in (option, *value)]
        in_process = ["--in-process"] if "--in-process" in self.words else []
        return ["resume", self.run(), *(["--skipped"] if status == CANCELLED else []), *again, *in_process]

    def wait(self, process):
        """Until a random moment; whether the process still runs then."""
        end = time.monotonic() + self.chance.uniform(0, self.seconds)
        aim = float("inf")
        if self.chance.random() < SHARE_WHILE_BUSY:
            end, aim = time.monotonic() + 2 * self.seconds, self.written() + self.chance.randrange(1, max(2, self.bytes // 4))
        while time.monotonic() < end and process.poll() is None and self.written() < aim:
            time.sleep(0.008)
        return process.poll() is None

    def to_the_end(self, kills):
        """Goes on until the run is done, killed so many times at most; gives its status."""
        status = None
        while True:
            command = self.command(status)
            process = subprocess.Popen([peers.BIN / "bluebridge", *map(str, command)], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True, env=peers.environment(**self.variables))
            if len(self.kills) < kills and self.wait(process):
                chosen = self.chance.choice(SIGNALS)
                self.kills.append((chosen.name, self.written(), command[0]))
                process.send_signal(chosen)
            error = process.communicate(timeout=300)[1]
            status = process.returncode
            if status == 2:
                raise AssertionError(f"{command[0]} was refused: {error}")
            if status >= 0 and status != CANCELLED:
                return status


def compare(folder, words, variables, kills, seed, world=contextlib.nullcontext, per_run=10):
    """Runs `words` whole, and then killed so many times over as many runs as it takes; raises AssertionError where one
    comes to something else. `world`: what is to be there during each run; it gives further words. Every other run is in
    process. Gives the kills and what the whole run came to."""
    chance = random.Random(seed)
    whole = folder / "whole"
    with world() as more:
        began = time.monotonic()
        process = peers.bluebridge("run", *words, *(more or []), "--out", whole, timeout=600, **variables)
        lasts = time.monotonic() - began
    run = next((file.parent for file in whole.glob("*/events.ndjson")), None)
    if run is None:
        raise AssertionError(process.stderr)
    expected = coming_to(report_of(run))
    lasts = (lasts, (run / "events.ndjson").stat().st_size)
    done = []
    while len(done) < kills:
        place = folder / f"run-{len(list(folder.iterdir()))}"
        place.mkdir()
        with world() as more:
            in_process = ["--in-process"] if len(done) // per_run % 2 else []
            one = Interrupted(place, [*words, *(more or []), *in_process], variables, chance, lasts)
            status = one.to_the_end(min(per_run, kills - len(done)))
        said = f"seed {seed}, run {place.name}, killed {one.kills}"
        found = differences(expected, coming_to(report_of(one.run())))
        if found or status != process.returncode:
            raise AssertionError(f"{said}: status {status}, expected {process.returncode}\n" + "\n".join(found))
        try:
            peers.judged_again(one.run())
        except AssertionError as wrong:
            raise AssertionError(f"{said}: {wrong}") from wrong
        done += one.kills
    return done, expected
