#!/usr/bin/python3
"""The mail room, asked by clients of others: Python's smtplib, imaplib and poplib, openssl s_client, and dig.

    peers_test.py BLUEBRIDGE_MAILROOM BLUEBRIDGE_PKI
"""
import base64
import imaplib
import json
import pathlib
import poplib
import shutil
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from skips import skip_loudly  # noqa: E402

PKI, MAILROOM = sys.argv.pop(2), sys.argv.pop(1)
ALICE = "alice@direct.example.org"
MAIL = f"From: bob@example.net\r\nTo: {ALICE}\r\nSubject: hello\r\n\r\n.a dot\r\ntext\r\n"
poplib._MAXLINE = 100_000


class PeersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        subprocess.run([PKI, "--out", cls.path, "--address", ALICE, "--without-cases"], check=True)
        (cls.path / "zone.yaml").write_text(
            "records:\n"
            "  - {name: direct.example.org, type: MX, preference: 10, host: mail.example.org}\n"
            "  - {name: mail.example.org, type: A, address: 127.0.0.1}\n"
            "  - {name: www.example.org, type: CNAME, host: mail.example.org}\n"
            "  - {name: _ldap._tcp.direct.example.org, type: SRV, priority: 1, weight: 2, port: 389, host: mail.example.org}\n"
            f"  - {{name: alice.direct.example.org, type: CERT, file: {ALICE}.crt}}\n"
            f"  - {{name: alice.direct.example.org, type: CERT, file: root.crt}}\n")
        cls.tls = ssl.create_default_context(cafile=cls.path / "root.crt")

    def setUp(self):
        self.room = subprocess.Popen(
            [MAILROOM, "--identity", self.path / "server.pem", "--mailbox", f"alice:se\"cret={ALICE}",
             "--zone", self.path / "zone.yaml", "--exit-with-parent"], stdout=subprocess.PIPE, text=True)
        self.ports = json.loads(self.room.stdout.readline())

    def tearDown(self):
        self.room.terminate()
        self.assertEqual(self.room.wait(5), 0)
        self.room.stdout.close()

    def smtp(self):
        client = smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=10)
        client.starttls(context=self.tls)
        return client

    def send(self, mail=MAIL):
        with self.smtp() as client:
            return client.sendmail("bob@example.net", [ALICE], mail)

    def imap(self):
        client = imaplib.IMAP4("127.0.0.1", self.ports["imap"], timeout=10)
        client.starttls(self.tls)
        client.login("alice", "se\"cret")
        return client

    def pop3(self):
        client = poplib.POP3("127.0.0.1", self.ports["pop3"], timeout=10)
        client.stls(self.tls)
        client.user("alice")
        client.pass_("se\"cret")
        return client

    def test_all_three_speak_tls_from_the_first_byte(self):
        with smtplib.SMTP_SSL("127.0.0.1", self.ports["smtps"], timeout=10, context=self.tls) as client:
            self.assertEqual(client.sendmail("bob@example.net", [ALICE], MAIL), {})
            self.assertFalse(client.has_extn("STARTTLS"))
        imap = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=self.tls, timeout=10)
        imap.login("alice", "se\"cret")
        self.assertEqual(imap.select(), ("OK", [b"1"]))
        imap.logout()
        pop3 = poplib.POP3_SSL("127.0.0.1", self.ports["pop3s"], context=self.tls, timeout=10)
        pop3.user("alice")
        pop3.pass_("se\"cret")
        self.assertEqual(pop3.stat()[0], 1)
        pop3.quit()

    def imap_lines(self, *lines):
        """What the server answers to each, over TLS from the first byte."""
        with socket.create_connection(("127.0.0.1", self.ports["imaps"]), 10) as plain, \
                self.tls.wrap_socket(plain, server_hostname="127.0.0.1") as peer, peer.makefile("rb") as answers:
            said = [answers.readline()]
            for line in lines:
                peer.sendall(line)
                said.append(answers.readline())
            return said[1:]

    def test_imap_takes_literals_in_commands(self):
        # RFC 3501, 4.3, and without waiting, RFC 7888.
        self.assertEqual(self.imap_lines(b"a LOGIN {5}\r\n", b"alice {7}\r\n", b"se\"cret\r\n")[:2], [b"+ go on\r\n"] * 2)
        self.assertEqual(self.imap_lines(b"a LOGIN {5}\r\n", b"alice {7}\r\n", b"se\"cret\r\n")[2], b"a OK done\r\n")
        self.assertEqual(self.imap_lines(b"a LOGIN {5+}\r\nalice {7+}\r\nse\"cret\r\n"), [b"a OK done\r\n"])
        self.assertRegex(self.imap_lines(b"a LOGIN alice {5+}\r\nwrong\r\n")[0], rb"^a NO ")
        # A line end inside of one is no end of the command.
        self.assertRegex(self.imap_lines(b"a LOGIN alice {9+}\r\nx\r\nb NOOP\r\n")[0], rb"^a NO ")
        self.assertRegex(self.imap_lines(b"a LOGIN {x}\r\n")[0], rb"^a BAD ")
        self.assertRegex(self.imap_lines(b"a LOGIN {8192}\r\n")[0], rb"^\* BYE ")
        self.assertEqual(self.imap_lines(b"a LOGIN {8000}\r\n")[0], b"+ go on\r\n")

    def test_smtplib_sends_and_is_refused_where_it_should_be(self):
        self.assertEqual(self.send(), {})
        with self.smtp() as client:
            client.login("alice", "se\"cret")
            self.assertTrue(client.has_extn("SIZE"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail("bob@example.net", ["nobody@direct.example.org"], MAIL)
            self.assertEqual(refused.exception.recipients["nobody@direct.example.org"][0], 550)
        with self.smtp() as client, self.assertRaises(smtplib.SMTPAuthenticationError):
            client.login("alice", "wrong")
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=10) as client:
            client.ehlo()
            self.assertFalse(client.has_extn("AUTH"))
            self.assertEqual(client.docmd("AUTH", "PLAIN " + base64.b64encode(b"\0alice\0se\"cret").decode())[0], 530)

    def test_imaplib_reads_flags_and_expunges(self):
        self.send()
        with self.imap() as client:
            self.assertEqual(client.select(), ("OK", [b"1"]))
            self.assertEqual(client.uid("SEARCH", "ALL"), ("OK", [b"1"]))
            kind, data = client.uid("FETCH", "1", "(FLAGS BODY.PEEK[])")
            self.assertEqual(kind, "OK")
            self.assertTrue(data[0][1].decode().endswith(MAIL))
            self.assertIn(b"FLAGS ()", data[1])
            whole = data[0][1]
            header = client.uid("FETCH", "1", "(BODY.PEEK[HEADER]<0.1000>)")[1][0]
            self.assertIn(b"BODY[HEADER]<0> {", header[0])
            self.assertEqual(header[1], whole[:whole.index(b"\r\n\r\n") + 4])
            self.assertEqual(client.uid("FETCH", "1", "(BODY.PEEK[]<3.5>)")[1][0][1], whole[3:8])
            for item in ("BODY.PEEK[TEXT]", "BODY[]<0>", "BODY[]<0.0>", "BODY[]<x.1>"):
                with self.assertRaises(imaplib.IMAP4.error):
                    client.fetch("1", f"({item})")
            client.fetch("1", "(RFC822)")
            self.assertIn(b"\\Seen", client.fetch("1", "(FLAGS)")[1][0])
            self.send()
            client.noop()
            self.assertEqual(client.untagged_responses["EXISTS"][-1], b"2")
            client.store("1", "+FLAGS", "(\\Deleted)")
            self.assertEqual(client.expunge(), ("OK", [b"1"]))
            self.assertEqual(client.uid("SEARCH", "ALL"), ("OK", [b"2"]))
            self.assertEqual(client.select("Other")[0], "NO")
        with self.imap() as client:
            client.select(readonly=True)
            self.assertEqual(client.store("1", "+FLAGS", "(\\Deleted)")[0], "NO")

    def test_poplib_reads_and_deletes(self):
        self.send()
        self.send()
        client = self.pop3()
        count, size = client.stat()
        self.assertEqual(count, 2)
        lines = client.retr(1)[1]
        self.assertEqual([line.split()[0] for line in lines[:3]], [b"Return-Path:", b"Delivered-To:", b"Received:"])
        self.assertEqual(b"\r\n".join(lines[4:]) + b"\r\n", MAIL.encode())  # a line of Received is folded
        self.assertEqual(client.top(1, 0)[1], lines[:lines.index(b"") + 1])
        ids = client.uidl()[1]
        client.dele(1)
        with self.assertRaises(poplib.error_proto):
            client.retr(1)
        client.rset()
        self.assertEqual(client.stat(), (2, size))
        client.dele(1)
        client.quit()
        client = self.pop3()
        self.assertEqual([line.split()[1] for line in client.uidl()[1]], [ids[1].split()[1]])
        client.quit()

    def test_openssl_sees_a_good_certificate_behind_each_starttls(self):
        for protocol in ["smtp", "imap", "pop3"]:
            said = subprocess.run(
                ["openssl", "s_client", "-starttls", protocol, "-connect", f"127.0.0.1:{self.ports[protocol]}",
                 "-CAfile", self.path / "root.crt", "-verify_ip", "127.0.0.1", "-verify_return_error"],
                input="", capture_output=True, text=True, timeout=20)
            self.assertIn("Verify return code: 0 (ok)", said.stdout, protocol + said.stderr)

    def test_refuses_what_is_put_before_tls(self):
        # A command that somebody on the way adds behind STARTTLS must not count as said under TLS.
        import socket
        with socket.create_connection(("127.0.0.1", self.ports["smtp"]), 10) as client:
            client.recv(1000)
            client.sendall(b"EHLO x\r\n")
            client.recv(1000)
            client.sendall(b"STARTTLS\r\nMAIL FROM:<mallory@example.org>\r\n")
            rest = b""
            while chunk := client.recv(1000):
                rest += chunk
            self.assertNotIn(b"250", rest)

    def test_dig_is_answered(self):
        if not shutil.which("dig"):
            skip_loudly("dig is not installed; scripts/install-deps --servers installs it")

        def dig(*words):
            done = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.ports["dns"]), "+tries=1", *words],
                                  capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertNotIn("WARNING: Message", done.stdout)
            return done.stdout
        self.assertEqual(dig("+short", "direct.example.org", "MX"), "10 mail.example.org.\n")
        self.assertEqual(dig("+short", "_ldap._tcp.direct.example.org", "SRV"), "1 2 389 mail.example.org.\n")
        self.assertEqual(dig("+short", "www.example.org", "A"), "mail.example.org.\n127.0.0.1\n")
        self.assertIn("status: NXDOMAIN", dig("none.example.org", "A"))
        self.assertIn("status: NOERROR", dig("mail.example.org", "CERT"))
        large = dig("+noedns", "+short", "alice.direct.example.org", "CERT")  # repeated over TCP
        certificates = {base64.b64decode("".join(line.split()[3:])) for line in large.splitlines()}
        of_file = {ssl.PEM_cert_to_DER_cert((self.path / name).read_text()) for name in [f"{ALICE}.crt", "root.crt"]}
        self.assertEqual(certificates, of_file)
        self.assertIn("flags: qr aa tc rd", dig("+ignore", "+noedns", "alice.direct.example.org", "CERT"))
        self.assertNotIn(" tc ", dig("+tcp", "alice.direct.example.org", "CERT"))

    def test_says_what_is_wrong_with_its_command_line(self):
        for words, why in [([], "--identity is missing"), (["--identity", "/nowhere"], "/nowhere"),
                           (["--identity", self.path / "root.crt"], "the private key"),
                           (["--identity", self.path / "server.pem", "--mailbox", "alice"], "--mailbox must be"),
                           (["--identity", self.path / "server.pem", "--smtp-port", "65536"], "--smtp-port"),
                           (["--identity", self.path / "server.pem", "--listen", "nowhere"], "expected an IPv4"),
                           (["--identity", self.path / "server.pem", "--dns-port", str(self.ports["dns"])], "cannot listen")]:
            done = subprocess.run([MAILROOM, *words], capture_output=True, text=True, timeout=10)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(why, done.stderr)


if __name__ == "__main__":
    unittest.main()
