"""What stands in the way of a run is found before it: each wrong configuration draws its one finding, a right one none."""
import contextlib
import datetime
import email.utils
import http.server
import json
import shutil
import signal
import ssl
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree as xml

import jsonschema
import yaml

import fhir_target
import peers

SCHEMA = json.loads((peers.SOURCE / "conformance/schemas/doctor.schema.json").read_text())
PEOPLE = {"alice": {}, "bruno": {}, "carol": {"role": "caregiver"}, "ruth": {"role": "revoked"}}
PORTAL = "org.bluebridge.rest.portal"
# Reads a record, and changes nothing but the session.
SUITE = """
format: bluebridge-suite/1
suite: doctor.look
version: "1.0.0"
title: A suite for the doctor
requirements: {LOOK-01: {level: SHALL, text: The patient views the record.}}
inputs: {patient: {type: person, title: Test patient, default: alice}}
roles: {portal: {needs: [session, view]}}
tests:
  sign_in:
    title: The patient signs in
    steps: [{do: portal.sign_in, as: $patient, expect: [result: ok]}]
  view:
    title: The patient views the record
    needs: sign_in
    verifies: LOOK-01
    steps:
      - do: portal.view
        with: {kind: summary}
        expect: [result: ok]
    catches: [{in: view, set: {result: true}, to: refused}]
"""


MAIL_SUITE = """
format: bluebridge-suite/1
suite: doctor.mail
version: "1.0.0"
title: A suite for the doctor
requirements: {LOOK-01: {level: SHALL, text: The inbox can be read.}}
roles: {inbox: {needs: [inbox]}}
tests:
  poll:
    title: The inbox can be read
    verifies: LOOK-01
    steps: [{do: inbox.poll, expect: [result: ok]}]
    catches: [{in: poll, set: {result: true}, to: refused}]
"""
# What a server says, each line after one that it heard; TLS begins behind the last.
MAIL_WORDS = (("220-mail.example\r\n220 ready", "250-mail.example\r\n250 STARTTLS", "220 go"),
              ("* OK ready", "a OK go"), ("+OK ready", "+OK go"))


@contextlib.contextmanager
def mail_server(lines, certificate_and_key):
    """Port of one that begins TLS after its words; without a certificate it refuses to."""
    listener = peers.socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError, ssl.SSLError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError, ssl.SSLError):
                    connection.settimeout(10)
                    for line in lines[:-1]:
                        connection.sendall(line.encode() + b"\r\n")
                        if not connection.recv(1000):
                            break
                    else:
                        if not certificate_and_key:
                            connection.sendall(b"502 a BAD -ERR no\r\n")
                            continue
                        connection.sendall(lines[-1].encode() + b"\r\n")
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(*certificate_and_key)
                        with context.wrap_socket(connection, server_side=True) as secured:
                            secured.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(peers.socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


class Certificates:
    """An authority and what it signs, by the openssl command."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("ca", "other"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "400",
                         "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN=Doctor test {name}", "-addext",
                         "keyUsage=critical,keyCertSign,cRLSign")
            (folder / f"{name}.index").write_text("")
            (folder / f"{name}.cnf").write_text(
                f"[ca]\ndefault_ca = this\n[this]\ndatabase = {name}.index\ncertificate = {name}.pem\nprivate_key = "
                f"{name}.key\nnew_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\nunique_subject = no\npolicy = any\n"
                "copy_extensions = copy\n[any]\ncommonName = supplied\n")
        self.ca = folder / "ca.pem"

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def leaf(self, name, from_days, until_days, subject="IP:127.0.0.1", authority="ca",
             key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
        """NAME.pem and NAME.key, valid between these days from now."""
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (f"{now + datetime.timedelta(days=days):%Y%m%d%H%M%SZ}" for days in (from_days, until_days))
        self.openssl("req", "-newkey", *key, "-nodes", "-keyout", f"{name}.key",
                     "-out", f"{name}.csr", "-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}")
        self.openssl("ca", "-batch", "-notext", "-config", f"{authority}.cnf", "-in", f"{name}.csr", "-out", f"{name}.pem",
                     "-startdate", start, "-enddate", end)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"


class Answers(http.server.BaseHTTPRequestHandler):
    clock_ahead_s = 0
    seen = None  # methods that were asked for

    def do_HEAD(self):
        self.seen.append(self.command)
        self.send_response(404)
        self.end_headers()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + self.clock_ahead_s, usegmt=True)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def tls_server(certificate, key, clock_ahead_s=0, version=None, methods=None):
    """(url, methods that were asked for) of an HTTPS server on loopback."""
    seen = []
    handler = type("Handler", (Answers,), {"clock_ahead_s": clock_ahead_s, "seen": seen, **(methods or {})})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def without_section(file, code):
    """Takes the section with that LOINC code out of a C-CDA."""
    for prefix, uri in (("", "urn:hl7-org:v3"), ("sdtc", "urn:hl7-org:sdtc"), ("xsi", "http://www.w3.org/2001/XMLSchema-instance")):
        xml.register_namespace(prefix, uri)
    tree = xml.parse(file)
    body = tree.getroot().find("cda:component/cda:structuredBody", peers.CDA)
    for component in list(body):
        if component.find("cda:section/cda:code", peers.CDA).get("code") == code:
            body.remove(component)
    tree.write(file, encoding="UTF-8", xml_declaration=True)


def references(value):
    """Those of a resource, at every depth."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if not isinstance(value, dict):
        return []
    return [found for key, one in value.items()
            for found in ([one] if key == "reference" and not one.startswith("#") else references(one))]


class DoctorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.portal = cls.enterClassContext(peers.Portal())
        made = cls.enterClassContext(peers.temporary_folder())
        cls.certificates = Certificates(made)
        cls.passwords = peers.passwords(PEOPLE)
        people = yaml.safe_load((peers.SOURCE / "samples/records/people.yaml").read_text())["people"]
        cls.people = {}
        for (account, more), variable in zip(PEOPLE.items(), cls.passwords):
            facts = {}
            if "record" in people[account]:
                facts = peers.read_cda(peers.SOURCE / "samples/records" / people[account]["record"])
                facts["full_name"] = " ".join([*facts.pop("given_names"), facts["family_name"]])
                facts |= {"record": account, "facts": ["a"]}
            cls.people[account] = peers.person(account, variable, **facts, **more)

    def setUp(self):
        self.folder = self.enterContext(peers.temporary_folder())
        self.suite = self.folder / "suite.yaml"
        self.suite.write_text(SUITE)
        ready = self.portal.ready
        self.target = {"format": "bluebridge-target/1", "target": "end-to-end", "title": "End to end",
                       "profile": {"role": "data-holder", "holder": "provider", "content": ["complete", "visit"]},
                       "roles": {"portal": {"connector": PORTAL, "config": {"base_url": ready["url"]},
                                            "ca_file": ready["ca_file"]}},
                       "patients": json.loads(json.dumps(self.people))}

    def doctor(self, *arguments, suites=None, **more):
        file = self.folder / "target.yaml"
        file.write_text(json.dumps(self.target, indent=1))
        process = peers.bluebridge("doctor", "--target", file, *([self.suite] if suites is None else suites), *arguments,
                                   **{**self.passwords, **more})
        self.assertNotIn("canary", process.stdout + process.stderr)
        return process

    def look(self, *arguments, **more):
        """(findings that are not well as (group, state, what, the rest), status)."""
        process = self.doctor("--json", *arguments, **more)
        said = json.loads(process.stdout or "null")
        self.assertIsNotNone(said, process.stderr)
        jsonschema.validate(said, SCHEMA)
        self.assertEqual(said["status"], process.returncode, process.stderr)
        counts = dict.fromkeys(said["counts"], 0)
        for finding in said["findings"]:
            counts[finding["state"]] += 1
            if finding["state"] in ("problem", "warning", "not_judged"):
                self.assertTrue(finding.get("next"), finding)
        self.assertEqual(counts, said["counts"])
        wrong = [finding for finding in said["findings"] if finding["state"] not in ("ok", "note")]
        return wrong, process.returncode

    def only(self, group, state, words, *arguments, status=1, **more):
        """The one thing that is wrong, which is this."""
        wrong, came = self.look(*arguments, **more)
        self.assertEqual([(one["group"], one["state"]) for one in wrong], [(group, state)], json.dumps(wrong, indent=1))
        self.assertIn(words, " ".join(wrong[0].get(key, "") for key in ("what", "expected", "found", "next")))
        self.assertEqual(came, status)
        return wrong[0]

    def test_the_clean_portal_draws_nothing(self):
        ready = self.portal.ready
        self.target["roles"]["inbox"] = {"connector": "org.bluebridge.rest.inbox", "config": {"inbox_url": ready["inbox"]},
                                         "ca_file": ready["ca_file"]}
        before = {process for process in peers.processes_under()}
        self.assertEqual(self.look("--answers", peers.ANSWERS, suites=[peers.SUITE]), ([], 0))
        text = self.doctor("--answers", peers.ANSWERS, suites=["pledge.data_holder"])
        self.assertEqual(text.returncode, 0, text.stdout)
        for title in ("target file", "suites and inputs", "secrets", "connectors", "addresses", "certificates", "clock",
                      "sign-in", "capabilities", "test patients"):
            self.assertIn(f"\n{title}\n", "\n" + text.stdout)
        self.assertIn("'alice' at role 'portal' signs in", text.stdout)
        self.assertRegex(text.stdout, r"ok +127\.0\.0\.1:\d+: TLSv1\.3, trusted, for 127\.0\.0\.1, \d\d days left")
        self.assertTrue(text.stdout.endswith("\n0 problems, 0 warnings, 0 not judged\n"), text.stdout)
        self.assertEqual(set(peers.processes_under()), before)

    def test_without_a_suite_those_are_meant_that_the_target_can_serve(self):
        said = json.loads(self.doctor("--json", "--no-sign-in", suites=[]).stdout)
        self.assertIn("outputs.html", said["suites"])
        self.assertNotIn("pledge.data_holder", said["suites"])  # nothing to send to
        self.target["roles"]["inbox"] = {"connector": "org.bluebridge.rest.inbox", "ca_file": self.portal.ready["ca_file"],
                                         "config": {"inbox_url": self.portal.ready["inbox"]}}
        said = json.loads(self.doctor("--json", "--no-sign-in", suites=[]).stdout)
        self.assertIn("pledge.data_holder", said["suites"])
        self.assertNotIn("fhir.us_core", said["suites"])

    def test_a_mistake_in_the_target_has_its_line(self):
        self.target["roles"]["portal"]["conector"] = "x"
        found = self.only("target", "problem", "unknown key 'conector'", "--no-sign-in")
        lines = (self.folder / "target.yaml").read_text().splitlines()
        self.assertIn('"conector"', lines[found["place"]["line"] - 1])
        self.assertEqual(lines[found["place"]["line"] - 1].index('"conector"') + 1, found["place"]["column"])

    def test_what_cannot_be_read_is_refused(self):
        for words, target in (("no such file", None), ("got a list", "- a\n")):
            file = self.folder / "broken.yaml"
            if target:
                file.write_text(target)
            process = peers.bluebridge("doctor", "--target", file)
            self.assertEqual((process.returncode, process.stdout), (2, ""))
            self.assertIn(words, process.stderr.lower())
        self.assertEqual(peers.bluebridge("doctor").returncode, 2)
        self.assertEqual(self.doctor(suites=["no.such.suite"]).returncode, 2)
        self.assertEqual(self.doctor("--write-seed", "seed.pdf").returncode, 2)
        self.assertEqual(self.doctor("--timeout", "0").returncode, 2)

    def test_suites_and_inputs(self):
        self.target["inputs"] = {"patient": "alicia"}
        self.only("suites", "problem", "'alicia', who is not here", "--no-sign-in")

    def test_a_secret_that_is_not_there(self):
        variable = next(iter(self.passwords))
        self.only("secrets", "problem", f"export {variable}=", "--no-sign-in", **{variable: ""})

    def test_a_secret_that_others_can_read(self):
        secret = self.folder / "password"
        secret.write_text(peers.PASSWORD_BASE + "-alice\n")
        self.target["patients"]["alice"]["secrets"] = {"password": {"file": "password"}}
        for mode, state in ((0o644, "problem"), (0o640, "warning")):
            secret.chmod(mode)
            found = self.only("secrets", state, f"mode 0{mode:o}")
            self.assertIn("chmod 600", found["next"])
        secret.chmod(0o600)
        self.assertEqual(self.look(), ([], 0))

    def test_a_connector_that_does_not_load(self):
        plugins = self.folder / "plugins"
        shutil.copytree(peers.BIN.parent / "plugins", plugins)
        library, = plugins.rglob("*rest*.so")
        library.write_bytes(b"\x7fELF" + bytes(60))
        found = self.only("connectors", "problem", f"connector '{PORTAL}' cannot be used", "--no-sign-in", "--plugins",
                          plugins)
        self.assertIn(library.name, found["next"])

    def test_a_connector_that_is_not_installed(self):
        self.target["roles"]["portal"]["connector"] = PORTAL + "l"
        self.only("connectors", "problem", "no connector", "--no-sign-in")

    def test_a_grant_that_nobody_asked_for(self):
        self.target["roles"]["portal"]["allow_network"] = True
        self.only("connectors", "warning", "allows a network that its connector does not ask for", "--no-sign-in")

    def test_a_configuration_that_does_not_fit(self):
        self.target["roles"]["portal"]["config"]["basse_url"] = "x"
        self.only("connectors", "problem", "unknown member 'basse_url'", "--no-sign-in")

    def at(self, url, ca_file=None):
        self.target["roles"]["portal"]["config"]["base_url"] = url
        self.target["roles"]["portal"]["ca_file"] = str(ca_file or self.certificates.ca)

    def test_addresses(self):
        self.at(f"https://127.0.0.1:{peers.closed_port()}")
        self.only("addresses", "problem", "nobody answers at 127.0.0.1:", "--no-sign-in")
        self.at("https://no-such-host.invalid")
        self.only("addresses", "problem", "getent hosts no-such-host.invalid", "--no-sign-in")

    def test_an_address_that_says_nothing_is_given_up_in_time(self):
        with peers.socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            self.at(f"https://127.0.0.1:{silent.getsockname()[1]}")
            began = time.monotonic()
            self.only("certificates", "problem", "did not end in time", "--no-sign-in", "--timeout", "1")
            self.assertLess(time.monotonic() - began, 5)

    def test_certificates(self):
        leaf = self.certificates.leaf
        for words, made in (
                ("has expired", leaf("expired", -40, -2)),
                ("is not valid yet", leaf("not-yet", 2, 90)),
                ("expires in 19 days", leaf("soon", -1, 19.5)),
                ("is for another name", leaf("elsewhere", -1, 90, "DNS:portal.example")),
                ("is not trusted", leaf("foreign", -1, 90, authority="other"))):
            with self.subTest(words), tls_server(*made) as (url, seen):
                self.at(url)
                found = self.only("certificates", "warning" if "expires in" in words else "problem", words, "--no-sign-in")
                self.assertTrue(found["expected"] and found["found"] and found["place"]["line"], found)
                # Who is not trusted is told nothing; a HEAD is all that anybody is asked.
                self.assertEqual(seen, ["HEAD"] if "expires in" in words else [])

    def test_a_key_too_weak_for_the_host_is_not_trusted(self):
        made = self.certificates.leaf("weak", -1, 90, key=("rsa:1024",))
        with tls_server(*made, version=ssl.TLSVersion.TLSv1_2) as (url, seen):
            self.at(url)
            found = self.only("certificates", "problem", "is not trusted", "--no-sign-in")
            self.assertIn("too weak", found["found"])
            self.assertIn("P-256", found["next"])
            self.assertEqual(seen, [])

    def test_dates_are_those_of_the_chain_that_is_trusted(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (f"{now + datetime.timedelta(days=days):%Y%m%d%H%M%SZ}" for days in (-40, -2))
        (self.certificates.folder / "authority.cnf").write_text("basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n")
        self.certificates.openssl("ca", "-batch", "-notext", "-config", "other.cnf", "-ss_cert",
                                  "other.pem", "-extfile", "authority.cnf", "-startdate", start, "-enddate", end, "-out",
                                  "ended.pem")
        with tls_server(*self.certificates.leaf("of-ended", -1, 90, authority="other")) as (url, seen):
            self.at(url, self.certificates.folder / "ended.pem")
            found = self.only("certificates", "problem", "the authority 'CN=Doctor test other'", "--no-sign-in")
            self.assertIn("expired on", found["found"])
            self.assertEqual(seen, [])
        # One more that was sent, and that nothing needs, is as old as it likes.
        leaf, key = self.certificates.leaf("with-another", -1, 90)
        leaf.write_text(leaf.read_text() + (self.certificates.folder / "ended.pem").read_text())
        with tls_server(leaf, key) as (url, seen):
            self.at(url)
            self.assertEqual(self.look("--no-sign-in"), ([], 0))
            self.assertEqual(seen, ["HEAD"])

    def test_a_port_without_tls(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("H", (Answers,), {"seen": []}))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            self.at(f"https://127.0.0.1:{server.server_address[1]}")
            self.only("certificates", "problem", "there is no TLS connection to", "--no-sign-in")
        finally:
            server.shutdown()
            server.server_close()

    def test_mail_servers_that_begin_tls_after_some_words(self):
        good, old = self.certificates.leaf("mail", -1, 90), self.certificates.leaf("old-mail", -40, -2)
        self.suite.write_text(MAIL_SUITE)
        for lines in MAIL_WORDS:
            for made, words in ((good, None), (old, "has expired"), (None, "there is no TLS connection")):
                with self.subTest(lines[0], words=words), mail_server(lines, made) as port:
                    self.target["roles"] = {"inbox": {
                        "connector": "org.bluebridge.mail.inbox", "ca_file": str(self.certificates.ca),
                        "allow_network": [{"host": "127.0.0.1", "port": port, "transport": "tcp"}],
                        "config": {"host": "127.0.0.1", "port": port, "address": "a@b.example"}}}
                    if words:
                        self.only("certificates", "problem", words, "--no-sign-in")
                    else:
                        self.assertEqual(self.look("--no-sign-in"), ([], 0))

    def test_tls_of_yesterday(self):
        made = self.certificates.leaf("old", -1, 90)
        with tls_server(*made, version=ssl.TLSVersion.TLSv1_1) as (url, _):
            self.at(url)
            self.only("certificates", "problem", "TLSv1.1", "--no-sign-in")

    def test_clocks(self):
        made = self.certificates.leaf("clock", -1, 90)
        for ahead_s, words in ((600, "10 min ahead of"), (-600, "10 min behind"), (55, None)):
            with self.subTest(ahead_s), tls_server(*made, clock_ahead_s=ahead_s) as (url, _):
                self.at(url)
                if words:
                    self.only("clock", "warning", "the clock of 127.0.0.1:", "--no-sign-in")
                else:
                    self.assertEqual(self.look("--no-sign-in"), ([], 0))

    def test_somebody_who_cannot_sign_in(self):
        found = self.only("sign_in", "problem", "'alice' at role 'portal' cannot sign in",
                          **{next(iter(self.passwords)): "canary-wrong"})
        self.assertIn('"alice"', (self.folder / "target.yaml").read_text().splitlines()[found["place"]["line"] - 1])

    def test_records_that_could_not_be_read_are_not_judged(self):
        self.suite.write_text(SUITE.replace("with: {kind: summary}", "with: {kind: summary}\n        "
                                            "require: [{body: text, contains: $patient.family_name}]"))
        self.assertEqual(self.look(), ([], 0))
        wrong, status = self.look(**{next(iter(self.passwords)): "canary-wrong"})
        self.assertEqual([(one["group"], one["state"]) for one in wrong],
                         [("sign_in", "problem"), ("records", "not_judged")])
        self.assertIn("doctor.look/view", wrong[1]["what"])
        self.assertEqual(status, 1)

    def test_somebody_who_signs_in_at_a_page(self):
        self.target["patients"]["alice"]["method"] = "user_redirect"
        del self.target["patients"]["alice"]["secrets"]
        self.target["roles"]["portal"] = {"connector": "org.bluebridge.rest.fhir", "ca_file": self.portal.ready["ca_file"],
                                          "config": {"base_url": self.portal.ready["fhir"], "client_id": "demo-public"}}
        self.suite.write_text(SUITE.replace("session, view", "session").split("  view:\n    title")[0].replace(
            "text: The", "untested: no test, text: The"))
        self.only("sign_in", "not_judged", "--browser PROGRAM", status=3)

    def test_a_redirect_uri_that_nobody_can_come_back_to(self):
        self.target["roles"]["portal"]["redirect_uri"] = "https://portal.example/callback"
        self.only("sign_in", "problem", "redirect", "--no-sign-in")

    def test_a_capability_that_the_connector_lacks(self):
        self.suite.write_text(SUITE.replace("needs: [session, view]", "needs: [session, view, transmit]"))
        found = self.only("capabilities", "problem", "lacks 'transmit'", "--no-sign-in")
        self.assertEqual(found["expected"], "bb.transmit/1")
        self.suite.write_text(SUITE.replace("needs: [session, view]", "needs: [session, view], wants: [probe]") + """
  probe:
    title: The connector knows this probe
    needs: sign_in
    when: {supports: portal.probe.direct-valid}
    steps: [{do: portal.probe, with: {name: direct-valid, to: a@b.example}, expect: [result: ok]}]
""")
        self.only("capabilities", "warning", "does not know the probe 'direct-valid': 1 test", "--no-sign-in")

    def test_questions_that_nobody_answered(self):
        self.suite.write_text(SUITE + """
  asked:
    title: The staff is asked two questions
    steps: [{attest: "Is it so?", id: one}, {attest: "Is it not?", id: two}]
""")
        found = self.only("suites", "warning", "2 questions will be not attested", "--no-sign-in")
        self.assertIn("--answers FILE", found["next"])
        answers = peers.write_answers(self.folder, "doctor.look/asked.one")
        self.only("suites", "warning", "1 question will be not attested", "--no-sign-in", "--answers", answers)
        answers = peers.write_answers(self.folder, "doctor.look/asked")
        self.assertEqual(self.look("--no-sign-in", "--answers", answers), ([], 0))

    def test_rules_that_were_not_imported(self):
        self.suite.write_text(SUITE.replace("needs: [session, view]", "needs: [session, view, download]") + """
  valid:
    title: The file that is downloaded is valid
    needs: sign_in
    steps: [{do: portal.download, with: {format: ccda-2.1}, expect: [valid: ccda/ccd]}]
""")
        self.only("suites", "warning", "bluebridge data import", "--no-sign-in")

    def test_a_record_without_immunizations(self):
        # A portal whose records hold none; the suite's own `require` says who needs them.
        records = self.folder / "records"
        shutil.copytree(peers.SOURCE / "samples/records", records)
        for name in ("alice", "bruno"):
            file = records / f"{name}.fhir.json"
            bundle = json.loads(file.read_text())
            bundle["entry"] = [one for one in bundle["entry"] if one["resource"]["resourceType"] != "Immunization"]
            file.write_text(json.dumps(bundle))
            without_section(records / f"{name}.xml", "11369-6")  # LOINC: History of Immunization
        with peers.Portal(records=records) as portal:
            ready = portal.ready
            target = fhir_target.people_target(self.folder, ready["fhir"], ready["ca_file"])
            found, _, _ = self.us_core(target, ready, "--write-seed", "seed.json")
            seeds = {"ccda": self.folder / "seed.xml", "fhir": self.folder / "seed.json"}
            self.us_core(target, ready, "--write-seed", "seed.xml")
            _, status, told = self.us_core(target, ready, "--write-seed", "seed/no/folder.json")
            self.assertIn("cannot write", told)
            self.assertEqual(status, 1)
        said = [one["what"] for one in found if one["group"] == "records"]
        self.assertEqual(said[0], "no Immunization for alice, bruno: 2 tests of suite 'fhir.us_core' will skip")
        self.assertTrue(all(one.startswith("no Immunization") for one in said), said)
        self.check_seeds(**seeds)

    def us_core(self, target, ready, *arguments):
        process = peers.bluebridge("doctor", "fhir.us_core", "--target", target, "--browser", fhir_target.BROWSER, "--json",
                                   *(self.folder / one if one.startswith("seed") else one for one in arguments),
                                   PORTAL_CA=ready["ca_file"], PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE)
        self.assertNotIn("canary", process.stdout + process.stderr)
        said = json.loads(process.stdout)
        jsonschema.validate(said, SCHEMA)
        return [one for one in said["findings"] if one["state"] not in ("ok", "note")], process.returncode, process.stderr

    def check_seeds(self, ccda, fhir):
        """What is written is about the patient of the target, made of what was missing, and valid."""
        root = xml.parse(ccda).getroot()
        self.assertEqual(peers.read_cda(ccda)["family_name"], "Newman")
        given = [one.get("code") for one in root.findall(".//cda:substanceAdministration//cda:manufacturedMaterial/cda:code",
                                                         peers.CDA) if one.get("codeSystem") == "2.16.840.1.113883.12.292"]
        self.assertGreaterEqual(len(given), 1)  # CVX
        bundle = json.loads(fhir.read_text())
        self.assertEqual(bundle["type"], "transaction")
        kinds = [one["resource"]["resourceType"] for one in bundle["entry"]]
        self.assertEqual(kinds[0], "Patient")
        self.assertIn("Immunization", kinds)
        self.assertNotIn("Condition", kinds)
        known = {one["fullUrl"] for one in bundle["entry"]}
        for one in bundle["entry"]:
            self.assertEqual(one["request"]["method"], "POST")
            self.assertEqual(one["request"]["url"], one["resource"]["resourceType"])
            for reference in references(one["resource"]):
                self.assertIn(reference, known)
        if not (peers.DATA / "schemas").is_dir():
            return
        rules = self.folder / "rules"
        self.assertEqual(peers.bluebridge("data", "import", "--data", rules, peers.DATA / "schemas").returncode, 0)
        fhir_target.import_definitions(rules)
        process = peers.bluebridge("check", "--data", rules, ccda)
        self.assertIn("0 errors", process.stdout)
        self.assertEqual(process.returncode, 0, process.stdout)
        # What asks a server to do something is no copy of a record; its resources are as they should be.
        process = peers.bluebridge("check", "--data", rules, fhir)
        self.assertEqual([line for line in process.stdout.splitlines() if ": error: " in line and "FHIRDOC-01" not in line], [])
        self.assertIn("1 error,", process.stdout)

    def test_a_record_that_has_all_draws_nothing(self):
        ready = self.portal.ready
        target = fhir_target.people_target(self.folder, ready["fhir"], ready["ca_file"])
        found, status, told = self.us_core(target, ready, "--write-seed", "seed.json")
        self.assertEqual([one for one in found if one["group"] != "suites"], [])  # rules and answers are not given
        self.assertEqual(status, 1)
        self.assertIn("no seed was written: no kind of entry is missing", told)
        self.assertFalse((self.folder / "seed.json").exists())

    def test_ctrl_c_ends_it_clean(self):
        with peers.socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            self.at(f"https://127.0.0.1:{silent.getsockname()[1]}")
            file = self.folder / "target.yaml"
            file.write_text(json.dumps(self.target))
            process = subprocess.Popen([peers.BIN / "bluebridge", "doctor", "--target", file, self.suite, "--timeout", "60"],
                                       env=peers.environment(**self.passwords), text=True, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            connection, _ = silent.accept()
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
            connection.close()
            self.assertEqual(process.returncode, 5)
            self.assertLess(time.monotonic() - began, 5)


    def test_ctrl_c_while_somebody_signs_in_leaves_nothing(self):
        made = self.certificates.leaf("slow", -1, 90)
        came, go_on = threading.Event(), threading.Event()

        def hang(handler):
            came.set()
            go_on.wait(30)
            handler.close_connection = True

        temporary = self.folder / "tmp"
        temporary.mkdir()
        with tls_server(*made, methods={"do_POST": hang, "do_GET": hang}) as (url, _):
            self.at(url)
            file = self.folder / "target.yaml"
            file.write_text(json.dumps(self.target))
            process = subprocess.Popen([peers.BIN / "bluebridge", "doctor", "--target", file, self.suite, "--timeout", "60"],
                                       env=peers.environment(TMPDIR=str(temporary), **self.passwords), text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertTrue(came.wait(20))
            self.assertEqual(len(list(temporary.glob("bluebridge-doctor-*"))), 1)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
            go_on.set()
        self.assertEqual(process.returncode, 5)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(list(temporary.glob("bluebridge-doctor-*")), [])
        self.assertEqual([pid for pid, _ in peers.processes_under() if pid != self.portal.process.pid], [])


if __name__ == "__main__":
    unittest.main()
