"""No test of the suites of Direct, of mail servers and of packages passes where nobody is: a closed port, a host that
answers anything with an empty success, and one that says what it is told. The targets are those of the stages."""
import contextlib
import copy
import json
import socket
import socketserver
import unittest

import peers
import stages

STAGES = {"direct.receive": "direct.receive", "direct.xdr": "direct.xdr", "direct.edge": "direct.edge",
          "direct.discovery": "direct.send", "outputs.packages": "site.outputs"}
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
PATIENCE_S = 0.2  # of a host that echoes and is told nothing


class Lines(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            self.server.speak(self.request)


def say_nothing_but_success(connection):
    connection.sendall(EMPTY)


def say_it_again(connection):
    connection.settimeout(PATIENCE_S)
    while said := connection.recv(65536):
        connection.sendall(said)


class Datagrams(socketserver.BaseRequestHandler):
    def handle(self):
        said, connection = self.request
        connection.sendto(self.server.answer(said), self.client_address)


class LineServer(socketserver.ThreadingTCPServer):
    block_on_close = False

    def __init__(self, speak):
        super().__init__(("127.0.0.1", 0), Lines)
        self.speak = speak


class NameServer(socketserver.ThreadingUDPServer):
    block_on_close = False

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Datagrams)
        self.answer = answer


@contextlib.contextmanager
def host(folder, speak, answer, https):
    """The ports and addresses of a host of one kind."""
    with contextlib.ExitStack() as stack:
        lines = stack.enter_context(peers.serving(LineServer(speak)))
        names = stack.enter_context(peers.serving(NameServer(answer)))
        url, ca_file = stack.enter_context(peers.https_server(folder, https))
        yield lines, names, url, ca_file


@contextlib.contextmanager
def nobody(folder):
    peers.make_certificate(folder)
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        names = taken.getsockname()[1]
    yield peers.closed_port(), names, f"https://127.0.0.1:{peers.closed_port()}", folder / "ca.pem"


def peers_of_discovery(target):
    target["roles"]["peer"] = copy.deepcopy(target["roles"]["inbox"])
    target["options"] = {}
    target["inputs"] = {"domain": "discovery.test", "address": "alice@sut.discovery.test"}


class DeadServicesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """The keys and certificates of each stage, once."""
        cls.made = contextlib.ExitStack()
        cls.addClassCleanup(cls.made.close)
        cls.stages = {}
        for suite, name in STAGES.items():
            stage = stages.read(name)
            folder = cls.made.enter_context(peers.temporary_folder())
            words = {"stage": folder, "password": "secret"}
            stages.prepare({"prepared": stage["prepared"]}, folder, words)
            stages.write_secrets(stage, folder, words)
            cls.stages[suite] = (stage["target"], folder)

    def run_suite(self, suite, folder, lines, names, url, ca_file):
        described, stage = self.stages[suite]
        target = stages.filled(described, {
            "stage": stage, "run": stage, "room.smtp": lines, "room.imap": lines, "room.pop3": lines, "room.dns": names,
            "portal.url": url, "portal.xdr_url": url + "/xdr", "site.url": url, "portal.ca_file": ca_file})
        if suite == "direct.discovery":
            peers_of_discovery(target)
        file = folder / f"{suite}.json"
        file.write_text(json.dumps(target))
        process = peers.bluebridge("run", peers.SOURCE / "conformance" / "suites" / f"{suite}.yaml", "--target", file,
                                   "--out", folder / suite / "runs", "--jobs", "4", timeout=300)
        return process, *peers.only_run(folder / suite, process)

    def check_nothing_passes(self, host_of):
        for suite in STAGES:
            with self.subTest(suite), peers.temporary_folder() as folder, host_of(folder) as where:
                process, _, report = self.run_suite(suite, folder, *where)
                self.assertGreater(len(report["tests"]), 0)
                self.assertEqual([test["name"] for test in report["tests"]
                                  if test["outcome"] in ("pass", "warn", "attested")], [])
                self.assertEqual([row["id"] for row in report["requirements"]
                                  if row["outcome"] in ("pass", "warn", "attested")], [])
                self.assertIn(process.returncode, (1, 3), process.stdout + process.stderr)

    def test_a_closed_port(self):
        self.check_nothing_passes(nobody)

    def test_an_empty_success(self):
        self.check_nothing_passes(lambda folder: host(folder, say_nothing_but_success, lambda said: b"",
                                                      lambda handler, body: (200, "application/json", b"")))

    def test_an_echo(self):
        self.check_nothing_passes(lambda folder: host(folder, say_it_again, lambda said: said, peers.echo))


if __name__ == "__main__":
    unittest.main()
