#!/usr/bin/python3
"""The TLS of a host: the suite passes the sample portal, OpenSSL's server and nginx, finds by its rows what OpenSSL's
server does wrong when it is told to, and is not taken in by what speaks no TLS."""
import concurrent.futures
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socketserver
import subprocess
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "tls.yaml"
JAVA_SERVER = pathlib.Path(__file__).parent / "WeakTls.java"
EVERYTHING = {"FHIR-TLS-01", "FHIR-TLS-02", "VDT-SEC-01", "VDT-SEC-02", "VDT-SEC-03", "VDT-SEC-04", "VDT-SEC-05"}
VERSION = {"FHIR-TLS-01", "VDT-SEC-02"}
CLEAR = {"FHIR-TLS-02", "VDT-SEC-01"}
TLS_12 = ("-no_ssl3", "-no_tls1", "-no_tls1_1")
# What openssl s_server is told, and the rows that fail by it.
SERVERS = {
    "clean": (("-cert", "right", *TLS_12), set()),
    "TLS 1.2 alone": (("-cert", "right", "-tls1_2"), set()),
    "TLS 1.3 alone": (("-cert", "right", "-tls1_3"), set()),
    "every version": (("-cert", "right", "-cipher", "DEFAULT:@SECLEVEL=0"), VERSION),
    "TLS 1.1 alone": (("-cert", "right", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"), VERSION),
    "no encryption": (("-cert", "right", *TLS_12, "-cipher", "HIGH:eNULL:!aNULL:@SECLEVEL=0"), {"VDT-SEC-03"}),
    "nobody's key": (("-cert", "right", *TLS_12, "-cipher", "HIGH:aNULL:@SECLEVEL=0"), {"VDT-SEC-03"}),
    "expired": (("-cert", "expired", *TLS_12), {"VDT-SEC-05"}),
    "another name": (("-cert", "other_name", *TLS_12), {"VDT-SEC-05"}),
    "another root": (("-cert", "other_root", *TLS_12), {"VDT-SEC-05"}),
    "signed with SHA-1": (("-cert", "sha1", *TLS_12, "-cipher", "DEFAULT:@SECLEVEL=0"), {"VDT-SEC-04", "VDT-SEC-05"}),  # its own TLS trusts no SHA-1
    "signed with SHA-224": (("-cert", "sha224", *TLS_12), set()),  # of SHA-2, too
    "signed with RSASSA-PSS": (("-cert", "pss", "-cert_chain", "rsa_middle.pem", *TLS_12), set()),
    "chain": (("-cert", "below", "-cert_chain", "middle.pem", *TLS_12), set()),
    "chain cut short": (("-cert", "below", *TLS_12), {"VDT-SEC-05"}),
}
NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost\n"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
RSA = ("-newkey", "rsa:2048", "-nodes")
ISSUER = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n"


def make_certificates(folder):
    """NAME.pem and NAME.key of the servers above, and ca.pem, the root that is trusted."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    def issue(name, issuer, extensions, *more, key=CURVE):
        (folder / f"{name}.ext").write_text(extensions)
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial",
                "-extfile", f"{name}.ext", "-out", f"{name}.pem", *(more or ("-days", "2")))

    for root in ("ca", "stranger"):
        openssl("req", "-x509", *CURVE, "-days", "2", "-keyout", f"{root}.key", "-out", f"{root}.pem", "-subj", f"/CN={root}")
    issue("right", "ca", NAMES)
    issue("expired", "ca", NAMES, "-days", "-1")
    issue("other_name", "ca", "subjectAltName=DNS:other.example\n")
    issue("other_root", "stranger", NAMES)
    issue("sha1", "ca", NAMES, "-days", "2", "-sha1")
    issue("sha224", "ca", NAMES, "-days", "2", "-sha224")
    issue("middle", "ca", ISSUER)
    issue("rsa_middle", "ca", ISSUER, key=RSA)
    issue("pss", "rsa_middle", NAMES, "-days", "2", "-sigopt", "rsa_padding_mode:pss")
    issue("below", "middle", NAMES)
    return folder


@contextlib.contextmanager
def openssl_server(folder, arguments):
    """Its port, while it runs."""
    port = peers.closed_port()
    words = [f"{word}.pem" if before == "-cert" else word for before, word in zip(("", *arguments), arguments)]
    key = arguments[arguments.index("-cert") + 1] + ".key"
    # Without the machine's own policy, which may forbid what is tried here.
    process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", key, "-www", *words], cwd=folder,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "OPENSSL_CONF": "/dev/null"})
    try:
        peers.until(lambda: is_listening(port), 10)
        yield port
    finally:
        process.kill()
        process.wait()


def is_listening(port):
    listed = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return any(words[1] == f"0100007F:{port:04X}" and words[3] == "0A" for words in listed)


@contextlib.contextmanager
def clear_server(answer):
    """The port of a server that answers each request in the clear with answer(handler)."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        def log_message(self, *_):
            pass

    with peers.serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


def answers(status, body=b"", **fields):
    def answer(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": len(body), **fields}.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(body)
    return answer


def run(folder, ca_file, port, cleartext_port=None):
    """(process, run folder, report) of the suite on 127.0.0.1; nobody listens in the clear unless told."""
    config = {"host": "127.0.0.1", "port": port, "cleartext_port": cleartext_port or peers.closed_port()}
    target = folder / "target.yaml"
    target.write_text(json.dumps({  # JSON is YAML
        "format": "bluebridge-target/1", "target": "host", "environment": "test",
        "roles": {"host": {"connector": "org.bluebridge.tls.host", "config": config, "ca_file": str(ca_file),
                           "allow_network": True, "allow_cleartext": True}}}))
    process = peers.bluebridge("run", SUITE, "--target", target, "--out", folder / "runs")
    return process, *peers.only_run(folder, process)


def ports_of(portal):
    """Of a portal that listens in the clear too."""
    return tuple(int(portal.ready[url].rsplit(":", 1)[1]) for url in ("url", "cleartext_url"))


def failed(report):
    return {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = make_certificates(cls.enterClassContext(peers.temporary_folder()))
        cls.ca_file = cls.certificates / "ca.pem"

    def test_the_sample_portal_passes_and_each_fault_in_the_evidence_would_be_noticed(self):
        with peers.temporary_folder() as folder, peers.Portal("--cleartext") as portal:
            process, run_folder, report = run(folder, portal.ready["ca_file"], *ports_of(portal))
            self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
            self.assertEqual({row["id"] for row in report["requirements"] if row["outcome"] == "pass"}, EVERYTHING)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertGreater(peers.faults_noticed(run_folder), 12)
        self.assertEqual(peers.processes_under(), [])

    def test_each_defect_of_the_portal_is_found_by_its_rows(self):
        for defect in ("cleartext-data", "cleartext-redirect-leaks"):
            with self.subTest(defect), peers.temporary_folder() as folder, peers.Portal(defect=defect) as portal:
                _, _, report = run(folder, portal.ready["ca_file"], *ports_of(portal))
                self.assertEqual(failed(report), CLEAR, peers.told(report))

    def judged(self, name):
        with peers.temporary_folder() as folder, openssl_server(self.certificates, SERVERS[name][0]) as port:
            _, _, report = run(folder, self.ca_file, port)
            found = failed(report)
            return None if found == SERVERS[name][1] else f"{name}: {sorted(found)}\n{peers.told(report)}"

    def test_what_a_server_does_wrong_is_found_by_its_rows(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            wrong = [told for told in pool.map(self.judged, SERVERS) if told]
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_what_is_said_in_the_clear(self):
        https = "https://127.0.0.1/"
        for name, answer, expected in (
                ("a record", answers(200, b"{}"), CLEAR),
                ("an empty page", answers(200), CLEAR),
                ("a way to TLS", answers(301, Location=https), set()),
                ("a way to TLS, and a record", answers(301, b"x" * 5000, Location=https), CLEAR),
                ("a way elsewhere in the clear", answers(302, Location="http://127.0.0.1/other"), CLEAR),
                ("nothing is there", answers(404, b"no"), set())):
            with self.subTest(name), peers.temporary_folder() as folder, clear_server(answer) as clear_port:
                with openssl_server(self.certificates, SERVERS["clean"][0]) as port:
                    _, _, report = run(folder, self.ca_file, port, clear_port)
                    self.assertEqual(failed(report), expected, peers.told(report))

    def test_nginx_passes(self):
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        if program is None:
            peers.skip_loudly("nginx is not installed")
        port, clear_port = peers.closed_port(), peers.closed_port()
        with peers.temporary_folder() as folder:
            (folder / "nginx.conf").write_text(f"""
                daemon off; pid {folder}/pid; error_log stderr crit; events {{}}
                http {{ access_log off;
                  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;
                  scgi_temp_path {folder}/e;
                  server {{ listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.2 TLSv1.3;
                    ssl_certificate {self.certificates}/right.pem; ssl_certificate_key {self.certificates}/right.key; }}
                  server {{ listen 127.0.0.1:{clear_port}; return 301 https://$host$request_uri; }} }}""")
            process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf"])
            try:
                peers.until(lambda: is_listening(port), 10)
                _, _, report = run(folder, self.ca_file, port, clear_port)
                self.assertEqual(set(peers.outcomes(report).values()), {"pass"}, peers.told(report))
            finally:
                process.terminate()
                process.wait()

    def test_a_server_of_another_maker_is_judged_the_same(self):
        java = shutil.which("java")
        if java is None or shutil.which("javac") is None:
            peers.skip_loudly("there is no JDK")
        folder = self.certificates
        subprocess.run(["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "rsa.key", "-out", "rsa.csr", "-subj", "/CN=rsa"],
                       check=True, capture_output=True, cwd=folder)
        subprocess.run(["openssl", "x509", "-req", "-in", "rsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                        "-extfile", "right.ext", "-out", "rsa.pem"], check=True, capture_output=True, cwd=folder)
        subprocess.run(["openssl", "pkcs12", "-export", "-in", "rsa.pem", "-inkey", "rsa.key", "-out", "rsa.p12", "-passout",
                        "pass:not-a-secret"], check=True, capture_output=True, cwd=folder)
        weak = {f"weak_suite[{suites},TLSv1.2]" for suites in ("null", "rc4", "anonymous", "md5")}
        old = {f"weak_suite[{suites},TLSv1.0]" for suites in ("null", "export", "rc4", "des", "anonymous", "md5")}
        versions = {f"old_version[{version}]" for version in ("SSLv3", "TLSv1.0", "TLSv1.1")}
        for mode, expected in (("default", set()), ("suites", weak), ("all", weak | old | versions)):
            with self.subTest(mode), peers.temporary_folder() as run_folder, subprocess.Popen(
                    [java, JAVA_SERVER, folder / "rsa.p12", mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
                _, _, report = run(run_folder, self.ca_file, int(server.stdout.readline()))
                found = {name for name, outcome in peers.outcomes(report).items() if outcome != "pass"}
                self.assertEqual(found, expected, peers.told(report))
                server.stdin.close()

    def nothing_passes(self, port):
        with peers.temporary_folder() as folder:
            process, _, report = run(folder, self.ca_file, port, port)
            self.assertLessEqual(set(peers.outcomes(report).values()), {"fail", "skip"}, peers.told(report))
            self.assertLessEqual({row["outcome"] for row in report["requirements"]}, {"fail", "skip"})
            self.assertEqual(process.returncode, 1, process.stdout + process.stderr)

    def test_nothing_passes_where_nobody_listens_or_something_else_answers(self):
        class Echo(socketserver.BaseRequestHandler):
            def handle(self):
                while said := self.request.recv(65536):
                    self.request.sendall(said)

        self.nothing_passes(peers.closed_port())
        with peers.serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)) as port:
            self.nothing_passes(port)
        with clear_server(answers(200)) as port:
            self.nothing_passes(port)


if __name__ == "__main__":
    unittest.main()
