"""Programs and servers that the end-to-end tests talk to.

Everything is on loopback, bounded in time, and ended by its process id.
"""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import programs  # noqa: E402
from skips import skip_loudly  # noqa: E402,F401

SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
BIN = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin"
SUITE = SOURCE / "conformance" / "suites" / "pledge.data_holder.yaml"
ANSWERS = SOURCE / "samples" / "targets" / "demo.answers.yaml"
DATA = pathlib.Path(os.environ.get("BB_TEST_DATA", SOURCE.parent / "shared" / "data"))
PASSWORD_BASE = "canary-Pa55word-7f3a"  # must appear nowhere in what a run leaves
CDA = {"cda": "urn:hl7-org:v3"}


MARK = f"BB_E2E_TEST={os.getpid()}"  # in the environment of all that this test starts


def environment(**more):
    # What the user has imported is no matter here.
    return {**os.environ, "BLUEBRIDGE_DATA": str(BIN / "no-data"), "NO_COLOR": "1", MARK.split("=")[0]: MARK.split("=")[1], **more}


def bluebridge(*arguments, timeout=120, **more):
    """Runs the command to its end; returns CompletedProcess with text."""
    return subprocess.run([BIN / "bluebridge", *map(str, arguments)], text=True, capture_output=True, timeout=timeout,
                          env=environment(**more))


def write_answers(folder, *questions):
    """A file of answers: yes, with a note, to each of the questions."""
    file = folder / "answers.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-answers/1", "by": {"name": "End-to-end test"}, "date": "2026-11-21",
        "answers": {question: {"answer": "yes", "evidence": "A test."} for question in questions}}))
    return file


class Program(programs.Program):
    """One in the environment of this test; `more` are variables of it."""

    def __init__(self, *words, **more):
        super().__init__(*words, env=environment(**more))


class Portal(Program):
    """The sample portal as a child process; use as a context."""

    def __init__(self, *arguments, records=None, defect=None, **more):
        super().__init__(BIN / "bluebridge-portal", "--port", "0", *arguments, *(["--records", records] if records else []),
                         *(["--defect", defect] if defect else []), BLUEBRIDGE_PORTAL_PASSWORD=PASSWORD_BASE, **more)


def portal_defects():
    """The portal's switches: name -> explanation."""
    listed = subprocess.run([BIN / "bluebridge-portal", "--list-defects", "--json"], capture_output=True, check=True)
    return {defect["name"]: defect["explanation"] for defect in json.loads(listed.stdout)}


def passwords(accounts):
    """Environment variables that hold the passwords of accounts."""
    return {f"BB_TEST_PASSWORD_{i}": f"{PASSWORD_BASE}-{account}" for i, account in enumerate(accounts)}


def cda_text(element, path):
    found = element.find(path, CDA)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def read_cda(file):
    """What a C-CDA file says of its patient, read without any code of ours."""
    root = xml.parse(file).getroot()
    patient = root.find("cda:recordTarget/cda:patientRole/cda:patient", CDA)
    name = patient.find("cda:name", CDA)
    time = patient.find("cda:birthTime", CDA)
    value = time.get("value", "") if time is not None else ""
    birth = "-".join(filter(None, (value[:4], value[4:6], value[6:8])))
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    shown = [value[6:8], months[int(value[4:6]) - 1] if value[4:6] else "", value[:4]]
    return {"family_name": cda_text(name, "cda:family"),
            # HL7 EntityNamePartQualifier BR: a name given at birth, no longer borne.
            "given_names": [" ".join("".join(g.itertext()).split()) for g in name.findall("cda:given", CDA)
                            if g.get("qualifier") != "BR"],
            "birth_date": birth, "birth_date_shown": " ".join(filter(None, shown))}


def target_yaml(url, ca_file, inbox_url, people, inputs=None, cleartext_url=None):
    """A target file. `people`: id -> {account, variable, facts...}."""
    config = {"base_url": url}
    if cleartext_url:
        config["cleartext_base_url"] = cleartext_url
    policy = {"ca_file": str(ca_file)} if ca_file else {}
    cleartext = {"allow_cleartext": True} if cleartext_url else {}
    target = {
        "format": "bluebridge-target/1", "target": "end-to-end", "title": "End to end", "version": "1",
        "environment": "test", "profile": {"role": "data-holder", "holder": "provider", "content": ["complete", "visit"]},
        "roles": {"portal": {"connector": "org.bluebridge.rest.portal", "config": config, **policy, **cleartext},
                  "inbox": {"connector": "org.bluebridge.rest.inbox", "config": {"inbox_url": inbox_url}, **policy}},
        "patients": people, "inputs": inputs or {}}
    return json.dumps(target, indent=1, ensure_ascii=False)  # JSON is YAML


def person(account, variable, **facts):
    return {"account": account, "secrets": {"password": {"env": variable}}, **facts}


def only_run(folder, process):
    """The one run folder under folder/runs, and its JSON report."""
    runs = [events.parent for events in (folder / "runs").glob("*/events.ndjson")]
    if len(runs) != 1:
        raise AssertionError(f"{len(runs)} runs were made, expected 1: status {process.returncode}\n{process.stderr}")
    return runs[0], json.loads((runs[0] / "report.json").read_text())


def run_suite(folder, target, *arguments, timeout=120, **more):
    """Runs the pledge suite; returns (process, run folder, report)."""
    file = folder / "target.yaml"
    file.write_text(target)
    process = bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--answers", ANSWERS, *arguments,
                         timeout=timeout, **more)
    return process, *only_run(folder, process)


def until(holds, seconds):
    """What holds() gives as soon as it is true; fails where it is not in that time."""
    deadline = time.monotonic() + seconds
    while not (held := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"what was waited for did not come within {seconds} s")
        time.sleep(0.05)
    return held


def outcomes(report, suite=None):
    """Of each test, or each of one suite, by its name."""
    return {test["name"]: test["outcome"] for test in report["tests"] if suite in (None, test["suite"])}


# Tests of the pledge that do not apply to a provider over REST: of a record platform, of other kinds of holders, of a
# door to the source.
BY_OPTION = ("transmit_to_record", "own_kind.", "payer.", "pharmacy.", "timely.")


def violated(report):
    """The ids of the requirements that a run found not to hold, sorted."""
    return sorted(row["id"] for row in report["requirements"] if row["outcome"] in ("fail", "warn", "error"))


def told(report):
    """What did not pass, and why: for messages of tests."""
    return "\n".join(f"{test['name']}: {test['outcome']}: {test.get('cause', '')[:300]}" for test in report["tests"]
                     if test["outcome"] not in ("pass", "attested", "omit"))


def without_network():
    """Words before a command that take its network away, where this user may."""
    can = os.geteuid() == 0 and shutil.which("unshare")
    return ["unshare", "--net"] if can and subprocess.run(["unshare", "--net", "true"]).returncode == 0 else []


def judged_again(run, *arguments):
    """What `evidence replay` says of a run, judged without network; fails where a claim does not come to the same, or
    where the folder is not whole."""
    verified = bluebridge("evidence", "verify", run)
    if verified.returncode != 0:
        raise AssertionError(f"status {verified.returncode}: {verified.stdout}\n{verified.stderr}")
    process = subprocess.run([*without_network(), BIN / "bluebridge", "evidence", "replay", run, "--json", *arguments],
                             text=True, capture_output=True, timeout=120, env=environment())
    if process.returncode != 0:
        raise AssertionError(f"status {process.returncode}: {process.stdout}\n{process.stderr}")
    return json.loads(process.stdout)


def faults_noticed(run, *arguments, are_skips_allowed=False):
    """How many of the faults put into the evidence of a run its suites notice; fails where they do not notice all, or
    where a claim does not come to the same again.
    Into a test that was skipped none can be put: that is a failure too, unless allowed, or the target's options leave
    the test out."""
    judged_again(run, *arguments)
    process = bluebridge("suite", "mutate", run, "--json", *arguments)
    measured = json.loads(process.stdout)
    fine = ("noticed", "needs the portal", *(("not applicable", "omitted") if are_skips_allowed else ()))
    left = [mutant for mutant in measured["mutants"] if mutant["verdict"] not in fine and
            not (mutant["verdict"] == "omitted" and mutant["test"].startswith(BY_OPTION))]
    if left or process.returncode not in ((0, 3) if are_skips_allowed else (0,)):
        raise AssertionError(f"status {process.returncode}: {left}\n{process.stderr}")
    return measured["noticed"]


def demo(folder, *arguments, timeout=120):
    """Runs `bluebridge demo`; returns (process, run folder, report)."""
    process = bluebridge("demo", "--out", folder / "runs", *arguments, timeout=timeout)
    return process, *only_run(folder, process)


@contextlib.contextmanager
def temporary_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bb-e2e-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_certificate(folder):
    """A CA and a server certificate for 127.0.0.1, made by openssl."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=end-to-end test CA")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key", "-out",
            "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")
    return folder / "ca.pem"


@contextlib.contextmanager
def serving(server):
    """The port of a socketserver that answers meanwhile."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def https_server(folder, answer):
    """An HTTPS server whose every answer is answer(handler, body) -> (status, type, bytes, header fields as pairs ...)."""
    ca_file = make_certificate(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, media_type, content, *fields = answer(self, body)
            self.send_response(status)
            for name, value in fields:
                self.send_header(name, value)
            if media_type:
                self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = reply

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        yield f"https://127.0.0.1:{port}", ca_file


def echo(handler, body):
    """An answer of https_server: what was sent."""
    return 200, handler.headers.get("Content-Type", "text/plain"), body or handler.path.encode()


def closed_port():
    """A port of loopback on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def processes_under():
    """Programs that this test started, directly or not, and that still run: (pid, command line)."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if os.fsencode(MARK) in (entry / "environ").read_bytes().split(b"\0"):
                found.append((int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")))
    return found


def main():
    """As unittest.main(), with the share of the tests that tests/support/in_shards.py gives this process."""
    count, index = (int(os.environ.get(name, default))
                    for name, default in (("GTEST_TOTAL_SHARDS", 1), ("GTEST_SHARD_INDEX", 0)))
    if count == 1:
        unittest.main()
    loaded = unittest.defaultTestLoader.loadTestsFromName("__main__")
    tests = [test for case in loaded for test in case]
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(tests[index::count]))
    sys.exit(not result.wasSuccessful())
