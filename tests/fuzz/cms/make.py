#!/usr/bin/python3
"""Makes what fuzz_cms opens messages with, and its corpus anew, by the openssl command.

    make.py

Beside this file: root.crt, and alice.pem (who signs), bob.pem and carol.pem (who decrypt; her key is RSA) with their
keys. They are of nobody and open nothing else. A corpus file is the digit of the layer at which it enters, as
cms_fuzz.cpp has them, and what enters.
"""
import io
import pathlib
import subprocess
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus" / "cms"
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
# The content that signatures enter beside: cms_fuzz.cpp, signed_content.
SIGNED = b"Content-Type: text/plain\r\n\r\nsigned\r\n"
MESSAGE = (b"From: <alice@direct.example.org>\r\nTo: <bob@direct.example.net>\r\nSubject: summary\r\n"
           b"Date: Fri, 15 Jan 2027 08:00:00 +0000\r\nMessage-ID: <1@direct.example.org>\r\nMIME-Version: 1.0\r\n")


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given, check=True, capture_output=True, cwd=HERE).stdout


def make_identities():
    openssl("req", "-x509", "-nodes", *CURVE, "-days", "36500", "-subj", "/CN=Fuzz Root", "-keyout", "root.key",
            "-out", "root.crt", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for name, address, key, use in (
            ("alice", "alice@direct.example.org", CURVE, "digitalSignature,keyAgreement"),
            ("bob", "bob@direct.example.net", CURVE, "digitalSignature,keyAgreement"),
            ("carol", "bob@direct.example.net", ["-newkey", "rsa:2048"], "digitalSignature,keyEncipherment")):
        openssl("req", "-x509", "-nodes", *key, "-days", "36500", "-subj", f"/CN={name}", "-keyout", "key",
                "-out", "certificate", "-CA", "root.crt", "-CAkey", "root.key",
                "-addext", "basicConstraints=critical,CA:FALSE", "-addext", f"keyUsage=critical,{use}",
                "-addext", f"subjectAltName=email:{address}")
        (HERE / f"{name}.pem").write_bytes((HERE / "certificate").read_bytes() + (HERE / "key").read_bytes())
    for name in ("root.key", "key", "certificate"):
        (HERE / name).unlink()


def envelope(content, recipient, *options):
    return openssl("cms", "-encrypt", "-binary", "-outform", "DER", *options, f"{recipient}.pem", given=content)


def signature(*options):
    return openssl("cms", "-sign", "-binary", "-outform", "DER", "-signer", "alice.pem", *options, given=SIGNED)


def opaque(form):
    return b"Content-Type: application/pkcs7-mime; smime-type=" + form + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def detached(part):
    return (b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=b\r\n"
            b"\r\n--b\r\n" + part + b"\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n")


def base64(data):
    return openssl("base64", given=data).replace(b"\n", b"\r\n")


def notification():
    return (MESSAGE + b"Content-Type: multipart/report; report-type=disposition-notification; boundary=r\r\n\r\n"
            b"--r\r\n\r\nprocessed\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\n"
            b"Reporting-UA: direct.example.org; fuzz\r\nFinal-Recipient: rfc822;alice@direct.example.org\r\n"
            b"Original-Message-ID: <2@direct.example.net>\r\n"
            b"Disposition: automatic-action/MDN-sent-automatically; processed\r\n"
            b"X-DIRECT-FINAL-DESTINATION-DELIVERY: \r\n\r\n--r--\r\n")


def delivery_status():
    return (MESSAGE + b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n"
            b"--r\r\n\r\nno such mailbox\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
            b"Reporting-MTA: dns;direct.example.org\r\n\r\nFinal-Recipient: rfc822;alice@direct.example.org\r\n"
            b"Action: failed\r\nStatus: 5.1.1\r\n\r\n--r--\r\n")


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("INDEX.HTM", "<html/>")
        archive.writestr("README.TXT", "read")
        archive.writestr("IHE_XDM/SUBSET01/METADATA.XML",
                         '<SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"/>')
        archive.writestr("IHE_XDM/SUBSET01/DOC00001.XML", '<ClinicalDocument xmlns="urn:hl7-org:v3"/>')
    return out.getvalue()


def make_corpus():
    whole_signature = base64(signature())
    signed = detached(SIGNED) + whole_signature + b"--b--\r\n"
    seeds = {
        "message.eml": b"0" + MESSAGE + opaque(b"enveloped-data") + base64(envelope(signed, "bob", "-aes-128-cbc")),
        "signed.eml": b"0" + MESSAGE + signed,
        "envelope_ec.der": b"1" + envelope(signed, "bob", "-aes-256-cbc"),
        "envelope_rsa.der": b"1" + envelope(signed, "carol", "-aes-128-cbc"),
        "envelope_oaep.der": b"1" + openssl("cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-recip",
                                            "carol.pem", "-keyopt", "rsa_padding_mode:oaep", given=signed),
        "envelope_gcm.der": b"1" + envelope(signed, "bob", "-aes-128-gcm"),
        "envelope_empty.der": b"1" + envelope(b"", "bob"),
        "content_signed.eml": b"2" + signed,
        "content_opaque.eml": b"2" + opaque(b"signed-data") + base64(signature("-nodetach")),
        "content_plain.eml": b"2" + SIGNED,
        "content_one_part.eml": b"2" + detached(SIGNED),
        "signature.der": b"3" + signature(),
        "signature_bare.der": b"3" + signature("-nocerts", "-noattr"),
        "signature_key_id.der": b"3" + signature("-keyid", "-md", "sha512"),
        "opaque.der": b"4" + signature("-nodetach"),
        "part_wrapped.eml": b"5Content-Type: message/rfc822\r\n\r\n" + MESSAGE + b"\r\nhello\r\n",
        "part_wrapped_base64.eml": b"5Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                                   base64(MESSAGE + b"\r\nhello\r\n"),
        "part_plain.eml": b"5" + SIGNED,
        "part_no_entity.eml": b"5Content-Type: text/plain\r\nno field\r\n\r\nsigned\r\n",
        "letter.eml": b"6" + MESSAGE + b"Disposition-Notification-To: <alice@direct.example.org>\r\n"
                      b"Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=optional,true\r\n"
                      b"\r\nhello\r\n",
        "notification.eml": b"6" + notification(),
        "delivery_status.eml": b"6" + delivery_status(),
        "package.zip": b"7" + package(),
    }
    CORPUS.mkdir(exist_ok=True)
    for name, content in seeds.items():
        (CORPUS / name).write_bytes(content)


make_identities()
make_corpus()
