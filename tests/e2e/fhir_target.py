"""The target that suites of FHIR servers are run on: the sample portal, or what else is at an address."""
import json
import pathlib

import peers

SUITES = peers.SOURCE / "conformance" / "suites"
BROWSER = pathlib.Path(__file__).parent / "smart_person.py"
NAMES = {"alice": "Newman", "bruno": "Little"}  # in samples/records


def portal(defect=None):
    """The sample portal, whose people have the passwords that smart_person.py knows; use as a context."""
    return peers.Program(peers.BIN / "bluebridge-portal", "--port", "0", *(["--defect", defect] if defect else []),
                         BLUEBRIDGE_PORTAL_PASSWORD="blue-button")


def people_target(folder, url, ca_file):
    """The target file of the FHIR server at `url`; people sign in by a page."""
    return write(folder, {"connector": "org.bluebridge.rest.fhir", "redirect_uri": "http://127.0.0.1/callback",
                          "config": {"base_url": url, "client_id": "demo-public"}, "ca_file": str(ca_file)},
                 {account: {"account": account, "method": "user_redirect", "family_name": name}
                  for account, name in NAMES.items()}, {"everything": "offered"})


def open_target(folder, url, ca_file):
    """The same without a sign-in, for what is no server."""
    people = {account: {"account": account, "method": "none", "family_name": name} for account, name in NAMES.items()}
    return write(folder, {"connector": "org.bluebridge.rest.fhir", "config": {"base_url": url, "patient": "alice"},
                          "ca_file": str(ca_file)}, people, {"everything": "offered"})


def write(folder, role, people, options):
    file = folder / "target.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "fhir-server", "title": "FHIR server", "version": "1",
        "environment": "test", "roles": {"server": role}, "patients": people, "options": options}, indent=1))
    return file


def run(folder, suite, target, *arguments):
    """(process, run folder, report) of a suite by its name."""
    ca_file = json.loads(target.read_text())["roles"]["server"]["ca_file"]
    process = peers.bluebridge("run", SUITES / f"{suite}.yaml", "--target", target, "--out", folder / "runs",
                               "--browser", BROWSER, *arguments, PORTAL_CA=ca_file, timeout=400)
    return process, *peers.only_run(folder, process)
