#!/usr/bin/python3
"""Signs, verifies, encrypts and decrypts crosswise with the openssl command, for every pair of algorithms.

    openssl_test.py DIRECT_TOOL
"""
import pathlib
import subprocess
import sys
import tempfile

TOOL = sys.argv[1]
CONTENT = b"Content-Type: text/plain\r\n\r\nThe visit summary is attached.\r\n" * 200
KEYS = ["rsa", "rsa3072", "p256", "p384"]
DIGESTS = ["sha256", "sha384", "sha512", "sha1"]
CIPHERS = ["aes128", "aes192", "aes256", "aes-128-gcm", "aes-256-gcm", "des3"]


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True)


def ours(*words):
    done = run(TOOL, *words)
    assert done.returncode == 0, (words, done.stderr.decode())
    return done.stdout


def openssl(*words):
    done = run("openssl", "cms", "-binary", *words)
    assert done.returncode == 0, (words, done.stderr.decode())
    return done.stdout


def signs(folder, key, digest):
    content = folder / "content"
    (folder / "ours.der").write_bytes(ours("sign", content, folder / f"{key}.pem", digest))
    verified = openssl("-verify", "-inform", "DER", "-in", folder / "ours.der", "-content", content,
                       "-CAfile", folder / "root.crt", "-purpose", "any")
    assert verified == CONTENT
    openssl("-sign", "-in", content, "-signer", folder / f"{key}.pem", "-md", digest, "-outform", "DER",
            "-out", folder / "theirs.der")
    assert ours("verify", folder / "theirs.der", content) == f"good {digest}\n".encode()
    (folder / "other").write_bytes(CONTENT + b".")
    assert ours("verify", folder / "theirs.der", folder / "other") == f"bad {digest}\n".encode()


def encrypts(folder, key, cipher, transport):
    content, pem, certificate = folder / "content", folder / f"{key}.pem", folder / f"{key}.crt"
    (folder / "ours.der").write_bytes(ours("encrypt", content, cipher, transport, folder / "p256.crt", certificate))
    opened = openssl("-decrypt", "-inform", "DER", "-in", folder / "ours.der", "-recip", pem)
    assert opened == CONTENT
    oaep = ["-keyopt", "rsa_padding_mode:oaep"] if transport == "oaep" else []
    openssl("-encrypt", "-in", content, f"-{cipher}", "-outform", "DER", "-out", folder / "theirs.der",
            "-recip", certificate, *oaep)
    assert ours("decrypt", folder / "theirs.der", pem) == CONTENT


def main():
    pairs = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "content").write_bytes(CONTENT)
        ours("pki", folder)
        for key in KEYS:
            for digest in DIGESTS:
                signs(folder, key, digest)
                pairs += 1
            for cipher in CIPHERS:
                for transport in ["pkcs1", "oaep"] if key.startswith("rsa") else ["agree"]:
                    encrypts(folder, key, cipher, transport)
                    pairs += 1
    print(f"{pairs} pairs of algorithms agree with {run('openssl', 'version').stdout.decode().strip()}")


main()
