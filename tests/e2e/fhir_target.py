"""The target that suites of FHIR servers are run on: the sample portal, or what else is at an address."""
import json
import pathlib

import peers

SUITES = peers.SOURCE / "conformance" / "suites"
BROWSER = pathlib.Path(__file__).parent / "smart_person.py"
OFFERED = {"everything": "offered", "summary": "offered"}
NAMES = {"alice": "Newman", "bruno": "Little"}  # in samples/records


def people_target(folder, url, ca_file, options=OFFERED, names=NAMES, **config):
    """The target file of the FHIR server at `url`; people sign in by a page."""
    return write(folder, {"connector": "org.bluebridge.rest.fhir", "redirect_uri": "http://127.0.0.1/callback",
                          "config": {"base_url": url, "client_id": "demo-public", **config}, "ca_file": str(ca_file)},
                 {account: {"account": account, "method": "user_redirect", "family_name": name}
                  for account, name in names.items()}, options)


def open_target(folder, url, ca_file, options=OFFERED, **config):
    """The same without a sign-in, for what is no server."""
    people = {account: {"account": account, "method": "none", "family_name": name} for account, name in NAMES.items()}
    return write(folder, {"connector": "org.bluebridge.rest.fhir", "config": {"base_url": url, "patient": "alice", **config},
                          "ca_file": str(ca_file)}, people, options)


def service_target(folder, url, ca_file, client):
    """The target file for a backend service, `client` as the portal's line has it; patients are told by their ids."""
    secrets = {"private_key": {"file": client["key_file"]}}
    service = {"account": client["client_id"], "method": "client_credentials", "role": "staff", "secrets": secrets}
    config = {"base_url": url, "client_id": client["client_id"], "authentication": "private_key_jwt",
              "key_id": client["key_id"], "scopes": "system/*.rs"}
    return write(folder, {"connector": "org.bluebridge.rest.fhir", "config": config, "ca_file": str(ca_file),
                          "secrets": secrets},
                 {"service": service, **{account: {"fhir_id": account} for account in NAMES}}, {})


def write(folder, role, people, options):
    file = folder / "target.yaml"
    file.write_text(json.dumps({
        "format": "bluebridge-target/1", "target": "fhir-server", "title": "FHIR server", "version": "1",
        "environment": "test", "roles": {"server": role}, "patients": people, "options": options}, indent=1))
    return file


def import_definitions(data, *guides):
    """Puts the published definitions of R4, US Core and further guides into the folder `data`."""
    imported = peers.bluebridge("data", "import", "--data", data, peers.DATA / "fhir" / "definitions-r4",
                                *(peers.DATA / "fhir" / "ig" / guide for guide in ("us-core-6.1.0", *guides)))
    if imported.returncode != 0:
        raise AssertionError(imported.stderr)


def run(folder, suite, target, *arguments):
    """(process, run folder, report) of a suite by its name."""
    return run_file(folder, SUITES / f"{suite}.yaml", target, *arguments)


def run_file(folder, suite, target, *arguments):
    ca_file = json.loads(target.read_text())["roles"]["server"]["ca_file"]
    process = peers.bluebridge("run", suite, "--target", target, "--out", folder / "runs", "--browser", BROWSER,
                               *arguments, PORTAL_CA=ca_file, PORTAL_PASSWORD_BASE=peers.PASSWORD_BASE, timeout=400)
    return process, *peers.only_run(folder, process)
