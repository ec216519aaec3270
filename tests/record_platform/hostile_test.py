#!/usr/bin/env python3
"""Bad input: XML attacks, broken envelopes, wrong set-up. Nothing of it ends the platform or opens it."""
import pathlib
import random
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from platform_client import *  # noqa: E402,F403
from platform_test import PROGRAM, PlatformTest  # noqa: E402


class HostileTest(PlatformTest):
    def envelope(self, info="<info/>"):
        return envelope(header_of("GetServiceDefinition", 2, app=self.client.app["id"], info=info), info)

    def tearDown(self):
        self.accepted(self.client.post(self.envelope()))

    def test_entities_are_refused_and_nothing_is_fetched(self):
        fetched = []

        class Server(socketserver.BaseRequestHandler):
            def handle(self):
                fetched.append(self.client_address)
        with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_address[1]}/x"
            bomb = "<!DOCTYPE b [<!ENTITY a0 'x'>" + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)) + "]>"
            for doctype in (bomb, f"<!DOCTYPE x SYSTEM '{url}'>", f"<!DOCTYPE x [<!ENTITY e SYSTEM '{url}'>]>",
                            "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", f"<!DOCTYPE x [<!ENTITY % p SYSTEM '{url}'> %p;]>"):
                answer = self.client.post(doctype + self.envelope().replace("by-hand/1.0", "&a11;&e;"))
                self.refused(answer, 3)
                self.assertNotIn(b"root:", answer.body)
            inside = f"<info>{thing(weight(1))}</info>"
            self.refused(self.of("alice").call("PutThings", 2, inside.replace("<weight>", "<!DOCTYPE w [<!ENTITY a 'b'>]><weight>")), 3)
            server.shutdown()
        self.assertEqual(fetched, [])

    def test_what_is_no_envelope_is_refused(self):
        good = self.envelope()
        for body in ("", "<", "text", "<request/>", good.replace("<header>", "text<header>"), good.replace("</wc-request:request>", "text</wc-request:request>"),
                     good.replace(" xmlns:", " more='1' xmlns:", 1), good[:-5], good + "<x/>", "\ufeff" * 3 + good, "<a>" * 5000, good.encode("utf-16"),
                     b"\xff\xfe\x00", good.replace("UTC", "\x00"), good.replace("<info/>", ""), good.replace("<info/>", "<info/><info/>"),
                     '<?xml version="1.0" encoding="ISO-8859-1"?>' + good, "<x a='" + "y" * 1000000 + "'/>"):
            if body not in (good, b""):
                with self.subTest(body=body[:60]):
                    self.refused(self.client.post(body), 3)

    def test_mutated_requests_have_an_answer(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}", file=sys.stderr)
        chance = random.Random(seed)
        good = self.client.signed("PutThings", 2, f"<info>{thing(weight(1))}</info>", **self.of("alice").header).encode()
        for _ in range(200):
            body = bytearray(good)
            for _ in range(chance.randrange(1, 6)):
                at = chance.randrange(len(body))
                body[at:at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
            if bytes(body) != good:
                answer = self.client.post(bytes(body))
                self.assertEqual(answer.status, 200)
                self.assertNotEqual(answer.code, -1)

    def test_wrong_kinds_of_values_are_refused(self):
        alice = self.of("alice")
        for info in ("<info><thing/></info>", "<info/>", "<info><group max='x'/></info>", "<info><thing><type-id>x</type-id></thing></info>"):
            self.assertIn(alice.call("PutThings", 2, info).code, (3, 13, 19), info)
        self.refused(alice.get(group(attributes=' max-full="-1x"')), 3)
        self.refused(alice.put(*[thing(weight(1))] * 1001), 124)

    def test_an_xpath_that_takes_for_ever_is_cut_off(self):
        alice = self.of("alice")
        self.accepted(alice.put(thing(weight(1, note="x" * 1000))))
        deep = "/thing/data-xml//*" + "[count(//node()/preceding::node()/following::node()) &gt; 0]" * 20
        self.assertIn(alice.get(group(filter_of(f"<xpath>{deep}</xpath>"))).code, (0, 15))
        self.refused(alice.get(group(filter_of("<xpath>/thing/data-xml/document('http://127.0.0.1/x')</xpath>"))), 15)

    def test_what_libxml2_does_not_count_of_an_xpath_is_cut_off_too(self):
        alice = self.of("alice")
        self.accepted(alice.put(thing(weight(1, note="x" * 500_000))))
        text = "string(/thing/data-xml)"
        for inside in (f"concat({','.join([text] * 30)}) = ''", f"contains({text}, concat({text}, 'y'))", f"translate({text}, {text}, '') = ''",
                       f"substring-after(concat({text}, 'y'), concat({text}, 'z')) = ''"):
            begin = time.monotonic()
            self.refused(alice.get(group(filter_of(f"<xpath>/thing/data-xml[{inside}]</xpath>"))), 15)
            self.assertLess(time.monotonic() - begin, 10, inside)
        for inside in ("contains(weight, 'a')", "starts-with(concat(common/note, 'a'), 'xx')", "translate(common/source, 'abc', 'ABC') = 'X'"):
            self.accepted(alice.get(group(filter_of(f"<xpath>/thing/data-xml[{inside}]</xpath>"), attributes=' max="1"')))
        for xpath in ("/thing/data-xml" + "[" * 200_000, "/thing/data-xml[" + "1+" * 500 + "1]"):
            self.refused(alice.get(group(filter_of(f"<xpath>{xpath}</xpath>"))), 15)

    def test_a_group_has_no_endless_filters(self):
        alice = self.of("alice")
        self.accepted(alice.get(group("<filter></filter>" * 20)))
        self.refused(alice.get(group("<filter></filter>" * 21)), 15)

    def test_what_follows_a_head_that_cannot_be_read_is_no_request(self):
        url = self.client.wire.url
        for head in ("X: " + "y" * 9_000, "X: y\r\n" + "z" * 9_000 + ": y"):
            with socket.create_connection((url.hostname, url.port), timeout=10) as plain, \
                    self.client.wire.context.wrap_socket(plain, server_hostname=url.hostname) as tls:
                tls.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\nGET /assets/shell.css HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                answer = b""
                while got := tls.recv(65536):
                    answer += got
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
                self.assertIn(b"HTTP/1.1 400", answer)

    def test_blob_addresses_that_are_none_are_refused(self):
        for method, path in (("GET", "/streaming/wildcatblob.ashx"), ("POST", "/streaming/wildcatblob.ashx?blob-ref-token=x"),
                             ("GET", "/streaming/wildcatblob.ashx?blob-ref-token=' OR 1=1 --"), ("DELETE", "/streaming/wildcatblob.ashx?blob-ref-token=x"),
                             ("GET", "/double/journal/../x"), ("GET", "/etc/passwd")):
            self.assertGreaterEqual(self.client.wire.send(method, urllib.parse.quote(path, safe="/?=&"))[0], 400)


class SetUpTest(unittest.TestCase):
    def run_with(self, *arguments, people=None):
        with tempfile.TemporaryDirectory() as folder:
            if people is not None:
                file = pathlib.Path(folder) / "people.yaml"
                file.write_text(people)
                arguments = (*arguments, "--people", file)
            return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=20)

    def test_mistakes_are_told_with_their_place(self):
        for people, told in (("people: {}\n", "there are no 'people'"),
                             ("people: {a: {nam: x}}\n", "did you mean 'name'"),
                             ("people: {a: {}}\nrecords: {r: {holders: {b: self}}}\n", "there is no person 'b'"),
                             ("people: {a: {}}\nrecords: {r: {holders: {a: owner}}}\n", "'self', 'custodian' or 'viewer'"),
                             ("people: {a: {id: x}}\n", "is no GUID"),
                             ("applications: {x: {types: {wight: {online: all}}}}\n", "names no type"),
                             ("applications: {x: {types: {weight: {online: write}}}}\n", "unknown right 'write'"),
                             ("applications: {x: {granted_by: [a@b]}}\n", "is not PERSON@RECORD"),
                             ("people: [\n", "people.yaml:")):
            result = self.run_with(people=people)
            self.assertEqual(result.returncode, 2, people)
            self.assertIn(told, result.stderr)
            self.assertIn("people.yaml:", result.stderr)

    def test_a_certificate_of_another_name_or_too_small_is_refused(self):
        set_up = "people: {{a: {{}}}}\nrecords: {{r: {{holders: {{a: self}}}}}}\napplications: {{x: {{id: {0}, certificate: {1}}}}}\n"
        id_ = "12345678-1234-4234-8234-123456789abc"
        with tempfile.TemporaryDirectory() as folder:
            def made(name, bits):
                file = pathlib.Path(folder) / f"{name}-{bits}.pem"
                openssl("req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-subj", f"/CN={name}", "-keyout", "/dev/null", "-out", file)
                return file
            for file, told in ((made("Other", 2048), "expected 'WildcatApp-" + id_), (made("WildcatApp-" + id_, 1024), "1024 bits"),
                               (pathlib.Path(folder) / "none.pem", "none.pem")):
                result = self.run_with(people=set_up.format(id_, file))
                self.assertEqual(result.returncode, 2)
                self.assertIn(told, result.stderr)

    def test_options_that_are_none_are_told(self):
        for arguments, told in ((["--port", "70000"], "0 to 65535"), (["--defect", "stores-hal"], "did you mean 'stores-half'"),
                                (["--schemas", "/nowhere"], "must name a folder"), (["--json"], "--list-defects"), (["--prot", "1"], "prot")):
            result = self.run_with(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(told, result.stderr)
        self.assertIn("Example:", self.run_with("--help").stdout)
        self.assertIn("bluebridge-record-platform", self.run_with("--version").stdout)

    def test_documents_of_the_start_are_there_once(self):
        records = pathlib.Path(__file__).parents[2] / "samples/records"
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                with Program(PROGRAM, "--folder", pathlib.Path(folder) / "p", "--records", records) as program:
                    client = Client(program)
                    for name in ("alice", "zoe"):
                        answer = Person(client, program.person(name), program.record(name)).get()
                        self.assertEqual(answer.texts("type-id"), [CCD])
                        inside = answer.body.decode().split("<data-xml>")[1].split("<common>")[0]
                        self.assertEqual(ElementTree.canonicalize(inside), ElementTree.canonicalize((records / f"{name}.xml").read_text()))
                    client.wire.close()

    def test_a_folder_of_something_else_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "platform.sqlite").write_bytes(b"this is no database" * 100)
            result = self.run_with("--folder", folder)
            self.assertEqual(result.returncode, 2)
            self.assertIn("platform.sqlite", result.stderr)

    def test_what_lies_in_the_folder_is_for_its_owner_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            with Program(PROGRAM, "--folder", pathlib.Path(folder) / "p") as program:
                Client(program).create_session()
                modes = {f.name: f.stat().st_mode & 0o077 for f in (pathlib.Path(folder) / "p").iterdir()}
                self.assertEqual({n for n, mode in modes.items() if mode and n != "ca.pem"}, set())


if __name__ == "__main__":
    unittest.main()
