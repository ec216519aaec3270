#!/usr/bin/python3
"""A FHIR server behind SMART App Launch: the suite passes the sample portal, finds its defects by their rows, and is not
taken in by hosts that answer anything."""
import base64
import concurrent.futures
import functools
import json
import pathlib
import subprocess
import unittest

import peers

SUITE = peers.SOURCE / "conformance" / "suites" / "fhir.smart.yaml"
SECRET = "canary-client-secret-4f81"
PERSON = pathlib.Path(__file__).parent / "smart_person.py"
# The rows that fail; what was not to be judged then is not told here.
DEFECTS = {
    "smart-accepts-wrong-audience": {"FHIR-SMART-23"},
    "smart-needs-no-pkce": {"FHIR-SMART-20", "FHIR-SMART-27"},
    "smart-accepts-plain-pkce": {"FHIR-SMART-27"},
    "smart-accepts-other-redirect": {"FHIR-SMART-20"},
    "smart-token-without-patient": {"FHIR-SMART-30", "FHIR-SMART-37"},
    "smart-id-token-wrong-audience": {"FHIR-SMART-38"},
    "smart-id-token-expired": {"FHIR-SMART-38"},
    "smart-changes-state": {"FHIR-SMART-20"},
    "smart-access-after-revocation": {"FHIR-SMART-40"},
    "smart-scope-beyond-consent": {"FHIR-SMART-25"},
    "fhir-ignores-scope": {"FHIR-SMART-25", "FHIR-SMART-32", "FHIR-SMART-36", "FHIR-ERR-02"},
    "smart-code-after-denial": {"FHIR-SMART-25"},
    "smart-lists-plain": {"FHIR-SMART-03"},
    "smart-accepts-wrong-verifier": {"FHIR-SMART-27"},
    "smart-accepts-used-code": {"FHIR-SMART-26"},
    "smart-refresh-after-revocation": {"FHIR-SMART-40"},
    "smart-token-cacheable": {"FHIR-SMART-31"},
    "smart-ignores-client-secret": {"FHIR-SMART-29"},
    "smart-accepts-replayed-assertion": {"FHIR-SMART-41"},
    "smart-accepts-expired-assertion": {"FHIR-SMART-41"},
    "smart-introspects-garbage": {"FHIR-SMART-39"},
    "smart-refresh-widens": {"FHIR-SMART-32"},
    "fhir-ignores-granular-scope": {"FHIR-SMART-36"},
}
# Those that break no row: tests/portal/smart_defects_test.cpp sees them.
NOT_SEEN = {"smart-reuse-keeps-family"}
BACK = "http://127.0.0.1/callback"
# What a server may say of itself, and the rows that it fails by: no more than has to be, then what is wrong.
PLAIN = {"authorization_endpoint": "https://ehr.example/a", "token_endpoint": "https://ehr.example/t", "grant_types_supported": ["authorization_code"],
         "capabilities": ["launch-standalone", "client-public", "context-standalone-patient", "permission-patient"],
         "code_challenge_methods_supported": ["S256"]}
IDENTITY = {**PLAIN, "capabilities": [*PLAIN["capabilities"], "sso-openid-connect"], "issuer": "https://ehr.example", "jwks_uri": "https://ehr.example/k"}
CONFIGURATIONS = [
    ("no more than has to be", PLAIN, set()),
    ("with identities", IDENTITY, set()),
    ("no authorization_endpoint", {**PLAIN, "authorization_endpoint": None}, {"FHIR-SMART-02"}),
    ("identities without an issuer", {**IDENTITY, "issuer": None}, {"FHIR-SMART-02"}),
    ("identities without keys", {**IDENTITY, "jwks_uri": None}, {"FHIR-SMART-02"}),
    ("a relative address", {**PLAIN, "revocation_endpoint": "/revoke"}, {"FHIR-SMART-04"}),
]
ALGORITHMS = {"ES384": "es384", "RS384": "rs384"}  # to the names of their keys


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_applications(folder):
    """The applications that the portal knows, one of each kind, in `folder`/clients.yaml: the service has both of the keys beside
    it, which OpenSSL's program made."""
    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder).stdout

    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "es384.pem")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "rs384.pem")
    point = openssl("pkey", "-in", "es384.pem", "-pubout", "-outform", "DER")[-96:]  # x and y
    modulus = openssl("rsa", "-in", "rs384.pem", "-modulus", "-noout").decode().strip().partition("=")[2]
    keys = [{"kty": "EC", "crv": "P-384", "kid": "es384", "alg": "ES384", "use": "sig", "x": base64url(point[:48]), "y": base64url(point[48:])},
            {"kty": "RSA", "kid": "rs384", "alg": "RS384", "use": "sig", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}]
    (folder / "service.jwks").write_text(json.dumps({"keys": keys}))
    (folder / "secret").write_text(SECRET)
    (folder / "clients.yaml").write_text(json.dumps({"clients": {  # JSON is YAML
        "app": {"name": "App", "redirect_uris": [BACK]},
        "app-with-secret": {"name": "App with a secret", "redirect_uris": [BACK], "secret": SECRET},
        "service": {"name": "Service", "keys": "service.jwks", "backend": True}}}))
    return folder


def target(folder, keys, base_url, ca_file):
    def role(client_id, **more):
        secrets = more.pop("secrets", {})
        return {"connector": "org.bluebridge.rest.fhir", "ca_file": str(ca_file), "redirect_uri": BACK, "secrets": secrets,
                "config": {"base_url": base_url, "client_id": client_id, **more}}

    keyed = {f"with_{key}_key": role("service", authentication="private_key_jwt", signing_algorithm=algorithm, key_id=key,
                                     scopes="system/Patient.rs", secrets={"private_key": {"file": str(keys / f"{key}.pem")}})
             for algorithm, key in ALGORITHMS.items()}
    file = folder / "target.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "portal", "environment": "test",
        "roles": {"server": role("app"), **keyed,
                  "with_secret": role("app-with-secret", authentication="client_secret_basic",
                                      secrets={"client_secret": {"file": str(keys / "secret")}})},
        "patients": {"alice": {"account": "alice", "method": "user_redirect"},
                     "service": {"method": "client_credentials", "role": "staff"}},
        "inputs": {"service": "service"}}))
    return file


def run(folder, keys, base_url, ca_file, *arguments):
    process = peers.bluebridge("run", SUITE, "--target", target(folder, keys, base_url, ca_file), "--out", folder / "runs", "--browser", PERSON,
                               *arguments, PORTAL_CA=str(ca_file), PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE)
    return process, *peers.only_run(folder, process)


def judge(keys, defect=None, *arguments):
    """Process, run folder's faults that are noticed, and the report of the portal with a defect."""
    with peers.temporary_folder() as folder, peers.Portal("--clients", keys / "clients.yaml", defect=defect) as portal:
        process, run_folder, report = run(folder, keys, portal.ready["smart"]["fhir_base"], portal.ready["ca_file"], *arguments)
        leaks = [str(file) for file in run_folder.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]
        if leaks:
            raise AssertionError(f"the secret of the application stands in {leaks}")
        return process, None if defect else peers.faults_noticed(run_folder, are_skips_allowed=True), report


class FhirSmartTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = make_applications(cls.enterClassContext(peers.temporary_folder()))

    def test_the_clean_portal_is_conformant_and_each_fault_in_its_evidence_would_be_noticed(self):
        process, noticed, report = judge(self.keys)
        others = {name: outcome for name, outcome in peers.outcomes(report).items() if outcome != "pass"}
        self.assertEqual(others, {"configuration.capability_statement": "omit"}, peers.told(report))
        others = {row["id"]: row["outcome"] for row in report["requirements"] if row["outcome"] != "pass"}
        self.assertEqual(others, {"FHIR-SMART-08": "omit"})
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertGreater(noticed, 70)
        self.assertEqual(peers.processes_under(), [])

    def test_a_server_of_smart_1_is_judged_by_its_capability_statement_on_a_day_when_that_was_in_force(self):
        process, noticed, report = judge(self.keys, None, "--option", "smart=1.0", "--rule-date", "2025-12-31", "--filter", "*/configuration.*")
        rows = {row["id"]: row["outcome"] for row in report["requirements"]}
        self.assertEqual((process.returncode, rows["FHIR-SMART-08"], rows["FHIR-SMART-09"]), (0, "pass", "omit"), peers.told(report))
        self.assertGreater(noticed, 5)

    def test_what_a_server_does_not_claim_is_left_out(self):
        options = ("refresh", "granular_scopes", "clients_with_secret", "clients_with_key", "introspection", "authorize_post", "ehr_launch", "scopes_v1",
                   "openid")
        with peers.temporary_folder() as folder, peers.Portal("--clients", self.keys / "clients.yaml") as portal:
            file = target(folder, self.keys, portal.ready["fhir"], portal.ready["ca_file"])
            content = json.loads(file.read_text())
            del content["patients"]["service"], content["inputs"]
            content["roles"]["server"]["config"]["scopes"] = "launch/patient patient/*.rs"
            file.write_text(json.dumps({**content, "roles": {"server": content["roles"]["server"]},
                                        "options": {option: "not_offered" for option in options}}))
            process = peers.bluebridge("run", SUITE, "--target", file, "--out", folder / "runs", "--browser", PERSON,
                                       PORTAL_CA=portal.ready["ca_file"], PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE)
            _, report = peers.only_run(folder, process)
        left_out = {name.partition("[")[0] for name, outcome in peers.outcomes(report).items() if outcome == "omit"}
        self.assertEqual(left_out, {"configuration.capability_statement", "refresh.renewed", "refresh.ended", "scopes.category",
                                    "secret.proven", "secret.introspection", "key.es384", "key.rs384", "key.broken", "key.repeated",
                                    "authorization.asked_by_form", "authorization.launch", "access.first_version", "access.identity"})
        self.assertEqual(process.returncode, 0, peers.told(report))

    def test_each_defect_is_found_by_its_requirements(self):
        listed = {name for name in peers.portal_defects() if name.startswith("smart-")}
        self.assertEqual(listed, {name for name in DEFECTS if name.startswith("smart-")} | NOT_SEEN)
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for defect, (_, _, report) in zip(DEFECTS, pool.map(functools.partial(judge, self.keys), DEFECTS)):
                failed = {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}
                if failed != DEFECTS[defect]:
                    wrong.append(f"{defect}: {sorted(failed)}, expected {sorted(DEFECTS[defect])}\n{peers.told(report)}")
        self.assertEqual(wrong, [], "\n".join(wrong))

    def test_a_configuration_is_judged_by_what_it_has_to_have(self):
        served = {}
        with peers.temporary_folder() as folder, peers.https_server(folder, lambda handler, body: served["answer"]) as (url, ca_file):
            for name, configuration, expected in CONFIGURATIONS:
                said = {member: value for member, value in configuration.items() if value is not None}
                served["answer"] = (200, "application/json", json.dumps(said).encode())
                with self.subTest(name), peers.temporary_folder() as own:
                    _, _, report = run(own, self.keys, url + "/fhir/r4", ca_file, "--filter", "*/configuration.fields")
                    failed = {row["id"] for row in report["requirements"] if row["outcome"] == "fail"}
                    self.assertEqual(failed, expected, peers.told(report))

    def nothing_passes(self, folder, url, ca_file):
        _, _, report = run(folder, self.keys, url + "/fhir/r4", ca_file)
        passed = [name for name, outcome in peers.outcomes(report).items() if outcome in ("pass", "warn")]
        self.assertEqual(passed, [], peers.told(report))

    def test_a_host_that_is_dead_passes_nothing(self):
        with peers.temporary_folder() as folder, peers.https_server(folder, peers.echo) as (_, ca_file):
            self.nothing_passes(folder, f"https://127.0.0.1:{peers.closed_port()}", ca_file)

    def test_hosts_that_answer_anything_pass_nothing(self):
        for answer in (peers.echo, lambda handler, body: (200, "application/json", b""), lambda handler, body: (200, "application/json", b"{}")):
            with peers.temporary_folder() as folder, peers.https_server(folder, answer) as (url, ca_file):
                self.nothing_passes(folder, url, ca_file)

    def test_a_configuration_for_whatever_is_asked_leads_nobody_to_a_page(self):
        def same(handler, body):
            host = f"https://{handler.headers['Host']}"
            return 200, "application/json", json.dumps({**PLAIN, "authorization_endpoint": host + "/a", "token_endpoint": host + "/t"}).encode()

        with peers.temporary_folder() as folder, peers.https_server(folder, same) as (url, ca_file):
            _, _, report = run(folder, self.keys, url + "/fhir/r4", ca_file, "--filter", "*/configuration.found", "--filter", "*/authorization.*")
        passed = {name for name, outcome in peers.outcomes(report).items() if outcome == "pass"}
        self.assertFalse([name for name in passed if name.startswith("authorization.")], peers.told(report))
        self.assertIn("configuration.found[application/json]", passed)


if __name__ == "__main__":
    unittest.main()
