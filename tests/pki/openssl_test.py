#!/usr/bin/python3
"""What bluebridge-pki makes, as the openssl command sees it: what is right verifies, each case has its fault.

    openssl_test.py BLUEBRIDGE_PKI
"""
import base64
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PKI = sys.argv.pop(1)
ADDRESS = "bob@direct.example.org"
BASE = "http://127.0.0.1:8090"

# Case: what `openssl verify` is asked besides, its error (0: none), and what `openssl x509 -text` shows.
CASES = {
    "expired": ([], 10, None),
    "not-yet-valid": ([], 9, None),
    "wrong-name": (["-verify_email", ADDRESS], 63, "email:somebody-else@direct.example.org"),
    "no-not-before": ([], 13, "Not Before: Bad time value"),
    "no-not-after": ([], 14, "Not After : Bad time value"),
    "other-domain": (["-verify_email", ADDRESS], 63, "DNS:direct.elsewhere.example"),
    "other-subject-address": ([], 0, "emailAddress = not-bob@direct.example.org"),
    "subject-address": (["-purpose", "smimesign"], 0, "emailAddress = bob@direct.example.org"),
    "wildcard": (["-verify_email", ADDRESS], 63, "DNS:*.direct.example.org"),
    "foreign-anchor": ([], 20, "Issuer: CN = Foreign Root"),
    "rsa-1024": (["-auth_level", "2"], 66, "Public-Key: (1024 bit)"),
    "revoked": ([], 23, None),
    "sha-1": (["-auth_level", "2"], 68, "Signature Algorithm: sha1WithRSAEncryption"),
    "sign-only": (["-purpose", "smimeencrypt"], 26, None),
    "encrypt-only": (["-purpose", "smimesign"], 26, None),
    "authority": ([], 0, "CA:TRUE"),
    "aia-only": ([], 20, f"CA Issuers - URI:{BASE}/aia-authority.cer"),
    "bad-aia": ([], 20, f"CA Issuers - URI:{BASE}/missing.cer"),
    "no-crl": (["-untrusted", "aia-authority.pem"], 3, "URI:http://pki.invalid/none.crl"),
    "rsa-3072": (["-purpose", "smimesign"], 0, "Public-Key: (3072 bit)"),
    "rsa-4096": (["-purpose", "smimesign"], 0, "Public-Key: (4096 bit)"),
    "p256": (["-purpose", "smimesign"], 0, "ASN1 OID: prime256v1"),
    "p384": (["-purpose", "smimesign"], 0, "ASN1 OID: secp384r1"),
}


def run(*words, cwd=None):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=cwd)


class PkiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = pathlib.Path(cls.folder.name)
        made = run(PKI, "--out", cls.path, "--address", ADDRESS, "--domain", "direct.example.com", "--base-url", BASE + "/")
        assert made.returncode == 0, made.stderr
        pem = run("openssl", "x509", "-inform", "DER", "-in", "aia-authority.cer", cwd=cls.path)
        (cls.path / "aia-authority.pem").write_text(pem.stdout)

    def verify(self, certificate, *more):
        """The number of openssl's error, 0 for none."""
        done = run("openssl", "verify", "-CAfile", "root.crt", "-untrusted", "intermediate.crt", "-crl_check",
                   "-CRLfile", "intermediate.crl", *more, certificate, cwd=self.path)
        if done.returncode == 0:
            return 0
        return int(done.stderr.split("error ")[1].split()[0])

    def text(self, certificate):
        return run("openssl", "x509", "-noout", "-text", "-in", certificate, cwd=self.path).stdout

    def test_what_is_right_verifies(self):
        for purpose in ["smimesign", "smimeencrypt"]:
            self.assertEqual(self.verify(f"{ADDRESS}.crt", "-purpose", purpose, "-verify_email", ADDRESS), 0)
            self.assertEqual(self.verify("direct.example.com.crt", "-purpose", purpose), 0)
        self.assertIn("DNS:direct.example.com", self.text("direct.example.com.crt"))
        self.assertIn(f"URI:{BASE}/intermediate.crl", self.text(f"{ADDRESS}.crt"))
        self.assertEqual(self.verify("server.pem", "-purpose", "sslserver", "-verify_ip", "127.0.0.1"), 0)
        self.assertEqual(self.verify("server.pem", "-purpose", "sslserver", "-verify_hostname", "localhost"), 0)
        self.assertEqual(self.verify("server.pem", "-verify_hostname", "other.example.org"), 62)

    def test_each_case_has_its_fault(self):
        made = {case["name"] for case in json.loads((self.path / "cases.json").read_text())}
        self.assertEqual(made, set(CASES))
        for name, (more, error, text) in CASES.items():
            with self.subTest(name):
                self.assertEqual(self.verify(f"cases/{name}.crt", *more), error)
                if text:
                    self.assertIn(text, self.text(f"cases/{name}.crt"))

    def test_the_issuer_elsewhere_completes_the_path(self):
        done = run("openssl", "verify", "-CAfile", "root.crt", "-untrusted", "aia-authority.pem", "cases/aia-only.crt",
                   cwd=self.path)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_keys_fit_and_are_for_their_owner_alone(self):
        for pem in self.path.glob("**/*.pem"):
            if pem.name == "aia-authority.pem":
                continue
            self.assertEqual(pem.stat().st_mode & 0o777, 0o600, pem)
            of_key = run("openssl", "pkey", "-pubout", "-in", pem).stdout
            self.assertEqual(of_key, run("openssl", "x509", "-pubkey", "-noout", "-in", pem).stdout, pem)

    def test_a_case_may_be_made_alone(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            made = run(PKI, "--out", folder, "--address", ADDRESS, "--case", "p256", "--case", "revoked")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertEqual({file.stem for file in (folder / "cases").iterdir()}, {"p256", "revoked"})
            self.assertEqual([case["name"] for case in json.loads((folder / "cases.json").read_text())], ["revoked", "p256"])
            for words, said in ((["--address", ADDRESS, "--case", "p265"], "there is no 'p265', see --list-cases"),
                                (["--address", ADDRESS, "--case", "p256", "--without-cases"], "exclude each other"),
                                (["--domain", "direct.example.com", "--case", "p256"], "--case needs --address")):
                refused = run(PKI, "--out", folder, *words)
                self.assertEqual(refused.returncode, 2)
                self.assertIn(said, refused.stderr)

    def test_nobody_has_the_key_of_another_but_most_cases_share_one(self):
        owners = {}
        for file in self.path.glob("**/*.crt"):
            owners.setdefault(run("openssl", "x509", "-pubkey", "-noout", "-in", file).stdout, set()).add(file.stem)
        # anchors.crt begins with the root.
        shared = set(CASES) - {"rsa-1024", "rsa-3072", "rsa-4096", "p256", "p384"}
        self.assertCountEqual([names for names in owners.values() if len(names) > 1], [{"anchors", "root"}, shared])

    def test_what_discovery_publishes_is_what_its_list_says(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            made = run(PKI, "--out", folder, "--without-cases", "--discovery", "D.Example.org", "--base-url", BASE,
                       "--directory-port", "1389", "--directory-port", "2389")
            self.assertEqual(made.returncode, 0, made.stderr)
            at = folder / "discovery"
            described = json.loads((at / "discovery.json").read_text())
            zone = (at / "d.example.org.zone").read_text()
            ldif = {n: [(at / f"directory-{n}-base-{base}.ldif").read_text() for base in (1, 2)] for n in (1, 2)}
            revoked = run("openssl", "crl", "-inform", "DER", "-noout", "-text", "-in",
                          folder / "www/intermediate.crl").stdout
            cases = {case["id"]: case for case in described["cases"]}
            self.assertLessEqual({f"D{n}" for n in range(1, 19)}, set(cases))
            self.assertEqual({id_ for id_ in cases if id_.startswith("D") and not cases[id_]["sent"]},
                             {"D5", "D6", "D7", "D8", "D11", "D12", "D13"})
            for case in described["cases"]:
                for one in case["certificates"]:
                    der = subprocess.check_output(["openssl", "x509", "-in", at / one["file"], "-outform", "DER"])
                    self.assertEqual(hashlib.sha256(der).hexdigest(), one["sha256"])
                    base64_der = base64.b64encode(der).decode()
                    if one["place"].startswith("dns"):
                        self.assertIn(f"{one['name']}. IN CERT PKIX 0 0 {base64_der}\n", zone)
                    else:
                        entry = [text for text in ldif[one["directory"]] if f"dn: {one['name']}\n" in text]
                        self.assertIn(base64_der, entry[0])
                    serial = run("openssl", "x509", "-noout", "-serial", "-in", at / one["file"]).stdout.strip()[7:]
                    self.assertEqual(serial in revoked, one["is"] == "revoked", one)
                    # By itself, whatever it is bound to: an expired or foreign one fails, the large one does not.
                    verified = run("openssl", "verify", "-CAfile", folder / "anchors.crt", "-untrusted", self.path /
                                   "aia-authority.pem", at / one["file"]).returncode == 0
                    if one["is"] in ("expired", "not-yet-valid", "foreign-anchor"):
                        self.assertFalse(verified, one)
                    elif one["is"] in ("good", "large"):
                        self.assertTrue(verified, one)
                    self.assertEqual(len(der) > 4096, one["is"] == "large", one)
                for one in case["directories"]:
                    domain = case["address"].split("@")[1]
                    self.assertIn(f"_ldap._tcp.{domain}. IN SRV {one['priority']} {one['weight']} {one['port']} "
                                  f"{one['host']}.\n", zone)
            keys = (at / "identities.pem")
            self.assertEqual(keys.stat().st_mode & 0o777, 0o600)
            self.assertFalse(list((folder / "www").glob("*.pem")))

    def test_refuses_what_it_cannot_mean(self):
        discovery = ["--out", "x", "--discovery", "d.example.org", "--base-url", BASE]
        for words, why in [([], "--out is missing"), (["--out", "x", "--address", "bob"], "--address"),
                           (["--out", "x", "--address", "a/b@example.org"], "name of a file"),
                           (["--out", "x", "--domain", "a b"], "--domain"),
                           (["--out", "x", "--discovery", "d.example.org"], "--discovery needs --base-url"),
                           (["--out", "x", "--discovery", "d e", "--base-url", BASE], "--discovery"),
                           (["--out", "x", "--dead-port", "9000"], "goes with --discovery only"),
                           ([*discovery, "--dead-port", "0"], "1 to 65535"),
                           ([*discovery, "--server", "host"], "IPv4"),
                           ([*discovery, "--directory-port", "1"], "twice, got 1"), (["--out", "/dev/null/x"], "cannot make")]:
            done = run(PKI, *words, cwd=self.path)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(why, done.stderr)


if __name__ == "__main__":
    if shutil.which("openssl") is None:
        print("SKIPPED: the openssl command is not installed")
        sys.exit(77)
    unittest.main()
