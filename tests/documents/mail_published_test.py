#!/usr/bin/python3
"""`bluebridge check` on the published messages, certificates and bundles: the verdicts of their README, and what openssl
tells of the same files."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

PROGRAM = pathlib.Path(os.environ["BB_BINARY_DIR"]) / "bin" / "bluebridge"
SOURCE = pathlib.Path(os.environ["BB_SOURCE_DIR"])
DATA = pathlib.Path(os.environ.get("BB_TEST_DATA") or SOURCE.parent / "shared" / "data") / "direct"
ANCHOR = ["--anchor", DATA / "certs/secureHealthEmailCACert.der"]
TODAY = ["--at", "2026-11-21"]  # when the certificates of the constructed messages are valid
EDGE_TOOL_KEY = ["--key", DATA / "certs/testCert.p12"]

# What the README says of each message, and which rules have to see it or must not.
#   name: format, exit status, rules that find something, rules that must find nothing, options
MESSAGES = {
    # "valid: signature verifies with anchor certs/secureHealthEmailCACert.der"
    "constructed/signed_valid.eml": ("direct-message", 0, [], [], ANCHOR + TODAY),
    # "invalid: content digest mismatch (one sentence changed after signing)"
    "constructed/signed_tampered_body.eml": ("direct-message", 1, ["DIRECT-SEC-04.digest"], ["DIRECT-SEC-05.anchor"], ANCHOR + TODAY),
    # "invalid for anchor ...: signer chains to another anchor"
    "constructed/signed_other_anchor.eml": ("direct-message", 1, ["DIRECT-SEC-05.anchor"], ["DIRECT-SEC-04.digest", "DIRECT-CERT-08.time"], ANCHOR + TODAY),
    # "invalid: signer certificate expired in 2010 and not under the anchor"
    "constructed/signed_expired_cert.eml": ("direct-message", 1, ["DIRECT-SEC-05.anchor", "DIRECT-CERT-08.time"], ["DIRECT-SEC-04.digest"], ANCHOR + TODAY),
    # "decrypts, but 3DES is below Direct policy"; the key is not among the data
    "constructed/signed_encrypted_3des.eml": ("direct-message", 1, ["DIRECT-ALG-04.cipher"], ["DIRECT-MSG-08.readable"], []),
    # "valid: decrypts with ..." a key that is not among the data: not judged
    "constructed/signed_encrypted_aes256.eml": ("direct-message", 3, [], [], []),
    # "invalid: base64 body cut at 60 %"
    "constructed/encrypted_truncated.eml": ("direct-message", 1, ["DIRECT-MSG-08.readable"], [], []),
    # "valid context": of the metadata in it, which are not looked at here. Two begin with a byte order mark.
    "context/ContextHL7.Default.txtBase64.eml": ("mail", 1, ["DIRECT-HDR-01.mark"], ["DIRECT-MSG-01.readable"], []),
    "context/ContextSimple1.txtBase64.eml": ("mail", 0, [], [], []),
    "context/ContextSimple1.txtDefault.eml": ("mail", 0, [], [], []),
    "context/ContextSimple1.txtQuotedPrintable.eml": ("mail", 0, [], [], []),
    "context/ContextSimple1.txtUUEncode.eml": ("mail", 0, [], [], []),
    # "invalid": of the context, for a receiver that wants one; as mails they are right
    "context/ContextUnparsablePatient.eml": ("mail", 0, [], [], []),
    "context/NoDirectContextHeader.eml": ("mail", 0, [], [], []),
    # "invalid: DSN": no context, but a notification of dispatch
    "context/DSN.eml": ("mdn", 1, ["DIRECT-HDR-01.mark"], ["DIRECT-DN-03.field", "DIRECT-MDN-04.disposition"], []),
    "messages/CCTestMessage.txt": ("mail", 0, [], [], []),
    # "DSN failed delivery"
    "messages/DSNMessage.txt": ("dsn", 1, ["DIRECT-HDR-04.present"], ["DIRECT-MSG-01.status"], []),
    # "decrypts with certs/ryanKey.der", which is not among the data
    "messages/EncAttachment.txt": ("direct-message", 3, [], [], []),
    # "S/MIME enveloped; no key here opens it"; made with Triple DES
    "messages/EncryptedMessage.txt": ("direct-message", 1, ["DIRECT-ALG-04.cipher"], ["DIRECT-MSG-08.readable"], []),
    # "CMS parse error": openssl takes no line of base64 as long; joined anew it reads them. Triple DES too.
    "messages/EncryptedMessage3.txt": ("direct-message", 1, ["DIRECT-HDR-17.length", "DIRECT-ALG-04.cipher"], ["DIRECT-MSG-08.readable"], []),
    "messages/LargeEncAttachment.txt": ("direct-message", 1, ["DIRECT-HDR-17.length", "DIRECT-ALG-04.cipher"], ["DIRECT-MSG-08.readable"], []),
    "messages/LargeMsgWithAttachments.txt": ("mail", 1, ["DIRECT-HDR-07.present"], [], []),
    # "MDN processed": the type is right; it lacks a Date, rfc822; and its closing boundary
    "messages/MDNMessage.txt": ("mdn", 1, ["DIRECT-MDN-05.recipient", "DIRECT-HDR-04.present"], ["DIRECT-MDN-04.disposition", "DIRECT-MDN-06.original", "DIRECT-HDR-17.stored"], []),
    # "MDN with non-canonical line ends"
    "messages/MDNMessageNonCanonicalized.txt": ("mdn", 1, ["DIRECT-HDR-17.stored"], ["DIRECT-MDN-04.disposition"], []),
    "messages/MDNResponse.txt": ("mdn", 1, ["DIRECT-MDN-06.original"], ["DIRECT-MDN-04.disposition", "DIRECT-MDN-07.agent"], []),
    # "one recipient untrusted", "all recipients untrusted": no certificate stands in them to say so. They are of 1995, with a
    # year of two digits and a Message-ID without brackets' content
    "messages/MessageWithAUntrustedRecipient.txt": ("mail", 1, ["DIRECT-HDR-04.form", "DIRECT-HDR-07.form"], [], []),
    "messages/MessageWithAllUntrustedRecipients.txt": ("mail", 1, ["DIRECT-HDR-04.form", "DIRECT-HDR-07.form"], [], []),
    "messages/MessageWithAttachment.txt": ("mail", 0, [], [], []),
    "messages/MultipartMimeMessage.txt": ("mail", 1, ["DIRECT-HDR-04.form"], [], []),
    # "decrypts with certs/testCert.p12 (empty password); inside multipart/signed (sha1)"
    "messages/TestGeneratedMessage.txt": ("direct-message", 1, ["DIRECT-ALG-01.digest", "DIRECT-CERT-09.bits"], ["DIRECT-SEC-03.signature", "DIRECT-SEC-04.digest", "DIRECT-ALG-03.micalg"], EDGE_TOOL_KEY),
    # "signature block"
    "messages/msgSig.txt": ("pkcs7", 0, [], [], []),
    "messages/raw1.txt": ("mail", 0, [], [], []),
    "messages/raw2.txt": ("mail", 0, [], [], []),
    "mime/Multipart.txt": ("mail", 1, ["DIRECT-HDR-01.mark", "DIRECT-HDR-02.return-path"], [], []),
    # bodies without a header: no mails
    "mime/QuotedHtml_1.txt": ("html", 1, [], [], []),
    "mime/QuotedHtml_2.txt": ("html", 1, [], [], []),
    "mime/QuotedXml_1.txt": ("unknown", 1, ["xml"], [], []),
    "mime/Wrapped_Base64.eml": ("mail", 1, ["DIRECT-HDR-16.whole"], [], []),
    "mime/Wrapped_Base642.eml": ("mail", 1, ["DIRECT-HDR-16.whole"], [], []),
    "mime/Wrapped_Quoted.eml": ("direct-message", 1, ["DIRECT-ALG-01.digest", "DIRECT-HDR-16.whole"], ["DIRECT-ALG-03.micalg"], []),
    "mime/Wrapped_Quoted2.eml": ("mail", 1, ["DIRECT-HDR-16.whole"], [], []),
    "mime/Wrapped_Quoted3.eml": ("mail", 1, ["DIRECT-HDR-16.whole"], [], []),
    "mime/Wrapped_Quoted4.eml": ("mail", 1, ["DIRECT-HDR-16.whole"], [], []),
}

# What the README and `openssl pkcs7 -print_certs` say: form, certificates.
BUNDLES = {"UnSignedMetaData.p7b": ("DER", 2), "UnSignedNoMetaData.p7b": ("DER", 2), "bundleNoMetadata.p7b": ("DER", 2),
           "bundleWithMetadata.p7b": ("DER", 2), "bundlePEM.p7b": ("PEM", 8), "signedmetadata1.p7m": ("DER", 1)}


def check(file, *options):
    """Exit status, and the reports: first that of the file itself."""
    done = subprocess.run([PROGRAM, "check", "--json", "--rules", "own", "--conformance", SOURCE / "conformance", *options, file],
                          capture_output=True, text=True, timeout=120)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, [report for report in reports if "summary" not in report]


def rules_of(report):
    return {finding["rule"] for finding in report["findings"]}


def status_of(report):
    """Of the file alone, whatever is attached to it."""
    return 1 if report["errors"] else 3 if report.get("missing") or report.get("failure") else 0


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, errors="replace")


def time_of(text):
    return datetime.datetime.strptime(text, "%b %d %H:%M:%S %Y GMT")


class MailPublishedTest(unittest.TestCase):
    def test_every_message_gets_the_verdict_of_its_readme(self):
        there = {str(path.relative_to(DATA)) for below in ["messages", "context", "mime", "constructed"]
                 for path in (DATA / below).iterdir()}
        self.assertEqual(there, set(MESSAGES))
        for name, (kind, status, found, not_found, options) in MESSAGES.items():
            with self.subTest(name):
                _, reports = check(DATA / name, *options)
                rules = rules_of(reports[0])
                self.assertEqual(reports[0]["format"], kind)
                self.assertEqual(status_of(reports[0]), status, rules)
                self.assertLessEqual(set(found), rules)
                self.assertFalse(set(not_found) & rules, rules)

    def test_what_is_attached_is_checked(self):
        _, reports = check(DATA / "messages/TestGeneratedMessage.txt", *EDGE_TOOL_KEY)
        self.assertIn("!/CCDA_Inpatient.xml", reports[1]["document"])
        self.assertEqual(reports[1]["format"], "ccda-1.1")

    def test_an_older_version_takes_sha1(self):
        _, reports = check(DATA / "messages/TestGeneratedMessage.txt", *EDGE_TOOL_KEY, "--direct-as", "1.1")
        self.assertNotIn("DIRECT-ALG-01.digest", rules_of(reports[0]))

    def test_certificates_are_what_openssl_says(self):
        """Expected: names, bits, authority, times and signature as `openssl x509 -text` prints them."""
        day = datetime.datetime(2012, 1, 1)
        count = 0
        for below in ["certs", "anchors", "public-certs"]:
            for file in sorted((DATA / below).iterdir()):
                if file.suffix not in {".der", ".cer", ".crt", ".pem"}:
                    continue
                form = "PEM" if b"-----BEGIN" in file.read_bytes() else "DER"
                told = openssl("x509", "-inform", form, "-in", file, "-noout", "-text", "-dates")
                _, reports = check(file, "--at", day.isoformat() + "Z")
                if told.returncode != 0:  # gm2552KeyEnc.der is a key
                    self.assertEqual(reports[0]["format"], "unknown", file)
                    continue
                count += 1
                text = told.stdout
                is_end = "CA:TRUE" not in text
                begin = time_of(re.search(r"notBefore=(.*)", text).group(1))
                end = time_of(re.search(r"notAfter=(.*)", text).group(1))
                bits = re.search(r"(?:RSA )?Public-Key: \((\d+) bit\)", text)
                issuer, subject = re.search(r"Issuer: (.*)", text).group(1), re.search(r"Subject: (.*)", text).group(1)
                expected = {
                    "DIRECT-CERT-01.version": is_end and "Version: 3" not in text,
                    "DIRECT-CERT-02.names": is_end and "X509v3 Subject Alternative Name" not in text,
                    "DIRECT-CERT-08.time": not begin <= day <= end,
                    "DIRECT-CERT-09.bits": is_end and "rsaEncryption" in text and int(bits.group(1)) < 2048,
                    "DIRECT-ALG-07.sha1": "Signature Algorithm: sha1" in text and issuer != subject,
                    "DIRECT-ALG-07.md5": "Signature Algorithm: md5" in text and issuer != subject,
                }
                rules = rules_of(reports[0])
                with self.subTest(file.name):
                    self.assertEqual(reports[0]["format"], "certificate")
                    self.assertEqual({rule for rule, is_so in expected.items() if is_so}, rules & set(expected))
        self.assertGreaterEqual(count, 80)

    def test_bundles_are_what_openssl_says(self):
        self.assertEqual({path.name for path in (DATA / "bundles").iterdir()}, set(BUNDLES))
        for name, (form, certificates) in BUNDLES.items():
            file = DATA / "bundles" / name
            with self.subTest(name):
                _, reports = check(file, "--at", "2013-06-01")
                rules = rules_of(reports[0])
                self.assertEqual(reports[0]["format"], "trust-bundle")
                self.assertEqual("DIRECT-BUNDLE-01.form" in rules, form == "PEM")
                self.assertFalse(rules & {"DIRECT-SEC-03.bundle", "DIRECT-BUNDLE-01.certificates"})
                printed = openssl("pkcs7", "-inform", form, "-in", file, "-print_certs", "-noout").stdout
                self.assertEqual(printed.count("subject="), certificates)

    def test_a_signature_of_openssl_is_seen_as_openssl_sees_it(self):
        """Whether the signature fits, for the constructed messages, by `openssl cms -verify` without a path."""
        for name in ["signed_valid", "signed_tampered_body", "signed_other_anchor", "signed_expired_cert"]:
            file = DATA / "constructed" / (name + ".eml")
            is_good = openssl("cms", "-verify", "-noverify", "-in", file, "-out", os.devnull).returncode == 0
            rules = rules_of(check(file)[1][0])
            self.assertEqual(is_good, not rules & {"DIRECT-SEC-03.signature", "DIRECT-SEC-04.digest"}, name)


if not DATA.is_dir():
    print(f"SKIPPED: no published documents at {DATA}: set BB_TEST_DATA")
    sys.exit(77)
unittest.main()
