#!/usr/bin/python3
"""`bluebridge check` on Direct messages that the openssl command signed and encrypted: what openssl makes right is right,
and what it makes wrong is found."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin" / "bluebridge"
SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
HEADER = (b"From: alice@direct.example.org\r\nTo: bob@direct.example.net\r\nDate: %s\r\n"
          b"Message-ID: <1@direct.example.org>\r\n")
PASSWORD = "open sesame"


def openssl(*words, **more):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, **more)
    assert done.returncode == 0, (words, done.stderr.decode(errors="replace"))
    return done.stdout


class MailOpensslTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = folder = pathlib.Path(cls.scratch.name)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "root.key", "-out", folder / "root.crt",
                "-subj", "/CN=Synthetic Root", "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE")
        for name, domain in [("alice", "org"), ("bob", "net")]:
            extensions = folder / "extensions"
            extensions.write_text(f"subjectAltName=email:{name}@direct.example.{domain}\nbasicConstraints=CA:FALSE\n"
                                  "keyUsage=critical,digitalSignature,keyEncipherment\n")
            openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / f"{name}.key", "-out", folder / "request",
                    "-subj", f"/CN={name}")
            openssl("x509", "-req", "-in", folder / "request", "-CA", folder / "root.crt", "-CAkey", folder / "root.key",
                    "-CAcreateserial", "-days", "1", "-extfile", extensions, "-out", folder / f"{name}.crt")
        openssl("pkcs12", "-export", "-inkey", folder / "bob.key", "-in", folder / "bob.crt", "-out", folder / "bob.p12",
                "-passout", "pass:" + PASSWORD)
        cls.date = subprocess.run(["date", "-R"], capture_output=True, check=True).stdout.strip()

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def sealed(self, signing=("-md", "sha256"), cipher="-aes256", signer="alice"):
        folder = self.folder
        (folder / "content").write_bytes(b"Content-Type: message/rfc822\r\n\r\n" + HEADER % self.date +
                                         b"Subject: Note\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n")
        openssl("cms", "-sign", "-binary", "-crlfeol", "-in", folder / "content", "-signer", folder / f"{signer}.crt", "-inkey",
                folder / f"{signer}.key", *signing, "-out", folder / "signed")
        openssl("cms", "-encrypt", "-binary", "-crlfeol", cipher, "-in", folder / "signed", "-out", folder / "encrypted",
                folder / "bob.crt")
        mail = folder / "sealed.eml"
        # openssl ends lines of base64 with LF alone: as a mail server sends them on.
        lines = (folder / "encrypted").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        mail.write_bytes(HEADER % self.date + lines)
        return mail

    def check(self, mail, *options, password=PASSWORD):
        words = ["--key", self.folder / "bob.p12", "--key-password-env", "BB_PASSWORD", "--anchor", self.folder / "root.crt"]
        done = subprocess.run([PROGRAM, "check", "--json", "--rules", "own", "--conformance", SOURCE / "conformance", *words,
                               *options, mail], capture_output=True, text=True, env={**os.environ, "BB_PASSWORD": password})
        self.assertNotIn(password, done.stdout + done.stderr)
        report = json.loads(done.stdout.splitlines()[0]) if done.stdout else {"findings": []}
        return done.returncode, sorted(finding["rule"] for finding in report["findings"]), done.stderr

    def test_a_message_of_openssl_is_right(self):
        for cipher in ["-aes128", "-aes192", "-aes256"]:
            for digest in ["sha256", "sha384", "sha512"]:
                with self.subTest(cipher + " " + digest):
                    status, rules, _ = self.check(self.sealed(("-md", digest), cipher))
                    self.assertEqual((status, rules), (0, []))

    def test_gcm_of_openssl_is_right_since_1_3(self):  # it writes smime-type=authEnveloped-data, as RFC 8551 does
        mail = self.sealed(cipher="-aes-256-gcm")
        self.assertIn(b"smime-type=authEnveloped-data", mail.read_bytes())
        self.assertEqual(self.check(mail, "--direct-as", "1.3")[:2], (0, []))
        self.assertEqual(self.check(mail)[1], ["DIRECT-ALG-04.cipher"])

    def test_of_several_signers_one_is_the_sender(self):
        also = ("-md", "sha256", "-signer", self.folder / "bob.crt", "-inkey", self.folder / "bob.key")
        self.assertEqual(self.check(self.sealed(also))[:2], (0, []))

    def test_what_openssl_makes_wrong_is_found(self):
        self.assertEqual(self.check(self.sealed(cipher="-des3"))[1], ["DIRECT-ALG-04.cipher"])
        self.assertEqual(self.check(self.sealed(("-md", "sha1")))[1], ["DIRECT-ALG-01.digest"])
        self.assertEqual(self.check(self.sealed(("-md", "sha1")), "--direct-as", "1.1")[1], [])
        self.assertEqual(self.check(self.sealed(("-md", "sha256", "-nocerts")))[1], ["DIRECT-MSG-13.certificate"])
        self.assertEqual(self.check(self.sealed(signer="bob"))[1], ["DIRECT-MSG-14.sender"])
        self.assertEqual(self.check(self.sealed(), "--at", "2001-01-01")[1], ["DIRECT-CERT-08.time", "DIRECT-SEC-05.anchor"])

    def test_a_wrong_password_is_bad_usage(self):
        status, _, words = self.check(self.sealed(), password="no sesame")
        self.assertEqual(status, 2)
        self.assertIn("--key", words)


unittest.main()
