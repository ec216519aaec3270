#!/usr/bin/python3
"""What the Direct connector trusts and finds: bundles that change, servers that say nothing.

    trust_test.py CONNECTOR_TOOL PLUGIN_FOLDER CONNECTOR_HOST PKI_TOOL

Bundles are made by the openssl command.
"""
import base64
import contextlib
import http.server
import itertools
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "mail"))
from connectors import Connectors, Refused
from peers import Peer, Served

ALICE, BOB = "alice@direct.alice.test", "bob@direct.bob.test"
DAY = 24 * 3600
number = itertools.count()


def openssl(*words, given=b""):
    return subprocess.run(["openssl", *map(str, words)], input=given, check=True, capture_output=True).stdout


def bundle_of(*names):
    words = [word for name in names for word in ("-certfile", pki / f"{name}.crt")]
    return openssl("crl2pkcs7", "-nocrl", "-outform", "DER", *words)


def signed(bundle, by):
    return openssl("cms", "-sign", "-nodetach", "-binary", "-signer", pki / f"{by}.pem", "-outform", "DER",
                   given=bundle)


def der(name):
    return openssl("x509", "-in", pki / f"{name}.crt", "-outform", "DER")


class Web(Served, http.server.ThreadingHTTPServer):
    """Serves `content`; None is a 404."""

    def __init__(self):
        self.content, self.asked = None, 0
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                web.asked += 1
                if web.content is None:
                    return self.send_error(404)
                self.send_response(200)
                self.send_header("Content-Length", str(len(web.content)))
                self.end_headers()
                self.wfile.write(web.content)

            def log_message(self, *_):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.port}/bundle.p7b"


def labels(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


class Names:
    """A name server: records by (name, type), asked by UDP and TCP on one port."""

    def __init__(self, records, loses_datagrams=False):
        self.records, self.loses_datagrams, self.datagrams = records, loses_datagrams, 0
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.threads = [threading.Thread(target=self.serve_udp), threading.Thread(target=self.serve_tcp)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.tcp.shutdown(socket.SHUT_RDWR)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", self.port))
        for thread in self.threads:
            thread.join()
        self.tcp.close()
        self.udp.close()

    def answer(self, query):
        """RFC 1035, 4.1."""
        end = query.index(b"\0", 12)
        asked, kind = query[12:end + 1], struct.unpack("!H", query[end + 1:end + 3])[0]
        found = [data for (name, each), list in self.records.items() if (labels(name), each) == (asked, kind)
                 for data in list]
        head = query[:2] + struct.pack("!HHHHH", 0x8180, 1, len(found), 0, 0)
        return head + query[12:end + 5] + b"".join(
            asked + struct.pack("!HHIH", kind, 1, 60, len(data)) + data for data in found)

    def serve_udp(self):
        while (got := self.udp.recvfrom(65536))[0]:
            self.datagrams += 1
            if not self.loses_datagrams:
                self.udp.sendto(self.answer(got[0]), got[1])

    def serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.tcp.accept()
                with peer:
                    query = peer.recv(65536)
                    if query:
                        said = self.answer(query[2:])
                        peer.sendall(struct.pack("!H", len(said)) + said)


class TrustTest(unittest.TestCase):
    def setUp(self):
        running = contextlib.ExitStack()
        self.addCleanup(running.close)
        self.web = running.enter_context(Web())
        self.running = running

    def make(self, **config):
        name = f"sender-{next(number)}"
        secrets = {name: str(pki / f"{name}.pem") for name in ("sender", "recipient")}
        secrets["bundle"] = str(pki / "bundle.p7b")
        made = tool.ask(make=name, type="org.bluebridge.direct.sender", secrets=secrets, ca_file="", cleartext=True,
                        config={"host": "127.0.0.1", "port": 9, "protection": "none", "from": ALICE,
                                "identity": {"secret": "sender"}, "revocation": "ignored", **config})
        if "error" in made:
            raise ValueError(made["error"])
        return name

    def with_bundle(self, **more):
        return self.make(bundles=[{"url": self.web.url, **more}])

    def why_not(self, name, of="sender"):
        """Why a certificate is not trusted; empty: it is."""
        reply = tool.ask(on=name, interface="bb.trust/1", function="evaluate",
                         arguments={"address": ALICE, "certificate": base64.b64encode(der(of)).decode(),
                                    "use": "sign"})
        return reply["message"] if reply["status"] != "BB_OK" else ""

    @staticmethod
    def told():
        """What evidence has of bundles, since it was asked last."""
        return [base64.b64decode(record["received"]).decode() for record in tool.ask(evidence=True)["evidence"]
                if record["step"] == "bundle"]

    # ---- bundles

    def test_the_anchors_of_a_bundle_are_trusted(self):  # DIRECT-BUNDLE-01
        self.web.content = bundle_of("root")
        name = self.with_bundle()
        self.told()
        self.assertEqual(self.why_not(name), "")
        self.assertIn("no_path", self.why_not(name, "unknown_anchor"))
        self.assertEqual(self.told(), ["read; added: CN=root"])
        self.assertEqual(self.web.asked, 1)
        anchors = tool.call(name, "bb.trust/1", "anchors")["emitted"]["certificates"]
        self.assertEqual([one["source"] for one in anchors], ["bundle"])

    def test_a_bundle_may_be_a_secret_or_stand_in_the_configuration(self):
        (pki / "bundle.p7b").write_bytes(bundle_of("root"))
        text = openssl("crl2pkcs7", "-nocrl", "-certfile", pki / "root.crt").decode()
        for bundle in ({"secret": "bundle"}, {"pem": text}):
            self.assertEqual(self.why_not(self.make(bundles=[bundle])), "")
        self.assertEqual(self.web.asked, 0)

    def test_it_is_fetched_anew_once_a_day_and_what_was_removed_is_not_trusted(self):  # -03, -04
        self.web.content = bundle_of("root", "stranger")
        name = self.with_bundle()
        self.assertEqual(self.why_not(name, "unknown_anchor"), "")
        self.web.content = bundle_of("root")
        tool.ask(advance_s=DAY - 60)
        self.assertEqual(self.why_not(name, "unknown_anchor"), "")
        self.told()
        tool.ask(advance_s=120)
        self.assertIn("no_path", self.why_not(name, "unknown_anchor"))
        self.assertEqual(self.why_not(name), "")
        self.assertEqual(self.told(), ["read; not trusted any more: CN=stranger"])

    def test_a_failing_fetch_keeps_the_last_good_copy_and_is_told(self):  # -05, -05-b
        self.web.content = bundle_of("root")
        name = self.with_bundle(refresh_seconds=60)
        self.assertEqual(self.why_not(name), "")
        self.told()
        for content, words in ((None, "status 404"), (b"<html>garbage</html>", "no "), (bundle_of(), "certificate")):
            self.web.content = content
            tool.ask(advance_s=61)
            self.assertEqual(self.why_not(name), "")
            told, = self.told()
            self.assertIn("the last good copy is kept: ", told)
            self.assertIn(words, told)
        self.web.content = bundle_of("stranger")
        tool.ask(advance_s=61)
        self.assertIn("no_path", self.why_not(name))

    def test_without_a_first_copy_nobody_is_trusted(self):
        name = self.with_bundle()
        self.assertIn("no_path", self.why_not(name))

    def test_a_signature_is_checked_where_a_signer_is_named(self):  # -02
        signers = {"pem": (pki / "stranger.crt").read_text()}
        tampered = bytearray(signed(bundle_of("root"), "unknown_anchor"))
        at = bytes(tampered).index(der("root")[100:200])
        tampered[at] ^= 1
        for content, words in ((signed(bundle_of("root"), "unknown_anchor"), None),
                               (signed(bundle_of("root"), "sender"), "signature is refused"),
                               (bytes(tampered), "signature is refused"), (bundle_of("root"), "not signed")):
            self.web.content = content
            name = self.with_bundle(signers=signers)
            self.told()
            self.assertEqual(self.why_not(name) == "", words is None, words)
            self.assertIn(words or "added: CN=root", self.told()[0])

    def test_an_expired_anchor_is_not_used(self):  # -06
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                pki / "old.key", "-out", pki / "old.crt", "-subj", "/CN=old", "-days", "1")
        self.web.content = bundle_of("root", "old")
        name = self.with_bundle(refresh_seconds=3600)
        anchors = lambda: len(tool.call(name, "bb.trust/1", "anchors")["emitted"]["certificates"])
        self.assertEqual(anchors(), 2)
        tool.ask(advance_s=2 * DAY)
        self.assertEqual(anchors(), 1)

    def test_a_bundle_that_cannot_work_is_refused_by_name(self):
        for words, bundle in (("/bundles/0 has url beside", {"url": self.web.url, "secret": "bundle"}),
                              ("refresh_seconds", {"url": self.web.url, "refresh_seconds": 100_000}),
                              ("url", {"url": "gopher://x/"})):
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                self.make(bundles=[bundle])
        for incomplete in ({}, {"refresh_seconds": 60}):
            with self.subTest(incomplete), self.assertRaisesRegex(ValueError, "/bundles/1 names no bundle"):
                self.make(bundles=[{"url": self.web.url}, incomplete, {"url": self.web.url}])

    # ---- servers that say nothing

    def finder(self, names, **more):
        return self.make(anchors={"pem": (pki / "root.crt").read_text()},
                         resolver={"host": "127.0.0.1", "port": names.port, "wait_ms": 100, **more})

    def find(self, name):
        return tool.call(name, "bb.trust/1", "discover", address=BOB)["emitted"]["certificates"]

    def test_what_loses_datagrams_is_asked_over_tcp(self):  # DIRECT-DNS-03
        record = struct.pack("!HHB", 1, 0, 0) + der("recipient")
        with Names({("direct.bob.test", 37): [record]}, loses_datagrams=True) as names:
            found = self.find(self.finder(names))
            self.assertEqual([one["source"].split(":")[0] for one in found], ["dns-cert"])
            self.assertGreaterEqual(names.datagrams, 3)

    def test_the_next_name_server_is_asked_where_one_says_nothing(self):
        record = struct.pack("!HHB", 1, 0, 0) + der("recipient")
        with Peer(lambda peer: time.sleep(1)) as mute, Names({("direct.bob.test", 37): [record]}) as names:
            finder = self.finder(mute, further=[{"host": "127.0.0.1", "port": names.port}])
            self.assertEqual(len(self.find(finder)), 1)

    def test_a_name_server_that_says_nothing_holds_no_call(self):
        with Peer(lambda peer: time.sleep(3)) as mute:
            begun = time.monotonic()
            with self.assertRaisesRegex(Refused, "CERT direct.bob.test.*over TCP"):
                self.find(self.finder(mute))
            self.assertLess(time.monotonic() - begun, 10)

    def test_a_directory_that_says_nothing_gives_way_to_the_next(self):  # DIRECT-LDAP-04
        heard = threading.Event()
        with Peer(lambda peer: time.sleep(3)) as mute, Peer(lambda peer: heard.set()) as next_one:
            def service(priority, port):
                return struct.pack("!HHH", priority, 0, port) + labels("ldap.bob.test")
            with Names({("_ldap._tcp.direct.bob.test", 33): [service(2, next_one.port), service(1, mute.port)],
                        ("ldap.bob.test", 1): [bytes([127, 0, 0, 1])]}) as names:
                begun = time.monotonic()
                with self.assertRaisesRegex(Refused, "priority 1.*priority 2.*closed the connection"):
                    self.find(self.finder(names, directory_wait_ms=200))
                self.assertLess(time.monotonic() - begun, 5)
                self.assertTrue(heard.is_set())


if __name__ == "__main__":
    with contextlib.ExitStack() as running:
        pki = pathlib.Path(running.enter_context(tempfile.TemporaryDirectory()))
        subprocess.run([sys.argv[4], pki, ALICE, BOB], check=True)
        tool = running.enter_context(Connectors(*sys.argv[1:4], pki))
        passed = unittest.main(argv=sys.argv[:1] + sys.argv[5:], exit=False).result.wasSuccessful()
    sys.exit(not passed)
